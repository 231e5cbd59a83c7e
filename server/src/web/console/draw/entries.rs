//! What clerks type in during the ceremony: commitments, dice, envelopes, the public value.

use appearance::parts::{Field, Tone, alert};
use evaluation::hash::Sha256Hash;
use maud::{Markup, html};

use crate::domain::Permission;
use crate::service::draw::{CeremonyView, CommitmentCode, Envelope};
use crate::web::console::address::InEdition;
use crate::web::console::parts::back_to;
use crate::web::form::Form;
use crate::web::session::Operator;

/// The forms of a ceremony, filled in as they were sent.
pub(super) struct Forms<'a> {
    pub(super) operator: &'a Operator,
    pub(super) view: &'a CeremonyView,
    pub(super) sent: &'a Form,
    /// Where a form of this name is sent.
    pub(super) at: &'a dyn Fn(&str) -> String,
}

impl Forms<'_> {
    fn say(&self, zh: &'static str, en: &'static str) -> &'static str {
        self.operator.say(zh, en)
    }

    fn parties(&self) -> impl Iterator<Item = (usize, &str)> {
        (1_usize..).zip(self.view.announcement.terms().parties.iter().map(String::as_str))
    }

    fn heading(&self, number: usize, party: &str) -> String {
        self.operator.say(format!("第 {number} 方：{party}"), format!("Party {number}: {party}"))
    }

    /// One row a party: its commitment, a field to type it, a code to hand it in.
    pub(super) fn commitments(&self) -> Markup {
        let conducting = self.operator.may(Permission::ConductDraw);
        let outstanding = self.view.commitments.iter().filter(|commitment| commitment.is_none()).count();
        html! {
            section class="panel" {
                h2 { (self.say("承诺值", "Commitments")) }
                p { (self.say("各方交来的是承诺值，密数留在密封的信封里。参加方可用一次性代码在自己的设备上提交，也可由记录员照信封录入。名单封闭之前可以更正，封闭之后不能再改。", "The parties hand in commitments; their secrets stay in sealed envelopes. A party can do so on its own device with a one-time code, or a clerk types it from the envelope. It can be corrected until the list is closed.")) }
                @for ((number, party), commitment) in self.parties().zip(&self.view.commitments) {
                    (self.commitment_row(number, party, commitment.as_ref(), conducting))
                }
                @if conducting {
                    form method="post" action=((self.at)("close")) {
                        div class="actions" {
                            button class="primary" disabled[outstanding > 0] { (self.say("封闭承诺名单", "Close the list of commitments")) }
                            @if outstanding > 0 { (self.operator.say(format!("还差 {outstanding} 方"), format!("{outstanding} outstanding"))) }
                        }
                    }
                }
            }
        }
    }

    fn commitment_row(
        &self,
        number: usize,
        party: &str,
        commitment: Option<&Sha256Hash>,
        conducting: bool,
    ) -> Markup {
        let name = format!("commitment-{number}");
        let field =
            Field {
                value: self.sent.text(&name),
                hint: Some(self.say(
                    "64 位十六进制数，可以分组输入或扫描",
                    "64 hexadecimal digits; in groups or scanned",
                )),
                autocomplete: Some("off"),
                ..Field::line(&name, self.say("承诺值", "Commitment"))
            };
        let typing = html! {
            form method="post" action=((self.at)("commitment")) {
                input type="hidden" name="party" value=(number);
                (field)
                div class="actions" { button { (self.say("录入", "Record")) } }
            }
            form method="post" action=((self.at)("code")) {
                input type="hidden" name="party" value=(number);
                button { (self.say("发给一次性代码", "Give a one-time code")) }
            }
        };
        html! {
            section class="party" {
                h3 { (self.heading(number, party)) }
                @match commitment {
                    Some(hash) => {
                        p { span class="badge" { (self.say("已交", "handed in")) } " " code class="code" { (hash) } }
                        @if conducting { details { summary { (self.say("更正", "Correct")) } (typing) } }
                    }
                    None if conducting => { (typing) }
                    None => p class="muted" { (self.say("未交", "not handed in")) },
                }
            }
        }
    }

    /// One field; two people fill it in.
    pub(super) fn dice(&self) -> Markup {
        let digits = self.view.announcement.terms().dice_digits;
        let hint = self
            .operator
            .say(format!("{digits} 位数字，可以分组输入"), format!("{digits} digits; groups are fine"));
        html! {
            section class="panel" {
                h2 { (self.say("录入骰子点数", "Enter the dice")) }
                p { (self.say("由两个人用各自的账号、各看各的、各录一遍，两遍必须一致。第二人看不到第一人录入的数字。", "Two people with accounts of their own type the digits independently; both must agree. The second does not see what the first typed.")) }
                @if let Some(first) = &self.view.first_clerk {
                    (alert(Tone::Note, &self.operator.say(
                        format!("{first} 已录入，等待另一人录入。"),
                        format!("{first} has typed them; another person is awaited."),
                    ), &html! {}))
                }
                @if self.operator.may(Permission::TypeInDraw) {
                    form method="post" action=((self.at)("dice")) {
                        (Field { value: self.sent.text("digits"), hint: Some(&hint), autocomplete: Some("off"), ..Field::line("digits", self.say("骰子点数", "Dice")) })
                        div class="actions" { button class="primary" { (self.say("记录点数", "Record the dice")) } }
                    }
                    @if self.view.first_clerk.is_some() {
                        details {
                            summary { (self.say("第一遍录错了？", "Was the first entry wrong?")) }
                            form method="post" action=((self.at)("dice/clear")) {
                                button { (self.say("清除第一遍，两人重新录入", "Clear the first entry; both type again")) }
                            }
                        }
                    }
                }
            }
        }
    }

    /// One button, once all envelopes are open.
    pub(super) fn open(&self) -> Markup {
        html! {
            section class="panel" {
                h2 { (self.say("当众启封", "Open the envelopes")) }
                p { (self.say("请全部参加方同时打开信封，摆在镜头前；此前不得录入任何一封。打开之后按下面的按钮。", "All parties open their envelopes at the same time, in view of the camera, before any of them is typed. Then press the button.")) }
                @if self.operator.may(Permission::ConductDraw) {
                    form method="post" action=((self.at)("open")) {
                        div class="actions" { button class="primary" { (self.say("全部信封已当众启封", "All envelopes are open, in view of everybody")) } }
                    }
                }
            }
        }
    }

    /// One form a party until all are dealt with; then the last step.
    pub(super) fn envelopes(&self) -> Markup {
        let typing = self.operator.may(Permission::TypeInDraw);
        html! {
            section class="panel" {
                h2 { (self.say("录入信封里的密数", "Type what is in the envelopes")) }
                p { (self.say("每封录入后只显示是否与承诺相符；全部录完之前不计算、不显示任何结果。", "For each envelope only whether it opens its commitment is shown; nothing is computed or shown before the last one is in.")) }
                @for ((number, party), envelope) in self.parties().zip(&self.view.envelopes) {
                    section class="party" {
                        h3 { (self.heading(number, party)) }
                        (self.envelope(number, envelope, typing))
                    }
                }
            }
            @if self.view.is_all_settled() { (self.last_step()) }
        }
    }

    fn envelope(&self, number: usize, envelope: &Envelope, typing: bool) -> Markup {
        let name = format!("secret-{number}");
        match envelope {
            Envelope::Opens { .. } => {
                html! { p { span class="badge" { (self.say("与承诺相符", "opens its commitment")) } } }
            }
            Envelope::Missing => html! { p { span class="badge grave" { (self.say("缺失", "missing")) } } },
            Envelope::Sealed { .. } if !typing => {
                html! { p class="muted" { (self.say("待录入", "to be typed")) } }
            }
            Envelope::Sealed { tried } => html! {
                form method="post" action=((self.at)("envelope")) {
                    input type="hidden" name="party" value=(number);
                    (Field {
                        value: self.sent.text(&name),
                        // Without an envelope there is nothing to type.
                        required: false,
                        hint: Some(self.say("64 位十六进制数，可以分组输入或扫描", "64 hexadecimal digits; in groups or scanned")),
                        autocomplete: Some("off"),
                        ..Field::line(&name, self.say("密数", "Secret"))
                    })
                    div class="actions" { button class="primary" { (self.say("录入", "Type")) } }
                }
                @if !tried.is_empty() {
                    p class="muted" { (self.operator.say(
                        format!("已有 {} 人录入，与承诺不符。两个人都不符才能按缺失处理；没有信封的，照空白录入。", tried.len()),
                        format!("Typed in vain by {} people. It counts as missing after two; if there is no envelope, send the form empty.", tried.len()),
                    )) }
                }
                @if envelope.may_be_missing() {
                    form method="post" action=((self.at)("missing")) {
                        input type="hidden" name="party" value=(number);
                        button class="grave" { (self.say("按缺失处理", "Count it as missing")) }
                    }
                }
            },
        }
    }

    fn last_step(&self) -> Markup {
        let terms = self.view.announcement.terms();
        if self.view.valid() < terms.min_reveals {
            let words = self.operator.say(
                format!("有效信封 {} 个，少于公告的 {} 个。本次抽取不能继续：请提出作废。", self.view.valid(), terms.min_reveals),
                format!("{} envelopes are valid, {} are needed. The draw cannot go on: propose to declare it void.", self.view.valid(), terms.min_reveals),
            );
            return alert(Tone::Problem, &words, &html! {});
        }
        html! {
            form class="panel" method="post" action=((self.at)("completion")) {
                h2 { (self.say("公开信源，提出抽取", "Public source, propose the draw")) }
                @match &terms.public_source {
                    Some(source) => {
                        p { (self.say("在大屏上打开官方页面，照原文录入：", "Show the official page on the screen and type it exactly: ")) strong { (source) } }
                        @if self.operator.may(Permission::ConductDraw) {
                            (Field { value: self.sent.text("public_value"), hint: Some(self.say("格式与公告写明的完全一致，空格也算", "Exactly in the form that the announcement names; spaces count")), autocomplete: Some("off"), ..Field::line("public_value", self.say("公开信源的数值", "Value of the public source")) })
                        }
                    }
                    None => p { (self.say("公告没有公开信源。", "No public source was announced.")) },
                }
                p { (self.say("提出后由监督员核对并确认，确认时才计算结果。", "The supervisor compares and confirms; only then is the result computed.")) }
                @if self.operator.may(Permission::ConductDraw) {
                    div class="actions" { button class="primary" { (self.say("提出抽取，等待确认", "Propose the draw")) } }
                }
            }
        }
    }

    pub(super) fn declare_void(&self) -> Markup {
        html! {
            details {
                summary { (self.say("作废这次抽取", "Declare this draw void")) }
                form class="panel" method="post" action=((self.at)("void")) {
                    p { (self.say("须另一人确认。公告、记录和原因会一直公开保留。正式抽取只能作废一次后重抽。", "Another person must confirm it. The announcement, the record and the reason stay public. After one void draw another can be held, after a second none.")) }
                    (Field { value: self.sent.text("reason"), ..Field::line("reason", self.say("作废原因", "Reason")) })
                    div class="actions" { button class="grave" { (self.say("提出作废", "Propose to declare it void")) } }
                }
            }
        }
    }
}

/// The code of a party, shown once.
pub(super) fn code_page(
    operator: &Operator,
    edition: &InEdition,
    public_url: &str,
    view: &CeremonyView,
    party: u32,
    code: &CommitmentCode,
) -> Markup {
    let parties = &view.announcement.terms().parties;
    let index = usize::try_from(party).unwrap_or_default();
    let name = parties.get(index.wrapping_sub(1)).map_or("", String::as_str);
    html! {
        (back_to(&edition.path("/draw"), operator.say("抽取评议代表", "Draw of the representatives")))
        section class="panel" {
            h2 { (operator.say(format!("第 {party} 方：{name}"), format!("Party {party}: {name}"))) }
            p { (operator.say("请把代码交给该方本人。只显示这一次，只能用一次；再发一个，旧的就作废。", "Hand this code to the party. It is shown once and good for one commitment; a new one replaces it.")) }
            p class="token" { (code.expose().as_str()) }
            p { (operator.say("在自己的手机或电脑上打开：", "To be used on the party's own device, at: ")) strong { (public_url) "/draw/commit" } }
        }
    }
}
