//! Restoring a backup: into an empty server only, and by two people.
//!
//! The steps are separate, so that nothing is put in place before two people with different roles have seen what it is:
//! [`Restoration::open`] checks the backup, [`Restoration::stage`] opens its rows beside the server's place,
//! [`Staged::authorize`] asks for the two, [`Staged::put_in_place`] does it.

use std::fs;
use std::path::Path;

use secrecy::{ExposeSecret as _, SecretString};
use tempfile::TempDir;

use super::package::{Package, unpack};
use super::{BackupError, Manifest, database, seal};
use crate::config::Config;
use crate::domain::{AccountId, AccountStatus, Action, Actor, InTwoLanguages as _, LogEvent, RestoredFrom};
use crate::service::poll::restored;
use crate::service::{Context, folder::write_durably, log};
use crate::store::{Backend, Db, StoreError, accounts, copy, log_entries, sessions, sqlite_url};

/// A backup that opened and belongs to this server.
#[derive(Debug)]
pub struct Restoration {
    package: Package,
}

/// Rows that lie beside the server's place.
#[derive(Debug)]
pub struct Staged {
    package: Package,
    context: Context,
    /// Where an SQLite file is tried; gone when this is dropped.
    folder: Option<TempDir>,
}

/// Somebody at the server's command line.
#[derive(Debug)]
pub struct Person {
    /// The login name.
    pub name: String,
    /// The password.
    pub password: SecretString,
}

/// Two people who may restore together.
#[derive(Clone, Debug)]
pub struct Authorized {
    proposer: AccountId,
    confirmer: AccountId,
}

impl Restoration {
    /// Opens a backup with the private half of the recovery key, and checks that it belongs to the server of this
    /// configuration.
    ///
    /// # Errors
    /// [`BackupError`]
    pub fn open(config: &Config, sealed: &[u8], identity: &str) -> Result<Self, BackupError> {
        let recipient = config.backup.as_ref().ok_or(BackupError::NoRecipient)?;
        let identity = seal::parse_identity(identity)?;
        if identity.to_public().to_string() != recipient.recipient.trim() {
            return Err(BackupError::OtherKey);
        }
        let package = unpack(&seal::open(&identity, sealed)?)?;
        let found = package.manifest.county.clone();
        if found != config.county.id {
            return Err(BackupError::OtherCounty { expected: config.county.id.clone(), found });
        }
        if package.manifest.database != backend(config).into() {
            return Err(BackupError::OtherDatabase);
        }
        Ok(Self { package })
    }

    /// What the backup is of.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.package.manifest
    }

    /// Opens the rows and checks the chain of the log. `like` names clock, randomness and password hashing; its database must
    /// be the configured one, and fresh.
    ///
    /// # Errors
    /// [`BackupError`]
    pub async fn stage(self, config: &Config, like: Context) -> Result<Staged, BackupError> {
        check_empty(config, &like).await?;
        like.db.close().await;
        let url = &config.database.url;
        let (db, folder) = match backend(config) {
            Backend::Sqlite => {
                let folder = tempfile::Builder::new().prefix(".new-restore-").tempdir_in(&config.folder)?;
                let path = folder.path().join("restored.db");
                fs::write(&path, &self.package.database)?;
                (Db::open(&sqlite_url(&path)).await?, Some(folder))
            }
            Backend::Postgres => {
                let made = Db::open(url.expose_secret()).await?;
                copy::drop_everything(&made).await?;
                made.close().await;
                database::load_postgres(url, &self.package.database).await?;
                (Db::open(url.expose_secret()).await?, None)
            }
        };
        let staged = Staged { package: self.package, context: Context { db, ..like }, folder };
        match staged.check_log().await {
            Ok(()) => Ok(staged),
            Err(error) => {
                staged.abandon().await?;
                Err(error)
            }
        }
    }
}

impl Staged {
    /// The log is whole, and goes through the entry that the manifest names.
    async fn check_log(&self) -> Result<(), BackupError> {
        let report = log::verify(&self.context.db, &self.context.county).await?;
        let manifest = &self.package.manifest;
        let mut tx = self.context.db.read().await?;
        let named = log_entries::list(&mut tx, &self.context.county, manifest.log_entries, 1).await?;
        let as_named = named
            .first()
            .is_some_and(|entry| (entry.seq, entry.hash) == (manifest.log_entries, manifest.log_head));
        if report.findings.is_empty() && as_named { Ok(()) } else { Err(BackupError::Log) }
    }

