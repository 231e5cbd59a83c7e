//! `/verify`: how anybody checks everything, with commands that work as they stand.

use axum::Extension;
use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use belenios::group::GroupName;
use evaluation::publication::file as names;
use maud::{Markup, html};

use super::SiteError;
use super::draw::check;
use crate::service::Context;
use crate::service::public::downloads::{self, Downloads, Shelf};
use crate::web::layout::{Frame, Place};

pub(super) async fn show(
    frame: Frame,
    State(context): State<Context>,
    Extension(shelf): Extension<Shelf>,
) -> Result<Markup, SiteError> {
    Ok(match downloads::list(&context, &shelf).await? {
        Some(list) => page(&frame.in_county(&list.year.rules.county), &Facts::of(&list)),
        None => page(&frame, &Facts::default()),
    })
}

/// What stands in the commands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Facts {
    folder: String,
    archive: String,
    early_archive: String,
    setup: Option<String>,
    key: Option<[u8; 32]>,
    group: GroupName,
    is_published: bool,
}

impl Default for Facts {
    fn default() -> Self {
        Self {
            folder: "publication".to_owned(),
            archive: "UUID.bel".to_owned(),
            early_archive: "UUID-setup.bel".to_owned(),
            setup: None,
            key: None,
            group: GroupName::Ed25519,
            is_published: false,
        }
    }
}

impl Facts {
    fn of(list: &Downloads) -> Self {
        let none = Self::default();
        let archive = list.publication.iter().find(|file| file.name.ends_with(names::ARCHIVE_SUFFIX));
        let mut key = [0; 32];
        let hex = list.year.edition.publication_key.as_deref();
        let key = hex.and_then(|hex| hex::decode_to_slice(hex, &mut key).ok().map(|()| key));
        Self {
            folder: format!("publication-{}", list.year.edition.year),
            archive: archive.map_or(none.archive, |file| file.name.clone()),
            early_archive: list
                .setup
                .as_ref()
                .map_or(none.early_archive, |archive| archive.facts.name.clone()),
            setup: list.setup.as_ref().map(|archive| archive.setup.clone()),
            key,
            group: list.year.rules.poll.group,
            is_published: archive.is_some(),
        }
    }
}

/// The page.
pub(super) fn page(frame: &Frame, facts: &Facts) -> Markup {
    let title = frame.say("如何验证", "How to verify");
    let body = html! {
        h1 { (title) }
        p class="lead" {
            (frame.say(
                "不需要相信我们的服务器，也不需要相信我们的程序。下面的每一步都在您自己的电脑上进行，越往后越不依赖我们。",
                "You need to trust neither our server nor our program. Every step runs on your own computer, and each one \
                 relies on us less than the one before.",
            ))
        }
        ol class="recipe" {
            li { (take(frame, facts)) }
            li { (verify(frame, facts)) }
            li { (sums(frame)) }
            li { (signature(frame, facts)) }
            li { (draw(frame)) }
            li { (others(frame, facts)) }
        }
        (limits(frame))
    };
    frame.page(Some(Place::Verify), title, body)
}

fn take(frame: &Frame, facts: &Facts) -> Markup {
    let folder = &facts.folder;
    html! {
        h2 { (frame.say("下载并解开", "Download and unpack")) }
        p {
            (frame.say("在", "On the page ")) a href="/downloads" { (frame.say("下载页", "Downloads")) }
            (frame.say("下载全部公布文件，然后解开：", " take the whole publication, then unpack it:"))
            @if !facts.is_published { " " span class="badge flagged" { (frame.say("发布之后", "once published")) } }
        }
        (commands(&format!("unzip {folder}.zip -d {folder}\ncd {folder}")))
    }
}

