//! The proxy before a store of a few lines that remembers what reached it.

use std::io::{self, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use super::http::{Message, read_answer, read_request};
use super::{Fault, FaultProxy, Outage, Plan};

const LONG: Duration = Duration::from_secs(20);
/// What does not come within it does not come.
const SHORT: Duration = Duration::from_millis(200);
const ANSWER: &[u8] = b"ten bytes.";

/// Answers everything with ten bytes; tells which requests it got.
fn store() -> (SocketAddr, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, got) = channel();
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let (client, sender) = (client.unwrap(), sender.clone());
            std::thread::spawn(move || {
                let mut reader = BufReader::new(client.try_clone().unwrap());
                while let Ok(Some(request)) = read_request(&mut reader, || Ok(())) {
                    let body = String::from_utf8_lossy(&request.body);
                    let text = format!("{} {} {body}", request.method(), request.key());
                    let head =
                        format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", ANSWER.len());
                    // The test may have seen enough.
                    let _ = sender.send(text);
                    let mut client = &client;
                    if client.write_all(&[head.as_bytes(), ANSWER].concat()).is_err() {
                        return;
                    }
                }
            });
        }
    });
    (address, got)
}

struct World {
    proxy: FaultProxy,
    got: Receiver<String>,
}

impl World {
    fn new(plan: Plan) -> Self {
        let (address, got) = store();
        let proxy = FaultProxy::start(address, 1).unwrap();
        proxy.set(plan);
        Self { proxy, got }
    }

    fn connect(&self) -> BufReader<TcpStream> {
        let stream = TcpStream::connect(self.proxy.address()).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        BufReader::new(stream)
    }

    fn got(&self) -> Option<String> {
        match self.got.recv_timeout(SHORT) {
            Ok(text) => Some(text),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => panic!("the store is gone"),
        }
    }
}

fn put(on: &mut BufReader<TcpStream>) {
    let request = b"PUT /bucket/wal/1 HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody";
    on.get_mut().write_all(request).unwrap();
}

fn ask(on: &mut BufReader<TcpStream>) -> io::Result<Message> {
    put(on);
    read_answer(on, "PUT")
}

fn always(fault: Fault) -> Plan {
    Plan::default().with(fault, 1_000)
}

/// What the client sees of a request that meets a fault, and whether the store gets the request.
fn check(fault: Fault, expected: &str, reaches_the_store: bool) {
    let world = World::new(always(fault));
    let mut connection = world.connect();
    let seen = match ask(&mut connection) {
        Ok(answer) => answer.words().nth(1).unwrap().to_owned(),
        Err(error) => format!("{:?}", error.kind()),
    };
    assert_eq!(seen, expected, "{fault:?}");
    let got = world.got();
    assert_eq!(got.as_deref(), reaches_the_store.then_some("PUT wal/1 body"), "{fault:?}");
    assert_eq!(world.proxy.faults_met(), 1);
}

#[test]
fn without_faults_it_is_not_there() {
    let world = World::new(Plan::default());
    let mut connection = world.connect();
    for _ in 0..3 {
        let answer = ask(&mut connection).unwrap();
        assert_eq!(answer.body, ANSWER);
        assert_eq!(world.got().as_deref(), Some("PUT wal/1 body"));
    }
    let counts = world.proxy.counts();
    assert_eq!((counts.of("PUT", "wal"), counts.all()), (3, 3));
    assert_eq!(world.proxy.faults_met(), 0);
}

#[test]
fn a_body_is_sent_once_it_is_asked_for() {
    let world = World::new(Plan::default());
    let mut connection = world.connect();
    let head = b"PUT /bucket/wal/1 HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n";
    connection.get_mut().write_all(head).unwrap();
    let mut leave = [0; 25];
    connection.read_exact(&mut leave).unwrap();
    assert_eq!(&leave, b"HTTP/1.1 100 Continue\r\n\r\n");
    connection.get_mut().write_all(b"body").unwrap();
    assert_eq!(read_answer(&mut connection, "PUT").unwrap().body, ANSWER);
    assert_eq!(world.got().as_deref(), Some("PUT wal/1 body"));
}

