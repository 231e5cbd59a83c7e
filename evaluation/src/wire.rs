//! What the terminals in the hall and the server say to each other.
//!
//! Every body is one of the types here, as JSON, except a ballot, the closed archive and the closing statement, which
//! travel as bytes. Fields nobody knows are refused, so that two programs of different age notice it at once. The shape
//! is frozen by snapshots.
//!
//! | path | who asks | question → answer |
//! | --- | --- | --- |
//! | [`path::BOOTH_POLL`] | booth | → [`BoothPoll`] |
//! | [`path::BOOTH_CREDENTIAL`] | booth | [`CredentialQuery`] → [`CredentialReport`] |
//! | [`path::BOOTH_BALLOT`] | booth | padded ballot bytes, with the [`DRAFT_HEADER`] if a draft goes with it → 200 [`Receipt`], 409 [`Refusal`] |
//! | [`path::BOOTH_CHALLENGE`] | booth | [`ChallengeNotice`] → [`ChallengePromise`] |
//! | [`path::BOOTH_OPENED`] | booth | [`OpenedBallotFile`] → 204 |
//! | [`path::BOOTH_DRAFT_FIND`] | booth | [`DraftQuery`] → [`DraftReport`] |
//! | [`path::BOOTH_DRAFT_SAVE`] | booth | [`DraftSave`] → 204 |
//! | [`path::BOOTH_DRAFT_DROP`] | booth | [`DraftDrop`] → 204 |
//! | [`path::BOOTH_STATE`] | booth | → [`BoothState`] |
//! | [`path::BOOTH_READY`] | booth | [`BoothReady`] → 204 |
//! | [`path::BOOTH_FINISHED`] | booth | [`BoothFinished`] → 204 |
//! | [`path::BOOTH_REDELIVERED`] | booth | [`BoothRedelivered`] → 204 |
//! | [`path::BOOTH_ARCHIVE`] | booth | → bytes of the closed archive up to the end of the ballots |
//! | [`path::BOOTH_STATEMENT`] | booth | [`SignedBoothStatement`] → 204 |
//! | [`path::CARDS_ORDER`] | card officer | → [`CardOrder`] |
//! | [`path::CARDS_CREDENTIALS`] | card officer | [`CardCredentials`] → 204 |
//! | [`path::TRUSTEE_ASSIGNMENT`] | trustee | → [`TrusteeAssignment`] |
//! | [`path::TRUSTEE_CERTIFICATE`] | trustee | [`TrusteeCertificate`] → 204 |
//! | [`path::TRUSTEE_CONTRIBUTION`] | trustee | [`TrusteeContribution`] → 204 |
//! | [`path::TRUSTEE_CEREMONY`] | trustee | → [`TrusteeCeremony`] |
//! | [`path::TRUSTEE_KEY`] | trustee | [`TrusteeKey`] → 204 |
//! | [`path::TRUSTEE_VOID`] | trustee | [`VoidCard`] → 204 |
//! | [`path::TRUSTEE_ARCHIVE`] | trustee | → bytes of the archive up to the encrypted tally |
//! | [`path::TRUSTEE_CLOSING`] | trustee | → text of the closing statement |
//! | [`path::TRUSTEE_PARTIAL_DECRYPTION`] | trustee | [`TrusteePartialDecryption`] → 204 |
//! | [`path::TERMINAL_ENROLMENT`] | anybody | [`EnrolmentRequest`] → [`EnrolmentAnswer`] |
//! | [`path::TERMINAL_ENROLMENT_REVEAL`] | anybody | [`EnrolmentReveal`] → 204 |
//! | [`path::TERMINAL_ENROLMENT_STATE`] | anybody | [`EnrolmentQuery`] → [`EnrolmentReport`] |
//! | [`path::TERMINAL_CHALLENGE`] | enrolled, no token needed | [`ChallengeQuery`] → [`Challenge`] |
//! | [`path::TERMINAL_SIGN_IN`] | enrolled, no token needed | [`SignIn`] → [`SignedIn`] |
//! | [`path::TERMINAL_STATUS`] | any terminal | [`TerminalStatus`] → 204 |
//!
//! Certificates and contributions are sent only where fewer trustees are needed than there are
//! ([`TrusteeAssignment::is_ceremony`]). Certificate, contribution and key are taken in this order, each once; the same again
//! is fine.
//!
//! Anything that goes wrong is answered with a [`Problem`] (`application/problem+json`).

