//! `kiosk/launch`: the locked browser that is always there again, and leaves nothing behind.

use std::{
    fs,
    net::SocketAddr,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use axum::{Router, extract::State, http::header, response::IntoResponse, routing::get};
use kiosk::{booth::router, terminal::Pages};
use support::{
    place::{Place, free_address, project},
    process::{Process, run},
};
use tokio::{net::TcpListener, time::sleep};

use crate::hall::Hall;

/// Longer than a browser takes to start on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// How the browser is started where there is no screen.
const NO_SCREEN: [&str; 5] = ["--", "--headless=new", "--no-sandbox", "--disable-gpu", "--v=0"];

fn launch(place: &Place, url: &str) -> Command {
    let mut command = Command::new(project().join("kiosk/launch"));
    command.args(["--url", url]);
    command.env("PINGYI_KIOSK_POLICIES", place.work("policies"));
    command.env("PINGYI_KIOSK_SWAPS", place.work("swaps"));
    // What the browser writes beside its profile would lie here.
    command.env("HOME", place.work("home")).env("TMPDIR", place.work("tmp"));
    command.env_remove("XDG_CONFIG_HOME").env_remove("XDG_CACHE_HOME").env_remove("XDG_RUNTIME_DIR");
    command
}

/// Folders, no swap, and the policy where the browser would look for it.
fn prepare(place: &Place, url: &str) -> Result<()> {
    for folder in ["home", "tmp"] {
        fs::create_dir(place.work(folder))?;
    }
    fs::write(place.work("swaps"), "Filename Type Size Used Priority\n")?;
    run(launch(place, url).arg("--install"), "")?.success()?;
    Ok(())
}

/// A booth that takes cards as long as its hall and its pages are kept, and everything for its browser.
async fn booth(place: &Place) -> Result<(String, Hall, Pages)> {
    let address = free_address()?;
    let pages = Pages::listen(address).await?;
    let hall = Hall::new();
    pages.show(router(hall.booth().await));
    let url = format!("http://{address}/");
    prepare(place, &url)?;
    Ok((url, hall, pages))
}

/// The processes with this text in their command line, but no zombies.
fn processes(text: &str) -> Result<Vec<(u32, String)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let path = entry?.path();
        let Some(number) = path.file_name().and_then(|name| name.to_str()?.parse().ok()) else { continue };
        // A process may have gone meanwhile.
        let line = fs::read(path.join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        if line.contains(text) {
            found.push((number, line));
        }
    }
    Ok(found)
}

/// The browser itself, and the folder it was told to write to.
async fn browser(url: &str) -> Result<(u32, PathBuf)> {
    let began = Instant::now();
    loop {
        let all = processes("--user-data-dir=")?;
        let main = all
            .iter()
            .find(|(_, line)| line.contains(url) && !line.contains("--type=") && line.contains("chrom"));
        if let Some((number, line)) = main {
            let folder = line.split("--user-data-dir=").nth(1).and_then(|rest| rest.split(' ').next());
            return Ok((*number, folder.context("no profile is named")?.into()));
        }
        ensure!(began.elapsed() < PATIENCE, "there is no browser: {all:?}");
        sleep(Duration::from_millis(50)).await;
    }
}

/// A page that counts how often it is asked for.
async fn count_visits(no_store: bool) -> Result<(SocketAddr, Arc<AtomicUsize>)> {
    async fn page(State((visits, no_store)): State<(Arc<AtomicUsize>, bool)>) -> impl IntoResponse {
        visits.fetch_add(1, Ordering::SeqCst);
        let cache = if no_store { "no-store" } else { "max-age=60" };
        ([(header::CONTENT_TYPE, "text/html"), (header::CACHE_CONTROL, cache)], "<h1>OUTSIDE</h1>")
    }
    let visits = Arc::new(AtomicUsize::new(0));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let router = Router::new().fallback(get(page)).with_state((Arc::clone(&visits), no_store));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok((address, visits))
}

#[tokio::test]
async fn a_killed_browser_is_back_and_nothing_of_it_is_ever_on_a_disk() -> Result<()> {
    let place = Place::new("booth_launch")?;
    let (url, _hall, _pages) = booth(&place).await?;
    let kiosk = Process::start(&place, "launch", launch(&place, &url).args(NO_SCREEN))?;
    let (first, profile) = browser(&url).await?;
    ensure!(profile.starts_with("/dev/shm"), "the profile lies at {}", profile.display());
    wait_until(|| profile.join("Default").exists()).await?;
    sleep(Duration::from_secs(2)).await;
    no_file_on_a_disk_is_written(first)?;

    let killed = Command::new("kill").args(["-KILL", &first.to_string()]).status()?;
    ensure!(killed.success(), "the browser could not be killed");
    wait_until(|| !Path::new(&format!("/proc/{first}/exe")).exists()).await?;
    let (second, other) = browser(&url).await?;
    ensure!(second != first && other != profile, "the browser is the same");
    ensure!(!profile.exists(), "the profile of the one that was killed is still there");

    let status = kiosk.end()?;
    ensure!(status.code() == Some(0), "told to end: {status}");
    ensure!(!other.exists(), "the profile is still there");
    ensure!(!processes(&url)?.iter().any(|(_, line)| line.contains("--user-data-dir=")), "a browser is left");
    for folder in ["home", "tmp"] {
        let left: Vec<_> = fs::read_dir(place.work(folder))?.collect();
        ensure!(left.is_empty(), "left on the disk: {left:?}");
    }
    Ok(())
}

