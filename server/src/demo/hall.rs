//! The hall: trustees, card officer and booths, each with the kiosk's own code, speaking to the server over HTTP.

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use belenios::text::Hash;
use evaluation::wire::TerminalRole;
use futures_util::future::try_join_all;
use indicatif::ProgressBar;
use kiosk::access::Access;
use kiosk::booth::{Booth, BoothSettings, Timing};
use kiosk::cards::Cards;
use kiosk::config::TerminalConfig;
use kiosk::enrolment::{self, Pace, Step};
use kiosk::equipment::Equipment;
use kiosk::os_rng;
use kiosk::trustee::{self, Cost, KeyFile, Passphrase};
use kiosk::uplink::{Timeouts, Uplink};
use secrecy::SecretString;
use tokio::sync::watch;
use zeroize::Zeroizing;

use super::choices::Choices;
use super::staff::Staff;

/// A card's code, wiped when it is no longer needed.
pub(super) type CardCode = Zeroizing<String>;

/// What opens the trustees' key files of a demo. Nothing there is secret.
const PASSPHRASE: &str = "demonstration only, not a secret";

/// Between two looks of a trustee's terminal at how far the others are; people wait longer.
const PAUSE: Duration = Duration::from_millis(100);

/// A terminal in the same process need not wait for anybody's steps.
const PACE: Pace = Pace {
    timeouts: Timeouts { connect: Duration::from_secs(5), request: Duration::from_secs(30) },
    look: Duration::from_millis(20),
    again: Duration::from_secs(1),
    lifetime: Duration::from_mins(15),
};

/// The terminals of the hall.
#[derive(Debug)]
pub(super) struct Hall {
    server: String,
    folder: PathBuf,
    trustees: Vec<(Uplink, PathBuf)>,
    card_officer: Uplink,
    booths: Vec<Access>,
}

impl Hall {
    /// Enrols the trustees' terminals, the card officer's and `booths` booths.
    pub(super) async fn enrol(
        staff: &Staff,
        server: String,
        folder: &Path,
        trustees: usize,
        booths: usize,
    ) -> anyhow::Result<Self> {
        let terminal = |role, label| terminal(&server, folder, role, label);
        let mut terminals = Vec::new();
        for position in 1..=u32::try_from(trustees)? {
            let key = folder.join("trustees").join(position.to_string()).join("share.key");
            let terminal = terminal(TerminalRole::Trustee, format!("监票终端{position}"));
            terminals.push((uplink(&server, enrol(staff, &terminal, Some(position)).await?)?, key));
        }
        let card_officer = terminal(TerminalRole::CardOfficer, "制卡终端".to_owned());
        let card_officer = uplink(&server, enrol(staff, &card_officer, None).await?)?;
        let mut accesses = Vec::new();
        for number in 1..=booths {
            let booth = terminal(TerminalRole::Booth, format!("投票机{number}"));
            accesses.push(enrol(staff, &booth, None).await?);
        }
        Ok(Self { server, folder: folder.to_owned(), trustees: terminals, card_officer, booths: accesses })
    }

    /// The trustees make their keys together, each at the own terminal, and see the same list of trustees at the end.
    pub(super) async fn make_keys(&self) -> anyhow::Result<Option<Hash>> {
        let lists = try_join_all(self.trustees.iter().map(|(uplink, path)| async move {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            let mut list = None;
            let say = |step| {
                if let trustee::Step::Trustees(hash) = step {
                    list = Some(hash);
                }
            };
            let access = (path.as_path(), &passphrase(), Cost::default());
            trustee::make_key(uplink, access, PAUSE, say, &mut os_rng()).await?;
            anyhow::Ok(list)
        }))
        .await?;
        ensure!(lists.windows(2).all(|two| two.first() == two.last()), "the trustees see different lists");
        Ok(lists.first().copied().flatten())
    }

    /// The card officer makes the cards. Their codes exist only here, as on the printed cards.
    pub(super) async fn make_cards(&self) -> anyhow::Result<Vec<CardCode>> {
        let order = self.card_officer.card_order().await?;
        let cards = Cards::make(order, &mut os_rng())?;
        self.card_officer.send_card_credentials(&cards.public_credentials()).await?;
        Ok(cards.codes().collect())
    }

