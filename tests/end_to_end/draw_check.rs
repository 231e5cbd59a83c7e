//! The public page that does a draw again in the visitor's browser, next to `pingyi draw verify`: both accept the published
//! vectors, and both refuse every altered copy.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};
use support::{
    browser::Browser,
    http::Visitor,
    place::{Place, program, project},
    process::run,
};

use crate::installation::{Database, Installation};

/// The files of one draw: name → bytes.
#[derive(Clone, Debug)]
struct Draw(BTreeMap<String, Vec<u8>>);

impl Draw {
    fn read(folder: &Path) -> Result<Self> {
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "tsv") {
                let name = path.file_name().context("no name")?.to_string_lossy().into_owned();
                files.insert(name, fs::read(&path)?);
            }
        }
        Ok(Self(files))
    }

    fn vector(name: &str) -> Result<Self> {
        Self::read(&project().join("tests/fixtures/draw/vectors").join(name))
    }

    fn text(&self, file: &str) -> Result<String> {
        Ok(String::from_utf8(self.0.get(file).context("no such file")?.clone())?)
    }

    fn hash(&self, file: &str) -> Result<String> {
        Ok(hash(self.0.get(file).context("no such file")?))
    }

    fn with(mut self, file: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.0.insert(file.to_owned(), bytes.into());
        self
    }

    fn without(mut self, file: &str) -> Self {
        self.0.remove(file);
        self
    }

    /// Another text in place of the first `from`, which must be there.
    fn replace(self, file: &str, from: &str, to: &str) -> Result<Self> {
        let text = self.text(file)?;
        ensure!(text.contains(from), "{from:?} is not in {file}");
        Ok(self.with(file, text.replacen(from, to, 1)))
    }

    /// The announcement names this pool, and the transcript this announcement, as a forger would do.
    fn rehashed(self) -> Result<Self> {
        let announced = line_of(&self.text("announce.tsv")?, "pool_sha256\t")?;
        let draw = self.clone().replace(
            "announce.tsv",
            &announced,
            &format!("pool_sha256\t{}", self.hash("pool.tsv")?),
        )?;
        let named = line_of(&draw.text("seed.tsv")?, "announce_sha256\t")?;
        let hash = draw.hash("announce.tsv")?;
        draw.replace("seed.tsv", &named, &format!("announce_sha256\t{hash}"))
    }

    fn write(&self, folder: &Path) -> Result<Vec<PathBuf>> {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir_all(folder)?;
        self.0
            .iter()
            .map(|(name, bytes)| {
                let path = folder.join(name);
                fs::write(&path, bytes)?;
                Ok(path)
            })
            .collect()
    }
}

/// An altered copy: what was done, the file that must be named, the folder.
struct Altered(&'static str, &'static str, Draw);

/// What the page and the program are asked.
struct Check<'a> {
    browser: Browser<'a>,
    folder: PathBuf,
}

impl Check<'_> {
    /// Opens the page anew, chooses the files, and answers whether they are accepted.
    async fn on_page(&self, page: &str, draw: &Draw) -> Result<bool> {
        let paths = draw.write(&self.folder)?;
        let paths: Vec<_> = paths.iter().map(|path| path.to_string_lossy()).collect();
        self.browser.go_to(page).await?;
        self.browser.type_into("#files", &paths.join("\n")).await?;
        let verdict = self.browser.attribute("#verdict", "data-verdict").await?;
        Ok(verdict.as_deref() == Some("ok"))
    }

    /// Exit code and output of the program on the folder that the page was given last.
    fn by_program(&self) -> Result<(Option<i32>, String)> {
        let mut command = Command::new(program("pingyi")?);
        let finished = run(command.args(["draw", "verify"]).arg(&self.folder), "")?;
        Ok((finished.code, finished.stdout))
    }

    async fn both_accept(&self, page: &str, name: &str, draw: &Draw) -> Result<()> {
        let accepted = self.on_page(page, draw).await?;
        ensure!(accepted, "the page refuses {name}:\n{}", self.browser.text("#report").await?);
        let (code, output) = self.by_program()?;
        ensure!(code == Some(0), "the program refuses {name}:\n{output}");
        let steps = without_space(&self.browser.text("#steps").await?);
        for file in ["pool.tsv", "announce.tsv", "seed.tsv", "result.tsv"] {
            ensure!(steps.contains(&draw.hash(file)?), "the hash of {file} of {name} is not shown:\n{steps}");
        }
        let opening: String = draw
            .text("seed.tsv")?
            .split_inclusive('\n')
            .take_while(|line| !line.starts_with("dice"))
            .collect();
        ensure!(
            steps.contains(&hash(opening.as_bytes())),
            "the hash of the opening lines of {name} is not shown"
        );
        Ok(())
    }

    async fn both_refuse(&self, page: &str, Altered(what, file, draw): &Altered) -> Result<()> {
        ensure!(!self.on_page(page, draw).await?, "the page accepts {what}");
        let findings = self.browser.text("#findings").await?;
        ensure!(findings.contains(file), "{what}: the page does not name {file}:\n{findings}");
        let (code, output) = self.by_program()?;
        ensure!(code == Some(1), "{what}: the program says {code:?}:\n{output}");
        ensure!(
            output.contains(&format!("  {file}: ")),
            "{what}: the program does not name {file}:\n{output}"
        );
        Ok(())
    }
}

