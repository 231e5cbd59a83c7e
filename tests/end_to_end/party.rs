//! The page on which a party of the draw makes its secret on its own device, in a browser of its own.

use std::process::Command;

use anyhow::{Result, ensure};
use sha2::{Digest, Sha256};
use support::{browser::Browser, place::Place, process::run};

use crate::{
    commission::Commission,
    installation::{Database, Installation},
};

const DRAW: &str = "/console/2020/draw";
const KEPT: &str = "input[name=kept]";
const SEND: &str = "form[action='/draw/commit/send'] button";

/// An announced draw; the clerk at the console, and a party with its own device.
struct Table<'a> {
    installation: &'a Installation,
    announcement: String,
    clerk: Browser<'a>,
    party: Browser<'a>,
}

impl<'a> Table<'a> {
    async fn set(place: &'a Place, installation: &'a Installation) -> Result<Self> {
        let commission = Commission::new(installation).await?;
        commission.create_edition(300, 2).await?;
        commission.list_offices().await?;
        commission.fill_pool().await?;
        let announcement = commission.announce().await?;
        let clerk = Browser::open(place, "clerk", 1280, 800).await?;
        installation.sign_in(&clerk, "commission").await?;
        let party = Browser::open_noting_requests(place, "party", 390, 844).await?;
        Ok(Self { installation, announcement, clerk, party })
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.installation.url)
    }

    /// The clerk gives a code to a party (from 1); `again` if it has handed in a commitment before.
    async fn give_code(&self, party: usize, again: bool) -> Result<String> {
        self.clerk.go_to(&self.at(DRAW)).await?;
        let section = format!("section.party:has(input[name=party][value='{party}'])");
        if again {
            self.clerk.click(&format!("{section} summary")).await?;
        }
        self.clerk.click(&format!("{section} form[action$='/code'] button")).await?;
        let code = self.clerk.text(".token").await?;
        self.clerk.screenshot(&format!("code-{party}{}", if again { "-again" } else { "" })).await?;
        Ok(code)
    }

    /// The party opens the page and types a code.
    async fn enter(&self, code: &str) -> Result<()> {
        self.party.go_to(&self.at("/draw/commit")).await?;
        self.party.type_into("#code", code).await?;
        self.party.click("form[action='/draw/commit'] button").await
    }

    /// What the draw specification (§5, step 1) says a commitment is.
    fn commitment(&self, party: usize, secret: &str) -> String {
        let line = format!("public-draw/1\tcommit\t{}\t{party}\t{secret}\n", self.announcement);
        hex::encode(Sha256::digest(line))
    }

    /// Makes a secret on the page; answers it and the commitment that the page put into its form.
    async fn make_secret(&self) -> Result<(String, String)> {
        self.party.click("#make").await?;
        self.party.wait_for("#sheet:not([hidden]) svg.qr").await?;
        let secret: String = self.party.text("#secret").await?.split_whitespace().collect();
        let digits = secret.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        ensure!(secret.len() == 64 && digits, "{secret} is no secret");
        let commitment = self.party.value("#commitment").await?;
        ensure!(commitment == self.commitment(1, &secret), "{commitment} does not commit to the secret");
        Ok((secret, commitment))
    }

    /// Says that the secret is on paper, and hands the commitment in.
    async fn hand_in(&self, commitment: &str) -> Result<()> {
        self.party.click(KEPT).await?;
        self.send(commitment).await
    }

    async fn send(&self, commitment: &str) -> Result<()> {
        self.party.click(SEND).await?;
        let answer = self.party.text(".alert.done").await?;
        ensure!(answer.contains("承诺值已收到") && answer.contains(commitment), "{answer}");
        Ok(())
    }

    /// What the console shows of the commitments.
    async fn shown(&self) -> Result<String> {
        self.clerk.go_to(&self.at(DRAW)).await?;
        self.clerk.text("main").await
    }

    /// Follows the instructions for those who make the secret without our software.
    async fn make_secret_by_hand(&self, party: usize) -> Result<String> {
        let commands = self.party.text("#by-hand pre").await?;
        ensure!(commands.contains("31462…"), "{commands}");
        let dice = "1634215".repeat(8);
        let commands = commands.replace("31462…", &dice);
        let answer = run(Command::new("sh").args(["-c", &commands]), "")?.success()?;
        let mut words = answer.split_whitespace().map(str::to_owned);
        let (shown, commitment) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let secret = hex::encode(Sha256::digest(dice));
        ensure!(shown == secret, "the secret for the envelope is not shown: {answer}");
        ensure!(commitment == self.commitment(party, &secret), "the instructions give {commitment}");
        Ok(commitment)
    }

    async fn close(self) -> Result<()> {
        self.clerk.close().await?;
        self.party.close().await
    }
}

