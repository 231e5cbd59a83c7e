use super::{Edition, EditionError, Half, NINGJIN_2020, PollRules, RevealDirection, Rules, RulesError};

/// The preset with `from` replaced by `to`.
fn changed(from: &str, to: &str) -> Result<Rules, RulesError> {
    assert!(NINGJIN_2020.contains(from), "{from}");
    Rules::parse(&NINGJIN_2020.replacen(from, to, 1))
}

#[track_caller]
fn assert_refused(from: &str, to: &str, field: &str) {
    match changed(from, to) {
        Err(RulesError::Field { field: named, .. }) => assert_eq!(named, field),
        other => panic!("{other:?}"),
    }
}

fn edition() -> Edition {
    Edition::new("ningjin-2020".parse().unwrap(), Rules::ningjin_2020())
}

#[test]
fn more_than_half_of_the_trustees_are_asked_for() {
    let poll = |trustees, threshold| {
        PollRules { trustees, threshold, ..Rules::ningjin_2020().poll.clone() }.needs_majority()
    };
    assert!(
        [(1, Some(1)), (2, Some(2)), (3, Some(2)), (4, Some(3)), (5, Some(3)), (4, None)]
            .iter()
            .all(|&(all, some)| poll(all, some))
    );
    assert!(
        [(2, Some(1)), (3, Some(1)), (4, Some(2)), (5, Some(2)), (6, Some(3))]
            .iter()
            .all(|&(all, some)| !poll(all, some))
    );
}

#[test]
fn preset_says_what_the_notice_says() {
    let rules = Rules::ningjin_2020();
    assert_eq!(rules.name.as_str(), "ningjin-2020");
    assert_eq!(rules.year, 2020);
    assert_eq!(rules.grades.iter().map(|grade| grade.points).collect::<Vec<_>>(), [100, 80, 60, 20]);
    assert_eq!(rules.pool.size, 300);
    assert_eq!(rules.representatives(), 100);
    assert_eq!(rules.pool.halves.of(Half::A).categories.len(), 3);
    assert_eq!(rules.pool.halves.of(Half::B).categories.len(), 7);
    assert_eq!(rules.statement_max_characters, 400);
    assert_eq!(rules.answers(), 4);
    let bottoms: Vec<_> =
        rules.sections.iter().map(|section| (section.bottom_three, section.bottom_ten)).collect();
    assert_eq!(bottoms, [(3, Some(10)), (3, None)]);
    assert_eq!(rules.draw.min_reveals(3), 2);
}

#[test]
fn stages_contain_both_their_days() {
    let rules = Rules::ningjin_2020();
    let poll = rules.stage("poll").unwrap();
    assert!(poll.contains("2020-12-11".parse().unwrap()));
    assert!(poll.contains("2020-12-15".parse().unwrap()));
    assert!(!poll.contains("2020-12-16".parse().unwrap()));
    assert!(rules.stage("feast").is_none());
}

#[test]
fn field_that_makes_no_sense_is_named() {
    assert_refused("points = 80", "points = 100", "grades.fairly_satisfied.points");
    assert_refused("points = 100", "points = 101", "grades.satisfied.points");
    assert_refused("id = \"average\"", "id = \"satisfied\"", "grades.satisfied");
    assert_refused("zh = \"一般\"", "zh = \"满意\"", "grades.average.name.zh");
    assert_refused("bottom_ten = 10", "bottom_ten = 2", "sections.government.bottom_ten");
    assert_refused("id = \"vertical\"", "id = \"government\"", "sections.government");
    assert_refused("last_day = \"2020-05-10\"", "last_day = \"2020-05-04\"", "stages.mobilisation.last_day");
    assert_refused(
        "first_day = \"2020-05-11\"",
        "first_day = \"2020-05-01\"",
        "stages.list_published.first_day",
    );
    assert_refused("size = 300", "size = 99", "pool.size");
    assert_refused("take = 50", "take = 0", "pool.halves.A.take");
    assert_refused("zh = \"农民\"", "zh = \"外地客商\"", "pool.halves.B.categories.外地客商");
    assert_refused("min_parties = 3", "min_parties = 1", "draw.min_parties");
    assert_refused("max_missing_reveals = 1", "max_missing_reveals = 3", "draw.max_missing_reveals");
    assert_refused("threshold = 2", "threshold = 4", "poll.threshold");
    assert_refused("trustees = 3", "trustees = 0", "poll.trustees");
    assert_refused("trustees = 3", "trustees = 256", "poll.trustees");
    assert_refused("zh = \"宁晋县\"", "zh = \" \"", "county.zh");
    assert_refused(
        "statement_max_characters = 400",
        "statement_max_characters = 0",
        "statement_max_characters",
    );
}

#[test]
fn quotas_that_cannot_be_met_are_refused() {
    let quota = |text: &str| changed("en = \"Farmers\" } }", &format!("en = \"Farmers\" }}, {text} }}"));
    assert!(quota("min = 10, max = 20").is_ok());
    assert!(quota("min = 20, max = 10").is_err());
    assert!(quota("min = 51").is_err());
}

