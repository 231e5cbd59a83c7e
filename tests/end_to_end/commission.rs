//! The commission's year in the console, up to the day of the poll.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use sha2::{Digest, Sha256};
use support::http::Visitor;
use tokio::time::sleep;

use crate::installation::{Installation, large_hash, project_file};

/// The commission at work: one account, and the supervisor as second person.
pub(crate) struct Commission<'a> {
    installation: &'a Installation,
    visitor: Visitor,
}

pub(crate) const YEAR: &str = "/console/2020";

/// How long booths may take to finish.
const PATIENCE: Duration = Duration::from_mins(1);

/// Who brings a secret to the draw.
pub(crate) const PARTIES: [&str; 3] = ["县纪委监委", "县人大", "群众代表"];

impl<'a> Commission<'a> {
    /// The commission at its screen.
    pub(crate) fn visitor(&self) -> &Visitor {
        &self.visitor
    }

    pub(crate) async fn new(installation: &'a Installation) -> Result<Self> {
        let visitor = installation.hire("commission", "commission").await?;
        Ok(Self { installation, visitor })
    }

    /// From the rules to the published statements; `take` representatives are drawn from each half.
    pub(crate) async fn prepare(&self, take: usize) -> Result<()> {
        self.create_edition(300, take).await?;
        self.list_offices().await?;
        self.fill_pool().await?;
        self.draw().await?;
        self.press("statements", "statements").await
    }

    /// The preset for a pool of this size, of which `take` are drawn from each half.
    pub(crate) async fn create_edition(&self, pool: usize, take: usize) -> Result<()> {
        let rules = String::from_utf8(project_file("evaluation/data/ningjin_2020.toml")?)?;
        let fit = rules.matches("take = 50").count() == 2 && rules.matches("size = 300").count() == 1;
        ensure!(fit, "the preset has changed");
        let rules = rules.replace("take = 50", &format!("take = {take}"));
        let rules = rules.replace("size = 300", &format!("size = {pool}"));
        let upload = ("file", "rules.toml", rules.as_bytes());
        self.visitor.hand_in("/console/editions", "/console/editions", upload).await?;
        Ok(())
    }

    pub(crate) async fn list_offices(&self) -> Result<()> {
        let path = format!("{YEAR}/offices");
        let offices = project_file("evaluation/data/offices.csv")?;
        self.visitor.hand_in(&path, &path, ("file", "offices.csv", &offices)).await?;
        self.press("offices", "offices/publish").await
    }

    /// A pool of 300 invented people; a file that lacks one is refused first.
    pub(crate) async fn fill_pool(&self) -> Result<()> {
        self.open_pool().await?;
        let path = format!("{YEAR}/pool");
        let pool = pool_of(300);
        self.visitor.hand_in(&path, &path, ("file", "pool.csv", pool.as_bytes())).await?;
        self.lock_pool().await
    }

    pub(crate) async fn open_pool(&self) -> Result<()> {
        self.press("pool", "pool/open").await
    }

    /// Locks the pool, by two people.
    pub(crate) async fn lock_pool(&self) -> Result<()> {
        let (path, action) = (format!("{YEAR}/pool"), format!("{YEAR}/pool/lock"));
        self.installation.together(&self.visitor, &path, &action, &[]).await?;
        Ok(())
    }

    /// Announces a draw of three parties; answers the hash of the announcement.
    pub(crate) async fn announce(&self) -> Result<String> {
        let path = format!("{YEAR}/draw");
        let fields = [("parties", PARTIES.join("\n")), ("dice_digits", "6".to_owned())];
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        large_hash(&self.visitor.fill(&path, &path, &fields).await?.text, 0)
    }

    /// The public draw, with three secrets and dice.
    pub(crate) async fn draw(&self) -> Result<()> {
        let path = format!("{YEAR}/draw");
        let announcement = self.announce().await?;
        let secrets: Vec<String> = (1..=3).map(|party| format!("{party:064x}")).collect();
        let commitments = secrets.iter().zip(1..).map(|(secret, party)| {
            // The draw specification says what a commitment is; this is its formula.
            let line = format!("public-draw/1\tcommit\t{announcement}\t{party}\t{secret}\n");
            hex::encode(Sha256::digest(line))
        });
        for (commitment, party) in commitments.zip(1..) {
            self.type_in("commitment", party, &commitment).await?;
        }
        self.press("draw", "draw/1/close").await?;
        for clerk in [&self.visitor, &self.installation.supervisor] {
            clerk.fill(&path, &format!("{path}/1/dice"), &[("digits", "314159")]).await?;
        }
        self.press("draw", "draw/1/open").await?;
        for (secret, party) in secrets.iter().zip(1..) {
            self.type_in("envelope", party, secret).await?;
        }
        self.installation.together(&self.visitor, &path, &format!("{path}/1/completion"), &[]).await?;
        Ok(())
    }

