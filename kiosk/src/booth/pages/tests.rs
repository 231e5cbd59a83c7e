use std::fs;
use std::path::Path;

use appearance::ASSET_PATH;
use belenios::text::Hash;
use evaluation::wire::BoothStatement;
use maud::Markup;

use super::*;
use crate::booth::{DeckTest, Ending, Saved};

const GRADES: [&str; 4] = ["满意", "较满意", "一般", "不满意"];
const TRACKER: &str = "3yVq8K1abcXr0PqLwZt5HnMB7sEoYdCgUfJ2iR4k9T6";
const LONG: ReviewRow<'static> = ReviewRow {
    position: 1,
    number: 62,
    unit: "中国联合网络通信有限公司宁晋县分公司",
    office: "凤凰路营业厅",
    grade: Some(1),
};
const LONGER: ReviewRow<'static> = ReviewRow {
    position: 2,
    number: 10,
    unit: "水务局",
    office: "水利工程建设管理与河湖管理运行股",
    grade: Some(3),
};

fn look() -> Look<'static> {
    Look { county: "宁晋县", session: "nonce", ..Look::standard() }
}

fn office(chosen: Option<usize>, from_review: bool) -> OfficePage<'static> {
    OfficePage {
        look: look(),
        section: "政府部门",
        office: OfficeWords {
            number: 1,
            unit: "水务局",
            office: "水资源管理与水土保持股",
            scope: "水政水资源相关方面",
            statement: Some(STATEMENT),
            duties: Some("取水许可审批、水土保持方案审查，五个工作日办结。"),
            commitment: Some("不吃拿卡要，一次告知。"),
            opinions: None,
        },
        position: 12,
        place: 12,
        total: 70,
        previous: Some(11),
        next: Some(13),
        says_shuffled: false,
        grades: &GRADES,
        chosen,
        from_review,
    }
}

