//! The prompts that can be recorded, and what is said in each.

use std::borrow::Cow;

use appearance::Text;
use evaluation::{office::Offices, rules::Rules};

/// A prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// The first page.
    Card,
    /// The code was not typed correctly.
    CardMistyped,
    /// No card of this poll.
    CardUnknown,
    /// The card has voted.
    CardSpent,
    /// The card is void.
    CardVoid,
    /// What to press for which grade.
    Choose,
    /// The grade with that number, from 1, was chosen.
    Chosen(usize),
    /// The name of the office with that number.
    Office(u16),
    /// Something is not rated yet.
    Incomplete,
    /// Everything is rated.
    Complete,
    /// The ballot is sealed and not delivered yet.
    Waiting,
    /// The ballot is stored.
    Success,
    /// The poll is paused.
    Paused,
}

/// The most grades that a rules file can have, 不了解 among them.
pub(crate) const MOST_GRADES: usize = 8;

/// Every prompt that is the same in every poll.
const FIXED: [(Prompt, &str, Text); 10] = [
    (
        Prompt::Card,
        "card",
        Text::new(
            "请把评议卡上的方码对准扫描器，或者输入卡号。",
            "Please hold the square code of your card under the scanner, or type its code.",
        ),
    ),
    (
        Prompt::CardMistyped,
        "card-mistyped",
        Text::new(
            "卡号没有输对，请对照卡片改正，或者重新扫描。",
            "The code was not typed correctly. Please compare it with the card, or scan again.",
        ),
    ),
    (
        Prompt::CardUnknown,
        "card-unknown",
        Text::new(
            "这不是本次投票的评议卡，请举手找场务人员。",
            "This card does not belong to this poll. Please raise your hand.",
        ),
    ),
    (
        Prompt::CardSpent,
        "card-spent",
        Text::new(
            "这张卡已经投过票了。如果不是您投的，请举手。",
            "This card has already voted. If that was not you, please raise your hand.",
        ),
    ),
    (
        Prompt::CardVoid,
        "card-void",
        Text::new(
            "这张卡已经作废，请用换领的新卡，或者举手。",
            "This card is void. Please use the new one, or raise your hand.",
        ),
    ),
    (
        Prompt::Incomplete,
        "review-incomplete",
        Text::new(
            "还有股室没有评。按 5 继续评。",
            "Some offices are not rated yet. Press 5 to go on rating.",
        ),
    ),
    (
        Prompt::Complete,
        "review-complete",
        Text::new(
            "全部已评。要提交，请按两次 5；提交以后不能再改。",
            "All are rated. To submit, press 5 twice; after that nothing can be changed.",
        ),
    ),
    (
        Prompt::Waiting,
        "waiting",
        Text::new(
            "票已封存在本机，正在等待送达，请稍等。",
            "Your ballot is sealed here and waits to be delivered. Please wait.",
        ),
    ),
    (
        Prompt::Success,
        "success",
        Text::new("提交成功，谢谢您！请按 5 结束。", "Submitted. Thank you! Please press 5 to finish."),
    ),
    (
        Prompt::Paused,
        "paused",
        Text::new("投票暂停，请坐在原位稍候。", "The poll is paused. Please stay seated."),
    ),
];

impl Prompt {
    /// The name of its recording, without an ending.
    #[must_use]
    pub fn name(self) -> Cow<'static, str> {
        match self {
            Self::Choose => "choose".into(),
            Self::Chosen(grade) => format!("chosen-{grade}").into(),
            Self::Office(number) => format!("office-{number}").into(),
            fixed => {
                FIXED.iter().find(|(prompt, ..)| *prompt == fixed).map_or("", |(_, name, _)| name).into()
            }
        }
    }

    /// The prompt of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let prompt = match name.split_once('-') {
            Some(("chosen", grade)) => Self::Chosen(grade.parse().ok()?),
            Some(("office", number)) => Self::Office(number.parse().ok()?),
            _ if name == "choose" => Self::Choose,
            _ => FIXED.iter().find(|(_, fixed, _)| *fixed == name)?.0,
        };
        let possible = match prompt {
            Self::Chosen(grade) => (1..=MOST_GRADES).contains(&grade),
            Self::Office(number) => number > 0,
            _ => true,
        };
        // A number has one way to be written.
        (possible && prompt.name() == name).then_some(prompt)
    }
}

/// Every prompt of a poll: the name of its recording, and what to say in Chinese and in English.
#[must_use]
pub fn list(rules: &Rules, offices: &Offices) -> Vec<(String, [String; 2])> {
    let mut grades: Vec<_> =
        rules.grades.iter().map(|grade| [grade.name.zh.clone(), grade.name.en.clone()]).collect();
    if rules.poll.abstention_allowed {
        grades.push(["不了解".to_owned(), "Cannot say".to_owned()]);
    }
    let mut prompts: Vec<_> = FIXED
        .iter()
        .map(|(_, name, words)| ((*name).to_owned(), [words.zh.to_owned(), words.en.to_owned()]))
        .collect();
    let numbered = || (1..).zip(&grades);
    let zh = numbered().map(|(number, [zh, _])| format!("按 {number}，{zh}")).collect::<Vec<_>>().join("；");
    let en = numbered().map(|(number, [_, en])| format!("{number}: {en}")).collect::<Vec<_>>().join("; ");
    prompts.push((
        Prompt::Choose.name().into_owned(),
        [format!("请评一个档次：{zh}。"), format!("Please press a grade: {en}.")],
    ));
    for (number, [zh, en]) in numbered() {
        let name = Prompt::Chosen(number).name().into_owned();
        prompts.push((name, [format!("已选：{zh}"), format!("Chosen: {en}")]));
    }
    for office in offices {
        let name = Prompt::Office(office.number.value()).name().into_owned();
        prompts.push((name, [office.full_name.clone(), office.full_name.clone()]));
    }
    prompts
}
