//! `/`: the edition at a glance.

use axum::extract::State;
use evaluation::rules::Stage;
use maud::{Markup, html};

use super::SiteError;
use crate::domain::{DrawState, EditionState, PollState};
use crate::service::Context;
use crate::service::poll::Turnout;
use crate::service::public::{self, Overview, StageTime};
use crate::web::counted::{turnout_bar, turnout_words};
use crate::web::layout::{Frame, Place};

pub(super) async fn show(frame: Frame, State(context): State<Context>) -> Result<Markup, SiteError> {
    Ok(match public::overview(&context).await? {
        Some(overview) => page(&frame.in_county(&overview.year.rules.county), &overview),
        None => being_prepared(&frame),
    })
}

/// The page of a year.
pub(super) fn page(frame: &Frame, overview: &Overview) -> Markup {
    let title = frame.label(&overview.year.rules.title);
    let representatives = overview.year.rules.representatives();
    let lead = frame.pick(
        format!(
            "{representatives}名评议代表对{}个股室逐一评议。票经加密后相加，只解密总数；抽取、计票、排名，人人都可以重算。",
            overview.offices
        ),
        format!(
            "{representatives} representatives rate {} offices, each alone and in secret. Ballots are added up while \
             encrypted and only totals are decrypted. Anybody can recompute draw, tally and ranking.",
            overview.offices
        ),
    );
    let body = html! {
        h1 { (title) }
        p class="lead" { (lead) }
        (now(frame, overview))
        section {
            h2 { (frame.say("全年进度", "The year")) }
            (timeline(frame, &overview.stages))
        }
        section {
            h2 { (frame.say("已经公开的内容", "What is public")) }
            (places(frame, overview))
        }
        (verification(frame, overview))
        (earlier_years(frame, &overview.earlier))
    };
    frame.page(Some(Place::Home), title, body)
}

/// Before the first list is published.
pub(super) fn being_prepared(frame: &Frame) -> Markup {
    let title = frame.say("本年度评议正在筹备", "This year's evaluation is being prepared");
    let body = html! {
        h1 { (title) }
        p class="lead" {
            (frame.say(
                "股室名单公布后，名单、职责和承诺，代表抽取的全过程，以及两部分的排名，都将在这里公开。",
                "Once the list of offices is published, everything appears here: list, duties and commitments, the whole \
                 draw of the representatives, and the ranking of both sections.",
            ))
        }
        div class="actions" { a class="button" href="/verify" { (frame.say("如何验证", "How to verify")) } }
    };
    frame.page(Some(Place::Home), title, body)
}

/// The one thing that matters most now.
fn now(frame: &Frame, overview: &Overview) -> Markup {
    let poll = overview.poll.as_ref();
    let (headline, detail, link) = match poll.map(|poll| poll.state) {
        Some(PollState::Revealed) if !overview.is_revealed() => (
            frame.say("正在会场揭晓", "The result is being revealed in the hall"),
            frame.say(
                "主持人在会场逐步宣布名次，宣布完毕，排名就在这里公布。",
                "The chair announces it in the hall step by step. After the last step the ranking appears here.",
            ),
            None,
        ),
        Some(PollState::Revealed) => (
            frame.say("结果已揭晓", "The result is revealed"),
            frame.say("两部分的排名、得分和各档票数已经公布。", "Ranks, scores and counts of both sections are public."),
            Some((Place::Ranking, frame.say("查看排名", "See the ranking"))),
        ),
        Some(PollState::Closing) => (
            frame.say("投票结束，正在收齐选票", "Voting has ended; the last ballots are coming in"),
            frame.say("收齐之后封箱、对账。", "When all have arrived the box is sealed and the counts are compared."),
            None,
        ),
        Some(state) if state >= PollState::Closed => (
            frame.say("投票已结束，正在对账和计票", "Voting has ended; counting is under way"),
            frame.say(
                "票仍是加密的。对账平衡、监票人共同解密总数之后揭晓。",
                "The ballots are still encrypted. The result follows when the counts balance and the trustees have \
                 decrypted the totals together.",
            ),
            Some((Place::Downloads, frame.say("下载加密档案", "Download the encrypted archive"))),
        ),
        Some(PollState::Open) => (
            frame.say("投票正在进行", "Voting is under way"),
            frame.say("揭晓之前只公布投票人数。", "Until the reveal nothing but the turnout is public."),
            Some((Place::Downloads, frame.say("下载开始时的档案", "Download the archive of the opening"))),
        ),
        Some(PollState::Paused) => (
            frame.say("投票暂停", "Voting is paused"),
            frame.say("现场会宣布继续的时间。", "The hall will be told when it goes on."),
            None,
        ),
        _ => edition_now(frame, overview.year.edition.state),
    };
    html! {
        section class="present" aria-label=(frame.say("现在", "Now")) {
            div {
                p class="eyebrow" { (frame.say("现在", "Now")) }
                p class="headline" { (headline) }
                p { (detail) }
                @if let Some(reason) = poll.and_then(|poll| poll.pause_reason.as_ref()) {
                    p { (frame.say("原因：", "Reason: ")) (reason) }
                }
                @if let Some((place, label)) = link { a class="button primary" href=(place.path()) { (label) } }
            }
            @if let Some(turnout) = poll.and_then(|poll| poll.turnout) { (self::turnout(frame, turnout)) }
        }
    }
}

