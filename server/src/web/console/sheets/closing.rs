//! The closing sheet 封箱单, signed when the box is sealed: how many ballots are in it, and the codes that stand for it.

use appearance::parts::{Tone, alert, qr_svg};
use axum::extract::State;
use axum::response::Response;
use evaluation::rules::Rules;
use maud::{Markup, html};

use super::{fours, head, lead, page, signatures, square};
use crate::app::App;
use crate::domain::Permission;
use crate::service::edition::load_rules;
use crate::service::sheet::{ClosingSheet, closing_sheet};
use crate::web::console::address::InEdition;
use crate::web::console::guard::Routes;
use crate::web::console::parts::local_time;
use crate::web::error_page::PageError;
use crate::web::session::Operator;

/// What the square code on the closing sheet begins with; the closing code follows.
const SCANNED: &str = "PINGYI-CLOSING:";

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get("/console/{year}/poll/closing-sheet", Permission::ViewTurnout, closing)
}

async fn closing(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
) -> Result<Response, PageError> {
    let rules = load_rules(&edition.0)?;
    let found = closing_sheet(&app.context, &edition.0.id).await?;
    let body = match &found {
        Some(sheet) => body(&operator, &rules, sheet),
        None => not_sealed(&operator),
    };
    let title = operator.say("封箱单", "Closing sheet");
    page(&app, &operator, &edition, (title, "/poll/closing-sheet"), &body).await
}

fn body(operator: &Operator, rules: &Rules, sheet: &ClosingSheet) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let end = sheet.end_ballots.to_string();
    let picture =
        qr_svg(&format!("{SCANNED}{end}"), say("封箱核对码的二维码", "QR code of the closing code"));
    let closed = sheet.poll.poll.closed_at.map_or_else(|| "—".to_owned(), local_time);
    html! {
        (lead(operator, "封箱后打印，一式两份，签字后由监督员保存。对账之后再打印一次，多一个票箱核对码，供监票人计票前核对。",
            "Print two copies once the box is sealed; the supervisor keeps them, signed. Print it again after the reconciliation: it then has the code of the ballot box, which the trustees compare before the tally."))
        article class="sheet dense" {
            (head(operator, rules, &sheet.poll, say("封箱单", "Closing sheet")))
            table class="sheet-table" {
                tbody {
                    tr { th scope="row" { (say("票箱中的选票", "Ballots in the box")) } td class="number" { strong { (sheet.poll.turnout.ballots) } } }
                    tr { th scope="row" { (say("封箱时间", "Sealed")) } td class="number" { (closed) } }
                }
            }
            section class="sheet-code" {
                div {
                    (code(say("封箱核对码", "Closing code"), &end))
                    p class="small" { (say("代表封好的全部选票。与每台投票机签字后屏幕上的一致，公开网站上的也一致。",
                        "It stands for all ballots in the box. Every booth shows it when it has signed, and so does the public site.")) }
                }
                @if let Ok(picture) = picture { (square(&picture, say("封箱核对码", "Closing code"), SCANNED)) }
            }
            section class="sheet-pair" {
                div {
                    (code(say("选举核对码", "Election check code"), &sheet.setup.to_string()))
                    p class="small" { (say("与开启单一致。", "As on the opening sheet.")) }
                }
                @if let Some(head) = sheet.head {
                    div {
                        (code(say("票箱核对码", "Code of the ballot box"), &head.to_string()))
                        p class="small" { (say("代表对账之后的整个档案，包括加密的合计。每台监票终端解密之前显示的须与它一致。",
                            "It stands for the whole archive after the reconciliation, with the encrypted sums. Every trustee's terminal must show it before it decrypts.")) }
                    }
                }
            }
            (signatures(operator, &sheet.poll))
        }
    }
}

fn code(title: &str, hash: &str) -> Markup {
    html! {
        h2 { (title) }
        p class="sheet-hash" { @for group in fours(hash) { span { (group) } " " } }
    }
}

fn not_sealed(operator: &Operator) -> Markup {
    alert(
        Tone::Note,
        operator.say("还没有可打印的内容", "There is nothing to print yet"),
        &html! { p { (operator.say("投票结束、封箱之后才能打印。", "It can be printed once the poll has ended and the box is sealed.")) } },
    )
}
