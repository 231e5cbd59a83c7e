//! Nothing is computed before the last entry, and nothing is held in memory.

use std::fmt::Write as _;

use evaluation::hash::Sha256Hash;

use super::hall::{DICE, Hall, zh};
use crate::both_databases;
use crate::demo::ceremony::form;
use crate::domain::{DrawState, EditionState, InTwoLanguages as _, LogEvent, Purpose};
use crate::service::act::{Act, confirm, propose};
use crate::service::draw::{
    AnnouncementForm, Completion, DiceEntry, commit_with_code, files, issue_code, open_envelopes, recompute,
};

const SOURCE: &str = "福彩双色球 第2026001期 开奖号码 红球升序+蓝球";
const VALUE: &str = "03 07 12 18 25 31 + 09";

impl Hall {
    /// Neither row, files nor log hold anything that follows from the seed.
    async fn nothing_is_computed(&self, state: DrawState) {
        let row = self.row(1).await;
        assert_eq!((row.state, row.seed.as_ref(), row.result.as_ref()), (state, None, None));
        let names: Vec<_> = files(&row).into_keys().collect();
        assert_eq!(names, ["announce.tsv", "pool.tsv"]);
        let has_seed = |event: &LogEvent| matches!(event, LogEvent::DrawMoved { seed: Some(_), .. });
        assert!(!self.events().await.iter().any(has_seed));
    }

    fn completion(&self, public_value: Option<&str>) -> Act {
        let public_value = public_value.map(str::to_owned);
        Act::Draw(Completion { edition: self.edition.clone(), ceremony: 1, public_value })
    }

    /// `seed.tsv` as draw specification §5 wants it.
    async fn expected_seed(&self, public_value: &str) -> String {
        let hash = Sha256Hash::of(self.row(1).await.announce);
        let mut text = format!("public-draw/1\tseed\nannounce_sha256\t{hash}\n");
        for party in 1..=3 {
            let _ = writeln!(text, "commit\t{party}\t{}", self.commitment(1, party).await);
        }
        let _ = writeln!(text, "dice\t{DICE}");
        for party in 1..=3 {
            let _ = writeln!(text, "reveal\t{party}\t{}", Self::secret(party).expose());
        }
        text + "public\t" + public_value + "\n"
    }

    /// Drawn, exactly from what was typed; the year has moved on.
    async fn is_drawn(&self, public_value: &str) {
        let row = self.row(1).await;
        assert_eq!(row.state, DrawState::Drawn);
        assert_eq!(row.seed, Some(self.expected_seed(public_value).await));
        assert_eq!(recompute(&row).unwrap().1.to_tsv(), row.result.clone().unwrap());
        let names: Vec<_> = files(&row).into_keys().collect();
        assert_eq!(names, ["announce.tsv", "pool.tsv", "result.tsv", "seed.tsv"]);
        assert_eq!(self.edition_state().await, EditionState::Drawn);
    }
}

