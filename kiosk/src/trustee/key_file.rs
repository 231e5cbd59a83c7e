//! The file with a trustee's key, from the seed of the ceremony to the finished key, and the record of the one archive it has
//! decrypted.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use belenios::{
    group::{DecodeError, Group, GroupName},
    text::{Hash, Uuid},
    trustee::{
        single::SecretKey,
        threshold::{CeremonyError, Certificates, Contributions, Identity, Quorum},
    },
    with_group,
};
use evaluation::wire::TrusteeAssignment;
use rand::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::private_file;

/// The first field of the file.
const FORMAT: &str = "pingyi-trustee-key/2";

/// A trustee's key as it lies on the trustee's stick.
///
/// The file is JSON: `{"format":"pingyi-trustee-key/2","poll":…,"group":…,"position":…,"name":…,"trustees":…,"needed":…}` and, as far
/// as the ceremony is, `seed`, `certificate`, `contribution` (what was sent, byte for byte), `public_key` and `secret`, the decimal
/// text of the private key. With the secret the seed goes: nothing needs it any more. Beside the file, with `.head` behind its
/// name, lies the head of the archive that was decrypted.
pub struct KeyFile {
    path: PathBuf,
    group: GroupName,
    content: Content,
}

/// Why a key file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// A message of the ceremony does not hold.
    #[error("{}\n{}", .zh, .en)]
    Ceremony {
        /// What happened, who is at fault, what next; Chinese.
        zh: String,
        /// The same in English.
        en: String,
    },
    /// The file is no key file.
    #[error("{path} is no key file of this release")]
    Format {
        /// The file.
        path: PathBuf,
    },
    /// The operating system refused.
    #[error("cannot {step} {path}")]
    Io {
        /// What was to be done.
        step: &'static str,
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// The file holds the key of another poll or trustee; it is never overwritten.
    #[error("{path} holds the key of another poll or trustee")]
    Other {
        /// The file.
        path: PathBuf,
    },
    /// The secret is no scalar of the group.
    #[error("the secret in {path} is damaged")]
    Secret {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        #[source]
        source: DecodeError,
    },
    /// The ceremony is not over.
    #[error("{path} holds no key yet; finish the key ceremony with the subcommand key")]
    Unfinished {
        /// The file.
        path: PathBuf,
    },
}

