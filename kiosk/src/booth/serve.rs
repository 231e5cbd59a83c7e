//! Running a booth: first until it knows its poll, then until the agent is told to end.

use std::{io, net::SocketAddr, sync::Arc};

use appearance::{ASSET_PATH, CONTENT_SECURITY_POLICY, find_asset};
use axum::{
    Router,
    extract::Path,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use tokio::net::TcpListener;

use super::{
    Booth, BoothSettings, StartError, Timing,
    pages::{self, Closed, ClosedPage, Look},
    router,
};
use crate::{
    config::{self, BoothConfig, ConfigError},
    identity::Identity,
    os_rng,
    uplink::error_chain,
};

/// Why a booth ended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The address is not one of this machine only.
    #[error("the booth would be reachable from other machines")]
    Config(#[source] ConfigError),
    /// The pages cannot be served.
    #[error("cannot serve the booth's pages on {listen}")]
    Listen {
        /// The address from the configuration.
        listen: SocketAddr,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// The booth must not vote in this poll.
    #[error("the booth cannot begin")]
    Start(#[source] StartError),
}

/// Runs a booth until the process is told to end. Without contact to the server it says so on the screen and tries again;
/// a poll that does not hang together, or is not the one of the opening sheet, ends it.
///
/// # Errors
/// [`ServeError`]
pub async fn serve(config: BoothConfig) -> Result<(), ServeError> {
    config::check_listen(config.listen).map_err(ServeError::Config)?;
    let listen = config.listen;
    let failed = |source| ServeError::Listen { listen, source };
    let timing = Timing::default();
    let settings = BoothSettings {
        server: config.server,
        token: config.token,
        spool: config.spool,
        identity: Arc::new(Identity::generate(&mut os_rng())),
        setup: config.setup,
        timing,
    };
    // One socket for both phases, so that the browser never finds the door shut.
    let socket = std::net::TcpListener::bind(listen).map_err(failed)?;
    socket.set_nonblocking(true).map_err(failed)?;
    let listener = || TcpListener::from_std(socket.try_clone()?);
    let (found, wait) = tokio::sync::oneshot::channel::<()>();
    let connecting = axum::serve(listener().map_err(failed)?, connecting_pages())
        .with_graceful_shutdown(async move { drop(wait.await) });
    let connecting = tokio::spawn(connecting.into_future());
    tracing::info!(address = %listen, "the booth's pages are served");
    let booth = tokio::select! {
        booth = start_when_reachable(&settings) => booth.map_err(ServeError::Start)?,
        () = end() => return Ok(()),
    };
    drop(found);
    let _ = connecting.await;
    tracing::info!(
        setup = %booth.poll().setup_event,
        purpose = ?booth.poll().purpose,
        "the booth knows its poll"
    );
    let pages = router(booth);
    axum::serve(listener().map_err(failed)?, pages).with_graceful_shutdown(end()).await.map_err(failed)
}

async fn start_when_reachable(settings: &BoothSettings) -> Result<Booth, StartError> {
    let mut failures = 0;
    loop {
        match Booth::start(settings.clone()).await {
            Err(StartError::Uplink(error)) => {
                tracing::warn!(
                    error = error_chain(&error),
                    "the server does not tell the poll; trying again"
                );
                failures = u32::saturating_add(failures, 1);
                tokio::time::sleep(settings.timing.backoff.after(failures)).await;
            }
            started => return started,
        }
    }
}

/// The pages until the poll is known: one that says so and asks again.
fn connecting_pages() -> Router {
    let asset = async |Path(name): Path<String>| match find_asset(&pages::assets(), &name) {
        Some(asset) => {
            ([(header::CONTENT_TYPE, asset.content_type())], asset.bytes().to_vec()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    };
    let page = async || {
        let page = ClosedPage { look: Look::standard(), reason: Closed::NoContact, here: "/" };
        let headers =
            [(header::CACHE_CONTROL, "no-store"), (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY)];
        (StatusCode::SERVICE_UNAVAILABLE, headers, pages::closed_page(&page))
    };
    Router::new().route(&format!("{ASSET_PATH}{{name}}"), get(asset)).fallback(page)
}

async fn end() {
    let _ = tokio::signal::ctrl_c().await;
}
