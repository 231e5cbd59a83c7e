//! What the public may read, and from when on (mission rule 10). Reads only: the pages show what is answered here and
//! decide nothing themselves.
//!
//! | what | from |
//! | --- | --- |
//! | offices, duties, commitments | the list is published |
//! | statements | the statements are published |
//! | the pool: ids, masked names, anchors | the pool is locked |
//! | a draw's announcement and pool; commitments; dice; seed and result | each as soon as the ceremony fixes it |
//! | turnout, the zero report and the Setup archive | the opening of the poll |
//! | the closed archive | the closing |
//! | reconciliation | the counts balance |
//! | result and ranking | the chair has shown the last step of the reveal, or two people have published |
//! | the publication | it is published |
//!
//! Nobody's full name is answered (but a ready-made pool is published as it was imported), and of the ballots nothing but their number before the reveal.

use evaluation::publication::closing::ZeroReport;
use evaluation::publication::reconciliation::Reconciliation;
use evaluation::ranking::Ranking;
use evaluation::rules::{Rules, Stage};
use jiff::civil::Date;
use jiff::tz::{TimeZone, offset};

use super::edition::load_rules;
use super::poll::opening::load_zero_report;
use super::poll::reveal::load_ranking;
use super::poll::{Turnout, find_current, turnout};
use super::{Context, ServiceError, reveal};
use crate::domain::{DrawState, EditionState, PollState, Purpose};
use crate::store::offices::{self, Office};
use crate::store::{Connection, draws, editions, polls};

pub mod downloads;
pub mod draw;
pub mod pool;

/// One year's evaluation, as far as it is public: never a draft.
#[derive(Clone, Debug)]
pub struct Year {
    /// The stored edition.
    pub edition: editions::Edition,
    /// Its rules.
    pub rules: Rules,
}

/// When a stage of the year is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageTime {
    /// It is over.
    Past,
    /// We are in it.
    Now,
    /// It has not begun.
    Ahead,
}

/// The edition at a glance.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The year.
    pub year: Year,
    /// Its stages in order.
    pub stages: Vec<(Stage, StageTime)>,
    /// How many offices are rated.
    pub offices: u32,
    /// The state of the latest real draw.
    pub draw: Option<DrawState>,
    /// The poll.
    pub poll: Option<PublicPoll>,
    /// Earlier years with a publication, newest first.
    pub earlier: Vec<i16>,
}

/// What everybody may know of a poll at any time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicPoll {
    /// Where it stands.
    pub state: PollState,
    /// Whether the ranking is public.
    pub shows_ranking: bool,
    /// Ballots and people checked in, from the opening on.
    pub turnout: Option<Turnout>,
    /// The minute of the opening.
    pub opened_at: Option<jiff::Timestamp>,
    /// The minute of the closing.
    pub closed_at: Option<jiff::Timestamp>,
    /// Why it is paused, while it is.
    pub pause_reason: Option<String>,
}

/// The ranking, or why there is none yet.
#[derive(Clone, Debug)]
pub enum PublicRanking {
    /// It is not public yet; the poll, if there is one.
    NotRevealed(Option<PublicPoll>),
    /// The result.
    Revealed {
        /// Rank, score and counts of every office.
        ranking: Box<Ranking>,
        /// The poll.
        poll: PublicPoll,
        /// Whether the publication can be downloaded.
        published: bool,
    },
}

impl Overview {
    /// Whether the result may be seen.
    #[must_use]
    pub fn is_revealed(&self) -> bool {
        self.poll.as_ref().is_some_and(|poll| poll.shows_ranking)
    }
}

impl Year {
    /// Whether the offices' statements are public.
    #[must_use]
    pub fn shows_statements(&self) -> bool {
        self.edition.state >= EditionState::StatementsPublished
    }

    /// Whether the publication is there.
    #[must_use]
    pub fn is_published(&self) -> bool {
        self.edition.state >= EditionState::Published
    }
}

/// The latest year that is public; none while the first one is being prepared.
pub async fn latest_year(tx: &mut Connection, context: &Context) -> Result<Option<Year>, ServiceError> {
    let all = editions::list(tx, &context.county).await?;
    let public = all.into_iter().find(|edition| edition.state != EditionState::Draft);
    public.map(|edition| Ok(Year { rules: load_rules(&edition)?, edition })).transpose()
}

