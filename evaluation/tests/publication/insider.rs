//! An insider with the publication key writes something untrue, in good form, and signs again.

use evaluation::{
    decision::Decisions,
    publication::{
        closing::{ClosingStatement, RefusedBallot},
        exception::{Exception, Matter},
        reconciliation::{Attendance, ByKind, LineName, Reconciliation},
        verify::Options,
    },
    sanction::Sanctions,
    wire::{Purpose, VoidKind},
};

use crate::{
    day::{Archive, Day, failed, signed, verify},
    plan::{Plan, exception, sanctions},
};

fn assert_found(forged: &Day, by: &[&str]) {
    let report = forged.verify();
    assert_eq!(failed(&report), by, "{report}");
}

#[test]
fn a_score_or_rank_in_the_ranking_is_computed_again() {
    let day = Day::hold(&Plan::small());
    assert_found(&day.rewritten("ranking.csv", ",true,", ",false,"), &["ranking"]);
    assert_found(&day.rewritten("ranking.json", "true", "false"), &["ranking"]);
}

#[test]
fn a_sanction_of_later_is_found_even_with_the_ranking_that_follows_from_it() {
    let plan = Plan { decisions: Decisions::default(), ..Plan::small() };
    let day = Day::hold(&plan);
    let later =
        Day::hold(&Plan { sanctions: sanctions("1,canvassing,宁纪〔2020〕8号,2020-12-12\n"), ..plan });
    assert_found(&day.forged("sanctions.csv", later.text("sanctions.csv")), &["closing", "ranking"]);
    let mut forged = day.clone();
    for name in ["sanctions.csv", "ranking.csv", "ranking.json"] {
        forged.files.insert(name.to_owned(), later.files[name].clone());
    }
    forged.sign_again();
    assert_found(&forged, &["closing"]);
    // The trustees' signatures, of which one hangs on each statement, cannot be made by the insider.
    let statement = ClosingStatement {
        sanctions_sha256: later.closing.statement.sanctions_sha256,
        ..day.closing.statement.clone()
    };
    let closing = signed(statement.clone(), &[]);
    let with_old_signatures = evaluation::publication::closing::Closing { statement, ..day.closing.clone() };
    assert_found(&forged.forged("closing.json", closing.to_json()), &["closing_signatures"]);
    assert_found(&forged.forged("closing.json", with_old_signatures.to_json()), &["closing_signatures"]);
}

#[test]
fn a_sanction_that_is_taken_back_is_found() {
    let day = Day::hold(&Plan::sanctioned());
    let without = Day::hold(&Plan { sanctions: Sanctions::default(), ..Plan::sanctioned() });
    let mut forged = day.clone();
    for name in ["sanctions.csv", "ranking.csv", "ranking.json"] {
        forged.files.insert(name.to_owned(), without.files[name].clone());
    }
    forged.sign_again();
    assert_found(&forged, &["closing"]);
}

#[test]
fn every_line_of_the_closing_statement_is_held_against_archive_and_signatures() {
    let day = Day::hold(&Plan::small());
    let hash = day.closing.statement.end_ballots_event.to_string();
    let setup = day.setup.to_string();
    let void = day.closing.statement.void_cards[0].credential.clone();
    let kept = day.closing.statement.not_returned[0].clone();
    for (from, to) in [
        (setup.as_str(), hash.as_str()),
        ("\"ballots\": 3", "\"ballots\": 2"),
        (void.as_str(), kept.as_str()),
        ("\"damaged\"", "\"returned\""),
        ("\"spare\": 0", "\"spare\": 1"),
        ("\"投票机1\"", "\"投票机2\""),
        ("\"ballots\": 2", "\"ballots\": 1"),
        ("\"log_entries\": 40", "\"log_entries\": 41"),
        ("\"reissued\": 1", "\"reissued\": 0"),
        ("\"exceptions\": []", "\"exceptions\": [ ]"),
        ("\"owner\": 1", "\"owner\": 2"),
        ("\"owner\": 3", "\"owner\": 4"),
        ("{\n", "{ \n"),
    ] {
        let report = day.rewritten("closing.json", from, to).verify();
        assert!(!report.is_accepted(), "{from:?} to {to:?}");
    }
}

