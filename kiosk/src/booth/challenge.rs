//! 核验本机: exactly the ballot whose tracker the review has shown is opened, so that anybody can recompute it; then the vote begins
//! anew with the same card.
//!
//! The booth has committed itself before it hears that it is checked: the ballot is complete and its tracker shown. The server
//! promises with its signature never to store that ballot, and only then is anything opened. From the moment the booth hears of
//! the check the ballot cannot be cast any more, whatever the server answers: it may have taken note.

use std::{fmt, io::Write as _, path::Path, sync::Arc};

use belenios::{ballot::OpenedBallot, text::Fingerprint};
use evaluation::wire::{ChallengePromise, OpenedBallotFile, opened_file_name};
use reqwest::Url;

use super::{
    Booth, ChallengeError, Turn, TurnError,
    ahead::Ahead,
    session::{Session, Stage},
    turn::voting,
};
use crate::uplink::{error_chain, soon};

/// A ballot that was opened, as the person sees it.
#[derive(Clone)]
pub struct Challenged {
    /// Tracker of the ballot: the one that stood on the review.
    pub tracker: Fingerprint,
    /// What the ballot holds, recomputed from what was opened: every question with its answer. If it does not hold what it claims,
    /// why.
    pub found: Arc<Result<Vec<(String, String)>, String>>,
    /// Address at which another device finds the ballot; none if the server could not take it.
    pub address: Option<String>,
    /// Whether it was saved at this terminal.
    pub saved: Saved,
}

/// Whether an opened ballot lies in the configured folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved {
    /// There is no such folder in the configuration.
    NotConfigured,
    /// Under this name.
    As(String),
    /// It could not be written.
    Failed,
}

impl Turn {
    /// Tracker of the ballot that can be opened: the one that the review has shown, until it is cast.
    ///
    /// # Errors
    /// [`TurnError`]
    pub async fn can_be_opened(&self) -> Result<Option<Fingerprint>, TurnError> {
        let mut seat = self.seat().await?;
        Ok(voting(&mut seat)?.can_be_opened())
    }

    /// Opens the ballot whose tracker the review has shown, and no other. Opened again, it is shown again.
    ///
    /// # Errors
    /// [`ChallengeError`]; nothing is opened. The same can be tried again, but that ballot is never cast.
    pub async fn challenge(&self, tracker: Fingerprint) -> Result<Challenged, ChallengeError> {
        // On its own, so that a browser that hangs up cannot stop it half-way.
        let turn = self.clone();
        let opened = tokio::spawn(async move { turn.open(tracker).await }).await;
        opened.map_err(|_| ChallengeError::Interrupted)?
    }

    /// The ballot that was opened in this turn, until the vote begins anew.
    ///
    /// # Errors
    /// [`TurnError`]
    pub async fn challenged(&self) -> Result<Option<Challenged>, TurnError> {
        Ok(match &self.seat().await?.stage {
            Stage::Opened { challenged, .. } => Some(Challenged::clone(challenged)),
            Stage::Waiting | Stage::Voting(_) | Stage::Cast { .. } => None,
        })
    }

    /// After a ballot was opened: begins the vote anew with the same card, at the first office. Nothing of the opened ballot is
    /// in the next one.
    ///
    /// # Errors
    /// [`TurnError`]
    pub async fn begin_anew(&self) -> Result<(), TurnError> {
        let mut seat = self.seat().await?;
        match std::mem::replace(&mut seat.stage, Stage::Waiting) {
            Stage::Opened { credential, draft, .. } => {
                let ahead = Ahead::begin(self.booth.poll().voting.begin(&credential));
                let session = Session::new(credential, self.booth.new_flow(), ahead, draft);
                seat.stage = Stage::Voting(Box::new(session));
            }
            other => seat.stage = other,
        }
        Ok(())
    }

