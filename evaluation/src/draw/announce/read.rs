//! The strict reader of `announce.tsv`.

use std::{collections::BTreeSet, str::FromStr};

use super::{AnnounceError, Quota, Terms};
use crate::{
    draw::{
        canon::{self, Kind, Line, Version, parse_number},
        further::{FeatureQuota, FurtherQuotas},
    },
    hash::Sha256Hash,
    pool::{Category, Half, PerHalf},
};

/// The keys whose lines have a form of their own; and `hash`, since a file cannot hold its own.
const KNOWN: [&str; 12] = [
    "alternates",
    "dice_digits",
    "draw_id",
    "feature",
    "hash",
    "min_reveals",
    "party",
    "pool_sha256",
    "public_source",
    "quota",
    "retry_cap",
    "take",
];

pub(super) fn terms(bytes: &[u8]) -> Result<Terms, AnnounceError> {
    let (version, lines) = canon::read_any_version(bytes, Kind::Announce)?;
    let mut draft = Draft::default();
    for line in lines {
        if version == Version::One
            && let Some(key @ ("feature" | "retry_cap")) = line.cells.first().copied()
        {
            return Err(AnnounceError::SecondFormat { line: line.number, key: key.to_owned() });
        }
        draft.take_line(&line)?;
    }
    draft.finish(version)
}

/// The keys found so far.
#[derive(Default)]
struct Draft {
    draw_id: Option<String>,
    pool_sha256: Option<Sha256Hash>,
    take: PerHalf<Option<usize>>,
    quotas: Vec<Quota>,
    features: Vec<FeatureQuota>,
    retry_cap: Option<u32>,
    dice_digits: Option<usize>,
    public_source: Option<String>,
    min_reveals: Option<usize>,
    alternates: Option<()>,
    parties: Vec<String>,
    unknown: BTreeSet<String>,
}

impl Draft {
    fn take_line(&mut self, line: &Line<'_>) -> Result<(), AnnounceError> {
        let place = Place { line: line.number, key: line.cells.first().copied().unwrap_or_default() };
        match *line.cells.as_slice() {
            ["draw_id", text] => place.once(&mut self.draw_id, place.text(text)?),
            ["pool_sha256", hash] => {
                let hash = Sha256Hash::from_str(hash).map_err(|_| place.value())?;
                place.once(&mut self.pool_sha256, hash)
            }
            ["take", half, number] => place.once(self.take.of_mut(place.half(half)?), place.number(number)?),
            ["quota", half, category, min, max] => {
                self.quotas.push(Quota {
                    half: place.half(half)?,
                    category: Category::new(category).ok_or_else(|| place.value())?,
                    min: place.number(min)?,
                    max: place.number(max)?,
                });
                Ok(())
            }
            ["feature", column, value, min, max] => {
                let (min, max) = (place.number(min)?, place.number(max)?);
                let (column, value) = (column.to_owned(), value.to_owned());
                self.features.push(FeatureQuota { column, value, min, max });
                Ok(())
            }
            ["retry_cap", number] => {
                let cap = place.number(number)?.try_into().map_err(|_| place.value())?;
                place.once(&mut self.retry_cap, cap)
            }
            ["dice_digits", number] => place.once(&mut self.dice_digits, place.number(number)?),
            ["public_source", text] => place.once(&mut self.public_source, place.text(text)?),
            ["min_reveals", number] => place.once(&mut self.min_reveals, place.number(number)?),
            ["alternates", "ordered"] => place.once(&mut self.alternates, ()),
            ["party", number, name] => {
                if place.number(number)? != self.parties.len().saturating_add(1) {
                    return Err(AnnounceError::PartyOrder { line: line.number });
                }
                self.parties.push(place.text(name)?);
                Ok(())
            }
            [] | [_] => Err(place.value()),
            [key, ..] if key.is_empty() || KNOWN.contains(&key) => Err(place.value()),
            [key, ..] => {
                let is_new = self.unknown.insert(key.to_owned());
                if is_new { Ok(()) } else { Err(place.repeated()) }
            }
        }
    }

