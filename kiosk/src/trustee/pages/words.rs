//! What goes wrong, in words for the people at the terminal: what happened, what it means, what next.

use appearance::{
    Language, Text,
    parts::{Tone, alert},
};
use belenios::{
    text::Hash,
    verify::{Code, Finding},
};
use maud::{Markup, html};

use crate::{
    trustee::{KeyFileError, TrusteeError},
    uplink::{UplinkError, error_chain},
};

/// A message that stands over a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) tone: Tone,
    /// What happened.
    pub(super) headline: Text,
    zh: String,
    en: String,
    /// What was found, for whoever is called: in Chinese first, the program's own English words a click away.
    found: Vec<(&'static str, String)>,
}

impl Words {
    pub(super) fn new(tone: Tone, headline: Text, advice: Text) -> Self {
        Self { tone, headline, zh: advice.zh.to_owned(), en: advice.en.to_owned(), found: Vec::new() }
    }

    fn problem(headline: Text, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { tone: Tone::Problem, headline, zh: zh.into(), en: en.into(), found: Vec::new() }
    }

    /// The server does not answer.
    pub(super) fn no_contact() -> Self {
        Self::new(
            Tone::Warning,
            Text::new("暂时连接不上服务器", "The server cannot be reached for now"),
            Text::new(
                "什么都没有丢。请稍等再试；一直不行就请场务检查网线。",
                "Nothing is lost. Wait a moment and try again; if it goes on, ask the steward to check the network.",
            ),
        )
    }

    pub(super) fn alert(&self, language: Language) -> Markup {
        let advice = match language {
            Language::Chinese => &self.zh,
            Language::English => &self.en,
        };
        let body = html! {
            p { (advice) }
            @if !self.found.is_empty() { (self.findings(language)) }
        };
        alert(self.tone, self.headline.in_language(language), &body)
    }
}

impl Words {
    /// The kinds of what was found, each once; then the verifier's own sentences.
    fn findings(&self, language: Language) -> Markup {
        let mut kinds: Vec<_> = self.found.iter().map(|(zh, _)| *zh).collect();
        kinds.dedup();
        let shown = self.found.iter().take(MOST_SHOWN);
        let more = self.found.len().saturating_sub(MOST_SHOWN);
        let sentences = html! {
            ul lang="en" {
                @for (_, en) in shown { li { (en) } }
                @if more > 0 { li { "and " (more) " more" } }
            }
        };
        html! {
            @match language {
                Language::Chinese => {
                    ul { @for zh in kinds { li { (zh) } } }
                    details { summary { "英文原文 · the verifier’s own words" } (sentences) }
                }
                Language::English => (sentences),
            }
        }
    }
}

/// So many of the verifier's sentences are shown; an archive made to fill a screen has thousands.
const MOST_SHOWN: usize = 50;

/// Why the server did not do it.
pub(super) fn explain_uplink(error: &UplinkError) -> Words {
    match error {
        UplinkError::Problem { problem, .. } => Words::problem(
            Text::new("服务器没有接受", "The server did not take it"),
            problem.zh.clone(),
            problem.en.clone(),
        ),
        error => {
            tracing::warn!(error = error_chain(error), "no contact to the server");
            Words::no_contact()
        }
    }
}

