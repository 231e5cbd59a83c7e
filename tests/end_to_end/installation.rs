//! A server of its own for a test: configuration, database, process, and the two people of the first run.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, MutexGuard, PoisonError},
};

use anyhow::{Context, Result, ensure};
use support::{
    browser::Browser,
    form::{Form, attribute, text_of_class},
    http::{Page, Visitor},
    place::{Place, free_address, program},
    process::{Process, run},
    sample::postgres_url,
};

/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// Where the rows are kept.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

/// A server with an administrator and a supervisor.
pub(crate) struct Installation {
    pub(crate) config: PathBuf,
    pub(crate) url: String,
    /// Where terminals connect, over TLS.
    pub(crate) hall: String,
    pub(crate) administrator: Visitor,
    pub(crate) supervisor: Visitor,
    address: SocketAddr,
    /// The same as [`Installation::hall`], for a cable.
    pub(crate) hall_address: SocketAddr,
    server: Mutex<Option<Process>>,
    database: Option<PostgresDatabase>,
}

/// A database in the tests' PostgreSQL, dropped with this.
struct PostgresDatabase {
    server: String,
    name: String,
}

impl Installation {
    /// Sets up and starts a server.
    pub(crate) async fn new(place: &Place, database: Database) -> Result<Self> {
        let (address, hall) = (free_address()?, free_address()?);
        let (folder, config) = (place.work("server"), place.work("server.toml"));
        let (database_url, database) = match database {
            Database::Sqlite => (format!("sqlite://{}", place.work("pingyi.db").display()), None),
            Database::Postgres => {
                let made = PostgresDatabase::create(address.port())?;
                (made.url(), Some(made))
            }
        };
        let url = format!("http://{address}");
        let text = format!(
            "listen = \"{address}\"\npublic_url = \"{url}\"\nfolder = \"{}\"\n\
             [database]\nurl = \"{database_url}\"\n[county]\nid = \"ningjin\"\nname = \"宁晋县\"\n\
             [hall]\nlisten = \"{hall}\"\n",
            folder.display()
        );
        fs::write(&config, text)?;
        let people = format!("admin\n管理员甲\n{PASSWORD}\nsupervisor\n监督员乙\n{PASSWORD}\n");
        run(Command::new(program("pingyi")?).arg("setup").arg("--config").arg(&config), &people)?
            .success()?;
        let (administrator, supervisor) = (Visitor::new(&url)?, Visitor::new(&url)?);
        let server = Mutex::new(None);
        let hall_address = hall;
        let hall = format!("https://{hall}");
        let made =
            Self { config, url, hall, administrator, supervisor, address, hall_address, server, database };
        made.start(place)?;
        sign_in(&made.administrator, "admin").await?;
        sign_in(&made.supervisor, "supervisor").await?;
        Ok(made)
    }

    /// Starts the server, again after [`Installation::stop`].
    pub(crate) fn start(&self, place: &Place) -> Result<()> {
        let mut command = Command::new(program("pingyi")?);
        command.arg("serve").arg("--config").arg(&self.config);
        let mut server = Process::start(place, "server", &mut command)?;
        server.wait_until_listening(self.address)?;
        *self.server() = Some(server);
        Ok(())
    }

    /// Ends the server as an operator does.
    pub(crate) fn stop(&self) -> Result<()> {
        let server = self.server().take();
        let status = server.context("the server does not run")?.end()?;
        ensure!(status.success(), "the server ended with {status}");
        Ok(())
    }

    /// Kills the server, as a power cut does.
    pub(crate) fn kill(&self) {
        *self.server() = None;
    }

