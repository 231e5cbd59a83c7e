//! A hall for tests: one small election with its keys and cards, and a server of its own that can be told to fail.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use belenios::{
    archive::Writer,
    ballot::BallotBox,
    election::{Election, Parameters},
    group::Group,
    text::{Fingerprint, Hash, Uuid},
    trustee::{Trustees, single::SecretKey},
};
use ed25519_dalek::SigningKey;
use evaluation::{
    description::Description,
    hash::Sha256Hash,
    office::Offices,
    rules::{Edition, OfficeOrder, Rules, RulesFile},
    wire::*,
};
use kiosk::{
    access::Access,
    booth::{Booth, BoothSettings, IdleTimes, StartError, Timing},
    cards::Cards,
    equipment::Equipment,
    identity::Identity,
    uplink::{Backoff, Timeouts},
};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use tokio::runtime::Runtime;

use super::G;

const OFFICES: &str = "number,section,unit,office,scope,carried_over,full_name\r\n\
    1,government,水务局,水资源管理与水土保持股,,true,水务局水资源管理与水土保持股\r\n\
    2,government,司法局,公证股,,false,司法局公证股\r\n\
    3,vertical,邮政公司,邮政公司,,false,邮政公司\r\n";

/// What the server does with ballots.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Fault {
    #[default]
    None,
    /// Answers with this status and no words.
    Status(u16),
    /// Answers with this problem.
    Problem(u16, &'static str),
    /// Answers after this time, having done the work.
    Slow(Duration),
    /// Signs with another key.
    WrongSignature,
    /// Signs for another ballot.
    OtherTracker,
    /// Claims, with its signature, that another ballot of the card is stored.
    Refuse,
    /// Claims the same with another key's signature.
    RefuseUnsigned,
    /// Claims, with its signature, that the card was declared void.
    Void,
    /// Claims the same with another key's signature.
    VoidUnsigned,
    /// Stores, and answers with something that is no receipt.
    Nonsense,
}

pub(crate) struct Hall {
    pub(crate) shared: Arc<Shared>,
    pub(crate) poll: BoothPoll,
    pub(crate) codes: Vec<String>,
    pub(crate) secret: SecretKey<G>,
    pub(crate) folder: tempfile::TempDir,
    /// How long a booth waits for an answer of the server.
    pub(crate) request: Duration,
    /// How long it lets the person wait for the receipt.
    pub(crate) receipt: Duration,
    /// How long it waits for a person who does nothing.
    pub(crate) idle: IdleTimes,
    pub(crate) server: Server,
    pub(crate) address: SocketAddr,
    /// The key of the terminal, whatever it is.
    pub(crate) access: Access,
    /// What stands before the voter.
    pub(crate) equipment: Equipment,
}

/// The running server, if it is up.
pub(crate) struct Server(Mutex<Option<Runtime>>);

pub(crate) struct Shared {
    poll: Mutex<BoothPoll>,
    pub(crate) fault: Mutex<Fault>,
    /// Stored ballots by credential.
    pub(crate) ballots: Mutex<BTreeMap<String, Vec<u8>>>,
    pub(crate) deliveries: AtomicUsize,
    /// Public credentials of cards that were declared void.
    pub(crate) void: Mutex<BTreeSet<String>>,
    /// Ballots that are opened.
    pub(crate) challenged: Mutex<BTreeSet<Fingerprint>>,
    /// What was opened.
    pub(crate) opened: Mutex<Vec<OpenedBallotFile>>,
    /// Sealed drafts by locator.
    pub(crate) drafts: Mutex<BTreeMap<DraftLocator, SealedDraft>>,
    /// How often a draft was saved.
    pub(crate) saves: AtomicUsize,
    /// Answers this status to every question about a draft.
    pub(crate) draft_fault: Mutex<Option<u16>>,
    /// Whether requests vanish, as when a cable is pulled: nothing is refused and nothing answered.
    pub(crate) silent: AtomicBool,
    pub(crate) archive: Mutex<Vec<u8>>,
    pub(crate) closing: Mutex<String>,
    pub(crate) received: Mutex<Vec<String>>,
    pub(crate) said: Mutex<Vec<Said>>,
    /// Answers nothing that a booth says of its day.
    pub(crate) deaf: Mutex<bool>,
    /// The backup that the server was restored from.
    pub(crate) restored: Mutex<Option<Sha256Hash>>,
    /// How often a booth has asked where the poll stands.
    pub(crate) looks: AtomicUsize,
    pub(crate) election: Mutex<Uuid>,
    /// What terminals have reported of themselves.
    pub(crate) reports: Mutex<Vec<TerminalStatus>>,
    /// How often somebody has signed in; the token is this number.
    pub(crate) sign_ins: AtomicUsize,
    challenges: Mutex<Vec<TerminalNonce>>,
    publication_key: SigningKey,
    credentials: Vec<String>,
    ballot_box: BallotBox<G>,
}

