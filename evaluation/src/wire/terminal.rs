//! How a terminal becomes known, how it proves later that it is the one, and what it reports of itself.
//!
//! **Enrolment.** The terminal sends its public key and a commitment to a nonce; the server answers with a nonce of its own;
//! the terminal opens its commitment. Both compute the [`EnrolmentCode`]; people compare the two. Whoever sits between them
//! shows another certificate or another key and must therefore hit a code of 40 bits by chance, with one try for each
//! comparison: the commitment binds the terminal's nonce before the server's is known, and the other way round nothing of
//! the terminal's is known when the server chooses.
//!
//! **Sign-in.** The terminal signs a text with the server's challenge and the certificate it sees, and gets a token.

use std::{fmt, str::FromStr};

use belenios::text::Uuid;
use ed25519_dalek::VerifyingKey;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{StatementError, StatementSignature};
use crate::hash::Sha256Hash;

/// What a terminal is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TerminalRole {
    /// 投票机.
    Booth,
    /// 制卡员.
    CardOfficer,
    /// 监票人.
    Trustee,
}

/// A terminal asks to be let in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrolmentRequest {
    /// Public half of the key that the terminal has made itself.
    pub public_key: TerminalKey,
    /// SHA-256 of the 32 bytes of the terminal's nonce ([`TerminalNonce::commitment`]).
    pub commitment: Sha256Hash,
    /// What its configuration says it is for.
    pub role: TerminalRole,
    /// What stands on its label; 1 to [`LONGEST_LABEL`] characters, none of them a control character.
    pub label: String,
}

/// The server takes note of an [`EnrolmentRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrolmentAnswer {
    /// Names the request from now on.
    pub request: String,
    /// The server's nonce, fresh for this request.
    pub nonce: TerminalNonce,
    /// SHA-256 of the certificate that the server shows at this address; none without TLS.
    pub certificate: Option<Sha256Hash>,
}

/// The terminal opens its commitment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrolmentReveal {
    /// The request.
    pub request: String,
    /// The terminal's nonce.
    pub nonce: TerminalNonce,
}

/// The terminal asks what has become of its request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrolmentQuery {
    /// The request.
    pub request: String,
    /// The terminal's public key.
    pub public_key: TerminalKey,
}

/// What has become of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnrolmentState {
    /// Two people have not confirmed it yet.
    Waiting,
    /// The terminal may sign in.
    Enrolled,
    /// It has lapsed or was put aside; the terminal asks anew.
    Gone,
}

/// The answer to an [`EnrolmentQuery`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrolmentReport {
    /// Where the request stands.
    pub state: EnrolmentState,
}

/// A terminal asks for a challenge to sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChallengeQuery {
    /// The terminal's public key.
    pub public_key: TerminalKey,
}

/// The challenge: good for one sign-in within a minute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Challenge {
    /// The server's nonce.
    pub nonce: TerminalNonce,
}

/// The terminal proves who it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The terminal's public key.
    pub public_key: TerminalKey,
    /// The challenge.
    pub nonce: TerminalNonce,
    /// Signature of the terminal's key over [`sign_in_text`].
    pub signature: StatementSignature,
}

/// The terminal is signed in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedIn {
    /// Bearer token for every other request; the one before is void. Never written to a disk or a log.
    pub token: String,
}

/// How a terminal is. Nothing in it depends on who votes or when: see docs/decisions/0013-terminal-identity.md before adding
/// a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TerminalStatus {
    /// Version of the agent, such as `0.1.0`; at most [`LONGEST_VERSION`] bytes.
    pub version: String,
    /// The terminal's clock, in seconds since 1970.
    pub clock: i64,
    /// Ballots that could not be delivered at the last attempt; one that was just handed over is not among them.
    pub undelivered: u32,
    /// Room on the disk where ballots are kept.
    pub disk: DiskState,
    /// Of a booth: what people opened it with, once they have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened: Option<OpenedBooth>,
}

