//! `Produce` (0): batches into the log, in the order in which a connection sends them.
//!
//! Two steps. `begin` validates and appends, one request of a connection after the other; the
//! answer is a future that waits until the log is durable, while the next request begins. A batch
//! of an idempotent producer that finds no room in time, or its partition still being opened, ends
//! the connection instead of being answered: what is pipelined behind it would be out of sequence,
//! or worse, be taken for the producer's first.

use std::collections::HashSet;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use penstock_model::id::{NodeId, Offset, StreamEpoch, TopicId};
use penstock_records::{
    BatchHeader, FramingError, RawBatch, RecordsError, Rejection, Rules, SoundBatch, take_exclusive,
};
use penstock_s3stream::Backing;
use penstock_wire::produce_request::{ProduceRequest, TopicProduceData};
use penstock_wire::produce_response::{
    BatchIndexAndErrorMessage, LeaderIdAndEpoch, NodeEndpoint, PartitionProduceResponse,
    ProduceResponse, TopicProduceResponse,
};
use penstock_wire::{DecodeError, Records, Uuid, WireString};
use tokio::time::{Duration, Instant, timeout_at};

use super::error_code::ErrorCode;
use super::{RequestBody, RequestContext, respond, topic_name};
use crate::broker::Broker;
use crate::inspector::TooMuchMemory;
use crate::log::{Appended, Partition, PartitionError};
use crate::net::request_budget::PRODUCE_TEXTS_BYTES;
use crate::net::{BytePermit, Outcome};
use crate::topic_settings::TopicSettings;

/// The client id by which Kafka's own admin tools may write topics that otherwise only their
/// coordinators write.
const ADMIN_CLIENT_ID: &str = "__admin_client";

/// One topic of a request, as its answer names it.
struct TopicPart {
    name: WireString,
    id: Uuid,
    partitions: Vec<PartitionPart>,
}

/// One partition of a request.
struct PartitionPart {
    index: i32,
    fate: Fate,
}

/// How far a partition's batch has come.
enum Fate {
    /// It will not be appended.
    Refused(Refusal),
    /// Not in time; what its producer sent behind it must not overtake it.
    Late,
    /// Its bytes are the next of the request's record fields.
    Pending(Arc<Partition>, Arc<TopicSettings>),
    /// It has its place in the log.
    Appended(Arc<Partition>, Appended),
}

/// How long a batch may take at least, whatever its sender says: in Kafka the time runs for other
/// replicas only, and the leader's own append takes what it takes.
const WAIT_MIN: Duration = Duration::from_secs(10);

/// Why a batch is not appended, as the answer states it.
#[derive(Clone, Default)]
struct Refusal {
    code: i16,
    message: Option<String>,
    records: Vec<BatchIndexAndErrorMessage>,
    leader: Option<(NodeId, StreamEpoch)>,
    /// Where the partition begins, where Kafka tells it beside the error.
    log_start: Option<Offset>,
}

impl Refusal {
    /// Leaves out the texts that do not fit into so many bytes, and takes the others out of them: a
    /// compressed batch may have a thousand records that are to be named one by one, and what is
    /// left of a request until it is answered takes no more than the request did.
    fn within(mut self, left: &mut usize) -> Self {
        let mut fits = |bytes: usize| {
            let rest = left.checked_sub(bytes);
            *left = rest.unwrap_or(*left);
            rest.is_some()
        };
        self.message = self.message.filter(|message| fits(message.len()));
        let named = self.records.iter().take_while(|record| fits(record_text_bytes(record)));
        let named = named.count();
        self.records.truncate(named);
        self.records.shrink_to_fit();
        self
    }

    fn texts_bytes(&self) -> usize {
        let message = self.message.as_ref().map_or(0, String::len);
        message + self.records.iter().map(record_text_bytes).sum::<usize>()
    }
}

fn record_text_bytes(record: &BatchIndexAndErrorMessage) -> usize {
    let text = record.batch_index_error_message.as_ref();
    size_of::<BatchIndexAndErrorMessage>() + text.map_or(0, |text| text.len())
}

impl From<ErrorCode> for Refusal {
    fn from(code: ErrorCode) -> Self {
        Self { code: code.0, ..Self::default() }
    }
}

