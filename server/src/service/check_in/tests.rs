//! The desk through the services, on a published vector of the draw.

use evaluation::wire::VoidKind;
use jiff::SignedDuration;

use super::*;
use crate::both_databases;
use crate::clock::ManualClock;
use crate::domain::AbsenceReason;
use crate::service::absence::{AbsenceForm, prepare};
use crate::service::act::{self, Act};
use crate::store::log_entries;
use crate::testing::drawn::insert_draw_of;
use crate::testing::{clock, context, insert_account, insert_poll, insert_void_card};

struct Hall {
    context: Context,
    clock: ManualClock,
    edition: EditionId,
    poll: PollId,
    clerk: Account,
    steward: Account,
}

impl Hall {
    /// A drawn edition with a poll whose cards are ready.
    async fn with_cards(db: crate::store::Db) -> Self {
        let clock = clock();
        let context = context(db, &clock);
        let clerk = insert_account(&context, Role::CheckIn).await;
        let steward = insert_account(&context, Role::Steward).await;
        let edition = insert_draw_of(&context, "v2_300").await;
        let poll = insert_poll(&context, &edition).await;
        let hall = Self { context, clock, edition, poll, clerk, steward };
        hall.move_poll(PollState::Setup, PollState::CardsReady).await;
        hall
    }

