//! The public draw, `public-draw/1` or `public-draw/2`: 100 representatives from the pool, so that anyone can run it again and nobody can
//! steer it (mission rule 4, draw specification).
//!
//! 1. [`announce`]: pool, numbers, quotas and parties are fixed and hashed, before any randomness exists.
//! 2. [`ceremony`]: commitments, dice, reveals, a public value. Its [`CompleteTranscript`] is hashed to the [`Seed`].
//! 3. [`conduct`]: one SHA-256 per person is the ticket; the lowest tickets of each half are drawn, within the quotas. With
//!    further quotas ([`further`]) this is tried with one seed after the other until they are met ([`retry`]).
//! 4. [`replace`]: who is called when somebody cannot come.
//! 5. [`verify`]: computes all of this again from the published files.
//!
//! Every file is a small text file and every hash can be checked with `sha256sum`; see [`canon`].
//!
//! ```
//! use evaluation::{
//!     draw::{Announcement, Commitments, Outcome, Secret, Terms, commitment, conduct},
//!     pool::{Half, PerHalf, Pool},
//! };
//!
//! let pool = Pool::import("id,half,category\nP1,A,外地客商\nP2,A,外地客商\nP3,B,农民\n".as_bytes())?;
//! let announcement = Announcement::new(Terms {
//!     draw_id: "2020".to_owned(),
//!     pool_sha256: pool.hash(),
//!     take: PerHalf { a: 1, b: 1 },
//!     quotas: vec![],
//!     further_quotas: None,
//!     dice_digits: 3,
//!     public_source: None,
//!     min_reveals: 2,
//!     parties: vec!["纪委监委".to_owned(), "人大代表".to_owned()],
//! })?;
//! announcement.terms().check_feasible(&pool)?;
//!
//! let secrets = [Secret::parse(&"0f".repeat(32))?, Secret::parse(&"1e".repeat(32))?];
//! let mut commitments = Commitments::open(&announcement);
//! for (secret, party) in secrets.iter().zip(1..) {
//!     commitments.record(party, commitment(announcement.hash(), party, secret))?;
//! }
//! let mut reveals = commitments.close()?.type_dice("314", "314")?;
//! for (secret, party) in secrets.into_iter().zip(1..) {
//!     reveals.reveal(party, secret)?;
//! }
//! let Outcome::Opened(opened) = reveals.close()? else { panic!("the draw is void") };
//! let result = conduct(&pool, &announcement, &opened.complete(None)?)?;
//! assert_eq!(result.selected(Half::A).count(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod announce;
pub mod canon;
pub mod ceremony;
pub mod chances;
pub mod feasible;
pub mod further;
pub mod quota;
pub mod replace;
pub mod retry;
pub mod secret;
pub mod seed;
pub mod select;
mod tries;
pub mod verify;

pub use announce::{AnnounceError, Announcement, Quota, Terms};
pub use canon::Version;
pub use ceremony::{CeremonyError, Closed, Commitments, Opened, Outcome, Refused, Reveals, VoidTranscript};
pub use feasible::{Conflict, Feasibility, feasibility};
pub use further::{FeatureQuota, FurtherQuotaError, FurtherQuotas};
pub use quota::Infeasible;
pub use replace::{Absences, ReplaceError, Replacement, Replacements, Seating};
pub use retry::Retry;
pub use secret::{Secret, commitment};
pub use seed::{CompleteTranscript, Seed, SeedError};
pub use select::{DrawError, DrawResult, Ranked, Status, conduct, conduct_with_progress, ticket};
pub use verify::{Facts, Finding, Report, verify_folder};
