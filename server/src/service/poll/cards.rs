//! The public halves of the cards, and with them the election itself: from here on its fingerprint is fixed.

use belenios::archive::Writer;
use belenios::ballot::BallotBox;
use belenios::election::{Election, Parameters};
use belenios::group::Group;
use belenios::text::Hash;
use belenios::trustee::Trustees;
use belenios::with_group;
use ed25519_dalek::VerifyingKey;
use evaluation::description::{Description, questions};
use evaluation::hash::Sha256Hash;
use evaluation::office::Offices;
use evaluation::rules::Edition;
use evaluation::wire::CardOrder;

use super::on_the_wire::wire_purpose;
use super::{compute, load_for_terminals, move_poll, polls, present};
use crate::domain::poll::PollStepError;
use crate::domain::{Actor, LogEvent, PollState};
use crate::service::edition::{load_offices, load_publication_key, published_edition};
use crate::service::{Context, ServiceError, log};
use crate::store::polls::PollText;
use crate::store::terminals::Terminal;
use crate::store::{Connection, StoreError, credentials, draws, editions};

/// What the card officer is to make.
pub async fn order(context: &Context) -> Result<CardOrder, ServiceError> {
    let mut tx = context.db.read().await?;
    let poll = load_for_terminals(&mut tx, context).await?;
    if poll.state != PollState::KeysReady {
        return Err(PollStepError::WrongState { found: poll.state }.into());
    }
    let edition = editions::load(&mut tx, &context.county, &poll.edition).await?;
    Ok(CardOrder {
        poll: poll.id.as_str().parse().map_err(ServiceError::contradiction)?,
        group: poll.group.to_string(),
        title: published_edition(&edition)?.rules.title.zh.clone(),
        purpose: wire_purpose(poll.purpose),
        cards: poll.cards,
    })
}

