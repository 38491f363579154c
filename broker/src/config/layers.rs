//! Where a value comes from when several places may give it.
//!
//! ```text
//!   topic ► this broker, dynamic ► all brokers, dynamic ► file, environment, --set ► default
//! ```

use penstock_model::command::ConfigResource;
use penstock_model::id::{NodeId, TopicId};
use penstock_model::image::MetadataImage;

use super::given::Given;
use super::group;
use super::setting::{Kind, Setting};
use super::table;
use super::topic;

/// Which place gave a value, as `DescribeConfigs` numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The topic's own settings.
    Topic,
    /// Changed at run time for this broker.
    DynamicBroker,
    /// Changed at run time for all brokers.
    DynamicDefaultBroker,
    /// The settings that the node was started with.
    StaticBroker,
    /// Nobody: the table's default.
    Default,
    /// The subscription's own settings.
    ClientMetrics,
    /// The group's own settings.
    Group,
}

impl Source {
    /// Whether it is the described resource itself, and not a broker.
    #[must_use]
    pub fn is_of_resource(self) -> bool {
        matches!(self, Self::Topic | Self::ClientMetrics | Self::Group)
    }

    /// Its number in `DescribeConfigs`.
    #[must_use]
    pub fn config_source(self) -> i8 {
        match self {
            Self::Topic => 1,
            Self::DynamicBroker => 2,
            Self::DynamicDefaultBroker => 3,
            Self::StaticBroker => 4,
            Self::Default => 5,
            Self::ClientMetrics => 7,
            Self::Group => 8,
        }
    }
}

/// One place that gives a value for a setting, under the name that it has there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Synonym {
    /// The key in that place.
    pub name: &'static str,
    /// The value, in that key's own unit; a secret is not hidden here.
    pub value: String,
    /// The place.
    pub source: Source,
}

/// A setting's value, and every place that gives one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// What holds, in the setting's own unit; `None` for null.
    pub value: Option<String>,
    /// Where that comes from.
    pub source: Source,
    /// All places that give a value, the one that holds first.
    pub synonyms: Vec<Synonym>,
}

impl Resolved {
    /// What holds where nobody says anything.
    fn default_of(setting: &'static Setting) -> Self {
        let (name, source) = (setting.name, Source::Default);
        let value = setting.default.map(str::to_owned);
        let synonym = value.clone().map(|value| Synonym { name, value, source });
        Self { value, source, synonyms: synonym.into_iter().collect() }
    }
}

/// The places, as one image has them.
#[derive(Clone, Copy, Debug)]
pub struct Layers<'a> {
    given: &'a Given,
    node: NodeId,
    image: &'a MetadataImage,
}

impl<'a> Layers<'a> {
    /// The places for `node`, which was started with `given`.
    #[must_use]
    pub fn new(given: &'a Given, node: NodeId, image: &'a MetadataImage) -> Self {
        Self { given, node, image }
    }

    /// A broker setting's value.
    #[must_use]
    pub fn broker(&self, setting: &'static Setting) -> Resolved {
        let alone = [(setting.name, 1)];
        let keys = topic::broker_synonyms(setting.name).unwrap_or(&alone);
        let mut synonyms = self.broker_synonyms(keys);
        told_from(setting.name, &mut synonyms);
        Resolved {
            value: synonyms.first().map(|first| first.value.clone()),
            source: synonyms.first().map_or(Source::Default, |first| first.source),
            synonyms,
        }
    }

