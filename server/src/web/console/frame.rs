//! The frame of every page of the console: navigation by role, who is signed in, success messages.

use std::mem::discriminant;

use appearance::parts::{Tone, alert};
use appearance::{Link, Page, Text};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, Render as _, html};

use super::CONSOLE_STYLE;
use super::done::Done;
use crate::app::App;
use crate::domain::{Permission, Purpose};
use crate::web::form::Complaint;
use crate::web::session::Operator;

/// The main places of the console. A page of the poll, of the desk or of the acts cannot be made without saying whose poll it
/// shows or acts on; `None` where it is no poll's, or that of both kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Edition,
    Offices,
    Pool,
    Draw,
    Poll(Option<Purpose>),
    CheckIn(Option<Purpose>),
    Sanctions,
    Acts(Option<Purpose>),
    Terminals,
    Accounts,
    Log,
}

const PLACES: [Place; 11] = [
    Place::Edition,
    Place::Offices,
    Place::Pool,
    Place::Draw,
    Place::Poll(None),
    Place::CheckIn(None),
    Place::Sanctions,
    Place::Acts(None),
    Place::Terminals,
    Place::Accounts,
    Place::Log,
];

/// Over every page about a rehearsal.
pub(super) const REHEARSAL: Text = Text::new("演练，不作数", "Rehearsal: does not count");

/// What a page is made of.
#[derive(Debug)]
pub(super) struct Content<'a> {
    pub(super) place: Place,
    pub(super) title: &'a str,
    /// Path of the page itself, also when it is shown in answer to a form.
    pub(super) path: &'a str,
    pub(super) body: Markup,
    /// The way back, above the title.
    pub(super) back: Option<Markup>,
    /// What is wrong with the form that was sent.
    pub(super) complaint: Option<&'a Complaint>,
    /// Ask again after so many seconds.
    pub(super) refresh_seconds: Option<u16>,
}

impl<'a> Content<'a> {
    pub(super) fn new(place: Place, title: &'a str, path: &'a str, body: Markup) -> Self {
        Self { place, title, path, body, back: None, complaint: None, refresh_seconds: None }
    }
}

/// The page.
#[expect(clippy::needless_pass_by_value, reason = "the content belongs to the page that is made of it")]
pub(super) fn show(app: &App, operator: &Operator, content: Content<'_>) -> Response {
    let language = operator.language.language;
    let labels = links(operator);
    let navigation: Vec<_> = labels
        .iter()
        .map(|(place, label, url)| Link { label, url, current: place.is_where(content.place) })
        .collect();
    let other = format!("{}?lang={}", content.path, language.other().name());
    let done = operator.done.as_deref().and_then(Done::find).filter(|_| content.complaint.is_none());
    let body = html! {
        @if let Some(done) = done { (alert(Tone::Done, done.text().in_language(language), &html! {})) }
        @if let Some(back) = &content.back { (back) }
        h1 { (content.title) }
        @if let Some(complaint) = content.complaint { (complaint.markup()) }
        (content.body)
    };
    let page = Page {
        county: &app.county_name,
        home: "/console",
        navigation: &navigation,
        other_language: Some(&other),
        account: Some(account(operator)),
        style_sheets: &[&CONSOLE_STYLE],
        refresh_seconds: content.refresh_seconds,
        watermark: content.place.is_rehearsal().then_some(REHEARSAL),
        footer: Some(html! { p { a href="/" { (operator.say("公开网站", "Public site")) } } }),
        ..Page::new(content.title, language, body)
    };
    let status = content.complaint.map_or(StatusCode::OK, Complaint::status);
    (status, page.render()).into_response()
}

/// Where this operator may go.
fn links(operator: &Operator) -> Vec<(Place, String, String)> {
    let year = operator.surroundings.year;
    let mut links = Vec::new();
    for place in PLACES.into_iter().filter(|place| operator.may(place.permission())) {
        let (zh, en, path) = place.words();
        let label = match (place, operator.surroundings.waiting) {
            (Place::Acts(_), 1..) => format!("{}（{}）", operator.say(zh, en), operator.surroundings.waiting),
            _ => operator.say(zh, en).to_owned(),
        };
        match (place.is_of_year(), year) {
            (true, Some(year)) => links.push((place, label, format!("/console/{year}{path}"))),
            (true, None) if place == Place::Edition => links.push((place, label, "/console".to_owned())),
            (true, None) => {}
            (false, _) => links.push((place, label, format!("/console{path}"))),
        }
    }
    links
}

fn account(operator: &Operator) -> Markup {
    html! {
        span class="account" {
            (operator.account.person) " · " (operator.say(operator.account.role.zh(), operator.account.role.en()))
        }
        form method="post" action="/console/sign-out" {
            button { (operator.say("退出", "Sign out")) }
        }
    }
}

impl Place {
    /// Whether both stand at the same link of the navigation.
    fn is_where(self, other: Self) -> bool {
        discriminant(&self) == discriminant(&other)
    }

    /// Whether what is shown belongs to a rehearsal, which a band over the page says.
    const fn is_rehearsal(self) -> bool {
        matches!(
            self,
            Self::Poll(Some(Purpose::Rehearsal))
                | Self::CheckIn(Some(Purpose::Rehearsal))
                | Self::Acts(Some(Purpose::Rehearsal))
        )
    }

    const fn permission(self) -> Permission {
        match self {
            Self::Edition | Self::Offices | Self::Draw | Self::Sanctions => Permission::ViewEdition,
            Self::Pool => Permission::ViewPool,
            Self::CheckIn(_) => Permission::ViewSeatNames,
            Self::Poll(_) => Permission::ViewTurnout,
            Self::Acts(_) => Permission::TakePartInActs,
            Self::Terminals => Permission::ManageTerminals,
            Self::Accounts => Permission::ManageAccounts,
            Self::Log => Permission::ViewLog,
        }
    }

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Edition => ("概况", "Overview", ""),
            Self::Offices => ("股室", "Offices", "/offices"),
            Self::Pool => ("人员库", "Pool", "/pool"),
            Self::Draw => ("抽取", "Draw", "/draw"),
            Self::Poll(_) => ("投票", "Poll", "/poll"),
            Self::CheckIn(_) => ("签到", "Check-in", "/check-in"),
            Self::Sanctions => ("处理", "Sanctions", "/sanctions"),
            Self::Acts(_) => ("待确认", "Waiting", "/acts"),
            Self::Terminals => ("终端", "Terminals", "/terminals"),
            Self::Accounts => ("账号", "Accounts", "/accounts"),
            Self::Log => ("日志", "Log", "/log"),
        }
    }

    const fn is_of_year(self) -> bool {
        matches!(
            self,
            Self::Edition
                | Self::Offices
                | Self::Pool
                | Self::Draw
                | Self::Poll(_)
                | Self::CheckIn(_)
                | Self::Sanctions
        )
    }
}
