//! Everything once more, and the one confirm.

use appearance::parts::grade_icon;
use appearance::{Language, Text};
use maud::{Markup, html};

use super::challenge::challenge_link;
use super::frame::{Frame, session};
use super::{Look, office_path};
use crate::clips::Prompt;

/// One office in the review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReviewRow<'a> {
    /// Its place on the list, from 1.
    pub position: u16,
    /// Its number on the list.
    pub number: u16,
    /// The unit it belongs to.
    pub unit: &'a str,
    /// Its name.
    pub office: &'a str,
    /// The grade chosen, as an index into [`ReviewPage::grades`].
    pub grade: Option<usize>,
}

/// One section in the review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReviewSection<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its offices, in the order of the list: whoever looks for one knows its number.
    pub rows: &'a [ReviewRow<'a>],
}

/// What the review shows: exactly what will be encrypted.
#[derive(Debug, Clone, Copy)]
pub struct ReviewPage<'a> {
    /// How the page looks.
    pub look: Look<'a>,
    /// The sections, in order.
    pub sections: &'a [ReviewSection<'a>],
    /// Names of the grades, in the order of the rules.
    pub grades: &'a [&'a str],
    /// The office last looked at, where 上一项 leads.
    pub last_seen: u16,
    /// Tracker of the encrypted ballot, once there is one. 提交 appears when there is one and nothing is unrated.
    pub tracker: Option<&'a str>,
    /// Whether that ballot can be opened to check the booth.
    pub can_be_opened: bool,
}

/// The page on which a person looks everything over and submits.
///
/// 提交 stands at the top, beside the line that says how many are rated: on the pages of the offices nothing at all
/// can be pressed there.
#[must_use]
pub fn review_page(page: &ReviewPage<'_>) -> Markup {
    let language = page.look.language;
    let rows = || page.sections.iter().flat_map(|section| section.rows);
    let unrated = rows().filter(|row| row.grade.is_none()).count();
    let first_unrated = rows().find(|row| row.grade.is_none());
    let body = html! {
        section class="verdict" { (verdict(page, unrated)) }
        section class="rows" tabindex="0" aria-label=(LIST.in_language(language)) {
            @if unrated > 0 {
                details class="unrated" open {
                    summary { (UNRATED.in_language(language)) span class="count" { (unrated) } }
                    ul { @for row in rows().filter(|row| row.grade.is_none()) { (line(row, page)) } }
                }
            }
            @for section in page.sections { (section_list(section, page)) }
            // Apart from 提交, and where on the pages of the offices nothing leads on.
            @if page.can_be_opened { (challenge_link(&page.look)) }
        }
        div class="onward" {
            @if let Some(row) = first_unrated {
                a class="button next" href=(office_path(row.position, false)) { (CONTINUE.in_language(language)) }
            }
        }
    };
    Frame {
        prompt: Some(if unrated == 0 { Prompt::Complete } else { Prompt::Incomplete }),
        here: "/review",
        place: Some(html! { span class="section-name" { (TITLE.in_language(language)) } }),
        previous: Some(office_path(page.last_seen, false)),
        overview: true,
        ..Frame::new(&page.look, TITLE.in_language(language), "review-layout", body)
    }
    .render()
}

fn verdict(page: &ReviewPage<'_>, unrated: usize) -> Markup {
    let language = page.look.language;
    html! {
        h1 role="status" {
            @match (unrated, language) {
                (0, _) => (ALL_RATED.in_language(language)),
                (_, Language::Chinese) => { "还有 " (unrated) " 个股室未评" },
                (1, Language::English) => "1 office is not rated yet",
                (_, Language::English) => { (unrated) " offices are not rated yet" },
            }
        }
        @match page.tracker {
            Some(tracker) if unrated == 0 => {
                form method="post" action="/cast" {
                    (session(&page.look))
                    input type="hidden" name="tracker" value=(tracker);
                    button class="primary cast" { (CAST.in_language(language)) }
                }
                p class="cast-note" { (CAST_NOTE.in_language(language)) }
                p class="tracker-line" { (TRACKER.in_language(language)) " " span class="code" { (tracker) } }
            }
            _ if unrated == 0 => p class="cast-note" { (PREPARING.in_language(language)) },
            _ => p class="cast-note" { (INCOMPLETE_NOTE.in_language(language)) },
        }
    }
}

fn section_list(section: &ReviewSection<'_>, page: &ReviewPage<'_>) -> Markup {
    let rated = section.rows.iter().filter(|row| row.grade.is_some()).count();
    html! {
        details {
            summary { (section.name) span class="count" { (rated) " / " (section.rows.len()) } }
            ul { @for row in section.rows { (line(row, page)) } }
        }
    }
}

fn line(row: &ReviewRow<'_>, page: &ReviewPage<'_>) -> Markup {
    let language = page.look.language;
    html! {
        li {
            a href=(office_path(row.position, true)) data-clip=[page.look.clip(Prompt::Office(row.number))] {
                span class="row-number" { (row.number) }
                span class="row-name" lang="zh-CN" {
                    @if !row.unit.is_empty() { span class="row-unit" { (row.unit) } " " }
                    (row.office)
                }
                @match row.grade.and_then(|grade| page.grades.get(grade).map(|label| (grade, label))) {
                    Some((grade, label)) => span class="row-grade" data-grade=(grade) { (grade_icon(grade)) (label) },
                    None => span class="row-grade missing" { (NOT_RATED.in_language(language)) },
                }
            }
        }
    }
}

const TITLE: Text = Text::new("查看全部", "Everything at a glance");
const LIST: Text = Text::new("全部股室", "All offices");
const UNRATED: Text = Text::new("还没有评的", "Not rated yet");
const ALL_RATED: Text = Text::new("全部已评", "All rated");
const NOT_RATED: Text = Text::new("未评", "Unrated");
const CAST: Text = Text::new("提交", "Submit");
const CAST_NOTE: Text = Text::new(
    "提交以后不能再改。要改哪一个，先点下面的那一行。",
    "After this nothing can be changed. To change one, tap its row below first.",
);
const INCOMPLETE_NOTE: Text =
    Text::new("全部评完以后，这里可以提交。", "Once all are rated, you can submit here.");
const PREPARING: Text = Text::new("正在封存您的票，请稍候。", "Your ballot is being sealed, one moment.");
const TRACKER: Text = Text::new("回执码", "Tracker");
const CONTINUE: Text = Text::new("继续评议", "Go on rating");
