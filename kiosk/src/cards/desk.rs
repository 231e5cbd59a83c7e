//! What happens at the card officer's terminal, step by step, in memory only.

use std::{sync::Arc, time::Duration};

use appearance::{Language, Text};
use evaluation::wire::CardOrder;
use tokio::sync::{Mutex, MutexGuard};
use zeroize::Zeroizing;

use super::{Cards, CardsError};
use crate::{
    os_rng,
    pages::Nonce,
    uplink::{Uplink, UplinkError, error_chain},
};

/// How often the public halves are sent, and how long to wait in between.
const ATTEMPTS: u32 = 4;
const PAUSE: Duration = Duration::from_millis(500);

/// The card officer's terminal. Everything is in memory: when the agent ends, unprinted cards are lost, and that is meant.
#[derive(Debug)]
pub struct Desk {
    uplink: Arc<Uplink>,
    nonce: Nonce,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    language: Language,
    stage: Stage,
}

/// How far the cards are.
#[derive(Debug)]
pub enum Stage {
    /// None have been made.
    Waiting,
    /// Their secrets are here.
    Made(Lot),
    /// They have been printed and counted, and the secrets are gone.
    Destroyed(Record),
}

/// Cards whose secrets are here. Dropping it overwrites them.
#[derive(Debug)]
pub struct Lot {
    cards: Cards,
    /// Who is present.
    pub witnesses: Witnesses,
    /// Whether the server has the public halves.
    pub sending: Sending,
    /// How often all cards have been printed.
    pub prints: u32,
    /// Sheets that came out spoiled, over all prints.
    pub spoiled: u32,
    /// Whether the last print had spoiled sheets, so that all must be printed anew.
    pub reprint: bool,
}

/// Whether the server has the public halves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sending {
    /// It has not answered; it may have them or not.
    Unanswered,
    /// It says that it does not take them, and why: Chinese, English.
    Refused {
        /// The sentence for people, Chinese.
        zh: String,
        /// The same in English.
        en: String,
    },
    /// It has them.
    Taken,
}

/// The two people who see the cards made and printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Witnesses {
    /// The card officer.
    pub officer: String,
    /// The second person.
    pub second: String,
}

/// What was done, once the secrets are gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// What the cards are for.
    pub order: CardOrder,
    /// Who was present.
    pub witnesses: Witnesses,
    /// How often all cards were printed.
    pub prints: u32,
    /// Sheets that came out spoiled and were shredded.
    pub spoiled: u32,
}

/// What the server orders.
#[derive(Debug)]
pub enum Order {
    /// Cards to be made.
    Cards(CardOrder),
    /// Nothing at the moment, in the server's words: Chinese, English.
    None {
        /// The sentence for people, Chinese.
        zh: String,
        /// The same in English.
        en: String,
    },
    /// It cannot be asked.
    NoContact,
}

/// What is to be mended in a form before the step is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Complaint {
    /// Two different names are needed.
    Names,
    /// Not everything has been ticked.
    Unticked,
    /// The order is not the one that was shown.
    OrderChanged,
    /// The group of the poll is unknown here.
    Group,
    /// Another number of cards was counted than made.
    Count,
    /// Some sheets are spoiled: everything is printed anew.
    Spoiled,
}

impl Complaint {
    /// What is wrong and how to mend it.
    #[must_use]
    pub const fn words(self) -> Text {
        match self {
            Self::Names => Text::new(
                "请填写在场两个人的姓名，两人不能相同。",
                "Enter the names of the two people present; they must differ.",
            ),
            Self::Unticked => Text::new(
                "还有没勾选的项目。逐项做到以后再勾选。",
                "Something has not been ticked. Do it first, then tick it.",
            ),
            Self::OrderChanged => Text::new(
                "服务器上的数量或投票刚刚变了，还没有制卡。请重新核对下面的内容。",
                "The order has just changed; no card was made. Compare it once more.",
            ),
            Self::Group => Text::new(
                "这次投票用了本机程序不认识的密码算法，不能制卡。请给本机装上与服务器相同的版本。",
                "This poll uses a group that this program does not know. Install the server's version on this terminal.",
            ),
            Self::Count => Text::new(
                "清点的张数与制卡张数不符，秘密还没有销毁。请再数一遍；确实不符，就把全部卡收回碎掉，整批重印。",
                "The cards counted are not as many as were made; nothing was destroyed. Count again; if it stays so, shred all \
                 and print all anew.",
            ),
            Self::Spoiled => Text::new(
                "已记下印坏的页数，秘密还没有销毁。把这一批（好的和坏的）当着两个人全部碎掉，再整批重印。",
                "The spoiled sheets are noted; nothing was destroyed. Shred this whole print, good and bad, before both people, \
                 then print all anew.",
            ),
        }
    }
}

impl Lot {
    /// What the cards are made for.
    #[must_use]
    pub const fn order(&self) -> &CardOrder {
        self.cards.order()
    }

    async fn send(&mut self, uplink: &Uplink) {
        let public = self.cards.public_credentials();
        for attempt in 1..=ATTEMPTS {
            match uplink.send_card_credentials(&public).await {
                Ok(()) => {
                    self.sending = Sending::Taken;
                    return;
                }
                Err(UplinkError::Problem { status: 400..500, problem }) => {
                    self.sending = Sending::Refused { zh: problem.zh, en: problem.en };
                    return;
                }
                Err(error) => tracing::warn!(error = error_chain(&error), "no answer for the cards"),
            }
            if attempt < ATTEMPTS {
                tokio::time::sleep(PAUSE).await;
            }
        }
        self.sending = Sending::Unanswered;
    }
}

