//! Chromium, driven as a person would.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use fantoccini::{
    Client, ClientBuilder, Locator,
    elements::Element,
    error::CmdError,
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

/// A person who types fast.
const BETWEEN_KEYS: Duration = Duration::from_millis(80);

/// Chromium keeps quiet: nothing goes out of this machine.
const ARGUMENTS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // As the policy of the kiosk's browser allows.
    "--autoplay-policy=no-user-gesture-required",
    // As the kiosk's browser is started. Chromium counts the second finger of a driver twice, and would go on sending touches to a
    // page that it keeps in memory.
    "--disable-back-forward-cache",
];

/// One browser window with an empty profile. Closed when dropped.
///
/// An element found just before its page gave way to the next is stale; it is looked for again.
#[derive(Debug)]
pub struct Browser<'a> {
    place: &'a Place,
    client: Client,
    profile: PathBuf,
    _driver: Process,
}

impl<'a> Browser<'a> {
    /// Opens a window of this size in CSS pixels, under a name for its log.
    pub async fn open(place: &'a Place, name: &str, width: u32, height: u32) -> Result<Self> {
        Self::open_with(place, name, (width, height), Capabilities::new()).await
    }

    /// The same, noting what pages ask the network for, which makes them slower.
    pub async fn open_noting_requests(place: &'a Place, name: &str, width: u32, height: u32) -> Result<Self> {
        let mut capabilities = Capabilities::new();
        capabilities.insert("goog:loggingPrefs".to_owned(), json!({ "performance": "ALL" }));
        Self::open_with(place, name, (width, height), capabilities).await
    }

    async fn open_with(
        place: &'a Place,
        name: &str,
        (width, height): (u32, u32),
        mut capabilities: Capabilities,
    ) -> Result<Self> {
        let address = free_address()?;
        let mut command = Command::new("chromedriver");
        command.arg(format!("--port={}", address.port())).env("HOME", place.work(""));
        let mut driver = Process::start(place, name, &mut command)?;
        driver.wait_until_listening(address)?;
        let profile = place.work(&format!("{name}-profile"));
        let mut arguments = ARGUMENTS.map(str::to_owned).to_vec();
        arguments.push(format!("--user-data-dir={}", profile.display()));
        capabilities.insert("goog:chromeOptions".to_owned(), json!({ "args": arguments }));
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://{address}"))
            .await
            .with_context(|| format!("no browser session:\n{}", driver.log()))?;
        let browser = Self { place, client, profile, _driver: driver };
        browser.set_viewport(width, height).await?;
        Ok(browser)
    }

    /// The size of the page in CSS pixels; exact, unlike the size of a window.
    pub async fn set_viewport(&self, width: u32, height: u32) -> Result<()> {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.command("Emulation.setDeviceMetricsOverride", metrics).await?;
        // They would make narrow pages narrower than on a telephone, whose bars lie over the page.
        self.command("Emulation.setScrollbarsHidden", json!({ "hidden": true })).await?;
        Ok(())
    }

    /// Prints the page on A4 as `tests/output/<test>/<name>.pdf`; answers how many sheets it takes.
    pub async fn print(&self, name: &str) -> Result<usize> {
        // Millimetres as inches.
        let params =
            json!({ "paperWidth": 210.0 / 25.4, "paperHeight": 297.0 / 25.4, "printBackground": false });
        let printed = self.command("Page.printToPDF", params).await?;
        let data = printed.get("data").and_then(Value::as_str).context("nothing was printed")?;
        let document = STANDARD.decode(data)?;
        fs::write(self.place.output(&format!("{name}.pdf")), &document)?;
        // Each sheet is an object of its own, which Chromium does not compress.
        Ok(String::from_utf8_lossy(&document).matches("/Type /Page\n").count())
    }

    /// Prints the page on the paper that its style sheet names, in the same way; answers the size of its sheets in millimetres.
    pub async fn print_receipt(&self, name: &str) -> Result<Vec<(f64, f64)>> {
        let printed = self.command("Page.printToPDF", json!({ "preferCSSPageSize": true })).await?;
        let data = printed.get("data").and_then(Value::as_str).context("nothing was printed")?;
        let document = STANDARD.decode(data)?;
        fs::write(self.place.output(&format!("{name}.pdf")), &document)?;
        let text = String::from_utf8_lossy(&document).into_owned();
        let sizes = text.split("/MediaBox [").skip(1).map(|rest| {
            let mut numbers = rest.split(']').next().unwrap_or_default().split_whitespace().skip(2);
            let mut side = || numbers.next().and_then(|side| side.parse::<f64>().ok()).unwrap_or_default();
            // Points as millimetres.
            (side() * 25.4 / 72.0, side() * 25.4 / 72.0)
        });
        Ok(sizes.collect())
    }

