//! The reveal 揭晓 on the screens of the hall: which step is shown, moved by the chair alone.
//!
//! The step is kept with the poll, so that a screen that is loaded again, or a second one, shows the same. It is not
//! logged: that the result was revealed is. The ranking is public from the moment the chair has shown the last step, or
//! from the publication (`is_public`): nobody reads on a telephone what the hall has not been told yet.

use evaluation::ranking::Ranking;
use evaluation::reveal::Reveal;
use evaluation::rules::Rules;
use evaluation::sanction::Sanctions;

use super::edition::load_rules;
use super::poll::reveal::{load_ranking, load_sanctions_of};
use super::{Context, ServiceError};
use crate::domain::{EditionState, PollId, PollState};
use crate::store::polls::{self, Poll};
use crate::store::{Connection, StoreError, editions, reveals};

/// Everything that the screens of a revealed poll need.
#[derive(Clone, Debug)]
pub struct RevealView {
    /// The rules, with order and words of the reveal.
    pub rules: Rules,
    /// The ranking. Only what [`RevealView::step`] and the steps before it show may be shown.
    pub ranking: Ranking,
    /// The sanctions, with the numbers of their documents.
    pub sanctions: Sanctions,
    /// The step that is shown, from 0.
    pub step: u32,
}

impl RevealView {
    /// All steps.
    #[must_use]
    pub fn plan(&self) -> Reveal<'_> {
        Reveal::plan(&self.rules.reveal, &self.ranking)
    }
}

/// The reveal of a poll, which must be revealed.
pub async fn find(context: &Context, poll: &Poll) -> Result<RevealView, ServiceError> {
    let mut tx = context.db.read().await?;
    view(&mut tx, context, poll).await
}

/// Whether the ranking of this poll is public: the chair has shown the last step, or two people have published it.
pub(super) async fn is_public(
    tx: &mut Connection,
    context: &Context,
    poll: &Poll,
    edition: EditionState,
) -> Result<bool, StoreError> {
    if poll.state != PollState::Revealed {
        return Ok(false);
    }
    Ok(edition >= EditionState::Published || reveals::is_finished(tx, &context.county, &poll.id).await?)
}

/// Whether the chair has shown every step of a revealed poll.
pub async fn is_finished(context: &Context, poll: &PollId) -> Result<bool, ServiceError> {
    let mut tx = context.db.read().await?;
    Ok(reveals::is_finished(&mut tx, &context.county, poll).await?)
}

/// Shows the step `to`, if `from` is still the one that is shown: a key pressed twice goes one step. No step is ever
/// jumped over; back goes any number.
pub async fn go(context: &Context, id: &PollId, from: u32, to: u32) -> Result<(), ServiceError> {
    let mut tx = context.db.write().await?;
    let poll = polls::load(&mut tx, &context.county, id).await?;
    let view = view(&mut tx, context, &poll).await?;
    let last = u32::try_from(view.plan().last()).unwrap_or(u32::MAX);
    if to <= last && to <= from.saturating_add(1) {
        if reveals::set_step(&mut tx, &context.county, id, from, to).await? && to == last {
            reveals::finish(&mut tx, &context.county, id).await?;
        }
        tx.commit().await.map_err(StoreError::from)?;
    }
    Ok(())
}

async fn view(tx: &mut Connection, context: &Context, poll: &Poll) -> Result<RevealView, ServiceError> {
    let ranking = load_ranking(tx, context, poll).await?;
    let edition = editions::load(tx, &context.county, &poll.edition).await?;
    Ok(RevealView {
        rules: load_rules(&edition)?,
        ranking,
        sanctions: load_sanctions_of(tx, context, poll).await?,
        step: reveals::load_step(tx, &context.county, &poll.id).await?,
    })
}
