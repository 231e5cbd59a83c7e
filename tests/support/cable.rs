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

/// Carries connections to a server, whatever they say, until it is cut.
#[derive(Debug)]
pub struct Cable {
    address: SocketAddr,
    whole: Arc<watch::Sender<bool>>,
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
        let whole = Arc::new(watch::Sender::new(true));
        let carrying = tokio::spawn(carry(listener, server, Arc::clone(&whole)));
        Ok(Self { address, whole, carrying })
    }

    /// Where terminals connect.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Cuts it: every connection breaks, and none can be made.
    pub fn cut(&self) {
        self.whole.send_replace(false);
    }

    /// Mends it.
    pub fn mend(&self) {
        self.whole.send_replace(true);
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        self.carrying.abort();
    }
}

async fn carry(listener: TcpListener, server: SocketAddr, whole: Arc<watch::Sender<bool>>) {
    let mut connections = JoinSet::new();
    while let Ok((near, _)) = listener.accept().await {
        let mut state = whole.subscribe();
        // Over a cut cable nobody answers; here the connection breaks at once, which a terminal must bear as well.
        if !*state.borrow_and_update() {
            continue;
        }
        connections.spawn(async move {
            tokio::select! {
                _ = connect(near, server) => {}
                _ = state.wait_for(|whole| !whole) => {}
            }
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn connect(mut near: TcpStream, server: SocketAddr) -> Result<()> {
    let mut far = TcpStream::connect(server).await?;
    copy_bidirectional(&mut near, &mut far).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
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
    }
}
