//! The day from the empty system to the verified publication.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use belenios::group::GroupName;
use belenios::text::Hash;
use evaluation::publication::command::verify_path;
use evaluation::publication::verify::Options;
use evaluation::rules::{Rules, RulesFile};
use rand::SeedableRng as _;
use rand::seq::SliceRandom as _;
use rand_chacha::ChaCha20Rng;

use super::hall::{Hall, vote, wait_until_delivered};
use super::progress::{bar, done, spinner};
use super::reader::Keyboard;
use super::staff::{Staff, plain};
use super::{ceremony, choices, people, reader, summary};
use crate::app::{self, App};
use crate::clock::SystemClock;
use crate::domain::poll::PollStepError;
use crate::domain::{EditionId, EditionState, PollId, PollState};
use crate::randomness::SharedRng;
use crate::service::act::Act;
use crate::service::password::Passwords;
use crate::service::poll::{
    self,
    cards::setup_hash,
    closing::{reconcile, seal},
    exceptions::{NewException, Subject},
    reveal::load_ranking,
    settling,
};
use crate::service::pool::lock::LockRequest;
use crate::service::{Context, ServiceError, edition};
use crate::store::{Db, polls, sqlite_url};

/// As many booths as vote at the same time.
const BOOTHS: usize = 4;

/// The day as it goes on.
struct Day {
    context: Context,
    staff: Staff,
    rules: Rules,
    rng: ChaCha20Rng,
    site: String,
    /// The reader's, if one is there.
    keyboard: Option<Keyboard>,
}

/// Runs the day in an empty folder.
pub(super) async fn run(folder: &Path, rules: Rules, seed: u64, auto: bool) -> anyhow::Result<()> {
    let context = open(folder).await?;
    let listener = reader::listen(if auto { 0 } else { 8600 }).await?;
    let site = format!("http://{}", listener.local_addr()?);
    let app =
        App { context: context.clone(), county_name: rules.county.zh.clone(), public_url: site.clone() };
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(app::serve(listener, app, async { _ = stopped.await }));
    let staff = Staff::hire(&context).await?;
    let keyboard = (!auto).then(Keyboard::listen);
    let mut day = Day { context, staff, rules, rng: ChaCha20Rng::seed_from_u64(seed), site, keyboard };
    let id = day.prepare().await?;
    day.poll(&id, folder).await?;
    day.publish(&id, folder).await?;
    if let Some(keyboard) = &mut day.keyboard {
        reader::let_look(&day.site, keyboard).await;
    }
    _ = stop.send(());
    serving.await??;
    Ok(())
}

impl Day {
    /// From the empty system to the drawn representatives and the published statements.
    async fn prepare(&mut self) -> anyhow::Result<EditionId> {
        let (context, actor) = (&self.context, self.staff.commission());
        let id = edition::create(context, &actor, &self.rules).await.map_err(plain)?;
        let file = evaluation::office::NINGJIN_2020.as_bytes();
        let offices = edition::import_offices(context, &actor, &id, file).await.map_err(plain)?;
        edition::publish_list(context, &actor, &id).await.map_err(plain)?;
        done(&format!("名单公示：{offices}个股室"), &format!("{offices} offices listed"));

        edition::step(context, &actor, &id, EditionState::open_pool).await.map_err(plain)?;
        let csv = people::pool_csv(&self.rules, &mut self.rng);
        let members = edition::import_pool(context, &actor, &id, csv.as_bytes()).await.map_err(plain)?;
        let lock = LockRequest { edition: id.clone(), draw_id: None };
        self.staff.together(&Act::LockPool(lock)).await?;
        done(&format!("评议代表库：{members}人"), &format!("a pool of {members} people, locked"));

        ceremony::hold(context, &self.staff, &id, &mut self.rng).await?;
        let drawn = self.rules.representatives();
        done(&format!("公开抽取：{drawn}名代表"), &format!("{drawn} representatives drawn in public"));
        edition::step(context, &actor, &id, EditionState::publish_statements).await.map_err(plain)?;
        Ok(id)
    }

