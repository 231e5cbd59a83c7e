//! Laws of the ranking, and its equality with a slow ranking that is written another way.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    sync::LazyLock,
};

use evaluation::{
    decision::{Cut, Decisions},
    office::{OfficeNumber, Offices, ningjin_2020},
    ranking::{RankedOffice, Ranking, RankingError, Tie},
    rules::{Rules, RulesFile},
    sanction::Sanctions,
    score::GradeCounts,
};
use proptest::prelude::*;

/// The grade that each ballot gives each office, as the answer's number.
type Ballots = Vec<Vec<usize>>;

/// A poll: the section of each office (0 or 1), the ballots, the sanctioned offices.
#[derive(Clone, Debug)]
struct Poll {
    sections: Vec<usize>,
    ballots: Ballots,
    sanctioned: BTreeSet<u16>,
    abstention_allowed: bool,
}

static PRESET: LazyLock<Rules> = LazyLock::new(Rules::ningjin_2020);
static WITH_ABSTENTION: LazyLock<Rules> = LazyLock::new(|| {
    let mut file = RulesFile::from(Rules::ningjin_2020());
    file.poll.abstention_allowed = true;
    file.try_into().unwrap()
});
const SECTIONS: [&str; 2] = ["government", "vertical"];
const HEADER: &str = "number,kind,document_number,decided_on\n";

impl Poll {
    fn rules(&self) -> &Rules {
        if self.abstention_allowed { &WITH_ABSTENTION } else { &PRESET }
    }

    fn offices(&self) -> Offices {
        let mut csv = "number,section,unit,office,scope,carried_over,full_name\n".to_owned();
        for (number, section) in (1..).zip(&self.sections) {
            writeln!(csv, "{number},{},u{number},o{number},,false,f{number}", SECTIONS[*section]).unwrap();
        }
        Offices::from_csv(csv.as_bytes(), self.rules()).unwrap()
    }

    /// How often each answer was given to each office.
    fn answers(&self) -> Vec<Vec<u32>> {
        let mut answers = vec![vec![0; self.rules().answers()]; self.sections.len()];
        for ballot in &self.ballots {
            for (office, answer) in ballot.iter().enumerate() {
                answers[office][*answer] += 1;
            }
        }
        answers
    }

    fn counts(&self) -> Vec<GradeCounts> {
        let counts = |answers: &Vec<u32>| GradeCounts::from_answers(self.rules(), answers).unwrap();
        self.answers().iter().map(counts).collect()
    }

    fn rank(&self, decisions: &Decisions) -> Result<Ranking, RankingError> {
        let mut csv = HEADER.to_owned();
        for number in &self.sanctioned {
            writeln!(csv, "{number},canvassing,8号,2020-12-12").unwrap();
        }
        let sanctions = Sanctions::from_csv(csv.as_bytes()).unwrap();
        Ranking::compute(self.rules(), &self.offices(), &self.counts(), &sanctions, decisions)
    }

    fn ranking(&self) -> Ranking {
        self.rank(&Decisions::default()).unwrap()
    }

    fn in_section(&self, section: usize) -> Vec<u16> {
        (1..).zip(&self.sections).filter(|(_, of)| **of == section).map(|(number, _)| number).collect()
    }
}

prop_compose! {
    /// Few ballots, so that ties are common.
    fn polls()(offices in 1_usize..24, ballots in 1_usize..5, abstention_allowed in any::<bool>())(
        sections in proptest::collection::vec(prop_oneof![4 => Just(0_usize), 1 => Just(1)], offices),
        ballots in proptest::collection::vec(
            proptest::collection::vec(0_usize..4 + usize::from(abstention_allowed), offices), ballots),
        sanctioned in prop_oneof![
            Just(BTreeSet::new()),
            proptest::collection::btree_set(1..=u16::try_from(offices).unwrap(), 0..=offices.min(6)),
        ],
        abstention_allowed in Just(abstention_allowed),
    ) -> Poll {
        Poll { sections, ballots, sanctioned, abstention_allowed }
    }
}

