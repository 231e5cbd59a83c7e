//! The files that anybody may take home: archives of the poll, and the publication.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use evaluation::hash::Sha256Hash;
use evaluation::publication::file;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::{Context, ServiceError, Year, find_poll, latest_year};
use crate::domain::{EditionState, PollState};
use crate::service::poll::archive::{self, Until};
use crate::store::editions;

/// A file to take home, with what identifies it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFacts {
    /// Its name; below the publication's folder with `/` between folders.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of its bytes.
    pub hash: Sha256Hash,
}

/// One of the two archives that are public before the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EarlyArchive {
    /// Election, trustees and public credentials: public from the opening.
    Setup,
    /// With all ballots, in the order of their hashes: public from the closing.
    Closed,
}

/// An archive as it was at the opening or the closing.
#[derive(Clone, Debug)]
pub struct PublicArchive {
    /// Name, size and hash.
    pub facts: FileFacts,
    /// The Setup event, as on the signed opening sheet.
    pub setup: String,
    /// The `EndBallots` event, if voting has ended.
    pub end_ballots: Option<String>,
    /// The file.
    pub bytes: Arc<[u8]>,
}

/// What can be taken home now.
#[derive(Clone, Debug)]
pub struct Downloads {
    /// The year.
    pub year: Year,
    /// The archive at the opening.
    pub setup: Option<PublicArchive>,
    /// The archive at the closing.
    pub closed: Option<PublicArchive>,
    /// The files of the publication, sums and signature last; empty until it is published.
    pub publication: Vec<FileFacts>,
}

/// Finished files that would be slow to make for every visitor. Each never changes once it is public. Clones share
/// everything.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    archives: Arc<Mutex<BTreeMap<(String, EarlyArchive), PublicArchive>>>,
    zips: Arc<Mutex<BTreeMap<PathBuf, Zip>>>,
}

/// The zip file of a folder with the `SHA256SUMS` of this hash.
#[derive(Clone, Debug)]
struct Zip {
    sums: Sha256Hash,
    bytes: Arc<[u8]>,
}

/// What can be taken home now; none while the first year is being prepared.
pub async fn list(context: &Context, shelf: &Shelf) -> Result<Option<Downloads>, ServiceError> {
    let mut tx = context.db.read().await?;
    let Some(year) = latest_year(&mut tx, context).await? else { return Ok(None) };
    drop(tx);
    let setup = find_archive(context, shelf, EarlyArchive::Setup).await?;
    let closed = find_archive(context, shelf, EarlyArchive::Closed).await?;
    let publication =
        if year.is_published() { list_publication(context, year.edition.year).await? } else { vec![] };
    Ok(Some(Downloads { year, setup, closed, publication }))
}

/// One of the two early archives of the latest year, if it is public.
pub async fn find_archive(
    context: &Context,
    shelf: &Shelf,
    which: EarlyArchive,
) -> Result<Option<PublicArchive>, ServiceError> {
    let (public_from, until, suffix) = match which {
        EarlyArchive::Setup => (PollState::Open, Until::Setup, "setup"),
        EarlyArchive::Closed => (PollState::Closed, Until::EndBallots, "closed"),
    };
    let mut tx = context.db.read().await?;
    let Some(year) = latest_year(&mut tx, context).await? else { return Ok(None) };
    let poll = find_poll(&mut tx, context, &year).await?;
    let Some((poll, _)) = poll.filter(|(poll, _)| poll.state >= public_from) else { return Ok(None) };
    drop(tx);
    let key = (poll.id.to_string(), which);
    if let Some(kept) = shelf.archives.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return Ok(Some(kept.clone()));
    }
    let archive = archive::write(context, &poll.id, until).await?;
    let name = format!("{}-{suffix}{}", poll.id, file::ARCHIVE_SUFFIX);
    let made = PublicArchive {
        facts: facts(name, &archive.bytes),
        setup: archive.setup.to_string(),
        end_ballots: archive.end_ballots.map(|hash| hash.to_string()),
        bytes: archive.bytes.into(),
    };
    shelf.archives.lock().unwrap_or_else(PoisonError::into_inner).insert(key, made.clone());
    Ok(Some(made))
}

/// A file of the publication of a year. Only what `SHA256SUMS` lists is answered, it itself, and its signature.
///
/// # Errors
///
/// [`ServiceError::NotFound`] for any other name, or if the year is not published.
pub async fn publication_file(context: &Context, year: i16, name: String) -> Result<Vec<u8>, ServiceError> {
    let folder = published_folder(context, year).await?;
    blocking(move || {
        let is_listed = listed(&folder)?.iter().any(|(listed, _)| *listed == name);
        if is_listed { Ok(fs::read(folder.join(name))?) } else { Err(ServiceError::NotFound("file")) }
    })
    .await
}

