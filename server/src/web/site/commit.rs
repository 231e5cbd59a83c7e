//! `/draw/commit`: where a party of the draw makes its secret on its own device and hands in the commitment, with the code
//! that the staff gave it (draw specification §5, step 1). The secret never leaves the device but on paper.

use appearance::parts::{Field, Tone, alert};
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};

use super::SiteError;
use super::public_form::PublicForm;
use crate::service::Context;
use crate::service::draw::{CommitmentCode, Invitation, commit_with_code, find_invitation};
use crate::web::assets::COMMIT_SCRIPT;
use crate::web::form::{Complaint, Form};
use crate::web::layout::{Frame, Place};

/// The field for the code.
pub(super) async fn show(frame: Frame) -> Markup {
    ask_for_code(&frame, None)
}

/// Whom the code belongs to, and how to make a secret.
pub(super) async fn invite(
    frame: Frame,
    State(context): State<Context>,
    PublicForm(form): PublicForm,
) -> Result<Response, SiteError> {
    match find_invitation(&context, &CommitmentCode::read(form.text("code"))).await {
        Ok(invitation) => Ok(make_secret(&frame, &invitation, &form, None).into_response()),
        Err(error) => {
            let complaint = Complaint::about(error).map_err(|error| SiteError::from(error.0))?;
            Ok(refused(&complaint, ask_for_code(&frame, Some(&complaint))))
        }
    }
}

/// Takes the commitment.
pub(super) async fn send(
    frame: Frame,
    State(context): State<Context>,
    PublicForm(form): PublicForm,
) -> Result<Response, SiteError> {
    let code = CommitmentCode::read(form.text("code"));
    match commit_with_code(&context, &code, form.text("commitment")).await {
        Ok(invitation) => Ok(received(&frame, &invitation, form.text("commitment")).into_response()),
        Err(error) => {
            let complaint = Complaint::about(error).map_err(|error| SiteError::from(error.0))?;
            let page = match find_invitation(&context, &code).await {
                Ok(invitation) => make_secret(&frame, &invitation, &form, Some(&complaint)),
                Err(_) => ask_for_code(&frame, Some(&complaint)),
            };
            Ok(refused(&complaint, page))
        }
    }
}

fn refused(complaint: &Complaint, page: Markup) -> Response {
    (complaint.status(), page).into_response()
}

fn page(frame: &Frame, body: Markup) -> Markup {
    let title = frame.say("提交承诺", "Hand in a commitment");
    frame.page_with_scripts(Some(Place::Draw), title, body, &[&COMMIT_SCRIPT])
}

fn ask_for_code(frame: &Frame, complaint: Option<&Complaint>) -> Markup {
    let body = html! {
        h1 { (frame.say("参加方提交承诺", "A party hands in its commitment")) }
        @if let Some(complaint) = complaint { (complaint.markup()) }
        p class="lead" { (frame.say(
            "抽取开始前，每个参加方各自准备一个谁也不知道的密数，封进信封，只公布它的哈希（承诺值）。",
            "Before the draw each party makes a secret that nobody else knows, seals it in an envelope, and publishes only its hash, the commitment.",
        )) }
        form method="post" action="/draw/commit" {
            (Field { hint: Some(frame.say("工作人员交给您的十位代码", "The ten characters that the staff gave you")), ..Field::line("code", frame.say("一次性代码", "One-time code")) })
            div class="actions" { button class="primary" { (frame.say("继续", "Go on")) } }
        }
    };
    page(frame, body)
}

