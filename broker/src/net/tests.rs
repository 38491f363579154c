//! Connections from the outside: order, limits, drain, and clients that mean no good.
//!
//! Time is paused: a wait passes once nothing else can happen, so "still nothing" is a fact.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use prometheus_client::metrics::gauge::Gauge;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, ReadHalf, WriteHalf};
use tokio::net::TcpStream;
use tokio::sync::{Mutex, mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use super::connection::ConnectionSettings;
use super::transport::{Accepted, Acceptor, TcpAcceptor};
use super::*;
use crate::shutdown::{self, Shutdown, ShutdownTrigger};

const ECHO: i16 = 1;
const SILENT: i16 = 2;
const CLOSE: i16 = 3;
/// Waits in `begin`, as a long poll does.
const PARK: i16 = 4;
/// Answers with [`BIG_ANSWER`] bytes.
const BIG: i16 = 5;
/// Its answer is a future.
const PRODUCE: i16 = 0;
/// Has an answer that cannot be expressed.
const SPEECHLESS: i16 = 6;
/// As [`PARK`], and dropped when its client has gone; then it tells its correlation id, negative.
const WAIT: i16 = 7;
/// Its answer is a future of [`NOTE_BYTES`], and keeps the room of its request until it is written.
const NOTE: i16 = 8;
const UNKNOWN: i16 = 99;

/// So little that nobody counts it.
const NOTE_BYTES: usize = 4 << 10;

const BIG_ANSWER: usize = 4 << 20;
/// The chunks it consists of: as many bytes as a connection takes before it is read from.
const BIG_CHUNK: usize = 64 << 10;
const IDLE_MAX: Duration = Duration::from_secs(600);
const DRAIN_MAX: Duration = Duration::from_secs(20);

/// Serves by script; requests are told apart by their correlation id.
struct Script {
    begun: mpsc::UnboundedSender<i32>,
    released: watch::Receiver<Vec<i32>>,
    answers: ByteBudget,
}

/// Tells when a request is no longer served.
struct Served(mpsc::UnboundedSender<i32>, i32);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.send(-self.1);
    }
}

async fn released(mut released: watch::Receiver<Vec<i32>>, correlation: i32) {
    released.wait_for(|ids| ids.contains(&correlation)).await.expect("the test goes on");
}

impl Handler for Script {
    fn admit(&self, api_key: i16, _: i16) -> Admission {
        match api_key {
            PRODUCE | NOTE => Admission::Serve(RequestKind::Produce),
            UNKNOWN => Admission::Close,
            WAIT => Admission::Serve(RequestKind::Wait),
            _ => Admission::Serve(RequestKind::Ask),
        }
    }

    async fn begin(&self, _: &mut Session, request: RequestFrame) -> Outcome {
        let id = request.bytes.slice(4..8);
        let correlation = i32::from_be_bytes(id.as_ref().try_into().unwrap());
        let answer = Response::new(vec![Bytes::from_static(&[0, 0, 0, 4]), id]);
        let _ = self.begun.send(correlation);
        match request.api_key {
            PRODUCE => {
                let released = released(self.released.clone(), correlation);
                let demand = request.room.keep(0).expect("a produce request has room").demand();
                Outcome::Later(
                    Box::pin(async move {
                        released.await;
                        answer
                    }),
                    demand,
                )
            }
            NOTE => {
                let room = request.room.keep(usize::MAX >> 1).expect("a produce request has room");
                let demand = room.demand();
                Outcome::Later(
                    Box::pin(async move {
                        Response::new(vec![Bytes::from(vec![0; NOTE_BYTES])]).holding(room)
                    }),
                    demand,
                )
            }
            SILENT => Outcome::Silent,
            CLOSE => Outcome::Close("as asked"),
            SPEECHLESS => Outcome::Respond(Response::default()),
            PARK => {
                released(self.released.clone(), correlation).await;
                Outcome::Respond(answer)
            }
            WAIT => {
                let _served = Served(self.begun.clone(), correlation);
                released(self.released.clone(), correlation).await;
                Outcome::Respond(answer)
            }
            BIG => {
                let room = self.answers.acquire(BIG_ANSWER).await;
                let chunk = Bytes::from(vec![0; BIG_CHUNK]);
                let answer = Response::new(vec![chunk; BIG_ANSWER / BIG_CHUNK]);
                Outcome::Respond(answer.holding(room))
            }
            _ => Outcome::Respond(answer),
        }
    }
}

/// Connections that are made in memory.
struct MemoryAcceptor(Mutex<mpsc::UnboundedReceiver<DuplexStream>>);