#[tokio::test]
async fn the_page_and_the_program_accept_the_vectors_and_refuse_every_altered_copy() -> Result<()> {
    let place = Place::new("draw_check")?;
    let installation = Installation::new(&place, Database::Sqlite).await?;
    let online = format!("{}/draw/check", installation.url);
    let saved = place.work("saved.html");
    fs::write(&saved, Visitor::new(&installation.url)?.download("/draw/check.html").await?)?;
    let offline = format!("file://{}", saved.display());
    let browser = Browser::open(&place, "browser", 1280, 800).await?;
    let check = Check { browser, folder: place.work("draw") };

    for (name, draw) in vectors()? {
        check.both_accept(&online, &name, &draw).await?;
    }
    let report = check.browser.text("#report").await?;
    a_ticket_can_be_computed_with_the_command_shown(&check, &online).await?;
    the_page_reads_in_english(&check, &online).await?;
    a_browser_without_cryptography_says_what_to_do(&check, &installation).await?;

    // Nothing is served any more: what follows happens without a network.
    installation.stop()?;
    for (name, draw) in vectors()? {
        check.both_accept(&offline, &name, &draw).await?;
    }
    ensure!(check.browser.text("#report").await? == report, "the saved page reports something else");
    for altered in altered()? {
        check.both_refuse(&offline, &altered).await?;
    }
    for altered in altered_retries()? {
        check.both_refuse(&offline, &altered).await?;
    }
    check.browser.screenshot("refused-1280").await?;
    check.browser.close().await
}

/// Every folder with vectors; there must be some.
fn vectors() -> Result<Vec<(String, Draw)>> {
    let found = [folders("vectors")?, folders("vectors2")?].concat();
    ensure!(found.len() >= 3, "there are no vectors");
    Ok(found)
}

/// The draw folders below a folder of the fixtures; none if it is not there.
fn folders(name: &str) -> Result<Vec<(String, Draw)>> {
    let root = project().join("tests/fixtures/draw").join(name);
    let mut found = Vec::new();
    if root.exists() {
        for entry in fs::read_dir(&root)? {
            let path = entry?.path();
            if path.join("pool.tsv").exists() {
                found.push((path.display().to_string(), Draw::read(&path)?));
            }
        }
    }
    found.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(found)
}

async fn a_ticket_can_be_computed_with_the_command_shown(check: &Check<'_>, page: &str) -> Result<()> {
    let draw = Draw::vector("v2_300")?;
    check.on_page(page, &draw).await?;
    check.browser.screenshot("accepted-1280").await?;
    // Typed in small letters, as on a phone.
    check.browser.type_into("#id", "p017").await?;
    let ticket = check.browser.attribute("#found .hash", "data-hash").await?.context("no ticket is shown")?;
    let command = check.browser.text("#linux").await?;
    let printed = run(Command::new("sh").args(["-c", &command]), "")?.success()?;
    ensure!(printed.split_whitespace().next() == Some(ticket.as_str()), "{command} prints {printed}");
    let rank = check.browser.text("#found-rank").await?;
    let status = check.browser.attribute("#found-status", "data-status").await?.unwrap_or_default();
    let result = draw.text("result.tsv")?;
    let row =
        result.lines().find(|row| row.split('\t').nth(2) == Some("P017")).context("P017 is not drawn")?;
    let cells: Vec<_> = row.split('\t').collect();
    ensure!(cells.get(1) == Some(&rank.as_str()), "the page shows rank {rank}: {row}");
    ensure!(row.ends_with(&format!("{ticket}\t{status}")), "the page shows {ticket} {status}: {row}");
    check.browser.screenshot("person-1280").await
}

