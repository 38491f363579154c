//! One connection of a client of the store: request after request, each with its fault.

use std::io::{self, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use socket2::SockRef;
use tokio::time::Instant;

use super::http::{Message, read_answer, read_request};
use super::{Fault, Outage, Shared};
use crate::random::Random;

/// How often somebody who waits looks whether things have changed.
const LOOK_INTERVAL: Duration = Duration::from_millis(100);

/// For how long what hangs leaves bytes unread, so that whoever sends much is held up. Later they
/// are taken: only so is it seen that the client went away.
const UNREAD_MAX: Duration = Duration::from_secs(20);

/// Longer than any answer of the store itself takes.
const STORE_PATIENCE: Duration = Duration::from_secs(60);

/// What becomes of the connection behind a request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    GoOn,
    Close,
    Reset,
    Hang,
}

/// Serves until the client leaves, a fault ends the connection, or the proxy stops.
pub(super) fn serve(shared: &Arc<Shared>, client: &TcpStream) -> io::Result<()> {
    client.set_nodelay(true)?;
    let mut requests = BufReader::new(client);
    let mut store = None;
    loop {
        match shared.outage() {
            Some(Outage::Refused) => return reset(client),
            Some(Outage::Silent) => return hang(shared, client),
            None => {}
        }
        if requests.buffer().is_empty() && !wait_for_request(shared, client)? {
            continue;
        }
        let mut go_on = client;
        let go_on = || go_on.write_all(b"HTTP/1.1 100 Continue\r\n\r\n");
        let Some(request) = read_request(&mut requests, go_on)? else {
            return Ok(());
        };
        let is_last = request.is_last;
        let mut exchange = Exchange { shared, client, store: &mut store };
        match exchange.carry_out(&request) {
            Ok(Then::GoOn) if !is_last => {}
            Ok(Then::GoOn | Then::Close) => return client.shutdown(Shutdown::Both),
            Ok(Then::Hang) => return hang(shared, client),
            // A store that is gone resets its connections.
            Ok(Then::Reset) | Err(_) => return reset(client),
        }
    }
}

/// Waits until a request begins, or the connection ends, or an outage may have begun: true for the
/// first two.
fn wait_for_request(shared: &Shared, client: &TcpStream) -> io::Result<bool> {
    client.set_read_timeout(Some(LOOK_INTERVAL))?;
    let begun = came(client.peek(&mut [0]))?;
    client.set_read_timeout(None)?;
    Ok(begun.is_some() && shared.outage().is_none())
}

/// Answers nothing until the client goes away.
fn hang(shared: &Shared, mut client: &TcpStream) -> io::Result<()> {
    let begun = Instant::now();
    client.set_read_timeout(Some(LOOK_INTERVAL))?;
    let mut taken = vec![0; 1 << 20];
    while shared.pause(Duration::ZERO) {
        if begun.elapsed() < UNREAD_MAX && came(client.peek(&mut [0]))? != Some(0) {
            shared.pause(LOOK_INTERVAL);
        } else if came(client.read(&mut taken))? == Some(0) {
            break;
        }
    }
    reset(client)
}

