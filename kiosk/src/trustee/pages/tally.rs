//! The tally: stick and passphrase, the closed archive checked and added up here, comparing with the signed sheets, decrypting.

mod show;

use std::sync::Arc;

use appearance::{Text, parts::Tone};
use axum::{
    Form, Router,
    extract::{State, rejection::FormRejection},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use secrecy::SecretString;
use serde::Deserialize;
use tokio::{
    sync::watch,
    task::{JoinHandle, spawn_blocking},
};

use super::{
    desk::Terminal,
    keys::Stick,
    words::{Words, explain, explain_key_file, explain_uplink},
};
use crate::{
    os_rng,
    trustee::{self, ClosedPoll, KeyFile, KeyFileError, Passphrase, TrusteeError},
    uplink::Uplink,
};

/// How far the tally is.
#[derive(Debug)]
pub(super) enum TallyStage {
    /// The key file is closed.
    Closed,
    /// The archive is being fetched and checked.
    Checking(Checking),
    /// It was checked; people compare. Nothing is decrypted yet.
    Ready { file: Box<KeyFile>, poll: Arc<ClosedPoll> },
    /// The sums are opened and the share is sent.
    Sending(Sending),
    /// It is over.
    Over(Words),
}

/// The sums opened and the share on its way, with what is needed for another try. Dropping it stops the waiting, not what was sent.
#[derive(Debug)]
pub(super) struct Sending {
    work: JoinHandle<(Box<KeyFile>, Result<(), TrusteeError>)>,
    poll: Arc<ClosedPoll>,
}

/// The check at work. Dropping it stops it.
#[derive(Debug)]
pub(super) struct Checking {
    view: watch::Receiver<Progress>,
    work: JoinHandle<Result<(KeyFile, ClosedPoll), TrusteeError>>,
}

/// What the check is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    Fetching,
    Verifying,
    Sending,
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.work.abort();
    }
}

impl Drop for Checking {
    fn drop(&mut self) {
        self.work.abort();
    }
}

pub(super) fn routes() -> Router<Arc<Terminal>> {
    Router::new()
        .route("/tally", get(page))
        .route("/tally/unlock", post(unlock))
        .route("/tally/decrypt", post(decrypt))
}

async fn page(State(terminal): State<Arc<Terminal>>) -> Response {
    take_up(&terminal).await;
    let (mut frame, assignment) = match terminal.frame("/tally").await {
        Ok(framed) => framed,
        Err(response) => return response,
    };
    let desk = terminal.desk().await;
    match &desk.tally {
        TallyStage::Checking(checking) => {
            frame.refresh = true;
            show::checking(&frame, *checking.view.borrow())
        }
        TallyStage::Ready { poll, .. } => show::compare(&frame, poll),
        TallyStage::Sending(_) => {
            frame.refresh = true;
            show::checking(&frame, Progress::Sending)
        }
        TallyStage::Over(words) => show::over(&frame, words),
        TallyStage::Closed => {
            match (show::waits_for(assignment.state), Stick::look(&terminal.settings.key, &assignment)) {
                (Some(reason), _) => {
                    frame.refresh = true;
                    show::waiting(&frame, reason)
                }
                (None, Stick::Absent) => {
                    frame.refresh = true;
                    show::insert(&frame)
                }
                (None, Stick::Mine(_)) => show::unlock(&frame),
                (None, Stick::Empty) => {
                    let missing = KeyFileError::Missing { path: terminal.settings.key.clone() };
                    frame.problem = Some(explain_key_file(&missing));
                    show::wrong(&frame)
                }
                (None, Stick::Wrong(error)) => {
                    frame.problem = Some(explain_key_file(&error));
                    show::wrong(&frame)
                }
            }
        }
    }
}

/// Takes up what finished work has led to.
async fn take_up(terminal: &Terminal) {
    let mut desk = terminal.desk().await;
    let (stage, problem) = match &mut desk.tally {
        TallyStage::Checking(checking) if checking.work.is_finished() => {
            match (&mut checking.work).await.unwrap_or(Err(TrusteeError::Interrupted)) {
                Ok((file, poll)) => (TallyStage::Ready { file: Box::new(file), poll: Arc::new(poll) }, None),
                Err(error) => ended(&error),
            }
        }
        TallyStage::Sending(sending) if sending.work.is_finished() => match (&mut sending.work).await {
            Ok((_, Ok(()))) => (TallyStage::Over(Words::new(Tone::Done, SENT.0, SENT.1)), None),
            // The answer may be lost: people press again, and a share of the same sums is sent.
            Ok((file, Err(TrusteeError::Uplink(error)))) if !error.is_refusal() => {
                (TallyStage::Ready { file, poll: Arc::clone(&sending.poll) }, Some(explain_uplink(&error)))
            }
            Ok((_, Err(error))) => ended(&error),
            Err(_) => ended(&TrusteeError::Interrupted),
        },
        _ => return,
    };
    desk.tally = stage;
    desk.problem = problem;
}

/// Where an error leads: to the end if enough others have decrypted, otherwise to another try.
fn ended(error: &TrusteeError) -> (TallyStage, Option<Words>) {
    match error.not_needed() {
        Some(_) => (TallyStage::Over(Words::new(Tone::Done, NOT_NEEDED.0, NOT_NEEDED.1)), None),
        None => (TallyStage::Closed, Some(explain(error))),
    }
}

