//! What the commission prints: slips for the members of the pool, letters of appointment, the list for the desk. The only
//! pages with full names besides the review.

use appearance::parts::{Column, Row, Tone, alert, table};
use axum::extract::State;
use axum::response::Response;
use evaluation::rules::Rules;
use jiff::civil::Date;
use maud::{Markup, html};

use super::back_to_pool;
use crate::app::App;
use crate::domain::Permission;
use crate::service::edition::load_rules;
use crate::service::pool::print::{Representative, Slip, representatives, slips};
use crate::web::console::address::InEdition;
use crate::web::console::frame::{Content, Place, show};
use crate::web::console::guard::Routes;
use crate::web::error_page::PageError;
use crate::web::session::Operator;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/console/{year}/pool/slips", Permission::ViewIdentities, slips_page)
        .get("/console/{year}/pool/letters", Permission::ViewIdentities, letters_page)
        .get("/console/{year}/pool/representatives", Permission::ViewIdentities, desk_page)
}

async fn slips_page(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
) -> Result<Response, PageError> {
    let rules = load_rules(&edition.0)?;
    let body = match slips(&app.context, &edition.0).await? {
        None => nothing(
            &operator,
            "没有可打印的凭条：人员库还没有锁定，或是现成名单（没有身份锚），或姓名和证件号已在归档时删除。",
            "There is no slip to print: the pool is not locked, or is a ready-made list without anchors, or names and numbers were erased with the archive.",
        ),
        Some((draw_id, slips)) => html! {
            (lead(&operator, "每人一张，沿虚线裁开，当面交给本人。凭条含本人身份信息，请勿公开张贴或拍照上传。", "One for each person; cut along the dashed lines and hand each to the person. They hold personal data: do not post or photograph them."))
            div class="slips" { @for one in &slips { (slip(&rules, draw_id.as_str(), one)) } }
        },
    };
    Ok(page(&app, &operator, &edition, ("身份凭条", "Slips"), "/pool/slips", &body))
}

fn slip(rules: &Rules, draw_id: &str, slip: &Slip) -> Markup {
    html! {
        article class="slip" {
            header {
                p class="slip-id" { (slip.id) }
                div {
                    p class="slip-title" { (rules.title.zh) "　评议代表库身份凭条" }
                    p { strong { (slip.name) } "（公布为 " (slip.masked) "）　" (slip.half) " 组　" (slip.category) }
                }
            }
            dl {
                dt { "盐值" } dd { @for group in groups(&slip.salt) { span { (group) } " " } }
                dt { "身份锚" } dd { @for group in groups(&slip.anchor) { span { (group) } " " } }
            }
            p {
                "用途：公布的名单只有编号和隐去的姓名。在任何电脑上运行下面一行，得出的就是名单中 " (slip.id)
                " 的身份锚，由此可证明 " (slip.id) " 是您本人，任何人不能在抽取后换人（苹果电脑请把 sha256sum 换成 shasum -a 256；Windows 请在 WSL 或 Git Bash 里运行）。其中的抽取编号 " code { (draw_id) }
                " 在锁定人员库时写入，此后的抽取即使另有编号，它也不变。请妥善保管，不要拍照外传。"
            }
            p class="slip-command" { (slip.command.as_str()) }
            p lang="en" { "The command recomputes the anchor published for " (slip.id) ": it proves that you are " (slip.id) ". Keep this slip to yourself." }
        }
    }
}

/// In groups of four characters.
fn groups(hash: &str) -> impl Iterator<Item = &str> {
    hash.as_bytes().chunks(4).filter_map(|group| str::from_utf8(group).ok())
}

async fn letters_page(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
) -> Result<Response, PageError> {
    let rules = load_rules(&edition.0)?;
    let body = match representatives(&app.context, &edition.0).await? {
        None => not_drawn(&operator),
        Some(people) => html! {
            (lead(&operator, "现任评议代表每人一页，已计入替补。打印后盖章。", "One page for each representative in office, replacements included. Print and seal them."))
            @for one in &people { (letter(&rules, one)) }
        },
    };
    Ok(page(&app, &operator, &edition, ("聘书", "Letters of appointment"), "/pool/letters", &body))
}