/// What a booth was opened with. Booths of one poll that differ cannot go on with each other's drafts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenedBooth {
    /// Uuid of the election.
    pub poll: Uuid,
    /// [`HallKey::mark`](crate::hall_key::HallKey::mark) of the slip that was scanned.
    pub hall_key: Sha256Hash,
}

/// Room on a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiskState {
    /// Enough.
    Ok,
    /// Enough for now; somebody should look.
    Low,
    /// No ballot can be kept safely.
    Full,
}

/// The longest label of a terminal, in characters.
pub const LONGEST_LABEL: usize = 40;

/// The longest version in a [`TerminalStatus`], in bytes.
pub const LONGEST_VERSION: usize = 40;

/// Eight characters that stand for one enrolment, in two groups of four: what people compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrolmentCode(String);

/// A text is no value of the expected form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TerminalTextError {
    /// An enrolment code is written as two groups of four digits or capital letters without 0, 1, I and O.
    #[error(
        "an enrolment code is written as two groups of four digits or capital letters without 0, 1, I and O"
    )]
    Code,
    /// 64 lower-case hexadecimal digits are expected.
    #[error("64 lower-case hexadecimal digits are expected")]
    Digits,
    /// It is not a point of Ed25519.
    #[error("this is not a public key of Ed25519")]
    Key,
}

/// Thirty-two characters that nobody takes for each other on a screen: no 0, 1, I, O.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// Characters in a group of the code.
const GROUP: usize = 4;

impl EnrolmentRequest {
    /// The code of this request over a connection with this certificate (its SHA-256; none without TLS).
    #[must_use]
    pub fn code(
        &self,
        certificate: Option<Sha256Hash>,
        terminal: &TerminalNonce,
        server: &TerminalNonce,
    ) -> EnrolmentCode {
        let text = format!(
            "pingyi-enrolment/1\nkey {}\ncertificate {}\nterminal {terminal}\nserver {server}\nrole {}\nlabel {}\n",
            self.public_key,
            certificate_word(certificate),
            self.role.as_str(),
            self.label
        );
        EnrolmentCode::of(Sha256Hash::of(text))
    }
}

impl TerminalRole {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Booth => "booth",
            Self::CardOfficer => "card_officer",
            Self::Trustee => "trustee",
        }
    }
}

impl EnrolmentCode {
    /// The first 40 bits of a hash.
    fn of(hash: Sha256Hash) -> Self {
        let bits = hash.as_bytes().iter().take(5).fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        let letters = (0..2 * GROUP).rev().map(|place| {
            let index = usize::try_from(bits >> (5 * place) & 0x1f).unwrap_or_default();
            ALPHABET.get(index).copied().map_or('?', char::from)
        });
        let mut code: String = letters.collect();
        code.insert(GROUP, '-');
        Self(code)
    }

    /// The code as it is shown: `ABCD-EFGH`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EnrolmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for EnrolmentCode {
    type Err = TerminalTextError;

    fn from_str(text: &str) -> Result<Self, TerminalTextError> {
        let is_group =
            |group: &str| group.len() == GROUP && group.bytes().all(|byte| ALPHABET.contains(&byte));
        match text.split_once('-') {
            Some((first, second)) if is_group(first) && is_group(second) => Ok(Self(text.to_owned())),
            _ => Err(TerminalTextError::Code),
        }
    }
}

/// What a terminal signs to sign in, with the challenge and the certificate it sees (its SHA-256; none without TLS).
#[must_use]
pub fn sign_in_text(
    public_key: &TerminalKey,
    challenge: &TerminalNonce,
    certificate: Option<Sha256Hash>,
) -> String {
    let certificate = certificate_word(certificate);
    format!("pingyi-sign-in/1\nkey {public_key}\nchallenge {challenge}\ncertificate {certificate}\n")
}

fn certificate_word(certificate: Option<Sha256Hash>) -> String {
    certificate.map_or_else(|| "none".to_owned(), |hash| hash.to_string())
}

