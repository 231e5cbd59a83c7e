//! After the server was rebuilt from a backup: everything that this booth had delivered is delivered once more, because the backup
//! may be older than the last votes (design, a ballot's way). People cannot vote meanwhile.

use evaluation::{hash::Sha256Hash, wire::BoothRedelivered};

use super::Booth;
use crate::{
    spool::Spool,
    uplink::{UplinkError, Verdict, error_chain, on_disk},
};

impl Booth {
    /// Delivers everything once more if the server names a backup, and says so. True if nothing of that is left to do.
    ///
    /// # Errors
    /// [`UplinkError`]; it is tried again at the next look.
    pub(super) async fn redeliver(&self, backup: Option<Sha256Hash>) -> Result<bool, UplinkError> {
        let Some(backup) = backup else { return Ok(true) };
        let copies = match on_disk(self.0.courier.spool(), Spool::copies).await {
            Ok(copies) => copies,
            Err(error) => {
                // The console names this booth as one that has not delivered once more; people decide what follows.
                tracing::error!(
                    error = error_chain(&error),
                    "the server was restored from a backup, and this booth has not every ballot that it delivered"
                );
                return Ok(false);
            }
        };
        let addressee = &self.poll().addressee;
        for ballot in &copies {
            // Whether it was still there or is there again: the receipt is the same.
            let answer = self.0.uplink.deliver(ballot, addressee).await?;
            if answer.verdict() != Verdict::Stored {
                tracing::error!(
                    "the restored server refuses a ballot that it had signed for; both are published"
                );
            }
        }
        if !self.0.courier.round().await {
            return Ok(false);
        }
        let redelivered = BoothRedelivered { poll: addressee.poll.clone(), backup };
        self.0.uplink.booth_redelivered(&redelivered).await?;
        Ok(true)
    }
}
