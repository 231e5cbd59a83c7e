//! A small evaluation day, carried out by the real use cases: four offices, six people in the pool, two cards, one
//! trustee.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Request, Response, StatusCode, header};
use belenios::ballot::BallotBox;
use belenios::credential::Credential;
use belenios::election::Election;
use belenios::group::{Ed25519, Group as _};
use belenios::tally::EncryptedTally;
use belenios::trustee::single::SecretKey;
use evaluation::rules::{Rules, RulesFile};
use evaluation::wire::{TrusteePartialDecryption, pad_ballot};
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::app::{App, router};
use crate::demo::ceremony::{enter, form};
use crate::domain::{
    AccountId, Actor, EditionId, EditionState, PollId, Purpose, Role, TerminalId, TerminalRole,
    TerminalStatus,
};
use crate::service::act::{self, Act};
use crate::service::draw::Voiding;
use crate::service::poll::exceptions::{NewException, Subject};
use crate::service::poll::{self, ballot, cards, closing, keys, tally};
use crate::service::pool::lock::LockRequest;
use crate::service::{Context, check_in, draw, edition, reveal};
use crate::store::polls::PollTexts;
use crate::store::terminals::Terminal;
use crate::store::{offices, polls};
use crate::testing::{TestDb, clock, context, insert_account, rng, terminal_key};

/// A name in the pool, and words in texts that are not public yet.
pub(super) const NAME: &str = "赵秘密";
pub(super) const STATEMENT: &str = "本年述职内容";
pub(super) const OPINIONS: &str = "群众反映办理慢";

const OFFICES: &str = "number,section,unit,office,scope,carried_over,full_name\n\
    1,government,水务局,水政股,,true,水务局水政股\n\
    2,government,教育局,普教股,普教方面,false,教育局普教股（普教方面）\n\
    3,vertical,县税务局,办税厅,,false,县税务局办税厅\n\
    4,vertical,宁晋电信,营业厅,,false,宁晋电信营业厅\n";

/// The day, and the site that shows it.
pub(super) struct Day {
    pub(super) context: Context,
    app: Router,
    db: TestDb,
    commission: AccountId,
    supervisor: AccountId,
    edition: Option<EditionId>,
    _folder: TempDir,
}

/// What a poll is made of.
struct Secrets {
    poll: PollId,
    key: SecretKey<Ed25519>,
    cards: Vec<Credential>,
}

impl Day {
    /// Nothing has happened yet.
    pub(super) async fn begin() -> Self {
        let db = TestDb::sqlite().await;
        let folder = tempfile::tempdir().unwrap();
        let context = Context { folder: folder.path().to_owned(), ..context(db.db(), &clock()) };
        let commission = insert_account(&context, Role::Commission).await.id;
        let supervisor = insert_account(&context, Role::Supervisor).await.id;
        let app = App {
            context: context.clone(),
            county_name: "宁晋县".to_owned(),
            public_url: "http://localhost".to_owned(),
        };
        Self { app: router(app), context, db, commission, supervisor, edition: None, _folder: folder }
    }

    pub(super) async fn end(self) {
        self.db.remove().await;
    }

    /// An edition that is not public.
    pub(super) async fn draft(&mut self) {
        let id = edition::create(&self.context, &self.actor(), &rules()).await.unwrap();
        edition::import_offices(&self.context, &self.actor(), &id, OFFICES.as_bytes()).await.unwrap();
        let mut tx = self.context.db.write().await.unwrap();
        let office = offices::Office {
            number: 1,
            duties: Some("管水".to_owned()),
            statement: Some(STATEMENT.to_owned()),
            opinions: Some(OPINIONS.to_owned()),
            ..offices::Office::default()
        };
        offices::set_texts(&mut tx, &self.context.county, &id, &office).await.unwrap();
        tx.commit().await.unwrap();
        self.edition = Some(id);
    }

    /// The list is published.
    pub(super) async fn list(&mut self) {
        self.draft().await;
        edition::publish_list(&self.context, &self.actor(), &self.id()).await.unwrap();
    }