impl Desk {
    /// A terminal without cards.
    #[must_use]
    pub fn new(uplink: Arc<Uplink>) -> Self {
        let state = State { language: Language::default(), stage: Stage::Waiting };
        Self { uplink, nonce: Nonce::random(&mut os_rng()), state: Mutex::new(state) }
    }

    /// What every form must carry.
    #[must_use]
    pub const fn nonce(&self) -> &Nonce {
        &self.nonce
    }

    /// What the server orders now.
    pub async fn order(&self) -> Order {
        match self.uplink.card_order().await {
            Ok(order) => Order::Cards(order),
            Err(UplinkError::Problem { problem, .. }) => Order::None { zh: problem.zh, en: problem.en },
            Err(error) => {
                tracing::warn!(error = error_chain(&error), "the order cannot be fetched");
                Order::NoContact
            }
        }
    }

    /// Makes the cards of the order that was shown and sends their public halves. Cards that are here already stay.
    ///
    /// # Errors
    /// [`Complaint`]; then no card was made.
    pub async fn make(
        &self,
        shown: (&str, u32),
        witnesses: Witnesses,
        ticked: bool,
    ) -> Result<(), Complaint> {
        let witnesses = witnesses.checked()?;
        if !ticked {
            return Err(Complaint::Unticked);
        }
        let mut state = self.state.lock().await;
        if !matches!(state.stage, Stage::Waiting) {
            return Ok(());
        }
        let order = match self.order().await {
            Order::Cards(order) if (order.poll.as_str(), order.cards) == shown => order,
            _ => return Err(Complaint::OrderChanged),
        };
        let cards = Cards::make(order, &mut os_rng()).map_err(|CardsError::Group(_)| Complaint::Group)?;
        // Here before it is sent: whatever happens on the way, cards the server knows can be printed.
        state.stage = Stage::Made(Lot {
            cards,
            witnesses,
            sending: Sending::Unanswered,
            prints: 0,
            spoiled: 0,
            reprint: false,
        });
        if let Stage::Made(lot) = &mut state.stage {
            lot.send(&self.uplink).await;
        }
        Ok(())
    }

    /// Sends the public halves once more, if the server has not taken them.
    pub async fn send_again(&self) {
        if let Stage::Made(lot) = &mut self.state.lock().await.stage
            && lot.sending != Sending::Taken
        {
            lot.send(&self.uplink).await;
        }
    }

    /// Wipes cards that the server has refused.
    ///
    /// # Errors
    /// [`Complaint::Unticked`]
    pub async fn discard(&self, ticked: bool) -> Result<(), Complaint> {
        let mut state = self.state.lock().await;
        if let Stage::Made(Lot { sending: Sending::Refused { .. }, .. }) = state.stage {
            if !ticked {
                return Err(Complaint::Unticked);
            }
            state.stage = Stage::Waiting;
        }
        Ok(())
    }

    /// The codes for print number `print`, from 1, in a new random order. All prints but the first are made only once the one
    /// before has been shredded. `None` if this print is not due.
    ///
    /// # Errors
    /// [`Complaint::Unticked`]
    pub async fn print(
        &self,
        print: u32,
        shredded: bool,
    ) -> Result<Option<(CardOrder, Vec<Zeroizing<String>>)>, Complaint> {
        let mut state = self.state.lock().await;
        let Stage::Made(lot) = &mut state.stage else { return Ok(None) };
        if lot.sending != Sending::Taken || print.checked_sub(1) != Some(lot.prints) {
            return Ok(None);
        }
        if print > 1 && !shredded {
            return Err(Complaint::Unticked);
        }
        lot.prints = print;
        lot.reprint = false;
        Ok(Some((lot.cards.order().clone(), lot.cards.shuffled_codes(&mut os_rng()))))
    }

    /// All cards are printed and counted: wipes the secrets, if the numbers are right.
    ///
    /// # Errors
    /// [`Complaint`]; then the secrets are still here.
    pub async fn destroy(&self, counted: u32, spoiled: u32, ticked: bool) -> Result<(), Complaint> {
        let mut state = self.state.lock().await;
        let Stage::Made(lot) = &mut state.stage else { return Ok(()) };
        if lot.prints == 0 || lot.reprint {
            return Ok(());
        }
        if spoiled > 0 {
            lot.spoiled = lot.spoiled.saturating_add(spoiled);
            lot.reprint = true;
            return Err(Complaint::Spoiled);
        }
        if u32::try_from(lot.cards.count()) != Ok(counted) {
            return Err(Complaint::Count);
        }
        if !ticked {
            return Err(Complaint::Unticked);
        }
        let record = Record {
            order: lot.order().clone(),
            witnesses: lot.witnesses.clone(),
            prints: lot.prints,
            spoiled: lot.spoiled,
        };
        // The lot is dropped here, which overwrites the secrets.
        state.stage = Stage::Destroyed(record);
        Ok(())
    }

    /// Shows the pages in this language from now on.
    pub async fn speak(&self, language: Language) {
        self.state.lock().await.language = language;
    }

    /// The language of the pages.
    pub async fn language(&self) -> Language {
        self.state.lock().await.language
    }

    /// How far the cards are, for as long as nothing changes it.
    pub async fn stage(&self) -> impl std::ops::Deref<Target = Stage> + '_ {
        let state: MutexGuard<'_, State> = self.state.lock().await;
        MutexGuard::map(state, |state| &mut state.stage)
    }
}

impl Witnesses {
    /// Two different names, without white space around them.
    fn checked(self) -> Result<Self, Complaint> {
        let trimmed = Self { officer: self.officer.trim().to_owned(), second: self.second.trim().to_owned() };
        let same = trimmed.officer == trimmed.second;
        if same || trimmed.officer.is_empty() || trimmed.second.is_empty() {
            return Err(Complaint::Names);
        }
        Ok(trimmed)
    }
}
