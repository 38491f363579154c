//! `kill -9` under load: nothing acknowledged is lost, nothing comes twice, order and offsets stay.
//!
//! Rounds: 4, or as many as `KILL_NINE_ROUNDS` says.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, MutexGuard};

use anyhow::{Context, ensure};
use bytes::Bytes;
use penstock_records::Encoding;
use penstock_tests::client::Client;
use penstock_tests::producer::{
    PRODUCE_BY_NAME, Read, batch, create_topic, fetch, only_partition, produce_request,
    producer_id, read_all,
};
use penstock_tests::random::Random;
use penstock_tests::server::Setup;
use penstock_wire::produce_request::ProduceRequest;

const TOPIC: &str = "load";
const PARTITIONS: i32 = 3;
/// Requests that a producer has under way at a time.
const IN_FLIGHT: usize = 3;
/// Acknowledged batches after which a round may end.
const BATCHES_PER_ROUND: usize = 150;

/// One batch of a producer, and where it is if that is known.
#[derive(Clone, Debug)]
struct Sent {
    sequence: i32,
    values: Vec<Bytes>,
    offset: Option<i64>,
}

/// An idempotent producer of one partition, which outlives connections and servers.
struct Producer {
    partition: i32,
    id: i64,
    epoch: i16,
    random: Random,
    sent: Vec<Sent>,
    /// How many of `sent` are acknowledged; those behind are sent again.
    acknowledged: usize,
}

impl Producer {
    /// Produces until the connection breaks.
    fn run(&mut self, address: SocketAddr, acknowledged: &Sender<()>) -> anyhow::Result<()> {
        let mut client = Client::connect(address)?;
        let mut under_way = VecDeque::new();
        let mut next = self.acknowledged;
        loop {
            while under_way.len() < IN_FLIGHT {
                if next == self.sent.len() {
                    self.make_batch();
                }
                let request = self.request(next);
                client.send(PRODUCE_BY_NAME, &request)?;
                under_way.push_back(next);
                next += 1;
            }
            let response = client.receive::<ProduceRequest>(PRODUCE_BY_NAME)?;
            let answer = only_partition(&response)?;
            ensure!(answer.error_code == 0, "refused with {}", answer.error_code);
            let at = under_way.pop_front().context("an answer to a request")?;
            self.sent[at].offset = Some(answer.base_offset);
            self.acknowledged = at + 1;
            // The round may be over already.
            let _ = acknowledged.send(());
        }
    }

    fn make_batch(&mut self) {
        let last = self.sent.last();
        let sequence =
            last.map_or(0, |last| last.sequence + i32::try_from(last.values.len()).expect("a few"));
        let count = 1 + self.random.below(20);
        let values = (sequence..)
            .take(count)
            .map(|sequence| {
                let mut value = format!("{} {sequence} ", self.partition).into_bytes();
                let length = self.random.below(2_000);
                value.extend(std::iter::repeat_n(b'.', length));
                Bytes::from(value)
            })
            .collect();
        self.sent.push(Sent { sequence, values, offset: None });
    }

    fn request(&self, at: usize) -> ProduceRequest {
        let sent = &self.sent[at];
        let sequence = Some((self.id, self.epoch, sent.sequence));
        let batch = batch(Encoding::None, sequence, &sent.values);
        produce_request(TOPIC, self.partition, -1, batch)
    }

    /// What the partition must hold: every batch in order, the acknowledged ones where they were
    /// acknowledged, and of the rest a prefix.
    fn check(&self, read: &[Read]) {
        let mut expected = Vec::new();
        for (at, sent) in self.sent.iter().enumerate() {
            if let Some(offset) = sent.offset {
                assert_eq!(usize::try_from(offset), Ok(expected.len()), "batch {at} moved");
            }
            expected.extend(sent.values.iter().cloned());
            if at + 1 == self.acknowledged {
                assert!(read.len() >= expected.len(), "acknowledged records are lost");
            }
        }
        assert!(read.len() <= expected.len(), "more than was sent");
        for (at, ((offset, value), expected)) in read.iter().zip(&expected).enumerate() {
            assert_eq!(usize::try_from(*offset), Ok(at));
            assert_eq!(value, expected, "partition {} offset {offset}", self.partition);
        }
    }
}