type Now = (&'static str, &'static str, Option<(Place, &'static str)>);

/// What matters while there is no poll to speak of.
fn edition_now(frame: &Frame, state: EditionState) -> Now {
    match state {
        EditionState::Draft | EditionState::Listed => (
            frame.say("名单已公布", "The list is published"),
            frame.say(
                "各股室正在自查自纠、整改提升。职责和承诺已经公开。",
                "The offices check themselves and improve. Their duties and commitments are public.",
            ),
            Some((Place::Offices, frame.say("查看名单", "See the list"))),
        ),
        EditionState::PoolOpen => (
            frame.say("正在征集评议代表人选", "Candidates for representatives are being collected"),
            frame.say(
                "单位推荐、个人自荐，审核后入库，再从库中公开抽取。",
                "Units recommend people and people nominate themselves; of the reviewed pool the representatives are \
                 drawn in public.",
            ),
            Some((Place::Pool, frame.say("自荐或推荐", "Nominate somebody"))),
        ),
        EditionState::PoolLocked => (
            frame.say("正在选聘评议代表", "Representatives are being chosen"),
            frame.say(
                "单位推荐、个人自荐，审核后入库，再从库中公开抽取。",
                "Units recommend people and people nominate themselves; of the reviewed pool the representatives are \
                 drawn in public.",
            ),
            Some((Place::Draw, frame.say("了解抽取", "About the draw"))),
        ),
        EditionState::Drawn => (
            frame.say("评议代表已抽取", "The representatives are drawn"),
            frame.say("抽取的全部记录已经公开，人人可以重算。", "The whole record of the draw is public and can be recomputed."),
            Some((Place::Draw, frame.say("查看抽取", "See the draw"))),
        ),
        _ => (
            frame.say("述职材料已公开", "The statements are published"),
            frame.say(
                "请阅读各股室不超过400字的述职。述职会和投票即将举行。",
                "Read what each office says of its year in at most 400 characters. The meeting and the vote are next.",
            ),
            Some((Place::Offices, frame.say("阅读述职", "Read the statements"))),
        ),
    }
}

/// Ballots of people checked in, as a bar and in words.
pub(super) fn turnout(frame: &Frame, turnout: Turnout) -> Markup {
    let (zh, en) = turnout_words(turnout);
    let words = frame.pick(zh, en);
    html! {
        div class="turnout" {
            p class="figure" {
                (turnout.ballots)
                @if let Some(present) = turnout.present { span class="of" { " / " (present) } }
            }
            p class="muted" { (words) }
            (turnout_bar(turnout, &words))
        }
    }
}

fn timeline(frame: &Frame, stages: &[(Stage, StageTime)]) -> Markup {
    html! {
        ol class="timeline" {
            @for (stage, time) in stages {
                @let (class, words) = match time {
                    StageTime::Past => ("past", frame.say("已完成", "done")),
                    StageTime::Now => ("now", frame.say("进行中", "now")),
                    StageTime::Ahead => ("ahead", ""),
                };
                li class=(class) aria-current=[(*time == StageTime::Now).then_some("step")] {
                    span class="stage" { (frame.label(&stage.name)) }
                    span class="days" { (frame.days(stage.first_day, stage.last_day)) }
                    @if !words.is_empty() { span class="time" { (words) } }
                }
            }
        }
    }
}

fn places(frame: &Frame, overview: &Overview) -> Markup {
    let state = overview.poll.as_ref().map(|poll| poll.state);
    let offices = frame.pick(format!("{}个股室", overview.offices), format!("{} offices", overview.offices));
    let draw = match overview.draw {
        Some(DrawState::Drawn) => Some(frame.say("已抽取", "drawn")),
        Some(DrawState::Announced | DrawState::Committed | DrawState::Thrown | DrawState::Opened) => {
            Some(frame.say("已公告", "announced"))
        }
        Some(DrawState::Void) => Some(frame.say("已作废，将重新公告", "void; a new one will be announced")),
        None => None,
    };
    let files = if overview.year.is_published() {
        Some(frame.say("全部公布文件", "everything"))
    } else {
        state.filter(|state| *state >= PollState::Open).map(|_| frame.say("加密档案", "encrypted archive"))
    };
    html! {
        div class="cards places" {
            (card(frame, Place::Offices, frame.say("股室名单", "Offices"), Some(&offices), frame.say(
                "名单、职责、承诺和述职",
                "List, duties, commitments and statements",
            )))
            (card(frame, Place::Pool, frame.say("代表库", "The pool"),
                (overview.year.edition.state > EditionState::PoolOpen).then(|| frame.say("已锁定", "locked")),
                frame.say("隐去姓名的名单和核对码", "The list with masked names, and its hash")))
            (card(frame, Place::Draw, frame.say("代表抽取", "The draw"), draw, frame.say(
                "公告、承诺值、骰子、种子和全部名次",
                "Announcement, commitments, dice, seed and everybody's rank",
            )))
            (card(frame, Place::Reconciliation, frame.say("对账", "The counts"),
                state.filter(|state| *state >= PollState::Reconciled).map(|_| frame.say("已平衡", "balanced")),
                frame.say("代表、评议卡和票逐项相符", "Persons, cards and ballots agree")))
            (card(frame, Place::Ranking, frame.say("排名", "The ranking"),
                overview.is_revealed().then(|| frame.say("已揭晓", "revealed")),
                frame.say("两部分的名次、得分和各档票数", "Ranks, scores and counts of both sections")))
            (card(frame, Place::Downloads, frame.say("下载", "Downloads"), files, frame.say(
                "每个文件都附大小和 SHA-256",
                "Every file with its size and SHA-256",
            )))
        }
    }
}

fn card(frame: &Frame, place: Place, title: &str, status: Option<&str>, about: &str) -> Markup {
    html! {
        a class="card" href=(place.path()) {
            h3 { (title) }
            p { (about) }
            p {
                @match status {
                    Some(status) => span class="badge" { (status) },
                    None => span class="muted small" { (frame.say("尚未公开", "not public yet")) },
                }
            }
        }
    }
}

fn verification(frame: &Frame, overview: &Overview) -> Markup {
    html! {
        section class="promise" {
            h2 { (frame.say("不必相信我们：自己验证", "Do not trust us: check it yourself")) }
            p {
                (frame.say(
                    "公布的文件夹里有重算一切所需要的东西。下载后，一条命令就能在您自己的电脑上重做抽取、核对每一张加密票的证明、重算总数和排名：",
                    "The published folder holds all that is needed. One command on your own computer draws again, checks the \
                     proofs of every encrypted ballot, and recomputes totals and ranking:",
                ))
            }
            pre { code { "pingyi verify publication-" (overview.year.edition.year) ".zip" } }
            p {
                (frame.say(
                    "另有不依赖本系统服务器的小程序 pingyi-verify；投票档案是公开的 Belenios 格式，别人独立编写的 belenios-tool 也能核验。",
                    "There is also the small stand-alone program pingyi-verify; and the archive of the poll is in the open \
                     Belenios format, which belenios-tool, written by others, checks too.",
                ))
            }
            a class="button" href=(Place::Verify.path()) { (frame.say("一步一步怎样验证", "Step by step")) }
        }
    }
}

fn earlier_years(frame: &Frame, years: &[i16]) -> Markup {
    html! {
        @if !years.is_empty() {
            section {
                h2 { (frame.say("往年", "Earlier years")) }
                ul {
                    @for year in years {
                        li { a href={ "/publication/" (year) } {
                            (year) " " (frame.say("年全部公布文件（zip）", "whole publication (zip)"))
                        } }
                    }
                }
            }
        }
    }
}
