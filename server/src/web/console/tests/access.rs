//! Who may open which address.

use axum::http::{Method, StatusCode};
use jiff::SignedDuration;

use super::harness::Console;
use crate::domain::Role;
use crate::service::log::head;
use crate::testing::TestDb;
use crate::web::console::declared;

/// A path that leads to nothing that exists, so that no handler changes anything.
fn example(path: &str) -> String {
    let id = if path.contains("/draw/") { "1" } else { "67e55044-10b1-426f-9247-bb680e5fe0c8" };
    path.replace("{year}", "1999").replace("{id}", id)
}

/// Addresses that work without an edition; posting to these is left to other tests.
const CHANGES_SOMETHING: [&str; 2] = ["/console/editions/ningjin-2020", "/console/log/verify"];

#[tokio::test]
async fn every_address_asks_for_its_permission() {
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            let routes = declared();
            assert!(routes.declared().len() > 40);
            for route in routes.declared() {
                let path = example(route.path);
                for &role in Role::ALL {
                    if role.may(route.permission) && CHANGES_SOMETHING.contains(&route.path) {
                        continue;
                    }
                    let answer =
                        console.request(Some(role), route.method.clone(), &path, "", Vec::new()).await;
                    let forbidden = answer.status == StatusCode::FORBIDDEN;
                    assert_eq!(forbidden, !role.may(route.permission), "{role} {} {path}", route.method);
                    assert!(
                        !answer.status.is_server_error(),
                        "{role} {} {path}: {}",
                        route.method,
                        answer.page
                    );
                }
            }
        })
        .await;
}

#[tokio::test]
async fn without_signing_in_every_address_leads_to_the_sign_in_page_and_changes_nothing() {
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            let mut tx = console.context.db.read().await.unwrap();
            let before = head(&mut tx, &console.context.county).await.unwrap();
            drop(tx);
            for route in declared().declared() {
                let answer =
                    console.request(None, route.method.clone(), &example(route.path), "", Vec::new()).await;
                assert_eq!(
                    (answer.status, answer.location.as_str()),
                    (StatusCode::SEE_OTHER, "/console/sign-in"),
                    "{} {}",
                    route.method,
                    route.path
                );
            }
            let mut tx = console.context.db.read().await.unwrap();
            assert_eq!(head(&mut tx, &console.context.county).await.unwrap(), before);
        })
        .await;
}

#[tokio::test]
async fn signing_in_sets_a_strict_cookie_and_signing_out_ends_the_session() {
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            let answer = console.try_sign_in("chair", "password of chair").await;
            assert!(answer.cookie.contains("HttpOnly; SameSite=Strict"), "{}", answer.cookie);
            assert!(!answer.cookie.contains("Secure"), "the server is reached over http here");
            assert_eq!(console.get(Role::Chair, "/console/acts").await.status, StatusCode::OK);
            let out = console.post(Role::Chair, "/console/sign-out", &[]).await;
            assert_eq!(out.location, "/console/sign-in");
            assert!(out.cookie.contains("Max-Age=0"));
            assert_eq!(console.get(Role::Chair, "/console/acts").await.location, "/console/sign-in");
            console.clock.advance(SignedDuration::from_mins(30));
            assert_eq!(console.get(Role::Supervisor, "/console/acts").await.location, "/console/sign-in");
        })
        .await;
}

#[tokio::test]
async fn a_wrong_password_is_told_in_both_languages_and_many_have_to_wait() {
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            for _ in 0..5 {
                let answer = console.try_sign_in("chair<", "wrong").await;
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
                assert!(
                    answer.page.contains("登录名或密码错误")
                        && answer.page.contains("Name or password is wrong")
                );
                assert!(answer.page.contains("value=\"chair&lt;\"") && !answer.page.contains("wrong\""));
            }
            let answer = console.try_sign_in("chair<", "wrong").await;
            assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
            assert!(answer.page.contains("请等待15秒"));
        })
        .await;
}

#[tokio::test]
async fn a_form_of_another_site_is_refused() {
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            let cookie = console.sign_in(Role::Commission).await;
            let request = axum::http::Request::post("/console/editions/ningjin-2020")
                .header("cookie", cookie)
                .header("host", "127.0.0.1")
                .header("origin", "https://evil.example")
                .header("sec-fetch-site", "cross-site");
            let answer = console.send(request.body(axum::body::Body::empty()).unwrap()).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN);
            assert_eq!(console.get(Role::Commission, "/console/2020").await.status, StatusCode::NOT_FOUND);
        })
        .await;
}

#[tokio::test]
async fn addresses_that_lead_nowhere_say_so() {
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            for path in [
                "/console/nothing",
                "/console/1999",
                "/console/x/pool",
                "/console/acts/x",
                "/console/99999999/draw",
            ] {
                let answer = console.get(Role::Supervisor, path).await;
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
                assert!(answer.page.contains("没有办成"), "{path}");
            }
            let wrong_method = console.request(None, Method::DELETE, "/console/acts", "", Vec::new()).await;
            assert_eq!(wrong_method.status, StatusCode::NOT_FOUND);
        })
        .await;
}