impl Hall {
    pub(crate) fn new() -> Self {
        Self::voting_on(OFFICES)
    }

    /// A hall whose server was tampered with: in the description before the election is made, in the poll afterwards.
    pub(crate) fn with(
        tamper: impl FnOnce(&mut Description, &mut Vec<belenios::election::Question>),
    ) -> Self {
        Self::of(make("1r7xvBB2ZoyrxA", &listed(), OFFICES, tamper))
    }

    /// A hall with these offices and with other rules than the preset's. Elsewhere the offices come in the order of the list.
    pub(crate) fn asking(offices: &str, change: impl FnOnce(&mut RulesFile)) -> Self {
        let mut file = RulesFile::from(Rules::ningjin_2020());
        change(&mut file);
        Self::of(make("1r7xvBB2ZoyrxA", &file.try_into().unwrap(), offices, |_, _| {}))
    }

    /// A hall in which a rehearsal takes place.
    pub(crate) fn rehearsal() -> Self {
        let mut hall = Self::with(|description, _| description.purpose = Purpose::Rehearsal);
        hall.poll.purpose = Purpose::Rehearsal;
        hall.change_poll(|poll| poll.purpose = Purpose::Rehearsal);
        hall
    }

    /// A hall whose election has another identifier.
    pub(crate) fn with_uuid(uuid: &str) -> Self {
        Self::of(make(uuid, &listed(), OFFICES, |_, _| {}))
    }

    /// A hall that votes on these offices, a file as in `offices.csv`.
    pub(crate) fn voting_on(offices: &str) -> Self {
        Self::of(make("1r7xvBB2ZoyrxA", &listed(), offices, |_, _| {}))
    }