#[test]
fn each_fault_is_seen_as_planned() {
    check(Fault::Late { typical: Duration::ZERO, tail: Duration::ZERO }, "200", true);
    check(Fault::Unavailable, "503", false);
    check(Fault::SlowDown, "503", false);
    check(Fault::ResetBefore, "ConnectionReset", false);
    check(Fault::ResetAfter, "ConnectionReset", true);
    check(Fault::AnswerCut, "UnexpectedEof", true);
}

#[test]
fn a_refusal_names_its_reason_and_keeps_the_connection() {
    for (fault, code) in [(Fault::Unavailable, "ServiceUnavailable"), (Fault::SlowDown, "SlowDown")]
    {
        let world = World::new(always(fault));
        let mut connection = world.connect();
        let answer = ask(&mut connection).unwrap();
        let body = String::from_utf8(answer.body).unwrap();
        assert!(body.contains(&format!("<Code>{code}</Code>")), "{body}");
        world.proxy.set(Plan::default());
        assert_eq!(ask(&mut connection).unwrap().body, ANSWER);
    }
}

#[test]
fn what_hangs_goes_on_hanging() {
    let check = |plan: Plan, first: &[u8], reaches_the_store| {
        let world = World::new(plan);
        let mut connection = world.connect();
        put(&mut connection);
        assert_eq!(world.got().is_some(), reaches_the_store);
        // What else would have come now comes not.
        world.proxy.set(Plan::default());
        let mut came = Vec::new();
        connection.get_ref().set_read_timeout(Some(SHORT)).unwrap();
        let error = connection.read_to_end(&mut came).unwrap_err();
        assert!(matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut));
        assert_eq!(came, first);
        // And nobody else is held up.
        assert_eq!(ask(&mut world.connect()).unwrap().body, ANSWER);
    };
    check(always(Fault::AnswerWithheld), b"", true);
    check(always(Fault::AnswerHangs), b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nten b", true);
    check(Plan::away(Outage::Silent), b"", false);
}

#[test]
fn a_refused_store_ends_connections_old_and_new() {
    let world = World::new(Plan::default());
    let mut old = world.connect();
    ask(&mut old).unwrap();
    world.got();
    world.proxy.set(Plan::away(Outage::Refused));
    assert_eq!(old.read(&mut [0]).unwrap_or(0), 0, "the connection ends");
    let mut new = world.connect();
    assert!(new.get_mut().write_all(b"PUT").and_then(|()| new.read_exact(&mut [0])).is_err());
    assert_eq!(world.got(), None);
    world.proxy.set(Plan::default());
    assert_eq!(ask(&mut world.connect()).unwrap().body, ANSWER);
}

#[test]
fn a_change_is_repeated_and_a_question_is_not() {
    let world = World::new(always(Fault::Repeated { after: Duration::from_millis(20) }));
    let mut connection = world.connect();
    assert_eq!(ask(&mut connection).unwrap().body, ANSWER);
    for _ in 0..2 {
        assert_eq!(world.got().as_deref(), Some("PUT wal/1 body"));
    }
    connection.get_mut().write_all(b"GET /bucket/data/1 HTTP/1.1\r\n\r\n").unwrap();
    read_answer(&mut connection, "GET").unwrap();
    assert_eq!(world.got().as_deref(), Some("GET data/1 "));
    assert_eq!(world.got(), None);
    // The repetition is not the server's request.
    assert_eq!(world.proxy.counts().all(), 2);
}

#[test]
fn it_ends_with_all_that_waits() {
    let world = World::new(always(Fault::Late { typical: LONG, tail: LONG }));
    let mut connection = world.connect();
    put(&mut connection);
    let (ended, end) = channel();
    std::thread::spawn(move || {
        drop(world.proxy);
        let _ = ended.send(());
    });
    end.recv_timeout(LONG).expect("it ends soon");
    assert!(read_answer(&mut connection, "PUT").is_err());
}
