//! All ballots of a poll have one size in transport, spool and store.
//!
//! The decimal scalars of a ballot vary by some bytes, so that its length would tell ballots apart. Spaces behind the JSON
//! bring all to the size the server names (`BallotBox::maximal_ballot_size` of `belenios`); they are no part of the ballot
//! and of its hash.

/// What fills a ballot up. Canonical JSON never ends in it (protocol note §1.5).
const FILLER: u8 = b' ';

/// Why a ballot cannot be padded or unpadded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PaddingError {
    /// Nothing but padding.
    #[error("the ballot is empty")]
    Empty,
    /// The ballot ends in the byte that padding is made of.
    #[error("the ballot ends in a space")]
    Filler,
    /// The ballot is longer than all ballots of the poll should be.
    #[error("the ballot has {actual} bytes, more than the {size} of this poll")]
    TooLong {
        /// Bytes of this ballot.
        actual: usize,
        /// Bytes of every padded ballot.
        size: usize,
    },
    /// The padded ballot has not the size of this poll.
    #[error("the padded ballot has {actual} bytes instead of {size}")]
    WrongSize {
        /// Bytes received.
        actual: usize,
        /// Bytes of every padded ballot.
        size: usize,
    },
}

/// Fills a ballot up to `size` bytes.
///
/// # Errors
/// [`PaddingError::Empty`], [`PaddingError::Filler`], [`PaddingError::TooLong`]
pub fn pad_ballot(ballot: &[u8], size: usize) -> Result<Vec<u8>, PaddingError> {
    match ballot.last() {
        None => return Err(PaddingError::Empty),
        Some(&FILLER) => return Err(PaddingError::Filler),
        Some(_) => {}
    }
    if ballot.len() > size {
        return Err(PaddingError::TooLong { actual: ballot.len(), size });
    }
    let mut padded = ballot.to_vec();
    padded.resize(size, FILLER);
    Ok(padded)
}

/// The ballot inside a padded one.
///
/// # Errors
/// [`PaddingError::Empty`], [`PaddingError::WrongSize`]
pub fn unpad_ballot(padded: &[u8], size: usize) -> Result<&[u8], PaddingError> {
    if padded.len() != size {
        return Err(PaddingError::WrongSize { actual: padded.len(), size });
    }
    let mut ballot = padded;
    while let Some((&FILLER, rest)) = ballot.split_last() {
        ballot = rest;
    }
    if ballot.is_empty() { Err(PaddingError::Empty) } else { Ok(ballot) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_ballot_that_does_not_fit_is_refused() {
        assert_eq!(pad_ballot(b"{}", 1), Err(PaddingError::TooLong { actual: 2, size: 1 }));
        assert_eq!(pad_ballot(b"", 4), Err(PaddingError::Empty));
        assert_eq!(pad_ballot(b"{} ", 4), Err(PaddingError::Filler));
        assert_eq!(unpad_ballot(b"{}  ", 5), Err(PaddingError::WrongSize { actual: 4, size: 5 }));
        assert_eq!(unpad_ballot(b"    ", 4), Err(PaddingError::Empty));
    }

    proptest! {
        #[test]
        fn every_padded_ballot_comes_back(ballot in "\\{[a-z \"]{0,200}\\}", spare in 0_usize..100) {
            let size = ballot.len() + spare;
            let padded = pad_ballot(ballot.as_bytes(), size).unwrap();
            prop_assert_eq!(padded.len(), size);
            prop_assert_eq!(unpad_ballot(&padded, size), Ok(ballot.as_bytes()));
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes: Vec<u8>, size in 0_usize..64) {
            let _ = pad_ballot(&bytes, size);
            let _ = unpad_ballot(&bytes, size);
        }
    }
}
