//! Backups: everything the server keeps, sealed to a recovery key whose private half lies in a signed envelope.
//!
//! A backup is an [age](https://age-encryption.org) file, so that any `age` program opens it. Inside is a zip with
//! `backup.json` ([`Manifest`]), the database (the SQLite file, or what `pg_dump` writes) and the files of the server's folder.
//! Nobody who finds one learns anything, the owner of the server included: it holds only the public half of the recovery key.
//! Restoring needs the envelope, and two people ([`restore`]).

pub mod database;
pub mod package;
pub mod restore;
pub mod seal;

use evaluation::hash::Sha256Hash;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::config::Config;
use crate::domain::{CountyId, InTwoLanguages};
use crate::service::{Context, ServiceError, log};
use crate::store::{Backend, StoreError};

/// The first field of `backup.json`.
pub const FORMAT: &str = "pingyi-backup/1";

/// What a backup is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: String,
    /// The county served.
    pub county: CountyId,
    /// The database program: its dump can be read by the same one only.
    pub database: DatabaseKind,
    /// When it was made.
    pub made_at: Timestamp,
    /// Entries of the log when the backup was begun; the database may hold some more.
    pub log_entries: u64,
    /// Hash of the newest of them, to be compared with what was printed.
    pub log_head: Sha256Hash,
}

/// The database program a backup was made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DatabaseKind {
    /// One file.
    Sqlite,
    /// A service.
    Postgres,
}

/// Why there is no backup, or it was not restored. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// No recovery key is configured.
    #[error(
        "No recovery key is set. Make one with `pingyi recovery-key` and write its public half into [backup]."
    )]
    NoRecipient,
    /// The configured recovery key is not one.
    #[error(
        "`backup.recipient` is not a recovery key. It begins with age1; copy it again from where it was made."
    )]
    Recipient,
    /// What was typed is not a recovery key's private half.
    #[error(
        "This is not the private half of a recovery key. It begins with AGE-SECRET-KEY-1; type it again from the sheet."
    )]
    Identity,
    /// The backup does not open with this key.
    #[error(
        "This key does not open this backup, or the file is damaged. Take the envelope that belongs to it, or another backup."
    )]
    Sealed,
    /// It is sealed to another key than the one of the configuration.
    #[error(
        "This key is not the one that `backup.recipient` names. Take the envelope of this server, and copy its public half into the configuration."
    )]
    OtherKey,
    /// What is inside is no backup of this program.
    #[error("The file opens, but it is no backup of this program ({0}). Take another one.")]
    Content(&'static str),
    /// It belongs to another county.
    #[error("This is the backup of the county `{found}`; this server serves `{expected}`.")]
    OtherCounty {
        /// The county of the configuration.
        expected: CountyId,
        /// The county of the backup.
        found: CountyId,
    },
    /// It was made with the other database program.
    #[error("The backup was made with another database program than the configuration names.")]
    OtherDatabase,
    /// There is something where the backup would go.
    #[error(
        "{0} is not empty. A backup is restored into an empty server only; move what is there aside first."
    )]
    NotEmpty(String),
    /// The chain of the log in the backup does not hold.
    #[error(
        "The log in the backup does not hold, or is not the one it names. It was changed; do not use it, and call the supervisor."
    )]
    Log,
    /// The two people are not who they must be.
    #[error("{en}")]
    People {
        /// In Chinese.
        zh: String,
        /// In English.
        en: String,
    },
    /// A program of the database is missing or failed.
    #[error("`{program}` could not do its work: {said}")]
    Program {
        /// `pg_dump` or `pg_restore`.
        program: &'static str,
        /// What it said.
        said: String,
    },
    /// The operating system refused.
    #[error("a file cannot be read or written")]
    Io(#[from] std::io::Error),
    /// A step of the server is not possible.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// The database refused.
    #[error("the database failed")]
    Store(#[from] StoreError),
}

impl InTwoLanguages for BackupError {
    fn zh(&self) -> String {
        match self {
            Self::NoRecipient => {
                "没有设置恢复密钥。请运行 pingyi recovery-key 生成，把公钥写进 [backup]。".to_owned()
            }
            Self::Recipient => "backup.recipient 不是恢复公钥。它以 age1 开头，请重新抄写。".to_owned(),
            Self::Identity => {
                "这不是恢复私钥。它以 AGE-SECRET-KEY-1 开头，请对照信封中的纸重新输入。".to_owned()
            }
            Self::Sealed => {
                "这把钥匙打不开这份备份，或文件已损坏。请取与它配套的信封，或换一份备份。".to_owned()
            }
            Self::OtherKey => {
                "这把钥匙不是配置中 backup.recipient 所指的那一把。请取本服务器的信封，并把它的公钥写进配置。"
                    .to_owned()
            }
            Self::Content(what) => format!("文件打开了，但不是本程序的备份（{what}）。请换一份。"),
            Self::OtherCounty { expected, found } => {
                format!("这是 {found} 的备份，本服务器服务于 {expected}。")
            }
            Self::OtherDatabase => "备份用的数据库与配置的不是同一种。".to_owned(),
            Self::NotEmpty(what) => {
                format!("{what} 不是空的。备份只能恢复到空的服务器，请先把原有内容移开。")
            }
            Self::Log => {
                "备份中的日志不成立，或不是它所说的日志：内容被改动过。不要使用，请报告监督员。".to_owned()
            }
            Self::People { zh, .. } => zh.clone(),
            Self::Program { program, said } => format!("{program} 没有完成：{said}"),
            Self::Service(error) => error.zh(),
            Self::Io(_) => "文件不能读写。没有更改任何内容。".to_owned(),
            Self::Store(_) => "数据库出错。没有更改任何内容。".to_owned(),
        }
    }
}

impl From<Backend> for DatabaseKind {
    fn from(backend: Backend) -> Self {
        match backend {
            Backend::Sqlite => Self::Sqlite,
            Backend::Postgres => Self::Postgres,
        }
    }
}

/// Makes a backup: sealed bytes, and what they are of.
///
/// # Errors
/// [`BackupError`]
pub async fn make(context: &Context, config: &Config) -> Result<(Manifest, Vec<u8>), BackupError> {
    let recipient = config.backup.as_ref().ok_or(BackupError::NoRecipient)?.recipient.clone();
    let recipient = seal::parse_recipient(&recipient)?;
    // First the log's head: the server goes on working, and the dump may hold entries that came after it. Then the database:
    // files it names are there before it names them.
    let head = log::verify(&context.db, &context.county).await?;
    let database = database::dump(context, &config.database.url).await?;
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        county: context.county.clone(),
        database: context.db.backend().into(),
        made_at: context.now(),
        log_entries: head.entries,
        log_head: head.head.hash,
    };
    let files = package::read_folder(&context.folder)?;
    let zip = Zeroizing::new(package::pack(&manifest, &database, &files)?);
    Ok((manifest, seal::seal(&recipient, &zip)?))
}

#[cfg(test)]
mod tests;
