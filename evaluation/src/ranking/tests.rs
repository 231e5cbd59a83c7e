use std::fmt::Write;

use super::{Ranking, RankingError};
use crate::{
    carry_over::CarryOver,
    decision::{Cut, Decisions},
    office::{OfficeNumber, Offices},
    rules::{Rules, RulesFile},
    sanction::Sanctions,
    score::GradeCounts,
};

const HEADER: &str = "number,kind,document_number,decided_on\n";

/// A poll under construction.
struct Poll {
    rules: Rules,
    offices: Offices,
    counts: Vec<GradeCounts>,
    sanctions: Sanctions,
    decisions: Decisions,
}

impl Poll {
    /// A poll by the preset, in which office 1, 2, 3, … of the government section got these answers.
    fn of(answers: &[[u32; 4]]) -> Self {
        let rules = Rules::ningjin_2020();
        let answers: Vec<_> = answers.iter().map(|answers| ("government", answers.to_vec())).collect();
        Self::with(rules, &answers)
    }

    fn with(rules: Rules, answers: &[(&str, Vec<u32>)]) -> Self {
        let mut csv = "number,section,unit,office,scope,carried_over,full_name\n".to_owned();
        for (number, (section, _)) in (1..).zip(answers) {
            writeln!(csv, "{number},{section},单位{number},股室{number},,false,单位{number}股室{number}")
                .unwrap();
        }
        let offices = Offices::from_csv(csv.as_bytes(), &rules).unwrap();
        let counts =
            answers.iter().map(|(_, answers)| GradeCounts::from_answers(&rules, answers).unwrap()).collect();
        Self { rules, offices, counts, sanctions: Sanctions::default(), decisions: Decisions::default() }
    }

    fn sanctioned(mut self, numbers: &[u16]) -> Self {
        let mut csv = HEADER.to_owned();
        for number in numbers {
            writeln!(csv, "{number},canvassing,8号,2020-12-12").unwrap();
        }
        self.sanctions = Sanctions::from_csv(csv.as_bytes()).unwrap();
        self
    }

    fn decided(mut self, named: &[(u16, &str)]) -> Self {
        let mut csv = HEADER.to_owned();
        for (number, cut) in named {
            writeln!(csv, "{number},{cut},9号,2020-12-16").unwrap();
        }
        self.decisions = Decisions::from_csv(csv.as_bytes()).unwrap();
        self
    }

    fn rank(&self) -> Result<Ranking, RankingError> {
        Ranking::compute(&self.rules, &self.offices, &self.counts, &self.sanctions, &self.decisions)
    }

    /// One word an office in the order of the ranking: rank, number, and `3`, `10`, `s`, `t` for the flags.
    fn shown(&self) -> String {
        let ranking = self.rank().unwrap();
        let words: Vec<_> = ranking
            .offices()
            .map(|office| {
                let rank = office.rank.map_or("-".to_owned(), |rank| rank.to_string());
                let three = if office.bottom_three { "3" } else { "" };
                let ten = if office.bottom_ten { "10" } else { "" };
                let sanctioned = if office.sanctioned { "s" } else { "" };
                let tied = if office.tied_at_cut { "t" } else { "" };
                format!("{rank}:{}[{three}|{ten}|{sanctioned}{tied}]", office.office.number)
            })
            .collect();
        words.join(" ").replace("[||]", "").replace("[|10|]", "[10]").replace("[3|10|]", "[3]")
    }
}

fn number(number: u16) -> OfficeNumber {
    OfficeNumber::new(number).unwrap()
}

/// Rules whose last ten are the last four, so that examples stay small.
fn small_rules() -> Rules {
    let mut file = RulesFile::from(Rules::ningjin_2020());
    file.sections[0].bottom_three = 2;
    file.sections[0].bottom_ten = Some(4);
    file.try_into().unwrap()
}

fn small(answers: &[[u32; 4]]) -> Poll {
    let answers: Vec<_> = answers.iter().map(|answers| ("government", answers.to_vec())).collect();
    Poll::with(small_rules(), &answers)
}

