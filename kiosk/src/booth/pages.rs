//! The booth's pages: pure functions from plain values to markup. Nothing here knows of ballots, keys or networks,
//! and no page tells more of a person's choices than that person has to see.
//!
//! | function | view model | shown at |
//! | --- | --- | --- |
//! | [`card_page`] | [`CardPage`], [`CardProblem`] | `GET /`, and the answer of `POST /card` when the card is not taken |
//! | [`office_page`] | [`OfficePage`], [`OfficeWords`] | `GET /office/{position}`, `?from=review` when a row of the review was tapped |
//! | [`group_page`] | [`GroupPage`], [`GroupRow`] | the same, where the rules put several offices on one screen; `?missed=yes` when 下一页 was tapped too early |
//! | [`review_page`] | [`ReviewPage`], [`ReviewSection`], [`ReviewRow`] | `GET /review` |
//! | [`waiting_page`] | [`WaitingPage`] | `GET /done` until the server has acknowledged the ballot; asks again by itself |
//! | [`success_page`] | [`SuccessPage`] | `GET /done` afterwards |
//! | [`refused_page`] | [`RefusedPage`] | `GET /done` when another ballot of the same card is stored |
//! | [`challenge_page`] | [`ChallengePage`], [`ChallengeProblem`] | `GET /challenge`, and the answer of `POST /challenge` when the ballot is not opened |
//! | [`opened_page`] | [`OpenedPage`] | `GET /challenge/opened` until the vote begins anew |
//! | [`opened_before_page`] | | `GET /done` when the ballot had been opened before |
//! | [`void_page`] | [`VoidPage`] | `GET /done` when the card had been declared void |
//! | [`closed_page`] | [`ClosedPage`], [`Closed`] | any page while the poll is not open; asks again by itself |
//! | [`opening_page`] | [`OpeningPage`], [`OpeningProblem`] | `GET /` until the booth is opened, and the answer of `POST /opening` when it is not taken |
//! | [`hand_back_page`] | | `GET /hand-back` while the poll is closing |
//! | [`ended_page`] | [`EndedPage`] | `GET /` once the poll is closed; asks again by itself |
//! | [`deck_page`] | [`DeckPage`] | `GET /test` in a rehearsal, until the whole test deck has been voted |
//! | [`verdict_page`] | [`VerdictPage`] | `GET /test` afterwards; to be printed |
//! | [`problem_page`] | [`ProblemPage`], [`Problem`] | anything else that went wrong |
//!
//! A [`Notice`] speaks of a vote that was interrupted; [`IdleWarning`] says when the warning before the veil comes (`idle.js`).
//!
//! All of them take a [`Look`]: language, text size, contrast, rehearsal or real, and the `session` nonce.
//!
//! Forms (`application/x-www-form-urlencoded`; every one carries `session`):
//!
//! | request | fields |
//! | --- | --- |
//! | `POST /card` | `code`: what was scanned or typed, spaces and dashes as they come |
//! | `POST /office/{position}` | `office`: number of the office; `grade`: index from 0 in the order of the rules; `from`: `review` if the answer is to lead back there, else absent |
//! | `POST /cast` | `tracker`: the one shown on the review page |
//! | `POST /challenge` | `tracker`: the one shown on the review page |
//! | `POST /challenge/anew` | none further |
//! | `POST /opening` | `scanned`: the opening sheet's square code or hash, then the hall key's |
//! | `POST /test` | `code`: of a rehearsal card |
//! | `POST /test/restart` | none further |
//! | `POST /here` | none further: the person is there; answered without a page |
//! | `POST /finish` | none further: forget this person, show the card page in the standard look |
//! | `POST /settings` | `back`: the page to return to, to be checked with [`is_booth_path`]; one of `text_size` (`1` to `4`, see [`TextSize`]), `contrast` (`standard`, `high`), `language` (`zh`, `en`), `voice` (`on`, `off`) |
//!
//! A choice is only ever sent in the body of a POST, so that no URL, log or browser history holds one. Everything
//! works without scripts. `booth.js` adds the short highlight and the keyboard on the screen, and drops double taps;
//! `GET /clips/{language}/{name}` answers a recorded prompt ([`crate::clips`]), never from a cache and never in an order that depends
//! on a choice. `hands.js` takes trembling, rolling and resting fingers and keys; `voice.js` speaks and `camera.js` reads cards where
//! the equipment is there for it. Style sheets, scripts and pictures: [`assets`].
//!
//! Lengths are real millimetres (`--mm` in `booth.css`) once the panel's size is known: [`panel_sheet`].

