//! Two-person control: one person proposes an irreversible act, a second one with another role confirms it.
//!
//! This is the only place that decides it. The one who carries out the act calls [`confirm`] and acts on the
//! answered payload, in the same transaction; whoever does it without [`confirm`] is found by the log, which then
//! lacks the confirmation.

mod error;

use evaluation::hash::Sha256Hash;
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};

use super::{Context, log};
use crate::{
    domain::{
        AccountId, AccountStatus, Action, Actor, LogEvent, ProposalId, ProposalState, proposal::has_lapsed,
    },
    store::{
        Connection, StoreError,
        accounts::{self, Account},
        proposals::{self, Proposal},
    },
};

pub use error::ProposalError;

/// Proposes an act. `payload` is all that it will do; the second person confirms exactly this.
pub async fn propose(
    tx: &mut Connection,
    context: &Context,
    by: &AccountId,
    action: Action,
    payload: &(impl Serialize + Sync),
) -> Result<Proposal, ProposalError> {
    lapse_due(tx, context).await?;
    let account = load_enabled(tx, context, by).await?;
    if !action.proposers().contains(&account.role) {
        return Err(ProposalError::MayNotPropose { action, role: account.role });
    }
    let proposal = Proposal {
        id: ProposalId::generate(&mut context.rng()),
        action,
        payload: serde_json::to_string(payload).map_err(ProposalError::Payload)?,
        proposer: account.id,
        proposer_role: account.role,
        proposed_at: context.now(),
        state: ProposalState::Proposed,
        confirmer: None,
        decided_at: None,
    };
    proposals::insert(tx, &context.county, &proposal).await?;
    let event = LogEvent::ProposalMade {
        proposal: proposal.id.clone(),
        action,
        payload: Sha256Hash::of(&proposal.payload),
    };
    write_log(tx, context, Actor::Account(by.clone()), &event).await?;
    Ok(proposal)
}

/// Confirms a proposal of `action` as the second person, and answers it. The caller does what [`payload`] says, in
/// the same transaction: if that fails, the proposal still waits.
pub async fn confirm(
    tx: &mut Connection,
    context: &Context,
    by: &AccountId,
    action: Action,
    id: &ProposalId,
) -> Result<Proposal, ProposalError> {
    let now = context.now();
    let mut proposal = load_waiting(tx, context, id, now).await?;
    if proposal.action != action {
        return Err(ProposalError::NotFound);
    }
    let account = load_enabled(tx, context, by).await?;
    let proposer = accounts::load(tx, &context.county, &proposal.proposer).await?;
    // One person with two accounts is still one person.
    if account.id == proposer.id || account.person == proposer.person {
        return Err(ProposalError::SamePerson);
    }
    if !action.confirmers().contains(&account.role) {
        return Err(ProposalError::MayNotConfirm { action, role: account.role });
    }
    if proposer.status != AccountStatus::Enabled || proposer.role != proposal.proposer_role {
        return Err(ProposalError::ProposerChanged);
    }
    proposals::decide(tx, &context.county, id, ProposalState::Confirmed, Some(by), now).await?;
    let event = LogEvent::ProposalConfirmed { proposal: id.clone(), action };
    write_log(tx, context, Actor::Account(by.clone()), &event).await?;
    proposal.state = ProposalState::Confirmed;
    proposal.confirmer = Some(account.id);
    proposal.decided_at = Some(now);
    Ok(proposal)
}

/// What a proposal is about.
pub fn payload<T: DeserializeOwned>(proposal: &Proposal) -> Result<T, ProposalError> {
    serde_json::from_str(&proposal.payload).map_err(ProposalError::Payload)
}

