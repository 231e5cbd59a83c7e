//! A browser in front of a terminal's pages.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use tower::ServiceExt as _;

pub(crate) struct Browser {
    router: Router,
}

pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) location: Option<String>,
    pub(crate) text: String,
}

impl Page {
    pub(crate) fn says(&self, words: &str) -> bool {
        self.text.contains(words)
    }

    /// The value of a hidden field.
    pub(crate) fn field(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let (_, rest) = self.text.split_once(&start).unwrap_or_else(|| panic!("no {name} on {}", self.text));
        rest.split('"').next().unwrap().to_owned()
    }

    /// The code shown in groups.
    pub(crate) fn groups(&self, class: &str) -> String {
        let (_, rest) =
            self.text.split_once(&format!("class=\"{class}\"")).unwrap_or_else(|| panic!("{}", self.text));
        let (block, _) = rest.split_once("</p>").unwrap();
        let groups = block.split("<span>").skip(1).map(|group| group.split('<').next().unwrap());
        groups.collect::<Vec<_>>().join("-")
    }
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

    /// Sends a form that carries this page's nonce; follows where it leads.
    pub(crate) async fn send(&self, page: &Page, path: &str, fields: &[(&str, &str)]) -> Page {
        let session = page.field("session");
        let answer = self.submit(path, &[&[("session", session.as_str())], fields].concat()).await;
        match &answer.location {
            Some(location) => self.open(location).await,
            None => answer,
        }
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

    /// Sends these fields, whatever is in them.
    pub(crate) async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let form: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        self.post(path, &form.join("&")).await
    }

    /// Looks again until the page says this.
    pub(crate) async fn wait(&self, path: &str, words: &str) -> Page {
        for _ in 0..2_000 {
            let page = self.open(path).await;
            if page.says(words) {
                return page;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        panic!("{path} never said {words}: {}", self.open(path).await.text)
    }
}

fn encode(value: &str) -> String {
    value.bytes().flat_map(|byte| ["%".to_owned(), hex::encode_upper([byte])]).collect()
}

/// The value of a form's hidden field.
pub(crate) fn field(page: &str, name: &str) -> String {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("{page}"));
    rest.split('"').next().unwrap().to_owned()
}
