//! The rules of an edition in plain words.

use evaluation::rules::{Half, HalfRules, Label, OfficeOrder, Rules, Section};
use maud::{Markup, html};

use super::parts::facts;
use crate::web::session::Operator;

/// Everything that a person has to agree to before an edition is created.
pub(super) fn in_words(operator: &Operator, rules: &Rules) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let label = |label: &Label| operator.say(label.zh.clone(), label.en.clone());
    facts(&[
        (say("名称", "Title"), html! { (label(&rules.title)) }),
        (say("年度", "Year"), html! { (rules.year) }),
        (say("依据", "Source"), html! { (rules.source) }),
        (
            say("部分", "Sections"),
            html! {
                @for section in &rules.sections { (section_words(operator, section)) br; }
                span class="muted" { (say("各部分分别排名。", "Each section is ranked apart.")) }
            },
        ),
        (
            say("档次", "Grades"),
            html! {
                @for grade in &rules.grades { span { (operator.say(&grade.name.zh, &grade.name.en)) " " (grade.points) } "　" }
            },
        ),
        (
            say("得分", "Score"),
            html! {
                (say("各档分值按票数取平均，满分 100，保留两位小数。", "The mean of the grades' points over the ballots, out of 100, with two decimals."))
            },
        ),
        (
            say("人员库", "Pool"),
            html! { (operator.say(format!("{} 人", rules.pool.size), format!("{} people", rules.pool.size))) },
        ),
        (
            say("抽取", "Draw"),
            html! {
                @for half in Half::ALL { (half_words(operator, half, rules.pool.halves.of(half))) br; }
                (draw_words(operator, rules))
            },
        ),
        (say("监票人", "Trustees"), html! { (trustee_words(operator, rules)) }),
        (say("投票", "Poll"), html! { (poll_words(operator, rules)) }),
    ])
}

fn section_words(operator: &Operator, section: &Section) -> String {
    let (bottom, zh, en) = (section.bottom_three, &section.name.zh, &section.name.en);
    match section.bottom_ten {
        Some(ten) => operator.say(
            format!("{zh}：后 {bottom} 名追究，后 {ten} 名列入下年名单"),
            format!("{en}: consequences for the last {bottom}; the last {ten} enter next year's list"),
        ),
        None => operator.say(
            format!("{zh}：后 {bottom} 名通报上级主管部门"),
            format!("{en}: the last {bottom} are reported to their superior body"),
        ),
    }
}

fn half_words(operator: &Operator, half: Half, rules: &HalfRules) -> String {
    let names = |pick: fn(&Label) -> &String, between: &str| {
        rules
            .categories
            .iter()
            .map(|category| pick(&category.name).as_str())
            .collect::<Vec<_>>()
            .join(between)
    };
    let take = rules.take;
    operator.say(
        format!("{half} 组抽 {take} 名：{}", names(|label| &label.zh, "、")),
        format!("Half {half}, {take} people: {}", names(|label| &label.en, ", ")),
    )
}

fn draw_words(operator: &Operator, rules: &Rules) -> String {
    let (parties, digits) = (rules.draw.min_parties, rules.draw.dice_digits);
    operator.say(
        format!("至少 {parties} 方各出一个密封的随机数，再掷 {digits} 位骰子。"),
        format!("At least {parties} parties each bring a sealed random number; {digits} digits are thrown with dice."),
    )
}

fn trustee_words(operator: &Operator, rules: &Rules) -> String {
    let all = rules.poll.trustees;
    match rules.poll.threshold {
        Some(needed) => operator.say(
            format!("{all} 人，其中 {needed} 人到场即可计票"),
            format!("{all} people; {needed} of them suffice for the tally"),
        ),
        None => operator.say(
            format!("{all} 人，计票须全部到场"),
            format!("{all} people, all of them needed for the tally"),
        ),
    }
}

fn poll_words(operator: &Operator, rules: &Rules) -> String {
    let group = rules.poll.group;
    let abstention = if rules.poll.abstention_allowed {
        operator.say("可选“不了解”", "“don't know” allowed")
    } else {
        operator.say("每个股室都须评", "every office must be rated")
    };
    let order = match rules.poll.office_order {
        OfficeOrder::Listed => operator.say("按编号显示", "shown by number"),
        OfficeOrder::Shuffled => operator.say("每人顺序随机", "shown in a new random order to each person"),
    };
    operator.say(
        format!("{abstention}；{order}；加密方式 {group}"),
        format!("{abstention}; {order}; encryption group {group}"),
    )
}
