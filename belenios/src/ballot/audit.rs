//! Cast or challenge: a prepared ballot is either cast, or opened so that anybody can recompute it (after Benaloh,
//! "Simple verifiable elections", 2006).
//!
//! The machine that encrypts must commit itself before it learns which of the two will happen: it shows the tracker of the
//! prepared ballot first. A machine that encrypts other grades than the voter chose is found with the probability that
//! the ballot is challenged. Both ways consume the [`PreparedBallot`], so that none can be challenged and then cast.
//!
//! Opened are the choices and the randomness of every ciphertext. The randomness of the proofs and of the signature is
//! not: it would tell the credential's secret, and the proofs can be checked without it.

use rand::CryptoRng;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use super::encrypt::EncryptedAnswer;
use super::{Ballot, BallotBox, BallotError, ChoiceError, Ciphertext};
use crate::credential::PrivateCredential;
use crate::election::{Election, ElectionError, group_name};
use crate::group::{Group, UnknownGroup};
use crate::json;
use crate::text::Fingerprint;
use crate::with_group;

/// The first field of an opened ballot.
const FORMAT: &str = "belenios-opened-ballot/1";

/// A ballot that is complete, proved and signed, and not yet cast. `Debug` shows only the tracker, dropping wipes the
/// randomness.
pub struct PreparedBallot<G: Group> {
    ballot: Ballot<G>,
    /// The canonical text of the ballot.
    text: String,
    tracker: Fingerprint,
    choices: Vec<usize>,
    randomness: Vec<Vec<G::Scalar>>,
}

impl<G: Group> BallotBox<G> {
    /// Encrypts, proves and signs a ballot that chooses one answer a question, by its place from 0.
    ///
    /// The choices are secret: the time taken does not depend on them.
    ///
    /// # Errors
    /// [`ChoiceError`] if the choices do not fit the election.
    pub fn prepare(
        &self,
        credential: &PrivateCredential<G>,
        choices: &[usize],
        rng: &mut impl CryptoRng,
    ) -> Result<PreparedBallot<G>, ChoiceError> {
        let questions = self.election.parameters().questions.len();
        if questions != choices.len() {
            return Err(ChoiceError::Count { questions, choices: choices.len() });
        }
        let statement = self.statement(credential);
        let answers: Result<Vec<_>, _> = (0..)
            .zip(choices)
            .map(|(question, choice)| self.encrypt_choice(&statement, question, *choice, rng))
            .collect();
        Ok(self.seal(credential, &answers?, rng))
    }

    /// Signs a ballot of these answers, one a question.
    pub(super) fn seal<'a>(
        &self,
        credential: &PrivateCredential<G>,
        answers: impl IntoIterator<Item = &'a EncryptedAnswer<G>, IntoIter: Clone>,
        rng: &mut impl CryptoRng,
    ) -> PreparedBallot<G> {
        let answers = answers.into_iter();
        let encrypted = answers.clone().map(|answer| answer.answer.clone()).collect();
        let texts: Vec<_> = answers.clone().map(|answer| answer.text.as_str()).collect();
        let (ballot, text) = self.sign(credential, encrypted, &texts, rng);
        let tracker = Fingerprint::of(&text);
        let choices = answers.clone().map(|answer| answer.choice).collect();
        let randomness = answers.map(|answer| answer.randomness.clone()).collect();
        PreparedBallot { ballot, text, tracker, choices, randomness }
    }

    /// [`BallotBox::prepare`] for a ballot that will surely be cast.
    ///
    /// # Errors
    /// [`ChoiceError`] if the choices do not fit the election.
    pub fn encrypt(
        &self,
        credential: &PrivateCredential<G>,
        choices: &[usize],
        rng: &mut impl CryptoRng,
    ) -> Result<Ballot<G>, ChoiceError> {
        Ok(self.prepare(credential, choices, rng)?.cast())
    }
}

impl<G: Group> PreparedBallot<G> {
    /// The tracker (回执码), to be shown before anybody says whether the ballot is cast or challenged.
    #[must_use]
    pub const fn tracker(&self) -> &Fingerprint {
        &self.tracker
    }

    /// The ballot, to be cast. What could open it is wiped.
    #[must_use]
    pub fn cast(self) -> Ballot<G> {
        self.ballot.clone()
    }

    /// The canonical text of the ballot, to be cast. What could open it is wiped.
    #[must_use]
    pub fn cast_text(mut self) -> String {
        std::mem::take(&mut self.text)
    }

    /// Opens the ballot for everybody to recompute. It must never be cast: its choices are public now. The opened ballot holds
    /// the whole signed ballot, so tell whoever takes ballots in to refuse its tracker, for ever, before this leaves the machine.
    #[must_use]
    pub fn challenge(self, election: &Election<G>) -> OpenedBallot {
        let answers = self.choices.iter().zip(&self.randomness).map(|(choice, randomness)| OpenedAnswer {
            choice: *choice,
            randomness: randomness.iter().map(G::encode_scalar).collect(),
        });
        OpenedBallot {
            format: FORMAT.to_owned(),
            election: election.text().to_owned(),
            ballot: self.text.clone(),
            answers: answers.collect(),
        }
    }
}