    /// A topic setting's value for `topic`, or for a topic that says nothing.
    #[must_use]
    pub fn topic(&self, setting: &'static Setting, topic: Option<TopicId>) -> Resolved {
        let keys = topic::synonyms(setting.name);
        let mut synonyms = self.broker_synonyms(keys);
        let value = match synonyms.first() {
            Some(first) => {
                let factor = keys.iter().find(|(name, _)| *name == first.name);
                Some(scaled(setting, &first.value, factor.map_or(1, |(_, factor)| *factor)))
            }
            None => setting.default.map(str::to_owned),
        };
        if let Some((first, _)) = keys.first() {
            told_from(first, &mut synonyms);
        }
        let source = synonyms.first().map_or(Source::Default, |first| first.source);
        let inherited = Resolved { value, source, synonyms };
        match topic {
            Some(id) => self.own(setting, &ConfigResource::Topic(id), Source::Topic, inherited),
            None => inherited,
        }
    }

    /// A group setting's value for `group`.
    #[must_use]
    pub fn group(&self, setting: &'static Setting, group: &str) -> Resolved {
        let inherited = match group::broker_key(setting.name) {
            Some(key) => self.broker(key),
            None => Resolved::default_of(setting),
        };
        let resource = ConfigResource::Group(group.into());
        self.own(setting, &resource, Source::Group, inherited)
    }

    /// A setting's value for a subscription to client metrics.
    #[must_use]
    pub fn client_metrics(&self, setting: &'static Setting, subscription: &str) -> Resolved {
        let inherited = Resolved { synonyms: Vec::new(), ..Resolved::default_of(setting) };
        let resource = ConfigResource::ClientMetrics(subscription.into());
        self.own(setting, &resource, Source::ClientMetrics, inherited)
    }

    /// What a resource says itself, or else what it inherits.
    fn own(
        &self,
        setting: &'static Setting,
        resource: &ConfigResource,
        source: Source,
        inherited: Resolved,
    ) -> Resolved {
        let Some(given) = self.image.config(resource, setting.name) else { return inherited };
        let mut synonyms = inherited.synonyms;
        synonyms.insert(0, Synonym { name: setting.name, value: given.to_string(), source });
        Resolved { value: Some(given.to_string()), source, synonyms }
    }

