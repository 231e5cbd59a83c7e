//! The logic and accuracy test of a booth, in a rehearsal: the cards are scanned, then the verdict is printed.

use appearance::parts::{Tone, alert};
use appearance::{Page, Text};
use maud::{Markup, Render, html};

use super::card::CardProblem;
use super::frame::{Frame, session};
use super::{BOOTH_SCRIPT, Look, VERDICT_STYLE};
use crate::booth::DeckTest;

/// The test under way.
#[derive(Debug, Clone, Copy)]
pub struct DeckPage<'a> {
    /// How the page looks.
    pub look: Look<'a>,
    /// How far it is.
    pub test: &'a DeckTest,
    /// Why the last card was not taken, or that the ballot could not be cast.
    pub problem: Option<DeckProblem>,
}

/// Why a scripted ballot was not voted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeckProblem {
    /// The card is not taken.
    Card(CardProblem),
    /// The ballot was not cast.
    NotCast,
}

/// What the test has found.
#[derive(Debug, Clone, Copy)]
pub struct VerdictPage<'a> {
    /// How the page looks.
    pub look: Look<'a>,
    /// The complete test.
    pub test: &'a DeckTest,
    /// What stands on the booth's label.
    pub booth: &'a str,
    /// Name of the poll.
    pub poll: &'a str,
    /// Identifier of the election.
    pub election: &'a str,
    /// Hash of the Setup event.
    pub setup_event: &'a str,
    /// Number and name of each office, in ballot order.
    pub offices: &'a [(u16, String)],
    /// The grades, in order.
    pub grades: &'a [&'a str],
}

/// The page that asks for the next rehearsal card.
#[must_use]
pub fn deck_page(page: &DeckPage<'_>) -> Markup {
    let language = page.look.language;
    let say = |words: Text| words.in_language(language);
    let body = html! {
        div class="welcome" {
            p class="poll" { (say(TITLE)) " · " (page.test.voted) " / " (page.test.ballots) }
            h1 { (say(SCAN)) }
            @match page.problem {
                Some(DeckProblem::Card(problem)) => {
                    (alert(Tone::Warning, say(problem.headline()), &html! { p { (say(SAME_BALLOT)) } }))
                }
                Some(DeckProblem::NotCast) => {
                    (alert(Tone::Problem, say(NOT_CAST), &html! { p { (say(NOT_CAST_NEXT)) } }))
                }
                None => p class="explain" { (say(EXPLAIN)) }
            }
        }
        form method="post" action="/test" class="card-entry" {
            (session(&page.look))
            label for="code" { (say(LABEL)) }
            input id="code" name="code" type="text" required maxlength="60" autofocus
                autocomplete="off" autocapitalize="off" autocorrect="off" spellcheck="false";
            div class="buttons" {
                a class="button" href="/" { (say(LEAVE)) }
                button class="primary start" { (say(VOTE)) }
            }
        }
    };
    Frame { here: "/test", ..Frame::new(&page.look, say(TITLE), "card-layout", body) }.render()
}

/// The verdict, to be looked at and printed.
#[must_use]
pub fn verdict_page(page: &VerdictPage<'_>) -> Markup {
    let language = page.look.language;
    let say = |words: Text| words.in_language(language);
    let test = page.test;
    let passed = test.is_passed();
    let right =
        test.known.iter().flatten().zip(test.found.iter().flatten()).filter(|(one, other)| one == other);
    let cells = test.known.iter().map(Vec::len).sum::<usize>();
    let half = page.offices.len().div_ceil(2).max(1);
    let rows: Vec<_> = page.offices.iter().zip(test.known.iter().zip(&test.found)).collect();
    let (tone, headline) = if passed { (Tone::Done, PASSED) } else { (Tone::Problem, FAILED) };
    let body = html! {
        h1 { (say(TITLE)) }
        (alert(tone, say(headline), &html! { p { (say(if passed { PASSED_NEXT } else { FAILED_NEXT })) } }))
        dl class="facts" {
            dt { (say(BOOTH)) } dd { strong { (page.booth) } }
            dt { (say(POLL)) } dd { (page.poll) " " span class="code" { (page.election) } }
            dt { (say(SETUP)) } dd class="code" { (page.setup_event) }
            dt { (say(VOTED)) } dd { (test.voted) " / " (test.ballots) }
            dt { (say(STORED)) } dd { (test.stored) " / " (test.ballots) }
            dt { (say(EXACT)) } dd { (test.exact) " / " (test.ballots) }
            dt { (say(CELLS)) } dd { (right.count()) " / " (cells) }
        }
        div class="halves" {
            @for rows in rows.chunks(half) {
                table class="deck" {
                    thead { tr { th { (say(OFFICE)) } @for grade in page.grades { th { (grade) } } } }
                    tbody {
                        @for ((number, name), (known, found)) in rows {
                            tr {
                                th scope="row" { (number) " " (name) }
                                @for (known, found) in known.iter().zip(found.iter()) {
                                    @if known == found { td { (found) " ✓" } }
                                    @else { td class="wrong" { (found) " ✕ (" (known) ")" } }
                                }
                            }
                        }
                    }
                }
            }
        }
        p class="note" { (say(NOTE)) }
        div class="signatures" { p { (say(SIGNED)) } p { (say(SIGNED)) } p { (say(DATE)) } }
        div class="actions" {
            button type="button" class="primary" data-print hidden { (say(PRINT)) }
            a class="button" href="/" { (say(LEAVE)) }
            form method="post" action="/test/restart" {
                (session(&page.look))
                button { (say(AGAIN)) }
            }
        }
    };
    Page {
        county: page.look.county,
        watermark: Some(REHEARSAL),
        style_sheets: &[&VERDICT_STYLE],
        scripts: &[&BOOTH_SCRIPT],
        ..Page::new(say(TITLE), language, body)
    }
    .render()
}

