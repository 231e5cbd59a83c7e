//! The voting booth: one voter at a time, at this machine's own browser.
//!
//! [`Booth`] is what a voter can do, [`router`] puts it behind pages, [`serve()`] runs it. A simulated voter uses the same
//! methods as the pages:
//!
//! ```no_run
//! # async fn vote(booth: kiosk::booth::Booth) -> anyhow::Result<()> {
//! let turn = booth.turn().await;
//! turn.present_card("ABCDE-FGHJKL-MNPQR-STUVWX-Y").await?;
//! for position in booth.positions() {
//!     turn.grade(position, 0).await?;
//! }
//! let tracker = turn.review().await?.tracker.expect("all offices are rated");
//! let cast = turn.cast(tracker).await?;
//! turn.finish().await;
//! # Ok(())
//! # }
//! ```
//!
//! Choices and card live in memory between the card and the confirm; a draft leaves this machine only sealed under card and hall key.
//! A booth that is not what it should be sees the choices made at it; no program can prevent that.

mod ahead;
mod challenge;
mod day;
mod draft;
mod ending;
mod error;
mod fittings;
mod idle;
mod opening;
pub mod pages;
mod redelivery;
mod rehearsal;
mod resume;
mod routes;
mod serve;
mod session;
mod setup;
mod turn;
mod voting;

use std::{
    num::{NonZeroU16, NonZeroUsize},
    path::Path,
    sync::{Arc, MutexGuard, PoisonError, Weak},
    time::{Duration, Instant},
};

use belenios::text::Hash;
use evaluation::{
    rules::OfficeOrder,
    wire::{PollState, Purpose},
};
use rand::CryptoRng;
use tokio::{
    sync::{Mutex, Notify, watch},
    task::JoinHandle,
};

pub use crate::pages::Nonce;
pub use challenge::{Challenged, Saved};
pub use ending::{Ending, EndingError, Found, find_ballots};
pub use error::{CardError, CastError, ChallengeError, StartError, TurnError};
pub use idle::IdleTimes;
pub use opening::{Opening, OpeningError, parse_opening_sheet};
pub use rehearsal::{DeckTest, Rehearsal, TestError};
pub use routes::router;
pub use serve::{ServeError, serve};
pub use session::Display;
pub use setup::{Poll, SetupError};
pub use turn::{Cast, Review, Turn};

use self::{
    day::Day,
    draft::Keeper,
    fittings::Fittings,
    idle::Activity,
    opening::Opened,
    pages::{IdleWarning, Notice},
    session::{Seat, Stage},
};
use crate::{
    access::Access,
    equipment::Equipment,
    flow::{Flow, OrderSeed, Position, SEED_SIZE, Screen},
    os_rng,
    spool::{LocalDisk, Note, Room, Spool},
    uplink::{Backoff, Courier, Timeouts, Uplink},
};

/// What a booth needs to know.
#[derive(Clone, Debug)]
pub struct BoothSettings {
    /// Address of the server.
    pub server: String,
    /// What stands on the terminal's label.
    pub label: String,
    /// How the terminal proves who it is.
    pub access: Access,
    /// Folder of ballots on their way; each poll has its own folder in it.
    pub spool: std::path::PathBuf,
    /// Hash of the Setup event, if people have compared the signed opening sheet elsewhere; without it the booth asks for the sheet
    /// itself.
    pub setup: Option<Hash>,
    /// Folder for opened ballots, such as a stick; without it they are not saved here.
    pub challenges: Option<std::path::PathBuf>,
    /// How long things may take.
    pub timing: Timing,
    /// What stands before the voter.
    pub equipment: Equipment,
}

/// How long things may take.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// For each request to the server.
    pub timeouts: Timeouts,
    /// Between attempts to deliver.
    pub backoff: Backoff,
    /// Between two looks at the state of the poll.
    pub watch: Duration,
    /// How long [`Turn::cast`] waits for the receipt before it says that the ballot is on its way.
    pub receipt: Duration,
    /// How long it waits for a person who does nothing.
    pub idle: IdleTimes,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            timeouts: Timeouts::default(),
            backoff: Backoff::default(),
            watch: Duration::from_secs(5),
            receipt: Duration::from_secs(3),
            idle: IdleTimes::default(),
        }
    }
}

/// A voting booth. Clones are the same booth.
#[derive(Clone, Debug)]
pub struct Booth(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    label: String,
    poll: Poll,
    uplink: Arc<Uplink>,
    courier: Arc<Courier>,
    state: watch::Receiver<Contact>,
    seat: Mutex<Seat>,
    keeper: Arc<Keeper>,
    activity: Activity,
    idle: IdleTimes,
    receipt: Duration,
    challenges: Option<std::path::PathBuf>,
    access: Access,
    fittings: Fittings,
    day: std::sync::Mutex<Day>,
    /// Wakes the look at the state of the poll.
    nudge: Arc<Notify>,
    work: [JoinHandle<()>; 4],
}