    /// The machine is lost: rows and files are gone, only the configuration is written anew.
    pub(crate) fn lose_everything(&self, place: &Place) -> Result<()> {
        self.kill();
        fs::remove_dir_all(place.work("server"))?;
        if let Some(database) = &self.database {
            return database.make_anew();
        }
        for end in ["", "-wal", "-shm"] {
            let path = place.work(&format!("pingyi.db{end}"));
            if path.exists() {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    /// The server's log so far; it must still run.
    pub(crate) fn log(&self) -> Result<String> {
        let mut server = self.server();
        let server = server.as_mut().context("the server does not run")?;
        ensure!(server.is_running()?, "the server has ended:\n{}", server.log());
        Ok(server.log())
    }

    fn server(&self) -> MutexGuard<'_, Option<Process>> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new account by two people, whose person chooses the password with the halves of the code that each hands over;
    /// answers somebody who is signed in with it.
    pub(crate) async fn hire(&self, name: &str, role: &str) -> Result<Visitor> {
        let fields = [("name", name), ("person", &format!("{name}（某单位）")), ("role", role)];
        let proposed = self.administrator.fill("/console/accounts", "/console/accounts", &fields).await?;
        let act = proposed.path.split('?').next().unwrap_or_default().to_owned();
        let confirmed = self.supervisor.fill(&act, &format!("{act}/confirm"), &[]).await?;
        let second = text_of_class(&confirmed.text, "token").context("the confirmer is shown no half")?;
        let fetched = self.administrator.fill(&act, &format!("{act}/half"), &[]).await?;
        let first = text_of_class(&fetched.text, "token").context("the proposer is shown no half")?;
        ensure!(!fetched.text.contains(&second), "the proposer is shown the confirmer's half");
        let visitor = Visitor::new(&self.url)?;
        let fields = [
            ("name", name),
            ("first_half", &first),
            ("second_half", &second),
            ("password", PASSWORD),
            ("repeated", PASSWORD),
        ];
        visitor.fill("/console/invitation", "/console/invitation", &fields).await?;
        sign_in(&visitor, name).await?;
        Ok(visitor)
    }

    /// Signs in at a browser.
    pub(crate) async fn sign_in(&self, browser: &Browser<'_>, name: &str) -> Result<()> {
        browser.go_to(&format!("{}/console/sign-in", self.url)).await?;
        browser.type_into("#name", name).await?;
        browser.type_into("#password", PASSWORD).await?;
        browser.click("main button").await?;
        browser.wait_for("nav.navigation").await?;
        Ok(())
    }

    /// Two people let in the terminal with this label, whose screen shows this code; each looks whether the console shows the
    /// same.
    pub(crate) async fn let_in(&self, label: &str, code: &str, position: Option<usize>) -> Result<()> {
        let list = self.administrator.see("/console/terminals").await?.text;
        let card = list.split("<a class=\"card\"").find(|card| card.contains(&format!("<h3>{label}</h3>")));
        let card = card.with_context(|| format!("{label} does not wait to be enrolled:\n{list}"))?;
        let shown = text_of_class(card, "screen-code").unwrap_or_default();
        ensure!(shown == code, "the console shows {shown}, the screen of {label} {code}");
        let path = attribute(card, "href").context("the card leads nowhere")?;
        let position = position.map_or_else(String::new, |position| position.to_string());
        let fields = [("name", label), ("trustee_position", &position)];
        let proposed = self.administrator.fill(&path, &path, &fields).await?;
        let act = proposed.path.split('?').next().unwrap_or_default().to_owned();
        let seen = self.supervisor.see(&act).await?.text;
        let shown = text_of_class(&seen, "screen-code").unwrap_or_default();
        ensure!(shown == code, "the supervisor sees {shown}, the screen of {label} shows {code}:\n{seen}");
        self.supervisor.fill(&act, &format!("{act}/confirm"), &[]).await?;
        Ok(())
    }

    /// An act of two people: `proposer` fills in a form, the supervisor confirms. Answers what the supervisor sees.
    pub(crate) async fn together(
        &self,
        proposer: &Visitor,
        path: &str,
        action: &str,
        fields: &[(&str, &str)],
    ) -> Result<Page> {
        let answer = proposer.fill(path, action, fields).await?;
        let act = answer.path.split('?').next().unwrap_or_default().to_owned();
        ensure!(act.starts_with("/console/acts/"), "{action} was not proposed: {act}\n{}", answer.text);
        let alone = Form::to(&answer.text, &format!("{act}/confirm"));
        ensure!(alone.is_err(), "the person who proposed {action} is offered to confirm it");
        self.supervisor.fill(&act, &format!("{act}/confirm"), &[]).await
    }
}

impl PostgresDatabase {
    fn create(number: u16) -> Result<Self> {
        let url = postgres_url()?;
        let (server, _) = url.rsplit_once('/').with_context(|| format!("{url} names no database"))?;
        let database = Self { server: server.to_owned(), name: format!("e2e_{number}") };
        database.make_anew()?;
        Ok(database)
    }

    fn make_anew(&self) -> Result<()> {
        self.ask(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name))?;
        self.ask(&format!("CREATE DATABASE {}", self.name))
    }

    fn url(&self) -> String {
        format!("{}/{}", self.server, self.name)
    }

    fn ask(&self, sql: &str) -> Result<()> {
        let server = format!("{}/postgres", self.server);
        run(Command::new("psql").args(["-q", "-v", "ON_ERROR_STOP=1", "-d", &server, "-c", sql]), "")?
            .success()?;
        Ok(())
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        *self.server() = None;
        if let Some(database) = self.database.take() {
            // The whole cluster goes at the end of the run anyway.
            let _ = database.ask(&format!("DROP DATABASE IF EXISTS {}", database.name));
        }
    }
}

/// Signs in through the page, as people do.
pub(crate) async fn sign_in(visitor: &Visitor, name: &str) -> Result<()> {
    let fields = [("name", name), ("password", PASSWORD)];
    let page = visitor.fill("/console/sign-in", "/console/sign-in", &fields).await?;
    ensure!(page.path.starts_with("/console"), "{name} cannot sign in:\n{}", page.text);
    Ok(())
}

/// The hash that a page shows large, in groups, after a heading or sentence.
pub(crate) fn large_hash(page: &str, number: usize) -> Result<String> {
    let found =
        page.split("class=\"hash-large\">").nth(number + 1).and_then(|rest| rest.split("</p>").next());
    let found = found.with_context(|| format!("there is no hash {number} on the page:\n{page}"))?;
    let hash: String =
        found.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text).collect();
    let hash: String = hash.chars().filter(char::is_ascii_hexdigit).collect();
    ensure!(hash.len() == 64, "{hash} is not a SHA-256");
    Ok(hash)
}

/// A file of the project.
pub(crate) fn project_file(name: &str) -> Result<Vec<u8>> {
    let path: &Path = &support::place::project().join(name);
    Ok(fs::read(path)?)
}
