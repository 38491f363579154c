//! `Fetch` (1): batches as they lie in the log, now or as soon as there are enough.
//!
//! ```text
//!   session ──► partitions to read ──► room ──► read ──► enough? ──► settle session ──► answer
//!                                        ▲                 │ no
//!                                        └────── wait ◄────┘   until a stream moves, or time is up
//! ```
//!
//! Memory is taken before it is filled: records have room in the memory for answers until they are
//! written, and a fetch that waits holds none of it, nor its request. What it remembers of its
//! partitions has room of its own until the answer is written, which it gives up to those who want
//! it rather than wait for long.

mod partition_read;
mod room;
mod session;
mod tail;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::future::pending;
use std::sync::{Arc, MutexGuard, PoisonError, Weak};

use penstock_model::id::{StreamId, TopicId};
use penstock_s3stream::TailListener;
use penstock_wire::fetch_request::FetchRequest;
use penstock_wire::fetch_response::{
    EpochEndOffset, FetchResponse, FetchableTopicResponse, LeaderIdAndEpoch, NodeEndpoint,
    PartitionData,
};
use penstock_wire::{DecodeError, Records, Uuid, WireString};
use tokio::time::{Duration, Instant, sleep, sleep_until};

use super::error_code::ErrorCode;
use super::{RequestBody, RequestContext, respond};
use crate::broker::Broker;
use crate::log::Partition;
use crate::net::fetch_budget::FetchTooLarge;
use crate::net::{BytePermit, Outcome};
pub(super) use partition_read::check_leader_epoch;
use partition_read::{PartitionRead, look_up};
use room::{bytes_of, read_with_room};
pub use session::Sessions;
use session::{PartitionFetch, PartitionKey, Plan, SessionError, SessionRequest, TopicKey};
use tail::MovedStreams;

/// Isolation level 1: only what no transaction can take back.
const READ_COMMITTED: i8 = 1;

/// No fetch waits longer: whoever asks for more may be gone, and holds a connection meanwhile.
const WAIT_MAX: Duration = Duration::from_secs(600);

/// How long each look of a fetch waits for the store, for whatever other partitions have: it has
/// taken the room for what it may find.
const READ_WAIT: Duration = Duration::from_secs(5);

/// A fetch that waits for records gives its room to those who want it, after so long.
const WAIT_MIN: Duration = Duration::from_millis(250);

/// One partition of a fetch, and what was found in it so far.
struct Target {
    fetch: PartitionFetch,
    partition: Option<Arc<Partition>>,
    read: PartitionRead,
}

/// Answers a fetch. The request has its own room until there is room for what is made of it, and
/// for what a session adds; the answer keeps that, and room for its records, until it is written.
pub(super) async fn answer(
    broker: &Broker,
    mut context: RequestContext,
    mut body: RequestBody,
) -> Result<Outcome, DecodeError> {
    let now = broker.clock.now().0;
    let request: FetchRequest = body.decode(&context).await?;
    let limits = Limits::of(broker, &request);
    let isolation = request.isolation_level;
    let is_replica = request.replica_id.max(request.replica_state.replica_id) >= 0;
    let asked = session_request(&context, request);
    drop(context.client_id.take());
    // What is asked was copied out of the frame, and takes no more than that did.
    let request_room = body.into_room();
    let planned = plan_with_room(broker, asked, now).await;
    drop(request_room);
    let (place, plan) = match planned {
        Ok(planned) => planned,
        Err(Refusal::TooLarge(error)) => {
            tracing::info!(peer = %context.peer, %error, "a fetch of too many partitions is refused");
            let reason = "it asks for more partitions than there is memory to fetch";
            return Ok(Outcome::Close(reason));
        }
        Err(Refusal::Session(error)) => {
            let error_code = session_error_code(error).0;
            let response = FetchResponse { error_code, ..FetchResponse::default() };
            return Ok(Outcome::Respond(respond(&context, &response)));
        }
    };
    let mut targets = Vec::with_capacity(plan.fetches.len());
    for (key, fetch) in &plan.fetches {
        let found = if is_replica {
            Err(PartitionRead::refused(ErrorCode::NOT_LEADER_OR_FOLLOWER))
        } else {
            match topic_id(broker, &key.topic) {
                Ok(topic) => look_up(broker, topic, key.partition, fetch).await,
                Err(error) => Err(PartitionRead::refused(error)),
            }
        };
        targets.push(match found {
            Ok(partition) => {
                Target { fetch: *fetch, partition: Some(partition), read: PartitionRead::default() }
            }
            Err(read) => Target { fetch: *fetch, partition: None, read },
        });
    }
    let permit = wait_for_enough(broker, &mut targets, &limits, place.as_ref()).await;
    let records = bytes_of(&targets);
    let answer = respond(&context, &settle(broker, &context, &plan, targets, isolation));
    let rest = answer.len().saturating_sub(records) + answer.chunks_bytes();
    let place = place.map(|mut place| {
        place.shrink_to(rest);
        place
    });
    let permit = match (permit, place) {
        (Some(permit), Some(place)) => Some(permit.and(place)),
        (permit, place) => permit.or(place),
    };
    Ok(Outcome::Respond(answer.holding(permit)))
}

