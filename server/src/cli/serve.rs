//! Commands on a configured server.

use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use secrecy::ExposeSecret as _;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use crate::app::{self, App};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::domain::InTwoLanguages as _;
use crate::randomness::SharedRng;
use crate::service::poll::tally::resume;
use crate::service::{Context, log, password::Passwords, terminal::TerminalMemory};
use crate::store::Db;
use crate::tls::HallCertificate;

pub(super) async fn serve(path: &Path) -> anyhow::Result<ExitCode> {
    let (config, mut context) = open(path).await?;
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(EnvFilter::try_from_env("PINGYI_LOG").unwrap_or_else(|_| EnvFilter::new("info")))
        .init();
    let listener = bind(config.listen).await?;
    let certificate = config.hall.map(|_| HallCertificate::load_or_make(&config.folder)).transpose()?;
    context.terminals = Arc::new(TerminalMemory::new(certificate.as_ref().map(HallCertificate::hash)));
    let hall = match config.hall {
        Some(hall) => Some(bind(hall.listen).await?),
        None => None,
    };
    resume(&context).await.map_err(|error| anyhow::anyhow!("{}\n{}", error.zh(), error.en()))?;
    let app = App { context, county_name: config.county.name.clone(), public_url: config.public_url.clone() };
    println!("阳光评议已启动 · is serving: http://{} （{}）", listener.local_addr()?, config.public_url);
    if let (Some(hall), Some(certificate)) = (hall, certificate) {
        println!("会场 · hall: https://{}", hall.local_addr()?);
        println!("会场证书 · its certificate: SHA-256 {}", certificate.hash());
        let in_hall = app::serve_hall(hall, &certificate, app.clone(), stopped());
        tokio::try_join!(app::serve(listener, app, stopped()), in_hall)?;
    } else {
        app::serve(listener, app, stopped()).await?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!(
            "无法在 {address} 上监听，端口可能已被占用 · cannot listen on {address}; the port may be in use"
        )
    })
}

pub(super) async fn verify_log(path: &Path) -> anyhow::Result<ExitCode> {
    let (_, context) = open(path).await?;
    let report = log::verify(&context.db, &context.county).await?;
    for finding in &report.findings {
        println!("不符 FAIL  {finding}");
    }
    println!("条目 · entries: {}", report.entries);
    println!("末端 · head: {}", report.head.hash);
    Ok(ExitCode::from(u8::from(!report.findings.is_empty())))
}

/// Reads the configuration and opens what it names.
pub(super) async fn open(path: &Path) -> anyhow::Result<(Config, Context)> {
    let config = Config::read(path).map_err(|error| {
        let both = format!("{}\n{}", error.zh(), error.en());
        anyhow::Error::new(error).context(both)
    })?;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&config.folder)
        .with_context(|| format!("{}：无法建立 · cannot be made", config.folder.display()))?;
    let db = Db::open(config.database.url.expose_secret())
        .await
        .context("数据库无法打开，请检查 database.url · the database cannot be opened; check database.url")?;
    let rng = SharedRng::from_system();
    let passwords = Arc::new(Passwords::new(&mut rng.clone())?);
    let context = Context {
        db,
        county: config.county.id.clone(),
        clock: Arc::new(SystemClock),
        rng,
        passwords,
        folder: config.folder.clone(),
        terminals: Arc::default(),
        late_voids: Arc::default(),
        prepared_election: Arc::default(),
        opened_ballots: Arc::default(),
    };
    Ok((config, context))
}

/// Ready when the process is told to end.
async fn stopped() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
        if let Ok(mut terminated) = terminated {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    let _ = interrupted.await;
}
