//! What holds for each topic, worked out once for as long as no setting changes.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use penstock_model::id::{NodeId, TopicId};
use penstock_model::image::MetadataImage;

use crate::config::{Given, Layers, TopicConfig};
use crate::metrics::{Metrics, TopicCounters};

/// What holds for one topic.
#[derive(Debug)]
pub struct TopicSettings {
    /// Its settings.
    pub config: TopicConfig,
    /// Its counters.
    pub counters: TopicCounters,
}

/// See the module.
pub struct TopicSettingsCache {
    given: Arc<Given>,
    node: NodeId,
    metrics: Arc<Metrics>,
    /// Guards the cache alone; a topic is worked out under it, in a few microseconds.
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    by: MetadataImage,
    topics: HashMap<TopicId, Arc<TopicSettings>>,
}

impl TopicSettingsCache {
    /// For the topics of a node that was started with `given`.
    #[must_use]
    pub fn new(given: Arc<Given>, node: NodeId, metrics: Arc<Metrics>) -> Self {
        Self { given, node, metrics, known: Mutex::default() }
    }

    /// What holds for a topic by `image`.
    #[must_use]
    pub fn of(&self, image: &MetadataImage, topic: TopicId) -> Arc<TopicSettings> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.by.same_configs(image) {
            // Requests under way may still hold the image before; the newer one stays.
            if image.index() < known.by.index() {
                return Arc::new(self.work_out(image, topic));
            }
            known.by = image.clone();
            known.topics.clear();
        }
        let entry = known.topics.entry(topic);
        Arc::clone(entry.or_insert_with(|| Arc::new(self.work_out(image, topic))))
    }

    /// Forgets topics that are no more.
    pub fn forget_deleted(&self, image: &MetadataImage) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.topics.retain(|topic, _| image.topic(*topic).is_some());
    }

    fn work_out(&self, image: &MetadataImage, topic: TopicId) -> TopicSettings {
        let layers = Layers::new(&self.given, self.node, image);
        let name = image.topic(topic).map(|topic| Arc::clone(&topic.name)).unwrap_or_default();
        TopicSettings {
            config: TopicConfig::resolve(&layers, Some(topic)),
            counters: self.metrics.topic(&name),
        }
    }
}

impl fmt::Debug for TopicSettingsCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TopicSettingsCache").field("node", &self.node).finish_non_exhaustive()
    }
}