async fn the_page_reads_in_english(check: &Check<'_>, page: &str) -> Result<()> {
    check.browser.set_viewport(390, 844).await?;
    check.on_page(page, &Draw::vector("v2_300")?).await?;
    check.browser.screenshot("accepted-390").await?;
    ensure!(check.browser.text("h1").await? == "自己核验抽取", "the page is not Chinese first");
    check.browser.click("#language").await?;
    ensure!(check.browser.text("h1").await? == "Check the draw yourself", "the page is not English");
    ensure!(
        check.browser.text("#verdict").await?.contains("Verified"),
        "the verdict is gone, or not English"
    );
    check.browser.screenshot("english-390").await?;
    check.browser.set_viewport(1280, 800).await
}

async fn a_browser_without_cryptography_says_what_to_do(
    check: &Check<'_>,
    installation: &Installation,
) -> Result<()> {
    // The same server by an address that browsers do not trust without encryption.
    let page = format!("{}/draw/check", installation.url.replace("127.0.0.1", "0.0.0.0"));
    check.browser.go_to(&page).await?;
    let text = check.browser.text("#insecure").await?;
    ensure!(
        text.contains("https") && text.contains("从磁盘打开"),
        "the page does not say what to do: {text:?}"
    );
    check.browser.screenshot("insecure-1280").await
}

/// One altered copy of each kind that the draw specification §8 names, and more.
fn altered() -> Result<Vec<Altered>> {
    let v2 = Draw::vector("v2_300")?;
    let mut list = altered_terms(&v2, &Draw::vector("v3_quota_refusal")?)?;
    list.extend(altered_ceremonies(&v2)?);
    list.extend(altered_results(&v2)?);
    list.extend(altered_files(&v2)?);
    Ok(list)
}

/// Other pools and announcements, also with all hashes made anew.
fn altered_terms(v2: &Draw, v3: &Draw) -> Result<Vec<Altered>> {
    let cell = v2.clone().replace("pool.tsv", "孙安静", "孙安净")?;
    let quota = v3.clone().replace("announce.tsv", "农民\t10\t12", "农民\t9\t12")?;
    let party = v2.clone().replace("announce.tsv", "party\t3", "party\t4")?;
    let impossible = v3.clone().replace("announce.tsv", "农民\t10\t12", "农民\t60\t61")?;
    Ok(vec![
        Altered("a changed cell of the pool", "pool.tsv", cell.clone()),
        Altered("a changed pool with new hashes", "seed.tsv", cell.rehashed()?),
        Altered("rows in another order", "pool.tsv", swapped_rows(v2)?),
        Altered("a name in another normal form", "pool.tsv", decomposed(v3)?),
        Altered("a changed quota", "seed.tsv", quota.clone()),
        Altered("a changed quota with new hashes", "seed.tsv", quota.rehashed()?),
        Altered("a quota that the pool cannot fulfil", "seed.tsv", impossible),
        Altered("a party without its number", "announce.tsv", party),
    ])
}

/// Other things said and thrown in the ceremony.
fn altered_ceremonies(v2: &Draw) -> Result<Vec<Altered>> {
    let changed = |from: &str, to: &str| v2.clone().replace("seed.tsv", from, to);
    let line = |start: &str| line_of(&v2.text("seed.tsv")?, start);
    let withheld = changed(&line("reveal\t2\t")?, "reveal\t2\tMISSING")?;
    let void = withheld.clone().replace("seed.tsv", &line("reveal\t1\t")?, "reveal\t1\tMISSING")?;
    let first = line("commit\t1\t")?.replacen("commit\t1", "commit\t2", 1);
    Ok(vec![
        Altered("changed dice", "result.tsv", changed("dice\t602214", "dice\t602215")?),
        Altered("too few dice", "seed.tsv", changed("dice\t602214", "dice\t60221")?),
        Altered("full-width dice", "seed.tsv", changed("dice\t6", "dice\t６")?),
        Altered("a changed reveal", "seed.tsv", changed("reveal\t1\t447d", "reveal\t1\t447e")?),
        Altered("a withheld reveal", "result.tsv", withheld),
        Altered("too many withheld reveals", "seed.tsv", void),
        Altered("a copied commitment", "seed.tsv", changed(&line("commit\t2\t")?, &first)?),
        Altered("a changed public value", "result.tsv", changed("public\t03", "public\t04")?),
    ])
}