/// Why a fetch is not planned.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error(transparent)]
    TooLarge(#[from] FetchTooLarge),
}

/// Plans a fetch when there is room for its partitions, which are those of its session too.
async fn plan_with_room(
    broker: &Broker,
    asked: SessionRequest,
    now_ms: i64,
) -> Result<(Option<BytePermit>, Plan), Refusal> {
    loop {
        let bytes = sessions(broker).fetched_bytes_max(&asked);
        let place = broker.fetches.acquire(bytes).await?;
        let mut sessions = sessions(broker);
        // The session may have grown meanwhile. Then this gives its place back before it waits for
        // a larger one.
        if sessions.fetched_bytes_max(&asked) <= bytes {
            return Ok((place, sessions.plan(asked, now_ms)?));
        }
    }
}

fn sessions(broker: &Broker) -> MutexGuard<'_, Sessions> {
    broker.fetch_sessions.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How much, and how long to wait for it.
struct Limits {
    min_bytes: usize,
    max_bytes: usize,
    deadline: Instant,
}

impl Limits {
    fn of(broker: &Broker, request: &FetchRequest) -> Self {
        let bytes = |limit: i32| usize::try_from(limit).unwrap_or(0);
        let wait = Duration::from_millis(u64::try_from(request.max_wait_ms).unwrap_or(0));
        let wait = wait.min(WAIT_MAX);
        let max_bytes = bytes(request.max_bytes).min(broker.fetch_max_bytes);
        Self {
            min_bytes: bytes(request.min_bytes).min(max_bytes),
            max_bytes,
            deadline: Instant::now() + wait,
        }
    }
}

/// Reads until there is enough, something urgent, or no time left. What was read has the room that
/// is returned. `place` is the room of the fetch itself, for which others may wait.
async fn wait_for_enough(
    broker: &Broker,
    targets: &mut [Target],
    limits: &Limits,
    place: Option<&BytePermit>,
) -> Option<BytePermit> {
    let permit = read_with_room(broker, targets, limits, |_| true).await;
    if is_enough(targets, limits) || Instant::now() >= limits.deadline {
        return permit;
    }
    drop(permit);
    let permit = wait_for_more(broker, targets, limits, place).await;
    if !targets.iter().any(|target| target.read.was_let_go()) {
        return permit;
    }
    drop(permit);
    // From nothing, so that the first batch is again returned however large it is.
    for target in targets.iter_mut().filter(|target| target.partition.is_some()) {
        target.read = PartitionRead::default();
    }
    read_with_room(broker, targets, limits, |_| true).await
}

