//! Making a key: alone where all trustees are needed, otherwise in a ceremony of three rounds with the others, whose messages
//! the server carries. Every round can be repeated: what was sent is kept in the key file and sent again byte for byte.

use std::{fmt, path::Path, time::Duration};

use belenios::{
    group::{Group, GroupName},
    text::Hash,
    trustee::{
        TrusteePublicKey, Trustees,
        threshold::{CeremonyError, Certificates, Contributions},
    },
    with_group,
};
use evaluation::wire::{TrusteeCeremony, TrusteeCertificate, TrusteeContribution, TrusteeKey};
use rand::CryptoRng;
use serde::de::DeserializeOwned;

use super::{KeyFile, KeyFileError, TrusteeError};
use crate::uplink::{Uplink, UplinkError, error_chain};

/// How often a message is sent before the terminal gives up; it can be started again.
const ATTEMPTS: u32 = 4;

/// How far the ceremony is, in a sentence for the trustee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The server has this trustee's certificate.
    CertificateSent,
    /// The server has this trustee's contribution.
    ContributionSent,
    /// The server has this trustee's public key.
    KeySent,
    /// All certificates are there: to be compared aloud.
    Certificates(Hash),
    /// The ceremony is over: the list of trustees, to be compared aloud.
    Trustees(Hash),
    /// Messages of these trustees are missing, by place from 1.
    Waiting(Vec<u32>),
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CertificateSent => f.write_str("第一步：证书已送出 · round 1: certificate sent"),
            Self::ContributionSent => f.write_str("第二步：贡献已送出 · round 2: contribution sent"),
            Self::KeySent => f.write_str("第三步：公钥已送出 · round 3: public key sent"),
            Self::Certificates(hash) => write!(
                f,
                "证书核对码 · fingerprint of the certificates:\n  {hash}\n\
                 各监票人须出声核对一致；不一致就停止，不要制卡。Compare it aloud with the other trustees; if it differs, stop."
            ),
            Self::Trustees(hash) => write!(
                f,
                "密钥仪式完成。监票人名单核对码 · the ceremony is over; fingerprint of the trustees:\n  {hash}\n\
                 出声核对一致后签字，才可制卡。Compare it aloud and sign it before any card is made."
            ),
            Self::Waiting(missing) => {
                let missing: Vec<_> = missing.iter().map(u32::to_string).collect();
                let missing = missing.join(", ");
                write!(f, "等待其他监票人（{missing}） · waiting for the others ({missing})")
            }
        }
    }
}

/// Fetches the assignment, makes a key, keeps it in a file, and sends the public half; in a ceremony it goes through all rounds
/// and waits for the others, looking every `pause`. Every step is told to `say`.
///
/// If the file is there already, the work goes on where it was left: a lost answer or a killed terminal costs no key.
///
/// # Errors
/// [`TrusteeError`]; it may be called again.
pub async fn make_key(
    uplink: &Uplink,
    path: &Path,
    pause: Duration,
    mut say: impl FnMut(Step) + Send,
    rng: &mut (impl CryptoRng + Send),
) -> Result<TrusteeKey, TrusteeError> {
    let assignment = uplink.trustee_assignment().await.map_err(TrusteeError::Uplink)?;
    let group: GroupName = assignment.group.parse().map_err(TrusteeError::Group)?;
    let mut file = KeyFile::load_or_begin(path, &assignment, group, rng).map_err(TrusteeError::KeyFile)?;
    let others = Others { uplink, pause, trustees: assignment.trustees };
    with_group!(group, G => {
        if assignment.is_ceremony() {
            hold::<G>(&others, &mut file, &mut say, rng).await
        } else {
            let trustee_key = file.public_key::<G>(rng).map_err(TrusteeError::KeyFile)?;
            send_key(uplink, trustee_key, &mut say).await
        }
    })
}