#[test]
fn signatures_of_trustees_cannot_be_left_out_repeated_or_moved() {
    let day = Day::hold(&Plan::small());
    let with = |order: &[usize]| {
        let mut closing = day.closing.clone();
        let signatures = order.iter().map(|index| day.closing.trustee_signatures[*index].clone());
        closing.trustee_signatures = signatures.collect();
        day.forged("closing.json", closing.to_json())
    };
    assert!(with(&[0, 1]).verify().is_accepted());
    for order in [&[0][..], &[1], &[], &[0, 0], &[0, 1, 1], &[1, 0]] {
        assert!(!with(order).verify().is_accepted(), "{order:?}");
    }
}

#[test]
fn who_has_decrypted_has_signed_and_nobody_else() {
    let two = Day::hold(&Plan::small());
    let three = Day::hold(&Plan { decrypting: vec![1, 2, 3], ..Plan::small() });
    assert_eq!(two.closing.statement, three.closing.statement);
    assert!(three.verify().is_accepted(), "{}", three.verify());
    assert_found(&two.forged("closing.json", three.text("closing.json")), &["closing_signatures"]);
    assert_found(&three.forged("closing.json", two.text("closing.json")), &["closing_signatures"]);
}

#[test]
fn an_absence_that_is_hidden_or_invented_is_found() {
    let plan = Plan::small();
    let (with, without) = (Day::hold(&plan), Day::hold(&Plan { absence: false, ..plan }));
    let mut hidden = with.clone();
    hidden.files.remove("draw/absences.tsv");
    hidden.files.remove("draw/replacements.tsv");
    hidden.files.insert("reconciliation.json".to_owned(), without.files["reconciliation.json"].clone());
    hidden.sign_again();
    assert_found(&hidden, &["closing", "reconciliation"]);
    let mut invented = without.clone();
    for name in ["draw/absences.tsv", "draw/replacements.tsv", "reconciliation.json"] {
        invented.files.insert(name.to_owned(), with.files[name].clone());
    }
    invented.sign_again();
    assert_found(&invented, &["closing", "reconciliation"]);
}

#[test]
fn every_count_of_the_reconciliation_is_counted_again() {
    let day = Day::hold(&Plan::small());
    for line in day.text("reconciliation.json").lines().filter(|line| line.contains(':')) {
        let (name, count) = line.trim_end_matches(',').split_once(": ").unwrap();
        let Ok(count) = count.parse::<u64>() else { continue };
        let from = format!("{name}: {count}");
        assert_found(
            &day.rewritten("reconciliation.json", &from, &format!("{name}: {}", count + 1)),
            &["reconciliation"],
        );
    }
    for (from, to) in [("\"booths\"", "\"called\""), ("\"exceptions\": []", "\"exceptions\": [ ]")] {
        assert_found(&day.rewritten("reconciliation.json", from, to), &["reconciliation"]);
    }
}

/// Everybody signs it: the trustees' keys do not help against what archive, cards and booths say.
#[test]
fn a_lie_about_cards_or_booths_is_found_even_if_every_trustee_signs_it() {
    let lies: [fn(&mut ClosingStatement); 17] = [
        |statement| statement.void_cards[0].kind = VoidKind::Audit,
        |statement| statement.void_cards.swap(0, 1),
        |statement| drop(statement.void_cards.pop()),
        |statement| statement.void_cards.push(statement.void_cards[1].clone()),
        |statement| statement.not_returned.clear(),
        |statement| statement.not_returned.push(statement.void_cards[0].credential.clone()),
        |statement| statement.not_returned.push("x".to_owned()),
        |statement| statement.zero_report.ballots = 1,
        |statement| statement.zero_report.spent = 1,
        |statement| statement.zero_report.void = 1,
        |statement| statement.zero_report.credentials += 1,
        |statement| statement.booths.swap(0, 1),
        |statement| {
            let other = statement.booths[1].statement.unwrap().signature;
            statement.booths[0].statement.as_mut().unwrap().signature = other;
        },
        |statement| statement.booths[0].public_key.make_ascii_uppercase(),
        // A booth that took part and has not signed, without an exception; one that has no key.
        |statement| statement.booths[1].statement = None,
        |statement| {
            statement.booths[1].statement = None;
            statement.booths[1].public_key.replace_range(0..2, "zz");
        },
        |statement| statement.booths.push(statement.booths[1].clone()),
    ];
    for (number, lie) in (1..).zip(lies) {
        let report = Day::hold(&Plan { lie, ..Plan::small() }).verify();
        assert!(failed(&report).contains(&"closing"), "lie {number}: {report}");
    }
    let moved: fn(&mut ClosingStatement) =
        |statement| statement.booths[0].statement.as_mut().unwrap().ballots -= 1;
    assert_found(&Day::hold(&Plan { lie: moved, ..Plan::small() }), &["closing", "reconciliation"]);
}

