//! The trustees' keys, made at their own terminals. Where fewer trustees are needed than there are, they make them together:
//! every trustee sends a certificate, then a contribution, then the public key, and this server carries the messages. It
//! checks what can be checked without a secret; the shares that trustees send each other are sealed.

mod ceremony;

use belenios::group::Group;
use belenios::trustee::threshold::{CeremonyError, Quorum};
use belenios::trustee::{TrusteePublicKey, Trustees};
use belenios::with_group;
use evaluation::ceremony::explain;
use evaluation::hash::Sha256Hash;
use evaluation::wire::{TrusteeAssignment, TrusteeCeremony};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::on_the_wire::{wire_purpose, wire_state};
use super::{compute, load_for_terminals, move_poll, polls};
use crate::domain::poll::PollStepError;
use crate::domain::{Actor, LogEvent, PollId, PollState};
use crate::service::edition::load_rules;
use crate::service::{Context, ServiceError, log};
use crate::store::polls::PollText;
use crate::store::terminals::Terminal;
use crate::store::trustees::Trustee;
use crate::store::{Connection, StoreError, editions, trustees};

/// A message that a trustee sends once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// The keys for the ceremony.
    Certificate,
    /// What the trustee adds to the common key.
    Contribution,
    /// The trustee's public key.
    PublicKey,
}

/// Which key the trustee at this terminal makes.
pub async fn assignment(context: &Context, terminal: &Terminal) -> Result<TrusteeAssignment, ServiceError> {
    let mut tx = context.db.read().await?;
    let place = Place::load(&mut tx, context, terminal).await?;
    let edition = editions::load(&mut tx, &context.county, &place.poll.edition).await?;
    let number = |number: usize| u32::try_from(number).map_err(ServiceError::contradiction);
    Ok(TrusteeAssignment {
        poll: place.poll.id.as_str().parse().map_err(ServiceError::contradiction)?,
        position: place.position,
        name: place.me()?.name.clone(),
        group: place.poll.group.to_string(),
        trustees: number(place.quorum.size())?,
        needed: number(place.quorum.needed())?,
        purpose: wire_purpose(place.poll.purpose),
        title: load_rules(&edition)?.title.zh.clone(),
        state: wire_state(place.poll.state),
    })
}

/// How far the ceremony is, and what every trustee needs for the next round.
pub async fn progress(context: &Context, terminal: &Terminal) -> Result<TrusteeCeremony, ServiceError> {
    let mut tx = context.db.read().await?;
    let place = Place::load(&mut tx, context, terminal).await?;
    let texts = polls::load_texts(&mut tx, &context.county, &place.poll.id).await?;
    let sent =
        |message: Message| place.trustees.iter().filter(move |trustee| held(trustee, message).is_some());
    let positions = |message| sent(message).map(|trustee| trustee.position).collect();
    let all = |message| {
        let all: Option<Vec<_>> =
            place.trustees.iter().map(|trustee| held(trustee, message).map(str::to_owned)).collect();
        all.filter(|_| place.is_ceremony())
    };
    Ok(TrusteeCeremony {
        certified: positions(Message::Certificate),
        contributed: positions(Message::Contribution),
        finished: positions(Message::PublicKey),
        certificates: all(Message::Certificate),
        contributions: all(Message::Contribution),
        trustees: texts.trustees,
    })
}