    fn of(made: Made) -> Self {
        let Made { shared, poll, cards, secret } = made;
        // The tests' own clients speak no TLS, but are built to.
        _ = rustls::crypto::ring::default_provider().install_default();
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let hall = Self {
            shared,
            poll,
            codes: cards.codes().map(|code| code.to_string()).collect(),
            secret,
            folder: tempfile::tempdir().unwrap(),
            request: Duration::from_secs(10),
            receipt: Duration::from_secs(10),
            idle: IdleTimes::default(),
            server: Server(Mutex::new(None)),
            address,
            access: Self::access(),
            equipment: Equipment::default(),
        };
        hall.server_up();
        hall
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn spool(&self) -> PathBuf {
        self.folder.path().join("spool")
    }

    /// Starts the server, at the same address as before.
    pub(crate) fn server_up(&self) {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let router = router(Arc::clone(&self.shared));
        let address = self.address;
        let (ready, wait) = std::sync::mpsc::channel();
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::bind(address).await.unwrap();
            ready.send(()).unwrap();
            axum::serve(listener, router).await.unwrap();
        });
        wait.recv().unwrap();
        *self.server.0.lock().unwrap() = Some(runtime);
    }

    /// Kills the server with all its connections.
    pub(crate) fn server_down(&self) {
        self.server.0.lock().unwrap().take().unwrap().shutdown_background();
        while std::net::TcpStream::connect(self.address).is_ok() {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn fault(&self, fault: Fault) {
        *self.shared.fault.lock().unwrap() = fault;
    }

    pub(crate) fn change_poll(&self, change: impl FnOnce(&mut BoothPoll)) {
        change(&mut self.shared.poll());
    }

    /// The hash on the opening sheet.
    pub(crate) fn setup_event(&self) -> Hash {
        self.archive_of(|_| {}).1
    }

    /// The archive of this election with these further events, and the hash of its Setup event.
    pub(crate) fn archive_of(&self, more: impl FnOnce(&mut Writer<Vec<u8>>)) -> (Vec<u8>, Hash) {
        let setup = &self.poll.setup;
        let mut writer = Writer::new(Vec::new(), 1_600_000_000).unwrap();
        let event = writer.setup(&setup.election, &setup.trustees, &setup.credentials).unwrap();
        more(&mut writer);
        (writer.finish().unwrap(), event)
    }

    /// Puts the stored ballots, but for the first `left_out`, into the closed archive; answers the hash of its last event.
    pub(crate) fn close_archive(&self, left_out: usize) -> Hash {
        let mut end = None;
        let (archive, _) = self.archive_of(|writer| {
            for ballot in self.stored().iter().skip(left_out) {
                writer.ballot(ballot).unwrap();
            }
            end = Some(writer.end_ballots().unwrap());
        });
        *self.shared.archive.lock().unwrap() = archive;
        end.unwrap()
    }

    pub(crate) fn said(&self) -> Vec<Said> {
        self.shared.said.lock().unwrap().clone()
    }

    /// The server was restored from a backup without any ballot, or that does not matter any more.
    pub(crate) fn restore(&self, backup: Option<Sha256Hash>) {
        *self.shared.restored.lock().unwrap() = backup;
        if backup.is_some() {
            self.shared.ballots.lock().unwrap().clear();
        }
    }

    pub(crate) fn deaf(&self, deaf: bool) {
        *self.shared.deaf.lock().unwrap() = deaf;
    }

    /// The server means the election of another hall from now on.
    pub(crate) fn take_over(&self, other: &Self) {
        self.change_poll(|poll| *poll = other.poll.clone());
        let uuid = other.shared.election.lock().unwrap().clone();
        *self.shared.election.lock().unwrap() = uuid;
    }

    pub(crate) fn settings(&self) -> BoothSettings {
        BoothSettings {
            label: "3号投票机".into(),
            server: self.url(),
            access: self.access.clone(),
            spool: self.spool(),
            setup: Some(self.setup_event()),
            challenges: None,
            timing: Timing {
                timeouts: Timeouts { connect: Duration::from_secs(2), request: self.request },
                backoff: Backoff { first: Duration::from_millis(20), most: Duration::from_millis(80) },
                watch: Duration::from_millis(50),
                receipt: self.receipt,
                idle: self.idle,
            },
            equipment: self.equipment.clone(),
        }
    }

    /// What the one enrolled terminal of the hall proves itself with.
    pub(crate) fn access() -> Access {
        Access::new(identity(), None)
    }

    pub(crate) async fn booth(&self) -> Booth {
        self.try_booth().await.unwrap()
    }

    pub(crate) async fn try_booth(&self) -> Result<Booth, StartError> {
        Booth::start(self.settings()).await
    }

    /// Waits until the booth has recorded and removed what the server has signed for.
    pub(crate) async fn settled(&self) {
        let settled = async {
            while !self.spooled().is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), settled).await.unwrap();
    }

    /// Ballots on disk at the booth.
    pub(crate) fn spooled(&self) -> Vec<String> {
        let folder = self.spool().join("1r7xvBB2ZoyrxA");
        let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        names.map(|name| name.into_string().unwrap()).filter(|name| name.ends_with(".ballot")).collect()
    }

    pub(crate) fn stored(&self) -> Vec<Vec<u8>> {
        self.shared.ballots.lock().unwrap().values().cloned().collect()
    }
}

/// The key of the one terminal that the server knows.
fn identity() -> Identity {
    Identity::generate(&mut ChaCha20Rng::seed_from_u64(7))
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.lock().unwrap().take() {
            runtime.shutdown_background();
        }
    }
}

/// What booths have said besides ballots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Ready(BoothReady),
    Finished(BoothFinished),
    Statement(SignedBoothStatement),
    Redelivered(BoothRedelivered),
}

impl Shared {
    fn hears(&self, said: Said) -> Response {
        if *self.deaf.lock().unwrap() {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        self.said.lock().unwrap().push(said);
        StatusCode::NO_CONTENT.into_response()
    }

    fn poll(&self) -> MutexGuard<'_, BoothPoll> {
        self.poll.lock().unwrap()
    }
}

struct Made {
    shared: Arc<Shared>,
    poll: BoothPoll,
    cards: Cards,
    secret: SecretKey<G>,
}