#[test]
fn a_line_that_differs_needs_its_own_exception_and_there_is_none_without_a_difference() {
    // One of the two booths has not signed for its ballot.
    let lost: fn(&mut ClosingStatement) = |statement| statement.booths[1].statement = None;
    let silent = exception(Matter::BoothStatementMissing { booth: "投票机2".to_owned() });
    let differs = |difference| exception(Matter::OutOfBalance { line: LineName::Booths, difference });
    let held = |exceptions: Vec<Exception>| Day::hold(&Plan { lie: lost, exceptions, ..Plan::small() });
    let explained = held(vec![silent.clone(), differs(-1)]);
    assert_found(&explained, &[]);
    assert!(explained.text("reconciliation.json").contains("\"difference\": -1"));
    assert_found(&held(vec![silent.clone()]), &["reconciliation"]);
    assert_found(&held(vec![silent.clone(), differs(-2)]), &["reconciliation"]);
    assert_found(&held(vec![differs(-1), silent]), &["closing"]);
    assert_found(&held(vec![differs(-1)]), &["closing"]);
    let other = exception(Matter::BoothStatementMissing { booth: "投票机1".to_owned() });
    assert_found(&held(vec![other.clone(), differs(-1)]), &["closing"]);
    assert_found(&Day::hold(&Plan { exceptions: vec![other], ..Plan::small() }), &["closing"]);
    let stranger = exception(Matter::BoothNotFinished { booth: "投票机3".to_owned() });
    assert_found(&Day::hold(&Plan { exceptions: vec![stranger], ..Plan::small() }), &["closing"]);
    assert_found(&Day::hold(&Plan { exceptions: vec![differs(-1)], ..Plan::small() }), &["reconciliation"]);
}

#[test]
fn every_line_is_held_against_its_other_side() {
    let small = Plan::small().attendance.unwrap();
    for (attendance, lines) in [
        (Attendance { present: 3, ..small }, vec![LineName::Called, LineName::HandedOut]),
        (Attendance { absent: 1, ..small }, vec![LineName::Called]),
        (Attendance { reissued: 0, ..small }, vec![LineName::HandedOut, LineName::Reissued]),
        (
            Attendance { handed_out: 6, ..small },
            vec![LineName::HandedOut, LineName::CardsMade, LineName::CardsUsed],
        ),
    ] {
        let plan = Plan { attendance: Some(attendance), ..Plan::small() };
        let day = Day::hold(&plan);
        assert_found(&day, &["reconciliation"]);
        let found: Reconciliation = serde_json::from_str(day.text("reconciliation.json")).unwrap();
        let differing: Vec<_> = found.unexplained().map(|line| line.line).collect();
        assert_eq!(differing, lines);
        let recorded = found
            .unexplained()
            .map(|line| exception(Matter::OutOfBalance { line: line.line, difference: line.difference }));
        assert_found(&Day::hold(&Plan { exceptions: recorded.collect(), ..plan }), &[]);
    }
}

#[test]
fn a_card_that_voted_and_should_not_have_is_published_with_its_exception_or_stops_everything() {
    let void_refused = ByKind { audit: 1, ..ByKind::default() };
    let plan = Plan { void_refused, ..Plan::small() };
    assert_found(&Day::hold(&plan), &["reconciliation"]);
    let spent = |cards, scans| exception(Matter::SpentCard { card: VoidKind::Audit, cards, scans });
    for wrong in [vec![spent(2, 1)], vec![spent(0, 1)], vec![spent(1, 2)], vec![spent(1, 1), spent(1, 1)]] {
        assert_found(&Day::hold(&Plan { exceptions: wrong, ..plan.clone() }), &["reconciliation"]);
    }
    assert_found(&Day::hold(&Plan { exceptions: vec![spent(1, 1)], ..plan }), &[]);
    // One card may have been scanned twice, because the server began anew in between.
    let twice = Plan { void_refused: ByKind { audit: 2, ..ByKind::default() }, ..Plan::small() };
    assert_found(&Day::hold(&Plan { exceptions: vec![spent(1, 2)], ..twice.clone() }), &[]);
    assert_found(&Day::hold(&Plan { exceptions: vec![spent(2, 2)], ..twice.clone() }), &[]);
    assert_found(&Day::hold(&Plan { exceptions: vec![spent(1, 1)], ..twice }), &["reconciliation"]);
    assert_found(&Day::hold(&Plan { exceptions: vec![spent(1, 1)], ..Plan::small() }), &["reconciliation"]);
}

