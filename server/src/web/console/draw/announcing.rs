//! The form of the announcement, and what it would announce.

use appearance::parts::{Field, FieldKind, Tone, alert};
use evaluation::draw::announce::{Announcement, Quota};
use evaluation::draw::further::{FeatureQuota, FurtherQuotas};
use evaluation::pool::{Category, Half};
use evaluation::rules::Rules;
use maud::{Markup, html};

use crate::domain::Purpose;
use crate::service::ServiceError;
use crate::service::draw::{AnnouncementForm, Chances};
use crate::web::chances::chances;
use crate::web::console::address::InEdition;
use crate::web::console::parts::{facts, large_hash};
use crate::web::form::Form;
use crate::web::session::Operator;

/// More parties than any ceremony has; keeps a page from growing without end.
const MOST_PARTIES: usize = 100;

/// More digits than anybody throws.
const MOST_DIGITS: usize = 200;

/// Reads what was sent.
pub(super) fn read(form: &Form, rules: &Rules) -> Result<AnnouncementForm, ServiceError> {
    let parties: Vec<_> = form
        .text("parties")
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect();
    let dice_digits = form.text("dice_digits").parse().ok().filter(|&digits: &usize| digits <= MOST_DIGITS);
    let dice_digits = dice_digits
        .ok_or_else(|| wrong("骰子位数应为0至200的整数。", "The number of dice digits must be 0 to 200."))?;
    if parties.len() > MOST_PARTIES {
        return Err(wrong(
            &format!("参加方最多{MOST_PARTIES}个。"),
            &format!("There can be {MOST_PARTIES} parties at most."),
        ));
    }
    let source = form.text("public_source");
    let min_reveals = match form.text("min_reveals") {
        "" => None,
        text => Some(text.parse().map_err(|_| {
            wrong(
                "“至少有效信封”应为整数，可不填。",
                "The fewest valid envelopes must be a whole number, or empty.",
            )
        })?),
    };
    Ok(AnnouncementForm {
        purpose: if form.text("purpose") == Purpose::Rehearsal.as_str() {
            Purpose::Rehearsal
        } else {
            Purpose::Real
        },
        draw_id: form.text("draw_id").to_owned(),
        parties,
        dice_digits,
        public_source: (!source.is_empty()).then(|| source.to_owned()),
        min_reveals,
        further_quotas: read_further(form)?,
        quotas: if form.text("quotas").is_empty() { None } else { Some(read_quotas(form, rules)?) },
    })
}

fn read_quotas(form: &Form, rules: &Rules) -> Result<Vec<Quota>, ServiceError> {
    let mut quotas = Vec::new();
    for (half, name, index) in categories(rules) {
        let number = |field: &str, default: usize| match form.text(&format!("{field}-{index}")) {
            "" => Ok((default, false)),
            text => text.parse().map(|number| (number, true)).map_err(|_| {
                wrong(
                    &format!("“{name}”的名额应为整数，可不填。"),
                    &format!("The bounds of “{name}” must be whole numbers, or empty."),
                )
            }),
        };
        let (min, has_min) = number("min", 0)?;
        let (max, has_max) = number("max", rules.pool.halves.of(half).take)?;
        if let Some(category) = Category::new(name).filter(|_| has_min || has_max) {
            quotas.push(Quota { half, category, min, max });
        }
    }
    Ok(quotas)
}

/// One quota a line: column, value, at least, at most.
fn read_further(form: &Form) -> Result<Option<FurtherQuotas>, ServiceError> {
    let mut features = Vec::new();
    for (line, number) in form.text("further").lines().map(str::trim).zip(1_usize..) {
        if line.is_empty() {
            continue;
        }
        let words: Vec<_> = line.split_whitespace().collect();
        let feature = match *words.as_slice() {
            [column, value, min, max] => min.parse().ok().zip(max.parse().ok()).map(|(min, max)| {
                FeatureQuota { column: column.to_owned(), value: value.to_owned(), min, max }
            }),
            _ => None,
        };
        features.push(feature.ok_or_else(|| {
            wrong(
                &format!("其他名额第{number}行应为：列名 值 至少 至多，例如：gender 女 40 60。"),
                &format!("Line {number} of the further quotas must be: column value at-least at-most, such as: gender 女 40 60."),
            )
        })?);
    }
    if features.is_empty() {
        return Ok(None);
    }
    let cap = match form.text("retry_cap") {
        "" => Ok(FurtherQuotas::ADVISED_CAP),
        text => text
            .parse()
            .map_err(|_| wrong("最多重试次数应为整数。", "The most tries must be a whole number.")),
    }?;
    FurtherQuotas::new(features, cap).map(Some).map_err(|error| wrong(&error.zh(), &error.en()))
}