/// Why the trustee's terminal does not go on.
pub(super) fn explain(error: &TrusteeError) -> Words {
    match error {
        TrusteeError::KeyFile(error) => explain_key_file(error),
        TrusteeError::Uplink(error) => explain_uplink(error),
        TrusteeError::Anchor { expected, found } => Words::problem(
            Text::new("这不是开启单上的那次投票", "This is not the poll of the opening sheet"),
            format!("开启单上的选举核对码是 {expected}，服务器给出的是 {found}。不要计票，请报告监督员。"),
            format!(
                "The opening sheet says {expected}, the server gives {found}. Do not count; call the supervisor."
            ),
        ),
        TrusteeError::Archive { findings } => Words {
            found: found_in_archive(findings),
            ..Words::problem(
                Text::new("票箱没有通过核验", "The ballot box does not pass the check"),
                "什么都没有解密，您的密钥没有使用。不要计票：请停下来，报告监督员；其他监票人的终端上查出的应当相同。查出的问题：",
                "Nothing was decrypted and your key was not used. Do not count: stop and call the supervisor; the other trustees' terminals \
                 should find the same. What was found:",
            )
        },
        TrusteeError::Closing { reason_zh, reason } => Words::problem(
            Text::new("收票声明与票箱不符", "The closing statement does not fit the ballot box"),
            format!("什么都没有签字，什么都没有解密。请停下来，报告监督员。原因：{reason_zh}。"),
            format!("Nothing was signed, nothing decrypted. Stop and call the supervisor. Reason: {reason}."),
        ),
        TrusteeError::Io(error) => {
            tracing::error!(%error, "the archive cannot be read");
            Words::new(Tone::Problem, UNREADABLE.0, UNREADABLE.1)
        }
        TrusteeError::Interrupted => Words::new(Tone::Problem, INTERRUPTED.0, INTERRUPTED.1),
        TrusteeError::Head { expected, found } => other_head(*expected, *found),
        TrusteeError::NotMine { position } => Words::problem(
            Text::new("公布的监票人名单里没有这把密钥", "The list of trustees does not hold this key"),
            format!(
                "名单上第 {position} 位的密钥不是U盘里的这一把。请核对是不是插错了U盘；没有插错就停下来，报告监督员。"
            ),
            format!(
                "The key listed for trustee {position} is not the one on this stick. See whether it is the right stick; if it \
                 is, stop and call the supervisor."
            ),
        ),
    }
}

/// Every finding with what its kind means and what to do, the same kinds beside each other.
fn found_in_archive(findings: &[Finding]) -> Vec<(&'static str, String)> {
    let mut all: Vec<_> = findings.iter().collect();
    all.sort_by_key(|finding| finding.code);
    let place = |finding: &Finding| match finding.event {
        Some(event) => format!("event {event}: {}", finding.message),
        None => finding.message.clone(),
    };
    all.into_iter().map(|finding| (meaning(finding.code), place(finding))).collect()
}

/// What a kind of finding means, and what those who are called look into.
const fn meaning(code: Code) -> &'static str {
    match code {
        Code::Archive => {
            "下载的票箱档案不完整或有改动。请先重试一次；仍然如此，请管理员检查服务器的磁盘和网络。"
        }
        Code::Ballot => {
            "有的选票格式、证明或签名不对，或属于另一次选举：它不该在票箱里。请管理员和监督员查明它从哪里来。"
        }
        Code::Chain => "票箱记录的前后衔接断了：有记录被插入、删除或改动过。请监督员封存服务器，查明原因。",
        Code::Credentials => "评议卡的公开凭据名单有错或有重复。请监督员与制卡记录核对。",
        Code::Decryption => "档案里已有的解密份额不对。请监督员查明是哪位监票人送出的，并重新取得。",
        Code::DuplicateBallot => "同一张选票在票箱里出现两次：会多算一票。请监督员查明原因。",
        Code::Election => "选举文件有错，或者它的密钥不是各位监票人的密钥合成的。请与签过字的开启单核对。",
        Code::Incomplete => {
            "票箱档案还不完整，缺少封箱或加密合计。请创建办确认已经封箱并完成对账，然后重试。"
        }
        Code::PhaseOrder => "票箱记录的先后次序不对，例如封箱之后还有选票。请监督员封存服务器，查明原因。",
        Code::Result => "公布的结果与解密得出的不符。请监督员停止公布，查明原因。",
        Code::Revote => "同一张评议卡用了两次：按规则每张卡只能投一票。请监督员查明原因。",
        Code::Setup => "开启记录与选举文件、名单对不上。请与签过字的开启单核对。",
        Code::Tally => {
            "服务器算出的加密合计，与本机把全部选票重新相加的结果不符。请监督员封存服务器，查明原因。"
        }
        Code::Trustees => "监票人名单有错，或有的密钥没有正确的证明。请与制作密钥时打印并签字的核对码对照。",
        Code::UnknownCredential => "有的选票所用的卡不在制出的评议卡名单上。请监督员查明它从哪里来。",
        Code::Unsupported => {
            "档案用了本终端不认识的格式，可能出自另一个版本。请管理员核对终端与服务器的程序版本。"
        }
        _ => "查出了本终端还没有中文说明的问题，请看英文原文。",
    }
}

