//! The counts that every page of the pool shows: against the target, by half and category, and how the review stands.

use appearance::parts::{Column, Row, progress, table};
use evaluation::rules::Rules;
use maud::{Markup, html};

use crate::domain::NominationState;
use crate::service::Context;
use crate::service::edition::load_rules;
use crate::service::nomination::{ReviewCount, count_states, list_all};
use crate::service::overview::{HalfCount, PoolCount, count_pool};
use crate::service::pool::is_ready_made;
use crate::store::editions::Edition;
use crate::store::nominations::Nomination;
use crate::web::error_page::PageError;
use crate::web::session::Operator;

/// The pool in numbers, and all nominations.
#[derive(Debug)]
pub(super) struct PoolFigures {
    pub(super) rules: Rules,
    pub(super) count: PoolCount,
    pub(super) nominations: Vec<Nomination>,
    pub(super) review: ReviewCount,
    pub(super) ready_made: bool,
}

impl PoolFigures {
    pub(super) async fn load(context: &Context, edition: &Edition) -> Result<Self, PageError> {
        let rules = load_rules(edition)?;
        let nominations = list_all(context, &edition.id).await?;
        Ok(Self {
            count: count_pool(context, &edition.id, &rules).await?,
            review: count_states(&nominations),
            ready_made: is_ready_made(context, &edition.id).await?,
            nominations,
            rules,
        })
    }

    /// All counts on little room; it stays in view while the page scrolls.
    pub(super) fn strip(&self, operator: &Operator) -> Markup {
        let as_number = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let (members, target) = (self.count.members, self.rules.pool.size);
        let label = operator.say("入库人数", "In the pool");
        html! {
            section class="pool-counts" aria-label=(label) {
                div {
                    p class="muted small" { (label) }
                    p class="figure" { (members) " / " (target) }
                    (progress(as_number(members), as_number(target), label))
                }
                @for half in &self.count.halves {
                    div {
                        p {
                            strong { (operator.say(format!("{} 组 {}", half.half, half.members), format!("Half {}: {}", half.half, half.members))) }
                            span class="muted small" { (operator.say(format!("，抽 {} 名", half.seats), format!(", {} drawn", half.seats))) }
                        }
                        ul {
                            @for (category, people) in self.rules.pool.halves.of(half.half).categories.iter().zip(&half.categories) {
                                li { (operator.say(&category.name.zh, &category.name.en)) " " strong { (people) } }
                            }
                        }
                    }
                }
                @if self.review.total() > 0 {
                    div {
                        p { strong { (operator.say(format!("提名 {}", self.review.total()), format!("Nominations: {}", self.review.total()))) } }
                        ul {
                            @for &state in NominationState::ALL {
                                li { (operator.say(state.zh(), state.en())) " " strong { (self.review.of(state)) } }
                            }
                        }
                    }
                }
            }
        }
    }

    /// One half by category, with its quotas.
    pub(super) fn half_table(&self, operator: &Operator, count: &HalfCount) -> Markup {
        let columns = [
            Column::words(operator.say("类别", "Category")),
            Column::numbers(operator.say("人数", "People")),
            Column::words(operator.say("名额限制", "Quota")),
        ];
        let categories = self.rules.pool.halves.of(count.half).categories.iter().zip(&count.categories);
        let rows = categories.map(|(category, members)| {
            let seats = match (category.min, category.max) {
                (None, None) => operator.say("无".to_owned(), "none".to_owned()),
                (min, max) => format!("{}–{}", min.unwrap_or(0), max.unwrap_or(count.seats)),
            };
            Row::from(vec![
                html! { (operator.say(&category.name.zh, &category.name.en)) },
                html! { (members) },
                html! { (seats) },
            ])
        });
        let caption = operator.say(format!("{} 组", count.half), format!("Half {}", count.half));
        table(&caption, &columns, rows)
    }
}
