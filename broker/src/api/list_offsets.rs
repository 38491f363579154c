//! `ListOffsets` (2): offsets by time, and by the names that stand for the ends of a log.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use futures::stream::{FuturesUnordered, StreamExt};
use penstock_model::id::Timestamp;
use penstock_s3stream::ReadError;
use penstock_wire::list_offsets_request::{ListOffsetsPartition, ListOffsetsRequest};
use penstock_wire::list_offsets_response::{
    ListOffsetsPartitionResponse, ListOffsetsResponse, ListOffsetsTopicResponse,
};
use tokio::time::{Duration, Instant, timeout_at};

use super::RequestContext;
use super::error_code::ErrorCode;
use super::fetch::check_leader_epoch;
use crate::broker::Broker;
use crate::log::{Partition, RecordPlace};

/// Behind the last record that can be read.
const LATEST: i64 = -1;
/// The first record that is left.
const EARLIEST: i64 = -2;
/// The record with the greatest timestamp (KIP-734).
const MAX_TIMESTAMP: i64 = -3;
/// The first record that is not only in remote storage (KIP-405): there is no other storage here.
const EARLIEST_LOCAL: i64 = -4;
/// The last record in remote storage (KIP-1005).
const LATEST_TIERED: i64 = -5;
/// The first record that waits for its upload to remote storage (KIP-1023).
const EARLIEST_PENDING_UPLOAD: i64 = -6;

/// From which version on a special timestamp may be asked for.
const SPECIAL_SINCE: [(i64, i16); 6] = [
    (LATEST, 1),
    (EARLIEST, 1),
    (MAX_TIMESTAMP, 7),
    (EARLIEST_LOCAL, 8),
    (LATEST_TIERED, 9),
    (EARLIEST_PENDING_UPLOAD, 11),
];

/// So many partitions of a request are looked up at a time.
const LOOKED_UP_AT_ONCE: usize = 16;

/// How long the lookups take at most where the request does not say: Kafka's default of
/// `remote.list.offsets.request.timeout.ms`.
const WAIT_DEFAULT: Duration = Duration::from_secs(30);

/// And where it does: whoever asks for more may be gone, and holds a connection meanwhile.
const WAIT_MAX: Duration = Duration::from_secs(600);

pub(super) async fn handle(
    broker: &Broker,
    context: &RequestContext,
    request: ListOffsetsRequest,
) -> ListOffsetsResponse {
    let deadline = Instant::now() + wait(request.timeout_ms);
    let mut waiting = distinct(&request).into_iter();
    let mut running = FuturesUnordered::new();
    let mut answers = Vec::new();
    let mut turn = 0;
    loop {
        while running.len() < LOOKED_UP_AT_ONCE
            && let Some(Asked { place, topic, partition, is_repeated }) = waiting.next()
        {
            let at = (turn, place);
            turn += 1;
            running.push(async move {
                let found = if is_repeated {
                    Err(ErrorCode::INVALID_REQUEST)
                } else {
                    let found = timeout_at(deadline, find(broker, context, topic, partition)).await;
                    found.unwrap_or(Err(ErrorCode::REQUEST_TIMED_OUT))
                };
                (at, answer(context.api_version, partition.partition_index, found))
            });
        }
        match running.next().await {
            Some(answered) => answers.push(answered),
            None => break,
        }
    }
    answers.sort_unstable_by_key(|(at, _)| *at);
    let mut topics: Vec<_> = request
        .topics
        .iter()
        .map(|topic| ListOffsetsTopicResponse {
            name: topic.name.clone(),
            partitions: Vec::with_capacity(topic.partitions.len()),
        })
        .collect();
    for ((_, place), answer) in answers {
        topics[place].partitions.push(answer);
    }
    topics.retain(|topic| !topic.partitions.is_empty());
    ListOffsetsResponse { throttle_time_ms: 0, topics }
}

fn wait(timeout_ms: i32) -> Duration {
    match u64::try_from(timeout_ms) {
        Ok(asked @ 1..) => Duration::from_millis(asked).min(WAIT_MAX),
        _ => WAIT_DEFAULT,
    }
}