const TITLE: Text = Text::new("逻辑与准确性测试", "Logic and accuracy test");
const REHEARSAL: Text = Text::new("演练，不是正式投票", "Rehearsal, not the real poll");
const SCAN: Text = Text::new("请扫描一张演练卡", "Please scan a rehearsal card");
const EXPLAIN: Text = Text::new(
    "本机按固定的试卷投一票，与代表投票走同一条路，再重新算一遍密文。一张卡用一次。",
    "The booth votes a scripted ballot, on the same way as a representative's, and computes it again. A card is used once.",
);
const LABEL: Text = Text::new("或者输入卡号", "Or type the code of the card");
const VOTE: Text = Text::new("投这一张", "Vote it");
const LEAVE: Text = Text::new("离开", "Leave");
const SAME_BALLOT: Text = Text::new(
    "这一张试卷还没有投。请换一张没用过的演练卡。",
    "This scripted ballot has not been voted. Use another, unused rehearsal card.",
);
const NOT_CAST: Text = Text::new("这一张没有投成", "This ballot was not cast");
const NOT_CAST_NEXT: Text = Text::new(
    "没有计数。请看演练是不是还开着、网线是不是好的，再用同一张卡试。",
    "Nothing was counted. See whether the rehearsal is still open and the cable is good, then try the same card again.",
);
const PASSED: Text = Text::new("通过", "Passed");
const PASSED_NEXT: Text = Text::new(
    "本机投出的每一张票都与试卷完全一致，服务器都签收了。请打印，两人签字。",
    "Every ballot of this booth is exactly the scripted one, and the server has signed for each. Print it; two people sign.",
);
const FAILED: Text = Text::new("没有通过，本机不能用于投票", "Failed: this booth must not be used");
const FAILED_NEXT: Text = Text::new(
    "打印本页交监督员，贴上封条停用，换一台机器。票数对而签收数不足时，先检查网络，再重新测试。",
    "Print this page for the supervisor, seal the booth off and use another. If ballots agree and only receipts are missing, check the \
     network and test again.",
);
const BOOTH: Text = Text::new("投票机", "Booth");
const POLL: Text = Text::new("投票", "Poll");
const SETUP: Text = Text::new("选举核对码", "Election check code");
const VOTED: Text = Text::new("投出的票", "Ballots cast");
const STORED: Text = Text::new("服务器签收", "Signed receipts");
const EXACT: Text = Text::new("逐票核对一致", "Ballots exactly as scripted");
const CELLS: Text = Text::new("股室×档次一致", "Offices × grades as known");
const OFFICE: Text = Text::new("股室", "Office");
const NOTE: Text = Text::new(
    "每格是从密文重新算出的票数，✓ 表示与试卷的已知答案相同，✕ 后面括号里是应有的数。",
    "Each cell is the count recomputed from the ciphertexts; ✓: as known; ✕: the known count stands in brackets.",
);
const SIGNED: Text = Text::new("签字", "Signed");
const DATE: Text = Text::new("日期", "Date");
const PRINT: Text = Text::new("打印", "Print");
const AGAIN: Text = Text::new("用新的演练卡重新测试", "Test again with new cards");
