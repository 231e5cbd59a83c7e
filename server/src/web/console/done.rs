//! Success messages. The redirect after a change names one by its code; nothing that somebody typed is ever shown.

use appearance::Text;
use axum::response::{IntoResponse as _, Redirect, Response};

macro_rules! messages {
    ($($name:ident = $code:literal, $zh:literal, $en:literal;)+) => {
        /// Something that was done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Done { $($name,)+ }

        impl Done {
            const ALL: &'static [Self] = &[$(Self::$name,)+];

            const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// The message.
            pub(super) const fn text(self) -> Text {
                match self { $(Self::$name => Text::new($zh, $en),)+ }
            }
        }
    };
}

messages! {
    AccountDisabled = "account_disabled", "账号已停用", "The account is disabled";
    ActConfirmed = "act_confirmed", "已确认并执行", "Confirmed and carried out";
    ActProposed = "act_proposed", "已提出，等待第二人确认", "Proposed; it waits for the second person";
    ActWithdrawn = "act_withdrawn", "已撤回", "Withdrawn";
    CardReissued = "card_reissued", "已登记换卡，请本人再抽一张卡", "Recorded; the person draws another card";
    CheckedIn = "checked_in", "已签到，请本人从卡盒中抽一张卡", "Checked in; the person draws one card from the box";
    CommitmentRecorded = "commitment_recorded", "承诺值已录入", "The commitment is recorded";
    CommitmentsClosed = "commitments_closed", "承诺值名单已封闭", "The list of commitments is closed";
    CountCorrected = "count_corrected", "张数已更正，更正前后都记入日志", "The count is corrected; both numbers are in the log";
    DeskClosed = "desk_closed", "签到台已结束，人数和卡数已记入日志", "The desk is closed; its counts are in the log";
    DeskOpened = "desk_opened", "签到台已开放", "The desk is open";
    DiceRecorded = "dice_recorded", "骰子点数已录入", "The dice are recorded";
    DiceCleared = "dice_cleared", "第一遍录入已清除，请两人重新录入", "The first entry is cleared; two people type the dice again";
    DiceTyped = "dice_typed", "点数已录入，请另一人用自己的账号再录一遍", "The dice are typed; let another person type them with an account of their own";
    DrawAnnounced = "draw_announced", "抽取公告已发布", "The draw is announced";
    EditionCreated = "edition_created", "年度评议已建立", "The edition is created";
    EnvelopeMissing = "envelope_missing", "该方信封按缺失处理", "The envelope counts as missing";
    EnvelopeTyped = "envelope_typed", "信封已录入，与承诺相符", "The envelope is typed and opens its commitment";
    EnvelopesOpened = "envelopes_opened", "已记录：全部信封当众启封", "Recorded: all envelopes are open";
    ListPublished = "list_published", "股室名单已公布", "The list of offices is published";
    MarkUndone = "mark_undone", "签到已撤销，卡放回卡盒", "The mark is taken back; the card goes back into the box";
    NominationApproved = "nomination_approved", "已通过", "Approved";
    NominationRejected = "nomination_rejected", "已不予通过，提名人查询时会看到理由", "Rejected; whoever looks it up reads the reason";
    NominationReopened = "nomination_reopened", "已恢复为待审核", "It waits for the review again";
    NominationReturned = "nomination_returned", "已退回，提名人查询时会看到理由", "Returned; whoever looks it up reads the reason";
    NominationsApproved = "nominations_approved", "所选提名已通过", "The chosen nominations are approved";
    NominationsImported = "nominations_imported", "名单已导入，等待审核", "The list is imported and waits for the review";
    OfficesImported = "offices_imported", "股室名单已导入", "The offices are imported";
    PileAgreed = "pile_agreed", "两人录入一致，该捆已计入", "Both entries are equal; the pile counts";
    PileCleared = "pile_cleared", "该捆的录入已清除，请重新录入", "The entry of the pile is cleared; type it again";
    PileTyped = "pile_typed", "该捆已录入，请另一人用自己的账号再录一遍", "The pile is typed; let another person type it with an account of their own";
    PollCreated = "poll_created", "投票已建立", "The poll is created";
    PollPaused = "poll_paused", "投票已暂停", "The poll is paused";
    PollReconciled = "poll_reconciled", "对账已平，选票已在加密状态下相加", "The counts balance; the ballots are added up while encrypted";
    PollResumed = "poll_resumed", "投票已继续", "The poll goes on";
    PollSealed = "poll_sealed", "票箱已封存，不再接收选票", "The box is sealed; no ballot is taken any more";
    PoolDiscarded = "pool_discarded", "现成名单已弃用", "The ready-made list is discarded";
    PoolImported = "pool_imported", "人员库已导入", "The pool is imported";
    PoolOpened = "pool_opened", "人员库已开放", "The pool is open";
    RehearsalCreated = "rehearsal_created", "演练已开始，所有终端进入演练", "The rehearsal has begun; all terminals take part in it";
    RehearsalEnded = "rehearsal_ended", "演练已结束，终端回到正式投票", "The rehearsal has ended; the terminals go back to the real poll";
    RequestDiscarded = "request_discarded", "登记申请已移除", "The request for enrolment is removed";
    StatementsPublished = "statements_published", "述职材料已公开", "The statements are published";
    TerminalEnrolled = "terminal_enrolled", "终端已登记，几秒后自动继续", "The terminal is enrolled and goes on by itself in some seconds";
    TerminalRevoked = "terminal_revoked", "终端已停用", "The terminal is revoked";
}

impl Done {
    /// The message with this code.
    pub(super) fn find(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|done| done.code() == code)
    }

    /// To the page at `path`, which then shows the message.
    pub(super) fn at(self, path: &str) -> Response {
        Redirect::to(&format!("{path}?{PARAMETER}{}", self.code())).into_response()
    }
}

/// The code in the query of an address.
pub(super) fn done_code(query: Option<&str>) -> Option<String> {
    let parameters = query.unwrap_or_default().split('&');
    parameters.filter_map(|parameter| parameter.strip_prefix(PARAMETER)).map(str::to_owned).next()
}

const PARAMETER: &str = "done=";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_is_found_by_its_own_code_and_nothing_else_is_shown() {
        for &done in Done::ALL {
            assert_eq!(Done::find(done.code()), Some(done));
        }
        assert_eq!(done_code(Some("lang=en&done=pool_opened")).as_deref(), Some("pool_opened"));
        assert_eq!(Done::find("<script>"), None);
    }
}
