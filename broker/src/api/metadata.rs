//! `Metadata` (3): the brokers, and where the partitions of topics are; makes topics that a client
//! names and that do not exist yet.

use std::collections::HashSet;

use futures::future::join_all;
use penstock_model::id::{StreamId, TopicId};
use penstock_model::image::{MetadataImage, Topic};
use penstock_wire::metadata_request::{MetadataRequest, MetadataRequestTopic};
use penstock_wire::metadata_response::{
    MetadataResponse, MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic,
};
use penstock_wire::{Uuid, WireString};

use super::error_code::ErrorCode;
use super::internal_topic::create_consumer_offsets;
use super::topic_creation::{Defaults, Wanted, create, plan};
use super::topic_view::{PartitionView, TopicView};
use super::{RequestContext, cluster_view, topic_name};
use crate::broker::Broker;
use crate::config::setting::parse_boolean;

pub(super) async fn handle(
    broker: &Broker,
    context: &RequestContext,
    request: &MetadataRequest,
) -> MetadataResponse {
    let image = broker.metadata.image();
    let asked = match &request.topics {
        // The first version had no null, and asked for all by naming none.
        Some(topics) if context.api_version > 0 || !topics.is_empty() => Some(topics),
        _ => None,
    };
    if let Some(topics) = asked
        && !can_be_answered(context.api_version, topics)
    {
        return refuse_all(context.api_version, topics);
    }
    // First what takes time, so that no part of the answer waits for it.
    if request.allow_auto_topic_creation && creates_topics(broker) {
        let missing = missing(&image, asked.map_or(&[][..], Vec::as_slice));
        if !missing.is_empty() {
            create_missing(broker, &image, &missing).await;
        }
    }
    let refused = broker.partitions.refused();
    let view = View::new(&image, refused, request.include_topic_authorized_operations);
    let topics = match asked {
        None => image.topics().map(|topic| view.topic(topic)).collect(),
        Some(asked) => view.answer(asked),
    };
    // Versions between these two carry the field, and only these.
    let with_operations =
        request.include_cluster_authorized_operations && (8..=10).contains(&context.api_version);
    let brokers = cluster_view::brokers(&image, &context.listener);
    MetadataResponse {
        brokers: brokers
            .into_iter()
            .filter(|broker| !broker.is_fenced)
            .map(|broker| MetadataResponseBroker {
                node_id: broker.node,
                host: broker.endpoint.host,
                port: broker.endpoint.port,
                rack: broker.endpoint.rack,
            })
            .collect(),
        cluster_id: cluster_view::cluster_id(&image),
        controller_id: cluster_view::controller(&image, broker.node),
        topics,
        cluster_authorized_operations: if with_operations {
            cluster_view::CLUSTER_OPERATIONS
        } else {
            i32::MIN
        },
        ..MetadataResponse::default()
    }
}

/// Ids came with version 10, and worked from version 12 on; a topic needs a name or an id.
fn can_be_answered(version: i16, topics: &[MetadataRequestTopic]) -> bool {
    topics.iter().all(|topic| match (&topic.name, topic.topic_id) {
        (None, Uuid::ZERO) => false,
        (_, Uuid::ZERO) => true,
        _ => version >= 12,
    })
}

/// Kafka's answer to a request that is broken in one topic.
fn refuse_all(version: i16, topics: &[MetadataRequestTopic]) -> MetadataResponse {
    let refused = topics.iter().map(|topic| MetadataResponseTopic {
        error_code: ErrorCode::INVALID_REQUEST.0,
        name: match &topic.name {
            None if version < 12 => Some(WireString::default()),
            name => name.clone(),
        },
        topic_id: topic.topic_id,
        ..MetadataResponseTopic::default()
    });
    MetadataResponse { topics: refused.collect(), ..MetadataResponse::default() }
}

/// The names that are asked for and could be made, each once.
fn missing<'a>(image: &MetadataImage, asked: &'a [MetadataRequestTopic]) -> Vec<&'a str> {
    let mut seen = HashSet::new();
    let named = asked.iter().filter(|topic| topic.topic_id == Uuid::ZERO);
    named
        .filter_map(|topic| topic.name.as_deref())
        .filter(|name| image.topic_by_name(name).is_none() && topic_name::check(name).is_ok())
        .filter(|name| seen.insert(*name))
        .collect()
}

/// Topics as one image has them, as this API answers them.
struct View<'a> {
    topics: TopicView<'a>,
    operations: i32,
}

