//! The file with a trustee's key, from the seed of the ceremony to the finished key, and the record of the one archive it has
//! decrypted. On the stick it is encrypted ([`sealed`](super::sealed)); what it holds is in memory only while it is open.

mod content;
mod error;
mod locked;
#[cfg(test)]
mod tests;

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use belenios::{
    group::{Group, GroupName},
    text::Hash,
    trustee::{
        single::SecretKey,
        threshold::{CeremonyError, Certificates, Contributions, Identity, Quorum},
    },
    with_group,
};
use evaluation::wire::TrusteeAssignment;
use rand::CryptoRng;
use serde::Serialize;
use zeroize::Zeroize;

pub use content::Progress;
pub use error::KeyFileError;
pub use locked::LockedKeyFile;

use self::content::{Content, read_content, seal};

use super::{
    Passphrase, RecoveryCode,
    sealed::{Cost, FileKey, Holder, PassphraseWrap, Wrap, random},
};
use crate::private_file;

/// A trustee's key, open: what the file on the stick holds, in memory.
pub struct KeyFile {
    path: PathBuf,
    group: GroupName,
    holder: Holder,
    key: FileKey,
    wraps: (PassphraseWrap, Wrap),
    content: Content,
}

impl KeyFile {
    /// A fresh file for this assignment, durable before it is returned, and the code for its recovery sheet: with a seed where the
    /// trustees hold a ceremony, with a key where all of them are needed.
    ///
    /// # Errors
    /// [`KeyFileError`]; a file that is there already is never overwritten.
    pub fn create(
        path: &Path,
        assignment: &TrusteeAssignment,
        passphrase: &Passphrase,
        cost: Cost,
        rng: &mut impl CryptoRng,
    ) -> Result<(Self, RecoveryCode), KeyFileError> {
        let group: GroupName =
            assignment.group.parse().map_err(|_| KeyFileError::Format { path: path.into() })?;
        let holder = holder(assignment);
        let content = with_group!(group, G => Content::begin::<G>(assignment, rng))?;
        let (key, code) = (FileKey::new(random(rng)), RecoveryCode::generate(rng));
        let wrap = PassphraseWrap::new(&holder, &key, passphrase, cost, rng);
        let wraps = (wrap.ok_or(KeyFileError::Cost)?, Wrap::new(&holder, &key, &code, rng));
        let file = Self { path: path.into(), group, holder, key, wraps, content };
        private_file::write_new(path, file.seal(rng).as_bytes()).map_err(io_error("write", path))?;
        Ok((file, code))
    }

    /// Reads and opens a key file.
    ///
    /// # Errors
    /// [`KeyFileError`]
    pub fn load(path: &Path, passphrase: &Passphrase) -> Result<Self, KeyFileError> {
        LockedKeyFile::read(path)?.open(passphrase)
    }

    /// The file is of this trustee of this poll.
    ///
    /// # Errors
    /// [`KeyFileError::OtherPoll`], [`KeyFileError::OtherTrustee`]
    pub fn check_is_of(&self, assignment: &TrusteeAssignment) -> Result<(), KeyFileError> {
        check_is_of(&self.path, &self.holder, assignment)
    }

    /// Another passphrase from now on; the recovery code stays.
    ///
    /// # Errors
    /// [`KeyFileError::Io`], [`KeyFileError::Cost`]
    pub fn set_passphrase(
        &mut self,
        passphrase: &Passphrase,
        cost: Cost,
        rng: &mut impl CryptoRng,
    ) -> Result<(), KeyFileError> {
        self.reload()?;
        let wrap = PassphraseWrap::new(&self.holder, &self.key, passphrase, cost, rng);
        let wraps = (wrap.ok_or(KeyFileError::Cost)?, self.wraps.1.clone());
        self.write(wraps, self.content.clone(), rng)
    }

