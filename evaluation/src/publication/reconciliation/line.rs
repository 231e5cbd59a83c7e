//! The lines of the reconciliation: two sides that must be equal.

use serde::{Deserialize, Serialize};

use super::{Attendance, Counts};
use crate::wire::VoidKind;

/// Which line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineName {
    /// Persons called = present + absent.
    Called,
    /// Cards handed out = present + reissued.
    HandedOut,
    /// Cards handed out anew = damaged cards declared void, or recorded as unreadable: whoever has a second card has no first.
    Reissued,
    /// Cards made = handed out + audit + spare + misprinted.
    CardsMade,
    /// Cards handed out = ballots + returned or damaged + not returned.
    CardsUsed,
    /// Ballots that the booths have signed for = ballots in the archive.
    Booths,
    /// Ballots above the seats that somebody holds, or above the persons present, if they were checked in: there are none.
    Seats,
}

/// A line with both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Which one.
    pub line: LineName,
    /// Left side.
    pub left: u64,
    /// Right side.
    pub right: u64,
    /// Left side less right side; 0 where the line balances.
    pub difference: i64,
}

/// What both sides of a line are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineWords {
    /// Left side, in Chinese.
    pub left_zh: &'static str,
    /// Right side, in Chinese.
    pub right_zh: &'static str,
    /// Left side, in English.
    pub left_en: &'static str,
    /// Right side, in English.
    pub right_en: &'static str,
}

impl LineName {
    /// Every line, in the order they are shown.
    pub const ALL: [Self; 7] = [
        Self::Called,
        Self::HandedOut,
        Self::Reissued,
        Self::CardsMade,
        Self::CardsUsed,
        Self::Booths,
        Self::Seats,
    ];

    /// The fixed word, as in the file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Called => "called",
            Self::HandedOut => "handed_out",
            Self::Reissued => "reissued",
            Self::CardsMade => "cards_made",
            Self::CardsUsed => "cards_used",
            Self::Booths => "booths",
            Self::Seats => "seats",
        }
    }

    /// What both sides are.
    #[must_use]
    pub const fn words(self) -> LineWords {
        let (left_zh, right_zh, left_en, right_en) = match self {
            Self::Called => {
                ("应到（抽取＋递补）", "签到＋缺席", "called (drawn + replacements)", "present + absent")
            }
            Self::HandedOut => ("发出的卡", "签到＋补发", "cards handed out", "present + reissued"),
            Self::Reissued => (
                "补发的卡",
                "作废（或无法读取）的损坏卡",
                "cards reissued",
                "damaged cards declared void (or unreadable)",
            ),
            Self::CardsMade => (
                "制作的卡",
                "发出＋核验＋备用（含无法读取的）",
                "cards made",
                "handed out + audit + spare (with misprinted ones)",
            ),
            Self::CardsUsed => (
                "发出的卡",
                "选票＋交回或损坏＋未交回",
                "cards handed out",
                "ballots + returned or damaged + not returned",
            ),
            Self::Booths => {
                ("各投票机签认的票", "存档中的票", "ballots the booths signed for", "ballots in the archive")
            }
            Self::Seats => (
                "超出在任代表名额（或签到人数）的票",
                "零",
                "ballots above the seats held (or the persons present)",
                "none",
            ),
        };
        LineWords { left_zh, right_zh, left_en, right_en }
    }
}

/// Every line that can be drawn up from these counts.
pub(super) fn lines(counts: &Counts) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut push = |line, left: u64, right: u64| {
        lines.push(Line { line, left, right, difference: signed(left).saturating_sub(signed(right)) });
    };
    if let Some(attendance) = &counts.attendance {
        if let Some(drawn) = counts.drawn {
            let called = drawn.drawn.saturating_add(drawn.replacements);
            push(LineName::Called, called, sum(&[attendance.present, attendance.absent]));
        }
        let Attendance { handed_out, present, reissued, .. } = *attendance;
        push(LineName::HandedOut, handed_out, sum(&[present, reissued]));
        let both = |kind| counts.void.of(kind).saturating_add(counts.unreadable.of(kind));
        push(LineName::Reissued, reissued, both(VoidKind::Damaged));
        push(
            LineName::CardsMade,
            counts.cards_made,
            sum(&[handed_out, both(VoidKind::Audit), both(VoidKind::Spare)]),
        );
        let given_back = sum(&[both(VoidKind::Returned), both(VoidKind::Damaged)]);
        let not_returned = counts.remaining.saturating_sub(counts.unreadable.total());
        push(LineName::CardsUsed, handed_out, sum(&[counts.ballots, given_back, not_returned]));
    }
    if let Some(signed_for) = counts.booth_ballots {
        push(LineName::Booths, signed_for, counts.ballots);
    }
    if let Some(drawn) = counts.drawn {
        let present = counts.attendance.map_or(u64::MAX, |attendance| attendance.present);
        push(LineName::Seats, counts.ballots.saturating_sub(drawn.seats.min(present)), 0);
    }
    lines
}

fn sum(parts: &[u64]) -> u64 {
    parts.iter().fold(0, |sum, part| part.saturating_add(sum))
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
