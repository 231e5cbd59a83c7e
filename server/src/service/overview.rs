//! What the pages of the console show. Nothing here changes anything.

use std::collections::BTreeMap;

use belenios::text::Hash;
use evaluation::draw::announce::Announcement;
use evaluation::draw::verify::{Facts, verify_folder};
use evaluation::hash::Sha256Hash;
use evaluation::office::OfficeNumber;
use evaluation::pool::Pool;
use evaluation::rules::{Half, Rules};
use evaluation::sanction::Sanctions;
use serde::Deserialize;

use super::edition::load_rules;
use super::poll::cards::setup_hash;
use super::poll::restored::{self, Restored};
use super::poll::reveal::load_ranking;
use super::poll::settling::{self, Settling};
use super::poll::{Turnout, find_current, find_working, turnout};
use super::proposal::payload;
use super::sanction::load_sanctions;
use super::{Context, ServiceError, draw, proposal, rehearsal};
use crate::domain::proposal::has_lapsed;
use crate::domain::{
    AccountId, EditionId, NominationState, PollId, PollState, ProposalId, ProposalState, Purpose,
};
use crate::store::accounts::Account;
use crate::store::draws::Draw;
use crate::store::editions::Edition;
use crate::store::log_entries::{self, Entry};
use crate::store::offices::Office;
use crate::store::polls::Poll;
use crate::store::proposals::{self, Proposal};
use crate::store::trustees::Trustee;
use crate::store::{
    Connection, accounts, credentials, draws, editions, nominations, offices, polls, pool, trustees,
};

/// What every page shows around its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Surroundings {
    /// The latest year, if there is an edition.
    pub year: Option<i16>,
    /// Acts that this account may confirm now.
    pub waiting: usize,
}

/// The surroundings of every page of an account.
pub async fn surroundings(context: &Context, account: &Account) -> Result<Surroundings, ServiceError> {
    let waiting = proposal::list_waiting(context).await?;
    let mine = waiting.iter().filter(|proposal| {
        proposal.proposer != account.id && proposal.action.confirmers().contains(&account.role)
    });
    let year = list_editions(context).await?.first().map(|edition| edition.year);
    Ok(Surroundings { year, waiting: mine.count() })
}

/// All editions, newest first.
pub async fn list_editions(context: &Context) -> Result<Vec<Edition>, ServiceError> {
    let mut tx = context.db.read().await?;
    Ok(editions::list(&mut tx, &context.county).await?)
}

/// The edition of a year.
pub async fn find_edition(context: &Context, year: i16) -> Result<Edition, ServiceError> {
    let all = list_editions(context).await?;
    all.into_iter().find(|edition| edition.year == year).ok_or(ServiceError::NotFound("edition"))
}

/// An edition at a glance.
#[derive(Clone, Debug)]
pub struct Glance {
    /// Its rules.
    pub rules: Rules,
    /// Offices of each section, in the order of the rules.
    pub offices: Vec<usize>,
    /// The pool.
    pub pool: PoolCount,
    /// The latest draw.
    pub draw: Option<Draw>,
    /// The poll that counts.
    pub poll: Option<PollGlance>,
    /// Whether a rehearsal is running.
    pub rehearsal: bool,
}

/// How far a poll is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PollGlance {
    /// Its state.
    pub state: PollState,
    /// Ballots stored, and people checked in.
    pub turnout: Turnout,
}

/// How many people are in the pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolCount {
    /// Everybody.
    pub members: usize,
    /// Each half with its categories, in the order of the rules.
    pub halves: Vec<HalfCount>,
}

/// How many people are in one half.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HalfCount {
    /// The half.
    pub half: Half,
    /// People in it.
    pub members: usize,
    /// Representatives to be drawn from it.
    pub seats: usize,
    /// People of each category, in the order of the rules.
    pub categories: Vec<usize>,
}

/// An edition at a glance.
pub async fn glance(context: &Context, edition: &Edition) -> Result<Glance, ServiceError> {
    let rules = load_rules(edition)?;
    let offices = list_offices(context, &edition.id).await?;
    let in_section = |id: &str| offices.iter().filter(|office| office.section == id).count();
    Ok(Glance {
        offices: rules.sections.iter().map(|section| in_section(section.id.as_str())).collect(),
        pool: count_pool(context, &edition.id, &rules).await?,
        draw: list_draws(context, &edition.id).await?.pop(),
        poll: glance_at_poll(context, &edition.id).await?,
        rehearsal: is_rehearsing(context, &edition.id).await?,
        rules,
    })
}