/// What the booth shows now, to whoever looks.
#[derive(Clone, Debug)]
pub struct View {
    /// What every form must carry.
    pub nonce: Nonce,
    /// How the pages look.
    pub display: Display,
    /// Where the turn stands.
    pub place: Place,
    /// What the page says above all else.
    pub notice: Option<Notice>,
}

impl View {
    /// The same once the person has gone to this screen. What was to be said at another one is not said there.
    fn at(self, screen: Screen) -> Self {
        let place = Place::Voting(screen);
        Self { notice: self.notice.filter(|_| self.place == place), place, ..self }
    }
}

/// Where a turn stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// No card has been presented.
    Card,
    /// The person chooses.
    Voting(Screen),
    /// A ballot was opened to check the booth.
    Opened,
    /// The person has confirmed.
    Cast(Cast),
}

/// What this booth last heard of the poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contact {
    /// The poll stands here.
    State(PollState),
    /// The server means another election now.
    OtherElection,
}

impl Booth {
    /// Fetches the poll, checks that it hangs together, takes up ballots an earlier run left, and begins to deliver.
    ///
    /// # Errors
    /// [`StartError`]
    pub async fn start(settings: BoothSettings) -> Result<Self, StartError> {
        let timing = settings.timing;
        let uplink = Uplink::new(&settings.server, settings.access.clone(), timing.timeouts)
            .map_err(StartError::Uplink)?;
        let uplink = Arc::new(uplink);
        let offered = uplink.booth_poll().await.map_err(StartError::Uplink)?;
        let poll = Poll::check(&offered, settings.setup).map_err(StartError::Setup)?;
        let spool = Arc::new(open_spool(&settings.spool, &poll)?);
        check_opened(&spool, &poll)?;
        let courier =
            Arc::new(Courier::new(spool, Arc::clone(&uplink), poll.addressee.clone(), timing.backoff));
        let (say, state) = watch::channel(Contact::State(offered.state));
        let poll_id = poll.addressee.poll.clone();
        let keeper = Arc::new(Keeper::new(Arc::clone(&uplink), poll_id, timing.backoff));
        let inner = Arc::new_cyclic(|inner: &Weak<Inner>| {
            let nudge = Arc::new(Notify::new());
            let work = [
                run(&courier, |courier| async move { courier.run().await }),
                run(&keeper, |keeper| async move { keeper.run().await }),
                tokio::spawn(watch_poll(inner.clone(), Arc::clone(&nudge), say, timing.watch)),
                tokio::spawn(idle::watch(inner.clone(), timing.idle)),
            ];
            let opened = match settings.setup {
                Some(_) => Opened::Done { hall_key: None },
                None => Opened::Sheet,
            };
            Inner {
                label: settings.label,
                poll,
                uplink,
                courier,
                state,
                seat: Mutex::new(Seat::new(&mut os_rng())),
                keeper,
                activity: Activity::new(Instant::now()),
                idle: timing.idle,
                receipt: timing.receipt,
                challenges: settings.challenges,
                access: settings.access,
                fittings: Fittings::new(settings.equipment),
                day: std::sync::Mutex::new(Day::new(opened)),
                nudge,
                work,
            }
        });
        let booth = Self(inner);
        if settings.setup.is_some() {
            booth.remember_opened().await.map_err(StartError::Spool)?;
        }
        Ok(booth)
    }

    /// The poll this booth votes in.
    #[must_use]
    pub fn poll(&self) -> &Poll {
        &self.0.poll
    }