/// Other people in the seats.
fn altered_results(v2: &Draw) -> Result<Vec<Altered>> {
    let absences = v2.clone().replace("absences.tsv", "P279\nP207\n", "P207\nP279\n")?;
    let other = v2.clone().replace("replacements.tsv", "P051", "P052")?;
    let forgotten = v2.clone().replace("replacements.tsv", "A\tP124\tP051\n", "")?;
    Ok(vec![
        Altered("a swapped winner", "result.tsv", swapped_winner(v2)?),
        Altered("absences in another order", "absences.tsv", absences),
        Altered("another replacement", "replacements.tsv", other),
        Altered("a forgotten replacement", "replacements.tsv", forgotten),
    ])
}

/// What editors and copying do to files.
fn altered_files(draw: &Draw) -> Result<Vec<Altered>> {
    let mut list = Vec::new();
    for file in ["pool.tsv", "announce.tsv", "seed.tsv", "result.tsv", "absences.tsv", "replacements.tsv"] {
        list.push(Altered("a missing file", file, draw.clone().without(file)));
    }
    let (pool, announce, seed, result) = (
        draw.text("pool.tsv")?,
        draw.text("announce.tsv")?,
        draw.text("seed.tsv")?,
        draw.text("result.tsv")?,
    );
    let versions = [
        ("CRLF in the pool", "pool.tsv", pool.replace('\n', "\r\n").into_bytes()),
        ("CRLF in the transcript", "seed.tsv", seed.replace('\n', "\r\n").into_bytes()),
        ("a byte order mark", "announce.tsv", format!("\u{feff}{announce}").into_bytes()),
        ("a file cut off", "result.tsv", result.trim_end().as_bytes().to_vec()),
        ("a blank line at the end", "result.tsv", format!("{result}\n").into_bytes()),
        ("bytes that are not UTF-8", "pool.tsv", [pool.as_bytes(), b"\xff\n"].concat()),
        ("an empty file", "seed.tsv", Vec::new()),
    ];
    list.extend(versions.map(|(what, file, bytes)| Altered(what, file, draw.clone().with(file, bytes))));
    Ok(list)
}

/// Folders of `public-draw/2` that name another try than the first that fits.
fn altered_retries() -> Result<Vec<Altered>> {
    let mut list = Vec::new();
    for (_, draw) in folders("vectors2")? {
        let seed = draw.hash("seed.tsv")?;
        let line = line_of(&draw.text("result.tsv")?, "retry\t")?;
        let t: usize = line.split('\t').nth(1).context("no try")?.parse()?;
        let later = retry(&seed, t + 1);
        list.push(Altered("a later try", "result.tsv", draw.clone().replace("result.tsv", &line, &later)?));
        if t > 0 {
            list.push(Altered(
                "an earlier try",
                "result.tsv",
                draw.replace("result.tsv", &line, &retry(&seed, t - 1))?,
            ));
        }
    }
    Ok(list)
}

/// The line of `result.tsv` that names this try.
fn retry(seed: &str, t: usize) -> String {
    let hashed = if t == 0 {
        seed.to_owned()
    } else {
        hash(format!("public-draw/1\tretry\t{seed}\t{t}\n").as_bytes())
    };
    format!("retry\t{t}\t{hashed}")
}

fn swapped_rows(draw: &Draw) -> Result<Draw> {
    let text = draw.text("pool.tsv")?;
    let mut lines: Vec<_> = text.split_inclusive('\n').collect();
    lines.swap(2, 3);
    Ok(draw.clone().with("pool.tsv", lines.concat()))
}

fn swapped_winner(draw: &Draw) -> Result<Draw> {
    draw.clone()
        .replace("result.tsv", "SELECTED", "ALTx")?
        .replace("result.tsv", "ALT1\n", "SELECTED\n")?
        .replace("result.tsv", "ALTx", "ALT1")
}

/// The pool as a program saves it that takes letters and accents apart: it looks the same.
fn decomposed(draw: &Draw) -> Result<Draw> {
    draw.clone().replace("pool.tsv", "\u{e9}", "e\u{301}")
}

fn line_of(text: &str, start: &str) -> Result<String> {
    let line = text.lines().find(|line| line.starts_with(start));
    Ok(line.with_context(|| format!("no line begins with {start:?}"))?.to_owned())
}

fn hash(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn without_space(text: &str) -> String {
    text.split_whitespace().collect()
}