/// The preset's rules, with the offices in the order of the list.
fn listed() -> Rules {
    let mut file = RulesFile::from(Rules::ningjin_2020());
    file.poll.office_order = OfficeOrder::Listed;
    file.try_into().unwrap()
}

fn make(
    uuid: &str,
    rules: &Rules,
    offices: &str,
    tamper: impl FnOnce(&mut Description, &mut Vec<belenios::election::Question>),
) -> Made {
    let mut rng = ChaCha20Rng::seed_from_u64(42);
    let edition = Edition::new("ningjin-2020".parse().unwrap(), rules.clone());
    let offices = Offices::from_csv(offices.as_bytes(), rules).unwrap();
    let publication_key = SigningKey::from_bytes(&[7; 32]);
    let uuid: Uuid = uuid.parse().unwrap();
    let secret = SecretKey::<G>::generate(&mut rng);
    let trustees = Trustees::all_needed([secret.to_public(Some("监票人甲".into()), &mut rng)]);
    let cards = Cards::make(card_order(&uuid, 12), &mut rng).unwrap();
    let credentials = cards.public_credentials().public_credentials;
    let mut description = description(&edition, &offices, &publication_key);
    let mut questions = evaluation::description::questions(rules, &offices);
    tamper(&mut description, &mut questions);
    let parameters =
        Parameters::new(uuid, "评议".into(), description.to_text(), trustees.election_key(), questions);
    let election = Election::<G>::new(parameters).unwrap();
    let ballot_box = BallotBox::new(election.clone());
    let poll = BoothPoll {
        state: PollState::Open,
        purpose: Purpose::Real,
        setup: SetupFiles {
            election: election.text().into(),
            trustees: trustees.to_json(),
            credentials: serde_json::to_string(&credentials).unwrap(),
        },
        edition_json: edition.to_json(),
        offices_csv: offices.to_csv(),
        information: vec![],
        ballot_size: ballot_box.maximal_ballot_size(),
    };
    let shared = Arc::new(Shared {
        poll: Mutex::new(poll.clone()),
        fault: Mutex::default(),
        ballots: Mutex::default(),
        deliveries: AtomicUsize::new(0),
        void: Mutex::default(),
        challenged: Mutex::default(),
        opened: Mutex::default(),
        drafts: Mutex::default(),
        saves: AtomicUsize::new(0),
        draft_fault: Mutex::default(),
        silent: AtomicBool::default(),
        archive: Mutex::default(),
        closing: Mutex::default(),
        received: Mutex::default(),
        said: Mutex::default(),
        deaf: Mutex::default(),
        restored: Mutex::default(),
        looks: AtomicUsize::new(0),
        election: Mutex::new(ballot_box.election().parameters().uuid.clone()),
        reports: Mutex::default(),
        sign_ins: AtomicUsize::new(0),
        challenges: Mutex::default(),
        publication_key,
        credentials,
        ballot_box,
    });
    Made { shared, poll, cards, secret }
}

fn description(edition: &Edition, offices: &Offices, publication_key: &SigningKey) -> Description {
    Description {
        purpose: Purpose::Real,
        edition: edition.hash(),
        offices: offices.hash(),
        draw_announce: Sha256Hash::of("announce"),
        draw_seed: Sha256Hash::of("seed"),
        draw_result: Sha256Hash::of("result"),
        publication_key: publication_key.verifying_key(),
    }
}

fn card_order(poll: &Uuid, cards: u32) -> CardOrder {
    CardOrder {
        poll: poll.clone(),
        group: G::NAME.into(),
        title: "评议".into(),
        purpose: Purpose::Real,
        cards,
    }
}

/// So many offices, the last three of another section.
pub(crate) fn offices(count: usize) -> String {
    let row = |number: usize| {
        let section = if number + 3 > count { "vertical" } else { "government" };
        format!("{number},{section},单位{number},第{number}股,,false,单位{number}第{number}股\r\n")
    };
    let rows: String = (1..=count).map(row).collect();
    format!("number,section,unit,office,scope,carried_over,full_name\r\n{rows}")
}

fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route(path::BOOTH_POLL, get(async |State(shared): State<Arc<Shared>>| Json(shared.poll().clone())))
        .route(path::BOOTH_CREDENTIAL, post(credential))
        .route(path::BOOTH_BALLOT, post(ballot))
        .route(path::BOOTH_CHALLENGE, post(set_apart))
        .route(path::BOOTH_OPENED, post(opened))
        .route(path::BOOTH_DRAFT_FIND, post(find_draft))
        .route(path::BOOTH_DRAFT_SAVE, post(save_draft))
        .route(path::BOOTH_DRAFT_DROP, post(drop_draft))
        .route(path::BOOTH_STATE, get(state))
        .route(path::BOOTH_READY, post(ready))
        .route(path::BOOTH_FINISHED, post(finished))
        .route(path::BOOTH_REDELIVERED, post(redelivered))
        .route(
            path::BOOTH_ARCHIVE,
            get(async |State(shared): State<Arc<Shared>>| shared.archive.lock().unwrap().clone()),
        )
        .route(path::BOOTH_STATEMENT, post(statement))
        .route(path::CARDS_ORDER, get(order))
        .route(path::CARDS_CREDENTIALS, post(receive))
        .route(path::TRUSTEE_ASSIGNMENT, get(assignment))
        .route(path::TRUSTEE_KEY, post(receive))
        .route(
            path::TRUSTEE_ARCHIVE,
            get(async |State(shared): State<Arc<Shared>>| shared.archive.lock().unwrap().clone()),
        )
        .route(
            path::TRUSTEE_CLOSING,
            get(async |State(shared): State<Arc<Shared>>| shared.closing.lock().unwrap().clone()),
        )
        .route(path::TRUSTEE_PARTIAL_DECRYPTION, post(receive))
        .route(path::TERMINAL_STATUS, post(report))
        .layer(middleware::from_fn_with_state(Arc::clone(&shared), authorized))
        .route(path::TERMINAL_CHALLENGE, post(challenge))
        .route(path::TERMINAL_SIGN_IN, post(sign_in))
        .with_state(shared)
}

async fn authorized(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    if shared.silent.load(Ordering::SeqCst) {
        return std::future::pending().await;
    }
    let token = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let sign_ins = shared.sign_ins.load(Ordering::SeqCst);
    if sign_ins > 0 && token == Some(&format!("Bearer {sign_ins}")) {
        next.run(request).await
    } else {
        problem(401, problem::TERMINAL_UNKNOWN)
    }
}

async fn challenge(State(shared): State<Arc<Shared>>, Json(query): Json<ChallengeQuery>) -> Response {
    if query.public_key != identity().public().into() {
        return problem(401, problem::TERMINAL_UNKNOWN);
    }
    let mut challenges = shared.challenges.lock().unwrap();
    let nonce = TerminalNonce::new([u8::try_from(challenges.len()).unwrap(); 32]);
    challenges.push(nonce);
    Json(Challenge { nonce }).into_response()
}

async fn sign_in(State(shared): State<Arc<Shared>>, Json(sent): Json<SignIn>) -> Response {
    let text = sign_in_text(&sent.public_key, &sent.nonce, None);
    assert_eq!(sent.public_key.verify(&text, &sent.signature), Ok(()));
    assert_eq!(shared.challenges.lock().unwrap().last(), Some(&sent.nonce));
    let number = shared.sign_ins.fetch_add(1, Ordering::SeqCst) + 1;
    Json(SignedIn { token: number.to_string() }).into_response()
}

async fn report(State(shared): State<Arc<Shared>>, Json(status): Json<TerminalStatus>) -> StatusCode {
    shared.reports.lock().unwrap().push(status);
    StatusCode::NO_CONTENT
}

fn problem(status: u16, code: &str) -> Response {
    let body = Problem { code: code.into(), zh: "不行。".into(), en: "No.".into() };
    (StatusCode::from_u16(status).unwrap(), [(header::CONTENT_TYPE, PROBLEM_MEDIA_TYPE)], Json(body))
        .into_response()
}

async fn credential(
    State(shared): State<Arc<Shared>>,
    Json(query): Json<CredentialQuery>,
) -> Json<CredentialReport> {
    let status = if shared.ballots.lock().unwrap().contains_key(&query.credential) {
        CredentialStatus::Spent
    } else if shared.void.lock().unwrap().contains(&query.credential) {
        CredentialStatus::Void
    } else if shared.credentials.contains(&query.credential) {
        CredentialStatus::Unused
    } else {
        CredentialStatus::Unknown
    };
    Json(CredentialReport { status })
}

