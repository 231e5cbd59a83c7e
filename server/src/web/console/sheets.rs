//! Sheets of A4 that are printed, signed and kept: the opening sheet 开启单, the zero report 零票报告, and the closing sheet
//! 封箱单.

mod closing;

use appearance::parts::{Tone, alert, qr_svg};
use axum::extract::State;
use axum::response::Response;
use evaluation::ceremony::in_groups;
use evaluation::rules::Rules;
use maud::{Markup, html};

use super::address::InEdition;
use super::frame::{Content, Place, show};
use super::guard::Routes;
use super::parts::{back_to, facts, large_hash, local_time};
use crate::app::App;
use crate::domain::{Permission, PollState, Purpose};
use crate::service::edition::load_rules;
use crate::service::overview::{PollView, working_purpose};
use crate::service::sheet::{OpeningSheet, ZeroPreview, opening_sheet, zero_preview};
use crate::web::error_page::PageError;
use crate::web::session::Operator;

/// What the square code on the opening sheet begins with; the Setup hash follows.
pub(super) const SCANNED: &str = "PINGYI-SETUP:";

pub(super) fn routes(routes: Routes) -> Routes {
    let routes = routes.get("/console/{year}/poll/opening-sheet", Permission::ViewTurnout, opening).get(
        "/console/{year}/poll/zero-report",
        Permission::ViewTurnout,
        zero,
    );
    closing::routes(routes)
}

/// The way to the sheets, on the page of a poll whose election is final.
pub(super) fn links(operator: &Operator, edition: &InEdition, state: PollState) -> Markup {
    html! {
        div class="actions no-print" {
            a class="button" href=(edition.path("/poll/opening-sheet")) { (operator.say("打印开启单", "Print the opening sheet")) }
            a class="button" href=(edition.path("/poll/zero-report")) { (operator.say("零票报告", "Zero report")) }
            @if state >= PollState::Closed {
                a class="button" href=(edition.path("/poll/closing-sheet")) { (operator.say("打印封箱单", "Print the closing sheet")) }
            }
        }
    }
}

async fn opening(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
) -> Result<Response, PageError> {
    let rules = load_rules(&edition.0)?;
    let found = opening_sheet(&app.context, &edition.0.id).await?;
    let body = match &found {
        Some(sheet) => opening_body(&operator, &rules, sheet),
        None => not_final(&operator),
    };
    let title = operator.say("开启单", "Opening sheet");
    page(&app, &operator, &edition, (title, "/poll/opening-sheet"), &body).await
}

fn opening_body(operator: &Operator, rules: &Rules, sheet: &OpeningSheet) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let setup = sheet.setup.to_string();
    let picture =
        qr_svg(&format!("{SCANNED}{setup}"), say("选举核对码的二维码", "QR code of the election check code"));
    html! {
        (lead(operator, "一式两份：一份由监督员保存，一份放在投票机旁供扫描。", "Two copies: one for the supervisor, one beside the booths to be scanned."))
        article class="sheet" {
            (head(operator, rules, &sheet.poll, say("开启单", "Opening sheet")))
            section class="sheet-code" {
                div {
                    h2 { (say("选举核对码", "Election check code")) }
                    p class="sheet-hash" { @for group in fours(&setup) { span { (group) } " " } }
                    p class="small" { (say("每台投票机扫描右侧二维码：它自己算出的核对码与本单一致才开。任何一台不认，不得开启投票。",
                        "Every booth scans the square code and opens only if it has computed the same code itself. If one refuses, do not open the poll.")) }
                }
                @if let Ok(picture) = picture { (square(&picture, say("投票机扫这里", "For the booths"), SCANNED)) }
            }
            section {
                h2 { (say("监票人密钥核对码", "Code of the trustees' keys")) }
                p class="sheet-hash keys" { @for group in in_groups(sheet.keys) { span { (group) } " " } }
                p class="small" { (say("代表全部证书和最终公钥。与每台监票终端上显示的一致，出声宣读。",
                    "It stands for all certificates and the final key. Every trustee's terminal shows the same; it is read aloud.")) }
            }
            (signatures(operator, &sheet.poll))
        }
    }
}

/// A square code, what it is for, and what it begins with.
fn square(picture: &Markup, purpose: &str, begins: &str) -> Markup {
    html! { div class="sheet-qr" { (picture) p { (purpose) } p class="small code" { (begins) } } }
}

/// What all sheets begin with.
fn head(operator: &Operator, rules: &Rules, view: &PollView, title: &str) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let (poll, needed, trustees) = (&view.poll, view.needed, view.trustees.len());
    html! {
        header class="sheet-head" {
            p { (operator.say(&rules.title.zh, &rules.title.en)) }
            h2 class="sheet-title" { (title) }
            @if is_rehearsal(view) { p class="sheet-stamp" { (say("演　练　不作数", "REHEARSAL: does not count")) } }
        }
        (facts(&[
            (say("县", "County"), html! { (operator.say(&rules.county.zh, &rules.county.en)) }),
            (say("年度", "Year"), html! { (rules.year) }),
            (say("用途", "Purpose"), html! { strong { (say(poll.purpose.zh(), poll.purpose.en())) } }),
            (say("投票编号", "Poll"), html! { span class="code" { (poll.id) } }),
            (say("评议卡", "Cards"), html! { strong { (view.registered) } " " (say("张", "")) }),
            (say("计票所需监票人", "Trustees needed"), html! { (needed) " / " (trustees) }),
        ]))
    }
}