/// The edition at a glance.
pub async fn overview(context: &Context) -> Result<Option<Overview>, ServiceError> {
    let mut tx = context.db.read().await?;
    let Some(year) = latest_year(&mut tx, context).await? else { return Ok(None) };
    let ceremonies = draws::list(&mut tx, &context.county, &year.edition.id).await?;
    let draw = ceremonies.into_iter().rfind(|draw| draw.purpose == Purpose::Real).map(|draw| draw.state);
    let earlier = editions::list(&mut tx, &context.county).await?;
    let earlier = earlier.into_iter().filter(|other| other.year < year.edition.year);
    Ok(Some(Overview {
        stages: stages(&year.rules, year.edition.state, today(context)),
        offices: offices::count(&mut tx, &context.county, &year.edition.id).await?,
        draw,
        poll: find_poll(&mut tx, context, &year).await?.map(|(_, poll)| poll),
        earlier: earlier
            .filter(|other| other.state >= EditionState::Published)
            .map(|other| other.year)
            .collect(),
        year,
    }))
}

/// The rated offices by number. Statements and opinions are left out until they are published.
pub async fn list_offices(context: &Context) -> Result<Option<(Year, Vec<Office>)>, ServiceError> {
    let mut tx = context.db.read().await?;
    let Some(year) = latest_year(&mut tx, context).await? else { return Ok(None) };
    let mut list = offices::list(&mut tx, &context.county, &year.edition.id).await?;
    if !year.shows_statements() {
        for office in &mut list {
            office.statement = None;
            office.opinions = None;
        }
    }
    Ok(Some((year, list)))
}

/// One rated office.
///
/// # Errors
///
/// [`ServiceError::NotFound`] if there is no such office, or no list yet.
pub async fn find_office(context: &Context, number: u16) -> Result<(Year, Office), ServiceError> {
    let missing = ServiceError::NotFound("office");
    let Some((year, list)) = list_offices(context).await? else { return Err(missing) };
    let office = list.into_iter().find(|office| office.number == number).ok_or(missing)?;
    Ok((year, office))
}

/// The ranking, once it is public.
pub async fn ranking(context: &Context) -> Result<Option<(Year, PublicRanking)>, ServiceError> {
    let mut tx = context.db.read().await?;
    let Some(year) = latest_year(&mut tx, context).await? else { return Ok(None) };
    let shown = match find_poll(&mut tx, context, &year).await? {
        Some((row, poll)) if poll.shows_ranking => PublicRanking::Revealed {
            ranking: Box::new(load_ranking(&mut tx, context, &row).await?),
            poll,
            published: year.is_published(),
        },
        poll => PublicRanking::NotRevealed(poll.map(|(_, poll)| poll)),
    };
    Ok(Some((year, shown)))
}

/// The counts of persons, cards and ballots, once they balance.
pub async fn reconciliation(
    context: &Context,
) -> Result<Option<(Year, Option<Reconciliation>)>, ServiceError> {
    let mut tx = context.db.read().await?;
    let Some(year) = latest_year(&mut tx, context).await? else { return Ok(None) };
    let poll = find_poll(&mut tx, context, &year).await?;
    let Some((row, _)) = poll.filter(|(row, _)| row.state >= PollState::Reconciled) else {
        return Ok(Some((year, None)));
    };
    let text = polls::load_texts(&mut tx, &context.county, &row.id).await?.reconciliation;
    let counts =
        text.map(|text| serde_json::from_str(&text).map_err(ServiceError::contradiction)).transpose()?;
    Ok(Some((year, counts)))
}

/// The zero report of the real poll, from its opening on.
pub async fn zero_report(context: &Context) -> Result<Option<ZeroReport>, ServiceError> {
    let mut tx = context.db.read().await?;
    let Some(year) = latest_year(&mut tx, context).await? else { return Ok(None) };
    match find_poll(&mut tx, context, &year).await? {
        Some((row, _)) => load_zero_report(&mut tx, context, &row.id).await,
        None => Ok(None),
    }
}

