//! The publication, written and judged: an honest one is accepted, and nothing in it can be changed unnoticed, not even
//! by an insider who holds the key that signs it.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "publication/archive.rs"]
mod archive;
#[path = "publication/bytes.rs"]
mod bytes;
#[path = "publication/day.rs"]
mod day;
#[path = "publication/forms.rs"]
mod forms;
#[path = "publication/honest.rs"]
mod honest;
#[path = "publication/insider.rs"]
mod insider;
#[path = "publication/plan.rs"]
mod plan;
#[path = "publication/tar.rs"]
mod tar;
