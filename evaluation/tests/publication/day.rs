//! An evaluation day held in memory, from the draw to the publication, with every key at hand for forgers.

use std::{collections::BTreeMap, iter};

use belenios::{
    archive::Writer,
    ballot::BallotBox,
    credential::{Credential, PrivateCredential},
    election::{Election, Parameters},
    group::{Ed25519, Group},
    tally::{ElectionResult, EncryptedTally},
    text::{Fingerprint, Hash, Uuid},
    trustee::{
        Trustees,
        single::SecretKey,
        threshold::{Block, Certificates, Contributions, Identity, Quorum},
    },
};
use ed25519_dalek::SigningKey;
use evaluation::{
    description::{Description, questions},
    draw::{
        Absences, Announcement, Commitments, Outcome, Seating, Secret, Terms, Version, commitment, conduct,
        verify::verify_folder,
    },
    hash::Sha256Hash,
    pool::{Half, PerHalf, Pool},
    publication::{
        closing::{Booth, BoothStatement, Closing, ClosingStatement, TrusteeSignature, ZeroReport},
        reconciliation::{Attendance, Counts, Drawn, Reconciliation},
        report::VerificationReport,
        signature,
        source::Source,
        verify::{Options, verify_publication},
        write::{LogHead, Publication},
    },
    wire::{self, VoidCard},
};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

use crate::plan::Plan;

pub(crate) type G = Ed25519;

/// The time that all members of the archive carry.
const TIME: u64 = 1_607_670_000;

/// The files of a publication, by name.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// A day that is over, with everybody's secrets.
#[derive(Clone, Debug)]
pub(crate) struct Day {
    pub(crate) files: Files,
    /// Name of the archive among the files.
    pub(crate) bel: String,
    pub(crate) key: SigningKey,
    pub(crate) closing: Closing<G>,
    pub(crate) archive: Archive,
    pub(crate) setup: Hash,
}

/// The parts of an archive.
#[derive(Clone, Debug)]
pub(crate) struct Archive {
    pub(crate) time: u64,
    pub(crate) election: String,
    pub(crate) trustees: String,
    pub(crate) credentials: String,
    pub(crate) ballots: Vec<String>,
    pub(crate) tally: String,
    /// The shares with their owners.
    pub(crate) shares: Vec<(usize, String)>,
    pub(crate) result: ElectionResult,
    pub(crate) total_weight: u64,
}

impl Archive {
    /// The bytes, with the hashes of the `Setup` and the `EndBallots` event.
    pub(crate) fn write(&self) -> (Vec<u8>, Hash, Hash) {
        let mut writer = Writer::new(Vec::new(), self.time).unwrap();
        let setup = writer.setup(&self.election, &self.trustees, &self.credentials).unwrap();
        for ballot in &self.ballots {
            writer.ballot(ballot.as_bytes()).unwrap();
        }
        let end = writer.end_ballots().unwrap();
        let voters = self.ballots.len() as u64;
        writer.encrypted_tally(&self.tally, voters, self.total_weight).unwrap();
        for (owner, share) in &self.shares {
            writer.partial_decryption(*owner, share).unwrap();
        }
        writer.result(&self.result.to_json()).unwrap();
        (writer.finish().unwrap(), setup, end)
    }
}

