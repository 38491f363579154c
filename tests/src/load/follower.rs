//! Reads a partition while it is written: every record in order, and each the one that was sent.

use std::io;
use std::time::Duration;

use super::Work;
use super::records::Records;
use crate::client::Client;
use crate::producer::fetch;

/// Between a failure and the next connection.
const PAUSE: Duration = Duration::from_millis(20);
/// How long a fetch waits for more.
const WAIT_MS: i32 = 50;

/// See the module.
#[derive(Debug)]
pub(super) struct Follower {
    records: Records,
    /// The next offset to be read.
    pub(super) next: i64,
}

impl Follower {
    pub(super) fn new(records: Records) -> Self {
        Self { records, next: 0 }
    }

    /// Reads until the work is over.
    ///
    /// # Panics
    /// When a read is refused, leaves a gap, or is not what was sent.
    pub(super) fn run(&mut self, work: Work<'_>) {
        while !work.is_over() {
            match self.run_once(work) {
                Ok(()) => {}
                Err(error) if error.is::<io::Error>() => std::thread::park_timeout(PAUSE),
                Err(error) => panic!("partition {}: {error:#}", self.records.partition),
            }
        }
    }

    fn run_once(&mut self, work: Work<'_>) -> anyhow::Result<()> {
        let partition = self.records.partition;
        let mut client = Client::connect(work.server)?;
        while !work.is_over() {
            let read = self.read(&mut client, work.topic, WAIT_MS)?.1;
            work.progress.read(usize::try_from(partition)?, read);
        }
        Ok(())
    }

    /// Reads once. Answers the high watermark, and how many records it was.
    pub(super) fn read(
        &mut self,
        client: &mut Client,
        topic: &str,
        wait_ms: i32,
    ) -> anyhow::Result<(i64, usize)> {
        let (values, high_watermark) =
            fetch(client, topic, self.records.partition, self.next, wait_ms)?;
        for (offset, value) in &values {
            assert_eq!(*offset, self.next, "reads are contiguous");
            self.records.check(*offset, value);
            self.next += 1;
        }
        Ok((high_watermark, values.len()))
    }
}
