//! Changes the settings of one resource: what both APIs that alter settings have in common.

use std::collections::HashMap;
use std::sync::Arc;

use penstock_model::client::MetadataClient;
use penstock_model::command::{AlterConfigs, Command, ConfigResource, Refused};
use penstock_model::image::MetadataImage;
use penstock_wire::WireString;

use super::config_alteration::{Line, Operation, Owner, Settings, changes, operations};
use super::config_resource::{ResourceType, invalid, is_this_broker};
use super::describe_configs::ROOT_LOGGER;
use super::error_code::ErrorCode;
use super::refusal::Refusal;
use super::topic_name;
use crate::broker::Broker;
use crate::config::given::LOG_VARIABLE;
use crate::config::{Layers, group};

/// Each try that fails is a change that somebody else has made.
const TRIES_MAX: usize = 100;

/// What becomes of settings that the request does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// They stay.
    Incremental,
    /// They go.
    Replace,
}

/// A request's part for one resource.
pub(super) struct Change<'a> {
    pub(super) resource_type: i8,
    pub(super) name: &'a str,
    pub(super) lines: Vec<Line<'a>>,
}

/// What became of a change, as both APIs answer it.
pub(super) struct Answer {
    pub(super) error_code: i16,
    pub(super) error_message: Option<WireString>,
}

