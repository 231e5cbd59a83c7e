//! No network, no server, a full disk, a wrong clock: the screen says what is true, and 提交成功 only when the ballot lies where it must.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
    sync::atomic::Ordering,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, ensure};
use evaluation::wire::DiskState;
use support::place::Place;

use crate::{
    booth::{Running, Standing, locked, panels},
    gallery::{PANELS, Panel},
    hall::{Fault, Hall},
};

#[tokio::test]
async fn without_a_server_a_ballot_waits_on_this_machine_and_is_called_submitted_when_a_receipt_proves_it()
-> Result<()> {
    for panel in panels(0) {
        vote_without_a_server(panel).await?;
    }
    Ok(())
}

async fn vote_without_a_server(panel: Panel) -> Result<()> {
    let place = Place::new(&format!("booth_no_server_{}", panel.name))?;
    let hall = Hall { receipt: Duration::from_millis(300), ..Hall::new() };
    let standing = Standing::opened(&place, panel, hall).await?;
    let browser = &standing.browser;
    browser.go_to(&standing.url).await?;
    standing.hall.server_down();
    standing.scan(0).await?;
    standing.says("暂时连接不上服务器").await?;
    standing.says("您的卡没有作废，也没有记录任何内容").await?;
    browser.screenshot("1-card").await?;
    standing.hall.server_up();
    standing.scan(0).await?;
    // From here on everything but the delivery goes on without a server.
    standing.at_office(1).await?;
    standing.hall.server_down();
    standing.grade(1, &[3, 1, 2]).await?;
    let tracker = standing.tracker().await?;
    ensure!(
        waiting_ballots(&standing.spool())?.is_empty(),
        "a ballot that nobody confirmed lies on the disk"
    );
    standing.tap(".cast").await?;
    standing.says("票已封存在本机，正在等待送达").await?;
    let lies = waiting_ballots(&standing.spool())?;
    ensure!(lies.len() == 1, "{} ballots lie on the disk", lies.len());
    is_waiting(&standing, &tracker).await?;
    browser.screenshot("2-waiting").await?;

    // A server that does not store it, or cannot prove that it has.
    for fault in [Fault::Status(500), Fault::WrongSignature, Fault::Nonsense] {
        standing.hall.fault(fault);
        if standing.hall.shared.deliveries.load(Ordering::SeqCst) == 0 {
            standing.hall.server_up();
        }
        let before = standing.hall.shared.deliveries.load(Ordering::SeqCst);
        for _ in 0..600 {
            if standing.hall.shared.deliveries.load(Ordering::SeqCst) > before + 1 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        browser.reload().await?;
        is_waiting(&standing, &tracker).await?;
        ensure!(waiting_ballots(&standing.spool())? == lies, "the ballot is given up");
    }
    standing.hall.fault(Fault::None);
    // The page looks by itself.
    standing.says("提交成功").await?;
    ensure!(browser.text(".receipt-code").await? == tracker, "another tracker");
    ensure!(waiting_ballots(&standing.spool())?.is_empty(), "the delivered ballot lies on the disk still");
    standing.stored(1)?;
    standing.browser.close().await
}

async fn is_waiting(standing: &Standing<'_>, tracker: &str) -> Result<()> {
    let said = standing.browser.text("main").await?;
    ensure!(
        said.contains("票已封存在本机，正在等待送达") && said.contains(tracker),
        "the person reads {said}"
    );
    ensure!(!said.contains("提交成功") && !said.contains("已经送达"), "the person reads {said}");
    Ok(())
}

/// The ballots in a spool, in whatever poll.
fn waiting_ballots(spool: &Path) -> Result<Vec<PathBuf>> {
    let mut ballots = Vec::new();
    for poll in fs::read_dir(spool)? {
        for file in fs::read_dir(poll?.path())? {
            ballots.push(file?.path());
        }
    }
    ballots.retain(|path| path.extension().is_some_and(|kind| kind == "ballot"));
    Ok(ballots)
}

#[tokio::test]
async fn on_a_full_disk_nothing_is_called_submitted_and_everything_chosen_stays() -> Result<()> {
    for panel in panels(1) {
        vote_on_a_full_disk(panel).await?;
    }
    Ok(())
}

async fn vote_on_a_full_disk(panel: Panel) -> Result<()> {
    let place = Place::new(&format!("booth_full_disk_{}", panel.name))?;
    let running = Running { small_disk: true, ..Running::default() };
    let standing = Standing::before_a_program(&place, panel, Hall::new(), running).await?;
    let browser = &standing.browser;
    standing.open_by_scanner().await?;
    standing.scan(0).await?;
    standing.grade(1, &[3, 1, 2]).await?;
    let tracker = standing.tracker().await?;
    // The disk is one that only the program sees.
    let seen = format!("/proc/{}/root{}", standing.program()?.id(), standing.spool().display());
    let filler = Path::new(&seen).join("filler");
    fill(&filler)?;
    for attempt in 1..=2 {
        standing.tap(".cast").await?;
        standing.says("本机的存储写不进去").await?;
        let said = browser.text("main").await?;
        ensure!(said.contains("您的票还没有提交，您的评议还在"), "the person reads {said}");
        ensure!(!said.contains("提交成功") && !said.contains("已封存"), "the person reads {said}");
        browser.screenshot(&format!("{attempt}-full")).await?;
        standing.stored(0)?;
        standing.tap("a.button[href='/review']").await?;
        ensure!(standing.tracker().await? == tracker, "another ballot");
    }
    let full = |reports: &[evaluation::wire::TerminalStatus]| {
        reports.last().is_some_and(|report| report.disk == DiskState::Full)
    };
    ensure!(full(&locked(&standing.hall.shared.reports)), "the steward's board hears nothing of it");
    fs::remove_file(&filler)?;
    standing.tap(".cast").await?;
    ensure!(browser.text(".receipt-code").await? == tracker, "another tracker");
    standing.stored(1)?;
    standing.browser.close().await
}

/// Writes until there is no room for a single byte.
fn fill(path: &Path) -> Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(path).context("no way to the disk")?;
    let mut size = 1 << 12;
    while size > 0 {
        match file.write(&vec![b'x'; size]) {
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::StorageFull => size /= 2,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_booth_that_is_switched_on_without_a_server_says_so_and_goes_on_by_itself() -> Result<()> {
    let place = Place::new("booth_switched_on")?;
    let hall = Hall::new();
    hall.server_down();
    let standing = Standing::before_a_program(&place, panels(2)[0], hall, Running::default()).await?;
    standing.browser.go_to(&standing.url).await?;
    standing.says("连接不上服务器").await?;
    standing.browser.screenshot("1-no-server").await?;
    standing.hall.server_up();
    standing.says("请扫描签过字的开启单").await?;
    standing.browser.close().await
}

#[tokio::test]
async fn a_booth_whose_clock_is_years_off_takes_votes_as_ever_and_the_steward_hears_of_the_clock()
-> Result<()> {
    const YEAR: i64 = 365 * 24 * 60 * 60;
    for (clock, panel) in [("-5y", PANELS[0]), ("+5y", PANELS[1])] {
        let place = Place::new(&format!("booth_clock_{}", panel.name))?;
        let hall = Hall { receipt: Duration::from_millis(300), ..Hall::new() };
        let running = Running { clock: Some(clock), ..Running::default() };
        let standing = Standing::before_a_program(&place, panel, hall, running).await?;
        standing.open_by_scanner().await?;
        standing.scan(0).await?;
        standing.grade(1, &[3, 1, 2]).await?;
        let tracker = standing.tracker().await?;
        standing.hall.server_down();
        standing.tap(".cast").await?;
        standing.says("票已封存在本机，正在等待送达").await?;
        is_waiting(&standing, &tracker).await?;
        standing.browser.screenshot("1-waiting").await?;
        standing.hall.server_up();
        ensure!(standing.browser.text(".receipt-code").await? == tracker, "another tracker");
        standing.browser.screenshot("2-success").await?;
        standing.stored(1)?;
        let report = locked(&standing.hall.shared.reports).last().cloned().context("nothing is reported")?;
        let wrong = report.clock - now()?;
        ensure!(
            wrong.abs() > 4 * YEAR && (wrong > 0) == clock.starts_with('+'),
            "the clock is off by {wrong} s"
        );
        standing.browser.close().await?;
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the booth's clock is compared with this very one")]
fn now() -> Result<i64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs().try_into()?)
}
