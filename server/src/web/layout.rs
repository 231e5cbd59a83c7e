//! The frame of the public pages: navigation, county, footer; and how they write days, times and sizes.

use std::convert::Infallible;

use appearance::{Asset, Language, Link, Page, Text};
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use evaluation::rules::Label;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{TimeZone, offset};
use maud::{Markup, Render as _, html};

use crate::app::App;
use crate::web::assets::SITE_STYLE;
use crate::web::language::PageLanguage;

/// The main places of the public site, in the order of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The edition at a glance.
    Home,
    /// The rated offices.
    Offices,
    /// The pool that the representatives are drawn from.
    Pool,
    /// The draw of the representatives.
    Draw,
    /// The ranking.
    Ranking,
    /// Persons, cards and ballots.
    Reconciliation,
    /// Files to take home.
    Downloads,
    /// How to check everything.
    Verify,
}

impl Place {
    const ALL: [Self; 8] = [
        Self::Home,
        Self::Offices,
        Self::Pool,
        Self::Draw,
        Self::Ranking,
        Self::Reconciliation,
        Self::Downloads,
        Self::Verify,
    ];

    /// The path of the place.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Home => "/",
            Self::Offices => "/offices",
            Self::Pool => "/pool",
            Self::Draw => "/draw",
            Self::Ranking => "/ranking",
            Self::Reconciliation => "/reconciliation",
            Self::Downloads => "/downloads",
            Self::Verify => "/verify",
        }
    }

    const fn name(self) -> Text {
        match self {
            Self::Home => Text::new("首页", "Home"),
            Self::Offices => Text::new("股室", "Offices"),
            Self::Pool => Text::new("代表库", "Pool"),
            Self::Draw => Text::new("抽取", "Draw"),
            Self::Ranking => Text::new("排名", "Ranking"),
            Self::Reconciliation => Text::new("对账", "Counts"),
            Self::Downloads => Text::new("下载", "Downloads"),
            Self::Verify => Text::new("验证", "Verify"),
        }
    }
}

/// What surrounds a public page, and the language it speaks. An extractor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The language shown.
    pub language: Language,
    /// Address of the page in the other language.
    pub other: String,
    /// The county's name.
    pub county: String,
}

impl<S: Sync> FromRequestParts<S> for Frame
where
    App: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let PageLanguage { language, other } = PageLanguage::of(&parts.uri, &parts.headers);
        Ok(Self { language, other, county: App::from_ref(state).county_name })
    }
}

impl Frame {
    /// The same frame under the county's name in the language of the page.
    #[must_use]
    pub fn in_county(self, county: &Label) -> Self {
        Self { county: self.label(county).to_owned(), ..self }
    }