#[test]
fn a_ballot_of_a_void_card_is_refused_by_its_tracker_and_never_counted() {
    let refused: fn(&mut ClosingStatement) = |statement| {
        let tracker = belenios::text::Fingerprint::of("a ballot that is not in the archive");
        statement.refused.push(RefusedBallot { refused: tracker, stored: None });
    };
    let day = Day::hold(&Plan { lie: refused, ..Plan::small() });
    assert_found(&day, &[]);
    assert!(day.text("closing.json").contains("\"stored\": null"));
    assert!(day.text("reconciliation.json").contains("\"refused_ballots\": 1"));
}

#[test]
fn every_booth_that_took_part_stands_in_the_closing_statement_with_its_key() {
    let day = Day::hold(&Plan::small());
    for booth in &day.closing.statement.booths {
        assert!(day.text("closing.json").contains(&format!("\"public_key\": \"{}\"", booth.public_key)));
    }
    assert_eq!(day.closing.statement.booths.len(), 2);
}

#[test]
fn an_unreadable_card_counts_as_what_it_was_and_there_are_no_more_of_them_than_cards() {
    let unreadable = |card, cards| vec![exception(Matter::CardUnreadable { card, cards })];
    // The damaged card cannot be read: the scrutineers could not declare it void.
    let plan = Plan { void: vec![VoidKind::Spare], ..Plan::small() };
    let day = Day::hold(&Plan { exceptions: unreadable(VoidKind::Damaged, 1), ..plan.clone() });
    assert_found(&day, &[]);
    assert!(day.text("reconciliation.json").contains("\"not_returned\": 1"));
    assert_found(
        &Day::hold(&Plan { exceptions: unreadable(VoidKind::Damaged, 4), ..plan }),
        &["reconciliation"],
    );
}

#[test]
fn a_real_poll_without_check_in_or_without_booths_needs_an_exception_and_its_lines_are_absent() {
    let (desk, booth) = (exception(Matter::NoCheckIn), exception(Matter::NoBoothStatement));
    let bare = |exceptions: &[&Exception]| Plan {
        attendance: None,
        booths: 0,
        exceptions: exceptions.iter().copied().cloned().collect(),
        ..Plan::small()
    };
    for missing in [&[][..], &[&desk], &[&booth]] {
        assert_found(&Day::hold(&bare(missing)), &["reconciliation"]);
    }
    for superfluous in [&desk, &booth] {
        let plan = Plan { exceptions: vec![superfluous.clone()], ..Plan::small() };
        assert_found(&Day::hold(&plan), &["reconciliation"]);
    }
    // A rehearsal needs none, and is no result.
    let rehearsal = Plan { purpose: Purpose::Rehearsal, ..bare(&[]) };
    assert_found(&Day::hold(&rehearsal), &["description"]);
    let day = Day::hold(&bare(&[&desk, &booth]));
    assert_found(&day, &[]);
    let text = day.text("reconciliation.json");
    assert!(text.contains("\"attendance\": null") && text.contains("\"booth_ballots\": null"), "{text}");
    let found: Reconciliation = serde_json::from_str(text).unwrap();
    assert_eq!(found.lines.iter().map(|line| line.line).collect::<Vec<_>>(), [LineName::Seats]);
}

#[test]
fn the_small_day_balances_line_by_line() {
    let day = Day::hold(&Plan::small());
    insta::assert_snapshot!("reconciliation", day.text("reconciliation.json"));
}

#[test]
fn a_decision_counts_only_among_the_tied() {
    let day = Day::hold(&Plan::small());
    // Office 1 has no tie; office 4 is tied, but then one of the others must go.
    assert_found(&day.rewritten("decisions.csv", "\n2,", "\n1,"), &["ranking"]);
    assert_found(&day.rewritten("decisions.csv", "\n5,", "\n6,"), &["ranking"]);
    assert_found(&day.rewritten("decisions.csv", "\n3,", "\n4,"), &["ranking"]);
}