/// Makes all changes of a request, each alone, and answers for each.
pub(super) async fn make(
    broker: &Broker,
    mode: Mode,
    validate_only: bool,
    changes: &[Change<'_>],
) -> Vec<Answer> {
    let key = |change: &Change<'_>| (change.resource_type, change.name.to_owned());
    let mut times = HashMap::new();
    for change in changes {
        *times.entry(key(change)).or_insert(0) += 1;
    }
    let mut answers = Vec::with_capacity(changes.len());
    for change in changes {
        let outcome = if times[&key(change)] > 1 {
            Err(invalid("Each resource must appear at most once."))
        } else {
            make_one(broker, mode, validate_only, change).await
        };
        let refusal = outcome.err();
        answers.push(Answer {
            error_code: refusal.as_ref().map_or(ErrorCode::NONE, |refusal| refusal.code).0,
            error_message: refusal.and_then(|refusal| refusal.wire_message()),
        });
    }
    answers
}

async fn make_one(
    broker: &Broker,
    mode: Mode,
    validate_only: bool,
    change: &Change<'_>,
) -> Result<(), Refusal> {
    let operations = operations(&change.lines)?;
    let resource_type = ResourceType::of_wire(change.resource_type)?;
    let metadata = broker.metadata.as_ref();
    match resource_type {
        ResourceType::Topic => {
            let plan = |image: &MetadataImage| of_topic(image, mode, change.name, &operations);
            alter(metadata, validate_only, resource_type, change.name, plan).await
        }
        ResourceType::Broker => {
            let node = if change.name.is_empty() {
                None
            } else {
                let this = is_this_broker(change.name, broker.node);
                if !this.map_err(|_| not_a_number(change.name))? {
                    return Err(invalid(format!(
                        "Unexpected broker id, expected {}, but received {}",
                        broker.node, change.name
                    )));
                }
                Some(broker.node)
            };
            let resource = ConfigResource::Broker(node);
            let plan = |image: &MetadataImage| {
                plan(image, mode, Owner::Broker, resource.clone(), &operations)
            };
            alter(metadata, validate_only, resource_type, change.name, plan).await
        }
        ResourceType::BrokerLogger if mode == Mode::Replace => {
            Err(ResourceType::unknown(change.resource_type))
        }
        ResourceType::BrokerLogger => of_logger(broker, change.name, &operations),
        ResourceType::Group => {
            if change.name.is_empty() {
                return Err(invalid("Default group resources are not allowed."));
            }
            let plan =
                |image: &MetadataImage| of_group(broker, image, mode, change.name, &operations);
            alter(metadata, validate_only, resource_type, change.name, plan).await
        }
        ResourceType::ClientMetrics => {
            if change.name.is_empty() {
                return Err(invalid("Subscription name can't be empty"));
            }
            let plan = |image: &MetadataImage| {
                let resource = ConfigResource::ClientMetrics(change.name.into());
                plan(image, mode, Owner::ClientMetrics, resource, &operations)
            };
            alter(metadata, validate_only, resource_type, change.name, plan).await
        }
    }
}

/// Plans and submits, and plans again when the settings that the plan relies on were changed
/// meanwhile: somebody else's alteration has succeeded then.
async fn alter(
    metadata: &dyn MetadataClient,
    validate_only: bool,
    kind: ResourceType,
    name: &str,
    plan: impl Fn(&MetadataImage) -> Result<AlterConfigs, Refusal>,
) -> Result<(), Refusal> {
    for _ in 0..TRIES_MAX {
        let command = plan(&metadata.image())?;
        if validate_only || command.changes.is_empty() {
            return Ok(());
        }
        let keys: Vec<Arc<str>> = command.changes.iter().map(|(key, _)| Arc::clone(key)).collect();
        match metadata.submit(Command::AlterConfigs(command)).await?.result {
            Ok(_) => {
                // Values may be secrets.
                tracing::info!(?kind, name, ?keys, "settings changed");
                return Ok(());
            }
            Err(Refused::SettingsChanged) => {}
            Err(Refused::UnknownTopic(_)) => return Err(unknown_topic(name)),
            Err(refused) => return Err(refused.into()),
        }
    }
    let message = "The settings change faster than they can be looked at. Ask again.";
    Err(Refusal::new(ErrorCode::REQUEST_TIMED_OUT, message))
}

fn of_topic(
    image: &MetadataImage,
    mode: Mode,
    name: &str,
    operations: &[(String, Operation)],
) -> Result<AlterConfigs, Refusal> {
    // Kafka's controller reads the operations before it looks at what they are about.
    Owner::Topic.check_lists(operations)?;
    if name.is_empty() {
        return Err(invalid("Default topic resources are not allowed."));
    }
    topic_name::check(name)
        .map_err(|error| Refusal::new(ErrorCode::INVALID_TOPIC_EXCEPTION, error.to_string()))?;
    match image.topic_by_name(name) {
        Some(topic) => plan(image, mode, Owner::Topic, ConfigResource::Topic(topic.id), operations),
        None => {
            // Settings that no topic can have are told of first.
            Owner::Topic.alter(&Settings::new(), operations)?;
            Err(unknown_topic(name))
        }
    }
}

fn of_group(
    broker: &Broker,
    image: &MetadataImage,
    mode: Mode,
    name: &str,
    operations: &[(String, Operation)],
) -> Result<AlterConfigs, Refusal> {
    let resource = ConfigResource::Group(name.into());
    let mut next: Settings = match mode {
        Mode::Incremental => present(image, &resource),
        Mode::Replace => Settings::new(),
    };
    next = Owner::Group.alter(&next, operations)?;
    let layers = Layers::new(&broker.given, broker.node, image);
    group::check(&next, |key| layers.broker(key).value)
        .map_err(|error| Refusal::new(ErrorCode::INVALID_CONFIG, error.message))?;
    plan(image, mode, Owner::Group, resource, operations)
}

fn present(image: &MetadataImage, resource: &ConfigResource) -> Settings {
    image.configs(resource).map(|(key, value)| (key.to_string(), value.to_string())).collect()
}

fn unknown_topic(name: &str) -> Refusal {
    let message = format!("The topic '{name}' does not exist.");
    Refusal::new(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, message)
}

fn plan(
    image: &MetadataImage,
    mode: Mode,
    owner: Owner,
    resource: ConfigResource,
    operations: &[(String, Operation)],
) -> Result<AlterConfigs, Refusal> {
    let present = present(image, &resource);
    let next = match mode {
        Mode::Incremental => owner.alter(&present, operations)?,
        Mode::Replace => owner.alter(&Settings::new(), operations)?,
    };
    let changes = changes(&present, &next)
        .map(|(key, value)| (Arc::from(key), value.map(Arc::from)))
        .collect();
    // What a topic's or group's settings may be depends on all of them; others stand for themselves.
    let reads =
        |operation: &Operation| matches!(operation, Operation::Append(_) | Operation::Subtract(_));
    let relies = matches!(owner, Owner::Topic | Owner::Group)
        || mode == Mode::Replace
        || operations.iter().any(|(_, operation)| reads(operation));
    let pair =
        |(key, value): (&String, &String)| (Arc::from(key.as_str()), Arc::from(value.as_str()));
    let relies_on = relies.then(|| present.iter().map(pair).collect());
    Ok(AlterConfigs { resource, changes, relies_on })
}

/// There is one logger, and its level is not ours to change.
fn of_logger(
    broker: &Broker,
    name: &str,
    operations: &[(String, Operation)],
) -> Result<(), Refusal> {
    let node = broker.node;
    if !is_this_broker(name, node).map_err(|_| not_a_number(name))? {
        let message = format!("Unexpected node id. Expected {node}, but received {name}");
        return Err(invalid(message));
    }
    if let Some((key, _)) = operations.iter().find(|(key, _)| key != ROOT_LOGGER) {
        let message = format!("Logger {key} does not exist!");
        return Err(Refusal::new(ErrorCode::INVALID_CONFIG, message));
    }
    if operations.is_empty() {
        return Ok(());
    }
    Err(invalid(format!("The level of logs is set at the start, by {LOG_VARIABLE}.")))
}

fn not_a_number(name: &str) -> Refusal {
    invalid(format!("Node id must be an integer, but it is: {name}"))
}

#[cfg(test)]
mod tests;