    /// What stands on this booth's label.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.0.label
    }

    /// What this booth last heard of the poll.
    #[must_use]
    pub fn contact(&self) -> Contact {
        *self.0.state.borrow()
    }

    /// Waits until the server means another election, and this booth has nothing left to do for its own.
    pub async fn until_another_election(&self) {
        let mut state = self.0.state.clone();
        loop {
            // The sender lives as long as this booth.
            let _ = state.wait_for(|contact| *contact == Contact::OtherElection).await;
            // Its ballots are of no worth, and the server takes none of them any more.
            if self.poll().purpose == Purpose::Rehearsal {
                return;
            }
            let shows_outcome = matches!(self.0.seat.lock().await.stage, Stage::Cast { .. });
            if !shows_outcome && matches!(self.undelivered().await, Ok(0)) {
                return;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    /// All places on the ballot, in the order of the list.
    pub fn positions(&self) -> impl Iterator<Item = Position> + use<> {
        let offices = u16::try_from(self.poll().offices.len()).unwrap_or(u16::MAX);
        (1..=offices).filter_map(Position::new)
    }

    /// How many ballots of this booth the server has not answered for.
    ///
    /// # Errors
    /// [`crate::spool::SpoolError`]
    pub async fn undelivered(&self) -> Result<usize, crate::spool::SpoolError> {
        self.0.courier.pending().await
    }

    /// How many ballots of this booth could not be delivered at the last attempt; the number does not move when somebody votes.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.0.courier.failed()
    }

    /// How many drafts the server does not have in their newest form. They are brought to it in the background.
    #[must_use]
    pub fn unsaved_drafts(&self) -> usize {
        self.0.keeper.waiting()
    }

    /// What the booth shows now.
    pub async fn view(&self) -> View {
        let seat = self.0.seat.lock().await;
        let place = match &seat.stage {
            Stage::Waiting => Place::Card,
            Stage::Voting(session) => Place::Voting(session.flow.screen()),
            Stage::Opened { .. } => Place::Opened,
            Stage::Cast { tracker, delivery } => {
                Place::Cast(Cast { tracker: *tracker, delivery: *delivery.borrow() })
            }
        };
        let notice = match &seat.stage {
            Stage::Waiting => seat.after_veil.then_some(Notice::Veiled),
            Stage::Voting(session) => {
                session.notice.filter(|(screen, _)| *screen == session.flow.screen()).map(|(_, said)| said)
            }
            Stage::Opened { .. } | Stage::Cast { .. } => None,
        };
        View { nonce: seat.nonce.clone(), display: seat.display, place, notice }
    }

    /// The turn at this moment.
    pub async fn turn(&self) -> Turn {
        let nonce = self.0.seat.lock().await.nonce.clone();
        self.turn_of(nonce)
    }

    /// The turn a form speaks for.
    #[must_use]
    pub fn turn_of(&self, nonce: Nonce) -> Turn {
        Turn { booth: self.clone(), nonce }
    }

    /// When the warning and the veil come over a page that nobody touches.
    fn idle_warning(&self) -> IdleWarning {
        let milliseconds = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let IdleTimes { warning, countdown } = self.0.idle;
        IdleWarning { after: milliseconds(warning), countdown: milliseconds(countdown) }
    }

    /// A vote of the next person, in an order of its own where the rules shuffle.
    fn new_flow(&self) -> Flow {
        let poll = self.poll();
        let rules = &poll.edition.rules;
        let offices = u16::try_from(poll.offices.len()).ok().and_then(NonZeroU16::new);
        let seed = match rules.poll.office_order {
            OfficeOrder::Listed => OrderSeed::LISTED,
            OfficeOrder::Shuffled => random_order(&mut os_rng()),
        };
        let per_screen = NonZeroUsize::new(rules.poll.offices_per_screen).unwrap_or(NonZeroUsize::MIN);
        Flow::new(offices.unwrap_or(NonZeroU16::MIN), rules.answers()).ordered(
            &poll.sections(),
            per_screen,
            seed,
        )
    }
}

fn random_order(rng: &mut impl CryptoRng) -> OrderSeed {
    let mut seed = [0; SEED_SIZE];
    rng.fill_bytes(&mut seed);
    OrderSeed::new(seed)
}

impl Inner {
    fn day(&self) -> MutexGuard<'_, Day> {
        self.day.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.work.iter().for_each(JoinHandle::abort);
    }
}

/// Work that goes on until the booth is gone.
fn run<T: Send + Sync + 'static, F: Future<Output = ()> + Send>(
    worker: &Arc<T>,
    work: impl FnOnce(Arc<T>) -> F + Send + 'static,
) -> JoinHandle<()> {
    let worker = Arc::clone(worker);
    tokio::spawn(async move { work(worker).await })
}

fn open_spool(folder: &Path, poll: &Poll) -> Result<Spool, StartError> {
    // Ballots of a rehearsal must never meet those of the real poll.
    let folder = folder.join(poll.addressee.poll.as_str());
    let room = Room { ballot_size: poll.ballot_size, ballots: poll.credentials.len() };
    Spool::open(&folder, room, Box::new(LocalDisk)).map_err(StartError::Spool)
}

/// If people compared an opening sheet in an earlier run, the election must still be that one: ballots that wait here and the
/// statement belong to it.
fn check_opened(spool: &Spool, poll: &Poll) -> Result<(), StartError> {
    let opened = spool.kept(Note::Opened).map_err(StartError::Spool)?;
    match opened.as_deref().map(parse_opening_sheet) {
        Some(Ok(expected)) if expected != poll.setup_event => {
            Err(StartError::Setup(SetupError::Anchor { expected, found: poll.setup_event }))
        }
        _ => Ok(()),
    }
}

/// Looks at the state of the poll again and again, and does what is due.
async fn watch_poll(booth: Weak<Inner>, nudge: Arc<Notify>, say: watch::Sender<Contact>, pause: Duration) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = nudge.notified() => {}
        }
        let Some(inner) = booth.upgrade() else { return };
        Booth(inner).look(&say).await;
    }
}