    /// Fills in a form about one party (from 1).
    async fn type_in(&self, step: &str, party: usize, value: &str) -> Result<()> {
        let field = format!("{}-{party}", if step == "commitment" { step } else { "secret" });
        let fields = [("party", party.to_string()), (&field, value.to_owned())];
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        self.visitor.fill(&format!("{YEAR}/draw"), &format!("{YEAR}/draw/1/{step}"), &fields).await?;
        Ok(())
    }

    /// Creates the poll with three trustees and this many spare cards.
    pub(crate) async fn create_poll(&self, spare_cards: usize) -> Result<()> {
        let path = format!("{YEAR}/poll");
        let spare = spare_cards.to_string();
        let fields = [
            ("trustee-1", "甲（县人大）"),
            ("trustee-2", "乙（县政协）"),
            ("trustee-3", "丙（群众代表）"),
            ("spare_cards", &spare),
        ];
        self.visitor.fill(&path, &path, &fields).await?;
        Ok(())
    }

    /// The hash for the opening sheet.
    pub(crate) async fn opening_hash(&self) -> Result<String> {
        large_hash(&self.visitor.see(&format!("{YEAR}/poll")).await?.text, 0)
    }

    /// An act about the poll (`open`, `close`, `reveal`) by two people.
    pub(crate) async fn act_on_poll(&self, act: &str) -> Result<()> {
        let (path, action) = (format!("{YEAR}/poll"), format!("{YEAR}/poll/{act}"));
        self.installation.together(&self.visitor, &path, &action, &[]).await?;
        Ok(())
    }

    /// Seals the box of a closing poll, as soon as every booth has finished.
    pub(crate) async fn seal(&self) -> Result<()> {
        self.press_until_it_works("poll/seal").await
    }

    /// Reconciles the closed poll, as soon as every booth has signed.
    pub(crate) async fn reconcile(&self) -> Result<()> {
        self.press_until_it_works("poll/reconcile").await
    }

    /// Two people record that there was no check-in desk, without which a real poll is not reconciled.
    pub(crate) async fn record_that_nobody_was_checked_in(&self) -> Result<()> {
        let path = format!("{YEAR}/poll/exceptions");
        let fields = [
            ("subject", r#"{"kind":"no_check_in"}"#),
            ("reason", "本次测试没有设签到台"),
            ("document_number", "宁创〔2020〕11号"),
        ];
        self.installation.together(&self.visitor, &path, &path, &fields).await?;
        Ok(())
    }

    async fn press_until_it_works(&self, action: &str) -> Result<()> {
        let began = Instant::now();
        while let Err(error) = self.press("poll", action).await {
            if began.elapsed() >= PATIENCE {
                return Err(error);
            }
            sleep(Duration::from_millis(200)).await;
        }
        Ok(())
    }

    /// Publishes, by two people.
    pub(crate) async fn publish(&self) -> Result<()> {
        let path = format!("{YEAR}/publication");
        self.installation.together(&self.visitor, &path, &path, &[]).await?;
        Ok(())
    }

    /// Presses the one button of a form.
    pub(crate) async fn press(&self, page: &str, action: &str) -> Result<()> {
        self.visitor.fill(&format!("{YEAR}/{page}"), &format!("{YEAR}/{action}"), &[]).await?;
        Ok(())
    }
}

/// A pool of invented people, half of them in each half.
fn pool_of(people: usize) -> String {
    let mut csv = String::from("编号,半区,类别,姓名\n");
    for number in 1..=people {
        let group = if number % 2 == 0 { "A,外地客商" } else { "B,农民" };
        // Writing to memory cannot fail.
        let _ = writeln!(csv, "T{number:03},{group},测试人员{number}");
    }
    csv
}
