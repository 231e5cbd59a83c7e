//! The card officer's pages: pure functions from plain values to markup.
//!
//! | function | shown at |
//! | --- | --- |
//! | [`order_page`] | `GET /` while no cards are made, and the answer of `POST /make` when something is to be mended |
//! | [`sending_page`] | `GET /` while the server has not taken the public halves |
//! | [`printing_page`] | `GET /` until the prints are counted, and the answer of `POST /destroy` when something is to be mended |
//! | [`sheet()`] | the answer of `POST /sheet`: never at an address, so that no history leads to the secrets |
//! | [`destroyed_page`] | `GET /` afterwards |
//!
//! Every form carries `session`, the nonce.

use std::sync::LazyLock;

use appearance::{
    Asset, Language, MARK, Page, STYLE, Text,
    parts::{self, Field, FieldKind, Step, Tone, alert},
};
use evaluation::wire::{CardOrder, Purpose};
use maud::{DOCTYPE, Markup, Render, html};
use zeroize::Zeroizing;

use super::{Complaint, Lot, Order, Record, Sending, Witnesses};
use crate::pages::PULSE;

mod sheet;
mod words;

pub use sheet::sheet;

/// What all pages share.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// The language shown.
    pub language: Language,
    /// The nonce that every form carries.
    pub session: &'a str,
}

/// What was entered on the first page.
#[derive(Clone, Debug, Default)]
pub struct Entered {
    /// The names.
    pub witnesses: Witnesses,
    /// What is to be mended.
    pub complaint: Option<Complaint>,
}

/// Everything the pages refer to by URL.
#[must_use]
pub fn assets() -> [&'static Asset; 5] {
    [&STYLE, &MARK, &CARDS_STYLE, &CARDS_SCRIPT, &PULSE]
}

impl Frame<'_> {
    const fn say(self, words: Text) -> &'static str {
        words.in_language(self.language)
    }

    fn page(self, title: Text, step: usize, purpose: Option<Purpose>, body: &Markup) -> Markup {
        let other = format!("/?lang={}", self.language.other().name());
        let steps = words::STEPS.map(|label| Step { label: self.say(label), url: None });
        Page {
            other_language: Some(&other),
            watermark: (purpose == Some(Purpose::Rehearsal)).then_some(words::REHEARSAL),
            style_sheets: &[&CARDS_STYLE],
            scripts: &[&CARDS_SCRIPT, &PULSE],
            ..Page::new(
                self.say(title),
                self.language,
                html! { h1 { (self.say(title)) } (parts::steps(&steps, step)) (body) },
            )
        }
        .render()
    }

    fn session(self) -> Markup {
        html! { input type="hidden" name="session" value=(self.session); }
    }

    fn tick(self, name: &str, words: Text) -> Markup {
        html! { p class="tick" { label { input type="checkbox" name=(name) value="yes"; " " (self.say(words)) } } }
    }

    fn complaint(self, complaint: Option<Complaint>) -> Markup {
        html! {
            @if let Some(complaint) = complaint {
                (alert(Tone::Warning, self.say(words::NOT_YET), &html! { p { (self.say(complaint.words())) } }))
            }
        }
    }

    fn facts(self, order: &CardOrder) -> Markup {
        let purpose = match order.purpose {
            Purpose::Real => words::REAL,
            Purpose::Rehearsal => words::REHEARSAL,
        };
        html! {
            dl class="facts" {
                dt { (self.say(words::POLL)) } dd { (order.title) }
                dt { (self.say(words::PURPOSE)) } dd { strong { (self.say(purpose)) } }
                dt { (self.say(words::NUMBER)) } dd { strong { (order.cards) } " " (self.say(words::NUMBER_HINT)) }
                dt { (self.say(words::ELECTION)) } dd class="code" { (order.poll) }
            }
        }
    }
}

/// What is to be made, and who is present.
#[must_use]
pub fn order_page(frame: Frame<'_>, order: &Order, entered: &Entered) -> Markup {
    match order {
        Order::Cards(order) => ordered(frame, order, entered),
        Order::None { zh, en } => {
            let words = match frame.language {
                Language::Chinese => zh,
                Language::English => en,
            };
            let body = html! {
                (alert(Tone::Note, words, &html! { p { (frame.say(words::NO_ORDER)) } }))
                h2 { (frame.say(words::RESTARTED)) }
                ul {
                    li { (frame.say(words::RESTARTED_COUNTED)) }
                    li { (frame.say(words::RESTARTED_LOST)) }
                }
                p class="actions" { a class="button" href="/" { (frame.say(words::ASK_AGAIN)) } }
            };
            frame.page(words::NO_ORDER_TITLE, 0, None, &body)
        }
        Order::NoContact => {
            let body = html! {
                (alert(Tone::Warning, frame.say(words::NO_CONTACT), &html! { p { (frame.say(words::NO_CONTACT_NEXT)) } }))
                p class="actions" { a class="button" href="/" { (frame.say(words::ASK_AGAIN)) } }
            };
            frame.page(words::NO_ORDER_TITLE, 0, None, &body)
        }
    }
}

