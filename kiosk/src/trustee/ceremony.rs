//! Making a key: alone where all trustees are needed, otherwise in a ceremony of three rounds with the others, whose messages
//! the server carries. Every round can be repeated: what was sent is kept in the key file and sent again byte for byte.

use std::{path::Path, time::Duration};

use belenios::{
    group::Group,
    text::Hash,
    trustee::{
        TrusteePublicKey, Trustees,
        threshold::{CeremonyError, Certificates, Contributions},
    },
    with_group,
};
use evaluation::{
    ceremony::key_fingerprint,
    wire::{TrusteeCeremony, TrusteeCertificate, TrusteeContribution, TrusteeKey},
};
use rand::CryptoRng;
use serde::de::DeserializeOwned;
use tokio::sync::mpsc;

use super::{Cost, KeyFile, KeyFileError, Passphrase, TrusteeError};
use crate::uplink::{Uplink, UplinkError, error_chain};

/// How often a message is sent before the terminal gives up; it can be started again.
const ATTEMPTS: u32 = 4;

/// How far the ceremony is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// All certificates are there: to be compared aloud.
    Certificates(Hash),
    /// The server has this trustee's certificate.
    CertificateSent,
    /// The server has this trustee's contribution.
    ContributionSent,
    /// The server has this trustee's public key.
    KeySent,
    /// The server does not answer; the terminal goes on trying.
    NoContact,
    /// The ceremony is over: the code that stands for all keys ([`key_fingerprint`]), to be compared aloud.
    Trustees(Hash),
    /// Messages of these trustees are missing.
    Waiting {
        /// The round, from 1 to 3.
        round: u8,
        /// Places of the trustees, from 1.
        missing: Vec<u32>,
    },
}

/// What people at the terminal said: whether all terminals show this same code.
pub type Answer = (Hash, bool);

/// Makes a key without anybody at the terminal: opens the key file or begins it, and goes through all rounds. Nobody compares
/// fingerprints and nobody reads a recovery code; people use the pages.
///
/// If the file is there already, the work goes on where it was left: a lost answer or a killed terminal costs no key.
///
/// # Errors
/// [`TrusteeError`]; it may be called again.
pub async fn make_key(
    uplink: &Uplink,
    (path, passphrase, cost): (&Path, &Passphrase, Cost),
    pause: Duration,
    say: impl FnMut(Step) + Send,
    rng: &mut (impl CryptoRng + Send),
) -> Result<TrusteeKey, TrusteeError> {
    let assignment = uplink.trustee_assignment().await.map_err(TrusteeError::Uplink)?;
    let file = if path.exists() {
        KeyFile::load(path, passphrase)
    } else {
        KeyFile::create(path, &assignment, passphrase, cost, rng).map(|(file, _)| file)
    };
    let mut file = file.map_err(TrusteeError::KeyFile)?;
    file.check_is_of(&assignment).map_err(TrusteeError::KeyFile)?;
    go_on(uplink, &mut file, pause, None, say, rng).await
}

/// Goes on with the key of an open file from wherever it is, and waits for the others, looking every `pause`. Every step is told to
/// `say`. Where there are `answers`, nothing is sent after a fingerprint before people have said that all terminals show the same;
/// what they said is kept in the file.
///
/// # Errors
/// [`TrusteeError`], [`KeyFileError::Stopped`] after a no; it may be called again.
pub async fn go_on(
    uplink: &Uplink,
    file: &mut KeyFile,
    pause: Duration,
    answers: Option<mpsc::Receiver<Answer>>,
    mut say: impl FnMut(Step) + Send,
    rng: &mut (impl CryptoRng + Send),
) -> Result<TrusteeKey, TrusteeError> {
    if file.how_far().stopped {
        return Err(TrusteeError::KeyFile(KeyFileError::Stopped));
    }
    let mut people = People { answers };
    let others = Others { uplink, pause, trustees: file.holder().trustees };
    if file.holder().needed < file.holder().trustees {
        with_group!(file.group(), G => hold::<G>(&others, file, &mut people, &mut say, rng).await)
    } else {
        with_group!(file.group(), G => alone::<G>(&others, file, &mut people, &mut say, rng).await)
    }
}

/// Where all trustees are needed each makes a key alone; what they compare is the list.
async fn alone<G: Group>(
    others: &Others<'_>,
    file: &mut KeyFile,
    people: &mut People,
    say: &mut (impl FnMut(Step) + Send),
    rng: &mut (impl CryptoRng + Send),
) -> Result<TrusteeKey, TrusteeError> {
    let trustee_key = file.public_key().map_err(TrusteeError::KeyFile)?.to_owned();
    let sent = send_key(others.uplink, trustee_key, say).await?;
    let trustees = others.wait(3, |ceremony| &ceremony.finished, |ceremony| ceremony.trustees, say).await?;
    check_is_listed::<G>(file, &trustees)?;
    people.confirm(key_fingerprint(None, &trustees), file, say, rng).await?;
    Ok(sent)
}