    /// A new recovery code, as long as no sheet with the old one is printed.
    ///
    /// # Errors
    /// [`KeyFileError::Io`]
    pub fn renew_recovery(&mut self, rng: &mut impl CryptoRng) -> Result<RecoveryCode, KeyFileError> {
        self.reload()?;
        let code = RecoveryCode::generate(rng);
        let wraps = (self.wraps.0.clone(), Wrap::new(&self.holder, &self.key, &code, rng));
        self.write(wraps, self.content.clone(), rng)?;
        Ok(code)
    }

    /// Round 1: the certificate, made once and kept, so that it is sent again byte for byte.
    ///
    /// # Errors
    /// [`KeyFileError`]
    pub fn certificate<G: Group>(&mut self, rng: &mut impl CryptoRng) -> Result<String, KeyFileError> {
        self.reload()?;
        if let Some(certificate) = &self.content.certificate {
            return Ok(certificate.clone());
        }
        let certificate = json(&self.identity::<G>()?.certificate(rng));
        self.change(|content| content.certificate = Some(certificate.clone()), rng)?;
        Ok(certificate)
    }

    /// Round 2: the contribution, made once and kept: it is random, and another one would be refused.
    ///
    /// # Errors
    /// [`KeyFileError::Ceremony`] if the certificates do not hold this trustee's own
    pub fn contribution<G: Group>(
        &mut self,
        certificates: &Certificates<G>,
        rng: &mut impl CryptoRng,
    ) -> Result<String, KeyFileError> {
        self.reload()?;
        if let Some(contribution) = &self.content.contribution {
            return Ok(contribution.clone());
        }
        let contribution = json(&self.identity::<G>()?.contribute(certificates, rng)?);
        self.change(|content| content.contribution = Some(contribution.clone()), rng)?;
        Ok(contribution)
    }

    /// Round 3: opens the shares of the others and keeps the key; answers its public half.
    ///
    /// # Errors
    /// [`KeyFileError::Ceremony`] names the trustee whose share does not hold
    pub fn finish<G: Group>(
        &mut self,
        certificates: &Certificates<G>,
        contributions: &Contributions<G>,
        rng: &mut impl CryptoRng,
    ) -> Result<String, KeyFileError> {
        self.reload()?;
        if let Some(public_key) = &self.content.public_key {
            return Ok(public_key.clone());
        }
        let name = Some(self.holder.name.clone());
        let (key, public_key) = self.identity::<G>()?.finish(certificates, contributions, name, rng)?;
        let (secret, public_key) = (key.to_text(), json(&public_key));
        let keep = |content: &mut Content| {
            content.seed.zeroize();
            content.secret = Some(secret.to_string());
            content.public_key = Some(public_key.clone());
        };
        self.change(keep, rng)?;
        Ok(public_key)
    }

    /// The public half of the finished key, byte for byte as it was sent.
    ///
    /// # Errors
    /// [`KeyFileError::Unfinished`]
    pub fn public_key(&self) -> Result<&str, KeyFileError> {
        let unfinished = || KeyFileError::Unfinished { path: self.path.clone() };
        self.content.public_key.as_deref().ok_or_else(unfinished)
    }

    /// Records the head this key decrypts, durably, and returns the one on record: of this archive the first time, and the
    /// same for ever.
    ///
    /// # Errors
    /// [`KeyFileError`]
    pub fn record_head(&mut self, head: Hash, rng: &mut impl CryptoRng) -> Result<Hash, KeyFileError> {
        self.reload()?;
        if let Some(recorded) = self.content.progress.head {
            return Ok(recorded);
        }
        self.progress(|progress| progress.head = Some(head), rng)?;
        Ok(head)
    }

    /// How far the trustee is.
    #[must_use]
    pub fn how_far(&self) -> Progress {
        self.content.progress
    }

    /// Records how far the trustee is, durably.
    ///
    /// # Errors
    /// [`KeyFileError::Io`]
    pub fn progress(
        &mut self,
        change: impl FnOnce(&mut Progress),
        rng: &mut impl CryptoRng,
    ) -> Result<(), KeyFileError> {
        self.change(|content| change(&mut content.progress), rng)
    }

    /// Whose key it is.
    #[must_use]
    pub const fn holder(&self) -> &Holder {
        &self.holder
    }

