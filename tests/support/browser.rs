//! Chromium, driven as a person would.

use std::{fs, process::Command, time::Duration};

use anyhow::{Context, Result};
use fantoccini::{
    Client, ClientBuilder, Locator,
    elements::Element,
    wd::{Capabilities, WebDriverCompatibleCommand},
};
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::{Method, Url};
use serde_json::{Value, json};

use crate::{
    place::{Place, free_address},
    process::Process,
};

/// Longer than any page takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// Chromium keeps quiet: nothing goes out of this machine.
const ARGUMENTS: [&str; 8] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// One browser window with an empty profile. Closed when dropped.
#[derive(Debug)]
pub struct Browser<'a> {
    place: &'a Place,
    client: Client,
    _driver: Process,
}

impl<'a> Browser<'a> {
    /// Opens a window of this size in CSS pixels, under a name for its log.
    pub async fn open(place: &'a Place, name: &str, width: u32, height: u32) -> Result<Self> {
        let address = free_address()?;
        let mut command = Command::new("chromedriver");
        command.arg(format!("--port={}", address.port())).env("HOME", place.work(""));
        let mut driver = Process::start(place, name, &mut command)?;
        driver.wait_until_listening(address)?;
        let profile = place.work(&format!("{name}-profile"));
        let mut arguments = ARGUMENTS.map(str::to_owned).to_vec();
        arguments.push(format!("--user-data-dir={}", profile.display()));
        let mut capabilities = Capabilities::new();
        capabilities.insert("goog:chromeOptions".to_owned(), json!({ "args": arguments }));
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://{address}"))
            .await
            .with_context(|| format!("no browser session:\n{}", driver.log()))?;
        let browser = Self { place, client, _driver: driver };
        browser.set_viewport(width, height).await?;
        Ok(browser)
    }

    /// The size of the page in CSS pixels; exact, unlike the size of a window.
    pub async fn set_viewport(&self, width: u32, height: u32) -> Result<()> {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        let command = DevTools { cmd: "Emulation.setDeviceMetricsOverride", params: metrics };
        self.client.issue_cmd(command).await?;
        Ok(())
    }

    /// Goes to an address.
    pub async fn go_to(&self, url: &str) -> Result<()> {
        Ok(self.client.goto(url).await?)
    }

    /// Waits for the element that a CSS selector names.
    pub async fn wait_for(&self, css: &str) -> Result<Element> {
        let found = self.client.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await;
        match found {
            Ok(element) => Ok(element),
            Err(error) => {
                // To be looked at when the test has failed.
                self.screenshot("missing-element").await?;
                let page = self.client.source().await?;
                Err(error).with_context(|| format!("{css} is not on the page:\n{page}"))
            }
        }
    }

    /// Waits for an element and clicks it.
    pub async fn click(&self, css: &str) -> Result<()> {
        Ok(self.wait_for(css).await?.click().await?)
    }

    /// Waits for a field and types into it.
    pub async fn type_into(&self, css: &str, text: &str) -> Result<()> {
        Ok(self.wait_for(css).await?.send_keys(text).await?)
    }

    /// Waits for a field and types into it in place of what it holds.
    pub async fn retype(&self, css: &str, text: &str) -> Result<()> {
        let field = self.wait_for(css).await?;
        field.clear().await?;
        Ok(field.send_keys(text).await?)
    }

    /// The text of an element, as seen.
    pub async fn text(&self, css: &str) -> Result<String> {
        Ok(self.wait_for(css).await?.text().await?)
    }

    /// The value of an attribute of an element.
    pub async fn attribute(&self, css: &str, name: &str) -> Result<Option<String>> {
        Ok(self.wait_for(css).await?.attr(name).await?)
    }

    /// Saves what is seen as `tests/output/<test>/screenshots/<name>.png`.
    pub async fn screenshot(&self, name: &str) -> Result<()> {
        let picture = self.client.screenshot().await?;
        let folder = self.place.output("screenshots");
        fs::create_dir_all(&folder)?;
        Ok(fs::write(folder.join(format!("{name}.png")), picture)?)
    }

    /// Closes the window.
    pub async fn close(self) -> Result<()> {
        Ok(self.client.close().await?)
    }
}

/// A command of the browser's own protocol, which the driver passes on.
#[derive(Debug)]
struct DevTools {
    cmd: &'static str,
    params: Value,
}

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, <Url as std::str::FromStr>::Err> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({ "cmd": self.cmd, "params": self.params }).to_string()))
    }
}
