//! The pages of the tally.

use std::cmp::Ordering;

use appearance::{
    Text,
    parts::{Field, FieldKind},
};
use axum::response::Response;
use belenios::text::Hash;
use evaluation::wire::PollState;
use maud::{Markup, html};

use super::{Progress, Words};
use crate::trustee::{
    ClosedPoll,
    pages::frame::{Frame, groups},
};

/// What has to happen before the tally, if it cannot begin yet.
pub(super) const fn waits_for(state: PollState) -> Option<Text> {
    match state {
        PollState::Setup | PollState::KeysReady | PollState::CardsReady => {
            Some(Text::new("投票还没有开始。", "The poll has not begun."))
        }
        PollState::Open | PollState::Paused => Some(Text::new(
            "投票还没有结束：由主持人或创建办提出、监督员确认之后才结束。",
            "The poll is still open; two people close it.",
        )),
        PollState::Closing => Some(Text::new(
            "正在收票，等各投票机把票送完、票箱封好。",
            "The ballots are coming in; the box is sealed when all booths have delivered.",
        )),
        PollState::Closed => Some(Text::new(
            "票箱已封，等人数、卡数、票数对账平衡。",
            "The box is sealed; persons, cards and ballots must balance first.",
        )),
        PollState::Reconciled | PollState::Tallied | PollState::Revealed => None,
    }
}

/// It is too early.
pub(super) fn waiting(frame: &Frame, reason: Text) -> Response {
    let body = html! {
        p class="lead" { (frame.say(reason)) }
        p class="muted" { (frame.say(BY_ITSELF)) }
    };
    frame.page(TOO_EARLY, &body)
}

/// No stick is in.
pub(super) fn insert(frame: &Frame) -> Response {
    frame.page(INSERT, &html! { p class="lead" { (frame.say(BY_ITSELF)) } })
}

/// The stick cannot be used.
pub(super) fn wrong(frame: &Frame) -> Response {
    frame.page(WRONG, &html! { p { a class="button primary" href="/tally" { (frame.say(AGAIN)) } } })
}

/// The passphrase opens the key.
pub(super) fn unlock(frame: &Frame) -> Response {
    let field = Field::new("passphrase", frame.say(PASSPHRASE), FieldKind::Password { new: false });
    let body = html! {
        @if frame.problem.is_none() { p class="lead" { (frame.say(UNLOCK_LEAD)) } }
        form method="post" action="/tally/unlock" class="narrow" {
            (frame.session())
            (field)
            button class="primary" { (frame.say(UNLOCK_BUTTON)) }
        }
        p { a href="/key/recovery" { (frame.say(FORGOTTEN)) } }
    };
    frame.page(UNLOCK, &body)
}

/// The archive is being checked.
pub(super) fn checking(frame: &Frame, progress: Progress) -> Response {
    let (steps, at_work, title) = match progress {
        Progress::Fetching => ([FETCHING, VERIFYING].as_slice(), 0, CHECKING),
        Progress::Verifying => ([FETCHING, VERIFYING].as_slice(), 1, CHECKING),
        Progress::Sending => ([SENDING].as_slice(), 0, OPENING),
    };
    let said = |step: usize| match step.cmp(&at_work) {
        Ordering::Less => DONE,
        Ordering::Equal => AT_WORK,
        Ordering::Greater => NEXT,
    };
    let body = html! {
        ul class="trustees" {
            @for (step, name) in steps.iter().enumerate() {
                li class=(if step < at_work { "there" } else { "late" }) {
                    span { (frame.say(*name)) }
                    strong { (frame.say(said(step))) }
                }
            }
        }
        p class="muted" { (frame.say(CHECKING_NOTE)) }
    };
    frame.page(title, &body)
}

/// What people compare with the signed sheets.
pub(super) fn compare(frame: &Frame, poll: &ClosedPoll) -> Response {
    let row = |name: &str, label: Text, sheet: Text, shown: &Markup| {
        html! {
            section class="compare" {
                h2 { (frame.say(label)) small { (frame.say(sheet)) } }
                (shown)
                label class="tick" {
                    input type="checkbox" name=(name) value="yes";
                    span { (frame.say(AGREES)) }
                }
            }
        }
    };
    let body = html! {
        @if frame.problem.is_none() { p class="lead" { (frame.say(COMPARE_LEAD)) } }
        form method="post" action="/tally/decrypt" {
            (frame.session())
            (row("ballots", BALLOTS, ON_CLOSING, &html! { p class="big-number" { (poll.ballots) } }))
            (row("setup", SETUP, ON_OPENING, &whole(poll.setup_event)))
            (row("head", HEAD, ON_SCREENS, &whole(poll.head)))
            div class="actions" {
                button class="primary" { (frame.say(DECRYPT)) }
                button formaction="/forget" { (frame.say(STOP)) }
            }
        }
    };
    frame.page(COMPARE, &body)
}