mod booth_statement;
mod challenge;
mod draft;
mod information;
mod padding;
mod receipt;
mod terminal;
mod void;

use belenios::text::Uuid;
use serde::{Deserialize, Serialize};

pub use booth_statement::{
    BoothFinished, BoothReady, BoothRedelivered, BoothState, BoothStatement, SignedBoothStatement,
};
pub use challenge::{ChallengeNotice, ChallengePromise, OpenedBallotFile, opened_file_name};
pub use draft::{
    DRAFT_HEADER, DraftDrop, DraftLocator, DraftQuery, DraftReport, DraftSave, DraftTextError, SealedDraft,
    sealed_draft_size,
};
pub use information::OfficeInformation;
pub use padding::{PaddingError, pad_ballot, unpad_ballot};
pub use receipt::{Receipt, Refusal, RefusalReason, StatementError, StatementSignature};
pub use terminal::{
    Challenge, ChallengeQuery, DiskState, EnrolmentAnswer, EnrolmentCode, EnrolmentQuery, EnrolmentReport,
    EnrolmentRequest, EnrolmentReveal, EnrolmentState, LONGEST_LABEL, LONGEST_VERSION, OpenedBooth, SignIn,
    SignedIn, TerminalKey, TerminalNonce, TerminalRole, TerminalStatus, TerminalTextError, sign_in_text,
};
pub use void::{CardSignature, VoidCard, VoidKind};

