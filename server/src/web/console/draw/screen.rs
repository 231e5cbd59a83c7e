//! The big screen of the ceremony, for a hall with a camera.
//!
//! It shows what has been entered and nothing more; once the draw is computed, the names appear half by half, then the
//! full order, slide by slide. The script lets the names of a slide appear one by one.

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse as _, Response};
use evaluation::draw::select::{DrawResult, Ranked, Status};
use evaluation::hash::Sha256Hash;
use evaluation::pool::{Half, Pool};
use maud::{Markup, html};

use crate::app::App;
use crate::domain::{DrawState, Purpose};
use crate::service::draw::{CeremonyView, Envelope, find_ceremony, recompute};
use crate::service::overview::list_draws;
use crate::web::console::address::InEdition;
use crate::web::console::parts::large_hash;
use crate::web::console::screen::{self, Picture};
use crate::web::error_page::PageError;
use crate::web::session::Operator;

/// What is shown of a completed draw, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slide {
    Seed,
    Drawn(Half),
    Order(Half),
}

impl Slide {
    const ALL: [Self; 5] =
        [Self::Seed, Self::Drawn(Half::A), Self::Drawn(Half::B), Self::Order(Half::A), Self::Order(Half::B)];

    const fn name(self) -> &'static str {
        match self {
            Self::Seed => "seed",
            Self::Drawn(Half::A) => "drawn-a",
            Self::Drawn(Half::B) => "drawn-b",
            Self::Order(Half::A) => "order-a",
            Self::Order(Half::B) => "order-b",
        }
    }

    fn named(query: Option<&str>) -> Self {
        let name = query.unwrap_or_default().split('&').find_map(|pair| pair.strip_prefix("slide="));
        Self::ALL.into_iter().find(|slide| Some(slide.name()) == name).unwrap_or(Self::Seed)
    }

    fn neighbour(self, step: isize) -> Option<Self> {
        let place = Self::ALL.iter().position(|slide| *slide == self)?;
        Self::ALL.get(place.checked_add_signed(step)?).copied()
    }
}

pub(super) async fn show(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let draws = list_draws(&app.context, &edition.0.id).await?;
    let Some(draw) = super::current(&draws).or(draws.last()) else {
        let words = operator.say("尚未公告", "Not announced yet");
        return Ok(document(&operator, &edition, "none", None, html! { h1 { (words) } }).into_response());
    };
    let view = find_ceremony(&app.context, &edition.0.id, draw.ceremony).await?;
    let slide = Slide::named(query.as_deref());
    let body = match view.draw.state {
        DrawState::Drawn => drawn(&operator, &view, slide)?,
        DrawState::Void => void(&operator, &view),
        _ => under_way(&operator, &view),
    };
    let slide = (view.draw.state == DrawState::Drawn).then_some(slide);
    let version = version(&view);
    let body = html! { (band(&operator, &view)) (body) };
    Ok(document(&operator, &edition, &version, slide, body).into_response())
}

/// Changes whenever there is something else to show.
fn version(view: &CeremonyView) -> String {
    let entries = format!(
        "{}/{}/{:?}/{:?}/{}",
        view.draw.ceremony,
        view.draw.state,
        view.commitments,
        view.first_clerk,
        view.settled()
    );
    Sha256Hash::of(entries).to_string()
}

fn document(
    operator: &Operator,
    edition: &InEdition,
    version: &str,
    slide: Option<Slide>,
    body: Markup,
) -> Markup {
    let title = operator.say("抽取评议代表 · 大屏", "The draw · big screen");
    let controls = controls(operator, edition, slide);
    screen::page(operator, &Picture { title, version, going: slide.is_none(), body, controls })
}

