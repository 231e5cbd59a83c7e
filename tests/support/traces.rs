//! What must not be left: looked for in files and in the memory of running programs.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

/// Bytes that are read at once.
const PIECE: usize = 1 << 20;
/// Memory that was never written is skipped in steps of this.
const BLOCK: usize = 1 << 12;

/// What must not be left, in every form that it may have.
#[derive(Debug, Default)]
pub struct Traces {
    /// A name and the bytes, of which the first is not zero.
    needles: Vec<(String, Vec<u8>)>,
}

impl Traces {
    /// Looks for these bytes too; `name` says what they are.
    pub fn add(&mut self, name: impl Into<String>, bytes: impl AsRef<[u8]>) {
        let bytes = bytes.as_ref();
        // Where zeros stand before it they may as well belong to something else.
        let start = bytes.iter().position(|byte| *byte != 0).unwrap_or_default();
        self.needles.push((name.into(), bytes.get(start..).unwrap_or_default().to_vec()));
    }

    /// Looks for grades, by their place from 0 in the order of the list, in every form that they have in memory, in a draft, in JSON or
    /// typed in a row. A part of them is enough, but one that is hardly anywhere by chance.
    pub fn add_grades(&mut self, grades: &[usize]) {
        for (first, part) in grades.windows(24).enumerate().step_by(8) {
            let name = |form: &str| format!("grades from office {} as {form}", first + 1);
            let bytes =
                |from: usize| part.iter().map(move |grade| u8::try_from(grade + from).unwrap_or_default());
            let texts =
                |between: &str| part.iter().map(ToString::to_string).collect::<Vec<_>>().join(between);
            self.add(name("bytes"), bytes(0).collect::<Vec<_>>());
            self.add(name("bytes from 1"), bytes(1).collect::<Vec<_>>());
            self.add(name("digits"), texts(""));
            self.add(name("digits from 1"), bytes(1).map(|byte| char::from(b'0' + byte)).collect::<String>());
            self.add(name("hexadecimal bytes from 1"), hex::encode(bytes(1).collect::<Vec<_>>()));
            self.add(name("JSON"), texts(","));
            self.add(name("a list"), texts(", "));
            let from_1: Vec<_> = bytes(1).map(|byte| byte.to_string()).collect();
            self.add(name("a list from 1"), from_1.join(", "));
            let wide = |part: &[usize], words: &dyn Fn(u64) -> Vec<u64>| -> Vec<u8> {
                let words = part.iter().flat_map(|grade| words(u64::try_from(*grade).unwrap_or_default()));
                words.flat_map(u64::to_ne_bytes).collect()
            };
            let few = part.get(..12).unwrap_or_default();
            self.add(name("numbers"), wide(few, &|grade| vec![grade]));
            self.add(name("options"), wide(few, &|grade| vec![1, grade]));
            let narrow = |number: usize| u32::try_from(number).unwrap_or_default().to_ne_bytes();
            self.add(name("short numbers"), few.iter().copied().flat_map(narrow).collect::<Vec<_>>());
        }
    }

    /// The names of what is in these bytes.
    #[must_use]
    pub fn find(&self, bytes: &[u8]) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        let starts: Vec<bool> = (0..=u8::MAX)
            .map(|byte| self.needles.iter().any(|(_, needle)| needle.first() == Some(&byte)))
            .collect();
        for (number, block) in bytes.chunks(BLOCK).enumerate() {
            if block.iter().all(|byte| *byte == 0) {
                continue;
            }
            for (place, byte) in block.iter().enumerate() {
                if starts.get(usize::from(*byte)) != Some(&true) {
                    continue;
                }
                let rest = bytes.get(number * BLOCK + place..).unwrap_or_default();
                let here = self.needles.iter().filter(|(_, needle)| rest.starts_with(needle));
                found.extend(here.map(|(name, _)| name.as_str()));
            }
        }
        found
    }

    /// Looks into every file in these folders, and into these files. Answers where something was found, and how many files there were.
    ///
    /// # Errors
    ///
    /// If one cannot be read, except for one that has gone meanwhile.
    pub fn in_files(&self, paths: &[PathBuf]) -> Result<(Vec<String>, usize)> {
        let mut files = Vec::new();
        for path in paths {
            list(path, &mut files)?;
        }
        let mut found = Vec::new();
        for path in &files {
            match fs::read(path) {
                Ok(bytes) => {
                    found.extend(self.find(&bytes).iter().map(|name| format!("{}: {name}", path.display())));
                }
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => {
                    return Err(error).with_context(|| format!("{} cannot be read", path.display()));
                }
            }
        }
        Ok((found, files.len()))
    }

    /// Looks into everything that this process can write to: heap, stacks, its own data. Answers what was found, and how many bytes were
    /// read.
    ///
    /// # Errors
    ///
    /// If the memory cannot be read: whoever may not look has seen nothing.
    pub fn in_memory(&self, process: u32) -> Result<(BTreeSet<&str>, usize)> {
        let maps = fs::read_to_string(format!("/proc/{process}/maps")).context("no map of the memory")?;
        let memory = File::open(format!("/proc/{process}/mem")).context("the memory cannot be read")?;
        let longest = self.needles.iter().map(|(_, needle)| needle.len()).max().unwrap_or_default();
        let (mut found, mut read) = (BTreeSet::new(), 0);
        for line in maps.lines() {
            let mut words = line.split_whitespace();
            let (Some(range), Some(rights)) = (words.next(), words.next()) else { continue };
            if !rights.starts_with("rw") {
                continue;
            }
            let (from, to) = range.split_once('-').context("a map of another form")?;
            let (from, to) = (u64::from_str_radix(from, 16)?, u64::from_str_radix(to, 16)?);
            let mut piece = vec![0; PIECE + longest];
            let mut at = from;
            while at < to {
                let size = piece.len().min(usize::try_from(to - at)?);
                let part = piece.get_mut(..size).context("a piece of another size")?;
                // What has been given back meanwhile holds nothing any more.
                if memory.read_exact_at(part, at).is_ok() {
                    found.extend(self.find(part));
                    read += size.min(PIECE);
                }
                at += PIECE as u64;
            }
        }
        Ok((found, read))
    }
}

fn list(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    // Sockets and links to nowhere hold nothing.
    let Ok(kind) = fs::symlink_metadata(path) else { return Ok(()) };
    if kind.is_dir() {
        for entry in fs::read_dir(path)? {
            list(&entry?.path(), files)?;
        }
    } else if kind.is_file() {
        files.push(path.to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_the_grades_is_found_and_nothing_where_there_is_nothing() {
        let grades: Vec<usize> = (0..40).map(|office| (office * 7 + office / 3) % 4).collect();
        let mut traces = Traces::default();
        traces.add_grades(&grades);
        let options: Vec<u8> =
            grades.iter().flat_map(|grade| [1, *grade as u64]).flat_map(u64::to_ne_bytes).collect();
        let mut bytes = vec![0; BLOCK - 100];
        assert!(traces.find(&bytes).is_empty());
        bytes.extend(&options);
        assert!(traces.find(&bytes).contains("grades from office 9 as options"));
        let digits: String = grades.iter().map(ToString::to_string).collect();
        assert!(traces.find(digits.as_bytes()).contains("grades from office 1 as digits"));
    }

    #[test]
    fn what_this_process_remembers_is_found() {
        let secret: Vec<u8> = (0..64).map(|place| place * 3 + 7).collect();
        let mut traces = Traces::default();
        traces.add("kept", &secret);
        let (found, read) = traces.in_memory(std::process::id()).unwrap();
        assert!(found.contains("kept") && read > 0);
    }
}