/// Appends what can be appended; see the module.
pub(super) async fn begin(
    broker: &Arc<Broker>,
    mut context: RequestContext,
    mut body: RequestBody,
) -> Result<Outcome, DecodeError> {
    let request: ProduceRequest = body.decode(&context).await?;
    if request.topic_data.iter().any(|topic| topic.name.len() > topic_name::LENGTH_MAX) {
        return Ok(Outcome::Close("a topic's name is longer than 249 bytes"));
    }
    // The record fields are taken out of the frame, for the log.
    let RequestBody { reader, frame, room } = body;
    drop(reader);
    let acks = request.acks;
    let wait = Duration::from_millis(u64::try_from(request.timeout_ms).unwrap_or(0)).max(WAIT_MIN);
    let deadline = Instant::now() + wait;
    let backing = Backing::new(frame.len());
    let mut texts_left = frame.len() + PRODUCE_TEXTS_BYTES;
    let (mut topics, fields) =
        take_apart(broker, &context, request, deadline, &mut texts_left).await;
    // The last other slice of the frame: without it the log takes the batches as they lie there.
    context.client_id = None;
    let mut batches = take_exclusive(frame, fields).into_iter();
    for topic in &mut topics {
        for part in &mut topic.partitions {
            if let Fate::Pending(partition, settings) = &part.fate {
                let records = batches.next().expect("each pending partition has its record field");
                let appended = match check(&context, settings, acks, records) {
                    Ok((batch, rules)) => {
                        append(broker, partition, settings, batch, rules, &backing, deadline).await
                    }
                    Err(refusal) => Err(refusal),
                };
                part.fate = match appended {
                    Ok(appended) => Fate::Appended(Arc::clone(partition), appended),
                    Err(AppendRefusal::Late) => Fate::Late,
                    Err(refusal) => {
                        let refusal = refusal.named(&topic.name, part.index, partition);
                        Fate::Refused(refusal.within(&mut texts_left))
                    }
                };
            }
            if let Fate::Late = part.fate {
                return Ok(Outcome::Close(
                    "a batch of an idempotent producer could not be taken in time",
                ));
            }
        }
    }
    if acks == 0 {
        // Nobody reads an answer: a broken connection is how the client learns of an error.
        let refused = |topic: &TopicPart| {
            topic.partitions.iter().any(|part| matches!(part.fate, Fate::Refused(_)))
        };
        let failed = topics.iter().any(refused);
        return Ok(if failed {
            Outcome::Close("a batch sent with acks=0 was refused")
        } else {
            Outcome::Silent
        });
    }
    let broker = Arc::clone(broker);
    let appended = Instant::now();
    // The log has room of its own for the batches. What is left to tell of them keeps as much.
    let permit = room.keep(memory_of(&topics));
    let demand = permit.as_ref().map(BytePermit::demand).unwrap_or_default();
    let answer = async move {
        let response = settle(&broker, &context, topics, appended + wait).await;
        broker.metrics.wal_append_seconds.observe(appended.elapsed().as_secs_f64());
        respond(&context, &response).holding(permit)
    };
    Ok(Outcome::Later(Box::pin(answer), demand))
}

/// What topics take until they are answered for.
fn memory_of(topics: &[TopicPart]) -> usize {
    let partitions = |topic: &TopicPart| topic.partitions.len() * size_of::<PartitionPart>();
    let texts = |topic: &TopicPart| {
        let refusals = topic.partitions.iter().filter_map(|part| match &part.fate {
            Fate::Refused(refusal) => Some(refusal.texts_bytes()),
            _ => None,
        });
        topic.name.len() + refusals.sum::<usize>()
    };
    let bytes = |topic: &TopicPart| size_of::<TopicPart>() + texts(topic) + partitions(topic);
    topics.iter().map(bytes).sum()
}

