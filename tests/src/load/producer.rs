//! An idempotent producer of one partition, which outlives connections, refusals and servers. It is
//! the only one there, so that sequences and offsets are the same.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use anyhow::bail;
use penstock_records::Encoding;
use penstock_wire::produce_request::ProduceRequest;

use super::Work;
use super::records::Records;
use crate::client::Client;
use crate::producer::{PRODUCE_BY_NAME, batch, only_partition, produce_request};

/// Requests that are under way at a time: fewer than the five that a server remembers.
const IN_FLIGHT: usize = 3;
/// Between a failure and the next connection.
const PAUSE: Duration = Duration::from_millis(20);
/// What a client answers by trying again with the same sequence: `NOT_LEADER_OR_FOLLOWER`,
/// `REQUEST_TIMED_OUT`, `NOT_ENOUGH_REPLICAS`.
const TRY_AGAIN: [i16; 3] = [6, 7, 19];

/// See the module.
#[derive(Debug)]
pub(super) struct Producer {
    pub(super) records: Records,
    id: (i64, i16),
    /// Everything before it is acknowledged.
    pub(super) acknowledged: i64,
    /// Nothing from it on was ever sent.
    pub(super) sent: i64,
}

impl Producer {
    pub(super) fn new(records: Records, id: (i64, i16)) -> Self {
        Self { records, id, acknowledged: 0, sent: 0 }
    }

    /// Produces until the work is over.
    ///
    /// # Panics
    /// When it is refused for good, or a batch is not where it belongs.
    pub(super) fn run(&mut self, work: Work<'_>) {
        while !work.is_over() {
            match self.run_once(work) {
                Ok(()) => {}
                Err(error) if error.is::<io::Error>() => std::thread::park_timeout(PAUSE),
                Err(error) => panic!("partition {}: {error:#}", self.records.partition),
            }
        }
    }

    /// Produces on one connection until it breaks, or a batch has to be sent again.
    fn run_once(&mut self, work: Work<'_>) -> anyhow::Result<()> {
        let partition = self.records.partition;
        let mut client = Client::connect(work.server)?;
        let mut under_way = VecDeque::new();
        let mut next = self.acknowledged;
        loop {
            while under_way.len() < IN_FLIGHT && !work.is_over() {
                let values = self.records.batch(next);
                let sequence = (self.id.0, self.id.1, i32::try_from(next)?);
                let batch = batch(Encoding::None, Some(sequence), &values);
                let begin = next;
                next += i64::try_from(values.len())?;
                // Whether it arrives is for the server to say.
                self.sent = self.sent.max(next);
                let request = produce_request(work.topic, partition, -1, batch);
                client.send(PRODUCE_BY_NAME, &request)?;
                under_way.push_back(begin..next);
            }
            let Some(batch) = under_way.pop_front() else { return Ok(()) };
            let response = client.receive::<ProduceRequest>(PRODUCE_BY_NAME)?;
            let answer = only_partition(&response)?;
            match answer.error_code {
                0 => assert_eq!(answer.base_offset, batch.start, "a batch moved"),
                code if TRY_AGAIN.contains(&code) => {
                    return Err(io::Error::other(format!("try again: {code}")).into());
                }
                code => bail!("the batch of {batch:?} is refused with {code}"),
            }
            self.acknowledged = batch.end;
            work.progress.acknowledged(usize::try_from(partition)?);
        }
    }
}
