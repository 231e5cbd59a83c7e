//! What the log records. It counts ballots and cards; it never names one.

use std::{fmt, str::FromStr};

use evaluation::hash::Sha256Hash;
use evaluation::pool::MemberId;
use evaluation::publication::exception::Matter;
use evaluation::wire::TerminalKey;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    AbsenceReason, AccountId, AccountStatus, Action, DrawState, EditionId, EditionState, IdError,
    NominationId, NominationSource, NominationState, PollId, PollState, ProposalId, Purpose, Role,
    TerminalId, TerminalRole,
};

/// Who caused an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Somebody signed in to the console.
    Account(AccountId),
    /// The program itself, or somebody at the server's command line.
    System,
    /// A device in the hall. Never used for anything that stands next to a ballot.
    Terminal(TerminalId),
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(id) => write!(f, "account:{id}"),
            Self::System => f.write_str("system"),
            Self::Terminal(id) => write!(f, "terminal:{id}"),
        }
    }
}

impl FromStr for Actor {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        match text.split_once(':') {
            None if text == "system" => Ok(Self::System),
            Some(("terminal", id)) => id.parse().map(Self::Terminal),
            Some(("account", id)) => id.parse().map(Self::Account),
            _ => Err(IdError::new("actor", "account:<id>, terminal:<id> or system")),
        }
    }
}

