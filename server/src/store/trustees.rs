//! The trustees of a poll: their keys, signatures and partial decryptions.

use super::{
    Connection, StoreError, statements,
    types::{Row, must_change_one},
};
use crate::domain::{CountyId, PollId};

/// A trustee of a poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trustee {
    /// From 1.
    pub position: u32,
    /// The person's name.
    pub name: String,
    /// First message of the key ceremony (JSON), once delivered.
    pub certificate: Option<String>,
    /// Second message of the key ceremony (JSON), once delivered.
    pub contribution: Option<String>,
    /// Public key with proof (JSON), once delivered.
    pub public_key: Option<String>,
    /// Signature of the closing statement, once delivered.
    pub closing_signature: Option<String>,
}

/// What a trustee delivers to open the product of all ballots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartialDecryption {
    /// The trustee's position.
    pub position: u32,
    /// JSON, byte for byte.
    pub payload: String,
}

statements! {
    INSERT = "INSERT INTO trustee_keys (county, poll, position, name) VALUES ($1, $2, $3, $4)";
    LIST = "SELECT position, name, certificate, contribution, public_key, closing_signature FROM trustee_keys
            WHERE county = $1 AND poll = $2 ORDER BY position";
    SET_CERTIFICATE = "UPDATE trustee_keys SET certificate = $4
                       WHERE county = $1 AND poll = $2 AND position = $3 AND certificate IS NULL";
    SET_CONTRIBUTION = "UPDATE trustee_keys SET contribution = $4
                        WHERE county = $1 AND poll = $2 AND position = $3 AND contribution IS NULL";
    SET_PUBLIC_KEY = "UPDATE trustee_keys SET public_key = $4
                      WHERE county = $1 AND poll = $2 AND position = $3 AND public_key IS NULL";
    CLEAR_KEYS = "UPDATE trustee_keys SET certificate = NULL, contribution = NULL, public_key = NULL
                  WHERE county = $1 AND poll = $2";
    SET_CLOSING_SIGNATURE = "UPDATE trustee_keys SET closing_signature = $4
                             WHERE county = $1 AND poll = $2 AND position = $3 AND closing_signature IS NULL";
    INSERT_DECRYPTION = "INSERT INTO partial_decryptions (county, poll, position, payload) VALUES ($1, $2, $3, $4)";
    LIST_DECRYPTIONS = "SELECT position, payload FROM partial_decryptions
                        WHERE county = $1 AND poll = $2 ORDER BY position";
}

/// Names the trustee at a position.
pub async fn insert(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    position: u32,
    name: &str,
) -> Result<(), StoreError> {
    sqlx::query(INSERT)
        .bind(county.as_str())
        .bind(poll.as_str())
        .bind(i64::from(position))
        .bind(name)
        .execute(tx)
        .await?;
    Ok(())
}

/// All trustees, by position.
pub async fn list(tx: &mut Connection, county: &CountyId, poll: &PollId) -> Result<Vec<Trustee>, StoreError> {
    let rows = sqlx::query(LIST).bind(county.as_str()).bind(poll.as_str()).fetch_all(tx).await?;
    rows.iter()
        .map(|row| {
            let row = Row::new("trustee_keys", row);
            Ok(Trustee {
                position: row.number("position")?,
                name: row.text("name")?,
                certificate: row.optional_text("certificate")?,
                contribution: row.optional_text("contribution")?,
                public_key: row.optional_text("public_key")?,
                closing_signature: row.optional_text("closing_signature")?,
            })
        })
        .collect()
}

/// Stores a certificate, once. A second one, or one for no trustee, is [`StoreError::RowsAffected`].
pub async fn set_certificate(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    position: u32,
    certificate: &str,
) -> Result<(), StoreError> {
    set(tx, SET_CERTIFICATE, county, poll, position, certificate).await
}

/// Stores a contribution, once.
pub async fn set_contribution(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    position: u32,
    contribution: &str,
) -> Result<(), StoreError> {
    set(tx, SET_CONTRIBUTION, county, poll, position, contribution).await
}

/// Stores a public key, once. A second one, or one for no trustee, is [`StoreError::RowsAffected`].
pub async fn set_public_key(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    position: u32,
    public_key: &str,
) -> Result<(), StoreError> {
    set(tx, SET_PUBLIC_KEY, county, poll, position, public_key).await
}

/// Forgets certificates, contributions and public keys of all trustees.
pub async fn clear_keys(tx: &mut Connection, county: &CountyId, poll: &PollId) -> Result<(), StoreError> {
    sqlx::query(CLEAR_KEYS).bind(county.as_str()).bind(poll.as_str()).execute(tx).await?;
    Ok(())
}

/// Stores a signature of the closing statement, once.
pub async fn set_closing_signature(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    position: u32,
    signature: &str,
) -> Result<(), StoreError> {
    set(tx, SET_CLOSING_SIGNATURE, county, poll, position, signature).await
}

/// Stores a partial decryption. A second one of the same trustee is [`StoreError::UniqueViolation`].
pub async fn insert_decryption(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    position: u32,
    payload: &str,
) -> Result<(), StoreError> {
    sqlx::query(INSERT_DECRYPTION)
        .bind(county.as_str())
        .bind(poll.as_str())
        .bind(i64::from(position))
        .bind(payload)
        .execute(tx)
        .await?;
    Ok(())
}

/// All partial decryptions, by position.
pub async fn list_decryptions(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
) -> Result<Vec<PartialDecryption>, StoreError> {
    let rows = sqlx::query(LIST_DECRYPTIONS).bind(county.as_str()).bind(poll.as_str()).fetch_all(tx).await?;
    rows.iter()
        .map(|row| {
            let row = Row::new("partial_decryptions", row);
            Ok(PartialDecryption { position: row.number("position")?, payload: row.text("payload")? })
        })
        .collect()
}

async fn set(
    tx: &mut Connection,
    statement: &'static str,
    county: &CountyId,
    poll: &PollId,
    position: u32,
    text: &str,
) -> Result<(), StoreError> {
    let result = sqlx::query(statement)
        .bind(county.as_str())
        .bind(poll.as_str())
        .bind(i64::from(position))
        .bind(text)
        .execute(tx)
        .await?;
    must_change_one(&result)
}