/// Takes a proposal back. Only the proposer can.
pub async fn withdraw(context: &Context, by: &AccountId, id: &ProposalId) -> Result<(), ProposalError> {
    let now = context.now();
    let mut tx = context.db.write().await?;
    let proposal = load_waiting(&mut tx, context, id, now).await?;
    if proposal.proposer != *by {
        return Err(ProposalError::NotYours);
    }
    proposals::decide(&mut tx, &context.county, id, ProposalState::Withdrawn, None, now).await?;
    let event = LogEvent::ProposalWithdrawn { proposal: id.clone(), action: proposal.action };
    write_log(&mut tx, context, Actor::Account(by.clone()), &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// The acts that wait for a second person now, oldest first.
pub async fn list_waiting(context: &Context) -> Result<Vec<Proposal>, StoreError> {
    let mut tx = context.db.read().await?;
    let mut waiting = proposals::list_open(&mut tx, &context.county).await?;
    waiting.retain(|proposal| !has_lapsed(proposal.proposed_at, context.now()));
    Ok(waiting)
}

async fn load_waiting(
    tx: &mut Connection,
    context: &Context,
    id: &ProposalId,
    now: Timestamp,
) -> Result<Proposal, ProposalError> {
    let proposal = proposals::find(tx, &context.county, id).await?.ok_or(ProposalError::NotFound)?;
    match proposal.state {
        ProposalState::Proposed if has_lapsed(proposal.proposed_at, now) => Err(ProposalError::Lapsed),
        ProposalState::Proposed => Ok(proposal),
        state => Err(ProposalError::NotWaiting(state)),
    }
}

async fn load_enabled(
    tx: &mut Connection,
    context: &Context,
    id: &AccountId,
) -> Result<Account, ProposalError> {
    let account = accounts::load(tx, &context.county, id).await?;
    match account.status {
        AccountStatus::Enabled => Ok(account),
        AccountStatus::Disabled => Err(ProposalError::AccountDisabled),
    }
}

/// Writes down what the clock has decided. Done with the next proposal; until then a lapsed one is recognised by its
/// age.
async fn lapse_due(tx: &mut Connection, context: &Context) -> Result<(), StoreError> {
    let now = context.now();
    for proposal in proposals::list_open(tx, &context.county).await? {
        if has_lapsed(proposal.proposed_at, now) {
            proposals::decide(tx, &context.county, &proposal.id, ProposalState::Lapsed, None, now).await?;
            let event = LogEvent::ProposalLapsed { proposal: proposal.id, action: proposal.action };
            write_log(tx, context, Actor::System, &event).await?;
        }
    }
    Ok(())
}

async fn write_log(
    tx: &mut Connection,
    context: &Context,
    actor: Actor,
    event: &LogEvent,
) -> Result<(), StoreError> {
    log::append(tx, &context.county, context.now(), &actor, event).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::{
        both_databases,
        clock::ManualClock,
        domain::{InTwoLanguages as _, Role},
        service::log::verify,
        store::Db,
        testing::{clock, context, insert_account},
    };

    /// A context, its clock, and one account of the first, second and so on of `roles`.
    async fn hall<const N: usize>(db: Db, roles: [Role; N]) -> (Context, ManualClock, [AccountId; N]) {
        let clock = clock();
        let context = context(db, &clock);
        let mut accounts = Vec::new();
        for role in roles {
            accounts.push(insert_account(&context, role).await.id);
        }
        (context, clock, accounts.try_into().unwrap())
    }

    async fn propose_now(
        context: &Context,
        by: &AccountId,
        action: Action,
    ) -> Result<ProposalId, ProposalError> {
        let mut tx = context.db.write().await?;
        let proposal = propose(&mut tx, context, by, action, &"payload").await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(proposal.id)
    }

    async fn confirm_now(
        context: &Context,
        by: &AccountId,
        action: Action,
        id: &ProposalId,
    ) -> Result<Proposal, ProposalError> {
        let mut tx = context.db.write().await?;
        let proposal = confirm(&mut tx, context, by, action, id).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(proposal)
    }

    async fn events(context: &Context) -> Vec<String> {
        let mut tx = context.db.read().await.unwrap();
        let entries = crate::store::log_entries::list(&mut tx, &context.county, 1, 100).await.unwrap();
        assert_eq!(verify(&context.db, &context.county).await.unwrap().findings, []);
        let event = |event: &str| serde_json::from_str::<serde_json::Value>(event).unwrap()["event"].clone();
        entries.iter().map(|entry| event(&entry.event).as_str().unwrap().to_owned()).collect()
    }

    both_databases! {
        async fn two_people_with_two_roles_agree_and_the_payload_is_what_was_proposed(db: Db) {
            let (context, _, [commission, supervisor]) = hall(db, [Role::Commission, Role::Supervisor]).await;
            let id = propose_now(&context, &commission, Action::OpenPoll).await.unwrap();
            assert_eq!(list_waiting(&context).await.unwrap().len(), 1);
            let confirmed = confirm_now(&context, &supervisor, Action::OpenPoll, &id).await.unwrap();
            assert_eq!(payload::<String>(&confirmed).unwrap(), "payload");
            assert_eq!(confirmed.confirmer.as_ref(), Some(&supervisor));
            assert_eq!(list_waiting(&context).await.unwrap(), []);
            assert_eq!(events(&context).await, ["proposal_made", "proposal_confirmed"]);
            let again = confirm_now(&context, &supervisor, Action::OpenPoll, &id).await;
            assert!(matches!(again, Err(ProposalError::NotWaiting(ProposalState::Confirmed))));
        }

        async fn nobody_confirms_alone(db: Db) {
            let (context, _, [commission]) = hall(db, [Role::Commission]).await;
            let id = propose_now(&context, &commission, Action::Draw).await.unwrap();
            let alone = confirm_now(&context, &commission, Action::Draw, &id).await;
            assert!(matches!(alone, Err(ProposalError::SamePerson)));
        }

        async fn one_person_with_two_accounts_is_still_one_person(db: Db) {
            let (context, _, [commission]) = hall(db, [Role::Commission]).await;
            let mut tx = context.db.write().await.unwrap();
            let mut second = accounts::load(&mut tx, &context.county, &commission).await.unwrap();
            second.id = AccountId::generate(&mut context.rng());
            second.name = "second".to_owned();
            second.role = Role::Supervisor;
            accounts::insert(&mut tx, &context.county, &second, "").await.unwrap();
            tx.commit().await.unwrap();
            let id = propose_now(&context, &commission, Action::Draw).await.unwrap();
            let alone = confirm_now(&context, &second.id, Action::Draw, &id).await;
            assert!(matches!(alone, Err(ProposalError::SamePerson)));
        }

        async fn a_role_without_the_right_can_neither_propose_nor_confirm(db: Db) {
            let (context, _, accounts) = hall(db, [Role::Commission, Role::Auditor, Role::Chair, Role::LeadingGroup]).await;
            let [commission, auditor, chair, leading_group] = &accounts;
            let refused = propose_now(&context, auditor, Action::Draw).await.unwrap_err();
            assert!(matches!(refused, ProposalError::MayNotPropose { action: Action::Draw, role: Role::Auditor }));
            let id = propose_now(&context, commission, Action::Draw).await.unwrap();
            for wrong in [auditor, chair, leading_group] {
                let refused = confirm_now(&context, wrong, Action::Draw, &id).await;
                assert!(matches!(refused, Err(ProposalError::MayNotConfirm { action: Action::Draw, .. })));
            }
        }

        async fn a_confirmation_of_one_act_never_serves_another(db: Db) {
            let (context, _, [commission, supervisor]) = hall(db, [Role::Commission, Role::Supervisor]).await;
            let id = propose_now(&context, &commission, Action::OpenPoll).await.unwrap();
            let other = confirm_now(&context, &supervisor, Action::ClosePoll, &id).await;
            assert!(matches!(other, Err(ProposalError::NotFound)));
        }

        async fn a_proposal_lapses_after_fifteen_minutes(db: Db) {
            let (context, clock, [commission, supervisor]) = hall(db, [Role::Commission, Role::Supervisor]).await;
            let id = propose_now(&context, &commission, Action::OpenPoll).await.unwrap();
            clock.advance(SignedDuration::from_mins(15));
            let late = confirm_now(&context, &supervisor, Action::OpenPoll, &id).await;
            assert!(matches!(late, Err(ProposalError::Lapsed)));
            assert_eq!(list_waiting(&context).await.unwrap(), []);
            let id = propose_now(&context, &commission, Action::OpenPoll).await.unwrap();
            clock.advance(SignedDuration::from_mins(14));
            confirm_now(&context, &supervisor, Action::OpenPoll, &id).await.unwrap();
            assert_eq!(
                events(&context).await,
                ["proposal_made", "proposal_lapsed", "proposal_made", "proposal_confirmed"]
            );
        }

        async fn only_the_proposer_withdraws(db: Db) {
            let (context, _, [commission, supervisor]) = hall(db, [Role::Commission, Role::Supervisor]).await;
            let id = propose_now(&context, &commission, Action::Publish).await.unwrap();
            assert!(matches!(withdraw(&context, &supervisor, &id).await, Err(ProposalError::NotYours)));
            withdraw(&context, &commission, &id).await.unwrap();
            let late = confirm_now(&context, &supervisor, Action::Publish, &id).await;
            assert!(matches!(late, Err(ProposalError::NotWaiting(ProposalState::Withdrawn))));
            assert_eq!(events(&context).await, ["proposal_made", "proposal_withdrawn"]);
        }

        async fn a_proposer_who_lost_the_role_proposes_nothing_any_more(db: Db) {
            let (context, _, [chair, supervisor]) = hall(db, [Role::Chair, Role::Supervisor]).await;
            let id = propose_now(&context, &chair, Action::ClosePoll).await.unwrap();
            let mut tx = context.db.write().await.unwrap();
            accounts::set_role(&mut tx, &context.county, &chair, Role::Auditor, context.now()).await.unwrap();
            tx.commit().await.unwrap();
            let refused = confirm_now(&context, &supervisor, Action::ClosePoll, &id).await;
            assert!(matches!(refused, Err(ProposalError::ProposerChanged)));
        }

        async fn a_disabled_account_takes_no_part(db: Db) {
            let (context, _, [chair, supervisor]) = hall(db, [Role::Chair, Role::Supervisor]).await;
            let id = propose_now(&context, &chair, Action::ClosePoll).await.unwrap();
            let mut tx = context.db.write().await.unwrap();
            accounts::set_status(&mut tx, &context.county, &supervisor, AccountStatus::Disabled).await.unwrap();
            tx.commit().await.unwrap();
            let refused = confirm_now(&context, &supervisor, Action::ClosePoll, &id).await;
            assert!(matches!(refused, Err(ProposalError::AccountDisabled)));
        }

        async fn an_act_that_fails_leaves_its_proposal_waiting(db: Db) {
            let (context, _, [chair, supervisor]) = hall(db, [Role::Chair, Role::Supervisor]).await;
            let id = propose_now(&context, &chair, Action::Reveal).await.unwrap();
            let mut tx = context.db.write().await.unwrap();
            confirm(&mut tx, &context, &supervisor, Action::Reveal, &id).await.unwrap();
            drop(tx);
            assert_eq!(list_waiting(&context).await.unwrap().len(), 1);
            assert_eq!(events(&context).await, ["proposal_made"]);
        }
    }

    #[test]
    fn errors_speak_both_languages() {
        let error = ProposalError::MayNotConfirm { action: Action::Draw, role: Role::Auditor };
        assert_eq!(error.zh(), "审计员不能确认“抽取评议代表”，须由其他角色确认。");
        assert_eq!(
            error.en(),
            "The auditor may not confirm the act “draw the representatives”. Someone else must do it."
        );
    }
}
