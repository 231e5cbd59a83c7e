//! What surrounds every page: header, rehearsal band, footer with its four places.

use appearance::{Language, STYLE, Text, brand_mark, watermark};
use maud::{DOCTYPE, Markup, html};

use crate::{
    clips::{MOST_GRADES, Prompt},
    equipment::Pointer,
    pages::PULSE,
};

use super::{BOOTH_SCRIPT, BOOTH_STYLE, HANDS, Look, Spoken, TextSize, VOICE, veil};

/// A page inside the frame.
pub(super) struct Frame<'a> {
    pub(super) look: &'a Look<'a>,
    /// Title of the document.
    pub(super) title: &'a str,
    /// Path of this very page, where a change of settings leads back to.
    pub(super) here: &'a str,
    /// Class of `main`, which chooses the layout.
    pub(super) layout: &'static str,
    /// Middle of the header: where we are.
    pub(super) place: Option<Markup>,
    /// Where 上一项 leads; without it the button is dead, but in its place.
    pub(super) previous: Option<String>,
    /// Whether 查看全部 is alive.
    pub(super) overview: bool,
    /// What is said in the headphones, where it was recorded; otherwise the words of the page.
    pub(super) prompt: Option<Prompt>,
    /// Ask again after so many seconds.
    pub(super) refresh_seconds: Option<u8>,
    pub(super) body: Markup,
}

impl<'a> Frame<'a> {
    /// A frame for a page outside the vote itself: nothing to go back to, nothing to look over.
    pub(super) fn new(look: &'a Look<'a>, title: &'a str, layout: &'static str, body: Markup) -> Self {
        Self {
            look,
            title,
            here: "/",
            layout,
            place: None,
            previous: None,
            overview: false,
            prompt: None,
            refresh_seconds: None,
            body,
        }
    }

    pub(super) fn render(&self) -> Markup {
        let look = self.look;
        let contrast = if look.high_contrast { " high-contrast" } else { "" };
        html! {
            (DOCTYPE)
            html lang=(look.language.tag()) class={ "text-" (look.text_size.number()) (contrast) (pointer(look)) } data-voice=[spoken(look)]
                data-look-again=[self.refresh_seconds] {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    // A page that reloads under a reader's eyes is read from the top again; the script only looks.
                    @if let Some(seconds) = self.refresh_seconds {
                        noscript { meta http-equiv="refresh" content=(seconds); }
                    }
                    title { (self.title) " · " (PRODUCT.in_language(look.language)) }
                    link rel="stylesheet" href=(STYLE.url());
                    link rel="stylesheet" href=(BOOTH_STYLE.url());
                    @if let Some(panel) = look.panel { link rel="stylesheet" href=(panel.url()); }
                    (veil::head(look))
                    script src=(BOOTH_SCRIPT.url()) defer {}
                    script src=(HANDS.url()) defer {}
                    script src=(PULSE.url()) defer {}
                    @if spoken(look).is_some() { script src=(VOICE.url()) defer {} }
                }
                body class="booth" data-clip=[self.prompt.and_then(|prompt| look.clip(prompt))] data-chosen-clips=[chosen_clips(look)] data-further=(FURTHER.in_language(look.language)) {
                    (self.header())
                    (veil::band(look))
                    main id="main" class=(self.layout) tabindex=[(self.layout == "outcome-layout").then_some("0")] { (self.body) }
                    (self.footer())
                    (veil::warning(look))
                }
            }
        }
    }

    fn header(&self) -> Markup {
        let look = self.look;
        let other = look.language.other();
        html! {
            header class="booth-header" {
                div class="booth-brand" {
                    (brand_mark())
                    span class="booth-name" { (PRODUCT.in_language(look.language)) @if !look.county.is_empty() { small { (look.county) } } }
                }
                div class="place" { @if let Some(place) = &self.place { (place) } }
                form method="post" action="/settings" {
                    (hidden(look, self.here))
                    button class="language" name="language" value=(other.name()) lang=(other.tag()) { (other.own_name()) }
                }
            }
            @if look.rehearsal {
                (watermark(REHEARSAL, look.language))
            }
            @if look.closing {
                p class="closing" role="status" {
                    strong { (CLOSING.in_language(look.language)) }
                    a class="button" href="/hand-back" { (HAND_BACK.in_language(look.language)) }
                }
            }
        }
    }

    fn footer(&self) -> Markup {
        let language = self.look.language;
        html! {
            footer class="booth-footer" {
                nav aria-label=(FOOTER.in_language(language)) {
                    (place(self.previous.as_deref(), "previous", ARROW, PREVIOUS.in_language(language)))
                    (place(self.overview.then_some("/review"), "overview", LIST, OVERVIEW.in_language(language)))
                    details name="panel" class="panel" {
                        summary { (icon(LETTER)) span { (LARGER.in_language(language)) } }
                        div class="panel-body" { (self.settings()) }
                    }
                    details name="panel" class="panel" {
                        summary { (icon(HAND)) span { (HELP.in_language(language)) } }
                        div class="panel-body" tabindex="0" role="group" aria-label=(HELP.in_language(language)) {
                            p class="panel-title" { (HELP_TITLE.in_language(language)) }
                            p { (HELP_TEXT.in_language(language)) }
                            p { (HELP_SECRET.in_language(language)) }
                        }
                    }
                }
            }
        }
    }

    fn settings(&self) -> Markup {
        let look = self.look;
        let pressed = |on: bool| if on { "true" } else { "false" };
        html! {
            form method="post" action="/settings" {
                (hidden(look, self.here))
                p class="panel-title" { (SIZE.in_language(look.language)) }
                div class="sizes" {
                    @for size in TextSize::ALL {
                        button name="text_size" value=(size.number()) aria-pressed=(pressed(size == look.text_size))
                            class={ "size-" (size.number()) } { (size_name(size, look.language)) }
                    }
                }
                p class="panel-title" { (CONTRAST.in_language(look.language)) }
                div class="sizes" {
                    button name="contrast" value="standard" aria-pressed=(pressed(!look.high_contrast)) {
                        (STANDARD.in_language(look.language))
                    }
                    button name="contrast" value="high" aria-pressed=(pressed(look.high_contrast)) {
                        (HIGH.in_language(look.language))
                    }
                }
                @if let Some(voice) = look.voice {
                    p class="panel-title" { (SOUND.in_language(look.language)) }
                    div class="sizes" {
                        button name="voice" value="off" aria-pressed=(pressed(voice == Spoken::Nothing)) {
                            (SILENT.in_language(look.language))
                        }
                        button name="voice" value="on" aria-pressed=(pressed(voice == Spoken::Everything)) {
                            (ALOUD.in_language(look.language))
                        }
                    }
                }
            }
        }
    }
}

