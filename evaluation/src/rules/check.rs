//! What must hold between the fields of a rules file.

use std::collections::BTreeSet;

use super::{
    RulesError,
    file::{HalfRules, Label, PollRules, PoolRules, RulesFile},
};

/// Checks everything that the types do not already say.
///
/// # Errors
///
/// The first field, in the order of the file, whose value makes no sense.
pub(super) fn check(rules: &RulesFile) -> Result<(), RulesError> {
    require(rules.year > 0, "year", "年份须大于 0", "a year is above 0")?;
    require(is_line(&rules.source), "source", EMPTY.0, EMPTY.1)?;
    check_label("county", &rules.county)?;
    check_label("title", &rules.title)?;
    require_positive("statement_max_characters", rules.statement_max_characters)?;
    check_stages(rules)?;
    check_sections(rules)?;
    check_grades(rules)?;
    check_pool(&rules.pool)?;
    check_draw(rules)?;
    check_poll(&rules.poll)?;
    check_reveal(rules)
}

const EMPTY: (&str, &str) = ("须填一行文字", "it must be one line of text");
const TWICE: (&str, &str) = ("与前面的重复", "it repeats an earlier one");

/// More cannot hold a key ceremony.
const MOST_TRUSTEES: usize = 255;

fn check_stages(rules: &RulesFile) -> Result<(), RulesError> {
    require(!rules.stages.is_empty(), "stages", "至少要有一个阶段", "there is at least one stage")?;
    let mut ids = BTreeSet::new();
    let mut earliest = None;
    for stage in &rules.stages {
        let field = format!("stages.{}", stage.id);
        require(ids.insert(&stage.id), &field, TWICE.0, TWICE.1)?;
        check_label(&format!("{field}.name"), &stage.name)?;
        let days = stage.first_day <= stage.last_day;
        require(days, &format!("{field}.last_day"), "早于第一天", "it is before the first day")?;
        let ordered = earliest <= Some(stage.first_day);
        require(
            ordered,
            &format!("{field}.first_day"),
            "早于上一阶段的第一天",
            "it is before the previous stage's",
        )?;
        earliest = Some(stage.first_day);
    }
    Ok(())
}

fn check_sections(rules: &RulesFile) -> Result<(), RulesError> {
    require(!rules.sections.is_empty(), "sections", "至少要有一个部分", "there is at least one section")?;
    let (mut ids, mut names) = (BTreeSet::new(), BTreeSet::new());
    for section in &rules.sections {
        let field = format!("sections.{}", section.id);
        require(ids.insert(&section.id), &field, TWICE.0, TWICE.1)?;
        check_label(&format!("{field}.name"), &section.name)?;
        require(names.insert(&section.name.zh), &format!("{field}.name.zh"), TWICE.0, TWICE.1)?;
        let wider = section.bottom_ten.is_none_or(|bottom_ten| bottom_ten >= section.bottom_three);
        require(
            wider,
            &format!("{field}.bottom_ten"),
            "不能小于 bottom_three",
            "it cannot be below bottom_three",
        )?;
    }
    Ok(())
}

fn check_grades(rules: &RulesFile) -> Result<(), RulesError> {
    require(rules.grades.len() >= 2, "grades", "至少要有两档", "there are at least two grades")?;
    let (mut ids, mut names) = (BTreeSet::new(), BTreeSet::new());
    let mut better = None;
    for grade in &rules.grades {
        let field = format!("grades.{}", grade.id);
        require(ids.insert(&grade.id), &field, TWICE.0, TWICE.1)?;
        check_label(&format!("{field}.name"), &grade.name)?;
        require(names.insert(&grade.name.zh), &format!("{field}.name.zh"), TWICE.0, TWICE.1)?;
        let points = format!("{field}.points");
        require(grade.points <= 100, &points, "不能超过 100", "it cannot be above 100")?;
        let falling = better.is_none_or(|better| grade.points < better);
        require(falling, &points, "须低于上一档", "it must be below the better grade's")?;
        better = Some(grade.points);
    }
    Ok(())
}