/// All three rounds.
async fn hold<G: Group>(
    others: &Others<'_>,
    file: &mut KeyFile,
    people: &mut People,
    say: &mut (impl FnMut(Step) + Send),
    rng: &mut (impl CryptoRng + Send),
) -> Result<TrusteeKey, TrusteeError> {
    let certificates = certify::<G>(others, file, say, rng).await?;
    let fingerprint = certificates.fingerprint();
    say(Step::Certificates(fingerprint));
    if file.how_far().compared != Some(fingerprint) {
        people.compare(fingerprint, file, rng).await?;
        file.progress(|progress| progress.compared = Some(fingerprint), rng)
            .map_err(TrusteeError::KeyFile)?;
    }
    let contributions = contribute(others, file, &certificates, say, rng).await?;
    let public_key = file.finish(&certificates, &contributions, rng).map_err(TrusteeError::KeyFile)?;
    let sent = send_key(others.uplink, public_key, say).await?;
    let trustees = others.wait(3, |ceremony| &ceremony.finished, |ceremony| ceremony.trustees, say).await?;
    check_result(file, &certificates, &contributions, &trustees)?;
    people.confirm(key_fingerprint(Some(fingerprint), &trustees), file, say, rng).await?;
    Ok(sent)
}

/// The people at the terminal, if there are any.
struct People {
    answers: Option<mpsc::Receiver<Answer>>,
}

impl People {
    /// Shows the code that stands for all keys and waits until they have said that all terminals show it.
    async fn confirm(
        &mut self,
        code: Hash,
        file: &mut KeyFile,
        say: &mut (impl FnMut(Step) + Send),
        rng: &mut (impl CryptoRng + Send),
    ) -> Result<(), TrusteeError> {
        say(Step::Trustees(code));
        if file.how_far().confirmed != Some(code) {
            self.compare(code, file, rng).await?;
            file.progress(|progress| progress.confirmed = Some(code), rng).map_err(TrusteeError::KeyFile)?;
        }
        Ok(())
    }

    /// Waits until they have said that all terminals show this code.
    async fn compare(
        &mut self,
        code: Hash,
        file: &mut KeyFile,
        rng: &mut (impl CryptoRng + Send),
    ) -> Result<(), TrusteeError> {
        let Some(answers) = &mut self.answers else { return Ok(()) };
        loop {
            match answers.recv().await {
                // An answer to an earlier question, sent twice, is none to this one.
                Some((asked, _)) if asked != code => {}
                Some((_, true)) => return Ok(()),
                Some((_, false)) => {
                    file.progress(|progress| progress.stopped = true, rng).map_err(TrusteeError::KeyFile)?;
                    return Err(TrusteeError::KeyFile(KeyFileError::Stopped));
                }
                None => return Err(TrusteeError::Interrupted),
            }
        }
    }
}

/// Round 1: sends the certificate and waits for those of the others.
async fn certify<G: Group>(
    others: &Others<'_>,
    file: &mut KeyFile,
    say: &mut (impl FnMut(Step) + Send),
    rng: &mut (impl CryptoRng + Send),
) -> Result<Certificates<G>, TrusteeError> {
    let certificate = file.certificate::<G>(rng).map_err(TrusteeError::KeyFile)?;
    Message::Certificate(TrusteeCertificate { certificate }).insist(others.uplink).await?;
    say(Step::CertificateSent);
    let all = others.wait(1, |ceremony| &ceremony.certified, |ceremony| ceremony.certificates, say).await?;
    let quorum = file.quorum().map_err(TrusteeError::KeyFile)?;
    Certificates::check(quorum, read(&all)?).map_err(refused)
}

/// Round 2: sends the contribution and waits for those of the others.
async fn contribute<G: Group>(
    others: &Others<'_>,
    file: &mut KeyFile,
    certificates: &Certificates<G>,
    say: &mut (impl FnMut(Step) + Send),
    rng: &mut (impl CryptoRng + Send),
) -> Result<Contributions<G>, TrusteeError> {
    let contribution = file.contribution(certificates, rng).map_err(TrusteeError::KeyFile)?;
    Message::Contribution(TrusteeContribution { contribution }).insist(others.uplink).await?;
    say(Step::ContributionSent);
    let all =
        others.wait(2, |ceremony| &ceremony.contributed, |ceremony| ceremony.contributions, say).await?;
    Contributions::check(certificates, read(&all)?).map_err(refused)
}

