//! A ballot while its voter chooses: what takes long is done before anybody has chosen.
//!
//! For the question a voter reads, every possible answer is encrypted and proved beforehand; the choice takes one of them and
//! wipes the others. What is left for the end is one signature. Every answer has its own fresh randomness, so the ballot is
//! distributed as if it had been made at the end, and which answers were made beforehand tells nothing of the choice.

use rand::CryptoRng;

use super::encrypt::EncryptedAnswer;
use super::{BallotBox, ChoiceError, PreparedBallot};
use crate::credential::PrivateCredential;
use crate::group::Group;

/// A ballot while its voter chooses. `Debug` shows nothing, dropping wipes everything secret.
pub struct BallotInProgress<G: Group> {
    credential: PrivateCredential<G>,
    statement: String,
    questions: Vec<Progress<G>>,
}

/// How far one question is.
enum Progress<G: Group> {
    /// Nothing is made yet.
    Open,
    /// Every possible answer, by its place from 0.
    Possible(Vec<EncryptedAnswer<G>>),
    /// The chosen answer.
    Chosen(EncryptedAnswer<G>),
}

impl<G: Group> BallotBox<G> {
    /// Begins a ballot with this credential.
    #[must_use]
    pub fn begin(&self, credential: PrivateCredential<G>) -> BallotInProgress<G> {
        let questions = self.election.parameters().questions.iter().map(|_| Progress::Open).collect();
        BallotInProgress { statement: self.statement(&credential), credential, questions }
    }
}

impl<G: Group> BallotInProgress<G> {
    /// Makes every possible answer to a question, by its place from 0, unless it is made or chosen already. To be called with
    /// the box that began the ballot, as are the others.
    ///
    /// # Errors
    /// [`ChoiceError::Question`] if there is no such question.
    pub fn foresee(
        &mut self,
        ballot_box: &BallotBox<G>,
        question: usize,
        rng: &mut impl CryptoRng,
    ) -> Result<(), ChoiceError> {
        let impossible = ChoiceError::Question { question: question.saturating_add(1) };
        let progress = self.questions.get_mut(question).ok_or(impossible)?;
        if !matches!(progress, Progress::Open) {
            return Ok(());
        }
        let asked = ballot_box.election.parameters().questions.get(question).ok_or(impossible)?;
        let possible: Result<_, _> = (0..asked.answers.len())
            .map(|choice| ballot_box.encrypt_choice(&self.statement, question, choice, rng))
            .collect();
        *progress = Progress::Possible(possible?);
        Ok(())
    }

    /// Answers a question, by its place and that of the choice from 0, in place of an earlier answer.
    ///
    /// # Errors
    /// [`ChoiceError::Question`] if the choice is not possible; nothing has changed.
    pub fn choose(
        &mut self,
        ballot_box: &BallotBox<G>,
        question: usize,
        choice: usize,
        rng: &mut impl CryptoRng,
    ) -> Result<(), ChoiceError> {
        let impossible = ChoiceError::Question { question: question.saturating_add(1) };
        let progress = self.questions.get_mut(question).ok_or(impossible)?;
        let chosen = match progress {
            Progress::Possible(possible) if choice < possible.len() => possible.swap_remove(choice),
            _ => ballot_box.encrypt_choice(&self.statement, question, choice, rng)?,
        };
        *progress = Progress::Chosen(chosen);
        Ok(())
    }

    /// The ballot of everything that was chosen, signed; made again it is another one.
    ///
    /// # Errors
    /// [`ChoiceError::Count`] if a question has no answer yet.
    pub fn prepare(
        &self,
        ballot_box: &BallotBox<G>,
        rng: &mut impl CryptoRng,
    ) -> Result<PreparedBallot<G>, ChoiceError> {
        let chosen = self.questions.iter().filter_map(|progress| match progress {
            Progress::Chosen(answer) => Some(answer),
            Progress::Open | Progress::Possible(_) => None,
        });
        let answers: Vec<_> = chosen.collect();
        if answers.len() != self.questions.len() {
            return Err(ChoiceError::Count { questions: self.questions.len(), choices: answers.len() });
        }
        Ok(ballot_box.seal(&self.credential, answers, rng))
    }
}

impl<G: Group> std::fmt::Debug for BallotInProgress<G> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BallotInProgress(…)")
    }
}
