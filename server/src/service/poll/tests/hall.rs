//! A small hall: two representatives, some spare cards, one trustee, two booths with keys.

use belenios::ballot::{BallotBox, OpenedBallot};
use belenios::credential::{Credential, PrivateCredential};
use belenios::election::Election;
use belenios::group::{Ed25519, Group as _};
use belenios::text::{Fingerprint, Hash};
use belenios::trustee::single::SecretKey;
use ed25519_dalek::SigningKey;
use evaluation::rules::{Rules, RulesFile};
use evaluation::wire::{
    BoothFinished, BoothReady, BoothStatement, ChallengeNotice, ChallengePromise, DraftLocator,
    OpenedBallotFile, SignedBoothStatement, VoidCard, VoidKind, pad_ballot,
};
use tempfile::TempDir;

use crate::demo::ceremony::{enter, form};
use crate::domain::{
    AccountId, Actor, EditionId, EditionState, PollId, PollState, Role, TerminalId, TerminalRole,
    TerminalStatus,
};
use crate::service::act::{self, Act, ActError};
use crate::service::poll::ballot::{self, Delivery};
use crate::service::poll::booths::{self, Booth};
use crate::service::poll::exceptions::{NewException, Subject, Withdrawal};
use crate::service::poll::{self, archive, cards, challenge, closing, keys, void};
use crate::service::pool::lock::LockRequest;
use crate::service::{Context, ServiceError, draw, edition};
use crate::store::terminals::Terminal;
use crate::store::{Db, polls};
use crate::testing::{clock, context, insert_account, rng};

/// How many offices there are.
pub(super) const OFFICE_COUNT: usize = 4;

const OFFICES: &str = "number,section,unit,office,scope,carried_over,full_name\n\
    1,government,水务局,水政股,,true,水务局水政股\n\
    2,government,教育局,普教股,普教方面,false,教育局普教股（普教方面）\n\
    3,vertical,县税务局,办税厅,,false,县税务局办税厅\n\
    4,vertical,宁晋电信,营业厅,,false,宁晋电信营业厅\n";

/// Representatives of the day.
pub(super) const REPRESENTATIVES: usize = 2;

pub(super) struct Hall {
    pub(super) context: Context,
    pub(super) poll: PollId,
    pub(super) cards: Vec<PrivateCredential<Ed25519>>,
    pub(super) booths: Vec<(Booth, SigningKey)>,
    edition: EditionId,
    commission: AccountId,
    supervisor: AccountId,
    _folder: TempDir,
}

impl Hall {
    /// Cards are ready; the poll can be opened.
    pub(super) async fn prepare(db: Db, spare: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let context = Context { folder: folder.path().to_owned(), ..context(db, &clock()) };
        let commission = insert_account(&context, Role::Commission).await.id;
        let supervisor = insert_account(&context, Role::Supervisor).await.id;
        let actor = Actor::Account(commission.clone());
        let edition = edition::create(&context, &actor, &rules()).await.unwrap();
        let poll = "1r7xvBB2ZoyrxA".parse().unwrap();
        let booths = (1..=2).map(booth).collect();
        let mut hall =
            Self { context, poll, cards: vec![], booths, edition, commission, supervisor, _folder: folder };
        hall.draw().await;
        hall.make_cards(spare).await;
        hall
    }

    async fn draw(&self) {
        let (context, actor, id) = (&self.context, self.actor(), &self.edition);
        edition::import_offices(context, &actor, id, OFFICES.as_bytes()).await.unwrap();
        edition::publish_list(context, &actor, id).await.unwrap();
        edition::step(context, &actor, id, EditionState::open_pool).await.unwrap();
        let pool =
            "id,half,category,name\nP1,A,离退休干部,甲\nP2,A,离退休干部,乙\nP3,B,农民,丙\nP4,B,农民,丁\n";
        edition::import_pool(context, &actor, id, pool.as_bytes()).await.unwrap();
        self.together(&Act::LockPool(LockRequest { edition: id.clone(), draw_id: None })).await.unwrap();
        let ceremony = draw::announce(context, &actor, id, form("draw-1")).await.unwrap();
        let clerks = [&self.commission, &self.supervisor];
        let completion = enter(context, clerks, id, ceremony, &mut rng()).await.unwrap();
        self.together(&Act::Draw(completion)).await.unwrap();
        edition::step(context, &actor, id, EditionState::publish_statements).await.unwrap();
    }

