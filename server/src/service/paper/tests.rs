//! The count of paper ballots through the services.

use super::*;
use crate::both_databases;
use crate::domain::{ProposalId, Role};
use crate::service::act::{self, Act, ActError};
use crate::testing::{clock, context, insert_account};
use evaluation::office::NINGJIN_2020;
use evaluation::rules::NINGJIN_2020 as RULES;

struct Hall {
    context: Context,
    edition: EditionId,
    commission: Account,
    supervisor: Account,
}

impl Hall {
    /// The edition of 2020 after its draw.
    async fn new(db: crate::store::Db) -> Self {
        let context = context(db, &clock());
        let commission = insert_account(&context, Role::Commission).await;
        let supervisor = insert_account(&context, Role::Supervisor).await;
        let actor = Actor::Account(commission.id.clone());
        let rules = Rules::parse(RULES).unwrap();
        let edition = super::super::edition::create(&context, &actor, &rules).await.unwrap();
        let file = NINGJIN_2020.as_bytes();
        super::super::edition::import_offices(&context, &actor, &edition, file).await.unwrap();
        let mut tx = context.db.write().await.unwrap();
        let (from, to) = (EditionState::Draft, EditionState::Drawn);
        editions::set_state(&mut tx, &context.county, &edition, from, to).await.unwrap();
        tx.commit().await.unwrap();
        Self { context, edition, commission, supervisor }
    }

    async fn agree(&self, act: &Act) -> Result<(), ActError> {
        let id = self.propose(act).await?;
        act::confirm(&self.context, &self.supervisor.id, &id).await.map(drop)
    }

    async fn propose(&self, act: &Act) -> Result<ProposalId, ActError> {
        Ok(act::propose(&self.context, &self.commission.id, act).await?.id)
    }

    async fn begin(&self) -> Result<(), ActError> {
        let (edition, reason) = (self.edition.clone(), "会场断电，两小时内不能恢复".to_owned());
        self.agree(&Act::BeginPaperCount(NewPaperCount { edition, reason })).await
    }

    async fn end(&self, papers: u32) -> Result<(), ActError> {
        let end = prepare_end(&self.context, &self.edition, papers).await?;
        self.agree(&Act::EndPaperCount(end)).await
    }

    async fn type_as(&self, clerk: &Account, pile: u32, text: &str) -> Result<PileEntry, ServiceError> {
        type_pile(&self.context, clerk, &self.edition, pile, text).await
    }

    async fn type_twice(&self, pile: u32, text: &str) {
        assert_eq!(self.type_as(&self.commission, pile, text).await.unwrap(), PileEntry::First);
        assert_eq!(self.type_as(&self.supervisor, pile, text).await.unwrap(), PileEntry::Agreed);
    }

    async fn view(&self) -> PaperView {
        let mut tx = self.context.db.read().await.unwrap();
        let edition = editions::load(&mut tx, &self.context.county, &self.edition).await.unwrap();
        drop(tx);
        view(&self.context, &edition).await.unwrap().unwrap()
    }
}

/// Ballots that give every office the same grade.
fn ballots(grade: u8, count: usize) -> String {
    format!("{}\n", grade.to_string().repeat(70)).repeat(count)
}

#[track_caller]
fn expect_refused<T: std::fmt::Debug>(result: Result<T, impl crate::domain::InTwoLanguages>, words: &str) {
    let Err(error) = result else { panic!("it was done") };
    assert!(error.zh().contains(words), "{}", error.zh());
}

