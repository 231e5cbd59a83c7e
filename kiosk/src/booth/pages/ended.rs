//! The poll is closed: thanks to the voters, and for the staff what this booth delivered and signed.

use appearance::Text;
use appearance::parts::{Tone, tone_icon};
use maud::{Markup, html};

use super::Look;
use super::frame::Frame;
use crate::booth::Ending;

/// What a closed booth shows.
#[derive(Debug, Clone, Copy)]
pub struct EndedPage<'a> {
    /// How the page looks.
    pub look: Look<'a>,
    /// What this booth can say of its ballots.
    pub ending: &'a Ending,
    /// Ballots that are still on this machine, if that can be told.
    pub undelivered: Option<usize>,
    /// Hash of the Setup event, for comparison with the opening sheet.
    pub setup_event: &'a str,
}

/// The page of a booth whose poll is closed. Asks again by itself.
#[must_use]
pub fn ended_page(page: &EndedPage<'_>) -> Markup {
    let language = page.look.language;
    let say = |words: Text| words.in_language(language);
    let (tone, headline, meaning) = words(page);
    let role = if tone == Tone::Problem { "alert" } else { "status" };
    let body = html! {
        div class="outcome" role=(role) {
            (tone_icon(tone))
            h1 { (headline.in_language(language)) }
            p { (meaning.in_language(language)) }
            dl class="staff" {
                @if let Ending::Missing { ballots } = page.ending {
                    dt { (say(MISSING)) } dd { strong { (ballots) } }
                }
                @if let Ending::Signed { statement, taken } = page.ending {
                    dt { (say(BALLOTS)) } dd { strong { (statement.ballots) } }
                    dt { (say(END)) } dd class="code" { (statement.end_ballots_event) }
                    dt { (say(STATE)) } dd { (say(if *taken { TAKEN } else { NOT_TAKEN })) }
                }
                @if page.undelivered != Some(0) {
                    dt { (say(UNDELIVERED)) }
                    dd { strong { @if let Some(ballots) = page.undelivered { (ballots) } @else { "?" } } }
                }
                dt { (say(SETUP)) } dd class="code" { (page.setup_event) }
            }
        }
    };
    Frame {
        refresh_seconds: Some(5),
        ..Frame::new(&page.look, headline.in_language(language), "outcome-layout", body)
    }
    .render()
}

fn words(page: &EndedPage<'_>) -> (Tone, Text, Text) {
    match page.ending {
        Ending::Missing { .. } => (Tone::Problem, MISSING_TITLE, MISSING_MEANING),
        Ending::Lost => (Tone::Problem, LOST_TITLE, LOST_MEANING),
        _ if page.undelivered != Some(0) => (Tone::Problem, UNDELIVERED_TITLE, UNDELIVERED_MEANING),
        Ending::BadArchive => (Tone::Warning, BAD_ARCHIVE_TITLE, BAD_ARCHIVE_MEANING),
        Ending::NoPart => (Tone::Note, OVER, NO_PART_MEANING),
        Ending::Pending => (Tone::Note, OVER, PENDING_MEANING),
        Ending::Signed { taken: false, .. } => (Tone::Note, SIGNED_TITLE, SIGNED_MEANING),
        Ending::Signed { taken: true, .. } => (Tone::Done, OVER, TAKEN_MEANING),
    }
}

const OVER: Text = Text::new("投票已经结束", "The poll is over");
const MISSING_TITLE: Text =
    Text::new("本机送出的票不在票箱里！", "Ballots of this booth are not in the archive!");
const MISSING_MEANING: Text = Text::new(
    "不要关机，不要重启，立即叫监督员。服务器签收过这些票，封存的票箱里却没有。本机不会签字。",
    "Do not switch off or restart; call the supervisor now. The server signed for these ballots, and they are not in the closed \
     archive. This booth signs nothing.",
);
const LOST_TITLE: Text =
    Text::new("本机的送达记录坏了，不能签字", "This booth's record of delivered ballots is lost");
const LOST_MEANING: Text = Text::new(
    "票本身不受影响。请叫监督员：这台机器要作为例外记录，由两个人签字。",
    "The ballots are not affected. Call the supervisor: this booth is recorded as an exception with two signatures.",
);
const UNDELIVERED_TITLE: Text = Text::new("本机还有没送达的票", "This booth still holds ballots");
const UNDELIVERED_MEANING: Text = Text::new(
    "投票已经结束，服务器不再收。不要关机，立即叫监督员。",
    "The poll is closed, and the server takes no more. Do not switch off; call the supervisor now.",
);
const BAD_ARCHIVE_TITLE: Text =
    Text::new("投票已经结束，封存的票箱还核对不了", "The poll is over; the archive cannot be checked yet");
const BAD_ARCHIVE_MEANING: Text = Text::new(
    "服务器给出的票箱与本次选举不符或不完整。本机每隔一分钟再取一次；五分钟后还是这样，请叫监督员。",
    "What the server gives is no closed archive of this election. It is fetched again every minute; if this stays for five minutes, \
     call the supervisor.",
);
const NO_PART_MEANING: Text = Text::new(
    "本机没有参加这次投票（没有扫过开启单），不需要签字。",
    "This booth took no part: no opening sheet was scanned here, so it owes no statement.",
);
const PENDING_MEANING: Text = Text::new(
    "谢谢您的参与。本机正在核对：它送出的每一张票是否都在封存的票箱里。请不要关机。",
    "Thank you for taking part. This booth is looking for each of its ballots in the closed archive. Do not switch off.",
);
const SIGNED_TITLE: Text =
    Text::new("投票已经结束，正在递交声明", "The poll is over; the statement is being handed in");
const SIGNED_MEANING: Text = Text::new(
    "本机送出的票都在封存的票箱里，声明已经签好，服务器还没有收下。请不要关机。",
    "All ballots of this booth are in the closed archive. The statement is signed and not yet taken. Do not switch off.",
);
const TAKEN_MEANING: Text = Text::new(
    "谢谢您的参与。本机送出的票都在封存的票箱里，声明已经递交。场务抄下数字后可以关机。",
    "Thank you for taking part. All ballots of this booth are in the closed archive, and its statement is handed in. Stewards: copy \
     the numbers, then switch off.",
);
const MISSING: Text = Text::new("不见的票", "Missing ballots");
const BALLOTS: Text = Text::new("本机送出的票", "Ballots of this booth");
const END: Text = Text::new("封箱核对码", "Closing code");
const STATE: Text = Text::new("本机声明", "Statement");
const TAKEN: Text = Text::new("已签字，服务器已收下", "signed and taken");
const NOT_TAKEN: Text = Text::new("已签字，还没有收下", "signed, not yet taken");
const UNDELIVERED: Text = Text::new("没送达的票", "Undelivered ballots");
const SETUP: Text = Text::new("选举核对码", "Election check code");
