//! Two counties in one database never see each other's rows.

use jiff::civil::date;

use super::{
    Connection,
    ballots::{self, Ballot},
    booths, credentials, drafts, draws, editions, exceptions, nominations, offices, polls, pool, sanctions,
    terminals, trustees, void_cards,
};
use crate::{
    both_databases,
    domain::{
        CountyId, EditionState, NominationId, NominationSource, NominationState, PollId, Purpose, Role,
        TerminalId, TerminalRole, TerminalStatus,
    },
    service::{Context, account, session},
    store::{
        accounts,
        exceptions::Recorded,
        log_entries,
        nominations::{Entry, Nomination},
        offices::Office,
        pool::PoolMember,
        proposals,
        sanctions::Ruling,
        terminals::Terminal,
    },
    testing::{clock, context, insert_account, insert_edition, insert_poll, terminal_key},
};
use evaluation::{
    hash::Sha256Hash,
    pool::Half,
    publication::exception::{Exception, Matter},
    wire::{CardSignature, DraftLocator, SealedDraft, VoidCard, VoidKind},
};

const DRAFT: DraftLocator = DraftLocator::from_bytes([1; 32]);

both_databases! {
    async fn a_county_sees_none_of_another_countys_rows(db: Db) {
        let here = context(db, &clock());
        let there = Context { county: "leling".parse().unwrap(), ..here.clone() };
        fill(&here).await;
        assert_eq!(rows(&here, &here.county).await, [1; 20]);
        assert_eq!(rows(&here, &there.county).await, [0; 20]);
        // The same keys are free there.
        fill(&there).await;
        assert_eq!(rows(&here, &here.county).await, [1; 20]);
    }
}

async fn fill(context: &Context) {
    let administrator = insert_account(context, Role::Administrator).await;
    account::propose_password_reset(context, &administrator.id, &administrator.id).await.unwrap();
    let edition = insert_edition(context).await.id;
    let poll = insert_poll(context, &edition).await;
    let (county, mut tx) = (&context.county, context.db.write().await.unwrap());
    offices::insert(&mut tx, county, &edition, &Office { number: 1, ..Office::default() }).await.unwrap();
    let (draft, open) = (EditionState::Draft, EditionState::PoolOpen);
    editions::set_state(&mut tx, county, &edition, draft, open).await.unwrap();
    nominations::insert(&mut tx, county, &edition, &nomination(context), Some("code")).await.unwrap();
    let member = PoolMember {
        member_id: "P001".to_owned(),
        half: "A".to_owned(),
        category: "离退休干部".to_owned(),
        cells: [("name".to_owned(), "王\"某\"".to_owned())].into(),
    };
    pool::insert(&mut tx, county, &edition, &member).await.unwrap();
    assert_eq!(pool::list(&mut tx, county, &edition).await.unwrap(), [member]);
    let announcement = draws::Announcement {
        draw_id: "2020-1",
        purpose: Purpose::Real,
        pool: "",
        announce: "",
        announced_at: context.now(),
    };
    draws::insert(&mut tx, county, &edition, announcement).await.unwrap();
    let ruling = Ruling {
        number: 1,
        kind: "canvassing".to_owned(),
        document_number: "宁纪〔2020〕1号".to_owned(),
        decided_on: date(2020, 12, 16),
    };
    sanctions::insert_sanction(&mut tx, county, &edition, &ruling).await.unwrap();
    sanctions::insert_decision(&mut tx, county, &edition, &ruling).await.unwrap();
    assert_eq!(sanctions::list_decisions(&mut tx, county, &edition).await.unwrap(), [ruling]);
    trustees::insert(&mut tx, county, &poll, 1, "张某").await.unwrap();
    trustees::set_public_key(&mut tx, county, &poll, 1, "{}").await.unwrap();
    assert!(trustees::set_public_key(&mut tx, county, &poll, 1, "[]").await.is_err());
    trustees::insert_decryption(&mut tx, county, &poll, 1, "{}").await.unwrap();
    let terminal = fill_terminals(context, &mut tx).await;
    credentials::insert(&mut tx, county, &poll, "card").await.unwrap();
    let ballot =
        Ballot { hash: Sha256Hash::of("x"), public_credential: "card".to_owned(), payload: vec![b'x'] };
    ballots::insert(&mut tx, county, &poll, &ballot).await.unwrap();
    drafts::save(&mut tx, county, &poll, DRAFT, &SealedDraft::new(vec![1])).await.unwrap();
    booths::insert(&mut tx, county, &poll, &terminal, "投票机1", "00").await.unwrap();
    let exception = Exception {
        matter: Matter::BoothNotFinished { booth: "投票机1".to_owned() },
        reason: "断电".to_owned(),
        document_number: "宁创〔2020〕11号".parse().unwrap(),
    };
    exceptions::insert(&mut tx, county, &poll, &Recorded { terminal: None, exception }).await.unwrap();
    fill_void_cards(&mut tx, county, &poll).await;
    tx.commit().await.unwrap();
    let (token, _) =
        session::sign_in(context, "administrator", &"password of administrator".into()).await.unwrap();
    assert!(session::find_account(context, &token).await.unwrap().is_some());
}

