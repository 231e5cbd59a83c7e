//! From what the booth knows to the pages' view models.

use appearance::{Language, Text};
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use belenios::text::Fingerprint;
use evaluation::{
    office::Office,
    rules::Label,
    wire::{OfficeInformation, PollState, Purpose},
};
use maud::Markup;

use super::super::{
    Booth, Cast, Challenged, Contact, DeckTest, Opening, Place, Poll, Review, View,
    pages::{
        self, CardPage, CardProblem, ChallengePage, ChallengeProblem, Closed, ClosedPage, DeckPage,
        DeckProblem, EndedPage, GroupPage, GroupRow, Look, OfficePage, OfficeWords, OpenedPage, OpeningPage,
        OpeningProblem, Problem, ProblemPage, RefusedPage, ReviewPage, ReviewRow, ReviewSection, SuccessPage,
        VerdictPage, VoidPage, WaitingPage, Waits,
    },
};
use crate::{
    flow::{Flow, Position},
    uplink::{Delay, Delivery},
};

/// The first page, with the reason why the last card was not taken.
pub(super) fn card(booth: &Booth, view: &View, problem: Option<CardProblem>, entered: &str) -> Response {
    let status = match problem {
        None => StatusCode::OK,
        Some(CardProblem::NoContact) => StatusCode::SERVICE_UNAVAILABLE,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let poll = label(&booth.poll().edition.rules.title, view.display.language);
    answer(status, pages::card_page(&CardPage { look: look(booth, view), poll, problem, entered }))
}

/// The screen of an office in the order of this vote.
pub(super) struct Shown {
    /// The office whose turn it is.
    position: Position,
    /// All offices of the screen, with the grades that were chosen.
    together: Vec<(Position, Option<usize>)>,
    /// Place of the first of them in this voter's order, from 1.
    place: u16,
    /// The first office of the screen before.
    previous: Option<Position>,
    /// The first office of the screen after.
    next: Option<Position>,
    /// Whether the order is this voter's own.
    is_shuffled: bool,
}

impl Shown {
    /// How this vote shows that office.
    pub(super) fn of(flow: &Flow, position: Position) -> Self {
        let together = flow.together(position);
        Self {
            position,
            together: together.iter().map(|position| (*position, flow.chosen(*position))).collect(),
            place: together.first().map_or(1, |first| flow.place(*first)),
            previous: flow.previous(position),
            next: flow.next(position),
            is_shuffled: flow.order_seed().is_shuffled(),
        }
    }

    fn chosen(&self) -> Option<usize> {
        self.together.iter().find(|(position, _)| *position == self.position).and_then(|(_, chosen)| *chosen)
    }

    fn says_shuffled(&self) -> bool {
        self.is_shuffled && self.place == 1
    }
}

/// The screen of one office, with those that share it. `missed` if the person wanted to go on too early.
pub(super) fn office(booth: &Booth, view: &View, shown: &Shown, from_review: bool, missed: bool) -> Response {
    let poll = booth.poll();
    let find = |position: Position| poll.offices.iter().nth(position.index());
    let Some(office) = find(shown.position) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let language = view.display.language;
    let section = poll.edition.rules.section(&office.section);
    let section = section.map_or("", |section| label(&section.name, language));
    let total = u16::try_from(poll.offices.len()).unwrap_or(u16::MAX);
    let (previous, next) = (shown.previous.map(Position::number), shown.next.map(Position::number));
    let grades = grades(booth, language);
    if poll.edition.rules.poll.offices_per_screen > 1 {
        let row = |(position, chosen): &(Position, Option<usize>)| {
            Some(GroupRow {
                office: words(poll, find(*position)?),
                position: position.number(),
                chosen: *chosen,
            })
        };
        let page = GroupPage {
            look: look(booth, view),
            section,
            rows: &shown.together.iter().filter_map(row).collect::<Vec<_>>(),
            current: shown.position.number(),
            place: shown.place,
            total,
            previous,
            next,
            says_shuffled: shown.says_shuffled(),
            grades: &grades,
            from_review,
            missed,
        };
        return answer(StatusCode::OK, pages::group_page(&page));
    }
    let page = OfficePage {
        look: look(booth, view),
        section,
        office: words(poll, office),
        position: shown.position.number(),
        place: shown.place,
        total,
        previous,
        next,
        says_shuffled: shown.says_shuffled(),
        grades: &grades,
        chosen: shown.chosen(),
        from_review,
    };
    answer(StatusCode::OK, pages::office_page(&page))
}

/// Everything once more.
pub(super) fn review(booth: &Booth, view: &View, review: &Review, last_seen: Position) -> Response {
    let language = view.display.language;
    let poll = booth.poll();
    let row = |(office, position): (&'_ Office, Position)| (office.number.value(), position);
    let rows: Vec<Vec<ReviewRow<'_>>> = poll
        .edition
        .rules
        .sections
        .iter()
        .map(|section| {
            poll.offices
                .iter()
                .zip(booth.positions())
                .filter(|(office, _)| office.section == section.id)
                .map(|(office, position)| {
                    let (number, position) = row((office, position));
                    ReviewRow {
                        position: position.number(),
                        number,
                        unit: unit(office),
                        office: &office.office,
                        grade: review.grades.get(position.index()).copied().flatten(),
                    }
                })
                .collect()
        })
        .collect();
    let sections: Vec<ReviewSection<'_>> = poll
        .edition
        .rules
        .sections
        .iter()
        .zip(&rows)
        .map(|(section, rows)| ReviewSection { name: label(&section.name, language), rows })
        .collect();
    let tracker = review.tracker.map(|tracker| tracker.to_string());
    let page = ReviewPage {
        look: look(booth, view),
        sections: &sections,
        grades: &grades(booth, language),
        last_seen: last_seen.number(),
        tracker: tracker.as_deref(),
        can_be_opened: review.can_be_opened,
    };
    answer(StatusCode::OK, pages::review_page(&page))
}

/// What has become of the ballot.
pub(super) fn done(booth: &Booth, view: &View, cast: Cast) -> Response {
    let look = look(booth, view);
    let tracker = cast.tracker.to_string();
    let markup = match cast.delivery {
        Delivery::Waiting(delay) => {
            let why = match delay {
                _ if super::is_over(booth.contact()) => Waits::InVain,
                Delay::BoothNotReady => Waits::ForRegistration,
                _ => Waits::ForServer,
            };
            pages::waiting_page(&WaitingPage { look, tracker: &tracker, why })
        }
        Delivery::Stored => pages::success_page(&SuccessPage { look, tracker: &tracker, qr_text: &tracker }),
        Delivery::Refused { stored } => {
            pages::refused_page(&RefusedPage { look, refused: &tracker, stored: &stored.to_string() })
        }
        Delivery::Void => pages::void_page(&VoidPage { look, refused: &tracker }),
        Delivery::Challenged => pages::opened_before_page(&look, &tracker),
    };
    answer(StatusCode::OK, markup)
}

/// The warning before a ballot is opened, or why it was not.
pub(super) fn challenge(
    booth: &Booth,
    view: &View,
    tracker: Fingerprint,
    problem: Option<ChallengeProblem>,
) -> Response {
    let status = if problem.is_some() { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    let page = ChallengePage { look: look(booth, view), tracker: &tracker.to_string(), problem };
    answer(status, pages::challenge_page(&page))
}

/// What an opened ballot holds.
pub(super) fn opened(booth: &Booth, view: &View, challenged: &Challenged) -> Response {
    let page = OpenedPage {
        look: look(booth, view),
        tracker: &challenged.tracker.to_string(),
        answers: challenged.found.as_deref().ok(),
        address: challenged.address.as_deref(),
        saved: &challenged.saved,
    };
    answer(StatusCode::OK, pages::opened_page(&page))
}

/// Nobody can vote now.
pub(super) fn closed(booth: &Booth, view: &View, contact: Contact, here: &str) -> Response {
    let look = look(booth, view);
    let reason = match contact {
        Contact::State(PollState::Setup | PollState::KeysReady | PollState::CardsReady) => Closed::NotYetOpen,
        // A poll that has just been opened again: the page asks anew by itself.
        Contact::State(PollState::Open | PollState::Paused) => Closed::Paused,
        Contact::State(PollState::Closing) => Closed::Closing,
        // Somebody still sat here when the poll was closed without this booth.
        Contact::State(
            PollState::Closed | PollState::Reconciled | PollState::Tallied | PollState::Revealed,
        ) => return problem(look, Problem::TooLate),
        Contact::OtherElection => return problem(look, Problem::OtherElection),
    };
    answer(StatusCode::OK, pages::closed_page(&ClosedPage { look, reason, here }))
}

/// What the booth delivered and signed, once the poll is closed.
pub(super) async fn ended(booth: &Booth, view: &View) -> Response {
    let page = EndedPage {
        look: look(booth, view),
        ending: &booth.ending(),
        undelivered: booth.undelivered().await.ok(),
        setup_event: &booth.poll().setup_event.to_string(),
    };
    answer(StatusCode::OK, pages::ended_page(&page))
}

/// The opening sheet or the hall key is asked for.
pub(super) fn opening(
    booth: &Booth,
    view: &View,
    problem: Option<OpeningProblem>,
    entered: &str,
) -> Response {
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = OpeningPage {
        look: look(booth, view),
        poll: label(&booth.poll().edition.rules.title, view.display.language),
        hall_key: booth.opening() == Opening::HallKey,
        problem,
        entered,
    };
    answer(status, pages::opening_page(&page))
}

/// The logic and accuracy test, or its verdict once the whole deck has been voted.
pub(super) fn test(booth: &Booth, view: &View, test: &DeckTest, problem: Option<DeckProblem>) -> Response {
    if !test.is_complete() {
        let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        return answer(status, pages::deck_page(&DeckPage { look: look(booth, view), test, problem }));
    }
    let poll = booth.poll();
    let offices = poll.offices.iter().map(|office| {
        (office.number.value(), [unit(office), &office.office].into_iter().collect::<Vec<_>>().join(" "))
    });
    let page = VerdictPage {
        look: look(booth, view),
        test,
        booth: booth.label(),
        poll: label(&poll.edition.rules.title, view.display.language),
        election: poll.addressee.poll.as_str(),
        setup_event: &poll.setup_event.to_string(),
        offices: &offices.collect::<Vec<_>>(),
        grades: &grades(booth, view.display.language),
    };
    answer(StatusCode::OK, pages::verdict_page(&page))
}

/// Whether the person leaves without a ballot.
pub(super) fn hand_back(booth: &Booth, view: &View) -> Response {
    answer(StatusCode::OK, pages::hand_back_page(&look(booth, view)))
}

/// The ballot is not durable on this machine.
pub(super) fn not_stored(booth: &Booth, view: &View) -> Response {
    problem(look(booth, view), Problem::NotStored)
}

/// The ballot could not be encrypted.
pub(super) fn encryption_failed(booth: &Booth, view: &View) -> Response {
    problem(look(booth, view), Problem::NotSealed)
}

fn problem(look: Look<'_>, problem: Problem) -> Response {
    answer(StatusCode::SERVICE_UNAVAILABLE, pages::problem_page(&ProblemPage { look, problem }))
}

fn answer(status: StatusCode, page: Markup) -> Response {
    (status, page).into_response()
}

fn look<'a>(booth: &'a Booth, view: &'a View) -> Look<'a> {
    let display = view.display;
    Look {
        language: display.language,
        text_size: display.text_size,
        high_contrast: display.high_contrast,
        rehearsal: booth.poll().purpose == Purpose::Rehearsal,
        closing: matches!(view.place, Place::Voting(_) | Place::Opened)
            && booth.contact() == Contact::State(PollState::Closing),
        county: label(&booth.poll().edition.rules.county, display.language),
        session: view.nonce.as_str(),
        notice: view.notice,
        idle: matches!(view.place, Place::Voting(_) | Place::Opened).then(|| booth.idle_warning()),
        ..booth.fittings().look(display)
    }
}

/// The names of the grades in the order of the ballot's answers; 不了解 is the last, where the rules allow it.
fn grades(booth: &Booth, language: Language) -> Vec<&str> {
    let rules = &booth.poll().edition.rules;
    let mut names: Vec<&str> = rules.grades.iter().map(|grade| label(&grade.name, language)).collect();
    if rules.poll.abstention_allowed {
        names.push(Text::new("不了解", "Cannot say").in_language(language));
    }
    names
}

fn words<'a>(poll: &'a Poll, office: &'a Office) -> OfficeWords<'a> {
    let information = poll.information(office);
    let text = |of: fn(&OfficeInformation) -> &Option<String>| {
        information.and_then(|information| of(information).as_deref()).filter(|text| !text.is_empty())
    };
    OfficeWords {
        number: office.number.value(),
        unit: unit(office),
        office: &office.office,
        scope: office.scope.as_deref().unwrap_or(""),
        statement: text(|information| &information.statement),
        duties: text(|information| &information.duties),
        commitment: text(|information| &information.commitment),
        opinions: text(|information| &information.opinions),
    }
}

/// The unit, unless the office stands for it itself.
fn unit(office: &Office) -> &str {
    if office.unit == office.office { "" } else { &office.unit }
}

fn label(label: &Label, language: Language) -> &str {
    match language {
        Language::Chinese => &label.zh,
        Language::English => &label.en,
    }
}