fn controls(operator: &Operator, edition: &InEdition, slide: Option<Slide>) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let at = |slide: Slide| format!("{}?slide={}", edition.path("/draw/screen"), slide.name());
    let (back, next) =
        (slide.and_then(|slide| slide.neighbour(-1)), slide.and_then(|slide| slide.neighbour(1)));
    html! {
        @if let Some(back) = back { a rel="prev" data-turn="back" href=(at(back)) { "← " (say("上一页", "Back")) } }
        @if let Some(next) = next { a rel="next" data-turn="next" href=(at(next)) { (say("下一页", "Next")) " →" } }
        button type="button" hidden id="pace-slower" { (say("慢一点", "Slower")) }
        button type="button" hidden id="pace-faster" { (say("快一点", "Faster")) }
        button type="button" hidden id="pause" aria-pressed="false" { (say("暂停", "Pause")) }
        button type="button" hidden id="sound" aria-pressed="false" { (say("声音", "Sound")) }
    }
}

/// The name of the draw.
fn band(operator: &Operator, view: &CeremonyView) -> Markup {
    let rehearsal = operator.say("演 练 · 不产生评议代表", "REHEARSAL · nobody becomes a representative");
    let words =
        html! { (operator.say("抽取评议代表", "Draw of the representatives")) " · " (view.draw.draw_id) };
    screen::header(&words, (view.draw.purpose == Purpose::Rehearsal).then_some(rehearsal))
}

fn under_way(operator: &Operator, view: &CeremonyView) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let terms = view.announcement.terms();
    let heading = match view.draw.state {
        DrawState::Announced => say("第一步　各方提交承诺", "Step 1 · Commitments"),
        DrawState::Committed => say("第二步　掷骰子", "Step 2 · Dice"),
        DrawState::Thrown => say("第三步　同时启封", "Step 3 · All envelopes are opened together"),
        _ if view.is_all_settled() && terms.public_source.is_some() => {
            say("第五步　公开信源", "Step 5 · The public source")
        }
        _ if view.is_all_settled() => say("等待第二人确认", "Waiting for the second person"),
        _ => say("第四步　录入信封", "Step 4 · The envelopes are typed"),
    };
    html! {
        h1 { (heading) }
        @match view.draw.state {
            DrawState::Announced => {
                p class="label" { (say("公告核对码", "Hash of the announcement")) }
                (large_hash(&view.announcement.hash().to_string()))
            }
            _ => {
                @if let Some(hash) = view.list_hash {
                    p class="label" { (say("承诺名单核对码（请宣读）", "Hash of the list of commitments (to be read aloud)")) }
                    (large_hash(&hash.to_string()))
                }
            }
        }
        (parties(operator, view))
        (dice(operator, view))
        @if view.is_all_settled() && let Some(source) = &terms.public_source {
            p class="label" { (say("公开信源", "Public source")) }
            p class="large" { (source) }
        }
    }
}