    /// Shows pages as they are printed.
    pub async fn show_as_printed(&self) -> Result<()> {
        self.command("Emulation.setEmulatedMedia", json!({ "media": "print" })).await?;
        Ok(())
    }

    /// Lets no page run scripts, or lets them again.
    pub async fn allow_scripts(&self, allowed: bool) -> Result<()> {
        self.command("Emulation.setScriptExecutionDisabled", json!({ "value": !allowed })).await?;
        Ok(())
    }

    /// Asks pages for no movement, as a person can: what is seen is where it stays.
    pub async fn prefer_stillness(&self) -> Result<()> {
        let still = json!({ "name": "prefers-reduced-motion", "value": "reduce" });
        self.command("Emulation.setEmulatedMedia", json!({ "features": [still] })).await?;
        Ok(())
    }

    /// Runs this in every page opened from now on, before its own scripts.
    pub async fn before_scripts(&self, source: &str) -> Result<()> {
        self.command("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await?;
        Ok(())
    }

    /// What pages sent over the network since the last call: one text a request, with address, headers and body. Only of a browser
    /// that notes it.
    pub async fn requests(&self) -> Result<Vec<String>> {
        let log = self.client.issue_cmd(NetworkLog).await?;
        let mut requests = Vec::new();
        for entry in log.as_array().context("the browser keeps no log")? {
            let message = entry.get("message").and_then(Value::as_str).unwrap_or_default();
            let event: Value = serde_json::from_str(message)?;
            let (Some(method), Some(request)) =
                (event.pointer("/message/method"), event.pointer("/message/params/request"))
            else {
                continue;
            };
            let url = request.get("url").and_then(Value::as_str).unwrap_or_default();
            // The browser's own pages, and pictures inside a page, are not fetched from anywhere.
            if method == "Network.requestWillBeSent"
                && !url.starts_with("chrome")
                && !url.starts_with("data:")
            {
                requests.push(request.to_string());
            }
        }
        Ok(requests)
    }

    /// Lets the page be touched, as a panel with five fingers' worth of glass.
    pub async fn enable_touch(&self) -> Result<()> {
        let glass = json!({ "enabled": true, "maxTouchPoints": 5 });
        self.command("Emulation.setTouchEmulationEnabled", glass).await?;
        Ok(())
    }

    /// Leaves the page with a mouse.
    pub async fn disable_touch(&self) -> Result<()> {
        self.command("Emulation.setTouchEmulationEnabled", json!({ "enabled": false })).await?;
        Ok(())
    }

    /// The fingers that now touch the glass, each with its number and place in CSS pixels; those that are missing were lifted.
    /// `kind` is `touchStart` if one was put down, `touchMove` if one was moved or lifted, `touchEnd` if none is left.
    pub async fn touch(&self, kind: &str, fingers: &[(u32, f64, f64)]) -> Result<()> {
        self.touch_at(kind, fingers, None).await
    }

    /// The same as if it happened at this time, in seconds since 1970: what two touches have between them does not depend on
    /// how busy the machine is.
    pub async fn touch_at(&self, kind: &str, fingers: &[(u32, f64, f64)], time: Option<f64>) -> Result<()> {
        let points: Vec<_> = fingers
            .iter()
            .map(|(id, x, y)| json!({ "id": id, "x": x, "y": y, "radiusX": 8, "radiusY": 8 }))
            .collect();
        let mut event = json!({ "type": kind, "touchPoints": points });
        if let (Some(event), Some(time)) = (event.as_object_mut(), time) {
            event.insert("timestamp".to_owned(), json!(time));
        }
        self.command("Input.dispatchTouchEvent", event).await?;
        Ok(())
    }

    /// Puts a finger down on the middle of an element and lifts it.
    pub async fn tap(&self, css: &str) -> Result<()> {
        let (x, y) = self.middle(css).await?;
        self.touch("touchStart", &[(0, x, y)]).await?;
        self.touch("touchEnd", &[]).await
    }

    /// The same with a finger that rests on the glass for so long.
    pub async fn press(&self, css: &str, time: Duration) -> Result<()> {
        let (x, y) = self.middle(css).await?;
        self.touch("touchStart", &[(0, x, y)]).await?;
        tokio::time::sleep(time).await;
        self.touch("touchEnd", &[]).await
    }

    /// The middle of an element that is seen, in CSS pixels.
    pub async fn middle(&self, css: &str) -> Result<(f64, f64)> {
        self.wait_for(css).await?;
        let find = "const box = document.querySelector(arguments[0]).getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2];";
        let place = self.run(find, vec![json!(css)]).await?;
        let at = |index| place.get(index).and_then(Value::as_f64).context("the element has no place");
        Ok((at(0)?, at(1)?))
    }

    /// Presses and lets go a key, which goes to whatever has the focus; no sooner after the last one than a person can.
    pub async fn key(&self, key: &str) -> Result<()> {
        tokio::time::sleep(BETWEEN_KEYS).await;
        self.strike(key, 0).await
    }

    /// Holds a key down until it has repeated itself so often.
    pub async fn hold_key(&self, key: &str, repeats: usize) -> Result<()> {
        tokio::time::sleep(BETWEEN_KEYS).await;
        self.strike(key, repeats).await
    }

    async fn strike(&self, key: &str, repeats: usize) -> Result<()> {
        let (code, text) = match key {
            "Enter" => (13, "\r"),
            "Backspace" => (8, ""),
            "Tab" => (9, ""),
            "Escape" => (27, ""),
            "ArrowUp" => (38, ""),
            "ArrowDown" => (40, ""),
            // Letters and digits.
            one => (one.bytes().next().map_or(0, |byte| i64::from(byte.to_ascii_uppercase())), one),
        };
        let mut press = json!({ "type": "keyDown", "key": key, "windowsVirtualKeyCode": code });
        if let (Some(press), false) = (press.as_object_mut(), text.is_empty()) {
            press.insert("text".to_owned(), json!(text));
        }
        self.command("Input.dispatchKeyEvent", press.clone()).await?;
        for _ in 0..repeats {
            if let Some(press) = press.as_object_mut() {
                press.insert("autoRepeat".to_owned(), json!(true));
            }
            self.command("Input.dispatchKeyEvent", press.clone()).await?;
        }
        self.command("Input.dispatchKeyEvent", json!({ "type": "keyUp", "key": key })).await?;
        Ok(())
    }

    /// Types a text fast, as a scanner does, wherever the focus is.
    pub async fn scan(&self, text: &str) -> Result<()> {
        for character in text.chars() {
            self.strike(&character.to_string(), 0).await?;
        }
        self.strike("Enter", 0).await
    }

    /// Runs a function body in the page; answers what it returns.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        Ok(self.client.execute(script, arguments).await?)
    }

