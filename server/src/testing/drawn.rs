//! An edition whose representatives are drawn, from the published vectors of the draw.

use std::path::PathBuf;

use crate::domain::{DrawState, EditionId, EditionState, Purpose};
use crate::service::Context;
use crate::store::{draws, editions};
use crate::testing::insert_edition;

/// A file of a published vector.
#[must_use]
pub fn vector(name: &str, file: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/draw/vectors").join(name);
    std::fs::read_to_string(folder.join(file)).expect("the vector lies with the tests")
}

/// An edition after the draw of a published vector, before any absence.
pub async fn insert_draw_of(context: &Context, name: &str) -> EditionId {
    let edition = insert_edition(context).await.id;
    let county = &context.county;
    let mut tx = context.db.write().await.expect("the database can be written");
    let announcement = draws::Announcement {
        draw_id: name,
        purpose: Purpose::Real,
        pool: &vector(name, "pool.tsv"),
        announce: &vector(name, "announce.tsv"),
        announced_at: context.now(),
    };
    draws::insert(&mut tx, county, &edition, announcement).await.expect("the draw is new");
    let mut draw = draws::load(&mut tx, county, &edition, 1).await.expect("the draw is there");
    draw.state = DrawState::Drawn;
    draw.seed = Some(vector(name, "seed.tsv"));
    draw.result = Some(vector(name, "result.tsv"));
    draws::update(&mut tx, county, &edition, DrawState::Announced, &draw).await.expect("it was announced");
    let (from, to) = (EditionState::Draft, EditionState::Drawn);
    editions::set_state(&mut tx, county, &edition, from, to).await.expect("it was a draft");
    tx.commit().await.expect("the transaction commits");
    edition
}