fn verify(frame: &Frame, facts: &Facts) -> Markup {
    html! {
        h2 { (frame.say("一条命令重算一切", "One command computes everything again")) }
        p {
            (frame.say(
                "重做抽取，核对每一张加密票的凭证、签名和证明，把票重新相加，核对解密证明，重算得分、名次和末位，核对每一个文件。每项检查一行，全部通过时退出码为 0。",
                "It draws again, checks credential, signature and proofs of every encrypted ballot, adds them up again, checks \
                 the proofs of decryption, computes scores, ranks and last places, and checks every file. One line a check; \
                 exit code 0 if everything holds.",
            ))
        }
        (commands("pingyi verify ."))
        p {
            (frame.say(
                "不想安装服务器程序，可用只做验证的小程序，输出相同：",
                "Without the server program, the small stand-alone verifier says the same:",
            ))
        }
        (commands("pingyi-verify ."))
        p {
            (frame.say(
                "投票开始时各方签字的开启单上印有选举核对码。用它作锚，就能确认这正是当时那次投票：",
                "The opening sheet, signed in the hall, shows the election check code. With it as anchor you know that this is the \
                 very poll that was opened:",
            ))
        }
        (commands(&format!("pingyi verify . --anchor {}", facts.setup.as_deref().unwrap_or("HASH"))))
        @if facts.setup.is_some() {
            p class="small muted" {
                (frame.say(
                    "请用纸质开启单上的值，不要只抄本页的值。",
                    "Take the value from the paper, not from this page.",
                ))
            }
        }
    }
}

fn sums(frame: &Frame) -> Markup {
    html! {
        h2 { (frame.say("核对文件", "Check the files")) }
        p { (frame.say("任何一个文件改动一个字节，这里就会显示不符：", "If one byte of any file differs, this says so:")) }
        (commands("sha256sum -c SHA256SUMS"))
        p class="small muted" {
            "macOS：" code { "shasum -a 256 -c SHA256SUMS" } " · Windows：" code { "certutil -hashfile ranking.csv SHA256" }
        }
    }
}

fn signature(frame: &Frame, facts: &Facts) -> Markup {
    html! {
        h2 { (frame.say("核对签名", "Check the signature")) }
        p {
            (frame.say(
                "SHA256SUMS 由本年度的公布密钥签名（Ed25519）。它的公钥写在投票开始时就公开的档案里，因此事后换不了。先从档案中读出公钥：",
                "SHA256SUMS is signed by the year's publication key (Ed25519). Its public half stands in the archive that was \
                 public from the opening, so it cannot be exchanged later. Read it from there:",
            ))
        }
        (commands(&read_key(&facts.archive)))
        @if let Some(key) = &facts.key {
            p { (frame.say("应得到 ", "It must print ")) code class="hash" { "publication_key " (hex::encode(key)) } }
        }
        p { (frame.say("再把公钥写成 OpenSSL 认识的文件，核对签名：", "Then write it as OpenSSL reads keys, and check:")) }
        (commands(&check_signature(facts.key.as_ref())))
        p { (frame.say("应显示 ", "It must print ")) code { "Signature Verified Successfully" } }
    }
}

/// Prints the line of the election's description that holds the publication key.
pub(super) fn read_key(archive: &str) -> String {
    format!("grep -ao 'publication_key [0-9a-f]\\{{64\\}}' {archive} | head -n 1")
}

/// Writes the key's public half as PEM and checks the signature with it.
pub(super) fn check_signature(key: Option<&[u8; 32]>) -> String {
    /// What stands before the 32 bytes of an Ed25519 key (RFC 8410, section 4), 12 bytes: their base64 needs no padding.
    const PREFIX: &str = "MCowBQYDK2VwAyEA";
    let key = key.map_or_else(|| "…".to_owned(), |key| STANDARD.encode(key));
    format!(
        "printf '%s\\n' '-----BEGIN PUBLIC KEY-----' '{PREFIX}{key}' '-----END PUBLIC KEY-----' > ../publication.pem\n\
         openssl pkeyutl -verify -pubin -inkey ../publication.pem -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig"
    )
}