impl Shared {
    /// The drafts, unless the server is to fail.
    fn drafts(&self) -> Result<MutexGuard<'_, BTreeMap<DraftLocator, SealedDraft>>, StatusCode> {
        match *self.draft_fault.lock().unwrap() {
            Some(status) => Err(StatusCode::from_u16(status).unwrap()),
            None => Ok(self.drafts.lock().unwrap()),
        }
    }
}

async fn find_draft(
    State(shared): State<Arc<Shared>>,
    Json(query): Json<DraftQuery>,
) -> Result<Json<DraftReport>, StatusCode> {
    let sealed = shared.drafts()?.get(&query.locator).cloned();
    Ok(Json(DraftReport { sealed }))
}

async fn save_draft(
    State(shared): State<Arc<Shared>>,
    Json(save): Json<DraftSave>,
) -> Result<StatusCode, StatusCode> {
    let offices = shared.ballot_box.election().parameters().questions.len();
    assert_eq!(save.sealed.as_bytes().len(), sealed_draft_size(offices));
    shared.drafts()?.insert(save.locator, save.sealed);
    shared.saves.fetch_add(1, Ordering::SeqCst);
    Ok(StatusCode::NO_CONTENT)
}

async fn drop_draft(
    State(shared): State<Arc<Shared>>,
    Json(drop): Json<DraftDrop>,
) -> Result<StatusCode, StatusCode> {
    shared.drafts()?.remove(&drop.locator);
    Ok(StatusCode::NO_CONTENT)
}

async fn ballot(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    shared.deliveries.fetch_add(1, Ordering::SeqCst);
    let fault = shared.fault.lock().unwrap().clone();
    match fault {
        Fault::Status(status) => return StatusCode::from_u16(status).unwrap().into_response(),
        Fault::Problem(status, code) => return problem(status, code),
        _ => {}
    }
    let poll = shared.poll().clone();
    let restored = shared.restored.lock().unwrap().is_some();
    if !matches!(poll.state, PollState::Open | PollState::Closing) && !restored {
        return problem(409, problem::POLL_NOT_OPEN);
    }
    let bytes = unpad_ballot(&body, poll.ballot_size).unwrap();
    let ballot = shared.ballot_box.check(bytes).unwrap();
    let credential = G::encode(ballot.credential());
    assert!(shared.credentials.contains(&credential));
    let tracker = ballot.tracker();
    let uuid = shared.ballot_box.election().parameters().uuid.clone();
    let (key, other) = (&shared.publication_key, SigningKey::from_bytes(&[9; 32]));
    let refusal = |because, key: &SigningKey| {
        (StatusCode::CONFLICT, Json(Refusal::sign(uuid.clone(), tracker, because, key))).into_response()
    };
    if shared.challenged.lock().unwrap().contains(&tracker) {
        return refusal(RefusalReason::Challenged, key);
    }
    match fault {
        Fault::Refuse => return refusal(RefusalReason::Stored(Fingerprint::of("other")), key),
        Fault::RefuseUnsigned => return refusal(RefusalReason::Stored(Fingerprint::of("other")), &other),
        Fault::Void => return refusal(RefusalReason::Void, key),
        Fault::VoidUnsigned => return refusal(RefusalReason::Void, &other),
        _ => {}
    }
    if let Some(locator) = headers.get(DRAFT_HEADER) {
        shared.drafts.lock().unwrap().remove(&locator.to_str().unwrap().parse().unwrap());
    }
    let stored = shared.ballots.lock().unwrap().entry(credential).or_insert_with(|| bytes.to_vec()).clone();
    if stored != bytes {
        return refusal(RefusalReason::Stored(Fingerprint::of(&stored)), key);
    }
    match fault {
        Fault::WrongSignature => Json(Receipt::sign(uuid, tracker, &other)).into_response(),
        Fault::OtherTracker => Json(Receipt::sign(uuid, Fingerprint::of("other"), key)).into_response(),
        Fault::Nonsense => "OK".into_response(),
        Fault::Slow(pause) => {
            tokio::time::sleep(pause).await;
            Json(Receipt::sign(uuid, tracker, key)).into_response()
        }
        _ => Json(Receipt::sign(uuid, tracker, key)).into_response(),
    }
}

