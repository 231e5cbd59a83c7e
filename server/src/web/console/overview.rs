//! An edition at a glance: where it stands, what is next and who does it.

use appearance::parts::{Column, Row, Step, Tone, alert, steps, table};
use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::absences;
use super::address::{InEdition, path};
use super::frame::{Content, Place, show};
use super::guard::Routes;
use super::rules::in_words;
use crate::app::App;
use crate::domain::{Action, EditionState, Permission, PollState, Role};
use crate::service::overview::{Glance, glance};
use crate::store::editions::Edition;
use crate::web::error_page::PageError;
use crate::web::session::Operator;

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get("/console/{year}", Permission::ViewEdition, page)
}

async fn page(operator: Operator, State(app): State<App>, edition: InEdition) -> Result<Response, PageError> {
    let glance = glance(&app.context, &edition.0).await?;
    let title = operator.say(format!("{} 年度评议", edition.0.year), format!("Edition {}", edition.0.year));
    let body = html! {
        p class="lead" { (operator.say(&glance.rules.title.zh, &glance.rules.title.en)) }
        (stepper(&operator, &edition.0, &glance))
        (waiting(&operator))
        (rehearsing(&operator, &edition.0, &glance))
        (next_card(&operator, &edition.0, &glance))
        (cards(&operator, &edition.0, &glance))
        (absences::link(&operator, &edition.0))
        (super::paper::link(&operator, &edition.0))
        (stages(&operator, &glance))
        details {
            summary { (operator.say("本年度的规则", "The rules of this edition")) }
            (in_words(&operator, &glance.rules))
        }
        p class="small" { a href="/console/editions" { (operator.say("其他年度", "Other editions")) } }
    };
    Ok(show(&app, &operator, Content::new(Place::Edition, &title, &edition.path(""), body)))
}

fn rehearsing(operator: &Operator, edition: &Edition, glance: &Glance) -> Markup {
    let words = operator.say("所有终端都在演练中。", "All terminals take part in it.");
    let body = html! {
        p { (words) " "
            @if operator.may(Permission::ViewTurnout) {
                a href=(path(edition, "/rehearsals")) { (operator.say("查看或结束", "Look at it or end it")) }
            }
        }
    };
    html! {
        @if glance.rehearsal { (alert(Tone::Warning, operator.say("演练进行中", "A rehearsal is running"), &body)) }
    }
}

fn stepper(operator: &Operator, edition: &Edition, glance: &Glance) -> Markup {
    let tasks = [
        ("公布股室名单", "Publish the list", "/offices"),
        ("征集人员库", "Fill the pool", "/pool"),
        ("抽取代表", "Draw", "/draw"),
        ("公开述职", "Statements", "/statements"),
        ("投票", "Poll", "/poll"),
        ("公布结果", "Publish", "/publication"),
    ];
    let urls = tasks.map(|(_, _, path)| format!("/console/{}{path}", edition.year));
    let list: Vec<_> = tasks
        .iter()
        .zip(&urls)
        .map(|((zh, en, path), url)| {
            let open = match *path {
                "/pool" => operator.may(Permission::ViewPool),
                "/poll" => operator.may(Permission::ViewTurnout),
                _ => true,
            };
            Step { label: operator.say(*zh, *en), url: open.then_some(url.as_str()) }
        })
        .collect();
    steps(&list, current_task(edition.state, glance.poll.as_ref().map(|poll| poll.state)))
}

fn current_task(state: EditionState, poll: Option<PollState>) -> usize {
    match state {
        EditionState::Draft => 0,
        EditionState::Listed | EditionState::PoolOpen => 1,
        EditionState::PoolLocked => 2,
        EditionState::Drawn => 3,
        EditionState::StatementsPublished => 4,
        EditionState::Poll => 4 + usize::from(poll == Some(PollState::Revealed)),
        EditionState::Published | EditionState::Archived => 6,
    }
}

fn waiting(operator: &Operator) -> Markup {
    let count = operator.surroundings.waiting;
    html! {
        @if count > 0 {
            (alert(
                Tone::Warning,
                &operator.say(format!("有 {count} 项操作等您确认"), format!("{count} acts wait for your confirmation")),
                &html! { p { a href="/console/acts" { (operator.say("去看待确认的操作", "See what waits")) } } },
            ))
        }
    }
}

/// What has to be done next.
struct Next {
    zh: &'static str,
    en: &'static str,
    who: &'static [Role],
    path: &'static str,
}