#[derive(Deserialize)]
struct UnlockForm {
    session: String,
    passphrase: SecretString,
}

/// Opens the file and begins the check.
async fn unlock(
    State(terminal): State<Arc<Terminal>>,
    form: Result<Form<UnlockForm>, FormRejection>,
) -> Response {
    let back = || Redirect::to("/tally").into_response();
    let (Ok(Form(form)), Ok(assignment)) = (form, terminal.assignment().await) else { return back() };
    let Some(mut desk) = terminal.desk_of(form.session).await else { return back() };
    let Stick::Mine(locked) = Stick::look(&terminal.settings.key, &assignment) else { return back() };
    if !matches!(desk.tally, TallyStage::Closed) {
        return back();
    }
    let passphrase = Passphrase::typed(&form.passphrase);
    let opened = spawn_blocking(move || locked.open(&passphrase)).await;
    match opened.unwrap_or(Err(KeyFileError::Cost)) {
        Ok(file) if file.is_finished() => desk.tally = TallyStage::Checking(check(&terminal, file)),
        Ok(_) => {
            let path = terminal.settings.key.clone();
            desk.problem = Some(explain_key_file(&KeyFileError::Unfinished { path }));
        }
        Err(error) => desk.problem = Some(explain_key_file(&error)),
    }
    back()
}

fn check(terminal: &Arc<Terminal>, file: KeyFile) -> Checking {
    let (say, view) = watch::channel(Progress::Fetching);
    let (uplink, anchor) = (Arc::clone(&terminal.uplink), terminal.settings.setup);
    let work = tokio::spawn(async move {
        let archive = uplink.closed_archive().await.map_err(TrusteeError::Uplink)?;
        let closing = uplink.closing_statement().await.map_err(TrusteeError::Uplink)?;
        say.send_replace(Progress::Verifying);
        let checked = spawn_blocking(move || {
            let closing = str::from_utf8(&closing).map_err(|_| trustee::NOT_TEXT)?;
            ClosedPoll::check(&archive, closing, &file, anchor).map(|poll| (file, poll))
        });
        checked.await.unwrap_or(Err(TrusteeError::Interrupted))
    });
    Checking { view, work }
}

#[derive(Deserialize)]
struct DecryptForm {
    session: String,
    setup: Option<String>,
    head: Option<String>,
    ballots: Option<String>,
}

/// Decrypts, once people have said that all three agree.
async fn decrypt(
    State(terminal): State<Arc<Terminal>>,
    form: Result<Form<DecryptForm>, FormRejection>,
) -> Response {
    let back = || Redirect::to("/tally").into_response();
    let Ok(Form(form)) = form else { return back() };
    let Some(mut desk) = terminal.desk_of(form.session).await else { return back() };
    if !matches!(desk.tally, TallyStage::Ready { .. }) {
        return back();
    }
    let agrees = |tick: &Option<String>| tick.as_deref() == Some("yes");
    if !(agrees(&form.setup) && agrees(&form.head) && agrees(&form.ballots)) {
        desk.problem = Some(Words::new(Tone::Warning, ALL_THREE.0, ALL_THREE.1));
        return back();
    }
    if let TallyStage::Ready { file, poll } = std::mem::replace(&mut desk.tally, TallyStage::Closed) {
        let work = tokio::spawn(open_and_send(Arc::clone(&terminal.uplink), file, Arc::clone(&poll)));
        desk.tally = TallyStage::Sending(Sending { work, poll });
    }
    back()
}

async fn open_and_send(
    uplink: Arc<Uplink>,
    mut file: Box<KeyFile>,
    poll: Arc<ClosedPoll>,
) -> (Box<KeyFile>, Result<(), TrusteeError>) {
    let sent = trustee::decrypt(&uplink, &mut file, &poll, &mut os_rng()).await;
    (file, sent)
}

const ALL_THREE: (Text, Text) = (
    Text::new("三项都要核对", "All three are to be compared"),
    Text::new(
        "每一项都一致才打勾；三项都打了勾，才能打开合计。有一项不一致就停下来，报告监督员。",
        "Tick each one that agrees; only with all three ticked can the sums be opened. If one differs, stop and call the supervisor.",
    ),
);
const SENT: (Text, Text) = (
    Text::new("您的一份已经送出", "Your part is sent"),
    Text::new(
        "只打开了合计，没有打开任何一张票。请拔下U盘，自己保管到创建办通知异议期结束。人数够了，结果由创建办核对后揭晓。",
        "Only the sums were opened, never a ballot. Take the stick out and keep it until the objection period is over. When enough trustees have done this, the commission checks the result and reveals it.",
    ),
);
const NOT_NEEDED: (Text, Text) = (
    Text::new("人数已经够了", "Enough trustees have come"),
    Text::new(
        "其他监票人已经打开了合计，不再需要您这一份。没有任何问题，请拔下U盘，自己保管。",
        "The others have opened the sums already; your part is not needed any more. Nothing is wrong. Take the stick out and keep it.",
    ),
);
