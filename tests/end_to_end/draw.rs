//! The public draw in the console's own forms, in a real browser, by two people; the server is killed at every step.

use std::fs;

use anyhow::{Context, Result, ensure};
use support::{
    browser::Browser,
    http::Visitor,
    place::{Place, project},
};

use crate::installation::{Database, Installation, project_file};

const YEAR: &str = "/console/2020";

/// The vector whose ceremony is typed: 300 people, three parties, 24 dice, a public source, four absences.
const VECTOR: &str = "tests/fixtures/draw/vectors/v2_300";

/// What the vector's ceremony consists of.
struct Script {
    announce: String,
    commitments: Vec<String>,
    dice: String,
    secrets: Vec<String>,
    public_value: String,
}

impl Script {
    fn read() -> Result<Self> {
        let seed = file("seed.tsv")?;
        let last = |prefix: &str| -> Vec<String> {
            let lines = seed.lines().filter(|line| line.starts_with(prefix));
            lines.filter_map(|line| line.rsplit('\t').next()).map(str::to_owned).collect()
        };
        let one = |prefix: &str| last(prefix).pop().with_context(|| format!("no {prefix} in seed.tsv"));
        Ok(Self {
            announce: one("announce_sha256")?,
            commitments: last("commit"),
            dice: one("dice")?,
            secrets: last("reveal"),
            public_value: one("public")?,
        })
    }
}

/// A file of the vector.
fn file(name: &str) -> Result<String> {
    Ok(fs::read_to_string(project().join(VECTOR).join(name))?)
}

/// The value of a line of the announcement.
fn announced(key: &str) -> Result<String> {
    let text = file("announce.tsv")?;
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("{key}\t")));
    Ok(line.with_context(|| format!("no {key} in announce.tsv"))?.to_owned())
}

/// The hall: two people at their browsers, and a server that does not stay up.
struct Hall<'a> {
    place: &'a Place,
    installation: &'a Installation,
    clerk: Browser<'a>,
    supervisor: Browser<'a>,
    url: String,
}

impl Hall<'_> {
    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// Kills the server and starts it again: the same step is shown, and nothing is known early.
    async fn kill(&self, expected: &str) -> Result<()> {
        self.installation.kill();
        self.installation.start(self.place)?;
        // The visitor's connections died with the server.
        let public = Visitor::new(&self.url)?;
        for early in ["seed.tsv", "result.tsv"] {
            let page = public.open(&format!("/draw/1/{early}")).await?;
            ensure!(page.status == 404, "{early} is there while the ceremony is at {expected}");
        }
        self.clerk.go_to(&self.at("/console/2020/draw")).await?;
        let page = self.clerk.text("main").await?;
        ensure!(page.contains(expected), "after the restart there is no “{expected}”:\n{page}");
        Ok(())
    }

    /// What the hall sees now.
    async fn look(&self, name: &str, path: &str) -> Result<()> {
        self.supervisor.set_viewport(1920, 1080).await?;
        self.supervisor.go_to(&self.at(path)).await?;
        self.supervisor.wait_for("main").await?;
        self.supervisor.screenshot(name).await?;
        self.supervisor.set_viewport(1280, 800).await
    }

    /// What somebody sees on a phone.
    async fn phone(&self, name: &str, path: &str) -> Result<()> {
        self.supervisor.set_viewport(390, 844).await?;
        self.supervisor.go_to(&self.at(path)).await?;
        self.supervisor.wait_for("main").await?;
        self.supervisor.screenshot(&format!("{name}-phone")).await?;
        self.supervisor.set_viewport(1280, 800).await
    }

    async fn screen(&self, name: &str) -> Result<()> {
        self.look(name, "/console/2020/draw/screen").await
    }
}

