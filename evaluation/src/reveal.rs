//! The reveal 揭晓 of a ranking, step by step, as the chair leads it in the hall.
//!
//! The first step shows a title. Then each section, in the order of the rules, has a step that names it, one for each
//! office or group of offices of equal rank, from the end that the rules say, and one that shows the whole section.

use crate::{
    ranking::{RankedOffice, Ranking, SectionRanking},
    rules::{RevealDirection, RevealRules},
};

/// All steps of a reveal.
#[derive(Clone, Debug)]
pub struct Reveal<'a> {
    steps: Vec<Step<'a>>,
}

/// What one step of a reveal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// The title; nothing of the result.
    Title,
    /// A section is named; nothing of its ranking is shown yet.
    Section(&'a SectionRanking),
    /// Offices of equal rank, mostly one.
    Offices {
        /// Their section.
        section: &'a SectionRanking,
        /// The offices of this step.
        offices: &'a [RankedOffice],
        /// The offices of the section that earlier steps have shown, from the better to the worse.
        earlier: &'a [RankedOffice],
    },
    /// Everything of a section.
    Whole(&'a SectionRanking),
}

impl<'a> Reveal<'a> {
    /// The steps of this ranking in the order of the rules.
    #[must_use]
    pub fn plan(rules: &RevealRules, ranking: &'a Ranking) -> Self {
        let mut sections: Vec<_> = ranking.sections().iter().collect();
        // Sections that the rules do not name keep their order, after those that they name.
        sections.sort_by_key(|ranked| {
            rules.sections.iter().position(|id| *id == ranked.section.id).unwrap_or(usize::MAX)
        });
        let mut steps = vec![Step::Title];
        for section in sections {
            steps.push(Step::Section(section));
            steps.extend(groups(section, rules.direction));
            steps.push(Step::Whole(section));
        }
        Self { steps }
    }

    /// How many steps there are, at least one.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "the title is always there")]
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// The number of the last step, from 0.
    #[must_use]
    pub fn last(&self) -> usize {
        self.steps.len().saturating_sub(1)
    }

    /// A step by its number, from 0; beyond the end the last one.
    #[must_use]
    pub fn step(&self, number: usize) -> Step<'a> {
        self.steps.get(number).or_else(|| self.steps.last()).copied().unwrap_or(Step::Title)
    }
}

