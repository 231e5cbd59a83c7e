//! The network between terminals and server: a cable that can be cut and mended.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use anyhow::Result;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
};

/// How a cable is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Whole,
    /// Whatever is sent over it is lost, and nobody hears that it was.
    Silent,
    /// Connections break at once, as when a switch says that the line is down.
    Broken,
}

/// Carries connections to a server, whatever they say, until it is cut.
#[derive(Debug)]
pub struct Cable {
    address: SocketAddr,
    state: Arc<watch::Sender<State>>,
    carrying: JoinHandle<()>,
}

impl Cable {
    /// Lays a cable to a server; [`Cable::address`] is its near end.
    ///
    /// # Errors
    ///
    /// If no address is free.
    pub async fn lay(server: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let state = Arc::new(watch::Sender::new(State::Whole));
        let carrying = tokio::spawn(carry(listener, server, Arc::clone(&state)));
        Ok(Self { address, state, carrying })
    }

    /// Where terminals connect.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Cuts it without a word: whatever is sent is lost, and who waits for an answer waits for ever.
    pub fn silence(&self) {
        self.state.send_replace(State::Silent);
    }

    /// Cuts it: every connection breaks, and none can be made.
    pub fn cut(&self) {
        self.state.send_replace(State::Broken);
    }

    /// Mends it. What was sent meanwhile does not arrive.
    pub fn mend(&self) {
        self.state.send_replace(State::Whole);
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        self.carrying.abort();
    }
}

async fn carry(listener: TcpListener, server: SocketAddr, state: Arc<watch::Sender<State>>) {
    let mut connections = JoinSet::new();
    while let Ok((near, _)) = listener.accept().await {
        connections.spawn(carry_one(near, server, state.subscribe()));
        while connections.try_join_next().is_some() {}
    }
}

/// Ends, and with it the connection, once that can have no further use.
async fn carry_one(mut near: TcpStream, server: SocketAddr, mut state: watch::Receiver<State>) {
    let now = *state.borrow_and_update();
    if now == State::Whole {
        tokio::select! {
            _ = connect(&mut near, server) => return,
            _ = state.wait_for(|state| *state != State::Whole) => {}
        }
    }
    // It stays open and nothing is read from it, as long as nobody tells its ends.
    _ = state.wait_for(|state| *state != State::Silent).await;
}

async fn connect(near: &mut TcpStream, server: SocketAddr) -> Result<()> {
    let mut far = TcpStream::connect(server).await?;
    copy_bidirectional(near, &mut far).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn a_cut_cable_carries_nothing_until_it_is_mended() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let cable = Cable::lay(listener.local_addr().unwrap()).await.unwrap();
        tokio::spawn(async move {
            while let Ok((mut echo, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut byte = [0];
                    while echo.read_exact(&mut byte).await.is_ok() {
                        echo.write_all(&byte).await.unwrap();
                    }
                });
            }
        });
        let says = async |stream: &mut TcpStream| {
            let mut byte = [0];
            stream.write_all(b"x").await.is_ok() && stream.read_exact(&mut byte).await.is_ok()
        };
        let mut before = TcpStream::connect(cable.address()).await.unwrap();
        assert!(says(&mut before).await);
        cable.cut();
        assert!(!says(&mut before).await);
        let mut during = TcpStream::connect(cable.address()).await.unwrap();
        assert!(!says(&mut during).await);
        cable.mend();
        let mut after = TcpStream::connect(cable.address()).await.unwrap();
        assert!(says(&mut after).await);

        cable.silence();
        let mut unheard = TcpStream::connect(cable.address()).await.unwrap();
        for stream in [&mut after, &mut unheard] {
            let waited = tokio::time::timeout(Duration::from_millis(300), says(stream)).await;
            assert!(waited.is_err(), "something was heard over a silent cable");
        }
        cable.mend();
        assert!(!says(&mut after).await, "what was lost arrives after all");
        assert!(says(&mut TcpStream::connect(cable.address()).await.unwrap()).await);
    }
}
