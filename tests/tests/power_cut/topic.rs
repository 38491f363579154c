//! A topic of a history, and its partitions: streams beside what they should hold.

use penstock_model::id::{Offset, StreamId, TopicId};
use penstock_s3stream::{ReadError, ReadLimits, Stream};

use crate::fold::Chain;
use crate::node::Node;
use crate::oracle::Oracle;
use crate::power::Power;

const LIMITS: ReadLimits =
    ReadLimits { max_bytes: 6_000, at_least_one: true, up_to: Offset(u64::MAX) };

/// A topic that was asked for.
pub(crate) struct Topic {
    pub(crate) id: TopicId,
    /// Whether it is there: not known when its creation or deletion was never answered.
    pub(crate) surely: bool,
    pub(crate) partitions: Vec<Partition>,
}

pub(crate) struct Partition {
    pub(crate) oracle: Oracle,
    /// In this life.
    pub(crate) stream: Option<Stream>,
}

impl Partition {
    pub(crate) fn new(id: StreamId) -> Self {
        Self { oracle: Oracle::new(id), stream: None }
    }

    pub(crate) fn stream(&self) -> &Stream {
        self.stream.as_ref().expect("a running node has opened all")
    }

    /// Opens it, and checks what it is said to hold.
    pub(crate) async fn open(&mut self, power: &Power, node: &Node) -> Option<()> {
        let id = self.oracle.id;
        let opened = power.answer("opening a stream", node.open(id)).await?;
        let mut chain = Chain::of(opened.checkpoint.as_ref());
        opened.tail.iter().for_each(|batch| chain.add(id, batch));
        self.oracle.recovered(opened.stream.offsets(), chain);
        self.stream = Some(opened.stream);
        Some(())
    }

    /// Reads from an offset that can be read, and answers where to read on.
    pub(crate) async fn read(&mut self, power: &Power, from: Offset) -> Option<Offset> {
        let durable = self.stream().offsets().durable;
        match power.wait("a read", self.stream().read(from, LIMITS)).await? {
            Ok(read) => {
                self.oracle.check_read(from, durable, &read);
                self.oracle.shown(read.next);
                Some(read.next)
            }
            Err(ReadError::Unavailable(_)) if power.struck() => None,
            Err(error) => panic!("stream {} read from {from}: {error}", self.oracle.id),
        }
    }

    pub(crate) async fn read_trimmed(&mut self, power: &Power, from: Offset) -> Option<()> {
        let outcome = power.wait("a read", self.stream().read(from, LIMITS)).await?;
        let refused = matches!(outcome, Err(ReadError::OutOfRange { .. }));
        assert!(refused, "stream {} read from {from}: it is trimmed", self.oracle.id);
        Some(())
    }

    pub(crate) async fn read_all(&mut self, power: &Power) -> Option<()> {
        let at = self.stream().offsets();
        let mut next = at.start;
        while next < at.durable {
            next = self.read(power, next).await?;
        }
        Some(())
    }
}

pub(crate) fn all_partitions(topics: &mut [Topic]) -> impl Iterator<Item = &mut Partition> {
    topics.iter_mut().flat_map(|topic| &mut topic.partitions)
}
