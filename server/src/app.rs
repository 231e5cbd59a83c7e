//! The server as a whole: state, routes, and the layers around them, innermost first.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::FromRef;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::{Router, middleware};
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::timeout::TimeoutLayer;

use crate::service::Context;
use crate::tls::{HallCertificate, Peer};
use crate::{api, web};

/// Longer than verifying a full publication on a slow machine: a ballot in BELENIOS-2048 takes seconds there.
const TIMEOUT: Duration = Duration::from_mins(15);

/// What handlers share.
#[derive(Clone, Debug)]
pub struct App {
    /// What use cases work with.
    pub context: Context,
    /// The county's name on pages.
    pub county_name: String,
    /// The address that people type, without a slash at the end.
    pub public_url: String,
}

impl FromRef<App> for Context {
    fn from_ref(app: &App) -> Self {
        app.context.clone()
    }
}

/// All routes with all layers.
pub fn router(app: App) -> Router {
    Router::new()
        .merge(api::routes())
        .merge(web::routes())
        .layer(CsrfLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIMEOUT))
        .layer(CatchPanicLayer::new())
        .layer(middleware::map_response(security_headers))
        .with_state(app)
}

/// Serves until `stop` is ready; requests under way are finished.
///
/// # Errors
///
/// What the operating system says if the listener fails.
pub async fn serve(
    listener: TcpListener,
    app: App,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await
}

/// Serves the same over TLS, with this certificate, until `stop` is ready.
///
/// # Errors
///
/// What the operating system says if the listener fails.
pub async fn serve_hall(
    listener: TcpListener,
    certificate: &HallCertificate,
    app: App,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let service = certificate.mark(router(app)).into_make_service_with_connect_info::<Peer>();
    axum::serve(certificate.listen(listener), service).with_graceful_shutdown(stop).await
}

async fn security_headers(mut response: axum::response::Response) -> axum::response::Response {
    let headers = response.headers_mut();
    // A page whose script stands in it brings a policy of its own.
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(appearance::CONTENT_SECURITY_POLICY));
    let always = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    for (name, value) in always {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Pages with names or counts must not stay in a shared computer's cache; assets say otherwise themselves.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse as _;

    use super::*;

    #[tokio::test]
    async fn the_general_policy_gives_way_to_one_that_is_set_and_stands_everywhere_else() {
        let policy = header::CONTENT_SECURITY_POLICY;
        let plain = security_headers("page".into_response()).await;
        assert_eq!(plain.headers()[&policy], appearance::CONTENT_SECURITY_POLICY);
        let own = security_headers([(policy.clone(), "default-src 'none'")].into_response()).await;
        let values: Vec<_> = own.headers().get_all(&policy).iter().collect();
        assert_eq!(values, ["default-src 'none'"]);
        assert_eq!(own.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    }
}
