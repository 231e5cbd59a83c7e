//! What every page of the project shares: the style sheet, the page skeleton, text in two languages and the small
//! parts (fields, alerts, bars, tables, QR pictures) that pages are put together from.
//!
//! * [`Text`] and [`Language`]: everything a person reads is written in Chinese and English; a page shows one of
//!   them, Chinese first, and [`Page`] offers the other a click away. Notices show both.
//! * [`Page`]: the skeleton of the public site and the console. The booth has its own, on the same tokens.
//! * [`parts`]: pure functions from plain values to markup.
//! * [`Asset`]: style sheets, scripts and pictures, each at a URL that names the SHA-256 of its content, so that a
//!   server and a booth serve them by one handler each and browsers may keep them for ever.
//!
//! No page needs a script, an inline style or anything from another site; [`CONTENT_SECURITY_POLICY`] says so to
//! the browser.
//!
//! Colours are the custom properties of `style/tokens.css`. Tests there compute the contrast of every pair that is
//! used together (WCAG 2.2, success criteria 1.4.3 and 1.4.11). Grades have no red-to-green scale: four unordered
//! colours, and a shape and a pattern each, so that colour is never the only cue.

#![forbid(unsafe_code)]

mod asset;
mod page;
pub mod parts;
mod text;
#[cfg(test)]
mod tokens;

pub use asset::{ASSET_PATH, Asset, CACHE_FOR_EVER, CONTENT_SECURITY_POLICY, MARK, STYLE, find_asset};
pub use page::{Link, Page, brand_mark, watermark};
pub use text::{Language, Text};
