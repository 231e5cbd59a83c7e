//! Several offices on one screen, where the rules say so.

use std::sync::LazyLock;

use appearance::parts::grade_icon;
use appearance::{Asset, Language, Text};
use maud::{Markup, html};

use super::frame::{Frame, session};
use super::office::{information, place, shuffled};
use super::{Look, OfficeWords, office_path};
use crate::clips::Prompt;

/// One office of a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupRow<'a> {
    /// The office.
    pub office: OfficeWords<'a>,
    /// Its place on the list, from 1.
    pub position: u16,
    /// The grade already chosen, as an index into [`GroupPage::grades`].
    pub chosen: Option<usize>,
}

/// What the page of several offices shows.
#[derive(Debug, Clone, Copy)]
pub struct GroupPage<'a> {
    /// How the page looks.
    pub look: Look<'a>,
    /// Name of the section.
    pub section: &'a str,
    /// The offices, in this voter's order.
    pub rows: &'a [GroupRow<'a>],
    /// Place on the list of the office whose turn it is: the one keys grade.
    pub current: u16,
    /// Place of the first office in this voter's order, from 1.
    pub place: u16,
    /// How many offices there are.
    pub total: u16,
    /// Where 上一页 leads, by place on the list.
    pub previous: Option<u16>,
    /// Where 下一页 leads, by place on the list; from the last page to the review.
    pub next: Option<u16>,
    /// Whether the page says that the order is this voter's own.
    pub says_shuffled: bool,
    /// Names of the grades, in the order of the rules.
    pub grades: &'a [&'a str],
    /// Whether a row of the review was tapped; then a choice leads straight back there.
    pub from_review: bool,
    /// Whether the person wanted to go on and missed a row.
    pub missed: bool,
}

/// The page on which several offices are graded. Every tap is kept at once; the page stays until the person goes on.
#[must_use]
pub fn group_page(page: &GroupPage<'_>) -> Markup {
    let language = page.look.language;
    let unrated = page.rows.iter().filter(|row| row.chosen.is_none()).count();
    let last = page.place.saturating_add(u16::try_from(page.rows.len().saturating_sub(1)).unwrap_or(0));
    let names: Vec<_> = page.rows.iter().map(|row| row.office.office).collect();
    let body = html! {
        link rel="stylesheet" href=(GROUP_STYLE.url());
        section class="group" data-choices=[page.look.clip(Prompt::Choose)] tabindex="0" aria-label=(OFFICES.in_language(language)) {
            @if page.says_shuffled { (shuffled(language)) }
            p class={ "ask" @if page.missed && unrated > 0 { " missed" } } role=[page.missed.then_some("alert")] {
                @match (page.missed, unrated) {
                    (true, 1..) => (missed(unrated, language)),
                    _ => (ASK.in_language(language)),
                }
            }
            @for row in page.rows { (row_form(row, page)) }
        }
        div class="onward" { (onward(page, unrated)) }
        script src=(GROUP_SCRIPT.url()) defer {}
    };
    Frame {
        here: &office_path(page.current, page.from_review),
        place: Some(place(page.section, (page.place, last), page.total, language)),
        previous: page.previous.map(|position| office_path(position, false)),
        overview: true,
        ..Frame::new(&page.look, &names.join("，"), "group-layout", body)
    }
    .render()
}

fn row_form(row: &GroupRow<'_>, page: &GroupPage<'_>) -> Markup {
    let language = page.look.language;
    let current = row.position == page.current;
    let missed = page.missed && row.chosen.is_none();
    html! {
        form method="post" action={ "/office/" (row.position) } id={ "office-" (row.position) } aria-label=(row.office.office)
            data-clip=[page.look.clip(Prompt::Office(row.office.number))]
            class={ "group-row" @if current { " current" } @if missed { " missed" } } {
            (session(&page.look))
            input type="hidden" name="office" value=(row.office.number);
            @if page.from_review { input type="hidden" name="from" value="review"; }
            h2 {
                span class="office-number" { (row.office.number) }
                span lang="zh-CN" { @if !row.office.unit.is_empty() { span class="row-unit" { (row.office.unit) } " " } span class="row-office" { (row.office.office) } }
                @if missed { span class="row-missed" { (NOT_RATED.in_language(language)) } }
            }
            @if !row.office.scope.is_empty() { p class="row-scope" lang="zh-CN" { (row.office.scope) } }
            (information(&row.office, MORE, language))
            div class="group-grades" {
                @for (index, label) in page.grades.iter().enumerate() {
                    @let chosen = row.chosen == Some(index);
                    button class="grade" name="grade" value=(index) data-number=(index + 1) data-key=[current.then_some(index + 1)]
                        aria-pressed=(if chosen { "true" } else { "false" }) {
                        (grade_icon(index))
                        span class="grade-label" { (label) }
                    }
                }
            }
        }
    }
}

/// The way on: to the next page once every row has a grade, before that to the row that was missed.
fn onward(page: &GroupPage<'_>, unrated: usize) -> Markup {
    let language = page.look.language;
    let (url, label) = match page.next {
        _ if page.from_review => ("/review".to_owned(), BACK),
        Some(next) if unrated == 0 => (office_path(next, false), NEXT),
        None if unrated == 0 => ("/review".to_owned(), TO_REVIEW),
        next => (missed_path(page), if next.is_some() { NEXT } else { TO_REVIEW }),
    };
    html! { a class="button next" href=(url) { (label.in_language(language)) } }
}

/// The same page once more, at the first row without a grade.
fn missed_path(page: &GroupPage<'_>) -> String {
    let row = page.rows.iter().find(|row| row.chosen.is_none());
    let position = row.map_or(page.current, |row| row.position);
    format!("{}?missed=yes#office-{position}", office_path(position, false))
}

fn missed(unrated: usize, language: Language) -> String {
    match (language, unrated) {
        (Language::Chinese, _) => format!("这一页还有 {unrated} 个没有评，评完再到下一页："),
        (Language::English, 1) => {
            "One office on this page is not rated yet; please rate it first:".to_owned()
        }
        (Language::English, _) => {
            format!("{unrated} offices on this page are not rated yet; please rate them first:")
        }
    }
}

pub(super) static GROUP_STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("group.css", "text/css; charset=utf-8", include_bytes!("../assets/group.css"))
});

pub(super) static GROUP_SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("group.js", "text/javascript; charset=utf-8", include_bytes!("../assets/group.js"))
});

const OFFICES: Text = Text::new("本页股室", "Offices on this page");
const ASK: Text = Text::new("请给每个股室点一个档次：", "Please tap one grade for each office:");
const MORE: Text = Text::new("详情", "Details");
const NOT_RATED: Text = Text::new("未评", "Not rated");
const NEXT: Text = Text::new("下一页", "Next page");
const TO_REVIEW: Text = Text::new("查看全部评议", "Look over everything");
const BACK: Text = Text::new("不改，返回", "Back unchanged");