/// Reads a partition while it is written: what was seen once must stay.
struct Follower {
    partition: i32,
    seen: Vec<Read>,
}

impl Follower {
    fn run(&mut self, address: SocketAddr, stop: &AtomicBool) -> anyhow::Result<()> {
        let mut client = Client::connect(address)?;
        while !stop.load(Ordering::Relaxed) {
            let next = i64::try_from(self.seen.len())?;
            let (values, _) = fetch(&mut client, TOPIC, self.partition, next, 50)?;
            if let Some((first, _)) = values.first() {
                assert_eq!(*first, next, "reads are contiguous");
            }
            self.seen.extend(values);
        }
        Ok(())
    }
}

fn lock(producer: &Mutex<Producer>) -> MutexGuard<'_, Producer> {
    producer.lock().expect("no producer panicked")
}

#[test]
fn nothing_acknowledged_is_lost_and_nothing_comes_twice() -> anyhow::Result<()> {
    let rounds = match std::env::var("KILL_NINE_ROUNDS") {
        Ok(rounds) => rounds.parse().context("KILL_NINE_ROUNDS is a number")?,
        Err(_) => 4,
    };
    let folder = tempfile::tempdir()?;
    // Small uploads, so that a kill meets every step of them too.
    let setup = Setup::new(env!("CARGO_BIN_EXE_penstock-under-test"), folder.path())
        .with(&format!("num.partitions={PARTITIONS}"));
    let mut server = setup.start()?;
    let mut client = server.connect();
    create_topic(&mut client, TOPIC)?;
    let mut producers = Vec::new();
    for partition in 0..PARTITIONS {
        let (id, epoch) = producer_id(&mut client)?;
        let random = Random::new(partition.unsigned_abs().into());
        let (sent, acknowledged) = (Vec::new(), 0);
        producers.push(Mutex::new(Producer { partition, id, epoch, random, sent, acknowledged }));
    }
    let mut followers: Vec<_> =
        (0..PARTITIONS).map(|partition| Follower { partition, seen: Vec::new() }).collect();
    let mut random = Random::new(7);

    for round in 0..rounds {
        let address = server.kafka();
        let (acknowledged, acknowledgements) = channel();
        let stop = AtomicBool::new(false);
        let enough = BATCHES_PER_ROUND + random.below(BATCHES_PER_ROUND);
        std::thread::scope(|scope| {
            for producer in &producers {
                let acknowledged = acknowledged.clone();
                scope.spawn(move || {
                    let error = lock(producer).run(address, &acknowledged).unwrap_err();
                    assert!(error.is::<std::io::Error>(), "{error:#}");
                });
            }
            for follower in &mut followers {
                let stop = &stop;
                scope.spawn(move || match follower.run(address, stop) {
                    Ok(()) => {}
                    Err(error) => assert!(error.is::<std::io::Error>(), "{error:#}"),
                });
            }
            drop(acknowledged);
            let heard = acknowledgements.iter().take(enough).count();
            assert_eq!(heard, enough, "every producer ended before the server was killed");
            server.kill();
            stop.store(true, Ordering::Relaxed);
        });
        server = setup.start()?;
        client = server.connect();
        for (producer, follower) in producers.iter().zip(&followers) {
            let producer = lock(producer);
            let read = read_all(&mut client, TOPIC, producer.partition)?;
            producer.check(&read);
            let seen = follower.seen.len();
            assert!(read.len() >= seen, "round {round}: what was read is gone");
            assert!(read[..seen] == follower.seen, "round {round}: what was read has changed");
        }
    }
    Ok(())
}