async fn wait_for_more(
    broker: &Broker,
    targets: &mut [Target],
    limits: &Limits,
    place: Option<&BytePermit>,
) -> Option<BytePermit> {
    let moved = Arc::new(MovedStreams::default());
    for partition in targets.iter().filter_map(|target| target.partition.as_ref()) {
        partition.stream().listen(Arc::downgrade(&moved) as Weak<dyn TailListener>);
    }
    // Whatever moved between the first look and the registration is seen by this second look.
    let mut permit = read_with_room(broker, targets, limits, |_| true).await;
    let given_up = is_wanted(place);
    tokio::pin!(given_up);
    while !is_enough(targets, limits) {
        for target in targets.iter_mut() {
            target.read.let_go();
        }
        drop(permit.take());
        tokio::select! {
            biased;
            () = broker.draining.requested() => break,
            () = sleep_until(limits.deadline) => break,
            () = &mut given_up => break,
            streams = moved.take() => {
                let has_moved = |stream: StreamId| streams.contains(&stream);
                permit = read_with_room(broker, targets, limits, has_moved).await;
            }
        }
    }
    permit
}

/// Resolves when others want the room of a fetch that has waited for long enough.
async fn is_wanted(place: Option<&BytePermit>) {
    let Some(place) = place else { return pending().await };
    loop {
        sleep(WAIT_MIN).await;
        if place.is_wanted() {
            return;
        }
    }
}

fn is_enough(targets: &[Target], limits: &Limits) -> bool {
    targets.iter().all(|target| target.partition.is_none())
        || bytes_of(targets) >= limits.min_bytes
        || targets.iter().any(|target| target.read.is_settled())
}

/// Settles the session and writes down what is sent.
fn settle(
    broker: &Broker,
    context: &RequestContext,
    plan: &Plan,
    targets: Vec<Target>,
    isolation: i8,
) -> FetchResponse {
    let news: Vec<_> = targets.iter().map(|target| target.read.news()).collect();
    let (session_id, sent) =
        sessions(broker).settle(plan, &news, broker.clock.now().0, || broker.entropy.draw_i32());
    let mut response = FetchResponse { session_id, ..FetchResponse::default() };
    for (((key, _), target), sent) in plan.fetches.iter().zip(targets).zip(sent) {
        if !sent {
            continue;
        }
        name_leader(broker, context, &target.read, &mut response.node_endpoints);
        if let Some(partition) = &target.partition {
            broker.count_fetched(partition.topic(), target.read.bytes());
        }
        let data = partition_data(context, key.partition, target.read, isolation);
        let (name, id) = match &key.topic {
            TopicKey::Name(name) => (WireString::copy_from(name), Uuid::ZERO),
            TopicKey::Id(id) => (WireString::default(), Uuid(id.0)),
        };
        match response.responses.last_mut() {
            Some(last) if last.topic == name && last.topic_id == id => last.partitions.push(data),
            _ => response.responses.push(FetchableTopicResponse {
                topic: name,
                topic_id: id,
                partitions: vec![data],
            }),
        }
    }
    response
}

fn partition_data(
    context: &RequestContext,
    partition_index: i32,
    read: PartitionRead,
    isolation: i8,
) -> PartitionData {
    // As Kafka: where there is no partition, what is never read is empty and not null; where epochs
    // diverge, nothing was read.
    let is_told_of_transactions = match read.error {
        None => isolation == READ_COMMITTED && read.diverging.is_none(),
        Some(error) => {
            [ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, ErrorCode::UNKNOWN_TOPIC_ID].contains(&error)
        }
    };
    let mut data = PartitionData {
        partition_index,
        error_code: read.error.unwrap_or(ErrorCode::NONE).0,
        high_watermark: read.high_watermark,
        // Without transactions nothing is unstable.
        last_stable_offset: read.high_watermark,
        log_start_offset: read.log_start,
        aborted_transactions: is_told_of_transactions.then(Vec::new),
        preferred_read_replica: -1,
        records: Some(Records::from(read.batches)),
        ..PartitionData::default()
    };
    if let Some((epoch, end)) = read.diverging {
        data.diverging_epoch =
            EpochEndOffset { epoch: epoch.leader_epoch(), end_offset: end.to_wire() };
    }
    if let Some((leader, epoch)) = read.leader.filter(|_| context.api_version >= 12) {
        data.current_leader =
            LeaderIdAndEpoch { leader_id: leader.0, leader_epoch: epoch.leader_epoch() };
    }
    data
}

