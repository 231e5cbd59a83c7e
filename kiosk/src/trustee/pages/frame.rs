//! What surrounds every page of a trustee's terminal.

use std::sync::LazyLock;

use appearance::{
    Asset, Language, Page, Text,
    parts::{Step, Tone, alert, steps},
};
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use evaluation::wire::{Purpose, TrusteeAssignment};
use maud::{Markup, Render as _, html};

use super::{Desk, words::Words};
use crate::pages::PULSE;

/// The style of these pages, on top of the common one.
pub(super) static TRUSTEE_STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("trustee.css", "text/css; charset=utf-8", include_bytes!("../assets/trustee.css"))
});

/// Comforts; every page works without them.
pub(super) static TRUSTEE_SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("trustee.js", "text/javascript; charset=utf-8", include_bytes!("../assets/trustee.js"))
});

/// A page that waits looks again after so many seconds.
const REFRESH_SECONDS: u16 = 3;

/// A page to be filled.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) language: Language,
    pub(super) nonce: String,
    /// Path of this very page.
    pub(super) here: &'static str,
    /// Why the last form was not taken.
    pub(super) problem: Option<Words>,
    /// Ask again by itself.
    pub(super) refresh: bool,
    rehearsal: bool,
    who: String,
}

impl Frame {
    pub(super) fn new(desk: &Desk, here: &'static str) -> Self {
        Self {
            language: desk.language,
            nonce: desk.nonce.as_str().to_owned(),
            here,
            problem: None,
            refresh: false,
            rehearsal: false,
            who: String::new(),
        }
    }

    /// Whose terminal it is, in which poll.
    pub(super) fn assigned(&mut self, assignment: &TrusteeAssignment) {
        let TrusteeAssignment { position, trustees, name, title, .. } = assignment;
        self.rehearsal = assignment.purpose == Purpose::Rehearsal;
        self.who = match self.language {
            Language::Chinese => format!("{name} · 第 {position} 位监票人，共 {trustees} 位 · {title}"),
            Language::English => format!("{name} · trustee {position} of {trustees} · {title}"),
        };
    }

    pub(super) fn who(&self) -> &str {
        &self.who
    }

    pub(super) const fn say(&self, text: Text) -> &'static str {
        text.in_language(self.language)
    }

    /// The hidden field that every form carries.
    pub(super) fn session(&self) -> Markup {
        html! { input type="hidden" name="session" value=(self.nonce); }
    }

    /// A form of one button.
    pub(super) fn button(&self, action: &str, class: &str, label: Text) -> Markup {
        html! {
            form method="post" action=(action) { (self.session()) button class=(class) { (self.say(label)) } }
        }
    }

    /// A page of the wizard at this step, from 0.
    pub(super) fn step(&self, step: usize, title: Text, body: &Markup) -> Response {
        let labels = STEPS.map(|label| Step { label: self.say(label), url: None });
        let body = html! {
            p class="who" { (self.who) }
            (steps(&labels, step))
            h1 { (self.say(title)) }
            (body)
        };
        self.answer(StatusCode::OK, self.say(title), &body)
    }

    /// A page outside the wizard.
    pub(super) fn page(&self, title: Text, body: &Markup) -> Response {
        let body = html! { p class="who" { (self.who) } h1 { (self.say(title)) } (body) };
        self.answer(StatusCode::OK, self.say(title), &body)
    }

    pub(super) fn answer(&self, status: StatusCode, title: &str, body: &Markup) -> Response {
        let body = html! {
            div class="trustee" {
                @if let Some(problem) = &self.problem { (problem.alert(self.language)) }
                (body)
            }
        };
        let page = Page {
            other_language: Some(match self.language {
                Language::Chinese => "?lang=en",
                Language::English => "?lang=zh",
            }),
            watermark: self.rehearsal.then_some(REHEARSAL),
            account: (self.here != "/").then(|| html! { a href="/" { (self.say(HOME)) } }),
            style_sheets: &[&TRUSTEE_STYLE],
            scripts: &[&TRUSTEE_SCRIPT, &PULSE],
            refresh_seconds: self.refresh.then_some(REFRESH_SECONDS),
            ..Page::new(title, self.language, body)
        };
        (status, page.render()).into_response()
    }

    /// Something worth knowing, in a frame.
    pub(super) fn note(&self, tone: Tone, headline: Text, text: Text) -> Markup {
        alert(tone, self.say(headline), &html! { p { (self.say(text)) } })
    }

    /// Whether the page is of a rehearsal, for what is printed.
    pub(super) fn rehearsal_mark(&self) -> Markup {
        html! { @if self.rehearsal { p class="sheet-rehearsal" { (REHEARSAL) } } }
    }
}

/// A code as people read it aloud: big, in groups.
pub(super) fn groups<T: AsRef<str>>(groups: impl IntoIterator<Item = T>) -> Markup {
    html! {
        p class="code-groups" { @for group in groups { span { (group.as_ref()) } " " } }
    }
}

const STEPS: [Text; 5] = [
    Text::new("设口令", "Passphrase"),
    Text::new("恢复单", "Recovery sheet"),
    Text::new("一起制作", "Make it together"),
    Text::new("当众核对", "Compare aloud"),
    Text::new("试用", "Try it out"),
];
const REHEARSAL: Text = Text::new("演练，不是正式投票", "Rehearsal, not the real poll");
const HOME: Text = Text::new("返回首页", "Back to the start");
