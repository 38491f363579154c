// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 49; versions 0-1, flexible from 1.

use crate::error::{DecodeError, EncodeError};
use crate::generated::alter_client_quotas_response;
use crate::generated::api_key::ApiKey;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Request of API 49; versions 0-1, flexible from 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlterClientQuotasRequest {
    /// Versions 0-1.
    pub entries: Vec<EntryData>,
    /// Versions 0-1.
    pub validate_only: bool,
}

impl Message for AlterClientQuotasRequest {
    const NAME: &'static str = "AlterClientQuotasRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=1;
    const FLEXIBLE_FROM: i16 = 1;
}

impl Request for AlterClientQuotasRequest {
    const API_KEY: ApiKey = ApiKey::AlterClientQuotas;
    type Response = alter_client_quotas_response::AlterClientQuotasResponse;
}

impl Element for AlterClientQuotasRequest {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let entries = reader.array(version, flexible)?;
        let validate_only = reader.bool()?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { entries, validate_only })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.array(&self.entries, version, flexible)?;
        writer.bool(self.validate_only);
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 0-1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EntryData {
    /// Versions 0-1.
    pub entity: Vec<EntityData>,
    /// Versions 0-1.
    pub ops: Vec<OpData>,
}

impl Element for EntryData {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let entity = reader.array(version, flexible)?;
        let ops = reader.array(version, flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { entity, ops })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.array(&self.entity, version, flexible)?;
        writer.array(&self.ops, version, flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 0-1.
#[derive(Clone, Debug, PartialEq)]
pub struct EntityData {
    /// Versions 0-1.
    pub entity_type: WireString,
    /// Versions 0-1; nullable 0-1.
    pub entity_name: Option<WireString>,
}

impl Default for EntityData {
    fn default() -> Self {
        Self { entity_type: WireString::default(), entity_name: Some(WireString::default()) }
    }
}

impl Element for EntityData {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let entity_type = reader.string(flexible)?;
        let entity_name = reader.nullable_string(flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { entity_type, entity_name })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.entity_type, flexible)?;
        writer.nullable_string(self.entity_name.as_ref(), flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 0-1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OpData {
    /// Versions 0-1.
    pub key: WireString,
    /// Versions 0-1.
    pub value: f64,
    /// Versions 0-1.
    pub remove: bool,
}

impl Element for OpData {
    const SIZE_MIN: usize = 11;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let key = reader.string(flexible)?;
        let value = reader.f64()?;
        let remove = reader.bool()?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { key, value, remove })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.key, flexible)?;
        writer.f64(self.value);
        writer.bool(self.remove);
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
