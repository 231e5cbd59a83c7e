//! What the pages of every terminal have in common: they belong to this machine's own browser, and every form carries a nonce.

mod guard;
mod nonce;
mod pulse;

pub(crate) use guard::guard;
pub use nonce::Nonce;
pub(crate) use pulse::{PULSE, PULSE_PATH, Pulse};

use appearance::{CACHE_FOR_EVER, find_asset};
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

/// Answers the request for one of these files.
pub(crate) fn asset(assets: &[&appearance::Asset], name: &str) -> Response {
    match find_asset(assets, name) {
        Some(asset) => {
            let headers =
                [(header::CONTENT_TYPE, asset.content_type()), (header::CACHE_CONTROL, CACHE_FOR_EVER)];
            (headers, asset.bytes().to_vec()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
