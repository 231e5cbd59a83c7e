//! The ceremony's messages, checked as far as anybody can who holds no secret.

use belenios::group::Group;
use belenios::trustee::TrusteePublicKey;
use belenios::trustee::threshold::{Block, Certificate, Certificates, Contribution, Contributions, Quorum};

use super::{Checked, Message, Place, held, read, refused};
use crate::service::ServiceError;
use crate::store::trustees::Trustee;

/// A certificate. The last one is also held against all others.
pub(super) fn certificate<G: Group>(place: &Place, sent: &str) -> Result<Checked, ServiceError> {
    must_be_ceremony(place)?;
    let (certificate, canonical) = read::<Certificate<G>>(sent)?;
    certificate.check(place.quorum, place.index()?).map_err(refused)?;
    let mut all = place.trustees.clone();
    for trustee in all.iter_mut().filter(|trustee| trustee.position == place.position) {
        trustee.certificate = Some(canonical.clone());
    }
    if missing(&all, Message::Certificate).is_empty() {
        certificates::<G>(&all, place.quorum)?;
    }
    Ok(Checked { essence: canonical.clone(), canonical })
}

/// A contribution, once all certificates are there.
pub(super) fn contribution<G: Group>(place: &Place, sent: &str) -> Result<Checked, ServiceError> {
    must_be_ceremony(place)?;
    let certificates = certificates::<G>(&place.trustees, place.quorum)?;
    let (contribution, canonical) = read::<Contribution<G>>(sent)?;
    contribution.check(&certificates, place.index()?).map_err(refused)?;
    Ok(Checked { essence: canonical.clone(), canonical })
}

/// The key that all contributions give this trustee.
pub(super) fn check_key<G: Group>(place: &Place, key: &TrusteePublicKey<G>) -> Result<(), ServiceError> {
    let certificates = certificates::<G>(&place.trustees, place.quorum)?;
    let contributions = contributions(&place.trustees, &certificates)?;
    contributions.check_key(&certificates, key, place.index()?).map_err(refused)
}

/// The block of a finished ceremony.
pub(super) fn block<G: Group>(
    trustees: &[Trustee],
    quorum: Quorum,
    keys: Vec<TrusteePublicKey<G>>,
) -> Result<Block<G>, ServiceError> {
    let certificates = certificates::<G>(trustees, quorum)?;
    let contributions = contributions(trustees, &certificates)?;
    Block::assemble(&certificates, &contributions, keys).map_err(refused)
}

fn certificates<G: Group>(trustees: &[Trustee], quorum: Quorum) -> Result<Certificates<G>, ServiceError> {
    must_be_all(trustees, Message::Certificate)?;
    let all = trustees.iter().filter_map(|trustee| held(trustee, Message::Certificate));
    let all: Vec<_> =
        all.map(serde_json::from_str).collect::<Result<_, _>>().map_err(ServiceError::contradiction)?;
    Certificates::check(quorum, all).map_err(refused)
}

fn contributions<G: Group>(
    trustees: &[Trustee],
    certificates: &Certificates<G>,
) -> Result<Contributions<G>, ServiceError> {
    must_be_all(trustees, Message::Contribution)?;
    let all = trustees.iter().filter_map(|trustee| held(trustee, Message::Contribution));
    let all: Vec<_> =
        all.map(serde_json::from_str).collect::<Result<_, _>>().map_err(ServiceError::contradiction)?;
    Contributions::check(certificates, all).map_err(refused)
}

/// Places of the trustees whose message has not arrived.
fn missing(trustees: &[Trustee], message: Message) -> Vec<String> {
    let missing = trustees.iter().filter(|trustee| held(trustee, message).is_none());
    missing.map(|trustee| trustee.position.to_string()).collect()
}

fn must_be_all(trustees: &[Trustee], message: Message) -> Result<(), ServiceError> {
    let missing = missing(trustees, message);
    if missing.is_empty() {
        return Ok(());
    }
    Err(ServiceError::input(
        "ceremony_waits",
        format!("还在等监票人{}完成上一步，没有保存。请等其到齐后重试。", missing.join("、")),
        format!(
            "The last step of trustee {} has not arrived yet; nothing was stored. Wait for it, then try again.",
            missing.join(", ")
        ),
    ))
}

fn must_be_ceremony(place: &Place) -> Result<(), ServiceError> {
    if place.is_ceremony() {
        return Ok(());
    }
    Err(ServiceError::input(
        "no_ceremony",
        "规则要求全体监票人解密，各自生成密钥即可，不举行密钥仪式。没有保存。",
        "The rules need all trustees to decrypt: each makes a key alone, there is no ceremony. Nothing was stored.",
    ))
}
