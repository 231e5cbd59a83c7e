//! Where a closing poll stands: what is still missing, and every line of the reconciliation as the stored rows say now.

use evaluation::draw::verify::verify_folder;
use evaluation::publication::exception::{Exception, Matter};
use evaluation::publication::reconciliation::{Attendance, ByKind, Counts, Drawn, Reconciliation};
use evaluation::wire::SignedBoothStatement;

use super::on_the_wire::wire_purpose;
use super::polls;
use crate::domain::poll::Unsettled;
use crate::domain::{Purpose, TerminalId};
use crate::service::{Context, ServiceError, check_in};
use crate::store::attendance::list_desks;
use crate::store::exceptions::Recorded;
use crate::store::{Connection, ballots, booths, credentials, draws, exceptions, void_cards};

/// Where a closing poll stands.
#[derive(Clone, Debug)]
pub struct Settling {
    /// The booths that take part, by name.
    pub booths: Vec<BoothView>,
    /// The lines as they are now, with the exceptions that are in force.
    pub reconciliation: Reconciliation,
    /// Every recorded exception that was not withdrawn, also those that are overtaken.
    pub recorded: Vec<RecordedException>,
    /// Damaged cards that the check-in desk sealed into envelopes, because nothing could read them. An exception is due about
    /// as many.
    pub envelopes: u32,
}

/// A recorded exception.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedException {
    /// Its number within the poll.
    pub number: u32,
    /// What two people recorded.
    pub exception: Exception,
    /// Whether it is still so. What is overtaken is not published, as if it were so: it stays in the log.
    pub in_force: bool,
}

/// How far a booth is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoothView {
    /// The terminal.
    pub terminal: TerminalId,
    /// What stands on its label.
    pub name: String,
    /// The public half of its key, in hexadecimal digits.
    pub public_key: String,
    /// Whether it has said that all its ballots are delivered.
    pub finished: bool,
    /// What it has signed for, once it has.
    pub statement: Option<SignedBoothStatement>,
    /// Whether an exception is recorded because it has not finished.
    pub may_be_unfinished: bool,
    /// Whether an exception is recorded because it has not signed.
    pub may_be_silent: bool,
}

impl BoothView {
    /// It may still hold ballots, and nobody has recorded why.
    #[must_use]
    pub const fn holds_back_sealing(&self) -> bool {
        !self.finished && !self.may_be_unfinished
    }

    /// It has not signed for its ballots, and nobody has recorded why.
    #[must_use]
    pub const fn holds_back_result(&self) -> bool {
        self.statement.is_none() && !self.may_be_silent
    }
}

impl Settling {
    /// The labels of booths that hold back the sealing.
    #[must_use]
    pub fn unfinished(&self) -> Vec<String> {
        self.names(BoothView::holds_back_sealing)
    }

    /// What holds back the result.
    #[must_use]
    pub fn unsettled(&self) -> Unsettled {
        Unsettled {
            silent_booths: self.names(BoothView::holds_back_result),
            imbalances: self.reconciliation.imbalances(),
        }
    }

    fn names(&self, holds: fn(&BoothView) -> bool) -> Vec<String> {
        self.booths.iter().filter(|booth| holds(booth)).map(|booth| booth.name.clone()).collect()
    }
}

/// Where this poll stands.
pub async fn load(
    tx: &mut Connection,
    context: &Context,
    poll: &polls::Poll,
) -> Result<Settling, ServiceError> {
    let (county, id) = (&context.county, &poll.id);
    let recorded = exceptions::list(tx, county, id).await?;
    let booths = booth_views(booths::list(tx, county, id).await?, &recorded)?;
    let cards = credentials::count(tx, county, id).await?;
    let mut void = ByKind::default();
    for card in void_cards::list(tx, county, id).await? {
        void.add(card.kind, 1);
    }
    let delivered: Vec<_> = booths.iter().filter_map(|booth| booth.statement.as_ref()).collect();
    let sum = delivered.iter().fold(0_u64, |sum, signed| sum.saturating_add(signed.statement.ballots));
    let exceptions: Vec<_> = recorded.iter().map(|(_, recorded)| recorded.exception.clone()).collect();
    let all = Counts {
        purpose: wire_purpose(poll.purpose),
        drawn: drawn(tx, context, poll).await?,
        attendance: attendance(tx, context, poll).await?,
        cards_made: cards.registered.into(),
        ballots: ballots::count(tx, county, id).await?.into(),
        void,
        unreadable: ByKind::unreadable(&exceptions),
        remaining: cards.registered.saturating_sub(cards.spent).saturating_sub(cards.void).into(),
        void_refused: void_cards::count_refused(tx, county, id).await?,
        refused_ballots: u64::try_from(ballots::list_refused(tx, county, id).await?.len())
            .map_err(ServiceError::contradiction)?,
        booth_ballots: (!delivered.is_empty()).then_some(sum),
    };
    let recorded = still_so(&all, &booths, recorded);
    let in_force = recorded.iter().filter(|recorded| recorded.in_force);
    let mut in_force: Vec<_> = in_force.map(|recorded| recorded.exception.clone()).collect();
    in_force.sort();
    let envelopes = check_in::counts(tx, context, &poll.edition, poll.purpose).await?.unreadable;
    Ok(Settling { booths, reconciliation: Reconciliation::new(&all, &in_force), recorded, envelopes })
}

