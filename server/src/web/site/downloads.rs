//! `/downloads`: archives and publication, each with size and SHA-256.

use appearance::parts::{Column, Row, Tone, alert, table};
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use evaluation::publication::file as names;
use maud::{Markup, html};

use super::SiteError;
use super::file::attachment;
use crate::error::NOTHING_HERE;
use crate::service::Context;
use crate::service::public::downloads::{self, Downloads, EarlyArchive, FileFacts, PublicArchive, Shelf};
use crate::web::layout::{Frame, Place, file_size};

pub(super) async fn show(
    frame: Frame,
    State(context): State<Context>,
    Extension(shelf): Extension<Shelf>,
) -> Result<Markup, SiteError> {
    Ok(match downloads::list(&context, &shelf).await? {
        Some(list) => page(&frame.in_county(&list.year.rules.county), Some(&list)),
        None => page(&frame, None),
    })
}

/// The archive at the opening.
pub(super) async fn setup(
    State(context): State<Context>,
    Extension(shelf): Extension<Shelf>,
) -> Result<Response, SiteError> {
    send(downloads::find_archive(&context, &shelf, EarlyArchive::Setup).await?)
}

/// The archive at the closing.
pub(super) async fn closed(
    State(context): State<Context>,
    Extension(shelf): Extension<Shelf>,
) -> Result<Response, SiteError> {
    send(downloads::find_archive(&context, &shelf, EarlyArchive::Closed).await?)
}

/// A file of a year's publication.
pub(super) async fn published(
    State(context): State<Context>,
    Path((year, name)): Path<(String, String)>,
) -> Result<Response, SiteError> {
    let year = year.parse().map_err(|_| NOTHING_HERE)?;
    let bytes = downloads::publication_file(&context, year, name.clone()).await?;
    Ok(attachment(&name, bytes))
}

/// The whole publication of a year.
pub(super) async fn zip(
    State(context): State<Context>,
    Extension(shelf): Extension<Shelf>,
    Path(year): Path<String>,
) -> Result<Response, SiteError> {
    let year: i16 = year.parse().map_err(|_| NOTHING_HERE)?;
    let bytes = downloads::publication_zip(&context, &shelf, year).await?;
    Ok(attachment(&format!("publication-{year}.zip"), bytes.to_vec()))
}

fn send(archive: Option<PublicArchive>) -> Result<Response, SiteError> {
    let archive = archive.ok_or(NOTHING_HERE)?;
    Ok(attachment(&archive.facts.name, archive.bytes.to_vec()))
}

/// The page, with what is there now.
pub(super) fn page(frame: &Frame, list: Option<&Downloads>) -> Markup {
    let title = frame.say("下载", "Downloads");
    let setup = list.and_then(|list| list.setup.as_ref());
    let closed = list.and_then(|list| list.closed.as_ref());
    let published = list.filter(|list| !list.publication.is_empty());
    let body = html! {
        h1 { (title) }
        p class="lead" {
            (frame.say(
                "每个文件都附大小和 SHA-256。请另存一份：今天下载的档案，日后能证明没有一张票被改动。",
                "Every file with its size and SHA-256. Keep a copy: an archive taken today proves later that no ballot was \
                 changed.",
            ))
        }
        @if let Some(list) = published { (publication(frame, list)) }
        (early(frame, setup, closed))
        @if published.is_none() {
            (alert(Tone::Note, frame.say("公布文件尚未生成", "Nothing is published yet"), &html! { p {
                (frame.say("结果揭晓并发布之后，全部文件在此下载。", "All files appear here once the result is revealed and published."))
            } }))
        }
    };
    frame.page(Some(Place::Downloads), title, body)
}

fn publication(frame: &Frame, list: &Downloads) -> Markup {
    let year = list.year.edition.year;
    let columns = [
        Column::words(frame.say("文件", "File")),
        Column::words(frame.say("内容", "What it is")),
        Column::numbers(frame.say("大小", "Size")),
        Column::words("SHA-256"),
    ];
    let rows = list.publication.iter().map(|file| {
        let FileFacts { name, size, hash } = file;
        Row::from(vec![
            html! { a href={ "/publication/" (year) "/" (name) } { code { (name) } } },
            html! { (about(frame, name)) },
            html! { (file_size(*size)) },
            html! { code class="hash" { (hash) } },
        ])
    });
    html! {
        section {
            h2 { (frame.pick(format!("{year}年公布文件"), format!("Publication of {year}"))) }
            div class="actions" {
                a class="button primary" href={ "/publication/" (year) } {
                    (frame.say("下载全部（zip）", "Download everything (zip)"))
                }
                a href="/verify" { (frame.say("如何验证", "How to verify")) }
            }
            div class="file-table" {
                (table(frame.say("文件夹中的文件", "The files of the folder"), &columns, rows))
            }
        }
    }
}

