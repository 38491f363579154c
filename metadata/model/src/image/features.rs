//! Which features of the protocol the cluster has settled on, for clients that ask (KIP-584).

use std::sync::Arc;

use imbl::OrdMap;

use super::MetadataImage;

/// The finalized features of a cluster. Clients keep those of the greatest epoch that they saw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Features {
    pub(crate) epoch: u64,
    pub(crate) levels: OrdMap<Arc<str>, u16>,
}

impl Features {
    /// How often they have changed: 0 before any was finalized.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The level of one feature; 0 while it is not finalized.
    #[must_use]
    pub fn level(&self, name: &str) -> u16 {
        self.levels.get(name).copied().unwrap_or(0)
    }

    /// Every finalized feature with its level, by name.
    pub fn levels(&self) -> impl Iterator<Item = (&Arc<str>, u16)> {
        self.levels.iter().map(|(name, level)| (name, *level))
    }
}

impl MetadataImage {
    /// The finalized features.
    #[must_use]
    pub fn features(&self) -> &Features {
        &self.features
    }
}
