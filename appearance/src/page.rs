use maud::{DOCTYPE, Markup, Render, html};

use crate::asset::{Asset, MARK, STYLE};
use crate::text::{Language, Text};

/// A place to go to: its name as shown and its URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link<'a> {
    /// The name, in the language of the page.
    pub label: &'a str,
    /// The URL, usually a path.
    pub url: &'a str,
    /// Whether the page itself belongs to this place.
    pub current: bool,
}

/// The skeleton of a page of the public site or of the console: header with the product's name and the county,
/// a link past the header, navigation, the page's own body, footer.
///
/// [`Page::new`] gives a page with nothing but title and body; the other fields are set by name.
#[derive(Debug)]
pub struct Page<'a> {
    /// Title of the document; the body brings its own `h1`.
    pub title: &'a str,
    /// The language shown.
    pub language: Language,
    /// The county as it calls itself (宁晋县); empty for none.
    pub county: &'a str,
    /// Where the product's name leads.
    pub home: &'a str,
    /// The main places of the site, in order.
    pub navigation: &'a [Link<'a>],
    /// URL of this page in the other language.
    pub other_language: Option<&'a str>,
    /// Who is signed in and the way out, at the end of the header.
    pub account: Option<Markup>,
    /// A band over the whole page that cannot be overlooked, for rehearsals.
    pub watermark: Option<Text>,
    /// Further style sheets, after the common one.
    pub style_sheets: &'a [&'a Asset],
    /// Scripts, loaded after the page; every page works without them.
    pub scripts: &'a [&'a Asset],
    /// Let the browser ask again after so many seconds, for pages that wait for something.
    pub refresh_seconds: Option<u16>,
    /// What the page says.
    pub body: Markup,
    /// What the footer says besides the product's name.
    pub footer: Option<Markup>,
}

impl<'a> Page<'a> {
    /// A page with a title and a body.
    #[must_use]
    pub fn new(title: &'a str, language: Language, body: Markup) -> Self {
        Self {
            title,
            language,
            county: "",
            home: "/",
            navigation: &[],
            other_language: None,
            account: None,
            watermark: None,
            style_sheets: &[],
            scripts: &[],
            refresh_seconds: None,
            body,
            footer: None,
        }
    }

    fn head(&self) -> Markup {
        html! {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                @if let Some(seconds) = self.refresh_seconds {
                    meta http-equiv="refresh" content=(seconds);
                }
                title { (self.title) " · " (PRODUCT.in_language(self.language)) }
                link rel="icon" type="image/svg+xml" href=(MARK.url());
                link rel="stylesheet" href=(STYLE.url());
                @for sheet in self.style_sheets { link rel="stylesheet" href=(sheet.url()); }
                @for script in self.scripts { script src=(script.url()) defer {} }
            }
        }
    }

    fn header(&self) -> Markup {
        let language = self.language;
        html! {
            header class="page-header" {
                div class="page-width" {
                    a class="brand" href=(self.home) {
                        (brand_mark())
                        span class="brand-name" {
                            (PRODUCT.in_language(language))
                            @if !self.county.is_empty() { span class="brand-county" { (self.county) } }
                        }
                    }
                    @if !self.navigation.is_empty() {
                        nav class="navigation" aria-label=(NAVIGATION.in_language(language)) {
                            ul {
                                @for link in self.navigation {
                                    li { a href=(link.url) aria-current=[link.current.then_some("page")] { (link.label) } }
                                }
                            }
                        }
                    }
                    div class="page-tools" {
                        @if let Some(url) = self.other_language {
                            @let other = language.other();
                            a href=(url) lang=(other.tag()) hreflang=(other.tag()) { (other.own_name()) }
                        }
                        @if let Some(account) = &self.account { (account) }
                    }
                }
            }
        }
    }
}

impl Render for Page<'_> {
    fn render(&self) -> Markup {
        let language = self.language;
        html! {
            (DOCTYPE)
            html lang=(language.tag()) {
                (self.head())
                body {
                    a class="skip" href="#main" { (SKIP.in_language(language)) }
                    (self.header())
                    @if let Some(words) = self.watermark {
                        (watermark(words, language))
                    }
                    main id="main" tabindex="-1" { div class="page-width" { (self.body) } }
                    footer class="page-footer" {
                        div class="page-width" {
                            p { (PRODUCT.in_language(language)) @if !self.county.is_empty() { " · " (self.county) } }
                            @if let Some(footer) = &self.footer { (footer) }
                        }
                    }
                }
            }
        }
    }
}

/// The band over everything that does not count. A style sheet for paper may set its words across every sheet.
#[must_use]
pub fn watermark(words: Text, language: Language) -> Markup {
    let words = words.in_language(language);
    html! { p class="watermark" role="status" data-words=(words) { span { (words) } } }
}

/// The mark of the product as a picture inside the page: a sun that rises over written lines.
#[must_use]
pub fn brand_mark() -> Markup {
    html! {
        svg viewBox="0 0 48 48" aria-hidden="true" {
            path d="M13 29a11 11 0 0 1 22 0z" fill="#f4b63f" {}
            path d="M24 8v5M9.5 14.5L13 18M38.5 14.5L35 18" stroke="#f4b63f" stroke-width="3" stroke-linecap="round" {}
            path d="M9 34h30M15 40h18" stroke="#ffffff" stroke-width="3" stroke-linecap="round" {}
        }
    }
}

const PRODUCT: Text = Text::new("阳光评议", "Sunlit Evaluation");
const NAVIGATION: Text = Text::new("主导航", "Main navigation");
const SKIP: Text = Text::new("跳到正文", "Skip to content");

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> String {
        let links = [Link { label: "排名", url: "/ranking", current: true }];
        Page {
            county: "宁晋县",
            navigation: &links,
            other_language: Some("?lang=en"),
            ..Page::new("排名", Language::Chinese, html! { h1 { "排名 <1>" } })
        }
        .render()
        .into_string()
    }

    #[test]
    fn a_page_says_its_language_names_its_place_and_offers_the_other_language() {
        let page = page();
        assert!(page.starts_with("<!DOCTYPE html><html lang=\"zh-CN\">"));
        assert!(page.contains(r#"<a href="/ranking" aria-current="page">排名</a>"#));
        assert!(page.contains(r#"<a href="?lang=en" lang="en" hreflang="en">English</a>"#));
        assert!(page.contains("宁晋县"));
        assert!(page.contains("href=\"#main\""));
    }

    #[test]
    fn a_page_keeps_to_the_content_security_policy() {
        let page = page();
        for forbidden in [" style=", "<style", "<script>", " onclick=", "http://", "https://"] {
            assert!(!page.contains(forbidden), "{forbidden}");
        }
    }

    #[test]
    fn what_a_person_wrote_is_escaped() {
        assert!(page().contains("排名 &lt;1&gt;"));
    }
}
