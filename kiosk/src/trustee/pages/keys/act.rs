//! What the forms of the wizard do. Each leads back to the page of the step the trustee is at.

use std::{fs, io, path::PathBuf, sync::Arc};

use appearance::{Text, parts::Tone};
use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    response::Response,
};
use belenios::text::Hash;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::task::spawn_blocking;

use super::{KeyStage, Stick, keep, opened, to};
use crate::{
    os_rng, private_file,
    trustee::{
        KeyFile, KeyFileError, LockedKeyFile, Passphrase, PassphraseError, RecoveryCode,
        pages::{
            desk::{Empty, Terminal},
            making::Making,
            words::{Words, explain_key_file},
        },
        trial,
    },
};

type Sent<T> = Result<Form<T>, FormRejection>;

#[derive(Deserialize)]
pub(in crate::trustee::pages) struct NewPassphrase {
    session: String,
    passphrase: SecretString,
    again: SecretString,
}

/// A new file on the stick, under a passphrase.
pub(super) async fn create(State(terminal): State<Arc<Terminal>>, form: Sent<NewPassphrase>) -> Response {
    let Ok(Form(form)) = form else { return to("/key") };
    let Ok(assignment) = terminal.assignment().await else { return to("/key") };
    let Some(mut desk) = terminal.desk_of(form.session).await else { return to("/key") };
    let empty = matches!(Stick::look(&terminal.settings.key, &assignment), Stick::Empty);
    if !matches!(desk.key, KeyStage::Closed) || !empty {
        return to("/key");
    }
    let passphrase = match Passphrase::choose(&form.passphrase, &form.again) {
        Ok(passphrase) => passphrase,
        Err(error) => {
            desk.problem = Some(unfit(error));
            return to("/key");
        }
    };
    let (path, cost) = (terminal.settings.key.clone(), terminal.settings.cost);
    let made = blocking(move || KeyFile::create(&path, &assignment, &passphrase, cost, &mut os_rng())).await;
    keep(&mut desk, made.map(|(file, code)| KeyStage::Sheet { file: Box::new(file), code }));
    to("/key")
}

#[derive(Deserialize)]
pub(in crate::trustee::pages) struct KnownPassphrase {
    session: String,
    passphrase: SecretString,
}

/// Opens the file on the stick.
pub(super) async fn unlock(State(terminal): State<Arc<Terminal>>, form: Sent<KnownPassphrase>) -> Response {
    let Ok(Form(form)) = form else { return to("/key") };
    let Ok(assignment) = terminal.assignment().await else { return to("/key") };
    let Some(mut desk) = terminal.desk_of(form.session).await else { return to("/key") };
    let Stick::Mine(locked) = Stick::look(&terminal.settings.key, &assignment) else { return to("/key") };
    let passphrase = Passphrase::typed(&form.passphrase);
    let file = blocking(move || locked.open(&passphrase)).await;
    let stage = file.and_then(|file| opened(&terminal, file, &mut os_rng()));
    keep(&mut desk, stage);
    to("/key")
}

#[derive(Deserialize)]
pub(in crate::trustee::pages) struct Recovery {
    session: String,
    code: SecretString,
    passphrase: SecretString,
    again: SecretString,
}

/// Opens the file with the code of the recovery sheet, and gives it a new passphrase.
pub(super) async fn recover(State(terminal): State<Arc<Terminal>>, form: Sent<Recovery>) -> Response {
    const HERE: &str = "/key/recovery";
    let Ok(Form(form)) = form else { return to(HERE) };
    let Ok(assignment) = terminal.assignment().await else { return to(HERE) };
    let Some(mut desk) = terminal.desk_of(form.session).await else { return to(HERE) };
    let Stick::Mine(locked) = Stick::look(&terminal.settings.key, &assignment) else { return to("/key") };
    let Ok(code) = RecoveryCode::parse(form.code.expose_secret()) else {
        desk.problem = Some(Words::new(Tone::Problem, MISTYPED.0, MISTYPED.1));
        return to(HERE);
    };
    let passphrase = match Passphrase::choose(&form.passphrase, &form.again) {
        Ok(passphrase) => passphrase,
        Err(error) => {
            desk.problem = Some(unfit(error));
            return to(HERE);
        }
    };
    let cost = terminal.settings.cost;
    let file = blocking(move || recovered(*locked, &code, &passphrase, cost)).await;
    let stage = file.and_then(|file| opened(&terminal, file, &mut os_rng()));
    let path = if keep(&mut desk, stage) { "/key" } else { HERE };
    if path == "/key" {
        desk.problem = Some(Words::new(Tone::Done, CHANGED.0, CHANGED.1));
    }
    to(path)
}

fn recovered(
    locked: LockedKeyFile,
    code: &RecoveryCode,
    passphrase: &Passphrase,
    cost: crate::trustee::Cost,
) -> Result<KeyFile, KeyFileError> {
    let mut file = locked.open_with_recovery(code)?;
    file.set_passphrase(passphrase, cost, &mut os_rng())?;
    Ok(file)
}

/// The sheet is printed: its code is forgotten, and the rounds begin.
pub(super) async fn printed(State(terminal): State<Arc<Terminal>>, form: Sent<Empty>) -> Response {
    let Ok(Form(form)) = form else { return to("/key") };
    let Some(mut desk) = terminal.desk_of(form.session).await else { return to("/key") };
    if let KeyStage::Sheet { file, .. } = &mut desk.key {
        let recorded = file.progress(|progress| progress.sheet_printed = true, &mut os_rng());
        if let Err(error) = recorded {
            desk.problem = Some(explain_key_file(&error));
        } else if let KeyStage::Sheet { file, .. } = std::mem::replace(&mut desk.key, KeyStage::Closed) {
            desk.key = KeyStage::Making(Making::start(&terminal, *file));
        }
    }
    to("/key")
}

