//! From reviewed nominations to the pool: lists collected on paper are read here, and the pool that is published is made.

mod anchored;
mod list;
mod note;

pub use anchored::{Nominee, anchored_pool, member_ids};
pub use list::{ListedPerson, read_list};
pub use note::{NoteError, note};