    /// Starts the booths; each refuses any election but the one of the opening sheet.
    pub(super) async fn start_booths(&self, setup: Hash) -> anyhow::Result<Vec<Booth>> {
        let starting = (1..).zip(&self.booths).map(|(number, access)| {
            Booth::start(BoothSettings {
                label: format!("投票机{number}"),
                server: self.server.clone(),
                access: access.clone(),
                spool: self.folder.join("spool").join(number.to_string()),
                setup: Some(setup),
                timing: Timing::default(),
                equipment: Equipment::default(),
            })
        });
        Ok(try_join_all(starting).await?)
    }

    /// These trustees, counted from 1, check the closed archive against the opening sheet and decrypt the sums.
    pub(super) async fn decrypt(
        &self,
        trustees: RangeInclusive<usize>,
        setup: Hash,
        ballots: usize,
        progress: &ProgressBar,
    ) -> anyhow::Result<()> {
        let present = (1..).zip(&self.trustees).filter(|(position, _)| trustees.contains(position));
        for (_, (uplink, path)) in present {
            let mut file = KeyFile::load(path, &passphrase())?;
            let poll = trustee::inspect(uplink, &file, Some(setup)).await?;
            ensure!(poll.ballots == ballots, "a trustee sees {} ballots instead of {ballots}", poll.ballots);
            trustee::decrypt(uplink, &mut file, &poll, &mut os_rng()).await?;
            progress.inc(1);
        }
        Ok(())
    }
}

/// Representatives go to the booths and vote, each with a card; as many at a time as there are booths.
pub(super) async fn vote(
    booths: &[Booth],
    cards: Vec<CardCode>,
    choices: &[Choices],
    progress: &ProgressBar,
) -> anyhow::Result<()> {
    ensure!(cards.len() == choices.len(), "there are {} cards for {} voters", cards.len(), choices.len());
    let queue = tokio::sync::Mutex::new(cards.into_iter().zip(choices));
    try_join_all(booths.iter().map(|booth| async {
        loop {
            let next = queue.lock().await.next();
            let Some((card, choices)) = next else { return anyhow::Ok(()) };
            vote_once(booth, &card, choices).await?;
            progress.inc(1);
        }
    }))
    .await?;
    for booth in booths {
        wait_until_delivered(booth).await?;
    }
    Ok(())
}

/// One person's turn, by the same steps as behind the booth's pages.
async fn vote_once(booth: &Booth, card: &str, choices: &Choices) -> anyhow::Result<()> {
    let turn = booth.turn().await;
    turn.present_card(card).await?;
    // The booth shows the offices in its own order; a position knows its office.
    for position in booth.positions() {
        let grade = choices.get(position.index()).context("a choice is missing")?;
        turn.grade(position, *grade).await?;
    }
    let tracker = turn.review().await?.tracker.context("an office is not rated")?;
    turn.cast(tracker).await?;
    turn.finish().await;
    Ok(())
}

/// Waits until a booth holds no ballot any more.
pub(super) async fn wait_until_delivered(booth: &Booth) -> anyhow::Result<()> {
    for _ in 0..600 {
        if booth.undelivered().await? == 0 {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("a booth still holds ballots after a minute")
}

fn terminal(server: &str, folder: &Path, role: TerminalRole, label: String) -> TerminalConfig {
    TerminalConfig {
        role,
        server: server.to_owned(),
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        folder: folder.join("terminals").join(&label),
        label,
    }
}

/// The terminal asks as any does; two people see the same code on its screen and in the console, and let it in.
async fn enrol(staff: &Staff, terminal: &TerminalConfig, position: Option<u32>) -> anyhow::Result<Access> {
    let (screen, mut shown) = watch::channel(Step::Asking);
    let show = move |step| _ = screen.send_replace(step);
    let mut rng = os_rng();
    let asking = async { Ok(enrolment::enrol(terminal, PACE, show, &mut rng).await?) };
    let letting_in = async {
        let step = shown.wait_for(|step| *step != Step::Asking).await.map(|step| step.clone());
        let Ok(Step::Code(code)) = step else { bail!("a terminal cannot be enrolled: {step:?}") };
        staff.enrol(&terminal.label, &code, position).await
    };
    let (access, ()) = tokio::try_join!(asking, letting_in)?;
    Ok(access)
}

fn passphrase() -> Passphrase {
    Passphrase::typed(&SecretString::from(PASSPHRASE))
}

fn uplink(server: &str, access: Access) -> anyhow::Result<Uplink> {
    // The server verifies the whole archive before it answers the last trustee.
    Ok(Uplink::new(server, access, trustee::TIMEOUTS)?)
}
