//! `/offices`: the rated offices, and one page for each.

use std::collections::BTreeSet;

use appearance::parts::{Column, Row, table};
use axum::extract::{Path, State};
use evaluation::rules::Section;
use maud::{Markup, html};

use super::SiteError;
use crate::error::NOTHING_HERE;
use crate::service::Context;
use crate::service::public::{self, Year};
use crate::store::offices::Office;
use crate::web::layout::{Frame, Place};

pub(super) async fn list(frame: Frame, State(context): State<Context>) -> Result<Markup, SiteError> {
    Ok(match public::list_offices(&context).await? {
        Some((year, offices)) => list_page(&frame.in_county(&year.rules.county), &year, &offices),
        None => not_listed(&frame),
    })
}

pub(super) async fn show(
    frame: Frame,
    State(context): State<Context>,
    Path(number): Path<String>,
) -> Result<Markup, SiteError> {
    let number = number.parse().map_err(|_| NOTHING_HERE)?;
    let (year, office) = public::find_office(&context, number).await?;
    Ok(office_page(&frame.in_county(&year.rules.county), &year, &office))
}

/// The list, section by section.
pub(super) fn list_page(frame: &Frame, year: &Year, offices: &[Office]) -> Markup {
    let title = frame.say("被评股室", "Offices under evaluation");
    let units: BTreeSet<_> = offices.iter().map(|office| (&office.section, &office.unit)).collect();
    let body = html! {
        h1 { (title) }
        p class="lead" {
            (frame.pick(
                format!("{}个单位的{}个股室，分两部分分别排名。点开股室可看职责、承诺、述职和群众意见。", units.len(), offices.len()),
                format!(
                    "{} offices of {} units, ranked in two sections. Each office has a page with its duties, commitment, \
                     statement and the opinions of the public.",
                    offices.len(), units.len()
                ),
            ))
        }
        @for section in &year.rules.sections { (section_table(frame, section, offices)) }
        p class="small muted" {
            (frame.say("依据", "After")) " " (year.rules.source) " " (frame.say("第二部分", "part 二"))
        }
    };
    frame.page(Some(Place::Offices), title, body)
}

fn section_table(frame: &Frame, section: &Section, offices: &[Office]) -> Markup {
    let inside: Vec<_> = offices.iter().filter(|office| office.section == section.id.as_str()).collect();
    let units: BTreeSet<_> = inside.iter().map(|office| &office.unit).collect();
    let columns = [
        Column::numbers(frame.say("序号", "No.")),
        Column::words(frame.say("单位", "Unit")),
        Column::words(frame.say("股室", "Office")),
        Column::words(frame.say("评议范围", "Scope")),
        Column::words(frame.say("说明", "Remark")),
    ];
    let rows = inside.iter().map(|office| {
        Row::from(vec![
            html! { (office.number) },
            html! { (office.unit) },
            html! { a href={ "/offices/" (office.number) } { (office.office) } },
            html! { (office.scope) },
            html! { @if office.carried_over { (carried_over(frame)) } },
        ])
    });
    let counts = frame.pick(
        format!("{}个单位，{}个股室", units.len(), inside.len()),
        format!("{} units, {} offices", units.len(), inside.len()),
    );
    html! {
        section id=(section.id) class="offices" {
            h2 { (frame.label(&section.name)) }
            (table(&counts, &columns, rows))
        }
    }
}

fn carried_over(frame: &Frame) -> Markup {
    html! { span class="badge flagged" { (frame.say("上年后十名", "among last year's last ten")) } }
}

/// The page of one office.
pub(super) fn office_page(frame: &Frame, year: &Year, office: &Office) -> Markup {
    let section = year.rules.sections.iter().find(|section| section.id.as_str() == office.section);
    let limit = year.rules.statement_max_characters;
    let texts = [
        (frame.say("职责", "Duties"), office.duties.as_deref(), frame.say("尚未录入。", "Not entered yet.")),
        (
            frame.say("承诺", "Commitment"),
            office.commitment.as_deref(),
            frame.say("尚未录入。", "Not entered yet."),
        ),
        (
            frame.say("述职", "Statement"),
            office.statement.as_deref(),
            if year.shows_statements() {
                frame.say("没有录入述职。", "No statement was entered.")
            } else {
                frame.say(
                    "述职材料在投票前统一公开。",
                    "All statements are published together before the vote.",
                )
            },
        ),
        (
            frame.say("群众意见摘要", "Opinions of the public, summed up"),
            office.opinions.as_deref(),
            if year.shows_statements() {
                frame.say("没有录入群众意见。", "No opinions were entered.")
            } else {
                frame.say("与述职同时公开。", "Public together with the statements.")
            },
        ),
    ];
    let body = html! {
        p { a href="/offices" { "← " (frame.say("全部股室", "All offices")) } }
        h1 { @if office.unit != office.office { (office.unit) " " } (office.office) }
        dl class="facts" {
            dt { (frame.say("序号", "Number")) } dd { (office.number) }
            @if let Some(section) = section {
                dt { (frame.say("部分", "Section")) } dd { (frame.label(&section.name)) }
            }
            @if !office.scope.is_empty() {
                dt { (frame.say("评议范围", "Scope")) } dd { (office.scope) }
            }
            @if office.carried_over { dt { (frame.say("说明", "Remark")) } dd { (carried_over(frame)) } }
        }
        @for (heading, text, missing) in texts {
            section {
                h2 { (heading) }
                @match text {
                    Some(text) => p class="written" lang="zh-CN" { (text) },
                    None => p class="muted" { (missing) },
                }
            }
        }
        p class="small muted" {
            (frame.pick(format!("述职不超过{limit}字。"), format!("Statements have at most {limit} characters.")))
        }
    };
    frame.page(Some(Place::Offices), &office.full_name, body)
}

fn not_listed(frame: &Frame) -> Markup {
    let title = frame.say("被评股室", "Offices under evaluation");
    let body = html! {
        h1 { (title) }
        p class="lead" { (frame.say("名单尚未公布。", "The list is not published yet.")) }
    };
    frame.page(Some(Place::Offices), title, body)
}
