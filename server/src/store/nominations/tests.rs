//! What the table of nominations promises.

use super::*;
use crate::{
    both_databases,
    domain::EditionState,
    service::Context,
    store::{Db, editions},
    testing::{clock, context, insert_edition, rng},
};

fn example(context: &Context, name: &str) -> Nomination {
    Nomination {
        id: NominationId::generate(&mut context.rng()),
        entry: Entry {
            source: NominationSource::Unit,
            unit: "县工会".to_owned(),
            half: Half::B,
            category: "农民".to_owned(),
            workplace: "北湖村".to_owned(),
        },
        state: NominationState::Waiting,
        reason: None,
        version: 1,
        member_id: None,
        received_at: context.now(),
        decided_by: None,
        decided_at: None,
        identity: Some(Identity {
            name: PersonName::parse(name).unwrap(),
            id_card: IdCardNumber::parse("11010519491231002X").unwrap(),
            phone: Phone::parse("13800138000").unwrap(),
            salt: None,
        }),
    }
}

async fn with_open_pool(db: Db) -> (Context, EditionId, Connections) {
    let context = context(db, &clock());
    let edition = insert_edition(&context).await.id;
    let mut tx = context.db.write().await.unwrap();
    let county = context.county.clone();
    let (from, to) = (EditionState::Draft, EditionState::PoolOpen);
    editions::set_state(&mut tx, &county, &edition, from, to).await.unwrap();
    (context, edition, tx)
}

type Connections = crate::store::Transaction;

async fn close_pool(tx: &mut Connection, context: &Context, edition: &EditionId) {
    let (from, to) = (EditionState::PoolOpen, EditionState::PoolLocked);
    editions::set_state(tx, &context.county, edition, from, to).await.unwrap();
}

both_databases! {
    async fn a_nomination_is_read_back_by_id_and_by_code(db: Db) {
        let (context, edition, mut tx) = with_open_pool(db).await;
        let (county, new) = (&context.county, example(&context, "张三"));
        insert(&mut tx, county, &edition, &new, Some("c0de")).await.unwrap();
        assert_eq!(find(&mut tx, county, &edition, &new.id).await.unwrap(), Some(new.clone()));
        assert_eq!(find_by_code(&mut tx, county, &edition, "c0de").await.unwrap(), Some(new.clone()));
        assert_eq!(find_by_code(&mut tx, county, &edition, "other").await.unwrap(), None);
        assert_eq!(list(&mut tx, county, &edition).await.unwrap(), [new]);
        assert_eq!(count(&mut tx, county, &edition).await.unwrap(), 1);
    }

    async fn a_decision_is_made_once_and_about_what_was_seen(db: Db) {
        let (context, edition, mut tx) = with_open_pool(db).await;
        let (county, new) = (&context.county, example(&context, "张三"));
        insert(&mut tx, county, &edition, &new, None).await.unwrap();
        let by = AccountId::generate(&mut context.rng());
        let decided =
            Decided { to: NominationState::Returned, reason: Some("缺职务"), by: &by, at: context.now() };
        decide(&mut tx, county, &edition, (&new.id, 1), decided).await.unwrap();
        assert!(decide(&mut tx, county, &edition, (&new.id, 1), decided).await.is_err());
        let found = find(&mut tx, county, &edition, &new.id).await.unwrap().unwrap();
        assert_eq!((found.state, found.version, found.reason.as_deref()), (NominationState::Returned, 2, Some("缺职务")));
        let better = example(&context, "李四");
        let identity = better.identity.clone().unwrap();
        correct(&mut tx, county, &edition, (&new.id, 2), &better.entry, &identity).await.unwrap();
        assert!(correct(&mut tx, county, &edition, (&new.id, 3), &better.entry, &identity).await.is_err());
        let found = find(&mut tx, county, &edition, &new.id).await.unwrap().unwrap();
        assert_eq!((found.state, found.version, found.reason), (NominationState::Waiting, 3, None));
        assert_eq!(found.identity.unwrap().name.expose(), "李四");
    }

    async fn ids_and_salts_are_given_to_approved_people_and_taken_back(db: Db) {
        let (context, edition, mut tx) = with_open_pool(db).await;
        let (county, new) = (&context.county, example(&context, "张三"));
        insert(&mut tx, county, &edition, &new, None).await.unwrap();
        let (member, salt) = ("P001".parse().unwrap(), Salt::generate(&mut rng()));
        assert!(set_member(&mut tx, county, &edition, &new.id, &member, &salt).await.is_err());
        let by = AccountId::generate(&mut context.rng());
        let approved = Decided { to: NominationState::Approved, reason: None, by: &by, at: context.now() };
        decide(&mut tx, county, &edition, (&new.id, 1), approved).await.unwrap();
        set_member(&mut tx, county, &edition, &new.id, &member, &salt).await.unwrap();
        let found = find(&mut tx, county, &edition, &new.id).await.unwrap().unwrap();
        assert_eq!((found.member_id, found.identity.unwrap().salt), (Some(member), Some(salt)));
        clear_members(&mut tx, county, &edition).await.unwrap();
        let found = find(&mut tx, county, &edition, &new.id).await.unwrap().unwrap();
        assert_eq!((found.member_id, found.identity.unwrap().salt), (None, None));
    }

    async fn nothing_changes_after_the_pool_is_locked_and_identities_can_be_erased(db: Db) {
        let (context, edition, mut tx) = with_open_pool(db).await;
        let (county, new) = (&context.county, example(&context, "张三"));
        insert(&mut tx, county, &edition, &new, None).await.unwrap();
        close_pool(&mut tx, &context, &edition).await;
        assert!(insert(&mut tx, county, &edition, &example(&context, "李四"), None).await.is_err());
        let by = AccountId::generate(&mut context.rng());
        let approved = Decided { to: NominationState::Approved, reason: None, by: &by, at: context.now() };
        assert!(decide(&mut tx, county, &edition, (&new.id, 1), approved).await.is_err());
        assert_eq!(list(&mut tx, county, &edition).await.unwrap(), std::slice::from_ref(&new));
        assert_eq!(erase_identities(&mut tx, county, &edition).await.unwrap(), 1);
        let erased = Entry { unit: String::new(), workplace: String::new(), ..new.entry.clone() };
        assert_eq!(
            list(&mut tx, county, &edition).await.unwrap(),
            [Nomination { identity: None, entry: erased, ..new }]
        );
    }
}
