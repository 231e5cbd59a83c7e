//! The booth's pages on a loopback address, each at its name.

use std::{collections::HashMap, net::SocketAddr, sync::Arc};

use anyhow::{Context, Result};
use appearance::{ASSET_PATH, Asset, CONTENT_SECURITY_POLICY, Language, find_asset};
use axum::{
    Router,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use kiosk::booth::pages::{Look, TextSize, assets, panel_sheet};
use serde_json::json;
use support::{browser::Browser, sample::is_wanted};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::screens::{Screen, screens};

/// A panel as it stands in a hall.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Panel {
    pub(crate) name: &'static str,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) width_mm: u16,
}

/// 15.6 inches upright, 10.1 inches lying, 15.6 inches lying.
pub(crate) const PANELS: [Panel; 3] = [
    Panel { name: "1080x1920", width: 1080, height: 1920, width_mm: 194 },
    Panel { name: "1280x800", width: 1280, height: 800, width_mm: 217 },
    Panel { name: "1920x1080", width: 1920, height: 1080, width_mm: 344 },
];

/// How a person asked the pages to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wish {
    pub(crate) language: Language,
    pub(crate) text_size: TextSize,
    pub(crate) high_contrast: bool,
}

/// As everybody is greeted.
pub(crate) const STANDARD: Wish =
    Wish { language: Language::Chinese, text_size: TextSize::Standard, high_contrast: false };

/// For poor eyes.
pub(crate) const LARGEST: Wish =
    Wish { language: Language::Chinese, text_size: TextSize::Largest, high_contrast: true };

/// All screens for one panel and one wish, being served.
pub(crate) struct Gallery {
    pub(crate) panel: Panel,
    /// In order.
    pub(crate) screens: Vec<Screen>,
    address: SocketAddr,
    serving: JoinHandle<()>,
}

struct Shelf {
    pages: HashMap<String, String>,
    panel: Asset,
}

impl Gallery {
    pub(crate) async fn open(panel: Panel, wish: Wish) -> Result<Self> {
        let width = u16::try_from(panel.width)?;
        let sheet = panel_sheet(width, panel.width_mm);
        let look = Look {
            language: wish.language,
            text_size: wish.text_size,
            high_contrast: wish.high_contrast,
            county: "宁晋县",
            session: "nonce",
            panel: Some(&sheet),
            ..Look::standard()
        };
        let mut screens = screens(look)?;
        screens.retain(|screen| is_wanted(screen.name));
        let pages = screens.iter().map(|screen| (screen.name.to_owned(), screen.page.clone())).collect();
        let shelf = Arc::new(Shelf { pages, panel: sheet });
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let router = Router::new()
            .route(&format!("{ASSET_PATH}{{name}}"), get(asset))
            .route("/{name}", get(page))
            .with_state(shelf);
        let serving = tokio::spawn(async move {
            // It ends with the test.
            _ = axum::serve(listener, router).await;
        });
        Ok(Self { panel, screens, address, serving })
    }

    /// Goes to a screen and opens what is to be open on it.
    pub(crate) async fn show(&self, browser: &Browser<'_>, screen: &Screen) -> Result<()> {
        browser.go_to(&format!("http://{}/{}", self.address, screen.name)).await?;
        for css in screen.pressed {
            // Also what must first be scrolled to.
            browser.wait_for(css).await.with_context(|| format!("{}: {css}", screen.name))?;
            browser.run("document.querySelector(arguments[0]).click()", vec![json!(css)]).await?;
        }
        Ok(())
    }

    /// Changes size and contrast of the screen that is shown, as the settings do.
    pub(crate) async fn change(&self, browser: &Browser<'_>, wish: Wish) -> Result<()> {
        let change = "const { classList } = document.documentElement;
            classList.remove('text-1', 'text-2', 'text-3', 'text-4');
            classList.add(`text-${arguments[0]}`);
            classList.toggle('high-contrast', arguments[1]);
            // A page that is drawn anew finds its place anew.
            dispatchEvent(new Event('resize'));
            // Until it has been drawn, and has looked at itself.
            const done = arguments[arguments.length - 1];
            requestAnimationFrame(() => requestAnimationFrame(() => done(null)));";
        let arguments = vec![json!(wish.text_size.number()), json!(wish.high_contrast)];
        browser.run_later(change, arguments).await?;
        Ok(())
    }

    /// What a failure names.
    pub(crate) fn title(&self, screen: &Screen, wish: Wish) -> String {
        let Wish { language, text_size, high_contrast } = wish;
        let contrast = if high_contrast { "-contrast" } else { "" };
        format!("{}-{}-{}{contrast}-{}", self.panel.name, language.name(), text_size.number(), screen.name)
    }
}

impl Drop for Gallery {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn page(State(shelf): State<Arc<Shelf>>, Path(name): Path<String>) -> Response {
    match shelf.pages.get(&name) {
        Some(page) => {
            let headers = [
                (header::CONTENT_TYPE, "text/html; charset=utf-8"),
                (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
                (header::CACHE_CONTROL, "no-store"),
            ];
            (headers, page.clone()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn asset(State(shelf): State<Arc<Shelf>>, Path(name): Path<String>) -> Response {
    let shared = assets();
    match find_asset(&shared, &name).or_else(|| find_asset(&[&shelf.panel], &name)) {
        Some(asset) => {
            ([(header::CONTENT_TYPE, asset.content_type())], asset.bytes().to_vec()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
