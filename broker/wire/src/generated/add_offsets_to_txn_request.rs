// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 25; versions 0-4, flexible from 3.

use crate::error::{DecodeError, EncodeError};
use crate::generated::add_offsets_to_txn_response;
use crate::generated::api_key::ApiKey;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Request of API 25; versions 0-4, flexible from 3.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AddOffsetsToTxnRequest {
    /// Versions 0-4.
    pub transactional_id: WireString,
    /// Versions 0-4.
    pub producer_id: i64,
    /// Versions 0-4.
    pub producer_epoch: i16,
    /// Versions 0-4.
    pub group_id: WireString,
}

impl Message for AddOffsetsToTxnRequest {
    const NAME: &'static str = "AddOffsetsToTxnRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=4;
    const FLEXIBLE_FROM: i16 = 3;
}

impl Request for AddOffsetsToTxnRequest {
    const API_KEY: ApiKey = ApiKey::AddOffsetsToTxn;
    type Response = add_offsets_to_txn_response::AddOffsetsToTxnResponse;
}

impl Element for AddOffsetsToTxnRequest {
    const SIZE_MIN: usize = 13;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let transactional_id = reader.string(flexible)?;
        let producer_id = reader.i64()?;
        let producer_epoch = reader.i16()?;
        let group_id = reader.string(flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { transactional_id, producer_id, producer_epoch, group_id })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.transactional_id, flexible)?;
        writer.i64(self.producer_id);
        writer.i16(self.producer_epoch);
        writer.string(&self.group_id, flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
