//! Recorded prompts for the headphones: a folder with one sound file for each prompt, for those who want a known voice in
//! place of the browser's.
//!
//! The folder has a folder for each language, `zh` and `en`, and in it a file for each prompt: `card.wav`, `office-12.ogg`.
//! `pingyi-kiosk voice-list` prints all of them with what to say ([`list`]). A prompt without a file is spoken by the
//! browser. All files are read when the terminal starts, and whatever is no prompt or no sound is refused then.

mod prompt;

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use appearance::Language;

pub(crate) use prompt::MOST_GRADES;
pub use prompt::{Prompt, list};

/// Where a booth serves them: `/clips/{language}/{name}`.
pub const CLIP_PATH: &str = "/clips/";

/// The longest clip, in bytes: 40 seconds of uncompressed sound at 48 kHz.
const LONGEST: u64 = 4 << 20;

/// All clips together; they lie in memory.
const ALL: u64 = 256 << 20;

/// The clips of a terminal. Clones are the same clips.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clips(Arc<BTreeMap<String, Clip>>);

/// A recorded prompt.
#[derive(Clone, PartialEq, Eq)]
pub struct Clip {
    /// The value of `Content-Type`.
    pub content_type: &'static str,
    /// The sound.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Clip {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Clip({}, {} bytes)", self.content_type, self.bytes.len())
    }
}

/// Why the clips cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClipsError {
    /// A folder or a file cannot be read.
    #[error("录音读不了 · the recordings {path} cannot be read")]
    Read {
        /// The folder or file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// A file has another name than any prompt.
    #[error(
        "{path} 不是任何一条提示的录音；运行 pingyi-kiosk voice-list 查看文件名 · {path} is the recording of no prompt; \
         pingyi-kiosk voice-list prints the names"
    )]
    Unknown {
        /// The file.
        path: PathBuf,
    },
    /// A file holds no sound that a browser plays.
    #[error(
        "{path} 不是 WAV、OGG 或 MP3 声音，或者与扩展名不符 · {path} is no WAV, OGG or MP3, or not what its name says"
    )]
    NoSound {
        /// The file.
        path: PathBuf,
    },
    /// A file, or all of them together, are too large.
    #[error(
        "{path} 太大；每条最多 4 MiB，一共最多 256 MiB · {path} is too large: 4 MiB a prompt, 256 MiB together"
    )]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// A prompt has two recordings.
    #[error("{path}：同一条提示有两份录音，请留一份 · {path}: this prompt is recorded twice; keep one")]
    Twice {
        /// The second of them.
        path: PathBuf,
    },
    /// There is not one recording.
    #[error(
        "{folder} 里没有一条录音（应在 zh、en 文件夹里）· {folder} has no recording in its folders zh and en"
    )]
    Nothing {
        /// The folder of the configuration.
        folder: PathBuf,
    },
}

impl Clips {
    /// Reads a folder of recordings.
    ///
    /// # Errors
    /// [`ClipsError`], if there is none, or anything in it is not the recording of a prompt
    pub fn load(folder: &Path) -> Result<Self, ClipsError> {
        let mut clips = BTreeMap::new();
        let mut room = ALL;
        for path in entries(folder)? {
            let language = path.file_name().and_then(|name| Language::from_name(name.to_str()?));
            let Some(language) = language else { return Err(ClipsError::Unknown { path }) };
            for path in entries(&path)? {
                let (prompt, clip) = read(&path, &mut room)?;
                if clips.insert(key(language, prompt), clip).is_some() {
                    return Err(ClipsError::Twice { path });
                }
            }
        }
        if clips.is_empty() {
            return Err(ClipsError::Nothing { folder: folder.into() });
        }
        Ok(Self(Arc::new(clips)))
    }

    /// The URL of a prompt's recording, if there is one.
    #[must_use]
    pub fn url(&self, language: Language, prompt: Prompt) -> Option<String> {
        let key = key(language, prompt);
        self.0.contains_key(&key).then(|| format!("{CLIP_PATH}{key}"))
    }

    /// The clip at `{CLIP_PATH}{language}/{name}`.
    #[must_use]
    pub fn find(&self, language: &str, name: &str) -> Option<&Clip> {
        self.0.get(&format!("{language}/{name}"))
    }
}

fn key(language: Language, prompt: Prompt) -> String {
    format!("{}/{}", language.name(), prompt.name())
}

/// What lies in a folder, in order of the names; what an operating system hides is left out.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, ClipsError> {
    let failed = |source| ClipsError::Read { path: folder.into(), source };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if !entry.file_name().to_string_lossy().starts_with('.') {
            paths.push(entry.path());
        }
    }
    paths.sort_unstable();
    Ok(paths)
}

