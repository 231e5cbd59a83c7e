//! Elections that we and belenios-tool 2.0 hold together: each accepts what the other made, and refuses the same frauds.

#![expect(clippy::unwrap_used, reason = "a test ends where something is missing")]

use std::io::{Read, Seek};

use belenios::archive::EventType;
use belenios::ballot::BallotBox;
use belenios::election::Election;
use belenios::group::{Belenios2048, Group};
use belenios::tally::EncryptedTally;
use belenios::text::{Hash, Uuid};
use belenios::trustee::single::SecretKey;
use belenios::verify::{Code, Policy, Report, Revotes, verify};
use ours::{Ours, VOTES, expected};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use support::cases::{Case, Verdict, cases};
use support::election::Hall;
use support::trustees;
use tool::Tool;

#[path = "support/credential_2_0.rs"]
mod credential_2_0;
#[path = "support/ours.rs"]
mod ours;
#[expect(dead_code, reason = "the tool wants whole archives only")]
mod support;
#[path = "support/tool.rs"]
mod tool;

type G = Belenios2048;

/// What our verifier says.
fn judge(source: impl Read + Seek) -> Report {
    let policy = Policy { revotes: Revotes::Forbidden, complete_until: EventType::Result };
    verify(source, policy).unwrap()
}

/// The tool and we accept the archive in the folder, with the result of [`VOTES`].
fn both_accept(tool: &Tool) {
    assert_eq!(tool.verify(), Ok(()));
    let report = judge(tool.archive());
    assert!(report.is_accepted(), "{:?}", report.findings);
    assert_eq!(report.facts.result, Some(expected()));
}

/// A vote as the tool reads it: one row a question, 1 for the chosen answer.
fn vote_file(choices: &[usize]) -> String {
    let row = |choice: &usize| (0..4).map(|answer| u8::from(answer == *choice)).collect::<Vec<_>>();
    serde_json::to_string(&choices.iter().map(row).collect::<Vec<_>>()).unwrap()
}

/// Two lines: the share, and whose it is.
fn share_lines(owner: usize, share: &str) -> String {
    let hash = Hash::of(share);
    format!("{share}\n{{\"owner\":{owner},\"payload\":\"{hash}\"}}\n")
}

/// The tool ends the voting. Returns the encrypted tally.
fn tool_tallies(tool: &Tool) -> EncryptedTally<G> {
    tool.add_event("EndBallots", "");
    let lines = tool.run(&["election", "compute-encrypted-tally", "--dir=."], "");
    tool.add_event("EncryptedTally", &lines);
    serde_json::from_str(lines.lines().next().unwrap()).unwrap()
}

/// The tool decrypts with a key file.
fn tool_share(tool: &Tool, owner: usize, key: &str) {
    let (key, owner) = (format!("--privkey={key}"), format!("--trustee-id={owner}"));
    let share = tool.run(&["election", "decrypt", "--dir=.", &key, &owner], "");
    tool.add_event("PartialDecryption", &share);
}

fn tool_computes_the_result(tool: &Tool) {
    let result = tool.run(&["election", "compute-result", "--dir=."], "");
    tool.add_event("Result", &result);
}

#[test]
fn a_credential_of_the_tool_derives_as_in_the_protocol_note() {
    let uuid: Uuid = "12345678912345".parse().unwrap();
    let derived = credential_2_0::derive::<G>("ABC-DEF-GHJ-KLM-NPf", &uuid);
    let secret = "51524768313976901816032276388119945202956875642383437659255632897052067902453";
    assert_eq!(*derived.public(), G::generator_power(&G::decode_scalar(secret).unwrap()));
    let tool = Tool::new();
    let fresh = credential_2_0::generate(&mut ChaCha20Rng::seed_from_u64(1));
    let (derive, uuid_option) = (format!("--derive={fresh}"), format!("--uuid={uuid}"));
    let command = ["setup", "generate-credentials", "--group=BELENIOS-2048", &uuid_option, &derive];
    let public = G::encode(credential_2_0::derive::<G>(&fresh, &uuid).public());
    assert_eq!(tool.run(&command, "").trim(), public);
}

#[test]
fn an_archive_of_ours_is_accepted_by_the_tool() {
    let (mut ours, keys) = Ours::<G>::with_three_keys(1);
    let ballots = ours.ballots();
    let shares = ours.shares(&ballots, &keys);
    both_accept(&Tool::with_archive(&ours.archive(&ballots, &shares)));
}

#[test]
fn any_two_of_our_three_threshold_trustees_decrypt_for_the_tool() {
    let (mut ours, keys) = Ours::<G>::with_two_of_three(7);
    let ballots = ours.ballots();
    for absent in 0..=keys.len() {
        let present: Vec<_> = keys.iter().filter(|(owner, _)| *owner != absent).cloned().collect();
        let shares = ours.shares(&ballots, &present);
        let tool = Tool::with_archive(&ours.archive(&ballots, &shares));
        both_accept(&tool);
        assert_eq!(judge(tool.archive()).warnings, []);
    }
}