mod card;
mod challenge;
mod closed;
mod deck;
mod done;
mod ended;
mod frame;
mod group;
mod hand_back;
mod office;
mod opening;
mod problem;
mod review;
mod veil;

use std::sync::LazyLock;

use appearance::{Asset, Language, MARK, STYLE};

use crate::{
    clips::{Clips, Prompt},
    equipment::Pointer,
    pages::PULSE,
};

pub use card::{CardPage, CardProblem, card_page};
pub use challenge::{
    ChallengePage, ChallengeProblem, OpenedPage, challenge_page, opened_before_page, opened_page,
};
pub use closed::{Closed, ClosedPage, closed_page};
pub use deck::{DeckPage, DeckProblem, VerdictPage, deck_page, verdict_page};
pub use done::{
    RefusedPage, SuccessPage, VoidPage, WaitingPage, Waits, refused_page, success_page, void_page,
    waiting_page,
};
pub use ended::{EndedPage, ended_page};
pub use group::{GroupPage, GroupRow, group_page};
pub use hand_back::hand_back_page;
pub use office::{OfficePage, OfficeWords, office_page};
pub use opening::{OpeningPage, OpeningProblem, opening_page};
pub use problem::{Problem, ProblemPage, problem_page};
pub use review::{ReviewPage, ReviewRow, ReviewSection, review_page};
pub use veil::{IdleWarning, Notice};

/// How the pages look and sound to the person in front of them, and what every form must carry.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a wish or a fact of its own")]
pub struct Look<'a> {
    /// Language of the page.
    pub language: Language,
    /// Size of the text.
    pub text_size: TextSize,
    /// Black on white, without soft colours.
    pub high_contrast: bool,
    /// Whether the grades show the digits of a keypad beside them.
    pub key_hints: bool,
    /// Whether this is a rehearsal; a band on every page says so. A fact of the election, not of the server.
    pub rehearsal: bool,
    /// Whether the poll is closing while a person votes; a band on every page says so.
    pub closing: bool,
    /// The county as it calls itself.
    pub county: &'a str,
    /// Nonce of the voting session, sent back by every form; empty while nobody votes.
    pub session: &'a str,
    /// The panel's size, see [`panel_sheet`].
    pub panel: Option<&'a Asset>,
    /// Whether a card may be held before the machine's own camera.
    pub camera: bool,
    /// Whether the tracker can be printed.
    pub receipt_printer: bool,
    /// What is spoken; `None` where no voice is offered.
    pub voice: Option<Spoken>,
    /// Recorded prompts, which are heard in place of the browser's voice.
    pub clips: Option<&'a Clips>,
    /// Whether the mouse pointer is shown.
    pub pointer: Pointer,
    /// What the page says above all else.
    pub notice: Option<Notice>,
    /// When the veil comes over a page that nobody touches; none while nobody votes.
    pub idle: Option<IdleWarning>,
}

/// What is spoken to the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Spoken {
    /// Nothing; the voice can be switched on.
    Nothing,
    /// What the page asks; never what was chosen.
    Prompts,
    /// What was chosen too, because the person asked for the voice.
    Everything,
}

