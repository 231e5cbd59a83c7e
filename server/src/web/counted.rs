//! Numbers with the noun they count, and the turnout in words.

use std::fmt::Display;

use appearance::parts::progress;
use maud::{Markup, html};

use crate::service::poll::Turnout;

/// A number with its English noun: one ballot, two ballots.
pub(super) fn counted<N: Copy + Display + PartialEq + From<u8>>(number: N, one: &str, many: &str) -> String {
    let noun = if number == N::from(1) { one } else { many };
    format!("{number} {noun}")
}

/// How many have voted, and of how many, in Chinese and English.
pub(super) fn turnout_words(turnout: Turnout) -> (String, String) {
    let Turnout { ballots, present } = turnout;
    let cast = counted(ballots, "ballot", "ballots");
    match present {
        Some(present) => (
            format!("已投票 {ballots} 人，已签到 {present} 人"),
            format!("{cast}, {} checked in", counted(present, "person", "people")),
        ),
        None => (format!("已投票 {ballots} 人"), cast),
    }
}

/// The share of those checked in who have voted; nothing where nobody is checked in.
pub(super) fn turnout_bar(turnout: Turnout, label: &str) -> Markup {
    let present = turnout.present.filter(|&present| present > 0);
    html! { @if let Some(present) = present { (progress(turnout.ballots.into(), present.into(), label)) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_turnout_is_of_those_checked_in_and_one_is_not_many() {
        let words = |ballots, present| turnout_words(Turnout { ballots, present });
        assert_eq!(words(1, Some(1)).1, "1 ballot, 1 person checked in");
        assert_eq!(
            words(2, Some(100)),
            ("已投票 2 人，已签到 100 人".to_owned(), "2 ballots, 100 people checked in".to_owned())
        );
        assert_eq!(words(0, None), ("已投票 0 人".to_owned(), "0 ballots".to_owned()));
    }

    #[test]
    fn the_bar_fills_up_with_those_who_have_voted() {
        let bar = turnout_bar(Turnout { ballots: 3, present: Some(4) }, "已投票").into_string();
        assert!(bar.contains("value=\"3\" max=\"4\""), "{bar}");
        assert!(turnout_bar(Turnout { ballots: 0, present: Some(0) }, "已投票").into_string().is_empty());
    }
}