#[test]
fn ballots_of_the_tool_are_accepted_in_an_election_of_ours() {
    let (mut ours, keys) = Ours::<G>::with_three_keys(2);
    let tool = Tool::with_setup(ours.election().text(), &ours.trustees.to_json(), &ours.public_credentials());
    let mut ballots = Vec::new();
    for (credential, vote) in ours.credentials.iter().zip(&VOTES) {
        tool.write("vote.json", &vote_file(vote));
        tool.write("credential", credential);
        let command =
            ["election", "generate-ballot", "--dir=.", "--ballot=vote.json", "--privcred=credential"];
        let text = tool.run(&command, "");
        let ballot = ours.ballot_box.check(text.trim_end().as_bytes()).unwrap();
        assert!(text.trim_end().len() <= ours.ballot_box.maximal_ballot_size());
        ballots.push(ballot);
    }
    let shares = ours.shares(&ballots, &keys);
    both_accept(&Tool::with_archive(&ours.archive(&ballots, &shares)));
}

/// An election that the tool sets up, with the names of its key files, and the credentials that it made.
fn election_of_the_tool() -> (Tool, Vec<String>, Vec<String>) {
    let tool = Tool::new();
    for _ in 0..3 {
        tool.run(&["setup", "generate-trustee-key", "--group=BELENIOS-2048"], "");
    }
    let public: String = tool.files(".pubkey").iter().map(|name| tool.read(name) + "\n").collect();
    tool.write("public_keys.jsons", &public);
    tool.run(&["setup", "make-trustees"], "");
    let keys = tool.files(".privkey");
    let credentials = tool_makes_the_election(&tool);
    (tool, keys, credentials)
}