/// Public half of a terminal's identity key (Ed25519), written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TerminalKey([u8; 32]);

impl TerminalKey {
    /// The key as 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key in these 32 bytes.
    ///
    /// # Errors
    /// [`TerminalTextError::Key`]
    pub fn from_bytes(bytes: [u8; 32]) -> Result<Self, TerminalTextError> {
        VerifyingKey::from_bytes(&bytes).map_err(|_| TerminalTextError::Key)?;
        Ok(Self(bytes))
    }

    /// Checks that the holder of the private half has signed this text.
    ///
    /// # Errors
    /// [`StatementError::Signature`]
    pub fn verify(&self, text: &str, signature: &StatementSignature) -> Result<(), StatementError> {
        let key = VerifyingKey::from_bytes(&self.0).map_err(|_| StatementError::Signature)?;
        signature.verify(text, &key)
    }
}

impl From<VerifyingKey> for TerminalKey {
    fn from(key: VerifyingKey) -> Self {
        Self(key.to_bytes())
    }
}

impl FromStr for TerminalKey {
    type Err = TerminalTextError;

    fn from_str(text: &str) -> Result<Self, TerminalTextError> {
        Self::from_bytes(read_digits(text)?)
    }
}

/// 256 random bits, written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TerminalNonce([u8; 32]);

impl TerminalNonce {
    /// These 32 random bytes.
    #[must_use]
    pub const fn new(random: [u8; 32]) -> Self {
        Self(random)
    }

    /// What binds its maker to this nonce without telling it: the SHA-256 of the 32 bytes.
    #[must_use]
    pub fn commitment(&self) -> Sha256Hash {
        Sha256Hash::of(self.0)
    }
}

impl FromStr for TerminalNonce {
    type Err = TerminalTextError;

    fn from_str(text: &str) -> Result<Self, TerminalTextError> {
        read_digits(text).map(Self)
    }
}

fn read_digits(text: &str) -> Result<[u8; 32], TerminalTextError> {
    let mut bytes = [0; 32];
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(TerminalTextError::Digits);
    }
    hex::decode_to_slice(text, &mut bytes).map_err(|_| TerminalTextError::Digits)?;
    Ok(bytes)
}

/// Written and read as 64 hexadecimal digits.
macro_rules! as_digits {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")
            }
        }
    };
}

as_digits!(TerminalKey);
as_digits!(TerminalNonce);

/// Written in JSON as the text it is displayed as.
macro_rules! as_text {
    ($($name:ident),+) => {
        $(
            impl Serialize for $name {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.collect_str(self)
                }
            }

            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
                }
            }
        )+
    };
}

as_text!(EnrolmentCode, TerminalKey, TerminalNonce);

