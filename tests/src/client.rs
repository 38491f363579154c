//! A client of one connection: requests as they are written, answers as they come.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use bytes::Bytes;
use penstock_wire::{Message, Reader, Request, WireString, encode_request, response_header};

/// No answer takes longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// See the module.
#[derive(Debug)]
pub struct Client {
    stream: TcpStream,
    correlation_id: i32,
}

impl Client {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens.
    pub fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self { stream, correlation_id: 0 })
    }

    /// Sends a request and waits for its answer.
    ///
    /// # Errors
    /// When the connection ends, or the answer is none.
    pub fn call<R: Request>(&mut self, version: i16, request: &R) -> io::Result<R::Response> {
        self.send(version, request)?;
        self.receive::<R>(version)
    }

    /// Sends a request.
    ///
    /// # Errors
    /// When the connection ends.
    pub fn send<R: Request>(&mut self, version: i16, request: &R) -> io::Result<()> {
        self.correlation_id += 1;
        let client_id = Some(WireString::from("penstock-tests"));
        let chunks = encode_request(version, self.correlation_id, client_id, request)
            .map_err(io::Error::other)?;
        for chunk in chunks {
            self.stream.write_all(&chunk)?;
        }
        Ok(())
    }

    /// Waits for the answer to the oldest request of type `R` that has none.
    ///
    /// # Errors
    /// When the connection ends, or the answer is none.
    pub fn receive<R: Request>(&mut self, version: i16) -> io::Result<R::Response> {
        let mut reader = Reader::new(self.receive_frame()?);
        let header_version = R::API_KEY.response_header_version(version);
        response_header::ResponseHeader::decode(&mut reader, header_version)
            .map_err(io::Error::other)?;
        let response = R::Response::decode(&mut reader, version).map_err(io::Error::other)?;
        if reader.remaining() > 0 {
            return Err(io::Error::other(format!("{} bytes too many", reader.remaining())));
        }
        Ok(response)
    }

    /// Sends bytes as they are.
    ///
    /// # Errors
    /// When the connection ends.
    pub fn send_bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// Waits for one frame, and gives it back without its length.
    ///
    /// # Errors
    /// `UnexpectedEof` when the server closed the connection.
    pub fn receive_frame(&mut self) -> io::Result<Bytes> {
        let mut length = [0; 4];
        self.stream.read_exact(&mut length)?;
        let length = usize::try_from(i32::from_be_bytes(length)).map_err(io::Error::other)?;
        let mut frame = vec![0; length];
        self.stream.read_exact(&mut frame)?;
        Ok(frame.into())
    }
}
