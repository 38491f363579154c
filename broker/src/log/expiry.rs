//! How much a record may outstay its topic's retention, or wait for log compaction, because compaction
//! stored it with newer ones.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use penstock_model::client::MetadataClient;
use penstock_model::id::TopicId;
use penstock_s3stream::{Expiry, RangeLimits};

use super::milliseconds;
use crate::topic_settings::TopicSettingsCache;

/// The part of `retention.ms` and of `retention.bytes` that the records of one range may make up.
/// Kafka deletes whole segments, of `segment.ms` and `segment.bytes`: as long again as the records
/// are kept, by its defaults.
const PARTS: u32 = 4;

/// However soon records may be compacted, those of a minute share a range.
const AGE_SPAN_MIN: Duration = Duration::from_secs(60);

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
    fn limits(&self, topic: TopicId) -> RangeLimits {
        let settings = self.topic_settings.of(&self.metadata.image(), topic);
        // Log compaction goes by the ages of ranges, until it has looked at them.
        let ages = settings.config.compaction.map(|compaction| {
            let until_due = settings.config.segment_age.min(compaction.lag_max);
            let lag = Some(compaction.lag_min).filter(|lag| !lag.is_zero());
            (lag.unwrap_or(until_due).min(until_due) / PARTS).max(AGE_SPAN_MIN)
        });
        RangeLimits {
            span: settings.config.retention.map(|keep| milliseconds(keep / PARTS)),
            dirty_span: ages.map(milliseconds),
            bytes: settings.config.retention_bytes.map(|keep| keep / u64::from(PARTS)),
        }
    }
}

impl fmt::Debug for TopicExpiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TopicExpiry").finish_non_exhaustive()
    }
}
