//! The card officer's terminal: makes the cards, sends the public halves, prints the cards, and forgets the secrets.
//!
//! A card bears a code and its QR picture, and nothing that names, numbers or orders it. The public halves are sent sorted,
//! so that their order says nothing about the order of the prints; every print is in a new random order; and cards are drawn
//! blind at the check-in desk. The secrets live in the memory of this agent and of its browser only: [`Desk`] wipes the
//! former when the prints have been counted, switching the power off ends the latter.

mod desk;
pub mod pages;
mod routes;

use belenios::{
    credential::Credential,
    group::{Group, GroupName, UnknownGroup},
    with_group,
};
use evaluation::wire::{CardCredentials, CardOrder};
use rand::{CryptoRng, seq::SliceRandom};
use zeroize::Zeroizing;

pub use desk::{Complaint, Desk, Lot, Order, Record, Sending, Stage, Witnesses};
pub use routes::router;

/// The cards of one order. Dropping them overwrites the secrets.
#[derive(Debug)]
pub struct Cards {
    order: CardOrder,
    group: GroupName,
    credentials: Vec<Credential>,
}

/// Why cards could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CardsError {
    /// The poll uses a group this release does not know.
    #[error("no card can be made for this poll")]
    Group(#[source] UnknownGroup),
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

    /// The same codes in a fresh random order, for one print.
    pub fn shuffled_codes(&self, rng: &mut impl CryptoRng) -> Vec<Zeroizing<String>> {
        let mut codes: Vec<_> = self.codes().collect();
        codes.shuffle(rng);
        codes
    }

    /// What they were made for.
    #[must_use]
    pub const fn order(&self) -> &CardOrder {
        &self.order
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.credentials.len()
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

    fn sheet(cards: &Cards) -> String {
        let codes = cards.shuffled_codes(&mut ChaCha20Rng::seed_from_u64(2));
        pages::sheet(cards.order(), &codes).into_string()
    }

    #[test]
    fn every_print_has_an_order_of_its_own_and_all_cards() {
        let cards = cards(40);
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        let mut prints: Vec<_> = (0..3).map(|_| cards.shuffled_codes(&mut rng)).collect();
        let made: Vec<_> = cards.codes().collect();
        for (place, print) in prints.iter().enumerate() {
            assert_ne!(*print, made);
            assert!(prints[..place].iter().all(|earlier| earlier != print));
        }
        prints.push(made);
        for print in &mut prints {
            print.sort_unstable_by(|one, other| one.as_str().cmp(other));
        }
        assert!(prints.windows(2).all(|two| two[0] == two[1]));
    }

    #[test]
    fn every_code_on_the_sheet_belongs_to_a_public_half_that_is_sent() {
        for group in GroupName::ALL {
            let order = CardOrder { group: group.to_string(), ..order(23) };
            let cards = Cards::make(order.clone(), &mut ChaCha20Rng::seed_from_u64(1)).unwrap();
            let sheet = sheet(&cards);
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
        let sheet = sheet(&cards);
        let codes = cards.shuffled_codes(&mut ChaCha20Rng::seed_from_u64(2));
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
        assert!(sheet(&cards).contains("演练"));
        assert!(!sheet(&self::cards(1)).contains("演练"));
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
