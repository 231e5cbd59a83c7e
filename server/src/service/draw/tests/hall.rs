//! A locked pool, the people who hold the ceremony, and three parties whose secrets are known.

use std::fmt::Debug;

use evaluation::draw::secret::{Secret, commitment};
use evaluation::hash::Sha256Hash;
use evaluation::rules::{Rules, RulesFile};

use crate::demo::ceremony;
use crate::domain::{
    AccountId, Actor, DrawState, EditionId, EditionState, InTwoLanguages, LogEvent, Purpose, Role,
};
use crate::randomness::SharedRng;
use crate::service::act::{Act, ActError, confirm, propose};
use crate::service::draw::{
    AnnouncementForm, Completion, DiceEntry, Voiding, announce, close_commitments, declare_missing,
    find_ceremony, open_envelopes, record_commitment, type_dice, type_secret,
};
use crate::service::pool::import_pool;
use crate::service::pool::lock::LockRequest;
use crate::service::{Context, ServiceError};
use crate::store::accounts::{self, Account};
use crate::store::draws::Draw;
use crate::store::editions::{self, Edition};
use crate::store::{Db, log_entries};
use crate::testing::{clock, context, insert_account};

pub(super) const DICE: &str = "602214076138064852001379";

const SMALL_POOL: &str =
    "id,half,category,name\nP1,A,离退休干部,甲\nP2,A,外地客商,乙\nP3,B,农民,丙\nP4,B,农民,丁\n";

/// Everybody and everything that a ceremony needs.
pub(super) struct Hall {
    pub(super) context: Context,
    pub(super) edition: EditionId,
    /// Types first.
    pub(super) commission: Account,
    /// Types second.
    pub(super) supervisor: Account,
    /// Another account of the person of `commission`.
    pub(super) commission_again: Account,
}

/// The preset with another size, other seats and another number of parties, of which `missing` may fail.
pub(super) fn rules(size: usize, take: usize, min_parties: usize, missing: usize) -> Rules {
    let mut file = RulesFile::from(Rules::ningjin_2020());
    file.pool.size = size;
    file.pool.halves.a.take = take;
    file.pool.halves.b.take = take;
    file.draw.min_parties = min_parties;
    file.draw.max_missing_reveals = missing;
    Rules::try_from(file).unwrap()
}

/// What the person reads who was refused.
#[track_caller]
pub(super) fn zh<T: Debug>(result: Result<T, ServiceError>) -> String {
    result.unwrap_err().zh()
}

impl Hall {
    /// Four people, of whom two are drawn.
    pub(super) async fn small(db: Db) -> Self {
        Self::with_pool(db, &rules(4, 1, 3, 1), SMALL_POOL.as_bytes()).await
    }

    /// [`Hall::small`] with a real ceremony 1 in this state.
    pub(super) async fn at(db: Db, state: DrawState) -> Self {
        let hall = Self::small(db).await;
        assert_eq!(hall.announce("2020-1").await.unwrap(), 1);
        hall.advance(1, state).await;
        hall
    }

    /// A pool from a file, locked by two people.
    pub(super) async fn with_pool(db: Db, rules: &Rules, csv: &[u8]) -> Self {
        let context = context(db, &clock());
        let edition = Edition {
            id: EditionId::generate(&mut context.rng()),
            year: 2020,
            state: EditionState::PoolOpen,
            rules: toml::to_string(rules).unwrap(),
            edition_json: None,
            publication_key: None,
            created_at: context.now(),
        };
        let mut tx = context.db.write().await.unwrap();
        editions::insert(&mut tx, &context.county, &edition).await.unwrap();
        tx.commit().await.unwrap();
        let commission = insert_account(&context, Role::Commission).await;
        let supervisor = insert_account(&context, Role::Supervisor).await;
        let commission_again = insert_second_account(&context, &commission).await;
        let hall = Self { context, edition: edition.id, commission, supervisor, commission_again };
        import_pool(&hall.context, &hall.actor(), &hall.edition, csv).await.unwrap();
        let request = LockRequest { edition: hall.edition.clone(), draw_id: None };
        hall.together(&Act::LockPool(request)).await.unwrap();
        hall
    }

    /// The same ceremony after the server was started again.
    pub(super) fn restart(self, number: u8) -> Self {
        let fresh = context(self.context.db.clone(), &clock());
        // Another seed, since ids must not repeat.
        Self { context: Context { rng: SharedRng::from_seed([number; 32]), ..fresh }, ..self }
    }

    pub(super) fn actor(&self) -> Actor {
        Actor::Account(self.commission.id.clone())
    }

    /// The commission proposes, the supervisor confirms.
    pub(super) async fn together(&self, act: &Act) -> Result<(), ActError> {
        let proposal = propose(&self.context, &self.commission.id, act).await?;
        confirm(&self.context, &self.supervisor.id, &proposal.id).await?;
        Ok(())
    }

    pub(super) async fn announce(&self, draw_id: &str) -> Result<u32, ServiceError> {
        self.announce_form(ceremony::form(draw_id)).await
    }

