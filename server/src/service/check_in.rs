//! Checking people in on the day of the vote: the desk, its two people, who is here, how many cards went out.
//!
//! This is the person side. A card is drawn blind and nothing about it is ever typed here. Nor does anything tell who
//! came when or after whom: marks carry no time, no sequence and no desk, and the log has no entry about a single person,
//! because every entry has a time. It records when a desk opens and closes, then with the counts and the hash of the list
//! of those present.

mod desk;
mod marks;
mod roster;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use evaluation::hash::Sha256Hash;
use evaluation::pool::MemberId;
use secrecy::SecretString;

pub use self::desk::{Correction, Count, NewDesk, close_desk, correct_count, open_desk};
pub use self::marks::{DamagedCard, Exchange, mark, reissue, undo};
pub use self::roster::{Person, Seat};
use super::poll::find_working;
use super::{Context, ServiceError, session};
use crate::domain::attendance::{CheckInStepError, check};
use crate::domain::{
    AttendanceCounts, CorrectionKind, EditionId, InTwoLanguages as _, PollId, PollState, Purpose, Role,
};
use crate::store::accounts::{self, Account};
use crate::store::attendance::{self, Attendance, Desk};
use crate::store::{Connection, StoreError, polls};

/// The roles that the second person at a desk may have.
pub const SECOND_ROLES: [Role; 3] = [Role::CheckIn, Role::Supervisor, Role::Steward];

/// A second person who types name and password at the desk's screen.
#[derive(Clone, Copy, Debug)]
pub struct Second<'a> {
    /// The sign-in name.
    pub name: &'a str,
    /// The password.
    pub password: &'a SecretString,
}

/// What the pages of the desk show.
#[derive(Clone, Debug)]
pub struct View {
    /// The poll.
    pub poll: polls::Poll,
    /// Everybody who was drawn or called, by id.
    pub people: Vec<Person>,
    /// Who is here, and how often the card was exchanged.
    pub attendance: Attendance,
    /// The desks, with the names of their two people.
    pub desks: Vec<(Desk, [String; 2])>,
    /// Why marks were taken back and cards exchanged.
    pub corrections: Vec<(CorrectionKind, String)>,
    /// The counts.
    pub counts: AttendanceCounts,
}

impl View {
    /// The open desk of this account.
    #[must_use]
    pub fn desk_of(&self, account: &Account) -> Option<&Desk> {
        self.desks.iter().map(|(desk, _)| desk).find(|desk| is_at(desk, account))
    }
}

/// The counts for the reconciliation.
///
/// # Errors
///
/// [`ServiceError::NotFound`] if the edition has no such poll; the store.
pub async fn counts(
    tx: &mut Connection,
    context: &Context,
    edition: &EditionId,
    purpose: Purpose,
) -> Result<AttendanceCounts, ServiceError> {
    let poll = load_poll(tx, context, edition, purpose).await?;
    count_people(tx, context, edition, &poll.id).await
}

/// Everything about the desks of a poll; `None` if there is no such poll or nobody is drawn.
pub async fn view(
    context: &Context,
    edition: &EditionId,
    purpose: Purpose,
) -> Result<Option<View>, ServiceError> {
    let mut tx = context.db.read().await?;
    let Some(poll) = find_poll(&mut tx, context, edition, purpose).await? else { return Ok(None) };
    let Some(people) = roster::people(&mut tx, context, edition).await? else { return Ok(None) };
    let attendance = attendance::list(&mut tx, &context.county, &poll.id).await?;
    let mut desks = Vec::new();
    for desk in attendance::list_desks(&mut tx, &context.county, &poll.id).await? {
        let first = accounts::load(&mut tx, &context.county, &desk.first).await?.person;
        let second = accounts::load(&mut tx, &context.county, &desk.second).await?.person;
        desks.push((desk, [first, second]));
    }
    let corrections = attendance::list_corrections(&mut tx, &context.county, &poll.id).await?;
    let counts = tally(people.len(), &attendance, desks.iter().map(|(desk, _)| desk), &corrections);
    Ok(Some(View { poll, people, attendance, desks, corrections, counts }))
}

/// Everybody who was drawn or called, by id; `None` before the draw.
pub async fn everybody(context: &Context, edition: &EditionId) -> Result<Option<Vec<Person>>, ServiceError> {
    let mut tx = context.db.read().await?;
    roster::people(&mut tx, context, edition).await
}

/// Whether people can be checked in for this poll now. A rehearsal that has ended takes nobody, wherever it stood.
pub const fn check_poll(poll: &polls::Poll) -> Result<(), CheckInStepError> {
    if poll.ended_at.is_some() {
        return Err(CheckInStepError::Over);
    }
    check(poll.state)
}

/// The poll whose desk is meant when nobody says which: the one that everybody works with; when there is none, a rehearsal
/// that has ended.
pub async fn at_hand(context: &Context, edition: &EditionId) -> Result<Purpose, StoreError> {
    let mut tx = context.db.read().await?;
    if let Some(working) = find_working(&mut tx, context, edition).await? {
        return Ok(working.purpose);
    }
    let all = polls::list(&mut tx, &context.county, edition).await?;
    Ok(all.first().map_or(Purpose::Real, |poll| poll.purpose))
}

