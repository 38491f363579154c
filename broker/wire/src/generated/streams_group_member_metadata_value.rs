// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Value of coordinator record type 19; versions 0, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Value of coordinator record type 19; versions 0, flexible from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamsGroupMemberMetadataValue {
    /// Versions 0; nullable 0.
    pub instance_id: Option<WireString>,
    /// Versions 0; nullable 0.
    pub rack_id: Option<WireString>,
    /// Versions 0.
    pub client_id: WireString,
    /// Versions 0.
    pub client_host: WireString,
    /// Versions 0; default -1.
    pub rebalance_timeout_ms: i32,
    /// Versions 0.
    pub topology_epoch: i32,
    /// Versions 0.
    pub process_id: WireString,
    /// Versions 0; nullable 0; default null.
    pub user_endpoint: Option<Endpoint>,
    /// Versions 0.
    pub client_tags: Vec<KeyValue>,
}

impl Default for StreamsGroupMemberMetadataValue {
    fn default() -> Self {
        Self {
            instance_id: Some(WireString::default()),
            rack_id: Some(WireString::default()),
            client_id: WireString::default(),
            client_host: WireString::default(),
            rebalance_timeout_ms: -1,
            topology_epoch: 0,
            process_id: WireString::default(),
            user_endpoint: None,
            client_tags: Vec::new(),
        }
    }
}

impl Message for StreamsGroupMemberMetadataValue {
    const NAME: &'static str = "StreamsGroupMemberMetadataValue";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Element for StreamsGroupMemberMetadataValue {
    const SIZE_MIN: usize = 16;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let instance_id = reader.nullable_string(flexible)?;
        let rack_id = reader.nullable_string(flexible)?;
        let client_id = reader.string(flexible)?;
        let client_host = reader.string(flexible)?;
        let rebalance_timeout_ms = reader.i32()?;
        let topology_epoch = reader.i32()?;
        let process_id = reader.string(flexible)?;
        let user_endpoint = reader.nullable_structure(version, flexible)?;
        let client_tags = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self {
            instance_id,
            rack_id,
            client_id,
            client_host,
            rebalance_timeout_ms,
            topology_epoch,
            process_id,
            user_endpoint,
            client_tags,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.nullable_string(self.instance_id.as_ref(), flexible)?;
        writer.nullable_string(self.rack_id.as_ref(), flexible)?;
        writer.string(&self.client_id, flexible)?;
        writer.string(&self.client_host, flexible)?;
        writer.i32(self.rebalance_timeout_ms);
        writer.i32(self.topology_epoch);
        writer.string(&self.process_id, flexible)?;
        writer.nullable_structure(self.user_endpoint.as_ref(), version, flexible)?;
        writer.array(&self.client_tags, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Endpoint {
    /// Versions 0.
    pub host: WireString,
    /// Versions 0.
    pub port: u16,
}

impl Element for Endpoint {
    const SIZE_MIN: usize = 4;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let host = reader.string(flexible)?;
        let port = reader.u16()?;
        reader.skip_tags()?;
        Ok(Self { host, port })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.host, flexible)?;
        writer.u16(self.port);
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeyValue {
    /// Versions 0.
    pub key: WireString,
    /// Versions 0.
    pub value: WireString,
}

impl Element for KeyValue {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let key = reader.string(flexible)?;
        let value = reader.string(flexible)?;
        reader.skip_tags()?;
        Ok(Self { key, value })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.key, flexible)?;
        writer.string(&self.value, flexible)?;
        writer.no_tags();
        Ok(())
    }
}