/// Every category of the rules with its half, and its number on the form.
fn categories(rules: &Rules) -> impl Iterator<Item = (Half, &str, usize)> {
    let all = Half::ALL.into_iter().flat_map(|half| {
        rules.pool.halves.of(half).categories.iter().map(move |category| (half, category.name.zh.as_str()))
    });
    all.zip(1_usize..).map(|((half, name), index)| (half, name, index))
}

fn wrong(zh: &str, en: &str) -> ServiceError {
    ServiceError::input("draw_entry", zh, en)
}

/// The form, filled in as it was sent, below what it would announce.
pub(super) fn form(
    operator: &Operator,
    edition: &InEdition,
    rules: &Rules,
    earlier: usize,
    sent: &Form,
    preview: Option<&(String, Markup)>,
) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    html! {
        @if let Some((_, preview)) = preview { (preview) }
        form class="panel" method="post" action=(edition.path("/draw")) {
            h2 { (say("公告抽取", "Announce the draw")) }
            p { (say("公告发布时还没有任何随机数；发布后不能更改，只能作废重来。请先预览，核对无误再发布。", "When the announcement is published no randomness exists. It cannot be changed after that, only declared void. Look at the preview first.")) }
            (purpose(operator, sent))
            (terms(operator, rules, earlier, sent))
            (quota_table(operator, rules, sent))
            (further(operator, sent))
            div class="actions" {
                button class=(if preview.is_some() { "" } else { "primary" }) name="step" value="preview" { (say("预览", "Preview")) }
                @if let Some((hash, _)) = preview {
                    input type="hidden" name="previewed" value=(hash);
                    button class="primary" name="step" value="publish" { (say("发布公告", "Publish the announcement")) }
                }
            }
        }
    }
}

fn purpose(operator: &Operator, sent: &Form) -> Markup {
    let rehearsal = sent.text("purpose") == Purpose::Rehearsal.as_str();
    html! {
        fieldset {
            legend { (operator.say("性质", "Purpose")) }
            @for (purpose, checked) in [(Purpose::Real, !rehearsal), (Purpose::Rehearsal, rehearsal)] {
                label class="choice" {
                    input type="radio" name="purpose" value=(purpose) checked[checked];
                    " " (operator.say(purpose.zh(), purpose.en()))
                }
            }
        }
    }
}

fn terms(operator: &Operator, rules: &Rules, earlier: usize, sent: &Form) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let typed = |name: &str, default: String| match sent.text(name) {
        "" => default,
        text => text.to_owned(),
    };
    let id = typed("draw_id", format!("{}-{}", rules.name, earlier.saturating_add(1)));
    let dice = typed("dice_digits", rules.draw.dice_digits.to_string());
    let parties_hint = operator.say(
        format!("每行一方，至少 {} 方，例如：县纪委监委、县人大、县政协。顺序即编号。", rules.draw.min_parties),
        format!("One a line, at least {}, such as: discipline commission, People's Congress, Political Consultative Conference. Their order is their number.", rules.draw.min_parties),
    );
    let reveals_hint = operator.say(
        format!("可不填：参加方数减 {}。少于此数，抽取作废。", rules.draw.max_missing_reveals),
        format!(
            "May stay empty: the number of parties less {}. With fewer the draw is void.",
            rules.draw.max_missing_reveals
        ),
    );
    html! {
        (Field { value: &id, hint: Some(say("与任何一次抽取都不同", "Different from every other draw")), ..Field::line("draw_id", say("抽取编号", "Name of the draw")) })
        (Field { value: sent.text("parties"), hint: Some(&parties_hint), ..Field::new("parties", say("参加方", "Parties"), FieldKind::Lines { rows: 4, longest: None }) })
        (Field { value: &dice, hint: Some(say("建议 24 位十进制数字", "24 decimal digits are advised")), ..Field::new("dice_digits", say("骰子位数", "Dice digits"), FieldKind::Line("number")) })
        (Field {
            value: sent.text("public_source"),
            required: false,
            hint: Some(say("可不填。写明将来才公布的数值：名称、期号、取哪些位。格式也写明。例如：福彩双色球 第2020130期 六个红球升序，两位数，空格分隔", "Optional. A value that does not exist yet: what, which issue, which digits in which order, and how it is written.")),
            ..Field::line("public_source", say("公开信源", "Public source"))
        })
        (Field { value: sent.text("min_reveals"), required: false, hint: Some(&reveals_hint), ..Field::new("min_reveals", say("至少有效信封", "Fewest valid envelopes"), FieldKind::Line("number")) })
    }
}

