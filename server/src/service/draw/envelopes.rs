//! The envelopes: opened together, then typed or scanned one by one (draw specification §5, step 4).

use std::fmt;

use evaluation::draw::secret::{Secret, commitment};
use serde::{Deserialize, Serialize};

use super::{commitments, envelopes, load, read_announcement, store_step, typed, without_spaces};
use crate::domain::{AccountId, Actor, EditionId, LogEvent};
use crate::service::{Context, ServiceError, log};
use crate::store::accounts::{self, Account};
use crate::store::{Connection, StoreError, draws};

/// How many different people must have typed an envelope in vain before it counts as missing (draw specification §5 ii).
const WITNESSES: usize = 2;

/// What became of one envelope.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "envelope", rename_all = "snake_case", deny_unknown_fields)]
pub enum Envelope {
    /// Nothing that opens the commitment was typed yet.
    Sealed {
        /// Who typed something that does not open it; each person once.
        tried: Vec<AccountId>,
    },
    /// This secret opens the commitment.
    Opens {
        /// 64 hexadecimal digits.
        secret: String,
    },
    /// It does not open the commitment; two people have tried.
    Missing,
}

impl Default for Envelope {
    fn default() -> Self {
        Self::Sealed { tried: Vec::new() }
    }
}

impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sealed { tried } => write!(f, "Sealed({} tried)", tried.len()),
            Self::Opens { .. } => f.write_str("Opens(…)"),
            Self::Missing => f.write_str("Missing"),
        }
    }
}

impl Envelope {
    /// Whether enough people have tried it in vain to count it as missing.
    #[must_use]
    pub fn may_be_missing(&self) -> bool {
        matches!(self, Self::Sealed { tried } if tried.len() >= WITNESSES)
    }
}

/// The envelopes as they lie on the table when the list of commitments is closed; as stored.
pub(super) fn sealed_envelopes(parties: usize) -> Result<String, ServiceError> {
    serde_json::to_string(&vec![Envelope::default(); parties]).map_err(ServiceError::contradiction)
}

