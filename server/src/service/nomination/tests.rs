//! From the form to the locked pool, on both databases.

use evaluation::pool::Pool;
use evaluation::rules::{Rules, RulesFile};

use super::*;
use crate::both_databases;
use crate::domain::nomination::Decision;
use crate::domain::{Actor, EditionId, EditionState, NominationState, Role};
use crate::service::act::{Act, confirm, propose};
use crate::service::pool::lock::LockRequest;
use crate::service::pool::{find_lock, import_pool, print::slips};
use crate::service::{Context, ServiceError, edition};
use crate::store::editions;
use crate::store::editions::Edition;
use crate::testing::{clock, context, insert_account, rng};

const PEOPLE: [(&str, &str, &str); 2] =
    [("赵子龙", "110101199003070177", "离退休干部"), ("买买提·艾力", "110101199003072316", "农民")];

fn form((name, id_card, category): (&str, &str, &str)) -> NominationForm {
    NominationForm {
        source: "self".to_owned(),
        category: category.to_owned(),
        name: name.to_owned(),
        id_card: id_card.to_owned(),
        phone: "13800138000".to_owned(),
        consent: true,
        consent_sensitive: true,
        ..NominationForm::default()
    }
}

/// An open pool of two people.
async fn open_pool(context: &Context) -> EditionId {
    let mut rules = RulesFile::from(Rules::ningjin_2020());
    rules.pool.size = 2;
    rules.pool.halves.a.take = 1;
    rules.pool.halves.b.take = 1;
    let rules = Rules::try_from(rules).unwrap();
    let actor = Actor::System;
    let id = edition::create(context, &actor, &rules).await.unwrap();
    let offices = evaluation::office::NINGJIN_2020.as_bytes();
    edition::import_offices(context, &actor, &id, offices).await.unwrap();
    edition::publish_list(context, &actor, &id).await.unwrap();
    edition::step(context, &actor, &id, EditionState::open_pool).await.unwrap();
    id
}

async fn load(context: &Context, id: &EditionId) -> Edition {
    let mut tx = context.db.read().await.unwrap();
    editions::load(&mut tx, &context.county, id).await.unwrap()
}

both_databases! {
    async fn two_people_lock_what_was_approved(db: Db) {
        let folder = tempfile::tempdir().unwrap();
        let context = Context { folder: folder.path().to_owned(), ..context(db, &clock()) };
        let id = open_pool(&context).await;
        let commission = insert_account(&context, Role::Commission).await.id;
        let supervisor = insert_account(&context, Role::Supervisor).await.id;
        let mut rng = rng();
        for person in PEOPLE {
            submit(&context, &FormToken::generate(&mut rng), &form(person)).await.unwrap();
        }
        let seen: Vec<_> =
            list_all(&context, &id).await.unwrap().into_iter().map(|one| (one.id, one.version)).collect();
        let (first, rest) = seen.split_first().unwrap();
        decide(&context, &commission, &id, (&first.0, first.1), &Decision::Approve).await.unwrap();
        assert_eq!(approve_all(&context, &commission, &id, rest).await.unwrap(), 1);
        let late = decide(&context, &commission, &id, (&first.0, first.1), &Decision::Approve).await;
        assert!(late.is_err(), "approved already");
        assert!(import_pool(&context, &Actor::System, &id, b"id,half,category\n").await.is_err());

        let act = Act::LockPool(LockRequest { edition: id.clone(), draw_id: None });
        let proposal = propose(&context, &commission, &act).await.unwrap();
        assert_eq!(find_lock(&context, &id).await.unwrap(), None);
        confirm(&context, &supervisor, &proposal.id).await.unwrap();
        let lock = find_lock(&context, &id).await.unwrap().unwrap();
        assert_eq!(lock.draw_id.as_deref(), Some("ningjin-2020-1"));
        let pool = Pool::from_tsv(lock.pool.as_bytes()).unwrap();
        let mut tx = context.db.read().await.unwrap();
        assert_eq!(edition::load_pool(&mut tx, &context, &id).await.unwrap(), pool, "the draw announces the same file");
        drop(tx);
        let mut tx = context.db.write().await.unwrap();
        sqlx::query("UPDATE pool_members SET category = 'x' WHERE member_id = 'P001'").execute(&mut *tx).await.unwrap();
        let changed = edition::load_pool(&mut tx, &context, &id).await;
        assert!(matches!(changed, Err(ServiceError::Contradiction(_))), "somebody changed the database by hand");
        drop(tx);
        let edition = load(&context, &id).await;
        let (_, slips) = slips(&context, &edition).await.unwrap().unwrap();
        for slip in &slips {
            assert_eq!(pool.cell(pool.find(&slip.id).unwrap(), "anchor"), Some(slip.anchor.as_str()));
            assert!(!format!("{slip:?}").contains(&slip.name));
        }
        assert_eq!(slips.len(), 2);
    }

    async fn a_code_leads_to_one_nomination_and_a_correction_replaces_it(db: Db) {
        let folder = tempfile::tempdir().unwrap();
        let context = Context { folder: folder.path().to_owned(), ..context(db, &clock()) };
        let id = open_pool(&context).await;
        let commission = insert_account(&context, Role::Commission).await.id;
        let mut rng = rng();
        let token = FormToken::generate(&mut rng);
        let code = submit(&context, &token, &form(PEOPLE[0])).await.unwrap();
        assert_eq!(submit(&context, &token, &form(PEOPLE[0])).await.unwrap(), code);
        assert!(matches!(submit(&context, &token, &form(PEOPLE[1])).await, Err(SubmitError::Service(_))));
        assert_eq!(look_up(&context, &FormToken::generate(&mut rng).code()).await.unwrap(), None);
        assert!(correct(&context, &code, &form(PEOPLE[1])).await.is_err(), "it was not returned");
        let one = list_all(&context, &id).await.unwrap().remove(0);
        let back = Decision::Return { reason: "类别不对".to_owned() };
        decide(&context, &commission, &id, (&one.id, one.version), &back).await.unwrap();
        correct(&context, &code, &form(PEOPLE[1])).await.unwrap();
        let status = look_up(&context, &code).await.unwrap().unwrap();
        assert_eq!((status.state, status.masked_name.as_deref()), (NominationState::Waiting, Some("买****力")));
        assert_eq!(status.entry.category, "农民");
    }
}
