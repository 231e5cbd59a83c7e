//! A poll that does not hang together is refused before the first card.

use belenios::text::Hash;
use ed25519_dalek::SigningKey;
use evaluation::{
    hash::Sha256Hash,
    wire::{BoothPoll, Purpose},
};
use kiosk::{
    access::Access,
    booth::{self, Booth, BoothSettings, Poll, SetupError, StartError},
    config::BoothConfig,
    equipment::Equipment,
    heartbeat::Vitals,
    identity::Identity,
    os_rng,
    terminal::{Pages, TerminalError},
};

use crate::hall::Hall;

fn refused(hall: &Hall, change: impl FnOnce(&mut BoothPoll)) -> SetupError {
    let mut poll = hall.poll.clone();
    change(&mut poll);
    Poll::check(&poll, None).unwrap_err()
}

#[tokio::test]
async fn the_hash_on_the_opening_sheet_decides() {
    let hall = Hall::new();
    let setup_event = hall.booth().await.poll().setup_event;
    let settings = |setup| BoothSettings {
        setup: Some(setup),
        spool: hall.folder.path().join("other-spool"),
        ..hall.settings()
    };
    assert!(Booth::start(settings(setup_event)).await.is_ok());
    let other = Booth::start(settings(Hash::of("other"))).await;
    assert!(matches!(other, Err(StartError::Setup(SetupError::Anchor { .. }))));
}

#[test]
fn every_file_must_be_the_one_the_election_names() {
    let hall = Hall::new();
    assert!(Poll::check(&hall.poll, None).is_ok());
    let edition = refused(&hall, |poll| poll.edition_json = poll.edition_json.replace("满意", "滿意"));
    assert!(matches!(edition, SetupError::File { file: "edition.json" }));
    let offices = refused(&hall, |poll| poll.offices_csv = poll.offices_csv.replace("公证股", "公證股"));
    assert!(matches!(offices, SetupError::File { file: "offices.csv" }));
    let purpose = refused(&hall, |poll| poll.purpose = Purpose::Rehearsal);
    assert!(matches!(purpose, SetupError::Purpose));
    let size = refused(&hall, |poll| poll.ballot_size -= 1);
    assert!(matches!(size, SetupError::BallotSize { .. }));
    let election = refused(&hall, |poll| poll.setup.election = "{}".into());
    assert!(matches!(election, SetupError::Election(_)));
    let credentials = refused(&hall, |poll| poll.setup.credentials = r#"["zz"]"#.into());
    assert!(matches!(credentials, SetupError::Invalid { .. }));
    let trustees = refused(&hall, |poll| poll.setup.trustees = "[]".into());
    assert!(matches!(trustees, SetupError::Invalid { .. }));
}

#[test]
fn another_publication_key_is_another_election() {
    let hall = Hall::new();
    let ours = Poll::check(&hall.poll, None).unwrap().setup_event;
    let key = SigningKey::from_bytes(&[8; 32]).verifying_key();
    let other = Hall::with(|description, _| description.publication_key = key);
    let checked = Poll::check(&other.poll, Some(ours));
    assert!(matches!(checked, Err(SetupError::Anchor { .. })));
}

#[test]
fn an_election_about_other_things_is_refused() {
    let swapped = Hall::with(|_, questions| questions.swap(0, 1));
    assert!(matches!(Poll::check(&swapped.poll, None), Err(SetupError::Questions)));
    let missing = Hall::with(|_, questions| drop(questions.pop()));
    assert!(matches!(Poll::check(&missing.poll, None), Err(SetupError::Questions)));
    let named = Hall::with(|description, _| description.offices = Sha256Hash::of("others"));
    assert!(matches!(Poll::check(&named.poll, None), Err(SetupError::File { file: "offices.csv" })));
}

#[tokio::test]
async fn a_revoked_terminal_cannot_begin() {
    let hall = Hall::new();
    let access = Access::new(Identity::generate(&mut os_rng()), None);
    let settings = BoothSettings { access, ..hall.settings() };
    let Err(StartError::Uplink(error)) = Booth::start(settings).await else { panic!("it began") };
    assert_eq!(error.problem_code(), Some("terminal_unknown"));
}

#[tokio::test]
async fn a_terminal_that_has_just_started_says_so_and_every_request_counts_as_a_sign_of_life() {
    _ = rustls::crypto::ring::default_provider().install_default();
    let listen = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let pages = Pages::listen(listen).await.unwrap();
    let page = reqwest::get(format!("http://{listen}/tally")).await.unwrap();
    assert_eq!(
        (page.status().as_u16(), &page.headers()["cache-control"]),
        (503, &"no-store".parse().unwrap())
    );
    assert!(page.text().await.unwrap().contains("正在启动"));
    let silence =
        async || reqwest::get(format!("http://{listen}/pulse")).await.unwrap().text().await.unwrap();
    while silence().await == "0" {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    reqwest::get(format!("http://{listen}/tally")).await.unwrap();
    assert_eq!(silence().await, "0");
    drop(pages);
}

#[tokio::test]
async fn a_booth_says_that_it_looks_for_its_server_and_begins_by_itself() {
    let hall = Hall::new();
    hall.server_down();
    let listen = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let config = BoothConfig {
        label: "1".into(),
        server: hall.url(),
        listen,
        folder: hall.folder.path().to_owned(),
        challenges: None,
        spool: hall.spool(),
        setup: None,
        equipment: Equipment::default(),
        idle: kiosk::config::IdleConfig::default(),
    };
    let open = Pages::listen("0.0.0.0:0".parse().unwrap()).await;
    assert!(matches!(open, Err(TerminalError::Config(_))), "other machines could reach it");

    let (access, pages) = (Hall::access(), Pages::listen(listen).await.unwrap());
    let serving = tokio::spawn(async move {
        let vitals = Vitals::new(config.folder.clone());
        booth::serve(config, access, &pages, &vitals).await
    });
    let until = async |words: &str| {
        loop {
            let page = reqwest::get(format!("http://{listen}/")).await;
            if let Ok(page) = page
                && page.text().await.unwrap().contains(words)
            {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    until("本机正在连接服务器").await;
    hall.server_up();
    until("请扫描签过字的开启单").await;
    // The rehearsal is over, the real poll begins: the booth asks for its sheet by itself.
    let other = Hall::with_uuid("2r7xvBB2ZoyrxA");
    hall.take_over(&other);
    while !hall.folder.path().join("spool/2r7xvBB2ZoyrxA").exists() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    until("请扫描签过字的开启单").await;
    serving.abort();
}