#[tokio::test]
async fn a_ceremony_typed_by_two_people_survives_every_crash_and_gives_the_vector_byte_for_byte() -> Result<()>
{
    let place = Place::new("draw")?;
    let installation = Installation::new(&place, Database::Sqlite).await?;
    lock_pool_of_vector(&installation).await?;
    let script = Script::read()?;
    let clerk = Browser::open(&place, "clerk", 1280, 800).await?;
    let supervisor = Browser::open(&place, "supervisor", 1280, 800).await?;
    let url = installation.url.clone();
    let hall = Hall { place: &place, installation: &installation, clerk, supervisor, url };
    sign_in(&hall, &hall.clerk, "commission").await?;
    sign_in(&hall, &hall.supervisor, "supervisor").await?;

    announce(&hall, &script).await?;
    commit(&hall, &script).await?;
    throw(&hall, &script).await?;
    reveal(&hall, &script).await?;
    complete(&hall, &script).await?;
    let public = Visitor::new(&installation.url)?;
    for name in ["pool.tsv", "announce.tsv", "seed.tsv", "result.tsv"] {
        let bytes = public.download(&format!("/draw/1/{name}")).await?;
        ensure!(bytes == project_file(&format!("{VECTOR}/{name}"))?, "{name} is not the vector's");
    }
    hall.clerk.close().await?;
    hall.supervisor.close().await
}

/// The pool of the vector, from the spreadsheet that it was made from.
async fn lock_pool_of_vector(installation: &Installation) -> Result<()> {
    let commission = installation.hire("commission", "commission").await?;
    let rules = project_file("evaluation/data/ningjin_2020.toml")?;
    commission.hand_in("/console/editions", "/console/editions", ("file", "rules.toml", &rules)).await?;
    let offices = project_file("evaluation/data/offices.csv")?;
    let path = format!("{YEAR}/offices");
    commission.hand_in(&path, &path, ("file", "offices.csv", &offices)).await?;
    commission.fill(&path, &format!("{path}/publish"), &[]).await?;
    let path = format!("{YEAR}/pool");
    commission.fill(&path, &format!("{path}/open"), &[]).await?;
    let input = project_file(&format!("{VECTOR}/input.csv"))?;
    commission.hand_in(&path, &path, ("file", "input.csv", &input)).await?;
    installation.together(&commission, &path, &format!("{path}/lock"), &[]).await?;
    Ok(())
}

async fn sign_in(hall: &Hall<'_>, browser: &Browser<'_>, name: &str) -> Result<()> {
    hall.installation.sign_in(browser, name).await
}

async fn announce(hall: &Hall<'_>, script: &Script) -> Result<()> {
    let clerk = &hall.clerk;
    clerk.go_to(&hall.at("/console/2020/draw")).await?;
    clerk.retype("#draw_id", &announced("draw_id")?).await?;
    let parties: Vec<_> =
        (1..=3).map(|number| announced(&format!("party\t{number}"))).collect::<Result<_>>()?;
    clerk.type_into("#parties", &parties.join("\n")).await?;
    clerk.retype("#dice_digits", &announced("dice_digits")?).await?;
    clerk.type_into("#public_source", &announced("public_source")?).await?;
    clerk.click("button[value=preview]").await?;
    clerk.wait_for("button[value=publish]").await?;
    clerk.screenshot("01-preview").await?;
    ensure!(shown_hash(clerk).await? == script.announce, "the preview shows another hash");
    clerk.click("button[value=publish]").await?;
    clerk.wait_for("form[action$='/close']").await?;
    hall.screen("02-screen-announced").await?;
    hall.phone("02-public", "/draw").await?;
    hall.phone("02-notice", "/draw/1/notice").await?;
    hall.phone("02-party", "/draw/commit").await?;
    hall.kill("承诺值").await
}

async fn commit(hall: &Hall<'_>, script: &Script) -> Result<()> {
    let clerk = &hall.clerk;
    for (commitment, party) in script.commitments.iter().zip(1..) {
        clerk.type_into(&format!("#commitment-{party}"), commitment).await?;
        clerk.click(&format!("form[action$='/commitment']:has(#commitment-{party}) button")).await?;
        clerk.wait_for(".alert").await?;
        hall.kill(commitment).await?;
    }
    clerk.screenshot("03-commitments").await?;
    hall.screen("04-screen-commitments").await?;
    clerk.click("form[action$='/close'] button").await?;
    clerk.wait_for("#digits").await?;
    hall.screen("05-screen-closed").await?;
    hall.phone("05-dice", "/console/2020/draw").await?;
    hall.kill("录入骰子点数").await
}