fn ordered(frame: Frame<'_>, order: &CardOrder, entered: &Entered) -> Markup {
    let names = [
        ("officer", words::OFFICER, &entered.witnesses.officer),
        ("second", words::SECOND, &entered.witnesses.second),
    ];
    let body = html! {
        (frame.complaint(entered.complaint))
        (frame.facts(order))
        (alert(Tone::Warning, frame.say(words::POWER), &html! { p { (frame.say(words::POWER_MEANING)) } }))
        form method="post" action="/make" {
            (frame.session())
            input type="hidden" name="poll" value=(order.poll);
            input type="hidden" name="cards" value=(order.cards);
            @for (name, label, value) in names {
                (Field { value, ..Field::new(name, frame.say(label), FieldKind::Line("text")) })
            }
            (frame.tick("printer", words::PRINTER_READY))
            (frame.tick("power", words::POWER_UNDERSTOOD))
            div class="actions" { button class="primary" { (frame.say(words::MAKE)) " (" (order.cards) ")" } }
        }
    };
    frame.page(words::ORDER_TITLE, 0, Some(order.purpose), &body)
}

/// The server has not taken the public halves.
#[must_use]
pub fn sending_page(frame: Frame<'_>, lot: &Lot, complaint: Option<Complaint>) -> Markup {
    let again = html! {
        form method="post" action="/send" class="actions" {
            (frame.session())
            button class="primary" { (frame.say(words::SEND_AGAIN)) }
        }
    };
    let body = match &lot.sending {
        Sending::Refused { zh, en } => html! {
            (frame.complaint(complaint))
            (alert(Tone::Problem, frame.say(words::REFUSED), &html! {
                p { (match frame.language { Language::Chinese => zh, Language::English => en }) }
                p { (frame.say(words::REFUSED_NEXT)) }
            }))
            (frame.facts(lot.order()))
            (again)
            details {
                summary { (frame.say(words::DISCARD)) }
                form method="post" action="/discard" {
                    (frame.session())
                    (frame.tick("sure", words::DISCARD_SURE))
                    div class="actions" { button class="grave" { (frame.say(words::DISCARD)) } }
                }
            }
        },
        Sending::Unanswered | Sending::Taken => html! {
            (alert(Tone::Warning, frame.say(words::UNANSWERED), &html! { p { (frame.say(words::UNANSWERED_NEXT)) } }))
            (frame.facts(lot.order()))
            (again)
        },
    };
    frame.page(words::SENDING_TITLE, 1, Some(lot.order().purpose), &body)
}

/// Print, count, destroy.
#[must_use]
pub fn printing_page(frame: Frame<'_>, lot: &Lot, complaint: Option<Complaint>) -> Markup {
    let order = lot.order();
    let first = lot.prints == 0;
    let body = html! {
        (frame.complaint(complaint))
        (frame.facts(order))
        @if first || lot.reprint {
            (print_form(frame, lot))
        } @else {
            p { (frame.say(words::COUNT_EXPLAIN)) }
            form method="post" action="/destroy" {
                (frame.session())
                (Field { hint: Some(frame.say(words::COUNTED_HINT)), ..Field::new("counted", frame.say(words::COUNTED), FieldKind::Line("number")) })
                (Field { value: "0", hint: Some(frame.say(words::SPOILED_HINT)), ..Field::new("spoiled", frame.say(words::SPOILED), FieldKind::Line("number")) })
                (frame.tick("both", words::BOTH_COUNTED))
                div class="actions" { button class="grave" { (frame.say(words::DESTROY)) } }
            }
            details {
                summary { (frame.say(words::REPRINT)) }
                (print_form(frame, lot))
            }
        }
    };
    let title = if first || lot.reprint { words::PRINT_TITLE } else { words::COUNT_TITLE };
    frame.page(title, if first || lot.reprint { 1 } else { 2 }, Some(order.purpose), &body)
}

fn print_form(frame: Frame<'_>, lot: &Lot) -> Markup {
    let sheets = lot.order().cards.div_ceil(sheet::CARDS_A_SHEET);
    html! {
        p { (frame.say(words::PRINT_EXPLAIN)) " " (frame.say(words::SHEETS)) " " strong { (sheets) } }
        form method="post" action="/sheet" {
            (frame.session())
            input type="hidden" name="print" value=(lot.prints.saturating_add(1));
            @if lot.prints > 0 { (frame.tick("shredded", words::SHREDDED)) }
            div class="actions" { button class="primary" { (frame.say(words::SHOW_SHEETS)) } }
        }
    }
}

/// The secrets are gone.
#[must_use]
pub fn destroyed_page(frame: Frame<'_>, record: &Record) -> Markup {
    let body = html! {
        (alert(Tone::Done, frame.say(words::DESTROYED), &html! { p { (frame.say(words::DESTROYED_MEANING)) } }))
        ol {
            @for next in words::AFTERWARDS { li { (frame.say(next)) } }
        }
        h2 { (frame.say(words::RECORD)) }
        (frame.facts(&record.order))
        dl class="facts" {
            dt { (frame.say(words::PRINTS)) } dd { (record.prints) }
            dt { (frame.say(words::SPOILED)) } dd { (record.spoiled) }
            dt { (frame.say(words::OFFICER)) } dd { (record.witnesses.officer) }
            dt { (frame.say(words::SECOND)) } dd { (record.witnesses.second) }
        }
        p class="signatures" { span { (frame.say(words::SIGNED)) } span { (frame.say(words::SIGNED)) } span { (frame.say(words::DATE)) } }
    };
    frame.page(words::DESTROYED_TITLE, 3, Some(record.order.purpose), &body)
}

static CARDS_STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("cards.css", "text/css; charset=utf-8", include_bytes!("assets/cards.css")));

static CARDS_SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("cards.js", "text/javascript; charset=utf-8", include_bytes!("assets/cards.js"))
});