#[test]
fn the_head_of_the_log_has_one_form() {
    let day = Day::hold(&Plan::small());
    let head = day.text("log-head.txt").to_owned();
    for altered in [
        String::new(),
        head.trim_end().to_owned(),
        head.replace('\n', "\r\n"),
        head.replace(' ', "  "),
        head.to_uppercase(),
        format!("0{head}"),
        format!("+{head}"),
        format!("{head}\n"),
        format!("{head}{head}"),
        head.replacen(' ', "", 1),
    ] {
        assert_found(&day.forged("log-head.txt", altered), &["log_head"]);
    }
}

/// Said openly: nothing else in the folder knows these, so for them the signature is all there is.
#[test]
fn only_the_publication_key_answers_for_log_head_and_decided_ties() {
    let day = Day::hold(&Plan::small());
    let undecided = Day::hold(&Plan { decisions: Decisions::default(), ..Plan::small() });
    let mut forgotten = day.clone();
    forgotten.files.remove("decisions.csv");
    for name in ["ranking.csv", "ranking.json"] {
        forgotten.files.insert(name.to_owned(), undecided.files[name].clone());
    }
    forgotten.sign_again();
    for forged in [
        day.rewritten("log-head.txt", "57 ", "58 "),
        day.rewritten("decisions.csv", "2020-12-16", "2020-12-17"),
        forgotten,
    ] {
        assert_found(&forged, &[]);
        let mut stranger = forged;
        stranger.files.insert("SHA256SUMS.sig".to_owned(), day.files["SHA256SUMS.sig"].clone());
        assert_found(&stranger, &["signature"]);
    }
}

#[test]
fn the_time_of_the_archive_is_the_one_the_trustees_signed() {
    let day = Day::hold(&Plan::small());
    let later = Archive { time: day.archive.time + 60, ..day.archive.clone() };
    assert_found(&day.forged(&day.bel, later.write().0), &["closing"]);
}

#[test]
fn rules_and_offices_are_those_of_the_election() {
    let day = Day::hold(&Plan::small());
    assert_found(&day.rewritten("edition.json", "\"points\": 20", "\"points\": 40"), &["edition", "ranking"]);
    assert_found(&day.rewritten("edition.json", "2020-12-15", "2020-12-16"), &["edition"]);
    let report = day.rewritten("offices.csv", ",government,", ",vertical,").verify();
    assert!(failed(&report).contains(&"offices"), "{report}");
    let report = day.rewritten("offices.csv", "true", "false").verify();
    assert!(failed(&report).contains(&"offices"), "{report}");
}

#[test]
fn another_draw_that_is_right_in_itself_is_refused() {
    let plan = Plan::small();
    let day = Day::hold(&plan);
    // One seat a half: the same secrets, another announcement.
    let other = Day::hold(&Plan { choices: vec![], decisions: Decisions::default(), ..Plan::real_offices() });
    let mut forged = day.clone();
    for (name, bytes) in other.files.iter().filter(|(name, _)| name.starts_with("draw/")) {
        forged.files.insert(name.clone(), bytes.clone());
    }
    forged.files.remove("draw/absences.tsv");
    forged.files.remove("draw/replacements.tsv");
    forged.sign_again();
    assert!(failed(&forged.verify()).contains(&"draw"));
}

#[test]
fn a_rehearsal_is_refused() {
    let day = Day::hold(&Plan { purpose: Purpose::Rehearsal, ..Plan::small() });
    assert_found(&day, &["description"]);
    let anchored = verify(&day.files, Options { anchor: Some(day.setup), no_revotes: false });
    assert!(!anchored.is_accepted());
}

#[test]
fn more_or_fewer_trustees_than_the_rules_name_are_refused() {
    for (needed, trustees) in [(1, 1), (2, 2), (2, 4), (1, 3), (3, 3)] {
        let plan = Plan { needed, trustees, decrypting: (1..=trustees).collect(), ..Plan::small() };
        assert_found(&Day::hold(&plan), &["election"]);
    }
}

#[test]
fn another_publication_key_is_refused() {
    let mut day = Day::hold(&Plan::small());
    day.key = ed25519_dalek::SigningKey::from_bytes(&[21; 32]);
    day.sign_again();
    assert_found(&day, &["signature"]);
}
