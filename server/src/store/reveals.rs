//! Which step of the reveal the screens of the hall show, and whether the last one has been shown.

use super::{
    Connection, StoreError, statements,
    types::{Row, must_change_one, must_exist},
};
use crate::domain::{CountyId, PollId};

statements! {
    LOAD_STEP = "SELECT reveal_step FROM polls WHERE county = $1 AND id = $2";
    IS_FINISHED = "SELECT reveal_finished FROM polls WHERE county = $1 AND id = $2";
    SET_STEP = "UPDATE polls SET reveal_step = $4 WHERE county = $1 AND id = $2 AND reveal_step = $3";
    FINISH = "UPDATE polls SET reveal_finished = 1 WHERE county = $1 AND id = $2";
}

/// The step that is shown, from 0.
pub async fn load_step(tx: &mut Connection, county: &CountyId, poll: &PollId) -> Result<u32, StoreError> {
    let row = sqlx::query(LOAD_STEP).bind(county.as_str()).bind(poll.as_str()).fetch_optional(tx).await?;
    Row::new("polls", &must_exist("polls", row)?).number("reveal_step")
}

/// Shows another step, if `from` is still shown; answers whether it was.
pub async fn set_step(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    from: u32,
    to: u32,
) -> Result<bool, StoreError> {
    let result = sqlx::query(SET_STEP)
        .bind(county.as_str())
        .bind(poll.as_str())
        .bind(i64::from(from))
        .bind(i64::from(to))
        .execute(tx)
        .await?;
    Ok(result.rows_affected() == 1)
}

/// Whether the last step has ever been shown.
pub async fn is_finished(tx: &mut Connection, county: &CountyId, poll: &PollId) -> Result<bool, StoreError> {
    let row = sqlx::query(IS_FINISHED).bind(county.as_str()).bind(poll.as_str()).fetch_optional(tx).await?;
    Ok(Row::new("polls", &must_exist("polls", row)?).number::<u32>("reveal_finished")? == 1)
}

/// The last step has been shown: this stays so, whatever is shown afterwards.
pub async fn finish(tx: &mut Connection, county: &CountyId, poll: &PollId) -> Result<(), StoreError> {
    let query = sqlx::query(FINISH).bind(county.as_str()).bind(poll.as_str());
    must_change_one(&query.execute(tx).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        both_databases,
        testing::{clock, context, insert_edition, insert_poll},
    };

    both_databases! {
        async fn a_key_pressed_twice_goes_one_step_only(db: Db) {
            let context = context(db, &clock());
            let edition = insert_edition(&context).await;
            let poll = insert_poll(&context, &edition.id).await;
            let mut tx = context.db.write().await.unwrap();
            let county = &context.county;
            assert_eq!(load_step(&mut tx, county, &poll).await.unwrap(), 0);
            assert!(set_step(&mut tx, county, &poll, 0, 1).await.unwrap());
            assert!(!set_step(&mut tx, county, &poll, 0, 1).await.unwrap());
            assert_eq!(load_step(&mut tx, county, &poll).await.unwrap(), 1);
        }

        async fn a_reveal_that_was_led_to_its_end_stays_finished(db: Db) {
            let context = context(db, &clock());
            let edition = insert_edition(&context).await;
            let poll = insert_poll(&context, &edition.id).await;
            let mut tx = context.db.write().await.unwrap();
            let county = &context.county;
            assert!(!is_finished(&mut tx, county, &poll).await.unwrap());
            finish(&mut tx, county, &poll).await.unwrap();
            assert!(set_step(&mut tx, county, &poll, 0, 1).await.unwrap());
            assert!(is_finished(&mut tx, county, &poll).await.unwrap());
        }
    }
}
