//! Threshold trustees in a whole election.

use std::io::Cursor;

use belenios::group::Group;
use belenios::verify::{Code, verify};
use proptest::prelude::*;

use super::hall::Hall;
use super::{codes, strict};

pub(crate) fn any_t_of_n_give_the_same_result<G: Group>(
    seed: u64,
    (needed, size): (usize, usize),
) -> Result<(), TestCaseError> {
    let mut hall = Hall::<G>::with_threshold(seed, (needed, size), 3);
    let ballots = [hall.ballot(0, &[1]), hall.ballot(1, &[1]), hall.ballot(2, &[3])];
    for owners in subsets(size).filter(|owners| !owners.is_empty()) {
        let archive = hall.archive_decrypted_by(&owners, &ballots);
        let report = verify(Cursor::new(archive), strict()).unwrap();
        prop_assert_eq!(&report.facts.decrypted_by, &owners);
        if owners.len() < needed {
            prop_assert_eq!(codes(&report), [Code::Incomplete]);
            prop_assert!(report.facts.result.is_none());
        } else {
            prop_assert!(report.is_accepted(), "{:?}", report.findings);
            prop_assert!(report.warnings.is_empty());
            prop_assert_eq!(report.facts.result.unwrap().result, [[0, 2, 0, 1]]);
        }
    }
    Ok(())
}

/// All sets of owners, each in ascending order.
fn subsets(size: usize) -> impl Iterator<Item = Vec<usize>> {
    (0..1_usize << size).map(move |set| (1..=size).filter(|owner| set >> (owner - 1) & 1 == 1).collect())
}
