//! Load that knows what must come of it: idempotent producers and followers that outlive
//! connections, refusals and servers, and what each partition must hold afterwards.

mod follower;
mod producer;
mod progress;
mod records;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::ensure;
pub use progress::Progress;

use crate::client::Client;
use crate::producer::{create_topic, producer_id};
use follower::Follower;
use producer::Producer;
use records::Records;

/// A producer and a follower for each partition of a topic.
#[derive(Debug)]
pub struct Load {
    topic: String,
    producers: Vec<Producer>,
    followers: Vec<Follower>,
    progress: Progress,
}

/// What a producer or follower works on.
#[derive(Clone, Copy)]
struct Work<'a> {
    server: SocketAddr,
    topic: &'a str,
    progress: &'a Progress,
    stop: &'a AtomicBool,
}

impl Work<'_> {
    fn is_over(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

impl Load {
    /// Makes the topic, which has as many partitions as the server gives it. `value_bytes_max`
    /// bounds each record.
    ///
    /// # Errors
    /// When there is no topic or no producer id to be had.
    pub fn new(client: &mut Client, topic: &str, value_bytes_max: usize) -> anyhow::Result<Self> {
        let partitions = i32::try_from(create_topic(client, topic)?)?;
        let (mut producers, mut followers) = (Vec::new(), Vec::new());
        for partition in 0..partitions {
            let records = Records { partition, value_bytes_max };
            producers.push(Producer::new(records, producer_id(client)?));
            followers.push(Follower::new(records));
        }
        let progress = Progress::new(producers.len());
        Ok(Self { topic: topic.to_owned(), producers, followers, progress })
    }

    /// Produces and follows until `disturb` returns, which is told how it goes on.
    ///
    /// # Panics
    /// When a producer or follower is told what it must not be told.
    pub fn run<T>(&mut self, server: SocketAddr, disturb: impl FnOnce(&Progress) -> T) -> T {
        let stop = AtomicBool::new(false);
        let work = Work { server, topic: &self.topic, progress: &self.progress, stop: &stop };
        std::thread::scope(|scope| {
            let _stop = StopOnDrop(&stop);
            for producer in &mut self.producers {
                scope.spawn(move || producer.run(work));
            }
            for follower in &mut self.followers {
                scope.spawn(move || follower.run(work));
            }
            disturb(&self.progress)
        })
    }

    /// Reads everything back: what was acknowledged or read is there, at its offset and once, and
    /// nothing that was not sent.
    ///
    /// # Errors
    /// When it cannot be read, or not all of it is there.
    ///
    /// # Panics
    /// When something else is there.
    pub fn check(&self, client: &mut Client) -> anyhow::Result<()> {
        for (producer, follower) in self.producers.iter().zip(&self.followers) {
            let partition = producer.records.partition;
            let mut reader = Follower::new(producer.records);
            while reader.read(client, &self.topic, 0)?.0 > reader.next {}
            let (end, acknowledged, read) = (reader.next, producer.acknowledged, follower.next);
            ensure!(
                end >= acknowledged,
                "{partition}: {end}, though {acknowledged} was acknowledged"
            );
            ensure!(end >= read, "{partition}: {end}, though {read} was read");
            ensure!(end <= producer.sent, "{partition}: {end}, though {} was sent", producer.sent);
        }
        Ok(())
    }
}

/// However the disturbance ends, the others end too.
struct StopOnDrop<'a>(&'a AtomicBool);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
