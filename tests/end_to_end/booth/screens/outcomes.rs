//! After 提交, and whatever keeps a person from voting.

use kiosk::booth::pages::{
    Closed, ClosedPage, Look, Problem, ProblemPage, RefusedPage, SuccessPage, VoidPage, WaitingPage, Waits,
    closed_page, hand_back_page, problem_page, refused_page, success_page, void_page, waiting_page,
};

use super::{Screen, TRACKER, add};

/// After 提交, and whatever keeps a person from voting.
pub(super) fn outcomes(look: Look<'_>, screens: &mut Vec<Screen>) {
    let success = SuccessPage { look, tracker: TRACKER, qr_text: TRACKER };
    let printing = Look { receipt_printer: true, ..look };
    let closed = |reason| closed_page(&ClosedPage { look, reason, here: "/" });
    add(screens, "hand-back", hand_back_page(&Look { closing: true, ..look }), &[]);
    let waiting = |why| waiting_page(&WaitingPage { look, tracker: TRACKER, why });
    add(screens, "waiting", waiting(Waits::ForServer), &[]);
    add(screens, "waiting-not-ready", waiting(Waits::ForRegistration), &[]);
    add(screens, "waiting-in-vain", waiting(Waits::InVain), &[]);
    add(screens, "success", success_page(&success), &[]);
    add(screens, "success-printer", success_page(&SuccessPage { look: printing, ..success }), &[]);
    add(screens, "refused", refused_page(&RefusedPage { look, refused: TRACKER, stored: TRACKER }), &[]);
    add(screens, "void", void_page(&VoidPage { look, refused: TRACKER }), &[]);
    add(screens, "paused", closed(Closed::Paused), &[]);
    add(screens, "not-yet-open", closed(Closed::NotYetOpen), &[]);
    add(screens, "closing", closed(Closed::Closing), &[]);
    add(screens, "no-contact", closed(Closed::NoContact), &[]);
    for problem in Problem::ALL {
        add(screens, problem_name(problem), problem_page(&ProblemPage { look, problem }), &[]);
    }
}

const fn problem_name(problem: Problem) -> &'static str {
    match problem {
        Problem::NotStored => "problem-disk-full",
        Problem::NotSealed => "problem-not-sealed",
        Problem::TooLate => "problem-too-late",
        Problem::OtherElection => "problem-other-election",
    }
}