#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct Content {
    format: String,
    #[zeroize(skip)]
    poll: Uuid,
    group: String,
    position: u32,
    name: String,
    trustees: u32,
    needed: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seed: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    certificate: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    contribution: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    public_key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl KeyFile {
    /// Reads a key file.
    ///
    /// # Errors
    /// [`KeyFileError`]
    pub fn load(path: &Path) -> Result<Self, KeyFileError> {
        let text = fs::read_to_string(path).map(Zeroizing::new).map_err(io_error("read", path))?;
        let format = || KeyFileError::Format { path: path.into() };
        let content: Content = serde_json::from_str(&text).map_err(|_| format())?;
        if content.format != FORMAT {
            return Err(format());
        }
        let group = content.group.parse().map_err(|_| format())?;
        let file = Self { path: path.into(), group, content };
        match (&file.content.seed, &file.content.secret) {
            (_, Some(_)) => with_group!(group, G => file.key::<G>().map(|_| ()))?,
            (Some(_), None) => with_group!(group, G => file.identity::<G>().map(|_| ()))?,
            (None, None) => return Err(format()),
        }
        Ok(file)
    }

    /// The file of this assignment if it is there, otherwise a fresh one, durable before it is returned: with a seed where the
    /// trustees hold a ceremony, with a key where all of them are needed.
    ///
    /// # Errors
    /// [`KeyFileError`]
    pub fn load_or_begin(
        path: &Path,
        assignment: &TrusteeAssignment,
        group: GroupName,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, KeyFileError> {
        let mut fresh = Content {
            format: FORMAT.to_owned(),
            poll: assignment.poll.clone(),
            group: group.to_string(),
            position: assignment.position,
            name: assignment.name.clone(),
            trustees: assignment.trustees,
            needed: assignment.needed,
            seed: None,
            certificate: None,
            contribution: None,
            public_key: None,
            secret: None,
        };
        if path.exists() {
            let file = Self::load(path)?;
            return if file.content.is_of(&fresh) {
                Ok(file)
            } else {
                Err(KeyFileError::Other { path: path.into() })
            };
        }
        if assignment.is_ceremony() {
            fresh.seed = Some(with_group!(group, G => fresh_seed::<G>(&fresh, rng))?);
        } else {
            fresh.secret = Some(with_group!(group, G => SecretKey::<G>::generate(rng).to_text().to_string()));
        }
        private_file::write_new(path, fresh.text().as_bytes()).map_err(io_error("write", path))?;
        Self::load(path)
    }

    /// Round 1: the certificate, made once and kept, so that it is sent again byte for byte.
    ///
    /// # Errors
    /// [`KeyFileError`]
    pub fn certificate<G: Group>(&mut self, rng: &mut impl CryptoRng) -> Result<String, KeyFileError> {
        if let Some(certificate) = &self.content.certificate {
            return Ok(certificate.clone());
        }
        let certificate = json(&self.identity::<G>()?.certificate(rng));
        self.change(|content| content.certificate = Some(certificate.clone()))?;
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
        if let Some(contribution) = &self.content.contribution {
            return Ok(contribution.clone());
        }
        let contribution = json(&self.identity::<G>()?.contribute(certificates, rng)?);
        self.change(|content| content.contribution = Some(contribution.clone()))?;
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
        if let Some(public_key) = &self.content.public_key {
            return Ok(public_key.clone());
        }
        let name = Some(self.content.name.clone());
        let (key, public_key) = self.identity::<G>()?.finish(certificates, contributions, name, rng)?;
        let (secret, public_key) = (key.to_text(), json(&public_key));
        self.change(|content| {
            content.seed.zeroize();
            content.secret = Some(secret.to_string());
            content.public_key = Some(public_key.clone());
        })?;
        Ok(public_key)
    }

    /// The public half of a key that was made without a ceremony; its proof is made anew each time.
    ///
    /// # Errors
    /// [`KeyFileError`]
    pub fn public_key<G: Group>(&self, rng: &mut impl CryptoRng) -> Result<String, KeyFileError> {
        Ok(json(&self.key::<G>()?.to_public(Some(self.content.name.clone()), rng)))
    }

    /// Records the head this key decrypts, durably, and returns the one on record: of this archive the first time, and the
    /// same for ever.
    ///
    /// # Errors
    /// [`KeyFileError::Io`]
    pub fn record_head(&self, head: Hash) -> Result<String, KeyFileError> {
        let mut record = self.path.clone().into_os_string();
        record.push(".head");
        let record = PathBuf::from(record);
        match private_file::write_new(&record, head.to_string().as_bytes()) {
            Ok(()) => Ok(head.to_string()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                fs::read_to_string(&record).map_err(io_error("read", &record))
            }
            Err(error) => Err(io_error("write", &record)(error)),
        }
    }

    /// The poll the key was made for.
    #[must_use]
    pub fn poll(&self) -> &Uuid {
        &self.content.poll
    }

    /// The group the key lives in.
    #[must_use]
    pub const fn group(&self) -> GroupName {
        self.group
    }

    /// The trustee's place, from 1.
    #[must_use]
    pub fn position(&self) -> u32 {
        self.content.position
    }

    /// The finished key, in the group of the file.
    ///
    /// # Errors
    /// [`KeyFileError::Unfinished`], [`KeyFileError::Secret`]
    pub fn key<G: Group>(&self) -> Result<SecretKey<G>, KeyFileError> {
        let path = || self.path.clone();
        let secret =
            self.content.secret.as_deref().ok_or_else(|| KeyFileError::Unfinished { path: path() })?;
        SecretKey::parse(secret).map_err(|source| KeyFileError::Secret { path: path(), source })
    }

    /// The numbers of the ceremony.
    ///
    /// # Errors
    /// [`KeyFileError::Ceremony`] if they are impossible
    pub fn quorum(&self) -> Result<Quorum, KeyFileError> {
        Ok(self.content.quorum()?)
    }

    fn identity<G: Group>(&self) -> Result<Identity<G>, KeyFileError> {
        let damaged = || KeyFileError::Format { path: self.path.clone() };
        let seed = self.content.seed.as_deref().ok_or_else(damaged)?;
        Identity::from_seed(self.content.quorum()?, self.content.index(), seed).map_err(|_| damaged())
    }

    /// Writes the changed content, durably, before it counts.
    fn change(&mut self, change: impl FnOnce(&mut Content)) -> Result<(), KeyFileError> {
        let mut content = self.content.clone();
        change(&mut content);
        private_file::replace(&self.path, content.text().as_bytes())
            .map_err(io_error("write", &self.path))?;
        self.content = content;
        Ok(())
    }
}

impl Content {
    /// Whether both are for the same trustee of the same poll.
    fn is_of(&self, other: &Self) -> bool {
        self.poll == other.poll
            && self.group == other.group
            && self.name == other.name
            && (self.position, self.trustees, self.needed) == (other.position, other.trustees, other.needed)
    }

    fn quorum(&self) -> Result<Quorum, CeremonyError> {
        let number = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        Quorum::new(number(self.needed), number(self.trustees))
    }

    fn index(&self) -> usize {
        usize::try_from(self.position).unwrap_or(usize::MAX)
    }

    fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(json(self))
    }
}

