//! One connection: requests begin in order of arrival, answers leave in the same order.
//!
//! A connection is one task with two loops. Only Produce overlaps: its answer is queued as a
//! future and the next request begins. After any other request the connection reads on once its
//! answer is written, so that a client that does not read holds at most one answer. That order
//! is also Kafka's: a Metadata behind a long poll waits for the poll.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::sync::{Semaphore, SemaphorePermit, mpsc};
use tokio::time::{Instant, timeout};

use super::byte_budget::Demand;
use super::frame::{FrameError, FrameHead, FrameReader};
use super::handler::{Admission, Handler, Outcome, RequestFrame, Session};
use super::request_budget::{RequestBudget, RequestKind, RequestRoom, TooLong};
use super::response::Response;
use super::transport::Accepted;
use crate::shutdown::Shutdown;

/// Answers that wait for durability at a time; behind them the connection is not read. Batches are
/// bounded where they are appended, and what is to be told of them by their requests' room.
const PIPELINE_MAX: u32 = 128;

/// The slowest client that is served, past [`TRANSFER_GRACE`]: 2 Mbit/s. It bounds how long room
/// in a budget can be held by a client that stalls within a frame.
const TRANSFER_BYTES_PER_SECOND_MIN: u64 = 256 * 1024;

/// While others wait for room, whoever holds it with half a frame has to send this much in each
/// [`PROGRESS_INTERVAL`]: a quarter of the rate above, for links that lose a packet.
const PROGRESS_BYTES_MIN: usize = 64 * 1024;

/// And as much, of a frame as of an answer, that it is through after so many of them: 100 MiB at
/// 13 Mbit/s.
const PROGRESS_INTERVALS_MAX: usize = 64;

/// While others wait for room, whoever holds it with an answer has to take this much of it in each
/// [`PROGRESS_INTERVAL`], or the whole of a small one.
const TAKEN_BYTES_MIN: usize = 256 * 1024;

/// Longer than a few retransmissions, and short enough for those who wait.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(1);

/// After so long the client itself gives a request up (`request.timeout.ms`).
const TRANSFER_GRACE: Duration = Duration::from_secs(30);

/// How long a closed connection waits for its client to have read the last answers.
const LINGER_MAX: Duration = Duration::from_secs(1);

/// Limits of each connection.
#[derive(Clone, Copy, Debug)]
pub struct ConnectionSettings {
    /// `socket.request.max.bytes`.
    pub request_bytes_max: usize,
    /// `connections.max.idle.ms`.
    pub idle_max: Duration,
}

