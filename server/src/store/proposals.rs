//! Acts that wait, or waited, for a second person.

use jiff::Timestamp;

use super::{
    Connection, StoreError, statements,
    types::{Row, must_change_one, time_text},
};
use crate::domain::{AccountId, Action, CountyId, ProposalId, ProposalState, Role};

/// An act that needs two people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Random id.
    pub id: ProposalId,
    /// What is to be done.
    pub action: Action,
    /// What exactly, as JSON. The second person confirms this text; nobody can change it.
    pub payload: String,
    /// Who proposed it.
    pub proposer: AccountId,
    /// The role in which it was proposed.
    pub proposer_role: Role,
    /// When.
    pub proposed_at: Timestamp,
    /// Where it stands.
    pub state: ProposalState,
    /// Who confirmed it.
    pub confirmer: Option<AccountId>,
    /// When it was confirmed, withdrawn or lapsed.
    pub decided_at: Option<Timestamp>,
}

statements! {
    INSERT = "INSERT INTO proposals (county, id, action, payload, proposer, proposer_role, proposed_at, state)
              VALUES ($1, $2, $3, $4, $5, $6, $7, 'proposed')";
    FIND = "SELECT id, action, payload, proposer, proposer_role, proposed_at, state, confirmer, decided_at
            FROM proposals WHERE county = $1 AND id = $2";
    LIST_OPEN = "SELECT id, action, payload, proposer, proposer_role, proposed_at, state, confirmer, decided_at
                 FROM proposals WHERE county = $1 AND state = 'proposed' ORDER BY proposed_at, id";
    LIST_LATEST = "SELECT id, action, payload, proposer, proposer_role, proposed_at, state, confirmer, decided_at
                   FROM proposals WHERE county = $1 ORDER BY proposed_at DESC, id LIMIT $2";
    DECIDE = "UPDATE proposals SET state = $3, confirmer = $4, decided_at = $5
              WHERE county = $1 AND id = $2 AND state = 'proposed'";
}

/// Adds a proposal, in the state [`ProposalState::Proposed`] whatever `proposal` says.
pub async fn insert(tx: &mut Connection, county: &CountyId, proposal: &Proposal) -> Result<(), StoreError> {
    sqlx::query(INSERT)
        .bind(county.as_str())
        .bind(proposal.id.as_str())
        .bind(proposal.action.as_str())
        .bind(&proposal.payload)
        .bind(proposal.proposer.as_str())
        .bind(proposal.proposer_role.as_str())
        .bind(time_text(proposal.proposed_at))
        .execute(tx)
        .await?;
    Ok(())
}

/// The proposal with this id.
pub async fn find(
    tx: &mut Connection,
    county: &CountyId,
    id: &ProposalId,
) -> Result<Option<Proposal>, StoreError> {
    let row = sqlx::query(FIND).bind(county.as_str()).bind(id.as_str()).fetch_optional(tx).await?;
    row.as_ref().map(|row| read(Row::new("proposals", row))).transpose()
}

/// Proposals that wait, oldest first; some may have lapsed by the clock.
pub async fn list_open(tx: &mut Connection, county: &CountyId) -> Result<Vec<Proposal>, StoreError> {
    let rows = sqlx::query(LIST_OPEN).bind(county.as_str()).fetch_all(tx).await?;
    rows.iter().map(|row| read(Row::new("proposals", row))).collect()
}

/// At most `limit` proposals, newest first.
pub async fn list_latest(
    tx: &mut Connection,
    county: &CountyId,
    limit: u32,
) -> Result<Vec<Proposal>, StoreError> {
    let rows = sqlx::query(LIST_LATEST).bind(county.as_str()).bind(i64::from(limit)).fetch_all(tx).await?;
    rows.iter().map(|row| read(Row::new("proposals", row))).collect()
}

/// Ends a waiting proposal. `confirmer` is given exactly if `state` is [`ProposalState::Confirmed`]. One that does
/// not wait is [`StoreError::RowsAffected`].
pub async fn decide(
    tx: &mut Connection,
    county: &CountyId,
    id: &ProposalId,
    state: ProposalState,
    confirmer: Option<&AccountId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let result = sqlx::query(DECIDE)
        .bind(county.as_str())
        .bind(id.as_str())
        .bind(state.as_str())
        .bind(confirmer.map(AccountId::as_str))
        .bind(time_text(now))
        .execute(tx)
        .await?;
    must_change_one(&result)
}

fn read(row: Row<'_>) -> Result<Proposal, StoreError> {
    Ok(Proposal {
        id: row.parsed("id")?,
        action: row.parsed("action")?,
        payload: row.text("payload")?,
        proposer: row.parsed("proposer")?,
        proposer_role: row.parsed("proposer_role")?,
        proposed_at: row.parsed("proposed_at")?,
        state: row.parsed("state")?,
        confirmer: row.optional_parsed("confirmer")?,
        decided_at: row.optional_parsed("decided_at")?,
    })
}
