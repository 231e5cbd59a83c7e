//! Every screen of the booth, from its view model, with the longest texts that occur.

use anyhow::Result;
use appearance::Text;
use belenios::text::Hash;
use evaluation::wire::BoothStatement;
use kiosk::booth::{
    DeckTest, Ending,
    pages::{
        CardPage, CardProblem, Closed, ClosedPage, DeckPage, DeckProblem, EndedPage, IdleWarning, Look,
        Notice, OfficePage, OfficeWords, OpeningPage, OpeningProblem, ProblemPage, RefusedPage, ReviewPage,
        ReviewRow, ReviewSection, Spoken, SuccessPage, VerdictPage, WaitingPage, card_page, closed_page,
        deck_page, ended_page, hand_back_page, office_page, opening_page, problem_page, refused_page,
        review_page, success_page, verdict_page, waiting_page,
    },
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
const STATEMENT: &str = "一年来，我股对照“阳光股室”标准，公开取水许可的条件、材料和时限，把原来的二十个工作日压缩到五个工作日；\
    上门为企业和群众办理业务六十三件，回访满意。存在的不足是夜间值班电话有时无人接听，个别同志对新政策解释不够耐心。\
    下一步，我们将实行首问负责和限时办结，每月公开一次办件情况，请各位代表监督。";
const SETTINGS: &[&str] = &[".panel:nth-of-type(1) > summary"];
const HELP: &[&str] = &[".panel:nth-of-type(2) > summary"];
const KEYBOARD: &[&str] = &[".keyboard-toggle"];
const DETAILS: &[&str] = &[".more > summary"];
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
    offices(look, &mut screens);
    interruptions(look, &mut screens);
    reviews(look, &mut screens);
    outcomes(look, &mut screens);
    opening(look, &mut screens);
    rehearsal(look, &mut screens);
    ended(look, &mut screens)?;
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
    let office = |look| office_page(&OfficePage { look, ..water(look, &grades) });
    add(screens, "veil", card_page(&card(Notice::Veiled)), &[]);
    add(screens, "office-resumed", office(noticed(Notice::Resumed)), &[]);
    add(screens, "office-not-resumed", office(noticed(Notice::NotResumed)), &[]);
    add(screens, "idle-warning", office(warned), &["#idle[open]"]);
}

fn water<'a>(look: Look<'a>, grades: &'a [&'a str]) -> OfficePage<'a> {
    OfficePage {
        look,
        section: say(&look, SECTIONS[0]),
        office: OfficeWords {
            number: 10,
            unit: WATER.unit,
            office: WATER.office,
            scope: "水政水资源相关方面",
            statement: Some(STATEMENT),
            duties: Some("取水许可审批、水土保持方案审查，五个工作日办结。"),
            opinions: Some("办理快；电话不好打。"),
        },
        position: 12,
        total: 70,
        grades,
        chosen: None,
        from_review: false,
    }
}

