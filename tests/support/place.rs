//! Where things lie.

use std::{
    env, fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

/// Where a test works, and where it leaves what people look at afterwards.
#[derive(Debug)]
pub struct Place {
    /// Gone when the test ends.
    work: TempDir,
    /// `tests/output/<name>`: logs and screenshots; kept.
    output: PathBuf,
}

impl Place {
    /// The place of the test of this name; what an earlier run left there is removed.
    pub fn new(name: &str) -> Result<Self> {
        let output = project().join("tests/output").join(name);
        if output.exists() {
            fs::remove_dir_all(&output)?;
        }
        fs::create_dir_all(&output).with_context(|| format!("cannot make {}", output.display()))?;
        Ok(Self { work: tempfile::tempdir()?, output })
    }

    /// A path in the folder that goes when the test ends.
    #[must_use]
    pub fn work(&self, name: &str) -> PathBuf {
        self.work.path().join(name)
    }

    /// A path in the folder that stays.
    #[must_use]
    pub fn output(&self, name: &str) -> PathBuf {
        self.output.join(name)
    }
}

/// The folder of the project.
#[must_use]
pub fn project() -> PathBuf {
    // This crate lies in the project's folder.
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default()
}

/// A program of this project, as built with these tests.
pub fn program(name: &str) -> Result<PathBuf> {
    // Tests lie in `target/<profile>/deps`, programs one folder above.
    let test = env::current_exe()?;
    let folder = test.parent().and_then(Path::parent).context("the test is not in a target folder")?;
    let path = folder.join(name).with_extension(env::consts::EXE_EXTENSION);
    ensure!(path.exists(), "{} is not built; run `cargo build --workspace`, or tests/run", path.display());
    Ok(path)
}

/// An address of this machine that nobody listens on now.
pub fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}
