//! Whether an archive has only grown: what `belenios-tool election verify-diff` tells (protocol note §7).
//!
//! A single archive cannot show that a ballot was dropped and everything after it made anew. Whoever has kept an earlier
//! archive, or only the hash of its last event, can.

use std::io::{self, Read};

/// Whether the archive `newer` begins with every byte of `older`. Two archives of one election differ by nothing else than
/// members at the end, since each is a sequence of members without a mark at its end.
///
/// # Errors
/// Only if one of the sources fails.
pub fn is_prefix(older: impl Read, newer: impl Read) -> io::Result<bool> {
    let (mut older, mut newer) = (io::BufReader::new(older), io::BufReader::new(newer));
    let (mut expected, mut found) = ([0; 8192], [0; 8192]);
    loop {
        let length = match older.read(&mut expected) {
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if length == 0 {
            return Ok(true);
        }
        let (Some(expected), Some(found)) = (expected.get(..length), found.get_mut(..length)) else {
            return Ok(false);
        };
        match newer.read_exact(found) {
            Ok(()) if found == expected => {}
            Ok(()) => return Ok(false),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_may_only_grow_at_its_end() {
        let judge = |older: &[u8], newer: &[u8]| is_prefix(older, newer).unwrap();
        let long = vec![7; 20_000];
        assert!(judge(b"", b"") && judge(b"", b"a") && judge(b"ab", b"ab") && judge(b"ab", b"abc"));
        assert!(!judge(b"ab", b"a") && !judge(b"ab", b"xb") && !judge(b"ab", b"b"));
        assert!(judge(&long, &long) && !judge(&long, &long[1..]));
    }
}