    /// Keys, cards, opening, voting, closing, tally, reveal.
    async fn poll(&mut self, id: &EditionId, folder: &Path) -> anyhow::Result<()> {
        let actor = self.staff.commission();
        let names: Vec<_> = (0..self.rules.poll.trustees).map(people::trustee).collect();
        let poll = poll::create(&self.context, &actor, id, 0, &names).await.map_err(plain)?;
        let hall = Hall::enrol(&self.staff, self.site.clone(), folder, names.len(), BOOTHS).await?;
        let (all, needed) = (self.rules.poll.trustees, self.rules.poll.needed());
        let list = hall.make_keys().await?.map_or_else(String::new, |hash| hash.to_string());
        done(
            &format!("{all}名监票人共同生成密钥，{needed}人即可解密；名单核对码 {list}"),
            &format!("{all} trustees made a key together; any {needed} of them decrypt"),
        );
        let mut cards = hall.make_cards().await?;
        cards.shuffle(&mut kiosk::os_rng());
        let setup = self.setup(&poll).await?;
        done(
            &format!("制卡{}张；选举核对码 {setup}", cards.len()),
            "cards made; the election check code is fixed",
        );

        self.staff.together(&Act::OpenPoll(poll.clone())).await?;
        let booths = hall.start_booths(setup).await?;
        let kept = if self.keyboard.is_some() { cards.pop() } else { None };
        let voters = self.rules.representatives() - usize::from(kept.is_some());
        self.vote(folder, voters, cards, &booths).await?;
        if let (Some(card), Some(booth), Some(keyboard)) = (kept, booths.first(), &mut self.keyboard) {
            reader::invite(&self.context, &self.staff, &self.site, booth.clone(), &card, keyboard).await?;
        }
        self.close(&poll, &booths).await?;
        drop(booths);
        self.tally(&poll, &hall, setup).await
    }

    /// The simulated representatives vote; what they chose is written down so that anyone can recount.
    async fn vote(
        &mut self,
        folder: &Path,
        voters: usize,
        cards: Vec<super::hall::CardCode>,
        booths: &[kiosk::booth::Booth],
    ) -> anyhow::Result<()> {
        let offices = evaluation::office::ningjin_2020();
        let choices = choices::simulate(&offices, voters, &mut self.rng);
        let csv = choices::to_csv(&self.rules, &offices, &choices);
        std::fs::write(folder.join("simulated-choices.csv"), csv)?;
        let progress = bar("投票", "voting", voters);
        vote(booths, cards, &choices, &progress).await?;
        progress.finish_and_clear();
        done(&format!("{voters}名模拟代表已投票"), &format!("{voters} simulated representatives voted"));
        Ok(())
    }

    /// Closes the poll, unless two people have done so in the console, waits for the last ballots, seals the box, and reconciles.
    async fn close(&self, poll: &PollId, booths: &[kiosk::booth::Booth]) -> anyhow::Result<()> {
        let mut tx = self.context.db.read().await?;
        let state = polls::load(&mut tx, &self.context.county, poll).await?.state;
        drop(tx);
        if state.close().is_ok() {
            self.staff.together(&Act::ClosePoll(poll.clone())).await?;
        }
        for booth in booths {
            wait_until_delivered(booth).await?;
        }
        let actor = self.staff.commission();
        if state < PollState::Closed {
            patiently(|| seal(&self.context, &actor, poll)).await?;
        }
        self.record_that_nobody_was_checked_in(poll).await?;
        let busy = spinner("对账并汇总密文", "reconciling, adding up while encrypted");
        patiently(|| reconcile(&self.context, &actor, poll)).await?;
        busy.finish_and_clear();
        done("投票结束，对账平衡", "the poll is closed, the counts balance");
        Ok(())
    }

    /// A simulated day has no check-in desk: two people record it, as on a real day, unless it is recorded already.
    async fn record_that_nobody_was_checked_in(&self, id: &PollId) -> anyhow::Result<()> {
        let mut tx = self.context.db.read().await?;
        let poll = polls::load(&mut tx, &self.context.county, id).await?;
        let settling = settling::load(&mut tx, &self.context, &poll).await.map_err(plain)?;
        drop(tx);
        if !settling.reconciliation.lacks_check_in() {
            return Ok(());
        }
        let new = NewException {
            poll: id.clone(),
            subject: Subject::NoCheckIn,
            reason: "演示日由程序模拟代表投票，没有设签到台。".to_owned(),
            document_number: format!("演示〔{}〕1号", self.rules.year),
        };
        self.staff.together(&Act::RecordException(new)).await?;
        Ok(())
    }

