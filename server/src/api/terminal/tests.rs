//! Terminals and a server over the network, with somebody in between.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use evaluation::wire::{EnrolmentCode, TerminalRole};
use kiosk::access::Access;
use kiosk::config::TerminalConfig;
use kiosk::enrolment::{self, Pace, Step};
use kiosk::os_rng;
use kiosk::uplink::{Timeouts, Uplink, UplinkError};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::app::{App, serve, serve_hall};
use crate::domain::Role;
use crate::service::act::{self, Act};
use crate::service::{Context, terminal};
use crate::testing::{TestDb, clock, context, insert_account};
use crate::tls::HallCertificate;

const PACE: Pace = Pace {
    timeouts: Timeouts { connect: Duration::from_secs(5), request: Duration::from_secs(10) },
    look: Duration::from_millis(10),
    again: Duration::from_millis(50),
    lifetime: Duration::from_mins(15),
};

fn app(context: &Context) -> App {
    App {
        context: context.clone(),
        county_name: "宁晋县".to_owned(),
        public_url: "http://127.0.0.1".to_owned(),
    }
}

/// A server that shows the certificate of this folder to the hall.
async fn open_hall(context: &Context, folder: &Path, address: SocketAddr) -> (SocketAddr, JoinHandle<()>) {
    let certificate = HallCertificate::load_or_make(folder).unwrap();
    let listener = bind_again(address).await;
    let address = listener.local_addr().unwrap();
    let app = app(context);
    let serving =
        async move { serve_hall(listener, &certificate, app, std::future::pending()).await.unwrap() };
    (address, tokio::spawn(serving))
}

/// The address may still belong to the server that was ended just now, until its last connection is gone.
async fn bind_again(address: SocketAddr) -> TcpListener {
    for _ in 0..200 {
        match TcpListener::bind(address).await {
            Ok(listener) => return listener,
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
                tokio::time::sleep(Duration::from_millis(25)).await;
            }
            Err(error) => panic!("{error}"),
        }
    }
    panic!("{address} stays in use")
}

fn any_port() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

fn booth(server: String, folder: &TempDir) -> TerminalConfig {
    TerminalConfig {
        role: TerminalRole::Booth,
        label: "3号投票机".to_owned(),
        server,
        listen: any_port(),
        folder: folder.path().to_owned(),
    }
}

/// Starts to enrol; answers what its screen shows.
fn start(terminal: TerminalConfig) -> (watch::Receiver<Step>, JoinHandle<Access>) {
    start_at(PACE, terminal)
}

fn start_at(pace: Pace, terminal: TerminalConfig) -> (watch::Receiver<Step>, JoinHandle<Access>) {
    let (screen, shown) = watch::channel(Step::Asking);
    let enrolling = tokio::spawn(async move {
        let show = move |step| _ = screen.send_replace(step);
        enrolment::enrol(&terminal, pace, show, &mut os_rng()).await.unwrap()
    });
    (shown, enrolling)
}

async fn code(shown: &mut watch::Receiver<Step>) -> EnrolmentCode {
    let step = shown.wait_for(|step| matches!(step, Step::Code(_))).await.unwrap().clone();
    let Step::Code(code) = step else { panic!("{step:?}") };
    code
}