/// The processes of this browser that show pages.
fn renderers(profile: &Path) -> Result<Vec<String>> {
    let profile = profile.display().to_string();
    let all = processes("--type=renderer")?;
    Ok(all
        .into_iter()
        .filter(|(_, line)| line.contains(&profile))
        .map(|(number, _)| number.to_string())
        .collect())
}

#[tokio::test]
async fn a_page_that_hangs_or_crashed_is_started_anew_and_one_that_lives_is_left_alone() -> Result<()> {
    let place = Place::new("booth_silent")?;
    let (url, _hall, _pages) = booth(&place).await?;
    let mut command = launch(&place, &url);
    command.env("PINGYI_KIOSK_SILENCE", "10").args(NO_SCREEN);
    let kiosk = Process::start(&place, "launch", &mut command)?;
    let (mut number, mut profile) = browser(&url).await?;
    // Nobody touches it for longer than the silence.
    sleep(Duration::from_secs(14)).await;
    ensure!(browser(&url).await? == (number, profile.clone()), "a page that nobody touched was started anew");
    for signal in ["-STOP", "-KILL"] {
        let mut hit = 0_usize;
        wait_until(|| {
            // Some are there before the page is shown by another.
            let pages = renderers(&profile).unwrap_or_default();
            hit += pages.len();
            _ = Command::new("kill").arg(signal).args(pages).output();
            !Path::new(&format!("/proc/{number}/exe")).exists()
        })
        .await?;
        ensure!(hit > 0, "no page could be hit with {signal}");
        let (next, other) = browser(&url).await?;
        ensure!(
            next != number && other != profile && !profile.exists(),
            "after {signal} the browser is the same"
        );
        (number, profile) = (next, other);
    }
    ensure!(kiosk.end()?.code() == Some(0), "it does not end when told");
    Ok(())
}