    async fn make_cards(&mut self, spare: u32) {
        let names = ["监票人甲".to_owned()];
        self.poll = poll::create(&self.context, &self.actor(), &self.edition, spare, &names).await.unwrap();
        let key = SecretKey::<Ed25519>::generate(&mut rng());
        let public = serde_json::to_string(&key.to_public(None, &mut rng())).unwrap();
        let trustee = terminal(TerminalRole::Trustee);
        keys::receive(&self.context, &trustee, keys::Message::PublicKey, &public).await.unwrap();
        let mut rng = rng();
        let uuid = self.poll.as_str().parse().unwrap();
        let count = REPRESENTATIVES + usize::try_from(spare).unwrap();
        self.cards = (0..count).map(|_| Credential::generate(&mut rng).derive(&uuid)).collect();
        let public = self.cards.iter().map(|card| Ed25519::encode(card.public())).collect();
        Box::pin(cards::receive(&self.context, &terminal(TerminalRole::CardOfficer), public)).await.unwrap();
    }

    pub(super) fn actor(&self) -> Actor {
        Actor::Account(self.commission.clone())
    }

    /// The commission proposes, the supervisor confirms.
    pub(super) async fn together(&self, act: &Act) -> Result<(), ActError> {
        let proposal = act::propose(&self.context, &self.commission, act).await?;
        act::confirm(&self.context, &self.supervisor, &proposal.id).await.map(|_| ())
    }

    pub(super) async fn open(&self) {
        self.together(&Act::OpenPoll(self.poll.clone())).await.unwrap();
    }

    pub(super) async fn close(&self) {
        self.together(&Act::ClosePoll(self.poll.clone())).await.unwrap();
    }

    pub(super) async fn seal(&self) -> Result<(), ServiceError> {
        closing::seal(&self.context, &self.actor(), &self.poll).await
    }

    pub(super) async fn reconcile(&self) -> Result<(), ServiceError> {
        closing::reconcile(&self.context, &self.actor(), &self.poll).await
    }

    pub(super) async fn except(&self, subject: Subject) -> Result<(), ActError> {
        let new = NewException {
            poll: self.poll.clone(),
            subject,
            reason: "断电后无法启动".to_owned(),
            document_number: "宁创〔2020〕11号".to_owned(),
        };
        self.together(&Act::RecordException(new)).await
    }

    /// Nobody was checked in and no booth took part: recorded, so that the poll can be reconciled.
    pub(super) async fn without_desk_and_booths(&self) {
        for subject in [Subject::NoCheckIn, Subject::NoBoothStatement] {
            self.except(subject).await.unwrap();
        }
    }

    pub(super) async fn withdraw(&self, number: u32, reason: &str) -> Result<(), ActError> {
        let which = Withdrawal { poll: self.poll.clone(), number, reason: reason.to_owned() };
        self.together(&Act::WithdrawException(which)).await
    }

    pub(super) async fn vote(&self, card: usize) -> Result<Delivery, ServiceError> {
        self.vote_with_draft(card, None).await
    }

    pub(super) async fn vote_with_draft(
        &self,
        card: usize,
        draft: Option<DraftLocator>,
    ) -> Result<Delivery, ServiceError> {
        let election = self.texts().await.election.unwrap();
        let padded = self.ballot(&election, card);
        Box::pin(ballot::receive(&self.context, padded, draft)).await
    }

    fn ballot(&self, election: &str, card: usize) -> Vec<u8> {
        let ballot_box = BallotBox::new(Election::<Ed25519>::parse(election).unwrap());
        let ballot = ballot_box.encrypt(&self.cards[card], &[0, 1, 2, 3], &mut rng()).unwrap();
        pad_ballot(ballot.to_json().as_bytes(), ballot_box.maximal_ballot_size()).unwrap()
    }

    /// A ballot of this card, opened; it is another one than [`Self::vote`] casts, or the same.
    pub(super) async fn opened(&self, card: usize, same: bool) -> OpenedBallot {
        let election = self.texts().await.election.unwrap();
        let ballot_box = BallotBox::new(Election::<Ed25519>::parse(&election).unwrap());
        let choices = if same { [0, 1, 2, 3] } else { [3, 3, 3, 3] };
        let prepared = ballot_box.prepare(&self.cards[card], &choices, &mut rng()).unwrap();
        prepared.challenge(ballot_box.election())
    }