    pub(super) async fn rehearse(&self, draw_id: &str) -> u32 {
        let form = AnnouncementForm { purpose: Purpose::Rehearsal, ..ceremony::form(draw_id) };
        self.announce_form(form).await.unwrap()
    }

    pub(super) async fn announce_form(&self, form: AnnouncementForm) -> Result<u32, ServiceError> {
        announce(&self.context, &self.actor(), &self.edition, form).await
    }

    pub(super) async fn void(&self, ceremony: u32) -> Result<(), ActError> {
        let (edition, reason) = (self.edition.clone(), "信封不符".to_owned());
        self.together(&Act::VoidDraw(Voiding { edition, ceremony, reason })).await
    }

    pub(super) async fn complete(&self, ceremony: u32, public_value: Option<&str>) -> Result<(), ActError> {
        let public_value = public_value.map(str::to_owned);
        self.together(&Act::Draw(Completion { edition: self.edition.clone(), ceremony, public_value })).await
    }

    /// The row of a ceremony.
    pub(super) async fn row(&self, ceremony: u32) -> Draw {
        find_ceremony(&self.context, &self.edition, ceremony).await.unwrap().draw
    }

    pub(super) async fn edition_state(&self) -> EditionState {
        let mut tx = self.context.db.read().await.unwrap();
        editions::load(&mut tx, &self.context.county, &self.edition).await.unwrap().state
    }

    /// The whole log, oldest first.
    pub(super) async fn events(&self) -> Vec<LogEvent> {
        let mut tx = self.context.db.read().await.unwrap();
        let entries = log_entries::list(&mut tx, &self.context.county, 1, 1_000).await.unwrap();
        entries.iter().map(|entry| serde_json::from_str(&entry.event).unwrap()).collect()
    }
}

impl Hall {
    /// The secret of a party (from 1).
    pub(super) fn secret(party: u32) -> Secret {
        Secret::parse(&Sha256Hash::of(format!("secret {party}")).to_string()).unwrap()
    }

    /// The right commitment of a party (from 1).
    pub(super) async fn commitment(&self, ceremony: u32, party: u32) -> String {
        let view = find_ceremony(&self.context, &self.edition, ceremony).await.unwrap();
        let index = usize::try_from(party).unwrap();
        commitment(view.announcement.hash(), index, &Self::secret(party)).to_string()
    }

    pub(super) async fn commit(&self, ceremony: u32, party: u32, text: &str) -> Result<(), ServiceError> {
        record_commitment(&self.context, &self.actor(), &self.edition, ceremony, party, text).await
    }

    pub(super) async fn close(&self, ceremony: u32) -> Result<Sha256Hash, ServiceError> {
        close_commitments(&self.context, &self.actor(), &self.edition, ceremony).await
    }

    pub(super) async fn throw(&self, clerk: &Account, dice: &str) -> Result<DiceEntry, ServiceError> {
        type_dice(&self.context, clerk, &self.edition, 1, dice).await
    }

    pub(super) async fn reveal(
        &self,
        clerk: &Account,
        (ceremony, party): (u32, u32),
        text: &str,
    ) -> Result<(), ServiceError> {
        type_secret(&self.context, clerk, &self.edition, ceremony, party, text).await
    }

    pub(super) async fn missing(&self, ceremony: u32, party: u32) -> Result<(), ServiceError> {
        declare_missing(&self.context, &self.actor(), &self.edition, ceremony, party).await
    }

    /// Both clerks type something else than the secret, and the envelope counts as missing.
    pub(super) async fn lose(&self, ceremony: u32, party: u32) {
        for clerk in [&self.commission, &self.supervisor] {
            let wrong = self.reveal(clerk, (ceremony, party), &"0".repeat(64)).await;
            assert!(zh(wrong).contains("与该方的承诺值不符"));
        }
        self.missing(ceremony, party).await.unwrap();
    }

    /// Takes an announced ceremony of three parties and 24 dice to this state, at most [`DrawState::Opened`].
    pub(super) async fn advance(&self, ceremony: u32, to: DrawState) {
        let (context, id) = (&self.context, &self.edition);
        if to == DrawState::Announced {
            return;
        }
        for party in 1..=3 {
            self.commit(ceremony, party, &self.commitment(ceremony, party).await).await.unwrap();
        }
        self.close(ceremony).await.unwrap();
        if to == DrawState::Committed {
            return;
        }
        for clerk in [&self.commission, &self.supervisor] {
            type_dice(context, clerk, id, ceremony, DICE).await.unwrap();
        }
        if to == DrawState::Opened {
            open_envelopes(context, &self.actor(), id, ceremony).await.unwrap();
        }
    }
}

async fn insert_second_account(context: &Context, first: &Account) -> Account {
    let password = "another password".into();
    let hash = context.passwords.hash(&password, &mut context.rng()).await.unwrap();
    let account = Account {
        id: AccountId::generate(&mut context.rng()),
        name: "commission-again".to_owned(),
        role: Role::CardOfficer,
        ..first.clone()
    };
    let mut tx = context.db.write().await.unwrap();
    accounts::insert(&mut tx, &context.county, &account, &hash).await.unwrap();
    tx.commit().await.unwrap();
    account
}
