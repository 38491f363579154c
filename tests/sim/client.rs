//! A Kafka client of one connection over the simulated network, which knows the few requests that
//! the workload has.

use std::fmt;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use penstock_wal::files::Dice;
use penstock_wire::{Message, Reader, Request, WireString, encode_request, response_header};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::{sleep, timeout};

use crate::network::SimNetwork;

/// No answer takes longer, unless the node is gone.
const PATIENCE: Duration = Duration::from_secs(40);

/// Of a hundred requests, so many lose their connection before the answer.
const CUT_PERCENT: u64 = 1;

/// Why there is no good answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It may have been done, or not.
    Lost(&'static str),
    /// The server's error.
    Code(i16),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::Lost("refused"),
            io::ErrorKind::TimedOut => Self::Lost("no answer"),
            io::ErrorKind::Interrupted => Self::Lost("cut"),
            _ => Self::Lost("closed"),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost(why) => f.write_str(why),
            Self::Code(code) => write!(f, "error {code}"),
        }
    }
}

/// Good, or the error.
pub(crate) fn check(code: i16) -> Result<(), Failure> {
    if code == 0 { Ok(()) } else { Err(Failure::Code(code)) }
}

/// See the module. Connects anew when its connection is gone.
pub(crate) struct Client {
    network: SimNetwork,
    dice: Dice,
    stream: Option<DuplexStream>,
    correlation_id: i32,
}

impl Client {
    pub(crate) fn new(network: SimNetwork, dice: Dice) -> Self {
        Self { network, dice, stream: None, correlation_id: 0 }
    }

    /// Sends a request and waits for its answer.
    pub(crate) async fn call<R: Request>(
        &mut self,
        version: i16,
        request: &R,
    ) -> Result<R::Response, Failure> {
        let answers = self.call_all(version, std::slice::from_ref(request)).await;
        answers.into_iter().next().expect("an answer for each")
    }

    /// Sends requests one behind the other, and waits for an answer to each.
    pub(crate) async fn call_all<R: Request>(
        &mut self,
        version: i16,
        requests: &[R],
    ) -> Vec<Result<R::Response, Failure>> {
        let mut answers = Vec::with_capacity(requests.len());
        let asking = self.ask_all(version, requests, &mut answers);
        let ended = match timeout(PATIENCE, asking).await {
            Ok(ended) => ended,
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        };
        if let Err(error) = ended {
            self.stream = None;
            let kind = error.kind();
            answers.resize_with(requests.len(), || Err(io::Error::from(kind).into()));
        }
        answers
    }

    async fn ask_all<R: Request>(
        &mut self,
        version: i16,
        requests: &[R],
        answers: &mut Vec<Result<R::Response, Failure>>,
    ) -> io::Result<()> {
        self.way().await;
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => self.network.connect()?,
        };
        for request in requests {
            self.correlation_id += 1;
            let client_id = Some(WireString::from("sim"));
            let chunks = encode_request(version, self.correlation_id, client_id, request);
            for chunk in chunks.map_err(io::Error::other)? {
                stream.write_all(&chunk).await?;
            }
        }
        for _ in requests {
            if self.dice.percent(CUT_PERCENT) {
                self.way().await;
                return Err(io::ErrorKind::Interrupted.into());
            }
            answers.push(Ok(self.answer::<R>(version, &mut stream).await?));
        }
        self.stream = Some(stream);
        Ok(())
    }

    async fn answer<R: Request>(
        &mut self,
        version: i16,
        stream: &mut DuplexStream,
    ) -> io::Result<R::Response> {
        let mut length = [0; 4];
        stream.read_exact(&mut length).await?;
        let length = usize::try_from(i32::from_be_bytes(length)).map_err(io::Error::other)?;
        let mut frame = vec![0; length];
        stream.read_exact(&mut frame).await?;
        self.way().await;
        let mut reader = Reader::new(Bytes::from(frame));
        let header = R::API_KEY.response_header_version(version);
        response_header::ResponseHeader::decode(&mut reader, header).map_err(io::Error::other)?;
        R::Response::decode(&mut reader, version).map_err(io::Error::other)
    }

    /// Through the network, one way.
    async fn way(&mut self) {
        sleep(Duration::from_micros(100 + self.dice.below(2_000))).await;
    }
}
