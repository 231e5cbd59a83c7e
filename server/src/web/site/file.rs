//! How files are sent.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use evaluation::hash::Sha256Hash;

/// A file to be saved under `name`, which is its last part if it lies in a folder.
pub(super) fn attachment(name: &str, bytes: impl Into<Body> + AsRef<[u8]>) -> Response {
    let mut headers = HeaderMap::new();
    let name = name.rsplit('/').next().unwrap_or(name);
    let mut set =
        |key, value: String| HeaderValue::try_from(value).ok().map(|value| headers.insert(key, value));
    set(header::CONTENT_TYPE, content_type(name).to_owned());
    set(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", plain(name)));
    set(header::ETAG, format!("\"{}\"", Sha256Hash::of(bytes.as_ref())));
    (headers, bytes.into()).into_response()
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("bel") => "application/x-tar",
        Some("csv") => "text/csv; charset=utf-8",
        Some("json") => "application/json",
        Some("tsv") => "text/tab-separated-values; charset=utf-8",
        Some("txt") | None => "text/plain; charset=utf-8",
        Some("zip") => "application/zip",
        Some(_) => "application/octet-stream",
    }
}

/// Only what can stand inside quotation marks.
fn plain(name: &str) -> String {
    name.chars().filter(|letter| letter.is_ascii_alphanumeric() || "._-".contains(*letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_what_it_is_and_under_which_name_to_save_it() {
        let response = attachment("draw/pool.tsv", b"public-draw/1".to_vec());
        let value = |name| response.headers().get(name).unwrap().to_str().unwrap();
        assert_eq!(value(header::CONTENT_TYPE), "text/tab-separated-values; charset=utf-8");
        assert_eq!(value(header::CONTENT_DISPOSITION), "attachment; filename=\"pool.tsv\"");
        assert_eq!(value(header::ETAG).len(), 66);
        assert_eq!(content_type("SHA256SUMS"), "text/plain; charset=utf-8");
        assert_eq!(content_type("SHA256SUMS.sig"), "application/octet-stream");
        assert_eq!(plain("a\"b\r\n.bel"), "ab.bel");
    }
}