impl Next {
    const fn new(zh: &'static str, en: &'static str, who: &'static [Role], path: &'static str) -> Self {
        Self { zh, en, who, path }
    }
}

const COMMISSION: &[Role] = &[Role::Commission];

fn next(state: EditionState, glance: &Glance) -> Option<Next> {
    let offices: usize = glance.offices.iter().sum();
    Some(match state {
        EditionState::Draft if offices == 0 => {
            Next::new("导入股室名单。", "Import the list of offices.", COMMISSION, "/offices")
        }
        EditionState::Draft => Next::new(
            "核对股室名单，然后公布。公布后名单和规则不再更改。",
            "Check the list of offices, then publish it. After that neither list nor rules change.",
            COMMISSION,
            "/offices",
        ),
        EditionState::Listed => Next::new(
            "开放人员库，开始推荐和审核。",
            "Open the pool: recommendations and their review begin.",
            COMMISSION,
            "/pool",
        ),
        EditionState::PoolOpen => Next::new(
            "收集提名并审核；满员后由两人锁定人员库。",
            "Collect nominations and review them; once the pool is full, two people lock it.",
            COMMISSION,
            "/pool",
        ),
        EditionState::PoolLocked => Next::new(
            "组织公开抽取：公告、承诺、掷骰、开封，由两人确认。",
            "Hold the public draw: announcement, commitments, dice, reveals; two people confirm it.",
            COMMISSION,
            "/draw",
        ),
        EditionState::Drawn => {
            Next::new("公开各股室的述职材料。", "Publish the offices' statements.", COMMISSION, "/statements")
        }
        EditionState::StatementsPublished => {
            Next::new("建立投票，登记监票人。", "Create the poll and name the trustees.", COMMISSION, "/poll")
        }
        EditionState::Poll => next_in_poll(glance.poll.as_ref().map(|poll| poll.state)),
        EditionState::Published | EditionState::Archived => return None,
    })
}

fn next_in_poll(state: Option<PollState>) -> Next {
    match state {
        None => {
            Next::new("建立投票，登记监票人。", "Create the poll and name the trustees.", COMMISSION, "/poll")
        }
        Some(PollState::Setup) => Next::new(
            "监票人在各自的终端上生成密钥。",
            "The trustees make their keys, each at a terminal.",
            &[Role::Trustee],
            "/poll",
        ),
        Some(PollState::KeysReady) => Next::new(
            "制卡员制作评议卡。",
            "The card officer makes the cards.",
            &[Role::CardOfficer],
            "/poll",
        ),
        Some(PollState::CardsReady) => Next::new(
            "核对开启单上的核对码，提出开启投票，由监督员确认。",
            "Compare the hash on the opening sheet, then propose to open the poll; the supervisor confirms.",
            Action::OpenPoll.proposers(),
            "/poll",
        ),
        Some(PollState::Open | PollState::Paused) => Next::new(
            "代表投票。结束时提出结束投票，由监督员确认。",
            "The representatives vote. At the end, propose to close the poll; the supervisor confirms.",
            Action::ClosePoll.proposers(),
            "/poll",
        ),
        Some(PollState::Closing) => Next::new(
            "等待各投票机把选票全部送达，然后封箱。",
            "Wait until every booth has delivered its ballots, then seal the box.",
            COMMISSION,
            "/poll",
        ),
        Some(PollState::Closed) => Next::new(
            "投票机签署声明，剩余的卡当众作废；登记应处理的股室，然后对账。",
            "Booths sign for their ballots and the remaining cards are declared void; record sanctions if there are any, then reconcile.",
            COMMISSION,
            "/poll",
        ),
        Some(PollState::Reconciled) => Next::new(
            "监票人在各自的终端上核对并解密总数。",
            "The trustees check and decrypt the totals, each at a terminal.",
            &[Role::Trustee],
            "/poll",
        ),
        Some(PollState::Tallied) => Next::new(
            "提出揭晓结果，由另一人确认。",
            "Propose to reveal the result; a second person confirms.",
            Action::Reveal.proposers(),
            "/poll",
        ),
        Some(PollState::Revealed) => Next::new(
            "提出公布结果，由另一人确认。",
            "Propose to publish the result; a second person confirms.",
            COMMISSION,
            "/publication",
        ),
    }
}

