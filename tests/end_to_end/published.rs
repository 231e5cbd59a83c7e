//! What the public downloads, and what anybody can do with it.

use std::{
    collections::HashSet,
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use serde_json::json;
use support::{
    http::Visitor,
    place::{Place, program},
    process::run,
    recount,
    sample::positions,
    table::{self, Row},
};

use crate::installation::Installation;

/// A downloaded publication: the zip file, and the folder it unpacks to.
pub(crate) struct Published {
    zip: PathBuf,
    folder: PathBuf,
}

impl Published {
    /// Downloads the publication as one file and unpacks it with other people's program.
    pub(crate) async fn download(place: &Place, installation: &Installation) -> Result<Self> {
        let public = Visitor::new(&installation.url)?;
        let (zip, folder) = (place.work("publication.zip"), place.work("published"));
        fs::write(&zip, public.download("/publication/2020").await?)?;
        run(Command::new("python3").args(["-m", "zipfile", "-e"]).args([&zip, &folder]), "")?.success()?;
        // The folder itself may be inside the zip file.
        let inside = fs::read_dir(&folder)?.collect::<Result<Vec<_>, _>>()?;
        let folder = match inside.as_slice() {
            [only] if only.path().is_dir() => only.path(),
            _ => folder,
        };
        Ok(Self { zip, folder })
    }

    /// The ranking is the one that follows from these choices.
    pub(crate) fn is_a_recount_of(&self, choices: &[Row]) -> Result<()> {
        let offices = table::read(&self.folder.join("offices.csv"))?;
        let expected = recount::ranking(&offices, &recount::count(choices)?)?;
        let found = table::read(&self.folder.join("ranking.csv"))?;
        let different = expected.iter().zip(&found).find(|(expected, found)| expected != found);
        ensure!(found.len() == expected.len(), "{} offices in place of {}", found.len(), expected.len());
        ensure!(different.is_none(), "the recount differs: {different:?}");
        Ok(())
    }

    /// Everybody finds the own ballot by its tracker.
    pub(crate) fn holds_the_ballots(&self, trackers: &[String]) -> Result<()> {
        let archive = fs::read(self.archive()?)?;
        let archive = String::from_utf8_lossy(&archive);
        // One pass over the archive, however many ballots are looked for.
        let ends = archive.match_indices(".data.json").map(|(end, _)| end);
        let names: HashSet<&str> = ends.filter_map(|end| archive.get(end.checked_sub(64)?..end)).collect();
        for tracker in trackers {
            let name = hex::encode(STANDARD_NO_PAD.decode(tracker)?);
            ensure!(names.contains(name.as_str()), "the ballot {tracker} is not in the archive");
        }
        Ok(())
    }

    /// The archives that were public at the opening and at the closing are the beginning of this one.
    pub(crate) async fn begins_with_what_was_public_before(&self, installation: &Installation) -> Result<()> {
        let public = Visitor::new(&installation.url)?;
        let archive = fs::read(self.archive()?)?;
        for name in ["setup.bel", "closed.bel"] {
            let earlier = public.download(&format!("/downloads/{name}")).await?;
            ensure!(
                !earlier.is_empty() && archive.starts_with(&earlier),
                "{name} is not how the archive begins"
            );
        }
        Ok(())
    }

    /// The trustees have signed that this ballot was opened, and refused when somebody sent it all the same.
    pub(crate) fn names_challenged(&self, tracker: &str) -> Result<()> {
        let closing: serde_json::Value =
            serde_json::from_slice(&fs::read(self.folder.join("closing.json"))?)?;
        let statement = closing.get("statement").context("closing.json holds no statement")?;
        let named = (statement.get("challenged"), statement.get("refused"));
        let expected = (json!([tracker]), json!([{ "refused": tracker, "stored": null }]));
        ensure!(named == (Some(&expected.0), Some(&expected.1)), "{tracker} was opened:\n{statement}");
        Ok(())
    }

    /// Both verifiers accept folder and zip file, with the hash of the opening sheet and without, and refuse another.
    pub(crate) fn is_verified(&self, setup: &str) -> Result<()> {
        for path in [&self.folder, &self.zip] {
            ensure!(verify(path, &[])? == 0, "{} is refused", path.display());
            ensure!(
                verify(path, &["--anchor", setup])? == 0,
                "{} is refused with its anchor",
                path.display()
            );
            ensure!(verify(path, &["--anchor", &"0".repeat(64)])? == 1, "another anchor is accepted");
        }
        let small = run(Command::new(program("pingyi-verify")?).arg(&self.folder), "")?;
        ensure!(small.code == Some(0), "the small verifier refuses:\n{}", small.stdout);
        ensure!(verify(&self.archive()?, &["--no-revotes"])? == 0, "the bare archive is refused");
        Ok(())
    }

    /// A changed byte, wherever it is, is found. A sample of places in every file.
    pub(crate) fn cannot_be_changed_by_a_byte(&self) -> Result<()> {
        for path in files(&self.folder)? {
            let honest = fs::read(&path)?;
            for position in positions(honest.len()) {
                let mut changed = honest.clone();
                if let Some(byte) = changed.get_mut(position) {
                    *byte ^= 1;
                }
                fs::write(&path, &changed)?;
                let code = verify(&self.folder, &[])?;
                ensure!(code == 1, "{} with another byte {position}: exit {code}", path.display());
            }
            fs::write(&path, honest)?;
        }
        ensure!(verify(&self.folder, &[])? == 0, "all is as it was, and refused");
        Ok(())
    }

    fn archive(&self) -> Result<PathBuf> {
        let archives = files(&self.folder)?.into_iter();
        let mut archives =
            archives.filter(|path| path.extension().is_some_and(|extension| extension == "bel"));
        let archive = archives.next().context("there is no archive")?;
        File::open(&archive)?;
        Ok(archive)
    }
}

fn verify(path: &Path, options: &[&str]) -> Result<i32> {
    let finished = run(Command::new(program("pingyi")?).arg("verify").arg(path).args(options), "")?;
    finished.code.with_context(|| format!("verify was killed:\n{}", finished.stderr))
}

/// All files below a folder, sorted.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