/// The paths of the API for terminals, below the server's address.
pub mod path {
    /// GET: the poll a booth votes in.
    pub const BOOTH_POLL: &str = "/api/booth/poll";
    /// POST: whether a credential may still vote.
    pub const BOOTH_CREDENTIAL: &str = "/api/booth/credential";
    /// POST: one padded ballot.
    pub const BOOTH_BALLOT: &str = "/api/booth/ballot";
    /// POST: a ballot is about to be opened to check the booth; the server will never store it.
    pub const BOOTH_CHALLENGE: &str = "/api/booth/challenge";
    /// POST: what was opened, for other devices to fetch.
    pub const BOOTH_OPENED: &str = "/api/booth/challenge/opened";
    /// POST: the sealed draft of a card that was presented.
    pub const BOOTH_DRAFT_FIND: &str = "/api/booth/draft/find";
    /// POST: a sealed draft, in place of an earlier one.
    pub const BOOTH_DRAFT_SAVE: &str = "/api/booth/draft/save";
    /// POST: a draft that is not needed any more.
    pub const BOOTH_DRAFT_DROP: &str = "/api/booth/draft/drop";
    /// GET: where the poll stands, asked every few seconds.
    pub const BOOTH_STATE: &str = "/api/booth/state";
    /// POST: people at this booth have compared the opening sheet; the booth takes part in the poll.
    pub const BOOTH_READY: &str = "/api/booth/ready";
    /// POST: the poll is closing, nobody is voting at this booth, and every ballot of it is delivered.
    pub const BOOTH_FINISHED: &str = "/api/booth/finished";
    /// POST: after a backup was restored, this booth has delivered once more whatever it had delivered before.
    pub const BOOTH_REDELIVERED: &str = "/api/booth/redelivered";
    /// GET: the closed archive up to the end of the ballots.
    pub const BOOTH_ARCHIVE: &str = "/api/booth/archive";
    /// POST: the booth's signed statement about the ballots it delivered.
    pub const BOOTH_STATEMENT: &str = "/api/booth/statement";
    /// GET: how many cards to make.
    pub const CARDS_ORDER: &str = "/api/cards/order";
    /// POST: the public halves of the cards made.
    pub const CARDS_CREDENTIALS: &str = "/api/cards/credentials";
    /// GET: which key the trustee at this terminal makes.
    pub const TRUSTEE_ASSIGNMENT: &str = "/api/trustee/assignment";
    /// POST: the trustee's certificate, the first message of the key ceremony.
    pub const TRUSTEE_CERTIFICATE: &str = "/api/trustee/certificate";
    /// POST: the trustee's contribution, the second message of the key ceremony.
    pub const TRUSTEE_CONTRIBUTION: &str = "/api/trustee/contribution";
    /// GET: how far the key ceremony is, and what the others have sent.
    pub const TRUSTEE_CEREMONY: &str = "/api/trustee/ceremony";
    /// POST: the trustee's public key.
    pub const TRUSTEE_KEY: &str = "/api/trustee/key";
    /// POST: a card declared void with its own credential.
    pub const TRUSTEE_VOID: &str = "/api/trustee/void";
    /// GET: the closed archive up to the encrypted tally.
    pub const TRUSTEE_ARCHIVE: &str = "/api/trustee/archive";
    /// GET: the closing statement the trustee signs.
    pub const TRUSTEE_CLOSING: &str = "/api/trustee/closing";
    /// POST: the trustee's partial decryption.
    pub const TRUSTEE_PARTIAL_DECRYPTION: &str = "/api/trustee/partial-decryption";
    /// POST: a terminal asks to be let in. Open to everybody, like the four below it.
    pub const TERMINAL_ENROLMENT: &str = "/api/terminal/enrolment";
    /// POST: it opens its commitment.
    pub const TERMINAL_ENROLMENT_REVEAL: &str = "/api/terminal/enrolment/reveal";
    /// POST: it asks what has become of its request.
    pub const TERMINAL_ENROLMENT_STATE: &str = "/api/terminal/enrolment/state";
    /// POST: a challenge to sign in.
    pub const TERMINAL_CHALLENGE: &str = "/api/terminal/challenge";
    /// POST: signing in.
    pub const TERMINAL_SIGN_IN: &str = "/api/terminal/sign-in";
    /// POST: how a terminal is.
    pub const TERMINAL_STATUS: &str = "/api/terminal/status";
}

/// Stable codes of the [`Problem`]s a terminal reacts to. The server has more of them; those are only shown.
pub mod problem {
    /// 401: the terminal is not enrolled or was revoked, or its token is missing or replaced.
    pub const TERMINAL_UNKNOWN: &str = "terminal_unknown";
    /// 409: this key was enrolled before; a terminal that enrols makes a new one.
    pub const TERMINAL_KEY_USED: &str = "terminal_key_used";
    /// 429: too many requests for enrolment wait.
    pub const ENROLMENT_FULL: &str = "enrolment_full";
    /// 422: where the server has an address for the hall, terminals are enrolled there only.
    pub const ENROLMENT_IN_HALL: &str = "enrolment_in_hall";
    /// 422: there is no such request for enrolment, or it has lapsed.
    pub const ENROLMENT_GONE: &str = "enrolment_gone";
    /// 401: the signature does not answer a challenge of this server at this address.
    pub const SIGN_IN_REFUSED: &str = "sign_in_refused";
    /// 409: the poll does not take ballots now (not yet open, paused or closed).
    pub const POLL_NOT_OPEN: &str = "poll_not_open";
    /// 422: no card of this poll has this credential.
    pub const CREDENTIAL_UNKNOWN: &str = "credential_unknown";
    /// 409: a ballot is stored for this card, so it cannot be declared void.
    pub const CARD_SPENT: &str = "card_spent";
    /// 409: this card has been declared void before, for another reason.
    pub const CARD_VOID: &str = "card_void";
    /// 409: the booth has not said in this poll that it is ready; it says so and delivers again.
    pub const BOOTH_NOT_READY: &str = "booth_not_ready";
    /// 409: this very ballot is stored, so it cannot be opened.
    pub const ALREADY_CAST: &str = "already_cast";
    /// 409: too many ballots of this poll were opened.
    pub const CHALLENGES_FULL: &str = "challenges_full";
    /// 409: the server was not told that this ballot would be opened.
    pub const NOT_CHALLENGED: &str = "not_challenged";
    /// 422: the ballot fails one of the checks of protocol note §3.
    pub const BALLOT_INVALID: &str = "ballot_invalid";
    /// 422: a draft has not the one size of this poll.
    pub const DRAFT_INVALID: &str = "draft_invalid";
    /// 409: there are as many drafts as cards already.
    pub const DRAFTS_FULL: &str = "drafts_full";
    /// 409: the terminal has another election than the server; nobody may vote at it.
    pub const ANOTHER_ELECTION: &str = "another_election";
    /// 409: enough other trustees have decrypted; this one's share is not needed any more.
    pub const SHARE_NOT_NEEDED: &str = "share_not_needed";
}

