//! Becoming known to the server: the terminal asks, shows a code, and waits until two people have compared it.
//!
//! The protocol, and why nobody can sit in between, stands at [`evaluation::wire::EnrolmentCode`]. What is kept afterwards is the
//! file `enrolment.json` in the terminal's folder: the certificate of the server and the public key that was enrolled.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use evaluation::{
    hash::Sha256Hash,
    wire::{
        EnrolmentAnswer, EnrolmentCode, EnrolmentQuery, EnrolmentReport, EnrolmentRequest, EnrolmentReveal,
        EnrolmentState, TerminalKey, TerminalNonce, path, problem,
    },
};
use rand::CryptoRng;
use reqwest::Client;
use serde::{Deserialize, Serialize};
use tokio::{
    sync::Notify,
    time::{Instant, timeout_at},
};

use crate::{
    access::Access,
    config::TerminalConfig,
    identity::{Identity, IdentityError},
    private_file,
    tls::Pin,
    uplink::{Timeouts, UplinkError, client, error_chain, post},
};

/// The file that says where the terminal is enrolled.
const FILE: &str = "enrolment.json";

/// How long the terminal waits before it looks or tries again.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// For each request to the server.
    pub timeouts: Timeouts,
    /// Between two looks at what has become of the request.
    pub look: Duration,
    /// After a failure.
    pub again: Duration,
    /// So long a code stands on the screen, and no longer: the server forgets it too.
    pub lifetime: Duration,
}

/// What the terminal shows while it is not enrolled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// It speaks to the server.
    Asking,
    /// People compare this code.
    Code(EnrolmentCode),
    /// Nobody confirmed the code in time. It asks anew when somebody at this screen says so.
    Lapsed(Again),
    /// It does not work now and is tried again: why, in Chinese and in English.
    Trouble(String, String),
}

/// Lets a terminal whose code has lapsed ask anew. Clones do the same.
#[derive(Clone, Debug, Default)]
pub struct Again(Arc<Notify>);

impl Again {
    /// Asks anew, now.
    pub fn start(&self) {
        self.0.notify_one();
    }

    /// Waits until somebody starts again.
    pub(crate) async fn started(&self) {
        self.0.notified().await;
    }
}

impl PartialEq for Again {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Again {}

/// Why a terminal cannot be enrolled, nor try again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnrolmentError {
    /// The enrolment cannot be kept or read.
    #[error("{path} 无法读写 · {path} cannot be read or written")]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// The file does not say where the terminal is enrolled, or speaks of another key.
    #[error(
        "{path} 与终端密钥不符；请运行 forget 后重新登记 · {path} does not belong to the terminal's key; run `forget` and enrol anew"
    )]
    Format {
        /// The file.
        path: PathBuf,
    },
    /// The terminal has no key.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// There is no way to the server.
    #[error(transparent)]
    Uplink(#[from] UplinkError),
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Enrolled {
    public_key: TerminalKey,
    server_certificate: Option<Sha256Hash>,
}

/// How one attempt ended that did not lead to an enrolment.
enum Failure {
    /// This key was enrolled before.
    KeyUsed,
    /// The request was put aside, or the server was started anew.
    Gone,
    /// The code stood too long.
    Lapsed,
    /// The server says that it shows another certificate than the one seen.
    Between,
    Uplink(UplinkError),
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            timeouts: Timeouts::default(),
            look: Duration::from_secs(2),
            again: Duration::from_secs(5),
            lifetime: Duration::from_mins(15),
        }
    }
}

/// The access of this terminal, if it is enrolled.
///
/// # Errors
/// [`EnrolmentError`]
pub fn load(folder: &Path) -> Result<Option<Access>, EnrolmentError> {
    let path = folder.join(FILE);
    let text = match fs::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(EnrolmentError::File { path, source }),
    };
    let Ok(enrolled) = serde_json::from_slice::<Enrolled>(&text) else {
        return Err(EnrolmentError::Format { path });
    };
    let Some(identity) = Identity::load(folder)? else { return Err(EnrolmentError::Format { path }) };
    if enrolled.public_key != TerminalKey::from(identity.public()) {
        return Err(EnrolmentError::Format { path });
    }
    Ok(Some(Access::new(identity, enrolled.server_certificate)))
}

/// Forgets where this terminal is enrolled; when it starts again it asks anew, with a new key.
///
/// # Errors
/// [`EnrolmentError::File`], [`EnrolmentError::Identity`]
pub fn forget(folder: &Path, rng: &mut impl CryptoRng) -> Result<(), EnrolmentError> {
    let path = folder.join(FILE);
    match fs::remove_file(&path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            return Err(EnrolmentError::File { path, source });
        }
        _ => {}
    }
    Identity::replace(folder, rng)?;
    Ok(())
}

