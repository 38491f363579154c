//! Where a value comes from when several places may give it.
//!
//! ```text
//!   topic ► this broker, dynamic ► all brokers, dynamic ► file, environment, --set ► default
//! ```

use penstock_model::command::ConfigResource;
use penstock_model::id::{NodeId, TopicId};
use penstock_model::image::MetadataImage;

use super::given::Given;
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
}

impl Source {
    /// Its number in `DescribeConfigs`.
    #[must_use]
    pub fn config_source(self) -> i8 {
        match self {
            Self::Topic => 1,
            Self::DynamicBroker => 2,
            Self::DynamicDefaultBroker => 3,
            Self::StaticBroker => 4,
            Self::Default => 5,
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
        let synonyms = self.broker_synonyms(&[(setting.name, 1)]);
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
        let inherited = synonyms.first().map(|first| {
            let factor = keys.iter().find(|(name, _)| *name == first.name);
            (scaled(setting, &first.value, factor.map_or(1, |(_, factor)| *factor)), first.source)
        });
        let (mut value, mut source) = match inherited {
            Some((value, source)) => (Some(value), source),
            None => (setting.default.map(str::to_owned), Source::Default),
        };
        let given =
            topic.and_then(|id| self.image.config(&ConfigResource::Topic(id), setting.name));
        if let Some(given) = given {
            (value, source) = (Some(given.to_string()), Source::Topic);
            synonyms.insert(0, Synonym { name: setting.name, value: given.to_string(), source });
        }
        Resolved { value, source, synonyms }
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
                    Source::Topic => None,
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
