//! The key ceremony at the server: its order, its refusals, and terminals that end in the middle.

use std::path::Path;
use std::time::Duration;

use belenios::group::Ed25519;
use evaluation::rules::NINGJIN_2020;
use kiosk::access::Access;
use kiosk::identity::Identity;
use kiosk::os_rng;
use kiosk::trustee::{Cost, KeyFile, Passphrase, Step, TIMEOUTS, make_key};
use kiosk::uplink::Uplink;
use serde_json::Value;

use super::*;
use crate::app::{App, serve};
use crate::both_databases;
use crate::domain::{EditionId, EditionState, TerminalRole};
use crate::store::editions::Edition;
use crate::testing::ceremony::Ceremony;
use crate::testing::{TestDb, clock, context, insert_poll, insert_terminal_with};

/// A poll of three trustees of whom two are needed, and their terminals.
async fn poll(context: &Context) -> (PollId, Vec<(Terminal, Access)>) {
    poll_with(context, NINGJIN_2020.to_owned()).await
}

async fn poll_with(context: &Context, rules: String) -> (PollId, Vec<(Terminal, Access)>) {
    let edition = Edition {
        id: EditionId::generate(&mut context.rng()),
        year: 2020,
        state: EditionState::Poll,
        rules,
        edition_json: None,
        publication_key: None,
        created_at: context.now(),
    };
    let mut tx = context.db.write().await.unwrap();
    editions::insert(&mut tx, &context.county, &edition).await.unwrap();
    tx.commit().await.unwrap();
    let poll = insert_poll(context, &edition.id).await;
    let mut terminals = Vec::new();
    let mut tx = context.db.write().await.unwrap();
    for position in 1..=3 {
        let name = format!("监票人{position}");
        trustees::insert(&mut tx, &context.county, &poll, position, &name).await.unwrap();
    }
    tx.commit().await.unwrap();
    for position in 1..=3 {
        let identity = Identity::generate(&mut os_rng());
        let (name, key) = (format!("监票终端{position}"), identity.public().into());
        let terminal = insert_terminal_with(context, TerminalRole::Trustee, &name, Some(position), key).await;
        terminals.push((terminal, Access::new(identity, None)));
    }
    (poll, terminals)
}

async fn state(context: &Context, poll: &PollId) -> (PollState, polls::PollTexts) {
    let mut tx = context.db.read().await.unwrap();
    let state = polls::load(&mut tx, &context.county, poll).await.unwrap().state;
    (state, polls::load_texts(&mut tx, &context.county, poll).await.unwrap())
}

/// The code and both sentences of a refusal.
fn refusal(result: Result<(), ServiceError>) -> (&'static str, String, String) {
    match result {
        Err(ServiceError::Input { code, zh, en }) => (code, zh, en),
        other => panic!("{other:?}"),
    }
}

