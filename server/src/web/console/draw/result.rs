//! Who is drawn, in the order of the draw.

use appearance::parts::{Column, Row, Tone, alert, table as rows_table};
use evaluation::pool::{Half, MemberId};
use maud::{Markup, html};

use crate::service::overview::{DrawnPeople, drawn_people};
use crate::store::draws::Draw;
use crate::web::error_page::PageError;
use crate::web::session::Operator;

/// The representatives of both halves; nothing before the draw is completed.
pub(super) fn table(operator: &Operator, draw: &Draw) -> Result<Markup, PageError> {
    let Some(people) = drawn_people(draw)? else { return Ok(html! {}) };
    let count: usize = Half::ALL.iter().map(|&half| people.facts.selected.of(half).len()).sum();
    let headline =
        operator.say(format!("已抽取 {count} 名评议代表"), format!("{count} representatives are drawn"));
    let words = operator.say(
        "结果已按公布的文件重新计算一遍，一致。",
        "The result was computed again from the published files and agrees.",
    );
    Ok(html! {
        (alert(Tone::Done, &headline, &html! { p { (words) } }))
        @for half in Half::ALL { (half_table(operator, &people, half)) }
    })
}

fn half_table(operator: &Operator, people: &DrawnPeople, half: Half) -> Markup {
    let selected = people.facts.selected.of(half);
    let columns = [
        Column::numbers(operator.say("次序", "Rank")),
        Column::words(operator.say("编号", "Id")),
        Column::words(operator.say("姓名", "Name")),
        Column::words(operator.say("类别", "Category")),
    ];
    let rows = selected.iter().zip(1_usize..).map(|(id, rank)| person(people, id, rank));
    let caption = operator
        .say(format!("{half} 组 {} 名", selected.len()), format!("Half {half}, {} people", selected.len()));
    rows_table(&caption, &columns, rows)
}

fn person(people: &DrawnPeople, id: &MemberId, rank: usize) -> Row {
    let member = people.pool.find(id);
    let name = member.and_then(|member| people.pool.cell(member, "name")).unwrap_or_default();
    let category = member.map(|member| member.category().as_str()).unwrap_or_default();
    Row::from(vec![html! { (rank) }, html! { (id) }, html! { (name) }, html! { (category) }])
}