fn offices(look: Look<'_>, screens: &mut Vec<Screen>) {
    let grades = grades(&look);
    let water = water(look, &grades);
    let unicom = OfficePage {
        section: say(&look, SECTIONS[1]),
        office: OfficeWords {
            number: 62,
            unit: UNICOM.unit,
            office: UNICOM.office,
            scope: "",
            ..water.office
        },
        position: 62,
        chosen: Some(1),
        ..water
    };
    let equipped = Look { key_hints: true, voice: Some(Spoken::Nothing), ..look };
    add(screens, "office", office_page(&water), &[]);
    add(screens, "office-long-unit", office_page(&unicom), &[]);
    add(
        screens,
        "office-from-review",
        office_page(&OfficePage { chosen: Some(3), from_review: true, ..unicom }),
        &[],
    );
    add(screens, "office-statement", office_page(&water), DETAILS);
    add(screens, "office-settings", office_page(&OfficePage { look: equipped, ..water }), SETTINGS);
    add(screens, "office-help", office_page(&unicom), HELP);
    add(screens, "office-keypad", office_page(&OfficePage { look: equipped, ..unicom }), &[]);
    add(
        screens,
        "office-closing",
        office_page(&OfficePage { look: Look { closing: true, ..look }, ..unicom }),
        &[],
    );
    add(
        screens,
        "office-rehearsal",
        office_page(&OfficePage { look: Look { rehearsal: true, ..look }, ..unicom }),
        &[],
    );
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
            can_be_opened: true,
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

fn outcomes(look: Look<'_>, screens: &mut Vec<Screen>) {
    let success = SuccessPage { look, tracker: TRACKER, qr_text: TRACKER };
    let printing = Look { receipt_printer: true, ..look };
    let closed = |reason| closed_page(&ClosedPage { look, reason, here: "/" });
    add(screens, "hand-back", hand_back_page(&Look { closing: true, ..look }), &[]);
    add(screens, "waiting", waiting_page(&WaitingPage { look, tracker: TRACKER, not_ready: false }), &[]);
    add(screens, "success", success_page(&success), &[]);
    add(screens, "success-printer", success_page(&SuccessPage { look: printing, ..success }), &[]);
    add(screens, "refused", refused_page(&RefusedPage { look, refused: TRACKER, stored: TRACKER }), &[]);
    add(screens, "paused", closed(Closed::Paused), &[]);
    add(screens, "not-yet-open", closed(Closed::NotYetOpen), &[]);
    add(screens, "closing", closed(Closed::Closing), &[]);
    add(screens, "no-contact", closed(Closed::NoContact), &[]);
    add(screens, "problem", problem_page(&disk_full(look)), &[]);
}

fn disk_full(look: Look<'_>) -> ProblemPage<'_> {
    ProblemPage {
        look,
        happened: Text::new("本机的存储写不进去", "This terminal cannot write to its disk"),
        meaning: Text::new(
            "您的票还没有提交，您的评议还在。",
            "Your ballot has not been submitted; your choices are still here.",
        ),
        next: Text::new(
            "请举手找场务人员；修好以后返回再按“提交”。",
            "Raise your hand for a steward; once it is mended, go back and press Submit again.",
        ),
        reference: Some("spool"),
        back: Some("/review"),
    }
}

fn opening(look: Look<'_>, screens: &mut Vec<Screen>) {
    let sheet = OpeningPage { look, poll: say(&look, POLL), hall_key: false, problem: None, entered: "" };
    let other = OpeningPage { problem: Some(OpeningProblem::OtherElection), ..sheet };
    let hall_key = OpeningPage { hall_key: true, ..sheet };
    add(screens, "opening-sheet", opening_page(&sheet), &[]);
    add(screens, "opening-sheet-keyboard", opening_page(&sheet), KEYBOARD);
    add(screens, "opening-other", opening_page(&other), &[]);
    add(screens, "hall-key", opening_page(&hall_key), &[]);
    add(screens, "hall-key-keyboard", opening_page(&hall_key), KEYBOARD);
}

fn rehearsal(look: Look<'_>, screens: &mut Vec<Screen>) {
    let look = Look { rehearsal: true, ..look };
    let known = evaluation::deck::counts(70, 4);
    let found = known.clone();
    let passed = DeckTest { ballots: 13, voted: 13, stored: 13, exact: 13, found, known };
    let started = DeckTest { voted: 3, stored: 3, exact: 3, ..passed.clone() };
    let deck = DeckPage { look, test: &started, problem: None };
    let refused = DeckPage { problem: Some(DeckProblem::Card(CardProblem::Spent)), ..deck };
    let setup_event = Hash::of("setup").to_string();
    let offices: Vec<_> =
        (1..=70).map(|number| (number, format!("{} {}", WATER.unit, WATER.office))).collect();
    let verdict = VerdictPage {
        look,
        test: &passed,
        booth: "3号投票机",
        poll: say(&look, POLL),
        election: "1r7xvBB2ZoyrxA",
        setup_event: &setup_event,
        offices: &offices,
        grades: &grades(&look),
    };
    let card = CardPage { look, poll: say(&look, POLL), problem: None, entered: "" };
    add(screens, "card-rehearsal", card_page(&card), &[]);
    add(screens, "deck", deck_page(&deck), &[]);
    add(screens, "deck-refused", deck_page(&refused), &[]);
    add(screens, "verdict", verdict_page(&verdict), &[]);
}

fn ended(look: Look<'_>, screens: &mut Vec<Screen>) -> Result<()> {
    let statement =
        BoothStatement { poll: "1r7xvBB2ZoyrxA".parse()?, end_ballots_event: Hash::of("end"), ballots: 4 };
    let setup_event = Hash::of("setup").to_string();
    let page = |ending: &Ending, undelivered| {
        ended_page(&EndedPage { look, ending, undelivered: Some(undelivered), setup_event: &setup_event })
    };
    let signed = Ending::Signed { statement, taken: true };
    add(screens, "ended-pending", page(&Ending::Pending, 0), &[]);
    add(screens, "ended-signed", page(&signed, 0), &[]);
    add(screens, "ended-undelivered", page(&signed, 2), &[]);
    add(screens, "ended-missing", page(&Ending::Missing { ballots: 2 }, 0), &[]);
    add(screens, "ended-lost", page(&Ending::Lost, 0), &[]);
    add(screens, "ended-bad-archive", page(&Ending::BadArchive, 0), &[]);
    add(screens, "ended-no-part", page(&Ending::NoPart, 0), &[]);
    Ok(())
}