/// The latest year by itself, for pages that explain.
pub async fn year(context: &Context) -> Result<Option<Year>, ServiceError> {
    latest_year(&mut *context.db.read().await?, context).await
}

/// The real poll of a year, and what may be known of it.
pub(super) async fn find_poll(
    tx: &mut Connection,
    context: &Context,
    year: &Year,
) -> Result<Option<(polls::Poll, PublicPoll)>, ServiceError> {
    let Some(row) = find_current(tx, context, &year.edition.id).await? else { return Ok(None) };
    let turnout =
        if row.state >= PollState::Open { Some(turnout(tx, context, &row.id).await?) } else { None };
    let pause_reason = row.pace_reason.clone().filter(|_| row.state == PollState::Paused);
    let poll = PublicPoll {
        state: row.state,
        shows_ranking: reveal::is_public(tx, context, &row, year.edition.state).await?,
        turnout,
        opened_at: row.opened_at,
        closed_at: row.closed_at,
        pause_reason,
    };
    Ok(Some((row, poll)))
}

/// Which stages are over. The edition's own state counts more than the calendar, which only tells stages of the same
/// state apart.
fn stages(rules: &Rules, state: EditionState, today: Date) -> Vec<(Stage, StageTime)> {
    let by_date = |stage: &Stage| {
        if stage.contains(today) {
            StageTime::Now
        } else if stage.last_day < today {
            StageTime::Past
        } else {
            StageTime::Ahead
        }
    };
    let position = |id: &str| rules.stages.iter().position(|stage| stage.id.as_str() == id);
    let window = match state {
        EditionState::Draft => Some(("mobilisation", "mobilisation")),
        EditionState::Listed => Some(("list_published", "rectification")),
        EditionState::PoolOpen | EditionState::PoolLocked | EditionState::Drawn => {
            Some(("choosing_representatives", "choosing_representatives"))
        }
        EditionState::StatementsPublished => Some(("statements_published", "statements_published")),
        EditionState::Poll => Some(("poll", "poll")),
        EditionState::Published | EditionState::Archived => None,
    };
    let Some(ids) = window else {
        return rules.stages.iter().map(|stage| (stage.clone(), StageTime::Past)).collect();
    };
    let (Some(first), Some(last)) = (position(ids.0), position(ids.1)) else {
        return rules.stages.iter().map(|stage| (stage.clone(), by_date(stage))).collect();
    };
    let inside = rules.stages.get(first..=last).unwrap_or_default();
    let dated = inside.iter().any(|stage| stage.contains(today));
    let time = |index: usize, stage: &Stage| match index {
        index if index < first => StageTime::Past,
        index if index > last => StageTime::Ahead,
        _ if dated => by_date(stage),
        index if index == first => StageTime::Now,
        _ => StageTime::Ahead,
    };
    rules.stages.iter().enumerate().map(|(index, stage)| (stage.clone(), time(index, stage))).collect()
}

/// The day in China.
#[must_use]
pub fn today(context: &Context) -> Date {
    context.now().to_zoned_datetime(TimeZone::fixed(offset(8))).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now(state: EditionState, today: &str) -> Vec<String> {
        let stages = stages(&Rules::ningjin_2020(), state, today.parse().unwrap());
        let now = stages.into_iter().filter(|(_, time)| *time == StageTime::Now);
        now.map(|(stage, _)| stage.id.to_string()).collect()
    }

    #[test]
    fn the_state_says_where_we_are_and_the_calendar_tells_stages_of_one_state_apart() {
        assert_eq!(now(EditionState::Listed, "2020-05-12"), ["list_published"]);
        assert_eq!(now(EditionState::Listed, "2020-06-10"), ["self_check", "rectification"]);
        assert_eq!(now(EditionState::Listed, "2026-01-01"), ["list_published"]);
        assert_eq!(now(EditionState::Drawn, "2020-12-05"), ["choosing_representatives"]);
        assert_eq!(now(EditionState::Poll, "2026-01-01"), ["poll"]);
        assert_eq!(now(EditionState::Published, "2020-12-12"), [] as [&str; 0]);
    }
}