/// Looks up every partition, and takes the record fields of those that may be appended to, in
/// order. Nothing that is returned but the fields holds on to the frame.
async fn take_apart(
    broker: &Broker,
    context: &RequestContext,
    mut request: ProduceRequest,
    deadline: Instant,
    texts_left: &mut usize,
) -> (Vec<TopicPart>, Vec<Bytes>) {
    let admin = context.client_id.as_deref() == Some(ADMIN_CLIENT_ID);
    let image = broker.metadata.image();
    let sent = request.topic_data.iter().flat_map(|topic| &topic.partition_data);
    let refused = refusal_of_all(sent.filter_map(|sent| sent.records.as_ref()));
    drop_repeated(&mut request.topic_data);
    let mut topics = Vec::with_capacity(request.topic_data.len());
    let mut fields = Vec::new();
    for data in request.topic_data {
        let by_id = context.api_version >= 13;
        let topic = if by_id {
            image.topic(TopicId(data.topic_id.0))
        } else {
            image.topic_by_name(&data.name)
        };
        let unknown =
            if by_id { ErrorCode::UNKNOWN_TOPIC_ID } else { ErrorCode::UNKNOWN_TOPIC_OR_PARTITION };
        let internal = topic.is_some_and(|topic| topic_name::is_internal(&topic.name));
        let mut partitions = Vec::with_capacity(data.partition_data.len());
        for sent in data.partition_data {
            let index = sent.index;
            let fate = match (&refused, topic, sent.records) {
                (Some(refusal), _, _) => Fate::Refused(refusal.clone().within(texts_left)),
                (None, None, _) => Fate::Refused(unknown.into()),
                (None, Some(_), _) if internal && !admin => {
                    Fate::Refused(ErrorCode::INVALID_TOPIC_EXCEPTION.into())
                }
                (None, Some(_), None) => Fate::Refused(ErrorCode::INVALID_RECORD.into()),
                (None, Some(topic), Some(records)) => {
                    let records = records.into_bytes();
                    let opening = broker.partitions.get(topic.id, index);
                    match timeout_at(deadline, opening).await {
                        // It may be open when what is behind this comes.
                        Err(_elapsed) if is_idempotent(&records) => Fate::Late,
                        Ok(Err(PartitionError::Opening | PartitionError::Unavailable(_)))
                            if is_idempotent(&records) =>
                        {
                            Fate::Late
                        }
                        Err(_elapsed) => Fate::Refused(ErrorCode::REQUEST_TIMED_OUT.into()),
                        Ok(Ok(partition)) => {
                            fields.push(records);
                            Fate::Pending(partition, broker.topic_settings.of(&image, topic.id))
                        }
                        Ok(Err(error)) => Fate::Refused((&error).into()),
                    }
                }
            };
            partitions.push(PartitionPart { index, fate });
        }
        // By id no name is sent, and texts tell it.
        let name = match topic {
            Some(topic) => WireString::from(topic.name.to_string()),
            None => data.name.detach(),
        };
        topics.push(TopicPart { name, id: data.topic_id, partitions });
    }
    (topics, fields)
}

/// A partition that is named twice counts where it stands last, and is answered once, as in Kafka.
fn drop_repeated(topics: &mut Vec<TopicProduceData>) {
    let mut seen = HashSet::new();
    let mut is_repeated = |topic: &TopicProduceData| {
        let mut named = topic.partition_data.iter();
        named.any(|sent| !seen.insert((topic.name.clone(), topic.topic_id, sent.index)))
    };
    if !topics.iter().any(&mut is_repeated) {
        return;
    }
    seen.clear();
    for topic in topics.iter_mut().rev() {
        let key = (topic.name.clone(), topic.topic_id);
        topic.partition_data.reverse();
        topic.partition_data.retain(|sent| seen.insert((key.0.clone(), key.1, sent.index)));
        topic.partition_data.reverse();
    }
    topics.retain(|topic| !topic.partition_data.is_empty());
}

/// Judges a batch by all but its records, in Kafka's order: what it cannot read, what the request
/// must not ask, and then what the log does not take.
fn check(
    context: &RequestContext,
    settings: &TopicSettings,
    acks: i16,
    records: BytesMut,
) -> Result<(SoundBatch, Rules), AppendRefusal> {
    let mut rules = settings.config.rules.clone();
    rules.zstd_negotiated = context.api_version >= 7;
    let is_known = matches!(acks, -1..=1);
    match SoundBatch::check(records, &rules) {
        // That a batch is shorter than its head, Kafka's log finds out.
        Err(Rejection::Framing(FramingError::TooShort(_))) if !is_known => {
            Err(ErrorCode::INVALID_REQUIRED_ACKS.into())
        }
        Err(unread @ (Rejection::Framing(_) | Rejection::ZstdNotNegotiated)) => Err(unread.into()),
        _ if !is_known => Err(ErrorCode::INVALID_REQUIRED_ACKS.into()),
        checked => Ok((checked?, rules)),
    }
}