    async fn move_poll(&self, from: PollState, to: PollState) {
        let mut tx = self.context.db.write().await.unwrap();
        polls::set_state(&mut tx, &self.context.county, &self.poll, from, to).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn another_clerk(&self, name: &str) -> Account {
        let account = Account {
            id: crate::domain::AccountId::generate(&mut self.context.rng()),
            name: name.to_owned(),
            person: name.to_owned(),
            ..self.clerk.clone()
        };
        let hash =
            self.context.passwords.hash(&name.repeat(12).into(), &mut self.context.rng()).await.unwrap();
        let mut tx = self.context.db.write().await.unwrap();
        accounts::insert(&mut tx, &self.context.county, &account, &hash).await.unwrap();
        tx.commit().await.unwrap();
        account
    }

    async fn open_as(
        &self,
        clerk: &Account,
        name: &str,
        second: &str,
        password: &str,
    ) -> Result<u32, ServiceError> {
        let password = password.into();
        let second = Second { name: second, password: &password };
        let new = NewDesk { name, cards: 60 };
        open_desk(&self.context, clerk, &self.edition, Purpose::Real, new, second).await
    }

    async fn open(&self) -> u32 {
        self.open_as(&self.clerk, "1号台", "steward", "password of steward").await.unwrap()
    }

    async fn mark(&self, member: &MemberId) -> Result<(), ServiceError> {
        mark(&self.context, &self.clerk, &self.edition, Purpose::Real, member).await
    }

    async fn undo(&self, member: &MemberId, reason: &str) -> Result<(), ServiceError> {
        let password = "password of steward".into();
        let second = Second { name: "steward", password: &password };
        undo(&self.context, &self.clerk, &self.edition, Purpose::Real, member, reason, second).await
    }

    async fn reissue(&self, member: &MemberId, password: &str) -> Result<(), ServiceError> {
        let password = password.into();
        let second = Second { name: "steward", password: &password };
        self.exchange(member, DamagedCard::Void, second).await
    }

    async fn exchange(
        &self,
        member: &MemberId,
        card: DamagedCard,
        second: Second<'_>,
    ) -> Result<(), ServiceError> {
        let exchange = Exchange { member, card, reason: "二维码污损" };
        reissue(&self.context, &self.clerk, &self.edition, Purpose::Real, exchange, second).await
    }

    /// The scrutineers declare one card of this kind void.
    async fn declare_void(&self, kind: VoidKind) {
        insert_void_card(&self.context, &self.poll, kind).await;
    }

    async fn close(&self, left: u32, twice: bool) -> Result<(), ServiceError> {
        self.close_as(&self.clerk, "steward", left, twice).await
    }

    async fn close_as(
        &self,
        clerk: &Account,
        second: &str,
        left: u32,
        twice: bool,
    ) -> Result<(), ServiceError> {
        let password = format!("password of {second}").into();
        let second = Second { name: second, password: &password };
        let count = Count { desk: 1, cards_left: left, counted_twice: twice };
        close_desk(&self.context, clerk, &self.edition, Purpose::Real, count, second).await
    }

    async fn correct(&self, clerk: &Account, second: &str, left: u32) -> Result<(), ServiceError> {
        let password = format!("password of {second}").into();
        let second = Second { name: second, password: &password };
        let count = Count { desk: 1, cards_left: left, counted_twice: false };
        let correction = Correction { count, reason: "漏数一叠" };
        correct_count(&self.context, clerk, &self.edition, Purpose::Real, correction, second).await
    }

    async fn view(&self) -> View {
        view(&self.context, &self.edition, Purpose::Real).await.unwrap().unwrap()
    }

    /// Expected, present, absent, handed out, reissued.
    async fn counts(&self) -> [u32; 5] {
        let mut tx = self.context.db.read().await.unwrap();
        let counts = counts(&mut tx, &self.context, &self.edition, Purpose::Real).await.unwrap();
        assert_eq!(counts, self.view().await.counts);
        [counts.expected, counts.present, counts.absent, counts.handed_out, counts.reissued]
    }

    /// The first `count` people with a seat.
    async fn seated(&self, count: usize) -> Vec<MemberId> {
        let people = self.view().await.people.into_iter();
        people.filter(|one| !matches!(one.seat, Seat::Lost(_))).map(|one| one.id).take(count).collect()
    }

    async fn log(&self) -> Vec<String> {
        let mut tx = self.context.db.read().await.unwrap();
        let all = log_entries::list(&mut tx, &self.context.county, 1, 100).await.unwrap();
        all.into_iter().map(|entry| entry.event).collect()
    }
}

#[track_caller]
fn expect_refused<T: std::fmt::Debug>(result: Result<T, ServiceError>, words: &str) {
    let zh = result.unwrap_err().zh();
    assert!(zh.contains(words), "{zh}");
}

both_databases! {
    async fn everybody_is_counted_and_a_closed_desk_leaves_the_counts_in_the_log(db: Db) {
        let hall = Hall::with_cards(db).await;
        assert_eq!(hall.counts().await, [100, 0, 100, 0, 0]);
        let ids = hall.seated(3).await;
        hall.open().await;
        for id in &ids {
            hall.mark(id).await.unwrap();
        }
        hall.declare_void(VoidKind::Damaged).await;
        hall.reissue(&ids[0], "password of steward").await.unwrap();
        hall.undo(&ids[2], "同名误签").await.unwrap();
        assert_eq!(hall.counts().await, [100, 2, 98, 3, 1]);
        hall.close(57, false).await.unwrap();
        assert_eq!(hall.counts().await, [100, 2, 98, 3, 1]);
        let log = hall.log().await;
        assert_eq!(log.len(), 2, "{log:?}");
        for words in ["\"check_in_desk_closed\"", "\"present\":2", "\"reissued\":1", "\"undone\":1", "\"handed_out\":3"] {
            assert!(log[1].contains(words), "no {words} in {}", log[1]);
        }
        let present = Attendance::from([(ids[0].clone(), 1), (ids[1].clone(), 0)]);
        assert!(log[1].contains(&attendance_hash(&hall.poll, &present).to_string()));
    }

    async fn no_entry_of_the_log_tells_of_a_single_person(db: Db) {
        let hall = Hall::with_cards(db).await;
        hall.open().await;
        let before = hall.log().await.len();
        let ids = hall.seated(2).await;
        hall.mark(&ids[0]).await.unwrap();
        hall.declare_void(VoidKind::Damaged).await;
        hall.reissue(&ids[0], "password of steward").await.unwrap();
        hall.mark(&ids[1]).await.unwrap();
        hall.undo(&ids[1], "误签").await.unwrap();
        assert_eq!(hall.log().await.len(), before);
    }

    async fn without_an_open_desk_nobody_is_checked_in(db: Db) {
        let hall = Hall::with_cards(db).await;
        let ids = hall.seated(1).await;
        expect_refused(hall.mark(&ids[0]).await, "没有开放的签到台");
        hall.open().await;
        hall.mark(&ids[0]).await.unwrap();
        hall.close(59, false).await.unwrap();
        expect_refused(hall.reissue(&ids[0], "password of steward").await, "没有开放的签到台");
        expect_refused(hall.close(59, false).await, "已经结束");
    }

    async fn a_desk_needs_two_people_with_two_accounts(db: Db) {
        let hall = Hall::with_cards(db).await;
        insert_account(&hall.context, Role::Chair).await;
        for (second, password, words) in [
            ("", "", "请第二人输入"),
            ("steward", "wrong password", "登录名或密码错误"),
            ("check-in", "password of check_in", "另一个人"),
            ("chair", "password of chair", "不能作为签到台的第二人"),
        ] {
            expect_refused(hall.open_as(&hall.clerk, "1号台", second, password).await, words);
        }
        // One person with two accounts is one person.
        let mut double = hall.clerk.clone();
        double.person.clone_from(&hall.steward.person);
        expect_refused(hall.open_as(&double, "1号台", "steward", "password of steward").await, "另一个人");
        assert_eq!(hall.open().await, 1);
        expect_refused(hall.open_as(&hall.clerk, "2号台", "steward", "password of steward").await, "已在签到台");
        let other = hall.another_clerk("乙").await;
        expect_refused(hall.open_as(&other, "2号台", "steward", "password of steward").await, "已在签到台");
        assert_eq!(hall.view().await.desks.len(), 1);
    }

    async fn two_desks_that_mark_the_same_person_at_once_mark_one_and_hand_out_one_card(db: Db) {
        let hall = Hall::with_cards(db).await;
        let (other, _) = (hall.another_clerk("乙").await, hall.another_clerk("丙").await);
        hall.open().await;
        hall.open_as(&other, "2号台", "丙", &"丙".repeat(12)).await.unwrap();
        let id = hall.seated(1).await.remove(0);
        let mark_as = |clerk: Account| {
            let (context, edition, id) = (hall.context.clone(), hall.edition.clone(), id.clone());
            tokio::spawn(async move { mark(&context, &clerk, &edition, Purpose::Real, &id).await })
        };
        let both = [mark_as(hall.clerk.clone()), mark_as(other)];
        let mut results = Vec::new();
        for one in both {
            results.push(one.await.unwrap());
        }
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        expect_refused(results.into_iter().find(Result::is_err).unwrap(), "已经签到");
        assert_eq!(hall.counts().await, [100, 1, 99, 1, 0]);
    }

    async fn whoever_holds_no_seat_is_told_why(db: Db) {
        let hall = Hall::with_cards(db).await;
        let commission = insert_account(&hall.context, Role::Commission).await;
        let supervisor = insert_account(&hall.context, Role::Supervisor).await;
        let ids = hall.seated(2).await;
        let form = |member: &MemberId| AbsenceForm {
            member: member.clone(),
            reason: AbsenceReason::NoShow,
            document_number: "宁创办〔2020〕31号".to_owned(),
            document: Sha256Hash::of("x"),
        };
        let new = prepare(&hall.context, &hall.edition, form(&ids[0])).await.unwrap();
        let called = new.called.clone().unwrap();
        hall.open().await;
        expect_refused(hall.mark(&called).await, "尚未被递补");
        let by = [&commission.id, &supervisor.id];
        let proposal = act::propose(&hall.context, by[0], &Act::ReplaceAbsent(new)).await.unwrap();
        act::confirm(&hall.context, by[1], &proposal.id).await.unwrap();
        expect_refused(hall.mark(&ids[0]).await, &format!("由{called}递补"));
        expect_refused(hall.mark(&"Z999".parse().unwrap()).await, "不在评议代表名单中");
        hall.mark(&called).await.unwrap();
        // Called = drawn + called for them = present + absent.
        assert_eq!(hall.counts().await, [101, 1, 100, 1, 0]);
        // Whoever is here does not lose the seat.
        hall.mark(&ids[1]).await.unwrap();
        let new = prepare(&hall.context, &hall.edition, form(&ids[1])).await.unwrap();
        let refused = act::propose(&hall.context, by[0], &Act::ReplaceAbsent(new)).await;
        assert!(refused.unwrap_err().zh().contains("已经签到"));
    }

    async fn late_comers_are_let_in_until_the_voting_ends(db: Db) {
        let hall = Hall::with_cards(db).await;
        let ids = hall.seated(3).await;
        hall.open().await;
        hall.move_poll(PollState::CardsReady, PollState::Open).await;
        hall.mark(&ids[0]).await.unwrap();
        hall.move_poll(PollState::Open, PollState::Paused).await;
        hall.mark(&ids[1]).await.unwrap();
        hall.move_poll(PollState::Paused, PollState::Closed).await;
        expect_refused(hall.mark(&ids[2]).await, "投票已不再接纳");
        hall.close(58, false).await.unwrap();
        expect_refused(hall.open_as(&hall.clerk, "1号台", "steward", "password of steward").await, "投票已不再接纳");
    }

    async fn a_correction_needs_a_reason_and_a_second_person(db: Db) {
        let hall = Hall::with_cards(db).await;
        let ids = hall.seated(2).await;
        hall.open().await;
        hall.mark(&ids[0]).await.unwrap();
        expect_refused(hall.undo(&ids[0], " ").await, "请写明原因");
        expect_refused(hall.undo(&ids[1], "误签").await, "没有签到");
        hall.declare_void(VoidKind::Damaged).await;
        expect_refused(hall.reissue(&ids[1], "password of steward").await, "没有签到");
        expect_refused(hall.reissue(&ids[0], "wrong password").await, "密码错误");
        assert_eq!(hall.counts().await, [100, 1, 99, 1, 0]);
        hall.reissue(&ids[0], "password of steward").await.unwrap();
        expect_refused(hall.undo(&ids[0], "误签").await, "换过卡");
        assert_eq!(hall.view().await.corrections, [(CorrectionKind::Reissued, "二维码污损".to_owned())]);
    }

    async fn no_second_card_is_given_while_the_first_one_still_votes(db: Db) {
        let hall = Hall::with_cards(db).await;
        let ids = hall.seated(3).await;
        hall.open().await;
        for id in &ids {
            hall.mark(id).await.unwrap();
        }
        let password = "password of steward";
        // A spare card that is void is nobody's.
        hall.declare_void(VoidKind::Spare).await;
        expect_refused(hall.reissue(&ids[0], password).await, "没有换发新卡：已作废的损坏卡有0张");
        hall.declare_void(VoidKind::Damaged).await;
        hall.reissue(&ids[0], password).await.unwrap();
        expect_refused(hall.reissue(&ids[1], password).await, "已作废的损坏卡有1张，为此换发的已有1张");
        assert_eq!(hall.counts().await, [100, 3, 97, 4, 1]);
        hall.declare_void(VoidKind::Damaged).await;
        hall.reissue(&ids[1], password).await.unwrap();
    }

    async fn an_unreadable_card_is_exchanged_with_the_supervisor_and_counted(db: Db) {
        let hall = Hall::with_cards(db).await;
        insert_account(&hall.context, Role::Supervisor).await;
        let ids = hall.seated(2).await;
        hall.open().await;
        for id in &ids {
            hall.mark(id).await.unwrap();
        }
        let passwords = ["password of steward".into(), "password of supervisor".into()];
        let steward = Second { name: "steward", password: &passwords[0] };
        let supervisor = Second { name: "supervisor", password: &passwords[1] };
        expect_refused(hall.exchange(&ids[0], DamagedCard::Unreadable, steward).await, "须由监督员在场");
        hall.exchange(&ids[0], DamagedCard::Unreadable, supervisor).await.unwrap();
        assert_eq!(hall.view().await.counts.unreadable, 1);
        assert_eq!(hall.counts().await, [100, 2, 98, 3, 1]);
        // The envelope takes no void card's place, and lends its own to nobody.
        expect_refused(hall.exchange(&ids[1], DamagedCard::Void, supervisor).await, "没有换发新卡");
        hall.declare_void(VoidKind::Damaged).await;
        hall.exchange(&ids[1], DamagedCard::Void, steward).await.unwrap();
        let kinds: Vec<_> = hall.view().await.corrections.into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds, [CorrectionKind::Reissued, CorrectionKind::ReissuedUnreadable]);
    }

