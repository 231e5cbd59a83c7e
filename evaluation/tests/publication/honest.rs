//! What is true is accepted.

use evaluation::{
    decision::Decisions,
    publication::{report::Verdict, verify::Options},
};

use crate::{
    day::{Day, failed, verify},
    plan::Plan,
};

#[test]
fn an_honest_publication_is_accepted_and_says_that_its_origin_was_not_checked() {
    let day = Day::hold(&Plan::small());
    let report = day.verify();
    assert_eq!(report.verdict, Verdict::ConsistentOriginNotChecked, "{report}");
    assert_eq!(report.ballots, Some(3));
    assert_eq!(report.setup_event, Some(day.setup.to_string()));
    assert!(
        report.to_string().ends_with("前后一致；来源未核对 · consistent; origin not checked\n"),
        "{report}"
    );
}

#[test]
fn the_anchor_of_the_opening_sheet_makes_it_valid_and_another_one_invalid() {
    let day = Day::hold(&Plan::small());
    let anchored = |anchor| verify(&day.files, Options { anchor: Some(anchor), no_revotes: false });
    let report = anchored(day.setup);
    assert_eq!(report.verdict, Verdict::Valid, "{report}");
    let other = Day::hold(&Plan::sanctioned()).closing.statement.end_ballots_event;
    let report = anchored(other);
    assert_eq!((report.verdict, failed(&report)), (Verdict::Invalid, vec!["origin"]), "{report}");
}

#[test]
fn the_seventy_real_offices_are_accepted() {
    let report = Day::hold(&Plan::real_offices()).verify();
    assert!(report.is_accepted(), "{report}");
}

#[test]
fn a_sanctioned_office_is_accepted_where_the_rules_place_it() {
    let day = Day::hold(&Plan::sanctioned());
    let report = day.verify();
    assert!(report.is_accepted(), "{report}");
    let row = day.text("ranking.csv").lines().find(|line| line.contains(",1,水务局,")).unwrap().to_owned();
    assert!(row.starts_with("government,5,1,") && row.contains(",true,true,true,"), "{row}");
}

#[test]
fn a_tie_that_nobody_decided_is_accepted_and_flagged() {
    let day = Day::hold(&Plan { decisions: Decisions::default(), ..Plan::small() });
    let report = day.verify();
    assert!(report.is_accepted(), "{report}");
    assert!(!day.files.contains_key("decisions.csv"));
    assert_eq!(day.text("ranking.csv").lines().filter(|line| line.ends_with(",true")).count(), 4);
}

#[test]
fn a_publication_without_any_ballot_is_accepted() {
    let day = Day::hold(&Plan { choices: vec![], decisions: Decisions::default(), ..Plan::small() });
    let report = day.verify();
    assert!(report.is_accepted(), "{report}");
}

#[test]
fn the_report_for_programs_keeps_its_shape() {
    let mut report = Day::hold(&Plan::small()).verify();
    report.checks.truncate(2);
    insta::assert_snapshot!("report_accepted", report.to_json());
    let broken =
        Day::hold(&Plan::small()).rewritten("reconciliation.json", "\"ballots\": 3", "\"ballots\": 4");
    let mut report = broken.verify();
    report.checks.retain(|check| check.id == "reconciliation");
    insta::assert_snapshot!("report_refused", report.to_json());
}

#[test]
fn the_checks_keep_their_names_and_order() {
    let report = Day::hold(&Plan::small()).verify();
    let names: Vec<_> = report.checks.iter().map(|check| check.id).collect();
    insta::assert_snapshot!("checks", names.join("\n"));
}
