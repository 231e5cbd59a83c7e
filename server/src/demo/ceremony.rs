//! The draw, with three simulated drawers who commit, throw dice and open their envelopes.

use evaluation::draw::announce::Announcement;
use evaluation::draw::secret::{Secret, commitment};
use rand::RngExt as _;
use rand_chacha::ChaCha20Rng;

use super::staff::{Staff, plain};
use crate::domain::EditionId;
use crate::service::Context;
use crate::service::act::Act;
use crate::service::draw::{AnnouncementForm, Reveal, announce, close_commitments, throw_dice};
use crate::store::draws;

/// Holds the draw of an edition whose pool is locked.
pub(super) async fn hold(
    context: &Context,
    staff: &Staff,
    edition: &EditionId,
    rng: &mut ChaCha20Rng,
) -> anyhow::Result<()> {
    let commission = staff.commission();
    let form = AnnouncementForm {
        draw_id: "demo-2020-1".to_owned(),
        parties: ["纪委监委", "人大代表", "群众代表"].map(str::to_owned).to_vec(),
        dice_digits: 24,
        public_source: None,
    };
    let parties = form.parties.len();
    let ceremony = announce(context, &commission, edition, form).await.map_err(plain)?;
    let mut tx = context.db.read().await?;
    let draw = draws::load(&mut tx, &context.county, edition, ceremony).await?;
    drop(tx);
    let announcement = Announcement::from_tsv(draw.announce.as_bytes())?;
    let secrets: Vec<_> = (0..parties).map(|_| Secret::generate(rng)).collect();
    let commitments: Vec<_> = (1..)
        .zip(&secrets)
        .map(|(party, secret)| commitment(announcement.hash(), party, secret).to_string())
        .collect();
    close_commitments(context, &commission, edition, ceremony, &commitments).await.map_err(plain)?;
    let dice: String = (0..24).map(|_| char::from(rng.random_range(b'0'..=b'9'))).collect();
    throw_dice(context, &commission, edition, ceremony, &dice, &dice).await.map_err(plain)?;
    let reveal = Reveal {
        edition: edition.clone(),
        ceremony,
        secrets: secrets.iter().map(|secret| secret.expose().to_owned()).collect(),
        public_value: None,
    };
    staff.together(&Act::Draw(reveal)).await?;
    Ok(())
}
