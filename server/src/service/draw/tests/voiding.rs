//! Void draws and rehearsals (draw specification §5 iv and v).

use std::fmt::Write as _;

use evaluation::hash::Sha256Hash;

use super::hall::{DICE, Hall, zh};
use crate::both_databases;
use crate::demo::ceremony::form;
use crate::domain::{DrawState, EditionState, InTwoLanguages as _, Purpose};
use crate::service::act::{Act, ActError, confirm, propose};
use crate::service::draw::{AnnouncementForm, Voiding, announce, files, find_ceremony};
use crate::service::overview::list_draws;
use crate::service::proposal::ProposalError;

const BY_HAND: &str =
    "已有两次抽取作废。按抽取规则不再用本系统重抽，改为当众用编号纸签或号码球人工抽取，并公开说明。";

impl Hall {
    /// The second and third envelope do not open.
    async fn lose_two(&self, ceremony: u32) {
        self.advance(ceremony, DrawState::Opened).await;
        self.reveal(&self.commission, (ceremony, 1), Hall::secret(1).expose()).await.unwrap();
        self.lose(ceremony, 2).await;
        self.lose(ceremony, 3).await;
    }

    fn voiding(&self, reason: &str) -> Act {
        Act::VoidDraw(Voiding { edition: self.edition.clone(), ceremony: 1, reason: reason.to_owned() })
    }

    async fn states(&self) -> Vec<(u32, Purpose, DrawState)> {
        let all = list_draws(&self.context, &self.edition).await.unwrap();
        all.into_iter().map(|draw| (draw.ceremony, draw.purpose, draw.state)).collect()
    }

    /// The lines of the transcript of [`Hall::lose_two`].
    async fn transcript(&self, ceremony: u32) -> String {
        let announce = self.row(ceremony).await.announce;
        let hash = Sha256Hash::of(announce);
        let mut text = format!("public-draw/1\tseed\nannounce_sha256\t{hash}\n");
        for party in 1..=3 {
            let _ = writeln!(text, "commit\t{party}\t{}", self.commitment(ceremony, party).await);
        }
        let _ = writeln!(text, "dice\t{DICE}\nreveal\t1\t{}", Hall::secret(1).expose());
        text + "reveal\t2\tMISSING\nreveal\t3\tMISSING\n"
    }
}

fn with_parties(draw_id: &str, parties: [&str; 3]) -> AnnouncementForm {
    AnnouncementForm { parties: parties.map(str::to_owned).to_vec(), ..form(draw_id) }
}