/// The two people type at the same time, each in an own browser; a slip of the second is explained.
async fn throw(hall: &Hall<'_>, script: &Script) -> Result<()> {
    let (clerk, supervisor) = (&hall.clerk, &hall.supervisor);
    supervisor.go_to(&hall.at("/console/2020/draw")).await?;
    supervisor.type_into("#digits", &script.dice.replace('6', "9")).await?;
    clerk.type_into("#digits", &script.dice).await?;
    clerk.click("form[action$='/dice'] button").await?;
    clerk.wait_for(".alert").await?;
    hall.kill("已录入，等待另一人录入").await?;
    supervisor.click("form[action$='/dice'] button").await?;
    let complaint = supervisor.text(".alert.problem").await?;
    ensure!(complaint.contains("从第1位起不一致"), "{complaint}");
    supervisor.screenshot("06-dice-differ").await?;
    supervisor.retype("#digits", &script.dice).await?;
    supervisor.click("form[action$='/dice'] button").await?;
    supervisor.wait_for(".alert").await?;
    hall.screen("07-screen-thrown").await?;
    hall.kill("当众启封").await
}

async fn reveal(hall: &Hall<'_>, script: &Script) -> Result<()> {
    let clerk = &hall.clerk;
    clerk.click("form[action$='/open'] button").await?;
    clerk.wait_for("#secret-1").await?;
    hall.kill("录入信封里的密数").await?;
    for (secret, party) in script.secrets.iter().zip(1..) {
        clerk.type_into(&format!("#secret-{party}"), secret).await?;
        clerk.click(&format!("form[action$='/envelope']:has(#secret-{party}) button")).await?;
        clerk.wait_for(".alert").await?;
        hall.kill("与承诺相符").await?;
    }
    clerk.screenshot("08-envelopes").await?;
    hall.phone("08-envelopes", "/console/2020/draw").await?;
    hall.screen("09-screen-envelopes").await
}

async fn complete(hall: &Hall<'_>, script: &Script) -> Result<()> {
    let (clerk, supervisor) = (&hall.clerk, &hall.supervisor);
    clerk.type_into("#public_value", &script.public_value).await?;
    clerk.click("form[action$='/completion'] button").await?;
    clerk.wait_for("form[action$='/withdraw']").await?;
    hall.kill("公开信源，提出抽取").await?;
    supervisor.go_to(&hall.at("/console/acts")).await?;
    supervisor.click(".cards a").await?;
    supervisor.wait_for("form[action$='/confirm']").await?;
    let words = supervisor.text("main").await?;
    ensure!(words.contains(&script.public_value) && words.contains(&script.dice), "{words}");
    supervisor.screenshot("10-confirm").await?;
    supervisor.click("form[action$='/confirm'] button").await?;
    supervisor.wait_for(".alert").await?;
    hall.installation.kill();
    hall.installation.start(hall.place)?;
    clerk.go_to(&hall.at("/console/2020/draw")).await?;
    let page = clerk.text("main").await?;
    ensure!(page.contains("已抽取 100 名评议代表"), "{page}");
    for slide in ["seed", "drawn-a", "drawn-b", "order-a", "order-b"] {
        let path = format!("/console/2020/draw/screen?slide={slide}");
        hall.look(&format!("11-screen-{slide}"), &path).await?;
    }
    hall.phone("11-public", "/draw").await?;
    hall.phone("11-check", "/draw/check").await?;
    hall.phone("11-screen", "/console/2020/draw/screen?slide=order-b").await?;
    names_appear_one_by_one(hall).await
}

/// Half A at the fastest pace, on a screen as the hall has it.
async fn names_appear_one_by_one(hall: &Hall<'_>) -> Result<()> {
    let supervisor = &hall.supervisor;
    supervisor.set_viewport(1920, 1080).await?;
    supervisor.go_to(&hall.at("/console/2020/draw/screen?slide=drawn-a")).await?;
    supervisor.wait_for("#pace-faster:not([hidden])").await?;
    ensure!(
        supervisor.attribute("#sound", "aria-pressed").await?.as_deref() == Some("false"),
        "the sound is on"
    );
    for _ in 0..6 {
        supervisor.click("#pace-faster").await?;
    }
    supervisor.wait_for(".names-grid li:nth-child(50).shown").await?;
    supervisor.screenshot("12-screen-drawn-a-complete").await?;
    Ok(())
}

/// A hash that the page shows large.
async fn shown_hash(browser: &Browser<'_>) -> Result<String> {
    let text = browser.text(".hash-large").await?;
    Ok(text.split_whitespace().collect())
}
