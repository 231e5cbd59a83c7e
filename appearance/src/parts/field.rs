use maud::{Markup, html};

/// How a field is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind<'a> {
    /// One line of text; the string is the attribute `type` (`text`, `number`, `date`, `search`, `email`).
    Line(&'a str),
    /// A password that is new (`true`) or known; it is never shown again.
    Password {
        /// Whether the browser may suggest one.
        new: bool,
    },
    /// Several lines of text.
    Lines {
        /// Height, in lines.
        rows: u8,
        /// Longest text taken, in characters.
        longest: Option<u32>,
    },
    /// One of a list of (value, label).
    Choice(&'a [(&'a str, &'a str)]),
    /// A file; the string is the attribute `accept`.
    File(&'a str),
}

/// A field of a form: label, hint, what is wrong with what was entered, control.
///
/// Start from [`Field::line`] or [`Field::new`] and set the other fields by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// Name in the form, and identifier in the page.
    pub name: &'a str,
    /// What to enter.
    pub label: &'a str,
    /// How to enter it.
    pub hint: Option<&'a str>,
    /// What is wrong with `value` and how to mend it.
    pub error: Option<&'a str>,
    /// What was entered before.
    pub value: &'a str,
    /// How it is filled in.
    pub kind: FieldKind<'a>,
    /// Whether the form can be sent without it.
    pub required: bool,
    /// The attribute `autocomplete`, where the browser may help (`username`).
    pub autocomplete: Option<&'a str>,
}

impl<'a> Field<'a> {
    /// A required field of that kind.
    #[must_use]
    pub const fn new(name: &'a str, label: &'a str, kind: FieldKind<'a>) -> Self {
        Self { name, label, hint: None, error: None, value: "", kind, required: true, autocomplete: None }
    }

    /// A required line of text.
    #[must_use]
    pub const fn line(name: &'a str, label: &'a str) -> Self {
        Self::new(name, label, FieldKind::Line("text"))
    }

    fn described_by(&self) -> Option<String> {
        let hint = self.hint.map(|_| format!("{}-hint", self.name));
        let error = self.error.map(|_| format!("{}-error", self.name));
        match (hint, error) {
            (Some(hint), Some(error)) => Some(format!("{hint} {error}")),
            (hint, error) => hint.or(error),
        }
    }

    fn control(&self) -> Markup {
        let (name, described) = (self.name, self.described_by());
        let wrong = self.error.map(|_| "true");
        match self.kind {
            FieldKind::Line(kind) => html! {
                input type=(kind) id=(name) name=(name) value=(self.value) required[self.required]
                    autocomplete=(self.autocomplete.unwrap_or("off")) aria-describedby=[described] aria-invalid=[wrong];
            },
            FieldKind::Password { new } => html! {
                input type="password" id=(name) name=(name) required[self.required]
                    autocomplete=(if new { "new-password" } else { "current-password" })
                    aria-describedby=[described] aria-invalid=[wrong];
            },
            FieldKind::Lines { rows, longest } => html! {
                textarea id=(name) name=(name) rows=(rows) maxlength=[longest] required[self.required]
                    aria-describedby=[described] aria-invalid=[wrong] { (self.value) }
            },
            FieldKind::Choice(options) => html! {
                select id=(name) name=(name) required[self.required] aria-describedby=[described] aria-invalid=[wrong] {
                    @for (value, label) in options {
                        option value=(value) selected[*value == self.value] { (label) }
                    }
                }
            },
            FieldKind::File(accept) => html! {
                input type="file" id=(name) name=(name) accept=(accept) required[self.required]
                    aria-describedby=[described] aria-invalid=[wrong];
            },
        }
    }
}

impl maud::Render for Field<'_> {
    fn render(&self) -> Markup {
        html! {
            div class={ "field" @if self.error.is_some() { " wrong" } } {
                label for=(self.name) { (self.label) }
                @if let Some(hint) = self.hint { p class="hint" id={ (self.name) "-hint" } { (hint) } }
                @if let Some(error) = self.error { p class="error" id={ (self.name) "-error" } { (error) } }
                (self.control())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use maud::Render as _;

    use super::*;

    #[test]
    fn what_is_wrong_is_tied_to_the_field_for_a_screen_reader() {
        let field = Field {
            hint: Some("至少 12 个字"),
            error: Some("太短"),
            value: "abc\"",
            ..Field::line("account", "账号")
        };
        let markup = field.render().into_string();
        assert!(markup.contains(r#"aria-describedby="account-hint account-error""#));
        assert!(markup.contains(r#"aria-invalid="true""#));
        assert!(markup.contains(r#"value="abc&quot;""#));
    }

    #[test]
    fn a_password_is_never_shown_again() {
        let kind = FieldKind::Password { new: false };
        let markup = Field { value: "secret", ..Field::new("password", "密码", kind) }.render().into_string();
        assert!(!markup.contains("secret"));
    }
}
