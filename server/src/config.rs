//! The file of `pingyi serve --config FILE`, in TOML.
//!
//! ```toml
//! listen = "127.0.0.1:8080"
//! public_url = "https://pingyi.example.gov.cn"
//! folder = "/var/lib/pingyi"
//!
//! [database]
//! url = "sqlite:///var/lib/pingyi/pingyi.db"
//!
//! [county]
//! id = "ningjin"
//! name = "宁晋县"
//!
//! [hall]                   # optional: where terminals connect over TLS
//! listen = "0.0.0.0:8443"
//!
//! [backup]                 # optional
//! recipient = "age1…"      # public half of the recovery key, from `pingyi recovery-key`
//! ```

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::domain::{CountyId, InTwoLanguages};

/// Settings of the server. An unknown key is an error: a misspelt setting must not be ignored.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the server listens in clear: on this machine, or behind a proxy.
    pub listen: SocketAddr,
    /// The address that people type, without a slash at the end; printed on notices and in QR codes.
    pub public_url: String,
    /// The folder for keys and publications. A relative one is taken from the folder of the configuration file.
    pub folder: PathBuf,
    /// The database.
    pub database: Database,
    /// The county served.
    pub county: County,
    /// Backups, if they are made.
    pub backup: Option<BackupConfig>,
    /// The hall, where terminals connect over TLS; without it they can only be on this machine.
    pub hall: Option<Hall>,
}

/// To whom backups are sealed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackupConfig {
    /// Public half of the recovery key, `age1…`.
    pub recipient: String,
}

/// Where terminals connect.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hall {
    /// Where the server listens with TLS, with a certificate that it makes itself.
    pub listen: SocketAddr,
}

/// Where the rows are kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `sqlite://…` or `postgres://…`; may hold a password, so it is never printed.
    pub url: SecretString,
}

/// The county served.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct County {
    /// Key of all its rows: a–z, 0–9 and -.
    pub id: CountyId,
    /// Its name on pages.
    pub name: String,
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("The configuration file {} cannot be read. Check the path and the permissions.", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        #[source]
        source: std::io::Error,
    },
    /// The file is not TOML, or a setting is missing, unknown or of the wrong kind.
    #[error("The configuration file {} is not valid. The line and the reason follow.", .path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Line and reason.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// A setting has an impossible value.
    #[error("The setting `{setting}` is not usable: {must}.")]
    Setting {
        /// Its name.
        setting: &'static str,
        /// What it must be.
        must: &'static str,
        /// The same in Chinese.
        must_zh: &'static str,
    },
}

impl InTwoLanguages for ConfigError {
    fn zh(&self) -> String {
        match self {
            Self::Unreadable { path, .. } => {
                format!("无法读取配置文件{}。请检查路径和权限。", path.display())
            }
            Self::Invalid { path, .. } => {
                format!("配置文件{}有误，行号和原因见下。", path.display())
            }
            Self::Setting { setting, must_zh, .. } => format!("配置项 {setting} 不可用：{must_zh}。"),
        }
    }
}

impl Config {
    /// Reads and checks the file at `path`.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        Self::parse(&text, path)
    }

    fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        let mut config: Self = toml::from_str(text)
            .map_err(|source| ConfigError::Invalid { path: path.to_owned(), source: Box::new(source) })?;
        config.check()?;
        if let Some(folder) = path.parent() {
            config.folder = folder.join(&config.folder);
        }
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let url = self.database.url.expose_secret();
        if !url.starts_with("sqlite://")
            && !url.starts_with("postgres://")
            && !url.starts_with("postgresql://")
        {
            return Err(setting(
                "database.url",
                "it must begin with sqlite:// or postgres://",
                "须以 sqlite:// 或 postgres:// 开头",
            ));
        }
        let address = self.public_url.strip_prefix("https://").or(self.public_url.strip_prefix("http://"));
        if address.is_none_or(|address| address.is_empty() || address.ends_with('/')) {
            return Err(setting(
                "public_url",
                "it must begin with https:// or http:// and not end with a slash",
                "须以 https:// 或 http:// 开头，末尾不带斜杠",
            ));
        }
        if self.county.name.trim().is_empty() {
            return Err(setting("county.name", "it must not be empty", "不能为空"));
        }
        Ok(())
    }
}

const fn setting(setting: &'static str, must: &'static str, must_zh: &'static str) -> ConfigError {
    ConfigError::Setting { setting, must, must_zh }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        listen = "127.0.0.1:8080"
        public_url = "http://127.0.0.1:8080"
        folder = "data"
        [database]
        url = "postgres://pingyi:secret@db/pingyi"
        [county]
        id = "ningjin"
        name = "宁晋县"
    "#;

    fn parse(text: &str) -> Result<Config, ConfigError> {
        Config::parse(text, Path::new("/etc/pingyi/pingyi.toml"))
    }

    #[test]
    fn a_complete_file_is_accepted_and_its_folder_is_beside_it() {
        let config = parse(GOOD).unwrap();
        assert_eq!(config.county.id.as_str(), "ningjin");
        assert_eq!(config.folder, Path::new("/etc/pingyi/data"));
    }

    #[test]
    fn the_hall_is_named_or_left_out() {
        assert!(parse(GOOD).unwrap().hall.is_none());
        let with_hall = format!("{GOOD}\n[hall]\nlisten = \"0.0.0.0:8443\"\n");
        assert_eq!(parse(&with_hall).unwrap().hall.unwrap().listen.port(), 8443);
        assert!(parse(&with_hall.replace("0.0.0.0:8443", "8443")).is_err());
    }

    #[test]
    fn the_database_password_is_never_printed() {
        assert!(!format!("{:?}", parse(GOOD).unwrap()).contains("secret"));
    }

    #[test]
    fn a_misspelt_setting_is_refused_with_its_line() {
        let error = parse(&GOOD.replace("folder", "foldr")).unwrap_err();
        let ConfigError::Invalid { source, .. } = &error else { panic!("{error}") };
        assert!(source.to_string().contains("line 4"), "{source}");
        assert!(error.zh().contains("配置文件/etc/pingyi/pingyi.toml有误"));
    }

    #[test]
    fn impossible_values_are_refused_by_name() {
        for (good, bad, name) in [
            ("postgres://", "mysql://", "database.url"),
            ("\"http://127.0.0.1:8080\"", "\"127.0.0.1:8080\"", "public_url"),
            ("\"http://127.0.0.1:8080\"", "\"http://x/\"", "public_url"),
            ("宁晋县", " ", "county.name"),
        ] {
            let error = parse(&GOOD.replace(good, bad)).unwrap_err();
            assert!(matches!(&error, ConfigError::Setting { setting, .. } if *setting == name), "{error}");
            assert!(error.zh().contains(name));
        }
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = Config::read(Path::new("/no/such/file.toml")).unwrap_err();
        assert!(error.en().contains("/no/such/file.toml"));
    }
}
