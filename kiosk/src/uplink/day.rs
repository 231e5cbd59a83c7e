//! What a booth asks and says besides ballots: where the poll stands, that it takes part, that it has finished, and its
//! statement at the end.

use evaluation::wire::{BoothFinished, BoothReady, BoothRedelivered, BoothState, SignedBoothStatement, path};

use super::{ARCHIVE, SMALL, Uplink, UplinkError, json, read};

impl Uplink {
    /// Which poll it is now, and where it stands.
    ///
    /// # Errors
    /// [`UplinkError`]
    pub async fn booth_state(&self) -> Result<BoothState, UplinkError> {
        json(self.send(self.client.get(self.url(path::BOOTH_STATE))).await?, SMALL).await
    }

    /// Says that people at this booth have compared the opening sheet. It may be said any number of times.
    ///
    /// # Errors
    /// [`UplinkError`]
    pub async fn booth_ready(&self, ready: &BoothReady) -> Result<(), UplinkError> {
        self.send(self.client.post(self.url(path::BOOTH_READY)).json(ready)).await.map(drop)
    }

    /// Says that nobody votes at this booth any more and all of its ballots are delivered. It may be said any number of times.
    ///
    /// # Errors
    /// [`UplinkError`]
    pub async fn booth_finished(&self, finished: &BoothFinished) -> Result<(), UplinkError> {
        self.send(self.client.post(self.url(path::BOOTH_FINISHED)).json(finished)).await.map(drop)
    }

    /// Says that the server has answered once more for every ballot that this booth had delivered before a backup was restored.
    ///
    /// # Errors
    /// [`UplinkError`]
    pub async fn booth_redelivered(&self, redelivered: &BoothRedelivered) -> Result<(), UplinkError> {
        self.send(self.client.post(self.url(path::BOOTH_REDELIVERED)).json(redelivered)).await.map(drop)
    }

    /// The archive up to the end of the ballots.
    ///
    /// # Errors
    /// [`UplinkError`]
    pub async fn booth_archive(&self) -> Result<Vec<u8>, UplinkError> {
        read(self.send(self.client.get(self.url(path::BOOTH_ARCHIVE))).await?, ARCHIVE).await
    }

    /// Hands in the statement of this booth. The same one may be handed in any number of times.
    ///
    /// # Errors
    /// [`UplinkError`]
    pub async fn send_booth_statement(&self, statement: &SignedBoothStatement) -> Result<(), UplinkError> {
        self.send(self.client.post(self.url(path::BOOTH_STATEMENT)).json(statement)).await.map(drop)
    }
}