fn fresh_seed<G: Group>(content: &Content, rng: &mut impl CryptoRng) -> Result<String, CeremonyError> {
    Ok(Identity::<G>::generate(content.quorum()?, content.index(), rng)?.seed().to_owned())
}

/// What is written here is strings, numbers and group elements, which can always be written.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

impl From<CeremonyError> for KeyFileError {
    fn from(error: CeremonyError) -> Self {
        let (zh, en) = evaluation::ceremony::explain(error);
        Self::Ceremony { zh, en }
    }
}

impl fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyFile")
            .field("path", &self.path)
            .field("position", &self.content.position)
            .finish_non_exhaustive()
    }
}

fn io_error(step: &'static str, path: &Path) -> impl Fn(io::Error) -> KeyFileError {
    let path = path.to_owned();
    move |source| KeyFileError::Io { step, path: path.clone(), source }
}

#[cfg(test)]
mod tests {
    use evaluation::wire::{PollState, Purpose};
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

    use super::*;

    fn assignment(needed: u32) -> TrusteeAssignment {
        TrusteeAssignment {
            poll: "1r7xvBB2ZoyrxA".parse().unwrap(),
            position: 1,
            name: "监票人甲".into(),
            group: "Ed25519".into(),
            trustees: 3,
            needed,
            purpose: Purpose::Real,
            title: "宁晋县 2020 年度「阳光股室」评议".into(),
            state: PollState::Setup,
        }
    }

    fn begin(path: &Path, assignment: &TrusteeAssignment, seed: u64) -> Result<KeyFile, KeyFileError> {
        let group = assignment.group.parse().unwrap();
        KeyFile::load_or_begin(path, assignment, group, &mut ChaCha20Rng::seed_from_u64(seed))
    }

    #[test]
    fn the_same_assignment_has_one_key_or_one_seed() {
        for needed in [3, 2] {
            for group in GroupName::ALL {
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join("trustee.key");
                let assignment = TrusteeAssignment { group: group.to_string(), ..assignment(needed) };
                let made = begin(&path, &assignment, 1).unwrap();
                let again = begin(&path, &assignment, 2).unwrap();
                let secret =
                    |file: &KeyFile| file.content.secret.clone().or(file.content.seed.clone()).unwrap();
                assert_eq!(secret(&made), secret(&again));
                assert!(!format!("{made:?}").contains(&secret(&made)));
            }
        }
    }