/// The steps with offices of one section.
fn groups(section: &SectionRanking, direction: RevealDirection) -> Vec<Step<'_>> {
    let equal =
        |one: &RankedOffice, next: &RankedOffice| (one.rank, one.sanctioned) == (next.rank, next.sanctioned);
    let mut start = 0_usize;
    let mut steps: Vec<_> = section
        .offices
        .chunk_by(equal)
        .map(|offices| {
            let end = start.saturating_add(offices.len());
            let earlier = match direction {
                RevealDirection::BottomUp => section.offices.get(end..),
                RevealDirection::TopDown => section.offices.get(..start),
            };
            start = end;
            Step::Offices { section, offices, earlier: earlier.unwrap_or_default() }
        })
        .collect();
    if direction == RevealDirection::BottomUp {
        steps.reverse();
    }
    steps
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        decision::Decisions,
        office::{OfficeNumber, Offices},
        rules::Rules,
        sanction::{Sanction, SanctionKind, Sanctions},
        score::GradeCounts,
    };

    /// A ranking of the 70 offices with these points each: the number of its 满意 among 9 ballots. Office 5 is sanctioned.
    fn ranking(satisfied: &[u32]) -> Ranking {
        let rules = Rules::ningjin_2020();
        let offices = Offices::from_csv(crate::office::NINGJIN_2020.as_bytes(), &rules).unwrap();
        let counts: Vec<_> = satisfied
            .iter()
            .map(|&best| GradeCounts::from_answers(&rules, &[best, 0, 0, 9 - best]).unwrap())
            .collect();
        let sanction = Sanction {
            number: OfficeNumber::new(5).unwrap(),
            kind: SanctionKind::Canvassing,
            document_number: "8号".parse().unwrap(),
            decided_on: "2020-12-12".parse().unwrap(),
        };
        let sanctions = Sanctions::new(vec![sanction]).unwrap();
        Ranking::compute(&rules, &offices, &counts, &sanctions, &Decisions::default()).unwrap()
    }

    fn numbers(offices: &[RankedOffice]) -> Vec<u16> {
        offices.iter().map(|ranked| ranked.office.number.value()).collect()
    }

    fn any_rules() -> impl Strategy<Value = RevealRules> {
        let directions = prop_oneof![Just(RevealDirection::BottomUp), Just(RevealDirection::TopDown)];
        (directions, any::<bool>()).prop_map(|(direction, reversed)| RevealRules {
            sections: if reversed {
                vec!["vertical".parse().unwrap(), "government".parse().unwrap()]
            } else {
                Vec::new()
            },
            direction,
            ..RevealRules::default()
        })
    }

    proptest! {
        #[test]
        fn every_office_has_one_step_and_is_not_seen_before_it(
            satisfied in proptest::collection::vec(0_u32..=9, 70), rules in any_rules()
        ) {
            let ranking = ranking(&satisfied);
            let reveal = Reveal::plan(&rules, &ranking);
            let mut shown = Vec::new();
            for number in 0..reveal.len() {
                match reveal.step(number) {
                    Step::Offices { offices, earlier, .. } => {
                        prop_assert!(numbers(earlier).iter().all(|number| shown.contains(number)));
                        prop_assert!(numbers(offices).iter().all(|number| !shown.contains(number)));
                        prop_assert!(offices.windows(2).all(|pair| pair[0].rank == pair[1].rank));
                        shown.extend(numbers(offices));
                    }
                    Step::Whole(section) => {
                        prop_assert!(numbers(&section.offices).iter().all(|number| shown.contains(number)));
                    }
                    Step::Title | Step::Section(_) => {}
                }
            }
            prop_assert_eq!(shown.len(), 70);
        }

        #[test]
        fn ranks_rise_or_fall_as_the_rules_say(
            satisfied in proptest::collection::vec(0_u32..=9, 70), rules in any_rules()
        ) {
            let ranking = ranking(&satisfied);
            let reveal = Reveal::plan(&rules, &ranking);
            let mut before: Option<(&str, usize)> = None;
            for number in 0..reveal.len() {
                let Step::Offices { section, offices, .. } = reveal.step(number) else { continue };
                let (id, rank) = (section.section.id.as_str(), offices[0].rank.unwrap());
                if let Some((_, earlier)) = before.filter(|(other, _)| *other == id) {
                    let expected = match rules.direction {
                        RevealDirection::BottomUp => rank < earlier,
                        RevealDirection::TopDown => rank > earlier,
                    };
                    prop_assert!(expected, "{} after {}", rank, earlier);
                }
                before = Some((id, rank));
            }
        }
    }

    #[test]
    fn a_sanctioned_office_is_alone_in_the_last_place_and_sections_come_as_the_rules_say() {
        let ranking = ranking(&[9; 70]);
        let rules = RevealRules { sections: vec!["vertical".parse().unwrap()], ..RevealRules::default() };
        let reveal = Reveal::plan(&rules, &ranking);
        let order: Vec<_> = (0..reveal.len())
            .map(|number| match reveal.step(number) {
                Step::Title => "title".to_owned(),
                Step::Section(section) => section.section.id.to_string(),
                Step::Offices { offices, earlier, .. } => {
                    format!("{} after {}", offices.len(), earlier.len())
                }
                Step::Whole(_) => "whole".to_owned(),
            })
            .collect();
        let expected =
            ["title", "vertical", "24 after 0", "whole", "government", "1 after 0", "45 after 1", "whole"];
        assert_eq!(order, expected);
        assert_eq!(reveal.step(reveal.last()), reveal.step(1000));
    }
}