fn parties(operator: &Operator, view: &CeremonyView) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let rows = view.announcement.terms().parties.iter().zip(&view.commitments).zip(&view.envelopes);
    html! {
        table class="parties" {
            tbody {
                @for (((party, commitment), envelope), number) in rows.zip(1_usize..) {
                    tr {
                        th scope="row" { (number) "　" (party) }
                        td { @match commitment { Some(hash) => code { (hash) }, None => span class="muted" { (say("等待承诺", "waiting")) } } }
                        td class="envelope" {
                            @match (view.draw.state, envelope) {
                                (DrawState::Announced, _) => {}
                                (_, Envelope::Opens { .. }) => { "✓ " (say("相符", "opens it")) }
                                (_, Envelope::Missing) => { "✕ " (say("缺失", "missing")) }
                                (DrawState::Opened, _) => { (say("已启封", "open")) }
                                _ => { (say("密封", "sealed")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn dice(operator: &Operator, view: &CeremonyView) -> Markup {
    let digits = view.announcement.terms().dice_digits;
    html! {
        @match (&view.draw.dice, view.draw.state) {
            (Some(dice), _) if !dice.is_empty() => {
                p class="label" { (operator.say("骰子点数", "Dice")) }
                p class="digits" { (groups(dice, 4)) }
            }
            (None, DrawState::Committed) => {
                p class="label" { (operator.say(format!("请掷出 {digits} 位数字"), format!("{digits} digits are to be thrown"))) }
                @if view.first_clerk.is_some() {
                    p class="large" { (operator.say("第一人已录入，等待第二人", "Typed once; the second person is awaited")) }
                }
            }
            _ => {}
        }
    }
}

fn void(operator: &Operator, view: &CeremonyView) -> Markup {
    html! {
        h1 { (operator.say("本次抽取作废", "This draw is void")) }
        p class="large" { (view.draw.void_reason.as_deref().unwrap_or_default()) }
        p class="large" { (operator.say("公告、记录和原因永久公开。", "The announcement, the record and the reason stay public for ever.")) }
        (parties(operator, view))
        (dice(operator, view))
    }
}

fn drawn(operator: &Operator, view: &CeremonyView, slide: Slide) -> Result<Markup, PageError> {
    let (pool, result) = recompute(&view.draw)?;
    Ok(match slide {
        Slide::Seed => seed(operator, view, &result),
        Slide::Drawn(half) => names(operator, &pool, &result, half),
        Slide::Order(half) => order(operator, &pool, &result, half),
    })
}

fn seed(operator: &Operator, view: &CeremonyView, result: &DrawResult) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    html! {
        h1 { (say("种子", "The seed")) }
        p class="large" { (say("全部记录写成 seed.tsv，它的 SHA-256 就是种子：", "The whole record is the file seed.tsv; its SHA-256 is the seed:")) }
        div class="seed" { (large_hash(&result.seed().to_string())) }
        (parties(operator, view))
        (dice(operator, view))
        @if let Some(value) = &view.draw.public_source {
            p class="label" { (say("公开信源的数值", "Value of the public source")) }
            p class="digits" { (value) }
        }
    }
}

fn names(operator: &Operator, pool: &Pool, result: &DrawResult, half: Half) -> Markup {
    let people: Vec<_> = result.selected(half).collect();
    html! {
        h1 { (operator.say(format!("{half} 组　{} 名评议代表", people.len()), format!("Half {half}: {} representatives", people.len()))) }
        ol class="names-grid paced" {
            @for person in people {
                li {
                    span class="rank" { (person.rank) }
                    strong { (name(pool, person)) }
                    span class="detail" { (person.id) " · " (person.category) }
                }
            }
        }
    }
}

fn order(operator: &Operator, pool: &Pool, result: &DrawResult, half: Half) -> Markup {
    html! {
        h1 { (operator.say(format!("{half} 组　全部次序（候补依次递补）"), format!("Half {half}: the full order; alternates are called in this order"))) }
        ol class="order-grid" {
            @for person in result.ranking(half) {
                li class=[(person.status == Status::Selected).then_some("selected")] {
                    span class="rank" { (person.rank) } " " (person.id) " " (name(pool, person))
                }
            }
        }
    }
}

/// The name as the pool publishes it; nothing if it publishes none.
fn name<'a>(pool: &'a Pool, person: &Ranked) -> &'a str {
    pool.find(&person.id).and_then(|member| pool.cell(member, "name")).unwrap_or_default()
}

fn groups(digits: &str, size: usize) -> Markup {
    let characters: Vec<char> = digits.chars().collect();
    html! { @for group in characters.chunks(size) { span { (group.iter().collect::<String>()) } " " } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slides_follow_each_other_and_an_unknown_one_is_the_first() {
        let mut slide = Slide::named(Some("slide=nonsense&lang=en"));
        let mut seen = vec![slide];
        while let Some(next) = slide.neighbour(1) {
            assert_eq!(next.neighbour(-1), Some(slide));
            assert_eq!(Slide::named(Some(&format!("lang=en&slide={}", next.name()))), next);
            slide = next;
            seen.push(slide);
        }
        assert_eq!(seen, Slide::ALL);
    }
}
