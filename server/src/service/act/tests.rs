//! What is asked before the second person comes.

use super::*;
use crate::both_databases;
use crate::domain::{PollState, Role};
use crate::store::polls;
use crate::testing::{clock, context, insert_account, insert_edition, insert_poll};

both_databases! {
    async fn what_cannot_be_done_now_is_refused_to_the_first_person(db: Db) {
        let context = context(db, &clock());
        let commission = insert_account(&context, Role::Commission).await.id;
        let edition = insert_edition(&context).await.id;
        let poll = insert_poll(&context, &edition).await;
        let sanction = NewSanction {
            edition: edition.clone(),
            number: 999,
            document_number: "宁创〔2020〕11号".to_owned(),
            decided_on: "2020-12-12".parse().unwrap(),
        };
        for act in [
            Act::OpenPoll(poll.clone()),
            Act::ClosePoll(poll.clone()),
            Act::Reveal(poll.clone()),
            Act::Sanction(sanction),
            Act::Publish(edition.clone()),
            Act::Archive(edition.clone()),
        ] {
            let refused = propose(&context, &commission, &act).await;
            assert!(matches!(refused, Err(ActError::Service(_))), "{act:?}: {refused:?}");
        }
        assert_eq!(proposal::list_waiting(&context).await.unwrap(), []);
        // Keys can be made anew until there are cards.
        propose(&context, &commission, &Act::RestartKeys(poll.clone())).await.unwrap();
        let mut tx = context.db.write().await.unwrap();
        let (from, to) = (PollState::Setup, PollState::CardsReady);
        polls::set_state(&mut tx, &context.county, &poll, from, to).await.unwrap();
        tx.commit().await.unwrap();
        let refused = propose(&context, &commission, &Act::RestartKeys(poll)).await;
        assert!(matches!(refused, Err(ActError::Service(_))), "{refused:?}");
    }

    async fn no_publication_is_made_for_somebody_who_may_not_confirm_it(db: Db) {
        let context = context(db, &clock());
        let commission = insert_account(&context, Role::Commission).await.id;
        let edition = insert_edition(&context).await.id;
        let mut tx = context.db.write().await.unwrap();
        let payload = OnEdition { edition };
        let waiting = proposal::propose(&mut tx, &context, &commission, Action::Publish, &payload).await.unwrap();
        tx.commit().await.unwrap();
        // Making it would be refused too, with another word: there is no result.
        let refused = confirm(&context, &commission, &waiting.id).await.unwrap_err();
        assert!(matches!(refused, ActError::Proposal(ProposalError::SamePerson)), "{refused}");
    }
}
