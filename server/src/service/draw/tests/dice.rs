//! The dice, typed by two people (draw specification §5, step 3).

use super::hall::{DICE, Hall, zh};
use crate::both_databases;
use crate::domain::{DrawState, LogEvent};
use crate::service::ServiceError;
use crate::service::draw::DiceEntry;

const OTHER_DICE: &str = "602214076138064852001370";

impl Hall {
    /// State, final digits, and how often the log tells of the dice.
    async fn thrown(&self) -> (DrawState, Option<String>, usize) {
        let row = self.row(1).await;
        let is_throw = |event: &&LogEvent| matches!(event, LogEvent::DrawMoved { to: DrawState::Thrown, .. });
        (row.state, row.dice, self.events().await.iter().filter(is_throw).count())
    }
}

fn count(entries: &[Result<DiceEntry, ServiceError>], wanted: DiceEntry) -> usize {
    entries.iter().filter(|entry| entry.as_ref().is_ok_and(|entry| *entry == wanted)).count()
}

both_databases! {
    async fn two_clerks_typing_the_same_dice_at_the_same_moment_are_first_and_agreed(db: Db) {
        let hall = Hall::at(db, DrawState::Committed).await;
        let (one, other) =
            tokio::join!(hall.throw(&hall.commission, DICE), hall.throw(&hall.supervisor, DICE));
        let entries = [one, other];
        assert_eq!((count(&entries, DiceEntry::First), count(&entries, DiceEntry::Agreed)), (1, 1));
        assert_eq!(hall.thrown().await, (DrawState::Thrown, Some(DICE.to_owned()), 1));
    }

    async fn two_clerks_typing_different_dice_at_the_same_moment_record_nothing(db: Db) {
        let hall = Hall::at(db, DrawState::Committed).await;
        let (right, wrong) =
            tokio::join!(hall.throw(&hall.commission, DICE), hall.throw(&hall.supervisor, OTHER_DICE));
        assert_eq!(hall.thrown().await, (DrawState::Committed, None, 0));
        let (first, by, refused) = match (right, wrong) {
            (Ok(DiceEntry::First), refused) => (DICE, &hall.commission, refused),
            (refused, Ok(DiceEntry::First)) => (OTHER_DICE, &hall.supervisor, refused),
            neither => panic!("{neither:?}"),
        };
        let person = &by.person;
        assert_eq!(
            zh(refused),
            format!("与{person}录入的数字从第24位起不一致。没有记录任何数字：请两人对照骰子记录，由录错的一方重新录入。")
        );
        assert_eq!(hall.row(1).await.dice_first, Some((first.to_owned(), by.id.clone())));
        // Whoever was wrong types again; the order does not matter.
        _ = hall.throw(&hall.supervisor, DICE).await;
        _ = hall.throw(&hall.commission, DICE).await;
        _ = hall.throw(&hall.supervisor, DICE).await;
        assert_eq!(hall.thrown().await, (DrawState::Thrown, Some(DICE.to_owned()), 1));
    }

    async fn the_first_clerk_may_correct_the_dice_and_the_second_still_has_to_agree(db: Db) {
        let hall = Hall::at(db, DrawState::Committed).await;
        assert_eq!(hall.throw(&hall.commission, OTHER_DICE).await.unwrap(), DiceEntry::First);
        assert!(hall.throw(&hall.supervisor, DICE).await.is_err());
        assert_eq!(hall.throw(&hall.commission, DICE).await.unwrap(), DiceEntry::First);
        assert_eq!(hall.thrown().await, (DrawState::Committed, None, 0));
        assert_eq!(hall.throw(&hall.supervisor, DICE).await.unwrap(), DiceEntry::Agreed);
        assert_eq!(hall.thrown().await, (DrawState::Thrown, Some(DICE.to_owned()), 1));
        let late = zh(hall.throw(&hall.commission, OTHER_DICE).await);
        assert_eq!(late, "当前抽取状态为“已掷骰”，不能进行此步骤。未作任何更改。");
        assert_eq!(hall.thrown().await, (DrawState::Thrown, Some(DICE.to_owned()), 1));
    }

    async fn one_person_with_two_accounts_never_agrees_with_himself(db: Db) {
        let hall = Hall::at(db, DrawState::Committed).await;
        let (one, other) =
            tokio::join!(hall.throw(&hall.commission, DICE), hall.throw(&hall.commission_again, DICE));
        assert_eq!(count(&[one, other], DiceEntry::First), 2);
        for clerk in [&hall.commission, &hall.commission_again, &hall.commission] {
            assert_eq!(hall.throw(clerk, DICE).await.unwrap(), DiceEntry::First);
        }
        assert_eq!(hall.thrown().await, (DrawState::Committed, None, 0));
        assert_eq!(hall.throw(&hall.supervisor, DICE).await.unwrap(), DiceEntry::Agreed);
    }

    async fn three_entries_of_two_people_at_the_same_moment_agree_once(db: Db) {
        let hall = Hall::at(db, DrawState::Committed).await;
        let (one, again, other) = tokio::join!(
            hall.throw(&hall.commission, DICE),
            hall.throw(&hall.commission_again, DICE),
            hall.throw(&hall.supervisor, DICE),
        );
        assert_eq!(count(&[one, again, other], DiceEntry::Agreed), 1);
        assert_eq!(hall.thrown().await, (DrawState::Thrown, Some(DICE.to_owned()), 1));
    }

    async fn dice_that_cannot_be_are_named_in_words_and_nothing_is_kept(db: Db) {
        let hall = Hall::at(db, DrawState::Committed).await;
        let full_width = DICE.replacen('2', "２", 1);
        let cases = [
            (full_width.as_str(), "第3个字符不是数字0–9。请关闭中文（全角）输入后重新录入。"),
            ("12", "录入了2位。骰子数字应为 24 位十进制数字。请对照记录重新录入。"),
            ("", "录入了0位。骰子数字应为 24 位十进制数字。请对照记录重新录入。"),
            (&format!("{DICE}0"), "录入了25位。骰子数字应为 24 位十进制数字。请对照记录重新录入。"),
            ("六〇二", "第1个字符不是数字0–9。请关闭中文（全角）输入后重新录入。"),
        ];
        for (digits, message) in cases {
            assert_eq!(zh(hall.throw(&hall.commission, digits).await), message);
        }
        assert_eq!(hall.row(1).await.dice_first, None);
        let grouped = format!("{}\u{3000}{} {}\n", &DICE[..8], &DICE[8..16], &DICE[16..]);
        assert_eq!(hall.throw(&hall.commission, &grouped).await.unwrap(), DiceEntry::First);
        assert_eq!(hall.throw(&hall.supervisor, DICE).await.unwrap(), DiceEntry::Agreed);
        assert_eq!(hall.row(1).await.dice.as_deref(), Some(DICE));
    }
}
