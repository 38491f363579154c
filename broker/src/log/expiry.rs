//! How much a record may outstay its topic's retention because compaction stored it with newer ones.

use std::fmt;
use std::sync::Arc;

use penstock_model::client::MetadataClient;
use penstock_model::id::TopicId;
use penstock_s3stream::Expiry;

use crate::topic_settings::TopicSettingsCache;

/// The part of `retention.ms` that the records of one range may span. Kafka deletes whole segments,
/// which span `segment.ms`: as long again as the records are kept, by its defaults.
const PARTS: u32 = 4;

/// What compaction has to know of topics' settings.
pub struct TopicExpiry {
    metadata: Arc<dyn MetadataClient>,
    topic_settings: Arc<TopicSettingsCache>,
}

impl TopicExpiry {
    /// By the newest settings.
    #[must_use]
    pub fn new(metadata: Arc<dyn MetadataClient>, topic_settings: Arc<TopicSettingsCache>) -> Self {
        Self { metadata, topic_settings }
    }
}

impl Expiry for TopicExpiry {
    fn span_max(&self, topic: TopicId) -> Option<u64> {
        let settings = self.topic_settings.of(&self.metadata.image(), topic);
        let retention = settings.config.retention? / PARTS;
        Some(u64::try_from(retention.as_millis()).unwrap_or(u64::MAX))
    }
}

impl fmt::Debug for TopicExpiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TopicExpiry").finish_non_exhaustive()
    }
}