    async fn tally(&self, poll: &PollId, hall: &Hall, setup: Hash) -> anyhow::Result<()> {
        let mut tx = self.context.db.read().await?;
        let turnout = poll::turnout(&mut tx, &self.context, poll).await?;
        drop(tx);
        let (all, needed) = (self.rules.poll.trustees, self.rules.poll.needed());
        // The first ones stay away: the others suffice.
        let present = all.saturating_sub(needed).saturating_add(1)..=all;
        let progress = bar("监票人核验并解密合计", "trustees verify and decrypt the sums", needed);
        hall.decrypt(present.clone(), setup, usize::try_from(turnout.ballots)?, &progress).await?;
        progress.finish_and_clear();
        let names: Vec<_> =
            present.clone().map(|position| people::trustee(position.saturating_sub(1))).collect();
        let numbers: Vec<_> = present.map(|position| position.to_string()).collect();
        done(
            &format!("{}解密了合计，单张选票从未解密", names.join("和")),
            &format!("trustees {} decrypted the sums, never a single ballot", numbers.join(" and ")),
        );
        self.staff.together(&Act::Reveal(poll.clone())).await?;
        Ok(())
    }

    /// Publishes, verifies as a stranger would, and prints the summary.
    async fn publish(&self, id: &EditionId, folder: &Path) -> anyhow::Result<()> {
        let busy = spinner("生成并核验公布文件", "making and verifying the publication");
        self.staff.together(&Act::Publish(id.clone())).await?;
        let publication = folder.join("publication");
        copy_folder(&self.context.publication(self.rules.year), &publication)?;
        std::fs::copy(
            self.context.publication_key(self.rules.year),
            folder.join("keys").join("publication.key"),
        )?;
        let mut tx = self.context.db.read().await?;
        let poll = poll::find_current(&mut tx, &self.context, id).await?.context("there is no poll")?;
        let ranking = load_ranking(&mut tx, &self.context, &poll).await.map_err(plain)?;
        drop(tx);
        let anchor = Some(self.setup(&poll.id).await?);
        let path = publication.clone();
        let options = Options { anchor, no_revotes: true };
        let report = tokio::task::spawn_blocking(move || verify_path(&path, options)).await??;
        busy.finish_and_clear();
        if !report.is_accepted() {
            bail!("the publication does not verify:\n{report}");
        }
        done("公布并核验通过", "published and verified");
        summary::print(&ranking);
        print!("{report}");
        println!("\n公布文件 · the publication: {}", publication.display());
        println!("自行核验 · verify yourself: pingyi verify {}", publication.display());
        Ok(())
    }

    async fn setup(&self, poll: &PollId) -> anyhow::Result<Hash> {
        let mut tx = self.context.db.read().await?;
        let texts = polls::load_texts(&mut tx, &self.context.county, poll).await?;
        setup_hash(&texts).map_err(plain)
    }
}

/// Between two tries, while booths finish or sign.
const PAUSE: Duration = Duration::from_millis(200);

/// Does a step of the closing as soon as every booth has done its part, for at most two minutes.
async fn patiently<F: Future<Output = Result<(), ServiceError>>>(step: impl Fn() -> F) -> anyhow::Result<()> {
    let mut tries = 0..600;
    loop {
        match Box::pin(step()).await {
            Err(ServiceError::Poll(
                PollStepError::BoothsUnfinished { .. } | PollStepError::BoothsSilent { .. },
            )) if tries.next().is_some() => tokio::time::sleep(PAUSE).await,
            result => return result.map_err(plain),
        }
    }
}

/// The preset with these numbers: half A gets the larger part of the representatives.
pub(super) fn rules(representatives: usize, group: GroupName) -> anyhow::Result<Rules> {
    let mut file = RulesFile::from(Rules::ningjin_2020());
    file.poll.group = group;
    file.pool.halves.a.take = representatives.div_ceil(2);
    file.pool.halves.b.take = representatives / 2;
    Rules::try_from(file).map_err(|error| anyhow::anyhow!("{error}"))
}

async fn open(folder: &Path) -> anyhow::Result<Context> {
    let db = Db::open(&sqlite_url(&folder.join("pingyi.db"))).await?;
    let rng = SharedRng::from_system();
    let passwords = Arc::new(Passwords::new(&mut rng.clone())?);
    let county = "ningjin".parse()?;
    Ok(Context {
        db,
        county,
        clock: Arc::new(SystemClock),
        rng,
        passwords,
        folder: folder.to_owned(),
        terminals: Arc::default(),
        late_voids: Arc::default(),
        prepared_election: Arc::default(),
        opened_ballots: Arc::default(),
    })
}

/// Copies, so that whoever tries out a change in one folder leaves the other as published.
fn copy_folder(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}