fn longest(look: Look<'static>) -> OfficePage<'static> {
    let office = OfficeWords {
        number: 62,
        unit: "中国联合网络通信有限公司宁晋县分公司",
        office: "凤凰路营业厅",
        scope: "",
        ..office(None, false).office
    };
    OfficePage { look, section: "垂直管理部门", office, ..self::office(Some(1), false) }
}

fn longest_office_name(look: Look<'static>) -> OfficePage<'static> {
    let office = OfficeWords {
        office: "水利工程建设管理与河湖管理运行股", ..office(None, false).office
    };
    OfficePage { look, office, ..self::office(None, false) }
}

fn review(rows: &[ReviewRow<'_>], tracker: Option<&str>, look: Look<'_>) -> Markup {
    let sections = [
        ReviewSection { name: "政府部门", rows },
        ReviewSection { name: "垂直管理部门", rows: &[LONG, LONGER] },
    ];
    review_page(&ReviewPage {
        look,
        sections: &sections,
        grades: &GRADES,
        last_seen: 12,
        tracker,
        can_be_opened: tracker.is_some(),
    })
}

fn success() -> SuccessPage<'static> {
    SuccessPage { look: look(), tracker: TRACKER, qr_text: TRACKER }
}

fn problem(problem: Problem) -> Markup {
    problem_page(&ProblemPage { look: look(), problem })
}

/// What the staff of a closed booth see.
fn ended(ending: &Ending, undelivered: Option<usize>, look: Look<'_>) -> Markup {
    let setup_event = Hash::of("setup").to_string();
    ended_page(&EndedPage { look, ending, undelivered, setup_event: &setup_event })
}

/// A test of the preset's deck, so many ballots of it voted.
fn deck_test(voted: usize) -> DeckTest {
    let known = evaluation::deck::counts(70, 4);
    let found = if voted == 13 { known.clone() } else { vec![vec![0; 4]; 70] };
    DeckTest { ballots: 13, voted, stored: voted, exact: voted, found, known }
}

fn verdict(test: &DeckTest) -> Markup {
    let setup_event = Hash::of("setup").to_string();
    let offices: Vec<_> =
        (1..=70).map(|number| (number, "水务局 水资源管理与水土保持股".to_owned())).collect();
    verdict_page(&VerdictPage {
        look: look(),
        test,
        booth: "3号投票机",
        poll: "2020 年度「阳光股室」评议",
        election: "1r7xvBB2ZoyrxA",
        setup_event: &setup_event,
        offices: &offices,
        grades: &GRADES,
    })
}

#[test]
fn the_verdict_says_which_cell_is_wrong() {
    let passed = verdict(&deck_test(13)).into_string();
    assert!(passed.contains("280 / 280") && !passed.contains("✕ ("));
    let mut test = deck_test(13);
    test.found[4][2] += 1;
    let failed = verdict(&test).into_string();
    assert!(failed.contains("279 / 280") && failed.contains("没有通过"));
    assert_eq!(failed.matches("✕ (").count(), 1);
}

/// The pages of opening and closing.
fn pages_of_the_day() -> Vec<(&'static str, Markup)> {
    let big = Look { text_size: TextSize::Largest, ..look() };
    let rehearsal = Look { rehearsal: true, ..look() };
    let closing = Look { closing: true, ..look() };
    let sheet = OpeningPage {
        look: look(),
        poll: "2020 年度「阳光股室」评议",
        hall_key: false,
        problem: None,
        entered: "",
    };
    let statement = BoothStatement {
        poll: "1r7xvBB2ZoyrxA".parse().unwrap(),
        end_ballots_event: Hash::of("end"),
        ballots: 4,
    };
    let signed = |taken| Ending::Signed { statement: statement.clone(), taken };
    vec![
        ("opening", opening_page(&sheet)),
        (
            "opening-other",
            opening_page(&OpeningPage { problem: Some(OpeningProblem::OtherElection), ..sheet }),
        ),
        (
            "opening-mistyped",
            opening_page(&OpeningPage {
                look: rehearsal,
                problem: Some(OpeningProblem::Mistyped),
                entered: "ee95bdda",
                ..sheet
            }),
        ),
        ("opening-hall-key", opening_page(&OpeningPage { hall_key: true, ..sheet })),
        ("opening-big", opening_page(&OpeningPage { look: big, ..sheet })),
        ("deck", deck_page(&DeckPage { look: rehearsal, test: &deck_test(3), problem: None })),
        (
            "deck-problem",
            deck_page(&DeckPage {
                look: rehearsal,
                test: &deck_test(3),
                problem: Some(DeckProblem::Card(CardProblem::Spent)),
            }),
        ),
        (
            "card-rehearsal",
            card_page(&CardPage { look: rehearsal, poll: "2020", problem: None, entered: "" }),
        ),
        ("closing", closed_page(&ClosedPage { look: look(), reason: Closed::Closing, here: "/" })),
        ("closing-office", office_page(&OfficePage { look: closing, ..office(None, false) })),
        ("closing-review", review(&[LONG, LONGER], Some(TRACKER), closing)),
        ("hand-back", hand_back_page(&look())),
        ("ended-pending", ended(&Ending::Pending, Some(0), look())),
        ("ended-signed", ended(&signed(false), Some(0), look())),
        ("ended-taken", ended(&signed(true), Some(0), rehearsal)),
        ("ended-taken-big", ended(&signed(true), Some(0), big)),
        ("ended-undelivered", ended(&signed(true), Some(2), look())),
        ("ended-missing", ended(&Ending::Missing { ballots: 2 }, Some(0), look())),
        ("ended-lost", ended(&Ending::Lost, Some(0), look())),
        ("ended-bad-archive", ended(&Ending::BadArchive, Some(0), look())),
        ("ended-no-part", ended(&Ending::NoPart, Some(0), look())),
    ]
}

fn all_pages() -> Vec<(&'static str, Markup)> {
    let mut pages = pages_of_a_vote();
    pages.extend(pages_of_the_day());
    pages
}

fn pages_of_a_vote() -> Vec<(&'static str, Markup)> {
    let card =
        CardPage { look: look(), poll: "2020 年度「阳光股室」评议", problem: None, entered: "" };
    let big = Look { text_size: TextSize::Largest, high_contrast: true, key_hints: true, ..look() };
    let english = Look { language: Language::English, text_size: TextSize::Large, rehearsal: true, ..look() };
    let unrated: Vec<_> = [LONG, LONGER].into_iter().map(|row| ReviewRow { grade: None, ..row }).collect();
    let closed = |reason| closed_page(&ClosedPage { look: look(), reason, here: "/office/12" });
    vec![
        ("card", card_page(&card)),
        (
            "card-mistyped",
            card_page(&CardPage { problem: Some(CardProblem::Mistyped), entered: "5Gh2k-9aBcDe", ..card }),
        ),
        ("card-spent", card_page(&CardPage { problem: Some(CardProblem::Spent), ..card })),
        ("card-unknown-big", card_page(&CardPage { look: big, problem: Some(CardProblem::Unknown), ..card })),
        (
            "card-no-contact",
            card_page(&CardPage { look: english, problem: Some(CardProblem::NoContact), ..card }),
        ),
        ("card-not-open", card_page(&CardPage { problem: Some(CardProblem::PollNotOpen), ..card })),
        ("office", office_page(&office(None, false))),
        ("office-chosen", office_page(&office(Some(0), false))),
        ("office-from-review", office_page(&office(Some(2), true))),
        ("office-longest", office_page(&longest(look()))),
        ("office-longest-big", office_page(&longest(big))),
        ("office-longest-name-big", office_page(&longest_office_name(big))),
        ("office-english", office_page(&longest_office_name(english))),
        ("review-unrated", review(&unrated, None, look())),
        ("review-preparing", review(&[LONG], None, look())),
        ("review-complete", review(&[LONG, LONGER], Some(TRACKER), look())),
        ("review-complete-big", review(&[LONG, LONGER], Some(TRACKER), big)),
        ("review-english", review(&unrated, None, english)),
        ("waiting", waiting_page(&WaitingPage { look: look(), tracker: TRACKER, why: Waits::ForServer })),
        (
            "waiting-not-ready",
            waiting_page(&WaitingPage { look: look(), tracker: TRACKER, why: Waits::ForRegistration }),
        ),
        (
            "waiting-in-vain",
            waiting_page(&WaitingPage { look: look(), tracker: TRACKER, why: Waits::InVain }),
        ),
        ("success", success_page(&success())),
        ("success-big", success_page(&SuccessPage { look: big, ..success() })),
        ("success-english", success_page(&SuccessPage { look: english, ..success() })),
        ("refused", refused_page(&RefusedPage { look: look(), refused: TRACKER, stored: TRACKER })),
        ("void", void_page(&VoidPage { look: look(), refused: TRACKER })),
        ("paused", closed(Closed::Paused)),
        ("not-yet-open", closed(Closed::NotYetOpen)),
        ("no-contact", closed(Closed::NoContact)),
        ("problem-not-stored", problem(Problem::NotStored)),
        ("problem-not-sealed", problem(Problem::NotSealed)),
        ("problem-too-late", problem(Problem::TooLate)),
        ("problem-other-election", problem(Problem::OtherElection)),
    ]
    .into_iter()
    .chain(interrupted())
    .chain(checks())
    .collect()
}

/// Votes that were interrupted, and the warning before that; its time is up at once, so that it can be looked at.
fn interrupted() -> [(&'static str, Markup); 8] {
    let idle = Some(IdleWarning { after: 1, countdown: 45_000 });
    let say = |notice| Look { notice: Some(notice), ..look() };
    let big = Look { text_size: TextSize::Largest, high_contrast: true, ..look() };
    let english = Look { language: Language::English, ..look() };
    let resumed = Look { closing: true, rehearsal: true, ..say(Notice::Resumed) };
    let at = |look| office_page(&OfficePage { look, ..office(None, false) });
    [
        ("office-resumed", at(say(Notice::Resumed))),
        ("office-resumed-all-bands", at(resumed)),
        ("office-not-resumed-big", at(Look { notice: Some(Notice::NotResumed), ..big })),
        (
            "card-veiled",
            card_page(&CardPage {
                look: say(Notice::Veiled),
                poll: "2020 年度评议",
                problem: None,
                entered: "",
            }),
        ),
        ("idle", at(Look { idle, ..look() })),
        ("idle-big", at(Look { idle, ..big })),
        ("idle-english", at(Look { idle, ..english })),
        ("idle-closing", at(Look { idle, closing: true, ..look() })),
    ]
}

/// 核验本机, from the warning to the opened ballot.
fn checks() -> [(&'static str, Markup); 9] {
    let big = Look { text_size: TextSize::Largest, high_contrast: true, ..look() };
    let english = Look { language: Language::English, ..look() };
    let warning = |look, problem| challenge_page(&ChallengePage { look, tracker: TRACKER, problem });
    let answers: Vec<_> = (1..=70)
        .map(|number| (format!("{number} 水务局水利工程建设管理与河湖管理运行股"), "不满意".to_owned()))
        .collect();
    let address = "http://192.168.100.100:8600/challenge?tracker=3yVq8K1abcXr0PqLwZt5HnMB7sEoYdCgUfJ2iR4k9T6";
    let saved = Saved::As("challenge-e3b0c44298fc.json".to_owned());
    let opened = |look, answers| {
        opened_page(&OpenedPage { look, tracker: TRACKER, answers, address: Some(address), saved: &saved })
    };
    [
        ("challenge", warning(look(), None)),
        ("challenge-big", warning(big, None)),
        ("challenge-english", warning(english, None)),
        ("challenge-no-contact-big", warning(big, Some(ChallengeProblem::NoContact))),
        ("opened", opened(look(), Some(&answers))),
        ("opened-big", opened(big, Some(&answers))),
        ("opened-english", opened(english, Some(&answers))),
        ("opened-failed", opened(look(), None)),
        ("opened-before", opened_before_page(&look(), TRACKER)),
    ]
}

const STATEMENT: &str = "一年来，我股对照“阳光股室”标准，公开取水许可的条件、材料和时限，把原来的二十个工作日压缩到五个工作日；\
    上门为企业和群众办理业务六十三件，回访满意。存在的不足是夜间值班电话有时无人接听，个别同志对新政策解释不够耐心。\
    下一步，我们将实行首问负责和限时办结，每月公开一次办件情况，请各位代表监督。";

/// The pages as files, to be looked at in a browser: `target/booth-pages/*.html`.
#[test]
fn every_page_can_be_looked_at_in_a_browser() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/booth-pages");
    fs::create_dir_all(folder.join("assets")).unwrap();
    for asset in assets() {
        fs::write(folder.join("assets").join(asset.file_name()), asset.bytes()).unwrap();
    }
    let mut failed = deck_test(13);
    failed.found[4][2] += 1;
    let verdicts = [("verdict", verdict(&deck_test(13))), ("verdict-failed", verdict(&failed))];
    for (name, markup) in all_pages().into_iter().chain(verdicts) {
        let text = markup.into_string().replace("\"/assets/", "\"assets/");
        fs::write(folder.join(format!("{name}.html")), text).unwrap();
    }
}

#[test]
fn nothing_is_inline_and_nothing_is_foreign() {
    for (name, markup) in all_pages() {
        let page = markup.into_string();
        for forbidden in [" style=", "<style", "<script>", " onclick=", "http://", "https://"] {
            assert!(!page.contains(forbidden), "{name}: {forbidden}");
        }
    }
}

#[test]
fn no_url_holds_a_grade() {
    for (name, markup) in all_pages() {
        let page = markup.into_string();
        for piece in page.split("href=\"").skip(1).chain(page.split("action=\"").skip(1)) {
            let url = piece.split('"').next().unwrap();
            assert!(!url.contains("grade"), "{name}: {url}");
            assert!(!url.contains('?') || url.ends_with("?from=review"), "{name}: {url}");
            let known = [
                "/card",
                "/cast",
                "/challenge/anew",
                "/finish",
                "/here",
                "/opening",
                "/settings",
                "/test",
                "/test/restart",
            ]
            .contains(&url);
            assert!(known || url.starts_with(ASSET_PATH) || is_booth_path(url), "{name}: {url}");
        }
        assert!(!page.contains("method=\"get\""), "{name}");
    }
}

#[test]
fn every_form_carries_the_session() {
    for (name, markup) in all_pages() {
        let page = markup.into_string();
        let nonces = page.matches(r#"<input type="hidden" name="session" value="nonce">"#).count();
        assert_eq!(page.matches("<form ").count(), nonces, "{name}");
    }
}

#[test]
fn the_footer_has_the_same_four_places_on_every_page() {
    for (name, markup) in all_pages() {
        let page = markup.into_string();
        let footer = page.split("<footer").nth(1).unwrap();
        let places = ["foot previous", "foot overview", "<summary>", "<summary>"];
        let mut rest = footer;
        for place in places {
            let (_, after) = rest.split_once(place).unwrap_or_else(|| panic!("{name}: {place}"));
            rest = after;
        }
    }
}

#[test]
fn nothing_is_chosen_before_the_person_chooses() {
    let page = office_page(&office(None, false)).into_string();
    let form = page.split("grade-form").nth(1).unwrap().split("</form>").next().unwrap();
    assert_eq!(form.matches(r#"aria-pressed="false""#).count(), 4);
    assert!(!form.contains(r#"aria-pressed="true""#));
    assert!(!page.contains("下一项"), "there is no way past an unrated office but 查看全部");
}

#[test]
fn a_grade_goes_with_the_number_of_its_office() {
    let page = office_page(&office(Some(2), true)).into_string();
    assert!(page.contains(r#"<form method="post" action="/office/12""#));
    assert!(page.contains(r#"<input type="hidden" name="office" value="1">"#));
    assert!(page.contains(r#"<input type="hidden" name="from" value="review">"#));
    assert_eq!(page.matches(r#"name="grade""#).count(), 4);
    assert!(!office_page(&office(None, false)).into_string().contains(r#"name="from""#));
}

#[test]
fn submit_is_offered_only_when_all_are_rated_and_the_ballot_is_sealed() {
    let unrated = [ReviewRow { grade: None, ..LONG }];
    for (rows, tracker, offered) in [
        (&[LONG], Some(TRACKER), true),
        (&[LONG], None, false),
        (&unrated, Some(TRACKER), false),
        (&unrated, None, false),
    ] {
        let page = review(rows, tracker, look()).into_string();
        assert_eq!(page.contains(r#"action="/cast""#), offered, "{rows:?} {tracker:?}");
        assert_eq!(page.contains(TRACKER), offered);
    }
    assert!(review(&unrated, None, look()).into_string().contains("还有 1 个股室未评"));
}

#[test]
fn a_check_is_offered_apart_from_submit_and_only_of_a_ballot_whose_tracker_is_shown() {
    let page = review(&[LONG], Some(TRACKER), look()).into_string();
    let (cast, check) = (page.find("action=\"/cast\"").unwrap(), page.find("href=\"/challenge\"").unwrap());
    assert!(cast < page.find("class=\"rows\"").unwrap() && page.find("class=\"rows\"").unwrap() < check);
    assert!(!review(&[LONG], None, look()).into_string().contains("href=\"/challenge\""));
}

#[test]
fn what_does_not_hold_is_never_shown_as_what_the_ballot_holds() {
    for (name, markup) in checks() {
        let page = markup.into_string();
        assert_eq!(
            page.contains("不满意"),
            matches!(name, "opened" | "opened-big" | "opened-english"),
            "{name}"
        );
        assert!(!page.contains("action=\"/cast\""), "{name}: nothing of a check can be cast");
    }
    let failed = checks().into_iter().find(|(name, _)| *name == "opened-failed").unwrap().1.into_string();
    assert!(failed.contains("核验不通过") && failed.contains("role=\"alert\""), "{failed}");
}

#[test]
fn success_is_said_only_on_the_success_page_and_tells_nothing_of_the_choices() {
    for (name, markup) in all_pages() {
        let page = markup.into_string();
        assert_eq!(
            page.contains("提交成功") || page.contains("Submitted"),
            name.starts_with("success"),
            "{name}"
        );
    }
    let page = success_page(&success()).into_string();
    assert!(page.contains(TRACKER));
    assert!(GRADES.iter().all(|grade| !page.contains(grade)));
    assert!(!page.contains("grade-icon"));
}

#[test]
fn waiting_says_what_is_true_and_asks_again_without_a_script() {
    for why in [Waits::ForServer, Waits::ForRegistration] {
        let page = waiting_page(&WaitingPage { look: look(), tracker: TRACKER, why }).into_string();
        assert!(page.contains("票已封存在本机，正在等待送达"));
        assert!(page.contains(r#"http-equiv="refresh""#));
        assert!(!page.contains("/finish"));
        assert_eq!(page.contains("服务器还没有登记这台机器"), why == Waits::ForRegistration);
    }
}

#[test]
fn after_the_poll_a_ballot_that_was_not_delivered_is_not_said_to_arrive() {
    let page = WaitingPage { look: look(), tracker: TRACKER, why: Waits::InVain };
    let page = waiting_page(&page).into_string();
    for words in ["投票已经结束，您的票还没有送达", "送不到就不计入", "马上举手叫监督员", TRACKER]
    {
        assert!(page.contains(words), "no {words}");
    }
    assert!(!page.contains("不用做任何操作") && !page.contains("不会丢失"));
}

#[test]
fn a_ballot_of_a_void_card_is_said_not_to_count_and_what_to_do_is_said() {
    let page = void_page(&VoidPage { look: look(), refused: TRACKER }).into_string();
    assert!(page.contains("这张卡已经作废，您的票没有计入") && page.contains("补发的卡"));
    assert!(page.contains(TRACKER) && page.contains("/finish") && !page.contains("http-equiv"));
}

#[test]
fn settings_lead_back_only_to_pages_of_the_booth() {
    for path in ["/", "/review", "/done", "/office/1", "/office/70?from=review"] {
        assert!(is_booth_path(path), "{path}");
    }
    for path in [
        "",
        "//evil.example",
        "https://evil.example",
        "/office/",
        "/office/+1",
        "/office/1/../x",
        "/office/1?grade=2",
    ] {
        assert!(!is_booth_path(path), "{path}");
    }
}

#[test]
fn the_panel_sheet_says_how_long_a_millimetre_is() {
    let sheet = panel_sheet(1080, 194);
    assert_eq!(sheet.bytes(), b":root { --mm: calc(1080px / 194); }\n");
}

#[test]
fn the_warning_before_the_veil_promises_nothing_that_the_closing_poll_does_not_keep() {
    let warned = |closing| {
        let idle = Some(IdleWarning { after: 1, countdown: 45_000 });
        let page = office_page(&OfficePage { look: Look { closing, idle, ..look() }, ..office(None, false) })
            .into_string();
        let (_, dialog) = page.split_once("<dialog").unwrap();
        dialog.split_once("</dialog>").unwrap().0.to_owned()
    };
    let (open, closing) = (warned(false), warned(true));
    assert!(open.contains("投票结束以前再扫同一张卡就能接着评"), "{open}");
    assert!(closing.contains("您就不能再评，评过的也不会计入"), "{closing}");
    assert!(!closing.contains("收好") && !closing.contains("接着评。"), "{closing}");
}