async fn glance_at_poll(context: &Context, edition: &EditionId) -> Result<Option<PollGlance>, ServiceError> {
    let mut tx = context.db.read().await?;
    let Some(poll) = find_current(&mut tx, context, edition).await? else { return Ok(None) };
    let turnout = turnout(&mut tx, context, &poll.id).await?;
    Ok(Some(PollGlance { state: poll.state, turnout }))
}

async fn is_rehearsing(context: &Context, edition: &EditionId) -> Result<bool, ServiceError> {
    let mut tx = context.db.read().await?;
    Ok(rehearsal::find_running(&mut tx, context, edition).await?.is_some())
}

/// All offices of an edition, by number.
pub async fn list_offices(context: &Context, edition: &EditionId) -> Result<Vec<Office>, ServiceError> {
    let mut tx = context.db.read().await?;
    Ok(offices::list(&mut tx, &context.county, edition).await?)
}

/// The pool in numbers.
pub async fn count_pool(
    context: &Context,
    edition: &EditionId,
    rules: &Rules,
) -> Result<PoolCount, ServiceError> {
    let mut tx = context.db.read().await?;
    let members = people_of_pool(&mut tx, context, edition).await?;
    let halves = Half::ALL.map(|half| {
        let inside: Vec<_> = members.iter().filter(|(letter, _)| letter == half.letter()).collect();
        let of = |name: &str| inside.iter().filter(|(_, category)| category == name).count();
        let half_rules = rules.pool.halves.of(half);
        HalfCount {
            half,
            members: inside.len(),
            seats: half_rules.take,
            categories: half_rules.categories.iter().map(|category| of(&category.name.zh)).collect(),
        }
    });
    Ok(PoolCount { members: members.len(), halves: halves.into() })
}

/// Half and category of everybody in the pool; before it is locked, of everybody who is approved.
async fn people_of_pool(
    tx: &mut Connection,
    context: &Context,
    edition: &EditionId,
) -> Result<Vec<(String, String)>, ServiceError> {
    let members = pool::list(tx, &context.county, edition).await?;
    if !members.is_empty() {
        return Ok(members.into_iter().map(|member| (member.half, member.category)).collect());
    }
    let all = nominations::list(tx, &context.county, edition).await?;
    let approved = all.into_iter().filter(|nomination| nomination.state == NominationState::Approved);
    Ok(approved.map(|nomination| (nomination.entry.half.to_string(), nomination.entry.category)).collect())
}

/// All draws of an edition, in order.
pub async fn list_draws(context: &Context, edition: &EditionId) -> Result<Vec<Draw>, ServiceError> {
    let mut tx = context.db.read().await?;
    Ok(draws::list(&mut tx, &context.county, edition).await?)
}

/// A draw of an edition, by its number.
pub async fn find_draw(context: &Context, edition: &EditionId, ceremony: u32) -> Result<Draw, ServiceError> {
    let mut tx = context.db.read().await?;
    let found = draws::find(&mut tx, &context.county, edition, ceremony).await?;
    found.ok_or(ServiceError::NotFound("draw"))
}

/// The announcement of a draw.
pub fn announcement(draw: &Draw) -> Result<Announcement, ServiceError> {
    Announcement::from_tsv(draw.announce.as_bytes()).map_err(ServiceError::contradiction)
}

/// A completed draw, computed again from its files.
#[derive(Clone, Debug)]
pub struct DrawnPeople {
    /// Who is drawn, and the hashes.
    pub facts: Facts,
    /// Everybody, with names.
    pub pool: Pool,
}

/// The people of a completed draw; `None` if it is not completed.
pub fn drawn_people(row: &Draw) -> Result<Option<DrawnPeople>, ServiceError> {
    if row.result.is_none() {
        return Ok(None);
    }
    let files = draw::files(row);
    let facts = verify_folder(|name| files.get(name).cloned()).facts;
    let facts = facts.ok_or_else(|| ServiceError::contradiction("the draw does not verify"))?;
    let pool =
        Pool::from_tsv(row.pool.as_bytes()).map_err(|error| ServiceError::contradiction(error.en()))?;
    Ok(Some(DrawnPeople { facts, pool }))
}

