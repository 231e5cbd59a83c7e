//! The terminal's configuration: one TOML file, whose `role` says what the terminal is.
//!
//! ```toml
//! role = "booth"                      # or "card_officer", "trustee"
//! label = "3号投票机"                  # what stands on its label
//! server = "https://10.0.0.1:8443"    # http:// on the server's own machine only
//! listen = "127.0.0.1:8100"           # where the browser of this machine finds it
//! folder = "/var/lib/pingyi-terminal" # the terminal's own key and enrolment; a relative path is taken from this file
//! spool = "/var/lib/pingyi/spool"     # booth: ballots on their way
//! challenges = "/media/stick"         # booth: where opened ballots are saved too, if set
//! setup = "…"                         # booth, trustee: hash on the signed opening sheet; every other election is refused
//! idle = { warning_seconds = 120, countdown_seconds = 45 } # booth: when the veil comes; these are the defaults
//! key = "/media/stick/trustee.key"    # trustee: where the key lies
//! ```
//!
//! What stands before the voter at a booth: [`crate::equipment`].

use std::{
    fs, io,
    net::{IpAddr, SocketAddr},
    num::NonZeroU16,
    path::{Path, PathBuf},
    time::Duration,
};

use belenios::text::Hash;
use evaluation::wire::{LONGEST_LABEL, TerminalRole};
use reqwest::Url;
use serde::Deserialize;

use crate::{
    booth::IdleTimes,
    clips::{Clips, ClipsError},
    equipment::Equipment,
};

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
    /// What stands on the terminal's label.
    pub label: String,
    /// Address of the server.
    pub server: String,
    /// Where the browser of this machine finds the terminal's pages; a loopback address.
    pub listen: SocketAddr,
    /// The terminal's own folder, with its key and its enrolment.
    pub folder: PathBuf,
    /// Folder of ballots on their way.
    pub spool: PathBuf,
    /// Folder for ballots that are opened to check the booth, such as a stick.
    pub challenges: Option<PathBuf>,
    /// Hash of the Setup event, from the signed opening sheet.
    pub setup: Option<Hash>,
    /// What stands before the voter.
    #[serde(default)]
    pub equipment: Equipment,
    /// How long the booth waits for a person who does nothing.
    #[serde(default)]
    pub idle: IdleConfig,
}

/// How long a booth waits for a person who does nothing.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IdleConfig {
    /// Seconds without any sign of the person until the warning.
    pub warning_seconds: NonZeroU16,
    /// Seconds that the warning counts down until the veil.
    pub countdown_seconds: NonZeroU16,
}

impl Default for IdleConfig {
    fn default() -> Self {
        let IdleTimes { warning, countdown } = IdleTimes::default();
        let seconds = |time: Duration| {
            u16::try_from(time.as_secs()).ok().and_then(NonZeroU16::new).unwrap_or(NonZeroU16::MAX)
        };
        Self { warning_seconds: seconds(warning), countdown_seconds: seconds(countdown) }
    }
}

impl From<IdleConfig> for IdleTimes {
    fn from(config: IdleConfig) -> Self {
        let seconds = |number: NonZeroU16| Duration::from_secs(number.get().into());
        Self { warning: seconds(config.warning_seconds), countdown: seconds(config.countdown_seconds) }
    }
}

/// The card officer's terminal.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardOfficerConfig {
    /// What stands on the terminal's label.
    pub label: String,
    /// Address of the server.
    pub server: String,
    /// Where the browser of this machine finds the terminal's pages; a loopback address.
    pub listen: SocketAddr,
    /// The terminal's own folder, with its key and its enrolment.
    pub folder: PathBuf,
}

/// A trustee's terminal.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrusteeConfig {
    /// What stands on the terminal's label.
    pub label: String,
    /// Address of the server.
    pub server: String,
    /// Where the browser of this machine finds the terminal's pages; a loopback address.
    pub listen: SocketAddr,
    /// The terminal's own folder, with its key and its enrolment.
    pub folder: PathBuf,
    /// The trustee's key file.
    pub key: PathBuf,
    /// Hash of the Setup event, from the signed opening sheet.
    pub setup: Option<Hash>,
}