    async fn open(&self, tracker: Fingerprint) -> Result<Challenged, ChallengeError> {
        let booth = &self.booth;
        let mut seat = self.seat().await?;
        if let Stage::Opened { challenged, .. } = &seat.stage
            && challenged.tracker == tracker
        {
            return Ok(Challenged::clone(challenged));
        }
        let session = voting(&mut seat)?;
        if !session.set_apart(tracker) {
            return Err(ChallengeError::NotReviewed);
        }
        let promise = soon(booth.0.uplink.challenge(tracker, &booth.poll().addressee)).await;
        let promise = promise.map_err(ChallengeError::NoPromise)?;
        let ballot = session.set_apart.take().ok_or(ChallengeError::NotReviewed)?;
        let opened = ballot.open();
        // The invented grades are no draft of anything.
        booth.discard_draft(session);
        let (credential, draft) = (session.credential.clone(), session.draft.take());
        let challenged = booth.pass_on(&promise, opened).await;
        // Whatever became of the file, the ballot is open and its grades are forgotten.
        let challenged = challenged.unwrap_or_else(|error| Challenged::unreadable(tracker, &error));
        seat.stage = Stage::Opened { credential, draft, challenged: Box::new(challenged.clone()) };
        Ok(challenged)
    }
}

impl Booth {
    /// Recomputes an opened ballot, saves it, and sends it to where other devices find it. Neither of the last two need succeed.
    async fn pass_on(
        &self,
        promise: &ChallengePromise,
        opened: OpenedBallot,
    ) -> Result<Challenged, tokio::task::JoinError> {
        let text = opened.to_json();
        let file = OpenedBallotFile { poll: promise.poll.clone(), opened: text.clone() };
        let sent = tokio::time::timeout(self.0.receipt, self.0.uplink.send_opened(&file)).await;
        let address = match sent {
            Ok(Ok(())) => address(&promise.page, &promise.tracker),
            Ok(Err(error)) => {
                tracing::warn!(error = error_chain(&error), "the server did not take an opened ballot");
                None
            }
            Err(_) => None,
        };
        let (tracker, folder) = (promise.tracker, self.0.challenges.clone());
        let work = tokio::task::spawn_blocking(move || {
            let found = match opened.recompute() {
                Ok(audit) if audit.tracker == tracker => Ok(audit.answers),
                Ok(_) => Err("the opened ballot has another tracker".to_owned()),
                Err(error) => Err(error.to_string()),
            };
            let saved = folder.map_or(Saved::NotConfigured, |folder| save(&folder, &tracker, &text));
            (found, saved)
        });
        let (found, saved) = work.await?;
        Ok(Challenged { tracker, found: Arc::new(found), address, saved })
    }
}

impl Challenged {
    /// A ballot that was opened and could not be recomputed.
    fn unreadable(tracker: Fingerprint, reason: &tokio::task::JoinError) -> Self {
        let found = Arc::new(Err(reason.to_string()));
        Self { tracker, found, address: None, saved: Saved::Failed }
    }
}

impl fmt::Debug for Challenged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Challenged({}, …)", self.tracker)
    }
}

/// The server's page with the tracker behind it, if that makes an address.
fn address(page: &str, tracker: &Fingerprint) -> Option<String> {
    Url::parse_with_params(page, [("tracker", tracker.to_string())]).ok().map(String::from)
}

/// Writes into a folder that must be there: one that is made could lie under a stick that is not plugged in.
fn save(folder: &Path, tracker: &Fingerprint, text: &str) -> Saved {
    let name = opened_file_name(tracker);
    let written = std::fs::File::create(folder.join(&name)).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    match written {
        Ok(()) => Saved::As(name),
        Err(error) => {
            tracing::warn!(%error, "an opened ballot could not be saved");
            Saved::Failed
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_for_other_devices_holds_the_whole_tracker() {
        let tracker = Fingerprint::of("");
        assert_eq!(
            address("http://10.0.0.1:8600/challenge", &tracker).unwrap(),
            "http://10.0.0.1:8600/challenge?tracker=47DEQpj8HBSa%2B%2FTImW%2B5JCeuQeRkm5NMpJWZG3hSuFU"
        );
        assert_eq!(address("nowhere", &tracker), None);
    }

    #[test]
    fn a_folder_that_is_not_there_is_not_made() {
        let place = tempfile::tempdir().unwrap();
        let stick = place.path().join("stick");
        assert_eq!(save(&stick, &Fingerprint::of(""), "{}"), Saved::Failed);
        assert!(!stick.exists());
        std::fs::create_dir(&stick).unwrap();
        let name = "challenge-e3b0c44298fc.json".to_owned();
        assert_eq!(save(&stick, &Fingerprint::of(""), "{}"), Saved::As(name.clone()));
        assert_eq!(std::fs::read_to_string(stick.join(name)).unwrap(), "{}");
    }
}