#[test]
fn unknown_missing_and_malformed_fields_are_refused() {
    for (from, to) in [
        ("year = 2020", "year = 2020\nyaer = 2020"),
        ("year = 2020", ""),
        ("year = 2020", "year = \"2020\""),
        ("id = \"poll\"", "id = \"Poll\""),
        ("first_day = \"2020-05-05\"", "first_day = \"2020-02-30\""),
        ("group = \"Ed25519\"", "group = \"P-256\""),
        ("[pool.halves.B]", "[pool.halves.C]"),
    ] {
        assert!(matches!(changed(from, to), Err(RulesError::Syntax { .. })), "{to}");
    }
}

#[test]
fn another_county_changes_data_only() {
    let toml = NINGJIN_2020
        .replace("abstention_allowed = false", "abstention_allowed = true")
        .replace("group = \"Ed25519\"", "group = \"BELENIOS-2048\"")
        .replace("trustees = 3\nthreshold = 2", "trustees = 5\nthreshold = 3")
        .replace("size = 300", "size = 500");
    let rules = Rules::parse(&toml).unwrap();
    assert_eq!(rules.answers(), 5);
    assert_eq!(rules.poll.needed(), 3);
    let all = NINGJIN_2020.replace("threshold = 2\n", "");
    assert_eq!(Rules::parse(&all).unwrap().poll.needed(), 3);
}

/// The preset with a block about the reveal.
fn with_reveal(block: &str) -> Result<Rules, RulesError> {
    Rules::parse(&format!("{NINGJIN_2020}\n[reveal]\n{block}\n"))
}

#[test]
fn rules_that_say_nothing_of_the_reveal_are_the_rules_of_before() {
    assert_eq!(with_reveal(""), Ok(Rules::ningjin_2020()));
    let spelled = with_reveal("sections = []\ndirection = \"bottom_up\"\nwords = {}").unwrap();
    assert_eq!(Edition::new("ningjin-2020".parse().unwrap(), spelled).hash(), edition().hash());
}

#[test]
fn order_and_words_of_the_reveal_come_from_the_rules() {
    let block = "sections = [\"vertical\", \"government\"]\ndirection = \"top_down\"\n\
                 words = { bottom_three = { zh = \"末三位\", en = \"bottom three\" } }";
    let rules = with_reveal(block).unwrap();
    assert_eq!(rules.reveal.direction, RevealDirection::TopDown);
    let government = &rules.sections[0];
    assert_eq!(rules.reveal.words.bottom_three(government).zh, "末三位");
    assert_eq!(rules.reveal.words.bottom_ten(government).zh, "后十名，列入下年度评议");
    let written = Edition::new("x".parse().unwrap(), rules.clone()).to_json();
    assert_eq!(Edition::parse(&written).unwrap().rules, rules);
    let toml = toml::to_string(&rules).unwrap();
    assert_eq!(Rules::parse(&toml), Ok(rules));
}

#[test]
fn a_reveal_that_makes_no_sense_is_refused_by_field() {
    for (block, expected) in [
        ("sections = [\"government\"]", "reveal.sections"),
        ("sections = [\"government\", \"other\"]", "reveal.sections.other"),
        ("sections = [\"vertical\", \"vertical\"]", "reveal.sections.vertical"),
        ("words = { title = { zh = \"\", en = \"x\" } }", "reveal.words.title.zh"),
    ] {
        let error = with_reveal(block).unwrap_err();
        assert!(matches!(&error, RulesError::Field { field, .. } if field == expected), "{error}");
    }
    assert!(matches!(with_reveal("direction = \"sideways\""), Err(RulesError::Syntax { .. })));
}

#[test]
fn edition_json_is_frozen() {
    insta::assert_snapshot!("edition.json", edition().to_json());
    insta::assert_snapshot!(edition().hash(), @"a7c90dd39dd58ff45216c7b3459dac24114f1a7c488cde21c01c0eb0954e95bd");
}

#[test]
fn edition_json_is_read_back_and_nothing_else_is() {
    let json = edition().to_json();
    assert_eq!(Edition::parse(&json), Ok(edition()));
    assert_eq!(Edition::parse(json.trim_end()), Err(EditionError::NotCanonical));
    assert_eq!(Edition::parse(&json.replace("  ", " ")), Err(EditionError::NotCanonical));
    let twice = json.replacen("\"year\": 2020,", "\"year\": 2020,\n    \"year\": 2020,", 1);
    assert!(matches!(Edition::parse(&twice), Err(EditionError::Syntax { .. })));
    let wrong = json.replace("\"points\": 80", "\"points\": 100");
    assert!(
        matches!(Edition::parse(&wrong), Err(EditionError::Syntax { reason }) if reason.contains("grades.fairly_satisfied"))
    );
}

#[test]
fn nothing_is_ever_called_a_satisfaction_rate() {
    assert!(!edition().to_json().contains("满意率"));
}