/// How much came, if anything came in time.
fn came(read: io::Result<usize>) -> io::Result<Option<usize>> {
    match read {
        Ok(count) => Ok(Some(count)),
        Err(error)
            if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Makes the closing of the connection a reset.
fn reset(client: &TcpStream) -> io::Result<()> {
    SockRef::from(client).set_linger(Some(Duration::ZERO))
}

/// One request and its answer.
struct Exchange<'a> {
    shared: &'a Arc<Shared>,
    client: &'a TcpStream,
    /// The connection to the store, once there is one.
    store: &'a mut Option<BufReader<TcpStream>>,
}

impl Exchange<'_> {
    fn carry_out(&mut self, request: &Message) -> io::Result<Then> {
        let (fault, mut random) = self.shared.meet(request.method(), request.key());
        match fault {
            Some(Fault::Late { typical, tail }) => {
                let late = latency(typical, tail, &mut random);
                if !self.shared.pause(late) {
                    return Ok(Then::Close);
                }
                self.pass(request)
            }
            Some(Fault::Unavailable) => self.refuse("ServiceUnavailable"),
            Some(Fault::SlowDown) => self.refuse("SlowDown"),
            Some(Fault::ResetBefore) => Ok(Then::Reset),
            Some(Fault::ResetAfter) => self.ask(request).map(|_| Then::Reset),
            Some(Fault::AnswerWithheld) => self.ask(request).map(|_| Then::Hang),
            Some(Fault::AnswerHangs) => self.pass_half(request, Then::Hang),
            Some(Fault::AnswerCut) => self.pass_half(request, Then::Close),
            Some(Fault::Repeated { after }) => {
                if matches!(request.method(), "PUT" | "POST" | "DELETE") {
                    self.repeat(request, after);
                }
                self.pass(request)
            }
            None => self.pass(request),
        }
    }

    /// Asks the store.
    fn ask(&mut self, request: &Message) -> io::Result<Message> {
        let store = match self.store.take() {
            Some(store) => store,
            None => connect(self.shared)?,
        };
        let (store, answer) = exchange(store, request)?;
        if !answer.is_last {
            *self.store = Some(store);
        }
        Ok(answer)
    }

    fn pass(&mut self, request: &Message) -> io::Result<Then> {
        let answer = self.ask(request)?;
        self.client.write_all(&answer.head)?;
        self.client.write_all(&answer.body)?;
        Ok(if answer.is_last { Then::Close } else { Then::GoOn })
    }

    /// Half of the body comes, or of the head where there is no body.
    fn pass_half(&mut self, request: &Message, then: Then) -> io::Result<Then> {
        let answer = self.ask(request)?;
        if answer.body.is_empty() {
            self.client.write_all(&answer.head[..answer.head.len() / 2])?;
        } else {
            self.client.write_all(&answer.head)?;
            self.client.write_all(&answer.body[..answer.body.len() / 2])?;
        }
        Ok(then)
    }

    /// As S3 refuses.
    fn refuse(&mut self, code: &str) -> io::Result<Then> {
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code>\
             <Message>Please reduce your request rate.</Message></Error>"
        );
        let head = format!(
            "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/xml\r\n\
             Content-Length: {}\r\n\r\n",
            body.len()
        );
        self.client.write_all(head.as_bytes())?;
        self.client.write_all(body.as_bytes())?;
        Ok(Then::GoOn)
    }

    /// Sends a request once more, later and on a connection of its own.
    fn repeat(&self, request: &Message, after: Duration) {
        let (shared, request) = (Arc::clone(self.shared), request.clone());
        std::thread::spawn(move || {
            if shared.pause(after) {
                // Nobody waits for it.
                let _ = connect(&shared).and_then(|store| exchange(store, &request));
            }
        });
    }
}

fn connect(shared: &Shared) -> io::Result<BufReader<TcpStream>> {
    let store = TcpStream::connect_timeout(&shared.store, STORE_PATIENCE)?;
    store.set_nodelay(true)?;
    store.set_read_timeout(Some(STORE_PATIENCE))?;
    Ok(BufReader::new(store))
}

fn exchange(
    mut store: BufReader<TcpStream>,
    request: &Message,
) -> io::Result<(BufReader<TcpStream>, Message)> {
    store.get_mut().write_all(&request.head)?;
    store.get_mut().write_all(&request.body)?;
    let answer = read_answer(&mut store, request.method())?;
    Ok((store, answer))
}

fn latency(typical: Duration, tail: Duration, random: &mut Random) -> Duration {
    if random.below(20) == 0 {
        return tail;
    }
    let micros = usize::try_from(typical.as_micros()).unwrap_or(usize::MAX).max(1);
    Duration::from_micros(random.below(micros) as u64)
}
