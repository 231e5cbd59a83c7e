//! What is encrypted in a key file.

use std::path::Path;

use belenios::{
    group::Group,
    text::Hash,
    trustee::{single::SecretKey, threshold::Identity},
};
use evaluation::wire::TrusteeAssignment;
use rand::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{KeyFileError, holder, index, json, locked::sealed_error};
use crate::trustee::sealed::{FileKey, Holder, PassphraseWrap, Sealed, Wrap};

/// How far the trustee is, on record in the file, so that a restart goes on at the right place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// The recovery sheet is printed. Until then the code can be made anew.
    pub sheet_printed: bool,
    /// The fingerprint of the certificates that all trustees saw alike.
    pub compared: Option<Hash>,
    /// A trustee saw another fingerprint: nothing further is sent with this file.
    pub stopped: bool,
    /// The final fingerprint that all terminals showed alike.
    pub confirmed: Option<Hash>,
    /// The file was read back from the stick and its key decrypted a test value.
    pub tried: bool,
    /// The head of the archive this key decrypts, once and for ever.
    pub head: Option<Hash>,
}

/// What is secret, or told only to who opens the file.
#[derive(Clone, Default, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
pub(super) struct Content {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) seed: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) certificate: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) contribution: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) public_key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) secret: Option<String>,
    #[zeroize(skip)]
    pub(super) progress: Progress,
}

impl Content {
    pub(super) fn begin<G: Group>(
        assignment: &TrusteeAssignment,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, KeyFileError> {
        let mut content = Self::default();
        if assignment.is_ceremony() {
            let quorum = holder(assignment).quorum()?;
            let identity = Identity::<G>::generate(quorum, index(assignment.position), rng)?;
            content.seed = Some(identity.seed().to_owned());
        } else {
            let key = SecretKey::<G>::generate(rng);
            content.public_key = Some(json(&key.to_public(Some(assignment.name.clone()), rng)));
            content.secret = Some(key.to_text().to_string());
        }
        Ok(content)
    }
}

pub(super) fn read_content(path: &Path, sealed: &Sealed, key: &FileKey) -> Result<Content, KeyFileError> {
    let content = sealed.open(key).map_err(|error| sealed_error(path, error))?;
    serde_json::from_slice(&content).map_err(|_| KeyFileError::Damaged { path: path.into() })
}

pub(super) fn seal(
    holder: &Holder,
    wraps: &(PassphraseWrap, Wrap),
    key: &FileKey,
    content: &Content,
    rng: &mut impl CryptoRng,
) -> String {
    // Reserved at once, so that growing leaves no copy of the secret behind.
    let size =
        content.contribution.as_ref().map_or(0, String::len).saturating_mul(2).saturating_add(64 << 10);
    let mut text = Zeroizing::new(Vec::with_capacity(size));
    // Strings and flags can always be written.
    _ = serde_json::to_writer(&mut *text, content);
    Sealed::new(holder.clone(), wraps.clone(), key, &text, rng).to_text()
}