impl Look<'_> {
    /// The URL of a recorded prompt, if the voice is on and there is one in this language.
    fn clip(&self, prompt: Prompt) -> Option<String> {
        self.voice.filter(|voice| *voice != Spoken::Nothing)?;
        self.clips?.url(self.language, prompt)
    }

    /// How the card page greets the next person: Chinese, standard size and contrast.
    #[must_use]
    pub const fn standard() -> Self {
        Self {
            language: Language::Chinese,
            text_size: TextSize::Standard,
            high_contrast: false,
            key_hints: false,
            rehearsal: false,
            closing: false,
            county: "",
            session: "",
            panel: None,
            camera: false,
            receipt_printer: false,
            voice: None,
            clips: None,
            pointer: Pointer::Auto,
            notice: None,
            idle: None,
        }
    }
}

/// The four sizes of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TextSize {
    /// 18 pt.
    Small,
    /// 21 pt.
    #[default]
    Standard,
    /// 25 pt.
    Large,
    /// 30 pt.
    Largest,
}

impl TextSize {
    /// All of them, ascending.
    pub const ALL: [Self; 4] = [Self::Small, Self::Standard, Self::Large, Self::Largest];

    /// The size of that number, 1 to 4, as sent in the field `text_size`.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|size| size.number() == number)
    }

    /// Its number, 1 to 4.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::Small => 1,
            Self::Standard => 2,
            Self::Large => 3,
            Self::Largest => 4,
        }
    }
}

/// Everything the pages refer to by URL, besides the panel's own sheet.
#[must_use]
pub fn assets() -> [&'static Asset; 14] {
    [
        &STYLE,
        &MARK,
        &BOOTH_STYLE,
        &BOOTH_SCRIPT,
        &CHALLENGE_STYLE,
        &HANDS,
        &PULSE,
        &VOICE,
        &CAMERA,
        &VERDICT_STYLE,
        &veil::IDLE_STYLE,
        &veil::IDLE_SCRIPT,
        &group::GROUP_STYLE,
        &group::GROUP_SCRIPT,
    ]
}

/// A style sheet that says how long a millimetre is on this panel, from its visible width in CSS pixels and in
/// millimetres (1080 and 194 for 15.6 inches upright). To be served along with [`assets`].
#[must_use]
pub fn panel_sheet(width_pixels: u16, width_millimetres: u16) -> Asset {
    let sheet = format!(":root {{ --mm: calc({width_pixels}px / {}); }}\n", width_millimetres.max(1));
    Asset::new("panel.css", "text/css; charset=utf-8", sheet.as_bytes())
}

/// Whether a path is one of the pages a change of settings may return to; keeps `back` from leading elsewhere.
#[must_use]
pub fn is_booth_path(path: &str) -> bool {
    match path {
        "/" | "/review" | "/done" | "/hand-back" | "/test" | "/challenge" | "/challenge/opened" => true,
        _ => path
            .strip_prefix("/office/")
            .map(|rest| rest.strip_suffix("?from=review").unwrap_or(rest))
            .is_some_and(|position| position.parse::<u16>().is_ok() && !position.starts_with('+')),
    }
}

/// The path of the page of one office.
pub(super) fn office_path(position: u16, from_review: bool) -> String {
    let query = if from_review { "?from=review" } else { "" };
    format!("/office/{position}{query}")
}

static BOOTH_STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("booth.css", "text/css; charset=utf-8", include_bytes!("assets/booth.css")));

static CHALLENGE_STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("challenge.css", "text/css; charset=utf-8", include_bytes!("assets/challenge.css"))
});

static VERDICT_STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("verdict.css", "text/css; charset=utf-8", include_bytes!("assets/verdict.css"))
});

static BOOTH_SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| script("booth.js", include_bytes!("assets/booth.js")));

static HANDS: LazyLock<Asset> = LazyLock::new(|| script("hands.js", include_bytes!("assets/hands.js")));

static VOICE: LazyLock<Asset> = LazyLock::new(|| script("voice.js", include_bytes!("assets/voice.js")));

static CAMERA: LazyLock<Asset> = LazyLock::new(|| script("camera.js", include_bytes!("assets/camera.js")));

fn script(name: &str, content: &[u8]) -> Asset {
    Asset::new(name, "text/javascript; charset=utf-8", content)
}

#[cfg(test)]
mod tests;