/// What the ranking should say about one office.
#[derive(Debug, PartialEq, Eq)]
struct Verdict {
    rank: Option<usize>,
    bottom_three: bool,
    bottom_ten: bool,
    tied_at_cut: bool,
}

/// The mission's rules by counting, office against office: no sorting, no cut positions.
mod oracle {
    use std::cmp::Ordering;

    use super::{Poll, Verdict};

    struct Office {
        sanctioned: bool,
        points: u128,
        rated: u128,
        satisfied: u32,
        dissatisfied: u32,
    }

    fn office(poll: &Poll, answers: &[Vec<u32>], number: u16) -> Office {
        let answers = &answers[usize::from(number) - 1];
        let points =
            [100_u128, 80, 60, 20].iter().zip(answers).map(|(points, count)| points * u128::from(*count));
        Office {
            sanctioned: poll.sanctioned.contains(&number),
            points: points.sum(),
            rated: answers[..4].iter().map(|count| u128::from(*count)).sum(),
            satisfied: answers[0],
            dissatisfied: answers[3],
        }
    }

    /// Greater = ranks better.
    fn by_rank(one: &Office, other: &Office) -> Ordering {
        other.sanctioned.cmp(&one.sanctioned).then_with(|| match (one.rated, other.rated) {
            (0, 0) => Ordering::Equal,
            (0, _) => Ordering::Less,
            (_, 0) => Ordering::Greater,
            _ => (one.points * other.rated).cmp(&(other.points * one.rated)),
        })
    }

    /// Greater = further from the consequences.
    fn by_consequence(one: &Office, other: &Office) -> Ordering {
        by_rank(one, other)
            .then_with(|| other.dissatisfied.cmp(&one.dissatisfied))
            .then_with(|| one.satisfied.cmp(&other.satisfied))
    }

    pub(super) fn verdict(poll: &Poll, answers: &[Vec<u32>], number: u16) -> Verdict {
        let section = poll.sections[usize::from(number) - 1];
        let numbers = poll.in_section(section);
        let ranked: Vec<_> = numbers
            .iter()
            .map(|number| office(poll, answers, *number))
            .filter(|one| one.sanctioned || one.rated > 0)
            .collect();
        let this = office(poll, answers, number);
        if !this.sanctioned && this.rated == 0 {
            return Verdict { rank: None, bottom_three: false, bottom_ten: false, tied_at_cut: false };
        }
        let better = ranked.iter().filter(|other| by_rank(other, &this) == Ordering::Greater).count();
        let worse = ranked.iter().filter(|other| by_consequence(other, &this) == Ordering::Less).count();
        let not_better =
            ranked.iter().filter(|other| by_consequence(other, &this) != Ordering::Greater).count();
        let sanctioned = ranked.iter().filter(|other| other.sanctioned).count();
        // Below a cut of n places for sure: at most n offices do not stand better. Above it for sure: n stand worse.
        let below = |places: usize| not_better <= places.max(sanctioned).min(ranked.len());
        let above = |places: usize| worse >= places.max(sanctioned).min(ranked.len());
        let tied = |places: usize| !below(places) && !above(places);
        let carried_over = section == 0;
        Verdict {
            rank: Some(better + 1),
            bottom_three: below(3),
            bottom_ten: carried_over && below(10),
            tied_at_cut: tied(3) || (carried_over && tied(10)),
        }
    }
}

fn verdict(ranked: &RankedOffice) -> Verdict {
    let RankedOffice { rank, bottom_three, bottom_ten, tied_at_cut, .. } = *ranked;
    Verdict { rank, bottom_three, bottom_ten, tied_at_cut }
}