    async fn cards_are_counted_by_hand_and_a_difference_stays_visible(db: Db) {
        let hall = Hall::with_cards(db).await;
        let ids = hall.seated(2).await;
        hall.open().await;
        for id in &ids {
            hall.mark(id).await.unwrap();
        }
        expect_refused(hall.close(61, true).await, "不能多于此数");
        expect_refused(hall.close(57, false).await, "重新清点");
        hall.close(57, true).await.unwrap();
        // Three cards are gone and two people are here: the reconciliation does not balance.
        assert_eq!(hall.counts().await, [100, 2, 98, 3, 0]);
    }

    async fn a_desk_is_closed_by_its_two_people_and_nobody_else_counts_its_cards(db: Db) {
        let hall = Hall::with_cards(db).await;
        let (chair, _) = (insert_account(&hall.context, Role::Chair).await, hall.another_clerk("乙").await);
        let other = hall.another_clerk("丙").await;
        let close = async |clerk: &Account, second: &str, password: &str| {
            let password = password.into();
            let second = Second { name: second, password: &password };
            let count = Count { desk: 1, cards_left: 60, counted_twice: false };
            close_desk(&hall.context, clerk, &hall.edition, Purpose::Real, count, second).await
        };
        hall.open().await;
        expect_refused(close(&hall.clerk, "", "").await, "请第二人输入");
        expect_refused(close(&hall.clerk, "steward", "wrong password").await, "登录名或密码错误");
        expect_refused(close(&hall.clerk, "check-in", "password of check_in").await, "另一个人");
        expect_refused(close(&hall.clerk, &chair.name, "password of chair").await, "不能作为签到台的第二人");
        expect_refused(close(&other, "乙", &"乙".repeat(12)).await, "由开放它的两人清点");
        assert_eq!(hall.log().await.len(), 1, "nothing was closed");
        // One of the two is gone: another check-in login stands in.
        close(&other, "steward", "password of steward").await.unwrap();
        let log = hall.log().await;
        assert!(log[1].contains(&format!("\"second\":\"{}\"", hall.steward.id)), "{}", log[1]);
    }

