//! Style sheets and pictures of the pages, each at an address that names its content.

use std::sync::LazyLock;

use appearance::{Asset, CACHE_FOR_EVER, MARK, STYLE, find_asset};
use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::app::App;

/// Style sheet of the public pages, after the common one.
pub static SITE_STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("site.css", "text/css; charset=utf-8", include_bytes!("site/site.css")));

/// Makes the secret of a party on its own device.
pub static COMMIT_SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("commit.js", "text/javascript; charset=utf-8", include_bytes!("site/commit.js"))
});

/// The one route of all assets.
pub fn routes() -> Router<App> {
    Router::new().route("/assets/{name}", get(serve))
}

async fn serve(Path(name): Path<String>) -> Response {
    let all = [
        &STYLE,
        &MARK,
        &SITE_STYLE,
        &super::console::BOARD_STYLE,
        &super::console::CONSOLE_STYLE,
        &super::console::SCREEN_STYLE,
        &super::console::SCREEN_SCRIPT,
        &COMMIT_SCRIPT,
    ];
    match find_asset(&all.map(|asset| &**asset), &name) {
        Some(asset) => {
            let headers =
                [(header::CONTENT_TYPE, asset.content_type()), (header::CACHE_CONTROL, CACHE_FOR_EVER)];
            (headers, asset.bytes().to_vec()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