/// The media type of a [`Problem`].
pub const PROBLEM_MEDIA_TYPE: &str = "application/problem+json";

/// The media type of a padded ballot.
pub const BALLOT_MEDIA_TYPE: &str = "application/octet-stream";

/// Where a poll stands, in the order it goes through; [`Self::Paused`] returns to [`Self::Open`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PollState {
    /// Created; trustees make their keys.
    Setup,
    /// All keys are there; the card officer makes the cards.
    KeysReady,
    /// All cards are there; the poll can be opened.
    CardsReady,
    /// Ballots are taken.
    Open,
    /// Ballots are not taken for a while.
    Paused,
    /// 收票中: nobody begins to vote any more; ballots on their way are still taken.
    Closing,
    /// Ballots are not taken any more.
    Closed,
    /// Persons, cards and ballots balance.
    Reconciled,
    /// The trustees have decrypted the sums.
    Tallied,
    /// The result is public.
    Revealed,
}

/// Whether the ballots of a poll count. It must agree with what the election itself says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// 演练: an exercise with its own keys, which can never become a result.
    Rehearsal,
    /// The real poll.
    Real,
}

/// The three files of the Setup event (protocol note §7), each the exact text that is hashed and published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetupFiles {
    /// The election (protocol note §2.1).
    pub election: String,
    /// The trustees (protocol note §4, §5).
    pub trustees: String,
    /// The public credentials (protocol note §2.2).
    pub credentials: String,
}

/// Everything a booth needs to let people vote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoothPoll {
    /// Where the poll stands.
    pub state: PollState,
    /// Whether the ballots count.
    pub purpose: Purpose,
    /// The election and what belongs to it.
    pub setup: SetupFiles,
    /// The exact text of `edition.json`, whose hash stands in the election's description.
    pub edition_json: String,
    /// The exact text of `offices.csv`, whose hash stands in the election's description.
    pub offices_csv: String,
    /// What is public of the offices, where there is anything. Not bound into the election.
    pub information: Vec<OfficeInformation>,
    /// Bytes of every ballot in transport, spool and store: the longest one of this election has; all are padded up to it.
    pub ballot_size: usize,
}

/// A booth asks whether a credential may still vote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialQuery {
    /// The public credential, as it stands in the credentials file.
    pub credential: String,
}

/// Whether a credential may still vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CredentialStatus {
    /// On the list, no ballot yet.
    Unused,
    /// A ballot of this credential is stored.
    Spent,
    /// The card was declared void; no ballot is accepted for it.
    Void,
    /// Not on the list of this poll.
    Unknown,
}

/// The answer to a [`CredentialQuery`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialReport {
    /// What the server knows of the credential.
    pub status: CredentialStatus,
}

