//! A browser at a terminal's own pages.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use tower::ServiceExt;

pub(crate) struct Browser {
    router: Router,
}

pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) location: Option<String>,
    pub(crate) text: String,
}

impl Browser {
    pub(crate) fn new(router: Router) -> Self {
        Self { router }
    }

    pub(crate) async fn request(&self, request: Request<Body>) -> Page {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let header = |name| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (status, location) = (response.status(), header(header::LOCATION));
        assert_eq!(header(header::CACHE_CONTROL).as_deref(), Some("no-store"));
        assert!(header(header::CONTENT_SECURITY_POLICY).unwrap().starts_with("default-src 'none'"));
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Page { status, location, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    pub(crate) async fn open(&self, path: &str) -> Page {
        self.request(Request::get(path).header("host", "127.0.0.1:8100").body(Body::empty()).unwrap()).await
    }

    /// Opens a page twice, as a reload does, and follows where it leads.
    pub(crate) async fn reload(&self, path: &str) -> (String, Page) {
        let mut path = path.to_owned();
        for _ in 0..3 {
            let first = self.open(&path).await;
            let second = self.open(&path).await;
            assert_eq!((first.status, &first.location), (second.status, &second.location));
            match second.location {
                Some(location) => path = location,
                None => return (path, second),
            }
        }
        panic!("redirects without end")
    }

    pub(crate) async fn post(&self, path: &str, form: &str) -> Page {
        let request = Request::post(path)
            .header("host", "127.0.0.1:8100")
            .header("origin", "http://127.0.0.1:8100")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(form.to_owned()));
        self.request(request.unwrap()).await
    }
}

/// The value of a form's hidden field.
pub(crate) fn field(page: &str, name: &str) -> String {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("{page}"));
    rest.split('"').next().unwrap().to_owned()
}
