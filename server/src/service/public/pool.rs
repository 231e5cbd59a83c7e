//! The locked pool, as everybody may read it.

use evaluation::hash::Sha256Hash;
use evaluation::pool::Pool;
use jiff::Timestamp;

use super::{Context, ServiceError, Year, latest_year};
use crate::service::nomination::find_open;
use crate::store::pool;

/// The pool of a year.
#[derive(Clone, Debug)]
pub enum PublicPool {
    /// Not locked; `open` if nominations are taken now.
    NotLocked {
        /// Whether the public form is open.
        open: bool,
    },
    /// Final.
    Locked {
        /// Everybody, as published.
        pool: Pool,
        /// SHA-256 of the file.
        hash: Sha256Hash,
        /// The draw id inside the anchors; a ready-made pool has none.
        draw_id: Option<String>,
        /// When.
        locked_at: Timestamp,
    },
}

/// The pool of the latest year.
pub async fn find(context: &Context) -> Result<Option<(Year, PublicPool)>, ServiceError> {
    let mut tx = context.db.read().await?;
    let Some(year) = latest_year(&mut tx, context).await? else { return Ok(None) };
    let lock = pool::find_lock(&mut tx, &context.county, &year.edition.id).await?;
    drop(tx);
    let Some(lock) = lock else {
        let open = find_open(context).await?.is_some();
        return Ok(Some((year, PublicPool::NotLocked { open })));
    };
    let pool =
        Pool::from_tsv(lock.pool.as_bytes()).map_err(|error| ServiceError::contradiction(error.en()))?;
    let hash = Sha256Hash::of(&lock.pool);
    let public = PublicPool::Locked { pool, hash, draw_id: lock.draw_id, locked_at: lock.locked_at };
    Ok(Some((year, public)))
}

/// `pool.tsv`, byte for byte as it was locked.
///
/// # Errors
/// [`ServiceError::NotFound`] while the pool is not locked.
pub async fn file(context: &Context) -> Result<Vec<u8>, ServiceError> {
    let mut tx = context.db.read().await?;
    let year = latest_year(&mut tx, context).await?.ok_or(ServiceError::NotFound("file"))?;
    let lock = pool::find_lock(&mut tx, &context.county, &year.edition.id).await?;
    Ok(lock.ok_or(ServiceError::NotFound("file"))?.pool.into_bytes())
}