fn make_secret(frame: &Frame, invitation: &Invitation, form: &Form, complaint: Option<&Complaint>) -> Markup {
    let say = |zh: &'static str, en: &'static str| frame.say(zh, en);
    let Invitation { announce_sha256, party, name, draw_id, .. } = invitation;
    let body = html! {
        h1 { (frame.pick(format!("第 {party} 方：{name}"), format!("Party {party}: {name}"))) }
        @if let Some(complaint) = complaint { (complaint.markup()) }
        p { (say("抽取编号", "Draw")) " " code { (draw_id) } }
        ol class="no-print" {
            li { (say("按“生成密数”。密数只在这台设备上产生，不会发送出去。", "Press “Make a secret”. It is made on this device and is not sent.")) }
            li { (say("打印这一页（或把 64 位数字抄在纸上），装进不透光的信封，封口，请另外两方在封口处签名。", "Print this page (or copy the 64 digits), put it into an opaque envelope, seal it, and let two other parties sign across the flap.")) }
            li { (say("按“提交承诺值”，然后关闭这一页。", "Press “Hand in the commitment”, then close this page.")) }
        }
        noscript { (alert(Tone::Note, say("此浏览器没有脚本，请用下面的办法自己生成密数。", "Without scripts, make the secret yourself as described below."), &html! {})) }
        section id="maker" hidden data-announce=(announce_sha256) data-party=(party) {
            div class="actions no-print" {
                button type="button" id="make" class="primary" { (say("生成密数", "Make a secret")) }
                button type="button" id="print" hidden { (say("打印密数", "Print the secret")) }
            }
            div id="unavailable" hidden { (alert(Tone::Note, say("这一页不是通过 https 打开的，浏览器不提供计算功能。请用下面的办法自己生成密数。", "This page was not opened over https, so the browser offers no hashing. Make the secret yourself as described below."), &html! {})) }
            div id="sheet" hidden {
                h2 { (say("密数（装入信封，开封前不得告诉任何人）", "The secret (for the envelope; tell nobody before it is opened)")) }
                p class="dice" id="secret" {}
                div id="picture" {}
                p { (frame.pick(format!("{draw_id} · 第 {party} 方 {name}"), format!("{draw_id} · party {party} {name}"))) }
            }
        }
        form method="post" action="/draw/commit/send" class="no-print" {
            input type="hidden" name="code" value=(form.text("code"));
            (Field { value: form.text("commitment"), hint: Some(say("64 位十六进制数；生成密数后自动填好", "64 hexadecimal digits; filled in when a secret is made")), ..Field::line("commitment", say("承诺值", "Commitment")) })
            p {
                label {
                    input type="checkbox" name="kept" value="1" required checked[form.text("kept") == "1"];
                    " " (say("密数已经打印或抄在纸上，装进信封（离开本页就再也看不到）", "The secret is on paper, in the envelope (it cannot be seen again after leaving this page)"))
                }
            }
            div class="actions" { button class="primary" { (say("提交承诺值", "Hand in the commitment")) } }
        }
        (by_hand(frame, invitation))
    };
    page(frame, body)
}

/// How to do it without our software; at least one party should (draw specification §5, step 1).
fn by_hand(frame: &Frame, Invitation { announce_sha256, party, .. }: &Invitation) -> Markup {
    html! {
        details id="by-hand" class="no-print" {
            summary { (frame.say("不用本系统、自己生成密数（至少应有一方这样做）", "Make the secret without our software (at least one party should)")) }
            p { (frame.say("掷 50 次以上骰子，把点数写在下面第一行里，取其 SHA-256 作为密数；第二行显示密数，抄在纸上装入信封；第三行算出承诺值，填在上面提交。Linux 终端（macOS 请把 sha256sum 换成 shasum -a 256）：", "Throw a die 50 times or more and write the numbers into the first line; their SHA-256 is the secret. The second line shows it: copy it for the envelope. The third makes the commitment: hand it in above. In a Linux terminal (on macOS write shasum -a 256 in place of sha256sum):")) }
            pre { code {
                "secret=$(printf '31462…' | sha256sum | cut -c1-64)\n"
                "echo \"$secret\"\n"
                "printf 'public-draw/1\\tcommit\\t" (announce_sha256) "\\t" (party) "\\t%s\\n' \"$secret\" | sha256sum"
            } }
        }
    }
}

fn received(frame: &Frame, invitation: &Invitation, commitment: &str) -> Markup {
    let Invitation { party, name, .. } = invitation;
    let body = html! {
        h1 { (frame.pick(format!("第 {party} 方：{name}"), format!("Party {party}: {name}"))) }
        (alert(Tone::Done, frame.say("承诺值已收到", "The commitment is received"), &html! {
            p { code class="hash" { (commitment) } }
            p { (frame.say("请核对大屏上显示的与此相同，把密封的信封放到台上。开封之前不要把密数告诉任何人。", "See that the big screen shows the same, and lay the sealed envelope on the table. Tell nobody the secret before it is opened.")) }
        }))
    };
    page(frame, body)
}
