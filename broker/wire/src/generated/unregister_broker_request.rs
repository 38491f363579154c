// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 64; versions 0, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::unregister_broker_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::writer::Writer;

/// Request of API 64; versions 0, flexible from 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UnregisterBrokerRequest {
    /// Versions 0.
    pub broker_id: i32,
}

impl Message for UnregisterBrokerRequest {
    const NAME: &'static str = "UnregisterBrokerRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for UnregisterBrokerRequest {
    const API_KEY: ApiKey = ApiKey::UnregisterBroker;
    type Response = unregister_broker_response::UnregisterBrokerResponse;
}

impl Element for UnregisterBrokerRequest {
    const SIZE_MIN: usize = 5;

    fn read(reader: &mut Reader, _version: i16, _flexible: bool) -> Result<Self, DecodeError> {
        let broker_id = reader.i32()?;
        reader.skip_tags()?;
        Ok(Self { broker_id })
    }

    fn write(
        &self,
        writer: &mut Writer,
        _version: i16,
        _flexible: bool,
    ) -> Result<(), EncodeError> {
        writer.i32(self.broker_id);
        writer.no_tags();
        Ok(())
    }
}