/// Why a connection ended.
#[derive(Debug, thiserror::Error)]
pub(crate) enum End {
    #[error("the client closed it")]
    Client,
    #[error("idle for too long")]
    Idle,
    #[error("the node is stopping")]
    Draining,
    #[error("refused: {0}")]
    Refused(&'static str),
    #[error("a request stalled in the middle")]
    Stalled,
    #[error("the client does not take its answer")]
    Unread,
    #[error(transparent)]
    TooLong(#[from] TooLong),
    #[error(transparent)]
    Frame(#[from] FrameError),
    #[error(transparent)]
    Io(#[from] io::Error),
}

enum Answer {
    Ready(Response),
    Later(std::pin::Pin<Box<dyn Future<Output = Response> + Send>>),
}

/// An answer with its place in the pipeline, which is free again when the answer is written.
type Queued<'a> = (SemaphorePermit<'a>, Answer);

/// Whether others wait for what the answers take that are queued, first to last: behind one that
/// nobody takes, none is written.
#[derive(Default)]
struct Demands(Mutex<VecDeque<Demand>>);

impl Demands {
    fn push(&self, demand: Demand) {
        self.lock().push_back(demand);
    }

    fn pop(&self) {
        self.lock().pop_front();
    }

    fn is_there(&self) -> bool {
        self.lock().iter().any(Demand::is_there)
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Demand>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves a connection to its end.
pub(crate) async fn serve<R, W, H>(
    accepted: Accepted<R, W>,
    mut session: Session,
    handler: Arc<H>,
    budget: RequestBudget,
    settings: ConnectionSettings,
    shutdown: Shutdown,
) -> End
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
    H: Handler,
{
    let Accepted { read, mut write, .. } = accepted;
    let mut frames = FrameReader::new(read, settings.request_bytes_max);
    let places = Semaphore::new(PIPELINE_MAX as usize);
    let demands = Demands::default();
    let end = {
        let (queue, answers) = mpsc::unbounded_channel();
        let reading = Reading {
            frames: &mut frames,
            session: &mut session,
            handler: handler.as_ref(),
            budget,
            settings,
            shutdown,
            places: &places,
            demands: &demands,
            queue,
        };
        let reading = async { Ok(reading.run().await) };
        match tokio::try_join!(reading, write_answers(answers, &demands, &mut write, settings)) {
            Ok((end, ())) | Err(end) => end,
        }
    };
    if matches!(end, End::Draining) && write.shutdown().await.is_ok() {
        // Closing with unread bytes would reset the connection and lose answers on their way.
        let _ = timeout(LINGER_MAX, frames.discard()).await;
    }
    end
}

struct Reading<'a, 'q, R, H> {
    frames: &'a mut FrameReader<R>,
    session: &'a mut Session,
    handler: &'a H,
    budget: RequestBudget,
    settings: ConnectionSettings,
    shutdown: Shutdown,
    places: &'q Semaphore,
    demands: &'q Demands,
    queue: mpsc::UnboundedSender<Queued<'q>>,
}

impl<R: AsyncRead + Unpin, H: Handler> Reading<'_, '_, R, H> {
    /// Reads and begins requests until there are no more; then the queue ends.
    async fn run(mut self) -> End {
        loop {
            if let Err(end) = self.step().await {
                return end;
            }
        }
    }

    async fn step(&mut self) -> Result<(), End> {
        let place = places(self.places, 1).await;
        let head = tokio::select! {
            biased;
            () = self.shutdown.requested() => return Err(End::Draining),
            head = timeout(self.settings.idle_max, self.frames.head()) => match head {
                Ok(head) => head?.ok_or(End::Client)?,
                // With answers outstanding it is the store that is slow, not the client.
                Err(_) if self.places.available_permits() + 1 < PIPELINE_MAX as usize => {
                    return Ok(());
                }
                Err(_) => return Err(End::Idle),
            },
        };
        let kind = match self.handler.admit(head.api_key, head.api_version) {
            Admission::Serve(kind) => kind,
            Admission::Close => return Err(End::Refused("unknown API or version")),
        };
        let mut room = self.budget.acquire(kind, head.length).await?;
        let bytes = self.receive(head, &room).await?;
        self.budget.decode(kind, head.length, &mut room).await;
        let (api_key, api_version) = (head.api_key, head.api_version);
        let request = RequestFrame { api_key, api_version, bytes, room };
        let waits = kind == RequestKind::Wait;
        let outcome = tokio::select! {
            biased;
            outcome = self.handler.begin(self.session, request) => outcome,
            () = self.frames.closed(), if waits => return Err(End::Client),
        };
        match outcome {
            Outcome::Respond(response) => {
                self.demands.push(response.demand());
                // The other end goes first only together with this one.
                let _ = self.queue.send((place, Answer::Ready(response)));
                drop(places(self.places, PIPELINE_MAX).await);
            }
            Outcome::Later(response, demand) => {
                self.demands.push(demand);
                let _ = self.queue.send((place, Answer::Later(response)));
            }
            Outcome::Silent => {}
            Outcome::Close(reason) => return Err(End::Refused(reason)),
        }
        Ok(())
    }

    /// Reads the rest of a frame. A slow client has time as long as nobody else wants its room.
    async fn receive(&mut self, head: FrameHead, room: &RequestRoom) -> Result<Bytes, End> {
        let deadline = Instant::now() + transfer_max(head.length);
        let progress_min = PROGRESS_BYTES_MIN.max(head.length / PROGRESS_INTERVALS_MAX);
        let mut body = self.frames.begin_body(head);
        loop {
            let before = body.received();
            match timeout(PROGRESS_INTERVAL, self.frames.fill(&mut body)).await {
                Ok(filled) => {
                    filled?;
                    return Ok(body.freeze());
                }
                Err(_) if Instant::now() >= deadline => return Err(End::Stalled),
                Err(_) if room.is_wanted() && body.received() - before < progress_min => {
                    return Err(End::Stalled);
                }
                Err(_) => {}
            }
        }
    }
}

async fn places(places: &Semaphore, count: u32) -> SemaphorePermit<'_> {
    places.acquire_many(count).await.expect("the pipeline is never closed")
}

async fn write_answers<W: AsyncWrite + Unpin>(
    mut answers: mpsc::UnboundedReceiver<Queued<'_>>,
    demands: &Demands,
    write: &mut W,
    settings: ConnectionSettings,
) -> Result<(), End> {
    while let Some((_place, answer)) = answers.recv().await {
        let response = match answer {
            Answer::Ready(response) => response,
            Answer::Later(response) => response.await,
        };
        if response.is_empty() {
            return Err(End::Refused("there is no answer to a request"));
        }
        let deadline = Instant::now() + settings.idle_max + transfer_max(response.len());
        write_answer(response, demands, write, deadline).await?;
        demands.pop();
    }
    Ok(())
}

/// Writes an answer. A slow client has time as long as nobody else wants its room, or that of the
/// answers behind it.
async fn write_answer<W: AsyncWrite + Unpin>(
    mut response: Response,
    demands: &Demands,
    write: &mut W,
    deadline: Instant,
) -> Result<(), End> {
    let taken_min = TAKEN_BYTES_MIN.max(response.len() / PROGRESS_INTERVALS_MAX);
    loop {
        let before = response.len();
        match timeout(PROGRESS_INTERVAL, response.write_to(write)).await {
            Ok(written) => return Ok(written?),
            Err(_) if Instant::now() >= deadline => return Err(End::Unread),
            Err(_) if demands.is_there() && before - response.len() < taken_min => {
                return Err(End::Unread);
            }
            Err(_) => {}
        }
    }
}

/// How long the transfer of so many bytes may take.
fn transfer_max(bytes: usize) -> Duration {
    TRANSFER_GRACE + Duration::from_secs(bytes as u64 / TRANSFER_BYTES_PER_SECOND_MIN)
}
