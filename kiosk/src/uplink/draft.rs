//! Sealed drafts at the server.

use belenios::text::Uuid;
use evaluation::wire::{DraftDrop, DraftLocator, DraftQuery, DraftReport, DraftSave, SealedDraft, path};

use super::{SMALL, Uplink, UplinkError, json};

impl Uplink {
    /// The draft of this name, if the server has one.
    ///
    /// # Errors
    /// [`UplinkError`]
    pub async fn find_draft(
        &self,
        poll: &Uuid,
        locator: DraftLocator,
    ) -> Result<Option<SealedDraft>, UplinkError> {
        let query = DraftQuery { poll: poll.clone(), locator };
        let response = self.send(self.client.post(self.url(path::BOOTH_DRAFT_FIND)).json(&query)).await?;
        Ok(json::<DraftReport>(response, SMALL).await?.sealed)
    }

    /// Stores a draft in place of an earlier one.
    ///
    /// # Errors
    /// [`UplinkError`]
    pub async fn save_draft(
        &self,
        poll: &Uuid,
        locator: DraftLocator,
        sealed: SealedDraft,
    ) -> Result<(), UplinkError> {
        let save = DraftSave { poll: poll.clone(), locator, sealed };
        self.send(self.client.post(self.url(path::BOOTH_DRAFT_SAVE)).json(&save)).await.map(|_| ())
    }

    /// Drops a draft; one that is not there is fine.
    ///
    /// # Errors
    /// [`UplinkError`]
    pub async fn drop_draft(&self, poll: &Uuid, locator: DraftLocator) -> Result<(), UplinkError> {
        let drop = DraftDrop { poll: poll.clone(), locator };
        self.send(self.client.post(self.url(path::BOOTH_DRAFT_DROP)).json(&drop)).await.map(|_| ())
    }
}
