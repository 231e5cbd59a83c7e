//! The card officer's terminal: makes the cards, prints them, sends the public halves, and forgets the secrets.
//!
//! A card bears a code and its QR picture, and nothing that names, numbers or orders it. The public halves are sent sorted,
//! so that their order says nothing about the order of the prints; and cards are drawn blind at the check-in desk.

mod sheet;

use std::{io, path::Path};

use belenios::{
    credential::Credential,
    group::{Group, GroupName, UnknownGroup},
    with_group,
};
use evaluation::wire::{CardCredentials, CardOrder};
use rand::CryptoRng;
use zeroize::Zeroizing;

use crate::{
    private_file,
    uplink::{Uplink, UplinkError},
};

/// The cards of one order. Dropping them overwrites the secrets.
#[derive(Debug)]
pub struct Cards {
    order: CardOrder,
    group: GroupName,
    credentials: Vec<Credential>,
}

/// How often the public halves are sent, and how long to wait in between.
const ATTEMPTS: u32 = 4;
const PAUSE: std::time::Duration = std::time::Duration::from_millis(500);

/// Why cards could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CardsError {
    /// The poll uses a group this release does not know.
    #[error("no card can be made for this poll")]
    Group(#[source] UnknownGroup),
    /// The sheet cannot be written; one that is there already is never overwritten.
    #[error("the sheet of cards cannot be written")]
    Sheet(#[source] io::Error),
    /// A code is too long for a QR picture.
    #[error("a code cannot be drawn as a QR picture")]
    Picture,
    /// Whether the server took the public halves is not known. Keep the sheet, and look at the console: if the cards are
    /// registered there, it is the valid one.
    #[error(
        "the server has not answered for the cards; keep the sheet and look whether the console shows them"
    )]
    Unanswered(#[source] UplinkError),
    /// The order cannot be fetched, or the public halves are not accepted. No card was kept.
    #[error("the server did not take part")]
    Uplink(#[source] UplinkError),
}

impl Cards {
    /// Makes the cards of an order.
    ///
    /// # Errors
    /// [`CardsError::Group`]
    pub fn make(order: CardOrder, rng: &mut impl CryptoRng) -> Result<Self, CardsError> {
        let group = order.group.parse().map_err(CardsError::Group)?;
        let credentials = (0..order.cards).map(|_| Credential::generate(rng)).collect();
        Ok(Self { order, group, credentials })
    }

    /// The public halves, sorted.
    #[must_use]
    pub fn public_credentials(&self) -> CardCredentials {
        let mut public_credentials = with_group!(self.group, G => self.public_halves::<G>());
        public_credentials.sort_unstable();
        CardCredentials { public_credentials }
    }

    fn public_halves<G: Group>(&self) -> Vec<String> {
        let public = |credential: &Credential| G::encode(credential.derive::<G>(&self.order.poll).public());
        self.credentials.iter().map(public).collect()
    }

    /// The codes on the cards. They are the secrets: whoever has one can vote with it.
    pub fn codes(&self) -> impl Iterator<Item = Zeroizing<String>> {
        self.credentials.iter().map(Credential::card_code)
    }

    /// The sheets to print: an HTML page of A4 sheets with cut marks.
    ///
    /// # Errors
    /// [`CardsError::Picture`]
    pub fn to_sheet(&self) -> Result<Zeroizing<String>, CardsError> {
        sheet::sheet(&self.order, self.codes())
    }
}

/// Fetches the order, makes the cards, writes the sheet to a file readable by nobody else, and sends the public halves. The
/// file is to be printed once and destroyed.
///
/// A lost answer says nothing about whether the cards were taken, so they are sent again a few times. Only if the server
/// says that it does not take them is the sheet removed.
///
/// # Errors
/// [`CardsError`]; after [`CardsError::Unanswered`] the sheet is still there and may be the valid one.
pub async fn make(uplink: &Uplink, sheet: &Path, rng: &mut impl CryptoRng) -> Result<usize, CardsError> {
    let order = uplink.card_order().await.map_err(CardsError::Uplink)?;
    let cards = Cards::make(order, rng)?;
    // First the sheet: cards the server knows and nobody can print would be lost.
    private_file::write_new(sheet, cards.to_sheet()?.as_bytes()).map_err(CardsError::Sheet)?;
    let public = cards.public_credentials();
    let mut sent = uplink.send_card_credentials(&public).await;
    for _ in 1..ATTEMPTS {
        match &sent {
            Err(error) if !error.is_refusal() => {
                tokio::time::sleep(PAUSE).await;
                sent = uplink.send_card_credentials(&public).await;
            }
            _ => break,
        }
    }
    match sent {
        Ok(()) => Ok(cards.credentials.len()),
        Err(error) if error.is_refusal() => {
            std::fs::remove_file(sheet).map_err(CardsError::Sheet)?;
            Err(CardsError::Uplink(error))
        }
        Err(error) => Err(CardsError::Unanswered(error)),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use evaluation::wire::Purpose;
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

    use super::*;

    fn order(cards: u32) -> CardOrder {
        CardOrder {
            poll: "1r7xvBB2ZoyrxA".parse().unwrap(),
            group: "Ed25519".into(),
            title: "宁晋县 2020 年度「阳光股室」评议".into(),
            purpose: Purpose::Real,
            cards,
        }
    }

    fn cards(count: u32) -> Cards {
        Cards::make(order(count), &mut ChaCha20Rng::seed_from_u64(1)).unwrap()
    }

    #[test]
    fn every_code_on_the_sheet_belongs_to_a_public_half_that_is_sent() {
        for group in GroupName::ALL {
            let order = CardOrder { group: group.to_string(), ..order(23) };
            let cards = Cards::make(order.clone(), &mut ChaCha20Rng::seed_from_u64(1)).unwrap();
            let sheet = cards.to_sheet().unwrap();
            let public = |code: Zeroizing<String>| {
                let credential = Credential::parse_card_code(&code).unwrap();
                with_group!(group, G => G::encode(credential.derive::<G>(&order.poll).public()))
            };
            let mut public: Vec<_> =
                cards.codes().inspect(|code| assert!(sheet.contains(code.as_str()))).map(public).collect();
            public.sort_unstable();
            assert_eq!(public, cards.public_credentials().public_credentials);
            assert_eq!(public.iter().collect::<HashSet<_>>().len(), 23);
        }
    }

    #[test]
    fn a_card_bears_nothing_that_could_order_it() {
        let cards = cards(3);
        let sheet = cards.to_sheet().unwrap();
        let codes: Vec<_> = cards.codes().collect();
        let blank = |index: usize| -> String {
            let article = sheet.split("<article").nth(index + 1).unwrap().split("</article>").next().unwrap();
            let drawing = article.find("<svg").unwrap()..article.find("</svg>").unwrap();
            let mut article = article.to_owned();
            article.replace_range(drawing, "");
            article.replace(codes[index].as_str(), "")
        };
        assert_eq!(blank(0), blank(1));
        assert_eq!(blank(1), blank(2));
    }

    #[test]
    fn cards_of_a_rehearsal_say_so() {
        let rehearsal = CardOrder { purpose: Purpose::Rehearsal, ..order(1) };
        let cards = Cards::make(rehearsal, &mut ChaCha20Rng::seed_from_u64(1)).unwrap();
        assert!(cards.to_sheet().unwrap().contains("演练"));
        assert!(!self::cards(1).to_sheet().unwrap().contains("演练"));
    }

    #[test]
    fn an_unknown_group_is_refused() {
        let unknown = CardOrder { group: "P-256".into(), ..order(1) };
        let made = Cards::make(unknown, &mut ChaCha20Rng::seed_from_u64(1));
        assert!(matches!(made, Err(CardsError::Group(_))));
    }

    #[test]
    fn debug_output_shows_no_code() {
        let cards = cards(1);
        let code = cards.codes().next().unwrap();
        assert!(!format!("{cards:?}").contains(&code[..5]));
    }
}
