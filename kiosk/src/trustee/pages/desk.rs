//! What the terminal holds while people work at it, and the first page.

use std::sync::Arc;

use appearance::{Language, Text};
use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use evaluation::wire::{PollState, TrusteeAssignment};
use maud::html;
use serde::Deserialize;
use tokio::sync::{Mutex, MutexGuard};

use super::{
    TrusteeSettings,
    frame::Frame,
    keys::KeyStage,
    tally::TallyStage,
    void::Voided,
    words::{Words, explain_uplink},
};
use crate::{
    os_rng,
    pages::Nonce,
    uplink::{Uplink, UplinkError},
};

/// The terminal with everything behind it.
#[derive(Debug)]
pub(super) struct Terminal {
    pub(super) uplink: Arc<Uplink>,
    pub(super) settings: TrusteeSettings,
    desk: Mutex<Desk>,
}

/// What is open at this moment. Dropping it wipes what is secret.
pub(super) struct Desk {
    pub(super) nonce: Nonce,
    pub(super) language: Language,
    pub(super) key: KeyStage,
    pub(super) tally: TallyStage,
    /// Cards declared void since the terminal was started.
    pub(super) voided: Voided,
    /// Why the last form was not taken; shown once.
    pub(super) problem: Option<Words>,
    /// What the server last said, for when it does not answer.
    known: Option<TrusteeAssignment>,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Desk(hidden)")
    }
}

/// The hidden field that every form carries.
#[derive(Deserialize)]
pub(super) struct Empty {
    pub(super) session: String,
}

impl Terminal {
    pub(super) fn new(uplink: Arc<Uplink>, settings: TrusteeSettings) -> Arc<Self> {
        let desk = Desk {
            nonce: Nonce::random(&mut os_rng()),
            language: Language::default(),
            key: KeyStage::Closed,
            tally: TallyStage::Closed,
            voided: Voided::default(),
            problem: None,
            known: None,
        };
        Arc::new(Self { uplink, settings, desk: Mutex::new(desk) })
    }

    pub(super) async fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().await
    }

    /// The desk, if the form came from a page of this terminal.
    pub(super) async fn desk_of(&self, session: String) -> Option<MutexGuard<'_, Desk>> {
        let desk = self.desk().await;
        (desk.nonce == Nonce::from_form(session)).then_some(desk)
    }

    /// Who sits here and for which poll, from the server, or as it last said.
    pub(super) async fn assignment(&self) -> Result<TrusteeAssignment, UplinkError> {
        match self.uplink.trustee_assignment().await {
            Ok(assignment) => {
                self.desk().await.known = Some(assignment.clone());
                Ok(assignment)
            }
            Err(error) if error.is_refusal() => Err(error),
            Err(error) => self.desk().await.known.clone().ok_or(error),
        }
    }

    /// A frame for a page, or the page that says why there is none.
    pub(super) async fn frame(&self, here: &'static str) -> Result<(Frame, TrusteeAssignment), Response> {
        let assignment = self.assignment().await;
        let mut desk = self.desk().await;
        let mut frame = Frame::new(&desk, here);
        match assignment {
            Ok(assignment) => {
                frame.assigned(&assignment);
                frame.problem = desk.problem.take();
                Ok((frame, assignment))
            }
            Err(error) => Err(no_assignment(frame, &error)),
        }
    }
}

fn no_assignment(mut frame: Frame, error: &UplinkError) -> Response {
    let words = explain_uplink(error);
    let title = words.headline.in_language(frame.language);
    frame.refresh = true;
    frame.problem = Some(words);
    frame.answer(StatusCode::SERVICE_UNAVAILABLE, title, &html! { h1 { (frame.say(WAITING)) } })
}

/// The first page.
pub(super) async fn home(State(terminal): State<Arc<Terminal>>) -> Response {
    let (frame, assignment) = match terminal.frame("/").await {
        Ok(framed) => framed,
        Err(response) => return response,
    };
    let title = frame.say(TITLE);
    let now = task_of(assignment.state);
    let body = html! {
        p class="lead" { (frame.who()) }
        h1 { (title) }
        ul class="tasks" {
            @for task in TASKS {
                li class=[(Some(task.url) == now).then_some("now")] {
                    a href=(task.url) {
                        strong { (frame.say(task.name)) }
                        span { (frame.say(task.about)) }
                        @if Some(task.url) == now { em { (frame.say(NOW)) } }
                    }
                }
            }
        }
    };
    frame.answer(StatusCode::OK, title, &body)
}

/// Closes what is open: nothing secret stays in memory.
pub(super) async fn forget(
    State(terminal): State<Arc<Terminal>>,
    form: Result<Form<Empty>, FormRejection>,
) -> Response {
    if let Ok(Form(form)) = form
        && let Some(mut desk) = terminal.desk_of(form.session).await
    {
        desk.key = KeyStage::Closed;
        desk.tally = TallyStage::Closed;
    }
    Redirect::to("/").into_response()
}

struct Task {
    url: &'static str,
    name: Text,
    about: Text,
}

const TASKS: [Task; 4] = [
    Task {
        url: "/key",
        name: Text::new("制作密钥", "Make the key"),
        about: Text::new("投票之前，全体监票人一起", "Before the poll, all trustees together"),
    },
    Task {
        url: "/hall-key",
        name: Text::new("会场密钥", "Hall key"),
        about: Text::new("开启之前，全场只做一张", "Before the opening, one slip for the whole hall"),
    },
    Task {
        url: "/void",
        name: Text::new("作废评议卡", "Declare cards void"),
        about: Text::new(
            "损坏的卡随时；备用、交回、核验用的卡在封箱后",
            "Damaged cards at once; spare, returned and audit cards when the box is sealed",
        ),
    },
    Task {
        url: "/tally",
        name: Text::new("计票", "Tally"),
        about: Text::new("对账平衡之后，打开合计", "After the reconciliation, open the sums"),
    },
];

/// What is due while the poll stands here.
const fn task_of(state: PollState) -> Option<&'static str> {
    match state {
        PollState::Setup => Some("/key"),
        PollState::CardsReady => Some("/hall-key"),
        PollState::Open | PollState::Paused | PollState::Closing | PollState::Closed => Some("/void"),
        PollState::Reconciled => Some("/tally"),
        PollState::KeysReady | PollState::Tallied | PollState::Revealed => None,
    }
}

const TITLE: Text = Text::new("现在要做什么？", "What is to be done now?");
const NOW: Text = Text::new("现在该做这个", "This is due now");
const WAITING: Text = Text::new("监票终端还没有准备好", "The trustee's terminal is not ready yet");