fn next_card(operator: &Operator, edition: &Edition, glance: &Glance) -> Markup {
    let Some(next) = next(edition.state, glance) else {
        let done = operator
            .say("本年度评议已完成，结果已公布。", "This edition is complete and its result is public.");
        return alert(Tone::Done, done, &html! {});
    };
    let who: Vec<_> = next.who.iter().map(|role| operator.say(role.zh(), role.en())).collect();
    let mine = next.who.contains(&operator.account.role);
    html! {
        section class="card next" {
            h2 { (operator.say("下一步", "Next")) }
            p { (operator.say(next.zh, next.en)) }
            p class="muted" {
                (operator.say("由谁办：", "Who: ")) (who.join(operator.say("、", " or ")))
            }
            @if mine {
                div class="actions" {
                    a class="button primary" href={ "/console/" (edition.year) (next.path) } { (operator.say("去办理", "Go there")) }
                }
            }
        }
    }
}

fn cards(operator: &Operator, edition: &Edition, glance: &Glance) -> Markup {
    let at = |page: &str| format!("/console/{}{page}", edition.year);
    html! {
        div class="cards four" {
            a class="card" href=(at("/offices")) { (offices_card(operator, glance)) }
            @if operator.may(Permission::ViewPool) {
                a class="card" href=(at("/pool")) { (pool_card(operator, glance)) }
            }
            a class="card" href=(at("/draw")) { (draw_card(operator, glance)) }
            @if operator.may(Permission::ViewTurnout) {
                a class="card" href=(at("/poll")) { (poll_card(operator, glance)) }
            }
        }
    }
}

fn offices_card(operator: &Operator, glance: &Glance) -> Markup {
    let total: usize = glance.offices.iter().sum();
    html! {
        p class="muted" { (operator.say("股室", "Offices")) }
        p class="figure" { (total) }
        p {
            @for (section, count) in glance.rules.sections.iter().zip(&glance.offices) {
                (operator.say(&section.name.zh, &section.name.en)) " " (count) br;
            }
        }
    }
}

fn pool_card(operator: &Operator, glance: &Glance) -> Markup {
    html! {
        p class="muted" { (operator.say("人员库", "Pool")) }
        p class="figure" { (glance.pool.members) " / " (glance.rules.pool.size) }
        p {
            @for half in &glance.pool.halves {
                (operator.say(
                    format!("{} 组 {} 人，抽 {} 名", half.half, half.members, half.seats),
                    format!("Half {}: {} people for {} seats", half.half, half.members, half.seats),
                )) br;
            }
        }
    }
}

fn draw_card(operator: &Operator, glance: &Glance) -> Markup {
    let state = glance.draw.as_ref().map(|draw| draw.state);
    html! {
        p class="muted" { (operator.say("抽取代表", "Representatives to draw")) }
        p class="figure" { (glance.rules.representatives()) }
        p { (state.map_or(operator.say("尚未公告", "Not announced yet"), |state| operator.say(state.zh(), state.en()))) }
    }
}

fn poll_card(operator: &Operator, glance: &Glance) -> Markup {
    html! {
        p class="muted" { (operator.say("投票", "Poll")) }
        @match &glance.poll {
            Some(poll) => {
                p class="figure" {
                    (poll.turnout.ballots)
                    @if let Some(present) = poll.turnout.present { " / " (present) }
                }
                p { (operator.say(poll.state.zh(), poll.state.en())) br;
                    @if poll.turnout.present.is_some() { (operator.say("已投票 / 已签到", "Ballots / checked in")) }
                    @else { (operator.say("已投票", "Ballots")) }
                }
            }
            None => { p class="figure" { "—" } p { (operator.say("尚未建立", "Not created yet")) } }
        }
    }
}

fn stages(operator: &Operator, glance: &Glance) -> Markup {
    let columns = [
        Column::words(operator.say("阶段", "Stage")),
        Column::words(operator.say("开始", "First day")),
        Column::words(operator.say("结束", "Last day")),
    ];
    let rows = glance.rules.stages.iter().map(|stage| {
        Row::from(vec![
            html! { (operator.say(&stage.name.zh, &stage.name.en)) },
            html! { (stage.first_day) },
            html! { (stage.last_day) },
        ])
    });
    html! { details { summary { (operator.say("全年日程", "Timetable")) } (table("", &columns, rows)) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_of_the_year_only_goes_forward() {
        let mut places = Vec::new();
        for &state in EditionState::ALL {
            places.push(current_task(state, None));
        }
        assert!(places.is_sorted());
        assert_eq!(current_task(EditionState::Poll, Some(PollState::Revealed)), 5);
        assert_eq!(places.last(), Some(&6));
    }
}
