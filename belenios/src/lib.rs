//! The Belenios voting protocol, version 1: homomorphic questions, ballots, trustees, archives, and a strict verifier.
//!
//! Voters encrypt their choices to the trustees' key; ballots are added up while encrypted and only the sums are
//! decrypted. Every step carries a zero-knowledge proof, and the whole election lies in one archive that anybody can
//! verify, with [`verify`](verify::verify()) or with the programs of the Belenios project.
//!
//! # An election
//!
//! ```
//! use belenios::archive::{EventType, Writer};
//! use belenios::ballot::BallotBox;
//! use belenios::credential::Credential;
//! use belenios::election::{Election, Parameters, Question};
//! use belenios::group::{Ed25519, Group};
//! use belenios::tally::EncryptedTally;
//! use belenios::text::Uuid;
//! use belenios::trustee::{Trustees, single::SecretKey};
//! use belenios::verify::{Policy, Revotes, verify};
//! # use rand::SeedableRng;
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(1);
//!
//! // The trustees make their keys, each alone.
//! let key = SecretKey::<Ed25519>::generate(&mut rng);
//! let trustees = Trustees::all_needed([key.to_public(Some("Trustee".into()), &mut rng)]);
//!
//! // The election, and a credential for every voter.
//! let uuid = Uuid::random(&mut rng);
//! let question = Question::single_choice("Tea or coffee?".into(), vec!["Tea".into(), "Coffee".into()]);
//! let election = Election::new(Parameters::new(
//!     uuid.clone(), "Drinks".into(), String::new(), trustees.election_key(), vec![question],
//! ))?;
//! let credential = Credential::generate(&mut rng).derive::<Ed25519>(&uuid);
//! let credentials = serde_json::to_string(&[Ed25519::encode(credential.public())])?;
//!
//! // A voter chooses coffee; anybody can check the ballot.
//! let ballot_box = BallotBox::new(election);
//! let ballot = ballot_box.encrypt(&credential, &[1], &mut rng)?;
//! let ballot = ballot_box.check(ballot.to_json().as_bytes())?;
//!
//! // The sums, and only they, are decrypted.
//! let election = ballot_box.election();
//! let mut tally = EncryptedTally::empty(election);
//! tally.add(&ballot, 1);
//! let share = tally.decrypt(election, &key, &mut rng);
//! let result = tally.combine(&trustees, &[(1, share.clone())], 1)?;
//! assert_eq!(result.result, [[0, 1]]);
//!
//! // Everything goes into an archive, and the archive is verified.
//! let mut archive = Writer::new(Vec::new(), 1_795_456_978)?;
//! archive.setup(election.text(), &trustees.to_json(), &credentials)?;
//! archive.ballot(ballot.to_json().as_bytes())?;
//! archive.end_ballots()?;
//! archive.encrypted_tally(&tally.to_json(), 1, 1)?;
//! archive.partial_decryption(1, &share.to_json())?;
//! archive.result(&result.to_json())?;
//! let policy = Policy { revotes: Revotes::Forbidden, complete_until: EventType::Result };
//! let report = verify(std::io::Cursor::new(archive.finish()?), policy)?;
//! assert!(report.is_accepted());
//! # Ok(())
//! # }
//! ```
//!
//! # Where to look
//!
//! | for | see |
//! | --- | --- |
//! | the two groups, Ed25519 and BELENIOS-2048, and choosing one at run time | [`group`], [`with_group!`] |
//! | trustees of whom t of n suffice, and their key ceremony | [`trustee::threshold`] |
//! | the secret on a voting card, with a check character against typing errors | [`credential`] |
//! | encrypting, checking, and challenging a ballot (cast or challenge) | [`ballot`] |
//! | adding up and decrypting the sums | [`tally`] |
//! | reading, writing and comparing archives | [`archive`] |
//! | everything that is wrong with an archive, in memory that does not grow with its ballots | [`verify`](mod@verify) |
//!
//! # Safety
//!
//! Secrets are wiped when dropped and hidden by `Debug`; what is computed with them runs in constant time, except reading and
//! writing decimals. No input makes a function panic: this is tested by properties and by coverage-guided fuzzing
//! (`fuzz/`). A quorum of dishonest trustees can decrypt single ballots, and a dishonest machine sees the choices made at it:
//! the first is left to choosing trustees of different interests, the second can be found with [`ballot::PreparedBallot`].
//!
//! # What this crate does not do
//!
//! No I/O beyond bytes, no clock, no random generator of its own: sources, times and generators are arguments.
//! Questions with blank answers, lists and shuffles are refused.
//!
//! "Protocol note" in the documentation is `docs/belenios-protocol.md` of this project.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod archive;
pub mod ballot;
mod cores;
pub mod credential;
pub mod election;
pub mod group;
mod json;
pub mod proof;
pub mod signature;
pub mod tally;
pub mod text;
pub mod trustee;
pub mod verify;