/// What every terminal's configuration says, whatever it is for.
#[derive(Clone, Debug)]
pub struct TerminalConfig {
    /// What the terminal is for.
    pub role: TerminalRole,
    /// What stands on its label.
    pub label: String,
    /// Address of the server.
    pub server: String,
    /// Where the browser of this machine finds its pages.
    pub listen: SocketAddr,
    /// Its own folder.
    pub folder: PathBuf,
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
    /// The label says nothing, or too much.
    #[error("a terminal's label has 1 to {LONGEST_LABEL} characters")]
    Label,
    /// No panel has this size.
    #[error(
        "a panel of {width_px} CSS pixels on {width_mm} mm does not exist; measure its visible width with a ruler"
    )]
    Panel {
        /// Its width in millimetres, as configured.
        width_mm: u16,
        /// Its width in CSS pixels, as configured.
        width_px: u16,
    },
    /// The recorded prompts cannot be used.
    #[error("投票机的录音不能用 · the booth's recorded prompts cannot be used")]
    Clips(#[source] ClipsError),
    /// A terminal must be out of reach of other machines.
    #[error("a terminal listens on 127.0.0.1 or ::1 only, not on {listen}")]
    NotLoopback {
        /// The address in the configuration.
        listen: SocketAddr,
    },
    /// What terminals send must not cross a network in clear.
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
        let mut config = Self::parse(&text).map_err(|error| match error {
            ConfigError::Parse { source, .. } => ConfigError::Parse { path: path.into(), source },
            other => other,
        })?;
        let beside = path.parent().unwrap_or(Path::new(""));
        let folder = match &mut config {
            Self::Booth(booth) => &mut booth.folder,
            Self::CardOfficer(card_officer) => &mut card_officer.folder,
            Self::Trustee(trustee) => &mut trustee.folder,
        };
        *folder = beside.join(&*folder);
        if let Self::Booth(BoothConfig { equipment, .. }) = &mut config
            && let Some(folder) = &equipment.clips_folder
        {
            equipment.clips = Clips::load(&beside.join(folder)).map_err(ConfigError::Clips)?;
        }
        Ok(config)
    }

    /// What does not depend on the role.
    #[must_use]
    pub fn terminal(&self) -> TerminalConfig {
        let (role, label, server, listen, folder) = match self {
            Self::Booth(BoothConfig { label, server, listen, folder, .. }) => {
                (TerminalRole::Booth, label, server, listen, folder)
            }
            Self::CardOfficer(CardOfficerConfig { label, server, listen, folder, .. }) => {
                (TerminalRole::CardOfficer, label, server, listen, folder)
            }
            Self::Trustee(TrusteeConfig { label, server, listen, folder, .. }) => {
                (TerminalRole::Trustee, label, server, listen, folder)
            }
        };
        let (label, server) = (label.trim().to_owned(), server.trim_end_matches('/').to_owned());
        TerminalConfig { role, label, server, listen: *listen, folder: folder.clone() }
    }

    fn parse(text: &str) -> Result<Self, ConfigError> {
        let config: Self = toml::from_str(text)
            .map_err(|source| ConfigError::Parse { path: PathBuf::new(), source: Box::new(source) })?;
        let terminal = config.terminal();
        check_server(&terminal.server)?;
        check_listen(terminal.listen)?;
        if terminal.label.is_empty() || terminal.label.chars().count() > LONGEST_LABEL {
            return Err(ConfigError::Label);
        }
        if let Self::Booth(BoothConfig { equipment: Equipment { panel: Some(panel), .. }, .. }) = &config
            && !panel.is_possible()
        {
            return Err(ConfigError::Panel { width_mm: panel.width_mm, width_px: panel.width_px });
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

    const COMMON: &str =
        "label = '3号投票机'\nserver = 'http://127.0.0.1:8080'\nlisten = '127.0.0.1:8100'\nfolder = 'own'\n";

    fn booth() -> String {
        format!("role = 'booth'\n{COMMON}spool = 'spool'\n")
    }

    #[test]
    fn each_role_has_its_own_fields() {
        assert!(matches!(Config::parse(&booth()), Ok(Config::Booth(_))));
        let trustee = format!("role = 'trustee'\n{COMMON}key = 'k'");
        assert!(matches!(Config::parse(&trustee), Ok(Config::Trustee(_))));
        let officer = format!("role = 'card_officer'\n{COMMON}");
        assert!(matches!(Config::parse(&officer), Ok(Config::CardOfficer(_))));
        let mixed = format!("{}key = 'k'", booth());
        assert!(matches!(Config::parse(&mixed), Err(ConfigError::Parse { .. })));
    }

    #[test]
    fn the_veil_comes_after_two_minutes_and_45_seconds_unless_the_configuration_says_otherwise() {
        let idle = |more: &str| match Config::parse(&format!("{}{more}", booth())) {
            Ok(Config::Booth(booth)) => Some(IdleTimes::from(booth.idle)),
            _ => None,
        };
        assert_eq!(idle(""), Some(IdleTimes::default()));
        let warning = idle("idle = { warning_seconds = 30 }").unwrap();
        assert_eq!((warning.warning.as_secs(), warning.countdown.as_secs()), (30, 45));
        assert_eq!(idle("idle = { countdown_seconds = 0 }"), None);
        assert_eq!(idle("idle = { minutes = 2 }"), None);
    }

    #[test]
    fn a_terminal_that_other_machines_could_reach_is_refused() {
        let open = booth().replace("127.0.0.1:8100", "0.0.0.0:8100");
        assert!(matches!(Config::parse(&open), Err(ConfigError::NotLoopback { .. })));
        let officer = format!("role = 'card_officer'\n{COMMON}").replace("127.0.0.1:8100", "10.0.0.7:80");
        assert!(matches!(Config::parse(&officer), Err(ConfigError::NotLoopback { .. })));
    }

    #[test]
    fn a_terminal_without_a_label_is_refused() {
        for label in ["", " ", &"号".repeat(LONGEST_LABEL + 1)] {
            let config = booth().replace("3号投票机", label);
            assert!(matches!(Config::parse(&config), Err(ConfigError::Label)), "{label}");
        }
    }

    #[test]
    fn a_server_across_the_network_in_clear_is_refused() {
        assert!(Config::parse(&booth().replace("http://127.0.0.1:8080", "https://10.0.0.1:8443")).is_ok());
        for server in ["http://10.0.0.1:8080", "http://127.0.0.1.example.org", "ftp://127.0.0.1", "127.0.0.1"]
        {
            let config = booth().replace("http://127.0.0.1:8080", server);
            assert!(matches!(Config::parse(&config), Err(ConfigError::Server { .. })), "{server}");
        }
    }

    #[test]
    fn a_panel_that_does_not_exist_is_refused() {
        let panel = |size: &str| Config::parse(&format!("{}[equipment]\npanel = {{ {size} }}\n", booth()));
        assert!(matches!(panel("width_mm = 194, width_px = 1080"), Ok(Config::Booth(_))));
        assert!(matches!(panel("width_mm = 1080, width_px = 194"), Err(ConfigError::Panel { .. })));
        assert!(matches!(panel("width_mm = 194"), Err(ConfigError::Parse { .. })));
    }

    #[test]
    fn the_folder_lies_beside_the_configuration() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("kiosk.toml");
        fs::write(&path, booth()).unwrap();
        assert_eq!(Config::load(&path).unwrap().terminal().folder, place.path().join("own"));
    }

    #[test]
    fn recorded_prompts_are_read_at_the_start_or_it_does_not_start() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("kiosk.toml");
        fs::write(&path, format!("{}[equipment]\nvoice = 'offered'\nclips = 'voice'\n", booth())).unwrap();
        assert!(matches!(Config::load(&path), Err(ConfigError::Clips(ClipsError::Read { .. }))));
        fs::create_dir_all(place.path().join("voice/zh")).unwrap();
        assert!(matches!(Config::load(&path), Err(ConfigError::Clips(ClipsError::Nothing { .. }))));
        fs::write(place.path().join("voice/zh/card.wav"), b"RIFF\x04\0\0\0WAVE").unwrap();
        let Config::Booth(booth) = Config::load(&path).unwrap() else { panic!("it is no booth") };
        assert!(booth.equipment.clips.find("zh", "card").is_some());
    }
}