impl Day {
    /// Holds the day. The same plan gives the same day.
    pub(crate) fn hold(plan: &Plan) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(2020);
        let key = SigningKey::from_bytes(&[20; 32]);
        let draw = draw(plan, &mut rng);
        let (trustee_keys, trustees) = ceremony(plan, &mut rng);
        let uuid = Uuid::random(&mut rng);
        let parameters = Parameters::new(
            uuid.clone(),
            plan.edition.rules.title.zh.clone(),
            description(plan, &draw, &key).to_text(),
            trustees.election_key(),
            questions(&plan.edition.rules, &plan.offices),
        );
        let ballot_box = BallotBox::new(Election::new(parameters).unwrap());
        let cards: Vec<_> = (0..plan.cards).map(|_| Credential::generate(&mut rng).derive(&uuid)).collect();
        let archive = vote(plan, &ballot_box, &trustees, &trustee_keys, (&cards, &mut rng));
        let (bytes, setup, end) = archive.write();
        let mut statement = statement(plan, &archive, &cards, &uuid, [setup, end]);
        statement.absences_sha256 = draw.get("absences.tsv").map(Sha256Hash::of);
        (plan.lie)(&mut statement);
        let closing = signed(statement, &trustee_keys);
        let facts = verify_folder(|name| draw.get(name).cloned()).facts.unwrap();
        let (drawn, ballots) = (Some(Drawn::of(&facts)), closing.statement.ballots);
        let counts = Counts::of(&closing.statement, plan.purpose, drawn, plan.cards, ballots);
        let publication = Publication {
            edition: &plan.edition,
            offices: &plan.offices,
            draw: &draw,
            uuid: &uuid,
            archive: bytes,
            result: &archive.result,
            sanctions: &plan.sanctions,
            decisions: &plan.decisions,
            closing: &closing,
            reconciliation: &Reconciliation::new(&counts, &closing.statement.exceptions),
            log_head: LogHead { entries: 57, hash: Sha256Hash::of("log") },
        };
        let files = publication.files(&key).unwrap();
        Self { files, bel: format!("{uuid}.bel"), key, closing, archive, setup }
    }

    /// Judges the files as they are.
    pub(crate) fn verify(&self) -> VerificationReport {
        verify(&self.files, Options::default())
    }

    /// Makes `SHA256SUMS` and its signature anew, as only somebody with the publication key can.
    pub(crate) fn sign_again(&mut self) {
        let hashes = self.files.iter().map(|(name, bytes)| (name.clone(), Sha256Hash::of(bytes))).collect();
        let sums = signature::sums(&hashes);
        self.files.insert("SHA256SUMS.sig".to_owned(), signature::sign(&sums, &self.key).to_vec());
        self.files.insert("SHA256SUMS".to_owned(), sums.into_bytes());
    }

    /// A copy in which the insider has replaced a file.
    pub(crate) fn forged(&self, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        let mut forged = self.clone();
        forged.files.insert(name.to_owned(), bytes.into());
        forged.sign_again();
        forged
    }

    /// A copy in which the insider has replaced the first `from` in a text file; it must be there.
    pub(crate) fn rewritten(&self, name: &str, from: &str, to: &str) -> Self {
        let text = self.text(name);
        assert!(text.contains(from), "{from:?} is not in {name}:\n{text}");
        self.forged(name, text.replacen(from, to, 1))
    }

    pub(crate) fn text(&self, name: &str) -> &str {
        str::from_utf8(&self.files[name]).unwrap()
    }
}

/// Judges a publication in memory.
pub(crate) fn verify(files: &Files, options: Options) -> VerificationReport {
    verify_publication(&Source::Memory(files.clone()), options)
}

/// The checks of a report that did not pass.
pub(crate) fn failed(report: &VerificationReport) -> Vec<&'static str> {
    report.checks.iter().filter(|check| !check.passed()).map(|check| check.id).collect()
}

/// The statement, signed by these trustees.
pub(crate) fn signed(statement: ClosingStatement, keys: &[(usize, SecretKey<G>)]) -> Closing<G> {
    let mut rng = ChaCha20Rng::seed_from_u64(7);
    let text = statement.signed_text();
    let trustee_signatures = keys
        .iter()
        .map(|(owner, key)| TrusteeSignature { owner: *owner, signature: key.sign(&text, &mut rng) })
        .collect();
    Closing { statement, trustee_signatures }
}

/// What is true of the archive, the cards and the booths.
fn statement(
    plan: &Plan,
    archive: &Archive,
    cards: &[PrivateCredential<G>],
    uuid: &Uuid,
    [setup, end]: [Hash; 2],
) -> ClosingStatement {
    let (void_cards, not_returned) = cards_without_ballot(plan, uuid, cards);
    ClosingStatement {
        poll: uuid.clone(),
        archive_timestamp: TIME,
        setup_event: setup,
        end_ballots_event: end,
        zero_report: ZeroReport {
            setup_event: setup,
            credentials: plan.cards as u64,
            ballots: 0,
            spent: 0,
            void: 0,
            log_entries: 40,
            log_head: Sha256Hash::of("opening"),
        },
        ballots: archive.ballots.len() as u64,
        void_cards,
        not_returned,
        void_refused: plan.void_refused,
        refused: vec![],
        challenged: vec![],
        booths: booths(plan, uuid, end),
        attendance: plan.attendance.map(|desk| {
            let lost = u64::from(plan.absence);
            Attendance { expected: desk.expected + lost, absent: desk.absent + lost, ..desk }
        }),
        exceptions: plan.exceptions.clone(),
        sanctions_sha256: Sha256Hash::of(plan.sanctions.to_csv()),
        absences_sha256: None,
    }
}

