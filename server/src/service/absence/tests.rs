//! Absences through the services, on the published test vectors of the draw.

use evaluation::draw::verify::verify_folder;

use super::*;
use crate::both_databases;
use crate::domain::{Action, EditionState, PollState, Role};
use crate::service::act::{self, Act};
use crate::service::draw::files;
use crate::store::accounts::Account;
use crate::store::polls;
use crate::testing::drawn::{insert_draw_of, vector};
use crate::testing::{clock, context, insert_account, insert_poll};

/// A county with a completed draw, and the two people.
struct Hall {
    context: Context,
    edition: EditionId,
    commission: Account,
    supervisor: Account,
}

impl Hall {
    /// The draw of a published vector, before any absence.
    async fn after_the_draw_of(db: crate::store::Db, name: &str) -> Self {
        let context = context(db, &clock());
        let commission = insert_account(&context, Role::Commission).await;
        let supervisor = insert_account(&context, Role::Supervisor).await;
        let edition = insert_draw_of(&context, name).await;
        Self { context, edition, commission, supervisor }
    }

    async fn set_state(&self, from: EditionState, to: EditionState) {
        let mut tx = self.context.db.write().await.unwrap();
        editions::set_state(&mut tx, &self.context.county, &self.edition, from, to).await.unwrap();
        tx.commit().await.unwrap();
    }

    fn form(member: &str) -> AbsenceForm {
        AbsenceForm {
            member: member.parse().unwrap(),
            reason: AbsenceReason::Declined,
            document_number: format!("宁创办〔2020〕{member}号"),
            document: Sha256Hash::of(member),
        }
    }

    /// The proposal of an absence, with whom it calls.
    async fn propose(&self, member: &str) -> (NewAbsence, crate::domain::ProposalId) {
        let new = prepare(&self.context, &self.edition, Self::form(member)).await.unwrap();
        let act = Act::ReplaceAbsent(new.clone());
        let proposal = act::propose(&self.context, &self.commission.id, &act).await.unwrap();
        assert_eq!(proposal.action, Action::ReplaceAbsent);
        (new, proposal.id)
    }

    async fn confirm(&self, id: &crate::domain::ProposalId) -> Result<(), String> {
        let confirmed = act::confirm(&self.context, &self.supervisor.id, id).await;
        confirmed.map(drop).map_err(|error| crate::domain::InTwoLanguages::zh(&error))
    }

    /// An absence by both people; who was called.
    async fn replace(&self, member: &str) -> Option<String> {
        let (new, id) = self.propose(member).await;
        self.confirm(&id).await.unwrap();
        new.called.map(|id| id.to_string())
    }

    async fn refused(&self, member: &str) -> String {
        prepare(&self.context, &self.edition, Self::form(member)).await.unwrap_err().zh()
    }

    async fn draw(&self) -> draws::Draw {
        let mut tx = self.context.db.read().await.unwrap();
        draws::load(&mut tx, &self.context.county, &self.edition, 1).await.unwrap()
    }
}

