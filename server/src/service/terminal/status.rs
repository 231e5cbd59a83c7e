//! What devices report of themselves, for the steward's board. In memory only.

use evaluation::wire::{LONGEST_VERSION, TerminalStatus as Report};

use crate::domain::terminal::{Heard, Trouble, troubles, usual_hall_keys};
use crate::domain::{PollState, TerminalRole, TerminalStatus};
use crate::service::{Context, ServiceError, poll};
use crate::store::StoreError;
use crate::store::terminals::Terminal;

/// Agents and server are released together.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A device and how it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TerminalView {
    /// The device.
    pub terminal: Terminal,
    /// What it last reported, since the server was started.
    pub heard: Option<Heard>,
    /// What somebody should see to; nothing if it is revoked.
    pub troubles: Vec<Trouble>,
    /// Its work in the present poll is done, and it is switched off: the card officer's terminal once all cards are
    /// registered.
    pub has_finished: bool,
}

/// Remembers what a device reports.
pub fn report(context: &Context, terminal: &Terminal, report: Report) -> Result<(), ServiceError> {
    let is_printable = report.version.bytes().all(|byte| byte.is_ascii_graphic());
    if report.version.len() > LONGEST_VERSION || !is_printable {
        return Err(ServiceError::input(
            "status",
            "终端报来的版本号不是版本号。",
            "What the terminal reports as its version is none.",
        ));
    }
    let now = context.now();
    let heard = Heard {
        at: now,
        version: report.version,
        clock_ahead: report.clock.saturating_sub(now.as_second()),
        undelivered: report.undelivered,
        disk: report.disk,
        opened: report.opened,
    };
    context.terminals.rows().heard.insert(terminal.id.clone(), heard);
    Ok(())
}

/// All devices and how they are, in order of enrolment.
pub async fn list_views(context: &Context) -> Result<Vec<TerminalView>, StoreError> {
    let all = super::list(context).await?;
    let cards_are_made = are_cards_made(context).await?;
    let rows = context.terminals.rows();
    let is_enrolled = |terminal: &&Terminal| terminal.status == TerminalStatus::Enrolled;
    let opened = |terminal: &Terminal| rows.heard.get(&terminal.id)?.opened.as_ref();
    let usual = usual_hall_keys(all.iter().filter(is_enrolled).filter_map(opened));
    let view = |terminal: Terminal| {
        let enrolled = terminal.status == TerminalStatus::Enrolled;
        let heard = rows.heard.get(&terminal.id).filter(|_| enrolled).cloned();
        let has_finished = enrolled && cards_are_made && terminal.role == TerminalRole::CardOfficer;
        let mut troubles =
            if enrolled { troubles(heard.as_ref(), context.now(), VERSION) } else { Vec::new() };
        let opened = heard.as_ref().and_then(|heard| heard.opened.as_ref());
        if opened.is_some_and(|opened| !usual.contains(opened)) {
            troubles.push(Trouble::HallKey);
        }
        if has_finished {
            // Its power is cut, so that the secrets of the cards are gone.
            troubles.retain(|trouble| !matches!(trouble, Trouble::Silent | Trouble::NeverHeard));
        }
        TerminalView { terminal, heard, troubles, has_finished }
    };
    Ok(all.into_iter().map(view).collect())
}

/// Whether the cards of the poll that the terminals work on are registered, for good.
async fn are_cards_made(context: &Context) -> Result<bool, StoreError> {
    let mut tx = context.db.read().await?;
    match poll::load_for_terminals(&mut tx, context).await {
        Ok(poll) => Ok(poll.state >= PollState::CardsReady),
        Err(ServiceError::Store(error)) => Err(error),
        Err(_) => Ok(false),
    }
}
