//! The features that this release can finalize (KIP-584): what `ApiVersions` offers, what
//! `UpdateFeatures` may raise, and what a new cluster begins with.
//!
//! Which of them are finalized, and at which level, is metadata.

use std::ops::RangeInclusive;
use std::sync::Arc;

use penstock_model::command::UpdateFeatures;

/// Kafka's name for the level of its metadata; tools take the broker's release from it.
pub(crate) const METADATA_VERSION: &str = "metadata.version";

/// One feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Feature {
    pub(crate) name: &'static str,
    /// The levels that this release can work at.
    pub(crate) levels: RangeInclusive<u16>,
}

/// Every feature. The levels of the metadata are those of Apache Kafka 3.3 to 4.3.
pub(crate) const SUPPORTED: &[Feature] = &[Feature { name: METADATA_VERSION, levels: 7..=30 }];

/// The feature of that name.
pub(crate) fn find(name: &str) -> Option<&'static Feature> {
    SUPPORTED.iter().find(|feature| feature.name == name)
}

/// What a cluster begins with that has finalized nothing: the newest of each.
pub(crate) fn initial() -> UpdateFeatures {
    let newest = |feature: &Feature| (Arc::from(feature.name), *feature.levels.end());
    UpdateFeatures { epoch: 0, levels: SUPPORTED.iter().map(newest).collect() }
}
