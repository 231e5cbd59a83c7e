//! The slip with the hall key: made on one trustee's terminal, shown once, kept nowhere.

use std::sync::Arc;

use appearance::{
    Text,
    parts::{Tone, qr_svg},
};
use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    response::{IntoResponse, Redirect, Response},
};
use evaluation::hall_key::HallKey;
use maud::{Markup, html};

use super::{
    desk::{Empty, Terminal},
    frame::Frame,
};
use crate::{os_rng, pages::Nonce};

/// What the slip is for, and the button that makes it.
pub(super) async fn ask(State(terminal): State<Arc<Terminal>>) -> Response {
    let (frame, _) = match terminal.frame("/hall-key").await {
        Ok(framed) => framed,
        Err(response) => return response,
    };
    let body = html! {
        p class="lead" { (frame.say(LEAD)) }
        ul class="rules" { @for rule in RULES { li { (frame.say(rule)) } } }
        (frame.button("/hall-key", "primary", MAKE))
    };
    frame.page(TITLE, &body)
}

/// A fresh key, on the page of this one answer only.
pub(super) async fn make(
    State(terminal): State<Arc<Terminal>>,
    form: Result<Form<Empty>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else { return Redirect::to("/hall-key").into_response() };
    let Some(mut desk) = terminal.desk_of(form.session).await else {
        return Redirect::to("/hall-key").into_response();
    };
    // Going back or loading anew must not make another slip by itself.
    desk.nonce = Nonce::random(&mut os_rng());
    drop(desk);
    let (frame, assignment) = match terminal.frame("/hall-key").await {
        Ok(framed) => framed,
        Err(response) => return response,
    };
    let key = HallKey::generate(&mut os_rng());
    let body = html! {
        div class="no-print" {
            (frame.note(Tone::Warning, ONCE, ONCE_TEXT))
            div class="actions" {
                button type="button" class="primary" data-print hidden { (frame.say(PRINT)) }
                a class="button" href="/" { (frame.say(PRINTED)) }
            }
        }
        (slip(&frame, &assignment.title, &key))
    };
    frame.page(TITLE, &body)
}

fn slip(frame: &Frame, title: &str, key: &HallKey) -> Markup {
    html! {
        article class="sheet slip" {
            (frame.rehearsal_mark())
            h2 { (SLIP_TITLE) }
            p { (title) }
            // The text always fits.
            @if let Ok(picture) = qr_svg(&key.scanned(), SLIP_TITLE.zh) { (picture) }
            p class="sheet-code" { @for group in key.code().split('-') { span { (group) } " " } }
            (SLIP_RULES)
            p class="sign" { (SLIP_SIGNED) }
        }
    }
}

const TITLE: Text = Text::new("会场密钥", "Hall key");
const LEAD: Text = Text::new(
    "会场密钥保护还没有投完的票：投票机中途坏了，代表换一台可以接着投，而捡到卡的人、偷到数据库的人什么也看不到。",
    "The hall key protects ballots that are not finished: if a booth breaks down, the person goes on at another one, while who finds a card or steals the database sees nothing.",
);
const RULES: [Text; 4] = [
    Text::new(
        "全场只做一张，由一位监票人在这里做，其他监票人在场看着。",
        "One slip for the whole hall, made here by one trustee while the others watch.",
    ),
    Text::new(
        "开启投票机时，把纸条拿到每台投票机前扫一次。",
        "At the opening it is carried to each booth and scanned there.",
    ),
    Text::new("不拍照，不上大屏幕，不抄写。", "Never photographed, never on the big screen, never copied."),
    Text::new("投票结束后当众销毁。", "Destroyed in front of everybody after closing."),
];
const MAKE: Text = Text::new("制作纸条", "Make the slip");
const ONCE: Text = Text::new("只在这里出现一次，哪里都不保存", "Shown here only, kept nowhere");
const ONCE_TEXT: Text = Text::new(
    "请打印一张，检查二维码清楚，再离开本页。离开后再也看不到；做坏了就重新做一张，旧的销毁，所有投票机都扫新的。",
    "Print one copy and see that the square code is clear before you leave this page. It is never shown again; if it is spoilt make another one, destroy the old one, and scan the new one at every booth.",
);
const PRINT: Text = Text::new("打印", "Print");
const PRINTED: Text = Text::new("已经印好，离开本页", "It is printed, leave this page");
const SLIP_TITLE: Text = Text::new("会场密钥", "Hall key");
const SLIP_RULES: Text = Text::new(
    "开启时到每台投票机前扫一次。不拍照，不上大屏幕。投票结束后当众销毁。",
    "Scan it at each booth at the opening. Never photograph it, never show it on the big screen. Destroy it in front of everybody after closing.",
);
const SLIP_SIGNED: Text = Text::new("保管人", "Kept by");
