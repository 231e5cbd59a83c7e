//! Letting devices in and shutting them out, with people in between who should not be there.

use ed25519_dalek::{Signer as _, SigningKey};
use evaluation::hash::Sha256Hash;
use evaluation::rules::NINGJIN_2020;
use evaluation::wire::{
    self, DiskState, EnrolmentCode, EnrolmentQuery, EnrolmentRequest, EnrolmentReveal, EnrolmentState,
    SignIn, TerminalKey, TerminalNonce, TerminalStatus as Report, problem, sign_in_text,
};
use jiff::SignedDuration;

use super::*;
use crate::both_databases;
use crate::clock::ManualClock;
use crate::domain::terminal::{MOST_REQUESTS, Trouble};
use crate::domain::{
    AccountId, EditionId, EditionState, EnrolmentId, InTwoLanguages as _, PollState, Role, TerminalRole,
    TerminalStatus,
};
use crate::service::act::{self, Act, ActError, Outcome};
use crate::store::editions::Edition;
use crate::store::proposals::Proposal;
use crate::store::{Db, editions, polls};
use crate::testing::{
    clock, context, insert_account, insert_edition, insert_poll, insert_terminal, request_enrolment,
};

/// A request over a connection on which this certificate is shown.
fn seen_by_all(certificate: Option<Sha256Hash>) -> Arrival {
    Arrival { certificate, machine: None }
}

/// A device with a key of its own.
struct Device {
    key: SigningKey,
    nonce: TerminalNonce,
    label: &'static str,
    role: wire::TerminalRole,
}

impl Device {
    fn new(seed: u8) -> Self {
        let nonce = TerminalNonce::new([seed ^ 0xff; 32]);
        Self {
            key: SigningKey::from_bytes(&[seed; 32]),
            nonce,
            label: "3号投票机",
            role: wire::TerminalRole::Booth,
        }
    }

    fn public(&self) -> TerminalKey {
        self.key.verifying_key().into()
    }

    fn request(&self) -> EnrolmentRequest {
        EnrolmentRequest {
            public_key: self.public(),
            commitment: self.nonce.commitment(),
            role: self.role,
            label: self.label.to_owned(),
        }
    }

    /// Asks over a connection on which it sees this certificate; answers its request and the code on its screen.
    async fn ask(&self, context: &Context, seen: Option<Sha256Hash>) -> (EnrolmentId, EnrolmentCode) {
        let asked = self.request();
        let answer = ask(context, seen_by_all(seen), asked.clone()).await.unwrap();
        reveal(context, &EnrolmentReveal { request: answer.request.clone(), nonce: self.nonce }).unwrap();
        (answer.request.parse().unwrap(), asked.code(seen, &self.nonce, &answer.nonce))
    }

    fn sign(&self, challenge: TerminalNonce, seen: Option<Sha256Hash>) -> SignIn {
        let text = sign_in_text(&self.public(), &challenge, seen);
        SignIn {
            public_key: self.public(),
            nonce: challenge,
            signature: self.key.sign(text.as_bytes()).into(),
        }
    }

    async fn sign_in(&self, context: &Context) -> TerminalToken {
        let challenge = challenge(context, &self.public()).await.unwrap().unwrap();
        sign_in(context, None, &self.sign(challenge, None)).await.unwrap()
    }

    async fn state(&self, context: &Context, request: &EnrolmentId) -> EnrolmentState {
        let query = EnrolmentQuery { request: request.to_string(), public_key: self.public() };
        state(context, &query).await.unwrap()
    }
}

/// Steward and supervisor.
async fn people(db: Db) -> (Context, ManualClock, [AccountId; 2]) {
    let clock = clock();
    let context = context(db, &clock);
    let steward = insert_account(&context, Role::Steward).await.id;
    let supervisor = insert_account(&context, Role::Supervisor).await.id;
    (context, clock, [steward, supervisor])
}