fn read(path: &Path, room: &mut u64) -> Result<(Prompt, Clip), ClipsError> {
    let failed = |source| ClipsError::Read { path: path.into(), source };
    let prompt = path.file_stem().and_then(|stem| Prompt::from_name(stem.to_str()?));
    let Some(prompt) = prompt else { return Err(ClipsError::Unknown { path: path.into() }) };
    let size = fs::metadata(path).map_err(failed)?.len();
    *room = room
        .checked_sub(size)
        .filter(|_| size <= LONGEST)
        .ok_or_else(|| ClipsError::TooLarge { path: path.into() })?;
    let bytes = fs::read(path).map_err(failed)?;
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let content_type = sound(&extension.to_ascii_lowercase(), &bytes);
    let content_type = content_type.ok_or_else(|| ClipsError::NoSound { path: path.into() })?;
    Ok((prompt, Clip { content_type, bytes }))
}

/// The type of a file that is what its name says, by its first bytes.
fn sound(extension: &str, bytes: &[u8]) -> Option<&'static str> {
    let begins = |sign: &[u8]| bytes.starts_with(sign);
    match extension {
        "wav" => (begins(b"RIFF") && bytes.get(8..12) == Some(b"WAVE")).then_some("audio/wav"),
        "ogg" => begins(b"OggS").then_some("audio/ogg"),
        // A tag, or the first frame of a layer III stream.
        "mp3" => (begins(b"ID3") || matches!(bytes, [0xff, second, ..] if second & 0xe0 == 0xe0))
            .then_some("audio/mpeg"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAVE: &[u8] = b"RIFF\x24\0\0\0WAVEfmt ";

    fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let place = tempfile::tempdir().unwrap();
        for (path, bytes) in files {
            let path = place.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        place
    }

    fn load(files: &[(&str, &[u8])]) -> Result<Clips, ClipsError> {
        Clips::load(folder(files).path())
    }

    #[test]
    fn a_prompt_has_the_recording_of_its_language_and_no_other() {
        let files: &[(&str, &[u8])] = &[
            ("zh/card.wav", WAVE),
            ("zh/office-12.ogg", b"OggS..."),
            ("en/chosen-2.mp3", b"ID3..."),
            (".DS_Store", b""),
        ];
        let clips = load(files).unwrap();
        assert_eq!(clips.url(Language::Chinese, Prompt::Card).as_deref(), Some("/clips/zh/card"));
        assert_eq!(clips.url(Language::English, Prompt::Card), None);
        assert_eq!(clips.find("zh", "office-12").unwrap().content_type, "audio/ogg");
        assert_eq!(clips.find("en", "chosen-2").unwrap().content_type, "audio/mpeg");
        assert_eq!(clips.find("zh", "card").unwrap().bytes, WAVE);
        assert!(clips.find("zh", "../card").is_none() && clips.find("..", "card").is_none());
    }

    #[test]
    fn what_is_no_recording_of_a_prompt_is_refused() {
        assert!(matches!(Clips::load(Path::new("/nowhere")), Err(ClipsError::Read { .. })));
        assert!(matches!(load(&[]), Err(ClipsError::Nothing { .. })));
        for path in ["zh/crad.wav", "zh/office-0.wav", "zh/office-012.wav", "zh/chosen-9.wav", "fr/card.wav"]
        {
            assert!(matches!(load(&[(path, WAVE)]), Err(ClipsError::Unknown { .. })), "{path}");
        }
        let wrong: [(&str, &[u8]); 4] =
            [("zh/card.wav", b"OggS"), ("zh/card.ogg", WAVE), ("zh/card.mp3", b""), ("zh/card.txt", WAVE)];
        for file in wrong {
            assert!(matches!(load(&[file]), Err(ClipsError::NoSound { .. })), "{}", file.0);
        }
        assert!(matches!(
            load(&[("zh/card.wav", WAVE), ("zh/card.ogg", b"OggS")]),
            Err(ClipsError::Twice { .. })
        ));
        let long = vec![b'.'; 5 << 20];
        assert!(matches!(load(&[("zh/card.wav", &long)]), Err(ClipsError::TooLarge { .. })));
    }

    #[test]
    fn whatever_the_list_names_can_be_recorded() {
        let rules = evaluation::rules::Rules::ningjin_2020();
        let offices = evaluation::office::ningjin_2020();
        let listed = list(&rules, &offices);
        assert_eq!(listed.len(), 10 + 1 + 4 + 70);
        let files: Vec<_> = listed.iter().map(|(name, _)| (format!("zh/{name}.wav"), WAVE)).collect();
        let files: Vec<_> = files.iter().map(|(path, bytes)| (path.as_str(), *bytes)).collect();
        let clips = load(&files).unwrap();
        assert_eq!(clips.0.len(), listed.len());
        let said = |name: &str| listed.iter().find(|(listed, _)| listed == name).unwrap().1.clone();
        assert_eq!(said("chosen-4"), ["已选：不满意", "Chosen: Dissatisfied"]);
        assert!(said("choose")[0].contains("按 2，较满意"));
        assert!(said("office-32")[0].contains("水利工程建设管理与河湖管理运行股"));
    }
}