/// Asks to be let in until it is done, and keeps the enrolment. `show` is told what people have to see.
///
/// # Errors
/// [`EnrolmentError`]; whatever can be tried again is.
pub async fn enrol(
    terminal: &TerminalConfig,
    pace: Pace,
    mut show: impl FnMut(Step) + Send,
    rng: &mut (impl CryptoRng + Send),
) -> Result<Access, EnrolmentError> {
    let mut identity = Identity::load_or_make(&terminal.folder, rng)?;
    loop {
        show(Step::Asking);
        let failure = match attempt(terminal, pace, &identity, &mut show, rng).await {
            Ok(certificate) => {
                keep(&terminal.folder, &identity, certificate)?;
                return Ok(Access::new(identity, certificate));
            }
            Err(failure) => failure,
        };
        match failure {
            Failure::Gone => continue,
            Failure::Lapsed => {
                // A terminal that nobody attends takes no place among those that wait.
                let again = Again::default();
                show(Step::Lapsed(again.clone()));
                again.started().await;
                continue;
            }
            Failure::KeyUsed => {
                identity = Identity::replace(&terminal.folder, rng)?;
                continue;
            }
            Failure::Between => show(between()),
            Failure::Uplink(error) => {
                tracing::warn!(
                    error = error_chain(&error),
                    "the terminal cannot ask to be enrolled; trying again"
                );
                show(trouble(&error));
            }
        }
        tokio::time::sleep(pace.again).await;
    }
}

/// One request, from the commitment to the confirmation; answers the certificate that was seen.
async fn attempt(
    terminal: &TerminalConfig,
    pace: Pace,
    identity: &Identity,
    show: &mut (impl FnMut(Step) + Send),
    rng: &mut (impl CryptoRng + Send),
) -> Result<Option<Sha256Hash>, Failure> {
    let pin = Pin::first();
    let client = client(&terminal.server, pin.clone(), pace.timeouts)?;
    let mut random = [0; 32];
    rng.fill_bytes(&mut random);
    let nonce = TerminalNonce::new(random);
    let asked = EnrolmentRequest {
        public_key: identity.public().into(),
        commitment: nonce.commitment(),
        role: terminal.role,
        label: terminal.label.clone(),
    };
    let url = |path: &str| format!("{}{path}", terminal.server);
    let asked_at = Instant::now();
    let answer: EnrolmentAnswer = post(&client, &url(path::TERMINAL_ENROLMENT), &asked).await?;
    let seen = pin.certificate();
    if answer.certificate != seen {
        return Err(Failure::Between);
    }
    let request = answer.request;
    let reveal = EnrolmentReveal { request: request.clone(), nonce };
    let () = post(&client, &url(path::TERMINAL_ENROLMENT_REVEAL), &reveal).await?;
    show(Step::Code(asked.code(seen, &nonce, &answer.nonce)));
    let query = EnrolmentQuery { request, public_key: asked.public_key };
    let address = url(path::TERMINAL_ENROLMENT_STATE);
    let waiting = wait(&client, &address, pace, &query);
    // Counted here too: without contact the server cannot say that it has forgotten the code.
    timeout_at(asked_at + pace.lifetime, waiting).await.map_err(|_| Failure::Lapsed)??;
    Ok(seen)
}

/// Waits for the two people. A network that fails meanwhile changes nothing: the code stands.
async fn wait(client: &Client, address: &str, pace: Pace, query: &EnrolmentQuery) -> Result<(), Failure> {
    loop {
        tokio::time::sleep(pace.look).await;
        match post(client, address, query).await {
            Ok(EnrolmentReport { state: EnrolmentState::Enrolled }) => return Ok(()),
            Ok(EnrolmentReport { state: EnrolmentState::Gone }) => return Err(Failure::Gone),
            Err(error) if !error.is_unreachable() => return Err(error.into()),
            Ok(EnrolmentReport { state: EnrolmentState::Waiting }) | Err(_) => {}
        }
    }
}

fn keep(folder: &Path, identity: &Identity, certificate: Option<Sha256Hash>) -> Result<(), EnrolmentError> {
    let path = folder.join(FILE);
    let enrolled = Enrolled { public_key: identity.public().into(), server_certificate: certificate };
    let text = serde_json::to_vec(&enrolled).map_err(io::Error::from);
    text.and_then(|text| private_file::replace(&path, &text))
        .map_err(|source| EnrolmentError::File { path, source })
}

impl From<UplinkError> for Failure {
    fn from(error: UplinkError) -> Self {
        match error.problem_code() {
            Some(problem::TERMINAL_KEY_USED) => Self::KeyUsed,
            Some(problem::ENROLMENT_GONE) => Self::Gone,
            _ => Self::Uplink(error),
        }
    }
}

fn trouble(error: &UplinkError) -> Step {
    let (zh, en) = match error {
        UplinkError::Problem { problem, .. } => (problem.zh.as_str(), problem.en.as_str()),
        UplinkError::Unreachable(_) => (
            "连接不上服务器。请检查网线和配置中的服务器地址；接通后自动继续。",
            "The server cannot be reached. Check the cable and the server's address in the configuration; this goes on by itself.",
        ),
        _ => (
            "服务器的回答不对。请检查配置中的服务器地址，并报告管理员。",
            "The server's answer is not right. Check its address in the configuration and tell the administrator.",
        ),
    };
    Step::Trouble(zh.to_owned(), en.to_owned())
}

fn between() -> Step {
    Step::Trouble(
        "本机看到的证书不是服务器的证书：中间有别的设备。终端应直接连接服务器的会场地址；如果已是，请立即报告场务。".to_owned(),
        "This terminal sees another certificate than the server shows: something sits in between. Terminals connect to the server's \
         address for the hall directly; if this one does, tell the steward at once."
            .to_owned(),
    )
}