/// The class that says when the mouse pointer is hidden.
const fn pointer(look: &Look<'_>) -> &'static str {
    match look.pointer {
        Pointer::Auto => " pointer-auto",
        Pointer::Hidden => " pointer-hidden",
        Pointer::Shown => "",
    }
}

/// The recordings of all grades, in their order: the script fetches all of them on every page, so that no request tells of a choice.
fn chosen_clips(look: &Look<'_>) -> Option<String> {
    look.voice.filter(|voice| *voice == Spoken::Everything)?;
    let urls: Vec<_> =
        (1..=MOST_GRADES).map(|grade| look.clip(Prompt::Chosen(grade)).unwrap_or_default()).collect();
    urls.iter().any(|url| !url.is_empty()).then(|| urls.join(" "))
}

/// What the page's script speaks: `prompts`, or `everything`.
fn spoken(look: &Look<'_>) -> Option<&'static str> {
    match look.voice? {
        Spoken::Nothing => None,
        Spoken::Prompts => Some("prompts"),
        Spoken::Everything => Some("everything"),
    }
}

/// The hidden field that every form carries.
pub(super) fn session(look: &Look<'_>) -> Markup {
    html! { input type="hidden" name="session" value=(look.session); }
}

fn hidden(look: &Look<'_>, here: &str) -> Markup {
    html! { (session(look)) input type="hidden" name="back" value=(here); }
}

/// One of the footer's places: a link, or the same picture without life.
fn place(url: Option<&str>, name: &str, drawing: &str, label: &str) -> Markup {
    html! {
        @match url {
            Some(url) => a class={ "foot " (name) } href=(url) { (icon(drawing)) span { (label) } },
            None => span class={ "foot " (name) " dead" } aria-disabled="true" role="link" { (icon(drawing)) span { (label) } },
        }
    }
}

fn icon(drawing: &str) -> Markup {
    html! {
        svg viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2.2"
            stroke-linecap="round" stroke-linejoin="round" { path d=(drawing) {} }
    }
}

fn size_name(size: TextSize, language: Language) -> &'static str {
    let words = match size {
        TextSize::Small => Text::new("小", "Small"),
        TextSize::Standard => Text::new("标准", "Standard"),
        TextSize::Large => Text::new("大", "Large"),
        TextSize::Largest => Text::new("特大", "Largest"),
    };
    words.in_language(language)
}

const ARROW: &str = "M20 12H5M11 5l-7 7 7 7";
const LIST: &str = "M9 6h11M9 12h11M9 18h11M4 6h.01M4 12h.01M4 18h.01";
const LETTER: &str = "M2 19L8.5 5 15 19M4.4 14h8.2M16 19l3-7 3 7M17 17h4";
const HAND: &str =
    "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9.3 9.2a2.8 2.8 0 1 1 4.2 2.6c-1 .6-1.5 1.1-1.5 2.2M12 17.2v.01";

const PRODUCT: Text = Text::new("阳光评议", "Sunlit Evaluation");
const REHEARSAL: Text = Text::new("演练，不是正式投票", "Rehearsal, not the real poll");
const CLOSING: Text = Text::new("投票就要结束了：请评完提交", "Closing soon: please finish and submit");
const HAND_BACK: Text = Text::new("不投了", "Leave");
const FURTHER: Text = Text::new("往下看", "More below");
const FOOTER: Text = Text::new("底部按钮", "Buttons at the foot");
const PREVIOUS: Text = Text::new("上一项", "Previous");
const OVERVIEW: Text = Text::new("查看全部", "See all");
const LARGER: Text = Text::new("大字", "Larger");
const HELP: Text = Text::new("求助", "Help");
const HELP_TITLE: Text = Text::new("请举手，场务人员会过来", "Please raise your hand, a steward will come");
const HELP_TEXT: Text = Text::new(
    "每个股室点一个档次，会自动进入下一个。点错了可以按“上一项”或“查看全部”去改，提交之前都能改。",
    "Tap one grade for each office; the next office follows by itself. To change one, use Previous or See all: until you submit, everything can be changed.",
);
const HELP_SECRET: Text = Text::new(
    "场务人员过来之前，请先不要让别人看到您的评议。",
    "Before somebody comes, please keep your choices to yourself.",
);
const SIZE: Text = Text::new("字的大小", "Size of the text");
const CONTRAST: Text = Text::new("对比度", "Contrast");
const STANDARD: Text = Text::new("标准", "Standard");
const HIGH: Text = Text::new("黑白分明", "High");
const SOUND: Text = Text::new("耳机朗读", "Read aloud in the headphones");
const SILENT: Text = Text::new("不读", "Silent");
const ALOUD: Text = Text::new("读出来，也读我选的", "Aloud, my choices too");