    #[test]
    fn the_key_of_another_trustee_or_ceremony_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trustee.key");
        begin(&path, &assignment(2), 1).unwrap();
        let group = GroupName::ALL.into_iter().find(|group| *group != GroupName::Ed25519).unwrap();
        for other in [
            TrusteeAssignment { position: 2, ..assignment(2) },
            TrusteeAssignment { trustees: 4, ..assignment(2) },
            TrusteeAssignment { group: group.to_string(), ..assignment(2) },
            assignment(3),
        ] {
            assert!(matches!(begin(&path, &other, 1), Err(KeyFileError::Other { .. })), "{other:?}");
        }
    }

    #[test]
    fn what_was_sent_is_sent_again_byte_for_byte() {
        type G = belenios::group::Ed25519;
        let folder = tempfile::tempdir().unwrap();
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let alone = TrusteeAssignment { trustees: 2, needed: 1, ..assignment(1) };
        let mut files: Vec<_> = (1..=2)
            .map(|position| {
                let path = folder.path().join(position.to_string());
                begin(&path, &TrusteeAssignment { position, ..alone.clone() }, position.into()).unwrap()
            })
            .collect();
        let quorum = files[0].quorum().unwrap();
        let again = |file: &KeyFile| KeyFile::load(&file.path).unwrap();
        let sent: Vec<_> = files.iter_mut().map(|file| file.certificate::<G>(&mut rng).unwrap()).collect();
        assert_eq!(again(&files[0]).certificate::<G>(&mut rng).unwrap(), sent[0]);
        let read = sent.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
        let certificates = Certificates::<G>::check(quorum, read).unwrap();
        let sent: Vec<_> =
            files.iter_mut().map(|file| file.contribution(&certificates, &mut rng).unwrap()).collect();
        assert_eq!(again(&files[0]).contribution(&certificates, &mut rng).unwrap(), sent[0]);
        let read = sent.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
        let contributions = Contributions::<G>::check(&certificates, read).unwrap();
        assert!(matches!(files[0].key::<G>(), Err(KeyFileError::Unfinished { .. })));
        let sent = files[0].finish(&certificates, &contributions, &mut rng).unwrap();
        let mut reloaded = again(&files[0]);
        assert_eq!(reloaded.finish(&certificates, &contributions, &mut rng).unwrap(), sent);
        assert!(reloaded.key::<G>().is_ok() && reloaded.content.seed.is_none());
    }

    #[test]
    fn the_first_head_is_on_record_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trustee.key");
        let file = begin(&path, &assignment(3), 1).unwrap();
        let (first, second) = (Hash::of("first"), Hash::of("second"));
        assert_eq!(file.record_head(first).unwrap(), first.to_string());
        assert_eq!(file.record_head(second).unwrap(), first.to_string());
        assert_eq!(KeyFile::load(&path).unwrap().record_head(first).unwrap(), first.to_string());
    }

    #[test]
    fn a_damaged_key_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trustee.key");
        let head = r#"{"format":"pingyi-trustee-key/2","poll":"1r7xvBB2ZoyrxA","group":"Ed25519","position":1,"name":"","trustees":3,"needed":2"#;
        for text in ["{}".to_owned(), format!("{head}}}"), format!("{head},\"seed\":\"short\"}}")] {
            fs::write(&path, text).unwrap();
            assert!(matches!(KeyFile::load(&path), Err(KeyFileError::Format { .. })));
        }
        fs::write(&path, format!("{head},\"secret\":\"x\"}}")).unwrap();
        assert!(matches!(KeyFile::load(&path), Err(KeyFileError::Secret { .. })));
    }
}