    /// The same for a function body that calls its last argument when it is done.
    pub async fn run_later(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        Ok(self.client.execute_async(script, arguments).await?)
    }

    /// Loads the page anew.
    pub async fn reload(&self) -> Result<()> {
        Ok(self.client.refresh().await?)
    }

    /// The path that is shown.
    pub async fn path(&self) -> Result<String> {
        Ok(self.client.current_url().await?.path().to_owned())
    }

    async fn command(&self, cmd: &'static str, params: Value) -> Result<Value> {
        Ok(self.client.issue_cmd(DevTools { cmd, params }).await?)
    }

    /// Goes to an address.
    pub async fn go_to(&self, url: &str) -> Result<()> {
        Ok(self.client.goto(url).await?)
    }

    /// Waits for the element that a CSS selector names.
    pub async fn wait_for(&self, css: &str) -> Result<Element> {
        let began = Instant::now();
        loop {
            let left = PATIENCE.saturating_sub(began.elapsed());
            let error = match self.client.wait().at_most(left).for_element(Locator::Css(css)).await {
                Ok(element) => return Ok(element),
                Err(error) => error,
            };
            // chromedriver answers so, in place of an error, to a search that another page has overtaken.
            let overtaken =
                matches!(&error, CmdError::NotW3C(Value::String(said)) if said == "aborted by navigation");
            if !overtaken || left.is_zero() {
                // To be looked at when the test has failed.
                self.screenshot("missing-element").await?;
                let page = self.client.source().await?;
                return Err(error).with_context(|| format!("{css} is not on the page:\n{page}"));
            }
        }
    }

    /// Waits for an element and clicks it.
    pub async fn click(&self, css: &str) -> Result<()> {
        loop {
            match self.wait_for(css).await?.click().await {
                Err(error) if error.is_stale_element_reference() => {}
                clicked => return Ok(clicked?),
            }
        }
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

    /// Waits for a field and puts text into it as an input method does: any character, also those that no key has.
    pub async fn insert(&self, css: &str, text: &str) -> Result<()> {
        let field = self.wait_for(css).await?;
        field.clear().await?;
        field.click().await?;
        self.command("Input.insertText", json!({ "text": text })).await?;
        Ok(())
    }

    /// Follows the first link with this text.
    pub async fn follow(&self, text: &str) -> Result<()> {
        let link = self.client.wait().at_most(PATIENCE).for_element(Locator::LinkText(text)).await;
        Ok(link.with_context(|| format!("no link says {text}"))?.click().await?)
    }

    /// What a field holds now.
    pub async fn value(&self, css: &str) -> Result<String> {
        Ok(self.wait_for(css).await?.prop("value").await?.unwrap_or_default())
    }

    /// The texts of all elements that a CSS selector names.
    pub async fn texts(&self, css: &str) -> Result<Vec<String>> {
        'again: loop {
            let mut texts = Vec::new();
            for element in self.client.find_all(Locator::Css(css)).await? {
                match element.text().await {
                    Err(error) if error.is_stale_element_reference() => continue 'again,
                    text => texts.push(text?),
                }
            }
            return Ok(texts);
        }
    }

