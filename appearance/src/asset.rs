use std::sync::LazyLock;

use sha2::{Digest, Sha256};

/// Where assets are served: `/assets/{file name}`.
pub const ASSET_PATH: &str = "/assets/";

/// `Cache-Control` of every asset: its name changes whenever its content does.
pub const CACHE_FOR_EVER: &str = "public, max-age=31536000, immutable";

/// `Content-Security-Policy` of every page: own style sheets, scripts and pictures by URL, nothing inline, nothing
/// foreign, never inside a frame.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
     img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The style sheet of every page: tokens, elements, skeleton, parts, print.
pub static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("style.css", "text/css; charset=utf-8", STYLE_TEXT.as_bytes()));

/// The mark of the product, for browser tabs.
pub static MARK: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("mark.svg", "image/svg+xml", include_bytes!("style/mark.svg")));

const STYLE_TEXT: &str = concat!(
    include_str!("style/tokens.css"),
    include_str!("style/elements.css"),
    include_str!("style/page.css"),
    include_str!("style/parts.css"),
    include_str!("style/table.css"),
    include_str!("style/print.css"),
);

/// A file that pages refer to: its content, and the URL that names the hash of that content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    file_name: String,
    content_type: &'static str,
    bytes: Vec<u8>,
}

impl Asset {
    /// An asset from its plain name (`style.css`), its content type and its content.
    #[must_use]
    pub fn new(name: &str, content_type: &'static str, bytes: &[u8]) -> Self {
        let hash = hex::encode(Sha256::digest(bytes));
        let short = hash.get(..HASH_CHARACTERS).unwrap_or(&hash);
        let file_name = match name.rsplit_once('.') {
            Some((stem, extension)) => format!("{stem}-{short}.{extension}"),
            None => format!("{name}-{short}"),
        };
        Self { file_name, content_type, bytes: bytes.to_vec() }
    }

    /// The name it is served by: plain name, first 20 hexadecimal digits of the SHA-256, extension.
    #[must_use]
    pub fn file_name(&self) -> &str {
        &self.file_name
    }

    /// The URL it is served at, below [`ASSET_PATH`].
    #[must_use]
    pub fn url(&self) -> String {
        format!("{ASSET_PATH}{}", self.file_name)
    }

    /// The value of the header `Content-Type`.
    #[must_use]
    pub fn content_type(&self) -> &'static str {
        self.content_type
    }

    /// The content.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// The asset of that file name, for the handler of `/assets/{file name}`.
#[must_use]
pub fn find_asset<'a>(assets: &[&'a Asset], file_name: &str) -> Option<&'a Asset> {
    assets.iter().copied().find(|asset| asset.file_name == file_name)
}

const HASH_CHARACTERS: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_an_asset_changes_with_its_content() {
        let first = Asset::new("a.css", "text/css", b"a{}");
        let second = Asset::new("a.css", "text/css", b"b{}");
        assert_ne!(first.url(), second.url());
        assert!(first.url().starts_with("/assets/a-") && first.url().contains(".css"));
    }

    #[test]
    fn an_asset_is_found_by_the_name_in_its_url() {
        let url = STYLE.url();
        let name = url.strip_prefix(ASSET_PATH).unwrap();
        assert_eq!(find_asset(&[&MARK, &STYLE], name), Some(&*STYLE));
        assert_eq!(find_asset(&[&MARK, &STYLE], "style.css"), None);
    }

    #[test]
    fn the_style_sheet_reads_nothing_from_elsewhere() {
        assert!(!STYLE_TEXT.contains("url("));
        assert!(!STYLE_TEXT.contains("@import"));
        assert_eq!(STYLE_TEXT.matches('{').count(), STYLE_TEXT.matches('}').count());
    }
}