/// Takes the public credentials of all cards and fixes the election.
pub async fn receive(
    context: &Context,
    terminal: &Terminal,
    mut public_credentials: Vec<String>,
) -> Result<(), ServiceError> {
    public_credentials.sort_unstable();
    let mut tx = context.db.read().await?;
    let poll = load_for_terminals(&mut tx, context).await?;
    let registered = u32::try_from(public_credentials.len()).unwrap_or(u32::MAX);
    if is_repeated(&mut tx, context, &poll, &public_credentials).await? {
        return Ok(());
    }
    poll.state.finish_cards(registered, poll.cards)?;
    drop(tx);
    let group = poll.group;
    let public_credentials = compute(move || {
        with_group!(group, G => check::<G>(&public_credentials))?;
        Ok(public_credentials)
    })
    .await?;
    let mut tx = context.db.write().await?;
    let poll = polls::load(&mut tx, &context.county, &poll.id).await?;
    let to = poll.state.finish_cards(registered, poll.cards)?;
    for credential in &public_credentials {
        credentials::insert(&mut tx, &context.county, &poll.id, credential).await?;
    }
    fix_election(&mut tx, context, &poll, &public_credentials).await?;
    let actor = Actor::Terminal(terminal.id.clone());
    let event = LogEvent::CardsRegistered { poll: poll.id.clone(), cards: registered };
    log::append(&mut tx, &context.county, context.now(), &actor, &event).await?;
    move_poll(&mut tx, context, &actor, &poll, to).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Whether these very cards are registered already: the card officer's terminal sends them again if an answer is lost.
async fn is_repeated(
    tx: &mut Connection,
    context: &Context,
    poll: &polls::Poll,
    sorted: &[String],
) -> Result<bool, ServiceError> {
    if poll.state != PollState::CardsReady {
        return Ok(false);
    }
    let mut registered = credentials::list(tx, &context.county, &poll.id).await?;
    registered.sort_unstable();
    Ok(registered == sorted)
}

/// The hash of the Setup event: what the opening sheet shows. It does not depend on the time of opening.
pub fn setup_hash(texts: &polls::PollTexts) -> Result<Hash, ServiceError> {
    let text = |text: &Option<String>| present(text.clone(), "election");
    let mut writer = Writer::new(std::io::sink(), 0).map_err(ServiceError::contradiction)?;
    writer
        .setup(&text(&texts.election)?, &text(&texts.trustees)?, &text(&texts.credentials)?)
        .map_err(ServiceError::contradiction)
}

/// Each is the canonical text of a group element, and none comes twice.
fn check<G: Group>(sorted: &[String]) -> Result<(), ServiceError> {
    let wrong = |zh, en| ServiceError::input("credentials_invalid", zh, en);
    if sorted.iter().any(|credential| G::decode(credential).is_err()) {
        return Err(wrong(
            "有一个公开凭证格式不对，全部没有保存。请重新制卡。",
            "A public credential is not canonical; none was stored. Make the cards anew.",
        ));
    }
    if sorted.iter().zip(sorted.iter().skip(1)).any(|(one, next)| one == next) {
        return Err(wrong(
            "有两张卡的公开凭证相同，全部没有保存。请重新制卡。",
            "Two cards have the same public credential; none was stored. Make the cards anew.",
        ));
    }
    Ok(())
}

async fn fix_election(
    tx: &mut Connection,
    context: &Context,
    poll: &polls::Poll,
    public_credentials: &[String],
) -> Result<(), ServiceError> {
    let row = editions::load(tx, &context.county, &poll.edition).await?;
    let edition = published_edition(&row)?;
    let offices = load_offices(tx, context, &row).await?;
    let draw = draws::find_completed(tx, &context.county, &poll.edition)
        .await?
        .ok_or(ServiceError::NotFound("draw"))?;
    let key = load_publication_key(context, row.year)?.verifying_key();
    let texts = polls::load_texts(tx, &context.county, &poll.id).await?;
    let trustees = present(texts.trustees, "trustees")?;
    let (text, size) = with_group!(poll.group, G => {
        let election = make_election::<G>(poll, &edition, &offices, &draw, key, &trustees)?;
        (election.text().to_owned(), ballot_size(election)?)
    });
    let list = serde_json::to_string(public_credentials).map_err(ServiceError::contradiction)?;
    for (which, text) in [
        (PollText::EditionJson, edition.to_json()),
        (PollText::OfficesCsv, offices.to_csv()),
        (PollText::Election, text),
        (PollText::Credentials, list),
    ] {
        polls::set_text(tx, &context.county, &poll.id, which, &text).await?;
    }
    polls::set_ballot_size(tx, &context.county, &poll.id, size).await?;
    Ok(())
}

/// The bytes that every ballot of this election is padded to.
fn ballot_size<G: Group>(election: Election<G>) -> Result<u32, ServiceError> {
    u32::try_from(BallotBox::new(election).maximal_ballot_size()).map_err(ServiceError::contradiction)
}

fn make_election<G: Group>(
    poll: &polls::Poll,
    edition: &Edition,
    offices: &Offices,
    draw: &draws::Draw,
    publication_key: VerifyingKey,
    trustees: &str,
) -> Result<Election<G>, ServiceError> {
    let hash = |text: &Option<String>| Sha256Hash::of(text.as_deref().unwrap_or_default());
    let description = Description {
        purpose: wire_purpose(poll.purpose),
        edition: edition.hash(),
        offices: offices.hash(),
        draw_announce: Sha256Hash::of(&draw.announce),
        draw_seed: hash(&draw.seed),
        draw_result: hash(&draw.result),
        publication_key,
    };
    let trustees = Trustees::<G>::parse(trustees).map_err(ServiceError::contradiction)?;
    let parameters = Parameters::new(
        poll.id.as_str().parse().map_err(ServiceError::contradiction)?,
        edition.rules.title.zh.clone(),
        description.to_text(),
        trustees.election_key(),
        questions(&edition.rules, offices),
    );
    Election::new(parameters).map_err(ServiceError::contradiction)
}
