//! A backup restored, and every way in which it must not be.

use std::path::{Path, PathBuf};

use evaluation::hash::Sha256Hash;
use evaluation::wire::{DraftLocator, SealedDraft};
use tempfile::TempDir;

use super::restore::{Person, Restoration};
use super::seal::make_key;
use super::*;
use crate::domain::{Actor, PollId, PollState, RestoredFrom, Role, TerminalId};
use crate::service::act::{self, Act};
use crate::service::poll::{opening, restored};
use crate::service::{log, session};
use crate::store::{Db, accounts, booths, copy, drafts, polls, sqlite_url};
use crate::testing;

/// What somebody who has not cast yet left at the server.
const DRAFT: &[u8] = b"a sealed draft";

/// A server in a folder of its own.
struct Server {
    folder: TempDir,
    config: Config,
    context: Context,
}

impl Server {
    async fn new(recipient: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path(), recipient, "ningjin");
        let db = Db::open(&sqlite_url(&database(folder.path()))).await.unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir_all(&data).unwrap();
        let context = Context { folder: data, ..testing::context(db, &testing::clock()) };
        Self { folder, config, context }
    }

    /// With two people, a publication key and an open poll.
    async fn at_work(recipient: &str) -> Self {
        let server = Self::new(recipient).await;
        let context = &server.context;
        for role in [Role::Administrator, Role::Supervisor, Role::Commission] {
            testing::insert_account(context, role).await;
        }
        let keys = context.folder.join("keys");
        std::fs::create_dir_all(&keys).unwrap();
        std::fs::write(keys.join("ningjin-2020.key"), "the publication key").unwrap();
        let edition = testing::insert_edition(context).await;
        let poll = testing::insert_poll(context, &edition.id).await;
        let mut tx = context.db.write().await.unwrap();
        polls::set_state(&mut tx, &context.county, &poll, PollState::Setup, PollState::Open).await.unwrap();
        tx.commit().await.unwrap();
        session::sign_in(context, "administrator", &"password of administrator".into()).await.unwrap();
        server
    }

    /// What the server holds after a restart.
    async fn reopened(&self) -> Context {
        let db = Db::open(&sqlite_url(&database(self.folder.path()))).await.unwrap();
        Context { db, ..self.context.clone() }
    }
}

fn database(folder: &Path) -> PathBuf {
    folder.join("pingyi.db")
}

fn config(folder: &Path, recipient: &str, county: &str) -> Config {
    let text = format!(
        "listen = \"127.0.0.1:0\"\npublic_url = \"http://x\"\nfolder = \"data\"\n[database]\nurl = \"sqlite://{}\"\n\
         [county]\nid = \"{county}\"\nname = \"宁晋县\"\n[backup]\nrecipient = \"{recipient}\"\n",
        database(folder).display()
    );
    let path = folder.join("pingyi.toml");
    std::fs::write(&path, text).unwrap();
    Config::read(&path).unwrap()
}

fn person(role: Role) -> Person {
    Person { name: role.as_str().to_owned(), password: format!("password of {role}").into() }
}

#[tokio::test]
async fn two_people_restore_everything_and_an_open_poll_comes_back_paused() {
    let (private, public) = make_key();
    let old = Server::at_work(&public).await;
    save_draft(&old.context).await;
    let (manifest, sealed) = make(&old.context, &old.config).await.unwrap();
    assert_eq!(manifest.log_entries, 1);

    let new = Server::new(&public).await;
    let restoration = Restoration::open(&new.config, &sealed, &private).unwrap();
    let staged = restoration.stage(&new.config, new.context.clone()).await.unwrap();
    let by = staged.authorize(&person(Role::Administrator), &person(Role::Supervisor)).await.unwrap();
    staged.put_in_place(&new.config, &by).await.unwrap();

    let context = new.reopened().await;
    let report = log::verify(&context.db, &context.county).await.unwrap();
    assert!(report.findings.is_empty());
    assert_eq!(report.entries, 3, "the backup's entry, the restoration, the pause");
    let mut tx = context.db.read().await.unwrap();
    let paused = polls::list_in_state(&mut tx, &context.county, PollState::Paused).await.unwrap();
    assert_eq!(paused.len(), 1);
    let drafts = drafts::count(&mut tx, &context.county, &paused[0].id).await.unwrap();
    assert_eq!(drafts, 0, "a draft is never in a backup");
    assert_eq!(paused[0].pace_reason.as_deref(), Some("恢复备份 · restored from a backup"));
    assert_eq!(accounts::list(&mut tx, &context.county).await.unwrap().len(), 3);
    let key = std::fs::read(new.config.folder.join("keys/ningjin-2020.key")).unwrap();
    assert_eq!(key, b"the publication key");
    let left: Vec<_> =
        std::fs::read_dir(&new.config.folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["keys"], "nothing of the work is left");
}

