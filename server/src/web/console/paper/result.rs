//! The result of the paper ballots, as a notice. It stands apart from the electronic result and says so in its title.

use appearance::parts::{Column, Row, Tone, alert, table};
use axum::extract::State;
use axum::response::Response;
use evaluation::ranking::{RankedOffice, SectionRanking};
use evaluation::rules::Rules;
use maud::{Markup, html};

use super::print::sheet;
use crate::app::App;
use crate::domain::Permission;
use crate::service::edition::load_rules;
use crate::service::paper::{PaperResult, view};
use crate::web::console::address::InEdition;
use crate::web::console::guard::Routes;
use crate::web::error_page::PageError;
use crate::web::session::Operator;

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get("/console/{year}/paper/result", Permission::ViewTurnout, page)
}

async fn page(operator: Operator, State(app): State<App>, edition: InEdition) -> Result<Response, PageError> {
    let rules = load_rules(&edition.0)?;
    let body = match view(&app.context, &edition.0).await? {
        Some(view) if view.result.is_some() => {
            html! { @if let Some(result) = &view.result { (notice(&operator, &rules, &view.count.reason, result)) } }
        }
        _ => alert(
            Tone::Note,
            operator.say("还没有结果", "There is no result yet"),
            &html! { p { (operator.say("两人结束纸质票计票之后才显示。", "It is shown once two people have ended the count.")) } },
        ),
    };
    let title = ("纸质票计票结果", "Result of the paper ballots");
    Ok(sheet(&app, &operator, &edition, title, "/paper/result", &body))
}

fn notice(operator: &Operator, rules: &Rules, reason: &str, result: &PaperResult) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let tally = &result.tally;
    html! {
        article class="paper-result" {
            p class="sheet-title" { (rules.title.zh) "　" (say("纸质票计票结果", "result of the paper ballots")) }
            (alert(Tone::Warning, say("纸质票计票，不是电子投票的结果", "Paper ballots, not the electronic poll"), &html! {
                p { (say("改用纸质票的原因：", "Why paper ballots were counted: ")) (reason) }
            }))
            p {
                (operator.say(format!("有效票 {} 张，无效票 {} 张。", tally.valid, tally.invalid), format!("{} valid ballots, {} invalid.", tally.valid, tally.invalid)))
                (say("有一个股室漏选或多选的票整张无效。每捆由两人各录一遍，一致才计入。", " A ballot with an office that has no grade or several is invalid as a whole. Two people typed every pile, and only equal entries count."))
            }
            @for section in result.ranking.sections() { (ranking(operator, rules, section)) }
            div class="signatures" {
                p { (say("计票人签名", "Signatures of those who counted")) }
                p { (say("监督员签名", "Signature of the supervisor")) }
            }
        }
    }
}

fn ranking(operator: &Operator, rules: &Rules, section: &SectionRanking) -> Markup {
    let mut columns = vec![
        Column::numbers(operator.say("排名", "Rank")),
        Column::numbers(operator.say("编号", "No.")),
        Column::words(operator.say("股室", "Office")),
        Column::numbers(operator.say("得分", "Score")),
    ];
    columns.extend(
        rules.grades.iter().map(|grade| Column::numbers(operator.say(&grade.name.zh, &grade.name.en))),
    );
    columns.push(Column::words(operator.say("说明", "Remark")));
    let rows = section
        .offices
        .iter()
        .map(|office| Row { cells: cells(operator, office), flagged: office.bottom_three });
    table(operator.say(&section.section.name.zh, &section.section.name.en), &columns, rows)
}

fn cells(operator: &Operator, ranked: &RankedOffice) -> Vec<Markup> {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let remarks = [
        (ranked.sanctioned, say("因拉票列入末位", "placed last for canvassing")),
        (ranked.bottom_three, say("末三位", "last three")),
        (ranked.bottom_ten && !ranked.bottom_three, say("末十位", "last ten")),
        (ranked.tied_at_cut, say("同分待裁定", "tied at the cut")),
    ];
    let remarks: Vec<_> =
        remarks.into_iter().filter_map(|(applies, words)| applies.then_some(words)).collect();
    let mut cells = vec![
        html! { (ranked.rank.map_or_else(|| "—".to_owned(), |rank| rank.to_string())) },
        html! { (ranked.office.number) },
        html! { (ranked.office.full_name) },
        html! { (ranked.score.map_or_else(|| "—".to_owned(), |score| score.to_string())) },
    ];
    cells.extend(ranked.counts.grades().iter().map(|count| html! { (count) }));
    cells.push(html! { (remarks.join(say("、", ", "))) });
    cells
}
