//! Acts of two people: what waits, exactly what would happen, confirm, withdraw.

use appearance::parts::{Column, Row, Tone, alert, table};
use axum::extract::State;
use axum::response::Response;
use evaluation::wire::EnrolmentCode;
use maud::{Markup, html};

use super::act_words::{ActWords, describe};
use super::address::Id;
use super::done::Done;
use super::frame::{Content, Place, show};
use super::guard::Routes;
use super::invitation::INVITATION;
use super::parts::{back_to, button, facts, large_hash, local_time};
use crate::app::App;
use crate::domain::{Action, Permission, ProposalId, ProposalState, Purpose};
use crate::error::AppError;
use crate::service::account::{self, Half, Invited};
use crate::service::act::{self, Act, ActError, Outcome};
use crate::service::overview::{ProposalView, find_proposal, list_proposals};
use crate::service::proposal as proposals;
use crate::store::proposals::Proposal;
use crate::web::error_page::PageError;
use crate::web::form::Complaint;
use crate::web::session::Operator;

const PATH: &str = "/console/acts";

/// How many proposals the list shows.
const SHOWN: u32 = 30;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get(PATH, Permission::TakePartInActs, page)
        .get("/console/acts/{id}", Permission::TakePartInActs, one)
        .post("/console/acts/{id}/confirm", Permission::TakePartInActs, confirm)
        .post("/console/acts/{id}/half", Permission::TakePartInActs, fetch_half)
        .post("/console/acts/{id}/withdraw", Permission::TakePartInActs, withdraw)
}

/// Proposes an act; the answer leads to its page.
pub(super) async fn propose(app: &App, operator: &Operator, act: &Act) -> Result<Response, ActError> {
    let proposal = act::propose(&app.context, &operator.account.id, act).await?;
    Ok(proposed(&proposal))
}

/// Proposes the act that was read from a form. The answer leads to the act's page, or is what is wrong with the form, which is
/// then shown again.
pub(super) async fn propose_typed(
    app: &App,
    operator: &Operator,
    act: Result<Act, Complaint>,
) -> Result<Result<Response, Complaint>, PageError> {
    match act {
        Ok(act) => Complaint::or(propose(app, operator, &act).await),
        Err(complaint) => Ok(Err(complaint)),
    }
}

/// To the page of a new proposal.
pub(super) fn proposed(proposal: &Proposal) -> Response {
    Done::ActProposed.at(&format!("{PATH}/{}", proposal.id))
}

async fn page(operator: Operator, State(app): State<App>) -> Result<Response, PageError> {
    let all = list_proposals(&app.context, SHOWN).await?;
    let (waiting, decided): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|view| view.state == ProposalState::Proposed);
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let body = html! {
        p class="lead" {
            (say("不能撤回的操作由一人提出、另一角色的另一人确认，15 分钟内有效。",
                 "What cannot be taken back is proposed by one person and confirmed within 15 minutes by another with another role."))
        }
        @if waiting.is_empty() {
            (alert(Tone::Note, say("现在没有待确认的操作", "Nothing waits now"), &html! {}))
        } @else {
            div class="cards" { @for view in &waiting { (card(&operator, view)) } }
        }
        @if !decided.is_empty() { (history(&operator, &decided)) }
    };
    Ok(show(
        &app,
        &operator,
        Content::new(Place::Acts(None), say("待确认的操作", "Waiting acts"), PATH, body),
    ))
}

async fn one(operator: Operator, State(app): State<App>, id: Id<ProposalId>) -> Result<Response, PageError> {
    render_one(&app, &operator, &id.0, None).await
}

async fn confirm(
    operator: Operator,
    State(app): State<App>,
    id: Id<ProposalId>,
) -> Result<Response, PageError> {
    match act::confirm(&app.context, &operator.account.id, &id.0).await {
        Ok(Outcome::Done(_)) => Ok(Done::ActConfirmed.at(&format!("{PATH}/{}", id.0))),
        Ok(Outcome::Invited(action, invited)) => {
            let done = match action {
                Action::CreateAccount => {
                    operator.say("账号已建立，还没有密码", "The account is made and has no password yet")
                }
                _ => operator.say(
                    "原密码已作废，该账号已退出登录",
                    "The old password is void, and the account is signed out",
                ),
            };
            Ok(half(&app, &operator, done, &invited))
        }
        Ok(Outcome::Enrolled(_)) => Ok(Done::TerminalEnrolled.at(&format!("{PATH}/{}", id.0))),
        Err(error) => render_one(&app, &operator, &id.0, Some(&Complaint::about(error)?)).await,
    }
}

