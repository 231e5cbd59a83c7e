//! The pages of a terminal before its role's own: the code, and what keeps it from signing in. Chinese and English stand
//! together: whoever reads them is in front of this screen for a minute only.

use std::sync::LazyLock;

use appearance::parts::{Tone, alert};
use appearance::{
    ASSET_PATH, Asset, CACHE_FOR_EVER, CONTENT_SECURITY_POLICY, Language, MARK, Page, STYLE, find_asset,
};
use axum::{
    Router,
    extract::Path,
    http::{StatusCode, header},
    middleware,
    response::{IntoResponse, Redirect},
    routing::{get, post},
};
use evaluation::wire::TerminalRole;
use maud::{Markup, Render, html};

use crate::config::TerminalConfig;
use crate::enrolment::Step;
use crate::pages::guard;

/// Where a terminal is told to ask for another code.
const AGAIN: &str = "/again";

/// The pages ask again after so many seconds.
const REFRESH_SECONDS: u16 = 2;

static TERMINAL_STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("terminal.css", "text/css; charset=utf-8", include_bytes!("terminal.css")));

/// Why an enrolled terminal does not work yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notice {
    /// It is about to.
    SigningIn,
    /// The server cannot be reached.
    NoContact,
    /// The server shows another certificate.
    OtherCertificate,
    /// The server does not know this terminal any more.
    Revoked,
    /// The server does not let it in, for another reason.
    Refused,
}

/// The page while the program starts.
pub(super) fn starting() -> Markup {
    document("阳光评议", &said("正在启动", "Starting"))
}

/// The page while the terminal is not enrolled.
pub(super) fn enrolling(terminal: &TerminalConfig, step: &Step) -> Markup {
    match step {
        Step::Asking => page(
            terminal,
            &html! {
                (said("正在联系服务器", "Asking the server"))
            },
        ),
        Step::Code(code) => page(
            terminal,
            &html! {
                (said("登记代码", "Enrolment code"))
                p class="code" { (code) }
                p { "请场务和监督员分别核对：这里的代码与控制台“终端”页、确认页上的代码逐字相同，才可登记。不同就不要登记。登记后本屏自动继续。" }
                p lang="en" { "Steward and supervisor compare it, each for themselves, with the code in the console, letter by letter. If it differs, do not enrol this terminal. Afterwards it goes on by itself." }
            },
        ),
        Step::Lapsed(_) => page(
            terminal,
            &html! {
                (said("登记代码已过期", "The code has lapsed"))
                p { "15 分钟内没有两人确认，代码已作废。请联系场务；两人都准备好后，按下面的按钮取得新的代码。" }
                p lang="en" { "Nobody confirmed it within 15 minutes. Call the steward; when both people are ready, get a new code." }
                form method="post" action=(AGAIN) {
                    div class="actions" { button class="primary" { "重新开始登记 · Start again" } }
                }
            },
        ),
        Step::Trouble(zh, en) => {
            page(terminal, &trouble("暂时不能登记", "It cannot be enrolled now", zh, en))
        }
    }
}

/// The page of an enrolled terminal that cannot work yet.
pub(super) fn notice(terminal: &TerminalConfig, notice: Notice) -> Markup {
    let (heading, heading_en, zh, en) = match notice {
        Notice::SigningIn => return page(terminal, &html! { (said("正在登录", "Signing in")) }),
        Notice::NoContact => (
            "连接不上服务器",
            "The server cannot be reached",
            "请检查网线和电源。接通后本屏自动继续。",
            "Check cable and power. This screen goes on by itself.",
        ),
        Notice::OtherCertificate => (
            "服务器的证书与登记时不同，已拒绝连接",
            "The server shows another certificate than at enrolment; the connection is refused",
            "请检查配置中的服务器地址。地址无误则可能有人冒充服务器，请立即报告场务。服务器确已更换证书时，须运行 forget 后重新登记。",
            "Check the server's address in the configuration. If it is right, somebody may pose as the server: tell the steward at once. If the server really has a new certificate, run `forget` and enrol this terminal anew.",
        ),
        Notice::Revoked => (
            "本终端已停用",
            "This terminal has been revoked",
            "服务器不再接受它。要继续使用这台机器，请运行 forget，然后重新登记。",
            "The server does not accept it any more. To use this machine again, run `forget` and enrol it anew.",
        ),
        Notice::Refused => (
            "暂时不能登录",
            "It cannot sign in now",
            "服务器没有让它登录，稍后自动再试。一直如此请报告管理员。",
            "The server did not let it in; it tries again by itself. If this goes on, tell the administrator.",
        ),
    };
    page(terminal, &trouble(heading, heading_en, zh, en))
}