/// Records that all envelopes were opened together, in view of everybody.
pub async fn open_envelopes(
    context: &Context,
    actor: &Actor,
    id: &EditionId,
    ceremony: u32,
) -> Result<(), ServiceError> {
    let mut tx = context.db.write().await?;
    let mut draw = load(&mut tx, context, id, ceremony).await?;
    let from = draw.state;
    draw.state = from.open_envelopes()?;
    store_step(&mut tx, context, actor, id, from, &draw, None).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Takes the content of the envelope of a party (from 1). What does not open the commitment is remembered as tried by this
/// person, and explained.
pub async fn type_secret(
    context: &Context,
    clerk: &Account,
    id: &EditionId,
    ceremony: u32,
    party: u32,
    text: &str,
) -> Result<(), ServiceError> {
    let mut tx = context.db.write().await?;
    let mut draw = load(&mut tx, context, id, ceremony).await?;
    draw.state.may_reveal()?;
    let (announcement, committed) = (read_announcement(&draw)?, commitments(&draw)?);
    let index = usize::try_from(party).unwrap_or(usize::MAX);
    let expected = committed.get(index.wrapping_sub(1)).copied().flatten();
    let expected = expected.ok_or(ServiceError::NotFound("party"))?;
    let mut all = envelopes(&draw, &announcement)?;
    let envelope = all.get_mut(index.wrapping_sub(1)).ok_or(ServiceError::NotFound("party"))?;
    let Envelope::Sealed { tried } = envelope else { return Err(settled(party)) };
    let digits = zeroize::Zeroizing::new(without_spaces(text).to_ascii_lowercase());
    let secret = Secret::parse(&digits).ok();
    let opening = secret.filter(|secret| commitment(announcement.hash(), index, secret) == expected);
    let refusal = if let Some(secret) = opening {
        *envelope = Envelope::Opens { secret: secret.expose().to_owned() };
        None
    } else {
        note_attempt(&mut tx, context, tried, clerk).await?;
        Some(not_opening(party, &digits, tried.len()))
    };
    let event = match refusal {
        None => LogEvent::EnvelopeOpened { edition: id.clone(), ceremony, party },
        Some(_) => LogEvent::EnvelopeRefused { edition: id.clone(), ceremony, party },
    };
    store(&mut tx, context, id, &mut draw, &all).await?;
    log::append(&mut tx, &context.county, context.now(), &Actor::Account(clerk.id.clone()), &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    refusal.map_or(Ok(()), Err)
}

/// Counts the envelope of a party (from 1) as missing, after two people have typed it in vain.
pub async fn declare_missing(
    context: &Context,
    actor: &Actor,
    id: &EditionId,
    ceremony: u32,
    party: u32,
) -> Result<(), ServiceError> {
    let mut tx = context.db.write().await?;
    let mut draw = load(&mut tx, context, id, ceremony).await?;
    draw.state.may_reveal()?;
    let mut all = envelopes(&draw, &read_announcement(&draw)?)?;
    let index = usize::try_from(party).unwrap_or(usize::MAX).wrapping_sub(1);
    let envelope = all.get_mut(index).ok_or(ServiceError::NotFound("party"))?;
    if !matches!(envelope, Envelope::Sealed { .. }) {
        return Err(settled(party));
    }
    if !envelope.may_be_missing() {
        return Err(typed(
            format!("须由两个人先后录入第{party}方的信封，都与承诺不符，才能按缺失处理。请换一人再录一遍。"),
            format!(
                "Two different people must have typed the envelope of party {party} in vain before it counts as missing. Let another person type it."
            ),
        ));
    }
    *envelope = Envelope::Missing;
    store(&mut tx, context, id, &mut draw, &all).await?;
    let event = LogEvent::EnvelopeMissing { edition: id.clone(), ceremony, party };
    log::append(&mut tx, &context.county, context.now(), actor, &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

async fn store(
    tx: &mut Connection,
    context: &Context,
    id: &EditionId,
    draw: &mut draws::Draw,
    all: &[Envelope],
) -> Result<(), ServiceError> {
    draw.envelopes = Some(serde_json::to_string(all).map_err(ServiceError::contradiction)?);
    Ok(draws::update(tx, &context.county, id, draw.state, draw).await?)
}

/// One person with two accounts is still one person.
async fn note_attempt(
    tx: &mut Connection,
    context: &Context,
    tried: &mut Vec<AccountId>,
    clerk: &Account,
) -> Result<(), ServiceError> {
    for other in tried.iter() {
        if accounts::load(tx, &context.county, other).await?.person == clerk.person {
            return Ok(());
        }
    }
    tried.push(clerk.id.clone());
    Ok(())
}

fn settled(party: u32) -> ServiceError {
    typed(
        format!("第{party}方的信封已经录入，不能更改。"),
        format!("The envelope of party {party} has been dealt with and cannot be changed."),
    )
}

fn not_opening(party: u32, digits: &str, tried: usize) -> ServiceError {
    let (found, wrong) =
        (digits.chars().count(), digits.chars().position(|digit| !digit.is_ascii_hexdigit()));
    let (zh_what, en_what) = match (found, wrong) {
        (_, Some(position)) => {
            let place = position.saturating_add(1);
            (format!("第{place}个字符不是0–9、a–f"), format!("character {place} is not 0–9 or a–f"))
        }
        (64, None) => ("与该方的承诺值不符".to_owned(), "it does not open the party's commitment".to_owned()),
        (found, None) => {
            (format!("录入了{found}位，应为64位"), format!("{found} digits were typed, 64 are needed"))
        }
    };
    let (zh_next, en_next) = if tried >= WITNESSES {
        (
            "已有两人录入都不符。请再对照一次信封；确实不符的，按缺失处理。",
            "Two people have typed it in vain. Compare once more with the envelope; if it is really so, count it as missing.",
        )
    } else {
        (
            "请对照信封重新录入；仍不符的，由另一人再录一遍。",
            "Compare with the envelope and type again; if it still fails, let another person type it.",
        )
    };
    typed(
        format!("第{party}方的信封：{zh_what}。{zh_next}"),
        format!("Envelope of party {party}: {en_what}. {en_next}"),
    )
}
