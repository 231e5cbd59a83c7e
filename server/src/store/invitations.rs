//! Invitations to choose an own password; hashes only.

use jiff::Timestamp;

use super::{
    Connection, StoreError, statements,
    types::{Row, must_change_one, time_text},
};
use crate::domain::{AccountId, CountyId, ProposalId};

/// An invitation that was not used yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Whom it invites.
    pub account: AccountId,
    /// What two people agreed on; whoever proposed it fetches the other half of the code.
    pub proposal: ProposalId,
    /// The hash of the half that the confirmer was shown, as of a password.
    pub confirmer_hash: String,
    /// The hash of the half that the proposer was shown; `None` until it was fetched.
    pub proposer_hash: Option<String>,
    /// From then on it is good for nothing.
    pub lapses_at: Timestamp,
}

statements! {
    REPLACE = "INSERT INTO invitations (county, account, proposal, confirmer_hash, proposer_hash, lapses_at)
               VALUES ($1, $2, $3, $4, $5, $6)
               ON CONFLICT (county, account) DO UPDATE
               SET proposal = excluded.proposal, confirmer_hash = excluded.confirmer_hash,
                   proposer_hash = excluded.proposer_hash, lapses_at = excluded.lapses_at";
    FIND = "SELECT account, proposal, confirmer_hash, proposer_hash, lapses_at FROM invitations
            WHERE county = $1 AND account = $2";
    FIND_BY_PROPOSAL = "SELECT account, proposal, confirmer_hash, proposer_hash, lapses_at FROM invitations
                        WHERE county = $1 AND proposal = $2";
    SET_PROPOSER_HASH = "UPDATE invitations SET proposer_hash = $3
                         WHERE county = $1 AND proposal = $2 AND proposer_hash IS NULL";
    DELETE = "DELETE FROM invitations WHERE county = $1 AND account = $2 AND proposal = $3";
}

/// Gives an account an invitation in place of any earlier one.
pub async fn replace(
    tx: &mut Connection,
    county: &CountyId,
    invitation: &Invitation,
) -> Result<(), StoreError> {
    sqlx::query(REPLACE)
        .bind(county.as_str())
        .bind(invitation.account.as_str())
        .bind(invitation.proposal.as_str())
        .bind(&invitation.confirmer_hash)
        .bind(invitation.proposer_hash.as_deref())
        .bind(time_text(invitation.lapses_at))
        .execute(tx)
        .await?;
    Ok(())
}

/// The invitation of an account.
pub async fn find(
    tx: &mut Connection,
    county: &CountyId,
    account: &AccountId,
) -> Result<Option<Invitation>, StoreError> {
    let row = sqlx::query(FIND).bind(county.as_str()).bind(account.as_str()).fetch_optional(tx).await?;
    row.as_ref().map(|row| read(Row::new("invitations", row))).transpose()
}

/// The invitation that this proposal gave, unless it was used or replaced.
pub async fn find_by_proposal(
    tx: &mut Connection,
    county: &CountyId,
    proposal: &ProposalId,
) -> Result<Option<Invitation>, StoreError> {
    let query = sqlx::query(FIND_BY_PROPOSAL).bind(county.as_str()).bind(proposal.as_str());
    query.fetch_optional(tx).await?.as_ref().map(|row| read(Row::new("invitations", row))).transpose()
}

/// Keeps the hash of the proposer's half. If there is one already it is [`StoreError::RowsAffected`].
pub async fn set_proposer_hash(
    tx: &mut Connection,
    county: &CountyId,
    proposal: &ProposalId,
    hash: &str,
) -> Result<(), StoreError> {
    let query = sqlx::query(SET_PROPOSER_HASH).bind(county.as_str()).bind(proposal.as_str());
    must_change_one(&query.bind(hash).execute(tx).await?)
}

/// Removes an invitation once it is used. One that is gone or was replaced is [`StoreError::RowsAffected`].
pub async fn delete(
    tx: &mut Connection,
    county: &CountyId,
    invitation: &Invitation,
) -> Result<(), StoreError> {
    let query = sqlx::query(DELETE).bind(county.as_str()).bind(invitation.account.as_str());
    must_change_one(&query.bind(invitation.proposal.as_str()).execute(tx).await?)
}

fn read(row: Row<'_>) -> Result<Invitation, StoreError> {
    Ok(Invitation {
        account: row.parsed("account")?,
        proposal: row.parsed("proposal")?,
        confirmer_hash: row.text("confirmer_hash")?,
        proposer_hash: row.optional_text("proposer_hash")?,
        lapses_at: row.parsed("lapses_at")?,
    })
}