/// Takes a trustee's message: each once, in their order; the same again is fine. With the last key the election key is fixed.
pub async fn receive(
    context: &Context,
    terminal: &Terminal,
    message: Message,
    sent: &str,
) -> Result<(), ServiceError> {
    let mut tx = context.db.read().await?;
    let place = Place::load(&mut tx, context, terminal).await?;
    drop(tx);
    let (sent, asked) = (sent.to_owned(), place.clone());
    // Only what is stored for good is read here, so it holds at the write below as well.
    let checked =
        compute(move || with_group!(asked.poll.group, G => check::<G>(&asked, message, &sent))).await?;
    let mut tx = context.db.write().await?;
    let place = Place::load(&mut tx, context, terminal).await?;
    if let Some(held) = held(place.me()?, message) {
        return if checked.is_in(held) { Ok(()) } else { Err(exists(place.position, message)) };
    }
    if place.poll.state != PollState::Setup {
        return Err(PollStepError::WrongState { found: place.poll.state }.into());
    }
    // In a ceremony the contributions say which key is whose; where one trustee is enough, all have the same.
    if message == Message::PublicKey
        && !place.is_ceremony()
        && let Some(other) = place
            .trustees
            .iter()
            .find(|other| other.public_key.as_deref().is_some_and(|held| checked.is_in(held)))
    {
        return Err(repeated(other.position));
    }
    store(&mut tx, context, terminal, &place, message, &checked.canonical).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Lets the trustees begin anew, each with a new key file: somebody's message did not hold, or they have read out different
/// fingerprints. Nothing was encrypted to the old keys: there are no cards yet.
///
/// Called with the confirmed act, in its transaction.
pub async fn restart(
    tx: &mut Connection,
    context: &Context,
    actor: &Actor,
    id: &PollId,
) -> Result<(), ServiceError> {
    let (poll, to) = check_restart(tx, context, id).await?;
    trustees::clear_keys(tx, &context.county, id).await?;
    polls::clear_trustees(tx, &context.county, id).await?;
    let event = LogEvent::KeysRestarted { poll: id.clone() };
    log::append(tx, &context.county, context.now(), actor, &event).await?;
    if poll.state != to {
        move_poll(tx, context, actor, &poll, to).await?;
    }
    Ok(())
}

/// The poll, and where beginning anew leads, if that is possible now.
pub(in crate::service) async fn check_restart(
    tx: &mut Connection,
    context: &Context,
    id: &PollId,
) -> Result<(polls::Poll, PollState), ServiceError> {
    let poll = polls::load(tx, &context.county, id).await?;
    let to = poll.state.restart_keys()?;
    Ok((poll, to))
}

async fn store(
    tx: &mut Connection,
    context: &Context,
    terminal: &Terminal,
    place: &Place,
    message: Message,
    text: &str,
) -> Result<(), ServiceError> {
    let (county, poll, position) = (&context.county, place.poll.id.clone(), place.position);
    let hash = Sha256Hash::of(text);
    let event = match message {
        Message::Certificate => {
            trustees::set_certificate(tx, county, &poll, position, text).await?;
            LogEvent::TrusteeCertificateReceived { poll, position, certificate: hash }
        }
        Message::Contribution => {
            trustees::set_contribution(tx, county, &poll, position, text).await?;
            LogEvent::TrusteeContributionReceived { poll, position, contribution: hash }
        }
        Message::PublicKey => {
            trustees::set_public_key(tx, county, &poll, position, text).await?;
            LogEvent::TrusteeKeyReceived { poll, position, key: hash }
        }
    };
    let actor = Actor::Terminal(terminal.id.clone());
    log::append(tx, county, context.now(), &actor, &event).await?;
    if message == Message::PublicKey {
        finish_if_complete(tx, context, &actor, &place.poll, place.quorum).await?;
    }
    Ok(())
}

async fn finish_if_complete(
    tx: &mut Connection,
    context: &Context,
    actor: &Actor,
    poll: &polls::Poll,
    quorum: Quorum,
) -> Result<(), ServiceError> {
    let all = trustees::list(tx, &context.county, &poll.id).await?;
    let received = all.iter().filter(|trustee| trustee.public_key.is_some()).count();
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let Ok(to) = poll.state.finish_keys(count(received), count(all.len())) else { return Ok(()) };
    let text = with_group!(poll.group, G => list_trustees::<G>(&all, quorum))?;
    polls::set_text(tx, &context.county, &poll.id, PollText::Trustees, &text).await?;
    move_poll(tx, context, actor, poll, to).await
}

/// The list of trustees for the archive.
fn list_trustees<G: Group>(all: &[Trustee], quorum: Quorum) -> Result<String, ServiceError> {
    let keys = all.iter().map(|trustee| {
        serde_json::from_str::<TrusteePublicKey<G>>(trustee.public_key.as_deref().unwrap_or_default())
    });
    let keys: Vec<_> = keys.collect::<Result<_, _>>().map_err(ServiceError::contradiction)?;
    let list = if is_ceremony(quorum) {
        Trustees::threshold(ceremony::block(all, quorum, keys)?)
    } else {
        Trustees::all_needed(keys)
    };
    Ok(list.to_json())
}

/// A trustee's place in a poll.
#[derive(Clone, Debug)]
struct Place {
    poll: polls::Poll,
    quorum: Quorum,
    position: u32,
    trustees: Vec<Trustee>,
}

impl Place {
    async fn load(tx: &mut Connection, context: &Context, terminal: &Terminal) -> Result<Self, ServiceError> {
        let position = terminal.trustee_position.ok_or(ServiceError::NotFound("trustee"))?;
        let poll = load_for_terminals(tx, context).await?;
        let rules = load_rules(&editions::load(tx, &context.county, &poll.edition).await?)?.poll.clone();
        let quorum = Quorum::new(rules.needed(), rules.trustees).map_err(ServiceError::contradiction)?;
        let trustees = trustees::list(tx, &context.county, &poll.id).await?;
        let place = Self { poll, quorum, position, trustees };
        place.me()?;
        Ok(place)
    }

    fn me(&self) -> Result<&Trustee, ServiceError> {
        let me = self.trustees.iter().find(|trustee| trustee.position == self.position);
        me.ok_or_else(|| {
            let (position, all) = (self.position, self.trustees.len());
            ServiceError::input(
                "trustee_position",
                format!(
                    "本终端登记为第{position}位监票人的，而本次投票只有{all}名监票人。请在本终端运行 pingyi-kiosk 的 forget 后重新启动，由场务在控制台“终端”中重新登记：填写正确的序号，并在“替换”中选中原来的登记。"
                ),
                format!(
                    "This terminal is enrolled as that of trustee {position}, and this poll has {all} trustees. Run pingyi-kiosk with `forget` at this terminal and start it again; the steward then enrols it anew on the console's page of terminals, with the right number, and chooses the old enrolment under “replaces”."
                ),
            )
        })
    }

    /// The place as the protocol counts it.
    fn index(&self) -> Result<usize, ServiceError> {
        usize::try_from(self.position).map_err(ServiceError::contradiction)
    }

    fn is_ceremony(&self) -> bool {
        is_ceremony(self.quorum)
    }
}

/// Whether the trustees make their keys together.
const fn is_ceremony(quorum: Quorum) -> bool {
    quorum.needed() < quorum.size()
}

fn held(trustee: &Trustee, message: Message) -> Option<&str> {
    match message {
        Message::Certificate => trustee.certificate.as_deref(),
        Message::Contribution => trustee.contribution.as_deref(),
        Message::PublicKey => trustee.public_key.as_deref(),
    }
}

/// A message that was checked.
struct Checked {
    /// As it is stored, handed on and published.
    canonical: String,
    /// By which the same message is known again. The proofs of a key are made anew each time, the key itself stays.
    essence: String,
}

impl Checked {
    fn is_in(&self, held: &str) -> bool {
        held.contains(&self.essence)
    }
}

fn check<G: Group>(place: &Place, message: Message, sent: &str) -> Result<Checked, ServiceError> {
    match message {
        Message::Certificate => ceremony::certificate::<G>(place, sent),
        Message::Contribution => ceremony::contribution::<G>(place, sent),
        Message::PublicKey => {
            let (key, canonical) = read::<TrusteePublicKey<G>>(sent)?;
            if place.is_ceremony() {
                ceremony::check_key(place, &key)?;
            } else if !key.is_proved() {
                return Err(refused(CeremonyError::PublicKeyProof { trustee: place.index()? }));
            }
            Ok(Checked { canonical, essence: G::encode(&key.public_key) })
        }
    }
}

/// A message and its canonical text.
fn read<T: Serialize + DeserializeOwned>(sent: &str) -> Result<(T, String), ServiceError> {
    let message: T = serde_json::from_str(sent).map_err(|_| {
        ServiceError::input(
            "trustee_message_invalid",
            "监票人的消息读不懂，没有保存。请确认终端程序与服务器的版本一致，然后重试。",
            "The trustee's message cannot be read and was not stored. See that the terminal runs the same release as the \
             server, then try again.",
        )
    })?;
    let canonical = serde_json::to_string(&message).map_err(ServiceError::contradiction)?;
    Ok((message, canonical))
}

fn refused(error: CeremonyError) -> ServiceError {
    let (zh, en) = explain(error);
    ServiceError::input("ceremony_refused", zh, en)
}

fn exists(position: u32, message: Message) -> ServiceError {
    let (zh, en) = match message {
        Message::Certificate => ("证书", "certificate"),
        Message::Contribution => ("贡献", "contribution"),
        Message::PublicKey => ("公钥", "public key"),
    };
    ServiceError::input(
        "trustee_message_exists",
        format!(
            "监票人{position}的{zh}已经收到，另一份没有采用。请用作出第一份的密钥文件继续；没有它就停下来报告监督员。"
        ),
        format!(
            "The {en} of trustee {position} has arrived already; another one was not taken. Go on with the key file that made \
             the first; without it, stop and call the supervisor."
        ),
    )
}

fn repeated(other: u32) -> ServiceError {
    ServiceError::input(
        "trustee_key_repeated",
        format!("这把公钥与监票人{other}的相同，没有保存。每位监票人须用自己的密钥文件。"),
        format!(
            "This is the key of trustee {other}; it was not stored. Every trustee uses a key file of their own."
        ),
    )
}

#[cfg(test)]
mod tests;
