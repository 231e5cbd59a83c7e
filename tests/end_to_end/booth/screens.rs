//! Every screen of the booth, from its view model, with the longest texts that occur.

mod checks;
mod offices;
mod outcomes;
mod staff;

use anyhow::Result;
use appearance::Text;
use kiosk::booth::pages::{
    CardPage, CardProblem, IdleWarning, Look, Notice, OfficePage, ReviewPage, ReviewRow, ReviewSection,
    Spoken, card_page, office_page, review_page,
};
use maud::Markup;

/// One screen: a page, and what is pressed on it before it is looked at.
pub(crate) struct Screen {
    pub(crate) name: &'static str,
    pub(crate) page: String,
    pub(crate) pressed: &'static [&'static str],
}

const POLL: Text = Text::new("2020 年度“阳光股室”评议", "Evaluation of the sunlit offices, 2020");
const TRACKER: &str = "3yVq8K1abcXr0PqLwZt5HnMB7sEoYdCgUfJ2iR4k9T6";
const SECTIONS: [Text; 2] =
    [Text::new("政府部门", "Government section"), Text::new("垂直管理部门", "Vertical section")];
const SETTINGS: &[&str] = &[".panel:nth-of-type(1) > summary"];
const HELP: &[&str] = &[".panel:nth-of-type(2) > summary"];
const KEYBOARD: &[&str] = &[".keyboard-toggle"];
const SECTION: &[&str] = &[".rows details:not([open]) > summary"];

/// The longest names on the list of 2020.
const UNICOM: ReviewRow<'static> = ReviewRow {
    position: 1,
    number: 62,
    unit: "中国联合网络通信有限公司宁晋县分公司",
    office: "凤凰路营业厅",
    grade: Some(1),
};
const WATER: ReviewRow<'static> = ReviewRow {
    position: 2,
    number: 10,
    unit: "水务局",
    office: "水利工程建设管理与河湖管理运行股",
    grade: Some(3),
};

/// All of them, in this look.
pub(crate) fn screens(look: Look<'_>) -> Result<Vec<Screen>> {
    let mut screens = Vec::new();
    cards(look, &mut screens);
    offices::one(look, &mut screens);
    offices::several(look, &mut screens);
    interruptions(look, &mut screens);
    reviews(look, &mut screens);
    checks::checks(look, &mut screens);
    outcomes::outcomes(look, &mut screens);
    staff::opening(look, &mut screens);
    staff::rehearsal(look, &mut screens);
    staff::ended(look, &mut screens)?;
    Ok(screens)
}

fn add(screens: &mut Vec<Screen>, name: &'static str, page: Markup, pressed: &'static [&'static str]) {
    screens.push(Screen { name, page: page.into_string(), pressed });
}

fn say<'a>(look: &Look<'_>, words: Text) -> &'a str {
    words.in_language(look.language)
}

fn grades(look: &Look<'_>) -> [&'static str; 4] {
    let grades = [
        Text::new("满意", "Satisfied"),
        Text::new("较满意", "Fairly satisfied"),
        Text::new("一般", "Average"),
        Text::new("不满意", "Dissatisfied"),
    ];
    grades.map(|grade| grade.in_language(look.language))
}

fn cards(look: Look<'_>, screens: &mut Vec<Screen>) {
    let card = CardPage { look, poll: say(&look, POLL), problem: None, entered: "" };
    let problem = |problem| card_page(&CardPage { problem: Some(problem), ..card });
    let all = Look { camera: true, voice: Some(Spoken::Nothing), key_hints: true, ..look };
    add(screens, "card", card_page(&card), &[]);
    add(screens, "card-keyboard", card_page(&card), KEYBOARD);
    add(screens, "card-camera", card_page(&CardPage { look: all, ..card }), &[]);
    let mistyped = CardPage { problem: Some(CardProblem::Mistyped), entered: "5Gh2k-9aBcDe", ..card };
    add(screens, "card-mistyped", card_page(&mistyped), &[]);
    add(screens, "card-mistyped-keyboard", card_page(&mistyped), KEYBOARD);
    add(screens, "card-unknown", problem(CardProblem::Unknown), &[]);
    add(screens, "card-spent", problem(CardProblem::Spent), &[]);
    add(screens, "card-void", problem(CardProblem::Void), &[]);
    add(screens, "card-not-open", problem(CardProblem::PollNotOpen), &[]);
    add(screens, "card-no-contact", problem(CardProblem::NoContact), &[]);
}

/// Veil, the way back, and the warning before.
fn interruptions(look: Look<'_>, screens: &mut Vec<Screen>) {
    let grades = grades(&look);
    let noticed = |notice| Look { notice: Some(notice), ..look };
    let card =
        |notice| CardPage { look: noticed(notice), poll: say(&look, POLL), problem: None, entered: "" };
    let warned = Look { idle: Some(IdleWarning { after: 0, countdown: 45_000 }), ..look };
    let office = |look| office_page(&OfficePage { look, ..offices::water(look, &grades) });
    add(screens, "veil", card_page(&card(Notice::Veiled)), &[]);
    add(screens, "office-resumed", office(noticed(Notice::Resumed)), &[]);
    add(screens, "office-not-resumed", office(noticed(Notice::NotResumed)), &[]);
    add(screens, "office-draft-unknown", office(noticed(Notice::DraftUnknown)), &[]);
    add(screens, "idle-warning", office(warned), &["#idle[open]"]);
}

fn reviews(look: Look<'_>, screens: &mut Vec<Screen>) {
    let grades = grades(&look);
    let rows = [UNICOM, WATER, UNICOM, WATER, UNICOM, WATER, UNICOM, WATER, UNICOM];
    let gaps = rows.map(|row| ReviewRow { grade: row.grade.filter(|grade| *grade == 1), ..row });
    let page = |rows: &[ReviewRow<'_>], tracker, look| {
        let sections = SECTIONS.map(|name| ReviewSection { name: say(&look, name), rows });
        review_page(&ReviewPage {
            look,
            sections: &sections,
            grades: &grades,
            last_seen: 12,
            tracker,
            can_be_opened: tracker.is_some(),
        })
    };
    let closing = Look { closing: true, ..look };
    add(screens, "review-incomplete", page(&gaps, None, look), &[]);
    add(screens, "review-preparing", page(&rows, None, look), &[]);
    add(screens, "review-complete", page(&rows, Some(TRACKER), look), &[]);
    add(screens, "review-section", page(&rows, Some(TRACKER), look), SECTION);
    add(screens, "review-settings", page(&rows, Some(TRACKER), look), SETTINGS);
    add(screens, "review-closing", page(&rows, Some(TRACKER), closing), &[]);
}