impl<'a> View<'a> {
    fn new(image: &'a MetadataImage, refused: HashSet<StreamId>, with_operations: bool) -> Self {
        Self {
            topics: TopicView::new(image, refused),
            operations: if with_operations { cluster_view::TOPIC_OPERATIONS } else { i32::MIN },
        }
    }

    /// What is asked for, each once.
    fn answer(&self, asked: &[MetadataRequestTopic]) -> Vec<MetadataResponseTopic> {
        let (mut seen, mut topics) = (HashSet::new(), Vec::new());
        for topic in asked {
            let by_id = topic.topic_id != Uuid::ZERO;
            let name = topic.name.as_ref().filter(|_| !by_id);
            if !seen.insert((topic.topic_id, name)) {
                continue;
            }
            let found = match name {
                Some(name) => self.topics.image.topic_by_name(name),
                None => self.topics.image.topic(TopicId(topic.topic_id.0)),
            };
            topics.push(match (found, name) {
                (Some(found), _) => self.topic(found),
                (None, None) => unknown_id(topic.topic_id),
                (None, Some(name)) => self.missing(name),
            });
        }
        topics
    }

    fn topic(&self, topic: &Topic) -> MetadataResponseTopic {
        MetadataResponseTopic {
            error_code: ErrorCode::NONE.0,
            name: Some(WireString::copy_from(&topic.name)),
            topic_id: Uuid(topic.id.0),
            is_internal: topic_name::is_internal(&topic.name),
            partitions: self.topics.partitions(topic, 0).map(row).collect(),
            topic_authorized_operations: self.operations,
        }
    }

    fn missing(&self, name: &WireString) -> MetadataResponseTopic {
        let error = if topic_name::check(name).is_ok() {
            ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
        } else {
            ErrorCode::INVALID_TOPIC_EXCEPTION
        };
        MetadataResponseTopic {
            error_code: error.0,
            name: Some(name.clone()),
            is_internal: topic_name::is_internal(name),
            topic_authorized_operations: self.operations,
            ..MetadataResponseTopic::default()
        }
    }
}

fn row(partition: PartitionView) -> MetadataResponsePartition {
    let error = match partition.leader {
        Some(_) => ErrorCode::NONE,
        None => ErrorCode::LEADER_NOT_AVAILABLE,
    };
    MetadataResponsePartition {
        error_code: error.0,
        partition_index: partition.index,
        leader_id: partition.leader.unwrap_or(cluster_view::NO_NODE),
        leader_epoch: partition.leader_epoch,
        replica_nodes: partition.replicas,
        isr_nodes: partition.in_sync,
        offline_replicas: partition.offline,
    }
}

fn unknown_id(id: Uuid) -> MetadataResponseTopic {
    MetadataResponseTopic {
        error_code: ErrorCode::UNKNOWN_TOPIC_ID.0,
        name: None,
        topic_id: id,
        ..MetadataResponseTopic::default()
    }
}

fn creates_topics(broker: &Broker) -> bool {
    let setting = broker.given.effective("auto.create.topics.enable");
    setting.and_then(parse_boolean).unwrap_or(false)
}

/// Creates what can be created. Clients are told that the topics are unknown, as Kafka tells them,
/// and find them when they ask again.
async fn create_missing(broker: &Broker, image: &MetadataImage, missing: &[&str]) {
    let own = |name: &str| topic_name::is_internal(name) || topic_name::is_prohibited(name);
    let ordinary = missing.iter().filter(|name| !own(name));
    let wanted: Vec<Wanted<'_>> = ordinary.map(|name| Wanted::by_name(name)).collect();
    let plans = plan(image, Defaults::of(&broker.given), &wanted).unwrap_or_else(|refusal| {
        tracing::info!(%refusal, "no topic was created");
        Vec::new()
    });
    let offsets = async {
        if missing.contains(&topic_name::CONSUMER_OFFSETS)
            && let Err(refusal) = create_consumer_offsets(broker).await
        {
            tracing::info!(%refusal, "the offsets topic was not created");
        }
    };
    let creations = plans.into_iter().zip(&wanted).map(async |(plan, wanted)| {
        let created = match plan {
            Ok(creation) => create(broker, creation).await,
            Err(refusal) => Err(refusal),
        };
        match created {
            // Two clients asked at once.
            Err(refusal) if refusal.code == ErrorCode::TOPIC_ALREADY_EXISTS => {}
            Err(refusal) => {
                tracing::info!(topic = wanted.name, %refusal, "topic was not created");
            }
            Ok(_) => {}
        }
    });
    futures::join!(offsets, join_all(creations));
}
