//! A real booth with a browser before it, and the hall of the kiosk's tests behind it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use evaluation::{hall_key::HallKey, wire::PollState};
use kiosk::{
    booth::{Booth, BoothSettings, Contact, router},
    equipment::{Equipment, Panel as Size, Voice},
    identity::Identity,
    os_rng,
    terminal::Pages,
};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use serde_json::{Value, json};
use support::{
    browser::Browser,
    place::{Place, free_address, program},
    process::{Process, run},
    sample::runs_in_full,
};

use crate::{
    gallery::{PANELS, Panel},
    hall::Hall,
};

/// Stands at a booth and does something there.
pub(crate) async fn at_a_booth(
    name: &str,
    panel: Panel,
    visit: impl AsyncFnOnce(&Standing<'_>) -> Result<()>,
) -> Result<()> {
    let place = Place::new(name)?;
    let standing = Standing::at(&place, panel).await?;
    visit(&standing).await?;
    standing.browser.close().await
}

/// The same with the first card, at the first office.
pub(crate) async fn with_a_card(
    name: &str,
    panel: Panel,
    vote: impl AsyncFnOnce(&Standing<'_>) -> Result<()>,
) -> Result<()> {
    at_a_booth(name, panel, async |standing| {
        standing.present(0).await?;
        vote(standing).await
    })
    .await
}

/// A booth that somebody stands at.
pub(crate) struct Standing<'a> {
    pub(crate) hall: Arc<Hall>,
    pub(crate) browser: Browser<'a>,
    pub(crate) url: String,
    place: &'a Place,
    name: String,
    panel: Panel,
    /// How many browsers there have been.
    browsers: usize,
    settings: BoothSettings,
    /// What people open the booth with, if they do; only then are there drafts.
    hall_key: Option<Arc<HallKey>>,
    // They work as long as somebody stands here.
    booth: Option<Booth>,
    pages: Option<Pages>,
    program: Option<Process>,
}

/// How the booth's own process is started.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Running<'a> {
    /// The end of its configuration.
    pub(crate) rest: &'a str,
    /// Whether its spool lies on a disk of its own, which is soon full.
    pub(crate) small_disk: bool,
    /// How far its clock is off, as libfaketime understands it.
    pub(crate) clock: Option<&'a str>,
}

impl Running<'_> {
    /// What starts the program that is named next.
    fn command(self, spool: &Path) -> Result<Command> {
        let mut command = if self.small_disk { on_a_small_disk(spool)? } else { Command::new("env") };
        if let Some(clock) = self.clock {
            command.env("LD_PRELOAD", wrong_clock()?).env("FAKETIME", clock);
            // Waits last as long as ever.
            command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        }
        Ok(command)
    }
}

/// What starts the program that is named next, whose spool lies on a disk that only it sees.
fn on_a_small_disk(spool: &Path) -> Result<Command> {
    let mount = "mkdir -p \"$1\" && mount -t tmpfs -o size=256k tmpfs \"$1\" && shift && exec \"$@\"";
    let mut command = Command::new("unshare");
    if run(Command::new("id").arg("-u"), "")?.success()?.trim() != "0" {
        command.args(["--user", "--map-root-user"]);
    }
    command.args(["--mount", "sh", "-c", mount, "sh"]).arg(spool);
    Ok(command)
}

/// The library that answers for the clock.
fn wrong_clock() -> Result<PathBuf> {
    let folders = fs::read_dir("/usr/lib").context("no libraries")?;
    folders
        .filter_map(|folder| Some(folder.ok()?.path().join("faketime/libfaketime.so.1")))
        .find(|library| library.is_file())
        .context("libfaketime is missing: apt-get install libfaketime")
}

impl<'a> Standing<'a> {
    /// In front of a panel, with everything plugged in; three offices are to be graded.
    pub(crate) async fn at(place: &'a Place, panel: Panel) -> Result<Self> {
        Self::of(place, panel, Hall::new()).await
    }

