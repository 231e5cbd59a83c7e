//! Bad input at the API of a real server: always a 4xx that says why in both languages, never a 500, never silence.

use anyhow::{Result, ensure};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use support::{http::Visitor, place::Place, terminal::Terminal};

use crate::{
    commission::Commission,
    hall::Hall,
    installation::{Database, Installation},
};

/// An answer: its status, kind and body.
struct Answer {
    status: StatusCode,
    content_type: String,
    body: Value,
}

async fn ask(terminal: &Terminal, method: Method, path: &str, body: Vec<u8>) -> Result<Answer> {
    let response = terminal.request(method, path).body(body).send().await?;
    let kind = response.headers().get("content-type").and_then(|kind| kind.to_str().ok());
    let content_type = kind.unwrap_or_default().to_owned();
    let status = response.status();
    let body = serde_json::from_slice(&response.bytes().await?).unwrap_or(Value::Null);
    Ok(Answer { status, content_type, body })
}

/// Sends something that must be refused with a problem in both languages.
async fn refused(terminal: &Terminal, method: Method, path: &str, body: Vec<u8>) -> Result<StatusCode> {
    let what = format!("{method} {path} with {} bytes", body.len());
    let Answer { status, content_type, body } = ask(terminal, method, path, body).await?;
    ensure!(status.is_client_error(), "{what}: {status} {body}");
    ensure!(content_type.starts_with("application/problem+json"), "{what}: {status} as {content_type}");
    for field in ["code", "zh", "en"] {
        let text = body.get(field).and_then(Value::as_str).unwrap_or_default();
        ensure!(!text.is_empty(), "{what}: the problem has no {field}: {body}");
    }
    Ok(status)
}

/// A terminal that two people have let in, signed in.
async fn enrolled(installation: &Installation, number: u8, role: &str, label: &str) -> Result<Terminal> {
    let mut terminal = Terminal::new(&installation.hall, number)?;
    let code = terminal.ask(role, label).await?;
    ensure!(terminal.sign_in().await.is_err(), "{label} signs in before two people have let it in");
    installation.let_in(label, &code, None).await?;
    terminal.sign_in().await?;
    Ok(terminal)
}

/// Every address of the API that takes a body, with the role that may call it.
const POSTS: [(&str, &str); 10] = [
    ("booth", "/api/booth/credential"),
    ("booth", "/api/booth/ballot"),
    ("booth", "/api/booth/draft/find"),
    ("booth", "/api/booth/draft/save"),
    ("booth", "/api/booth/draft/drop"),
    ("card_officer", "/api/cards/credentials"),
    ("trustee", "/api/trustee/certificate"),
    ("trustee", "/api/trustee/contribution"),
    ("trustee", "/api/trustee/key"),
    ("trustee", "/api/trustee/partial-decryption"),
];

/// Every address that is open to those who are not known yet.
const OPEN: [&str; 5] = [
    "/api/terminal/enrolment",
    "/api/terminal/enrolment/reveal",
    "/api/terminal/enrolment/state",
    "/api/terminal/challenge",
    "/api/terminal/sign-in",
];

const GETS: [(&str, &str); 6] = [
    ("booth", "/api/booth/poll"),
    ("card_officer", "/api/cards/order"),
    ("trustee", "/api/trustee/assignment"),
    ("trustee", "/api/trustee/ceremony"),
    ("trustee", "/api/trustee/archive"),
    ("trustee", "/api/trustee/closing"),
];

#[tokio::test]
async fn whatever_is_sent_to_the_api_is_answered_with_a_reason() -> Result<()> {
    let place = Place::new("api")?;
    let installation = Installation::new(&place, Database::Sqlite).await?;
    strangers_are_turned_away(&installation).await?;
    let booth = enrolled(&installation, 1, "booth", "投票机甲").await?;
    // There is no poll yet.
    refused(&booth, Method::GET, "/api/booth/poll", vec![]).await?;

    let commission = Commission::new(&installation).await?;
    commission.prepare(1).await?;
    commission.create_poll(0).await?;
    let hall = Hall::enrol(&place, &installation).await?;
    hall.make_keys()?;
    hall.make_cards().await?;
    let setup = commission.opening_hash().await?;
    commission.act_on_poll("open").await?;
    a_booth_says_that_it_is_ready_first(&booth, &setup).await?;
    nonsense_is_refused(&installation, &booth).await?;
    other_roles_are_turned_away(&booth).await?;
    ballots_that_are_none_are_refused(&booth).await?;
    let log = installation.log()?;
    ensure!(!log.contains("panicked"), "the server has panicked:\n{log}");
    a_revoked_terminal_is_turned_away(&installation, &booth).await
}

async fn strangers_are_turned_away(installation: &Installation) -> Result<()> {
    let tokens =
        [None, Some(String::new()), Some("x".to_owned()), Some("A".repeat(43)), Some("A".repeat(5000))];
    for token in tokens {
        let stranger = Terminal::with_token(&installation.url, token)?;
        for (_, path) in POSTS {
            let status = refused(&stranger, Method::POST, path, b"{}".to_vec()).await?;
            ensure!(status == StatusCode::UNAUTHORIZED, "{path}: {status}");
        }
        for (_, path) in GETS {
            let status = refused(&stranger, Method::GET, path, vec![]).await?;
            ensure!(status == StatusCode::UNAUTHORIZED, "{path}: {status}");
        }
        for path in OPEN {
            for body in ["", "{}", "null", "[]", "{\"public_key\":\"00\"}", &"[".repeat(100_000)] {
                refused(&stranger, Method::POST, path, body.as_bytes().to_vec()).await?;
            }
        }
        let status = refused(&stranger, Method::POST, "/api/terminal/status", b"{}".to_vec()).await?;
        ensure!(status == StatusCode::UNAUTHORIZED, "a stranger reports: {status}");
        let status = refused(&stranger, Method::GET, "/api/no/such/address", vec![]).await?;
        ensure!(status == StatusCode::NOT_FOUND, "an unknown address: {status}");
    }
    Ok(())
}