/// What the check-in desks counted; `None` if none was ever opened for this poll.
async fn attendance(
    tx: &mut Connection,
    context: &Context,
    poll: &polls::Poll,
) -> Result<Option<Attendance>, ServiceError> {
    if list_desks(tx, &context.county, &poll.id).await?.is_empty() {
        return Ok(None);
    }
    let counted = check_in::counts(tx, context, &poll.edition, poll.purpose).await?;
    Ok(Some(Attendance {
        expected: counted.expected.into(),
        present: counted.present.into(),
        absent: counted.absent.into(),
        handed_out: counted.handed_out.into(),
        reissued: counted.reissued.into(),
    }))
}

/// Which exceptions are about something that is still so.
fn still_so(counts: &Counts, booths: &[BoothView], recorded: Vec<(u32, Recorded)>) -> Vec<RecordedException> {
    let now = Reconciliation::new(counts, &[]);
    let booth = |terminal: Option<&TerminalId>| {
        booths.iter().find(move |booth| terminal.is_some_and(|terminal| booth.terminal == *terminal))
    };
    recorded
        .into_iter()
        .map(|(number, Recorded { terminal, exception })| {
            let in_force = match &exception.matter {
                Matter::BoothNotFinished { .. } => {
                    booth(terminal.as_ref()).is_some_and(|booth| !booth.finished)
                }
                Matter::BoothStatementMissing { .. } => {
                    booth(terminal.as_ref()).is_some_and(|booth| booth.statement.is_none())
                }
                matter => now.is_so(matter),
            };
            RecordedException { number, exception, in_force }
        })
        .collect()
}

fn booth_views(
    booths: Vec<booths::Booth>,
    recorded: &[(u32, Recorded)],
) -> Result<Vec<BoothView>, ServiceError> {
    let excepted = |terminal: &TerminalId, about: fn(&Matter) -> bool| {
        recorded
            .iter()
            .any(|(_, one)| one.terminal.as_ref() == Some(terminal) && about(&one.exception.matter))
    };
    booths
        .into_iter()
        .map(|booth| {
            let statement = booth.statement.map(|signed| serde_json::from_str(&signed));
            Ok(BoothView {
                may_be_unfinished: excepted(&booth.terminal, |matter| {
                    matches!(matter, Matter::BoothNotFinished { .. })
                }),
                may_be_silent: excepted(&booth.terminal, |matter| {
                    matches!(matter, Matter::BoothStatementMissing { .. })
                }),
                terminal: booth.terminal,
                name: booth.name,
                finished: booth.finished,
                public_key: booth.public_key,
                statement: statement.transpose().map_err(ServiceError::contradiction)?,
            })
        })
        .collect()
}

/// What the draw says of persons; nothing in a rehearsal, where staff vote with as many cards as they like.
pub(super) async fn drawn(
    tx: &mut Connection,
    context: &Context,
    poll: &polls::Poll,
) -> Result<Option<Drawn>, ServiceError> {
    if poll.purpose == Purpose::Rehearsal {
        return Ok(None);
    }
    let draw = draws::find_completed(tx, &context.county, &poll.edition)
        .await?
        .ok_or(ServiceError::NotFound("draw"))?;
    let files = crate::service::draw::files(&draw);
    let facts = verify_folder(|name| files.get(name).cloned()).facts;
    let drawn = facts.as_ref().map(Drawn::of);
    drawn.map(Some).ok_or_else(|| ServiceError::contradiction("the draw does not verify"))
}