    /// The booth is told the election by its configuration, and keeps no drafts.
    pub(crate) async fn of(place: &'a Place, panel: Panel, hall: Hall) -> Result<Self> {
        Self::before(place, panel, "booth", Arc::new(hall), None).await
    }

    /// People have opened the booth with the opening sheet and a hall key, so that it keeps drafts.
    pub(crate) async fn opened(place: &'a Place, panel: Panel, hall: Hall) -> Result<Self> {
        let hall_key = Arc::new(HallKey::generate(&mut os_rng()));
        Self::before(place, panel, "booth", Arc::new(hall), Some(hall_key)).await
    }

    /// The same person before another booth of the hall.
    pub(crate) async fn at_another(&self, panel: Panel, name: &str) -> Result<Self> {
        Self::before(self.place, panel, name, Arc::clone(&self.hall), self.hall_key.clone()).await
    }

    async fn before(
        place: &'a Place,
        panel: Panel,
        name: &str,
        hall: Arc<Hall>,
        hall_key: Option<Arc<HallKey>>,
    ) -> Result<Self> {
        let equipment = Equipment {
            panel: Some(Size { width_mm: panel.width_mm, width_px: u16::try_from(panel.width)? }),
            keypad: true,
            camera: true,
            receipt_printer: true,
            voice: Voice::Offered,
            ..hall.equipment.clone()
        };
        let told = hall.settings();
        let setup = if hall_key.is_none() { told.setup } else { None };
        let settings = BoothSettings { equipment, setup, spool: hall.folder.path().join(name), ..told };
        let booth = Booth::start(settings.clone()).await?;
        if let Some(key) = &hall_key {
            booth.open(&hall.setup_event().to_string().into()).await?;
            booth.open(&key.scanned().as_str().into()).await?;
        }
        let address = free_address()?;
        let pages = Pages::listen(address).await?;
        pages.show(router(booth.clone()));
        let browser = look(place, name, panel).await?;
        Ok(Self {
            hall,
            browser,
            url: format!("http://{address}"),
            place,
            name: name.to_owned(),
            panel,
            browsers: 1,
            settings,
            hall_key,
            booth: Some(booth),
            pages: Some(pages),
            program: None,
        })
    }

    /// The booth is a process of its own, as it is in a hall; people have still to open it.
    pub(crate) async fn before_a_program(
        place: &'a Place,
        panel: Panel,
        hall: Hall,
        running: Running<'_>,
    ) -> Result<Self> {
        let (address, folder) = (free_address()?, place.work("kiosk"));
        // The key of the one terminal that the server knows.
        let identity = Identity::load_or_make(&folder, &mut ChaCha20Rng::seed_from_u64(7))?;
        let enrolled = json!({ "public_key": hex::encode(identity.public()), "server_certificate": null });
        fs::write(folder.join("enrolment.json"), enrolled.to_string())?;
        let (server, spool) = (hall.url(), place.work("spool"));
        let config = place.work("kiosk.toml");
        fs::write(
            &config,
            format!(
                "role = \"booth\"\nlabel = \"3号投票机\"\nserver = \"{server}\"\nlisten = \"{address}\"\nfolder = \"{}\"\n\
                 spool = \"{}\"\n{}",
                folder.display(),
                spool.display(),
                running.rest
            ),
        )?;
        let mut command = running.command(&spool)?;
        command.arg(program("pingyi-kiosk")?).arg("--config").arg(&config);
        let mut process = Process::start(place, "kiosk", &mut command)?;
        process.wait_until_listening(address)?;
        let settings = BoothSettings { spool, ..hall.settings() };
        Ok(Self {
            hall: Arc::new(hall),
            browser: look(place, "booth", panel).await?,
            url: format!("http://{address}"),
            place,
            name: "booth".to_owned(),
            panel,
            browsers: 1,
            settings,
            hall_key: Some(Arc::new(HallKey::generate(&mut os_rng()))),
            booth: None,
            pages: None,
            program: Some(process),
        })
    }

    /// The folder of ballots on their way.
    pub(crate) fn spool(&self) -> PathBuf {
        self.settings.spool.clone()
    }