#[tokio::test]
async fn a_party_makes_its_secret_on_its_own_device_and_nothing_but_the_commitment_leaves_it() -> Result<()> {
    let place = Place::new("party")?;
    let installation = Installation::new(&place, Database::Sqlite).await?;
    let table = Table::set(&place, &installation).await?;
    let party = &table.party;
    let code = table.give_code(1, false).await?;
    party.go_to(&table.at("/draw/commit")).await?;
    party.screenshot("01-code").await?;
    table.enter(&code.replace('-', " ").to_uppercase()).await?;
    party.wait_for("#make").await?;
    party.screenshot_of_page("02-before").await?;

    let (secret, commitment) = table.make_secret().await?;
    party.screenshot_of_page("03-secret").await?;
    ensure!(read_picture(party).await? == secret.to_uppercase(), "the picture holds another secret");
    ensure!(party.print("secret").await? == 1, "the sheet for the envelope is not one sheet");
    table.hand_in(&commitment).await?;
    party.screenshot("05-received").await?;
    let requests = party.requests().await?;
    ensure!(requests.iter().any(|request| request.contains(&commitment)), "the commitment was not seen");
    for request in requests {
        ensure!(request.contains(&format!("\"url\":\"{}/", installation.url)), "sent elsewhere: {request}");
        let request: String = request.to_lowercase().chars().filter(char::is_ascii_hexdigit).collect();
        // Eight digits of a secret are found nowhere by chance.
        for part in [&secret[..8], &secret[28..36], &secret[56..]] {
            ensure!(!request.contains(part), "a request holds a part of the secret");
        }
    }
    ensure!(!installation.log()?.contains(&secret), "the log holds the secret");
    ensure!(table.shown().await?.contains(&commitment), "the console does not show {commitment}");
    table.clerk.screenshot("06-console").await?;

    table.enter(&code).await?;
    let refusal = party.text(".alert.problem").await?;
    ensure!(refusal.contains("已经用过") && refusal.contains("要新的代码"), "{refusal}");
    party.screenshot("07-used-code").await?;
    let code = table.give_code(1, true).await?;
    table.enter(&code).await?;
    let (_, corrected) = table.make_secret().await?;
    table.hand_in(&corrected).await?;
    let shown = table.shown().await?;
    ensure!(shown.contains(&corrected) && !shown.contains(&commitment), "{shown}");
    table.close().await
}

#[tokio::test]
async fn a_browser_that_cannot_hash_or_runs_no_scripts_says_how_to_make_the_secret_by_hand() -> Result<()> {
    let place = Place::new("party-by-hand")?;
    let installation = Installation::new(&place, Database::Sqlite).await?;
    let table = Table::set(&place, &installation).await?;
    let party = &table.party;
    let code = table.give_code(2, false).await?;
    party.before_scripts("delete Crypto.prototype.subtle;").await?;
    table.enter(&code).await?;
    let words = party.text("#unavailable:not([hidden])").await?;
    ensure!(words.contains("请用下面的办法"), "{words}");
    ensure!(!party.wait_for("#make").await?.is_displayed().await?, "the button cannot do anything");
    party.screenshot_of_page("01-no-hashing").await?;
    let commitment = table.make_secret_by_hand(2).await?;
    party.type_into("#commitment", &commitment[..63]).await?;
    party.click(KEPT).await?;
    party.click(SEND).await?;
    let refusal = party.text(".alert.problem").await?;
    ensure!(refusal.contains("64位十六进制数"), "{refusal}");
    ensure!(party.value("#commitment").await? == commitment[..63], "what was typed is lost");
    party.retype("#commitment", &commitment).await?;
    table.send(&commitment).await?;

    let code = table.give_code(3, false).await?;
    party.allow_scripts(false).await?;
    table.enter(&code).await?;
    let words = party.text("noscript .alert").await?;
    ensure!(words.contains("请用下面的办法"), "{words}");
    party.click("#by-hand summary").await?;
    party.screenshot_of_page("02-no-scripts").await?;
    let commitment = table.make_secret_by_hand(3).await?;
    party.type_into("#commitment", &commitment).await?;
    table.hand_in(&commitment).await?;
    ensure!(table.shown().await?.contains(&commitment), "the console does not show {commitment}");
    table.close().await
}

/// Reads the QR picture with a program that knows nothing of ours.
async fn read_picture(party: &Browser<'_>) -> Result<String> {
    let picture = party.screenshot_of("svg.qr", "qr").await?;
    let read = run(Command::new("zbarimg").args(["--quiet", "--raw"]).arg(picture), "")?.success()?;
    Ok(read.trim_end().to_owned())
}
