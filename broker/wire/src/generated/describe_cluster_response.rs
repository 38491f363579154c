// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Response of API 60; versions 0-2, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Response of API 60; versions 0-2, flexible from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeClusterResponse {
    /// Versions 0-2.
    pub throttle_time_ms: i32,
    /// Versions 0-2.
    pub error_code: i16,
    /// Versions 0-2; nullable 0-2; default null.
    pub error_message: Option<WireString>,
    /// Versions 1-2; default 1.
    pub endpoint_type: i8,
    /// Versions 0-2.
    pub cluster_id: WireString,
    /// Versions 0-2; default -1.
    pub controller_id: i32,
    /// Versions 0-2.
    pub brokers: Vec<DescribeClusterBroker>,
    /// Versions 0-2; default -2147483648.
    pub cluster_authorized_operations: i32,
}

impl Default for DescribeClusterResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: 0,
            error_message: None,
            endpoint_type: 1,
            cluster_id: WireString::default(),
            controller_id: -1,
            brokers: Vec::new(),
            cluster_authorized_operations: i32::MIN,
        }
    }
}

impl Message for DescribeClusterResponse {
    const NAME: &'static str = "DescribeClusterResponse";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=2;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Element for DescribeClusterResponse {
    const SIZE_MIN: usize = 18;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let throttle_time_ms = reader.i32()?;
        let error_code = reader.i16()?;
        let error_message = reader.nullable_string(flexible)?;
        let endpoint_type = if version >= 1 { reader.i8()? } else { 1 };
        let cluster_id = reader.string(flexible)?;
        let controller_id = reader.i32()?;
        let brokers = reader.array(version, flexible)?;
        let cluster_authorized_operations = reader.i32()?;
        reader.skip_tags()?;
        Ok(Self {
            throttle_time_ms,
            error_code,
            error_message,
            endpoint_type,
            cluster_id,
            controller_id,
            brokers,
            cluster_authorized_operations,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.throttle_time_ms);
        writer.i16(self.error_code);
        writer.nullable_string(self.error_message.as_ref(), flexible)?;
        if version >= 1 {
            writer.i8(self.endpoint_type);
        } else if self.endpoint_type != 1 {
            return Err(EncodeError::not_in_version(
                "DescribeClusterResponse.endpoint_type",
                version,
            ));
        }
        writer.string(&self.cluster_id, flexible)?;
        writer.i32(self.controller_id);
        writer.array(&self.brokers, version, flexible)?;
        writer.i32(self.cluster_authorized_operations);
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0-2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeClusterBroker {
    /// Versions 0-2.
    pub broker_id: i32,
    /// Versions 0-2.
    pub host: WireString,
    /// Versions 0-2.
    pub port: i32,
    /// Versions 0-2; nullable 0-2; default null.
    pub rack: Option<WireString>,
    /// Versions 2.
    pub is_fenced: bool,
}

impl Element for DescribeClusterBroker {
    const SIZE_MIN: usize = 11;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let broker_id = reader.i32()?;
        let host = reader.string(flexible)?;
        let port = reader.i32()?;
        let rack = reader.nullable_string(flexible)?;
        let is_fenced = if version >= 2 { reader.bool()? } else { false };
        reader.skip_tags()?;
        Ok(Self { broker_id, host, port, rack, is_fenced })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.broker_id);
        writer.string(&self.host, flexible)?;
        writer.i32(self.port);
        writer.nullable_string(self.rack.as_ref(), flexible)?;
        if version >= 2 {
            writer.bool(self.is_fenced);
        } else if self.is_fenced {
            return Err(EncodeError::not_in_version("DescribeClusterBroker.is_fenced", version));
        }
        writer.no_tags();
        Ok(())
    }
}