impl Acceptor for MemoryAcceptor {
    type Read = ReadHalf<DuplexStream>;
    type Write = WriteHalf<DuplexStream>;

    async fn accept(&self) -> io::Result<Accepted<Self::Read, Self::Write>> {
        let stream = self.0.lock().await.recv().await.ok_or(io::ErrorKind::NotConnected)?;
        let (read, write) = tokio::io::split(stream);
        Ok(Accepted { read, write, peer: self.local_address()? })
    }

    fn local_address(&self) -> io::Result<SocketAddr> {
        Ok(([127, 0, 0, 1], 1).into())
    }
}

/// A listener with its script, and what steers them.
struct World {
    dial: mpsc::UnboundedSender<DuplexStream>,
    begun: mpsc::UnboundedReceiver<i32>,
    release: watch::Sender<Vec<i32>>,
    budget: RequestBudget,
    answers: ByteBudget,
    trigger: ShutdownTrigger,
    task: JoinHandle<()>,
}

impl World {
    fn new(budget_bytes: usize, connections_max: usize) -> Self {
        let (dial, dialled) = mpsc::unbounded_channel();
        let acceptor = MemoryAcceptor(Mutex::new(dialled));
        let (begun_sender, begun) = mpsc::unbounded_channel();
        let (release, released) = watch::channel(Vec::new());
        let budget = RequestBudget::new(budget_bytes);
        let (trigger, shutdown) = shutdown::channel();
        let answers = ByteBudget::new(BIG_ANSWER);
        let script = Script { begun: begun_sender, released, answers: answers.clone() };
        let listener = listener(acceptor, script, budget.clone(), connections_max);
        let task = tokio::spawn(listener.run(shutdown, DRAIN_MAX));
        Self { dial, begun, release, budget, answers, trigger, task }
    }

    fn connect(&self) -> DuplexStream {
        let (client, server) = tokio::io::duplex(64 * 1024);
        self.dial.send(server).unwrap();
        client
    }

    fn release(&self, correlation: i32) {
        self.release.send_modify(|ids| ids.push(correlation));
    }

    async fn expect_begun(&mut self, correlations: &[i32]) {
        for correlation in correlations {
            assert_eq!(self.begun.recv().await, Some(*correlation));
        }
    }

    async fn expect_nothing_begins(&mut self) {
        sleep(Duration::from_secs(1)).await;
        assert!(self.begun.try_recv().is_err());
    }
}

fn listener<A: Acceptor>(
    acceptor: A,
    script: Script,
    budget: RequestBudget,
    connections_max: usize,
) -> Listener<A, Script> {
    Listener {
        name: Arc::from("PLAINTEXT"),
        acceptor,
        handler: Arc::new(script),
        limits: ConnectionLimits::new(connections_max, usize::MAX, HashMap::new()),
        budget,
        settings: ConnectionSettings { request_bytes_max: 32 << 20, idle_max: IDLE_MAX },
        connections: Gauge::default(),
    }
}

fn request(api_key: i16, correlation: i32, body_bytes: usize) -> Vec<u8> {
    let length = i32::try_from(8 + body_bytes).unwrap();
    let mut bytes = length.to_be_bytes().to_vec();
    bytes.extend(api_key.to_be_bytes());
    bytes.extend(0_i16.to_be_bytes());
    bytes.extend(correlation.to_be_bytes());
    bytes.resize(bytes.len() + body_bytes, 7);
    bytes
}

async fn send(client: &mut DuplexStream, requests: &[Vec<u8>]) {
    client.write_all(&requests.concat()).await.unwrap();
}

async fn expect_answer(client: &mut DuplexStream, correlation: i32) {
    assert_eq!(client.read_i32().await.unwrap(), 4);
    assert_eq!(client.read_i32().await.unwrap(), correlation);
}

async fn expect_silence(client: &mut DuplexStream) {
    let silence = timeout(Duration::from_secs(1), client.read_u8()).await;
    assert!(silence.is_err(), "got {silence:?}");
}

async fn expect_closed(client: &mut DuplexStream) {
    assert_eq!(client.read(&mut [0]).await.unwrap(), 0, "closed without another byte");
}