#[derive(Deserialize)]
pub(in crate::trustee::pages) struct Compared {
    session: String,
    code: String,
    same: String,
}

/// Whether all terminals show the same code.
pub(super) async fn answer(State(terminal): State<Arc<Terminal>>, form: Sent<Compared>) -> Response {
    let Ok(Form(form)) = form else { return to("/key") };
    let Some(mut desk) = terminal.desk_of(form.session).await else { return to("/key") };
    let same = match form.same.as_str() {
        "yes" => true,
        "no" => false,
        _ => return to("/key"),
    };
    if let (KeyStage::Making(making), Ok(code)) = (&mut desk.key, form.code.parse::<Hash>()) {
        making.answer((code, same)).await;
    }
    to("/key")
}

/// Reads the file back from the stick and tries its key out.
pub(super) async fn try_out(State(terminal): State<Arc<Terminal>>, form: Sent<KnownPassphrase>) -> Response {
    let Ok(Form(form)) = form else { return to("/key") };
    let Ok(assignment) = terminal.assignment().await else { return to("/key") };
    let Some(mut desk) = terminal.desk_of(form.session).await else { return to("/key") };
    let KeyStage::Try(code) = desk.key else { return to("/key") };
    let locked = match Stick::look(&terminal.settings.key, &assignment) {
        Stick::Mine(locked) => Ok(locked),
        Stick::Absent | Stick::Empty => Err(KeyFileError::Missing { path: terminal.settings.key.clone() }),
        Stick::Wrong(error) => Err(error),
    };
    let passphrase = Passphrase::typed(&form.passphrase);
    let tried = blocking(move || {
        let mut file = locked?.open(&passphrase)?;
        let holds = trial::try_out(&file, &mut os_rng())? && file.how_far().confirmed == Some(code);
        if holds {
            file.progress(|progress| progress.tried = true, &mut os_rng())?;
        }
        Ok(holds)
    });
    match tried.await {
        Ok(true) => desk.key = KeyStage::Done(code),
        Ok(false) => desk.problem = Some(Words::new(Tone::Problem, FAILED.0, FAILED.1)),
        Err(error) => desk.problem = Some(explain_key_file(&error)),
    }
    to("/key")
}

/// Closes the file, to begin again with stick and passphrase.
pub(super) async fn again(State(terminal): State<Arc<Terminal>>, form: Sent<Empty>) -> Response {
    let Ok(Form(form)) = form else { return to("/key") };
    if let Some(mut desk) = terminal.desk_of(form.session).await {
        desk.key = KeyStage::Closed;
    }
    to("/key")
}

/// Gives the file on the stick another name, so that a new one can be made. Nothing is deleted.
pub(super) async fn aside(State(terminal): State<Arc<Terminal>>, form: Sent<Empty>) -> Response {
    let Ok(Form(form)) = form else { return to("/key") };
    let Some(mut desk) = terminal.desk_of(form.session).await else { return to("/key") };
    desk.key = KeyStage::Closed;
    desk.problem = Some(match put_aside(&terminal.settings.key) {
        Ok(()) => Words::new(Tone::Done, ASIDE.0, ASIDE.1),
        Err(source) => {
            let path = terminal.settings.key.clone();
            explain_key_file(&KeyFileError::Io { step: "rename", path, source })
        }
    });
    to("/key")
}

fn put_aside(path: &std::path::Path) -> io::Result<()> {
    for number in 1..=99 {
        let mut other = path.as_os_str().to_owned();
        other.push(format!(".old-{number}"));
        let other = PathBuf::from(other);
        if !fs::exists(&other)? {
            return private_file::rename_new(path, &other);
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn unfit(error: PassphraseError) -> Words {
    Words::new(Tone::Warning, UNFIT, error.words())
}

/// What takes a processor for a while, away from the pages.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, KeyFileError> + Send + 'static,
) -> Result<T, KeyFileError> {
    spawn_blocking(work).await.map_err(|_| KeyFileError::Cost)?
}

const UNFIT: Text = Text::new("口令还不能用", "The passphrase cannot be used yet");
const MISTYPED: (Text, Text) = (
    Text::new("恢复码没有输对", "The recovery code was not typed correctly"),
    Text::new(
        "请对照恢复单逐组核对，共七组，每组四个字符，再输一次。",
        "Compare it with the sheet group by group, seven groups of four characters, and type it again.",
    ),
);
const CHANGED: (Text, Text) = (
    Text::new("新口令已经设好", "The new passphrase is set"),
    Text::new(
        "旧口令不再有用。恢复单仍然有效，请放回原处。",
        "The old passphrase opens nothing any more. The recovery sheet stays good; put it back in its place.",
    ),
);
const FAILED: (Text, Text) = (
    Text::new("试用没有成功", "The try-out failed"),
    Text::new(
        "U盘里的密钥打不开用它自己的公钥加密的测试值。不要制卡，请报告监督员，全体重新制作密钥。",
        "The key on the stick does not open a test value encrypted to its own public key. Make no cards; call the supervisor: \
         all keys are made anew.",
    ),
);
const ASIDE: (Text, Text) = (
    Text::new("旧密钥文件已改名留存", "The old key file was given another name and kept"),
    Text::new("现在可以重新制作。", "A new one can be made now."),
);
