//! Choosing an own password with an invitation code. Whoever comes here is not signed in yet.

use appearance::parts::{Field, FieldKind, Tone, alert};
use appearance::{Language, Page};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, Render as _, html};
use secrecy::SecretString;

use super::CONSOLE_STYLE;
use super::guard::SIGN_IN;
use crate::app::App;
use crate::service::account::invitation::accept;
use crate::service::account::{AccountError, Half, HalfCode};
use crate::web::error_page::PageError;
use crate::web::form::{Complaint, Form};
use crate::web::language::PageLanguage;

/// Where a password is chosen.
pub(super) const INVITATION: &str = "/console/invitation";

pub(super) async fn page(language: PageLanguage, State(app): State<App>) -> Response {
    show(&app, &language, StatusCode::OK, &form(language.language, &Form::default(), None))
}

pub(super) async fn choose(
    language: PageLanguage,
    State(app): State<App>,
    sent: Form,
) -> Result<Response, PageError> {
    let shown = language.language;
    if sent.raw("password") != sent.raw("repeated") {
        let complaint = Complaint::new(
            "两次输入的密码不一致，请重新输入。邀请码仍然有效。",
            "The two passwords differ. Type them again; the code is still good.",
        );
        let body = form(shown, &sent, Some(&complaint.markup()));
        return Ok(show(&app, &language, complaint.status(), &body));
    }
    let accepted = match read(&sent) {
        Ok(codes) => {
            let password = SecretString::from(sent.raw("password"));
            accept(&app.context, sent.text("name"), &codes, &password).await
        }
        Err(error) => Err(error),
    };
    match accepted {
        Ok(_) => Ok(show(&app, &language, StatusCode::OK, &chosen(shown))),
        Err(error) => {
            let complaint = Complaint::about(error)?;
            let body = form(shown, &sent, Some(&complaint.markup()));
            Ok(show(&app, &language, complaint.status(), &body))
        }
    }
}

fn read(sent: &Form) -> Result<[HalfCode; 2], AccountError> {
    Ok([
        HalfCode::read(Half::Proposer, sent.raw("first_half"))?,
        HalfCode::read(Half::Confirmer, sent.raw("second_half"))?,
    ])
}

/// Neither the code nor a password is ever shown again.
fn form(language: Language, sent: &Form, wrong: Option<&Markup>) -> Markup {
    let say = |zh, en| if language == Language::Chinese { zh } else { en };
    let new = FieldKind::Password { new: true };
    let name = Field {
        value: sent.text("name"),
        autocomplete: Some("username"),
        ..Field::line("name", say("登录名", "Sign-in name"))
    };
    html! {
        h1 { (say("设置自己的密码", "Choose your own password")) }
        @if let Some(wrong) = wrong { (wrong) }
        p { (say("邀请码分两半：甲码由提出人、乙码由确认人分别当面交给您，只能用一次，24 小时内有效。请勿把两张纸条同时给任何人看。密码由您自己设定，其他任何人都不知道。", "The code has two halves: one was handed to you by the person who proposed it, the other by the person who confirmed it. It is good once, for 24 hours. Show both slips to nobody. Nobody but you knows the password you choose.")) }
        form method="post" action=(INVITATION) {
            (name)
            (Field { hint: Some(say("9 个字符，大小写和连字符不限", "9 characters; case and hyphens do not matter")), ..Field::line("first_half", say("甲码（提出人给您的）", "First half, from the person who proposed it")) })
            (Field { hint: Some(say("9 个字符，大小写和连字符不限", "9 characters; case and hyphens do not matter")), ..Field::line("second_half", say("乙码（确认人给您的）", "Second half, from the person who confirmed it")) })
            (Field { hint: Some(say("10 至 128 个字符", "10 to 128 characters")), ..Field::new("password", say("密码", "Password"), new) })
            (Field::new("repeated", say("再输一遍", "The same again"), new))
            div class="actions" { button class="primary" { (say("设置密码", "Choose this password")) } }
        }
    }
}

fn chosen(language: Language) -> Markup {
    let say = |zh, en| if language == Language::Chinese { zh } else { en };
    html! {
        h1 { (say("设置自己的密码", "Choose your own password")) }
        (alert(Tone::Done, say("密码已设置", "The password is set"), &html! {
            p { (say("请销毁写有甲码和乙码的两张纸条，用登录名和新密码登录。", "Destroy both slips; sign in with your name and the new password.")) }
        }))
        div class="actions" { a class="button primary" href=(SIGN_IN) { (say("去登录", "Sign in")) } }
    }
}

fn show(app: &App, language: &PageLanguage, status: StatusCode, body: &Markup) -> Response {
    let shown = language.language;
    let title = if shown == Language::Chinese { "设置自己的密码" } else { "Choose your own password" };
    let page = Page {
        county: &app.county_name,
        other_language: Some(&language.other),
        style_sheets: &[&CONSOLE_STYLE],
        ..Page::new(title, shown, html! { div class="sign-in panel" { (body) } })
    };
    (status, page.render()).into_response()
}
