//! Commitments and the codes with which parties hand them in themselves (draw specification §5, steps 1 and 2).

use sqlx::Row as _;

use super::hall::{Hall, zh};
use crate::both_databases;
use crate::domain::{DrawState, LogEvent};
use crate::service::draw::{
    CommitmentCode, commit_with_code, commitments, find_ceremony, find_invitation, issue_code,
};

const NO_CODE: &str = "没有这个代码，或者已经用过、已被新代码取代、承诺名单已经封闭。请核对后重新输入，或向工作人员要新的代码。";

impl Hall {
    async fn code(&self, party: u32) -> CommitmentCode {
        issue_code(&self.context, &self.actor(), &self.edition, 1, party).await.unwrap()
    }

    async fn party_of(&self, code: &CommitmentCode) -> Option<u32> {
        find_invitation(&self.context, code).await.ok().map(|invitation| invitation.party)
    }

    async fn up(&self) -> Vec<Option<String>> {
        let known = commitments(&self.row(1).await).unwrap();
        known.into_iter().map(|commitment| commitment.map(|hash| hash.to_string())).collect()
    }
}

both_databases! {
    async fn a_commitment_can_be_corrected_until_the_list_is_closed_and_not_after(db: Db) {
        let hall = Hall::at(db, DrawState::Announced).await;
        let (wrong, right) = ("1".repeat(64), hall.commitment(1, 1).await);
        hall.commit(1, 1, &wrong).await.unwrap();
        assert_eq!(hall.up().await, [Some(wrong.clone()), None, None]);
        hall.commit(1, 1, &right).await.unwrap();
        assert_eq!(hall.up().await, [Some(right.clone()), None, None]);
        assert_eq!(zh(hall.close(1).await), "承诺值已到1份，共需3份，暂不能封闭名单。");
        for party in [2, 3] {
            hall.commit(1, party, &hall.commitment(1, party).await).await.unwrap();
        }
        let (before, list) = (hall.up().await, hall.close(1).await.unwrap());
        let late = hall.commit(1, 1, &wrong).await;
        assert_eq!(zh(late), "当前抽取状态为“承诺已收齐”，不能进行此步骤。未作任何更改。");
        assert_eq!(hall.up().await, before);
        let view = find_ceremony(&hall.context, &hall.edition, 1).await.unwrap();
        assert_eq!(view.list_hash, Some(list));
    }

    async fn a_copy_of_another_partys_commitment_is_refused(db: Db) {
        let hall = Hall::at(db, DrawState::Announced).await;
        let first = hall.commitment(1, 1).await;
        hall.commit(1, 1, &first).await.unwrap();
        let copy = zh(hall.commit(1, 2, &first.to_uppercase()).await);
        assert_eq!(copy, "参与方 2 的承诺与参与方 1 的相同。每一方须用自己的密数。");
        let code = hall.code(3).await;
        let copy = commit_with_code(&hall.context, &code, &first).await;
        assert_eq!(zh(copy), "参与方 3 的承诺与参与方 1 的相同。每一方须用自己的密数。");
        assert_eq!(hall.up().await, [Some(first.clone()), None, None]);
        assert_eq!(hall.party_of(&code).await, Some(3));
        hall.commit(1, 1, &first).await.unwrap();
    }

    async fn a_code_is_good_for_one_commitment_of_its_party(db: Db) {
        let hall = Hall::at(db, DrawState::Announced).await;
        let (code, own) = (hall.code(2).await, hall.commitment(1, 2).await);
        let slip = commit_with_code(&hall.context, &code, "12").await;
        assert_eq!(zh(slip), "第2方的承诺值应为64位十六进制数（0–9、a–f）。请对照信封上的数字重新录入。");
        let invitation = commit_with_code(&hall.context, &code, &own).await.unwrap();
        assert_eq!((invitation.party, invitation.name.as_str()), (2, "人大代表"));
        assert_eq!(hall.up().await, [None, Some(own.clone()), None]);
        let again = commit_with_code(&hall.context, &code, &"2".repeat(64)).await;
        assert_eq!(zh(again), NO_CODE);
        assert_eq!(hall.up().await, [None, Some(own), None]);
        assert_eq!(zh(find_invitation(&hall.context, &code).await), NO_CODE);
    }

    async fn a_code_used_twice_at_the_same_moment_is_good_once(db: Db) {
        let hall = Hall::at(db, DrawState::Announced).await;
        let code = hall.code(2).await;
        let (one, other) = ("1".repeat(64), "2".repeat(64));
        let both = tokio::join!(
            commit_with_code(&hall.context, &code, &one),
            commit_with_code(&hall.context, &code, &other),
        );
        let (winner, loser) = match both {
            (Ok(_), refused) => (one, refused),
            (refused, Ok(_)) => (other, refused),
            neither => panic!("{neither:?}"),
        };
        assert_eq!(zh(loser), NO_CODE);
        assert_eq!(hall.up().await, [None, Some(winner), None]);
    }

    async fn a_new_code_replaces_the_old_one(db: Db) {
        let hall = Hall::at(db, DrawState::Announced).await;
        let (old, other) = (hall.code(1).await, hall.code(2).await);
        let new = hall.code(1).await;
        assert_eq!(hall.party_of(&old).await, None);
        assert_eq!(hall.party_of(&new).await, Some(1));
        assert_eq!(hall.party_of(&other).await, Some(2));
        assert_eq!(zh(commit_with_code(&hall.context, &old, &"1".repeat(64)).await), NO_CODE);
        assert_eq!(hall.up().await, [None, None, None]);
    }

    async fn codes_die_when_the_list_closes_or_the_draw_is_void(db: Db) {
        let hall = Hall::at(db, DrawState::Announced).await;
        let code = hall.code(1).await;
        hall.advance(1, DrawState::Committed).await;
        let before = hall.up().await;
        assert_eq!(zh(commit_with_code(&hall.context, &code, &"1".repeat(64)).await), NO_CODE);
        assert_eq!(hall.up().await, before);
        let late = issue_code(&hall.context, &hall.actor(), &hall.edition, 1, 1).await;
        assert_eq!(zh(late), "当前抽取状态为“承诺已收齐”，不能进行此步骤。未作任何更改。");
        hall.void(1).await.unwrap();
        assert_eq!(hall.announce("2020-2").await.unwrap(), 2);
        let code = issue_code(&hall.context, &hall.actor(), &hall.edition, 2, 1).await.unwrap();
        assert_eq!(hall.party_of(&code).await, Some(1));
        hall.void(2).await.unwrap();
        assert_eq!(zh(commit_with_code(&hall.context, &code, &"1".repeat(64)).await), NO_CODE);
    }

    async fn the_database_holds_only_the_hash_of_a_code(db: Db) {
        let hall = Hall::at(db, DrawState::Announced).await;
        let code = hall.code(2).await;
        let shown = code.expose();
        let secret = shown.replace('-', "");
        let mut tx = hall.context.db.read().await.unwrap();
        let row = sqlx::query("SELECT * FROM commitment_codes").fetch_one(&mut *tx).await.unwrap();
        drop(tx);
        let cells: Vec<Vec<u8>> = (0..row.len())
            .filter_map(|column| {
                let text = row.try_get::<String, _>(column).map(String::into_bytes);
                text.or_else(|_| row.try_get::<Vec<u8>, _>(column)).ok()
            })
            .collect();
        assert!(cells.contains(&code.hash().as_bytes().to_vec()), "the hash is there");
        for hidden in [secret.as_bytes(), shown.as_bytes()] {
            let holds = |cell: &Vec<u8>| cell.windows(hidden.len()).any(|part| part == hidden);
            assert!(!cells.iter().any(holds));
        }
        let events = hall.events().await;
        let issued = LogEvent::CommitmentCodeIssued { edition: hall.edition.clone(), ceremony: 1, party: 2 };
        assert_eq!(events.last(), Some(&issued));
        let log = serde_json::to_string(&events).unwrap();
        assert!(!log.contains(&secret) && !log.contains(shown.as_str()));
        assert!(!log.contains(&code.hash().to_string()));
    }
}