/// A draft of somebody who votes while the backup is made.
async fn save_draft(context: &Context) {
    let mut tx = context.db.write().await.unwrap();
    let poll = polls::list_in_state(&mut tx, &context.county, PollState::Open).await.unwrap().remove(0).id;
    let (locator, sealed) = (DraftLocator::from_bytes([1; 32]), SealedDraft::new(DRAFT.to_vec()));
    drafts::save(&mut tx, &context.county, &poll, locator, &sealed).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn no_draft_is_in_a_dump_of_postgresql() {
    let (test, url) = testing::TestDb::postgres_database().await;
    let folder = tempfile::tempdir().unwrap();
    let context = testing::context(test.db(), &testing::clock());
    let context = Context { folder: folder.path().to_owned(), ..context };
    let edition = testing::insert_edition(&context).await;
    let poll = testing::insert_poll(&context, &edition.id).await;
    let mut tx = context.db.write().await.unwrap();
    polls::set_state(&mut tx, &context.county, &poll, PollState::Setup, PollState::Open).await.unwrap();
    tx.commit().await.unwrap();
    save_draft(&context).await;
    // Restored into the same database, emptied.
    let dump = database::dump(&context, &url.clone().into()).await.unwrap();
    copy::drop_everything(&context.db).await.unwrap();
    database::load_postgres(&url.into(), &dump).await.unwrap();
    let mut tx = context.db.read().await.unwrap();
    assert_eq!(polls::list_in_state(&mut tx, &context.county, PollState::Open).await.unwrap().len(), 1);
    assert_eq!(drafts::count(&mut tx, &context.county, &poll).await.unwrap(), 0);
    drop(tx);
    drop(context);
    test.remove().await;
}

async fn standing(context: &Context, poll: &PollId) -> (PollState, Option<RestoredFrom>) {
    let mut tx = context.db.read().await.unwrap();
    let state = polls::load(&mut tx, &context.county, poll).await.unwrap().state;
    (state, polls::find_restored_from(&mut tx, &context.county, poll).await.unwrap())
}

#[tokio::test]
async fn a_restored_poll_is_resumed_by_two_people_only_and_any_other_pause_by_one() {
    let (private, public) = make_key();
    let old = Server::at_work(&public).await;
    let (manifest, sealed) = make(&old.context, &old.config).await.unwrap();
    let new = Server::new(&public).await;
    let restoration = Restoration::open(&new.config, &sealed, &private).unwrap();
    let staged = restoration.stage(&new.config, new.context.clone()).await.unwrap();
    let by = staged.authorize(&person(Role::Administrator), &person(Role::Supervisor)).await.unwrap();
    staged.put_in_place(&new.config, &by).await.unwrap();
    let context = new.reopened().await;
    let mut tx = context.db.read().await.unwrap();
    let poll = polls::list_in_state(&mut tx, &context.county, PollState::Paused).await.unwrap().remove(0).id;
    let people = accounts::list(&mut tx, &context.county).await.unwrap();
    drop(tx);
    let of = |role| people.iter().find(|account| account.role == role).unwrap().id.clone();

    let (state, from) = standing(&context, &poll).await;
    assert_eq!(state, PollState::Paused);
    let from = from.unwrap();
    assert_eq!((from.made_at, from.head), (manifest.made_at, manifest.log_head));
    let steward = Actor::System;
    let resume = || opening::change_pace(&context, &steward, &poll, PollState::resume, "恢复正常");
    let alone = resume().await.unwrap_err();
    assert!(alone.zh().contains("监督员确认"), "{}", alone.zh());
    let act = Act::ResumeRestored(poll.clone());
    let proposal = act::propose(&context, &of(Role::Commission), &act).await.unwrap();
    act::confirm(&context, &of(Role::Commission), &proposal.id).await.unwrap_err();
    assert_eq!(standing(&context, &poll).await, (PollState::Paused, Some(from)));
    act::confirm(&context, &of(Role::Supervisor), &proposal.id).await.unwrap();
    assert_eq!(standing(&context, &poll).await, (PollState::Open, None));

    // A pause of the day is ended by one person, and there is nothing to propose.
    opening::change_pace(&context, &steward, &poll, PollState::pause, "停电").await.unwrap();
    let nothing = act::propose(&context, &of(Role::Commission), &act).await.unwrap_err();
    assert!(nothing.zh().contains("不是从备份恢复的"));
    resume().await.unwrap();
}

#[tokio::test]
async fn a_poll_that_was_paused_or_closing_in_the_backup_is_not_taken_up_lightly() {
    let db = testing::TestDb::sqlite().await;
    db.run(async |db| {
        let context = testing::context(db, &testing::clock());
        let edition = testing::insert_edition(&context).await;
        let poll = testing::insert_poll(&context, &edition.id).await;
        let (county, booth) = (&context.county, TerminalId::generate(&mut context.rng()));
        let from = RestoredFrom { made_at: context.now(), entries: 1, head: Sha256Hash::of("head") };
        let mut tx = context.db.write().await.unwrap();
        booths::insert(&mut tx, county, &poll, &booth, "投票机1", "00").await.unwrap();
        booths::set_finished(&mut tx, county, &poll, &booth).await.unwrap();
        polls::set_state(&mut tx, county, &poll, PollState::Setup, PollState::Paused).await.unwrap();
        restored::mark(&mut tx, &context, &from).await.unwrap();
        assert_eq!(polls::find_restored_from(&mut tx, county, &poll).await.unwrap(), Some(from));
        assert!(booths::find(&mut tx, county, &poll, &booth).await.unwrap().unwrap().finished);
        polls::set_state(&mut tx, county, &poll, PollState::Paused, PollState::Closing).await.unwrap();
        restored::mark(&mut tx, &context, &from).await.unwrap();
        assert!(!booths::find(&mut tx, county, &poll, &booth).await.unwrap().unwrap().finished);
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn one_person_or_the_wrong_two_restore_nothing() {
    let (private, public) = make_key();
    let old = Server::at_work(&public).await;
    let (_, sealed) = make(&old.context, &old.config).await.unwrap();
    let new = Server::new(&public).await;
    let restoration = Restoration::open(&new.config, &sealed, &private).unwrap();
    let staged = restoration.stage(&new.config, new.context.clone()).await.unwrap();
    let wrong = Person { password: "password of supervisor!".into(), ..person(Role::Supervisor) };
    for (first, second) in [
        (person(Role::Administrator), person(Role::Administrator)),
        (person(Role::Supervisor), person(Role::Administrator)),
        (person(Role::Commission), person(Role::Supervisor)),
        (person(Role::Administrator), person(Role::Commission)),
        (person(Role::Administrator), wrong),
        (person(Role::Administrator), person(Role::Auditor)),
    ] {
        let refused = staged.authorize(&first, &second).await;
        assert!(matches!(refused, Err(BackupError::People { .. })), "{} {}", first.name, second.name);
    }
    staged.abandon().await.unwrap();
    let context = new.reopened().await;
    let mut tx = context.db.read().await.unwrap();
    assert_eq!(accounts::count(&mut tx, &context.county).await.unwrap(), 0);
}

#[tokio::test]
async fn a_backup_is_restored_into_its_own_empty_server_only() {
    let (private, public) = make_key();
    let old = Server::at_work(&public).await;
    let (_, sealed) = make(&old.context, &old.config).await.unwrap();
    let elsewhere = config(old.folder.path(), &public, "xinhe");
    let refused = Restoration::open(&elsewhere, &sealed, &private);
    assert!(matches!(refused, Err(BackupError::OtherCounty { .. })));
    let restoration = Restoration::open(&old.config, &sealed, &private).unwrap();
    let refused = restoration.stage(&old.config, old.context.clone()).await;
    assert!(matches!(refused, Err(BackupError::NotEmpty(_))));
    assert!(matches!(Restoration::open(&old.config, &sealed, &make_key().0), Err(BackupError::OtherKey)));
    let mut tx = old.context.db.read().await.unwrap();
    assert_eq!(accounts::count(&mut tx, &old.context.county).await.unwrap(), 3, "nothing was changed");
}

#[tokio::test]
async fn a_backup_whose_log_was_changed_is_refused() {
    let (private, public) = make_key();
    let old = Server::at_work(&public).await;
    let (manifest, _) = make(&old.context, &old.config).await.unwrap();
    let dump = database::dump(&old.context, &old.config.database.url).await.unwrap();
    let other = Manifest { log_head: Sha256Hash::of("another head"), ..manifest };
    let packed = package::pack(&other, &dump, &package::Files::new()).unwrap();
    let sealed = seal::seal(&seal::parse_recipient(&public).unwrap(), &packed).unwrap();
    let new = Server::new(&public).await;
    let restoration = Restoration::open(&new.config, &sealed, &private).unwrap();
    let refused = restoration.stage(&new.config, new.context.clone()).await;
    assert!(matches!(refused, Err(BackupError::Log)));
}

#[tokio::test]
async fn without_a_recovery_key_there_is_no_backup() {
    let (_, public) = make_key();
    let mut server = Server::new(&public).await;
    server.config.backup = None;
    assert!(matches!(make(&server.context, &server.config).await, Err(BackupError::NoRecipient)));
}