async fn append(
    broker: &Broker,
    partition: &Partition,
    settings: &TopicSettings,
    sound: SoundBatch,
    rules: Rules,
    backing: &Backing,
    deadline: Instant,
) -> Result<Appended, AppendRefusal> {
    let late = if sound.header().producer_id.is_some() {
        AppendRefusal::Late
    } else {
        ErrorCode::REQUEST_TIMED_OUT.into()
    };
    let now = broker.clock.now();
    let (work, reencoded) = (sound.work(&rules), sound.is_reencoded());
    let inspect = move || sound.inspect(&rules, penstock_records::Timestamp(now.0));
    let (batch, mut memory) = match timeout_at(deadline, broker.inspector.run(work, inspect)).await
    {
        Ok(inspected) => inspected.map_err(AppendRefusal::TooMuchMemory)?,
        Err(_elapsed) => return Err(late),
    };
    let batch = batch.map_err(AppendRefusal::Rejected)?;
    let bytes = batch.size();
    if bytes > settings.config.segment_bytes {
        return Err(ErrorCode::RECORD_LIST_TOO_LARGE.into());
    }
    // What was re-encoded has memory of its own, which counts here until it counts in the log.
    memory.shrink_to(if reencoded { bytes } else { 0 });
    let backing = if reencoded { Backing::new(bytes) } else { backing.clone() };
    let permit = match timeout_at(deadline, broker.storage.reserve(bytes)).await {
        Ok(Ok(permit)) => permit,
        Ok(Err(_stopped)) => return Err(ErrorCode::KAFKA_STORAGE_ERROR.into()),
        Err(_elapsed) => return Err(late),
    };
    // Not the time before it waited: so long its producer is remembered at least.
    let appended = partition
        .append(batch, backing, permit, broker.clock.now())
        .map_err(|error| AppendRefusal::Code(ErrorCode::from(&error)))?;
    settings.counters.produce_bytes.inc_by(bytes as u64);
    Ok(appended)
}

/// Whether a batch, however damaged, states an idempotent producer.
fn is_idempotent(batch: &[u8]) -> bool {
    BatchHeader::read(batch).is_some_and(|header| header.producer_id.is_some())
}

/// Why nothing of a request is taken, if so. Kafka looks at the first batch of each record field
/// before anything else, until one is of a transaction, which the producer may not write; where it
/// cannot read how a batch begins, the whole request fails.
fn refusal_of_all<'a>(fields: impl Iterator<Item = &'a Records>) -> Option<Refusal> {
    let mut firsts = fields.filter_map(|records| records.chunks().first());
    firsts.find_map(|field| match RawBatch::first(field) {
        Err(error) => Some(AppendRefusal::from(Rejection::Framing(error)).worded("", 0)),
        Ok(Some(batch)) if BatchHeader::read(batch)?.attributes.is_transactional() => {
            Some(ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED.into())
        }
        Ok(_) => None,
    })
}

/// A refusal whose texts still need the partition's name.
enum AppendRefusal {
    /// See [`Fate::Late`].
    Late,
    /// Looking into it would take more memory than there is: smaller batches do not.
    TooMuchMemory(TooMuchMemory),
    Rejected(Rejection),
    Code(ErrorCode),
}

impl From<ErrorCode> for AppendRefusal {
    fn from(code: ErrorCode) -> Self {
        Self::Code(code)
    }
}

impl From<Rejection> for AppendRefusal {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

impl AppendRefusal {
    /// Whether Kafka's log has looked into the batch when it refuses it: it tells then where the
    /// partition begins.
    fn is_of_the_log(&self) -> bool {
        match self {
            Self::Rejected(Rejection::Records(RecordsError::InflatesTooFar { .. })) => false,
            Self::Rejected(
                Rejection::Field(_)
                | Rejection::Records(_)
                | Rejection::RejectedRecords(_)
                | Rejection::Unencodable { .. },
            ) => true,
            Self::Code(code) => matches!(
                *code,
                ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER | ErrorCode::INVALID_PRODUCER_EPOCH
            ),
            Self::Late | Self::TooMuchMemory(_) | Self::Rejected(_) => false,
        }
    }

    fn named(self, topic: &str, index: i32, partition: &Partition) -> Refusal {
        let log_start = self.is_of_the_log().then(|| partition.stream().offsets().start);
        Refusal { log_start, ..self.worded(topic, index) }
    }

