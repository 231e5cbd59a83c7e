//! An insider who rewrites the archive with a chain that holds, and signs the publication again.

use evaluation::decision::Decisions;

use crate::{
    day::{Archive, Day, failed},
    plan::Plan,
    tar::{members, rewrite},
};

/// The publication with another archive, signed again.
fn with(day: &Day, archive: Vec<u8>) -> Day {
    day.forged(&day.bel, archive)
}

fn assert_refused(day: &Day, archive: Vec<u8>, what: &str) {
    assert!(archive != day.files[&day.bel], "{what}: nothing was changed");
    let report = with(day, archive).verify();
    assert!(!report.is_accepted(), "{what}:\n{report}");
}

#[test]
fn no_member_of_the_archive_can_be_written_in_another_form() {
    let day = Day::hold(&Plan::small());
    let archive = &day.files[&day.bel];
    for number in 0..members(archive).len() {
        for (what, from, to) in [
            ("a space at the end", "", " "),
            ("a space in front", "{", " {"),
            ("a space in front", "[", " ["),
            ("a space after a comma", ",", ", "),
            ("a space after a colon", ":", ": "),
        ] {
            let forged = rewrite(archive, |index, _, body| {
                if index == number {
                    let text = str::from_utf8(body).unwrap();
                    *body = if from.is_empty() { format!("{text}{to}") } else { text.replacen(from, to, 1) }
                        .into();
                }
            });
            if forged != *archive {
                let name = &members(archive)[number].1.0;
                assert_refused(&day, forged, &format!("member {number} {name}: {what}"));
            }
        }
    }
}

#[test]
fn no_fields_can_be_added_to_a_member_of_the_archive() {
    let day = Day::hold(&Plan::small());
    let archive = &day.files[&day.bel];
    for number in 0..members(archive).len() {
        let forged = rewrite(archive, |index, _, body| {
            if index == number && body.starts_with(b"{") {
                body.splice(..1, *br#"{"note":1,"#);
            }
        });
        if forged != *archive {
            assert_refused(&day, forged, &format!("member {number}"));
        }
    }
}

#[test]
fn ballots_cannot_be_dropped_and_the_rest_tallied_anew() {
    let plan = Plan::small();
    let day = Day::hold(&plan);
    let fewer =
        Day::hold(&Plan { choices: plan.choices[..2].to_vec(), decisions: Decisions::default(), ..plan });
    let mut forged = fewer.clone();
    forged.files.insert("closing.json".to_owned(), day.files["closing.json"].clone());
    forged.sign_again();
    assert_eq!(failed(&forged.verify()), ["closing", "reconciliation"]);
}

#[test]
fn a_card_that_counts_more_than_once_is_refused() {
    let day = Day::hold(&Plan { weight: 3, ..Plan::small() });
    assert!(day.archive.credentials.contains(",3"));
    assert_eq!(failed(&day.verify()), ["election"], "{}", day.verify());
}

#[test]
fn shares_stand_in_the_order_of_the_trustees() {
    let day = Day::hold(&Plan::small());
    let mut shares = day.archive.shares.clone();
    shares.reverse();
    assert_refused(&day, Archive { shares, ..day.archive.clone() }.write().0, "shares in another order");
}

#[test]
fn unsorted_ballots_are_refused_although_everything_else_holds() {
    let report = Day::hold(&Plan { sorted: false, ..Plan::small() }).verify();
    assert_eq!(failed(&report), ["election"], "{report}");
}

#[test]
fn another_name_of_the_archive_is_refused() {
    let mut day = Day::hold(&Plan::small());
    let archive = day.files.remove(&day.bel).unwrap();
    assert!(!day.forged("election.bel", archive).verify().is_accepted());
}

#[test]
fn an_unfinished_archive_is_refused() {
    let day = Day::hold(&Plan::small());
    let archive = &day.files[&day.bel];
    let members = members(archive);
    let size = |count: usize| -> usize {
        members[..count].iter().map(|(_, (_, body))| 512 + body.len().next_multiple_of(512)).sum()
    };
    for count in 0..members.len() {
        assert_refused(&day, archive[..size(count)].to_vec(), &format!("the first {count} members"));
    }
}