    async fn a_desk_whose_two_are_gone_is_closed_with_the_supervisor(db: Db) {
        let hall = Hall::with_cards(db).await;
        insert_account(&hall.context, Role::Supervisor).await;
        let other = hall.another_clerk("乙").await;
        hall.open().await;
        hall.close_as(&other, "supervisor", 60, false).await.unwrap();
    }

    async fn a_wrong_count_is_corrected_by_two_people_until_the_reconciliation_and_both_numbers_stay(db: Db) {
        let hall = Hall::with_cards(db).await;
        let stranger = hall.another_clerk("乙").await;
        hall.another_clerk("丙").await;
        let ids = hall.seated(1).await;
        hall.open().await;
        hall.mark(&ids[0]).await.unwrap();
        expect_refused(hall.correct(&hall.clerk, "steward", 59).await, "只能更正已结束的签到台");
        hall.close(57, true).await.unwrap();
        assert_eq!(hall.counts().await, [100, 1, 99, 3, 0]);
        hall.move_poll(PollState::CardsReady, PollState::Closed).await;
        let (third, password) = ("丙", "丙".repeat(12).into());
        let count = Count { desk: 1, cards_left: 59, counted_twice: false };
        let correction = Correction { count, reason: "漏数一叠" };
        let second = Second { name: third, password: &password };
        let strangers =
            correct_count(&hall.context, &stranger, &hall.edition, Purpose::Real, correction, second).await;
        expect_refused(strangers, "由开放它的两人清点");
        expect_refused(hall.correct(&hall.clerk, "steward", 57).await, "已经是57张");
        expect_refused(hall.correct(&hall.clerk, "steward", 58).await, "重新清点");
        hall.correct(&hall.clerk, "steward", 59).await.unwrap();
        assert_eq!(hall.counts().await, [100, 1, 99, 1, 0]);
        let log = hall.log().await;
        for words in ["check_in_count_corrected", "\"before\":57", "\"after\":59", "漏数一叠", hall.steward.id.as_str()] {
            assert!(log[2].contains(words), "no {words} in {}", log[2]);
        }
        hall.move_poll(PollState::Closed, PollState::Reconciled).await;
        expect_refused(hall.correct(&hall.clerk, "steward", 58).await, "已随对账封存");
    }