/// It is over.
pub(super) fn over(frame: &Frame, words: &Words) -> Response {
    let body = html! {
        (words.alert(frame.language))
        (frame.button("/forget", "primary", FINISH))
    };
    frame.page(OVER, &body)
}

/// All 64 digits, as they stand on the sheets.
fn whole(hash: Hash) -> Markup {
    let digits: Vec<char> = hash.to_string().chars().collect();
    html! {
        div class="small-code" { (groups(digits.chunks(4).map(|group| group.iter().collect::<String>()))) }
    }
}

const BY_ITSELF: Text = Text::new("本页会自己往下走。", "This page goes on by itself.");
const TOO_EARLY: Text = Text::new("还不能计票", "It is too early for the tally");
const INSERT: Text = Text::new("请插入您的U盘", "Put in your stick");
const WRONG: Text = Text::new("这个U盘现在不能用", "This stick cannot be used now");
const AGAIN: Text = Text::new("换好了，再看一次", "Changed; look again");
const UNLOCK: Text = Text::new("请输入口令", "Enter your passphrase");
const UNLOCK_LEAD: Text = Text::new(
    "本机先下载封好的票箱，逐张核验，自己加一遍，再请您与签了字的开启单、封箱单核对。到那时为止什么都不会打开。",
    "This terminal first fetches the sealed ballot box, checks every ballot and adds them up itself; then you compare with the signed sheets. Nothing is opened before that.",
);
const PASSPHRASE: Text = Text::new("口令", "Passphrase");
const UNLOCK_BUTTON: Text = Text::new("打开U盘，开始核验", "Open the stick and begin to check");
const FORGOTTEN: Text = Text::new("忘了口令，用恢复单", "Forgotten: use the recovery sheet");
const CHECKING: Text = Text::new("正在核验票箱", "Checking the ballot box");
const FETCHING: Text = Text::new("下载封好的票箱", "Fetching the sealed ballot box");
const VERIFYING: Text = Text::new("逐张核验，并自己加一遍", "Checking every ballot and adding them up");
const OPENING: Text = Text::new("正在打开合计", "Opening the sums");
const SENDING: Text =
    Text::new("打开合计并送出，等服务器核对", "Opening the sums and sending them; the server checks");
const DONE: Text = Text::new("好了 ✓", "done ✓");
const AT_WORK: Text = Text::new("正在做……", "at work …");
const NEXT: Text = Text::new("接着做", "next");
const CHECKING_NOTE: Text = Text::new(
    "一百张票要一两分钟。请不要拔U盘；本页会自己往下走。",
    "A hundred ballots take a minute or two. Leave the stick in; this page goes on by itself.",
);
const COMPARE: Text = Text::new("与签字单核对", "Compare with the signed sheet");
const COMPARE_LEAD: Text = Text::new(
    "票箱核验无误。请监督员拿出签了字的开启单和封箱单，逐项核对，一致的打勾。三项都一致，才打开合计。打开以后不能换一个票箱重来：这把密钥只认这一个。",
    "The ballot box passes every check. Let the supervisor bring the signed opening sheet and closing sheet, and tick each item that agrees. Only if all three agree are the sums opened; after that this key opens no other ballot box, ever.",
);
const BALLOTS: Text = Text::new("票数", "Ballots");
const SETUP: Text = Text::new("选举核对码", "Election check code");
const HEAD: Text = Text::new("票箱核对码", "Code of the ballot box");
const ON_OPENING: Text = Text::new("在开启单上", "on the opening sheet");
const ON_CLOSING: Text =
    Text::new("在封箱单上，与大屏上的一样", "on the closing sheet, and as on the big screen");
const ON_SCREENS: Text = Text::new(
    "代表整个票箱的一串字符，在对账后印的封箱单上，与其他监票人屏幕上的一样",
    "it stands for the whole ballot box: on the closing sheet printed after the reconciliation, and on the other trustees' screens",
);
const AGREES: Text = Text::new("一致", "agrees");
const DECRYPT: Text = Text::new("三项都一致，打开合计", "All three agree: open the sums");
const STOP: Text = Text::new("不一致：停下来，叫监督员", "Something differs: stop, call the supervisor");
const OVER: Text = Text::new("计票", "Tally");
const FINISH: Text = Text::new("返回首页", "Back to the start");