/// The same with everything it refers to, and what its button does.
pub(super) fn enrolling_router(terminal: &TerminalConfig, step: &Step) -> Router {
    let shown = router(StatusCode::SERVICE_UNAVAILABLE, &enrolling(terminal, step));
    let Step::Lapsed(again) = step else { return shown };
    let again = again.clone();
    let start = async move || {
        again.start();
        Redirect::to("/")
    };
    shown.route(AGAIN, post(start)).layer(middleware::from_fn(guard))
}

/// One page at every address, with what it refers to. Its status says whether the terminal can do its work.
pub(super) fn router(status: StatusCode, page: &Markup) -> Router {
    let page = page.clone();
    let answer = async move || {
        let headers =
            [(header::CACHE_CONTROL, "no-store"), (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY)];
        (status, headers, page)
    };
    Router::new().route(&format!("{ASSET_PATH}{{name}}"), get(asset)).fallback(answer)
}

async fn asset(Path(name): Path<String>) -> axum::response::Response {
    match find_asset(&[&STYLE, &MARK, &TERMINAL_STYLE], &name) {
        Some(asset) => {
            let headers =
                [(header::CONTENT_TYPE, asset.content_type()), (header::CACHE_CONTROL, CACHE_FOR_EVER)];
            (headers, asset.bytes().to_vec()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn page(terminal: &TerminalConfig, body: &Markup) -> Markup {
    let (zh, en) = match terminal.role {
        TerminalRole::Booth => ("投票机", "Booth"),
        TerminalRole::CardOfficer => ("制卡终端", "Card officer's terminal"),
        TerminalRole::Trustee => ("监票终端", "Trustee's terminal"),
    };
    let body = html! {
        div class="terminal" {
            p class="label" { (terminal.label) }
            p class="muted" { (zh) " · " (en) }
            (body)
        }
    };
    document(&terminal.label, &body)
}

fn document(title: &str, body: &Markup) -> Markup {
    Page {
        style_sheets: &[&TERMINAL_STYLE],
        refresh_seconds: Some(REFRESH_SECONDS),
        ..Page::new(title, Language::Chinese, body.clone())
    }
    .render()
}

fn said(zh: &str, en: &str) -> Markup {
    html! { h1 { (zh) " " small lang="en" { (en) } } }
}

fn trouble(heading: &str, heading_en: &str, zh: &str, en: &str) -> Markup {
    html! {
        (said(heading, heading_en))
        (alert(Tone::Problem, zh, &html! { p lang="en" { (en) } }))
    }
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::Request};
    use tower::ServiceExt as _;

    use super::*;
    use crate::enrolment::Again;

    fn terminal() -> TerminalConfig {
        TerminalConfig {
            role: TerminalRole::Booth,
            label: "3号投票机".to_owned(),
            server: "http://127.0.0.1:1".to_owned(),
            listen: ([127, 0, 0, 1], 0).into(),
            folder: "/nowhere".into(),
        }
    }

    #[tokio::test]
    async fn a_lapsed_code_is_not_shown_and_the_button_asks_for_another() {
        let again = Again::default();
        let router = enrolling_router(&terminal(), &Step::Lapsed(again.clone()));
        let send = async |method: &str, path: &str| {
            let request = Request::builder().method(method).uri(path).header("host", "127.0.0.1:8700");
            router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
        };
        let page = enrolling(&terminal(), &Step::Lapsed(again.clone())).into_string();
        assert!(
            page.contains("登记代码已过期")
                && page.contains("action=\"/again\"")
                && !page.contains("class=\"code\"")
        );
        assert_eq!(send("GET", "/").await.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(send("POST", "/again").await.status().is_redirection());
        again.started().await;
    }
}
