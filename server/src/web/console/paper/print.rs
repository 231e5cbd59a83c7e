//! The paper ballot and the tally sheet, A4. All ballots are alike: no number, no code, the same footer on every page.

use appearance::parts::{Tone, alert};
use axum::extract::State;
use axum::response::Response;
use evaluation::office::{Office, Offices};
use evaluation::rules::Rules;
use maud::{Markup, html};

use crate::app::App;
use crate::domain::Permission;
use crate::service::paper::lists;
use crate::web::console::address::InEdition;
use crate::web::console::frame::{Content, Place, show};
use crate::web::console::guard::Routes;
use crate::web::console::parts::back_to;
use crate::web::error_page::PageError;
use crate::web::session::Operator;

/// Offices on a page of the ballot, in type that people with poor sight can read.
const BALLOT_ROWS: usize = 14;
/// Offices on a page of the tally sheet.
const TALLY_ROWS: usize = 8;

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get("/console/{year}/paper/ballot", Permission::ViewTurnout, ballot).get(
        "/console/{year}/paper/tally",
        Permission::ViewTurnout,
        tally,
    )
}

async fn ballot(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
) -> Result<Response, PageError> {
    let Some((rules, offices)) = lists(&app.context, &edition.0).await? else {
        return Ok(no_list(&app, &operator, &edition, "/paper/ballot"));
    };
    let pages = pages(&rules, &offices, BALLOT_ROWS);
    let count = pages.len();
    let body = html! {
        (lead(&operator, "这是一张票，共若干页：按人数加备用复印，每张装订好。票上不得有任何编号或记号。", "This is one ballot of several pages: copy it for everybody plus spares, and staple each. No number or mark may stand on any of them."))
        @for (page, (section, rows)) in (1..).zip(&pages) {
            article class="paper-page" {
                p class="sheet-title" { (rules.title.zh) "　纸质评议票" }
                @if page == 1 { (instructions(&rules)) }
                p class="paper-section" { (section) }
                (ballot_rows(&rules, rows))
                p class="paper-footer" { "第 " (page) " 页，共 " (count) " 页　·　无记名　·　对每个股室只能选一项，漏选或多选的，整张票无效" }
            }
        }
    };
    Ok(sheet(&app, &operator, &edition, ("纸质评议票", "Paper ballot"), "/paper/ballot", &body))
}

fn instructions(rules: &Rules) -> Markup {
    let names: Vec<_> = rules.grades.iter().map(|grade| grade.name.zh.as_str()).collect();
    html! {
        div class="paper-instructions" {
            p { strong { "填写办法" } }
            p { "一、对每个股室，在“" (names.join("”“")) "”中选一项，在方框内打“√”。" }
            p { "二、每个股室都要选，只能选一项。有一个股室漏选或多选的，整张票无效。" }
            p { "三、填错了请到签到处换一张新票，旧票当面撕毁。" }
            p { "四、不写姓名，不做记号。填好后对折，自己投入票箱。" }
        }
    }
}

fn ballot_rows(rules: &Rules, rows: &[&Office]) -> Markup {
    html! {
        table class="paper-ballot" {
            thead { tr {
                th scope="col" { "编号" } th scope="col" { "单位和股室" }
                @for grade in &rules.grades { th scope="col" { (grade.name.zh) } }
                @if rules.poll.abstention_allowed { th scope="col" { "不了解" } }
            } }
            tbody {
                @for office in rows {
                    tr {
                        td { (office.number) }
                        th scope="row" { (office.full_name) }
                        @for _ in 0..rules.answers() { td class="box" { "☐" } }
                    }
                }
            }
        }
    }
}

async fn tally(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
) -> Result<Response, PageError> {
    let Some((rules, offices)) = lists(&app.context, &edition.0).await? else {
        return Ok(no_list(&app, &operator, &edition, "/paper/tally"));
    };
    let pages = pages(&rules, &offices, TALLY_ROWS);
    let count = pages.len();
    let body = html! {
        (lead(&operator, "唱票人逐张读票，两名计票人各用一份，在格内划“正”字，每捆核对一次。无效票先挑出，不划。", "One person reads out, two keep a sheet each, in strokes of five, and compare after every pile. Invalid ballots are put aside first."))
        @for (page, (section, rows)) in (1..).zip(&pages) {
            article class="paper-page" {
                p class="sheet-title" { (rules.title.zh) "　纸质票计票表" }
                p class="paper-section" { (section) }
                (tally_rows(&rules, rows))
                div class="paper-signed" {
                    @for (before, after) in [("有效票", "张"), ("无效票", "张"), ("日期", ""), ("唱票人", ""), ("计票人", ""), ("监票人", "")] {
                        p { (before) span class="blank" {} (after) }
                    }
                }
                p class="paper-footer" { "第 " (page) " 页，共 " (count) " 页" }
            }
        }
    };
    Ok(sheet(&app, &operator, &edition, ("纸质票计票表", "Tally sheet"), "/paper/tally", &body))
}

fn tally_rows(rules: &Rules, rows: &[&Office]) -> Markup {
    html! {
        table class="paper-tally" {
            thead { tr {
                th scope="col" { "编号" } th scope="col" { "单位和股室" }
                @for grade in &rules.grades { th scope="col" { (grade.name.zh) " " small { "正字 / 合计" } } }
                @if rules.poll.abstention_allowed { th scope="col" { "不了解" } }
                th scope="col" { "总计" }
            } }
            tbody {
                @for office in rows {
                    tr {
                        td { (office.number) }
                        th scope="row" { (office.full_name) }
                        @for _ in 0..=rules.answers() { td {} }
                    }
                }
            }
        }
    }
}

/// The offices in pages of at most `rows`, with the name of their section; a section begins on a page of its own.
fn pages<'a>(rules: &'a Rules, offices: &'a Offices, rows: usize) -> Vec<(&'a str, Vec<&'a Office>)> {
    let mut pages = Vec::new();
    for section in &rules.sections {
        let of_section: Vec<_> = offices.iter().filter(|office| office.section == section.id).collect();
        // Pages of one section are about equally full.
        let needed = of_section.len().div_ceil(rows).max(1);
        let each = of_section.len().div_ceil(needed).max(1);
        pages.extend(of_section.chunks(each).map(|rows| (section.name.zh.as_str(), rows.to_vec())));
    }
    pages
}

fn lead(operator: &Operator, zh: &'static str, en: &'static str) -> Markup {
    html! {
        p class="lead no-print" { (operator.say(zh, en)) }
        p class="muted no-print" { (operator.say("用浏览器的“打印”（Ctrl+P），A4 纸，纵向。", "Print with the browser (Ctrl+P), A4, portrait.")) }
    }
}

fn no_list(app: &App, operator: &Operator, edition: &InEdition, path: &str) -> Response {
    let body = alert(
        Tone::Note,
        operator.say("没有可打印的内容", "There is nothing to print"),
        &html! { p { (operator.say("公布股室名单之后才能打印。", "The list of offices must be published first.")) } },
    );
    sheet(app, operator, edition, ("纸质票预案", "Paper pack"), path, &body)
}

pub(super) fn sheet(
    app: &App,
    operator: &Operator,
    edition: &InEdition,
    (zh, en): (&'static str, &'static str),
    path: &str,
    body: &Markup,
) -> Response {
    let path = edition.path(path);
    let body = html! { div class="printed-page paper-pack" { (body) } };
    let back = Some(back_to(&edition.path("/paper"), operator.say("纸质票预案", "Paper pack")));
    show(app, operator, Content { back, ..Content::new(Place::Edition, operator.say(zh, en), &path, body) })
}