fn other_head(expected: Hash, found: Hash) -> Words {
    Words::problem(
        Text::new("这把密钥已经用于另一个票箱", "This key has been used for another ballot box"),
        format!(
            "它只打开核对码为 {expected} 的票箱和收票声明，现在的是 {found}。什么都没有解密，请报告监督员。"
        ),
        format!(
            "It opens only the ballot box and closing statement with the code {expected}; these have {found}. Nothing was decrypted; call \
             the supervisor."
        ),
    )
}

/// Why the key file cannot be used.
pub(super) fn explain_key_file(error: &KeyFileError) -> Words {
    let (headline, advice) = match error {
        KeyFileError::Ceremony { zh, en } => {
            return Words::problem(Text::new("制作密钥停下来了", "The making of the keys stopped"), zh, en);
        }
        KeyFileError::OtherTrustee { position, name, .. } => return other_trustee(*position, name),
        KeyFileError::WrongPassphrase => WRONG_PASSPHRASE,
        KeyFileError::WrongRecoveryCode => WRONG_CODE,
        KeyFileError::Missing { .. } => MISSING,
        KeyFileError::OtherPoll { .. } => OTHER_POLL,
        KeyFileError::Format { .. } => FORMAT,
        KeyFileError::Damaged { .. } => DAMAGED,
        KeyFileError::Stopped => STOPPED,
        KeyFileError::Unfinished { .. } => UNFINISHED,
        KeyFileError::Io { .. } | KeyFileError::Cost => {
            tracing::error!(error = error_chain(error), "the stick cannot be used");
            UNUSABLE
        }
    };
    Words::new(Tone::Problem, headline, advice)
}

fn other_trustee(position: u32, name: &str) -> Words {
    Words::problem(
        Text::new("这是另一位监票人的U盘", "This stick is another trustee's"),
        format!("里面是第 {position} 位监票人{name}的密钥，不会被改动。请还给本人，换上自己的U盘。"),
        format!(
            "It holds the key of trustee {position}, {name}, and will not be changed. Give it back and put in your own stick."
        ),
    )
}

const UNREADABLE: (Text, Text) = (
    Text::new("下载的票箱读不出来", "The downloaded ballot box cannot be read"),
    Text::new(
        "什么都没有解密。请重做这一步；再次出现就请管理员检查本机的内存和磁盘。",
        "Nothing was decrypted. Do this step again; if it happens again, let the administrator look at this machine's memory and disk.",
    ),
);
const INTERRUPTED: (Text, Text) = (
    Text::new("核验没有做完就停了", "The check stopped before its end"),
    Text::new(
        "U盘里的内容没有丢。请重做这一步；再次出现就报告监督员，并请管理员检查本机内存是否够用。",
        "What is on the stick is not lost. Do this step again; if it happens again, call the supervisor, and let the administrator see whether this machine has enough memory.",
    ),
);
const WRONG_PASSPHRASE: (Text, Text) = (
    Text::new("口令不对", "The passphrase is wrong"),
    Text::new(
        "U盘没有问题，请再输一次；注意大小写和输入法。可以试任意多次。实在想不起来，就用恢复单。",
        "The stick is fine; type it again and mind capital letters and the input method. You may try as often as you like. If you cannot remember it, use the recovery sheet.",
    ),
);
const WRONG_CODE: (Text, Text) = (
    Text::new("恢复码与这个U盘不配", "The recovery code does not belong to this stick"),
    Text::new(
        "恢复码本身是对的，但它不是这个U盘的。请核对恢复单上的姓名和投票，再输一次。",
        "The code was typed as printed, but it is of another stick. Compare name and poll on the sheet, then type it again.",
    ),
);
const MISSING: (Text, Text) = (
    Text::new("U盘里没有密钥", "There is no key on the stick"),
    Text::new(
        "请核对是不是插错了U盘，换上自己的那一个。",
        "See whether this is the right stick, and put in your own.",
    ),
);
const OTHER_POLL: (Text, Text) = (
    Text::new("这是另一次投票的密钥", "This key is of another poll"),
    Text::new(
        "U盘里的密钥不是为本次投票制作的，不会被改动。请换上本次投票的U盘。",
        "The key on this stick was made for another poll and will not be changed. Put in the stick of this poll.",
    ),
);
const FORMAT: (Text, Text) = (
    Text::new("读不懂U盘里的密钥文件", "The key file cannot be read"),
    Text::new(
        "它不是本系统的密钥文件，或出自别的版本。请换上自己的U盘。",
        "It is no key file of this system, or of another release. Put in your own stick.",
    ),
);
const DAMAGED: (Text, Text) = (
    Text::new("U盘里的密钥损坏了", "The key on the stick is damaged"),
    Text::new(
        "文件与写入时不一样：不是口令的问题。请拔下再插上试一次；还不行就报告监督员：其余监票人的人数够计票，投票就照常进行。",
        "The file is not what was written; the passphrase is not to blame. Take the stick out and put it in again. If that does not help, call the supervisor: as long as enough other trustees remain for the tally, the poll goes on.",
    ),
);
const STOPPED: (Text, Text) = (
    Text::new("已经停止：核对码不一致", "Stopped: the codes differed"),
    Text::new(
        "本终端不再送出任何内容。请报告监督员，由创建办在控制台宣布密钥作废，全体重新制作。",
        "This terminal sends nothing further. Call the supervisor: the commission declares the keys void on the console, and all make new ones.",
    ),
);
const UNFINISHED: (Text, Text) = (
    Text::new("密钥还没有制作完", "The key is not finished"),
    Text::new(
        "请先完成“制作密钥”的各步。如果评议卡已经做好，就不能补做，请报告监督员。",
        "Finish the steps of “Make the key” first. Once the cards are made it is too late: call the supervisor.",
    ),
);
const UNUSABLE: (Text, Text) = (
    Text::new("U盘读写不了", "The stick cannot be read or written"),
    Text::new(
        "请检查U盘是否插好、有没有写保护、是否已满，然后再试一次。已经写好的内容不会丢。",
        "See whether the stick is in properly, write-protected or full, then try again. What was written before is not lost.",
    ),
);

