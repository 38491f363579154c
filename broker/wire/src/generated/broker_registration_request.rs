// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 62; versions 0-4, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::broker_registration_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// Request of API 62; versions 0-4, flexible from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct BrokerRegistrationRequest {
    /// Versions 0-4.
    pub broker_id: i32,
    /// Versions 0-4.
    pub cluster_id: WireString,
    /// Versions 0-4.
    pub incarnation_id: Uuid,
    /// Versions 0-4.
    pub listeners: Vec<Listener>,
    /// Versions 0-4.
    pub features: Vec<Feature>,
    /// Versions 0-4; nullable 0-4.
    pub rack: Option<WireString>,
    /// Versions 1-4.
    pub is_migrating_zk_broker: bool,
    /// Versions 2-4; ignorable.
    pub log_dirs: Vec<Uuid>,
    /// Versions 3-4; ignorable; default -1.
    pub previous_broker_epoch: i64,
}

impl Default for BrokerRegistrationRequest {
    fn default() -> Self {
        Self {
            broker_id: 0,
            cluster_id: WireString::default(),
            incarnation_id: Uuid::ZERO,
            listeners: Vec::new(),
            features: Vec::new(),
            rack: Some(WireString::default()),
            is_migrating_zk_broker: false,
            log_dirs: Vec::new(),
            previous_broker_epoch: -1,
        }
    }
}

impl Message for BrokerRegistrationRequest {
    const NAME: &'static str = "BrokerRegistrationRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=4;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for BrokerRegistrationRequest {
    const API_KEY: ApiKey = ApiKey::BrokerRegistration;
    type Response = broker_registration_response::BrokerRegistrationResponse;
}

impl Element for BrokerRegistrationRequest {
    const SIZE_MIN: usize = 25;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let broker_id = reader.i32()?;
        let cluster_id = reader.string(flexible)?;
        let incarnation_id = reader.uuid()?;
        let listeners = reader.array(version, flexible)?;
        let features = reader.array(version, flexible)?;
        let rack = reader.nullable_string(flexible)?;
        let is_migrating_zk_broker = if version >= 1 { reader.bool()? } else { false };
        let log_dirs = if version >= 2 { reader.array(version, flexible)? } else { Vec::new() };
        let previous_broker_epoch = if version >= 3 { reader.i64()? } else { -1 };
        reader.skip_tags()?;
        Ok(Self {
            broker_id,
            cluster_id,
            incarnation_id,
            listeners,
            features,
            rack,
            is_migrating_zk_broker,
            log_dirs,
            previous_broker_epoch,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.broker_id);
        writer.string(&self.cluster_id, flexible)?;
        writer.uuid(self.incarnation_id);
        writer.array(&self.listeners, version, flexible)?;
        writer.array(&self.features, version, flexible)?;
        writer.nullable_string(self.rack.as_ref(), flexible)?;
        if version >= 1 {
            writer.bool(self.is_migrating_zk_broker);
        } else if self.is_migrating_zk_broker {
            return Err(EncodeError::not_in_version(
                "BrokerRegistrationRequest.is_migrating_zk_broker",
                version,
            ));
        }
        if version >= 2 {
            writer.array(&self.log_dirs, version, flexible)?;
        }
        if version >= 3 {
            writer.i64(self.previous_broker_epoch);
        }
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0-4.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listener {
    /// Versions 0-4.
    pub name: WireString,
    /// Versions 0-4.
    pub host: WireString,
    /// Versions 0-4.
    pub port: u16,
    /// Versions 0-4.
    pub security_protocol: i16,
}

impl Element for Listener {
    const SIZE_MIN: usize = 7;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let name = reader.string(flexible)?;
        let host = reader.string(flexible)?;
        let port = reader.u16()?;
        let security_protocol = reader.i16()?;
        reader.skip_tags()?;
        Ok(Self { name, host, port, security_protocol })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.name, flexible)?;
        writer.string(&self.host, flexible)?;
        writer.u16(self.port);
        writer.i16(self.security_protocol);
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0-4.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Feature {
    /// Versions 0-4.
    pub name: WireString,
    /// Versions 0-4.
    pub min_supported_version: i16,
    /// Versions 0-4.
    pub max_supported_version: i16,
}

impl Element for Feature {
    const SIZE_MIN: usize = 6;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let name = reader.string(flexible)?;
        let min_supported_version = reader.i16()?;
        let max_supported_version = reader.i16()?;
        reader.skip_tags()?;
        Ok(Self { name, min_supported_version, max_supported_version })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.name, flexible)?;
        writer.i16(self.min_supported_version);
        writer.i16(self.max_supported_version);
        writer.no_tags();
        Ok(())
    }
}