/// The cards after those of the voters: declared void as planned, and the rest.
fn cards_without_ballot(
    plan: &Plan,
    uuid: &Uuid,
    cards: &[PrivateCredential<G>],
) -> (Vec<VoidCard>, Vec<String>) {
    // Of their own, so that the statement does not depend on who decrypts.
    let rng = &mut ChaCha20Rng::seed_from_u64(8);
    let left = &cards[plan.choices.len()..];
    let mut void: Vec<_> =
        plan.void.iter().zip(left).map(|(kind, card)| VoidCard::sign(uuid, *kind, card, rng)).collect();
    void.sort();
    let mut rest: Vec<_> = left[plan.void.len()..].iter().map(|card| G::encode(card.public())).collect();
    rest.sort();
    (void, rest)
}

/// The booths' statements: the first one delivered what the others did not.
fn booths(plan: &Plan, uuid: &Uuid, end: Hash) -> Vec<Booth> {
    let each = plan.choices.len().checked_div(plan.booths).unwrap_or_default();
    let booths = (0..plan.booths).map(|booth| {
        let ballots = if booth == 0 { plan.choices.len() - each * (plan.booths - 1) } else { each };
        let key = SigningKey::from_bytes(&[u8::try_from(booth).unwrap() + 30; 32]);
        let statement =
            wire::BoothStatement { poll: uuid.clone(), end_ballots_event: end, ballots: ballots as u64 };
        let signed = statement.sign(&key);
        let statement = BoothStatement { ballots: signed.statement.ballots, signature: signed.signature };
        Booth {
            booth: format!("投票机{}", booth + 1),
            public_key: hex::encode(key.verifying_key().to_bytes()),
            statement: Some(statement),
        }
    });
    booths.collect()
}

/// The keys of those who will decrypt, by owner, and the list of all trustees.
fn ceremony(plan: &Plan, rng: &mut ChaCha20Rng) -> (Vec<(usize, SecretKey<G>)>, Trustees<G>) {
    let (keys, trustees): (Vec<_>, _) = if plan.needed == plan.trustees {
        let keys: Vec<_> = (0..plan.trustees).map(|_| SecretKey::<G>::generate(rng)).collect();
        let trustees = Trustees::all_needed(keys.iter().map(|key| key.to_public(None, rng)));
        (keys, trustees)
    } else {
        let quorum = Quorum::new(plan.needed, plan.trustees).unwrap();
        let people: Vec<Identity<G>> =
            quorum.indexes().map(|index| Identity::generate(quorum, index, rng).unwrap()).collect();
        let certificates = people.iter().map(|person| person.certificate(rng)).collect();
        let certificates = Certificates::check(quorum, certificates).unwrap();
        let contributions =
            people.iter().map(|person| person.contribute(&certificates, rng).unwrap()).collect();
        let contributions = Contributions::check(&certificates, contributions).unwrap();
        let (keys, public) = people
            .iter()
            .map(|person| person.finish(&certificates, &contributions, None, rng).unwrap())
            .unzip();
        (keys, Trustees::threshold(Block::assemble(&certificates, &contributions, public).unwrap()))
    };
    let decrypting = (1..).zip(keys).filter(|(owner, _)| plan.decrypting.contains(owner));
    (decrypting.collect(), trustees)
}

fn description(plan: &Plan, draw: &Files, key: &SigningKey) -> Description {
    Description {
        purpose: plan.purpose,
        edition: plan.edition.hash(),
        offices: plan.offices.hash(),
        draw_announce: Sha256Hash::of(&draw["announce.tsv"]),
        draw_seed: Sha256Hash::of(&draw["seed.tsv"]),
        draw_result: Sha256Hash::of(&draw["result.tsv"]),
        publication_key: key.verifying_key(),
    }
}

