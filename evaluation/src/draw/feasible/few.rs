//! Contradictions of up to three bounds, by exact search in whole numbers.

use super::bounds::Requirements;

/// The largest number of bounds of which all sets are tried.
pub(super) const LARGEST: usize = 3;

/// The first contradiction of one bound, else of two, else of three.
pub(super) fn contradiction(requirements: &Requirements) -> Option<Vec<usize>> {
    let all = requirements.binding();
    let earlier = |than: usize| all.iter().copied().take_while(move |index| *index < than);
    let mut singles = all.iter().map(|one| vec![*one]);
    let mut pairs = all.iter().flat_map(|one| earlier(*one).map(move |two| vec![two, *one]));
    let mut triples = all.iter().flat_map(|one| {
        earlier(*one).flat_map(move |two| earlier(two).map(move |three| vec![three, two, *one]))
    });
    let is_contradiction = |chosen: &Vec<usize>| !can_be_met(requirements, chosen);
    singles
        .find(is_contradiction)
        .or_else(|| pairs.find(is_contradiction))
        .or_else(|| triples.find(is_contradiction))
}

/// People that several of the chosen bounds count: which ones, and how many people.
type Shared<'a> = (&'a [usize], usize);

fn can_be_met(requirements: &Requirements, chosen: &[usize]) -> bool {
    let kinds = requirements.kinds(chosen);
    // What people whom only one bound counts can add to it, and what that bound still asks for.
    let mut open: Vec<Open> = chosen
        .iter()
        .filter_map(|index| requirements.get(*index))
        .map(|requirement| {
            let (least, most) = requirement.range();
            Open { least, most, alone: 0 }
        })
        .collect();
    let mut shared: Vec<Shared<'_>> = Vec::new();
    for (kind, people) in &kinds {
        match kind.as_slice() {
            [] => {}
            [only] => {
                if let Some(open) = open.get_mut(*only) {
                    open.alone = *people;
                }
            }
            several => shared.push((several, *people)),
        }
    }
    can_be_shared_out(&open, &shared)
}

/// What one bound still asks for.
#[derive(Clone, Copy)]
struct Open {
    least: usize,
    most: usize,
    alone: usize,
}

/// Whether numbers of shared people can be chosen so that each bound is met with people of its own.
fn can_be_shared_out(open: &[Open], shared: &[Shared<'_>]) -> bool {
    let Some(((kind, people), rest)) = shared.split_first() else {
        return open.iter().all(|open| open.least <= open.alone);
    };
    // What the other people could add at most settles how many of these are needed, and the ceilings how many may be.
    let of_rest = |position: usize| -> usize {
        rest.iter().filter(|(kind, _)| kind.contains(&position)).map(|(_, people)| *people).sum()
    };
    let (mut least, mut most) = (0, *people);
    for position in *kind {
        if let Some(open) = open.get(*position) {
            let elsewhere = open.alone.saturating_add(of_rest(*position));
            least = least.max(open.least.saturating_sub(elsewhere));
            most = most.min(open.most);
        }
    }
    (least..=most).any(|number| {
        let mut after = open.to_vec();
        for position in *kind {
            if let Some(open) = after.get_mut(*position) {
                open.least = open.least.saturating_sub(number);
                open.most = open.most.saturating_sub(number);
            }
        }
        can_be_shared_out(&after, rest)
    })
}