/// Both compare the code in the console with the one on the screen, and let the device in.
async fn let_in(
    context: &Context,
    [one, other]: &[AccountId; 2],
    request: &EnrolmentId,
    replaces: Option<&TerminalId>,
) -> Result<Terminal, ActError> {
    let request = find_request(context, request)?;
    let position = (request.role() == TerminalRole::Trustee).then_some(1);
    let enrolment = request.enrolment(&request.asked.label, position, replaces.cloned()).unwrap();
    let proposal = act::propose(context, one, &Act::EnrolTerminal(enrolment)).await?;
    match act::confirm(context, other, &proposal.id).await? {
        Outcome::Enrolled(terminal) => Ok(terminal),
        Outcome::Done(action) | Outcome::Invited(action, _) => panic!("{action}"),
    }
}

#[track_caller]
fn expect_code<T: std::fmt::Debug>(result: Result<T, ServiceError>, expected: &str) {
    match result {
        Err(ServiceError::Input { code, .. }) => assert_eq!(code, expected),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn expect_refused<T: std::fmt::Debug>(result: Result<T, ActError>, words: &str) {
    let error = result.unwrap_err();
    assert!(error.zh().contains(words), "{error:?}");
}

both_databases! {
    async fn a_terminal_is_let_in_by_two_people_and_signs_in_with_its_key(db: Db) {
        let (context, _, people) = people(db).await;
        let booth = Device::new(1);
        assert_eq!(challenge(&context, &booth.public()).await.unwrap(), None, "nobody knows it yet");
        let (request, screen) = booth.ask(&context, None).await;
        assert_eq!(find_request(&context, &request).unwrap().code, Some(screen));
        assert_eq!(booth.state(&context, &request).await, EnrolmentState::Waiting);
        let terminal = let_in(&context, &people, &request, None).await.unwrap();
        assert_eq!((terminal.public_key, terminal.name.as_str()), (booth.public(), "3号投票机"));
        assert_eq!(booth.state(&context, &request).await, EnrolmentState::Enrolled);
        assert!(list_requests(&context).is_empty());
        let token = booth.sign_in(&context).await;
        assert_eq!(find(&context, &token).await.unwrap(), Some(terminal.clone()));
        // One token at a time.
        let second = booth.sign_in(&context).await;
        assert_eq!(find(&context, &token).await.unwrap(), None);
        revoke(&context, &Actor::System, &terminal.id).await.unwrap();
        assert_eq!(find(&context, &second).await.unwrap(), None);
        assert_eq!(challenge(&context, &booth.public()).await.unwrap(), None);
        expect_code(ask(&context, Arrival::default(), booth.request()).await, problem::TERMINAL_KEY_USED);
    }

    async fn who_sits_in_between_gives_the_screen_another_code_than_the_console(db: Db) {
        let (context, ..) = people(db).await;
        let [server, false_server] = ["server", "false server"].map(Sha256Hash::of);
        let (booth, stranger) = (Device::new(1), Device { nonce: TerminalNonce::new([1; 32]), ..Device::new(2) });
        // The stranger answers the booth with a certificate of its own and a nonce of its choice, and asks the server as the
        // booth, with its own key or with the booth's.
        for key in [&stranger.key, &booth.key] {
            let posing = Device { key: key.clone(), nonce: stranger.nonce, ..Device::new(2) };
            let (request, known_to_stranger) = posing.ask(&context, Some(server)).await;
            let console = find_request(&context, &request).unwrap().code.unwrap();
            assert_eq!(console, known_to_stranger);
            for chosen in 0..50 {
                let nonce = TerminalNonce::new([chosen; 32]);
                let screen = booth.request().code(Some(false_server), &booth.nonce, &nonce);
                assert_ne!(screen, console);
            }
        }
        // One that only passes on what both say is betrayed by its certificate.
        let asked = booth.request();
        let answer = ask(&context, seen_by_all(Some(server)), asked.clone()).await.unwrap();
        reveal(&context, &EnrolmentReveal { request: answer.request.clone(), nonce: booth.nonce }).unwrap();
        let console = find_request(&context, &answer.request.parse().unwrap()).unwrap().code.unwrap();
        assert_ne!(asked.code(Some(false_server), &booth.nonce, &answer.nonce), console);
        assert_ne!(asked.code(None, &booth.nonce, &answer.nonce), console);
    }

    async fn a_nonce_that_was_not_committed_to_ends_the_request(db: Db) {
        let (context, ..) = people(db).await;
        let booth = Device::new(1);
        let answer = ask(&context, Arrival::default(), booth.request()).await.unwrap();
        let wrong = EnrolmentReveal { request: answer.request.clone(), nonce: TerminalNonce::new([0; 32]) };
        expect_code(reveal(&context, &wrong), problem::ENROLMENT_GONE);
        let right = EnrolmentReveal { request: answer.request.clone(), nonce: booth.nonce };
        expect_code(reveal(&context, &right), problem::ENROLMENT_GONE);
        assert_eq!(booth.state(&context, &answer.request.parse().unwrap()).await, EnrolmentState::Gone);
    }

    async fn a_request_without_a_code_cannot_be_proposed(db: Db) {
        let (context, ..) = people(db).await;
        let answer = ask(&context, Arrival::default(), Device::new(1).request()).await.unwrap();
        let request = find_request(&context, &answer.request.parse().unwrap()).unwrap();
        assert_eq!(request.enrolment("3号投票机", None, None), None);
    }

    async fn a_code_that_changed_after_the_proposal_is_not_confirmed(db: Db) {
        let (context, _, people) = people(db).await;
        let booth = Device::new(1);
        let (request, _) = booth.ask(&context, None).await;
        let enrolment = find_request(&context, &request).unwrap().enrolment("1", None, None).unwrap();
        let proposal = act::propose(&context, &people[0], &Act::EnrolTerminal(enrolment.clone())).await.unwrap();
        // The terminal was started anew: another request, another code.
        let (again, screen) = booth.ask(&context, None).await;
        assert_ne!(screen, enrolment.code);
        expect_refused(act::confirm(&context, &people[1], &proposal.id).await, "另一个代码");
        assert!(list(&context).await.unwrap().is_empty());
        // Nor can a code be proposed that is on no screen.
        let invented = Enrolment { request: again, ..enrolment };
        expect_refused(act::propose(&context, &people[0], &Act::EnrolTerminal(invented)).await, "另一个代码");
    }

    async fn a_request_lapses_after_fifteen_minutes(db: Db) {
        let (context, clock, people) = people(db).await;
        let booth = Device::new(1);
        let (request, _) = booth.ask(&context, None).await;
        clock.advance(SignedDuration::from_secs(14 * 60 + 59));
        assert_eq!(booth.state(&context, &request).await, EnrolmentState::Waiting);
        let enrolment = find_request(&context, &request).unwrap().enrolment("1", None, None).unwrap();
        let proposal = act::propose(&context, &people[0], &Act::EnrolTerminal(enrolment)).await.unwrap();
        clock.advance(SignedDuration::from_secs(1));
        assert_eq!(booth.state(&context, &request).await, EnrolmentState::Gone);
        expect_refused(act::confirm(&context, &people[1], &proposal.id).await, "已失效");
        assert!(list_requests(&context).is_empty() && list(&context).await.unwrap().is_empty());
    }

    async fn the_fifty_first_request_has_to_wait(db: Db) {
        let (context, clock, _) = people(db).await;
        for _ in 0..MOST_REQUESTS {
            request_enrolment(&context, wire::TerminalRole::Booth, "投票机").await;
        }
        let late = Device::new(1);
        expect_code(ask(&context, Arrival::default(), late.request()).await, problem::ENROLMENT_FULL);
        let first = list_requests(&context)[0].clone();
        discard(&context, &first.id);
        late.ask(&context, None).await;
        // The same terminal again takes no second place.
        late.ask(&context, None).await;
        assert_eq!(list_requests(&context).len(), MOST_REQUESTS);
        clock.advance(SignedDuration::from_mins(15));
        late.ask(&context, None).await;
        assert_eq!(list_requests(&context).len(), 1);
    }

    async fn a_card_officers_terminal_without_power_has_finished_once_the_cards_are_made(db: Db) {
        let (context, clock, people) = people(db).await;
        let poll = insert_poll(&context, &insert_edition(&context).await.id).await;
        let officer = Device { role: wire::TerminalRole::CardOfficer, ..Device::new(1) };
        let booth = Device { label: "投票机", ..Device::new(2) };
        for device in [&officer, &booth] {
            let (request, _) = device.ask(&context, None).await;
            let terminal = let_in(&context, &people, &request, None).await.unwrap();
            let well = Report {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                clock: context.now().as_second(),
                undelivered: 0,
                disk: DiskState::Ok,
                opened: None,
            };
            report(&context, &terminal, well).unwrap();
        }
        clock.advance(SignedDuration::from_mins(1));
        let board = async || {
            let views = list_views(&context).await.unwrap();
            views.into_iter().map(|view| (view.terminal.role, view.has_finished, view.troubles)).collect::<Vec<_>>()
        };
        let lost = vec![Trouble::Silent];
        let (cards, votes) = (TerminalRole::CardOfficer, TerminalRole::Booth);
        let mut before = board().await;
        before.sort_by_key(|(role, ..)| *role == votes);
        assert_eq!(before, [(cards, false, lost.clone()), (votes, false, lost.clone())]);
        let mut tx = context.db.write().await.unwrap();
        polls::set_state(&mut tx, &context.county, &poll, PollState::Setup, PollState::CardsReady).await.unwrap();
        tx.commit().await.unwrap();
        let mut after = board().await;
        after.sort_by_key(|(role, ..)| *role == votes);
        assert_eq!(after, [(cards, true, vec![]), (votes, false, lost)]);
    }

    async fn one_machine_never_takes_the_places_of_others(db: Db) {
        let (context, _, _) = people(db).await;
        let (greedy, other) = ("192.168.1.66".parse().ok(), "192.168.1.7".parse().ok());
        let from = |machine| Arrival { certificate: None, machine };
        let answer = ask(&context, from(other), Device::new(0).request()).await.unwrap();
        let mut latest = answer.clone();
        for seed in 1..100 {
            latest = ask(&context, from(greedy), Device::new(seed).request()).await.unwrap();
        }
        let waiting: Vec<_> = list_requests(&context).into_iter().map(|request| request.id.to_string()).collect();
        assert_eq!(waiting.len(), 1 + crate::domain::terminal::MOST_REQUESTS_OF_ONE);
        assert!(waiting.contains(&answer.request) && waiting.contains(&latest.request));
    }

    async fn with_an_address_for_the_hall_nobody_is_enrolled_elsewhere(db: Db) {
        let (mut context, ..) = people(db).await;
        let [hall, other] = ["hall", "other"].map(Sha256Hash::of);
        context.terminals = std::sync::Arc::new(TerminalMemory::new(Some(hall)));
        for elsewhere in [None, Some(other)] {
            let refused = ask(&context, seen_by_all(elsewhere), Device::new(1).request()).await;
            expect_code(refused, problem::ENROLMENT_IN_HALL);
        }
        assert!(list_requests(&context).is_empty());
        ask(&context, seen_by_all(Some(hall)), Device::new(1).request()).await.unwrap();
    }

    async fn an_answer_to_a_challenge_is_good_once_and_for_a_minute(db: Db) {
        let (context, clock, people) = people(db).await;
        let booth = Device::new(1);
        let (request, _) = booth.ask(&context, None).await;
        let_in(&context, &people, &request, None).await.unwrap();
        let nonce = challenge(&context, &booth.public()).await.unwrap().unwrap();
        let answer = booth.sign(nonce, None);
        sign_in(&context, None, &answer).await.unwrap();
        expect_code(sign_in(&context, None, &answer).await, problem::SIGN_IN_REFUSED);
        let nonce = challenge(&context, &booth.public()).await.unwrap().unwrap();
        clock.advance(SignedDuration::from_mins(1));
        expect_code(sign_in(&context, None, &booth.sign(nonce, None)).await, problem::SIGN_IN_REFUSED);
    }

    async fn an_answer_that_was_passed_on_or_made_by_somebody_else_is_refused(db: Db) {
        let (context, _, people) = people(db).await;
        let (booth, stranger) = (Device::new(1), Device::new(2));
        let (request, _) = booth.ask(&context, None).await;
        let_in(&context, &people, &request, None).await.unwrap();
        let challenged = async || challenge(&context, &booth.public()).await.unwrap().unwrap();
        let [server, false_server] = ["server", "false server"].map(|name| Some(Sha256Hash::of(name)));
        let passed_on = booth.sign(challenged().await, false_server);
        expect_code(sign_in(&context, server, &passed_on).await, problem::SIGN_IN_REFUSED);
        let posing = SignIn { public_key: booth.public(), ..stranger.sign(challenged().await, server) };
        expect_code(sign_in(&context, server, &posing).await, problem::SIGN_IN_REFUSED);
        let unknown = stranger.sign(challenged().await, server);
        expect_code(sign_in(&context, server, &unknown).await, problem::SIGN_IN_REFUSED);
        let never_given = booth.sign(TerminalNonce::new([0; 32]), server);
        expect_code(sign_in(&context, server, &never_given).await, problem::SIGN_IN_REFUSED);
        sign_in(&context, server, &booth.sign(challenged().await, server)).await.unwrap();
    }

    async fn a_terminal_that_is_revoked_while_it_signs_in_gets_nothing(db: Db) {
        let (context, _, people) = people(db).await;
        let booth = Device::new(1);
        let (request, _) = booth.ask(&context, None).await;
        let terminal = let_in(&context, &people, &request, None).await.unwrap();
        let nonce = challenge(&context, &booth.public()).await.unwrap().unwrap();
        revoke(&context, &Actor::System, &terminal.id).await.unwrap();
        expect_code(sign_in(&context, None, &booth.sign(nonce, None)).await, problem::SIGN_IN_REFUSED);
    }

    async fn a_dead_terminal_is_replaced_in_one_act(db: Db) {
        let (context, _, people) = people(db).await;
        let (dead, new) = (Device::new(1), Device::new(2));
        let (request, _) = dead.ask(&context, None).await;
        let old = let_in(&context, &people, &request, None).await.unwrap();
        let token = dead.sign_in(&context).await;
        let (request, _) = new.ask(&context, None).await;
        expect_refused(let_in(&context, &people, &request, None).await, "已有名为");
        let replacement = let_in(&context, &people, &request, Some(&old.id)).await.unwrap();
        assert_eq!(replacement.name, old.name);
        assert_eq!(find(&context, &token).await.unwrap(), None);
        let all = list(&context).await.unwrap();
        let status = |id: &TerminalId| all.iter().find(|terminal| terminal.id == *id).unwrap().status;
        assert_eq!(status(&old.id), TerminalStatus::Revoked);
        assert_eq!(status(&replacement.id), TerminalStatus::Enrolled);
        new.sign_in(&context).await;
    }

    async fn only_an_enrolled_terminal_of_the_same_purpose_is_replaced(db: Db) {
        let (context, _, people) = people(db).await;
        let trustee = insert_terminal(&context, TerminalRole::Trustee, "监票终端1").await;
        let booth = insert_terminal(&context, TerminalRole::Booth, "1号投票机").await;
        let (request, _) = Device::new(1).ask(&context, None).await;
        expect_refused(let_in(&context, &people, &request, Some(&trustee.id)).await, "用途不同");
        revoke(&context, &Actor::System, &booth.id).await.unwrap();
        expect_refused(let_in(&context, &people, &request, Some(&booth.id)).await, "已停用");
        assert_eq!(list(&context).await.unwrap().len(), 2);
    }

    async fn a_trustees_terminal_needs_its_trustee_and_no_other_has_one(db: Db) {
        let (context, _, people) = people(db).await;
        for (seed, role, position) in [
            (1, wire::TerminalRole::Trustee, None),
            (2, wire::TerminalRole::Trustee, Some(0)),
            (3, wire::TerminalRole::Booth, Some(1)),
        ] {
            let (request, _) = Device { role, ..Device::new(seed) }.ask(&context, None).await;
            let enrolment = find_request(&context, &request).unwrap().enrolment("1", position, None).unwrap();
            let refused = act::propose(&context, &people[0], &Act::EnrolTerminal(enrolment)).await;
            expect_refused(refused, "第几位监票人");
        }
    }

    async fn a_trustees_number_that_is_taken_or_that_nobody_has_is_refused(db: Db) {
        let (context, _, people) = people(db).await;
        let trustee = wire::TerminalRole::Trustee;
        let propose = async |label: &str, position: u32, replaces: Option<&TerminalId>| {
            let request = request_enrolment(&context, trustee, label).await;
            let enrolment = request.enrolment(label, Some(position), replaces.cloned()).unwrap();
            act::propose(&context, &people[0], &Act::EnrolTerminal(enrolment)).await
        };
        let confirm = async |proposal: &Proposal| match act::confirm(&context, &people[1], &proposal.id).await {
            Ok(Outcome::Enrolled(terminal)) => Ok(terminal),
            Ok(outcome) => panic!("{outcome:?}"),
            Err(error) => Err(error),
        };
        // Without an edition nobody knows how many there are.
        let fourth = propose("监票终端4", 4, None).await.unwrap();
        let edition = Edition {
            id: EditionId::generate(&mut context.rng()),
            year: 2020,
            state: EditionState::Drawn,
            rules: NINGJIN_2020.to_owned(),
            edition_json: None,
            publication_key: None,
            created_at: context.now(),
        };
        let mut tx = context.db.write().await.unwrap();
        editions::insert(&mut tx, &context.county, &edition).await.unwrap();
        tx.commit().await.unwrap();
        expect_refused(confirm(&fourth).await, "只有3名监票人，没有第4位");
        let first = confirm(&propose("监票终端1", 1, None).await.unwrap()).await.unwrap();
        // Typed twice: refused at once, and at the confirmation if the other one was let in meanwhile.
        expect_refused(propose("监票终端2", 1, None).await, "第1位监票人已有终端“监票终端1”");
        let twice = [propose("监票终端2", 2, None).await.unwrap(), propose("监票终端3", 2, None).await.unwrap()];
        let second = confirm(&twice[0]).await.unwrap();
        expect_refused(confirm(&twice[1]).await, "第2位监票人已有终端“监票终端2”");
        // Replacing another one does not free the number; replacing the one that has it does.
        expect_refused(propose("监票终端2", 1, Some(&second.id)).await, "已有终端“监票终端1”");
        let replaced = propose("监票终端1", 1, Some(&first.id)).await.unwrap();
        assert_eq!(confirm(&replaced).await.unwrap().trustee_position, Some(1));
        // A number that was typed wrongly is mended by replacing the terminal with itself.
        let mended = propose("监票终端3", 3, Some(&second.id)).await.unwrap();
        assert_eq!(confirm(&mended).await.unwrap().trustee_position, Some(3));
        assert!(propose("监票终端2", 2, None).await.is_ok(), "a revoked terminal holds no number");
    }

    async fn labels_that_say_nothing_are_refused(db: Db) {
        let (context, ..) = people(db).await;
        for label in ["", " 1", "1\n", &"号".repeat(41)] {
            let asked = EnrolmentRequest { label: label.to_owned(), ..Device::new(1).request() };
            expect_code(ask(&context, Arrival::default(), asked).await, "label");
        }
    }

    async fn what_terminals_report_is_known_until_the_server_ends_and_stands_in_no_log(db: Db) {
        let (context, clock, _) = people(db).await;
        let booth = insert_terminal(&context, TerminalRole::Booth, "1").await;
        let of = async || list_views(&context).await.unwrap().remove(0);
        assert_eq!(of().await.troubles, [Trouble::NeverHeard]);
        let well = Report {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            clock: context.now().as_second(),
            undelivered: 0,
            disk: DiskState::Ok,
            opened: None,
        };
        report(&context, &booth, well.clone()).unwrap();
        assert_eq!(of().await.troubles, []);
        report(&context, &booth, Report { undelivered: 2, clock: 0, ..well.clone() }).unwrap();
        assert!(matches!(of().await.troubles[..], [Trouble::Undelivered(2), Trouble::Clock(..0)]));
        clock.advance(SignedDuration::from_mins(1));
        assert_eq!(of().await.troubles[0], Trouble::Silent);
        for version in ["<b>", "1 2", &"1".repeat(41), "版本"] {
            let wrong = Report { version: version.to_owned(), ..well.clone() };
            assert_eq!(report(&context, &booth, wrong).is_err(), version != "<b>", "{version}");
        }
        let restarted = Context { terminals: std::sync::Arc::default(), ..context.clone() };
        assert_eq!(list_views(&restarted).await.unwrap()[0].heard, None);
        revoke(&context, &Actor::System, &booth.id).await.unwrap();
        assert_eq!((of().await.heard, of().await.troubles), (None, vec![]));
        let mut tx = context.db.read().await.unwrap();
        let entries = crate::store::log_entries::list(&mut tx, &context.county, 1, 100).await.unwrap();
        assert_eq!(entries.len(), 1, "{entries:?}");
    }
}