    fn finish(self, version: Version) -> Result<Terms, AnnounceError> {
        let missing = |key| move || AnnounceError::Missing { key };
        let public_source = self.public_source.ok_or_else(missing("public_source"))?;
        let further_quotas = match version {
            Version::One => None,
            Version::Two => {
                let retry_cap = self.retry_cap.ok_or_else(missing("retry_cap"))?;
                Some(FurtherQuotas::new(self.features, retry_cap)?)
            }
        };
        self.alternates.ok_or_else(missing("alternates"))?;
        Ok(Terms {
            draw_id: self.draw_id.ok_or_else(missing("draw_id"))?,
            pool_sha256: self.pool_sha256.ok_or_else(missing("pool_sha256"))?,
            take: PerHalf {
                a: self.take.a.ok_or_else(missing("take A"))?,
                b: self.take.b.ok_or_else(missing("take B"))?,
            },
            quotas: self.quotas,
            further_quotas,
            dice_digits: self.dice_digits.ok_or_else(missing("dice_digits"))?,
            public_source: Some(public_source).filter(|source| source != "-"),
            min_reveals: self.min_reveals.ok_or_else(missing("min_reveals"))?,
            parties: self.parties,
        })
    }
}

/// The line being read, for complaints.
struct Place<'a> {
    line: usize,
    key: &'a str,
}