async fn send_key(
    uplink: &Uplink,
    trustee_key: String,
    say: &mut (impl FnMut(Step) + Send),
) -> Result<TrusteeKey, TrusteeError> {
    let key = TrusteeKey { trustee_key };
    Message::Key(key.clone()).insist(uplink).await?;
    say(Step::KeySent);
    Ok(key)
}

/// The list that will stand in the archive is the outcome of this very ceremony.
fn check_result<G: Group>(
    file: &KeyFile,
    certificates: &Certificates<G>,
    contributions: &Contributions<G>,
    trustees: &str,
) -> Result<(), TrusteeError> {
    let trustees = check_is_listed::<G>(file, trustees)?;
    if trustees.is_outcome_of(certificates, contributions) {
        Ok(())
    } else {
        Err(TrusteeError::NotMine { position: file.holder().position })
    }
}

/// The list holds this trustee's key at this trustee's place.
fn check_is_listed<G: Group>(file: &KeyFile, trustees: &str) -> Result<Trustees<G>, TrusteeError> {
    let position = file.holder().position;
    let other = || TrusteeError::NotMine { position };
    let trustees = Trustees::<G>::parse(trustees).map_err(|_| other())?;
    let mine = file.key::<G>().map_err(TrusteeError::KeyFile)?;
    let place = usize::try_from(position).ok().and_then(|position| position.checked_sub(1));
    let listed: Option<&TrusteePublicKey<G>> = place.and_then(|place| trustees.decryption_keys().nth(place));
    if listed.is_some_and(|listed| listed.public_key == *mine.public()) { Ok(trustees) } else { Err(other()) }
}

/// The other trustees, as the server shows them.
struct Others<'a> {
    uplink: &'a Uplink,
    pause: Duration,
    trustees: u32,
}

impl Others<'_> {
    /// Looks until what is wanted is there. Without contact to the server it goes on looking.
    async fn wait<T>(
        &self,
        round: u8,
        arrived: fn(&TrusteeCeremony) -> &Vec<u32>,
        wanted: fn(TrusteeCeremony) -> Option<T>,
        say: &mut (impl FnMut(Step) + Send),
    ) -> Result<T, TrusteeError> {
        let mut told = None;
        loop {
            match self.uplink.trustee_ceremony().await {
                Ok(ceremony) => {
                    let missing: Vec<_> = (1..=self.trustees)
                        .filter(|position| !arrived(&ceremony).contains(position))
                        .collect();
                    if let Some(wanted) = wanted(ceremony) {
                        return Ok(wanted);
                    }
                    let step = Step::Waiting { round, missing };
                    if told.as_ref() != Some(&step) {
                        say(step.clone());
                        told = Some(step);
                    }
                }
                Err(error) if error.is_refusal() => return Err(TrusteeError::Uplink(error)),
                Err(error) => {
                    tracing::warn!(error = error_chain(&error), "no contact to the server");
                    say(Step::NoContact);
                    told = None;
                }
            }
            tokio::time::sleep(self.pause).await;
        }
    }
}

/// What a trustee sends in the rounds.
enum Message {
    Certificate(TrusteeCertificate),
    Contribution(TrusteeContribution),
    Key(TrusteeKey),
}

impl Message {
    async fn send(&self, uplink: &Uplink) -> Result<(), UplinkError> {
        match self {
            Self::Certificate(certificate) => uplink.send_certificate(certificate).await,
            Self::Contribution(contribution) => uplink.send_contribution(contribution).await,
            Self::Key(key) => uplink.send_trustee_key(key).await,
        }
    }

    /// Sends again if the answer was lost: the server takes the same message any number of times.
    async fn insist(&self, uplink: &Uplink) -> Result<(), TrusteeError> {
        let mut answer = self.send(uplink).await;
        for _ in 1..ATTEMPTS {
            match &answer {
                Err(error) if !error.is_refusal() => {
                    tokio::time::sleep(Duration::from_millis(500)).await;
                    answer = self.send(uplink).await;
                }
                _ => break,
            }
        }
        answer.map_err(TrusteeError::Uplink)
    }
}

/// The messages of all trustees, in order.
fn read<T: DeserializeOwned>(texts: &[String]) -> Result<Vec<T>, TrusteeError> {
    let message = |(trustee, text): (usize, &String)| {
        serde_json::from_str(text).map_err(|_| refused(CeremonyError::Message { trustee }))
    };
    (1..).zip(texts).map(message).collect()
}

fn refused(error: CeremonyError) -> TrusteeError {
    TrusteeError::KeyFile(KeyFileError::from(error))
}