/// Election, credentials and the beginning of the archive, for the trustees in the folder. Returns the credentials.
fn tool_makes_the_election(tool: &Tool) -> Vec<String> {
    let question = |n| format!(r#"{{"answers":["a","b","c","d"],"min":1,"max":1,"question":"第{n}项"}}"#);
    let questions = format!("[{},{}]", question(1), question(2));
    tool.write("template.json", &format!(r#"{{"description":"","name":"评议","questions":{questions}}}"#));
    let uuid = format!("--uuid={}", tool.run(&["setup", "generate-token"], "").trim());
    let group = "--group=BELENIOS-2048";
    tool.run(&["setup", "make-election", group, &uuid, "--template=template.json"], "");
    tool.run(&["setup", "generate-credentials", group, &uuid, "--count=3"], "");
    tool.write("public_creds.json", &tool.read(tool.files(".pubcreds").first().unwrap()));
    tool.run(&["archive", "init"], "");
    let private = tool.read(tool.files(".privcreds").first().unwrap());
    private.lines().map(|line| line.split_whitespace().last().unwrap().to_owned()).collect()
}

/// Our ballots, with the tool's credentials, into the tool's archive.
fn we_vote(tool: &Tool, credentials: &[String]) -> BallotBox<G> {
    let ballot_box = BallotBox::new(Election::<G>::parse(&tool.read("election.json")).unwrap());
    let uuid = &ballot_box.election().parameters().uuid;
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    for (credential, vote) in credentials.iter().zip(VOTES) {
        let credential = credential_2_0::derive(credential, uuid);
        let ballot = ballot_box.encrypt(&credential, &vote, &mut rng).unwrap();
        tool.add_event("Ballot", &(ballot.to_json() + "\n"));
    }
    ballot_box
}

#[test]
fn ballots_of_ours_are_accepted_in_an_election_of_the_tool() {
    let (tool, keys, credentials) = election_of_the_tool();
    we_vote(&tool, &credentials);
    tool_tallies(&tool);
    for (owner, key) in (1..).zip(&keys) {
        tool_share(&tool, owner, key);
    }
    tool_computes_the_result(&tool);
    both_accept(&tool);
}

#[test]
fn we_decrypt_with_a_key_of_the_tool() {
    let (tool, keys, credentials) = election_of_the_tool();
    let ballot_box = we_vote(&tool, &credentials);
    let tally = tool_tallies(&tool);
    let [one, two, three] = keys.try_into().unwrap();
    tool_share(&tool, 1, &one);
    tool_share(&tool, 2, &two);
    let key: String = serde_json::from_str(&tool.read(&three)).unwrap();
    let key = SecretKey::<G>::parse(&key).unwrap();
    let share = tally.decrypt(ballot_box.election(), &key, &mut ChaCha20Rng::seed_from_u64(4));
    tool.add_event("PartialDecryption", &share_lines(3, &share.to_json()));
    tool_computes_the_result(&tool);
    both_accept(&tool);
}

#[test]
fn the_tool_decrypts_with_a_key_of_ours() {
    let (mut ours, keys) = Ours::<G>::with_three_keys(5);
    let ballots = ours.ballots();
    let tool = Tool::with_archive(&ours.archive_to_tally(&ballots).finish().unwrap());
    let ((_, first), others) = keys.split_first().unwrap();
    tool.write("first.privkey", &serde_json::to_string(&*first.to_text()).unwrap());
    tool_share(&tool, 1, "first.privkey");
    for (owner, share) in ours.shares(&ballots, others) {
        tool.add_event("PartialDecryption", &share_lines(owner, &share.to_json()));
    }
    tool_computes_the_result(&tool);
    both_accept(&tool);
}

/// The tool's ceremony for two of three trustees. Returns their names, in the order of their indexes.
fn ceremony_of_the_tool(tool: &Tool) -> Vec<String> {
    let step = |number: u8, more: &[&str], input: &str| {
        let step = format!("--step={number}");
        let command = ["setup", "generate-trustee-key-threshold", "--group=BELENIOS-2048", &step];
        tool.run(&[&command, more].concat(), input)
    };
    let (certificates, polynomials) = ("--certs=certs.jsons", "--polynomials=polynomials.jsons");
    let two = "--threshold=2";
    for _ in 0..3 {
        step(1, &[], "");
    }
    let certs = tool.files(".cert");
    let names: Vec<_> = certs.iter().map(|name| name.trim_end_matches(".cert").to_owned()).collect();
    let key = |name: &str| format!("--key={name}.key");
    tool.write("certs.jsons", &certs.iter().map(|name| tool.read(name) + "\n").collect::<String>());
    step(2, &[certificates], "");
    let third = names.iter().map(|name| step(3, &[certificates, &key(name), two], ""));
    tool.write("polynomials.jsons", &third.collect::<String>());
    step(4, &[certificates, polynomials, two], "");
    let fifth = names.iter().map(|name| {
        let input = tool.read(&format!("{name}.vinput"));
        step(5, &[certificates, &key(name), two], &input)
    });
    let fifth: String = fifth.collect();
    tool.write("threshold.json", &step(6, &[certificates, polynomials, two], &fifth));
    tool.write("public_keys.jsons", "");
    tool.run(&["setup", "make-trustees"], "");
    names
}

#[test]
fn threshold_trustees_of_the_tool_are_accepted_with_a_warning() {
    let tool = Tool::new();
    let names = ceremony_of_the_tool(&tool);
    let credentials = tool_makes_the_election(&tool);
    we_vote(&tool, &credentials);
    tool_tallies(&tool);
    for (owner, name) in (1..).zip(&names).skip(1) {
        let (key, decryption) = (format!("--key={name}.key"), format!("--decryption-key={name}.dkey"));
        let owner = format!("--trustee-id={owner}");
        let command = ["election", "decrypt-threshold", "--dir=.", &key, &decryption, &owner];
        tool.add_event("PartialDecryption", &tool.run(&command, ""));
    }
    tool_computes_the_result(&tool);
    both_accept(&tool);
    let report = judge(tool.archive());
    assert_eq!(report.facts.decrypted_by, [2, 3]);
    // The tool of this version leaves out the agreement on the certificates and the signatures of the keys.
    let warned: Vec<_> = report.warnings.iter().map(|warning| warning.code).collect();
    assert_eq!(warned, [Code::Trustees, Code::Trustees], "{:?}", report.warnings);
}

/// Where the tool says something else than the table, with its message.
fn surprise(case: &Case) -> Option<String> {
    let said = Tool::with_archive(&case.bytes).verify();
    let verdict = if said.is_ok() { Verdict::Accept } else { Verdict::Refuse };
    (verdict != case.tool_2_0).then(|| format!("{}: {verdict:?} {said:?}", case.name))
}

/// Compares the tool with the table, for all adversarial archives of one election.
fn says_what_the_table_says(hall: &Hall<G>) {
    let cases = cases(hall);
    assert_eq!(cases.len(), 34);
    // One half each on two cores: most of the time is the tool's.
    let (one, other) = cases.split_at(cases.len() / 2);
    let surprises = std::thread::scope(|scope| {
        let halves = [one, other].map(|half| scope.spawn(|| half.iter().filter_map(surprise).collect()));
        halves.map(|half| -> Vec<String> { half.join().unwrap() }).concat()
    });
    assert_eq!(surprises, Vec::<String>::new());
}

#[test]
fn the_tool_says_of_every_adversarial_archive_what_the_table_says() {
    says_what_the_table_says(&Hall::open(trustees::all_needed));
}

#[test]
fn the_tool_says_the_same_with_threshold_trustees() {
    says_what_the_table_says(&Hall::open(trustees::two_of_three));
}