/// What the card officer is to make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardOrder {
    /// Uuid of the election: every credential is derived for it (protocol note §3.1).
    pub poll: Uuid,
    /// The group the credentials live in, such as `Ed25519`.
    pub group: String,
    /// What is printed on every card above the code, such as the county and the year.
    pub title: String,
    /// Whether the cards are for the real poll; cards of a rehearsal say so in print.
    pub purpose: Purpose,
    /// How many cards, one for each representative and the spares.
    pub cards: u32,
}

/// The public halves of all cards of an order, in an order that says nothing about the cards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardCredentials {
    /// Public credentials as text (protocol note §1), sorted.
    pub public_credentials: Vec<String>,
}

/// Which key the trustee at this terminal makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrusteeAssignment {
    /// Uuid of the election.
    pub poll: Uuid,
    /// Place among the trustees, from 1; the `owner` of the partial decryption (protocol note §2.6).
    pub position: u32,
    /// The name that is published with the key.
    pub name: String,
    /// The group of the key, such as `Ed25519`.
    pub group: String,
    /// How many trustees there are.
    pub trustees: u32,
    /// How many of them are needed to decrypt.
    pub needed: u32,
    /// Whether the poll counts.
    pub purpose: Purpose,
    /// County and year, as on the cards.
    pub title: String,
    /// Where the poll stands.
    pub state: PollState,
}

impl TrusteeAssignment {
    /// Whether the trustees make their keys together: not all of them are needed to decrypt.
    #[must_use]
    pub const fn is_ceremony(&self) -> bool {
        self.needed < self.trustees
    }
}

/// A trustee's keys for the ceremony (protocol note §5, step 1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrusteeCertificate {
    /// JSON text `{"message":…,"signature":…}` of the certificate.
    pub certificate: String,
}

/// What a trustee adds to the common key (protocol note §5, step 3). The shares in it are sealed to their recipients.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrusteeContribution {
    /// JSON text `{"coefexps":…,"signature":…,"shares":…}` of the contribution.
    pub contribution: String,
}

/// How far the key ceremony is, and what every trustee needs for the next round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrusteeCeremony {
    /// Places, from 1, of the trustees whose certificates have arrived.
    pub certified: Vec<u32>,
    /// Places of the trustees whose contributions have arrived.
    pub contributed: Vec<u32>,
    /// Places of the trustees whose public keys have arrived.
    pub finished: Vec<u32>,
    /// All certificates in the order of the trustees, once all are there.
    pub certificates: Option<Vec<String>>,
    /// All contributions in the order of the trustees, once all are there.
    pub contributions: Option<Vec<String>>,
    /// The list of trustees as it will stand in the archive, once the ceremony is over.
    pub trustees: Option<String>,
}

/// A trustee's public key with its proof of knowledge (protocol note §4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrusteeKey {
    /// JSON text of the key: `{"pok":…,"public_key":…,"name":…}`.
    pub trustee_key: String,
}

/// A trustee's share in the decryption of the sums, and the signature under what was closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrusteePartialDecryption {
    /// JSON text of the partial decryption (protocol note §2.6), without the wrapper that names its owner.
    pub partial_decryption: String,
    /// JSON text `{"challenge":…,"response":…}` of the signature of the trustee's key over the closing statement
    /// (protocol note §5, PKI signature).
    pub closing_signature: String,
}

/// Why a request was not carried out: what happened, what it means, what next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Problem {
    /// Stable code, `snake_case`; some are in [`problem`].
    pub code: String,
    /// The sentence for people, Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

#[cfg(test)]
mod tests {
    use insta::assert_json_snapshot;
    use serde::de::DeserializeOwned;

    use super::*;

