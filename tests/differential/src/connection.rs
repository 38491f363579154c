//! One connection to one server: frames out, frames in, and what it means when none comes.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use penstock_wire::ApiKey;
use serde_json::{Value, json};

use crate::codec::{decode, encode, request_entry, response_entry};

/// What all requests call themselves.
const CLIENT_ID: &str = "differential";

/// No answer to an honest question takes longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// What came of a request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    /// An answer.
    Answer(Value),
    /// The server closed the connection.
    Closed,
    /// Nothing, though an answer was due.
    Silence,
    /// None was due, and the connection is there: so it must be after acks=0.
    Unanswered,
    /// A frame that is no answer to the request, and why.
    Garbled(String),
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    sent: i32,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens.
    pub(crate) fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self { stream, sent: 0 })
    }

    /// Waits until a server that is starting answers.
    ///
    /// # Errors
    /// When it does not.
    pub(crate) fn within_a_minute(address: SocketAddr) -> anyhow::Result<Self> {
        // A refused connection is refused at once: the pause is the wait for an answer that does
        // not come, on a socket of our own.
        let idle = std::net::UdpSocket::bind(("127.0.0.1", 0))?;
        idle.set_read_timeout(Some(Duration::from_millis(100)))?;
        for _ in 0..600 {
            if let Ok(mut connection) = Self::open(address)
                && connection.call(ApiKey::ApiVersions, 0, &json!({})).is_ok()
            {
                return Ok(connection);
            }
            let _ = idle.recv(&mut [0]);
        }
        bail!("{address} does not answer")
    }

    /// Asks, and waits for the answer.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn call(
        &mut self,
        api: ApiKey,
        version: i16,
        body: &Value,
    ) -> anyhow::Result<Value> {
        let asked = self.send(api, version, body)?;
        match self.hear(&asked, PATIENCE) {
            Outcome::Answer(answer) => Ok(answer),
            other => bail!("{} v{version}: {other:?}", api.name()),
        }
    }

    /// Asks. That a server has closed the connection shows when it is heard.
    ///
    /// # Errors
    /// When the schema cannot say it.
    pub(crate) fn send(
        &mut self,
        api: ApiKey,
        version: i16,
        body: &Value,
    ) -> anyhow::Result<Asked> {
        self.sent += 1;
        let mut frame = vec![0; 4];
        frame.extend((api as i16).to_be_bytes());
        frame.extend(version.to_be_bytes());
        frame.extend(self.sent.to_be_bytes());
        frame.extend(i16::try_from(CLIENT_ID.len())?.to_be_bytes());
        frame.extend(CLIENT_ID.as_bytes());
        if api.request_header_version(version) == 2 {
            frame.push(0);
        }
        frame.extend(encode(request_entry(api), version, body)?);
        let length = i32::try_from(frame.len() - 4)?;
        frame[..4].copy_from_slice(&length.to_be_bytes());
        self.send_bytes(&frame);
        Ok(Asked { api, version, correlation_id: self.sent })
    }

    /// Sends bytes as they are.
    pub(crate) fn send_bytes(&mut self, bytes: &[u8]) {
        // A server that has closed is heard.
        let _ = self.stream.write_all(bytes);
    }

    /// Waits for the answer.
    pub(crate) fn hear(&mut self, asked: &Asked, patience: Duration) -> Outcome {
        match self.hear_frame(patience) {
            Heard::Closed => Outcome::Closed,
            Heard::Nothing => Outcome::Silence,
            Heard::Frame(frame) => match asked.read(&frame) {
                Ok(answer) => Outcome::Answer(answer),
                Err(error) => Outcome::Garbled(format!("{error:#}")),
            },
        }
    }

    /// Lets a time pass in which nothing is due.
    pub(crate) fn pause(&mut self, time: Duration) {
        let _ = self.hear_frame(time);
    }

    /// Waits for any frame.
    pub(crate) fn hear_frame(&mut self, patience: Duration) -> Heard {
        match self.read_frame(patience) {
            Ok(frame) => Heard::Frame(frame),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Heard::Nothing,
            Err(_) => Heard::Closed,
        }
    }

    fn read_frame(&mut self, patience: Duration) -> io::Result<Vec<u8>> {
        self.stream.set_read_timeout(Some(patience))?;
        let mut length = [0; 4];
        self.stream.read_exact(&mut length)?;
        let length = usize::try_from(i32::from_be_bytes(length)).map_err(io::Error::other)?;
        let mut frame = vec![0; length];
        self.stream.set_read_timeout(Some(PATIENCE))?;
        self.stream.read_exact(&mut frame)?;
        Ok(frame)
    }
}

/// What came, whatever it is.
#[derive(Debug)]
pub(crate) enum Heard {
    /// A frame without its length.
    Frame(Vec<u8>),
    /// The end of the connection.
    Closed,
    /// Nothing within the time.
    Nothing,
}

/// A request that wants an answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    /// The API asked.
    pub(crate) api: ApiKey,
    version: i16,
    correlation_id: i32,
}

impl Asked {
    fn read(&self, frame: &[u8]) -> anyhow::Result<Value> {
        let (header, body) = frame.split_at_checked(4).context("a frame without a header")?;
        ensure!(header == self.correlation_id.to_be_bytes(), "the answer to another request");
        let body = match self.api.response_header_version(self.version) {
            0 => body,
            _ => body.strip_prefix(&[0]).context("a header with tags")?,
        };
        decode(response_entry(self.api), self.version, body)
    }
}
