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

use super::error_code::ErrorCode;
use super::refusal::Refusal;
use super::topic_creation::{Creation, Defaults, Wanted, create, plan};
use crate::broker::Broker;
use crate::config::{Layers, Source, topic};

/// What the answer for a topic takes while it is made: some thirty settings, each with its texts.
pub(super) const ROW_BYTES: usize = 8 * 1024;

pub(super) async fn handle(broker: &Broker, request: CreateTopicsRequest) -> CreateTopicsResponse {
    let image = broker.metadata.image();
    let mut times: HashMap<&str, usize> = HashMap::new();
    for topic in &request.topics {
        *times.entry(&topic.name).or_default() += 1;
    }
    let once = request.topics.iter().filter(|topic| times[topic.name.as_str()] == 1);
    let wanted: Vec<Wanted<'_>> = once.map(wanted).collect();
    let plans = plan(&image, Defaults::of(&broker.given), &wanted);
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
            Ok((id, created)) => created.to_wire(broker, &image, topic.name.clone(), id),
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

    fn to_wire(
        &self,
        broker: &Broker,
        image: &MetadataImage,
        name: WireString,
        id: TopicId,
    ) -> CreatableTopicResult {
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
        CreatableTopicResult {
            name,
            topic_id: Uuid(id.0),
            error_message: None,
            num_partitions: i32::try_from(self.partitions).expect("a request's limit bounds it"),
            replication_factor: self.replication_factor,
            configs: Some(configs.collect()),
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
