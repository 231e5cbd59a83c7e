//! One office, four grades.

use appearance::parts::grade_icon;
use appearance::{Language, Text};
use maud::{Markup, html};

use super::frame::{Frame, session};
use super::{Look, office_path};
use crate::clips::Prompt;

/// An office as the voter sees it; all in the words of `offices.csv`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfficeWords<'a> {
    /// Its number on the list.
    pub number: u16,
    /// The unit it belongs to; empty if the office stands for itself.
    pub unit: &'a str,
    /// Its name.
    pub office: &'a str,
    /// What is evaluated, where the list narrows it down; otherwise empty.
    pub scope: &'a str,
    /// Its written statement, at most 400 characters.
    pub statement: Option<&'a str>,
    /// Its duties.
    pub duties: Option<&'a str>,
    /// What it promises.
    pub commitment: Option<&'a str>,
    /// What the public said.
    pub opinions: Option<&'a str>,
}

/// What the page of one office shows.
#[derive(Debug, Clone, Copy)]
pub struct OfficePage<'a> {
    /// How the page looks.
    pub look: Look<'a>,
    /// Name of the section.
    pub section: &'a str,
    /// The office.
    pub office: OfficeWords<'a>,
    /// Its place on the list, from 1: what the page is called by.
    pub position: u16,
    /// Its place in this voter's order, from 1.
    pub place: u16,
    /// How many offices there are.
    pub total: u16,
    /// Where 上一项 leads, by place on the list.
    pub previous: Option<u16>,
    /// Where 下一项 leads, by place on the list; from the last office to the review.
    pub next: Option<u16>,
    /// Whether the page says that the order is this voter's own.
    pub says_shuffled: bool,
    /// Names of the grades, in the order of the rules.
    pub grades: &'a [&'a str],
    /// The grade already chosen, as an index into `grades`.
    pub chosen: Option<usize>,
    /// Whether a row of the review was tapped; then a choice leads straight back there.
    pub from_review: bool,
}

/// The page on which one office is graded. A tap on a grade is all that is needed.
#[must_use]
pub fn office_page(page: &OfficePage<'_>) -> Markup {
    let language = page.look.language;
    let here = office_path(page.position, page.from_review);
    let title = format!("{} {}", page.office.unit, page.office.office);
    let body = html! {
        section class="what" tabindex="0" aria-label=(OFFICE.in_language(language)) {
            (words(page))
            @if page.says_shuffled { (shuffled(language)) }
        }
        section class="grades" data-choices=[page.look.clip(Prompt::Choose)] aria-label=(QUESTION.in_language(language)) {
            p class="ask" { (ASK.in_language(language)) }
            (grades(page))
            div class="onward" { (onward(page)) }
        }
    };
    Frame {
        here: &here,
        place: Some(place(page.section, (page.place, page.place), page.total, page.look.language)),
        previous: page.previous.map(|position| office_path(position, false)),
        overview: true,
        ..Frame::new(&page.look, &title, "office-layout", body)
    }
    .render()
}

/// Where in the list we are: section, and the first and last place on the screen.
pub(super) fn place(section: &str, (first, last): (u16, u16), total: u16, language: Language) -> Markup {
    let range = if first == last { first.to_string() } else { format!("{first}–{last}") };
    html! {
        span class="section-name" { (section) }
        span class="count" {
            @match language {
                Language::Chinese => { "第 " b { (range) } " / " (total) " 项" },
                Language::English => { b { (range) } " of " (total) },
            }
        }
        progress value=(last) max=(total) aria-hidden="true" {}
    }
}

fn words(page: &OfficePage<'_>) -> Markup {
    let (office, language) = (&page.office, page.look.language);
    html! {
        h1 data-clip=[page.look.clip(Prompt::Office(office.number))] {
            span class="unit" {
                span lang="zh-CN" { (office.unit) } " "
                span class="office-number" { (NUMBER.in_language(language)) " " (office.number) } " "
            }
            span class="office" lang="zh-CN" { (office.office) }
        }
        @if !office.scope.is_empty() { p class="scope" lang="zh-CN" { (SCOPE.in_language(language)) (office.scope) } }
        (information(office, MORE, language))
    }
}

/// What is public of an office, one tap away; nothing where there is nothing.
pub(super) fn information(office: &OfficeWords<'_>, label: Text, language: Language) -> Markup {
    let more = [
        (STATEMENT, office.statement),
        (DUTIES, office.duties),
        (COMMITMENT, office.commitment),
        (OPINIONS, office.opinions),
    ];
    html! {
        @if more.iter().any(|(_, text)| text.is_some()) {
            details class="more" {
                summary { (label.in_language(language)) }
                @for (name, text) in more {
                    @if let Some(text) = text {
                        h2 { (name.in_language(language)) }
                        @for line in text.lines() { p lang="zh-CN" { (line) } }
                    }
                }
            }
        }
    }
}

fn grades(page: &OfficePage<'_>) -> Markup {
    html! {
        form method="post" action={ "/office/" (page.position) } class="grade-form" data-highlight {
            (session(&page.look))
            input type="hidden" name="office" value=(page.office.number);
            @if page.from_review { input type="hidden" name="from" value="review"; }
            @for (index, label) in page.grades.iter().enumerate() {
                @let chosen = page.chosen == Some(index);
                button class="grade" name="grade" value=(index) data-key=(index + 1) aria-pressed=(if chosen { "true" } else { "false" }) {
                    (grade_icon(index))
                    span class="grade-label" { (label) }
                    @if chosen { span class="chosen" { span { (CHOSEN.in_language(page.look.language)) } } }
                    @else if page.look.key_hints { kbd aria-hidden="true" { (index + 1) } }
                }
            }
        }
    }
}

/// The way on without a change, once a grade is chosen; its place stays empty until then.
fn onward(page: &OfficePage<'_>) -> Markup {
    let language = page.look.language;
    let (url, label) = if page.from_review {
        ("/review".to_owned(), BACK)
    } else if page.chosen.is_none() {
        return html! {};
    } else {
        match page.next {
            Some(next) => (office_path(next, false), NEXT),
            None => ("/review".to_owned(), TO_REVIEW),
        }
    };
    html! { a class="button next" href=(url) { (label.in_language(language)) } }
}

/// Says openly that this voter meets the offices in an order of their own.
pub(super) fn shuffled(language: Language) -> Markup {
    html! { p class="shuffled" { (SHUFFLED.in_language(language)) } }
}

const SHUFFLED: Text = Text::new(
    "各股室的先后每张票都不同，由机器随机排列，编号不变。",
    "Every ballot has the offices of a section in a random order of its own; their numbers stay.",
);
const OFFICE: Text = Text::new("被评股室", "The office");
const QUESTION: Text = Text::new("您的评议", "Your grade");
const ASK: Text = Text::new("请点一个档次：", "Please tap one grade:");
const SCOPE: Text = Text::new("评议内容：", "About: ");
const NUMBER: Text = Text::new("编号", "No.");
const MORE: Text = Text::new("看详细情况", "Details");
const STATEMENT: Text = Text::new("述职", "Statement");
const DUTIES: Text = Text::new("职责", "Duties");
const COMMITMENT: Text = Text::new("承诺", "Commitment");
const OPINIONS: Text = Text::new("群众意见摘要", "What the public said");
const CHOSEN: Text = Text::new("已选", "Chosen");
const NEXT: Text = Text::new("下一项", "Next");
const TO_REVIEW: Text = Text::new("查看全部评议", "Look over everything");
const BACK: Text = Text::new("不改，返回", "Back unchanged");