/// A decision for every tie: the first of the tied, the same ones at both cuts.
fn decide(ranking: &Ranking) -> Decisions {
    let mut csv = HEADER.to_owned();
    let mut below_lower: BTreeSet<OfficeNumber> = BTreeSet::new();
    for section in ranking.sections() {
        for Tie { cut, offices, open_places, .. } in &section.ties {
            let (first, second): (BTreeSet<_>, BTreeSet<_>) =
                offices.iter().copied().partition(|number| below_lower.contains(number));
            for number in first.into_iter().chain(second).take(*open_places) {
                writeln!(csv, "{number},{cut},9号,2020-12-16").unwrap();
                below_lower.insert(number);
            }
        }
    }
    Decisions::from_csv(csv.as_bytes()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn ranking_equals_the_slow_ranking(poll in polls()) {
        let answers = poll.answers();
        for ranked in poll.ranking().offices() {
            let number = ranked.office.number.value();
            prop_assert_eq!(verdict(ranked), oracle::verdict(&poll, &answers, number), "office {}", number);
        }
    }

    #[test]
    fn order_of_ballots_changes_nothing(
        (poll, shuffled) in polls().prop_flat_map(|poll| {
            (Just(poll.clone()), Just(poll.ballots).prop_shuffle())
        }),
    ) {
        let other = Poll { ballots: shuffled, ..poll.clone() };
        prop_assert_eq!(poll.ranking().to_csv(), other.ranking().to_csv());
        prop_assert_eq!(poll.ranking().to_json(), other.ranking().to_json());
    }

    #[test]
    fn every_office_is_listed_once_with_all_ballots(poll in polls()) {
        let ranking = poll.ranking();
        let mut numbers: Vec<_> = ranking.offices().map(|ranked| usize::from(ranked.office.number.value())).collect();
        numbers.sort_unstable();
        prop_assert_eq!(numbers, (1..=poll.sections.len()).collect::<Vec<_>>());
        for ranked in ranking.offices() {
            let counted: u32 = ranked.counts.grades().iter().sum();
            prop_assert_eq!(usize::try_from(counted + ranked.counts.abstentions()), Ok(poll.ballots.len()));
        }
    }

    #[test]
    fn sanctioned_office_is_always_among_the_last(poll in polls()) {
        for ranked in poll.ranking().offices() {
            let sanctioned = poll.sanctioned.contains(&ranked.office.number.value());
            prop_assert_eq!(ranked.sanctioned, sanctioned);
            if sanctioned {
                prop_assert!(ranked.bottom_three && !ranked.tied_at_cut && ranked.rank.is_some());
                prop_assert_eq!(ranked.bottom_ten, ranked.office.section.as_str() == "government");
            }
        }
    }

    #[test]
    fn higher_score_never_ranks_or_fares_worse(poll in polls()) {
        for section in poll.ranking().sections() {
            let free: Vec<_> = section.offices.iter().filter(|ranked| !ranked.sanctioned && ranked.score.is_some()).collect();
            for (one, other) in free.iter().flat_map(|one| free.iter().map(move |other| (one, other))) {
                prop_assert_eq!(one.score > other.score, one.rank < other.rank);
                if one.score > other.score {
                    prop_assert!(other.bottom_three || !one.bottom_three || other.tied_at_cut);
                    prop_assert!(other.bottom_ten || !one.bottom_ten || other.tied_at_cut);
                }
            }
        }
    }

    #[test]
    fn last_three_are_among_the_last_ten(poll in polls()) {
        for ranked in poll.rank(&decide(&poll.ranking())).unwrap().offices() {
            let government = ranked.office.section.as_str() == "government";
            prop_assert!(if government { !ranked.bottom_three || ranked.bottom_ten } else { !ranked.bottom_ten }, "{ranked:?}");
        }
    }

    #[test]
    fn decided_ties_fill_every_place_and_change_only_the_tied(poll in polls()) {
        let open = poll.ranking();
        let decided = poll.rank(&decide(&open)).unwrap();
        prop_assert_eq!(decided.undecided_ties().count(), 0);
        for section in decided.sections() {
            let ranked = section.offices.iter().filter(|office| office.rank.is_some()).count();
            let sanctioned = section.offices.iter().filter(|office| office.sanctioned).count();
            let three = section.offices.iter().filter(|office| office.bottom_three).count();
            let ten = section.offices.iter().filter(|office| office.bottom_ten).count();
            prop_assert_eq!(three, 3.max(sanctioned).min(ranked));
            prop_assert_eq!(ten, section.section.bottom_ten.map_or(0, |places| places.max(sanctioned).min(ranked)));
        }
        for before in open.offices() {
            let after = decided.find(before.office.number).unwrap();
            prop_assert_eq!((before.rank, before.tied_at_cut), (after.rank, after.tied_at_cut));
            prop_assert!(before.tied_at_cut || verdict(before) == verdict(after));
            prop_assert!(after.bottom_three || !before.bottom_three);
            prop_assert!(after.bottom_ten || !before.bottom_ten);
        }
    }

    #[test]
    fn decision_is_accepted_only_among_the_tied(poll in polls(), number in 1_u16..24, ten in any::<bool>()) {
        let cut = if ten { Cut::BottomTen } else { Cut::BottomThree };
        let open = poll.ranking();
        let number = OfficeNumber::new(number).unwrap();
        let ties = open.sections().iter().flat_map(|section| &section.ties);
        let tie = ties.into_iter().find(|tie| tie.cut == cut && tie.offices.contains(&number));
        let decisions = Decisions::from_csv(format!("{HEADER}{number},{cut},9号,2020-12-16\n").as_bytes()).unwrap();
        prop_assert_eq!(poll.rank(&decisions).is_ok(), tie.is_some_and(|tie| tie.open_places == 1));
    }

    #[test]
    fn rows_of_the_csv_are_in_final_order(poll in polls()) {
        let csv = poll.rank(&decide(&poll.ranking())).unwrap().to_csv();
        let mut last: BTreeMap<String, (bool, bool)> = BTreeMap::new();
        for row in csv.lines().skip(1) {
            let cells: Vec<_> = row.split(',').collect();
            prop_assert_eq!(cells.len(), 17);
            if cells[1].is_empty() {
                continue;
            }
            let flags = (cells[14] == "true", cells[13] == "true");
            let earlier = last.insert(cells[0].to_owned(), flags);
            prop_assert!(earlier.is_none_or(|earlier| earlier <= flags), "{}", csv);
        }
    }
}

#[test]
fn all_seventy_offices_rejected_by_all_score_twenty() {
    let rules = Rules::ningjin_2020();
    let offices = ningjin_2020();
    let counts = vec![GradeCounts::from_answers(&rules, &[0, 0, 0, 100]).unwrap(); offices.len()];
    let ranking =
        Ranking::compute(&rules, &offices, &counts, &Sanctions::default(), &Decisions::default()).unwrap();
    assert_eq!(ranking.offices().count(), 70);
    for row in ranking.to_csv().lines().skip(1) {
        assert!(row.ends_with(",0,0,0,100,100,2000,100,20.00,false,false,false,true"), "{row}");
        assert_eq!(row.split(',').nth(1), Some("1"));
    }
}

#[test]
fn columns_are_those_of_the_publication() {
    let poll = Poll {
        sections: vec![0],
        ballots: vec![vec![1]],
        sanctioned: BTreeSet::new(),
        abstention_allowed: false,
    };
    assert_eq!(
        poll.ranking().to_csv(),
        "\u{feff}section,rank,number,unit,office,satisfied,fairly_satisfied,average,dissatisfied,ballots,\
         score_numerator,score_denominator,score,bottom_three,bottom_ten,sanctioned,tied_at_cut\n\
         government,1,1,u1,o1,0,1,0,0,1,80,1,80.00,true,true,false,false\n"
    );
}