/// A partition that a request names.
struct Asked<'a> {
    /// Which of the request's topics it is of.
    place: usize,
    topic: &'a str,
    partition: &'a ListOffsetsPartition,
    /// Whether it is named again.
    is_repeated: bool,
}

/// The partitions that a request names, each where it is named first.
fn distinct(request: &ListOffsetsRequest) -> Vec<Asked<'_>> {
    let mut known: HashMap<_, usize> = HashMap::new();
    let mut distinct: Vec<Asked<'_>> = Vec::new();
    for (place, topic) in request.topics.iter().enumerate() {
        let topic_name = topic.name.as_str();
        for partition in &topic.partitions {
            match known.entry((topic_name, partition.partition_index)) {
                Entry::Occupied(first) => distinct[*first.get()].is_repeated = true,
                Entry::Vacant(first) => {
                    first.insert(distinct.len());
                    let is_repeated = false;
                    distinct.push(Asked { place, topic: topic_name, partition, is_repeated });
                }
            }
        }
    }
    distinct
}

fn answer(
    version: i16,
    partition_index: i32,
    found: Result<Place, ErrorCode>,
) -> ListOffsetsPartitionResponse {
    match found {
        Ok(place) => place.to_wire(version, partition_index),
        Err(error) => ListOffsetsPartitionResponse {
            partition_index,
            error_code: error.0,
            ..ListOffsetsPartitionResponse::default()
        },
    }
}

/// An answer; -1 for what is not known or not there.
struct Place {
    timestamp: i64,
    offset: i64,
    leader_epoch: i32,
}

impl Place {
    const NOWHERE: Self = Self { timestamp: -1, offset: -1, leader_epoch: -1 };

    fn of(record: Option<RecordPlace>) -> Self {
        record.map_or(Self::NOWHERE, |record| Self {
            timestamp: record.timestamp.0,
            offset: record.offset.to_wire(),
            leader_epoch: record.leader_epoch,
        })
    }

    fn to_wire(&self, version: i16, partition_index: i32) -> ListOffsetsPartitionResponse {
        ListOffsetsPartitionResponse {
            partition_index,
            error_code: ErrorCode::NONE.0,
            timestamp: self.timestamp,
            offset: self.offset,
            leader_epoch: if version >= 4 { self.leader_epoch } else { -1 },
        }
    }
}

async fn find(
    broker: &Broker,
    context: &RequestContext,
    topic: &str,
    asked: &ListOffsetsPartition,
) -> Result<Place, ErrorCode> {
    if asked.timestamp < 0 {
        let since = SPECIAL_SINCE.iter().find(|(special, _)| *special == asked.timestamp);
        if since.is_none_or(|(_, version)| context.api_version < *version) {
            return Err(ErrorCode::UNSUPPORTED_VERSION);
        }
    }
    let image = broker.metadata.image();
    let topic = image.topic_by_name(topic).ok_or(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)?;
    let partition = broker.partitions.get(topic.id, asked.partition_index).await;
    let partition = partition.map_err(|error| ErrorCode::from(&error))?;
    if let Some(error) = check_leader_epoch(partition.epoch(), asked.current_leader_epoch) {
        return Err(error);
    }
    let found = by_time(broker, &partition, asked.timestamp).await;
    found.map_err(|error| ErrorCode::from(&error))
}

async fn by_time(
    broker: &Broker,
    partition: &Partition,
    timestamp: i64,
) -> Result<Place, ReadError> {
    let offsets = partition.stream().offsets();
    let at = |offset: penstock_model::id::Offset| Place {
        timestamp: -1,
        offset: offset.to_wire(),
        leader_epoch: partition.epoch_at(offset).leader_epoch(),
    };
    Ok(match timestamp {
        LATEST => Place { leader_epoch: partition.epoch().leader_epoch(), ..at(offsets.durable) },
        EARLIEST | EARLIEST_LOCAL => at(offsets.start),
        MAX_TIMESTAMP => Place::of(partition.newest_record(&broker.inspector).await?),
        LATEST_TIERED | EARLIEST_PENDING_UPLOAD => Place::NOWHERE,
        timestamp => {
            let timestamp = Timestamp(timestamp);
            Place::of(partition.record_at(timestamp, &broker.inspector).await?)
        }
    })
}
