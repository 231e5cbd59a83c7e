//! `/challenge`: a ballot that was opened to check a booth 核验本机, for any device in the hall while the poll is open.

use appearance::parts::{Tone, alert};
use axum::extract::{Query, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use evaluation::wire::opened_file_name;
use maud::{Markup, html};
use serde::Deserialize;

use super::SiteError;
use super::file::attachment;
use crate::error::NOTHING_HERE;
use crate::service::Context;
use crate::service::poll::challenge::{self, Opened};
use crate::web::layout::Frame;

/// The path of the page. Booths show it with `?tracker=` behind it.
pub(crate) const PATH: &str = "/challenge";

/// An opened ballot names a card: no browser keeps it.
const NOT_KEPT: [(HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    tracker: String,
}

pub(super) async fn show(
    frame: Frame,
    State(context): State<Context>,
    Query(asked): Query<Asked>,
) -> Result<Response, SiteError> {
    let typed = asked.tracker.trim();
    let found = if typed.is_empty() { None } else { challenge::find(&context, typed).await? };
    let status = if typed.is_empty() || found.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    Ok((status, NOT_KEPT, page(&frame, typed, found.as_deref())).into_response())
}

/// The file, as the booth sent it.
pub(super) async fn file(
    State(context): State<Context>,
    Query(asked): Query<Asked>,
) -> Result<Response, SiteError> {
    let found = challenge::find(&context, &asked.tracker).await?.ok_or(NOTHING_HERE)?;
    let file = attachment(&opened_file_name(&found.tracker), found.text.clone());
    Ok((NOT_KEPT, file).into_response())
}

fn page(frame: &Frame, typed: &str, found: Option<&Opened>) -> Markup {
    let title = frame.say("核验投票机", "Check a booth");
    let body = html! {
        h1 { (title) }
        p class="lead" {
            (frame.say(
                "投票机有没有老老实实加密您选的评价？在查看全部页上按“核验本机”，机器必须把已经出示回执码的那张票整个打开。打开的票永远不会计入，任何别的设备都能重新计算它。",
                "Has the booth really encrypted what was chosen? On its review page press Check this booth: it must open the very ballot whose tracker it has shown. An opened ballot is never counted, and any other device can compute it again.",
            ))
        }
        @match found {
            Some(opened) => (result(frame, opened)),
            None => {
                @if !typed.is_empty() { (missing(frame)) }
                (ask(frame, typed))
            }
        }
        (limits(frame))
    };
    frame.page(None, title, body)
}

fn ask(frame: &Frame, typed: &str) -> Markup {
    html! {
        form method="get" action=(PATH) {
            div class="field" {
                label for="tracker" { (frame.say("回执码", "Tracker")) }
                p class="hint" id="tracker-hint" {
                    (frame.say(
                        "投票机核验页上显示的那一串，前 8 个字符就够；大小写要分清。也可以直接扫描该页上的二维码。",
                        "As the booth's page shows it; the first 8 characters suffice, and case matters. Or scan the square code on that page.",
                    ))
                }
                input id="tracker" name="tracker" value=(typed) required autocomplete="off" autocapitalize="none" spellcheck="false"
                    aria-describedby="tracker-hint";
            }
            div class="actions" { button class="primary" { (frame.say("查看打开的票", "Show the opened ballot")) } }
        }
    }
}

fn missing(frame: &Frame) -> Markup {
    alert(
        Tone::Problem,
        frame.say("没有这张打开的票", "There is no such opened ballot"),
        &html! { p {
            (frame.say(
                "请对照投票机上的回执码再输一次。打开的票只在投票期间保存在服务器内存里，服务器重新启动或封箱之后就没有了；这时请到投票机重新核验一次。",
                "Compare it with the tracker on the booth. Opened ballots are kept only in the server's memory while people vote; after a new start or once the box is sealed they are gone. Then check the booth once more.",
            ))
        } },
    )
}

fn result(frame: &Frame, opened: &Opened) -> Markup {
    let tracker = opened.tracker.to_string();
    let name = opened_file_name(&opened.tracker);
    html! {
        @match &opened.found {
            Ok(_) => (alert(Tone::Done, frame.say("本服务器重新计算：一致", "This server has computed it again: nothing differs"), &html! { p {
                (frame.say(
                    "这张票里装的就是下面的评价。请与您在投票机上选的、以及投票机先前显示的回执码比对。",
                    "The ballot holds the grades below. Compare them with what you chose at the booth, and the tracker with the one that the booth showed before.",
                ))
            } })),
            Err(reason) => (alert(Tone::Problem, frame.say("重新计算：不一致", "Computed again: it differs"), &html! {
                p {
                    (frame.say(
                        "投票机没有加密它所显示的评价，或者文件被改动过。请停用这台投票机，下载文件，一起交给监督员。",
                        "The booth has not encrypted what it shows, or the file was altered. Stop using the booth, take the file, and hand both to the supervisor.",
                    ))
                }
                p class="small" lang="en" { (reason) }
            })),
        }
        dl class="facts" {
            dt { (frame.say("回执码", "Tracker")) } dd { code class="hash" { (tracker) } }
        }
        @if let Ok(answers) = &opened.found {
            table class="compact" {
                thead { tr { th { (frame.say("股室", "Office")) } th { (frame.say("票里的评价", "Grade in the ballot")) } } }
                tbody lang="zh-CN" {
                    @for (office, grade) in answers { tr { th scope="row" { (office) } td { (grade) } } }
                }
            }
        }
        section {
            h2 { (frame.say("不相信服务器，就自己算", "Trust the server no more than the booth")) }
            p {
                (frame.say(
                    "下载这张票，在自己的电脑上重新计算：",
                    "Take the ballot and compute it on your own computer:",
                ))
            }
            form method="get" action={ (PATH) "/file" } {
                input type="hidden" name="tracker" value=(tracker);
                div class="actions" { button class="primary" { (frame.say("下载", "Download")) " " (name) } }
            }
            pre { code { "pingyi-verify --challenge " (name) } }
        }
        div class="actions" { a class="button" href=(PATH) { (frame.say("查看另一张", "Another one")) } }
    }
}

fn limits(frame: &Frame) -> Markup {
    html! {
        section {
            h2 { (frame.say("请注意", "Please note")) }
            ul {
                li { (frame.say(
                    "只用假设的评价核验：打开以后，谁拿到文件都看得见里面的评价。",
                    "Check with invented grades only: once opened, whoever has the file sees them.",
                )) }
                li { (frame.say(
                    "文件里有能认出这张评议卡的公开号码（不是卡号），请不要转发：谁要是还看见是谁在那台投票机上，就能认出这张卡后来投的（仍然加密的）票。所以它只在投票期间存在内存里，从不进数据库，也不公布。",
                    "The file names the public credential of the card, so pass it on to nobody: who also saw the person at the booth could recognise the ballot, still encrypted, that the card casts later. It is therefore kept in memory only while people vote, never in the database, and never published.",
                )) }
                li { (frame.say(
                    "打开过的票的回执码封箱后全部公布，监票人签字，任何人都能查到它们没有计入。",
                    "The trackers of all opened ballots are published after the closing, signed by the trustees; anybody can see that none is counted.",
                )) }
                li { (frame.say(
                    "一台机器若说打不开，也是没有通过核验：记下回执码，报告监督员。",
                    "A booth that says it cannot open a ballot has not passed either: note the tracker and tell the supervisor.",
                )) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use appearance::Language;
    use belenios::text::Fingerprint;

    use super::*;

    fn shown(found: Option<&Opened>, typed: &str) -> String {
        let frame =
            Frame { language: Language::Chinese, other: "/?lang=en".to_owned(), county: String::new() };
        page(&frame, typed, found).into_string()
    }

    fn opened(found: Result<Vec<(String, String)>, String>) -> Opened {
        Opened { tracker: Fingerprint::of(""), text: "{}".to_owned(), found }
    }

    #[test]
    fn an_opened_ballot_is_shown_with_what_it_holds_and_how_to_compute_it_elsewhere() {
        let answers = vec![("1 水政股".to_owned(), "不满意".to_owned())];
        let text = shown(Some(&opened(Ok(answers))), "47DEQpj8");
        for said in ["1 水政股", "不满意", "一致", "challenge-e3b0c44298fc.json", "pingyi-verify --challenge"]
        {
            assert!(text.contains(said), "{said}: {text}");
        }
        assert!(!text.contains("不一致"));
    }

    #[test]
    fn a_booth_that_lies_is_named_so() {
        let text = shown(Some(&opened(Err("the ciphertext does not hold".to_owned()))), "47DEQpj8");
        assert!(text.contains("不一致") && text.contains("停用") && text.contains("下载"), "{text}");
    }

    #[test]
    fn a_mistyped_tracker_comes_back_to_be_mended() {
        let text = shown(None, "47DE<");
        assert!(text.contains("没有这张打开的票") && text.contains("value=\"47DE&lt;\""), "{text}");
        assert!(!shown(None, "").contains("没有这张"));
    }
}
