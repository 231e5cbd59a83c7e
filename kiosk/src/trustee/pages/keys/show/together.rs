//! The rounds with the others: waiting, and comparing aloud.

use appearance::{Language, Text, parts::progress};
use axum::response::Response;
use belenios::text::Hash;
use evaluation::{ceremony::in_groups, wire::TrusteeAssignment};
use maud::{Markup, html};

use super::{Frame, aside, groups};
use crate::trustee::{
    Step,
    pages::{making::View, words::Words},
};

/// Whether the page looks again by itself. Not while people compare.
pub(in crate::trustee::pages::keys) const fn waits(view: &View) -> bool {
    match view {
        View::Working(Some(Step::Certificates(_) | Step::Trustees(_))) | View::Failed(_) => false,
        View::Working(_) | View::Made(_) => true,
    }
}

/// How far the rounds are.
pub(in crate::trustee::pages::keys) fn making(
    frame: &mut Frame,
    assignment: &TrusteeAssignment,
    view: View,
) -> Response {
    match view {
        View::Working(Some(Step::Certificates(code))) => {
            compare(frame, code, COMPARE_FIRST, COMPARE_FIRST_LEAD)
        }
        View::Working(Some(Step::Trustees(code))) => compare(frame, code, COMPARE_LAST, COMPARE_LAST_LEAD),
        View::Working(Some(Step::Waiting { round, missing })) => waiting(frame, assignment, round, &missing),
        View::Working(step) => {
            if step == Some(Step::NoContact) {
                frame.problem = Some(Words::no_contact());
            }
            frame.step(2, WORKING, &html! { p class="lead" { (frame.say(WORKING_LEAD)) } })
        }
        View::Failed(words) => {
            frame.problem = Some(words);
            let body = html! {
                (frame.button("/key/again", "primary", AGAIN))
                details { summary { (frame.say(ANEW)) } (aside(frame)) }
            };
            frame.step(2, FAILED, &body)
        }
        View::Made(_) => frame.step(3, WORKING, &html! {}),
    }
}

fn waiting(frame: &Frame, assignment: &TrusteeAssignment, round: u8, missing: &[u32]) -> Response {
    let all = u64::from(assignment.trustees);
    let here = all.saturating_sub(u64::try_from(missing.len()).unwrap_or(all));
    let label = match frame.language {
        Language::Chinese => format!("第 {round} 轮，共 3 轮：已做完 {here} 人，共 {all} 人"),
        Language::English => format!("Round {round} of 3: {here} of {all} are through"),
    };
    let body = html! {
        p class="lead" { (frame.say(WAITING_LEAD)) }
        p class="figure" { (label) }
        (progress(here, all, &label))
        (list(frame, assignment, missing))
        p class="muted" { (frame.say(BY_ITSELF)) }
    };
    frame.step(2, WAITING, &body)
}

/// All trustees with what they have done.
fn list(frame: &Frame, assignment: &TrusteeAssignment, missing: &[u32]) -> Markup {
    html! {
        ul class="trustees" {
            @for position in 1..=assignment.trustees {
                @let late = missing.contains(&position);
                li class=(if late { "late" } else { "there" }) {
                    span {
                        @match frame.language {
                            Language::Chinese => { "第 " (position) " 位监票人" },
                            Language::English => { "Trustee " (position) },
                        }
                        @if position == assignment.position { (frame.say(YOU)) }
                    }
                    strong { (frame.say(if late { LATE } else { THERE })) }
                }
            }
        }
    }
}

fn compare(frame: &Frame, code: Hash, title: Text, lead: Text) -> Response {
    let answer = |same: &str, class: &str, label: Text| {
        html! {
            form method="post" action="/key/answer" {
                (frame.session())
                input type="hidden" name="code" value=(code);
                input type="hidden" name="same" value=(same);
                button class=(class) { (frame.say(label)) }
            }
        }
    };
    let body = html! {
        p class="lead" { (frame.say(lead)) }
        (groups(in_groups(code)))
        div class="actions" {
            (answer("yes", "primary", SAME))
            (answer("no", "grave", DIFFERENT))
        }
        p class="muted" { (frame.say(IF_NOT)) }
    };
    frame.step(3, title, &body)
}

const WORKING: Text = Text::new("正在与服务器交换", "Exchanging with the server");
const WORKING_LEAD: Text =
    Text::new("请稍等，本页会自己往下走。", "Please wait; this page goes on by itself.");
const WAITING: Text = Text::new("等其他监票人", "Waiting for the other trustees");
const WAITING_LEAD: Text = Text::new(
    "您这一步做完了。密钥要大家一起做，缺一位都不行；请还没到的监票人在自己的终端上往下走。",
    "You have done your part of this round. The keys are made together; those who are missing go on at their own terminals.",
);
const BY_ITSELF: Text = Text::new(
    "本页自己刷新。中途关机、拔U盘都不要紧：再来时用口令打开，从这里继续。",
    "This page looks again by itself. Switching off does no harm: open the stick with the passphrase and go on from here.",
);
const YOU: Text = Text::new("（您）", " (you)");
const LATE: Text = Text::new("还没做完", "not yet");
const THERE: Text = Text::new("做完了 ✓", "done ✓");
const COMPARE_FIRST: Text = Text::new("大家看到的是同一组吗？", "Does everybody see the same?");
const COMPARE_FIRST_LEAD: Text = Text::new(
    "请第一位监票人大声念出这十组字符，其他人在自己的屏幕上逐组对。全都一样，才往下走。",
    "The first trustee reads these ten groups aloud, the others compare each group on their own screens. Go on only if all are the same.",
);
const COMPARE_LAST: Text = Text::new("再核对一次密钥", "Compare the keys once more");
const COMPARE_LAST_LEAD: Text = Text::new(
    "密钥做成了。请第一位监票人再念下面这组新的字符：它是代表全部密钥的“监票人密钥核对码”，开启单上印着同一个，由各位签字。",
    "The keys are made. The first trustee reads this new code aloud: it stands for all keys; it is printed on the opening sheet for you to sign.",
);
const SAME: Text = Text::new("念过了，全都一样", "Read aloud: all the same");
const DIFFERENT: Text = Text::new("有不一样的", "Something differs");
const IF_NOT: Text = Text::new(
    "只要有一个字符不一样，就按“有不一样的”：本终端不再送出任何内容，由创建办宣布重新制作密钥。",
    "If a single character differs, press “Something differs”: this terminal sends nothing further, and the commission has all keys made anew.",
);
const FAILED: Text = Text::new("停下来了", "It stopped");
const AGAIN: Text = Text::new("重新打开U盘，再试一次", "Open the stick again and try once more");
const ANEW: Text = Text::new("创建办已宣布密钥作废、重新制作", "The commission has declared the keys void");
