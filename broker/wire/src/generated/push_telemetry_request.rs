// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 72; versions 0, flexible from 0.

use bytes::Bytes;

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::push_telemetry_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// Request of API 72; versions 0, flexible from 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PushTelemetryRequest {
    /// Versions 0.
    pub client_instance_id: Uuid,
    /// Versions 0.
    pub subscription_id: i32,
    /// Versions 0.
    pub terminating: bool,
    /// Versions 0.
    pub compression_type: i8,
    /// Versions 0.
    pub metrics: Bytes,
}

impl Message for PushTelemetryRequest {
    const NAME: &'static str = "PushTelemetryRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for PushTelemetryRequest {
    const API_KEY: ApiKey = ApiKey::PushTelemetry;
    type Response = push_telemetry_response::PushTelemetryResponse;
}

impl Element for PushTelemetryRequest {
    const SIZE_MIN: usize = 24;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let client_instance_id = reader.uuid()?;
        let subscription_id = reader.i32()?;
        let terminating = reader.bool()?;
        let compression_type = reader.i8()?;
        let metrics = reader.bytes(flexible)?;
        reader.skip_tags()?;
        Ok(Self { client_instance_id, subscription_id, terminating, compression_type, metrics })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.uuid(self.client_instance_id);
        writer.i32(self.subscription_id);
        writer.bool(self.terminating);
        writer.i8(self.compression_type);
        writer.bytes(&self.metrics, flexible)?;
        writer.no_tags();
        Ok(())
    }
}
