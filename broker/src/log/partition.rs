//! One partition that this broker leads: Kafka's order and idempotence over one stream.

use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use penstock_model::id::{Offset, ProducerId, StreamEpoch, Timestamp, TopicId};
use penstock_records::{TimestampType, ValidBatch};
use penstock_s3stream::{AppendPermit, Backing, Batch, Opened, Stream};

use super::checkpoint::LogState;
use super::past::{StateError, restore};
use super::producer_share::{ProducerRoom, ProducerShare, TooManyProducers};
use super::producer_state::{Decision, SequenceError};
use super::summary::{ProducerBatch, Summary};

/// See the module.
#[derive(Debug)]
pub struct Partition {
    topic: TopicId,
    number: u32,
    stream: Stream,
    /// Guards what decides on the next batch. Held from that decision until the stream has the
    /// batch, so that offset order is WAL order; never across an await.
    log: Mutex<Log>,
}

#[derive(Debug)]
struct Log {
    state: LogState,
    room: ProducerRoom,
}

/// An idempotent producer as operators see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RememberedProducer {
    /// Its id.
    pub id: ProducerId,
    /// The greatest epoch seen.
    pub epoch: i16,
    /// The sequence of the last record of its last batch.
    pub last_sequence: i32,
    /// The greatest timestamp of that batch.
    pub last_timestamp: Timestamp,
}

/// A batch's place in the log. It counts once the log is durable up to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Its offsets.
    pub offsets: Range<Offset>,
    /// The time of append where the topic's records carry it.
    pub append_time: Option<Timestamp>,
}

