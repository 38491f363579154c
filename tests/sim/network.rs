//! A network in memory: one address, and connections that lose nothing and take no time. Those who
//! use one wait and cut it as they like.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use penstock_broker::net::transport::{Accepted, Acceptor, Network};
use tokio::io::{DuplexStream, ReadHalf, WriteHalf, duplex, split};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// What is on its way in one direction of a connection.
const WINDOW_BYTES: usize = 64 << 10;

/// See the module. Clones are the same network.
#[derive(Clone, Default)]
pub(crate) struct SimNetwork(Arc<Mutex<Option<UnboundedSender<DuplexStream>>>>);

impl SimNetwork {
    /// Connects to whoever listens.
    pub(crate) fn connect(&self) -> io::Result<DuplexStream> {
        let (client, server) = duplex(WINDOW_BYTES);
        let listening = self.0.lock().expect("nothing panics with it");
        let sent = listening.as_ref().map(|listening| listening.send(server));
        match sent {
            Some(Ok(())) => Ok(client),
            _ => Err(io::ErrorKind::ConnectionRefused.into()),
        }
    }

    /// The machine is gone.
    pub(crate) fn forget_listener(&self) {
        *self.0.lock().expect("nothing panics with it") = None;
    }
}

impl Network for SimNetwork {
    type Acceptor = SimAcceptor;

    async fn bind(&self, address: &str) -> io::Result<SimAcceptor> {
        let (sender, incoming) = unbounded_channel();
        *self.0.lock().expect("nothing panics with it") = Some(sender);
        let address = address.parse().map_err(io::Error::other)?;
        Ok(SimAcceptor { address, incoming: tokio::sync::Mutex::new(incoming) })
    }
}

/// The end that listens.
pub(crate) struct SimAcceptor {
    address: SocketAddr,
    incoming: tokio::sync::Mutex<UnboundedReceiver<DuplexStream>>,
}

impl Acceptor for SimAcceptor {
    type Read = ReadHalf<DuplexStream>;
    type Write = WriteHalf<DuplexStream>;

    async fn accept(&self) -> io::Result<Accepted<Self::Read, Self::Write>> {
        let Some(stream) = self.incoming.lock().await.recv().await else {
            // Another listener took the address: nobody comes any more.
            return std::future::pending().await;
        };
        let (read, write) = split(stream);
        Ok(Accepted { read, write, peer: ([127, 0, 0, 1], 50_000).into() })
    }

    fn local_address(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}
