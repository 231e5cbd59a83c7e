//! Offices to be graded: one on a screen, and five.

use kiosk::booth::pages::{
    GroupPage, GroupRow, Look, OfficePage, OfficeWords, Spoken, group_page, office_page,
};

use super::{HELP, SECTIONS, SETTINGS, Screen, UNICOM, WATER, add, grades, say};

/// Characters of a written statement, at most (notice, as the preset has it).
const LONGEST_STATEMENT: usize = 400;
const STATEMENT: &str = "一年来，我股对照“阳光股室”标准，公开取水许可的条件、材料和时限，把原来的二十个工作日压缩到五个工作日；\
    上门为企业和群众办理业务六十三件，回访满意。存在的不足是夜间值班电话有时无人接听，个别同志对新政策解释不够耐心。\
    下一步，我们将实行首问负责和限时办结，每月公开一次办件情况，请各位代表监督。";
const DETAILS: &[&str] = &[".more > summary"];
/// The details of the second office on a screen of several.
const ROW_DETAILS: &[&str] = &[".group-row:nth-of-type(2) .more > summary"];

/// An office with everything that can be said of one.
pub(super) fn water<'a>(look: Look<'a>, grades: &'a [&'a str]) -> OfficePage<'a> {
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
            commitment: Some("不吃拿卡要，一次告知。"),
            opinions: Some("办理快；电话不好打。"),
        },
        position: 12,
        place: 12,
        total: 70,
        previous: Some(11),
        next: Some(13),
        says_shuffled: true,
        grades,
        chosen: None,
        from_review: false,
    }
}

/// One office on a screen.
pub(super) fn one(look: Look<'_>, screens: &mut Vec<Screen>) {
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
        place: 62,
        previous: Some(61),
        next: Some(63),
        says_shuffled: false,
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
    let statement: String = STATEMENT.chars().cycle().take(LONGEST_STATEMENT).collect();
    let said = OfficeWords { statement: Some(&statement), ..water.office };
    let unsaid = OfficeWords { statement: None, opinions: None, ..unicom.office };
    add(screens, "office-statement", office_page(&OfficePage { office: said, ..water }), DETAILS);
    add(screens, "office-duties", office_page(&OfficePage { office: unsaid, ..unicom }), DETAILS);
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

/// Five offices on a screen, among them those with the longest names.
pub(super) fn several(look: Look<'_>, screens: &mut Vec<Screen>) {
    let grades = grades(&look);
    let statement: String = STATEMENT.chars().cycle().take(LONGEST_STATEMENT).collect();
    let rows = five(&statement, [Some(0), None, None, None, None]);
    let missed = five(&statement, [Some(0), None, Some(3), None, Some(1)]);
    let rated = five(&statement, [Some(0), Some(1), Some(3), Some(2), Some(1)]);
    let page = GroupPage {
        look,
        section: say(&look, SECTIONS[1]),
        rows: &rows,
        current: 48,
        place: 47,
        total: 70,
        previous: Some(42),
        next: Some(52),
        says_shuffled: false,
        grades: &grades,
        from_review: false,
        missed: false,
    };
    let rehearsal = Look { rehearsal: true, ..look };
    let closing = Look { closing: true, ..look };
    let equipped = Look { key_hints: true, voice: Some(Spoken::Nothing), ..look };
    add(screens, "group", group_page(&page), &[]);
    add(
        screens,
        "group-first",
        group_page(&GroupPage { says_shuffled: true, current: 47, place: 1, previous: None, ..page }),
        &[],
    );
    add(screens, "group-last-row", group_page(&GroupPage { current: 51, rows: &rated, ..page }), &[]);
    add(screens, "group-missed", group_page(&GroupPage { missed: true, rows: &missed, ..page }), &[]);
    add(
        screens,
        "group-from-review",
        group_page(&GroupPage { rows: &rated, current: 49, from_review: true, ..page }),
        &[],
    );
    add(screens, "group-statement", group_page(&page), ROW_DETAILS);
    add(screens, "group-settings", group_page(&GroupPage { look: equipped, ..page }), SETTINGS);
    add(screens, "group-help", group_page(&page), HELP);
    add(screens, "group-closing", group_page(&GroupPage { look: closing, ..page }), &[]);
    add(screens, "group-rehearsal", group_page(&GroupPage { look: rehearsal, next: None, ..page }), &[]);
}

fn five(statement: &str, chosen: [Option<usize>; 5]) -> [GroupRow<'_>; 5] {
    let office = |number, unit, office| OfficeWords {
        number,
        unit,
        office,
        scope: "",
        statement: None,
        duties: None,
        commitment: None,
        opinions: None,
    };
    let said = |words| OfficeWords {
        statement: Some(statement),
        duties: Some("办理用电、通信和缴费业务，当场办结。"),
        commitment: Some("不吃拿卡要，一次告知。"),
        opinions: Some("办理快；电话不好打。"),
        ..words
    };
    let scoped = OfficeWords { scope: "水政水资源相关方面", ..office(10, WATER.unit, WATER.office) };
    let row = |position, office, chosen| GroupRow { office, position, chosen };
    let [first, second, third, fourth, fifth] = chosen;
    [
        row(47, said(scoped), first),
        row(48, said(office(UNICOM.number, UNICOM.unit, UNICOM.office)), second),
        row(49, office(47, "国网河北省电力有限公司宁晋县供电分公司", "营销部"), third),
        row(50, office(57, "河北广电网络集团股份有限公司宁晋分公司", "营业厅"), fourth),
        row(51, office(9, "", "行政审批局"), fifth),
    ]
}