#[cfg(test)]
mod tests {
    use super::*;

    const CODES: [Code; 16] = [
        Code::Archive,
        Code::Ballot,
        Code::Chain,
        Code::Credentials,
        Code::Decryption,
        Code::DuplicateBallot,
        Code::Election,
        Code::Incomplete,
        Code::PhaseOrder,
        Code::Result,
        Code::Revote,
        Code::Setup,
        Code::Tally,
        Code::Trustees,
        Code::UnknownCredential,
        Code::Unsupported,
    ];

    fn finding(code: Code, event: Option<u64>) -> Finding {
        Finding { code, event, message: format!("{code} is wrong") }
    }

    #[test]
    fn every_kind_of_finding_has_a_sentence_of_its_own_in_chinese() {
        let mut sentences: Vec<_> = CODES.into_iter().map(meaning).collect();
        assert!(sentences.iter().all(|zh| zh.ends_with('。') && !zh.contains("没有中文说明")));
        sentences.sort_unstable();
        sentences.dedup();
        assert_eq!(sentences.len(), CODES.len());
    }

    #[test]
    fn a_refused_archive_is_explained_in_chinese_with_the_english_behind() {
        let findings =
            vec![finding(Code::Tally, None), finding(Code::Ballot, Some(7)), finding(Code::Tally, Some(9))];
        let words = explain(&TrusteeError::Archive { findings });
        let chinese = words.alert(Language::Chinese).into_string();
        let (before, behind) = chinese.split_once("<details>").unwrap();
        assert!(before.contains(meaning(Code::Ballot)) && !before.contains("is wrong"), "{before}");
        assert_eq!(before.matches(meaning(Code::Tally)).count(), 1, "each kind once");
        assert!(behind.contains("event 7: ballot is wrong") && behind.matches("tally is wrong").count() == 2);
        let english = words.alert(Language::English).into_string();
        assert!(english.contains("event 7: ballot is wrong") && !english.contains(meaning(Code::Ballot)));
    }

    #[test]
    fn thousands_of_findings_do_not_fill_the_screen() {
        let findings = (0..5_000).map(|event| finding(Code::Ballot, Some(event))).collect();
        let page = explain(&TrusteeError::Archive { findings }).alert(Language::Chinese).into_string();
        assert!(page.contains("and 4950 more") && page.matches("<li>").count() < 60);
    }
}