    /// A phrase in the language of the page.
    #[must_use]
    pub const fn say(&self, zh: &'static str, en: &'static str) -> &'static str {
        Text::new(zh, en).in_language(self.language)
    }

    /// A label of the rules in the language of the page.
    #[must_use]
    pub fn label<'a>(&self, label: &'a Label) -> &'a str {
        match self.language {
            Language::Chinese => &label.zh,
            Language::English => &label.en,
        }
    }

    /// The first text on a Chinese page, the second on an English one.
    #[must_use]
    pub fn pick(&self, zh: String, en: String) -> String {
        match self.language {
            Language::Chinese => zh,
            Language::English => en,
        }
    }

    /// From the first to the last day: 12月11日至15日.
    #[must_use]
    pub fn days(&self, first: Date, last: Date) -> String {
        let (month, day) = (last.month(), last.day());
        if first == last {
            return self.pick(format!("{month}月{day}日"), format!("{day} {}", month_name(month)));
        }
        let same = first.month() == month;
        let zh = if same { String::new() } else { format!("{month}月") };
        let en = if same { String::new() } else { format!(" {}", month_name(first.month())) };
        self.pick(
            format!("{}月{}日至{zh}{day}日", first.month(), first.day()),
            format!("{}{en} – {day} {}", first.day(), month_name(month)),
        )
    }

    /// A minute in China: 2020年12月11日 09:00.
    #[must_use]
    pub fn minute(&self, time: Timestamp) -> String {
        let time = time.to_zoned_datetime(TimeZone::fixed(offset(8))).datetime();
        let (date, hour, minute) = (time.date(), time.hour(), time.minute());
        self.pick(
            format!("{}年{}月{}日 {hour:02}:{minute:02}", date.year(), date.month(), date.day()),
            format!("{} {} {}, {hour:02}:{minute:02}", date.day(), month_name(date.month()), date.year()),
        )
    }

    /// The whole page.
    #[must_use]
    pub fn page(&self, place: Option<Place>, title: &str, body: Markup) -> Markup {
        self.page_with_scripts(place, title, body, &[])
    }

    /// The whole page, with scripts that are loaded after it.
    #[must_use]
    pub fn page_with_scripts(
        &self,
        place: Option<Place>,
        title: &str,
        body: Markup,
        scripts: &[&Asset],
    ) -> Markup {
        let navigation = Place::ALL.map(|other| Link {
            label: other.name().in_language(self.language),
            url: other.path(),
            current: place == Some(other),
        });
        let page = Page {
            county: &self.county,
            navigation: &navigation,
            other_language: Some(&self.other),
            style_sheets: &[&SITE_STYLE],
            scripts,
            footer: Some(self.footer()),
            ..Page::new(title, self.language, body)
        };
        page.render()
    }

    fn footer(&self) -> Markup {
        html! {
            p class="no-print" {
                a href="/verify" { (self.say("人人可以验证", "Anybody can verify")) } " · "
                a href="/console" rel="nofollow" { (self.say("工作人员登录", "Staff sign-in")) }
            }
        }
    }
}

/// How large a file is, in the largest unit that leaves a whole number, with one decimal above bytes: 1.5 MB.
#[must_use]
pub fn file_size(bytes: u64) -> String {
    let tenths = |unit: u64| {
        let tenths = bytes.saturating_mul(10).saturating_add(unit / 2) / unit;
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", tenths(1_000)),
        _ => format!("{} MB", tenths(1_000_000)),
    }
}

const fn month_name(month: i8) -> &'static str {
    match month {
        1 => "January",
        2 => "February",
        3 => "March",
        4 => "April",
        5 => "May",
        6 => "June",
        7 => "July",
        8 => "August",
        9 => "September",
        10 => "October",
        11 => "November",
        _ => "December",
    }
}

/// Frames for tests of pages.
#[cfg(test)]
pub(in crate::web) mod tests {
    use super::*;

    /// A frame as the extractor makes it.
    pub(in crate::web) fn frame(language: Language) -> Frame {
        Frame {
            language, other: format!("/?lang={}", language.other().name()), county: "宁晋县".to_owned()
        }
    }

    #[test]
    fn days_are_written_as_short_as_they_can_be() {
        let date = |text: &str| text.parse().unwrap();
        let (zh, en) = (frame(Language::Chinese), frame(Language::English));
        let (first, last) = (date("2020-12-11"), date("2020-12-15"));
        assert_eq!(
            (zh.days(first, last), en.days(first, last)),
            ("12月11日至15日".into(), "11 – 15 December".into())
        );
        let first = date("2020-05-15");
        assert_eq!(zh.days(first, last), "5月15日至12月15日");
        assert_eq!(en.days(first, last), "15 May – 15 December");
        assert_eq!(zh.days(first, first), "5月15日");
    }

    #[test]
    fn times_are_those_of_china() {
        let time = "2020-12-11T16:05:00Z".parse().unwrap();
        assert_eq!(frame(Language::Chinese).minute(time), "2020年12月12日 00:05");
    }

    #[test]
    fn sizes_have_one_decimal() {
        assert_eq!([999, 1_000, 17_449_999].map(file_size), ["999 B", "1.0 kB", "17.4 MB"]);
    }

    #[test]
    fn every_page_leads_to_every_place_and_to_the_other_language() {
        let page = frame(Language::English).page(Some(Place::Draw), "Draw", html! {}).into_string();
        for place in Place::ALL {
            assert!(page.contains(&format!("href=\"{}\"", place.path())));
        }
        assert!(page.contains(r#"<a href="/draw" aria-current="page">Draw</a>"#));
        assert!(page.contains(r#"hreflang="zh-CN">中文</a>"#));
    }
}
