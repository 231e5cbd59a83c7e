//! The published test vectors, typed through the services, give their `seed.tsv` and `result.tsv` byte for byte (draw
//! specification §8).

use std::path::Path;

use evaluation::draw::announce::{Announcement, Terms};
use evaluation::pool::Half;

use super::hall::{Hall, rules};
use crate::both_databases;
use crate::domain::{EditionState, Purpose};
use crate::service::draw::{AnnouncementForm, files, open_envelopes};

/// A vector's files.
struct Vector {
    folder: &'static str,
}

impl Vector {
    fn read(&self, file: &str) -> String {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/draw");
        std::fs::read_to_string(fixtures.join(self.folder).join(file)).unwrap()
    }

    /// The pool as a table for the import; the vectors of `public-draw/2` come without one.
    fn table(&self) -> String {
        if self.folder.starts_with("vectors/") {
            return self.read("input.csv");
        }
        let pool = self.read("pool.tsv");
        pool.split_once('\n').unwrap().1.replace('\t', ",")
    }

    fn terms(&self) -> Terms {
        Announcement::from_tsv(self.read("announce.tsv").as_bytes()).unwrap().terms().clone()
    }

    /// The values of the lines of `seed.tsv` that begin with `key`.
    fn typed(&self, key: &str) -> Vec<String> {
        let seed = self.read("seed.tsv");
        let lines = seed.lines().filter(|line| line.split('\t').next() == Some(key));
        lines.map(|line| line.rsplit('\t').next().unwrap().to_owned()).collect()
    }
}

impl Hall {
    /// The pool of a vector, under rules that allow its terms.
    async fn of_vector(db: crate::store::Db, vector: &Vector) -> Self {
        let terms = vector.terms();
        let (parties, people) = (terms.parties.len(), vector.read("pool.tsv").lines().count() - 2);
        let rules = rules(people, *terms.take.of(Half::A), parties, parties - terms.min_reveals);
        Self::with_pool(db, &rules, vector.table().as_bytes()).await
    }

    /// Types everything that a vector's transcript tells.
    async fn type_in(&self, vector: &Vector) {
        for (party, commitment) in (1..).zip(vector.typed("commit")) {
            self.commit(1, party, &commitment).await.unwrap();
        }
        self.close(1).await.unwrap();
        let dice = vector.typed("dice").remove(0);
        for clerk in [&self.commission, &self.supervisor] {
            self.throw(clerk, &dice).await.unwrap();
        }
        open_envelopes(&self.context, &self.actor(), &self.edition, 1).await.unwrap();
        for (party, reveal) in (1..).zip(vector.typed("reveal")) {
            if reveal == "MISSING" {
                self.lose(1, party).await;
            } else {
                self.reveal(&self.commission, (1, party), &reveal).await.unwrap();
            }
        }
        let public = vector.typed("public").remove(0);
        self.complete(1, Some(public.as_str()).filter(|value| *value != "-")).await.unwrap();
    }
}

/// Announces a vector's terms through the form, types its entries, and compares all four files.
async fn draws_as_published(db: crate::store::Db, folder: &'static str) {
    let vector = Vector { folder };
    let (hall, terms) = (Hall::of_vector(db, &vector).await, vector.terms());
    let form = AnnouncementForm {
        purpose: Purpose::Real,
        draw_id: terms.draw_id,
        parties: terms.parties,
        dice_digits: terms.dice_digits,
        public_source: terms.public_source,
        min_reveals: Some(terms.min_reveals),
        quotas: Some(terms.quotas),
        further_quotas: terms.further_quotas,
    };
    assert_eq!(hall.announce_form(form).await.unwrap(), 1);
    hall.type_in(&vector).await;
    let files = files(&hall.row(1).await);
    let names: Vec<_> = files.keys().map(String::as_str).collect();
    assert_eq!(names, ["announce.tsv", "pool.tsv", "result.tsv", "seed.tsv"]);
    for (name, bytes) in &files {
        assert!(*bytes == vector.read(name).into_bytes(), "{folder}/{name} differs");
    }
    assert_eq!(hall.edition_state().await, EditionState::Drawn);
}

both_databases! {
    async fn the_smallest_vector_is_drawn_as_published(db: Db) {
        draws_as_published(db, "vectors/v1_tiny").await;
    }

    async fn three_hundred_people_are_drawn_as_published(db: Db) {
        draws_as_published(db, "vectors/v2_300").await;
    }

    async fn quotas_and_a_missing_envelope_are_drawn_as_published(db: Db) {
        draws_as_published(db, "vectors/v3_quota_refusal").await;
    }

    async fn further_quotas_in_a_small_pool_are_drawn_as_published(db: Db) {
        draws_as_published(db, "vectors2/w1_tiny").await;
    }

    async fn further_quotas_among_three_hundred_people_are_drawn_as_published(db: Db) {
        draws_as_published(db, "vectors2/w2_300").await;
    }
}