fn draw(frame: &Frame) -> Markup {
    html! {
        h2 { (frame.say("重做抽取", "Draw again")) }
        p {
            (frame.say(
                "种子是 seed.tsv 的 SHA-256。每人的号签是一行文字的 SHA-256，把编号换成自己的即可：",
                "The seed is the SHA-256 of seed.tsv. A ticket is the SHA-256 of one line; put your own id into it:",
            ))
        }
        (commands(DRAW_BY_HAND))
        p { (frame.say("或一次重做全部：", "Or everything at once:")) }
        (commands("pingyi draw verify draw/"))
        p { (frame.say("什么都不安装也可以：", "Or without installing anything:")) }
        (check::link(frame))
    }
}

pub(super) const DRAW_BY_HAND: &str = "seed=$(sha256sum < draw/seed.tsv | cut -c1-64)\n\
    printf 'public-draw/1\\tticket\\t%s\\t%s\\n' \"$seed\" P001 | sha256sum";

fn others(frame: &Frame, facts: &Facts) -> Markup {
    html! {
        h2 { (frame.say("用别人写的程序", "Use a program that others wrote")) }
        p {
            (frame.say(
                "投票档案是法国研究机构制定的 Belenios 公开格式。他们的 belenios-tool 能独立核验它：",
                "The archive is in the open Belenios format, defined by French research institutes. Their belenios-tool verifies it \
                 independently:",
            ))
        }
        (commands("belenios-tool election verify --dir ."))
        p class="small muted" {
            (frame.say(
                "已知 3.0 至 3.3 版的 verify 会漏掉单张票的检查结果，请再用 verify-ballot 逐张核对。",
                "Known: verify of 3.0 to 3.3 drops the outcome of the check of single ballots, so run verify-ballot on each as well.",
            ))
            @match facts.group {
                GroupName::Ed25519 => {
                    (frame.say("本档案用的群是 Ed25519，2.0 版不认识。", "The group of this archive is Ed25519, which 2.0 does not know."))
                }
                GroupName::Belenios2048 => {
                    (frame.say("本档案用的群是 BELENIOS-2048，2.0 版查得最全。", "The group of this archive is BELENIOS-2048, which 2.0 checks completely."))
                }
            }
        }
        p {
            (frame.say(
                "若您在投票开始或结束时下载过档案，最终档案必须以它开头。档案和文件夹放在一起，没有输出就是相符：",
                "If you took an archive at the opening or the closing, the final one must begin with it. With it \
                 beside the folder, no output means that it does:",
            ))
        }
        (commands(&compare(&facts.early_archive, &facts.archive)))
    }
}

/// Compares the beginning of the final archive with one taken earlier.
pub(super) fn compare(earlier: &str, archive: &str) -> String {
    format!("cmp -n $(wc -c < ../{earlier}) ../{earlier} {archive}")
}

fn limits(frame: &Frame) -> Markup {
    html! {
        section {
            h2 { (frame.say("验证能说明什么，不能说明什么", "What this proves, and what it does not")) }
            ul {
                li { (frame.say(
                    "能说明：每张计入的票都出自一张发出的卡，每卡一票，没有一张被改动，总数和排名算得正确，抽取没有被人左右。",
                    "It proves: every ballot counted came from an issued card, one a card, none altered; totals and ranking are \
                     right; the draw follows from the published record.",
                )) }
                li { (frame.say(
                    "不能说明：入库的人选得是否公道，到场的是不是本人，各监票人之间是否真的互相独立。这些靠公示、核对身份和人选来保证。",
                    "It does not prove: that the pool was chosen fairly, that the right people came, that the trustees were \
                     independent of each other. Publicity, identity checks and the choice of people guard these.",
                )) }
                li { (frame.say(
                    "没有人能由公开文件看出谁投了什么：公布的只有加密票和总数。",
                    "Nobody can tell from the files how anyone voted: they hold encrypted ballots and totals only.",
                )) }
            }
        }
    }
}

fn commands(lines: &str) -> Markup {
    html! { pre { code { (lines) } } }
}
