//! Real processes of belenios-tool 2.0, each election in a folder of its own.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::{Command, Output};

use tempfile::TempDir;

/// Exit status of a refusal (protocol note §8).
const REFUSED: i32 = 124;
const INSTALL: &str = "these tests need belenios-tool 2.0, the package belenios-tool of Debian bookworm: \
                       apt-get install belenios-tool";

/// A folder that the tool works in.
pub(crate) struct Tool {
    folder: TempDir,
}

impl Tool {
    /// An empty folder. Other versions of the tool are no measure: 3.0 to 3.3 do not check the ballots.
    pub(crate) fn new() -> Self {
        let tool = Self { folder: tempfile::tempdir().unwrap() };
        let version = tool.run(&["--version"], "");
        assert!(version.starts_with("2.0 "), "{INSTALL} (found version {version})");
        tool
    }

    /// A folder with an archive.
    pub(crate) fn with_archive(bytes: &[u8]) -> Self {
        let tool = Self::new();
        fs::write(tool.folder.path().join("election.bel"), bytes).unwrap();
        tool
    }

    /// A folder in which the tool has begun an archive with this setup.
    pub(crate) fn with_setup(election: &str, trustees: &str, credentials: &str) -> Self {
        let tool = Self::new();
        tool.write("election.json", election);
        tool.write("trustees.json", trustees);
        tool.write("public_creds.json", credentials);
        tool.run(&["archive", "init"], "");
        tool
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).unwrap();
    }

    /// A file without the line end that the tool puts there.
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap().trim_end().to_owned()
    }

    /// The names of the files with this ending, in order.
    pub(crate) fn files(&self, ending: &str) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.filter(|name| name.ends_with(ending)).collect();
        names.sort();
        names
    }

    /// The one archive in the folder.
    pub(crate) fn archive(&self) -> File {
        let [name] = self.files(".bel").try_into().unwrap();
        File::open(self.path(&name)).unwrap()
    }

    /// Runs a command that must succeed, and returns what it prints.
    pub(crate) fn run(&self, arguments: &[&str], input: &str) -> String {
        let output = self.output(arguments, input);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "belenios-tool {arguments:?}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Adds an event with its data, one member a line.
    pub(crate) fn add_event(&self, event_type: &str, lines: &str) {
        self.run(&["archive", "add-event", &format!("--type={event_type}")], lines);
    }

    /// What `election verify` says: nothing where it accepts, its message where it refuses.
    pub(crate) fn verify(&self) -> Result<(), String> {
        let output = self.output(&["election", "verify", "--dir=."], "");
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        match output.status.code() {
            Some(0) => Ok(()),
            Some(REFUSED) => Err(errors),
            other => panic!("belenios-tool ended with {other:?}: {errors}"),
        }
    }

    fn output(&self, arguments: &[&str], input: &str) -> Output {
        self.write("input", input);
        let mut command = Command::new("belenios-tool");
        command.args(arguments).current_dir(self.folder.path());
        match command.stdin(File::open(self.path("input")).unwrap()).output() {
            Err(error) if error.kind() == ErrorKind::NotFound => panic!("{INSTALL}"),
            output => output.unwrap(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}