both_databases! {
    async fn with_too_few_valid_envelopes_the_draw_can_only_be_void(db: Db) {
        let hall = Hall::at(db, DrawState::Announced).await;
        hall.lose_two(1).await;
        let refused = hall.complete(1, None).await.unwrap_err();
        let message = "仅有1个信封与承诺值相符，至少需要2个。本次抽取不能继续，应予作废。";
        assert_eq!(refused.zh(), message);
        assert_eq!(hall.row(1).await.state, DrawState::Opened);
        hall.void(1).await.unwrap();
        let row = hall.row(1).await;
        assert_eq!((row.state, row.void_reason.as_deref()), (DrawState::Void, Some("信封不符")));
        let published = files(&row);
        let names: Vec<_> = published.keys().map(String::as_str).collect();
        assert_eq!(names, ["announce.tsv", "pool.tsv", "void-transcript.tsv"]);
        let kept = String::from_utf8(published["void-transcript.tsv"].clone()).unwrap();
        assert_eq!(kept, hall.transcript(1).await);
        assert_eq!(hall.edition_state().await, EditionState::PoolLocked);
        let again = hall.void(1).await.unwrap_err();
        assert_eq!(again.zh(), "当前抽取状态为“已作废”，不能进行此步骤。未作任何更改。");
    }

    async fn a_draw_is_declared_void_by_two_people_with_a_reason(db: Db) {
        let hall = Hall::at(db, DrawState::Thrown).await;
        let (context, one) = (&hall.context, &hall.commission.id);
        let silent = propose(context, one, &hall.voiding(" \u{3000}")).await.unwrap_err();
        assert_eq!(silent.zh(), "请写明作废原因。");
        let proposal = propose(context, one, &hall.voiding(" 停电 ")).await.unwrap();
        assert_eq!(hall.row(1).await.state, DrawState::Thrown);
        for alone in [one, &hall.commission_again.id] {
            let refused = confirm(context, alone, &proposal.id).await.unwrap_err();
            assert!(matches!(refused, ActError::Proposal(ProposalError::SamePerson)), "{refused:?}");
        }
        assert_eq!(hall.row(1).await.state, DrawState::Thrown);
        confirm(context, &hall.supervisor.id, &proposal.id).await.unwrap();
        let row = hall.row(1).await;
        assert_eq!((row.state, row.void_reason.as_deref()), (DrawState::Void, Some("停电")));
    }

    async fn a_draw_that_is_void_before_the_list_closed_leaves_no_transcript(db: Db) {
        let hall = Hall::at(db, DrawState::Announced).await;
        for party in 1..=3 {
            hall.commit(1, party, &hall.commitment(1, party).await).await.unwrap();
        }
        hall.void(1).await.unwrap();
        let names: Vec<_> = files(&hall.row(1).await).into_keys().collect();
        assert_eq!(names, ["announce.tsv", "pool.tsv"]);
        let view = find_ceremony(&hall.context, &hall.edition, 1).await.unwrap();
        assert_eq!(view.list_hash, None);
    }

    async fn a_draw_that_is_void_after_the_list_closed_leaves_the_list(db: Db) {
        let hall = Hall::at(db, DrawState::Committed).await;
        let list = find_ceremony(&hall.context, &hall.edition, 1).await.unwrap().list_hash;
        hall.throw(&hall.commission, DICE).await.unwrap();
        hall.void(1).await.unwrap();
        let kept = files(&hall.row(1).await).remove("void-transcript.tsv").unwrap();
        assert_eq!(Some(Sha256Hash::of(kept)), list);
        let view = find_ceremony(&hall.context, &hall.edition, 1).await.unwrap();
        assert_eq!((view.list_hash, view.first_clerk), (list, Some(hall.commission.person.clone())));
    }

    async fn a_party_that_did_not_reveal_cannot_take_part_again(db: Db) {
        let hall = Hall::at(db, DrawState::Announced).await;
        hall.lose_two(1).await;
        hall.void(1).await.unwrap();
        assert_eq!(
            zh(hall.announce("2020-2").await),
            "“人大代表”在作废的抽取 2020-1 中没有打开承诺，不能再作为参加方。请另请一方。"
        );
        let third = with_parties("2020-2", ["纪委监委", "政协委员", "群众代表"]);
        assert_eq!(
            zh(hall.announce_form(third).await),
            "“群众代表”在作废的抽取 2020-1 中没有打开承诺，不能再作为参加方。请另请一方。"
        );
        let used = with_parties("2020-1", ["纪委监委", "政协委员", "企业代表"]);
        assert_eq!(zh(hall.announce_form(used).await), "这个抽取编号已经用过，请另取一个。");
        let others = with_parties("2020-2", ["纪委监委", "政协委员", "企业代表"]);
        assert_eq!(hall.announce_form(others).await.unwrap(), 2);
    }

    async fn open_envelopes_are_completed_and_not_voided_while_enough_can_be_valid(db: Db) {
        let hall = Hall::at(db, DrawState::Opened).await;
        let must = "信封已经启封，结果可能已被人算出：只要有效信封仍可能够数，就不能作废。请录完信封，完成抽取。";
        assert_eq!(hall.void(1).await.unwrap_err().zh(), must);
        hall.lose(1, 2).await;
        assert_eq!(hall.void(1).await.unwrap_err().zh(), must);
        hall.lose(1, 3).await;
        hall.void(1).await.unwrap();
    }

    async fn after_two_void_draws_slips_are_drawn_by_hand(db: Db) {
        let hall = Hall::at(db, DrawState::Announced).await;
        hall.lose_two(1).await;
        assert_eq!(
            zh(hall.announce("2020-2").await),
            "还有一次抽取没有完成。请先完成它，或将其作废。"
        );
        hall.void(1).await.unwrap();
        let others = ["政协委员", "企业代表", "纪委监委"];
        assert_eq!(hall.announce_form(with_parties("2020-2", others)).await.unwrap(), 2);
        hall.advance(2, DrawState::Opened).await;
        hall.lose(2, 1).await;
        hall.lose(2, 2).await;
        hall.void(2).await.unwrap();
        let strangers = with_parties("2020-3", ["甲方", "乙方", "丙方"]);
        let refused = announce(&hall.context, &hall.actor(), &hall.edition, strangers).await;
        assert_eq!(zh(refused), BY_HAND);
        let real = |ceremony| (ceremony, Purpose::Real, DrawState::Void);
        assert_eq!(hall.states().await, [real(1), real(2)]);
        assert_eq!(hall.edition_state().await, EditionState::PoolLocked);
    }

    async fn rehearsals_neither_move_the_year_nor_count_as_void_draws_and_stay_listed(db: Db) {
        let hall = Hall::small(db).await;
        for ceremony in 1..=2 {
            assert_eq!(hall.rehearse(&format!("rehearsal-{ceremony}")).await, ceremony);
            hall.lose_two(ceremony).await;
            hall.void(ceremony).await.unwrap();
        }
        assert_eq!(hall.rehearse("rehearsal-3").await, 3);
        hall.advance(3, DrawState::Opened).await;
        for party in 1..=3 {
            hall.reveal(&hall.commission, (3, party), Hall::secret(party).expose()).await.unwrap();
        }
        hall.complete(3, None).await.unwrap();
        assert_eq!(hall.edition_state().await, EditionState::PoolLocked);
        // The same parties as in the void rehearsals.
        assert_eq!(hall.announce("2020-1").await.unwrap(), 4);
        let rehearsal = |ceremony, state| (ceremony, Purpose::Rehearsal, state);
        let listed = [
            rehearsal(1, DrawState::Void),
            rehearsal(2, DrawState::Void),
            rehearsal(3, DrawState::Drawn),
            (4, Purpose::Real, DrawState::Announced),
        ];
        assert_eq!(hall.states().await, listed);
        assert!(files(&hall.row(3).await).contains_key("result.tsv"));
    }
}
