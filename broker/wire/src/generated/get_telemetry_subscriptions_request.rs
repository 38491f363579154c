// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 71; versions 0, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::get_telemetry_subscriptions_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// Request of API 71; versions 0, flexible from 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GetTelemetrySubscriptionsRequest {
    /// Versions 0.
    pub client_instance_id: Uuid,
}

impl Message for GetTelemetrySubscriptionsRequest {
    const NAME: &'static str = "GetTelemetrySubscriptionsRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for GetTelemetrySubscriptionsRequest {
    const API_KEY: ApiKey = ApiKey::GetTelemetrySubscriptions;
    type Response = get_telemetry_subscriptions_response::GetTelemetrySubscriptionsResponse;
}

impl Element for GetTelemetrySubscriptionsRequest {
    const SIZE_MIN: usize = 17;

    fn read(reader: &mut Reader, _version: i16, _flexible: bool) -> Result<Self, DecodeError> {
        let client_instance_id = reader.uuid()?;
        reader.skip_tags()?;
        Ok(Self { client_instance_id })
    }

    fn write(
        &self,
        writer: &mut Writer,
        _version: i16,
        _flexible: bool,
    ) -> Result<(), EncodeError> {
        writer.uuid(self.client_instance_id);
        writer.no_tags();
        Ok(())
    }
}