/// Why a batch was not appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// See the error.
    #[error(transparent)]
    Sequence(#[from] SequenceError),
    /// See the error.
    #[error(transparent)]
    Producers(#[from] TooManyProducers),
    /// This broker leads the partition no longer: look for the new leader.
    #[error("the partition is closed")]
    Closed,
    /// The log takes nothing any more; the node is about to stop.
    #[error("the log has stopped")]
    Stopped,
}

impl Partition {
    /// Goes on where the partition's last leader ended. While the store fails this goes on trying:
    /// bound it by dropping it.
    pub(super) async fn open(
        topic: TopicId,
        number: u32,
        opened: Opened,
        producers: &Arc<ProducerShare>,
        now: Timestamp,
    ) -> Result<Self, StateError> {
        let mut room = producers.partition();
        let state = restore(&opened, &mut room, now).await?;
        let log = Mutex::new(Log { state, room });
        Ok(Self { topic, number, stream: opened.stream, log })
    }

    /// The topic.
    #[must_use]
    pub fn topic(&self) -> TopicId {
        self.topic
    }

    /// The partition's index in the topic.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The epoch in which this broker leads it.
    #[must_use]
    pub fn epoch(&self) -> StreamEpoch {
        self.stream.epoch()
    }

    /// How many idempotent producers it remembers.
    #[must_use]
    pub fn remembered_producers_count(&self) -> usize {
        self.lock().state.producers.len()
    }

    /// The idempotent producers that it remembers, by id.
    #[must_use]
    pub fn remembered_producers(&self) -> Vec<RememberedProducer> {
        let log = self.lock();
        let remembered = log.state.producers.iter().map(|(id, producer)| RememberedProducer {
            id,
            epoch: producer.epoch,
            last_sequence: producer.newest().last_sequence(),
            last_timestamp: producer.newest().max_timestamp,
        });
        remembered.collect()
    }

    /// The stream that holds its batches.
    #[must_use]
    pub fn stream(&self) -> &Stream {
        &self.stream
    }

    /// Gives a batch its place, in order of the calls, or finds the place that it has already.
    /// Returns at once; wait for `stream().durable(offsets.end)` before telling anybody.
    ///
    /// # Errors
    /// See [`AppendError`]; nothing was appended then.
    pub fn append(
        &self,
        batch: ValidBatch,
        backing: Backing,
        permit: AppendPermit,
        now: Timestamp,
    ) -> Result<Appended, AppendError> {
        let header = *batch.header();
        let records = u32::try_from(header.record_count).expect("a valid batch has records");
        let producer = header.producer_id.is_some().then_some(ProducerBatch {
            id: ProducerId(header.producer_id.0),
            epoch: header.producer_epoch.0,
            base_sequence: header.base_sequence.0,
        });
        let log_append_time = batch.timestamp_type() == TimestampType::LogAppendTime;

        let mut log = self.lock();
        if let Some(producer) = producer {
            if let Decision::Duplicate(known) = log.state.producers.judge(producer, records)? {
                let append_time = log_append_time.then_some(known.max_timestamp);
                return Ok(Appended { offsets: known.offsets, append_time });
            }
            self.admit(&mut log, producer, now)?;
        }
        let start = self.stream.offsets().appended;
        let offsets = start..start.plus(u64::from(records));
        let append_time = now.max(log.state.last_append_time);
        let leader_epoch = self.epoch();
        let sequenced = batch.sequence(
            start.to_wire(),
            leader_epoch.leader_epoch(),
            penstock_records::Timestamp(append_time.0),
        );
        // Records without a timestamp count as of now: retention must not take them for ancient.
        let max_timestamp = match sequenced.header.max_timestamp.0 {
            known @ 0.. => Timestamp(known),
            _ => now,
        };
        let summary = Summary {
            leader_epoch,
            producer,
            transactional: header.attributes.is_transactional(),
            control: header.attributes.is_control(),
            log_append_time,
            max_timestamp,
            appended_at: now,
            producers_forgotten_below: log.state.producers.forgotten_below(),
        };
        self.stream.append(
            Batch {
                offsets: offsets.clone(),
                records,
                max_timestamp,
                summary: summary.encode(),
                payload: sequenced.bytes,
                payload_crc32c: sequenced.crc32c,
                backing,
            },
            permit,
        )?;
        log.state.record(offsets.clone(), &summary);
        log.count_producers();
        Ok(Appended { offsets, append_time: log_append_time.then_some(append_time) })
    }

    /// The greatest leader epoch not above `asked`, and the offset at which it ended; `None` when
    /// `asked` is above this leader's own (KIP-320).
    #[must_use]
    pub fn end_of_epoch(&self, asked: StreamEpoch) -> Option<(StreamEpoch, Offset)> {
        let mut log = self.lock();
        let at = self.stream.offsets();
        log.state.epochs.trim(at.start);
        log.state.epochs.end_of(asked, self.epoch(), at.durable)
    }

    /// The leader epoch that wrote `offset`, or will: consumers keep it with their position.
    #[must_use]
    pub fn epoch_at(&self, offset: Offset) -> StreamEpoch {
        let log = self.lock();
        if offset >= self.stream.offsets().appended {
            return self.epoch();
        }
        log.state.epochs.of(offset).unwrap_or(self.epoch())
    }

    /// Forgets producers that have been silent since `horizon` (`producer.id.expiration.ms` ago),
    /// and epochs that were trimmed. Kafka goes by the timestamps of their records instead, and so
    /// forgets a producer that writes old ones while it is still at it.
    pub fn expire(&self, horizon: Timestamp) {
        let mut log = self.lock();
        let at = self.stream.offsets();
        log.state.producers.forget_silent(usize::MAX, |producer| {
            producer.last_append <= horizon && producer.newest().offsets.end <= at.durable
        });
        log.count_producers();
        log.state.epochs.trim(at.start);
    }

    /// Forgets producers if there are too many in all and more than this partition's part here.
    pub fn settle_producers(&self, now: Timestamp) {
        let Log { state, room } = &mut *self.lock();
        room.settle(&mut state.producers, now, self.stream.offsets().durable);
    }

    fn admit(
        &self,
        log: &mut Log,
        producer: ProducerBatch,
        now: Timestamp,
    ) -> Result<(), TooManyProducers> {
        let Log { state, room } = log;
        let was_refusing = room.is_refusing(now);
        let durable = self.stream.offsets().durable;
        let admitted = room.admit(&mut state.producers, producer, now, durable);
        if admitted.is_err() && !was_refusing {
            tracing::warn!(
                topic = %self.topic,
                partition = self.number,
                "new idempotent producers have to wait: all that are remembered wrote lately; give \
                 memory.producers.bytes more if this lasts"
            );
        }
        admitted
    }

    fn lock(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log {
    fn count_producers(&mut self) {
        self.room.count(&self.state.producers);
    }
}

impl From<penstock_s3stream::AppendError> for AppendError {
    fn from(error: penstock_s3stream::AppendError) -> Self {
        match error {
            penstock_s3stream::AppendError::Closed => Self::Closed,
            penstock_s3stream::AppendError::Stopped => Self::Stopped,
        }
    }
}