    fn comes_back<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T) {
        let text = serde_json::to_string(value).unwrap();
        assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), value);
        let with_more = text.replacen('{', r#"{"surprise":1,"#, 1);
        assert!(
            serde_json::from_str::<T>(&with_more).is_err(),
            "an unknown field must be refused: {with_more}"
        );
    }

    fn booth_poll() -> BoothPoll {
        BoothPoll {
            state: PollState::Open,
            purpose: Purpose::Real,
            setup: SetupFiles {
                election: "{}".into(),
                trustees: "[]".into(),
                credentials: r#"["a"]"#.into(),
            },
            edition_json: "{\n}\n".into(),
            offices_csv: "number,section\r\n1,government\r\n".into(),
            information: vec![OfficeInformation {
                number: 1,
                statement: Some("取水许可五个工作日办结。".into()),
                ..OfficeInformation::default()
            }],
            ballot_size: 163_840,
        }
    }

    #[test]
    fn what_a_booth_says_and_hears_is_frozen() {
        let poll = booth_poll();
        let query = CredentialQuery { credential: "ea30e417".into() };
        let report = CredentialReport { status: CredentialStatus::Unused };
        comes_back(&poll);
        comes_back(&query);
        comes_back(&report);
        assert_json_snapshot!("booth", (poll, query, report));
    }

    #[test]
    fn what_the_card_officer_says_and_hears_is_frozen() {
        let order = CardOrder {
            poll: "1r7xvBB2ZoyrxA".parse().unwrap(),
            group: "Ed25519".into(),
            title: "宁晋县 2020 年度「阳光股室」评议".into(),
            purpose: Purpose::Rehearsal,
            cards: 110,
        };
        let credentials = CardCredentials { public_credentials: vec!["00".into(), "01".into()] };
        comes_back(&order);
        comes_back(&credentials);
        assert_json_snapshot!("card_officer", (order, credentials));
    }

    #[test]
    fn what_a_trustee_says_and_hears_is_frozen() {
        let assignment = TrusteeAssignment {
            poll: "1r7xvBB2ZoyrxA".parse().unwrap(),
            position: 2,
            name: "监票人乙".into(),
            group: "Ed25519".into(),
            trustees: 3,
            needed: 2,
            purpose: Purpose::Real,
            title: "宁晋县 2020 年度「阳光股室」评议".into(),
            state: PollState::Setup,
        };
        let certificate = TrusteeCertificate { certificate: r#"{"message":""}"#.into() };
        let contribution = TrusteeContribution { contribution: r#"{"coefexps":{}}"#.into() };
        let ceremony = TrusteeCeremony {
            certified: vec![1, 2, 3],
            contributed: vec![2],
            finished: vec![],
            certificates: Some(vec!["{}".into()]),
            contributions: None,
            trustees: None,
        };
        let key = TrusteeKey { trustee_key: r#"{"pok":{}}"#.into() };
        let partial =
            TrusteePartialDecryption { partial_decryption: "{}".into(), closing_signature: "{}".into() };
        comes_back(&assignment);
        comes_back(&certificate);
        comes_back(&contribution);
        comes_back(&ceremony);
        comes_back(&key);
        comes_back(&partial);
        assert_json_snapshot!("trustee", (assignment, certificate, contribution, ceremony, key, partial));
    }

    #[test]
    fn a_problem_is_frozen() {
        let problem = Problem {
            code: problem::POLL_NOT_OPEN.into(),
            zh: "投票尚未开始。".into(),
            en: "Not open.".into(),
        };
        comes_back(&problem);
        assert_json_snapshot!("problem", problem);
    }

    #[test]
    fn the_names_of_all_states_are_frozen() {
        let states = [
            PollState::Setup,
            PollState::KeysReady,
            PollState::CardsReady,
            PollState::Open,
            PollState::Paused,
            PollState::Closing,
            PollState::Closed,
            PollState::Reconciled,
            PollState::Tallied,
            PollState::Revealed,
        ];
        let statuses = [
            CredentialStatus::Unused,
            CredentialStatus::Spent,
            CredentialStatus::Void,
            CredentialStatus::Unknown,
        ];
        assert_json_snapshot!("names", (states, statuses, [Purpose::Rehearsal, Purpose::Real]));
    }
}
