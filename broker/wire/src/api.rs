//! What a schema says of an API: name, versions, and the header versions that follow from them.

use std::ops::RangeInclusive;

use thiserror::Error;

use crate::generated::api_key::ApiKey;

/// The schema's facts of one API. What a broker advertises is its own business.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ApiFacts {
    /// Kafka's name, such as `Fetch`.
    pub name: &'static str,
    /// Lowest version with a schema.
    pub version_min: i16,
    /// Highest version with a schema.
    pub version_max: i16,
    /// First flexible version; `i16::MAX` where there is none.
    pub flexible_from: i16,
    /// Kafka may still change `version_max`, and does not advertise it.
    pub latest_version_unstable: bool,
}

/// No live API has this key: the connection cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("no live Kafka API has key {0}")]
pub struct UnknownApiKey(pub i16);

impl ApiKey {
    /// Kafka's name, such as `Fetch`.
    pub const fn name(self) -> &'static str {
        self.facts().name
    }

    /// The versions that can be decoded and encoded.
    pub const fn versions(self) -> RangeInclusive<i16> {
        let facts = self.facts();
        facts.version_min..=facts.version_max
    }

    /// The versions that Kafka holds as final.
    pub const fn stable_versions(self) -> RangeInclusive<i16> {
        let facts = self.facts();
        let unstable = if facts.latest_version_unstable { 1 } else { 0 };
        facts.version_min..=facts.version_max - unstable
    }

    /// Whether `version` has compact lengths and tagged fields.
    pub const fn is_flexible(self, version: i16) -> bool {
        version >= self.facts().flexible_from
    }

    /// Version of the header before a request, also for versions that have no schema.
    pub const fn request_header_version(self, version: i16) -> i16 {
        if self.is_flexible(version) { 2 } else { 1 }
    }

    /// Version of the header before a response. ApiVersions always has 0: its reader does not yet
    /// know what the broker speaks.
    pub const fn response_header_version(self, version: i16) -> i16 {
        match self {
            Self::ApiVersions => 0,
            _ if self.is_flexible(version) => 1,
            _ => 0,
        }
    }
}
