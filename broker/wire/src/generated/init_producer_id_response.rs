// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Response of API 22; versions 0-6, flexible from 2.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::writer::Writer;

/// Response of API 22; versions 0-6, flexible from 2.
#[derive(Clone, Debug, PartialEq)]
pub struct InitProducerIdResponse {
    /// Versions 0-6; ignorable.
    pub throttle_time_ms: i32,
    /// Versions 0-6.
    pub error_code: i16,
    /// Versions 0-6; default -1.
    pub producer_id: i64,
    /// Versions 0-6.
    pub producer_epoch: i16,
    /// Versions 6; default -1.
    pub ongoing_txn_producer_id: i64,
    /// Versions 6; default -1.
    pub ongoing_txn_producer_epoch: i16,
}

impl Default for InitProducerIdResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: 0,
            producer_id: -1,
            producer_epoch: 0,
            ongoing_txn_producer_id: -1,
            ongoing_txn_producer_epoch: -1,
        }
    }
}

impl Message for InitProducerIdResponse {
    const NAME: &'static str = "InitProducerIdResponse";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=6;
    const FLEXIBLE_FROM: i16 = 2;
}

impl Element for InitProducerIdResponse {
    const SIZE_MIN: usize = 16;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let throttle_time_ms = reader.i32()?;
        let error_code = reader.i16()?;
        let producer_id = reader.i64()?;
        let producer_epoch = reader.i16()?;
        let ongoing_txn_producer_id = if version >= 6 { reader.i64()? } else { -1 };
        let ongoing_txn_producer_epoch = if version >= 6 { reader.i16()? } else { -1 };
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self {
            throttle_time_ms,
            error_code,
            producer_id,
            producer_epoch,
            ongoing_txn_producer_id,
            ongoing_txn_producer_epoch,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.throttle_time_ms);
        writer.i16(self.error_code);
        writer.i64(self.producer_id);
        writer.i16(self.producer_epoch);
        if version >= 6 {
            writer.i64(self.ongoing_txn_producer_id);
        } else if self.ongoing_txn_producer_id != -1 {
            return Err(EncodeError::not_in_version(
                "InitProducerIdResponse.ongoing_txn_producer_id",
                version,
            ));
        }
        if version >= 6 {
            writer.i16(self.ongoing_txn_producer_epoch);
        } else if self.ongoing_txn_producer_epoch != -1 {
            return Err(EncodeError::not_in_version(
                "InitProducerIdResponse.ongoing_txn_producer_epoch",
                version,
            ));
        }
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