    /// Delivers these bytes as a ballot.
    pub(super) async fn deliver(&self, ballot: &str) -> Result<Delivery, ServiceError> {
        let election = self.texts().await.election.unwrap();
        let size = BallotBox::new(Election::<Ed25519>::parse(&election).unwrap()).maximal_ballot_size();
        let padded = pad_ballot(ballot.as_bytes(), size).unwrap();
        Box::pin(ballot::receive(&self.context, padded, None)).await
    }

    pub(super) async fn challenge(&self, tracker: Fingerprint) -> Result<ChallengePromise, ServiceError> {
        let notice = ChallengeNotice { poll: self.poll.as_str().parse().unwrap(), tracker };
        challenge::record(&self.context, &notice, "http://localhost/challenge".to_owned()).await
    }

    pub(super) async fn keep(&self, opened: &str) -> Result<(), ServiceError> {
        let poll = self.poll.as_str().parse().unwrap();
        challenge::keep(&self.context, OpenedBallotFile { poll, opened: opened.to_owned() }).await
    }

    pub(super) fn void_statement(&self, card: usize, kind: VoidKind) -> VoidCard {
        VoidCard::sign(&self.poll.as_str().parse().unwrap(), kind, &self.cards[card], &mut rng())
    }

    pub(super) async fn void(&self, card: usize, kind: VoidKind) -> Result<(), ServiceError> {
        void::declare(&self.context, self.void_statement(card, kind)).await
    }

    pub(super) async fn ready(&self, booth: usize) -> Result<(), ServiceError> {
        let setup_event = cards::setup_hash(&self.texts().await).unwrap();
        self.ready_for(booth, setup_event).await
    }

    pub(super) async fn ready_for(&self, booth: usize, setup_event: Hash) -> Result<(), ServiceError> {
        let sent = BoothReady { poll: self.poll.as_str().parse().unwrap(), setup_event };
        booths::ready(&self.context, &self.booths[booth].0, &sent).await
    }

    pub(super) async fn finished(&self, booth: usize) -> Result<(), ServiceError> {
        let sent = BoothFinished { poll: self.poll.as_str().parse().unwrap() };
        booths::finished(&self.context, &self.booths[booth].0, &sent).await
    }

    /// What a booth signs about so many ballots.
    pub(super) async fn statement(&self, booth: usize, ballots: u64) -> SignedBoothStatement {
        let archive = archive::write(&self.context, &self.poll, archive::Until::EndBallots).await.unwrap();
        let statement = BoothStatement {
            poll: self.poll.as_str().parse().unwrap(),
            end_ballots_event: archive.end_ballots.unwrap(),
            ballots,
        };
        statement.sign(&self.booths[booth].1)
    }

    pub(super) async fn sign(&self, booth: usize, ballots: u64) -> Result<(), ServiceError> {
        let signed = self.statement(booth, ballots).await;
        booths::receive_statement(&self.context, &self.booths[booth].0, &signed).await
    }

    pub(super) async fn state(&self) -> PollState {
        let mut tx = self.context.db.read().await.unwrap();
        polls::load(&mut tx, &self.context.county, &self.poll).await.unwrap().state
    }

    pub(super) async fn texts(&self) -> polls::PollTexts {
        let mut tx = self.context.db.read().await.unwrap();
        polls::load_texts(&mut tx, &self.context.county, &self.poll).await.unwrap()
    }
}

fn rules() -> Rules {
    let mut file = RulesFile::from(Rules::ningjin_2020());
    file.pool.size = 4;
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

fn booth(number: u8) -> (Booth, SigningKey) {
    let key = SigningKey::from_bytes(&[number; 32]);
    let booth = Booth {
        terminal: format!("67e55044-10b1-426f-9247-bb680e5fe0c{number}").parse::<TerminalId>().unwrap(),
        name: format!("投票机{number}"),
        key: key.verifying_key().into(),
    };
    (booth, key)
}

fn terminal(role: TerminalRole) -> Terminal {
    Terminal {
        id: TerminalId::generate(&mut rng()),
        role,
        name: role.zh().to_owned(),
        public_key: SigningKey::from_bytes(&[6; 32]).verifying_key().into(),
        status: TerminalStatus::Enrolled,
        trustee_position: (role == TerminalRole::Trustee).then_some(1),
        enrolled_at: crate::clock::Clock::now(&clock()),
    }
}
