//! The terminal's configuration: one TOML file, whose `role` says what the terminal is.
//!
//! ```toml
//! role = "booth"                      # or "card_officer", "trustee"
//! server = "http://127.0.0.1:8080"
//! token = "…"                         # from the enrolment of this terminal
//! listen = "127.0.0.1:8100"           # booth, trustee: where the browser of this machine finds it
//! spool = "/var/lib/pingyi/spool"     # booth: ballots on their way
//! setup = "…"                         # booth, trustee: hash on the signed opening sheet; every other election is refused
//! cards = "cards.html"                # card officer: the sheet to print
//! key = "/media/stick/trustee.key"    # trustee: where the key lies
//! ```

use std::{
    fs, io,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

use belenios::text::Hash;
use reqwest::Url;
use secrecy::SecretString;
use serde::Deserialize;

/// What this terminal is.
#[derive(Debug, Deserialize)]
#[serde(tag = "role", rename_all = "snake_case")]
pub enum Config {
    /// 投票机.
    Booth(BoothConfig),
    /// 制卡员.
    CardOfficer(CardOfficerConfig),
    /// 监票人.
    Trustee(TrusteeConfig),
}

/// A voting booth.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoothConfig {
    /// Address of the server.
    pub server: String,
    /// The terminal's token.
    pub token: SecretString,
    /// Where the browser of this machine finds the booth; a loopback address.
    pub listen: SocketAddr,
    /// Folder of ballots on their way.
    pub spool: PathBuf,
    /// Hash of the Setup event, from the signed opening sheet.
    pub setup: Option<Hash>,
}

/// The card officer's terminal.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardOfficerConfig {
    /// Address of the server.
    pub server: String,
    /// The terminal's token.
    pub token: SecretString,
    /// The sheet of cards to write; it must not be there yet.
    pub cards: PathBuf,
}

/// A trustee's terminal.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrusteeConfig {
    /// Address of the server.
    pub server: String,
    /// The terminal's token.
    pub token: SecretString,
    /// Where the browser of this machine finds the terminal; a loopback address.
    pub listen: SocketAddr,
    /// The trustee's key file.
    pub key: PathBuf,
    /// Hash of the Setup event, from the signed opening sheet.
    pub setup: Option<Hash>,
}

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// The file is not a configuration.
    #[error("the configuration {path} is not understood")]
    Parse {
        /// The file.
        path: PathBuf,
        /// Where and why.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// A terminal must be out of reach of other machines.
    #[error("a terminal listens on 127.0.0.1 or ::1 only, not on {listen}")]
    NotLoopback {
        /// The address in the configuration.
        listen: SocketAddr,
    },
    /// Ballots and tokens must not cross a network in clear.
    #[error(
        "the server's address {server} must begin with https://, or with http:// if it is on this machine"
    )]
    Server {
        /// The address in the configuration.
        server: String,
    },
}

impl Config {
    /// Reads the configuration and checks what can be checked without the network.
    ///
    /// # Errors
    /// [`ConfigError`]
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text =
            fs::read_to_string(path).map_err(|source| ConfigError::Read { path: path.into(), source })?;
        Self::parse(&text).map_err(|error| match error {
            ConfigError::Parse { source, .. } => ConfigError::Parse { path: path.into(), source },
            other => other,
        })
    }

    fn parse(text: &str) -> Result<Self, ConfigError> {
        let config: Self = toml::from_str(text)
            .map_err(|source| ConfigError::Parse { path: PathBuf::new(), source: Box::new(source) })?;
        check_server(match &config {
            Self::Booth(booth) => &booth.server,
            Self::CardOfficer(card_officer) => &card_officer.server,
            Self::Trustee(trustee) => &trustee.server,
        })?;
        match &config {
            Self::Booth(booth) => check_listen(booth.listen)?,
            Self::Trustee(trustee) => check_listen(trustee.listen)?,
            Self::CardOfficer(_) => {}
        }
        Ok(config)
    }
}

/// A terminal answers its own machine only.
///
/// # Errors
/// [`ConfigError::NotLoopback`]
pub fn check_listen(listen: SocketAddr) -> Result<(), ConfigError> {
    if listen.ip().is_loopback() { Ok(()) } else { Err(ConfigError::NotLoopback { listen }) }
}

fn check_server(server: &str) -> Result<(), ConfigError> {
    let safe = Url::parse(server).is_ok_and(|url| match url.scheme() {
        "https" => true,
        "http" => url.host_str().is_some_and(is_this_machine),
        _ => false,
    });
    if safe { Ok(()) } else { Err(ConfigError::Server { server: server.into() }) }
}

fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOTH: &str = r#"
        role = "booth"
        server = "http://127.0.0.1:8080"
        token = "secret"
        listen = "127.0.0.1:8100"
        spool = "spool"
    "#;

    #[test]
    fn each_role_has_its_own_fields() {
        assert!(matches!(Config::parse(BOOTH), Ok(Config::Booth(_))));
        let trustee =
            "role = 'trustee'\nserver = 'https://10.0.0.1'\ntoken = 't'\nkey = 'k'\nlisten = '127.0.0.1:1'";
        assert!(matches!(Config::parse(trustee), Ok(Config::Trustee(_))));
        let officer = "role = 'card_officer'\nserver = 'http://[::1]:80'\ntoken = 't'\ncards = 'c.html'";
        assert!(matches!(Config::parse(officer), Ok(Config::CardOfficer(_))));
        let mixed = format!("{BOOTH}\nkey = 'k'");
        assert!(matches!(Config::parse(&mixed), Err(ConfigError::Parse { .. })));
    }

    #[test]
    fn a_booth_that_other_machines_could_reach_is_refused() {
        let open = BOOTH.replace("127.0.0.1:8100", "0.0.0.0:8100");
        assert!(matches!(Config::parse(&open), Err(ConfigError::NotLoopback { .. })));
    }

    #[test]
    fn a_server_across_the_network_in_clear_is_refused() {
        for server in ["http://10.0.0.1:8080", "http://127.0.0.1.example.org", "ftp://127.0.0.1", "127.0.0.1"]
        {
            let config = BOOTH.replace("http://127.0.0.1:8080", server);
            assert!(matches!(Config::parse(&config), Err(ConfigError::Server { .. })), "{server}");
        }
    }

    #[test]
    fn debug_output_shows_no_token() {
        assert!(!format!("{:?}", Config::parse(BOOTH).unwrap()).contains("secret"));
    }
}