async fn begin_anew(context: &Context, poll: &PollId) -> Result<(), ServiceError> {
    let mut tx = context.db.write().await?;
    restart(&mut tx, context, &Actor::System, poll).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

both_databases! {
    async fn a_terminal_with_a_number_of_no_trustee_is_told_to_be_enrolled_anew(db: Db) {
        let context = context(db, &clock());
        poll(&context).await;
        let key = Identity::generate(&mut os_rng()).public().into();
        let fourth = insert_terminal_with(&context, TerminalRole::Trustee, "监票终端4", Some(4), key).await;
        let (code, zh, en) = refusal(assignment(&context, &fourth).await.map(drop));
        assert_eq!(code, "trustee_position");
        assert!(zh.contains("第4位") && zh.contains("只有3名监票人") && zh.contains("“替换”"), "{zh}");
        assert!(en.contains("trustee 4") && en.contains("has 3 trustees") && en.contains("“replaces”"), "{en}");
    }

    async fn a_ceremony_ends_with_a_list_of_trustees_of_whom_two_decrypt(db: Db) {
        let context = context(db, &clock());
        let (poll, terminals) = poll(&context).await;
        let ceremony = Ceremony::begin(&context, terminals.iter().map(|(terminal, _)| terminal)).await;
        let keys = ceremony.hold().await;
        let (state, texts) = state(&context, &poll).await;
        assert_eq!(state, PollState::KeysReady);
        let trustees = Trustees::<Ed25519>::parse(&texts.trustees.unwrap()).unwrap();
        assert_eq!(trustees.quorum(), Quorum::new(2, 3).ok());
        let listed: Vec<_> = trustees.decryption_keys().map(|key| key.public_key).collect();
        assert_eq!(listed, keys.iter().map(|key| *key.public()).collect::<Vec<_>>());
    }

    async fn a_ceremony_is_possible_where_one_trustee_is_enough(db: Db) {
        let context = context(db, &clock());
        let rules = NINGJIN_2020.replace("threshold = 2", "threshold = 1");
        let (poll, terminals) = poll_with(&context, rules).await;
        Ceremony::begin(&context, terminals.iter().map(|(terminal, _)| terminal)).await.hold().await;
        let (state, texts) = state(&context, &poll).await;
        assert_eq!(state, PollState::KeysReady);
        let trustees = Trustees::<Ed25519>::parse(&texts.trustees.unwrap()).unwrap();
        assert_eq!(trustees.quorum(), Quorum::new(1, 3).ok());
    }

    async fn a_ceremony_that_failed_begins_anew_until_there_are_cards(db: Db) {
        let context = context(db, &clock());
        let (poll, terminals) = poll(&context).await;
        let ceremony = Ceremony::begin(&context, terminals.iter().map(|(terminal, _)| terminal)).await;
        ceremony.certify().await;
        begin_anew(&context, &poll).await.unwrap();
        assert_eq!(progress(&context, &terminals[0].0).await.unwrap().certified, Vec::<u32>::new());
        ceremony.hold().await;
        begin_anew(&context, &poll).await.unwrap();
        let (again, texts) = state(&context, &poll).await;
        assert_eq!((again, texts.trustees), (PollState::Setup, None));
        ceremony.hold().await;
        let mut tx = context.db.write().await.unwrap();
        polls::set_state(&mut tx, &context.county, &poll, PollState::KeysReady, PollState::CardsReady).await.unwrap();
        tx.commit().await.unwrap();
        let late = begin_anew(&context, &poll).await;
        assert!(matches!(late, Err(ServiceError::Poll(PollStepError::WrongState { .. }))));
    }

    async fn every_message_is_taken_once_and_in_its_order(db: Db) {
        let context = context(db, &clock());
        let (_, terminals) = poll(&context).await;
        let ceremony = Ceremony::begin(&context, terminals.iter().map(|(terminal, _)| terminal)).await;
        let mut rng = context.rng();
        let first = ceremony.identity(0).certificate(&mut rng);
        for (message, sent) in [(Message::Contribution, "{}"), (Message::PublicKey, "{}")] {
            assert!(receive(&context, &terminals[0].0, message, sent).await.is_err());
        }
        ceremony.send(0, Message::Certificate, &first).await.unwrap();
        // Made again from the same seed it is signed anew, so it is another text.
        let other = ceremony.identity(0).certificate(&mut rng);
        let (code, zh, en) = refusal(ceremony.send(0, Message::Certificate, &other).await);
        assert_eq!(code, "trustee_message_exists");
        assert!(zh.contains("监票人1的证书已经收到") && en.contains("certificate of trustee 1"), "{zh} {en}");
        ceremony.send(0, Message::Certificate, &first).await.unwrap();
        // A certificate says whose it is.
        let (_, zh, _) = refusal(ceremony.send(1, Message::Certificate, &first).await);
        assert!(zh.contains("监票人2的消息不成立：证书不是为"), "{zh}");
    }

    async fn a_corrupted_contribution_is_refused_with_the_trustee_named(db: Db) {
        let context = context(db, &clock());
        let (poll, terminals) = poll(&context).await;
        let ceremony = Ceremony::begin(&context, terminals.iter().map(|(terminal, _)| terminal)).await;
        let certificates = ceremony.certify().await;
        let honest = ceremony.identity(1).contribute(&certificates, &mut context.rng()).unwrap();
        let honest = serde_json::to_value(&honest).unwrap();
        for pointer in ["/shares/0/data", "/coefexps/message", "/signature/challenge"] {
            let mut corrupted = honest.clone();
            let text = corrupted.pointer_mut(pointer).unwrap();
            let turned: String = text.as_str().unwrap().chars().rev().collect();
            *text = Value::String(turned);
            let (_, zh, en) = refusal(ceremony.send(1, Message::Contribution, &corrupted).await);
            if pointer != "/signature/challenge" {
                assert!(zh.contains("监票人2") && en.contains("trustee 2"), "{pointer}: {zh} {en}");
            }
        }
        ceremony.send(1, Message::Contribution, &honest).await.unwrap();
        // Nor is a key taken before all have contributed.
        let sent = progress(&context, &terminals[0].0).await.unwrap();
        assert_eq!((sent.contributed, sent.contributions), (vec![2], None));
        assert_eq!(state(&context, &poll).await.0, PollState::Setup);
    }
}

/// Guessing is cheap in tests.
const CHEAP: Cost = Cost { memory_kib: 8, passes: 1, lanes: 1 };

fn passphrase() -> Passphrase {
    Passphrase::typed(&"four words are enough".into())
}

/// A trustee's terminal that is killed after the first step, started again and killed after the second, and so on.
async fn killed_again_and_again(uplink: &Uplink, path: &Path) {
    let pause = Duration::from_millis(5);
    let passphrase = passphrase();
    for lives in 1.. {
        let killed = tokio::sync::Notify::new();
        let (mut steps, mut rng) = (0, os_rng());
        let say = |_| {
            steps += 1;
            if steps == lives {
                killed.notify_one();
            }
        };
        tokio::select! {
            biased;
            () = killed.notified() => {}
            made = make_key(uplink, (path, &passphrase, CHEAP), pause, say, &mut rng) => {
                made.unwrap();
                assert!(lives > 4, "every step was the last one once");
                return;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_ceremony_interrupted_at_each_round_goes_on() {
    let db = TestDb::sqlite().await;
    let context = context(db.db(), &clock());
    let (poll, terminals) = poll(&context).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = format!("http://{}", listener.local_addr().unwrap());
    let app =
        App { context: context.clone(), county_name: "宁晋县".to_owned(), public_url: server.clone() };
    let serving = tokio::spawn(serve(listener, app, std::future::pending()));
    let folder = tempfile::tempdir().unwrap();
    let uplinks: Vec<_> =
        terminals.iter().map(|(_, access)| Uplink::new(&server, access.clone(), TIMEOUTS).unwrap()).collect();
    let path = |place: usize| folder.path().join(place.to_string());
    let patient = async |place: usize| {
        let mut list = None;
        let say = |step| {
            if let Step::Trustees(hash) = step {
                list = Some(hash);
            }
        };
        let (path, pause) = (path(place), Duration::from_millis(5));
        make_key(&uplinks[place], (&path, &passphrase(), CHEAP), pause, say, &mut os_rng()).await.unwrap();
        list.unwrap()
    };
    let (one, two, third) = (path(0), path(1), patient(2));
    let (.., seen) = tokio::join!(
        killed_again_and_again(&uplinks[0], &one),
        killed_again_and_again(&uplinks[1], &two),
        third
    );
    // Whoever comes back later sees the same list.
    assert_eq!(patient(0).await, seen);
    let (state, texts) = state(&context, &poll).await;
    assert_eq!(state, PollState::KeysReady);
    let trustees = Trustees::<Ed25519>::parse(&texts.trustees.unwrap()).unwrap();
    for (place, listed) in trustees.decryption_keys().enumerate() {
        let key = KeyFile::load(&path(place), &passphrase()).unwrap().key::<Ed25519>().unwrap();
        assert_eq!(*key.public(), listed.public_key);
    }
    serving.abort();
    db.remove().await;
}