/// Ten ballots of which `best` are 满意 and the rest 不满意.
const fn best(best: u32) -> [u32; 4] {
    [best, 0, 0, 10 - best]
}

#[test]
fn equal_scores_share_a_rank() {
    let poll = small(&[best(9), best(8), best(8), best(7), best(6), best(5), best(4), best(3)]);
    assert_eq!(poll.shown(), "1:1 2:2 2:3 4:4 5:5[10] 6:6[10] 7:7[3] 8:8[3]");
}

#[test]
fn fewer_dissatisfied_then_more_satisfied_decide_consequences_but_not_ranks() {
    // Offices 4 to 6 score 60 each: 6 is dissatisfied less often, 4 and 5 as often. Then 5 is satisfied more often, as
    // abstentions leave its denominator smaller.
    let mut file = RulesFile::from(small_rules());
    file.poll.abstention_allowed = true;
    let answers = [
        [10, 0, 0, 0, 0],
        [9, 1, 0, 0, 0],
        [8, 2, 0, 0, 0],
        [2, 0, 0, 2, 6],
        [3, 0, 1, 3, 3],
        [0, 0, 10, 0, 0],
    ];
    let answers: Vec<_> = answers.iter().map(|answers| ("government", answers.to_vec())).collect();
    let poll = Poll::with(file.try_into().unwrap(), &answers);
    assert_eq!(poll.shown(), "1:1 2:2 3:3[10] 4:6[10] 4:4[3] 4:5[3]");
}

#[test]
fn tie_across_a_cut_is_flagged_and_nobody_in_it_bears_consequences() {
    let poll = small(&[best(9), best(8), best(7), best(6), best(5), best(5), best(5), best(1)]);
    assert_eq!(poll.shown(), "1:1 2:2 3:3 4:4 5:5[|10|t] 5:6[|10|t] 5:7[|10|t] 8:8[3]");
    let ranking = poll.rank().unwrap();
    let (section, tie) = ranking.undecided_ties().next().unwrap();
    assert_eq!(
        (section.id.as_str(), tie.cut, tie.open_places, tie.offices.len()),
        ("government", Cut::BottomThree, 1, 3)
    );
}

#[test]
fn leading_group_decides_among_the_tied() {
    let answers = [best(9), best(8), best(7), best(6), best(5), best(5), best(5), best(1)];
    let poll = small(&answers).decided(&[(6, "bottom_three")]);
    assert_eq!(poll.shown(), "1:1 2:2 3:3 4:4 5:5[|10|t] 5:7[|10|t] 5:6[3|10|t] 8:8[3]");
    assert_eq!(poll.rank().unwrap().undecided_ties().count(), 0);
    let refusal = |named: &[(u16, &str)]| small(&answers).decided(named).rank().unwrap_err();
    assert_eq!(
        refusal(&[(4, "bottom_three")]),
        RankingError::NotTied { number: number(4), cut: Cut::BottomThree }
    );
    assert_eq!(
        refusal(&[(8, "bottom_three")]),
        RankingError::NotTied { number: number(8), cut: Cut::BottomThree }
    );
    assert_eq!(
        refusal(&[(6, "bottom_ten")]),
        RankingError::NotTied { number: number(6), cut: Cut::BottomTen }
    );
    assert!(matches!(
        refusal(&[(5, "bottom_three"), (6, "bottom_three")]),
        RankingError::Places { places: 1, named: 2, .. }
    ));
    assert_eq!(refusal(&[(9, "bottom_three")]), RankingError::DecisionOnUnknownOffice { number: number(9) });
}

#[test]
fn tie_inside_a_cut_is_no_tie_at_it() {
    let poll = small(&[best(9), best(8), best(8), best(7), best(7), best(5), best(5)]);
    assert_eq!(poll.shown(), "1:1 2:2 2:3 4:4[10] 4:5[10] 6:6[3] 6:7[3]");
}

