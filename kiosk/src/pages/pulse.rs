//! Whether this machine's browser still shows one of our pages: each page says so every few seconds, whatever it shows and whoever
//! stands before it, and the launcher, which can start a browser that crashed anew, asks how long nothing was said.

use std::{
    sync::{Arc, LazyLock, Mutex, PoisonError},
    time::Instant,
};

use appearance::Asset;
use axum::{Router, http::StatusCode, middleware, routing::get};

use super::guard;

/// Where it is told (`POST`) and asked for (`GET`).
pub(crate) const PULSE_PATH: &str = "/pulse";

/// What every page of a terminal carries.
pub(crate) static PULSE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("pulse.js", "text/javascript; charset=utf-8", include_bytes!("pulse.js")));

/// When the browser last asked for anything; before that, when the program began. In memory only. Clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Pulse(Arc<Mutex<Instant>>);

impl Pulse {
    /// As if the browser had just asked: it has its time to come.
    pub(crate) fn begin() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }

    /// The browser has asked for something.
    pub(crate) fn beat(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    fn silent_seconds(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).elapsed().as_secs()
    }

    /// `GET` answers for how many whole seconds nothing was heard; `POST` ends them.
    pub(crate) fn router(&self) -> Router {
        let (asked, told) = (self.clone(), self.clone());
        let answer = async move || asked.silent_seconds().to_string();
        let hear = async move || {
            told.beat();
            StatusCode::NO_CONTENT
        };
        Router::new().route(PULSE_PATH, get(answer).post(hear)).layer(middleware::from_fn(guard))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::{
        body::{Body, to_bytes},
        http::Request,
    };
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn the_silence_grows_until_a_page_says_that_it_lives() {
        let pulse = Pulse::begin();
        let send = async |method: &str, host: &str| {
            let request = Request::builder().method(method).uri(PULSE_PATH).header("host", host);
            let answer = pulse.router().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            let status = answer.status();
            (status, to_bytes(answer.into_body(), 100).await.unwrap())
        };
        let own = "127.0.0.1:8601";
        assert_eq!(send("GET", own).await, (StatusCode::OK, "0".into()));
        *pulse.0.lock().unwrap() = Instant::now().checked_sub(Duration::from_secs(50)).unwrap();
        assert_eq!(send("GET", own).await, (StatusCode::OK, "50".into()));
        assert_eq!(send("POST", "booth.example.org").await.0, StatusCode::FORBIDDEN);
        assert_eq!(send("GET", own).await.1, "50");
        assert_eq!(send("POST", own).await.0, StatusCode::NO_CONTENT);
        assert_eq!(send("GET", own).await.1, "0");
    }
}
