// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Response of API 18; versions 0-4, flexible from 3.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Response of API 18; versions 0-4, flexible from 3.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiVersionsResponse {
    /// Versions 0-4.
    pub error_code: i16,
    /// Versions 0-4.
    pub api_keys: Vec<ApiVersion>,
    /// Versions 1-4; ignorable.
    pub throttle_time_ms: i32,
    /// Versions 3-4; tag 0; ignorable.
    pub supported_features: Vec<SupportedFeatureKey>,
    /// Versions 3-4; tag 1; ignorable; default -1.
    pub finalized_features_epoch: i64,
    /// Versions 3-4; tag 2; ignorable.
    pub finalized_features: Vec<FinalizedFeatureKey>,
    /// Versions 3-4; tag 3; ignorable.
    pub zk_migration_ready: bool,
}

impl Default for ApiVersionsResponse {
    fn default() -> Self {
        Self {
            error_code: 0,
            api_keys: Vec::new(),
            throttle_time_ms: 0,
            supported_features: Vec::new(),
            finalized_features_epoch: -1,
            finalized_features: Vec::new(),
            zk_migration_ready: false,
        }
    }
}

impl Message for ApiVersionsResponse {
    const NAME: &'static str = "ApiVersionsResponse";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=4;
    const FLEXIBLE_FROM: i16 = 3;
}

impl Element for ApiVersionsResponse {
    const SIZE_MIN: usize = 6;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let error_code = reader.i16()?;
        let api_keys = reader.array(version, flexible)?;
        let throttle_time_ms = if version >= 1 { reader.i32()? } else { 0 };
        let mut supported_features = Vec::new();
        let mut finalized_features_epoch = -1;
        let mut finalized_features = Vec::new();
        let mut zk_migration_ready = false;
        if flexible {
            for _ in 0..reader.tag_count()? {
                let tag = reader.begin_tag()?;
                match tag.number {
                    0 => {
                        supported_features = reader.array(version, flexible)?;
                    }
                    1 => {
                        finalized_features_epoch = reader.i64()?;
                    }
                    2 => {
                        finalized_features = reader.array(version, flexible)?;
                    }
                    3 => {
                        zk_migration_ready = reader.bool()?;
                    }
                    _ => reader.skip_tag(),
                }
                reader.end_tag(tag)?;
            }
        }
        Ok(Self {
            error_code,
            api_keys,
            throttle_time_ms,
            supported_features,
            finalized_features_epoch,
            finalized_features,
            zk_migration_ready,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i16(self.error_code);
        writer.array(&self.api_keys, version, flexible)?;
        if version >= 1 {
            writer.i32(self.throttle_time_ms);
        }
        if flexible {
            let has_supported_features = !self.supported_features.is_empty();
            let has_finalized_features_epoch = self.finalized_features_epoch != -1;
            let has_finalized_features = !self.finalized_features.is_empty();
            let has_zk_migration_ready = self.zk_migration_ready;
            writer.tag_count(&[
                has_supported_features,
                has_finalized_features_epoch,
                has_finalized_features,
                has_zk_migration_ready,
            ]);
            if has_supported_features {
                let start = writer.begin_tag(0);
                writer.array(&self.supported_features, version, flexible)?;
                writer.end_tag(start)?;
            }
            if has_finalized_features_epoch {
                let start = writer.begin_tag(1);
                writer.i64(self.finalized_features_epoch);
                writer.end_tag(start)?;
            }
            if has_finalized_features {
                let start = writer.begin_tag(2);
                writer.array(&self.finalized_features, version, flexible)?;
                writer.end_tag(start)?;
            }
            if has_zk_migration_ready {
                let start = writer.begin_tag(3);
                writer.bool(self.zk_migration_ready);
                writer.end_tag(start)?;
            }
        }
        Ok(())
    }
}

/// Versions 0-4.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ApiVersion {
    /// Versions 0-4.
    pub api_key: i16,
    /// Versions 0-4.
    pub min_version: i16,
    /// Versions 0-4.
    pub max_version: i16,
}

impl Element for ApiVersion {
    const SIZE_MIN: usize = 6;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let api_key = reader.i16()?;
        let min_version = reader.i16()?;
        let max_version = reader.i16()?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { api_key, min_version, max_version })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i16(self.api_key);
        writer.i16(self.min_version);
        writer.i16(self.max_version);
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 3-4.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SupportedFeatureKey {
    /// Versions 3-4.
    pub name: WireString,
    /// Versions 3-4.
    pub min_version: i16,
    /// Versions 3-4.
    pub max_version: i16,
}

impl Element for SupportedFeatureKey {
    const SIZE_MIN: usize = 6;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let name = reader.string(flexible)?;
        let min_version = reader.i16()?;
        let max_version = reader.i16()?;
        reader.skip_tags()?;
        Ok(Self { name, min_version, max_version })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.name, flexible)?;
        writer.i16(self.min_version);
        writer.i16(self.max_version);
        writer.no_tags();
        Ok(())
    }
}

/// Versions 3-4.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FinalizedFeatureKey {
    /// Versions 3-4.
    pub name: WireString,
    /// Versions 3-4.
    pub max_version_level: i16,
    /// Versions 3-4.
    pub min_version_level: i16,
}

impl Element for FinalizedFeatureKey {
    const SIZE_MIN: usize = 6;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let name = reader.string(flexible)?;
        let max_version_level = reader.i16()?;
        let min_version_level = reader.i16()?;
        reader.skip_tags()?;
        Ok(Self { name, max_version_level, min_version_level })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.name, flexible)?;
        writer.i16(self.max_version_level);
        writer.i16(self.min_version_level);
        writer.no_tags();
        Ok(())
    }
}
