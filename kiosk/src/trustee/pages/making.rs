//! The rounds with the other trustees, going on while the page waits.

use std::{sync::Arc, time::Duration};

use belenios::text::Hash;
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
    time::timeout,
};

use super::{
    desk::Terminal,
    words::{Words, explain},
};
use crate::{
    os_rng,
    trustee::{Answer, KeyFile, Step, TrusteeError, go_on},
};

/// How long a page waits for what comes of an answer.
const AT_MOST: Duration = Duration::from_secs(2);

/// The rounds at work. Dropping it stops them; what was sent stays in the key file.
#[derive(Debug)]
pub(super) struct Making {
    view: watch::Receiver<View>,
    answers: mpsc::Sender<Answer>,
    work: JoinHandle<()>,
}

/// How far they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum View {
    /// Nothing to tell yet, or this step was told last.
    Working(Option<Step>),
    /// They stopped.
    Failed(Words),
    /// The key is made and everybody saw this code.
    Made(Hash),
}

impl Making {
    /// Goes on with an open file, which is closed at the end.
    pub(super) fn start(terminal: &Arc<Terminal>, mut file: KeyFile) -> Self {
        let (say, view) = watch::channel(View::Working(None));
        let (answers, heard) = mpsc::channel(4);
        let uplink = Arc::clone(&terminal.uplink);
        let pause = terminal.settings.pause;
        let work = tokio::spawn(async move {
            let told = |step| {
                say.send_replace(View::Working(Some(step)));
            };
            let made = go_on(&uplink, &mut file, pause, Some(heard), told, &mut os_rng()).await;
            let made = made.and_then(|_| file.how_far().confirmed.ok_or(TrusteeError::Interrupted));
            say.send_replace(match made {
                Ok(code) => View::Made(code),
                Err(error) => View::Failed(explain(&error)),
            });
        });
        Self { view, answers, work }
    }

    pub(super) fn view(&self) -> View {
        self.view.borrow().clone()
    }

    /// What people said about a code. A second answer to the same code is passed over.
    pub(super) async fn answer(&mut self, answer: Answer) {
        let asked = |view: &View| match view {
            View::Working(Some(Step::Certificates(code) | Step::Trustees(code))) => *code == answer.0,
            _ => false,
        };
        if asked(&self.view()) && self.answers.try_send(answer).is_ok() {
            // The next page shows what came of it, if that is known soon.
            _ = timeout(AT_MOST, self.view.wait_for(|view| !asked(view))).await;
        }
    }
}

impl Drop for Making {
    fn drop(&mut self) {
        self.work.abort();
    }
}
