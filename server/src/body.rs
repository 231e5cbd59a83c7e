//! Reading a request to its end, so that whoever sent too much hears why.

use axum::body::Body;
use futures_util::StreamExt as _;

use crate::error::{AppError, BODY_UNREADABLE};

/// How many times the limit is read and thrown away: who is answered while still sending sees a broken connection in place
/// of the answer.
const DISCARDED: usize = 8;

/// The whole body, at most `largest` bytes.
///
/// # Errors
///
/// `too_large`, or [`BODY_UNREADABLE`] if the connection breaks.
pub async fn read(body: Body, largest: usize, too_large: AppError) -> Result<Vec<u8>, AppError> {
    let (mut chunks, mut bytes, mut size) = (body.into_data_stream(), Vec::new(), 0_usize);
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| BODY_UNREADABLE)?;
        size = size.saturating_add(chunk.len());
        if size <= largest {
            bytes.extend_from_slice(&chunk);
        } else {
            bytes = Vec::new();
        }
        if size > largest.saturating_mul(DISCARDED) {
            break;
        }
    }
    if size > largest { Err(too_large) } else { Ok(bytes) }
}
