use maud::{Markup, html};

use crate::parts::tone_icon;

/// What an alert is about; each tone has its own colour, sign and, for a screen reader, urgency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tone {
    /// Something was done as asked.
    Done,
    /// Worth knowing.
    Note,
    /// Think before going on.
    Warning,
    /// Something went wrong, or may not be done.
    Problem,
}

impl Tone {
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }
}

/// A framed message: a headline that says what happened, then what it means and what to do next.
#[must_use]
pub fn alert(tone: Tone, headline: &str, body: &Markup) -> Markup {
    let role = if tone == Tone::Problem { "alert" } else { "status" };
    html! {
        div class={ "alert " (tone.class()) } role=(role) {
            (tone_icon(tone))
            div { strong { (headline) } (body) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_read_out_at_once_and_has_its_own_sign() {
        let problem = alert(Tone::Problem, "导入失败", &html! { p { "第 3 行" } }).into_string();
        let note = alert(Tone::Note, "已保存", &html! {}).into_string();
        assert!(problem.contains(r#"role="alert""#) && note.contains(r#"role="status""#));
        assert_ne!(tone_icon(Tone::Problem).into_string(), tone_icon(Tone::Note).into_string());
    }
}
