// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 24; versions 0-5, flexible from 3.

use crate::error::{DecodeError, EncodeError};
use crate::generated::add_partitions_to_txn_response;
use crate::generated::api_key::ApiKey;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Request of API 24; versions 0-5, flexible from 3.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AddPartitionsToTxnRequest {
    /// Versions 4-5.
    pub transactions: Vec<AddPartitionsToTxnTransaction>,
    /// Versions 0-3.
    pub v3_and_below_transactional_id: WireString,
    /// Versions 0-3.
    pub v3_and_below_producer_id: i64,
    /// Versions 0-3.
    pub v3_and_below_producer_epoch: i16,
    /// Versions 0-3.
    pub v3_and_below_topics: Vec<AddPartitionsToTxnTopic>,
}

impl Message for AddPartitionsToTxnRequest {
    const NAME: &'static str = "AddPartitionsToTxnRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=5;
    const FLEXIBLE_FROM: i16 = 3;
}

impl Request for AddPartitionsToTxnRequest {
    const API_KEY: ApiKey = ApiKey::AddPartitionsToTxn;
    type Response = add_partitions_to_txn_response::AddPartitionsToTxnResponse;
}

impl Element for AddPartitionsToTxnRequest {
    const SIZE_MIN: usize = 2;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let transactions = if version >= 4 { reader.array(version, flexible)? } else { Vec::new() };
        let v3_and_below_transactional_id =
            if version <= 3 { reader.string(flexible)? } else { WireString::default() };
        let v3_and_below_producer_id = if version <= 3 { reader.i64()? } else { 0 };
        let v3_and_below_producer_epoch = if version <= 3 { reader.i16()? } else { 0 };
        let v3_and_below_topics =
            if version <= 3 { reader.array(version, flexible)? } else { Vec::new() };
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self {
            transactions,
            v3_and_below_transactional_id,
            v3_and_below_producer_id,
            v3_and_below_producer_epoch,
            v3_and_below_topics,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        if version >= 4 {
            writer.array(&self.transactions, version, flexible)?;
        } else if !self.transactions.is_empty() {
            return Err(EncodeError::not_in_version(
                "AddPartitionsToTxnRequest.transactions",
                version,
            ));
        }
        if version <= 3 {
            writer.string(&self.v3_and_below_transactional_id, flexible)?;
        } else if !self.v3_and_below_transactional_id.is_empty() {
            return Err(EncodeError::not_in_version(
                "AddPartitionsToTxnRequest.v3_and_below_transactional_id",
                version,
            ));
        }
        if version <= 3 {
            writer.i64(self.v3_and_below_producer_id);
        } else if self.v3_and_below_producer_id != 0 {
            return Err(EncodeError::not_in_version(
                "AddPartitionsToTxnRequest.v3_and_below_producer_id",
                version,
            ));
        }
        if version <= 3 {
            writer.i16(self.v3_and_below_producer_epoch);
        } else if self.v3_and_below_producer_epoch != 0 {
            return Err(EncodeError::not_in_version(
                "AddPartitionsToTxnRequest.v3_and_below_producer_epoch",
                version,
            ));
        }
        if version <= 3 {
            writer.array(&self.v3_and_below_topics, version, flexible)?;
        } else if !self.v3_and_below_topics.is_empty() {
            return Err(EncodeError::not_in_version(
                "AddPartitionsToTxnRequest.v3_and_below_topics",
                version,
            ));
        }
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 4-5.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AddPartitionsToTxnTransaction {
    /// Versions 4-5.
    pub transactional_id: WireString,
    /// Versions 4-5.
    pub producer_id: i64,
    /// Versions 4-5.
    pub producer_epoch: i16,
    /// Versions 4-5.
    pub verify_only: bool,
    /// Versions 4-5.
    pub topics: Vec<AddPartitionsToTxnTopic>,
}

impl Element for AddPartitionsToTxnTransaction {
    const SIZE_MIN: usize = 14;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let transactional_id = reader.string(flexible)?;
        let producer_id = reader.i64()?;
        let producer_epoch = reader.i16()?;
        let verify_only = reader.bool()?;
        let topics = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { transactional_id, producer_id, producer_epoch, verify_only, topics })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.transactional_id, flexible)?;
        writer.i64(self.producer_id);
        writer.i16(self.producer_epoch);
        writer.bool(self.verify_only);
        writer.array(&self.topics, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0-5.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AddPartitionsToTxnTopic {
    /// Versions 0-5.
    pub name: WireString,
    /// Versions 0-5.
    pub partitions: Vec<i32>,
}

impl Element for AddPartitionsToTxnTopic {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let name = reader.string(flexible)?;
        let partitions = reader.array(version, flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { name, partitions })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.name, flexible)?;
        writer.array(&self.partitions, version, flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