/// The files of a draw from a pool of eight.
fn draw(plan: &Plan, rng: &mut ChaCha20Rng) -> Files {
    let rows = (1..=8).map(|n| {
        if n % 2 == 0 {
            format!(
                "P{n},A,外地客商
"
            )
        } else {
            format!(
                "P{n},B,农民
"
            )
        }
    });
    let members: Vec<_> = rows.collect();
    let pool = Pool::import(format!("id,half,category\n{}", members.concat()).as_bytes()).unwrap();
    let halves = &plan.edition.rules.pool.halves;
    let parties = ["纪委监委", "人大代表", "群众代表"].map(str::to_owned).to_vec();
    let announcement = Announcement::new(Terms {
        draw_id: "2020".to_owned(),
        pool_sha256: pool.hash(),
        take: PerHalf::from_fn(|half| halves.of(half).take),
        quotas: vec![],
        further_quotas: None,
        dice_digits: plan.edition.rules.draw.dice_digits,
        public_source: None,
        min_reveals: plan.edition.rules.draw.min_reveals(parties.len()),
        parties,
    })
    .unwrap();
    let secrets: Vec<Secret> = (0..3).map(|_| Secret::generate(rng)).collect();
    let mut commitments = Commitments::open(&announcement);
    for (secret, party) in secrets.iter().zip(1..) {
        commitments.record(party, commitment(announcement.hash(), party, secret)).unwrap();
    }
    let dice = "314159265358979323846264";
    let mut reveals = commitments.close().unwrap().type_dice(dice, dice).unwrap();
    for (secret, party) in secrets.into_iter().zip(1..) {
        reveals.reveal(party, secret).unwrap();
    }
    let Outcome::Opened(opened) = reveals.close().unwrap() else { panic!("all have revealed") };
    let transcript = opened.complete(None).unwrap();
    let result = conduct(&pool, &announcement, &transcript).unwrap();
    let mut files = vec![
        ("pool.tsv", pool.to_tsv()),
        ("announce.tsv", announcement.to_tsv().to_owned()),
        ("seed.tsv", transcript.to_tsv().to_owned()),
        ("result.tsv", result.to_tsv()),
    ];
    if plan.absence {
        let absent = Absences(vec![result.selected(Half::A).next().unwrap().id.clone()]);
        let replacements = Seating::new(&result).replace_all(&absent).unwrap();
        files.push(("absences.tsv", absent.to_tsv(Version::One)));
        files.push(("replacements.tsv", replacements.to_tsv(Version::One)));
    }
    files.into_iter().map(|(name, text)| (name.to_owned(), text.into_bytes())).collect()
}

/// Cards, ballots, tally and shares.
fn vote(
    plan: &Plan,
    ballot_box: &BallotBox<G>,
    trustees: &Trustees<G>,
    keys: &[(usize, SecretKey<G>)],
    (cards, rng): (&[PrivateCredential<G>], &mut ChaCha20Rng),
) -> Archive {
    let election = ballot_box.election();
    let mut public: Vec<_> = cards.iter().map(|card| G::encode(card.public())).collect();
    public.sort();
    let first = G::encode(cards[0].public());
    let heavier = public.iter_mut().filter(|card| plan.weight > 1 && **card == first);
    heavier.for_each(|card| *card = format!("{card},{}", plan.weight));
    let mut tally = EncryptedTally::empty(election);
    let mut ballots = Vec::new();
    let mut total_weight = 0;
    for ((card, choices), weight) in
        cards.iter().zip(&plan.choices).zip([plan.weight].into_iter().chain(iter::repeat(1)))
    {
        let ballot = ballot_box.encrypt(card, choices, rng).unwrap();
        tally.add(&ballot, weight);
        total_weight += weight;
        ballots.push(ballot.to_json());
    }
    ballots.sort_by_key(|ballot| Fingerprint::of(ballot));
    if !plan.sorted {
        ballots.reverse();
    }
    let shares: Vec<_> =
        keys.iter().map(|(owner, key)| (*owner, tally.decrypt(election, key, rng))).collect();
    Archive {
        time: TIME,
        election: election.text().to_owned(),
        trustees: trustees.to_json(),
        credentials: serde_json::to_string(&public).unwrap(),
        result: tally.combine(trustees, &shares, total_weight).unwrap(),
        total_weight,
        ballots,
        tally: tally.to_json(),
        shares: shares.into_iter().map(|(owner, share)| (owner, share.to_json())).collect(),
    }
}