/// Two people let the one terminal in that waits, if the console shows the code of its screen.
async fn let_in(context: &Context, screen: &EnrolmentCode) {
    let steward = insert_account(context, Role::Steward).await.id;
    let supervisor = insert_account(context, Role::Supervisor).await.id;
    let request = terminal::list_requests(context).remove(0);
    assert_eq!(request.code.as_ref(), Some(screen));
    let enrolment = request.enrolment("3号投票机", None, None).unwrap();
    let proposal = act::propose(context, &steward, &Act::EnrolTerminal(enrolment)).await.unwrap();
    act::confirm(context, &supervisor, &proposal.id).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_enrols_over_tls_and_refuses_every_other_certificate_afterwards() {
    let db = TestDb::sqlite().await;
    let context = context(db.db(), &clock());
    let [ours, others, own] = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let (address, serving) = open_hall(&context, ours.path(), any_port()).await;
    let server = format!("https://{address}");
    let (mut shown, enrolling) = start(booth(server.clone(), &own));
    let screen = code(&mut shown).await;
    let_in(&context, &screen).await;
    let access = enrolling.await.unwrap();
    let certificate = HallCertificate::load_or_make(ours.path()).unwrap().hash();
    assert_eq!(access.certificate(), Some(certificate));
    let uplink = |access| Uplink::new(&server, access, PACE.timeouts).unwrap();
    uplink(access).sign_in().await.unwrap();

    // A server with another certificate takes its place; the terminal is started anew.
    serving.abort();
    _ = serving.await;
    let (_, serving) = open_hall(&context, others.path(), address).await;
    let kept = enrolment::load(own.path()).unwrap().unwrap();
    let error = uplink(kept).sign_in().await.unwrap_err();
    assert!(matches!(error, UplinkError::OtherCertificate), "{error:?}");
    let words = error.to_string();
    assert!(words.contains("证书与登记时不同") && words.contains("another certificate"), "{words}");
    serving.abort();
    _ = serving.await;

    // The right one is back.
    let (_, serving) = open_hall(&context, ours.path(), address).await;
    uplink(enrolment::load(own.path()).unwrap().unwrap()).sign_in().await.unwrap();
    serving.abort();
    db.remove().await;
}

/// Ends TLS with a certificate of its own and passes everything on in clear.
async fn sit_in_between(folder: &Path, server: SocketAddr) -> SocketAddr {
    let certificate = HallCertificate::load_or_make(folder).unwrap();
    let listener = TcpListener::bind(any_port()).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut listener = certificate.listen(listener);
        loop {
            let (mut from, _) = axum::serve::Listener::accept(&mut listener).await;
            tokio::spawn(async move {
                let mut to = TcpStream::connect(server).await.unwrap();
                _ = tokio::io::copy_bidirectional(&mut from, &mut to).await;
            });
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_that_sees_another_certificate_than_the_server_shows_gets_no_code() {
    let db = TestDb::sqlite().await;
    let context = context(db.db(), &clock());
    let [between, own] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let listener = TcpListener::bind(any_port()).await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(serve(listener, app(&context), std::future::pending()));
    let address = sit_in_between(between.path(), address).await;
    let (mut shown, enrolling) = start(booth(format!("https://{address}"), &own));
    let step = shown.wait_for(|step| *step != Step::Asking).await.unwrap().clone();
    let Step::Trouble(zh, en) = step else { panic!("{step:?}") };
    assert!(zh.contains("中间有别的设备") && en.contains("in between"), "{zh} {en}");
    let codes: Vec<_> =
        terminal::list_requests(&context).into_iter().filter_map(|request| request.code).collect();
    assert_eq!(codes, []);
    enrolling.abort();
    serving.abort();
    db.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_nobody_confirms_lapses_on_the_screen_too_until_somebody_starts_again() {
    let db = TestDb::sqlite().await;
    let context = context(db.db(), &clock());
    let own = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind(any_port()).await.unwrap();
    let server = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(serve(listener, app(&context), std::future::pending()));
    // The server's clock stands still: the terminal counts by itself.
    let pace = Pace { lifetime: Duration::from_millis(500), ..PACE };
    let (mut shown, enrolling) = start_at(pace, booth(server, &own));
    let first = code(&mut shown).await;
    let lapsed = |step: &Step| matches!(step, Step::Lapsed(_));
    let Step::Lapsed(again) = shown.wait_for(lapsed).await.unwrap().clone() else { panic!() };
    again.start();
    let second = code(&mut shown).await;
    assert_ne!(first, second);
    let_in(&context, &second).await;
    enrolling.await.unwrap();
    serving.abort();
    db.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_whose_request_was_put_aside_shows_a_new_code_and_a_revoked_one_a_new_key() {
    let db = TestDb::sqlite().await;
    let context = context(db.db(), &clock());
    let own = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind(any_port()).await.unwrap();
    let server = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(serve(listener, app(&context), std::future::pending()));
    let (mut shown, enrolling) = start(booth(server.clone(), &own));
    let first = code(&mut shown).await;
    terminal::discard(&context, &terminal::list_requests(&context)[0].id);
    let changed = |step: &Step| matches!(step, Step::Code(code) if *code != first);
    let Step::Code(second) = shown.wait_for(changed).await.unwrap().clone() else { panic!() };
    let_in(&context, &second).await;
    let access = enrolling.await.unwrap();
    assert_eq!(access.certificate(), None);
    let uplink = Uplink::new(&server, access.clone(), PACE.timeouts).unwrap();
    uplink.sign_in().await.unwrap();

    let known = terminal::list(&context).await.unwrap().remove(0);
    terminal::revoke(&context, &crate::domain::Actor::System, &known.id).await.unwrap();
    let error = Uplink::new(&server, enrolment::load(own.path()).unwrap().unwrap(), PACE.timeouts)
        .unwrap()
        .sign_in()
        .await
        .unwrap_err();
    assert_eq!(error.problem_code(), Some("terminal_unknown"));
    // Somebody lost the file that says where the terminal is enrolled: its old key is refused, and it makes a new one.
    std::fs::remove_file(own.path().join("enrolment.json")).unwrap();
    let (mut shown, enrolling) = start(booth(server, &own));
    code(&mut shown).await;
    let request = terminal::list_requests(&context).remove(0);
    assert_ne!(request.asked.public_key, known.public_key);
    enrolling.abort();
    serving.abort();
    db.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_shake_hands_holds_up_nobody() {
    let db = TestDb::sqlite().await;
    let context = context(db.db(), &clock());
    let [ours, own] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let (address, serving) = open_hall(&context, ours.path(), any_port()).await;
    let mut silent = Vec::new();
    for _ in 0..100 {
        silent.push(TcpStream::connect(address).await.unwrap());
    }
    let (mut shown, enrolling) = start(booth(format!("https://{address}"), &own));
    code(&mut shown).await;
    enrolling.abort();
    serving.abort();
    drop(silent);
    db.remove().await;
}
