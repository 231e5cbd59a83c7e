//! The terminals in the hall: real `pingyi-kiosk` processes.

use std::{
    fs,
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, ensure};
use support::{
    form::text_of_class,
    http::{Page, Visitor},
    place::{Place, free_address, program},
    process::{Process, run},
};
use tokio::time::sleep;

use crate::installation::Installation;

/// Longer than a booth takes to find its poll.
const PATIENCE: Duration = Duration::from_mins(1);

/// Trustees' and card officer's terminals, enrolled.
pub(crate) struct Hall {
    trustees: Vec<PathBuf>,
    card_officer: Agent,
}

/// A running voting booth.
pub(crate) struct Booth {
    pub(crate) url: String,
    process: Process,
}

/// The running agent of a terminal.
pub(crate) struct Agent {
    pub(crate) url: String,
    pub(crate) label: String,
    config: PathBuf,
    process: Process,
}

impl Hall {
    /// Enrols three trustees' terminals and the card officer's.
    pub(crate) async fn enrol(place: &Place, installation: &Installation) -> Result<Self> {
        let mut trustees = Vec::new();
        for position in 1..=3 {
            let key = place.work(&format!("trustee-{position}.key"));
            let rest = format!("key = \"{}\"\n", key.display());
            let (name, label) = (format!("trustee-{position}"), format!("监票终端{position}"));
            let agent = Agent::start(place, &installation.hall, &name, "trustee", &label, &rest)?;
            agent.enrol(installation, Some(position)).await?;
            // Its work is done by subcommands, which are let in from now on.
            trustees.push(agent.config);
        }
        let card_officer = Agent::start(place, &installation.hall, "cards", "card_officer", "制卡终端", "")?;
        card_officer.enrol(installation, None).await?;
        Ok(Self { trustees, card_officer })
    }

    /// The trustees make their keys together, each with a process of their own; all of them read out the same lines.
    pub(crate) fn make_keys(&self) -> Result<()> {
        let said: Vec<Result<String>> = std::thread::scope(|scope| {
            let running: Vec<_> = self
                .trustees
                .iter()
                .map(|config| scope.spawn(|| trustee(config, &["key", "--compared"])))
                .collect();
            let ended = running.into_iter().map(|trustee| trustee.join().map_err(|_| anyhow!("a panic"))?);
            ended.collect()
        });
        let said: Vec<_> = said.into_iter().collect::<Result<_>>()?;
        let hashes = |said: &String| -> Vec<String> {
            said.lines().map(str::trim).filter(|line| is_hash(line)).map(str::to_owned).collect()
        };
        let seen: Vec<_> = said.iter().map(hashes).collect();
        let same = seen.iter().all(|hashes| hashes.len() == 2 && Some(hashes) == seen.first());
        ensure!(same, "the trustees see different fingerprints: {said:?}");
        Ok(())
    }

    /// The card officer makes, prints and counts the cards at the terminal's pages; answers their codes, read off the sheets.
    pub(crate) async fn make_cards(&self) -> Result<Vec<String>> {
        self.card_officer.make_cards().await
    }

    /// Two trustees compare the numbers with the signed sheets and decrypt. The third one never comes, or when the result is
    /// there.
    pub(crate) fn decrypt(&self, setup: &str, ballots: usize) -> Result<()> {
        for config in self.trustees.iter().take(2) {
            let said = trustee(config, &["decrypt", "--compared"])?;
            ensure!(said.contains(setup), "the trustee does not see the hash of the opening sheet:\n{said}");
            let counted =
                said.lines().find(|line| line.contains("Ballots")).context("no count of ballots")?;
            ensure!(counted.ends_with(&format!(" {ballots}")), "the trustee sees another count:\n{said}");
        }
        Ok(())
    }

    /// The third trustee comes when two have decrypted: that is no failure.
    pub(crate) fn a_late_trustee_is_not_needed(&self) -> Result<()> {
        let late = self.trustees.last().context("no trustee")?;
        let said = trustee(late, &["decrypt", "--compared"])?;
        ensure!(said.contains("结果已经算出，不再需要") && said.contains("not needed any more"), "{said}");
        Ok(())
    }

