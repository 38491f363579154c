//! `CreateTopics` (19): each topic stands or falls alone.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use futures::future::join_all;
use penstock_model::id::TopicId;
use penstock_model::image::MetadataImage;
use penstock_wire::create_topics_request::{CreatableTopic, CreateTopicsRequest};
use penstock_wire::create_topics_response::{
    CreatableTopicConfigs, CreatableTopicResult, CreateTopicsResponse,
};
use penstock_wire::{Uuid, WireString};

use super::RequestContext;
use super::answer_room::Rows;
use super::error_code::ErrorCode;
use super::refusal::Refusal;
use super::topic_creation::{Creation, Defaults, Wanted, create, plan};
use crate::broker::Broker;
use crate::config::{Layers, Source, topic};

/// What the settings of a topic take in an answer while it is made: some thirty, with their texts.
const SETTINGS_BYTES: usize = 8 * 1024;

/// The first version that tells of settings.
const WITH_SETTINGS: i16 = 5;

/// Of how many topics an answer tells the settings: as many as half of the room for answers takes.
pub(super) fn told(
    broker: &Broker,
    context: &RequestContext,
    request: &CreateTopicsRequest,
) -> usize {
    if context.api_version < WITH_SETTINGS {
        return 0;
    }
    request.topics.len().min(broker.answers.total() / 2 / SETTINGS_BYTES)
}

/// The rows of an answer that tells the settings of so many topics.
pub(super) fn rows(request: &CreateTopicsRequest, told: usize) -> Rows {
    Rows::of::<CreatableTopicResult>(request.topics.len()).knowing(told * SETTINGS_BYTES)
}

/// Settings are told of the first topics that are created; of the others it is said, as to one who
/// may not see them, that they are not: a client asks for them where it wants them.
pub(super) async fn handle(
    broker: &Broker,
    request: CreateTopicsRequest,
    mut told: usize,
) -> CreateTopicsResponse {
    let with_settings = told > 0;
    let image = broker.metadata.image();
    let mut times: HashMap<&str, usize> = HashMap::new();
    for topic in &request.topics {
        *times.entry(&topic.name).or_default() += 1;
    }
    let once = request.topics.iter().filter(|topic| times[topic.name.as_str()] == 1);
    let wanted: Vec<Wanted<'_>> = once.map(wanted).collect();
    let plans = match plan(&image, Defaults::of(&broker.given), &wanted) {
        Ok(plans) => plans,
        Err(refusal) => {
            let first = |topic: &&CreatableTopic| times.remove(topic.name.as_str()).is_some();
            let named = request.topics.iter().filter(first);
            let topics = named.map(|topic| refused(topic.name.clone(), &refusal)).collect();
            return CreateTopicsResponse { throttle_time_ms: 0, topics };
        }
    };
    let outcomes = join_all(plans.into_iter().map(async |plan| {
        let creation = plan?;
        let outcome = Created::of(&creation);
        let id = if request.validate_only {
            // Tools print an id even then; it names nothing.
            TopicId(broker.entropy.draw())
        } else {
            create(broker, creation).await?
        };
        Ok((id, outcome))
    }))
    .await;
    let names = wanted.iter().map(|wanted| wanted.name);
    let mut outcomes: HashMap<&str, Result<(TopicId, Created), Refusal>> =
        names.zip(outcomes).collect();
    let image = broker.metadata.image();
    let mut results = Vec::with_capacity(times.len());
    for topic in &request.topics {
        // A name that stands there twice is answered where it stands first.
        let Some(times) = times.remove(topic.name.as_str()) else { continue };
        let outcome = match outcomes.remove(topic.name.as_str()) {
            Some(outcome) if times == 1 => outcome,
            _ => Err(Refusal::new(ErrorCode::INVALID_REQUEST, "Duplicate topic name.")),
        };
        results.push(match outcome {
            Ok((id, created)) => {
                let mut result = created.to_wire(topic.name.clone(), id);
                if told > 0 {
                    told -= 1;
                    result.configs = Some(created.configs_to_wire(broker, &image));
                } else if with_settings {
                    result.configs = None;
                    result.topic_config_error_code = ErrorCode::TOPIC_AUTHORIZATION_FAILED.0;
                }
                result
            }
            Err(refusal) => refused(topic.name.clone(), &refusal),
        });
    }
    CreateTopicsResponse { throttle_time_ms: 0, topics: results }
}

fn wanted(topic: &CreatableTopic) -> Wanted<'_> {
    let assignments = topic.assignments.iter();
    let configs = topic.configs.iter();
    Wanted {
        name: &topic.name,
        partitions: topic.num_partitions,
        replication_factor: topic.replication_factor,
        assignments: assignments.map(|a| (a.partition_index, a.broker_ids.as_slice())).collect(),
        configs: configs.map(|config| (&*config.name, config.value.as_deref())).collect(),
    }
}

/// What is told of a topic that was, or could be, created.
struct Created {
    partitions: usize,
    replication_factor: i16,
    configs: BTreeMap<Arc<str>, Arc<str>>,
}

impl Created {
    fn of(creation: &Creation) -> Self {
        Self {
            partitions: creation.leaders.len(),
            replication_factor: creation.replication_factor,
            configs: creation.configs.clone(),
        }
    }

    fn configs_to_wire(
        &self,
        broker: &Broker,
        image: &MetadataImage,
    ) -> Vec<CreatableTopicConfigs> {
        let layers = Layers::new(&broker.given, broker.node, image);
        let configs = topic::SETTINGS.iter().map(|setting| {
            let (value, source) = match self.configs.get(setting.name) {
                Some(value) => (Some(value.to_string()), Source::Topic),
                None => {
                    let resolved = layers.topic(setting, None);
                    (resolved.value, resolved.source)
                }
            };
            CreatableTopicConfigs {
                name: WireString::from(setting.name),
                value: value.map(WireString::from),
                read_only: false,
                config_source: source.config_source(),
                is_sensitive: false,
            }
        });
        configs.collect()
    }

    fn to_wire(&self, name: WireString, id: TopicId) -> CreatableTopicResult {
        CreatableTopicResult {
            name,
            topic_id: Uuid(id.0),
            error_message: None,
            num_partitions: i32::try_from(self.partitions).expect("a request's limit bounds it"),
            replication_factor: self.replication_factor,
            configs: Some(Vec::new()),
            ..CreatableTopicResult::default()
        }
    }
}

fn refused(name: WireString, refusal: &Refusal) -> CreatableTopicResult {
    CreatableTopicResult {
        name,
        error_code: refusal.code.0,
        error_message: refusal.wire_message(),
        num_partitions: -1,
        replication_factor: -1,
        configs: Some(Vec::new()),
        ..CreatableTopicResult::default()
    }
}
