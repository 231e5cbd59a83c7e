use jiff::SignedDuration;

use super::*;
use crate::{
    both_databases,
    service::{password::PasswordError, proposal::ProposalError, session},
    testing::{clock, context, insert_account, insert_edition},
};

const GOOD: &str = "a good password";

fn new(name: &str, person: &str) -> NewAccount {
    NewAccount { name: name.to_owned(), person: person.to_owned() }
}

fn first(name: &str, person: &str) -> FirstAccount {
    FirstAccount { new: new(name, person), password: GOOD.into() }
}

/// A context after the first run, and the first administrator and supervisor.
async fn county_with_two(db: crate::store::Db) -> (Context, AccountId, AccountId) {
    let context = context(db, &clock());
    let [administrator, supervisor] =
        set_up(&context, first("admin", "张三（信息中心）"), first("supervisor", "李四（监委）"))
            .await
            .unwrap();
    (context, administrator.id, supervisor.id)
}

async fn make(context: &Context, by: [&AccountId; 2], name: &str, role: Role) -> Account {
    let invited = invite(context, by, name, role).await;
    accept(context, name, &invited.codes, GOOD).await.unwrap()
}

/// Somebody who has both slips.
struct Guest {
    account: Account,
    codes: [HalfCode; 2],
}

async fn invite(context: &Context, by: [&AccountId; 2], name: &str, role: Role) -> Guest {
    let proposal = propose_creation(context, by[0], new(name, name), role).await.unwrap();
    let second = confirm_creation(context, by[1], &proposal.id).await.unwrap();
    fetch(context, by[0], &proposal.id, second).await
}

async fn fetch(context: &Context, by: &AccountId, proposal: &ProposalId, second: Invited) -> Guest {
    let first = invitation::fetch_half(context, by, proposal).await.unwrap();
    assert_eq!((&first.account, first.lapses_at), (&second.account, second.lapses_at));
    assert_eq!((first.code.half(), second.code.half()), (Half::Proposer, Half::Confirmer));
    Guest { account: first.account, codes: [first.code, second.code] }
}

/// A half that passes its check and that nobody was shown.
fn guess(half: Half) -> HalfCode {
    let mut codes = "23456789abcdefghjkmnpqrstuvwxyz".chars().map(|last| format!("222-222-22{last}"));
    codes.find_map(|code| HalfCode::read(half, &code).ok()).unwrap()
}

fn guesses() -> [HalfCode; 2] {
    [guess(Half::Proposer), guess(Half::Confirmer)]
}

async fn accept(
    context: &Context,
    name: &str,
    codes: &[HalfCode; 2],
    password: &str,
) -> Result<Account, AccountError> {
    invitation::accept(context, name, codes, &password.into()).await
}

async fn signs_in(context: &Context, name: &str, password: &str) -> bool {
    session::sign_in(context, name, &password.into()).await.is_ok()
}

async fn reset(context: &Context, by: [&AccountId; 2], account: &AccountId) -> Guest {
    let proposal = propose_password_reset(context, by[0], account).await.unwrap();
    let second = confirm_password_reset(context, by[1], &proposal.id).await.unwrap();
    fetch(context, by[0], &proposal.id, second).await
}

async fn change_role(
    context: &Context,
    by: [&AccountId; 2],
    account: &AccountId,
    role: Role,
) -> Result<(), AccountError> {
    let proposal = propose_role_change(context, by[0], account, role).await?;
    confirm_role_change(context, by[1], &proposal.id).await
}