async fn set_apart(State(shared): State<Arc<Shared>>, Json(sent): Json<ChallengeNotice>) -> Response {
    let fault = shared.fault.lock().unwrap().clone();
    match fault {
        Fault::Status(status) => return StatusCode::from_u16(status).unwrap().into_response(),
        Fault::Problem(status, code) => return problem(status, code),
        _ => {}
    }
    if !matches!(shared.poll().state, PollState::Open | PollState::Closing) {
        return problem(409, problem::POLL_NOT_OPEN);
    }
    shared.challenged.lock().unwrap().insert(sent.tracker);
    let uuid = shared.ballot_box.election().parameters().uuid.clone();
    assert_eq!(sent.poll, uuid);
    let page = "http://10.0.0.1:8600/challenge".to_owned();
    let other = SigningKey::from_bytes(&[9; 32]);
    let (tracker, key) = match fault {
        Fault::WrongSignature => (sent.tracker, &other),
        Fault::OtherTracker => (Fingerprint::of("other"), &shared.publication_key),
        // The work is done, the answer is lost.
        Fault::Nonsense => return "OK".into_response(),
        _ => (sent.tracker, &shared.publication_key),
    };
    Json(ChallengePromise::sign(uuid, tracker, page, key)).into_response()
}

async fn opened(State(shared): State<Arc<Shared>>, Json(sent): Json<OpenedBallotFile>) -> Response {
    if *shared.deaf.lock().unwrap() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    shared.opened.lock().unwrap().push(sent);
    StatusCode::NO_CONTENT.into_response()
}

async fn state(State(shared): State<Arc<Shared>>) -> Json<BoothState> {
    let poll = shared.election.lock().unwrap().clone();
    let said = shared.said.lock().unwrap().clone();
    let knows = |what: &dyn Fn(&Said) -> bool| said.iter().any(what);
    shared.looks.fetch_add(1, Ordering::SeqCst);
    let restored = *shared.restored.lock().unwrap();
    let owed = restored
        .filter(|backup| !knows(&|said| matches!(said, Said::Redelivered(said) if said.backup == *backup)));
    Json(BoothState {
        redeliver: owed,
        takes_part: knows(&|said| matches!(said, Said::Ready(ready) if ready.poll == poll)),
        has_finished: knows(&|said| matches!(said, Said::Finished(finished) if finished.poll == poll)),
        has_signed: knows(&|said| matches!(said, Said::Statement(signed) if signed.statement.poll == poll)),
        poll: poll.clone(),
        state: shared.poll().state,
    })
}

async fn ready(State(shared): State<Arc<Shared>>, Json(ready): Json<BoothReady>) -> Response {
    shared.hears(Said::Ready(ready))
}

async fn finished(State(shared): State<Arc<Shared>>, Json(finished): Json<BoothFinished>) -> Response {
    assert_eq!(shared.poll().state, PollState::Closing, "said too early, it would tell when somebody votes");
    shared.hears(Said::Finished(finished))
}

async fn redelivered(State(shared): State<Arc<Shared>>, Json(sent): Json<BoothRedelivered>) -> Response {
    shared.hears(Said::Redelivered(sent))
}

async fn statement(State(shared): State<Arc<Shared>>, Json(signed): Json<SignedBoothStatement>) -> Response {
    shared.hears(Said::Statement(signed))
}

async fn order(State(shared): State<Arc<Shared>>) -> Response {
    // As the real server: once cards are registered there is nothing to make.
    if shared.received.lock().unwrap().is_empty() {
        Json(card_order(&shared.ballot_box.election().parameters().uuid, 12)).into_response()
    } else {
        problem(409, "wrong_state")
    }
}

async fn assignment(State(shared): State<Arc<Shared>>) -> Json<TrusteeAssignment> {
    Json(TrusteeAssignment {
        poll: shared.ballot_box.election().parameters().uuid.clone(),
        position: 1,
        name: "监票人甲".into(),
        group: G::NAME.into(),
        trustees: 1,
        needed: 1,
        purpose: Purpose::Real,
        title: "宁晋县 2020 年度「阳光股室」评议".into(),
        state: shared.poll().state,
    })
}

async fn receive(State(shared): State<Arc<Shared>>, body: String) -> Response {
    match *shared.fault.lock().unwrap() {
        Fault::Status(status) => return StatusCode::from_u16(status).unwrap().into_response(),
        Fault::Problem(status, code) => return problem(status, code),
        _ => {}
    }
    shared.received.lock().unwrap().push(body);
    StatusCode::NO_CONTENT.into_response()
}
