//! The sheets of cards as one HTML file that needs nothing but itself: A4, ten cards of bank card size a sheet, cut marks.

use appearance::{Text, parts::qr_svg};
use evaluation::wire::{CardOrder, Purpose};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use zeroize::Zeroizing;

use super::CardsError;

/// Cards on a sheet of A4.
const CARDS_A_SHEET: usize = 10;

/// All cards of an order, ready to print.
pub(super) fn sheet(
    order: &CardOrder,
    codes: impl Iterator<Item = Zeroizing<String>>,
) -> Result<Zeroizing<String>, CardsError> {
    let cards = codes.map(|code| card(order, &code)).collect::<Result<Vec<_>, _>>()?;
    let page = html! {
        (DOCTYPE)
        html lang="zh-CN" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                title { (NAME.zh) " " (NAME.en) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                @for sheet in cards.chunks(CARDS_A_SHEET) {
                    section { @for card in sheet { (card) } }
                }
            }
        }
    };
    Ok(Zeroizing::new(page.into_string()))
}

fn card(order: &CardOrder, code: &str) -> Result<Markup, CardsError> {
    let picture = qr_svg(code, NAME.zh).map_err(|_| CardsError::Picture)?;
    Ok(html! {
        article {
            div class="words" {
                p class="title" { (order.title) }
                h1 { (NAME.zh) " " span lang="en" { (NAME.en) } }
                @if order.purpose == Purpose::Rehearsal {
                    p class="rehearsal" { (REHEARSAL.zh) " " span lang="en" { (REHEARSAL.en) } }
                }
                p { (ANONYMOUS.zh) }
                p lang="en" { (ANONYMOUS.en) }
            }
            div class="picture" { (picture) }
            p class="code" { (code) }
        }
    })
}

const NAME: Text = Text::new("评议卡", "Voting card");
const REHEARSAL: Text = Text::new("演练，不是正式投票", "Rehearsal, not the real poll");
const ANONYMOUS: Text = Text::new(
    "不记名。一卡一票，请勿拍照，用后交回或撕毁。",
    "Anonymous. One card, one ballot. Do not photograph it.",
);

/// Bank card size, 85 × 54 mm, two in a row, five rows; corners marked for cutting.
const STYLE: &str = "
@page { size: A4; margin: 13.5mm 20mm; }
* { box-sizing: border-box; margin: 0; }
body { font-family: 'Noto Sans CJK SC', 'Source Han Sans SC', 'Microsoft YaHei', sans-serif; color: #000; }
section { display: grid; grid-template-columns: 85mm 85mm; grid-auto-rows: 54mm; break-after: page; }
section:last-child { break-after: auto; }
article { position: relative; display: grid; grid-template: 1fr auto / 1fr 27mm; gap: 1mm 2mm; padding: 4mm;
  background: linear-gradient(#000, #000) 0 0 / 3mm 0.2mm, linear-gradient(#000, #000) 0 0 / 0.2mm 3mm,
    linear-gradient(#000, #000) 100% 0 / 3mm 0.2mm, linear-gradient(#000, #000) 100% 0 / 0.2mm 3mm,
    linear-gradient(#000, #000) 0 100% / 3mm 0.2mm, linear-gradient(#000, #000) 0 100% / 0.2mm 3mm,
    linear-gradient(#000, #000) 100% 100% / 3mm 0.2mm, linear-gradient(#000, #000) 100% 100% / 0.2mm 3mm;
  background-repeat: no-repeat; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.title { font-size: 8pt; }
h1 { font-size: 14pt; margin: 0.5mm 0 1mm; }
h1 span { font-size: 8pt; font-weight: normal; }
.words p { font-size: 7.5pt; line-height: 1.35; }
.words p.title { font-size: 8pt; }
.words p.rehearsal { font-size: 9pt; font-weight: bold; border: 0.4mm solid #000; padding: 0.5mm 1mm; margin-bottom: 1mm; }
.picture svg { width: 27mm; height: 27mm; display: block; }
.code { grid-column: 1 / -1; font: 11.5pt/1.2 'DejaVu Sans Mono', 'Noto Sans Mono', monospace; text-align: center;
  white-space: nowrap; }
";