    /// In Kafka's order: by place, and within a place by key.
    fn broker_synonyms(&self, keys: &[(&'static str, i64)]) -> Vec<Synonym> {
        let dynamic = |node: Option<NodeId>, name: &str| {
            self.image.config(&ConfigResource::Broker(node), name).map(ToString::to_string)
        };
        let mut synonyms = Vec::new();
        for source in [
            Source::DynamicBroker,
            Source::DynamicDefaultBroker,
            Source::StaticBroker,
            Source::Default,
        ] {
            for (name, _) in keys {
                let value = match source {
                    Source::Topic | Source::ClientMetrics | Source::Group => None,
                    Source::DynamicBroker => dynamic(Some(self.node), name),
                    Source::DynamicDefaultBroker => dynamic(None, name),
                    Source::StaticBroker => self.given.get(name).map(str::to_owned),
                    Source::Default => {
                        table::find(name).and_then(|setting| setting.default).map(str::to_owned)
                    }
                };
                synonyms.extend(value.map(|value| Synonym { name, value, source }));
            }
        }
        synonyms
    }
}

/// Keeps what Kafka tells of several keys for one thing, which is nothing before the one that is
/// asked for: where nobody gave that one, what another one gives is shown as if nobody had.
fn told_from(name: &str, synonyms: &mut Vec<Synonym>) {
    let told = synonyms.iter().position(|synonym| synonym.name == name);
    synonyms.drain(..told.unwrap_or(synonyms.len()));
}

/// Turns a value of a broker key into the topic setting's unit; below zero means "no limit" in
/// every unit.
fn scaled(setting: &Setting, value: &str, factor: i64) -> String {
    match (setting.kind, value.parse::<i64>()) {
        (Kind::Long, Ok(number)) if factor != 1 => {
            if number < 0 {
                "-1".to_owned()
            } else {
                number.saturating_mul(factor).to_string()
            }
        }
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use penstock_model::apply::apply;
    use penstock_model::command::{AlterConfigs, Command};
    use penstock_model::id::{ClusterId, LogIndex};

    use super::*;
    use crate::config::TopicConfig;

    /// An image with these dynamic settings of broker 1 and of all brokers.
    fn image(own: &[(&str, &str)], all: &[(&str, &str)]) -> MetadataImage {
        let mut image = MetadataImage::default();
        let mut commands = vec![Command::Format(ClusterId([1; 16]))];
        for (resource, settings) in [(Some(NodeId(1)), own), (None, all)] {
            let changes = settings.iter().map(|(k, v)| (Arc::from(*k), Some(Arc::from(*v))));
            commands.push(Command::AlterConfigs(AlterConfigs {
                resource: ConfigResource::Broker(resource),
                changes: changes.collect(),
                relies_on: None,
            }));
        }
        for (index, command) in (1..).zip(&commands) {
            let result = apply(&mut image, LogIndex(index), command);
            assert!(result.result.is_ok(), "{result:?}");
        }
        image
    }

    fn check(own: &[(&str, &str)], all: &[(&str, &str)], set: &[&str], expect: &str) {
        let set: Vec<String> = set.iter().map(|pair| (*pair).to_owned()).collect();
        let given = Given::load(None, [], &set).unwrap();
        let image = image(own, all);
        let layers = Layers::new(&given, NodeId(1), &image);
        let resolved = layers.topic(topic::find("retention.ms").unwrap(), None);
        let synonyms = resolved.synonyms.iter().map(|synonym| {
            let Synonym { name, value, source } = synonym;
            format!(" {name}={value}:{}", source.config_source())
        });
        let found = format!(
            "{}:{}{}",
            resolved.value.unwrap(),
            resolved.source.config_source(),
            synonyms.collect::<String>()
        );
        assert_eq!(found, expect);
    }

    /// As Apache Kafka 4.3.1 shows them.
    #[test]
    fn places_go_before_each_other_as_in_kafka() {
        check(&[], &[], &[], "604800000:5");
        check(&[], &[], &["log.retention.minutes=2", "log.retention.hours=1"], "120000:5");
        check(
            &[("log.retention.ms", "7")],
            &[("log.retention.ms", "8")],
            &["log.retention.hours=-1"],
            "7:2 log.retention.ms=7:2 log.retention.ms=8:3 log.retention.hours=-1:4 \
             log.retention.hours=168:5",
        );
        check(
            &[],
            &[],
            &["log.retention.ms=7", "log.retention.minutes=1"],
            "7:4 log.retention.ms=7:4 log.retention.minutes=1:4 log.retention.hours=168:5",
        );
        check(&[], &[], &["log.retention.hours=-5"], "-1:5");
    }

    #[test]
    fn what_comes_before_the_first_key_is_not_told() {
        let (given, image) = (Given::load(None, [], &[]).unwrap(), MetadataImage::default());
        let layers = Layers::new(&given, NodeId(1), &image);
        for (name, value) in [("segment.ms", "604800000"), ("segment.jitter.ms", "0")] {
            let resolved = layers.topic(topic::find(name).unwrap(), None);
            assert_eq!((resolved.value.as_deref(), resolved.synonyms.len()), (Some(value), 0));
        }
    }

    #[test]
    fn the_log_gets_typed_values() {
        let given = Given::load(None, [], &["log.retention.hours=1".to_owned()]).unwrap();
        let image = image(&[], &[("message.max.bytes", "77"), ("log.cleanup.policy", "compact")]);
        let config = TopicConfig::resolve(&Layers::new(&given, NodeId(1), &image), None);
        assert_eq!(config.rules.max_message_bytes, 77);
        assert!(config.rules.compacted);
        assert_eq!(config.retention, None, "compact alone deletes nothing by time");
        let empty = MetadataImage::default();
        let config = TopicConfig::resolve(&Layers::new(&given, NodeId(1), &empty), None);
        assert_eq!(config.retention.map(|retention| retention.as_secs()), Some(3600));
        assert_eq!(config.retention_bytes, None);
    }
}
