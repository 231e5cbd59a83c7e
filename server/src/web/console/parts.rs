//! Small parts that several pages of the console share.

use appearance::parts::{Field, FieldKind};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use maud::{Markup, html};

use crate::store::editions::Edition;
use crate::web::session::Operator;

/// The way back to another page.
pub(super) fn back_to(path: &str, label: &str) -> Markup {
    html! { p class="breadcrumb small no-print" { a href=(path) { "← " (label) } } }
}

/// The way back to the overview of the edition.
pub(super) fn back(operator: &Operator, edition: &Edition) -> Markup {
    let year = edition.year;
    back_to(
        &format!("/console/{year}"),
        &operator.say(format!("{year} 年度评议概况"), format!("Overview of {year}")),
    )
}

/// A form with nothing but a button.
pub(super) fn button(action: &str, label: &str, class: &str) -> Markup {
    html! { form method="post" action=(action) { button class=(class) { (label) } } }
}

/// A form that sends one file.
pub(super) fn upload(action: &str, field: Field<'_>, label: &str) -> Markup {
    html! {
        form method="post" action=(action) enctype="multipart/form-data" {
            (field)
            div class="actions" { button class="primary" { (label) } }
        }
    }
}

/// Something that is seldom needed, folded away under a heading if `is_folded`.
pub(super) fn fold(heading: &str, is_folded: bool, is_open: bool, content: &Markup) -> Markup {
    html! {
        @if is_folded { details open[is_open] { summary { (heading) } (content) } }
        @else { (content) }
    }
}

/// A field for a list: an Excel workbook or a CSV file.
pub(super) const fn csv_field<'a>(label: &'a str, hint: &'a str) -> Field<'a> {
    const KINDS: &str =
        ".xlsx,.csv,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Field { hint: Some(hint), ..Field::new("file", label, FieldKind::File(KINDS)) }
}

/// Names and values.
pub(super) fn facts(list: &[(&str, Markup)]) -> Markup {
    html! { dl class="facts" { @for (name, value) in list { dt { (name) } dd { (value) } } } }
}

/// A hash in groups of eight characters, large enough to be read aloud.
pub(super) fn large_hash(hash: &str) -> Markup {
    let characters: Vec<char> = hash.chars().collect();
    html! {
        p class="hash-large" {
            @for group in characters.chunks(8) { span { (group.iter().collect::<String>()) } " " }
        }
    }
}

/// A moment in China's time, which has no summer time: date, hour, minute.
pub(super) fn local_time(time: Timestamp) -> String {
    time.to_zoned_datetime(TimeZone::fixed(Offset::constant(8))).strftime("%Y-%m-%d %H:%M").to_string()
}
