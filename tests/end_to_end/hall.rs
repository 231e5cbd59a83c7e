//! The terminals in the hall: real `pingyi-kiosk` processes.

use std::{
    fs,
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, ensure};
use support::{
    http::Visitor,
    place::{Place, free_address, program},
    process::{Process, run},
};
use tokio::time::sleep;

use crate::installation::Installation;

/// Longer than a booth takes to find its poll.
const PATIENCE: Duration = Duration::from_mins(1);

/// Trustees' and card officer's terminals, enrolled.
pub(crate) struct Hall {
    server: String,
    trustees: Vec<PathBuf>,
    card_officer: PathBuf,
    sheet: PathBuf,
}

/// A running voting booth.
pub(crate) struct Booth {
    pub(crate) url: String,
    process: Process,
}

impl Hall {
    /// Enrols three trustees' terminals and the card officer's.
    pub(crate) async fn enrol(place: &Place, installation: &Installation) -> Result<Self> {
        let mut trustees = Vec::new();
        for position in 1..=3 {
            let token = installation.enrol("trustee", &format!("监票终端{position}"), Some(position)).await?;
            let key = place.work(&format!("trustee-{position}.key"));
            let rest = format!("listen = \"{}\"\nkey = \"{}\"\n", free_address()?, key.display());
            trustees.push(configure(
                place,
                &format!("trustee-{position}"),
                "trustee",
                &installation.url,
                &token,
                &rest,
            )?);
        }
        let token = installation.enrol("card_officer", "制卡终端", None).await?;
        let sheet = place.work("cards.html");
        let rest = format!("cards = \"{}\"\n", sheet.display());
        let card_officer = configure(place, "cards", "card_officer", &installation.url, &token, &rest)?;
        Ok(Self { server: installation.url.clone(), trustees, card_officer, sheet })
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

    /// The card officer prints the cards; answers their codes, read off the sheet.
    pub(crate) fn make_cards(&self) -> Result<Vec<String>> {
        kiosk(&self.card_officer, &["make"])?;
        let sheet = fs::read_to_string(&self.sheet)?;
        let codes = sheet.split("class=\"code\">").skip(1).filter_map(|rest| rest.split('<').next());
        Ok(codes.map(|code| code.trim().to_owned()).collect())
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

    /// Enrols a booth and starts it; it refuses every election but the one of the opening sheet.
    pub(crate) async fn start_booth(
        &self,
        place: &Place,
        installation: &Installation,
        number: usize,
        setup: &str,
    ) -> Result<Booth> {
        let token = installation.enrol("booth", &format!("投票机{number}"), None).await?;
        let address = free_address()?;
        let spool = place.work(&format!("spool-{number}"));
        let rest = format!("listen = \"{address}\"\nspool = \"{}\"\nsetup = \"{setup}\"\n", spool.display());
        let name = format!("booth-{number}");
        let config = configure(place, &name, "booth", &self.server, &token, &rest)?;
        let mut command = Command::new(program("pingyi-kiosk")?);
        command.arg("--config").arg(config);
        let mut process = Process::start(place, &name, &mut command)?;
        process.wait_until_listening(address)?;
        let booth = Booth { url: format!("http://{address}"), process };
        booth.wait_until_ready().await?;
        Ok(booth)
    }
}

impl Booth {
    /// Until it has found its poll, a booth says that it looks for the server.
    async fn wait_until_ready(&self) -> Result<()> {
        let visitor = Visitor::new(&self.url)?;
        let began = Instant::now();
        while !visitor.open("/").await?.status.is_success() {
            ensure!(began.elapsed() < PATIENCE, "the booth does not find its poll:\n{}", self.log());
            sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// What the booth has written to its log.
    pub(crate) fn log(&self) -> String {
        self.process.log()
    }
}

fn is_hash(line: &str) -> bool {
    line.len() == 64 && line.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn kiosk(config: &PathBuf, arguments: &[&str]) -> Result<String> {
    run(Command::new(program("pingyi-kiosk")?).arg("--config").arg(config).args(arguments), "")?.success()
}

/// A trustee's subcommand. It asks for the passphrase: twice for a new one, and once more to try it out.
fn trustee(config: &PathBuf, arguments: &[&str]) -> Result<String> {
    let typed = "four words are enough\n".repeat(3);
    run(Command::new(program("pingyi-kiosk")?).arg("--config").arg(config).args(arguments), &typed)?.success()
}

fn configure(
    place: &Place,
    name: &str,
    role: &str,
    server: &str,
    token: &str,
    rest: &str,
) -> Result<PathBuf> {
    let path = place.work(&format!("{name}.toml"));
    fs::write(&path, format!("role = \"{role}\"\nserver = \"{server}\"\ntoken = \"{token}\"\n{rest}"))?;
    Ok(path)
}
