//! Cards declared void, each signed with its own credential, so that nobody without the card can do it. Not logged one by one:
//! a time beside a damaged card would tell who got another one.

use std::collections::HashSet;
use std::fmt;
use std::sync::OnceLock;

use belenios::group::Group;
use belenios::text::Uuid;
use belenios::with_group;
use evaluation::hash::Sha256Hash;
use evaluation::wire::{VoidCard, problem};
use rand::RngExt as _;
use tokio::sync::Mutex;

use super::{compute, load_for_terminals, polls};
use crate::domain::{CredentialStatus, PollId, PollState};
use crate::service::{Context, ServiceError};
use crate::store::{StoreError, credentials, void_cards};

/// Cards that had voted when they were to be declared void, so that scanning one twice counts it once.
///
/// Never stored: beside the stored ballot, the credential of a card that people saw in somebody's hand tells whose ballot it is.
/// Even here they are digests under a key that this process made and tells nobody, so that memory that is swapped out or ends
/// in a crash report names no card that could be looked up without that key. A server that begins anew has forgotten them and
/// counts a card that is scanned again once more; the exception says how many cards it really were.
#[derive(Default)]
pub struct LateVoids {
    key: OnceLock<[u8; 32]>,
    seen: Mutex<HashSet<Sha256Hash>>,
}

impl LateVoids {
    /// What is remembered of a card: always as long a text after the key, so that nothing can be appended to it.
    fn digest(&self, context: &Context, poll: &Uuid, credential: &str) -> Sha256Hash {
        let key = self.key.get_or_init(|| context.rng().random());
        let named = Sha256Hash::of(format!("{} {poll} {credential}", context.county.as_str()));
        Sha256Hash::of([key.as_slice(), named.as_bytes()].concat())
    }
}

impl fmt::Debug for LateVoids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LateVoids")
    }
}

/// Declares a card void. The same again is fine.
///
/// A card that has voted stays as it is. If it should not have, because the box is sealed and this is a spare, returned,
/// audit or damaged card, that is counted and stops the reconciliation. During the voting it only means that no other card
/// may be handed out for it.
pub async fn declare(context: &Context, card: VoidCard) -> Result<(), ServiceError> {
    let mut tx = context.db.read().await?;
    let poll = load_for_terminals(&mut tx, context).await?;
    drop(tx);
    let uuid: Uuid = poll.id.as_str().parse().map_err(ServiceError::contradiction)?;
    let group = poll.group;
    let card = compute(move || with_group!(group, G => check::<G>(&uuid, card))).await?;
    let mut tx = context.db.write().await?;
    let poll = polls::load(&mut tx, &context.county, &poll.id).await?;
    let (county, id) = (&context.county, &poll.id);
    let status = credentials::find_status(&mut tx, county, id, &card.credential).await?;
    match status.ok_or_else(unknown)? {
        CredentialStatus::Void => {
            let before = void_cards::find_kind(&mut tx, county, id, &card.credential).await?;
            return if before == Some(card.kind) { Ok(()) } else { Err(void_as_another_kind()) };
        }
        status if !poll.state.takes_void(card.kind) => return Err(not_now(poll.state, status)),
        CredentialStatus::Spent => {
            drop(tx);
            if poll.state == PollState::Closed {
                count_late(context, id, &card).await?;
            }
            return Err(spent(poll.state));
        }
        CredentialStatus::Unused => {}
    }
    if !credentials::declare_void(&mut tx, county, id, &card.credential).await? {
        return Err(ServiceError::contradiction("an unused card could not be declared void"));
    }
    void_cards::insert(&mut tx, county, id, &card).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Counts a card that has voted and was to be declared void, once while this server runs.
async fn count_late(context: &Context, id: &PollId, card: &VoidCard) -> Result<(), ServiceError> {
    let uuid: Uuid = id.as_str().parse().map_err(ServiceError::contradiction)?;
    let digest = context.late_voids.digest(context, &uuid, &card.credential);
    // Held until it is counted: a request that is broken off counts twice rather than not at all.
    let mut seen = context.late_voids.seen.lock().await;
    if seen.contains(&digest) {
        return Ok(());
    }
    let mut tx = context.db.write().await?;
    let poll = polls::load(&mut tx, &context.county, id).await?;
    if poll.state != PollState::Closed {
        return Err(not_now(poll.state, CredentialStatus::Spent));
    }
    void_cards::count_one_refused(&mut tx, &context.county, id, card.kind).await?;
    tx.commit().await.map_err(StoreError::from)?;
    seen.insert(digest);
    Ok(())
}

/// The credential is one, and the card has signed.
fn check<G: Group>(poll: &Uuid, card: VoidCard) -> Result<VoidCard, ServiceError> {
    if G::decode(&card.credential).is_err() {
        return Err(unknown());
    }
    if !card.is_signed::<G>(poll) {
        return Err(ServiceError::input(
            "void_invalid",
            "作废声明不是由这张卡自己签名的，没有保存。请重新扫描这张卡。",
            "The void statement is not signed by the card itself; nothing was stored. Scan the card again.",
        ));
    }
    Ok(card)
}

fn unknown() -> ServiceError {
    ServiceError::input(
        problem::CREDENTIAL_UNKNOWN,
        "这张卡不属于本次投票，没有作废。请核对是否拿错了卡。",
        "This card does not belong to this poll; nothing was stored. See whether it is the right card.",
    )
}

fn void_as_another_kind() -> ServiceError {
    ServiceError::input(
        problem::CARD_VOID,
        "这张卡已经以另一种原因作废，没有更改。请把卡放回已作废的一叠。",
        "This card has been declared void for another reason; nothing was changed. Put it with the void cards.",
    )
}

fn not_now(found: PollState, status: CredentialStatus) -> ServiceError {
    let used = if status == CredentialStatus::Spent {
        ("这张卡已投票。", " This card has voted.")
    } else {
        ("", "")
    };
    ServiceError::input(
        problem::POLL_NOT_OPEN,
        format!(
            "现在（{}）不能作废这一类卡，没有保存。损坏的卡在投票开始后随时可以作废，其余的卡在封箱之后当众作废。{}",
            found.zh(),
            used.0
        ),
        format!(
            "Cards of this kind cannot be declared void now ({}); nothing was stored. Damaged ones can from the opening on, all \
             others in public once the box is sealed.{}",
            found.en(),
            used.1
        ),
    )
}

fn spent(found: PollState) -> ServiceError {
    let (zh, en) = if found == PollState::Closed {
        (
            "这张卡已经投过票，不能作废。这件事已经记下，须由两人查明并登记例外，之后才能对账。",
            "This card has voted and cannot be declared void. That is recorded: two people find out why and record an exception \
             before the reconciliation.",
        )
    } else {
        (
            "这张卡已经投过票，不能作废。请告诉代表：选票已收到，不要补发新卡。",
            "This card has voted and cannot be declared void. Tell its holder that the ballot has arrived; hand out no other card.",
        )
    };
    ServiceError::input(problem::CARD_SPENT, zh, en)
}