    async fn an_empty_box_hands_out_no_card(db: Db) {
        let hall = Hall::with_cards(db).await;
        let (ids, password) = (hall.seated(2).await, "password of steward".into());
        let second = Second { name: "steward", password: &password };
        let new = NewDesk { name: "1号台", cards: 1 };
        open_desk(&hall.context, &hall.clerk, &hall.edition, Purpose::Real, new, second).await.unwrap();
        hall.mark(&ids[0]).await.unwrap();
        expect_refused(hall.mark(&ids[1]).await, "已全部发出");
        hall.declare_void(VoidKind::Damaged).await;
        expect_refused(hall.reissue(&ids[0], "password of steward").await, "已全部发出");
        assert_eq!(hall.counts().await, [100, 1, 99, 1, 0]);
    }

    async fn a_rehearsal_has_an_attendance_of_its_own(db: Db) {
        let hall = Hall::with_cards(db).await;
        let rehearsal = PollId::generate(&mut hall.context.rng());
        let new = polls::NewPoll {
            id: &rehearsal,
            edition: &hall.edition,
            purpose: Purpose::Rehearsal,
            group: belenios::group::GroupName::Ed25519,
            cards: 10,
        };
        let mut tx = hall.context.db.write().await.unwrap();
        polls::insert(&mut tx, &hall.context.county, new).await.unwrap();
        let county = &hall.context.county;
        polls::set_state(&mut tx, county, &rehearsal, PollState::Setup, PollState::CardsReady).await.unwrap();
        tx.commit().await.unwrap();
        let ids = hall.seated(1).await;
        hall.open().await;
        let in_rehearsal = mark(&hall.context, &hall.clerk, &hall.edition, Purpose::Rehearsal, &ids[0]).await;
        expect_refused(in_rehearsal, "没有开放的签到台");
        hall.mark(&ids[0]).await.unwrap();
        assert_eq!(view(&hall.context, &hall.edition, Purpose::Rehearsal).await.unwrap().unwrap().counts.present, 0);
        assert_eq!(purposes(&hall.context, &hall.edition).await.unwrap(), [Purpose::Real, Purpose::Rehearsal]);
    }

    async fn guessing_the_second_persons_password_is_slowed_down(db: Db) {
        let hall = Hall::with_cards(db).await;
        for _ in 0..5 {
            expect_refused(hall.open_as(&hall.clerk, "1号台", "steward", "guess").await, "密码错误");
        }
        let right = "password of steward";
        expect_refused(hall.open_as(&hall.clerk, "1号台", "steward", right).await, "请等待15秒");
        hall.clock.advance(SignedDuration::from_secs(15));
        hall.open().await;
    }
}