    /// The representatives are drawn, after a first ceremony that was void; the statements are published.
    pub(super) async fn draw(&mut self) {
        self.list().await;
        let (context, actor, id) = (&self.context, self.actor(), self.id());
        edition::step(context, &actor, &id, EditionState::open_pool).await.unwrap();
        edition::import_pool(context, &actor, &id, pool().as_bytes()).await.unwrap();
        let lock = LockRequest { edition: id.clone(), draw_id: None };
        self.together(Act::LockPool(lock)).await;
        let void = draw::announce(context, &actor, &id, form("draw-0")).await.unwrap();
        let reason = "信封被提前拆开".to_owned();
        self.together(Act::VoidDraw(Voiding { edition: id.clone(), ceremony: void, reason })).await;
        let ceremony = draw::announce(context, &actor, &id, form("draw-1")).await.unwrap();
        let clerks = [&self.commission, &self.supervisor];
        let completion = enter(context, clerks, &id, ceremony, &mut rng()).await.unwrap();
        self.together(Act::Draw(completion)).await;
        edition::step(context, &actor, &id, EditionState::publish_statements).await.unwrap();
    }

    /// The whole day. `look` is called while the poll is open, closed, reconciled and tallied; the poll is revealed at
    /// the end, and published if `publish` is set.
    pub(super) async fn finish(&mut self, publish: bool, look: impl AsyncFn(&Self, &str)) {
        self.draw().await;
        let secrets = self.prepare_poll().await;
        let id = secrets.poll.clone();
        self.together(Act::OpenPoll(id.clone())).await;
        self.check_in().await;
        self.vote(&secrets).await;
        look(self, "open").await;
        self.together(Act::ClosePoll(id.clone())).await;
        look(self, "closing").await;
        closing::seal(&self.context, &self.actor(), &id).await.unwrap();
        look(self, "closed").await;
        let new = NewException {
            poll: id.clone(),
            subject: Subject::NoBoothStatement,
            reason: "投票机未参加本次测试".to_owned(),
            document_number: "宁创〔2020〕11号".to_owned(),
        };
        self.together(Act::RecordException(new)).await;
        closing::reconcile(&self.context, &self.actor(), &id).await.unwrap();
        look(self, "reconciled").await;
        self.decrypt(&secrets).await;
        look(self, "tallied").await;
        self.together(Act::Reveal(id)).await;
        if publish {
            self.together(Act::Publish(self.id())).await;
        }
    }

    /// The chair shows another step.
    pub(super) async fn turn(&self, from: u32, to: u32) {
        let poll = self.real_poll().await;
        reveal::go(&self.context, &poll.id, from, to).await.unwrap();
    }

    /// The chair goes to the last step; `look` is called before each but the last. Answers its number.
    pub(super) async fn turn_to_the_last_step(&self, look: impl AsyncFn(&Self)) -> u32 {
        let plan = reveal::find(&self.context, &self.real_poll().await).await.unwrap();
        let last = u32::try_from(plan.plan().last()).unwrap();
        for step in 0..last {
            look(self).await;
            self.turn(step, step + 1).await;
        }
        last
    }

    async fn real_poll(&self) -> polls::Poll {
        let mut tx = self.context.db.read().await.unwrap();
        poll::find_current(&mut tx, &self.context, &self.id()).await.unwrap().unwrap()
    }