    /// The booth's own process.
    pub(crate) fn program(&self) -> Result<&Process> {
        self.program.as_ref().context("the booth has no process of its own")
    }

    /// The booth's program dies. Nobody answers its browser.
    pub(crate) fn die(&mut self) {
        if let Some(pages) = &self.pages {
            pages.show(axum::Router::new());
        }
        self.booth = None;
    }

    /// Starts the booth's program anew, at the same address.
    pub(crate) async fn restart(&mut self) {
        self.die();
        let booth = loop {
            // The last one may not have let go of its folder yet.
            match Booth::start(self.settings.clone()).await {
                Ok(booth) => break booth,
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        };
        if let Some(pages) = &self.pages {
            pages.show(router(booth.clone()));
        }
        self.booth = Some(booth);
    }

    /// A steward and a scrutineer scan the opening sheet and the hall key at a booth that was started anew.
    pub(crate) async fn open_by_scanner(&self) -> Result<()> {
        self.browser.go_to(&self.url).await?;
        self.scan_opening_sheet().await?;
        self.scan_hall_key().await
    }

    /// The first step alone.
    pub(crate) async fn scan_opening_sheet(&self) -> Result<()> {
        self.says("开机核对 1/2").await?;
        self.browser.wait_for("html.settled #scanned").await?;
        self.browser.scan(&self.hall.setup_event().to_string()).await
    }

    /// The second step alone.
    pub(crate) async fn scan_hall_key(&self) -> Result<()> {
        let key = self.hall_key.as_ref().context("the booth is told its election")?;
        self.says("开机核对 2/2").await?;
        self.browser.wait_for("html.settled #scanned").await?;
        self.browser.scan(&key.scanned()).await?;
        self.until("!document.querySelector('#scanned')").await
    }

    /// Another browser, which notes what pages ask the network for.
    pub(crate) async fn note_requests(&mut self) -> Result<()> {
        let Panel { width, height, .. } = self.panel;
        self.browser = Browser::open_noting_requests(self.place, "noting", width, height).await?;
        self.browser.enable_touch().await
    }

    /// Kills the browser and starts another one.
    pub(crate) async fn kill_browser(&mut self) -> Result<()> {
        self.browser.kill()?;
        self.new_browser().await
    }

    /// Starts a browser on the booth's address in place of one that died, as the launcher does: with an empty profile.
    pub(crate) async fn new_browser(&mut self) -> Result<()> {
        self.browsers += 1;
        self.browser = look(self.place, &format!("{}-{}", self.name, self.browsers), self.panel).await?;
        self.browser.go_to(&self.url).await
    }

    /// Until the booth has heard that the poll stands here.
    pub(crate) async fn until_heard(&self, state: PollState) -> Result<()> {
        let booth = self.booth.as_ref().context("the booth is dead")?;
        for _ in 0..600 {
            if booth.contact() == Contact::State(state) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        anyhow::bail!("the booth never hears that the poll is {state:?}")
    }

    /// Until the server has the newest draft.
    pub(crate) async fn until_kept(&self) -> Result<()> {
        let booth = self.booth.as_ref().context("the booth is dead")?;
        for _ in 0..600 {
            if booth.unsaved_drafts() == 0 {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        anyhow::bail!("the server never has the draft")
    }

    /// The code of a card.
    pub(crate) fn card(&self, number: usize) -> Result<&str> {
        Ok(self.hall.codes.get(number).context("there is no such card")?)
    }

    /// Goes to the first page and lets the scanner type a card.
    pub(crate) async fn present(&self, card: usize) -> Result<()> {
        self.browser.go_to(&self.url).await?;
        self.browser.wait_for("#code").await?;
        self.browser.scan(self.card(card)?).await?;
        self.at_office(1).await
    }

    /// Lets the scanner type a card on the first page, which is shown.
    pub(crate) async fn scan(&self, card: usize) -> Result<()> {
        self.browser.wait_for("html.settled #code").await?;
        self.browser.scan(self.card(card)?).await
    }

    /// Taps something once the page takes it.
    pub(crate) async fn tap(&self, css: &str) -> Result<()> {
        self.browser.tap(&format!("html.settled {css}")).await
    }

    /// Grades offices from the one that is shown on, each with a tap.
    pub(crate) async fn grade(&self, from: usize, grades: &[usize]) -> Result<()> {
        for (position, grade) in (from..).zip(grades) {
            self.at_office(position).await?;
            self.browser.tap(&format!(".grade[value='{grade}']")).await?;
        }
        Ok(())
    }

    /// The tracker on the review, once the ballot can be cast.
    pub(crate) async fn tracker(&self) -> Result<String> {
        self.browser.wait_for("html.settled .cast").await?;
        self.browser.text(".tracker-line .code").await
    }

    /// Waits for an office, and until it takes a grade.
    pub(crate) async fn at_office(&self, position: usize) -> Result<()> {
        let css = format!("html.settled form.grade-form[action='/office/{position}']");
        self.browser.wait_for(&css).await?;
        Ok(())
    }

    /// Waits for the review, complete or not.
    pub(crate) async fn at_review(&self) -> Result<()> {
        self.browser.wait_for("html.settled .review-layout").await?;
        Ok(())
    }

    /// The grade that is marked on the page of an office, from 0.
    pub(crate) async fn marked(&self) -> Result<Option<u64>> {
        let find = "return document.querySelector('.grade[aria-pressed=true]')?.value ?? null";
        let found = self.browser.run(find, Vec::new()).await?;
        Ok(found.as_str().map(str::parse).transpose()?)
    }

    /// The grades of the first offices, read on their pages; the vote must not be cast.
    pub(crate) async fn grades(&self, offices: usize) -> Result<Vec<Option<u64>>> {
        let mut grades = Vec::new();
        for position in 1..=offices {
            self.browser.go_to(&format!("{}/office/{position}", self.url)).await?;
            self.at_office(position).await?;
            grades.push(self.marked().await?);
        }
        Ok(grades)
    }

    /// Goes back to an office by its address, as after a reload.
    pub(crate) async fn go_to_office(&self, position: usize) -> Result<()> {
        self.browser.go_to(&format!("{}/office/{position}", self.url)).await?;
        self.at_office(position).await
    }

    /// Waits until something in the page is so.
    pub(crate) async fn until(&self, condition: &str) -> Result<()> {
        for _ in 0..600 {
            let script = format!("return Boolean({condition})");
            // A page that gives way to the next one answers nothing.
            if self.browser.run(&script, Vec::new()).await.ok() == Some(Value::Bool(true)) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.browser.screenshot("never").await?;
        anyhow::bail!("it never was so: {condition}")
    }

    /// The words of the page.
    pub(crate) async fn says(&self, words: &str) -> Result<()> {
        self.until(&format!("document.body.innerText.includes({})", json!(words))).await
    }

    /// No ballot, or this many, lie at the server.
    pub(crate) fn stored(&self, ballots: usize) -> Result<()> {
        let stored = self.hall.stored().len();
        ensure!(stored == ballots, "{stored} ballots are stored in place of {ballots}");
        Ok(())
    }
}

/// A browser with a touch panel.
async fn look<'a>(place: &'a Place, name: &str, panel: Panel) -> Result<Browser<'a>> {
    let browser = Browser::open(place, name, panel.width, panel.height).await?;
    browser.enable_touch().await?;
    Ok(browser)
}

/// The panels that a test of whole votes is run at: all in a full run, otherwise one.
pub(crate) fn panels(sampled: usize) -> Vec<Panel> {
    let all = runs_in_full();
    let chosen = PANELS.iter().enumerate().filter(|(number, _)| all || *number == sampled);
    chosen.map(|(_, panel)| *panel).collect()
}

/// What the hall's server holds, also after a test of its own has failed.
pub(crate) fn locked<T>(held: &Mutex<T>) -> MutexGuard<'_, T> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}
