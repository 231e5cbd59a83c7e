//! Running a booth: until it knows its poll, then until the server means another one, and so on.

use std::sync::Arc;

use appearance::{ASSET_PATH, CONTENT_SECURITY_POLICY};
use axum::{
    Router,
    extract::{Path, State},
    http::{StatusCode, header},
    routing::get,
};

use super::{
    Booth, BoothSettings, StartError, Timing,
    fittings::Fittings,
    pages::{self, Closed, ClosedPage, Look},
    router,
};
use crate::{
    access::Access,
    config::BoothConfig,
    equipment::Equipment,
    heartbeat::{BoothVitals, Vitals},
    terminal::Pages,
    uplink::error_chain,
};

/// Why a booth ended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The booth must not vote in this poll.
    #[error("the booth cannot begin")]
    Start(#[source] StartError),
}

/// Runs a booth for ever, on these pages. Without contact to the server it says so on the screen and tries again; a poll that does
/// not hang together, or is not the one of the opening sheet, ends it.
///
/// # Errors
/// [`ServeError`]
pub async fn serve(
    config: BoothConfig,
    access: Access,
    pages: &Pages,
    vitals: &Vitals,
) -> Result<(), ServeError> {
    let settings = BoothSettings {
        label: config.label,
        server: config.server,
        access,
        spool: config.spool,
        setup: config.setup,
        challenges: config.challenges,
        timing: Timing { idle: config.idle.into(), ..Timing::default() },
        equipment: config.equipment,
    };
    loop {
        pages.show(connecting_pages(settings.equipment.clone()));
        let booth = start_when_reachable(&settings).await.map_err(ServeError::Start)?;
        tracing::info!(
            setup = %booth.poll().setup_event,
            purpose = ?booth.poll().purpose,
            "the booth knows its poll"
        );
        let asked = booth.clone();
        vitals.of_booth(move || asked.vitals());
        pages.show(router(booth.clone()));
        // After a rehearsal comes the real poll: the booth begins anew, and its opening sheet is asked for.
        booth.until_another_election().await;
        vitals.of_booth(BoothVitals::default);
    }
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
fn connecting_pages(equipment: Equipment) -> Router {
    let fittings = Arc::new(Fittings::new(equipment));
    let asset = async |State(fittings): State<Arc<Fittings>>, Path(name): Path<String>| fittings.asset(&name);
    let page = async |State(fittings): State<Arc<Fittings>>| {
        let look = Look { panel: fittings.panel(), ..Look::standard() };
        let page = ClosedPage { look, reason: Closed::NoContact, here: "/" };
        let headers =
            [(header::CACHE_CONTROL, "no-store"), (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY)];
        (StatusCode::SERVICE_UNAVAILABLE, headers, pages::closed_page(&page))
    };
    Router::new().route(&format!("{ASSET_PATH}{{name}}"), get(asset)).fallback(page).with_state(fittings)
}