impl Place<'_> {
    fn value(&self) -> AnnounceError {
        AnnounceError::Value { line: self.line, key: self.key.to_owned() }
    }

    fn repeated(&self) -> AnnounceError {
        AnnounceError::Repeated { line: self.line, key: self.key.to_owned() }
    }

    fn once<T>(&self, slot: &mut Option<T>, value: T) -> Result<(), AnnounceError> {
        if slot.is_some() {
            return Err(self.repeated());
        }
        *slot = Some(value);
        Ok(())
    }

    fn text(&self, text: &str) -> Result<String, AnnounceError> {
        if text.is_empty() { Err(self.value()) } else { Ok(text.to_owned()) }
    }

    fn number(&self, text: &str) -> Result<usize, AnnounceError> {
        parse_number(text).ok_or_else(|| self.value())
    }

    fn half(&self, letter: &str) -> Result<Half, AnnounceError> {
        Half::from_letter(letter).ok_or_else(|| self.value())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::further::FurtherQuotaError;

    const FILE: &str = "public-draw/1\tannounce\ndraw_id\tv1\n\
        pool_sha256\te3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n\
        take\tA\t2\ntake\tB\t3\nquota\tB\t农民\t1\t2\ndice_digits\t6\npublic_source\t-\nmin_reveals\t2\n\
        alternates\tordered\nparty\t1\t甲\nparty\t2\t乙\n";

    fn read(from: &str, to: &str) -> Result<Terms, AnnounceError> {
        assert!(FILE.contains(from));
        terms(FILE.replacen(from, to, 1).as_bytes())
    }

    #[test]
    fn keys_may_come_in_any_order_and_unknown_keys_are_passed_over() {
        let expected = terms(FILE.as_bytes()).unwrap();
        assert_eq!((expected.take, expected.public_source.as_deref()), (PerHalf { a: 2, b: 3 }, None));
        assert_eq!(read("draw_id\tv1\n", "note\tx\ndraw_id\tv1\n"), Ok(expected.clone()));
        assert_eq!(read("take\tA\t2\ntake\tB\t3\n", "take\tB\t3\ntake\tA\t2\n"), Ok(expected));
    }

    /// The file with further quotas, as the second format has them.
    fn second() -> String {
        let lines = "feature\t性别\t女\t1\t3\nfeature\t性别\t男\t0\t4\nretry_cap\t1000\ndice";
        FILE.replacen("draw/1", "draw/2", 1).replacen("dice", lines, 1)
    }

    #[test]
    fn the_tag_and_the_further_quotas_belong_together() {
        let further = terms(second().as_bytes()).unwrap().further_quotas.unwrap();
        let values: Vec<_> = further.features().iter().map(|quota| quota.value.as_str()).collect();
        assert_eq!((values, further.retry_cap()), (vec!["女", "男"], 1000));
        for (line, key) in [("feature\t性别\t女\t1\t3", "feature"), ("retry_cap\t1000", "retry_cap")] {
            let error = read("dice", &format!("{line}\ndice")).unwrap_err();
            assert_eq!(error, AnnounceError::SecondFormat { line: 7, key: key.to_owned() });
        }
        let retagged = FILE.replacen("draw/1", "draw/2", 1);
        assert_eq!(terms(retagged.as_bytes()), Err(AnnounceError::Missing { key: "retry_cap" }));
        let alone = retagged.replacen("dice", "retry_cap\t1000\ndice", 1);
        assert_eq!(terms(alone.as_bytes()), Err(FurtherQuotaError::None.into()));
    }

    #[test]
    fn malformed_further_quotas_are_refused() {
        let error = |from: &str, to: &str| {
            assert!(second().contains(from));
            terms(second().replacen(from, to, 1).as_bytes()).unwrap_err()
        };
        for (from, to) in [
            ("女\t1\t3", "女\t01\t3"),
            ("女\t1\t3", "女\t1"),
            ("女\t1\t3", "女\t1\t3\t"),
            ("cap\t1000", "cap\t1e3"),
            ("cap\t1000", "cap\t99999999999"),
            ("cap\t1000", "cap\t1000\t1"),
        ] {
            assert!(matches!(error(from, to), AnnounceError::Value { .. }), "{to:?}");
        }
        for (from, to) in [
            ("女\t1\t3", "女\t4\t3"),
            ("女\t1\t3", "\t1\t3"),
            ("女\t1\t3", "男\t1\t3"),
            ("性别", "category"),
            ("cap\t1000", "cap\t0"),
            ("cap\t1000", "cap\t10000001"),
        ] {
            assert!(matches!(error(from, to), AnnounceError::Further(_)), "{to:?}");
        }
        let twice = error("retry_cap\t1000", "retry_cap\t1000\nretry_cap\t1000");
        assert!(matches!(twice, AnnounceError::Repeated { line: 10, .. }), "{twice}");
    }

    #[test]
    fn every_key_is_needed_and_stands_once() {
        for line in
            FILE.lines().skip(1).filter(|line| !line.starts_with("quota") && !line.starts_with("party"))
        {
            let error = read(&format!("{line}\n"), "").unwrap_err();
            assert!(matches!(error, AnnounceError::Missing { .. }), "{line}: {error}");
            let error = read(line, &format!("{line}\n{line}")).unwrap_err();
            assert!(matches!(error, AnnounceError::Repeated { .. }), "{line}: {error}");
        }
        let error = read("draw_id\tv1\n", "note\tx\nnote\ty\ndraw_id\tv1\n").unwrap_err();
        assert_eq!(error, AnnounceError::Repeated { line: 3, key: "note".to_owned() });
    }

    #[test]
    fn malformed_values_are_refused_with_their_line() {
        for (from, to) in [
            ("A\t2", "A\t02"),
            ("A\t2", "A\t+2"),
            ("A\t2", "A\t-2"),
            ("A\t2", "A\t"),
            ("A\t2", "A\t2\t"),
            ("A\t2", "a\t2"),
            ("A\t2", "C\t2"),
            ("e3b0", "E3B0"),
            ("e3b0", ""),
            ("1\t2\n", "1\n"),
            ("B\t农民", "C\t农民"),
            ("农民", ""),
            ("\t6", "\t6.0"),
            ("source\t-", "source\t"),
            ("source\t-", "source"),
            ("ordered", "fresh"),
            ("draw_id\tv1", "draw_id\tv1\tv2"),
            ("draw_id\tv1", "draw_id\tv1\n"),
            ("draw_id\tv1", "draw_id\tv1\n\tx"),
            ("1\t甲", "1\t"),
            ("draw_id\tv1", "draw_id\tv1\nhash\tx"),
        ] {
            let error = read(from, to).unwrap_err();
            assert!(matches!(error, AnnounceError::Value { .. }), "{to:?}: {error}");
        }
        for number in ["2\t甲", "0\t甲", "3\t甲"] {
            assert_eq!(read("1\t甲", number), Err(AnnounceError::PartyOrder { line: 11 }));
        }
    }
}
