//! `DescribeConfigs` (32): settings with their types, values and where these come from.

use std::collections::HashSet;

use penstock_model::command::ConfigResource;
use penstock_model::image::MetadataImage;
use penstock_wire::WireString;
use penstock_wire::describe_configs_request::{DescribeConfigsRequest, DescribeConfigsResource};
use penstock_wire::describe_configs_response::{
    DescribeConfigsResourceResult, DescribeConfigsResponse, DescribeConfigsResult,
    DescribeConfigsSynonym,
};
use tracing::level_filters::LevelFilter;

use super::config_resource::{ResourceType, invalid, is_this_broker};
use super::error_code::ErrorCode;
use super::refusal::Refusal;
use super::topic_name;
use crate::broker::Broker;
use crate::config::setting::{Kind, Setting};
use crate::config::{Layers, Resolved, Source, Synonym, client_metrics, group, table, topic};

/// The only logger there is.
pub(super) const ROOT_LOGGER: &str = "root";

/// The source of a logger's level, among the numbers of [`Source::config_source`].
const LOGGER_SOURCE: i8 = 6;

/// The type of a key that no table knows, among the numbers of [`Kind::config_type`].
const UNKNOWN_TYPE: i8 = 0;

pub(super) fn handle(broker: &Broker, request: &DescribeConfigsRequest) -> DescribeConfigsResponse {
    let image = broker.metadata.image();
    let describer = Describer {
        broker,
        image: &image,
        layers: Layers::new(&broker.given, broker.node, &image),
        with_synonyms: request.include_synonyms,
        with_documentation: request.include_documentation,
    };
    let mut left = broker.answers.total();
    let mut seen = HashSet::new();
    // A resource that is named again, which no client does, is answered once.
    let first =
        |at: &&DescribeConfigsResource| seen.insert((at.resource_type, at.resource_name.clone()));
    let results = request.resources.iter().filter(first).map(|resource| {
        let described = if left > 0 { describer.describe(resource) } else { Err(too_many()) };
        let (error, message, mut configs) = match described {
            Ok(configs) => (ErrorCode::NONE, None, configs),
            Err(refusal) => (refusal.code, refusal.message, Vec::new()),
        };
        // No key asked for means every key.
        let keys = resource.configuration_keys.as_ref().filter(|keys| !keys.is_empty());
        if let Some(keys) = keys {
            let keys: HashSet<&WireString> = keys.iter().collect();
            configs.retain(|config| keys.contains(&config.name));
            configs.shrink_to_fit();
        }
        left = left.saturating_sub(configs.iter().map(bytes_of).sum());
        DescribeConfigsResult {
            error_code: error.0,
            // Never null in Kafka's answers.
            error_message: Some(message.unwrap_or_default().into()),
            resource_type: resource.resource_type,
            resource_name: resource.resource_name.clone(),
            configs,
        }
    });
    DescribeConfigsResponse { throttle_time_ms: 0, results: results.collect() }
}

/// A hundred settings of each of ten thousand topics are more than an answer may take.
fn too_many() -> Refusal {
    let message = "There is no memory for so many descriptions in one answer. Ask for fewer \
                   resources in one request.";
    Refusal::new(ErrorCode::INVALID_REQUEST, message)
}

/// What an entry takes; names and documentation are there anyway, and take their length as written.
fn bytes_of(entry: &DescribeConfigsResourceResult) -> usize {
    let text = |text: &Option<WireString>| text.as_ref().map_or(0, |text| text.len());
    let synonym = |synonym: &DescribeConfigsSynonym| {
        size_of::<DescribeConfigsSynonym>() + synonym.name.len() + text(&synonym.value)
    };
    size_of::<DescribeConfigsResourceResult>()
        + entry.name.len()
        + text(&entry.value)
        + text(&entry.documentation)
        + entry.synonyms.iter().map(synonym).sum::<usize>()
}

/// Describes resources by one image.
struct Describer<'a> {
    broker: &'a Broker,
    image: &'a MetadataImage,
    layers: Layers<'a>,
    with_synonyms: bool,
    with_documentation: bool,
}

type Entries = Vec<DescribeConfigsResourceResult>;