/// The proposer is shown the other half of an invitation.
async fn fetch_half(
    operator: Operator,
    State(app): State<App>,
    id: Id<ProposalId>,
) -> Result<Response, PageError> {
    match account::invitation::fetch_half(&app.context, &operator.account.id, &id.0).await {
        Ok(invited) => {
            let done = operator.say("甲码已生成，只有您看到", "The first half is made; only you see it");
            Ok(half(&app, &operator, done, &invited))
        }
        Err(error) => render_one(&app, &operator, &id.0, Some(&Complaint::about(error)?)).await,
    }
}

async fn withdraw(
    operator: Operator,
    State(app): State<App>,
    id: Id<ProposalId>,
) -> Result<Response, PageError> {
    match proposals::withdraw(&app.context, &operator.account.id, &id.0).await {
        Ok(()) => Ok(Done::ActWithdrawn.at(PATH)),
        Err(error) => {
            let complaint = Complaint::about(AppError::from(error))?;
            render_one(&app, &operator, &id.0, Some(&complaint)).await
        }
    }
}

fn card(operator: &Operator, view: &ProposalView) -> Markup {
    let proposal = &view.proposal;
    html! {
        a class="card" href={ (PATH) "/" (proposal.id) } {
            h3 { (operator.say(proposal.action.zh(), proposal.action.en())) (of_rehearsal(operator, view)) }
            p { (operator.say("提出人：", "Proposed by: ")) (view.proposer.person) }
            p class="muted small" { (local_time(proposal.proposed_at)) }
            @if may_confirm(operator, view) { span class="badge flagged" { (operator.say("等您确认", "waits for you")) } }
        }
    }
}

/// In a list of acts of both kinds, which of them are about a rehearsal.
fn of_rehearsal(operator: &Operator, view: &ProposalView) -> Markup {
    html! {
        @if view.purpose == Some(Purpose::Rehearsal) {
            " " span class="badge flagged" { (operator.say("演练，不作数", "rehearsal: does not count")) }
        }
    }
}

fn history(operator: &Operator, decided: &[ProposalView]) -> Markup {
    let columns = [
        Column::words(operator.say("操作", "Act")),
        Column::words(operator.say("提出人", "Proposed by")),
        Column::words(operator.say("提出时间", "Proposed")),
        Column::words(operator.say("结果", "Outcome")),
    ];
    let rows = decided.iter().map(|view| {
        let action = view.proposal.action;
        Row::from(vec![
            html! { a href={ (PATH) "/" (view.proposal.id) } { (operator.say(action.zh(), action.en())) } (of_rehearsal(operator, view)) },
            html! { (view.proposer.person) },
            html! { (local_time(view.proposal.proposed_at)) },
            html! { (operator.say(view.state.zh(), view.state.en())) },
        ])
    });
    table(operator.say("近期", "Recent"), &columns, rows)
}

/// Somebody else proposed it, it still waits, and this role may confirm it.
fn may_confirm(operator: &Operator, view: &ProposalView) -> bool {
    view.state == ProposalState::Proposed
        && view.proposal.proposer != operator.account.id
        && operator.may_confirm(view.proposal.action)
}

async fn render_one(
    app: &App,
    operator: &Operator,
    id: &ProposalId,
    complaint: Option<&Complaint>,
) -> Result<Response, PageError> {
    let view = find_proposal(&app.context, id).await?;
    let confirming = may_confirm(operator, &view);
    let mine = view.proposal.proposer == operator.account.id;
    let fetching = mine && account::invitation::waits_for_proposer(&app.context, id).await?;
    let words = describe(&app.context, operator, &view.proposal).await?;
    let action = view.proposal.action;
    let path = format!("{PATH}/{id}");
    let body = html! {
        p {
            span class="badge" { (operator.say(view.state.zh(), view.state.en())) } " "
            (view.proposer.person) "（" (operator.say(view.proposal.proposer_role.zh(), view.proposal.proposer_role.en())) "）"
            (operator.say(" 提出于 ", " proposed it at ")) (local_time(view.proposal.proposed_at))
        }
        (happens(operator, &words, view.state))
        @if view.state == ProposalState::Proposed { (decide(operator, &view, confirming)) }
        @if fetching { (to_fetch(operator, &path)) }
    };
    let title = operator.say(action.zh(), action.en());
    let back = Some(back_to(PATH, operator.say("待确认的操作", "Waiting acts")));
    Ok(show(
        app,
        operator,
        Content { back, complaint, ..Content::new(Place::Acts(view.purpose), title, &path, body) },
    ))
}

fn happens(operator: &Operator, words: &ActWords, state: ProposalState) -> Markup {
    let rows: Vec<_> = words.rows.iter().map(|(name, text)| (name.as_str(), value(text))).collect();
    html! {
        section class="panel" {
            h2 {
                @if state == ProposalState::Proposed { (operator.say("确认后会发生什么", "What will happen on confirmation")) }
                @else { (operator.say("内容", "Content")) }
            }
            p { (words.sentence) }
            @if !rows.is_empty() { (facts(&rows)) }
        }
    }
}

