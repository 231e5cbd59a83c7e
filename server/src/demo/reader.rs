//! The reader of the demonstration: one card, the addresses, and when to end.

use std::time::Duration;

use kiosk::booth::Booth;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::hall::CardCode;
use super::staff::Staff;
use crate::domain::PollState;
use crate::service::Context;
use crate::service::poll::load_for_terminals;

/// The reader's Enter key. One thread reads it for the whole demonstration, so that no press is lost between two waits,
/// and the program can end while it still waits.
#[derive(Debug)]
pub(super) struct Keyboard(mpsc::UnboundedReceiver<()>);

impl Keyboard {
    /// Begins to listen.
    pub(super) fn listen() -> Self {
        let (press, presses) = mpsc::unbounded_channel();
        std::thread::spawn(move || {
            for line in std::io::stdin().lines() {
                if line.is_err() || press.send(()).is_err() {
                    return;
                }
            }
        });
        Self(presses)
    }

    /// Whether Enter was pressed; `false` if there is no keyboard (any more).
    async fn enter(&mut self) -> bool {
        self.0.recv().await.is_some()
    }
}

/// Shows where to go, and waits until the reader presses Enter or the poll is closed in the console.
pub(super) async fn invite(
    context: &Context,
    staff: &Staff,
    site: &str,
    booth: Booth,
    card: &CardCode,
    keyboard: &mut Keyboard,
) -> anyhow::Result<()> {
    let listener = listen(8601).await?;
    let address = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, kiosk::booth::router(booth)).await });
    println!();
    println!("  留给您的一张评议卡 · a card is left for you:   {}", card.as_str());
    println!("  投票机 · the booth:                            {address}");
    println!("  公开网站 · the public site:                    {site}");
    println!("  创建办控制台 · the commission's console:       {site}/console");
    for login in &staff.logins {
        println!("      {} · {}:  {}  {}", login.role.zh(), login.role.en(), login.name, login.password);
    }
    println!();
    println!("  投完票后按回车结束投票；也可在控制台由两人结束投票。");
    println!(
        "  When you have voted, press Enter to close the poll, or close it in the console as two people."
    );
    tokio::select! {
        true = keyboard.enter() => Ok(()),
        result = closed(context) => result,
    }
}

/// Lets the reader look at the result until Enter; without a keyboard it goes on at once.
pub(super) async fn let_look(site: &str, keyboard: &mut Keyboard) {
    println!("\n  排名已公布 · the ranking is public:   {site}/ranking");
    println!("  按回车停止服务器 · press Enter to stop the server");
    keyboard.enter().await;
}

/// A listener on this machine only, on the wished port if it is free.
pub(super) async fn listen(wished: u16) -> std::io::Result<TcpListener> {
    match TcpListener::bind(("127.0.0.1", wished)).await {
        Ok(listener) => Ok(listener),
        Err(_) => TcpListener::bind(("127.0.0.1", 0)).await,
    }
}

/// Ready when two people have closed the poll in the console.
async fn closed(context: &Context) -> anyhow::Result<()> {
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let mut tx = context.db.read().await?;
        let poll = load_for_terminals(&mut tx, context).await?;
        if !matches!(poll.state, PollState::Open | PollState::Paused) {
            return Ok(());
        }
    }
}
