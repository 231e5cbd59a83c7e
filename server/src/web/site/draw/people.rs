//! The people of a draw: those drawn, the alternates, and who holds the seats now.

use evaluation::draw::select::{Ranked, Status};
use evaluation::pool::Half;
use evaluation::rules::Rules;
use maud::{Markup, html};

use crate::service::public::draw::{Drawn, PublicDraw};
use crate::web::layout::Frame;

/// One half: who holds the seats, who was drawn, and the alternates in their order.
pub(super) fn half(frame: &Frame, rules: &Rules, half: Half, draw: &PublicDraw, drawn: &Drawn) -> Markup {
    let selected: Vec<_> = drawn.result.selected(half).collect();
    let alternates: Vec<_> = drawn.result.alternates(half).collect();
    let seated: Vec<_> = drawn.representatives(half).collect();
    let is_changed = drawn.replacements.iter().any(|replacement| replacement.half == half);
    let list = List { frame, rules, draw, drawn };
    let all_selected = list.table(
        &frame.pick(
            format!("抽中{}人，按号签从小到大", selected.len()),
            format!("{} drawn, by ticket", selected.len()),
        ),
        &selected,
    );
    html! {
        section id={ "ceremony-" (draw.ceremony) "-" (half) } {
            h2 { (name(frame, half)) }
            p class="muted" {
                @for (index, category) in rules.pool.halves.of(half).categories.iter().enumerate() {
                    @if index > 0 { (frame.say("、", ", ")) }
                    (frame.label(&category.name))
                }
            }
            @if is_changed {
                (list.table(
                    &frame.pick(
                        format!("现任评议代表{}人（已计入递补）", seated.len()),
                        format!("{} representatives now, replacements included", seated.len()),
                    ),
                    &seated,
                ))
                details {
                    summary { (frame.say("当初抽中的人", "As first drawn")) }
                    (all_selected)
                }
            } @else {
                (all_selected)
            }
            details {
                summary {
                    (frame.pick(
                        format!("候补{}人，按递补顺序", alternates.len()),
                        format!("{} alternates, in the order in which they are called", alternates.len()),
                    ))
                }
                (list.table(frame.say("候补", "Alternates"), &alternates))
            }
        }
    }
}

/// The half as it is called on pages.
pub(super) fn name(frame: &Frame, half: Half) -> String {
    frame.pick(format!("{half}组"), format!("Half {half}"))
}

/// What tables of people need to know.
struct List<'a> {
    frame: &'a Frame,
    rules: &'a Rules,
    draw: &'a PublicDraw,
    drawn: &'a Drawn,
}

impl List<'_> {
    fn table(&self, caption: &str, people: &[&Ranked]) -> Markup {
        let frame = self.frame;
        let has_names = !self.draw.names.is_empty();
        html! {
            table class="compact people" {
                caption { (caption) }
                thead { tr {
                    th scope="col" class="number" { (frame.say("名次", "Rank")) }
                    th scope="col" { (frame.say("编号", "Id")) }
                    @if has_names { th scope="col" { (frame.say("姓名", "Name")) } }
                    th scope="col" { (frame.say("类别", "Category")) }
                    th scope="col" class="ticket" { (frame.say("号签（前12位）", "Ticket (first 12)")) }
                    th scope="col" { (frame.say("状态", "Status")) }
                } }
                tbody {
                    @for person in people {
                        tr {
                            td class="number" { (person.rank) }
                            th scope="row" { code { (person.id) } }
                            @if has_names { td { (self.draw.names.get(&person.id).map_or("", String::as_str)) } }
                            td { (self.category(person)) }
                            td class="ticket" { code title=(person.ticket) { (short(&person.ticket.to_string())) } }
                            td { (self.status(person)) }
                        }
                    }
                }
            }
        }
    }

    /// The category in the language of the page; the pool holds the Chinese name.
    fn category<'a>(&'a self, person: &'a Ranked) -> &'a str {
        let all = Half::ALL.into_iter().flat_map(|half| &self.rules.pool.halves.of(half).categories);
        let found = all.into_iter().find(|category| category.name.zh == person.category.as_str());
        found.map_or(person.category.as_str(), |category| self.frame.label(&category.name))
    }

    fn status(&self, person: &Ranked) -> Markup {
        let Self { frame, drawn, .. } = self;
        html! {
            @match (drawn.absence_of(&person.id), drawn.is_called(&person.id), person.status) {
                (Some(replacement), _, _) => {
                    span class="badge flagged" { (frame.say("缺席", "absent")) }
                    @if let Some(next) = &replacement.called { " → " code { (next) } }
                },
                (None, true, _) => span class="badge" { (frame.say("已递补", "called")) },
                (None, false, Status::Selected) => span class="badge" { (frame.say("抽中", "drawn")) },
                (None, false, Status::Alternate(number)) => { (frame.say("候补", "alternate ")) (number) },
            }
        }
    }
}

pub(super) fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}
