//! What goes wrong, in words for the people at the terminal: what happened, what it means, what next.

use appearance::{
    Language, Text,
    parts::{Tone, alert},
};
use belenios::text::Hash;
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
}

impl Words {
    pub(super) fn new(tone: Tone, headline: Text, advice: Text) -> Self {
        Self { tone, headline, zh: advice.zh.to_owned(), en: advice.en.to_owned() }
    }

    fn problem(headline: Text, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { tone: Tone::Problem, headline, zh: zh.into(), en: en.into() }
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
        alert(self.tone, self.headline.in_language(language), &html! { p { (advice) } })
    }
}

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
            format!(
                "开启单上的选举核对码是 {expected}，服务器给出的是 {found}。不要计票，请报告监督员。"
            ),
            format!(
                "The opening sheet says {expected}, the server gives {found}. Do not count; call the supervisor."
            ),
        ),
        TrusteeError::Archive { findings } => Words::problem(
            Text::new("票箱没有通过核验", "The ballot box does not pass the check"),
            format!("什么都没有解密。请报告监督员。查出的问题：{}", findings.join("；")),
            format!("Nothing was decrypted. Call the supervisor. What was found: {}", findings.join("; ")),
        ),
        TrusteeError::Closing { reason } => Words::problem(
            Text::new("收票声明与票箱不符", "The closing statement does not fit the ballot box"),
            format!("什么都没有签字，什么都没有解密。请报告监督员。原因：{reason}"),
            format!("Nothing was signed, nothing decrypted. Call the supervisor. Reason: {reason}"),
        ),
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
        error => {
            tracing::error!(error = error_chain(error), "the work of the trustee's terminal ended");
            Words::problem(
                Text::new("终端停下来了", "The terminal stopped"),
                "U盘里的内容没有丢。请返回首页，重做这一步；再次出现就报告监督员。",
                "What is on the stick is not lost. Go back to the start and do this step again; if it happens again, call the supervisor.",
            )
        }
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