both_databases! {
    async fn piles_that_two_people_type_alike_give_scores_and_ranking(db: Db) {
        let hall = Hall::new(db).await;
        hall.begin().await.unwrap();
        hall.type_twice(1, &ballots(1, 10)).await;
        // One ballot leaves the first office out.
        hall.type_twice(2, &format!("0{}\n{}", "1".repeat(69), ballots(4, 1))).await;
        assert!(hall.view().await.result.is_none(), "no sums before the end");
        hall.end(12).await.unwrap();
        let result = hall.view().await.result.unwrap();
        assert_eq!((result.tally.valid, result.tally.invalid), (11, 1));
        assert!(result.tally.counts.iter().all(|counts| counts.grades() == [10, 0, 0, 1]));
        let first = &result.ranking.sections()[0].offices[0];
        // (10 × 100 + 1 × 20) / 11
        assert_eq!((first.rank, first.score.unwrap().to_string().as_str()), (Some(1), "92.73"));
        assert_eq!(log::verify(&hall.context.db, &hall.context.county).await.unwrap().findings, []);
    }

    async fn nobody_types_the_second_entry_alone_and_differences_are_named_by_place_only(db: Db) {
        let hall = Hall::new(db).await;
        hall.begin().await.unwrap();
        let text = ballots(2, 3);
        assert_eq!(hall.type_as(&hall.commission, 1, &text).await.unwrap(), PileEntry::First);
        assert_eq!(hall.type_as(&hall.commission, 1, &text).await.unwrap(), PileEntry::First);
        let mut double = hall.supervisor.clone();
        double.person.clone_from(&hall.commission.person);
        assert_eq!(hall.type_as(&double, 1, &text).await.unwrap(), PileEntry::First, "one person with two accounts");
        assert_eq!(hall.type_as(&hall.commission, 1, &text).await.unwrap(), PileEntry::Agreed);
        assert_eq!(hall.type_as(&hall.commission, 2, &text).await.unwrap(), PileEntry::First);
        let other = format!("{}{}3{}", ballots(2, 2), "2".repeat(30), "2".repeat(39));
        expect_refused(hall.type_as(&hall.supervisor, 2, &other).await, "第3张票第31号股室");
        expect_refused(hall.type_as(&hall.supervisor, 2, &ballots(2, 2)).await, "张数不同");
        assert_eq!(hall.type_as(&hall.supervisor, 2, &text).await.unwrap(), PileEntry::Agreed);
        expect_refused(hall.type_as(&hall.supervisor, 2, &text).await, "不能再改");
        expect_refused(clear_pile(&hall.context, &hall.edition, 2).await, "没有可清除");
    }

    async fn two_second_entries_at_once_count_once(db: Db) {
        let hall = Hall::new(db).await;
        hall.begin().await.unwrap();
        let text = ballots(3, 1);
        hall.type_as(&hall.commission, 1, &text).await.unwrap();
        let again = || {
            let (context, clerk, edition) = (hall.context.clone(), hall.supervisor.clone(), hall.edition.clone());
            let text = text.clone();
            tokio::spawn(async move { type_pile(&context, &clerk, &edition, 1, &text).await.is_ok() })
        };
        let both = [again(), again()];
        let mut agreed = 0;
        for one in both {
            agreed += usize::from(one.await.unwrap());
        }
        assert_eq!(agreed, 1);
    }

    async fn the_count_ends_only_when_everything_is_typed_and_the_papers_are_as_many(db: Db) {
        let hall = Hall::new(db).await;
        expect_refused(hall.type_as(&hall.commission, 1, &ballots(1, 1)).await, "没有进行中的纸质票计票");
        hall.begin().await.unwrap();
        expect_refused(hall.begin().await, "已经开始");
        expect_refused(hall.end(0).await, "两数须相等");
        hall.type_twice(1, &ballots(1, 5)).await;
        expect_refused(hall.end(6).await, "清点出6张票，已录入5张");
        hall.type_as(&hall.commission, 2, &ballots(1, 1)).await.unwrap();
        expect_refused(hall.end(5).await, "第2捆只有一人录入");
        clear_pile(&hall.context, &hall.edition, 2).await.unwrap();
        // Typed between proposal and confirmation.
        let end = prepare_end(&hall.context, &hall.edition, 5).await.unwrap();
        let id = hall.propose(&Act::EndPaperCount(end)).await.unwrap();
        hall.type_twice(2, &ballots(1, 1)).await;
        expect_refused(act::confirm(&hall.context, &hall.supervisor.id, &id).await, "录入又有变动");
        hall.end(6).await.unwrap();
        expect_refused(hall.type_as(&hall.commission, 3, &ballots(1, 1)).await, "没有进行中");
    }

    async fn a_count_needs_a_reason_and_representatives(db: Db) {
        let hall = Hall::new(db).await;
        let edition = hall.edition.clone();
        let act = Act::BeginPaperCount(NewPaperCount { edition, reason: "断电".to_owned() });
        expect_refused(hall.agree(&act).await, "请写明改用纸质票的原因");
        let mut tx = hall.context.db.write().await.unwrap();
        let (from, to) = (EditionState::Drawn, EditionState::Published);
        editions::set_state(&mut tx, &hall.context.county, &hall.edition, from, to).await.unwrap();
        tx.commit().await.unwrap();
        expect_refused(hall.begin().await, "结果发布之前");
    }
}