/// All files of the publication of a year as one zip file, the same bytes every time.
///
/// # Errors
///
/// [`ServiceError::NotFound`] if the year is not published.
pub async fn publication_zip(context: &Context, shelf: &Shelf, year: i16) -> Result<Arc<[u8]>, ServiceError> {
    let folder = published_folder(context, year).await?;
    let zips = Arc::clone(&shelf.zips);
    blocking(move || {
        let sums = Sha256Hash::of(fs::read(folder.join(file::SUMS))?);
        if let Some(kept) = zips.lock().unwrap_or_else(PoisonError::into_inner).get(&folder)
            && kept.sums == sums
        {
            return Ok(Arc::clone(&kept.bytes));
        }
        let bytes: Arc<[u8]> = zip(&folder)?.into();
        let mut zips = zips.lock().unwrap_or_else(PoisonError::into_inner);
        zips.insert(folder, Zip { sums, bytes: Arc::clone(&bytes) });
        Ok(bytes)
    })
    .await
}

/// Name, size and hash of each file of a year's publication, sums and signature last.
async fn list_publication(context: &Context, year: i16) -> Result<Vec<FileFacts>, ServiceError> {
    let folder = published_folder(context, year).await?;
    blocking(move || {
        let with_size = |(name, hash): (String, _)| {
            let size = fs::metadata(folder.join(&name))?.len();
            Ok(FileFacts { name, size, hash })
        };
        listed(&folder)?.into_iter().map(with_size).collect()
    })
    .await
}

/// Where the publication of a year lies, if the year is published.
async fn published_folder(context: &Context, year: i16) -> Result<PathBuf, ServiceError> {
    let mut tx = context.db.read().await?;
    let all = editions::list(&mut tx, &context.county).await?;
    let published =
        all.iter().any(|edition| edition.year == year && edition.state >= EditionState::Published);
    if published { Ok(context.publication(year)) } else { Err(ServiceError::NotFound("publication")) }
}

/// The publication's files: what `SHA256SUMS` lists, it itself, and its signature. Hashes are taken from there, so that a
/// visitor costs no reading of the whole archive. A name that leads out of the folder is no name.
fn listed(folder: &Path) -> Result<Vec<(String, Sha256Hash)>, ServiceError> {
    let sums = fs::read_to_string(folder.join(file::SUMS))?;
    let mut files = Vec::new();
    for line in sums.lines() {
        let (hash, name) =
            line.split_once("  ").ok_or(ServiceError::contradiction("SHA256SUMS is malformed"))?;
        if is_inside(name) {
            files.push((name.to_owned(), hash.parse().map_err(ServiceError::contradiction)?));
        }
    }
    let signature = fs::read(folder.join(file::SUMS_SIGNATURE))?;
    files.push((file::SUMS.to_owned(), Sha256Hash::of(sums)));
    files.push((file::SUMS_SIGNATURE.to_owned(), Sha256Hash::of(signature)));
    Ok(files)
}

/// Whether a name stays below the folder that it is joined to.
fn is_inside(name: &str) -> bool {
    !name.contains(['\\', '\0', ':']) && name.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

fn zip(folder: &Path) -> Result<Vec<u8>, ServiceError> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, _) in listed(folder)? {
        writer.start_file(name.as_str(), options).map_err(ServiceError::contradiction)?;
        writer.write_all(&fs::read(folder.join(&name))?)?;
    }
    Ok(writer.finish().map_err(ServiceError::contradiction)?.into_inner())
}

fn facts(name: String, bytes: &[u8]) -> FileFacts {
    FileFacts { name, size: u64::try_from(bytes.len()).unwrap_or(u64::MAX), hash: Sha256Hash::of(bytes) }
}

/// Runs slow reading away from the tasks that answer requests.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ServiceError> + Send + 'static,
) -> Result<T, ServiceError> {
    tokio::task::spawn_blocking(work).await.map_err(ServiceError::contradiction)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_leads_out_of_the_folder_is_no_name() {
        for name in ["draw/pool.tsv", "SHA256SUMS", "a..b"] {
            assert!(is_inside(name), "{name}");
        }
        for name in ["", "/etc/passwd", "../keys", "draw/../../keys", "draw//x", ".", "C:\\x", "a\\b", "a\0"]
        {
            assert!(!is_inside(name), "{name}");
        }
    }
}
