// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Response of API 10; versions 0-6, flexible from 3.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Response of API 10; versions 0-6, flexible from 3.
#[derive(Clone, Debug, PartialEq)]
pub struct FindCoordinatorResponse {
    /// Versions 1-6; ignorable.
    pub throttle_time_ms: i32,
    /// Versions 0-3.
    pub error_code: i16,
    /// Versions 1-3; nullable 1-3; ignorable.
    pub error_message: Option<WireString>,
    /// Versions 0-3.
    pub node_id: i32,
    /// Versions 0-3.
    pub host: WireString,
    /// Versions 0-3.
    pub port: i32,
    /// Versions 4-6.
    pub coordinators: Vec<Coordinator>,
}

impl Default for FindCoordinatorResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: 0,
            error_message: Some(WireString::default()),
            node_id: 0,
            host: WireString::default(),
            port: 0,
            coordinators: Vec::new(),
        }
    }
}

impl Message for FindCoordinatorResponse {
    const NAME: &'static str = "FindCoordinatorResponse";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=6;
    const FLEXIBLE_FROM: i16 = 3;
}

impl Element for FindCoordinatorResponse {
    const SIZE_MIN: usize = 6;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let throttle_time_ms = if version >= 1 { reader.i32()? } else { 0 };
        let error_code = if version <= 3 { reader.i16()? } else { 0 };
        let error_message = if (1..=3).contains(&version) {
            reader.nullable_string(flexible)?
        } else {
            Some(WireString::default())
        };
        let node_id = if version <= 3 { reader.i32()? } else { 0 };
        let host = if version <= 3 { reader.string(flexible)? } else { WireString::default() };
        let port = if version <= 3 { reader.i32()? } else { 0 };
        let coordinators = if version >= 4 { reader.array(version, flexible)? } else { Vec::new() };
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { throttle_time_ms, error_code, error_message, node_id, host, port, coordinators })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        if version >= 1 {
            writer.i32(self.throttle_time_ms);
        }
        if version <= 3 {
            writer.i16(self.error_code);
        } else if self.error_code != 0 {
            return Err(EncodeError::not_in_version("FindCoordinatorResponse.error_code", version));
        }
        if (1..=3).contains(&version) {
            writer.nullable_string(self.error_message.as_ref(), flexible)?;
        }
        if version <= 3 {
            writer.i32(self.node_id);
        } else if self.node_id != 0 {
            return Err(EncodeError::not_in_version("FindCoordinatorResponse.node_id", version));
        }
        if version <= 3 {
            writer.string(&self.host, flexible)?;
        } else if !self.host.is_empty() {
            return Err(EncodeError::not_in_version("FindCoordinatorResponse.host", version));
        }
        if version <= 3 {
            writer.i32(self.port);
        } else if self.port != 0 {
            return Err(EncodeError::not_in_version("FindCoordinatorResponse.port", version));
        }
        if version >= 4 {
            writer.array(&self.coordinators, version, flexible)?;
        } else if !self.coordinators.is_empty() {
            return Err(EncodeError::not_in_version(
                "FindCoordinatorResponse.coordinators",
                version,
            ));
        }
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 4-6.
#[derive(Clone, Debug, PartialEq)]
pub struct Coordinator {
    /// Versions 4-6.
    pub key: WireString,
    /// Versions 4-6.
    pub node_id: i32,
    /// Versions 4-6.
    pub host: WireString,
    /// Versions 4-6.
    pub port: i32,
    /// Versions 4-6.
    pub error_code: i16,
    /// Versions 4-6; nullable 4-6; ignorable.
    pub error_message: Option<WireString>,
}

impl Default for Coordinator {
    fn default() -> Self {
        Self {
            key: WireString::default(),
            node_id: 0,
            host: WireString::default(),
            port: 0,
            error_code: 0,
            error_message: Some(WireString::default()),
        }
    }
}

impl Element for Coordinator {
    const SIZE_MIN: usize = 14;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let key = reader.string(flexible)?;
        let node_id = reader.i32()?;
        let host = reader.string(flexible)?;
        let port = reader.i32()?;
        let error_code = reader.i16()?;
        let error_message = reader.nullable_string(flexible)?;
        reader.skip_tags()?;
        Ok(Self { key, node_id, host, port, error_code, error_message })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.key, flexible)?;
        writer.i32(self.node_id);
        writer.string(&self.host, flexible)?;
        writer.i32(self.port);
        writer.i16(self.error_code);
        writer.nullable_string(self.error_message.as_ref(), flexible)?;
        writer.no_tags();
        Ok(())
    }
}
