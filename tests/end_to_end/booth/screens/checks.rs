//! 核验本机: the warning, why a ballot is not opened, and what an opened one holds.

use kiosk::booth::{
    Saved,
    pages::{
        ChallengePage, ChallengeProblem, Look, OpenedPage, challenge_page, opened_before_page, opened_page,
    },
};

use super::{Screen, TRACKER, UNICOM, WATER, add, grades};

const ADDRESS: &str = "https://10.0.0.1:8443/challenge/3yVq8K1abcXr0PqLwZt5HnMB7sEoYdCgUfJ2iR4k9T6";

/// All of a check, from the warning on.
pub(super) fn checks(look: Look<'_>, screens: &mut Vec<Screen>) {
    let grades = grades(&look);
    let warning = |look, problem| challenge_page(&ChallengePage { look, tracker: TRACKER, problem });
    let closing = Look { closing: true, ..look };
    let rehearsal = Look { rehearsal: true, ..look };
    let [_, fairly, _, not] = grades;
    let row = |unit: &str, office: &str, grade: &str| (format!("{unit} {office}"), grade.to_owned());
    let answers: Vec<_> = (0..35)
        .flat_map(|_| [row(UNICOM.unit, UNICOM.office, fairly), row(WATER.unit, WATER.office, not)])
        .collect();
    let saved = Saved::As("challenge-3yVq8K1abcXr.json".to_owned());
    let opened = OpenedPage {
        look,
        tracker: TRACKER,
        answers: Some(&answers),
        address: Some(ADDRESS),
        saved: &Saved::NotConfigured,
    };
    let not_sent = OpenedPage { address: None, saved: &Saved::Failed, ..opened };
    add(screens, "challenge", warning(look, None), &[]);
    add(screens, "challenge-closing", warning(closing, None), &[]);
    add(screens, "challenge-rehearsal", warning(rehearsal, None), &[]);
    add(screens, "challenge-no-contact", warning(look, Some(ChallengeProblem::NoContact)), &[]);
    add(screens, "challenge-refused", warning(look, Some(ChallengeProblem::Refused)), &[]);
    add(screens, "opened", opened_page(&opened), &[]);
    add(screens, "opened-saved", opened_page(&OpenedPage { saved: &saved, ..opened }), &[]);
    add(screens, "opened-not-sent", opened_page(&not_sent), &[]);
    add(screens, "opened-differs", opened_page(&OpenedPage { answers: None, ..opened }), &[]);
    add(screens, "opened-before", opened_before_page(&look, TRACKER), &[]);
}