/// Floors and ceilings of all categories; those of the rules if nothing was sent.
fn quota_table(operator: &Operator, rules: &Rules, sent: &Form) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let is_fresh = sent.text("quotas").is_empty();
    let all = Half::ALL
        .into_iter()
        .flat_map(|half| rules.pool.halves.of(half).categories.iter().map(move |category| (half, category)));
    let of_rules = |number: Option<usize>| number.map(|number| number.to_string()).unwrap_or_default();
    let bounded = rules.pool.halves.a.categories.iter().chain(&rules.pool.halves.b.categories);
    let is_open = !is_fresh || bounded.into_iter().any(|category| category.min.or(category.max).is_some());
    html! {
        input type="hidden" name="quotas" value="1";
        details open[is_open] {
            summary { (say("各类别名额（可不填）", "Seats for categories (optional)")) }
            p class="muted" { (say("不填即不限。填写后，同一类别的人机会相等，不同类别之间可能不等，公告会写明。", "Empty means no limit. With limits, people of one category have equal chances; chances of different categories may differ, and the announcement says how.")) }
            table class="compact quotas" {
                thead { tr {
                    th scope="col" { (say("组", "Half")) } th scope="col" { (say("类别", "Category")) }
                    th scope="col" { (say("至少", "At least")) } th scope="col" { (say("至多", "At most")) }
                } }
                tbody {
                    @for ((half, category), index) in all.zip(1_usize..) {
                        @let label = operator.say(&category.name.zh, &category.name.en);
                        tr {
                            td { (half) } th scope="row" { (label) }
                            @for (field, words, default) in [("min", say("至少", "at least"), category.min), ("max", say("至多", "at most"), category.max)] {
                                @let name = format!("{field}-{index}");
                                @let value = if is_fresh { of_rules(default) } else { sent.text(&name).to_owned() };
                                td { input type="number" min="0" name=(name) value=(value) aria-label={ (label) " " (words) }; }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Further quotas, which make it a draw that is repeated until they are met.
fn further(operator: &Operator, sent: &Form) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let cap = match sent.text("retry_cap") {
        "" => FurtherQuotas::ADVISED_CAP.to_string(),
        text => text.to_owned(),
    };
    html! {
        details open[!sent.text("further").is_empty()] {
            summary { (say("其他名额：性别、乡镇、年龄等（可不填）", "Further quotas: gender, township, age … (optional)")) }
            p class="muted" { (say("两组合计。按公布的次序依次换种子重抽，取第一个全部满足的结果；次数公开。名额离人员库的构成越远，重抽越多，机会也越不平均。", "Counted over both halves. The draw is repeated with seeds in a published order, and the first result that meets all of them counts; the number of tries is published. The further the quotas are from the make-up of the pool, the more tries it takes and the less equal chances are.")) }
            (Field {
                value: sent.text("further"),
                hint: Some(say("每行：列名 值 至少 至多，例如：gender 女 40 60。先写重要的", "One a line: column value at-least at-most, such as: gender 女 40 60. The most important first")),
                required: false,
                ..Field::new("further", say("其他名额", "Further quotas"), FieldKind::Lines { rows: 4, longest: None })
            })
            (Field { value: &cap, required: false, ..Field::new("retry_cap", say("最多重试次数", "Most tries"), FieldKind::Line("number")) })
        }
    }
}

/// What would be announced: hash, chances.
pub(super) fn preview(
    operator: &Operator,
    announcement: &Announcement,
    of_everybody: &Chances,
) -> (String, Markup) {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let (terms, hash) = (announcement.terms(), announcement.hash().to_string());
    let markup = html! {
        section class="panel" {
            h2 { (say("公告预览（尚未发布）", "Preview (not published)")) }
            @if of_everybody.acceptance.is_none_or(|acceptance| acceptance.accepted > 0) {
                (alert(Tone::Note, say("人员库可以满足全部名额", "The pool can fulfil all quotas"), &html! {}))
            } @else {
                (alert(Tone::Warning, say("模拟中没有一次满足全部名额，不宜公告", "No simulated try met all quotas: do not announce this"), &html! {}))
            }
            p class="muted" { (say("公告核对码（SHA-256）", "Hash of the announcement (SHA-256)")) }
            (large_hash(&hash))
            (facts(&[
                (say("名额和机会", "Seats and chances"), chances(operator.language.language, terms, of_everybody)),
                (say("参加方", "Parties"), html! { @for (party, number) in terms.parties.iter().zip(1_usize..) { (number) " " (party) br; } }),
                (say("骰子位数", "Dice digits"), html! { (terms.dice_digits) }),
                (say("公开信源", "Public source"), html! { (terms.public_source.as_deref().unwrap_or(say("无", "none"))) }),
                (say("至少有效信封", "Fewest valid envelopes"), html! { (terms.min_reveals) }),
            ]))
            details { summary { "announce.tsv" } pre { code { (announcement.to_tsv()) } } }
        }
    };
    (hash, markup)
}
