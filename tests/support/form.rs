//! Forms of a page, read as a browser reads them, but by a few lines that know only the markup of this project.

use anyhow::{Context, Result};

/// A form: where it goes, and what it would send if submitted as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// The path it is sent to.
    pub action: String,
    /// Whether it carries files.
    pub multipart: bool,
    /// Names and values of its fields: hidden ones, and others that have a value.
    pub fields: Vec<(String, String)>,
    /// Names and values of its buttons.
    pub buttons: Vec<(String, String)>,
}

impl Form {
    /// All forms of a page that are sent by POST.
    #[must_use]
    pub fn all(page: &str) -> Vec<Self> {
        let forms = page.split("<form").skip(1).filter_map(|rest| {
            let (tag, body) = rest.split_once('>')?;
            let body = body.split("</form>").next()?;
            let posted = attribute(tag, "method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
            posted.then(|| Self {
                action: attribute(tag, "action").unwrap_or_default(),
                multipart: attribute(tag, "enctype").is_some_and(|kind| kind == "multipart/form-data"),
                fields: tags(body, "<input").chain(textareas(body)).collect(),
                buttons: tags(body, "<button").collect(),
            })
        });
        forms.collect()
    }

    /// The one form of a page that is sent to this path.
    ///
    /// # Errors
    ///
    /// If there is none; with the whole page, to see why.
    pub fn to(page: &str, action: &str) -> Result<Self> {
        let form = Self::all(page).into_iter().find(|form| form.action == action);
        form.with_context(|| format!("no form is sent to {action} from this page:\n{page}"))
    }

    /// The form with a field filled in.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(field, _)| field != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The value that a field has.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

/// The text of the first element with this class, without tags.
#[must_use]
pub fn text_of_class(page: &str, class: &str) -> Option<String> {
    let (_, rest) = page.split_once(&format!("class=\"{class}\""))?;
    let (_, rest) = rest.split_once('>')?;
    let text = rest.split('<').next()?;
    Some(unescape(text.trim()))
}

/// The value of an attribute in the inside of a tag.
#[must_use]
pub fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next().map(unescape)
}

fn tags<'a>(body: &'a str, start: &'a str) -> impl Iterator<Item = (String, String)> + 'a {
    body.split(start).skip(1).filter_map(|rest| {
        let tag = rest.split('>').next()?;
        let unchecked = matches!(attribute(tag, "type").as_deref(), Some("radio" | "checkbox" | "file"))
            && !tag.contains(" checked");
        let sent = attribute(tag, "name").filter(|_| !unchecked)?;
        Some((sent, attribute(tag, "value").unwrap_or_default()))
    })
}

fn textareas(body: &str) -> impl Iterator<Item = (String, String)> + '_ {
    body.split("<textarea").skip(1).filter_map(|rest| {
        let (tag, text) = rest.split_once('>')?;
        Some((attribute(tag, "name")?, unescape(text.split('<').next()?)))
    })
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<form method="post" action="/a?x=1&amp;y"><input type="hidden" name="s" value="&quot;1&quot;">
        <input name="code" type="text" required><input type="checkbox" name="no" value="1">
        <textarea name="t" rows="2">a &lt; b</textarea><button name="grade" value="2">x</button></form>
        <form method="get" action="/search"><input name="q"></form>
        <form action="/b" method="post" enctype="multipart/form-data"><input type="file" name="f"></form>"#;

    #[test]
    fn fields_are_what_a_browser_would_send() {
        let form = Form::to(PAGE, "/a?x=1&y").unwrap();
        assert_eq!(form.value("s"), Some("\"1\""));
        assert_eq!(form.value("code"), Some(""));
        assert_eq!(form.value("no"), None);
        assert_eq!(form.value("t"), Some("a < b"));
        assert_eq!(form.buttons, [("grade".to_owned(), "2".to_owned())]);
        assert_eq!(form.with("code", "x").value("code"), Some("x"));
        assert!(Form::to(PAGE, "/b").unwrap().multipart);
        assert!(Form::to(PAGE, "/search").is_err());
    }
}
