//! The sheets of cards: A4, ten cards of bank card size a sheet, cut marks, nothing that orders sheets or cards.

use appearance::parts::qr_svg;

use super::{
    Asset, CARDS_SCRIPT, CARDS_STYLE, CardOrder, DOCTYPE, Markup, PULSE, Purpose, Zeroizing, html, words,
};

/// Cards on a sheet of A4.
pub(super) const CARDS_A_SHEET: u32 = 10;

/// All cards of an order, ready to print. The browser must print neither page numbers nor addresses: the sheet leaves it no
/// margin for them.
#[must_use]
pub fn sheet(order: &CardOrder, codes: &[Zeroizing<String>]) -> Markup {
    let style: &Asset = &CARDS_STYLE;
    let script: &Asset = &CARDS_SCRIPT;
    html! {
        (DOCTYPE)
        html lang="zh-CN" class="sheets" {
            head {
                meta charset="utf-8";
                title { (words::NAME.zh) }
                link rel="stylesheet" href=(style.url());
                script src=(script.url()) defer {}
                script src=(PULSE.url()) defer {}
            }
            body {
                nav class="tools" {
                    button type="button" data-print hidden { (words::PRINT_NOW.zh) " " span lang="en" { (words::PRINT_NOW.en) } }
                    p { (words::SHEET_HINT.zh) br; span lang="en" { (words::SHEET_HINT.en) } }
                    a href="/" { (words::SHEET_BACK.zh) " " span lang="en" { (words::SHEET_BACK.en) } }
                }
                @for sheet in codes.chunks(CARDS_A_SHEET as usize) {
                    section { @for code in sheet { (card(order, code)) } }
                }
            }
        }
    }
}

fn card(order: &CardOrder, code: &str) -> Markup {
    // A code has 27 characters; every QR picture has room for it, and the readable code stands below in any case.
    let picture = qr_svg(code, words::NAME.zh).ok();
    html! {
        article {
            div class="words" {
                p class="title" { (order.title) }
                h1 { (words::NAME.zh) " " span lang="en" { (words::NAME.en) } }
                @if order.purpose == Purpose::Rehearsal {
                    p class="rehearsal" { (words::REHEARSAL.zh) " " span lang="en" { (words::REHEARSAL.en) } }
                }
                p { (words::ANONYMOUS.zh) }
                p lang="en" { (words::ANONYMOUS.en) }
            }
            div class="picture" { @if let Some(picture) = picture { (picture) } }
            p class="code" { (code) }
        }
    }
}