/// Malformed, huge and deep bodies, at every address the terminal may call.
async fn nonsense_is_refused(installation: &Installation, booth: &Terminal) -> Result<()> {
    let card_officer = enrolled(installation, 2, "card_officer", "制卡2").await?;
    for (role, path) in POSTS.into_iter().filter(|(role, _)| *role != "trustee") {
        let terminal = if role == "booth" { booth } else { &card_officer };
        for body in [
            Vec::new(),
            b"{".to_vec(),
            b"null".to_vec(),
            b"[]".to_vec(),
            b"{}".to_vec(),
            vec![0xff; 100],
            b"[".repeat(100_000),
            json!({ "credential": 7, "public_credentials": "none" }).to_string().into_bytes(),
            json!({ "credential": "x".repeat(1 << 20) }).to_string().into_bytes(),
        ] {
            // A credential that nobody has is a question like any other.
            let answer = ask(terminal, Method::POST, path, body.clone()).await?;
            let unknown = answer.body.get("status").and_then(Value::as_str) == Some("unknown");
            if !(answer.status.is_success() && unknown) {
                refused(terminal, Method::POST, path, body).await?;
            }
        }
        let huge = refused(terminal, Method::POST, path, vec![b' '; 5 << 20]).await?;
        ensure!(huge == StatusCode::PAYLOAD_TOO_LARGE, "{path}: a huge body gets {huge}");
        let method = ask(terminal, Method::DELETE, path, vec![]).await?.status;
        ensure!(method.is_client_error(), "DELETE {path}: {method}");
    }
    Ok(())
}

async fn other_roles_are_turned_away(booth: &Terminal) -> Result<()> {
    for (_, path) in POSTS.into_iter().filter(|(role, _)| *role != "booth") {
        let status = refused(booth, Method::POST, path, b"{}".to_vec()).await?;
        ensure!(status == StatusCode::FORBIDDEN, "{path}: {status}");
    }
    for (_, path) in GETS.into_iter().filter(|(role, _)| *role != "booth") {
        let status = refused(booth, Method::GET, path, vec![]).await?;
        ensure!(status == StatusCode::FORBIDDEN, "{path}: {status}");
    }
    Ok(())
}

/// Until people have compared the opening sheet at it, no ballot of a booth is even looked at.
async fn a_booth_says_that_it_is_ready_first(booth: &Terminal, setup: &str) -> Result<()> {
    let early = ask(booth, Method::POST, "/api/booth/ballot", b"{}".to_vec()).await?;
    let code = early.body.get("code").and_then(Value::as_str);
    ensure!(
        early.status == StatusCode::CONFLICT && code == Some("booth_not_ready"),
        "a booth that is not ready: {} {}",
        early.status,
        early.body
    );
    let poll = ask(booth, Method::GET, "/api/booth/state", vec![]).await?;
    let ready = json!({ "poll": poll.body.get("poll"), "setup_event": setup }).to_string();
    let answer = ask(booth, Method::POST, "/api/booth/ready", ready.into_bytes()).await?;
    ensure!(answer.status == StatusCode::NO_CONTENT, "{} {}", answer.status, answer.body);
    Ok(())
}

/// Ballots of another election, with other questions, or of nobody.
async fn ballots_that_are_none_are_refused(booth: &Terminal) -> Result<()> {
    let poll = ask(booth, Method::GET, "/api/booth/poll", vec![]).await?;
    ensure!(poll.status.is_success(), "{}", poll.body);
    let archive = crate::installation::project_file(
        "tests/fixtures/belenios/ed25519_5_mandatory_3questions/1r7xvBB2ZoyrxA.bel",
    );
    let of_another_election = archive.ok().and_then(|archive| {
        let text = String::from_utf8_lossy(&archive).into_owned();
        let (_, rest) = text.split_once("{\"election_uuid\"")?;
        Some(format!("{{\"election_uuid\"{}", rest.split('\0').next()?))
    });
    let forms = [
        json!({ "election_uuid": "x" }).to_string(),
        json!({ "election_uuid": "11111111111111", "election_hash": "", "credential": "0", "answers": [] })
            .to_string(),
        of_another_election.unwrap_or_else(|| "{}".to_owned()),
    ];
    for form in forms {
        let status = refused(booth, Method::POST, "/api/booth/ballot", form.into_bytes()).await?;
        ensure!(status != StatusCode::UNAUTHORIZED, "the booth is known");
    }
    Ok(())
}

async fn a_revoked_terminal_is_turned_away(installation: &Installation, booth: &Terminal) -> Result<()> {
    let administrator: &Visitor = &installation.administrator;
    let page = administrator.see("/console/terminals").await?;
    let forms = support::form::Form::all(&page.text);
    for form in forms.iter().filter(|form| form.action.ends_with("/revoke")) {
        administrator.send(form).await?;
    }
    let status = refused(booth, Method::GET, "/api/booth/poll", vec![]).await?;
    ensure!(status == StatusCode::UNAUTHORIZED, "a revoked terminal gets {status}");
    Ok(())
}
