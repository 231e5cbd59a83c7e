//! TLS for a hall without internet: a certificate that the server makes itself, once, and keeps.
//!
//! Nobody vouches for it. Terminals pin its SHA-256 at enrolment, where people compare it as part of the code on both screens;
//! so its dates and names mean nothing, and a terminal with a wrong clock still gets through.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::extract::connect_info::{ConnectInfo, Connected};
use axum::serve::{IncomingStream, Listener};
use axum::{Router, middleware};
use evaluation::hash::Sha256Hash;
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Who connects and says nothing is let go after this time.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Connections that have shaken hands and wait to be served.
const QUEUE: usize = 64;

/// Names in the certificate, for browsers; terminals do not look at them.
const NAMES: [&str; 2] = ["localhost", "pingyi.local"];

/// The certificate shown to the hall, with its key.
#[derive(Debug)]
pub struct HallCertificate {
    config: Arc<ServerConfig>,
    hash: Sha256Hash,
}

/// Why there is no certificate to show.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read or written.
    #[error("{}：无法读写 · cannot be read or written", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        #[source]
        source: io::Error,
    },
    /// A file is not what it should be.
    #[error("{}：不是证书或密钥；请从备份恢复 · no certificate or key; restore it from a backup", .path.display())]
    Pem {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: rustls::pki_types::pem::Error,
    },
    /// No certificate can be made.
    #[error("无法生成会场证书 · the certificate for the hall cannot be made")]
    Make(#[from] rcgen::Error),
    /// Certificate and key do not belong together.
    #[error(
        "会场证书与密钥不匹配；请从备份恢复 · certificate and key of the hall do not belong together; restore them"
    )]
    Pair(#[from] rustls::Error),
}

/// SHA-256 of the certificate shown on the connection that a request came by; there is none without TLS.
#[derive(Clone, Copy, Debug)]
pub struct Shown(pub Sha256Hash);

impl HallCertificate {
    /// The certificate in this folder, `hall.crt` and `hall.key`; made if neither file is there yet.
    ///
    /// # Errors
    ///
    /// [`TlsError`]. A folder with one file of the two is not filled up: terminals would refuse another certificate.
    pub fn load_or_make(folder: &Path) -> Result<Self, TlsError> {
        let (certificate, key) = (folder.join("hall.crt"), folder.join("hall.key"));
        if !certificate.exists() && !key.exists() {
            make(&certificate, &key)?;
        }
        let pem = |path: &Path| {
            let bytes = fs::read(path);
            bytes.map_err(|source| TlsError::File { path: path.to_owned(), source })
        };
        let wrong = |path: &Path| {
            let path = path.to_owned();
            |source| TlsError::Pem { path, source }
        };
        let shown = CertificateDer::from_pem_slice(&pem(&certificate)?).map_err(wrong(&certificate))?;
        let secret = PrivateKeyDer::from_pem_slice(&pem(&key)?).map_err(wrong(&key))?;
        let hash = Sha256Hash::of(&shown);
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_no_client_auth()
            .with_single_cert(vec![shown], secret)?;
        Ok(Self { config: Arc::new(config), hash })
    }

    /// SHA-256 of the certificate as it is sent (DER): what terminals pin.
    #[must_use]
    pub const fn hash(&self) -> Sha256Hash {
        self.hash
    }

    /// Accepts TLS connections on this socket.
    #[must_use]
    pub fn listen(&self, listener: TcpListener) -> TlsListener {
        let (send, connections) = mpsc::channel(QUEUE);
        let local = listener.local_addr();
        let acceptor = TlsAcceptor::from(Arc::clone(&self.config));
        let accepting = tokio::spawn(accept_all(listener, acceptor, send));
        TlsListener { connections, local, accepting }
    }

    /// Tells the handlers of `router` which certificate was shown, and from where the request came.
    pub fn mark(&self, router: Router) -> Router {
        let shown = Shown(self.hash);
        router.layer(middleware::map_request(move |mut request: Request| {
            if let Some(&ConnectInfo(Peer(address))) = request.extensions().get() {
                request.extensions_mut().insert(ConnectInfo(address));
            }
            request.extensions_mut().insert(shown);
            std::future::ready(request)
        }))
    }
}

/// Hands out connections that have shaken hands; a slow or hostile one holds up nobody else.
#[derive(Debug)]
pub struct TlsListener {
    connections: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    local: io::Result<SocketAddr>,
    accepting: JoinHandle<()>,
}

/// Where a request came from.
#[derive(Clone, Copy, Debug)]
pub struct Peer(SocketAddr);

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.connections.recv().await {
            Some(connection) => connection,
            // The task accepts for as long as this listener lives; without it nobody can come.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.local.as_ref().copied().map_err(|error| io::Error::new(error.kind(), error.to_string()))
    }
}

impl Drop for TlsListener {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Connected<IncomingStream<'_, TlsListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Self {
        Self(*stream.remote_addr())
    }
}

async fn accept_all(
    mut listener: TcpListener,
    acceptor: TlsAcceptor,
    send: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
) {
    loop {
        // Waits and goes on if the operating system has no more files to give.
        let (stream, address) = Listener::accept(&mut listener).await;
        let (acceptor, send) = (acceptor.clone(), send.clone());
        tokio::spawn(async move {
            // Who cannot shake hands speaks no TLS, or does not like the certificate: neither is ours to log.
            if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await {
                _ = send.send((stream, address)).await;
            }
        });
    }
}

fn make(certificate: &Path, key: &Path) -> Result<(), TlsError> {
    let mut params = CertificateParams::new(NAMES.map(str::to_owned))?;
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, "pingyi");
    params.distinguished_name = name;
    let pair = KeyPair::generate()?;
    let made = params.self_signed(&pair)?;
    write(key, pair.serialize_pem().as_bytes())?;
    write(certificate, made.pem().as_bytes())
}

/// Writes a file for the server's eyes only, durably; one that is there already is never overwritten.
fn write(path: &Path, bytes: &[u8]) -> Result<(), TlsError> {
    let write = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|source| TlsError::File { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_certificate_is_made_once_and_its_key_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let first = HallCertificate::load_or_make(folder.path()).unwrap().hash();
        assert_eq!(HallCertificate::load_or_make(folder.path()).unwrap().hash(), first);
        for name in ["hall.key", "hall.crt"] {
            let mode = fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
        let other = tempfile::tempdir().unwrap();
        assert_ne!(HallCertificate::load_or_make(other.path()).unwrap().hash(), first);
    }

    #[test]
    fn a_certificate_without_its_key_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        HallCertificate::load_or_make(folder.path()).unwrap();
        let certificate = fs::read(folder.path().join("hall.crt")).unwrap();
        fs::remove_file(folder.path().join("hall.key")).unwrap();
        let error = HallCertificate::load_or_make(folder.path()).unwrap_err();
        assert!(matches!(&error, TlsError::File { path, .. } if path.ends_with("hall.key")), "{error}");
        assert_eq!(fs::read(folder.path().join("hall.crt")).unwrap(), certificate);
    }

    #[test]
    fn a_key_of_another_certificate_and_a_file_of_nonsense_are_refused() {
        let [one, other] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        for folder in [&one, &other] {
            HallCertificate::load_or_make(folder.path()).unwrap();
        }
        fs::copy(other.path().join("hall.key"), one.path().join("hall.key")).unwrap();
        assert!(matches!(HallCertificate::load_or_make(one.path()), Err(TlsError::Pair(_))));
        fs::write(one.path().join("hall.key"), "nonsense").unwrap();
        assert!(matches!(HallCertificate::load_or_make(one.path()), Err(TlsError::Pem { .. })));
    }
}
