//! A terminal from the moment it is switched on: enrolled if it is not yet, signed in, then what its role does. One socket
//! serves all of it, so that the browser never finds the door shut.

mod page;

use std::{
    convert::Infallible,
    fmt, io,
    net::SocketAddr,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use axum::{Router, extract::Request, http::StatusCode, response::Response};
use evaluation::wire::problem;
use tokio::{net::TcpListener, task::JoinHandle};
use tower::{ServiceExt, service_fn};

use self::page::Notice;
use crate::{
    access::Access,
    booth, cards,
    config::{self, Config, ConfigError, TerminalConfig},
    enrolment::{self, EnrolmentError, Pace, Step},
    heartbeat::{self, Vitals},
    os_rng,
    pages::{PULSE_PATH, Pulse},
    trustee::{self, Cost, pages::TrusteeSettings},
    uplink::{Timeouts, Uplink, UplinkError, error_chain},
};

/// Between two looks of a trustee's terminal at how far the others are.
const LOOK_AT_OTHERS: Duration = Duration::from_secs(3);

/// Why a terminal ended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TerminalError {
    /// The booth cannot go on.
    #[error(transparent)]
    Booth(#[from] booth::ServeError),
    /// The address is not one of this machine only.
    #[error("the terminal would be reachable from other machines")]
    Config(#[from] ConfigError),
    /// The terminal cannot be enrolled.
    #[error(transparent)]
    Enrolment(#[from] EnrolmentError),
    /// The pages cannot be served.
    #[error("cannot serve the terminal's pages on {listen}")]
    Listen {
        /// The address from the configuration.
        listen: SocketAddr,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// There is no way to the server.
    #[error(transparent)]
    Uplink(#[from] UplinkError),
}

/// The pages that the browser of this machine finds. They change while the socket stays. Clones are the same pages.
#[derive(Clone)]
pub struct Pages(Arc<Inner>);

struct Inner {
    shown: RwLock<Router>,
    pulse: Pulse,
    serving: RwLock<Option<JoinHandle<()>>>,
}

impl Pages {
    /// Serves pages on this loopback address; at first one that asks for a moment.
    ///
    /// # Errors
    /// [`TerminalError::Config`], [`TerminalError::Listen`]
    pub async fn listen(listen: SocketAddr) -> Result<Self, TerminalError> {
        config::check_listen(listen)?;
        let failed = |source| TerminalError::Listen { listen, source };
        let listener = TcpListener::bind(listen).await.map_err(failed)?;
        let starting = page::router(StatusCode::SERVICE_UNAVAILABLE, &page::starting());
        let inner = Inner { shown: RwLock::new(starting), pulse: Pulse::begin(), serving: RwLock::default() };
        let pages = Self(Arc::new(inner));
        let weak = Arc::downgrade(&pages.0);
        let service = service_fn(move |request: Request| {
            let pages = weak.upgrade().map(Self);
            async move { Ok::<Response, Infallible>(answer(pages, request).await) }
        });
        let serving = tokio::spawn(async move {
            // It ends when it is aborted; a connection that fails is the browser's to open again.
            _ = axum::serve(listener, Router::new().fallback_service(service)).await;
        });
        *pages.0.serving.write().unwrap_or_else(PoisonError::into_inner) = Some(serving);
        Ok(pages)
    }

    /// Shows these pages from the next request on.
    pub fn show(&self, router: Router) {
        *self.0.shown.write().unwrap_or_else(PoisonError::into_inner) = router;
    }
}

async fn answer(pages: Option<Pages>, request: Request) -> Response {
    let router = match pages.map(|pages| pages.0) {
        None => Router::new(),
        Some(inner) if request.uri().path() == PULSE_PATH => inner.pulse.router(),
        Some(inner) => {
            inner.pulse.beat();
            inner.shown.read().unwrap_or_else(PoisonError::into_inner).clone()
        }
    };
    let Ok(response) = router.oneshot(request).await;
    response
}

impl Drop for Inner {
    fn drop(&mut self) {
        let serving = self.serving.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(serving) = serving {
            serving.abort();
        }
    }
}

impl fmt::Debug for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").finish_non_exhaustive()
    }
}

/// Runs a terminal until the process is told to end.
///
/// # Errors
/// [`TerminalError`]
pub async fn run(config: Config) -> Result<(), TerminalError> {
    let terminal = config.terminal();
    let pages = Pages::listen(terminal.listen).await?;
    tracing::info!(address = %terminal.listen, "the terminal's pages are served");
    tokio::select! {
        ended = work(config, &terminal, &pages) => ended,
        _ = tokio::signal::ctrl_c() => Ok(()),
    }
}

async fn work(config: Config, terminal: &TerminalConfig, pages: &Pages) -> Result<(), TerminalError> {
    let access = enter(terminal, Pace::default(), pages).await?;
    let uplink = Uplink::new(&terminal.server, access.clone(), Timeouts::default())?;
    sign_in(terminal, &uplink, Pace::default(), pages).await;
    let vitals = Vitals::new(match &config {
        Config::Booth(booth) => booth.spool.clone(),
        _ => terminal.folder.clone(),
    });
    let reporting = vitals.report(&uplink, heartbeat::PAUSE);
    tokio::select! {
        ended = serve_role(config, access, terminal, pages, &vitals) => ended,
        () = reporting => Ok(()),
    }
}

/// The pages of the role.
async fn serve_role(
    config: Config,
    access: Access,
    terminal: &TerminalConfig,
    pages: &Pages,
    vitals: &Vitals,
) -> Result<(), TerminalError> {
    match config {
        Config::Booth(config) => Ok(booth::serve(config, access, pages, vitals).await?),
        Config::CardOfficer(_) => {
            let uplink = Uplink::new(&terminal.server, access, Timeouts::default())?;
            pages.show(cards::router(Arc::new(uplink)));
            std::future::pending().await
        }
        Config::Trustee(config) => {
            let uplink = Uplink::new(&terminal.server, access, trustee::TIMEOUTS)?;
            let settings = TrusteeSettings {
                key: config.key,
                setup: config.setup,
                pause: LOOK_AT_OTHERS,
                cost: Cost::default(),
            };
            pages.show(trustee::pages::router(Arc::new(uplink), settings));
            std::future::pending().await
        }
    }
}

/// The access of this terminal; if it is not enrolled, its pages and its output show the code until it is.
///
/// # Errors
/// [`TerminalError::Enrolment`]
pub async fn enter(terminal: &TerminalConfig, pace: Pace, pages: &Pages) -> Result<Access, TerminalError> {
    if let Some(access) = enrolment::load(&terminal.folder)? {
        return Ok(access);
    }
    let show = |step: Step| {
        say(&step);
        pages.show(page::enrolling_router(terminal, &step));
    };
    Ok(enrolment::enrol(terminal, pace, show, &mut os_rng()).await?)
}

/// The same for a subcommand, which has pages only for as long as the code has to be shown.
///
/// # Errors
/// [`TerminalError`]
pub async fn enter_alone(terminal: &TerminalConfig) -> Result<Access, TerminalError> {
    match enrolment::load(&terminal.folder)? {
        Some(access) => Ok(access),
        None => enter(terminal, Pace::default(), &Pages::listen(terminal.listen).await?).await,
    }
}

/// On the terminal's output, for a machine without a browser.
fn say(step: &Step) {
    match step {
        Step::Asking => {}
        Step::Code(code) => println!("登记代码 · enrolment code: {code}"),
        Step::Lapsed(_) => println!(
            "登记代码已过期。请在本机的页面上重新开始，或重新启动本程序。\n\
             The code has lapsed. Start again on this machine's page, or start this program anew."
        ),
        Step::Trouble(zh, en) => println!("{zh}\n{en}"),
    }
}

/// Signs in; until that is possible the pages say why it is not.
async fn sign_in(terminal: &TerminalConfig, uplink: &Uplink, pace: Pace, pages: &Pages) {
    pages.show(page::router(StatusCode::SERVICE_UNAVAILABLE, &page::notice(terminal, Notice::SigningIn)));
    while let Err(error) = uplink.sign_in().await {
        tracing::warn!(error = error_chain(&error), "the terminal cannot sign in; trying again");
        let notice = match &error {
            UplinkError::OtherCertificate => Notice::OtherCertificate,
            UplinkError::Unreachable(_) => Notice::NoContact,
            _ if error.problem_code() == Some(problem::TERMINAL_UNKNOWN) => Notice::Revoked,
            _ => Notice::Refused,
        };
        pages.show(page::router(StatusCode::SERVICE_UNAVAILABLE, &page::notice(terminal, notice)));
        tokio::time::sleep(pace.again).await;
    }
}