impl fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignedIn(…)")
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer, SigningKey};
    use insta::assert_json_snapshot;

    use super::*;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32])
    }

    fn request() -> EnrolmentRequest {
        EnrolmentRequest {
            public_key: key(1).verifying_key().into(),
            commitment: TerminalNonce::new([2; 32]).commitment(),
            role: TerminalRole::Booth,
            label: "3号投票机".into(),
        }
    }

    fn code(request: &EnrolmentRequest, certificate: Option<&str>, nonces: [u8; 2]) -> String {
        let [terminal, server] = nonces.map(|byte| TerminalNonce::new([byte; 32]));
        request.code(certificate.map(Sha256Hash::of), &terminal, &server).to_string()
    }

    #[test]
    fn the_code_changes_with_everything_that_somebody_in_between_could_swap() {
        let code_of = |request: &EnrolmentRequest| code(request, Some("server"), [2, 3]);
        let honest = code_of(&request());
        assert_eq!(honest, code_of(&request()));
        let others = [
            code(&request(), Some("somebody else"), [2, 3]),
            code(&request(), None, [2, 3]),
            code(&request(), Some("server"), [4, 3]),
            code(&request(), Some("server"), [2, 4]),
            code_of(&EnrolmentRequest { public_key: key(9).verifying_key().into(), ..request() }),
            code_of(&EnrolmentRequest { role: TerminalRole::Trustee, ..request() }),
            code_of(&EnrolmentRequest { label: "4号投票机".into(), ..request() }),
        ];
        for other in others {
            assert_ne!(other, honest);
        }
    }

    #[test]
    fn a_code_has_forty_bits_in_two_groups() {
        let code = |digits: &str| EnrolmentCode::of(digits.parse().unwrap()).to_string();
        assert_eq!(code(&"0".repeat(64)), "2222-2222");
        assert_eq!(code(&"f".repeat(64)), "ZZZZ-ZZZZ");
        // Five bits a letter: 0, 1, 2 and so on.
        assert_eq!(code(&format!("00443214c7{}", "f".repeat(54))), "2345-6789");
        for wrong in ["", "2345678N", "2345-678O", "2345-678n", "234-5678N", "2345-6789-"] {
            assert_eq!(wrong.parse::<EnrolmentCode>(), Err(TerminalTextError::Code), "{wrong}");
        }
    }

    #[test]
    fn a_signature_to_sign_in_is_good_for_one_challenge_and_one_certificate() {
        let public: TerminalKey = key(1).verifying_key().into();
        let (challenge, other) = (TerminalNonce::new([5; 32]), TerminalNonce::new([6; 32]));
        let seen = Some(Sha256Hash::of("server"));
        let text = sign_in_text(&public, &challenge, seen);
        let signature = StatementSignature::from(key(1).sign(text.as_bytes()));
        assert_eq!(public.verify(&text, &signature), Ok(()));
        for wrong in [sign_in_text(&public, &other, seen), sign_in_text(&public, &challenge, None)] {
            assert_eq!(public.verify(&wrong, &signature), Err(StatementError::Signature));
        }
        let stranger: TerminalKey = key(2).verifying_key().into();
        assert_eq!(stranger.verify(&text, &signature), Err(StatementError::Signature));
    }

    #[test]
    fn malformed_keys_and_nonces_are_refused() {
        let good = request().public_key.to_string();
        assert_eq!(good.parse(), Ok(request().public_key));
        for wrong in ["", "00", &good.to_uppercase(), &format!("{good}0")] {
            assert_eq!(wrong.parse::<TerminalKey>(), Err(TerminalTextError::Digits), "{wrong}");
        }
        let no_point = format!("02{}", "0".repeat(62));
        assert_eq!(no_point.parse::<TerminalKey>(), Err(TerminalTextError::Key));
    }

    #[test]
    fn a_token_is_never_printed_by_accident() {
        assert!(!format!("{:?}", SignedIn { token: "secret".into() }).contains("secret"));
    }

    #[test]
    fn what_a_terminal_says_of_itself_is_frozen() {
        let nonce = TerminalNonce::new([3; 32]);
        let signature = StatementSignature::from(key(1).sign(b"text"));
        let public_key = request().public_key;
        let request_id = || "67e55044-10b1-426f-9247-bb680e5fe0c8".to_owned();
        assert_json_snapshot!((
            request(),
            EnrolmentAnswer { request: request_id(), nonce, certificate: Some(Sha256Hash::of("server")) },
            EnrolmentReveal { request: request_id(), nonce },
            EnrolmentQuery { request: request_id(), public_key },
            [EnrolmentState::Waiting, EnrolmentState::Enrolled, EnrolmentState::Gone],
            (ChallengeQuery { public_key }, Challenge { nonce }, SignIn { public_key, nonce, signature }),
            SignedIn { token: "t".into() },
            TerminalStatus {
                version: "0.1.0".into(),
                clock: 1_607_648_400,
                undelivered: 2,
                disk: DiskState::Low,
                opened: Some(OpenedBooth {
                    poll: "2r7xvBB2ZoyrxA".parse().unwrap(),
                    hall_key: Sha256Hash::of("slip")
                })
            },
            [DiskState::Ok, DiskState::Low, DiskState::Full],
        ));
    }
}
