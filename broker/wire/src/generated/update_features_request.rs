// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 57; versions 0-2, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::update_features_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Request of API 57; versions 0-2, flexible from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct UpdateFeaturesRequest {
    /// Versions 0-2; default 60000.
    pub timeout_ms: i32,
    /// Versions 0-2.
    pub feature_updates: Vec<FeatureUpdateKey>,
    /// Versions 1-2.
    pub validate_only: bool,
}

impl Default for UpdateFeaturesRequest {
    fn default() -> Self {
        Self { timeout_ms: 60000, feature_updates: Vec::new(), validate_only: false }
    }
}

impl Message for UpdateFeaturesRequest {
    const NAME: &'static str = "UpdateFeaturesRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=2;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for UpdateFeaturesRequest {
    const API_KEY: ApiKey = ApiKey::UpdateFeatures;
    type Response = update_features_response::UpdateFeaturesResponse;
}

impl Element for UpdateFeaturesRequest {
    const SIZE_MIN: usize = 6;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let timeout_ms = reader.i32()?;
        let feature_updates = reader.array(version, flexible)?;
        let validate_only = if version >= 1 { reader.bool()? } else { false };
        reader.skip_tags()?;
        Ok(Self { timeout_ms, feature_updates, validate_only })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.timeout_ms);
        writer.array(&self.feature_updates, version, flexible)?;
        if version >= 1 {
            writer.bool(self.validate_only);
        } else if self.validate_only {
            return Err(EncodeError::not_in_version(
                "UpdateFeaturesRequest.validate_only",
                version,
            ));
        }
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0-2.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureUpdateKey {
    /// Versions 0-2.
    pub feature: WireString,
    /// Versions 0-2.
    pub max_version_level: i16,
    /// Versions 0.
    pub allow_downgrade: bool,
    /// Versions 1-2; default 1.
    pub upgrade_type: i8,
}

impl Default for FeatureUpdateKey {
    fn default() -> Self {
        Self {
            feature: WireString::default(),
            max_version_level: 0,
            allow_downgrade: false,
            upgrade_type: 1,
        }
    }
}

impl Element for FeatureUpdateKey {
    const SIZE_MIN: usize = 5;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let feature = reader.string(flexible)?;
        let max_version_level = reader.i16()?;
        let allow_downgrade = if version <= 0 { reader.bool()? } else { false };
        let upgrade_type = if version >= 1 { reader.i8()? } else { 1 };
        reader.skip_tags()?;
        Ok(Self { feature, max_version_level, allow_downgrade, upgrade_type })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.feature, flexible)?;
        writer.i16(self.max_version_level);
        if version <= 0 {
            writer.bool(self.allow_downgrade);
        } else if self.allow_downgrade {
            return Err(EncodeError::not_in_version("FeatureUpdateKey.allow_downgrade", version));
        }
        if version >= 1 {
            writer.i8(self.upgrade_type);
        } else if self.upgrade_type != 1 {
            return Err(EncodeError::not_in_version("FeatureUpdateKey.upgrade_type", version));
        }
        writer.no_tags();
        Ok(())
    }
}