fn early(frame: &Frame, setup: Option<&PublicArchive>, closed: Option<&PublicArchive>) -> Markup {
    html! {
        section {
            h2 { (frame.say("开票前的投票档案", "Archives from before the result")) }
            p class="muted" {
                (frame.say(
                    "最终档案必须一字不差地以它们开头，验证程序会检查。",
                    "The final archive must begin with them byte for byte; the verifier checks it.",
                ))
            }
            div class="cards pair" {
                (archive(
                    frame, setup, "/downloads/setup.bel", frame.say("开始时的档案", "At the opening"),
                    frame.say("股室、监票人公钥和评议卡的公开部分", "Offices, trustees' keys, public halves of the cards"),
                    frame.say("投票开始时公开", "public from the opening"),
                ))
                (archive(
                    frame, closed, "/downloads/closed.bel", frame.say("结束时的档案", "At the closing"),
                    frame.say("加上全部加密票，按哈希排序，看不出投票先后", "With all encrypted ballots, sorted by hash: no voting order"),
                    frame.say("投票结束时公开", "public from the closing"),
                ))
            }
        }
    }
}

fn archive(
    frame: &Frame,
    archive: Option<&PublicArchive>,
    url: &str,
    title: &str,
    about: &str,
    when: &str,
) -> Markup {
    html! {
        div class="card" {
            h3 { (title) }
            p { (about) }
            @match archive {
                None => p class="muted" { (when) },
                Some(PublicArchive { facts, setup, end_ballots, .. }) => {
                    dl class="stacked" {
                        dt { (frame.say("大小", "Size")) } dd { (file_size(facts.size)) }
                        dt { "SHA-256" } dd { code class="hash" { (facts.hash) } }
                        dt { (frame.say("选举核对码（与开启单相同）", "Election check code, as on the opening sheet")) }
                        dd { code class="hash" { (setup) } }
                        @if let Some(end) = end_ballots {
                            dt { (frame.say("封箱核对码（与封箱单相同）", "Closing code, as on the closing sheet")) } dd { code class="hash" { (end) } }
                        }
                    }
                    a class="button" href=(url) { (frame.say("下载", "Download")) }
                }
            }
        }
    }
}

fn about(frame: &Frame, name: &str) -> &'static str {
    match name {
        names::EDITION => frame.say("规则和日期", "rules and dates"),
        names::OFFICES => frame.say("被评股室", "the offices"),
        names::RANKING_CSV => frame.say("排名（表格）", "the ranking, for spreadsheets"),
        names::RANKING_JSON => frame.say("排名（程序）", "the ranking, for programs"),
        names::SANCTIONS => frame.say("处理", "sanctions"),
        names::DECISIONS => frame.say("并列的决定", "decisions on ties"),
        names::CLOSING => frame.say("收票声明，监票人签名", "closing statement, signed by the trustees"),
        names::RECONCILIATION => frame.say("对账", "the counts"),
        names::LOG_HEAD => frame.say("工作日志的最后一环", "head of the commission's log"),
        names::SUMS => frame.say("全部文件的哈希", "hashes of all files"),
        names::SUMS_SIGNATURE => frame.say("对哈希表的签名", "signature over the hashes"),
        "draw/pool.tsv" => frame.say("人员库名单", "the pool"),
        "draw/announce.tsv" => frame.say("抽取公告", "the draw's announcement"),
        "draw/seed.tsv" => frame.say("抽取记录", "the draw's transcript"),
        "draw/result.tsv" => frame.say("抽取结果", "the draw's result"),
        "draw/absences.tsv" => frame.say("缺席人员", "absences"),
        "draw/replacements.tsv" => frame.say("递补人员", "replacements"),
        name if name.ends_with(names::ARCHIVE_SUFFIX) => {
            frame.say("投票档案（Belenios 格式）", "archive of the poll (Belenios format)")
        }
        _ => "",
    }
}
