//! Trustees at the pages of their terminals: keys, the hall key, void cards, the tally.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use futures_util::future::{join_all, try_join_all};
use support::{
    form::Form,
    http::{Page, Visitor},
    place::Place,
};
use tokio::time::sleep;

use crate::{hall::Agent, installation::Installation};

const PASSPHRASE: &str = "four words are enough";
/// Longer than a terminal takes to verify the whole archive.
const PATIENCE: Duration = Duration::from_mins(3);

/// Three trustees, each at a terminal of the own.
pub(crate) struct Trustees(Vec<Agent>);

impl Trustees {
    /// Starts and enrols the three terminals.
    pub(crate) async fn enrol(place: &Place, installation: &Installation, server: &str) -> Result<Self> {
        let made = Self::start(place, server)?;
        made.let_in(installation).await?;
        Ok(made)
    }

    /// Two people let the terminals in.
    pub(crate) async fn let_in(&self, installation: &Installation) -> Result<()> {
        for (agent, position) in self.0.iter().zip(1..) {
            agent.enrol(installation, Some(position)).await?;
        }
        Ok(())
    }

    /// Where the pages of a trustee are, counted from 0.
    pub(crate) fn url(&self, trustee: usize) -> Result<String> {
        Ok(self.0.get(trustee).context("no such trustee")?.url.clone())
    }

    /// Starts the three terminals.
    pub(crate) fn start(place: &Place, server: &str) -> Result<Self> {
        let mut agents = Vec::new();
        for position in 1..=3 {
            let key = place.work(&format!("stick-{position}"));
            std::fs::create_dir_all(&key)?;
            let rest = format!("key = \"{}\"\n", key.join("trustee.key").display());
            let (name, label) = (format!("trustee-{position}"), format!("监票终端{position}"));
            let agent = Agent::start(place, server, &name, "trustee", &label, &rest)?;
            agents.push(agent);
        }
        Ok(Self(agents))
    }

    /// The wizard, one step a screen, up to the try-out; all three terminals show the same codes. Answers the code of the keys.
    pub(crate) async fn make_keys(&self) -> Result<String> {
        for trustee in self.visitors()? {
            let fields = [("passphrase", PASSPHRASE), ("again", PASSPHRASE)];
            let sheet = trustee.fill("/key", "/key/create", &fields).await?;
            ensure!(sheet.text.contains("恢复码只在这里出现一次"), "no recovery sheet:\n{}", sheet.text);
            trustee.fill("/key", "/key/printed", &[]).await?;
        }
        self.compare("大家看到的是同一组吗").await?;
        let code = self.compare("再核对一次密钥").await?;
        for trustee in self.visitors()? {
            wait(&trustee, "/key", "试一试U盘上的密钥").await?;
            let wrong = trustee.fill("/key", "/key/try", &[("passphrase", "not the passphrase")]).await?;
            ensure!(wrong.text.contains("口令不对"), "a wrong passphrase is taken:\n{}", wrong.text);
            let done = trustee.fill("/key", "/key/try", &[("passphrase", PASSPHRASE)]).await?;
            ensure!(done.text.contains("密钥做好了"), "the try-out fails:\n{}", done.text);
            trustee.fill("/key", "/forget", &[]).await?;
        }
        Ok(code)
    }

    /// One trustee makes the slip with the hall key; answers what a scanner reads from it.
    pub(crate) async fn hall_key(&self) -> Result<String> {
        let trustee = self.visitors()?.into_iter().next().context("no trustee")?;
        let slip = trustee.fill("/hall-key", "/hall-key", &[]).await?;
        groups(&slip.text, "sheet-code")
    }

    /// A card is scanned and declared void; answers what the page says.
    pub(crate) async fn declare_void(&self, kind: &str, card: &str) -> Result<String> {
        let trustee = self.visitors()?.into_iter().next().context("no trustee")?;
        let page = trustee.see("/void").await?;
        let form = Form::to(&page.text, "/void")?.with("kind", kind).with("code", card);
        Ok(trustee.send(&form).await?.text)
    }

    /// Two trustees compare what their terminals show with the signed sheets, and decrypt.
    pub(crate) async fn decrypt(&self, setup: &str, ballots: usize) -> Result<()> {
        for trustee in self.visitors()?.into_iter().take(2) {
            wait(&trustee, "/tally", "name=\"passphrase\"").await?;
            trustee.fill("/tally", "/tally/unlock", &[("passphrase", PASSPHRASE)]).await?;
            let ready = wait(&trustee, "/tally", "/tally/decrypt").await?;
            let shown: String = ready.text.chars().filter(char::is_ascii_alphanumeric).collect();
            let spans = shown.replace("span", "");
            ensure!(
                spans.contains(setup),
                "the terminal does not show the election check code:\n{}",
                ready.text
            );
            ensure!(ready.text.contains(&ballots.to_string()), "another count:\n{}", ready.text);
            let ticks = ["setup", "head", "ballots"].map(|tick| (tick, "yes"));
            trustee.fill("/tally", "/tally/decrypt", &ticks).await?;
            wait_for_one(&trustee, "/tally", &["已经送出", "已送出"]).await?;
        }
        Ok(())
    }

    /// All terminals show one code under this heading, and everybody says so.
    async fn compare(&self, heading: &str) -> Result<String> {
        let visitors = self.visitors()?;
        let pages = try_join_all(visitors.iter().map(|trustee| wait(trustee, "/key", heading))).await?;
        let codes: BTreeSet<_> =
            pages.iter().map(|page| groups(&page.text, "code-groups")).collect::<Result<_>>()?;
        ensure!(codes.len() == 1, "the terminals show different codes: {codes:?}");
        let answers = visitors.iter().map(|trustee| trustee.fill("/key", "/key/answer", &[("same", "yes")]));
        join_all(answers).await.into_iter().collect::<Result<Vec<_>>>()?;
        codes.into_iter().next().context("no code")
    }

    fn visitors(&self) -> Result<Vec<Visitor>> {
        self.0.iter().map(|agent| Visitor::new(&agent.url)).collect()
    }
}

/// A code shown in groups, joined by dashes.
fn groups(page: &str, class: &str) -> Result<String> {
    let block = page.split_once(&format!("class=\"{class}\"")).map(|(_, rest)| rest);
    let block = block.and_then(|rest| rest.split("</p>").next());
    let block = block.with_context(|| format!("no {class} on the page:\n{page}"))?;
    let groups: Vec<_> = block.split("<span>").skip(1).filter_map(|group| group.split('<').next()).collect();
    Ok(groups.join("-"))
}

pub(crate) async fn wait(visitor: &Visitor, path: &str, words: &str) -> Result<Page> {
    wait_for_one(visitor, path, &[words]).await
}

/// Looks again until the page says one of these.
async fn wait_for_one(visitor: &Visitor, path: &str, words: &[&str]) -> Result<Page> {
    let began = Instant::now();
    loop {
        let page = visitor.open(path).await?;
        if words.iter().any(|words| page.text.contains(words)) {
            return Ok(page);
        }
        ensure!(began.elapsed() < PATIENCE, "{path} never says {words:?}:\n{}", page.text);
        sleep(Duration::from_millis(200)).await;
    }
}