/// A poll with everything that its page shows.
#[derive(Clone, Debug)]
pub struct PollView {
    /// The poll.
    pub poll: Poll,
    /// Its trustees, by position.
    pub trustees: Vec<TrusteeView>,
    /// How many of them are needed to decrypt.
    pub needed: usize,
    /// Cards registered.
    pub registered: u32,
    /// Ballots stored, and people checked in.
    pub turnout: Turnout,
    /// Hash of the Setup event, once the election is final.
    pub setup: Option<Hash>,
    /// The backup it was restored from, while ballots of before can be missing.
    pub restored: Option<Restored>,
    /// What is still missing, while the poll is closing or closed.
    pub settling: Option<Settling>,
}

impl PollView {
    /// Whether the trustees make their keys together, in a ceremony of three rounds.
    #[must_use]
    pub fn is_ceremony(&self) -> bool {
        self.needed < self.trustees.len()
    }
}

/// How far a trustee is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrusteeView {
    /// From 1.
    pub position: u32,
    /// The person's name.
    pub name: String,
    /// Whether the certificate, the first message of the key ceremony, has arrived.
    pub certified: bool,
    /// Whether the contribution, the second message, has arrived.
    pub contributed: bool,
    /// SHA-256 of the public key as stored, once delivered.
    pub key: Option<Sha256Hash>,
    /// Whether the share of the decryption has arrived.
    pub decrypted: bool,
}

/// The poll that everybody works with: a running rehearsal, otherwise the real one, if there is one.
pub async fn find_poll(context: &Context, edition: &EditionId) -> Result<Option<PollView>, ServiceError> {
    let mut tx = context.db.read().await?;
    match find_working(&mut tx, context, edition).await? {
        Some(poll) => view_poll(&mut tx, context, poll).await.map(Some),
        None => Ok(None),
    }
}

/// Whether everybody works with the real poll or with a rehearsal; `None` if there is neither.
pub async fn working_purpose(
    context: &Context,
    edition: &EditionId,
) -> Result<Option<Purpose>, ServiceError> {
    let mut tx = context.db.read().await?;
    Ok(find_working(&mut tx, context, edition).await?.map(|poll| poll.purpose))
}

/// The poll that counts, if there is one: what is published depends on it.
pub async fn find_real_poll(
    context: &Context,
    edition: &EditionId,
) -> Result<Option<PollView>, ServiceError> {
    let mut tx = context.db.read().await?;
    match find_current(&mut tx, context, edition).await? {
        Some(poll) => view_poll(&mut tx, context, poll).await.map(Some),
        None => Ok(None),
    }
}

/// The poll with this id.
pub async fn find_poll_by_id(context: &Context, id: &PollId) -> Result<PollView, ServiceError> {
    let mut tx = context.db.read().await?;
    let found = polls::find(&mut tx, &context.county, id).await?;
    view_poll(&mut tx, context, found.ok_or(ServiceError::NotFound("poll"))?).await
}

async fn view_poll(tx: &mut Connection, context: &Context, poll: Poll) -> Result<PollView, ServiceError> {
    let (county, id) = (&context.county, &poll.id);
    let texts = polls::load_texts(tx, county, id).await?;
    let needed = load_rules(&editions::load(tx, county, &poll.edition).await?)?.poll.needed();
    let shares = trustees::list_decryptions(tx, county, id).await?;
    let view = |trustee: Trustee| TrusteeView {
        decrypted: shares.iter().any(|share| share.position == trustee.position),
        position: trustee.position,
        name: trustee.name,
        certified: trustee.certificate.is_some(),
        contributed: trustee.contribution.is_some(),
        key: trustee.public_key.map(Sha256Hash::of),
    };
    let trustees = trustees::list(tx, county, id).await?.into_iter().map(view).collect();
    let settles = matches!(poll.state, PollState::Closing | PollState::Closed);
    Ok(PollView {
        settling: if settles { Some(settling::load(tx, context, &poll).await?) } else { None },
        trustees,
        needed,
        restored: restored::find(tx, context, &poll).await?,
        registered: credentials::count(tx, county, id).await?.registered,
        turnout: turnout(tx, context, id).await?,
        setup: if texts.election.is_some() { Some(setup_hash(&texts)?) } else { None },
        poll,
    })
}

/// Offices of a revealed poll that are tied across a cut and not decided yet.
pub async fn undecided_ties(context: &Context, poll: &Poll) -> Result<usize, ServiceError> {
    if poll.state != PollState::Revealed {
        return Ok(0);
    }
    let mut tx = context.db.read().await?;
    Ok(load_ranking(&mut tx, context, poll).await?.undecided_ties().count())
}