#[test]
fn all_equal_scores_are_tied_at_both_cuts() {
    let answers = [best(5); 6];
    assert_eq!(small(&answers).shown(), "1:1[||t] 1:2[||t] 1:3[||t] 1:4[||t] 1:5[||t] 1:6[||t]");
    let three = [(1, "bottom_three"), (6, "bottom_three")];
    let half = small(&answers).decided(&three);
    assert_eq!(half.shown(), "1:2[||t] 1:3[||t] 1:4[||t] 1:5[||t] 1:1[3|10|t] 1:6[3|10|t]");
    let ranking = half.rank().unwrap();
    assert_eq!(ranking.undecided_ties().map(|(_, tie)| tie.cut).collect::<Vec<_>>(), [Cut::BottomTen]);
    assert_eq!(CarryOver::of(&ranking).offices.len(), 2);
    assert_eq!(CarryOver::of(&ranking).undecided.len(), 1);
    let both = [&three[..], &[(2, "bottom_ten"), (5, "bottom_ten")]].concat();
    let whole = small(&answers).decided(&both);
    assert_eq!(whole.shown(), "1:3[||t] 1:4[||t] 1:2[|10|t] 1:5[|10|t] 1:1[3|10|t] 1:6[3|10|t]");
    let refusal = small(&answers).decided(&both[..3]).rank().unwrap_err();
    assert!(matches!(refusal, RankingError::Places { cut: Cut::BottomTen, places: 4, named: 3, .. }));
}

#[test]
fn sanctioned_offices_rank_last_and_fill_the_last_places_first() {
    let answers = [best(9), best(8), best(7), best(6), best(5), best(4)];
    assert_eq!(small(&answers).sanctioned(&[1]).shown(), "1:2 2:3 3:4[10] 4:5[10] 5:6[3] 6:1[3|10|s]");
    assert_eq!(
        small(&answers).sanctioned(&[1, 3]).shown(),
        "1:2 2:4 3:5[10] 4:6[10] 5:1[3|10|s] 6:3[3|10|s]"
    );
}

#[test]
fn more_sanctioned_offices_than_places_are_all_flagged() {
    let answers = [best(9), best(8), best(7), best(6), best(5), best(4)];
    let three = small(&answers).sanctioned(&[1, 2, 3]);
    assert_eq!(three.shown(), "1:4 2:5 3:6[10] 4:1[3|10|s] 5:2[3|10|s] 6:3[3|10|s]");
    let five = small(&answers).sanctioned(&[1, 2, 3, 4, 5]);
    assert_eq!(five.shown(), "1:6 2:1[3|10|s] 3:2[3|10|s] 4:3[3|10|s] 5:4[3|10|s] 6:5[3|10|s]");
}

#[test]
fn sanctioned_offices_of_equal_score_share_a_rank_and_are_never_tied_at_a_cut() {
    let poll = small(&[best(9), best(9), best(9), best(5), best(4)]).sanctioned(&[1, 2, 3]);
    assert_eq!(poll.shown(), "1:4 2:5[10] 3:1[3|10|s] 3:2[3|10|s] 3:3[3|10|s]");
}

#[test]
fn sections_smaller_than_a_cut_are_flagged_whole() {
    assert_eq!(Poll::of(&[best(9), best(8)]).shown(), "1:1[3] 2:2[3]");
    assert_eq!(Poll::of(&[best(9), best(9)]).shown(), "1:1[3] 1:2[3]");
    assert_eq!(Poll::of(&[best(9), best(8), best(7), best(6)]).shown(), "1:1[10] 2:2[3] 3:3[3] 4:4[3]");
}

#[test]
fn sections_are_ranked_apart_and_vertical_carries_nothing_over() {
    let rows = [best(1), best(2), best(3), best(4), best(5)].map(|answers| answers.to_vec());
    let sections = ["vertical", "vertical", "government", "vertical", "vertical"];
    let answers: Vec<_> = sections.into_iter().zip(rows).collect();
    let poll = Poll::with(Rules::ningjin_2020(), &answers);
    assert_eq!(poll.shown(), "1:3[3] 1:5 2:4[3||] 3:2[3||] 4:1[3||]");
    let refusal = poll.decided(&[(1, "bottom_ten")]).rank().unwrap_err();
    assert_eq!(refusal, RankingError::NotTied { number: number(1), cut: Cut::BottomTen });
}