fn is_rehearsal(view: &PollView) -> bool {
    view.poll.purpose == Purpose::Rehearsal
}

/// A line for each trustee, the supervisor and the chair.
fn signatures(operator: &Operator, view: &PollView) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    html! {
        section class="sheet-signatures" {
            @for trustee in &view.trustees {
                p { span { (say("监票人", "Trustee")) " " (trustee.position) "　" (trustee.name) } }
            }
            p { span { (say("监督员", "Supervisor")) } }
            p { span { (say("主持人", "Chair")) } }
            p { span { (say("日期、时间", "Date and time")) } }
        }
    }
}

async fn zero(operator: Operator, State(app): State<App>, edition: InEdition) -> Result<Response, PageError> {
    let rules = load_rules(&edition.0)?;
    let found = zero_preview(&app.context, &edition.0.id).await?;
    let body = match &found {
        Some(preview) => zero_body(&operator, &rules, preview),
        None => not_final(&operator),
    };
    let title = operator.say("零票报告", "Zero report");
    page(&app, &operator, &edition, (title, "/poll/zero-report"), &body).await
}

fn zero_body(operator: &Operator, rules: &Rules, preview: &ZeroPreview) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let found = preview.found;
    if let Some(stored) = &preview.stored {
        let opened = preview.poll.poll.opened_at.map_or_else(|| "—".to_owned(), local_time);
        let numbers = [stored.ballots, stored.spent, stored.void, stored.credentials];
        let head = (stored.log_entries, stored.log_head.to_string());
        return html! {
            p class="lead no-print" { (operator.say(format!("投票于 {opened} 开启，开启的同一刻算出并存下了这份报告。"), format!("The poll was opened at {opened}; this report was made and stored in the same moment."))) }
            (zero_sheet(operator, rules, &preview.poll, say("零票报告", "Zero report"), numbers, &head))
        };
    }
    let numbers = [found.ballots, found.spent, found.void, found.credentials].map(u64::from);
    let head = (preview.head.seq, preview.head.hash.to_string());
    html! {
        @if preview.is_zero() {
            div class="no-print" { (alert(Tone::Done, say("现在开启，零票报告会这样写", "If it were opened now, the zero report would say this"), &html! {})) }
        } @else {
            (alert(Tone::Problem, say("票箱不为空，不能开启投票", "The box is not empty: the poll cannot be opened"), &html! {
                p { (say("请立即报告监督员，不要删除任何内容。", "Call the supervisor at once and delete nothing.")) }
            }))
        }
        (zero_sheet(operator, rules, &preview.poll, say("零票报告（预览）", "Zero report (preview)"), numbers, &head))
    }
}

/// Ballots, spent, void and registered cards, and the newest entry of the log.
fn zero_sheet(
    operator: &Operator,
    rules: &Rules,
    view: &PollView,
    title: &str,
    [ballots, spent, void, registered]: [u64; 4],
    (entries, hash): &(u64, String),
) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let ordered = u64::from(view.poll.cards);
    html! {
        article class="sheet" {
            (head(operator, rules, view, title))
            table class="sheet-table" {
                tbody {
                    (count(say("票箱中的选票", "Ballots in the box"), ballots, ballots == 0))
                    (count(say("已使用的评议卡", "Cards already used"), spent, spent == 0))
                    (count(say("已作废的评议卡", "Cards declared void"), void, void == 0))
                    (count(say("已登记的评议卡", "Cards registered"), registered, registered == ordered))
                    (count(say("应制评议卡", "Cards ordered"), ordered, true))
                }
            }
            p class="small" { (say("以上数字由服务器从存储的记录逐条数出。", "These numbers are counted from the stored rows.")) }
            section {
                h2 { (say("操作日志的末条", "Newest entry of the log")) " " (entries) }
                (large_hash(hash))
            }
            (signatures(operator, view))
        }
    }
}

fn count(name: &str, number: u64, right: bool) -> Markup {
    html! { tr { th scope="row" { (name) } td class="number" { (number) } td { (if right { "✓" } else { "✕" }) } } }
}

fn not_final(operator: &Operator) -> Markup {
    alert(
        Tone::Note,
        operator.say("还没有可打印的内容", "There is nothing to print yet"),
        &html! { p { (operator.say("评议卡就绪、选举固定之后才能打印。", "It can be printed once the cards are ready and the election is final.")) } },
    )
}

/// In groups of four characters.
fn fours(text: &str) -> impl Iterator<Item = &str> {
    text.as_bytes().chunks(4).filter_map(|group| str::from_utf8(group).ok())
}

fn lead(operator: &Operator, zh: &'static str, en: &'static str) -> Markup {
    html! {
        p class="lead no-print" { (operator.say(zh, en)) }
        p class="muted no-print" { (operator.say("用浏览器的“打印”（Ctrl+P），A4 纸，纵向。", "Print with the browser (Ctrl+P), A4, portrait.")) }
    }
}

async fn page(
    app: &App,
    operator: &Operator,
    edition: &InEdition,
    (title, path): (&str, &str),
    body: &Markup,
) -> Result<Response, PageError> {
    let purpose = working_purpose(&app.context, &edition.0.id).await?;
    let path = edition.path(path);
    let body = html! { div class="printed-page" { (body) } };
    let back = Some(back_to(&edition.path("/poll"), operator.say("投票", "Poll")));
    Ok(show(app, operator, Content { back, ..Content::new(Place::Poll(purpose), title, &path, body) }))
}