#[tokio::test(start_paused = true)]
async fn answers_leave_in_order_of_requests_while_produces_overlap() {
    let mut world = World::new(1 << 20, 10);
    let mut client = world.connect();
    let requests = [
        request(PRODUCE, 1, 100),
        request(PRODUCE, 2, 100),
        request(SILENT, 3, 0),
        request(ECHO, 4, 0),
        request(ECHO, 5, 0),
    ];
    send(&mut client, &requests).await;
    world.expect_begun(&[1, 2, 3, 4]).await;
    world.expect_nothing_begins().await;
    world.release(2);
    expect_silence(&mut client).await;
    world.release(1);
    for correlation in [1, 2, 4, 5] {
        expect_answer(&mut client, correlation).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_read_has_one_answer_at_most() {
    let mut world = World::new(1 << 20, 10);
    let mut client = world.connect();
    send(&mut client, &[request(BIG, 1, 0), request(ECHO, 2, 0)]).await;
    world.expect_begun(&[1]).await;
    world.expect_nothing_begins().await;
    let mut answer = vec![0; BIG_ANSWER];
    client.read_exact(&mut answer).await.unwrap();
    expect_answer(&mut client, 2).await;

    send(&mut client, &[request(BIG, 3, 0)]).await;
    world.expect_begun(&[2, 3]).await;
    sleep(IDLE_MAX * 2).await;
    let mut rest = Vec::new();
    client.read_to_end(&mut rest).await.unwrap();
    assert!(rest.len() < BIG_ANSWER, "given up: closed in the middle");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_nobody_takes_gives_way_to_those_who_wait() {
    let mut world = World::new(1 << 20, 10);
    let mut greedy = world.connect();
    send(&mut greedy, &[request(BIG, 1, 0)]).await;
    world.expect_begun(&[1]).await;
    sleep(IDLE_MAX / 2).await;
    // What the connection took is given back; the rest has time, as long as nobody wants its room.
    assert_eq!(world.answers.used(), BIG_ANSWER - BIG_CHUNK);
    let waiting = timeout(Duration::from_secs(2), world.answers.acquire(BIG_ANSWER));
    drop(waiting.await.expect("the room is there in time"));
    let mut rest = Vec::new();
    greedy.read_to_end(&mut rest).await.unwrap();
    assert!(rest.len() < BIG_ANSWER, "closed in the middle");

    // One that is taken, however slowly, is not given up.
    let mut slow = world.connect();
    send(&mut slow, &[request(BIG, 2, 0)]).await;
    world.expect_begun(&[2]).await;
    let budget = world.answers.clone();
    let waiting = tokio::spawn(async move { budget.acquire(BIG_ANSWER).await });
    let mut piece = vec![0; 512 * 1024];
    for _ in 0..BIG_ANSWER / piece.len() {
        slow.read_exact(&mut piece).await.unwrap();
        sleep(Duration::from_millis(900)).await;
    }
    drop(waiting.await.unwrap());
}

/// What nobody takes holds up what is behind it, and all that that has room in.
#[tokio::test(start_paused = true)]
async fn answers_behind_one_that_nobody_takes_give_way_with_it() {
    let mut world = World::new(BUDGET, 10);
    let mut greedy = world.connect();
    let mut requests: Vec<_> = (0..40).map(|id| request(NOTE, id, 0)).collect();
    requests.push(request(BIG, 40, 0));
    send(&mut greedy, &requests).await;
    world.expect_begun(&(0..41).collect::<Vec<_>>()).await;
    let waiting = timeout(Duration::from_secs(3), world.answers.acquire(BIG_ANSWER));
    drop(waiting.await.expect("the room is there in time"));

    // Of the lane of small ones, of two mebibytes, each of these takes 18 KiB.
    let mut greedy = world.connect();
    let requests: Vec<_> = (41..168).map(|id| request(NOTE, id, 16 * 1024 - 8)).collect();
    tokio::spawn(async move {
        let _ = greedy.write_all(&requests.concat()).await;
        sleep(IDLE_MAX).await;
    });
    sleep(Duration::from_secs(5)).await;
    while world.begun.try_recv().is_ok() {}
    let mut honest = world.connect();
    send(&mut honest, &[request(NOTE, 1_000, 16 * 1024 - 8)]).await;
    let begun = async { while world.begun.recv().await != Some(1_000) {} };
    timeout(Duration::from_secs(3), begun).await.expect("the room is there in time");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_waits_is_dropped_when_its_client_has_gone() {
    let mut world = World::new(BUDGET, 10);
    let mut gone = world.connect();
    let mut stays = world.connect();
    send(&mut stays, &[request(WAIT, 1, 0), request(ECHO, 2, 0)]).await;
    world.expect_begun(&[1]).await;
    // What is sent behind it may still be there.
    send(&mut gone, &[request(WAIT, 3, 0), request(ECHO, 4, 100)]).await;
    world.expect_begun(&[3]).await;
    world.expect_nothing_begins().await;
    drop(gone);
    world.expect_begun(&[-3]).await;
    world.release(1);
    world.expect_begun(&[-1, 2]).await;
    expect_answer(&mut stays, 1).await;
    expect_answer(&mut stays, 2).await;
}

#[tokio::test(start_paused = true)]
async fn the_pipeline_of_one_connection_is_bounded() {
    let mut world = World::new(1 << 20, 10);
    let mut client = world.connect();
    let requests: Vec<_> = (0..130).map(|id| request(PRODUCE, id, 0)).collect();
    send(&mut client, &requests).await;
    let begun: Vec<_> = (0..128).collect();
    world.expect_begun(&begun).await;
    world.expect_nothing_begins().await;
    (0..130).for_each(|id| world.release(id));
    for id in 0..130 {
        expect_answer(&mut client, id).await;
    }
}

/// Of which a large question may take [`LARGEST`] bytes.
const BUDGET: usize = 64 << 18;
const LARGEST: usize = 4 << 18;

#[tokio::test(start_paused = true)]
async fn heartbeats_pass_while_large_requests_have_used_up_their_room() {
    let mut world = World::new(BUDGET, 10);
    let mut parked = world.connect();
    send(&mut parked, &[request(PARK, 1, LARGEST - 100)]).await;
    world.expect_begun(&[1]).await;
    let mut second = world.connect();
    send(&mut second, &[request(ECHO, 2, 20_000)]).await;
    world.expect_nothing_begins().await;
    let mut member = world.connect();
    send(&mut member, &[request(ECHO, 3, 100)]).await;
    expect_answer(&mut member, 3).await;
    world.release(1);
    expect_answer(&mut parked, 1).await;
    expect_answer(&mut second, 2).await;
    assert_eq!(world.budget.used(), 0);
    // What there is never room for is refused as soon as its length is known.
    send(&mut second, &[request(ECHO, 4, LARGEST)[..100].to_vec()]).await;
    expect_closed(&mut second).await;
}

#[tokio::test(start_paused = true)]
async fn a_stalled_request_loses_its_room_and_its_connection() {
    let world = World::new(BUDGET, 10);
    let mut client = world.connect();
    let frame = request(ECHO, 1, 500_000);
    client.write_all(&frame[..1000]).await.unwrap();
    sleep(Duration::from_secs(10)).await;
    assert!(world.budget.used() > 500_000);
    expect_closed(&mut client).await;
    assert_eq!(world.budget.used(), 0);
}

#[tokio::test(start_paused = true)]
async fn half_a_frame_gives_way_to_a_whole_one() {
    let world = World::new(BUDGET, 10);
    let mut stalled = world.connect();
    let mut slow = world.connect();
    stalled.write_all(&request(ECHO, 1, 600_000)[..1000]).await.unwrap();
    sleep(Duration::from_secs(5)).await;
    let begun = Instant::now();
    let frame = request(ECHO, 2, 600_000);
    let sending = tokio::spawn(async move {
        for piece in frame.chunks(50_000) {
            slow.write_all(piece).await.unwrap();
            sleep(Duration::from_millis(500)).await;
        }
        expect_answer(&mut slow, 2).await;
    });
    expect_closed(&mut stalled).await;
    assert!(begun.elapsed() < Duration::from_secs(2));
    let mut third = world.connect();
    send(&mut third, &[request(ECHO, 3, 600_000)]).await;
    expect_answer(&mut third, 3).await;
    // 100,000 bytes a second: not fast, but they come.
    sending.await.unwrap();
}

/// The longer a frame is, the faster it has to come while others wait.
#[tokio::test(start_paused = true)]
async fn a_giant_that_trickles_gives_way() {
    let world = World::new(1 << 20, 10);
    let mut giant = world.connect();
    let mut second = world.connect();
    let frame = request(PRODUCE, 1, 16 << 20);
    let trickle = tokio::spawn(async move {
        let mut sent = 0;
        for piece in frame.chunks(100_000) {
            if giant.write_all(piece).await.is_err() {
                break;
            }
            sent += piece.len();
            sleep(Duration::from_secs(1)).await;
        }
        sent
    });
    sleep(Duration::from_secs(10)).await;
    let begun = Instant::now();
    let frame = request(PRODUCE, 2, 16 << 20);
    second.write_all(&frame).await.unwrap();
    world.release(2);
    expect_answer(&mut second, 2).await;
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert!(trickle.await.unwrap() < 2_000_000);
}

#[tokio::test(start_paused = true)]
async fn idle_connections_close_and_waiting_ones_do_not() {
    let world = World::new(1 << 20, 10);
    let mut idle = world.connect();
    let mut waiting = world.connect();
    send(&mut idle, &[request(ECHO, 1, 0)]).await;
    expect_answer(&mut idle, 1).await;
    send(&mut waiting, &[request(PRODUCE, 2, 0)]).await;
    sleep(IDLE_MAX / 2).await;
    expect_silence(&mut idle).await;
    expect_closed(&mut idle).await;
    sleep(IDLE_MAX * 3).await;
    world.release(2);
    expect_answer(&mut waiting, 2).await;
}

#[tokio::test(start_paused = true)]
async fn connections_past_the_limit_wait_for_room() {
    let world = World::new(1 << 20, 1);
    let mut first = world.connect();
    send(&mut first, &[request(ECHO, 1, 0)]).await;
    expect_answer(&mut first, 1).await;
    let mut second = world.connect();
    send(&mut second, &[request(ECHO, 2, 0)]).await;
    expect_silence(&mut second).await;
    drop(first);
    expect_answer(&mut second, 2).await;
}

#[tokio::test(start_paused = true)]
async fn refusals_close_after_the_answers_that_are_owed() {
    let speechless = request(SPEECHLESS, 3, 0);
    for refused in [request(CLOSE, 3, 0), request(UNKNOWN, 3, 0), speechless, vec![0xff; 8]] {
        let world = World::new(1 << 20, 10);
        let mut client = world.connect();
        send(&mut client, &[request(PRODUCE, 1, 0), request(PRODUCE, 2, 0), refused]).await;
        expect_silence(&mut client).await;
        world.release(1);
        world.release(2);
        expect_answer(&mut client, 1).await;
        expect_answer(&mut client, 2).await;
        expect_closed(&mut client).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_drain_finishes_what_was_begun_and_closes_the_rest() {
    let mut world = World::new(1 << 20, 10);
    let mut idle = world.connect();
    let mut busy = world.connect();
    let mut stuck = world.connect();
    send(&mut busy, &[request(PRODUCE, 1, 0)]).await;
    world.expect_begun(&[1]).await;
    send(&mut stuck, &[request(PRODUCE, 2, 0)]).await;
    world.expect_begun(&[2]).await;
    world.trigger.request();
    expect_closed(&mut idle).await;
    send(&mut busy, &[request(ECHO, 3, 0)]).await;
    expect_silence(&mut busy).await;
    world.release(1);
    expect_answer(&mut busy, 1).await;
    expect_closed(&mut busy).await;
    drop(busy);
    expect_closed(&mut stuck).await;
    world.task.await.unwrap();
}

/// Over real sockets: whatever is sent, this connection ends and the others are served.
#[tokio::test]
async fn hostile_bytes_over_loopback_close_their_own_connection_only() {
    let (begun, _log) = mpsc::unbounded_channel();
    let (_release, released) = watch::channel(Vec::new());
    let acceptor = TcpAcceptor::bind("127.0.0.1:0").await.unwrap();
    let address = acceptor.local_address().unwrap();
    let budget = RequestBudget::new(1 << 20);
    let script = Script { begun, released, answers: ByteBudget::new(BIG_ANSWER) };
    let listener = listener(acceptor, script, budget.clone(), 100);
    let (trigger, shutdown): (_, Shutdown) = shutdown::channel();
    let task = tokio::spawn(listener.run(shutdown, DRAIN_MAX));
    let mut bystander = TcpStream::connect(address).await.unwrap();

    let hostile: [&[u8]; 8] = [
        b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n",
        &[0; 64],
        &[0xff; 64],
        &i32::MAX.to_be_bytes(),
        &i32::MIN.to_be_bytes(),
        &[0, 0, 0, 7, 0, 1, 0, 0, 0, 0, 0],
        &[0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03],
        &request(UNKNOWN, 1, 0),
    ];
    for bytes in hostile {
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(bytes).await.unwrap();
        // A close with unread bytes may arrive as a reset.
        let count = client.read(&mut [0; 16]).await.unwrap_or(0);
        assert_eq!(count, 0, "no answer to {bytes:?}");
    }
    // Some just leave, in the middle of a frame or before one.
    for length in [0, 2, 5, 9, 700] {
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(&request(ECHO, 1, 1000)[..length]).await.unwrap();
    }

    bystander.write_all(&request(ECHO, 9, 50)).await.unwrap();
    assert_eq!(bystander.read_i32().await.unwrap(), 4);
    assert_eq!(bystander.read_i32().await.unwrap(), 9);
    drop(bystander);
    trigger.request();
    task.await.unwrap();
    assert_eq!(budget.used(), 0);
}