/// The polls of this edition that have a desk of their own: the real one, and the rehearsal if there is one.
pub async fn purposes(context: &Context, edition: &EditionId) -> Result<Vec<Purpose>, StoreError> {
    let mut tx = context.db.read().await?;
    let all = polls::list(&mut tx, &context.county, edition).await?;
    let has = |purpose: &&Purpose| all.iter().any(|poll| poll.purpose == **purpose);
    Ok(Purpose::ALL.iter().filter(has).copied().collect())
}

async fn count_people(
    tx: &mut Connection,
    context: &Context,
    edition: &EditionId,
    poll: &PollId,
) -> Result<AttendanceCounts, ServiceError> {
    let expected = roster::called(tx, context, edition).await?.map_or(0, |called| called.len());
    let attendance = attendance::list(tx, &context.county, poll).await?;
    let desks = attendance::list_desks(tx, &context.county, poll).await?;
    let corrections = attendance::list_corrections(tx, &context.county, poll).await?;
    Ok(tally(expected, &attendance, desks.iter(), &corrections))
}

fn tally<'a>(
    expected: usize,
    attendance: &Attendance,
    desks: impl Iterator<Item = &'a Desk>,
    corrections: &[(CorrectionKind, String)],
) -> AttendanceCounts {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let unreadable = corrections.iter().filter(|(kind, _)| *kind == CorrectionKind::ReissuedUnreadable);
    let (expected, present) = (count(expected), count(attendance.len()));
    AttendanceCounts {
        expected,
        present,
        absent: expected.saturating_sub(present),
        handed_out: desks.fold(0, |sum, desk| sum.saturating_add(desk.counted())),
        reissued: attendance.values().fold(0, |sum, &number| sum.saturating_add(number)),
        unreadable: count(unreadable.count()),
    }
}

/// The poll with this purpose: of several rehearsals the unfinished one.
async fn find_poll(
    tx: &mut Connection,
    context: &Context,
    edition: &EditionId,
    purpose: Purpose,
) -> Result<Option<polls::Poll>, StoreError> {
    let mut all = polls::list(tx, &context.county, edition).await?;
    all.retain(|poll| poll.purpose == purpose);
    all.sort_by_key(|poll| poll.ended_at.is_some() || poll.state == PollState::Revealed);
    Ok(all.into_iter().next())
}

async fn load_poll(
    tx: &mut Connection,
    context: &Context,
    edition: &EditionId,
    purpose: Purpose,
) -> Result<polls::Poll, ServiceError> {
    find_poll(tx, context, edition, purpose).await?.ok_or(ServiceError::NotFound("poll"))
}

/// Whether this person has been checked in for the real poll, and so cannot lose the seat as absent any more.
pub(super) async fn is_present(
    tx: &mut Connection,
    context: &Context,
    edition: &EditionId,
    member: &MemberId,
) -> Result<bool, StoreError> {
    let Some(poll) = find_poll(tx, context, edition, Purpose::Real).await? else { return Ok(false) };
    Ok(attendance::list(tx, &context.county, &poll.id).await?.contains_key(member))
}

/// Recognises the second person: another person, with a role that may stand at a desk.
async fn recognise(context: &Context, clerk: &Account, second: Second<'_>) -> Result<Account, ServiceError> {
    if second.name.is_empty() {
        return Err(wrong(
            "请第二人输入自己的登录名和密码。没有作任何更改。",
            "The second person types own name and password. Nothing was changed.",
        ));
    }
    let account = session::recognise(context, second.name, second.password)
        .await
        .map_err(|error| wrong(format!("第二人：{}", error.zh()), format!("Second person: {error}")))?;
    if account.id == clerk.id || account.person == clerk.person {
        return Err(wrong(
            "第二人须是另一个人。没有作任何更改，请由在场的另一人输入自己的登录名和密码。",
            "The second person must be somebody else. Nothing was changed; another person types own name and password.",
        ));
    }
    if !SECOND_ROLES.contains(&account.role) {
        return Err(wrong(
            format!("{}不能作为签到台的第二人。须为签到处、监督员或场务。", account.role.zh()),
            format!(
                "The {} cannot be the second person at a desk. It must be check-in, supervisor or steward.",
                account.role.en()
            ),
        ));
    }
    Ok(account)
}

fn is_at(desk: &Desk, account: &Account) -> bool {
    desk.is_open() && (desk.first == account.id || desk.second == account.id)
}

/// The hash of the list of those present: a line that names the format, the poll, then a line for each person in the
/// order of ids, with the number of exchanged cards after a tabulator.
fn attendance_hash(poll: &PollId, attendance: &Attendance) -> Sha256Hash {
    let mut text = format!("pingyi-attendance/1\n{poll}\n");
    for (member, reissued) in attendance {
        // Writing to memory cannot fail.
        let _ = writeln!(text, "{member}\t{reissued}");
    }
    Sha256Hash::of(text)
}

/// A reason in one line.
fn check_reason(reason: &str) -> Result<&str, ServiceError> {
    const LONGEST: usize = 100;
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > LONGEST || reason.chars().any(char::is_control) {
        return Err(wrong(
            format!("请写明原因：一行，不超过{LONGEST}字。没有作任何更改。"),
            format!("Write the reason: one line of at most {LONGEST} characters. Nothing was changed."),
        ));
    }
    Ok(reason)
}

fn wrong(zh: impl Into<String>, en: impl Into<String>) -> ServiceError {
    ServiceError::input("check_in", zh, en)
}