impl Describer<'_> {
    fn describe(&self, resource: &DescribeConfigsResource) -> Result<Entries, Refusal> {
        let name = resource.resource_name.as_str();
        let resource_type = ResourceType::of_wire(resource.resource_type)?;
        match (resource_type, name) {
            (ResourceType::Topic, _) => self.topic(name),
            (ResourceType::Broker, "") => Ok(self.cluster_defaults()),
            (ResourceType::Broker, _) => self.this_broker(name),
            (ResourceType::BrokerLogger, "") => Err(invalid("Broker id must not be empty")),
            (ResourceType::BrokerLogger, _) => self.loggers(name),
            (ResourceType::ClientMetrics, "") => {
                Err(invalid("Client metrics subscription name must not be empty"))
            }
            (ResourceType::Group, "") => Err(invalid("Group name must not be empty")),
            (ResourceType::ClientMetrics, _) => Ok(client_metrics::SETTINGS
                .iter()
                .map(|setting| {
                    self.in_force(setting, false, self.layers.client_metrics(setting, name))
                })
                .collect()),
            (ResourceType::Group, _) => Ok(group::SETTINGS
                .iter()
                .map(|setting| self.in_force(setting, false, self.layers.group(setting, name)))
                .collect()),
        }
    }

    fn topic(&self, name: &str) -> Result<Entries, Refusal> {
        topic_name::check(name)
            .map_err(|error| Refusal::new(ErrorCode::INVALID_TOPIC_EXCEPTION, error.to_string()))?;
        let topic = self.image.topic_by_name(name).ok_or(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)?;
        let resolve = |setting| self.layers.topic(setting, Some(topic.id));
        Ok(topic::SETTINGS
            .iter()
            .map(|setting| self.in_force(setting, false, resolve(setting)))
            .collect())
    }

    /// What is changed for all brokers, and nothing else.
    fn cluster_defaults(&self) -> Entries {
        let source = Source::DynamicDefaultBroker;
        let given = self.image.configs(&ConfigResource::Broker(None));
        given
            .map(|(name, value)| match table::find(name) {
                Some(setting) => {
                    let value = value.to_string();
                    let synonym = Synonym { name: setting.name, value: value.clone(), source };
                    let synonyms = vec![synonym];
                    let resolved = Resolved { value: Some(value), source, synonyms };
                    self.entry(setting, !setting.dynamic, resolved)
                }
                None => self.unknown(name, source),
            })
            .collect()
    }

    fn this_broker(&self, name: &str) -> Result<Entries, Refusal> {
        let node = self.broker.node;
        if !is_this_broker(name, node).map_err(|_| not_a_number(name))? {
            return Err(invalid(format!(
                "Unexpected broker id, expected {node} or empty string, but received {name}"
            )));
        }
        let mut entries: Entries = table::all()
            .map(|setting| self.in_force(setting, !setting.dynamic, self.layers.broker(setting)))
            .collect();
        let mut seen = HashSet::new();
        for (resource, source) in [
            (ConfigResource::Broker(Some(node)), Source::DynamicBroker),
            (ConfigResource::Broker(None), Source::DynamicDefaultBroker),
        ] {
            let given = self.image.configs(&resource).map(|(name, _)| name);
            for name in given.filter(|name| table::find(name).is_none()) {
                if seen.insert(name) {
                    entries.push(self.unknown(name, source));
                }
            }
        }
        Ok(entries)
    }

    fn loggers(&self, name: &str) -> Result<Entries, Refusal> {
        let node = self.broker.node;
        if !is_this_broker(name, node).map_err(|_| not_a_number(name))? {
            let message = format!("Unexpected broker id, expected {node} but received {name}");
            return Err(invalid(message));
        }
        Ok(vec![DescribeConfigsResourceResult {
            name: ROOT_LOGGER.into(),
            value: Some(LevelFilter::current().to_string().to_uppercase().into()),
            config_source: LOGGER_SOURCE,
            ..DescribeConfigsResourceResult::default()
        }])
    }

    /// A value in its type's form; where it comes from a broker, its source has it as it was given.
    fn in_force(
        &self,
        setting: &Setting,
        read_only: bool,
        mut resolved: Resolved,
    ) -> DescribeConfigsResourceResult {
        let own = resolved.synonyms.iter_mut().filter(|synonym| synonym.source.is_of_resource());
        for value in own.map(|synonym| &mut synonym.value).chain(&mut resolved.value) {
            *value = setting.canonical(value);
        }
        self.entry(setting, read_only, resolved)
    }

    fn entry(
        &self,
        setting: &Setting,
        read_only: bool,
        resolved: Resolved,
    ) -> DescribeConfigsResourceResult {
        let is_sensitive = setting.kind == Kind::Password;
        let shown = |value: String| (!is_sensitive).then(|| WireString::from(value));
        let mut synonyms = Vec::new();
        if self.with_synonyms {
            synonyms.extend(resolved.synonyms.into_iter().map(|synonym| DescribeConfigsSynonym {
                name: synonym.name.into(),
                value: shown(synonym.value),
                source: synonym.source.config_source(),
            }));
        }
        DescribeConfigsResourceResult {
            name: setting.name.into(),
            value: resolved.value.and_then(shown),
            read_only,
            config_source: resolved.source.config_source(),
            is_sensitive,
            synonyms,
            config_type: setting.kind.config_type(),
            documentation: self.with_documentation.then(|| setting.doc.into()),
        }
    }

    /// A key that was set at run time and that nobody knows may be a secret.
    fn unknown(&self, name: &str, source: Source) -> DescribeConfigsResourceResult {
        let (name, source) = (WireString::copy_from(name), source.config_source());
        let mut synonyms = Vec::new();
        if self.with_synonyms {
            synonyms.push(DescribeConfigsSynonym { name: name.clone(), value: None, source });
        }
        DescribeConfigsResourceResult {
            name,
            value: None,
            read_only: true,
            config_source: source,
            is_sensitive: true,
            synonyms,
            config_type: UNKNOWN_TYPE,
            documentation: None,
        }
    }
}

fn not_a_number(name: &str) -> Refusal {
    invalid(format!("Broker id must be an integer, but it is: {name}"))
}