    fn worded(self, topic: &str, index: i32) -> Refusal {
        let rejection = match self {
            Self::Late => unreachable!("what is late is not answered"),
            Self::Code(code) => return code.into(),
            Self::TooMuchMemory(error) => {
                let message = Some(error.to_string());
                return Refusal { message, ..ErrorCode::MESSAGE_TOO_LARGE.into() };
            }
            Self::Rejected(rejection) => rejection,
        };
        let code = ErrorCode::from(&rejection).0;
        let Rejection::RejectedRecords(rejected) = rejection else {
            return Refusal { code, message: Some(rejection.to_string()), ..Refusal::default() };
        };
        let place = format!("{topic}-{index}");
        let records = rejected
            .named
            .iter()
            .map(|record| BatchIndexAndErrorMessage {
                batch_index: record.batch_index,
                batch_index_error_message: Some(WireString::from(record.message(&place))),
            })
            .collect();
        Refusal { code, message: Some(rejected.message(&place)), records, ..Refusal::default() }
    }
}

impl From<&PartitionError> for Refusal {
    fn from(error: &PartitionError) -> Self {
        let leader = match error {
            PartitionError::NotLeader { leader, epoch } => Some((*leader, *epoch)),
            _ => None,
        };
        Self { leader, ..Self::from(ErrorCode::from(error)) }
    }
}

/// Waits until every appended batch is durable, and says so.
async fn settle(
    broker: &Broker,
    context: &RequestContext,
    topics: Vec<TopicPart>,
    deadline: Instant,
) -> ProduceResponse {
    let mut response = ProduceResponse::default();
    for topic in topics {
        let mut answers = Vec::with_capacity(topic.partitions.len());
        for part in topic.partitions {
            answers.push(match part.fate {
                Fate::Appended(partition, appended) => {
                    let durable = partition.stream().durable(appended.offsets.end);
                    match timeout_at(deadline, durable).await {
                        Ok(Ok(())) => appended_answer(&partition, part.index, &appended),
                        Ok(Err(_lost)) => {
                            refused_answer(part.index, ErrorCode::KAFKA_STORAGE_ERROR.into())
                        }
                        Err(_elapsed) => {
                            refused_answer(part.index, ErrorCode::REQUEST_TIMED_OUT.into())
                        }
                    }
                }
                Fate::Refused(mut refusal) => {
                    name_leader(broker, context, &mut refusal, &mut response.node_endpoints);
                    refused_answer(part.index, refusal)
                }
                Fate::Late | Fate::Pending(..) => {
                    unreachable!("every batch of an answered request was appended or refused")
                }
            });
        }
        response.responses.push(TopicProduceResponse {
            name: topic.name,
            topic_id: topic.id,
            partition_responses: answers,
        });
    }
    response
}

fn appended_answer(
    partition: &Partition,
    index: i32,
    appended: &Appended,
) -> PartitionProduceResponse {
    PartitionProduceResponse {
        index,
        base_offset: appended.offsets.start.to_wire(),
        log_append_time_ms: appended.append_time.map_or(-1, |time| time.0),
        log_start_offset: partition.stream().offsets().start.to_wire(),
        ..PartitionProduceResponse::default()
    }
}

fn refused_answer(index: i32, refusal: Refusal) -> PartitionProduceResponse {
    PartitionProduceResponse {
        index,
        error_code: refusal.code,
        base_offset: -1,
        log_append_time_ms: -1,
        log_start_offset: refusal.log_start.map_or(-1, Offset::to_wire),
        record_errors: refusal.records,
        error_message: refusal.message.map(WireString::from),
        current_leader: refusal.leader.map_or_else(LeaderIdAndEpoch::default, |(node, epoch)| {
            LeaderIdAndEpoch { leader_id: node.0, leader_epoch: epoch.leader_epoch() }
        }),
    }
}

/// Tells where the leader is, so that the client need not ask, where the version can (KIP-951).
fn name_leader(
    broker: &Broker,
    context: &RequestContext,
    refusal: &mut Refusal,
    endpoints: &mut Vec<NodeEndpoint>,
) {
    if context.api_version < 10 {
        refusal.leader = None;
    }
    let Some((node, _)) = refusal.leader else { return };
    if endpoints.iter().any(|known| known.node_id == node.0) {
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