impl<G: Group> std::fmt::Debug for PreparedBallot<G> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PreparedBallot({}, …)", self.tracker)
    }
}

impl<G: Group> Drop for PreparedBallot<G> {
    fn drop(&mut self) {
        self.choices.zeroize();
        self.randomness.iter_mut().for_each(Zeroize::zeroize);
    }
}

/// A challenged ballot with everything that is needed to recompute it. It stands for itself: election, ballot, choices and
/// randomness.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenedBallot {
    format: String,
    election: String,
    ballot: String,
    answers: Vec<OpenedAnswer>,
}

/// What one question's ciphertexts encrypt, and with which randomness.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OpenedAnswer {
    choice: usize,
    randomness: Vec<String>,
}

/// An opened ballot that was recomputed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// The ballot's tracker, to compare with the one shown before the challenge.
    pub tracker: Fingerprint,
    /// The fingerprint of the election, to compare with the election that is held.
    pub election: Fingerprint,
    /// What the voters were asked, and the answer that the ballot holds.
    pub answers: Vec<(String, String)>,
}

/// An opened ballot does not hold what it claims. Questions and answers count from 1.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The ballot itself would not be accepted.
    #[error("the opened ballot is no valid ballot")]
    Ballot(#[source] BallotError),
    /// A ciphertext does not hold what was opened: the machine has encrypted something else.
    #[error("the ciphertext of answer {answer} of question {question} does not hold what was chosen")]
    Ciphertext {
        /// The question.
        question: usize,
        /// The answer.
        answer: usize,
    },
    /// The election cannot be read.
    #[error("the election of the opened ballot cannot be read")]
    Election(#[source] ElectionError),
    /// No opened ballot of this version.
    #[error("that is no opened ballot of this version")]
    Format,
    /// The group is not known.
    #[error("the election's group is not known")]
    Group(#[source] UnknownGroup),
    /// The opened choices and randomness do not fit the questions.
    #[error("what is opened does not fit question {question}")]
    Shape {
        /// The question.
        question: usize,
    },
}

impl OpenedBallot {
    /// Reads the text of [`OpenedBallot::to_json`].
    ///
    /// # Errors
    /// [`AuditError::Format`]
    pub fn parse(text: &str) -> Result<Self, AuditError> {
        let opened: Self = serde_json::from_str(text).map_err(|_| AuditError::Format)?;
        if opened.format == FORMAT { Ok(opened) } else { Err(AuditError::Format) }
    }

    /// The text, to be saved and shown.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::write(self)
    }

    /// The whole signed ballot that was opened. It is cast only where nothing counts: in the test of a rehearsal.
    #[must_use]
    pub fn ballot(&self) -> &str {
        &self.ballot
    }

    /// Recomputes the ballot: every ciphertext from choice and randomness, and everything that a ballot box checks.
    ///
    /// # Errors
    /// [`AuditError`]: the machine that made the ballot has not done what it shows, or the file was altered.
    pub fn recompute(&self) -> Result<Audit, AuditError> {
        let group = group_name(&self.election).map_err(AuditError::Election)?;
        let group = group.parse().map_err(AuditError::Group)?;
        with_group!(group, G => self.recompute_in::<G>())
    }

    fn recompute_in<G: Group>(&self) -> Result<Audit, AuditError> {
        let election = Election::<G>::parse(&self.election).map_err(AuditError::Election)?;
        let ballot_box = BallotBox::new(election);
        let ballot = ballot_box.check(self.ballot.as_bytes()).map_err(AuditError::Ballot)?;
        let questions = &ballot_box.election().parameters().questions;
        if self.answers.len() != questions.len() {
            return Err(AuditError::Shape { question: self.answers.len().min(questions.len()) + 1 });
        }
        let mut answers = Vec::with_capacity(questions.len());
        for (index, (opened, encrypted)) in self.answers.iter().zip(ballot.answers()).enumerate() {
            let question = index + 1;
            ballot_box.recompute_answer(question, opened, &encrypted.choices)?;
            let asked = questions.get(index).ok_or(AuditError::Shape { question })?;
            let chosen = asked.answers.get(opened.choice).ok_or(AuditError::Shape { question })?;
            answers.push((asked.question.clone(), chosen.clone()));
        }
        let election = *ballot_box.election().fingerprint();
        Ok(Audit { tracker: ballot.tracker(), election, answers })
    }
}

impl<G: Group> BallotBox<G> {
    fn recompute_answer(
        &self,
        question: usize,
        opened: &OpenedAnswer,
        ciphertexts: &[Ciphertext<G>],
    ) -> Result<(), AuditError> {
        if opened.randomness.len() != ciphertexts.len() || opened.choice >= ciphertexts.len() {
            return Err(AuditError::Shape { question });
        }
        for (index, (ciphertext, randomness)) in ciphertexts.iter().zip(&opened.randomness).enumerate() {
            let randomness = G::decode_scalar(randomness).map_err(|_| AuditError::Shape { question })?;
            if self.encrypt_bit(randomness, index.ct_eq(&opened.choice)) != *ciphertext {
                return Err(AuditError::Ciphertext { question, answer: index + 1 });
            }
        }
        Ok(())
    }
}
