//! Making the key, one step a screen.

mod act;
mod show;

use std::{path::Path, sync::Arc};

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use belenios::text::Hash;
use evaluation::wire::{PollState, TrusteeAssignment};

use super::{
    desk::{Desk, Terminal},
    frame::Frame,
    making::{Making, View},
    words::explain_key_file,
};
use crate::trustee::{KeyFile, KeyFileError, LockedKeyFile, RecoveryCode};

/// What of the key is open.
#[derive(Debug)]
pub(super) enum KeyStage {
    /// Nothing.
    Closed,
    /// The file, until its recovery sheet is printed.
    Sheet { file: Box<KeyFile>, code: RecoveryCode },
    /// The file, with the rounds at work.
    Making(Making),
    /// Everybody saw this code; the file is closed and to be tried out.
    Try(Hash),
    /// All is done.
    Done(Hash),
}

/// What the stick holds.
#[derive(Debug)]
pub(super) enum Stick {
    /// No stick is in.
    Absent,
    /// No key file.
    Empty,
    /// This trustee's file of this poll.
    Mine(Box<LockedKeyFile>),
    /// Something that cannot be used.
    Wrong(KeyFileError),
}

impl Stick {
    pub(super) fn look(path: &Path, assignment: &TrusteeAssignment) -> Self {
        if !path.parent().is_some_and(|folder| folder.as_os_str().is_empty() || folder.is_dir()) {
            return Self::Absent;
        }
        match LockedKeyFile::read(path) {
            Ok(file) => match file.check_is_of(assignment) {
                Ok(()) => Self::Mine(Box::new(file)),
                Err(error) => Self::Wrong(error),
            },
            Err(KeyFileError::Missing { .. }) => Self::Empty,
            Err(error) => Self::Wrong(error),
        }
    }
}

pub(super) fn routes() -> Router<Arc<Terminal>> {
    Router::new()
        .route("/key", get(page))
        .route("/key/create", post(act::create))
        .route("/key/unlock", post(act::unlock))
        .route("/key/recovery", get(recovery).post(act::recover))
        .route("/key/printed", post(act::printed))
        .route("/key/answer", post(act::answer))
        .route("/key/try", post(act::try_out))
        .route("/key/again", post(act::again))
        .route("/key/aside", post(act::aside))
}

async fn page(State(terminal): State<Arc<Terminal>>) -> Response {
    let (mut frame, assignment) = match terminal.frame("/key").await {
        Ok(framed) => framed,
        Err(response) => return response,
    };
    let mut desk = terminal.desk().await;
    if let KeyStage::Making(making) = &desk.key
        && let View::Made(code) = making.view()
    {
        desk.key = KeyStage::Try(code);
    }
    match &desk.key {
        KeyStage::Closed => from_stick(frame, &terminal, &assignment),
        KeyStage::Sheet { code, .. } => show::sheet(&frame, &assignment, code),
        KeyStage::Making(making) => {
            let view = making.view();
            frame.refresh = show::waits(&view);
            show::making(&mut frame, &assignment, view)
        }
        KeyStage::Try(code) => show::try_out(&frame, *code),
        KeyStage::Done(code) => show::done(&frame, *code),
    }
}

/// The page that belongs to what the stick holds.
fn from_stick(mut frame: Frame, terminal: &Terminal, assignment: &TrusteeAssignment) -> Response {
    let may_begin = assignment.state == PollState::Setup;
    match Stick::look(&terminal.settings.key, assignment) {
        Stick::Absent => {
            frame.refresh = true;
            show::insert(&frame)
        }
        Stick::Empty if may_begin => show::choose(&frame, assignment),
        Stick::Empty => {
            frame.problem =
                Some(explain_key_file(&KeyFileError::Missing { path: terminal.settings.key.clone() }));
            frame.refresh = true;
            show::wrong(&frame, false)
        }
        Stick::Mine(_) => show::unlock(&frame),
        Stick::Wrong(error) => {
            frame.problem = Some(explain_key_file(&error));
            let aside = may_begin && !matches!(error, KeyFileError::OtherTrustee { .. });
            show::wrong(&frame, aside)
        }
    }
}

async fn recovery(State(terminal): State<Arc<Terminal>>) -> Response {
    match terminal.frame("/key").await {
        Ok((frame, _)) => show::recovery(&frame),
        Err(response) => response,
    }
}

/// What to do with a file that has been opened: the sheet first, then the rounds, then the try-out.
fn opened(
    terminal: &Arc<Terminal>,
    mut file: KeyFile,
    rng: &mut impl rand::CryptoRng,
) -> Result<KeyStage, KeyFileError> {
    let how_far = file.how_far();
    if how_far.stopped {
        return Ok(KeyStage::Making(Making::start(terminal, file)));
    }
    if !how_far.sheet_printed {
        let code = file.renew_recovery(rng)?;
        return Ok(KeyStage::Sheet { file: Box::new(file), code });
    }
    Ok(match how_far.confirmed {
        Some(code) if how_far.tried => KeyStage::Done(code),
        Some(code) => KeyStage::Try(code),
        None => KeyStage::Making(Making::start(terminal, file)),
    })
}

/// Keeps what a step led to, or what went wrong in it.
fn keep(desk: &mut Desk, stage: Result<KeyStage, KeyFileError>) -> bool {
    match stage {
        Ok(stage) => {
            desk.key = stage;
            true
        }
        Err(error) => {
            desk.problem = Some(explain_key_file(&error));
            false
        }
    }
}

fn to(path: &str) -> Response {
    // 303: whatever was sent is not sent again.
    (StatusCode::SEE_OTHER, [(axum::http::header::LOCATION, path.to_owned())]).into_response()
}
