//! What a booth is told of the offices besides the election.

use super::hall::Hall;
use crate::both_databases;
use crate::domain::EditionState;
use crate::service::poll::ballot;
use crate::store::{editions, offices};

both_databases! {
    async fn a_booth_is_told_what_is_public_of_the_offices_and_statement_and_opinions_only_once_all_are(db: Db) {
        let hall = Hall::prepare(db, 1).await;
        let before = ballot::for_booth(&hall.context).await.unwrap();
        assert!(before.information.is_empty());

        let county = &hall.context.county;
        let mut tx = hall.context.db.write().await.unwrap();
        let edition = editions::list(&mut tx, county).await.unwrap().remove(0);
        let mut office = offices::find(&mut tx, county, &edition.id, 1).await.unwrap().unwrap();
        office.duties = Some("取水许可".to_owned());
        office.statement = Some("今年办结一百件。".to_owned());
        office.opinions = Some("办理快；电话不好打。".to_owned());
        offices::set_texts(&mut tx, county, &edition.id, &office).await.unwrap();
        tx.commit().await.unwrap();

        let told = ballot::for_booth(&hall.context).await.unwrap();
        assert_eq!(told.setup, before.setup, "nothing of it is in the election");
        assert_eq!(told.information.len(), 1);
        assert_eq!((told.information[0].number, told.information[0].duties.as_deref()), (1, Some("取水许可")));
        assert!(edition.state >= EditionState::StatementsPublished);
        assert_eq!((&told.information[0].statement, &told.information[0].opinions), (&office.statement, &office.opinions));

        let mut tx = hall.context.db.write().await.unwrap();
        editions::set_state(&mut tx, county, &edition.id, edition.state, EditionState::Drawn).await.unwrap();
        tx.commit().await.unwrap();
        let early = ballot::for_booth(&hall.context).await.unwrap().information.remove(0);
        assert_eq!((early.duties, early.statement, early.opinions), (office.duties, None, None));
    }
}