    /// Asks the site.
    pub(super) async fn ask(&self, path: &str, headers: &[(header::HeaderName, &str)]) -> Response<Body> {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        self.app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    /// Status and body of an address.
    pub(super) async fn bytes(&self, path: &str) -> (StatusCode, Bytes) {
        let response = self.ask(path, &[]).await;
        (response.status(), to_bytes(response.into_body(), usize::MAX).await.unwrap())
    }

    /// A page that must be there.
    pub(super) async fn page(&self, path: &str) -> String {
        let (status, bytes) = self.bytes(path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    /// The election's archive name, once there is a poll.
    pub(super) async fn texts(&self) -> PollTexts {
        let poll = self.real_poll().await;
        let mut tx = self.context.db.read().await.unwrap();
        polls::load_texts(&mut tx, &self.context.county, &poll.id).await.unwrap()
    }

    pub(super) fn id(&self) -> EditionId {
        self.edition.clone().unwrap()
    }

    pub(super) fn actor(&self) -> Actor {
        Actor::Account(self.commission.clone())
    }

    async fn together(&self, act: Act) {
        let proposal = act::propose(&self.context, &self.commission, &act).await.unwrap();
        act::confirm(&self.context, &self.supervisor, &proposal.id).await.unwrap();
    }

    async fn prepare_poll(&self) -> Secrets {
        let names = ["监票人甲".to_owned()];
        let poll = poll::create(&self.context, &self.actor(), &self.id(), 0, &names).await.unwrap();
        let key = SecretKey::<Ed25519>::generate(&mut rng());
        let public = serde_json::to_string(&key.to_public(None, &mut rng())).unwrap();
        keys::receive(&self.context, &terminal(TerminalRole::Trustee), keys::Message::PublicKey, &public)
            .await
            .unwrap();
        let mut generator = rng();
        let cards: Vec<_> = (0..2).map(|_| Credential::generate(&mut generator)).collect();
        let uuid = poll.as_str().parse().unwrap();
        let public =
            cards.iter().map(|card| Ed25519::encode(card.derive::<Ed25519>(&uuid).public())).collect();
        Box::pin(cards::receive(&self.context, &terminal(TerminalRole::CardOfficer), public)).await.unwrap();
        Secrets { poll, key, cards }
    }

    /// Both representatives come and draw a card.
    async fn check_in(&self) {
        let (context, id) = (&self.context, self.id());
        let clerk = insert_account(context, Role::CheckIn).await;
        insert_account(context, Role::Steward).await;
        let password = "password of steward".into();
        let second = check_in::Second { name: "steward", password: &password };
        let new = check_in::NewDesk { name: "1号台", cards: 2 };
        let desk = check_in::open_desk(context, &clerk, &id, Purpose::Real, new, second).await.unwrap();
        let people = check_in::everybody(context, &id).await.unwrap().unwrap();
        for person in people {
            check_in::mark(context, &clerk, &id, Purpose::Real, &person.id).await.unwrap();
        }
        let count = check_in::Count { desk, cards_left: 0, counted_twice: false };
        check_in::close_desk(context, &clerk, &id, Purpose::Real, count, second).await.unwrap();
    }

    /// Two ballots: office 2 gets 满意 and 一般, hence 80 points; office 1 is rejected twice.
    async fn vote(&self, secrets: &Secrets) {
        let ballots = self.ballot_box().await;
        let uuid = secrets.poll.as_str().parse().unwrap();
        for (card, choices) in secrets.cards.iter().zip([[3, 0, 1, 1], [3, 2, 1, 2]]) {
            let ballot = ballots.encrypt(&card.derive(&uuid), &choices, &mut rng()).unwrap();
            let padded = pad_ballot(ballot.to_json().as_bytes(), ballots.maximal_ballot_size()).unwrap();
            assert!(matches!(
                ballot::receive(&self.context, padded, None).await.unwrap(),
                ballot::Delivery::Stored(_)
            ));
        }
    }

    async fn decrypt(&self, Secrets { key, .. }: &Secrets) {
        let election = self.ballot_box().await;
        let texts = self.texts().await;
        let sums: EncryptedTally<Ed25519> = serde_json::from_str(&texts.encrypted_tally.unwrap()).unwrap();
        let signature = key.sign(&texts.closing_statement.unwrap(), &mut rng());
        let share = TrusteePartialDecryption {
            partial_decryption: sums.decrypt(election.election(), key, &mut rng()).to_json(),
            closing_signature: serde_json::to_string(&signature).unwrap(),
        };
        tally::receive(&self.context, &terminal(TerminalRole::Trustee), share).await.unwrap();
    }

    async fn ballot_box(&self) -> Arc<BallotBox<Ed25519>> {
        let text = self.texts().await.election.unwrap();
        Arc::new(BallotBox::new(Election::parse(&text).unwrap()))
    }
}

fn rules() -> Rules {
    let mut file = RulesFile::from(Rules::ningjin_2020());
    file.pool.size = 6;
    file.pool.halves.a.take = 1;
    file.pool.halves.b.take = 1;
    file.poll.trustees = 1;
    file.poll.threshold = None;
    for section in &mut file.sections {
        section.bottom_three = 1;
        section.bottom_ten = section.bottom_ten.map(|_| 2);
    }
    Rules::try_from(file).unwrap()
}

fn pool() -> String {
    let people = (1..=6).map(|number| {
        let (half, category) = if number <= 3 { ("A", "离退休干部") } else { ("B", "农民") };
        format!("P{number:03},{half},{category},{NAME}{number}\n")
    });
    format!("id,half,category,name\n{}", people.collect::<String>())
}

fn terminal(role: TerminalRole) -> Terminal {
    Terminal {
        id: TerminalId::generate(&mut rng()),
        role,
        name: role.zh().to_owned(),
        public_key: terminal_key(1),
        status: TerminalStatus::Enrolled,
        trustee_position: (role == TerminalRole::Trustee).then_some(1),
        enrolled_at: crate::clock::Clock::now(&clock()),
    }
}