/// All three rounds.
async fn hold<G: Group>(
    others: &Others<'_>,
    file: &mut KeyFile,
    say: &mut (impl FnMut(Step) + Send),
    rng: &mut (impl CryptoRng + Send),
) -> Result<TrusteeKey, TrusteeError> {
    let certificates = certify::<G>(others, file, say, rng).await?;
    let contributions = contribute(others, file, &certificates, say, rng).await?;
    let public_key = file.finish(&certificates, &contributions, rng).map_err(TrusteeError::KeyFile)?;
    let sent = send_key(others.uplink, public_key, say).await?;
    let trustees = others.wait(|ceremony| &ceremony.finished, |ceremony| ceremony.trustees, say).await?;
    check_result(file, &certificates, &contributions, &trustees)?;
    say(Step::Trustees(Hash::of(&trustees)));
    Ok(sent)
}

/// Round 1: sends the certificate and waits for those of the others.
async fn certify<G: Group>(
    others: &Others<'_>,
    file: &mut KeyFile,
    say: &mut (impl FnMut(Step) + Send),
    rng: &mut (impl CryptoRng + Send),
) -> Result<Certificates<G>, TrusteeError> {
    let message =
        TrusteeCertificate { certificate: file.certificate::<G>(rng).map_err(TrusteeError::KeyFile)? };
    insist(async || others.uplink.send_certificate(&message).await).await?;
    say(Step::CertificateSent);
    let all = others.wait(|ceremony| &ceremony.certified, |ceremony| ceremony.certificates, say).await?;
    let quorum = file.quorum().map_err(TrusteeError::KeyFile)?;
    let certificates = Certificates::check(quorum, read(&all)?).map_err(refused)?;
    say(Step::Certificates(certificates.fingerprint()));
    Ok(certificates)
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
    let message = TrusteeContribution { contribution };
    insist(async || others.uplink.send_contribution(&message).await).await?;
    say(Step::ContributionSent);
    let all = others.wait(|ceremony| &ceremony.contributed, |ceremony| ceremony.contributions, say).await?;
    Contributions::check(certificates, read(&all)?).map_err(refused)
}

async fn send_key(
    uplink: &Uplink,
    trustee_key: String,
    say: &mut (impl FnMut(Step) + Send),
) -> Result<TrusteeKey, TrusteeError> {
    let key = TrusteeKey { trustee_key };
    insist(async || uplink.send_trustee_key(&key).await).await?;
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
    let other = || TrusteeError::NotMine { position: file.position() };
    let trustees = Trustees::<G>::parse(trustees).map_err(|_| other())?;
    let mine = file.key::<G>().map_err(TrusteeError::KeyFile)?;
    let place = usize::try_from(file.position()).ok().and_then(|position| position.checked_sub(1));
    let listed: Option<&TrusteePublicKey<G>> = place.and_then(|place| trustees.decryption_keys().nth(place));
    let holds = listed.is_some_and(|listed| listed.public_key == *mine.public())
        && trustees.is_outcome_of(certificates, contributions);
    if holds { Ok(()) } else { Err(other()) }
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
        arrived: impl Fn(&TrusteeCeremony) -> &Vec<u32> + Send,
        wanted: impl Fn(TrusteeCeremony) -> Option<T> + Send,
        say: &mut (impl FnMut(Step) + Send),
    ) -> Result<T, TrusteeError> {
        let mut told = Vec::new();
        loop {
            match self.uplink.trustee_ceremony().await {
                Ok(ceremony) => {
                    let missing: Vec<_> = (1..=self.trustees)
                        .filter(|position| !arrived(&ceremony).contains(position))
                        .collect();
                    if let Some(wanted) = wanted(ceremony) {
                        return Ok(wanted);
                    }
                    if missing != told {
                        say(Step::Waiting(missing.clone()));
                        told = missing;
                    }
                }
                Err(error) if error.is_refusal() => return Err(TrusteeError::Uplink(error)),
                Err(error) => tracing::warn!(error = error_chain(&error), "no contact to the server"),
            }
            tokio::time::sleep(self.pause).await;
        }
    }
}

/// Sends again if the answer was lost: the server takes the same message any number of times.
async fn insist(send: impl AsyncFn() -> Result<(), UplinkError>) -> Result<(), TrusteeError> {
    let mut answer = send().await;
    for _ in 1..ATTEMPTS {
        match &answer {
            Err(error) if !error.is_refusal() => {
                tokio::time::sleep(Duration::from_millis(500)).await;
                answer = send().await;
            }
            _ => break,
        }
    }
    answer.map_err(TrusteeError::Uplink)
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
