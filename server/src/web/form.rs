//! Forms as they were sent: raw texts and files. Pages turn them into what a use case takes, or show them again.

use std::collections::BTreeMap;

use appearance::parts::{Tone, alert};
use axum::RequestExt as _;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};
use maud::{Markup, html};

use super::error_page::PageError;
use crate::app::App;
use crate::body;
use crate::domain::InTwoLanguages as _;
use crate::error::{AppError, BODY_UNREADABLE};

/// The largest request that pages take.
pub const LARGEST_BODY: usize = 10 << 20;

const TOO_LARGE: AppError = AppError::Request {
    status: StatusCode::PAYLOAD_TOO_LARGE,
    code: "body_too_large",
    zh: "文件太大：最多10 MB。没有导入任何内容，请检查是否选错了文件。",
    en: "The file is too large: 10 MB at most. Nothing was imported; check that it is the right file.",
};

/// What was sent by a form. A field that is not there is empty.
#[derive(Debug, Default)]
pub struct Form {
    texts: BTreeMap<String, Vec<String>>,
    files: BTreeMap<String, Bytes>,
}

impl Form {
    /// What was typed into a field, without white space around it.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// What was typed into a field, exactly: for passwords.
    #[must_use]
    pub fn raw(&self, name: &str) -> &str {
        self.texts.get(name).and_then(|values| values.first()).map_or("", String::as_str)
    }

    /// Everything that was sent under one name, as by several ticked boxes.
    #[must_use]
    pub fn all(&self, name: &str) -> &[String] {
        self.texts.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether a box was ticked.
    #[must_use]
    pub fn ticked(&self, name: &str) -> bool {
        !self.all(name).is_empty()
    }

    /// What was typed into the fields `name-1`, `name-2`, … up to `count`, without white space around it.
    #[must_use]
    pub fn numbered(&self, name: &str, count: usize) -> Vec<String> {
        (1..=count).map(|number| self.text(&format!("{name}-{number}")).to_owned()).collect()
    }

    /// A file that was chosen; `None` if none was, or an empty one.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<&[u8]> {
        self.files.get(name).map(AsRef::as_ref).filter(|bytes| !bytes.is_empty())
    }

    /// The form, unless a text has the character NUL: no keyboard types it, and PostgreSQL stores no text with it.
    fn without_nul(self) -> Result<Self, AppError> {
        if self.texts.values().flatten().any(|text| text.contains('\0')) {
            return Err(BODY_UNREADABLE);
        }
        Ok(self)
    }

    /// Reads a form of at most `limit` bytes.
    ///
    /// # Errors
    ///
    /// `too_large`, or [`BODY_UNREADABLE`].
    pub(super) async fn read(request: Request, limit: usize, too_large: AppError) -> Result<Self, AppError> {
        let (parts, body) = request.into_parts();
        let bytes = body::read(body, limit, too_large).await?;
        let media_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let is_multipart = media_type.is_some_and(|media_type| media_type.starts_with("multipart/form-data"));
        let request = Request::from_parts(parts, Body::from(bytes));
        let form =
            if is_multipart { Self::of_multipart(request).await } else { Self::of_texts(request).await };
        form?.without_nul()
    }

    async fn of_multipart(request: Request) -> Result<Self, AppError> {
        let mut multipart = Multipart::from_request(request, &()).await.map_err(|_| BODY_UNREADABLE)?;
        let mut form = Self::default();
        while let Some(field) = multipart.next_field().await.map_err(|_| BODY_UNREADABLE)? {
            let name = field.name().unwrap_or_default().to_owned();
            let is_file = field.file_name().is_some();
            let bytes = field.bytes().await.map_err(|_| BODY_UNREADABLE)?;
            if is_file {
                form.files.insert(name, bytes);
            } else {
                form.texts.entry(name).or_default().push(String::from_utf8_lossy(&bytes).into_owned());
            }
        }
        Ok(form)
    }

    async fn of_texts(request: Request) -> Result<Self, AppError> {
        let pairs: axum::Form<Vec<(String, String)>> =
            request.extract().await.map_err(|_| BODY_UNREADABLE)?;
        let mut form = Self::default();
        for (name, value) in pairs.0 {
            form.texts.entry(name).or_default().push(value);
        }
        Ok(form)
    }
}

impl FromRequest<App> for Form {
    type Rejection = PageError;

    async fn from_request(request: Request, _: &App) -> Result<Self, PageError> {
        Ok(Self::read(request, LARGEST_BODY, TOO_LARGE).await?)
    }
}

/// What is wrong with what was sent, shown above the form that was sent. Nothing was changed.
#[derive(Debug)]
pub struct Complaint {
    status: StatusCode,
    zh: String,
    en: String,
}

impl Complaint {
    /// A complaint about what was typed.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, zh: zh.into(), en: en.into() }
    }

    /// What a use case complains about.
    ///
    /// # Errors
    ///
    /// The error itself if nobody who fills in the form can mend it.
    pub fn about(error: impl Into<AppError>) -> Result<Self, PageError> {
        let error = error.into();
        match error.status() {
            StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY => {
                Ok(Self { status: StatusCode::UNPROCESSABLE_ENTITY, zh: error.zh(), en: error.en() })
            }
            _ => Err(PageError(error)),
        }
    }

    /// What a use case answers, or what it complains about.
    ///
    /// # Errors
    ///
    /// As [`Complaint::about`].
    pub fn or<T>(result: Result<T, impl Into<AppError>>) -> Result<Result<T, Self>, PageError> {
        match result {
            Ok(answer) => Ok(Ok(answer)),
            Err(error) => Self::about(error).map(Err),
        }
    }

    /// What is wrong with a file. It also says that nothing of the file was used.
    ///
    /// # Errors
    ///
    /// As [`Complaint::about`].
    pub fn about_file(error: impl Into<AppError>) -> Result<Self, PageError> {
        let mut complaint = Self::about(error)?;
        if !complaint.zh.contains("没有导入") {
            complaint.zh.push_str("没有导入任何内容。");
            complaint.en.push_str(" Nothing was imported.");
        }
        Ok(complaint)
    }

    /// The status of the page that shows it.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The complaint in both languages.
    #[must_use]
    pub fn markup(&self) -> Markup {
        alert(Tone::Problem, &self.zh, &html! { p lang="en" { (self.en) } })
    }
}

#[cfg(test)]
mod tests {
    use axum::extract::Request;

    use super::*;

    async fn read_texts(body: &'static str) -> Result<Form, AppError> {
        let request = Request::post("/")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap();
        Form::of_texts(request).await.and_then(Form::without_nul)
    }

    #[tokio::test]
    async fn a_field_with_a_character_that_no_database_stores_is_refused() {
        assert_eq!(read_texts("name=%E7%8E%8B").await.unwrap().text("name"), "王");
        assert!(read_texts("name=a%00b").await.is_err());
    }
}