both_databases! {
    async fn the_first_run_makes_two_accounts_once(db: Db) {
        let (context, ..) = county_with_two(db).await;
        let roles: Vec<_> = list(&context).await.unwrap().iter().map(|account| account.role).collect();
        assert!(roles.contains(&Role::Administrator) && roles.contains(&Role::Supervisor));
        let again = set_up(&context, first("admin2", "王五"), first("supervisor2", "赵六")).await;
        assert!(matches!(again, Err(AccountError::AlreadySetUp)));
        assert_eq!(list(&context).await.unwrap().len(), 2);
    }

    async fn the_first_two_are_two_people(db: Db) {
        let context = context(db, &clock());
        let one = set_up(&context, first("admin", "张三"), first("supervisor", " 张三 ")).await;
        assert!(matches!(one, Err(AccountError::SamePerson)));
        assert_eq!(list(&context).await.unwrap(), []);
    }

    async fn an_account_is_made_by_two_people_and_its_person_alone_chooses_the_password(db: Db) {
        let (context, administrator, supervisor) = county_with_two(db).await;
        let proposal =
            propose_creation(&context, &administrator, new("创建办.1", "王五"), Role::Commission).await.unwrap();
        assert_eq!(list(&context).await.unwrap().len(), 2);
        let invited = confirm_creation(&context, &supervisor, &proposal.id).await.unwrap();
        assert!(!signs_in(&context, "创建办.1", "").await);
        assert!(!signs_in(&context, "创建办.1", &invited.code.expose()).await);
        assert!(invitation::is_waiting(&context, &invited.account.id).await.unwrap());
        let invited = fetch(&context, &administrator, &proposal.id, invited).await;
        let typed = invited.codes;
        accept(&context, "创建办.1", &typed, GOOD).await.unwrap();
        let (_, signed_in) = session::sign_in(&context, "创建办.1", &GOOD.into()).await.unwrap();
        assert_eq!(signed_in, invited.account);
        assert!(!invitation::is_waiting(&context, &invited.account.id).await.unwrap());
        // The code was good once.
        let again = accept(&context, "创建办.1", &typed, "another password").await;
        assert!(matches!(again, Err(AccountError::Invitation)));
    }

    async fn an_invitation_lapses_after_a_day_and_a_new_one_replaces_it(db: Db) {
        let clock = clock();
        let context = context(db, &clock);
        let administrator = insert_account(&context, Role::Administrator).await.id;
        let supervisor = insert_account(&context, Role::Supervisor).await.id;
        let by = [&administrator, &supervisor];
        let late = invite(&context, by, "chair", Role::Chair).await;
        clock.advance(SignedDuration::from_hours(24));
        let refused = accept(&context, "chair", &late.codes, GOOD).await;
        assert!(matches!(refused, Err(AccountError::InvitationLapsed)), "{refused:?}");
        let first = reset(&context, by, &late.account.id).await;
        let second = reset(&context, by, &late.account.id).await;
        let refused = accept(&context, "chair", &first.codes, GOOD).await;
        assert!(matches!(refused, Err(AccountError::Invitation)));
        clock.advance(SignedDuration::from_hours(23));
        accept(&context, "chair", &second.codes, GOOD).await.unwrap();
    }

    async fn guessing_a_code_is_slowed_down_and_a_short_password_costs_no_code(db: Db) {
        let (context, administrator, supervisor) = county_with_two(db).await;
        let invited = invite(&context, [&administrator, &supervisor], "chair", Role::Chair).await;
        let short = accept(&context, "chair", &invited.codes, "short").await;
        assert!(matches!(short, Err(AccountError::Password(PasswordError::Length))));
        for _ in 0..5 {
            let guess = accept(&context, "chair", &guesses(), GOOD).await;
            assert!(matches!(guess, Err(AccountError::Invitation)));
            let nobody = accept(&context, "nobody", &guesses(), GOOD).await;
            assert!(matches!(nobody, Err(AccountError::Invitation)));
        }
        for name in ["chair", "nobody"] {
            let slowed = accept(&context, name, &invited.codes, GOOD).await;
            assert!(matches!(slowed, Err(AccountError::SignIn(session::SignInError::SlowedDown { .. }))));
        }
        // Whoever guesses codes does not keep anybody from signing in.
        assert!(signs_in(&context, "admin", GOOD).await);
    }

    async fn neither_half_is_good_alone_and_nobody_is_shown_both(db: Db) {
        let clock = clock();
        let context = context(db, &clock);
        let administrator = insert_account(&context, Role::Administrator).await.id;
        let supervisor = insert_account(&context, Role::Supervisor).await.id;
        let proposal = propose_creation(&context, &administrator, new("chair", "王五"), Role::Chair).await.unwrap();
        let early = invitation::fetch_half(&context, &administrator, &proposal.id).await;
        assert!(matches!(early, Err(AccountError::HalfGone)), "{early:?}");
        let second = confirm_creation(&context, &supervisor, &proposal.id).await.unwrap();
        // The confirmer, before and after the proposer fetched the other half.
        let alone = [guess(Half::Proposer), second.code.clone()];
        assert!(matches!(accept(&context, "chair", &alone, GOOD).await, Err(AccountError::Invitation)));
        let curious = invitation::fetch_half(&context, &supervisor, &proposal.id).await;
        assert!(matches!(curious, Err(AccountError::HalfOfAnother)));
        let guest = fetch(&context, &administrator, &proposal.id, second.clone()).await;
        assert!(matches!(accept(&context, "chair", &alone, GOOD).await, Err(AccountError::Invitation)));
        let twice = [second.code.clone(), second.code];
        assert!(matches!(accept(&context, "chair", &twice, GOOD).await, Err(AccountError::Invitation)));
        // The proposer.
        let alone = [guest.codes[0].clone(), guess(Half::Confirmer)];
        assert!(matches!(accept(&context, "chair", &alone, GOOD).await, Err(AccountError::Invitation)));
        let again = invitation::fetch_half(&context, &administrator, &proposal.id).await;
        assert!(matches!(again, Err(AccountError::HalfGone)));
        accept(&context, "chair", &guest.codes, GOOD).await.unwrap();
        let used = invitation::fetch_half(&context, &administrator, &proposal.id).await;
        assert!(matches!(used, Err(AccountError::HalfGone)));
    }

    async fn the_other_half_is_not_shown_when_the_invitation_has_lapsed(db: Db) {
        let clock = clock();
        let context = context(db, &clock);
        let administrator = insert_account(&context, Role::Administrator).await.id;
        let supervisor = insert_account(&context, Role::Supervisor).await.id;
        let proposal = propose_creation(&context, &administrator, new("chair", "王五"), Role::Chair).await.unwrap();
        confirm_creation(&context, &supervisor, &proposal.id).await.unwrap();
        assert!(invitation::waits_for_proposer(&context, &proposal.id).await.unwrap());
        clock.advance(invitation::LIFETIME);
        assert!(!invitation::waits_for_proposer(&context, &proposal.id).await.unwrap());
        let late = invitation::fetch_half(&context, &administrator, &proposal.id).await;
        assert!(matches!(late, Err(AccountError::InvitationLapsed)));
    }

    async fn two_who_use_one_code_at_once_set_one_password(db: Db) {
        let (context, administrator, supervisor) = county_with_two(db).await;
        let invited = invite(&context, [&administrator, &supervisor], "chair", Role::Chair).await;
        let attempts: Vec<_> = ["the first password", "the other password"]
            .map(|password| {
                let (context, code) = (context.clone(), invited.codes.clone());
                tokio::spawn(async move { accept(&context, "chair", &code, password).await.is_ok() })
            })
            .into_iter()
            .collect();
        let mut accepted = 0;
        for attempt in attempts {
            accepted += usize::from(attempt.await.unwrap());
        }
        assert_eq!(accepted, 1);
    }

    async fn no_proposal_and_no_entry_of_the_log_holds_a_secret(db: Db) {
        let (context, administrator, supervisor) = county_with_two(db).await;
        let by = [&administrator, &supervisor];
        let chair = make(&context, by, "chair", Role::Chair).await;
        let invited = reset(&context, by, &chair.id).await;
        let mut tx = context.db.read().await.unwrap();
        let proposals = crate::store::proposals::list_latest(&mut tx, &context.county, 10).await.unwrap();
        assert_eq!(proposals.len(), 2);
        let entries = crate::store::log_entries::list(&mut tx, &context.county, 1, 100).await.unwrap();
        let texts = proposals.into_iter().map(|one| one.payload).chain(entries.into_iter().map(|one| one.event));
        for text in texts {
            let halves = invited.codes.each_ref().map(|code| code.expose().to_string());
            for secret in ["argon2", "password_hash", &halves[0], &halves[1], &halves[0].replace('-', ""), &halves[1].replace('-', "")] {
                assert!(!text.contains(secret), "{secret} in {text}");
            }
        }
        for code in &invited.codes {
            assert!(!format!("{code:?}").contains(code.expose().as_str()));
        }
    }

    async fn unusable_names_are_refused(db: Db) {
        let (context, administrator, _) = county_with_two(db).await;
        for name in ["", "a b", "a\n", "<b>", &"a".repeat(33)] {
            let refused = propose_creation(&context, &administrator, new(name, "王五"), Role::Chair).await;
            assert!(matches!(refused, Err(AccountError::Name)), "{name}");
        }
        let refused = propose_creation(&context, &administrator, new("chair", " "), Role::Chair).await;
        assert!(matches!(refused, Err(AccountError::Person)));
        let taken = propose_creation(&context, &administrator, new("admin", "王五"), Role::Chair).await;
        assert!(matches!(taken, Err(AccountError::NameTaken(name)) if name == "admin"));
    }

    async fn a_name_taken_between_proposal_and_confirmation_is_refused(db: Db) {
        let (context, administrator, supervisor) = county_with_two(db).await;
        let by = &administrator;
        let first = propose_creation(&context, by, new("chair", "王五"), Role::Chair).await.unwrap();
        let second = propose_creation(&context, by, new("chair", "赵六"), Role::Chair).await.unwrap();
        confirm_creation(&context, &supervisor, &first.id).await.unwrap();
        let taken = confirm_creation(&context, &supervisor, &second.id).await;
        assert!(matches!(taken, Err(AccountError::NameTaken(_))));
        assert_eq!(log::verify(&context.db, &context.county).await.unwrap().findings, []);
    }

    async fn a_reset_ends_the_old_password_and_all_sessions_at_once(db: Db) {
        let (context, administrator, supervisor) = county_with_two(db).await;
        let by = [&administrator, &supervisor];
        let chair = make(&context, by, "chair", Role::Chair).await;
        let (token, _) = session::sign_in(&context, "chair", &GOOD.into()).await.unwrap();
        let proposal = propose_password_reset(&context, &administrator, &chair.id).await.unwrap();
        assert!(session::find_account(&context, &token).await.unwrap().is_some());
        let invited = confirm_password_reset(&context, &supervisor, &proposal.id).await.unwrap();
        let invited = fetch(&context, &administrator, &proposal.id, invited).await;
        assert_eq!(session::find_account(&context, &token).await.unwrap(), None);
        assert!(!signs_in(&context, "chair", GOOD).await);
        accept(&context, "chair", &invited.codes, "a new password").await.unwrap();
        assert!(signs_in(&context, "chair", "a new password").await);
    }

    async fn an_account_changed_meanwhile_is_not_changed_by_an_older_proposal(db: Db) {
        let (context, administrator, supervisor) = county_with_two(db).await;
        let by = [&administrator, &supervisor];
        let chair = make(&context, by, "chair", Role::Chair).await.id;
        let older = propose_role_change(&context, &administrator, &chair, Role::Auditor).await.unwrap();
        change_role(&context, by, &chair, Role::Steward).await.unwrap();
        let refused = confirm_role_change(&context, &supervisor, &older.id).await;
        assert!(matches!(refused, Err(AccountError::ChangedMeanwhile)));
        let reset = propose_password_reset(&context, &administrator, &chair).await.unwrap();
        disable(&context, &administrator, &chair).await.unwrap();
        let refused = confirm_password_reset(&context, &supervisor, &reset.id).await;
        assert!(matches!(refused, Err(AccountError::Disabled)));
        let enabling = propose_enabling(&context, &administrator, &chair).await.unwrap();
        change_role(&context, by, &chair, Role::Chair).await.unwrap();
        let refused = confirm_enabling(&context, &supervisor, &enabling.id).await;
        assert!(matches!(refused, Err(AccountError::ChangedMeanwhile)));
        assert!(!signs_in(&context, "chair", GOOD).await);
    }

    async fn enabling_takes_two_people_in_time(db: Db) {
        let clock = clock();
        let context = context(db, &clock);
        let administrator = insert_account(&context, Role::Administrator).await.id;
        let supervisor = insert_account(&context, Role::Supervisor).await.id;
        let chair = insert_account(&context, Role::Chair).await.id;
        disable(&context, &administrator, &chair).await.unwrap();
        let lapsed = propose_enabling(&context, &administrator, &chair).await.unwrap();
        let alone = confirm_enabling(&context, &administrator, &lapsed.id).await;
        assert!(matches!(alone, Err(AccountError::Proposal(ProposalError::SamePerson))), "{alone:?}");
        clock.advance(SignedDuration::from_mins(15));
        let late = confirm_enabling(&context, &supervisor, &lapsed.id).await;
        assert!(matches!(late, Err(AccountError::Proposal(ProposalError::Lapsed))));
        let withdrawn = propose_enabling(&context, &administrator, &chair).await.unwrap();
        proposal::withdraw(&context, &administrator, &withdrawn.id).await.unwrap();
        let late = confirm_enabling(&context, &supervisor, &withdrawn.id).await;
        assert!(matches!(late, Err(AccountError::Proposal(ProposalError::NotWaiting(_)))));
        assert!(!signs_in(&context, "chair", "password of chair").await);
        let twice = [
            propose_enabling(&context, &administrator, &chair).await.unwrap(),
            propose_enabling(&context, &administrator, &chair).await.unwrap(),
        ];
        confirm_enabling(&context, &supervisor, &twice[0].id).await.unwrap();
        let again = confirm_enabling(&context, &supervisor, &twice[1].id).await;
        assert!(matches!(again, Err(AccountError::NoChange)));
        assert!(signs_in(&context, "chair", "password of chair").await);
    }

    async fn exclusive_roles_are_not_held_one_after_the_other_in_an_edition(db: Db) {
        let clock = clock();
        let context = context(db, &clock);
        let administrator = insert_account(&context, Role::Administrator).await.id;
        let supervisor = insert_account(&context, Role::Supervisor).await.id;
        let officer = insert_account(&context, Role::CardOfficer).await.id;
        let by = [&administrator, &supervisor];
        // Before the edition begins the role may change freely.
        clock.advance(SignedDuration::from_hours(1));
        change_role(&context, by, &officer, Role::Trustee).await.unwrap();
        clock.advance(SignedDuration::from_hours(1));
        insert_edition(&context).await;
        clock.advance(SignedDuration::from_hours(1));
        change_role(&context, by, &officer, Role::Steward).await.unwrap();
        clock.advance(SignedDuration::from_hours(1));
        let refused = change_role(&context, by, &officer, Role::CheckIn).await;
        assert!(
            matches!(refused, Err(AccountError::Excluded { held: Role::Trustee, wanted: Role::CheckIn })),
            "{refused:?}"
        );
        change_role(&context, by, &officer, Role::Trustee).await.unwrap();
    }

    async fn the_last_administrator_and_supervisor_stay(db: Db) {
        let (context, administrator, supervisor) = county_with_two(db).await;
        for (id, role) in [(&administrator, Role::Administrator), (&supervisor, Role::Supervisor)] {
            let refused = disable(&context, &administrator, id).await;
            assert!(matches!(refused, Err(AccountError::LastOf(last)) if last == role));
            let refused = change_role(&context, [&administrator, &supervisor], id, Role::Auditor).await;
            assert!(matches!(refused, Err(AccountError::LastOf(last)) if last == role));
        }
    }

    async fn a_disabled_account_is_out_at_once(db: Db) {
        let (context, administrator, supervisor) = county_with_two(db).await;
        let chair = make(&context, [&administrator, &supervisor], "chair", Role::Chair).await;
        let (token, _) = session::sign_in(&context, "chair", &GOOD.into()).await.unwrap();
        disable(&context, &administrator, &chair.id).await.unwrap();
        assert_eq!(session::find_account(&context, &token).await.unwrap(), None);
        assert!(!signs_in(&context, "chair", GOOD).await);
        let again = disable(&context, &administrator, &chair.id).await;
        assert!(matches!(again, Err(AccountError::NoChange)));
    }
}
