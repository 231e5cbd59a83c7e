//! A server with one account for each role, and browsers that keep their cookie.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use evaluation::rules::{Half, Rules};
use tower::ServiceExt as _;

use crate::app::{App, router};
use crate::clock::ManualClock;
use crate::domain::Role;
use crate::service::Context;
use crate::store::Db;
use crate::testing::{clock, context, insert_account};

/// A server and what everybody's browser holds.
pub(super) struct Console {
    pub(super) context: Context,
    pub(super) clock: ManualClock,
    router: Router,
    cookies: BTreeMap<Role, String>,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) location: String,
    pub(super) cookie: String,
    pub(super) page: String,
}

impl Answer {
    /// Expects a redirect after something was done.
    #[track_caller]
    pub(super) fn expect_done(self) -> Self {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.page);
        assert!(self.location.contains("?done="), "{}", self.location);
        self
    }

    /// Expects the form again with a message that contains all of `words`.
    #[track_caller]
    pub(super) fn expect_refused(&self, words: &[&str]) {
        assert_eq!(self.status, StatusCode::UNPROCESSABLE_ENTITY, "{} {}", self.location, self.page);
        for word in words {
            assert!(self.page.contains(word), "no {word} in {}", self.page);
        }
    }
}

impl Console {
    pub(super) async fn start(db: Db) -> Self {
        let clock = clock();
        let context = context(db, &clock);
        for &role in Role::ALL {
            insert_account(&context, role).await;
        }
        let app = App {
            context: context.clone(),
            county_name: "宁晋县".to_owned(),
            public_url: "http://127.0.0.1".to_owned(),
        };
        let mut console = Self { context, clock, router: router(app), cookies: BTreeMap::new() };
        for &role in Role::ALL {
            let cookie = console.sign_in(role).await;
            console.cookies.insert(role, cookie);
        }
        console
    }

    /// A year with the 70 offices of the notice, not yet public.
    pub(super) async fn take_the_list_of_the_notice(&self) {
        self.post(Role::Commission, "/console/editions/ningjin-2020", &[]).await.expect_done();
        self.post(Role::Commission, "/console/2020/offices/notice", &[]).await.expect_done();
    }

    /// Signs in and answers the cookie.
    pub(super) async fn sign_in(&self, role: Role) -> String {
        let name = role.as_str().replace('_', "-");
        let answer = self.try_sign_in(&name, &format!("password of {role}")).await;
        assert_eq!((answer.status, answer.location.as_str()), (StatusCode::SEE_OTHER, "/console"));
        answer.cookie.split(';').next().unwrap().to_owned()
    }

    pub(super) async fn try_sign_in(&self, name: &str, password: &str) -> Answer {
        let form = urlencoded(&[("name", name), ("password", password)]);
        let request = Request::post("/console/sign-in").header(header::CONTENT_TYPE, URLENCODED);
        self.send(request.body(Body::from(form)).unwrap()).await
    }

    pub(super) async fn get(&self, role: Role, path: &str) -> Answer {
        self.request(Some(role), Method::GET, path, URLENCODED, Vec::new()).await
    }

    pub(super) async fn post(&self, role: Role, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.request(Some(role), Method::POST, path, URLENCODED, urlencoded(fields).into()).await
    }

    pub(super) async fn upload(&self, role: Role, path: &str, bytes: &[u8]) -> Answer {
        let mut body =
            b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n".to_vec();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--x--\r\n");
        self.request(Some(role), Method::POST, path, "multipart/form-data; boundary=x", body).await
    }

    /// A request of somebody, or of nobody.
    pub(super) async fn request(
        &self,
        role: Option<Role>,
        method: Method,
        path: &str,
        media_type: &str,
        body: Vec<u8>,
    ) -> Answer {
        let mut request =
            Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, media_type);
        if let Some(role) = role {
            request = request.header(header::COOKIE, &self.cookies[&role]);
        }
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let text = |name| {
            let value = response.headers().get(name);
            value.map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
        };
        let (status, location, cookie) =
            (response.status(), text(header::LOCATION), text(header::SET_COOKIE));
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Answer { status, location, cookie, page: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// One proposes by a form, another confirms; answers the page after the confirmation.
    pub(super) async fn together(
        &self,
        [one, other]: [Role; 2],
        path: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let proposed = self.post(one, path, fields).await.expect_done();
        let act = proposed.location.split('?').next().unwrap();
        let seen = self.get(other, act).await;
        assert!(seen.page.contains("我已核对，确认执行"), "{}", seen.page);
        self.post(other, &format!("{act}/confirm"), &[]).await
    }
}

impl Console {
    /// Commission and supervisor lock the pool of 2020.
    pub(super) async fn lock_pool(&self, fields: &[(&str, &str)]) {
        let two = [Role::Commission, Role::Supervisor];
        self.together(two, "/console/2020/pool/lock", fields).await.expect_done();
    }
}

const URLENCODED: &str = "application/x-www-form-urlencoded";

pub(super) fn urlencoded(fields: &[(&str, &str)]) -> String {
    let encode = |text: &str| {
        text.bytes().fold(String::new(), |mut encoded, byte| {
            let _ = write!(encoded, "%{byte:02X}");
            encoded
        })
    };
    fields
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect::<Vec<_>>()
        .join("&")
}

/// A pool of that many people in each half, as a CSV file.
pub(super) fn pool_csv(halves: [usize; 2]) -> String {
    let rules = Rules::ningjin_2020();
    let mut csv = "编号,半区,类别,姓名\n".to_owned();
    for (half, size) in Half::ALL.into_iter().zip(halves) {
        let categories = rules.pool.halves.of(half).categories.iter().cycle();
        for (number, category) in (1..=size).zip(categories) {
            let _ = writeln!(csv, "{half}{number:03},{half},{},张三{number}", category.name.zh);
        }
    }
    csv
}