    /// Starts a booth and enrols it; it refuses every election but the one of the opening sheet.
    pub(crate) async fn start_booth(
        &self,
        place: &Place,
        installation: &Installation,
        number: usize,
        setup: &str,
    ) -> Result<Booth> {
        let spool = place.work(&format!("spool-{number}"));
        let rest = format!("spool = \"{}\"\nsetup = \"{setup}\"\n", spool.display());
        let (name, label) = (format!("booth-{number}"), format!("投票机{number}"));
        let agent = Agent::start(place, &installation.hall, &name, "booth", &label, &rest)?;
        agent.enrol(installation, None).await?;
        Ok(Booth { url: agent.url, process: agent.process })
    }
}

impl Agent {
    /// What it has written to its log.
    pub(crate) fn log(&self) -> String {
        self.process.log()
    }

    /// Starts the agent of a terminal, which nobody knows yet; it finds the server at this address.
    pub(crate) fn start(
        place: &Place,
        server: &str,
        name: &str,
        role: &str,
        label: &str,
        rest: &str,
    ) -> Result<Self> {
        let (config, address) = (place.work(&format!("{name}.toml")), free_address()?);
        let folder = place.work(name);
        fs::write(
            &config,
            format!(
                "role = \"{role}\"\nlabel = \"{label}\"\nserver = \"{server}\"\nlisten = \"{address}\"\nfolder = \"{}\"\n{rest}",
                folder.display()
            ),
        )?;
        let mut command = Command::new(program("pingyi-kiosk")?);
        command.arg("--config").arg(&config);
        let mut process = Process::start(place, name, &mut command)?;
        process.wait_until_listening(address)?;
        Ok(Self { url: format!("http://{address}"), label: label.to_owned(), config, process })
    }

    /// The card officer makes, prints and counts the cards; answers their codes, read off the sheets.
    pub(crate) async fn make_cards(&self) -> Result<Vec<String>> {
        let officer = Visitor::new(&self.url)?;
        let present = [("officer", "韩一"), ("second", "韩二"), ("printer", "yes"), ("power", "yes")];
        officer.fill("/", "/make", &present).await?;
        let sheet = officer.fill("/", "/sheet", &[]).await?.text;
        let codes = sheet.split("class=\"code\">").skip(1).filter_map(|rest| rest.split('<').next());
        let codes: Vec<_> = codes.map(|code| code.trim().to_owned()).collect();
        let counted = codes.len().to_string();
        let done = officer.fill("/", "/destroy", &[("counted", &counted), ("both", "yes")]).await?;
        ensure!(
            done.text.contains("秘密已经抹掉"),
            "the secrets of the cards are not destroyed:\n{}",
            done.text
        );
        Ok(codes)
    }

    /// Reads the code off the terminal's screen; two people compare it and let the terminal in, which goes on by itself.
    pub(crate) async fn enrol(&self, installation: &Installation, position: Option<usize>) -> Result<()> {
        let code = self.wait_for(|page| text_of_class(&page.text, "code")).await?;
        ensure!(self.process.log().contains(&code), "the code is not on the terminal's output");
        installation.let_in(&self.label, &code, position).await?;
        self.wait_for(|page| page.status.is_success().then_some(())).await
    }

    /// What is seen on the screen, as soon as it is there. Until it can do its work a terminal says so.
    pub(crate) async fn wait_for<T>(&self, find: impl Fn(&Page) -> Option<T>) -> Result<T> {
        let visitor = Visitor::new(&self.url)?;
        let began = Instant::now();
        loop {
            let page = visitor.open("/").await?;
            if let Some(found) = find(&page) {
                return Ok(found);
            }
            let log = self.process.log();
            ensure!(began.elapsed() < PATIENCE, "{} shows\n{}\nand says\n{log}", self.label, page.text);
            sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Booth {
    /// What the booth has written to its log.
    pub(crate) fn log(&self) -> String {
        self.process.log()
    }
}

fn is_hash(line: &str) -> bool {
    line.len() == 64 && line.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A trustee's subcommand. It asks for the passphrase: twice for a new one, and once more to try it out.
fn trustee(config: &PathBuf, arguments: &[&str]) -> Result<String> {
    let typed = "four words are enough\n".repeat(3);
    run(Command::new(program("pingyi-kiosk")?).arg("--config").arg(config).args(arguments), &typed)?.success()
}