/// Hashes and codes stand in letters of one width, so that they can be compared; texts keep their lines.
fn value(text: &str) -> Markup {
    let is_hash = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    html! {
        @if is_hash { (large_hash(text)) }
        @else if text.parse::<EnrolmentCode>().is_ok() { span class="screen-code" { (text) } }
        @else { span class="written" { (text) } }
    }
}

fn decide(operator: &Operator, view: &ProposalView, confirming: bool) -> Markup {
    let path = format!("{PATH}/{}", view.proposal.id);
    let mine = view.proposal.proposer == operator.account.id;
    let confirmers = view.proposal.action.confirmers();
    let names: Vec<_> = confirmers.iter().map(|role| operator.say(role.zh(), role.en())).collect();
    html! {
        @if confirming {
            p { (operator.say("请逐项核对。确认后立即执行，不能撤回。", "Check every line. It is carried out at once and cannot be taken back.")) }
            div class="actions" {
                (button(&format!("{path}/confirm"), operator.say("我已核对，确认执行", "I have checked it: carry it out"), "primary"))
                a class="button" href=(PATH) { (operator.say("先不确认", "Not now")) }
            }
        } @else {
            (alert(
                Tone::Note,
                operator.say("等待第二人确认", "It waits for the second person"),
                &html! { p { (operator.say("可确认的角色：", "Who may confirm: ")) (names.join(operator.say("、", " or "))) (operator.say("。提出后 15 分钟失效。", ". It lapses 15 minutes after the proposal.")) } },
            ))
        }
        @if mine {
            div class="actions" { (button(&format!("{path}/withdraw"), operator.say("撤回", "Withdraw"), "grave")) }
        }
    }
}

/// What the proposer of an account or a reset has still to do after the confirmation.
fn to_fetch(operator: &Operator, path: &str) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    html! {
        section class="panel" {
            h2 { (say("请取甲码，交给本人", "Fetch the first half of the code and hand it over")) }
            p { (say("邀请码分两半：乙码已向确认人显示，甲码只向您显示一次。请备好纸条，抄下后当面交给本人；不要告诉确认人。", "The code has two halves. The confirmer was shown the second; the first is shown to you, once. Have a slip ready, write it down, hand it to the person, and do not tell the confirmer.")) }
            div class="actions" { (button(&format!("{path}/half"), say("显示甲码（只显示一次）", "Show the first half, once"), "primary")) }
        }
    }
}

/// The only page that ever shows this half. Its answer is not kept by browsers (`no-store`) and has no address.
fn half(app: &App, operator: &Operator, done: &str, invited: &Invited) -> Response {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let (title, other) = match invited.code.half() {
        Half::Proposer => (
            say("甲码（只显示这一次）", "First half of the code (shown this once)"),
            say(
                "乙码由确认人交给本人，请勿向其询问，也不要告诉其甲码。",
                "The confirmer hands over the second half. Do not ask for it, and do not tell yours.",
            ),
        ),
        Half::Confirmer => (
            say("乙码（只显示这一次）", "Second half of the code (shown this once)"),
            say(
                "甲码由提出人从自己的“待确认的操作”页面取得并交给本人，请勿向其询问，也不要告诉其乙码。",
                "The proposer fetches the first half from an own page of this act and hands it over. Do not ask for it, and do not tell yours.",
            ),
        ),
    };
    let body = html! {
        (alert(Tone::Done, done, &html! {
            p { (say("请把下面的半个邀请码抄在纸条上，当面交给本人。本人拿到两张纸条后打开下列地址，自己设置密码。", "Write this half of the code on a slip and hand it to the person, who opens the address below with both slips and chooses a password.")) }
        }))
        section class="panel" {
            h2 { (title) }
            p class="token" { (invited.code.expose().as_str()) }
            p { strong { (other) } }
            p class="muted" {
                (say("离开此页后无法再看到。邀请码只能用一次；丢失或失效的，由两人重新办理重置密码。", "It cannot be seen again after leaving this page, and is good once. If it is lost or lapses, two people reset the password."))
            }
            (facts(&[
                (say("交给", "For"), html! { (invited.account.person) }),
                (say("登录名", "Sign-in name"), html! { (invited.account.name) }),
                (say("角色", "Role"), html! { (say(invited.account.role.zh(), invited.account.role.en())) }),
                (say("有效期至", "Good until"), html! { (local_time(invited.lapses_at)) }),
                (say("设置密码的地址", "Where to choose the password"), html! { span class="code" { (app.public_url) (INVITATION) } }),
            ]))
        }
        div class="actions" { a class="button" href=(PATH) { (say("已交给本人", "Handed over")) } }
    };
    show(app, operator, Content::new(Place::Acts(None), title, PATH, body))
}
