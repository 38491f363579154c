// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 22; versions 0-6, flexible from 2.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::init_producer_id_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Request of API 22; versions 0-6, flexible from 2.
#[derive(Clone, Debug, PartialEq)]
pub struct InitProducerIdRequest {
    /// Versions 0-6; nullable 0-6.
    pub transactional_id: Option<WireString>,
    /// Versions 0-6.
    pub transaction_timeout_ms: i32,
    /// Versions 3-6; default -1.
    pub producer_id: i64,
    /// Versions 3-6; default -1.
    pub producer_epoch: i16,
    /// Versions 6.
    pub enable2_pc: bool,
    /// Versions 6.
    pub keep_prepared_txn: bool,
}

impl Default for InitProducerIdRequest {
    fn default() -> Self {
        Self {
            transactional_id: Some(WireString::default()),
            transaction_timeout_ms: 0,
            producer_id: -1,
            producer_epoch: -1,
            enable2_pc: false,
            keep_prepared_txn: false,
        }
    }
}

impl Message for InitProducerIdRequest {
    const NAME: &'static str = "InitProducerIdRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=6;
    const FLEXIBLE_FROM: i16 = 2;
}

impl Request for InitProducerIdRequest {
    const API_KEY: ApiKey = ApiKey::InitProducerId;
    type Response = init_producer_id_response::InitProducerIdResponse;
}

impl Element for InitProducerIdRequest {
    const SIZE_MIN: usize = 6;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let transactional_id = reader.nullable_string(flexible)?;
        let transaction_timeout_ms = reader.i32()?;
        let producer_id = if version >= 3 { reader.i64()? } else { -1 };
        let producer_epoch = if version >= 3 { reader.i16()? } else { -1 };
        let enable2_pc = if version >= 6 { reader.bool()? } else { false };
        let keep_prepared_txn = if version >= 6 { reader.bool()? } else { false };
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self {
            transactional_id,
            transaction_timeout_ms,
            producer_id,
            producer_epoch,
            enable2_pc,
            keep_prepared_txn,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.nullable_string(self.transactional_id.as_ref(), flexible)?;
        writer.i32(self.transaction_timeout_ms);
        if version >= 3 {
            writer.i64(self.producer_id);
        } else if self.producer_id != -1 {
            return Err(EncodeError::not_in_version("InitProducerIdRequest.producer_id", version));
        }
        if version >= 3 {
            writer.i16(self.producer_epoch);
        } else if self.producer_epoch != -1 {
            return Err(EncodeError::not_in_version(
                "InitProducerIdRequest.producer_epoch",
                version,
            ));
        }
        if version >= 6 {
            writer.bool(self.enable2_pc);
        } else if self.enable2_pc {
            return Err(EncodeError::not_in_version("InitProducerIdRequest.enable2_pc", version));
        }
        if version >= 6 {
            writer.bool(self.keep_prepared_txn);
        } else if self.keep_prepared_txn {
            return Err(EncodeError::not_in_version(
                "InitProducerIdRequest.keep_prepared_txn",
                version,
            ));
        }
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
