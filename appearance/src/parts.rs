//! The small parts of a page: pure functions from plain values to markup.

mod alert;
mod bar;
mod field;
mod icon;
mod qr;
mod steps;
mod table;

pub use alert::{Tone, alert};
pub use bar::{Share, bar, legend};
pub use field::{Field, FieldKind};
pub use icon::{grade_icon, tone_icon};
pub use qr::{QrTooLong, qr_svg};
pub use steps::{Step, progress, steps};
pub use table::{Cell, Column, Row, table};