async fn wait_until(mut condition: impl FnMut() -> bool) -> Result<()> {
    let began = Instant::now();
    while !condition() {
        ensure!(began.elapsed() < PATIENCE, "it never came true");
        sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// Every file that the browser and its helpers hold open for writing lies in memory.
fn no_file_on_a_disk_is_written(browser: u32) -> Result<()> {
    let memory = fs::metadata("/dev/shm")?.dev();
    let group = Command::new("ps").args(["-o", "pid=", "--ppid", &browser.to_string()]).output()?;
    let text = String::from_utf8_lossy(&group.stdout).into_owned();
    let mut looked_at = 0_usize;
    for process in text.split_whitespace().chain([browser.to_string().as_str()]) {
        for entry in fs::read_dir(format!("/proc/{process}/fd"))?.filter_map(Result::ok) {
            let (Ok(file), Ok(metadata)) = (fs::read_link(entry.path()), fs::metadata(entry.path())) else {
                continue;
            };
            let info = entry.path().to_string_lossy().replace("/fd/", "/fdinfo/");
            let info = fs::read_to_string(info).unwrap_or_default();
            let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
            let flags = u32::from_str_radix(flags.unwrap_or("0").trim(), 8)?;
            // O_WRONLY or O_RDWR; sockets, pipes and memory without a name are no files.
            let writes = flags & 3 != 0 && metadata.is_file() && !file.starts_with("/memfd:");
            let log = file.to_string_lossy().ends_with("launch.log");
            if writes && !log {
                looked_at = looked_at.saturating_add(1);
                let unlinked = metadata.nlink() == 0;
                if metadata.dev() != memory && !unlinked {
                    bail!("{} is written to", file.display());
                }
            }
        }
    }
    ensure!(looked_at > 0, "the browser writes nothing at all, which cannot be");
    Ok(())
}

/// What a browser shows of a page under these policies, bound over the folder it reads, in a mount namespace of its own: other
/// browsers of this machine know nothing of it.
fn shown(place: &Place, policies: &Path, page: &str) -> Result<String> {
    let bind = "mkdir -p /etc/chromium/policies/managed && mount --bind \"$1\" /etc/chromium/policies/managed && shift && exec \"$@\"";
    let profile = format!("--user-data-dir={}", place.work("locked").display());
    let mut command = Command::new("unshare");
    if is_root()? {
        command.arg("--mount");
    } else {
        command.args(["--user", "--map-root-user", "--mount"]);
    }
    command.args(["sh", "-c", bind, "sh"]).arg(policies).args(["timeout", "90"]);
    command.args(["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", &profile]);
    run(command.args(["--dump-dom", page]), "")?.success()
}

/// The policy that the launcher writes, but for the developer tools: through them the page is read.
fn readable_policy(place: &Place) -> Result<PathBuf> {
    let policies = place.work("readable");
    fs::create_dir_all(&policies)?;
    let policy = fs::read_to_string(place.work("policies/pingyi-kiosk.json"))?;
    let readable = policy.replace("\"DeveloperToolsAvailability\": 2", "\"DeveloperToolsAvailability\": 1");
    ensure!(readable != policy, "the developer tools are not off:\n{policy}");
    fs::write(policies.join("pingyi-kiosk.json"), readable)?;
    Ok(policies)
}

fn is_root() -> Result<bool> {
    Ok(run(Command::new("id").arg("-u"), "")?.success()?.trim() == "0")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_outside_the_terminal_cannot_be_reached() -> Result<()> {
    let place = Place::new("booth_locked")?;
    let (own, own_visits) = count_visits(true).await?;
    let (outside, outside_visits) = count_visits(true).await?;
    prepare(&place, &format!("http://{own}/"))?;
    let (locked, open) = (readable_policy(&place)?, place.work("open"));
    fs::create_dir(&open)?;
    let see = |policies: &Path, page: &str| tokio::task::block_in_place(|| shown(&place, policies, page));
    ensure!(see(&locked, &format!("http://{own}/"))?.contains("OUTSIDE"), "its own page is not reached");
    ensure!(own_visits.load(Ordering::SeqCst) > 0, "its own page was not asked for");
    for (page, words) in
        [(format!("http://{outside}/"), "OUTSIDE"), ("file:///etc/passwd".to_owned(), "root:")]
    {
        ensure!(!see(&locked, &page)?.contains(words), "{page} is reached");
        ensure!(outside_visits.load(Ordering::SeqCst) == 0, "the other page was asked for");
        // It is the policy that keeps it away, and nothing else.
        ensure!(see(&open, &page)?.contains(words), "{page} is not reached without the policy either");
        outside_visits.store(0, Ordering::SeqCst);
    }
    Ok(())
}

#[tokio::test]
async fn the_kiosk_starts_only_when_everything_is_as_it_must_be() -> Result<()> {
    let place = Place::new("booth_unsafe")?;
    let (address, visits) = count_visits(false).await?;
    let url = format!("http://{address}/");
    let refused = async |place: &Place, words: &str| {
        let mut command = launch(place, &url);
        command.args(NO_SCREEN);
        let ended = tokio::task::spawn_blocking(move || run(&mut command, "")).await??;
        ensure!(ended.code == Some(1) && ended.stderr.contains(words), "{ended:?}");
        anyhow::Ok(())
    };
    refused(&place, "not locked").await?;
    prepare(&place, &url)?;
    // A page that may be cached is none of ours.
    refused(&place, "may be cached").await?;
    fs::write(place.work("swaps"), "Filename Type\n/swapfile file 1 0 -2\n")?;
    refused(&place, "Swap is on").await?;
    fs::write(place.work("swaps"), "Filename Type\n")?;
    fs::write(place.work("policies/pingyi-kiosk.json"), "{}")?;
    refused(&place, "not locked").await?;
    // The launcher itself has asked ten times.
    ensure!(visits.load(Ordering::SeqCst) <= 10, "a browser was started");

    let script = project().join("kiosk/launch");
    let help = run(Command::new(&script).arg("--help"), "")?.success()?;
    ensure!(help.contains("--install"), "{help}");
    ensure!(run(Command::new(&script).arg("--what"), "")?.code == Some(2), "an unknown option is taken");
    let far = run(Command::new(&script).args(["--url", "http://10.0.0.1:8601/"]), "")?;
    ensure!(far.code == Some(1), "another machine is taken");
    let policy = run(Command::new(&script).args(["--policy", "--url", &url]), "")?.success()?;
    let policy: serde_json::Value = serde_json::from_str(&policy)?;
    ensure!(
        policy.get("URLAllowlist") == Some(&serde_json::json!([format!("http://{address}")])),
        "{policy}"
    );
    Ok(())
}

/// A browser that ends at once is started again, with pauses that stay short.
#[tokio::test]
async fn a_browser_that_cannot_stay_is_tried_again_and_again() -> Result<()> {
    let place = Place::new("booth_again")?;
    let (address, _) = count_visits(true).await?;
    let url = format!("http://{address}/");
    prepare(&place, &url)?;
    let tries = place.work("tries");
    let fake = place.work("fake-browser");
    fs::write(&fake, format!("#!/bin/sh\necho try >>'{}'\n", tries.display()))?;
    run(Command::new("chmod").arg("+x").arg(&fake), "")?.success()?;
    let mut command = launch(&place, &url);
    command.env("PINGYI_KIOSK_BROWSER", &fake);
    let kiosk = Process::start(&place, "launch", &mut command)?;
    wait_until(|| fs::read_to_string(&tries).is_ok_and(|tries| tries.lines().count() >= 4)).await?;
    ensure!(kiosk.end()?.code() == Some(0), "it does not end when told");
    Ok(())
}