    /// Whether these are two people who may restore: one of the roles that propose, one of those that confirm.
    ///
    /// # Errors
    /// [`BackupError::People`] says who is not
    pub async fn authorize(&self, first: &Person, second: &Person) -> Result<Authorized, BackupError> {
        let proposer = self.sign_in(first).await?;
        let confirmer = self.sign_in(second).await?;
        if proposer.id == confirmer.id || proposer.person == confirmer.person {
            return Err(people("两人必须是不同的人。", "The two must be different people."));
        }
        if !Action::Restore.proposers().contains(&proposer.role) {
            return Err(people("第一人须为管理员。", "The first must be an administrator."));
        }
        if !Action::Restore.confirmers().contains(&confirmer.role) {
            return Err(people(
                "第二人须为监督员或领导小组成员。",
                "The second must be a supervisor or of the leading group.",
            ));
        }
        Ok(Authorized { proposer: proposer.id, confirmer: confirmer.id })
    }

    async fn sign_in(&self, person: &Person) -> Result<accounts::Account, BackupError> {
        let mut tx = self.context.db.read().await?;
        let found = accounts::find_by_name(&mut tx, &self.context.county, &person.name).await?;
        drop(tx);
        let (account, hash) = found.unzip();
        let matches = self.context.passwords.matches(&person.password, hash).await;
        let matches = matches.map_err(|error| people(&error.zh(), &error.to_string()))?;
        let enabled = account.filter(|account| account.status == AccountStatus::Enabled);
        enabled.filter(|_| matches).ok_or_else(|| {
            people(
                "登录名或密码与备份中的账号不符，请重试。",
                "Name or password is not that of an account in the backup. Try again.",
            )
        })
    }

    /// Puts everything in place. Sessions end, and an open poll is paused: the two who resume it must know that ballots
    /// stored after the backup are missing, which the booths' statements will show.
    ///
    /// # Errors
    /// [`BackupError`]
    pub async fn put_in_place(self, config: &Config, by: &Authorized) -> Result<(), BackupError> {
        self.record(by).await?;
        let Self { package, context, folder } = self;
        let county_db = &context.db;
        if let Some(folder) = folder {
            // One file without a log beside it, then the real name.
            let ready = folder.path().join("ready.db");
            copy::write_sqlite_copy(county_db, &ready).await?;
            county_db.close().await;
            let target = database::sqlite_path(&config.database.url)?;
            for end in ["", "-wal", "-shm"] {
                remove(Path::new(&format!("{}{end}", target.display())))?;
            }
            write_durably(&target, &fs::read(&ready)?, true)?;
        } else {
            county_db.close().await;
        }
        for (name, bytes) in &package.files {
            write_durably(&config.folder.join(name), bytes, name.starts_with("keys/"))?;
        }
        Ok(())
    }

    async fn record(&self, by: &Authorized) -> Result<(), BackupError> {
        let (context, manifest) = (&self.context, &self.package.manifest);
        let mut tx = context.db.write().await?;
        sessions::delete_all(&mut tx, &context.county).await?;
        let event = LogEvent::Restored {
            proposer: by.proposer.clone(),
            confirmer: by.confirmer.clone(),
            made_at: manifest.made_at,
            entries: manifest.log_entries,
            head: manifest.log_head,
        };
        log::append(&mut tx, &context.county, context.now(), &Actor::System, &event).await?;
        let from = RestoredFrom {
            made_at: manifest.made_at,
            entries: manifest.log_entries,
            head: manifest.log_head,
        };
        restored::mark(&mut tx, context, &from).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(())
    }

    /// Leaves everything as it was.
    ///
    /// # Errors
    /// [`BackupError`]
    pub async fn abandon(self) -> Result<(), BackupError> {
        if self.folder.is_none() {
            copy::drop_everything(&self.context.db).await?;
        }
        self.context.db.close().await;
        Ok(())
    }
}

/// Nothing is overwritten: neither rows nor files.
async fn check_empty(config: &Config, context: &Context) -> Result<(), BackupError> {
    let mut tx = context.db.read().await?;
    if !copy::is_fresh(&mut tx).await? {
        return Err(BackupError::NotEmpty("database.url".to_owned()));
    }
    drop(tx);
    if super::package::read_folder(&config.folder)?.is_empty() {
        Ok(())
    } else {
        Err(BackupError::NotEmpty(config.folder.display().to_string()))
    }
}

fn backend(config: &Config) -> Backend {
    if config.database.url.expose_secret().starts_with("sqlite://") {
        Backend::Sqlite
    } else {
        Backend::Postgres
    }
}

fn remove(path: &Path) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn people(zh: &str, en: &str) -> BackupError {
    BackupError::People { zh: zh.to_owned(), en: en.to_owned() }
}