/// The sanctions of an edition, and whether none can be added any more.
pub async fn list_sanctions(
    context: &Context,
    edition: &EditionId,
) -> Result<(Sanctions, bool), ServiceError> {
    let mut tx = context.db.read().await?;
    let frozen = find_current(&mut tx, context, edition).await?;
    let sanctions = load_sanctions(&mut tx, context, edition).await?;
    Ok((sanctions, frozen.is_some_and(|poll| poll.state.are_sanctions_frozen())))
}

/// The full name of an office.
pub async fn office_name(
    context: &Context,
    edition: &EditionId,
    number: OfficeNumber,
) -> Result<Option<String>, ServiceError> {
    let mut tx = context.db.read().await?;
    let office = offices::find(&mut tx, &context.county, edition, number.value()).await?;
    Ok(office.map(|office| office.full_name))
}

/// An account.
pub async fn find_account(context: &Context, id: &AccountId) -> Result<Account, ServiceError> {
    let mut tx = context.db.read().await?;
    accounts::find(&mut tx, &context.county, id).await?.ok_or(ServiceError::NotFound("account"))
}

/// An act of two people, with its proposer.
#[derive(Clone, Debug)]
pub struct ProposalView {
    /// The proposal.
    pub proposal: Proposal,
    /// Who proposed it.
    pub proposer: Account,
    /// Where it stands by the clock.
    pub state: ProposalState,
    /// Whether the poll that it is about is real or a rehearsal; `None` if it is about no single poll.
    pub purpose: Option<Purpose>,
}

/// A proposal, whatever became of it.
pub async fn find_proposal(context: &Context, id: &ProposalId) -> Result<ProposalView, ServiceError> {
    let mut tx = context.db.read().await?;
    let found = proposals::find(&mut tx, &context.county, id).await?;
    let proposal = found.ok_or(ServiceError::NotFound("proposal"))?;
    view_proposal(&mut tx, context, proposal).await
}

/// The latest proposals, newest first.
pub async fn list_proposals(context: &Context, limit: u32) -> Result<Vec<ProposalView>, ServiceError> {
    let mut tx = context.db.read().await?;
    let mut views = Vec::new();
    for proposal in proposals::list_latest(&mut tx, &context.county, limit).await? {
        views.push(view_proposal(&mut tx, context, proposal).await?);
    }
    Ok(views)
}

async fn view_proposal(
    tx: &mut Connection,
    context: &Context,
    proposal: Proposal,
) -> Result<ProposalView, ServiceError> {
    let proposer = accounts::load(tx, &context.county, &proposal.proposer).await?;
    let purpose = purpose_of(tx, context, &proposal).await?;
    let lapsed = has_lapsed(proposal.proposed_at, context.now());
    let state = if proposal.state == ProposalState::Proposed && lapsed {
        ProposalState::Lapsed
    } else {
        proposal.state
    };
    Ok(ProposalView { proposal, proposer, state, purpose })
}

/// The purpose of the poll that a proposal names. Whatever act names one calls it `poll`, so that no new act is left out.
async fn purpose_of(
    tx: &mut Connection,
    context: &Context,
    proposal: &Proposal,
) -> Result<Option<Purpose>, ServiceError> {
    #[derive(Deserialize)]
    struct Names {
        poll: Option<PollId>,
    }
    let Ok(Names { poll: Some(poll) }) = payload(proposal) else { return Ok(None) };
    Ok(polls::find(tx, &context.county, &poll).await?.map(|poll| poll.purpose))
}

/// The latest entries of the log, newest first, and the people whom their actors name.
pub async fn latest_log(context: &Context, limit: u32) -> Result<Vec<LogLine>, ServiceError> {
    let mut tx = context.db.read().await?;
    let accounts = accounts::list(&mut tx, &context.county).await?;
    let names: BTreeMap<_, _> =
        accounts.into_iter().map(|account| (format!("account:{}", account.id), account.person)).collect();
    let entries = log_entries::list_latest(&mut tx, &context.county, limit).await?;
    let lines = entries.into_iter().map(|entry| LogLine { person: names.get(&entry.actor).cloned(), entry });
    Ok(lines.collect())
}

/// An entry of the log and who caused it.
#[derive(Clone, Debug)]
pub struct LogLine {
    /// The entry.
    pub entry: Entry,
    /// The person, if the actor is an account.
    pub person: Option<String>,
}