fn letter(rules: &Rules, person: &Representative) -> Markup {
    // The title usually ends with 评议, which 评议代表 says again.
    let title = rules.title.zh.strip_suffix("评议").unwrap_or(&rules.title.zh);
    let days = rules.stage("poll").map(|stage| days(stage.first_day, stage.last_day));
    html! {
        article class="letter new-sheet" {
            p class="letter-title" { "聘书" }
            p class="letter-name" { (person.name.as_deref().unwrap_or("＿＿＿＿＿＿")) "　同志：" }
            p class="letter-text" {
                "经公开抽取，兹聘请您担任" (title) "评议代表。"
            }
            p class="letter-text" {
                @if let Some(days) = days { "请于" (days) "期间按通知出席述职评议大会，" } @else { "请按通知出席述职评议大会，" }
                "依据述职情况和平时征求到的意见，独立、无记名地进行评议，任何人不得干预。"
            }
            p class="letter-note" { "编号 " (person.id) "　" (person.half) " 组　" (person.category) @if person.called { "（替补）" } }
            div class="letter-seal" {
                p { (rules.county.zh) "“阳光股室”创建活动领导小组办公室" }
                p { "（盖章）" }
                p { (rules.year) " 年　　月　　日" }
            }
        }
    }
}

fn days(first: Date, last: Date) -> String {
    let month = if first.month() == last.month() { String::new() } else { format!("{}月", last.month()) };
    format!("{}年{}月{}日至{month}{}日", first.year(), first.month(), first.day(), last.day())
}

async fn desk_page(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
) -> Result<Response, PageError> {
    let body = match representatives(&app.context, &edition.0).await? {
        None => not_drawn(&operator),
        Some(people) => html! {
            (lead(&operator, "供签到处核对证件使用，会后收回。", "For the desk, to compare with ID cards; collect it afterwards."))
            (desk_table(&operator, &people))
        },
    };
    Ok(page(
        &app,
        &operator,
        &edition,
        ("代表名册", "List of representatives"),
        "/pool/representatives",
        &body,
    ))
}

fn desk_table(operator: &Operator, people: &[Representative]) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let columns = [
        Column::words(say("编号", "Id")),
        Column::words(say("姓名", "Name")),
        Column::words(say("组别", "Half")),
        Column::words(say("类别", "Category")),
        Column::words(say("工作单位及职务", "Workplace and position")),
        Column::words(say("签到", "Signature")),
    ];
    let rows = people.iter().map(|person| {
        Row::from(vec![
            html! { code { (person.id) } },
            html! { strong { (person.name.as_deref().unwrap_or("—")) } @if person.called { " " span class="badge" { (say("替补", "called")) } } },
            html! { (person.half) },
            html! { (person.category) },
            html! { (person.workplace) },
            html! {},
        ])
    });
    let caption =
        operator.say(format!("评议代表 {} 名", people.len()), format!("{} representatives", people.len()));
    html! { div class="desk" { (table(&caption, &columns, rows)) } }
}

fn lead(operator: &Operator, zh: &'static str, en: &'static str) -> Markup {
    html! {
        p class="lead no-print" { (operator.say(zh, en)) }
        p class="muted no-print" { (operator.say("用浏览器的“打印”（Ctrl+P），A4 纸，纵向。", "Print with the browser (Ctrl+P), A4, portrait.")) }
    }
}

fn not_drawn(operator: &Operator) -> Markup {
    nothing(operator, "还没有抽取评议代表。", "The representatives are not drawn yet.")
}

fn nothing(operator: &Operator, zh: &'static str, en: &'static str) -> Markup {
    alert(
        Tone::Note,
        operator.say("没有可打印的内容", "There is nothing to print"),
        &html! { p { (operator.say(zh, en)) } },
    )
}

fn page(
    app: &App,
    operator: &Operator,
    edition: &InEdition,
    (zh, en): (&'static str, &'static str),
    path: &str,
    body: &Markup,
) -> Response {
    let path = edition.path(path);
    let body = html! { div class="printed-page" { (body) } };
    let back = Some(back_to_pool(operator, edition));
    show(app, operator, Content { back, ..Content::new(Place::Pool, operator.say(zh, en), &path, body) })
}
