use jiff::SignedDuration;

use super::*;
use crate::{
    both_databases,
    service::{password::PasswordError, session},
    testing::{clock, context, insert_account, insert_edition},
};

fn new(name: &str, person: &str) -> NewAccount {
    NewAccount { name: name.to_owned(), person: person.to_owned(), password: "a good password".into() }
}

/// A context after the first run, and the first administrator and supervisor.
async fn county_with_two(db: crate::store::Db) -> (Context, AccountId, AccountId) {
    let context = context(db, &clock());
    let [administrator, supervisor] =
        set_up(&context, new("admin", "张三（信息中心）"), new("supervisor", "李四（监委）")).await.unwrap();
    (context, administrator.id, supervisor.id)
}

async fn make(context: &Context, by: [&AccountId; 2], name: &str, role: Role) -> Account {
    let proposal = propose_creation(context, by[0], new(name, name), role).await.unwrap();
    confirm_creation(context, by[1], &proposal.id).await.unwrap()
}

async fn change_role(
    context: &Context,
    by: [&AccountId; 2],
    account: &AccountId,
    role: Role,
) -> Result<(), AccountError> {
    let change = RoleChange { account: account.clone(), role };
    let proposal = propose_role_change(context, by[0], change).await?;
    confirm_role_change(context, by[1], &proposal.id).await
}

both_databases! {
    async fn the_first_run_makes_two_accounts_once(db: Db) {
        let (context, ..) = county_with_two(db).await;
        let roles: Vec<_> = list(&context).await.unwrap().iter().map(|account| account.role).collect();
        assert!(roles.contains(&Role::Administrator) && roles.contains(&Role::Supervisor));
        let again = set_up(&context, new("admin2", "王五"), new("supervisor2", "赵六")).await;
        assert!(matches!(again, Err(AccountError::AlreadySetUp)));
        assert_eq!(list(&context).await.unwrap().len(), 2);
    }

    async fn the_first_two_are_two_people(db: Db) {
        let context = context(db, &clock());
        let one = set_up(&context, new("admin", "张三"), new("supervisor", "张三")).await;
        assert!(matches!(one, Err(AccountError::SamePerson)));
        assert_eq!(list(&context).await.unwrap(), []);
    }

    async fn an_account_is_made_by_two_people_and_can_sign_in(db: Db) {
        let (context, administrator, supervisor) = county_with_two(db).await;
        let proposal =
            propose_creation(&context, &administrator, new("创建办.1", "王五"), Role::Commission).await.unwrap();
        assert_eq!(list(&context).await.unwrap().len(), 2);
        assert!(!proposal.payload.contains("a good password"));
        let made = confirm_creation(&context, &supervisor, &proposal.id).await.unwrap();
        let (_, signed_in) = session::sign_in(&context, "创建办.1", &"a good password".into()).await.unwrap();
        assert_eq!(signed_in, made);
    }

    async fn unusable_names_and_passwords_are_refused(db: Db) {
        let (context, administrator, _) = county_with_two(db).await;
        for name in ["", "a b", "a\n", "<b>", &"a".repeat(33)] {
            let refused = propose_creation(&context, &administrator, new(name, "王五"), Role::Chair).await;
            assert!(matches!(refused, Err(AccountError::Name)), "{name}");
        }
        let refused = propose_creation(&context, &administrator, new("chair", " "), Role::Chair).await;
        assert!(matches!(refused, Err(AccountError::Person)));
        let short = NewAccount { password: "short".into(), ..new("chair", "王五") };
        let refused = propose_creation(&context, &administrator, short, Role::Chair).await;
        assert!(matches!(refused, Err(AccountError::Password(PasswordError::Length))));
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

    async fn a_reset_password_replaces_the_old_one_and_ends_sessions(db: Db) {
        let (context, administrator, supervisor) = county_with_two(db).await;
        let chair = make(&context, [&administrator, &supervisor], "chair", Role::Chair).await;
        let (token, _) = session::sign_in(&context, "chair", &"a good password".into()).await.unwrap();
        let proposal =
            propose_password_reset(&context, &administrator, &chair.id, &"a new password".into()).await.unwrap();
        assert!(session::find_account(&context, &token).await.unwrap().is_some());
        confirm_password_reset(&context, &supervisor, &proposal.id).await.unwrap();
        assert_eq!(session::find_account(&context, &token).await.unwrap(), None);
        assert!(session::sign_in(&context, "chair", &"a good password".into()).await.is_err());
        session::sign_in(&context, "chair", &"a new password".into()).await.unwrap();
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
            let refused = set_status(&context, &administrator, id, AccountStatus::Disabled).await;
            assert!(matches!(refused, Err(AccountError::LastOf(last)) if last == role));
            let refused = change_role(&context, [&administrator, &supervisor], id, Role::Auditor).await;
            assert!(matches!(refused, Err(AccountError::LastOf(last)) if last == role));
        }
    }

    async fn a_disabled_account_is_out_at_once_and_can_come_back(db: Db) {
        let (context, administrator, supervisor) = county_with_two(db).await;
        let chair = make(&context, [&administrator, &supervisor], "chair", Role::Chair).await;
        let (token, _) = session::sign_in(&context, "chair", &"a good password".into()).await.unwrap();
        set_status(&context, &administrator, &chair.id, AccountStatus::Disabled).await.unwrap();
        assert_eq!(session::find_account(&context, &token).await.unwrap(), None);
        let refused = session::sign_in(&context, "chair", &"a good password".into()).await;
        assert!(matches!(refused, Err(session::SignInError::Refused)));
        let again = set_status(&context, &administrator, &chair.id, AccountStatus::Disabled).await;
        assert!(matches!(again, Err(AccountError::NoChange)));
        set_status(&context, &administrator, &chair.id, AccountStatus::Enabled).await.unwrap();
        session::sign_in(&context, "chair", &"a good password".into()).await.unwrap();
    }
}
