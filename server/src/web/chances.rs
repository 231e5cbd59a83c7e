//! The chances of a draw in words, for the console and for the public (draw specification §9).

use appearance::Language;
use evaluation::draw::announce::Terms;
use evaluation::draw::chances::{Acceptance, Chance, Estimate};
use evaluation::pool::Half;
use maud::{Markup, html};

use crate::service::draw::{CategoryChance, Chances};

/// Everybody's chances, and how many outcomes are possible.
pub(super) fn chances(language: Language, terms: &Terms, chances: &Chances) -> Markup {
    let say = |zh: String, en: String| if language == Language::Chinese { zh } else { en };
    html! {
        @for half in Half::ALL { (of_half(language, terms, chances, half)) }
        p {
            (say(
                format!("可能的抽取结果共 {} 种{}。", chances.outcomes.zh(), if chances.acceptance.is_some() { "（未扣除不满足其他名额的）" } else { "" }),
                format!("Possible outcomes: {}{}.", chances.outcomes.en(), if chances.acceptance.is_some() { " (those that miss the further quotas included)" } else { "" }),
            ))
        }
        @if let (Some(further), Some(acceptance)) = (&terms.further_quotas, chances.acceptance) {
            (of_tries(language, further.retry_cap(), acceptance))
        }
    }
}

fn of_half(language: Language, terms: &Terms, chances: &Chances, half: Half) -> Markup {
    let say = |zh: String, en: String| if language == Language::Chinese { zh } else { en };
    let Chance { seats, people } = *chances.halves.of(half);
    let percentage = percent(wide(seats), wide(people));
    let categories = chances.categories.of(half);
    let has_further = terms.further_quotas.is_some();
    html! {
        p {
            strong { (say(format!("{half}组"), format!("Half {half}"))) } " "
            (say(format!("{people}人中抽取{seats}人。"), format!("{seats} of {people} people. ")))
            @if categories.is_empty() && !has_further {
                (say(
                    format!("人人机会相等：{seats}/{people}，即{percentage}。"),
                    format!("Everybody has the same chance: {seats}/{people}, which is {percentage}."),
                ))
            } @else {
                (say(
                    format!("平均机会{seats}/{people}，即{percentage}。"),
                    format!("The mean chance is {seats}/{people}, which is {percentage}."),
                ))
            }
        }
        @if !categories.is_empty() {
            p { (say("各类别（同一类别内人人机会相等）：".to_owned(), "By category (within one, everybody's is the same):".to_owned())) }
            ul {
                @for (category, chance) in categories {
                    li { (category) " " (of_category(language, chance)) }
                }
            }
        }
    }
}

fn of_category(language: Language, chance: &CategoryChance) -> String {
    match *chance {
        CategoryChance::Exact(Chance { seats, people }) => {
            format!("{seats}/{people} = {}", percent(wide(seats), wide(people)))
        }
        CategoryChance::Estimated(Estimate { seats, people, trials, standard_error_millionths }) => {
            let (share, error) = (percent(seats, people), percent(standard_error_millionths, 1_000_000));
            if language == Language::Chinese {
                format!("约{share}（模拟{trials}次，标准误差{error}）")
            } else {
                format!("about {share} ({trials} draws simulated, standard error {error})")
            }
        }
    }
}

fn of_tries(language: Language, cap: u32, acceptance: Acceptance) -> Markup {
    let Acceptance { tries, accepted } = acceptance;
    let say = |zh: String, en: String| if language == Language::Chinese { zh } else { en };
    let void = acceptance.void_chance_millionths(cap);
    html! {
        p {
            (say(
                format!("模拟{tries}次，{accepted}次满足全部其他名额。"),
                format!("Of {tries} simulated tries, {accepted} met all further quotas. "),
            ))
            @if let Some(expected) = acceptance.expected_tries() {
                (say(
                    format!("平均约需{expected}次；最多{cap}次，仍不满足即作废，机会不超过百万分之{void}。"),
                    format!("About {expected} are needed; after {cap} without success the draw is void, with a chance of at most {void} in a million."),
                ))
            } @else {
                strong { (say(
                    format!("一次也没有满足：按此名额抽取很可能在{cap}次之内抽不出，请放宽名额。"),
                    format!("None did: with these quotas {cap} tries will probably not suffice. Relax them."),
                )) }
            }
        }
    }
}

fn wide(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// `part` of `whole` in percent with one decimal, half up.
fn percent(part: u64, whole: u64) -> String {
    let tenths = part.saturating_mul(2000).saturating_add(whole) / whole.saturating_mul(2).max(1);
    format!("{}.{}%", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn chances_are_rounded_to_one_decimal() {
        assert_eq!(
            [(50, 150), (50, 120), (1, 16), (3, 3)].map(|(k, n)| percent(k, n)),
            ["33.3%", "41.7%", "6.3%", "100.0%"]
        );
        assert_eq!(percent(0, 0), "0.0%");
    }
}