#[test]
fn offices_without_a_score_have_no_rank_and_take_no_place() {
    let mut file = RulesFile::from(small_rules());
    file.poll.abstention_allowed = true;
    let rules = Rules::try_from(file).unwrap();
    let answers = [[0, 0, 0, 0, 9], [9, 0, 0, 0, 0], [8, 0, 0, 1, 0], [0, 0, 0, 0, 9], [7, 0, 0, 2, 0]];
    let answers: Vec<_> = answers.iter().map(|answers| ("government", answers.to_vec())).collect();
    let poll = Poll::with(rules, &answers).sanctioned(&[4]);
    assert_eq!(poll.shown(), "1:2[10] 2:3[10] 3:5[3] -:1 4:4[3|10|s]");
    let csv = poll.rank().unwrap().to_csv();
    assert!(csv.contains("government,,1,单位1,股室1,0,0,0,0,9,0,0,,false,false,false,false\n"), "{csv}");
}

#[test]
fn poll_without_ballots_has_no_consequences() {
    assert_eq!(small(&[[0; 4]; 3]).shown(), "-:1 -:2 -:3");
}

#[test]
fn last_ten_are_proposed_for_next_year_sanctioned_ones_included() {
    let poll = small(&[best(9), best(8), best(7), best(6), best(5), best(4)]).sanctioned(&[1]);
    let proposal = CarryOver::of(&poll.rank().unwrap());
    let names: Vec<_> =
        proposal.offices.iter().map(|office| (office.number.value(), office.unit.as_str())).collect();
    assert_eq!(names, [(1, "单位4"), (2, "单位5"), (3, "单位6"), (4, "单位1")]);
    assert!(proposal.offices.iter().all(|office| office.carried_over) && proposal.undecided.is_empty());
}

#[test]
fn counts_that_do_not_belong_together_are_refused() {
    let mut poll = small(&[best(9), best(8), [1, 0, 0, 0]]);
    assert_eq!(poll.rank(), Err(RankingError::Ballots { number: number(3), ballots: 1, expected: 10 }));
    poll.counts.pop();
    assert_eq!(poll.rank(), Err(RankingError::Counts { expected: 3, found: 2 }));
    let refusal = small(&[best(9)]).sanctioned(&[2]).rank().unwrap_err();
    assert_eq!(refusal, RankingError::SanctionOfUnknownOffice { number: number(2) });
}

/// A tie, a sanction and a decision in one small publication.
fn example() -> Ranking {
    let government =
        [best(9), [3, 4, 2, 1], [3, 4, 2, 1], [5, 3, 1, 1], [3, 4, 2, 1], best(0), [10, 0, 0, 0]];
    let mut answers: Vec<_> = government.iter().map(|answers| ("government", answers.to_vec())).collect();
    answers.extend([[7, 2, 1, 0], [6, 2, 1, 1]].iter().map(|answers| ("vertical", answers.to_vec())));
    let poll =
        Poll::with(small_rules(), &answers).sanctioned(&[7]).decided(&[(2, "bottom_ten"), (5, "bottom_ten")]);
    poll.rank().unwrap()
}

#[test]
fn ranking_csv_is_frozen() {
    let csv = example().to_csv();
    assert!(csv.starts_with('\u{feff}') && csv.ends_with('\n') && !csv.contains('\r'));
    insta::assert_snapshot!("ranking.csv", csv.trim_start_matches('\u{feff}'));
}

#[test]
fn ranking_json_is_frozen() {
    insta::assert_snapshot!("ranking.json", example().to_json());
}

#[test]
fn score_is_called_score_and_never_a_satisfaction_rate() {
    let json = example().to_json();
    assert!(json.contains("得分") && !json.contains("满意率"));
}