async fn fill_void_cards(tx: &mut Connection, county: &CountyId, poll: &PollId) {
    let signature = CardSignature { challenge: "1".to_owned(), response: "2".to_owned() };
    let void = VoidCard { credential: "other".to_owned(), kind: VoidKind::Spare, signature };
    void_cards::insert(tx, county, poll, &void).await.unwrap();
    void_cards::count_one_refused(tx, county, poll, void.kind).await.unwrap();
}

async fn fill_terminals(context: &Context, tx: &mut Connection) -> TerminalId {
    let county = &context.county;
    let terminal = Terminal {
        id: TerminalId::generate(&mut context.rng()),
        role: TerminalRole::Trustee,
        name: "监票1".to_owned(),
        public_key: terminal_key(1),
        status: TerminalStatus::Enrolled,
        trustee_position: Some(1),
        enrolled_at: context.now(),
    };
    terminals::insert(tx, county, &terminal).await.unwrap();
    terminals::set_token(tx, county, &terminal.id, &Sha256Hash::of("token")).await.unwrap();
    assert_eq!(terminals::find_by_key(tx, county, &terminal_key(1)).await.unwrap(), Some(terminal.clone()));
    terminal.id
}

fn nomination(context: &Context) -> Nomination {
    Nomination {
        id: NominationId::generate(&mut context.rng()),
        entry: Entry {
            source: NominationSource::List,
            unit: String::new(),
            half: Half::B,
            category: "农民".to_owned(),
            workplace: String::new(),
        },
        state: NominationState::Waiting,
        reason: None,
        version: 1,
        member_id: None,
        received_at: context.now(),
        decided_by: None,
        decided_at: None,
        identity: None,
    }
}

/// Row counts that `county` sees, asking with the keys of `context.county` where a key is needed.
async fn rows(context: &Context, county: &CountyId) -> [usize; 20] {
    let mut tx = context.db.read().await.unwrap();
    let edition = editions::list(&mut tx, &context.county).await.unwrap().remove(0).id;
    let poll = polls::list(&mut tx, &context.county, &edition).await.unwrap().remove(0).id;
    let token = Sha256Hash::of("token");
    [
        accounts::list(&mut tx, county).await.unwrap().len(),
        proposals::list_open(&mut tx, county).await.unwrap().len(),
        log_entries::list(&mut tx, county, 2, 10).await.unwrap().len(),
        editions::list(&mut tx, county).await.unwrap().len(),
        offices::list(&mut tx, county, &edition).await.unwrap().len(),
        nominations::list(&mut tx, county, &edition).await.unwrap().len(),
        pool::list(&mut tx, county, &edition).await.unwrap().len(),
        draws::list(&mut tx, county, &edition).await.unwrap().len(),
        sanctions::list_sanctions(&mut tx, county, &edition).await.unwrap().len(),
        polls::list(&mut tx, county, &edition).await.unwrap().len(),
        trustees::list(&mut tx, county, &poll).await.unwrap().len(),
        trustees::list_decryptions(&mut tx, county, &poll).await.unwrap().len(),
        usize::from(terminals::find_by_token(&mut tx, county, &token).await.unwrap().is_some()),
        credentials::list(&mut tx, county, &poll).await.unwrap().len(),
        ballots::list(&mut tx, county, &poll).await.unwrap().len(),
        usize::try_from(drafts::count(&mut tx, county, &poll).await.unwrap()).unwrap(),
        booths::list(&mut tx, county, &poll).await.unwrap().len(),
        exceptions::list(&mut tx, county, &poll).await.unwrap().len(),
        void_cards::list(&mut tx, county, &poll).await.unwrap().len(),
        usize::try_from(void_cards::count_refused(&mut tx, county, &poll).await.unwrap().total()).unwrap(),
    ]
}
