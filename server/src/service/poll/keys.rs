//! The trustees' public keys, sent by their terminals. The private halves never leave those.

use belenios::group::Group;
use belenios::trustee::{TrusteePublicKey, Trustees};
use belenios::with_group;
use evaluation::hash::Sha256Hash;
use evaluation::wire::TrusteeAssignment;

use super::{load_for_terminals, move_poll, polls};
use crate::domain::poll::PollStepError;
use crate::domain::{Actor, LogEvent, PollState};
use crate::service::{Context, ServiceError, log};
use crate::store::polls::PollText;
use crate::store::terminals::Terminal;
use crate::store::{StoreError, trustees};

/// Which key the trustee at this terminal makes.
pub async fn assignment(context: &Context, terminal: &Terminal) -> Result<TrusteeAssignment, ServiceError> {
    let mut tx = context.db.read().await?;
    let poll = load_for_terminals(&mut tx, context).await?;
    let trustee = trustees::list(&mut tx, &context.county, &poll.id)
        .await?
        .into_iter()
        .find(|trustee| Some(trustee.position) == terminal.trustee_position)
        .ok_or(ServiceError::NotFound("trustee"))?;
    Ok(TrusteeAssignment {
        poll: poll.id.as_str().parse().map_err(ServiceError::contradiction)?,
        position: trustee.position,
        name: trustee.name,
        group: poll.group.to_string(),
    })
}

/// Takes a trustee's public key. With the last one the election key is fixed.
pub async fn receive(context: &Context, terminal: &Terminal, key: &str) -> Result<(), ServiceError> {
    let position = terminal.trustee_position.ok_or(ServiceError::NotFound("trustee"))?;
    let mut tx = context.db.write().await?;
    let poll = load_for_terminals(&mut tx, context).await?;
    let key = with_group!(poll.group, G => Key::check::<G>(key))?;
    if poll.state != PollState::Setup {
        return Err(PollStepError::WrongState { found: poll.state }.into());
    }
    let present = trustees::list(&mut tx, &context.county, &poll.id).await?;
    if let Some(other) = present
        .iter()
        .find(|other| other.public_key.as_deref().is_some_and(|held| held.contains(&key.public)))
    {
        let repeated = other.position == position;
        return if repeated {
            Ok(())
        } else {
            Err(wrong("两名监票人的公钥相同。", "Two trustees sent the same key."))
        };
    }
    trustees::set_public_key(&mut tx, &context.county, &poll.id, position, &key.canonical).await.map_err(
        |error| match error {
            StoreError::RowsAffected { .. } => ServiceError::input(
                "trustee_key_exists",
                "该监票人的公钥已经收到，不能更换。",
                "This trustee's key has arrived already and cannot be replaced.",
            ),
            error => error.into(),
        },
    )?;
    let actor = Actor::Terminal(terminal.id.clone());
    let event =
        LogEvent::TrusteeKeyReceived { poll: poll.id.clone(), position, key: Sha256Hash::of(&key.canonical) };
    log::append(&mut tx, &context.county, context.now(), &actor, &event).await?;
    finish_if_complete(&mut tx, context, &actor, &poll).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// A key whose proof holds.
struct Key {
    /// As it is stored and published.
    canonical: String,
    /// The group element alone.
    public: String,
}

impl Key {
    fn check<G: Group>(sent: &str) -> Result<Self, ServiceError> {
        let key: TrusteePublicKey<G> = serde_json::from_str(sent).map_err(|_| {
            wrong(
                "公钥格式不对，没有保存。请重新生成。",
                "The public key cannot be read and was not stored. Make it anew.",
            )
        })?;
        if !key.is_proved() {
            return Err(wrong(
                "公钥的持有证明不成立，没有保存。请重新生成。",
                "The key's proof of knowledge does not hold; it was not stored. Make it anew.",
            ));
        }
        let canonical = serde_json::to_string(&key).map_err(ServiceError::contradiction)?;
        Ok(Self { canonical, public: G::encode(&key.public_key) })
    }
}

fn wrong(zh: &'static str, en: &'static str) -> ServiceError {
    ServiceError::input("trustee_key_invalid", zh, en)
}

async fn finish_if_complete(
    tx: &mut crate::store::Connection,
    context: &Context,
    actor: &Actor,
    poll: &polls::Poll,
) -> Result<(), ServiceError> {
    let all = trustees::list(tx, &context.county, &poll.id).await?;
    let keys: Vec<_> = all.iter().filter_map(|trustee| trustee.public_key.as_deref()).collect();
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let Ok(to) = poll.state.finish_keys(count(keys.len()), count(all.len())) else { return Ok(()) };
    let text = with_group!(poll.group, G => all_needed::<G>(&keys))?;
    polls::set_text(tx, &context.county, &poll.id, PollText::Trustees, &text).await?;
    move_poll(tx, context, actor, poll, to).await
}

fn all_needed<G: Group>(keys: &[&str]) -> Result<String, ServiceError> {
    let keys = keys.iter().map(|key| serde_json::from_str::<TrusteePublicKey<G>>(key));
    let keys: Vec<_> = keys.collect::<Result<_, _>>().map_err(ServiceError::contradiction)?;
    Ok(Trustees::all_needed(keys).to_json())
}