    /// The text of an element, as seen.
    pub async fn text(&self, css: &str) -> Result<String> {
        loop {
            match self.wait_for(css).await?.text().await {
                Err(error) if error.is_stale_element_reference() => {}
                text => return Ok(text?),
            }
        }
    }

    /// The value of an attribute of an element.
    pub async fn attribute(&self, css: &str, name: &str) -> Result<Option<String>> {
        loop {
            match self.wait_for(css).await?.attr(name).await {
                Err(error) if error.is_stale_element_reference() => {}
                value => return Ok(value?),
            }
        }
    }

    /// Saves what is seen as `tests/output/<test>/screenshots/<name>.png`.
    pub async fn screenshot(&self, name: &str) -> Result<()> {
        self.save(name, &self.client.screenshot().await?)?;
        Ok(())
    }

    /// Saves the whole page in the same way, also what must be scrolled to.
    pub async fn screenshot_of_page(&self, name: &str) -> Result<()> {
        let size = self.command("Page.getLayoutMetrics", json!({})).await?;
        let mut clip = size.get("cssContentSize").cloned().context("the page has no size")?;
        if let Some(clip) = clip.as_object_mut() {
            clip.insert("scale".to_owned(), json!(1));
        }
        self.save(name, &self.picture(clip).await?)?;
        Ok(())
    }

    /// Saves one element in the same way, enlarged; answers where.
    pub async fn screenshot_of(&self, css: &str, name: &str) -> Result<PathBuf> {
        let (x, y, width, height) = self.wait_for(css).await?.rectangle().await?;
        let clip = json!({ "x": x, "y": y, "width": width, "height": height, "scale": 3 });
        self.save(name, &self.picture(clip).await?)
    }

    /// A part of the page as PNG.
    async fn picture(&self, clip: Value) -> Result<Vec<u8>> {
        let params = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let picture = self.command("Page.captureScreenshot", params).await?;
        let data = picture.get("data").and_then(Value::as_str).context("there is no picture")?;
        Ok(STANDARD.decode(data)?)
    }

    fn save(&self, name: &str, picture: &[u8]) -> Result<PathBuf> {
        let folder = self.place.output("screenshots");
        fs::create_dir_all(&folder)?;
        let path = folder.join(format!("{name}.png"));
        fs::write(&path, picture)?;
        Ok(path)
    }

    /// The folder that the browser writes to.
    #[must_use]
    pub fn profile(&self) -> &Path {
        &self.profile
    }

    /// Kills the browser, as a crash does: nothing is asked, nothing is written any more. Returns when it is gone.
    ///
    /// # Errors
    ///
    /// If there is none, or it does not go.
    pub fn kill(&self) -> Result<()> {
        let killed = self.main_process()?.context("there is no browser to kill")?;
        let status = Command::new("kill").args(["-KILL", &killed.to_string()]).status()?;
        ensure!(status.success(), "the browser could not be killed");
        let began = Instant::now();
        while self.main_process()?.is_some() {
            ensure!(began.elapsed() < PATIENCE, "the browser lives on");
            sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    /// The process of the browser itself, without its helpers.
    fn main_process(&self) -> Result<Option<u32>> {
        let own = format!("--user-data-dir={}", self.profile.display());
        for entry in fs::read_dir("/proc")? {
            let path = entry?.path();
            let Some(number) = path.file_name().and_then(|name| name.to_str()?.parse().ok()) else {
                continue;
            };
            // A process may have gone meanwhile; of one that waits to be buried nothing is left to read.
            let line = fs::read(path.join("cmdline")).unwrap_or_default();
            let line = String::from_utf8_lossy(&line).into_owned();
            let mut arguments = line.split(['\0', ' ']);
            if arguments.any(|argument| argument == own) && !line.contains("--type=") {
                return Ok(Some(number));
            }
        }
        Ok(None)
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

/// Asks the driver for what the browser did on the network since it was last asked.
#[derive(Debug)]
struct NetworkLog;

impl WebDriverCompatibleCommand for NetworkLog {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, <Url as std::str::FromStr>::Err> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({ "type": "performance" }).to_string()))
    }
}
