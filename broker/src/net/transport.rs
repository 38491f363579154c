//! The network seam: what the node and its listeners need of a network, so that a simulation can
//! be one.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// Where listeners are bound.
pub trait Network: Send + Sync + 'static {
    /// What is bound.
    type Acceptor: Acceptor;

    /// Listens on `host:port`; port 0 picks one.
    ///
    /// # Errors
    /// When the name does not resolve or the port is taken.
    fn bind(&self, address: &str) -> impl Future<Output = io::Result<Self::Acceptor>> + Send;
}

/// A socket that accepts connections.
pub trait Acceptor: Send + Sync + 'static {
    /// The reading half of a connection.
    type Read: AsyncRead + Send + Unpin + 'static;
    /// The writing half; its `write_vectored` takes several buffers in one call.
    type Write: AsyncWrite + Send + Unpin + 'static;

    /// Waits for the next connection. Safe to drop and call again.
    ///
    /// # Errors
    /// What the system reports. The acceptor itself goes on working: wait a little, call again.
    fn accept(&self) -> impl Future<Output = io::Result<Accepted<Self::Read, Self::Write>>> + Send;

    /// The address it is bound to, with the port that was picked.
    ///
    /// # Errors
    /// What the system reports.
    fn local_address(&self) -> io::Result<SocketAddr>;
}

/// A new connection.
#[derive(Debug)]
pub struct Accepted<R, W> {
    /// Reads what the peer sends.
    pub read: R,
    /// Writes to the peer; dropping both halves closes the connection.
    pub write: W,
    /// The peer.
    pub peer: SocketAddr,
}

/// The operating system's network.
#[derive(Clone, Copy, Debug)]
pub struct TcpNetwork;

impl Network for TcpNetwork {
    type Acceptor = TcpAcceptor;

    async fn bind(&self, address: &str) -> io::Result<TcpAcceptor> {
        TcpAcceptor::bind(address).await
    }
}

/// The operating system's TCP.
#[derive(Debug)]
pub struct TcpAcceptor(TcpListener);

impl TcpAcceptor {
    /// Listens on `host:port`; port 0 picks one.
    ///
    /// # Errors
    /// When the name does not resolve or the port is taken.
    pub async fn bind(address: &str) -> io::Result<Self> {
        Ok(Self(TcpListener::bind(address).await?))
    }
}

impl Acceptor for TcpAcceptor {
    type Read = OwnedReadHalf;
    type Write = OwnedWriteHalf;

    async fn accept(&self) -> io::Result<Accepted<OwnedReadHalf, OwnedWriteHalf>> {
        let (stream, peer): (TcpStream, SocketAddr) = self.0.accept().await?;
        // An answer is written in one call and is complete: waiting for more only adds latency.
        stream.set_nodelay(true)?;
        let (read, write) = stream.into_split();
        Ok(Accepted { read, write, peer })
    }

    fn local_address(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}