/// Tells where the leader is, so that the client need not ask (KIP-951).
fn name_leader(
    broker: &Broker,
    context: &RequestContext,
    read: &PartitionRead,
    endpoints: &mut Vec<NodeEndpoint>,
) {
    let Some((node, _)) = read.leader else { return };
    if context.api_version < 16 || endpoints.iter().any(|known| known.node_id == node.0) {
        return;
    }
    if let Some(endpoint) = broker.endpoint(node, &context.listener) {
        endpoints.push(NodeEndpoint {
            node_id: node.0,
            host: endpoint.host,
            port: endpoint.port,
            rack: endpoint.rack,
        });
    }
}

fn topic_id(broker: &Broker, topic: &TopicKey) -> Result<TopicId, ErrorCode> {
    let image = broker.metadata.image();
    match topic {
        TopicKey::Name(name) => match image.topic_by_name(name) {
            Some(topic) => Ok(topic.id),
            None => Err(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION),
        },
        TopicKey::Id(id) if image.topic(*id).is_some() => Ok(*id),
        TopicKey::Id(_) => Err(ErrorCode::UNKNOWN_TOPIC_ID),
    }
}

fn session_request(context: &RequestContext, request: FetchRequest) -> SessionRequest {
    let by_id = context.api_version >= 13;
    let topic_key = |name: &WireString, id: Uuid| {
        if by_id { TopicKey::Id(TopicId(id.0)) } else { TopicKey::Name(Arc::from(name.as_str())) }
    };
    let mut fetches: Vec<(PartitionKey, PartitionFetch)> = Vec::new();
    let mut places = HashMap::new();
    for topic in &request.topics {
        let key = topic_key(&topic.topic, topic.topic_id);
        for partition in &topic.partitions {
            let key = PartitionKey { topic: key.clone(), partition: partition.partition };
            let fetch = PartitionFetch {
                fetch_offset: partition.fetch_offset,
                current_leader_epoch: partition.current_leader_epoch,
                last_fetched_epoch: partition.last_fetched_epoch,
                partition_max_bytes: partition.partition_max_bytes,
            };
            // Of a partition that is named again the last word counts, as in Kafka.
            match places.entry(key.clone()) {
                Entry::Occupied(place) => fetches[*place.get()] = (key, fetch),
                Entry::Vacant(place) => {
                    place.insert(fetches.len());
                    fetches.push((key, fetch));
                }
            }
        }
    }
    let forgotten = request.forgotten_topics_data.into_iter();
    let forgotten = forgotten
        .map(|topic| (topic_key(&topic.topic, topic.topic_id), topic.partitions))
        .collect();
    // Sessions exist from version 7 on; before, every request stands for itself.
    let (id, epoch) = if context.api_version >= 7 {
        (request.session_id, request.session_epoch)
    } else {
        (0, -1)
    };
    SessionRequest { id, epoch, fetches, forgotten, by_id }
}

fn session_error_code(error: SessionError) -> ErrorCode {
    match error {
        SessionError::UnknownId => ErrorCode::FETCH_SESSION_ID_NOT_FOUND,
        SessionError::WrongEpoch => ErrorCode::INVALID_FETCH_SESSION_EPOCH,
        SessionError::OtherNaming => ErrorCode::FETCH_SESSION_TOPIC_ID_ERROR,
    }
}