    /// The group the key lives in.
    #[must_use]
    pub const fn group(&self) -> GroupName {
        self.group
    }

    /// Whether the key is made.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.content.secret.is_some()
    }

    /// The finished key, in the group of the file.
    ///
    /// # Errors
    /// [`KeyFileError::Unfinished`], [`KeyFileError::Damaged`]
    pub fn key<G: Group>(&self) -> Result<SecretKey<G>, KeyFileError> {
        let path = || self.path.clone();
        let secret =
            self.content.secret.as_deref().ok_or_else(|| KeyFileError::Unfinished { path: path() })?;
        SecretKey::parse(secret).map_err(|_| KeyFileError::Damaged { path: path() })
    }

    /// The numbers of the ceremony.
    ///
    /// # Errors
    /// [`KeyFileError::Ceremony`] if they are impossible
    pub fn quorum(&self) -> Result<Quorum, KeyFileError> {
        Ok(self.holder.quorum()?)
    }

    fn identity<G: Group>(&self) -> Result<Identity<G>, KeyFileError> {
        let damaged = || KeyFileError::Damaged { path: self.path.clone() };
        let seed = self.content.seed.as_deref().ok_or_else(damaged)?;
        Identity::from_seed(self.holder.quorum()?, index(self.holder.position), seed).map_err(|_| damaged())
    }

    /// Reads the file from the stick again: what counts is what lies there, and another stick with another file is not touched.
    fn reload(&mut self) -> Result<(), KeyFileError> {
        let LockedKeyFile { sealed, .. } = LockedKeyFile::read(&self.path)?;
        self.content = read_content(&self.path, &sealed, &self.key)?;
        self.wraps = sealed.wraps();
        Ok(())
    }

    fn change(
        &mut self,
        change: impl FnOnce(&mut Content),
        rng: &mut impl CryptoRng,
    ) -> Result<(), KeyFileError> {
        self.reload()?;
        let mut content = self.content.clone();
        change(&mut content);
        self.write(self.wraps.clone(), content, rng)
    }

    /// Writes the changed file, durably, before it counts.
    fn write(
        &mut self,
        wraps: (PassphraseWrap, Wrap),
        content: Content,
        rng: &mut impl CryptoRng,
    ) -> Result<(), KeyFileError> {
        let text = seal(&self.holder, &wraps, &self.key, &content, rng);
        private_file::replace(&self.path, text.as_bytes()).map_err(io_error("write", &self.path))?;
        (self.wraps, self.content) = (wraps, content);
        Ok(())
    }

    fn seal(&self, rng: &mut impl CryptoRng) -> String {
        seal(&self.holder, &self.wraps, &self.key, &self.content, rng)
    }
}

impl Holder {
    fn quorum(&self) -> Result<Quorum, CeremonyError> {
        Quorum::new(index(self.needed), index(self.trustees))
    }
}

fn holder(assignment: &TrusteeAssignment) -> Holder {
    Holder {
        poll: assignment.poll.clone(),
        group: assignment.group.clone(),
        position: assignment.position,
        name: assignment.name.clone(),
        trustees: assignment.trustees,
        needed: assignment.needed,
    }
}

fn check_is_of(path: &Path, found: &Holder, assignment: &TrusteeAssignment) -> Result<(), KeyFileError> {
    let wanted = holder(assignment);
    if *found == wanted {
        return Ok(());
    }
    let path = path.to_owned();
    let (position, name) = (found.position, found.name.clone());
    if found.poll == wanted.poll && (position, &name) != (wanted.position, &wanted.name) {
        return Err(KeyFileError::OtherTrustee { path, position, name });
    }
    Err(KeyFileError::OtherPoll { path })
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// What is written here is strings, numbers and group elements, which can always be written.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

impl fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyFile")
            .field("path", &self.path)
            .field("position", &self.holder.position)
            .finish_non_exhaustive()
    }
}

fn io_error(step: &'static str, path: &Path) -> impl Fn(io::Error) -> KeyFileError {
    let path = path.to_owned();
    move |source| KeyFileError::Io { step, path: path.clone(), source }
}
