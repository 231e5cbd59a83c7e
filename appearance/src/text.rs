use std::fmt::{self, Display, Formatter};

use maud::{Markup, Render, html};

/// One of the two languages of every page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// 中文, the first language of every page.
    #[default]
    Chinese,
    /// English, a click away.
    English,
}

impl Language {
    /// The language that a short name asks for: `zh` or `en`, as in `?lang=en` and in the cookie.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "zh" => Some(Self::Chinese),
            "en" => Some(Self::English),
            _ => None,
        }
    }

    /// The short name: `zh` or `en`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Chinese => "zh",
            Self::English => "en",
        }
    }

    /// The tag for the HTML attribute `lang` (BCP 47).
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// How the language calls itself.
    #[must_use]
    pub fn own_name(self) -> &'static str {
        match self {
            Self::Chinese => "中文",
            Self::English => "English",
        }
    }

    /// The other of the two.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Chinese => Self::English,
            Self::English => Self::Chinese,
        }
    }
}

/// A phrase of the screen in both languages.
///
/// As markup a `Text` shows both, Chinese above English, as notices do; [`Text::in_language`] picks one for a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Text {
    /// Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

impl Text {
    /// A phrase from its Chinese and its English words.
    #[must_use]
    pub const fn new(zh: &'static str, en: &'static str) -> Self {
        Self { zh, en }
    }

    /// The phrase in one language.
    #[must_use]
    pub const fn in_language(self, language: Language) -> &'static str {
        match language {
            Language::Chinese => self.zh,
            Language::English => self.en,
        }
    }
}

impl Display for Text {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.zh, self.en)
    }
}

impl Render for Text {
    fn render(&self) -> Markup {
        html! {
            span class="both" {
                span lang="zh-CN" { (self.zh) } " " span lang="en" { (self.en) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_is_the_first_language_and_each_is_a_click_from_the_other() {
        assert_eq!(Language::default(), Language::Chinese);
        for language in [Language::Chinese, Language::English] {
            assert_eq!(language.other().other(), language);
            assert_eq!(Language::from_name(language.name()), Some(language));
        }
        assert_eq!(Language::from_name("fr"), None);
    }

    #[test]
    fn notices_show_both_languages_each_marked_as_such() {
        let notice = Text::new("投票", "Poll").render().into_string();
        assert_eq!(
            notice,
            r#"<span class="both"><span lang="zh-CN">投票</span> <span lang="en">Poll</span></span>"#
        );
    }
}