both_databases! {
    async fn nothing_is_computed_before_two_people_complete_the_transcript(db: Db) {
        let hall = Hall::small(db).await;
        let form = AnnouncementForm { public_source: Some(SOURCE.to_owned()), ..form("2020-1") };
        hall.announce_form(form).await.unwrap();
        for party in 1..=3 {
            hall.nothing_is_computed(DrawState::Announced).await;
            hall.commit(1, party, &hall.commitment(1, party).await).await.unwrap();
        }
        hall.nothing_is_computed(DrawState::Announced).await;
        hall.close(1).await.unwrap();
        hall.nothing_is_computed(DrawState::Committed).await;
        hall.throw(&hall.commission, DICE).await.unwrap();
        hall.nothing_is_computed(DrawState::Committed).await;
        hall.throw(&hall.supervisor, DICE).await.unwrap();
        hall.nothing_is_computed(DrawState::Thrown).await;
        open_envelopes(&hall.context, &hall.actor(), &hall.edition, 1).await.unwrap();
        for party in 1..=3 {
            hall.nothing_is_computed(DrawState::Opened).await;
            let early = hall.complete(1, Some(VALUE)).await.unwrap_err().zh();
            assert_eq!(early, format!("第{party}方的信封还没有录入。请先录入。"));
            hall.reveal(&hall.commission, (1, party), Hall::secret(party).expose()).await.unwrap();
        }
        hall.nothing_is_computed(DrawState::Opened).await;
        let without = propose(&hall.context, &hall.commission.id, &hall.completion(None)).await;
        assert_eq!(without.unwrap_err().zh(), "公告了公开来源，但没有填写它的值。");
        let blanks = propose(&hall.context, &hall.commission.id, &hall.completion(Some(" 03"))).await;
        assert_eq!(blanks.unwrap_err().zh(), "公开值含有不可见字符或首尾空白。请重新录入。");
        let act = hall.completion(Some(VALUE));
        let proposal = propose(&hall.context, &hall.commission.id, &act).await.unwrap();
        hall.nothing_is_computed(DrawState::Opened).await;
        for alone in [&hall.commission, &hall.commission_again] {
            assert!(confirm(&hall.context, &alone.id, &proposal.id).await.is_err());
        }
        hall.nothing_is_computed(DrawState::Opened).await;
        confirm(&hall.context, &hall.supervisor.id, &proposal.id).await.unwrap();
        hall.is_drawn(VALUE).await;
    }

    async fn after_each_step_a_server_started_again_goes_on(db: Db) {
        let hall = Hall::small(db).await.restart(1);
        hall.announce("2020-1").await.unwrap();
        let hall = hall.restart(2);
        let code = issue_code(&hall.context, &hall.actor(), &hall.edition, 1, 1).await.unwrap();
        let hall = hall.restart(3);
        let own = hall.commitment(1, 1).await;
        commit_with_code(&hall.context, &code, &own).await.unwrap();
        let hall = hall.restart(4);
        hall.commit(1, 2, &hall.commitment(1, 2).await).await.unwrap();
        let hall = hall.restart(5);
        hall.commit(1, 3, &hall.commitment(1, 3).await).await.unwrap();
        let hall = hall.restart(6);
        hall.close(1).await.unwrap();
        let hall = hall.restart(7);
        assert_eq!(hall.throw(&hall.commission, DICE).await.unwrap(), DiceEntry::First);
        let hall = hall.restart(8);
        assert_eq!(hall.throw(&hall.supervisor, DICE).await.unwrap(), DiceEntry::Agreed);
        let hall = hall.restart(9);
        open_envelopes(&hall.context, &hall.actor(), &hall.edition, 1).await.unwrap();
        let hall = hall.restart(10);
        assert!(hall.reveal(&hall.commission, (1, 1), "0").await.is_err());
        let hall = hall.restart(11);
        let second = zh(hall.reveal(&hall.supervisor, (1, 1), "0").await);
        assert!(second.contains("已有两人录入都不符"), "{second}");
        let mut hall = hall.restart(12);
        for party in 1..=3 {
            let number = u8::try_from(party).unwrap();
            hall.reveal(&hall.commission, (1, party), Hall::secret(party).expose()).await.unwrap();
            hall = hall.restart(12 + number);
        }
        let act = hall.completion(None);
        let proposal = propose(&hall.context, &hall.commission.id, &act).await.unwrap();
        let hall = hall.restart(16);
        confirm(&hall.context, &hall.supervisor.id, &proposal.id).await.unwrap();
        hall.restart(17).is_drawn("-").await;
    }

    async fn a_draw_completed_twice_at_the_same_moment_is_drawn_once(db: Db) {
        let hall = Hall::at(db, DrawState::Opened).await;
        for party in 1..=3 {
            hall.reveal(&hall.commission, (1, party), Hall::secret(party).expose()).await.unwrap();
        }
        let act = hall.completion(None);
        let drawing = propose(&hall.context, &hall.commission.id, &act).await.unwrap();
        let again = propose(&hall.context, &hall.commission.id, &act).await.unwrap();
        let both = tokio::join!(
            confirm(&hall.context, &hall.supervisor.id, &drawing.id),
            confirm(&hall.context, &hall.supervisor.id, &again.id),
        );
        let ((Ok(_), loser) | (loser, Ok(_))) = both else { panic!("{both:?}") };
        assert_eq!(loser.unwrap_err().zh(), "当前抽取状态为“已抽取”，不能进行此步骤。未作任何更改。");
        hall.is_drawn("-").await;
        let is_drawn = |event: &&LogEvent| matches!(event, LogEvent::DrawMoved { to: DrawState::Drawn, .. });
        assert_eq!(hall.events().await.iter().filter(is_drawn).count(), 1);
        let void = hall.void(1).await.unwrap_err().zh();
        assert_eq!(void, "当前抽取状态为“已抽取”，不能进行此步骤。未作任何更改。");
        let rehearsal = AnnouncementForm { purpose: Purpose::Rehearsal, ..form("2020-2") };
        assert!(hall.announce_form(rehearsal).await.is_err());
    }
}