fn check_pool(pool: &PoolRules) -> Result<(), RulesError> {
    let mut names = BTreeSet::new();
    for (id, half) in [("A", &pool.halves.a), ("B", &pool.halves.b)] {
        let field = format!("pool.halves.{id}");
        require_positive(&format!("{field}.take"), half.take)?;
        let field = format!("{field}.categories");
        require(!half.categories.is_empty(), &field, "至少要有一类人员", "there is at least one category")?;
        for category in &half.categories {
            let field = format!("{field}.{}", category.name.zh);
            check_label(&field, &category.name)?;
            require(names.insert(&category.name.zh), &field, TWICE.0, TWICE.1)?;
            let possible = category.max.is_none_or(|max| category.min.unwrap_or(0) <= max);
            require(possible, &format!("{field}.max"), "不能小于 min", "it cannot be below min")?;
        }
        check_quotas(&field, half)?;
    }
    let seats = pool.halves.a.take.saturating_add(pool.halves.b.take);
    require(seats <= pool.size, "pool.size", "少于要抽取的人数", "fewer people than are to be drawn")
}

/// Σ min ≤ take ≤ Σ max (draw specification §6).
fn check_quotas(field: &str, half: &HalfRules) -> Result<(), RulesError> {
    let floor = half.categories.iter().fold(0_usize, |sum, next| sum.saturating_add(next.min.unwrap_or(0)));
    require(
        floor <= half.take,
        field,
        "各类最少人数之和超过席位",
        "the smallest numbers add up to more than take",
    )?;
    let most = |sum: usize, max: Option<usize>| sum.saturating_add(max.unwrap_or(usize::MAX));
    let ceiling = half.categories.iter().fold(0, |sum, next| most(sum, next.max));
    require(
        ceiling >= half.take,
        field,
        "各类最多人数之和不足席位",
        "the largest numbers add up to less than take",
    )
}

fn check_draw(rules: &RulesFile) -> Result<(), RulesError> {
    let draw = &rules.draw;
    require(draw.min_parties >= 2, "draw.min_parties", "至少两方", "there are at least two parties")?;
    let someone = draw.max_missing_reveals < draw.min_parties;
    require(
        someone,
        "draw.max_missing_reveals",
        "须小于 min_parties，至少一方的数要打开",
        "it must be below min_parties: at least one secret is opened",
    )
}

fn check_poll(poll: &PollRules) -> Result<(), RulesError> {
    require_positive("poll.trustees", poll.trustees)?;
    let possible = poll.trustees <= MOST_TRUSTEES;
    require(possible, "poll.trustees", "不能超过 255 人", "there are 255 trustees at the most")?;
    let quorum = poll.threshold.is_none_or(|threshold| (1..=poll.trustees).contains(&threshold));
    require(
        quorum,
        "poll.threshold",
        "须在 1 与监票人数之间",
        "it lies between 1 and the number of trustees",
    )?;
    require_positive("poll.offices_per_screen", poll.offices_per_screen)
}

fn check_reveal(rules: &RulesFile) -> Result<(), RulesError> {
    let reveal = &rules.reveal;
    let mut ids = BTreeSet::new();
    for id in &reveal.sections {
        let field = format!("reveal.sections.{id}");
        let known = rules.sections.iter().any(|section| section.id == *id);
        require(known, &field, "没有这个部分", "there is no such section")?;
        require(ids.insert(id), &field, TWICE.0, TWICE.1)?;
    }
    let all = reveal.sections.is_empty() || ids.len() == rules.sections.len();
    require(all, "reveal.sections", "须列出全部部分，或一个也不列", "it names all sections or none")?;
    reveal.words.said().try_for_each(|(name, label)| check_label(&format!("reveal.words.{name}"), label))
}

fn check_label(field: &str, label: &Label) -> Result<(), RulesError> {
    require(is_line(&label.zh), &format!("{field}.zh"), EMPTY.0, EMPTY.1)?;
    require(is_line(&label.en), &format!("{field}.en"), EMPTY.0, EMPTY.1)
}

/// Whether `text` is one line: not blank, no control characters, no white space around it.
fn is_line(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && !text.contains(char::is_control)
}

fn require_positive(field: &str, number: usize) -> Result<(), RulesError> {
    require(number > 0, field, "须大于 0", "it must be above 0")
}

fn require(holds: bool, field: &str, zh: &'static str, en: &'static str) -> Result<(), RulesError> {
    if holds { Ok(()) } else { Err(RulesError::Field { field: field.to_owned(), zh, en }) }
}
