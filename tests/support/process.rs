//! Programs that run while a test does, and programs that run to their end.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::Write,
    net::{SocketAddr, TcpStream},
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};

use crate::place::Place;

/// Longer than any program takes to listen on a busy machine.
const START: Duration = Duration::from_mins(1);

/// A running program with everything it started; stopped when dropped. Its output lies in `tests/output`.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

/// What a program that ran to its end left behind.
#[derive(Clone, Debug)]
pub struct Finished {
    /// Its exit code; none if it was killed.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Process {
    /// Starts a program; its output goes to the file `<name>.log` of the place.
    pub fn start(place: &Place, name: &str, command: &mut Command) -> Result<Self> {
        let log = place.output(&format!("{name}.log"));
        let output = File::create(&log)?;
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let child = command.spawn().with_context(|| missing(command.get_program()))?;
        Ok(Self { name: name.to_owned(), child, log })
    }

    /// Returns as soon as the program listens.
    ///
    /// # Errors
    ///
    /// If it ends, or does not listen within a minute; with what it said.
    pub fn wait_until_listening(&mut self, address: SocketAddr) -> Result<()> {
        let began = Instant::now();
        while TcpStream::connect(address).is_err() {
            if let Some(status) = self.child.try_wait()? {
                bail!("{} ended with {status}:\n{}", self.name, self.log());
            }
            ensure!(began.elapsed() < START, "{} does not listen on {address}:\n{}", self.name, self.log());
            sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// What the program has said so far.
    #[must_use]
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// Its number in the operating system.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether the program still runs.
    pub fn is_running(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// Asks the program to end, as an operator does, and waits until it has.
    pub fn end(mut self) -> Result<ExitStatus> {
        self.signal("-TERM");
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            ensure!(began.elapsed() < START, "{} does not end:\n{}", self.name, self.log());
            sleep(Duration::from_millis(20));
        }
    }

    /// To the program and whatever it started.
    fn signal(&self, signal: &str) {
        let group = format!("-{}", self.child.id());
        // If everybody is gone already, there is nobody to tell.
        let _ = Command::new("kill").args([signal, "--", &group]).stderr(Stdio::null()).status();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.signal("-KILL");
        let _ = self.child.wait();
    }
}

impl Finished {
    /// The output of a program that must have succeeded.
    pub fn success(self) -> Result<String> {
        ensure!(self.code == Some(0), "exit {:?}\n{}\n{}", self.code, self.stdout, self.stderr);
        Ok(self.stdout)
    }
}

/// Runs a program to its end with this on its standard input.
pub fn run(command: &mut Command, input: &str) -> Result<Finished> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| missing(command.get_program()))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that ends without reading everything is judged by its exit code.
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = child.wait_with_output()?;
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ok(Finished { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) })
}

fn missing(program: &OsStr) -> String {
    format!("cannot start {}; tests/run installs what is missing", program.to_string_lossy())
}