/// One entry of the log. Written as JSON with the tag `event`; variants and fields may be added, never renamed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
pub enum LogEvent {
    /// An account was created.
    AccountCreated { account: AccountId, name: String, role: Role },
    /// An account may sign in, or may no longer.
    AccountStatusChanged { account: AccountId, status: AccountStatus },
    /// People at a booth have compared the opening sheet; it takes part in the poll.
    BoothReady { poll: PollId, terminal: TerminalId },
    /// A booth has signed for the ballots it delivered, after the box was sealed.
    BoothStatementReceived { poll: PollId, terminal: TerminalId, ballots: u64 },
    /// The cards of a poll are registered.
    CardsRegistered { poll: PollId, cards: u32 },
    /// A check-in desk was opened by two people, with so many cards in its box.
    CheckInDeskOpened { poll: PollId, desk: u32, first: AccountId, second: AccountId, cards: u32 },
    /// A check-in desk was closed: the counts of all desks then, and the hash of the list of those present. Single people
    /// stand in no entry, because its time would tell who came when.
    CheckInDeskClosed {
        poll: PollId,
        desk: u32,
        cards_left: u32,
        expected: u32,
        present: u32,
        handed_out: u32,
        reissued: u32,
        undone: u32,
        attendance: Sha256Hash,
        /// Who closed it together with the actor; entries of earlier versions name nobody, since one person closed a desk then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        second: Option<AccountId>,
    },
    /// Two people corrected the number of cards that were left in a closed desk's box. Both numbers stay.
    CheckInCountCorrected {
        poll: PollId,
        desk: u32,
        before: u32,
        after: u32,
        reason: String,
        second: AccountId,
    },
    /// A party got a code to hand in its commitment itself.
    CommitmentCodeIssued { edition: EditionId, ceremony: u32, party: u32 },
    /// A party's commitment is up; a later one replaces it until the list is closed.
    CommitmentRecorded { edition: EditionId, ceremony: u32, party: u32, commitment: Sha256Hash },
    /// The list of commitments is closed; the hash that is read aloud.
    CommitmentsClosed { edition: EditionId, ceremony: u32, list: Sha256Hash },
    /// The leading group decided a tie at a cut.
    DecisionRecorded { edition: EditionId, number: u16, kind: String, document_number: String },
    /// A draw was announced.
    DrawAnnounced { edition: EditionId, ceremony: u32, purpose: Purpose, announce: Sha256Hash },
    /// A draw moved on. `seed` is known once the draw is computed.
    DrawMoved { edition: EditionId, ceremony: u32, from: DrawState, to: DrawState, seed: Option<Sha256Hash> },
    /// An edition was created from a rules file with this hash.
    EditionCreated { edition: EditionId, year: i16, rules: Sha256Hash },
    /// An edition moved on.
    EditionMoved { edition: EditionId, from: EditionState, to: EditionState },
    /// The first administrator and supervisor were made.
    FirstAccountsMade { administrator: AccountId, supervisor: AccountId },
    /// Somebody typed the dice first; nobody sees the digits yet.
    DiceTyped { edition: EditionId, ceremony: u32 },
    /// The first entry of the dice was taken back.
    DiceCleared { edition: EditionId, ceremony: u32 },
    /// Two people typed these dice.
    DiceRecorded { edition: EditionId, ceremony: u32, dice: String },
    /// An envelope counts as missing: two people typed it and it does not open its commitment.
    EnvelopeMissing { edition: EditionId, ceremony: u32, party: u32 },
    /// The content of an envelope opens its commitment.
    EnvelopeOpened { edition: EditionId, ceremony: u32, party: u32 },
    /// What was typed from an envelope does not open its commitment.
    EnvelopeRefused { edition: EditionId, ceremony: u32, party: u32 },
    /// Two people recorded that something of a poll did not go as it must.
    ExceptionRecorded { poll: PollId, matter: Matter, document_number: String },
    /// Two people withdrew such a record.
    ExceptionWithdrawn { poll: PollId, matter: Matter, document_number: String, reason: String },
    /// Somebody chose a password with an invitation.
    InvitationAccepted { account: AccountId },
    /// The one who proposed an account or a reset was shown the other half of the invitation.
    InvitationHalfFetched { account: AccountId },
    /// The trustees begin their keys anew; what they had sent is forgotten.
    KeysRestarted { poll: PollId },
    /// Names and numbers of the nominated people were erased.
    IdentitiesErased { edition: EditionId, people: u32 },
    /// A nomination arrived, or came back corrected. Who it is stands in no log.
    NominationReceived { edition: EditionId, nomination: NominationId, source: NominationSource },
    /// A nomination was reviewed.
    NominationDecided {
        edition: EditionId,
        nomination: NominationId,
        from: NominationState,
        to: NominationState,
    },
    /// A list from paper was imported.
    NominationsImported { edition: EditionId, nominations: u32 },
    /// The list of offices was imported; the hash of the file.
    OfficesImported { edition: EditionId, offices: u32, file: Sha256Hash },
    /// A text of an office was changed.
    OfficeTextChanged { edition: EditionId, number: u16 },
    /// Two people began to count paper ballots, apart from the electronic ones.
    PaperCountBegun { edition: EditionId, reason: String },
    /// Two people ended the count of paper ballots; the hash of all piles.
    PaperCountEnded { edition: EditionId, valid: u32, invalid: u32, piles: Sha256Hash },
    /// Two people typed the same pile of paper ballots; the hash of the entry.
    PaperPileAgreed { edition: EditionId, pile: u32, ballots: u32, entry: Sha256Hash },
    /// A trustee delivered its part of the decryption.
    PartialDecryptionReceived { poll: PollId, position: u32 },
    /// A password is void, and its holder is invited to choose another one.
    PasswordReset { account: AccountId },
    /// A poll was created.
    PollCreated { poll: PollId, edition: EditionId, purpose: Purpose, group: String, cards: u32 },
    /// A poll moved on. The number of stored ballots stands only with steps before and after the voting: in between it
    /// would tell how many ballots came between two times.
    PollMoved {
        poll: PollId,
        from: PollState,
        to: PollState,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ballots: Option<u32>,
        /// Why it was paused or resumed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// An imported pool was thrown away.
    PoolDiscarded { edition: EditionId, members: u32 },
    /// The pool was imported; the hash of the file.
    PoolImported { edition: EditionId, members: u32, file: Sha256Hash },
    /// The pool is final; the hash of `pool.tsv`, and the draw id inside the anchors.
    PoolLocked { edition: EditionId, members: u32, pool: Sha256Hash, draw_id: Option<String> },
    /// Two people agreed on an act; it was carried out in the same transaction.
    ProposalConfirmed { proposal: ProposalId, action: Action },
    /// Nobody confirmed an act in time.
    ProposalLapsed { proposal: ProposalId, action: Action },
    /// An act waits for its second person; the hash of its payload.
    ProposalMade { proposal: ProposalId, action: Action, payload: Sha256Hash },
    /// An act was taken back.
    ProposalWithdrawn { proposal: ProposalId, action: Action },
    /// A publication was signed; the hash of its `SHA256SUMS`.
    Published { edition: EditionId, sums: Sha256Hash },
    /// A rehearsal ended; the terminals go back to the real poll.
    RehearsalEnded { poll: PollId },
    /// A representative cannot come; the alternate who was called, or nobody. Of the document only number and hash, and
    /// the hash of `absences.tsv` after it.
    RepresentativeReplaced {
        edition: EditionId,
        ceremony: u32,
        absent: MemberId,
        called: Option<MemberId>,
        reason: AbsenceReason,
        document_number: String,
        document: Sha256Hash,
        absences: Sha256Hash,
    },
    /// The server continues from a backup, which two people restored: when it was made, and the log it held.
    Restored { proposer: AccountId, confirmer: AccountId, made_at: Timestamp, entries: u64, head: Sha256Hash },
    /// An account has another role.
    RoleChanged { account: AccountId, from: Role, to: Role },
    /// A sanction was recorded.
    SanctionRecorded { edition: EditionId, number: u16, kind: String, document_number: String },
    /// Somebody signed in.
    SignedIn { account: AccountId },
    /// Somebody signed out.
    SignedOut { account: AccountId },
    /// Too many wrong passwords for an account.
    SignInSlowedDown { account: AccountId, failures: u32 },
    /// A device may speak to the server; the key it has made, unless it was let in with a token in earlier days.
    TerminalEnrolled {
        terminal: TerminalId,
        role: TerminalRole,
        name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<TerminalKey>,
    },
    /// A device may no longer speak to the server.
    TerminalRevoked { terminal: TerminalId },
    /// A trustee delivered its certificate in the key ceremony.
    TrusteeCertificateReceived { poll: PollId, position: u32, certificate: Sha256Hash },
    /// A trustee delivered its contribution in the key ceremony.
    TrusteeContributionReceived { poll: PollId, position: u32, contribution: Sha256Hash },
    /// A trustee delivered its public key.
    TrusteeKeyReceived { poll: PollId, position: u32, key: Sha256Hash },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_actor_is_read_back() {
        let id = "67e55044-10b1-426f-9247-bb680e5fe0c8";
        for text in [format!("account:{id}"), format!("terminal:{id}"), "system".to_owned()] {
            assert_eq!(text.parse::<Actor>().unwrap().to_string(), text);
        }
        for text in ["", "system:", id, "account:", "someone:x"] {
            assert!(text.parse::<Actor>().is_err(), "{text}");
        }
    }

    #[test]
    fn an_event_is_one_line_of_tagged_json() {
        let event = LogEvent::AccountCreated {
            account: "67e55044-10b1-426f-9247-bb680e5fe0c8".parse().unwrap(),
            name: "王\t\n".to_owned(),
            role: Role::CheckIn,
        };
        let json = serde_json::to_string(&event).unwrap();
        assert_eq!(
            json,
            r#"{"event":"account_created","account":"67e55044-10b1-426f-9247-bb680e5fe0c8","name":"王\t\n","role":"check_in"}"#
        );
        assert_eq!(serde_json::from_str::<LogEvent>(&json).unwrap(), event);
    }
}