both_databases! {
    async fn absences_give_the_published_files_and_the_folder_verifies(db: Db) {
        let hall = Hall::after_the_draw_of(db, "v2_300").await;
        for (absent, called) in [("P124", "P051"), ("P279", "P207"), ("P207", "P215"), ("P160", "P158")] {
            assert_eq!(hall.replace(absent).await.as_deref(), Some(called));
        }
        let draw = hall.draw().await;
        assert_eq!(draw.absences, Some(vector("v2_300", "absences.tsv")));
        assert_eq!(draw.replacements, Some(vector("v2_300", "replacements.tsv")));
        let folder = files(&draw);
        assert!(verify_folder(|name| folder.get(name).cloned()).is_valid());
        let seats = seats(&hall.context, &hall.edition).await.unwrap().unwrap();
        assert_eq!((seats.holders.len(), seats.absences.len(), seats.closed), (100, 4, None));
        let alternates: Vec<_> =
            seats.holders.iter().filter(|holder| holder.is_alternate).map(|holder| holder.id.as_str()).collect();
        assert_eq!(alternates, ["P051", "P215", "P158"].map(|id| id));
        assert_eq!(seats.absences[2].called.as_deref(), Some("P215"));
        assert_eq!((seats.absences[2].reason, seats.absences[2].number), (AbsenceReason::Declined, 3));
    }

    async fn floors_of_a_category_decide_who_is_called(db: Db) {
        let hall = Hall::after_the_draw_of(db, "v3_quota_refusal").await;
        for (absent, called) in [("P287", "P298"), ("P288", "P300"), ("P110", "P036")] {
            assert_eq!(hall.replace(absent).await.as_deref(), Some(called));
        }
    }

    async fn the_log_names_reason_document_and_both_people_by_id(db: Db) {
        let hall = Hall::after_the_draw_of(db, "v2_300").await;
        hall.replace("P124").await;
        let lines = crate::service::overview::latest_log(&hall.context, 1).await.unwrap();
        let event: LogEvent = serde_json::from_str(&lines[0].entry.event).unwrap();
        let expected = LogEvent::RepresentativeReplaced {
            edition: hall.edition.clone(),
            ceremony: 1,
            absent: "P124".parse().unwrap(),
            called: Some("P051".parse().unwrap()),
            reason: AbsenceReason::Declined,
            document_number: "宁创办〔2020〕P124号".to_owned(),
            document: Sha256Hash::of("P124"),
            absences: Sha256Hash::of("public-draw/1\tabsences\nP124\n"),
        };
        assert_eq!(event, expected);
    }

    async fn two_proposals_at_once_cannot_clash_silently(db: Db) {
        let hall = Hall::after_the_draw_of(db, "v2_300").await;
        let (first, one) = hall.propose("P279").await;
        let (second, other) = hall.propose("P160").await;
        assert_eq!(first.called, second.called, "both were promised the same alternate");
        hall.confirm(&one).await.unwrap();
        let refused = hall.confirm(&other).await.unwrap_err();
        assert!(refused.contains("P207") && refused.contains("请撤回后重新提出"), "{refused}");
        assert_eq!(hall.draw().await.absences.as_deref(), Some("public-draw/1\tabsences\nP279\n"));
        // The same absence twice is refused too, and nothing else waits for ever.
        let (_, again) = hall.propose("P124").await;
        let (_, twice) = hall.propose("P124").await;
        hall.confirm(&again).await.unwrap();
        let refused = hall.confirm(&twice).await.unwrap_err();
        assert!(refused.contains("P124 没有席位"), "{refused}");
    }

    async fn when_nobody_is_left_the_seat_stays_empty(db: Db) {
        let hall = Hall::after_the_draw_of(db, "v1_tiny").await;
        let mut absent = "T02".to_owned();
        for _ in 0..3 {
            absent = hall.replace(&absent).await.unwrap();
        }
        assert_eq!(hall.replace(&absent).await, None, "the half has three alternates");
        let seats = seats(&hall.context, &hall.edition).await.unwrap().unwrap();
        assert_eq!(seats.holders.len(), 3);
        let replacements = hall.draw().await.replacements.unwrap();
        assert!(replacements.ends_with(&format!("A\t{absent}\t-\n")), "{replacements}");
        let folder = files(&hall.draw().await);
        assert!(verify_folder(|name| folder.get(name).cloned()).is_valid());
    }

    async fn people_without_a_seat_cannot_be_absent(db: Db) {
        let hall = Hall::after_the_draw_of(db, "v1_tiny").await;
        hall.replace("T02").await;
        for (member, words) in [("T02", "T02 没有席位"), ("T05", "T05 没有席位"), ("X1", "名单中没有 X1")] {
            let refused = hall.refused(member).await;
            assert!(refused.contains(words) && refused.contains("请核对编号"), "{refused}");
        }
        let mut new = prepare(&hall.context, &hall.edition, Hall::form("T01")).await.unwrap();
        for number in ["", " ", "=1", "a\nb"] {
            new.document_number = number.to_owned();
            assert!(check(&hall.context, &new).await.is_err(), "{number:?}");
        }
        new.document_number = "宁创办〔2020〕1号".to_owned();
        check(&hall.context, &new).await.unwrap();
        new.ceremony = 2;
        assert!(check(&hall.context, &new).await.unwrap_err().zh().contains("另一次抽取"));
    }

    async fn the_poll_ends_all_replacements(db: Db) {
        let hall = Hall::after_the_draw_of(db, "v1_tiny").await;
        hall.set_state(EditionState::Drawn, EditionState::PoolLocked).await;
        assert!(hall.refused("T02").await.contains("尚未抽取"));
        hall.set_state(EditionState::PoolLocked, EditionState::StatementsPublished).await;
        hall.replace("T02").await;
        hall.set_state(EditionState::StatementsPublished, EditionState::Poll).await;
        let poll = insert_poll(&hall.context, &hall.edition).await;
        hall.replace("T01").await;
        let (_, waiting) = hall.propose("T06").await;
        let mut tx = hall.context.db.write().await.unwrap();
        polls::set_state(&mut tx, &hall.context.county, &poll, PollState::Setup, PollState::Open).await.unwrap();
        tx.commit().await.unwrap();
        assert!(hall.refused("T07").await.contains("投票开始之前"));
        assert!(hall.confirm(&waiting).await.unwrap_err().contains("投票开始之前"));
        assert_eq!(hall.draw().await.absences.as_deref(), Some("public-draw/1\tabsences\nT02\nT01\n"));
    }

    async fn the_one_who_proposes_cannot_confirm(db: Db) {
        let hall = Hall::after_the_draw_of(db, "v1_tiny").await;
        let (_, id) = hall.propose("T02").await;
        assert!(act::confirm(&hall.context, &hall.commission.id, &id).await.is_err());
        assert_eq!(hall.draw().await.absences, None);
    }
}
