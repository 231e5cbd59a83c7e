//! Who a member of the pool is: name, ID card number, phone, and the anchor that binds an id to one person.
//!
//! None of these types has a `Display`, and their `Debug` never prints them in full: personal data reach a page only by
//! `expose`, and a log not at all.

mod anchor;
mod id_card;
mod name;
mod phone;

pub use anchor::{DrawId, DrawIdError, Salt, SaltFormatError, anchor, anchor_command};
pub use id_card::{IdCardError, IdCardNumber};
pub use name::{NameError, PersonName};
pub use phone::{Phone, PhoneError};

/// Full-width letters, digits and signs as their plain forms; spaces of any kind are left out. People type numbers with
/// the input method they have, and group them as they like.
fn plain(text: &str) -> String {
    let narrow = |character: char| match character {
        '\u{ff01}'..='\u{ff5e}' => {
            u32::from(character).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(character)
        }
        other => other,
    };
    text.chars().filter(|character| !character.is_whitespace()).map(narrow).collect()
}
