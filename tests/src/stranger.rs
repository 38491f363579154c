//! A connection that keeps no rules: any bytes, half frames, answers left unread.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::Context;
use penstock_wire::ApiKey;

/// How long a server may take to do what it must do: answer, close, take bytes.
const PATIENCE: Duration = Duration::from_secs(20);

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// An answer, without its length.
    Frame(Vec<u8>),
    /// The server closed the connection.
    Closed,
    /// Nothing within the time that was given.
    Nothing,
}

/// See the module.
#[derive(Debug)]
pub struct Stranger(TcpStream);

impl Stranger {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens.
    pub fn connect(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, PATIENCE).context("cannot connect")?;
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self(stream))
    }

    /// Sends bytes; whether the server took them all is its own business.
    pub fn send(&mut self, bytes: &[u8]) -> bool {
        self.0.write_all(bytes).is_ok()
    }

    /// Says that nothing more will come.
    pub fn finish(&mut self) {
        // The server may have closed first.
        let _ = self.0.shutdown(Shutdown::Write);
    }

    /// Waits for an answer or the end, as long as an honest client would.
    pub fn hear(&mut self) -> Heard {
        self.hear_within(PATIENCE)
    }

    /// Waits for an answer or the end.
    pub fn hear_within(&mut self, patience: Duration) -> Heard {
        self.0.set_read_timeout(Some(patience)).expect("no patience is zero");
        let mut length = [0; 4];
        match self.0.read_exact(&mut length) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Heard::Nothing,
            Err(_) => return Heard::Closed,
        }
        let mut frame = vec![0; u32::from_be_bytes(length) as usize];
        match self.0.read_exact(&mut frame) {
            Ok(()) => Heard::Frame(frame),
            Err(_) => Heard::Closed,
        }
    }
}

/// A frame with a true length around whatever a body may be.
///
/// # Panics
/// When the body is longer than a frame can say.
#[must_use]
pub fn frame(api_key: i16, api_version: i16, body: &[u8]) -> Vec<u8> {
    let mut frame = vec![0; 4];
    frame.extend(api_key.to_be_bytes());
    frame.extend(api_version.to_be_bytes());
    frame.extend(1_i32.to_be_bytes());
    frame.extend((-1_i16).to_be_bytes());
    if ApiKey::try_from(api_key).is_ok_and(|key| key.request_header_version(api_version) == 2) {
        frame.push(0);
    }
    frame.extend(body);
    let length = i32::try_from(frame.len() - 4).expect("a body fits a frame");
    frame[..4].copy_from_slice(&length.to_be_bytes());
    frame
}

/// The beginning of a frame that announces `length` bytes, and goes no further than its header.
#[must_use]
pub fn half_frame(api_key: i16, api_version: i16, length: i32) -> Vec<u8> {
    let mut half = frame(api_key, api_version, b"");
    half[..4].copy_from_slice(&length.to_be_bytes());
    half
}
