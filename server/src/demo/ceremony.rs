//! The draw, with three simulated drawers who commit, throw dice and open their envelopes.

use evaluation::draw::announce::Announcement;
use evaluation::draw::secret::{Secret, commitment};
use evaluation::hash::Sha256Hash;
use rand::{CryptoRng, RngExt as _};

use super::staff::{Staff, plain};
use crate::domain::{AccountId, Actor, EditionId, Purpose};
use crate::service::act::Act;
use crate::service::draw::{
    AnnouncementForm, Completion, announce, close_commitments, find_ceremony, open_envelopes,
    record_commitment, type_dice, type_secret,
};
use crate::service::overview::find_account;
use crate::service::{Context, ServiceError};

/// Holds the draw of an edition whose pool is locked.
pub(super) async fn hold(
    context: &Context,
    staff: &Staff,
    edition: &EditionId,
    rng: &mut (impl CryptoRng + ?Sized),
) -> anyhow::Result<()> {
    let commission = staff.commission();
    let form = form("demo-2020-1");
    let ceremony = announce(context, &commission, edition, form).await.map_err(plain)?;
    let completion = enter(context, staff.clerks(), edition, ceremony, rng).await.map_err(plain)?;
    staff.together(&Act::Draw(completion)).await?;
    Ok(())
}

/// An announcement with three parties and 24 dice.
pub(crate) fn form(draw_id: &str) -> AnnouncementForm {
    AnnouncementForm {
        purpose: Purpose::Real,
        draw_id: draw_id.to_owned(),
        parties: ["纪委监委", "人大代表", "群众代表"].map(str::to_owned).to_vec(),
        dice_digits: 24,
        public_source: None,
        min_reveals: None,
        quotas: None,
        further_quotas: None,
    }
}

/// Makes all entries of an announced ceremony without a public source, by two clerks; answers what completes it.
pub(crate) async fn enter(
    context: &Context,
    [first, second]: [&AccountId; 2],
    edition: &EditionId,
    ceremony: u32,
    rng: &mut (impl CryptoRng + ?Sized),
) -> Result<Completion, ServiceError> {
    let actor = Actor::Account(first.clone());
    let announcement = find_ceremony(context, edition, ceremony).await?.announcement;
    let secrets: Vec<_> = announcement.terms().parties.iter().map(|_| Secret::generate(rng)).collect();
    for (party, secret) in (1_u32..).zip(&secrets) {
        let commitment = committed(&announcement, party, secret).to_string();
        record_commitment(context, &actor, edition, ceremony, party, &commitment).await?;
    }
    close_commitments(context, &actor, edition, ceremony).await?;
    let digits = 0..announcement.terms().dice_digits;
    let dice: String = digits.map(|_| char::from(rng.random_range(b'0'..=b'9'))).collect();
    let clerks = [find_account(context, first).await?, find_account(context, second).await?];
    for clerk in &clerks {
        type_dice(context, clerk, edition, ceremony, &dice).await?;
    }
    open_envelopes(context, &actor, edition, ceremony).await?;
    let [clerk, _] = &clerks;
    for (party, secret) in (1..).zip(&secrets) {
        type_secret(context, clerk, edition, ceremony, party, secret.expose()).await?;
    }
    Ok(Completion { edition: edition.clone(), ceremony, public_value: None })
}

fn committed(announcement: &Announcement, party: u32, secret: &Secret) -> Sha256Hash {
    commitment(announcement.hash(), usize::try_from(party).unwrap_or(usize::MAX), secret)
}
