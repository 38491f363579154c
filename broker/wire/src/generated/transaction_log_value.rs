// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Value of coordinator record type 0; versions 0-1, flexible from 1.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Value of coordinator record type 0; versions 0-1, flexible from 1.
#[derive(Clone, Debug, PartialEq)]
pub struct TransactionLogValue {
    /// Versions 0-1.
    pub producer_id: i64,
    /// Versions 1; tag 0; default -1.
    pub previous_producer_id: i64,
    /// Versions 1; tag 1; default -1.
    pub next_producer_id: i64,
    /// Versions 0-1.
    pub producer_epoch: i16,
    /// Versions 1; tag 3; default -1.
    pub next_producer_epoch: i16,
    /// Versions 0-1.
    pub transaction_timeout_ms: i32,
    /// Versions 0-1.
    pub transaction_status: i8,
    /// Versions 0-1; nullable 0-1.
    pub transaction_partitions: Option<Vec<PartitionsSchema>>,
    /// Versions 0-1.
    pub transaction_last_update_timestamp_ms: i64,
    /// Versions 0-1.
    pub transaction_start_timestamp_ms: i64,
    /// Versions 1; tag 2.
    pub client_transaction_version: i16,
}

impl Default for TransactionLogValue {
    fn default() -> Self {
        Self {
            producer_id: 0,
            previous_producer_id: -1,
            next_producer_id: -1,
            producer_epoch: 0,
            next_producer_epoch: -1,
            transaction_timeout_ms: 0,
            transaction_status: 0,
            transaction_partitions: Some(Vec::new()),
            transaction_last_update_timestamp_ms: 0,
            transaction_start_timestamp_ms: 0,
            client_transaction_version: 0,
        }
    }
}

impl Message for TransactionLogValue {
    const NAME: &'static str = "TransactionLogValue";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=1;
    const FLEXIBLE_FROM: i16 = 1;
}

impl Element for TransactionLogValue {
    const SIZE_MIN: usize = 33;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let producer_id = reader.i64()?;
        let producer_epoch = reader.i16()?;
        let transaction_timeout_ms = reader.i32()?;
        let transaction_status = reader.i8()?;
        let transaction_partitions = reader.nullable_array(version, flexible)?;
        let transaction_last_update_timestamp_ms = reader.i64()?;
        let transaction_start_timestamp_ms = reader.i64()?;
        let mut previous_producer_id = -1;
        let mut next_producer_id = -1;
        let mut next_producer_epoch = -1;
        let mut client_transaction_version = 0;
        if flexible {
            for _ in 0..reader.tag_count()? {
                let tag = reader.begin_tag()?;
                match tag.number {
                    0 => {
                        previous_producer_id = reader.i64()?;
                    }
                    1 => {
                        next_producer_id = reader.i64()?;
                    }
                    3 => {
                        next_producer_epoch = reader.i16()?;
                    }
                    2 => {
                        client_transaction_version = reader.i16()?;
                    }
                    _ => reader.skip_tag(),
                }
                reader.end_tag(tag)?;
            }
        }
        Ok(Self {
            producer_id,
            previous_producer_id,
            next_producer_id,
            producer_epoch,
            next_producer_epoch,
            transaction_timeout_ms,
            transaction_status,
            transaction_partitions,
            transaction_last_update_timestamp_ms,
            transaction_start_timestamp_ms,
            client_transaction_version,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i64(self.producer_id);
        writer.i16(self.producer_epoch);
        writer.i32(self.transaction_timeout_ms);
        writer.i8(self.transaction_status);
        writer.nullable_array(self.transaction_partitions.as_deref(), version, flexible)?;
        writer.i64(self.transaction_last_update_timestamp_ms);
        writer.i64(self.transaction_start_timestamp_ms);
        if version < 1 && self.previous_producer_id != -1 {
            return Err(EncodeError::not_in_version(
                "TransactionLogValue.previous_producer_id",
                version,
            ));
        }
        if version < 1 && self.next_producer_id != -1 {
            return Err(EncodeError::not_in_version(
                "TransactionLogValue.next_producer_id",
                version,
            ));
        }
        if version < 1 && self.next_producer_epoch != -1 {
            return Err(EncodeError::not_in_version(
                "TransactionLogValue.next_producer_epoch",
                version,
            ));
        }
        if version < 1 && self.client_transaction_version != 0 {
            return Err(EncodeError::not_in_version(
                "TransactionLogValue.client_transaction_version",
                version,
            ));
        }
        if flexible {
            let has_previous_producer_id = self.previous_producer_id != -1;
            let has_next_producer_id = self.next_producer_id != -1;
            let has_client_transaction_version = self.client_transaction_version != 0;
            let has_next_producer_epoch = self.next_producer_epoch != -1;
            writer.tag_count(&[
                has_previous_producer_id,
                has_next_producer_id,
                has_client_transaction_version,
                has_next_producer_epoch,
            ]);
            if has_previous_producer_id {
                let start = writer.begin_tag(0);
                writer.i64(self.previous_producer_id);
                writer.end_tag(start)?;
            }
            if has_next_producer_id {
                let start = writer.begin_tag(1);
                writer.i64(self.next_producer_id);
                writer.end_tag(start)?;
            }
            if has_client_transaction_version {
                let start = writer.begin_tag(2);
                writer.i16(self.client_transaction_version);
                writer.end_tag(start)?;
            }
            if has_next_producer_epoch {
                let start = writer.begin_tag(3);
                writer.i16(self.next_producer_epoch);
                writer.end_tag(start)?;
            }
        }
        Ok(())
    }
}

/// Versions 0-1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartitionsSchema {
    /// Versions 0-1.
    pub topic: WireString,
    /// Versions 0-1.
    pub partition_ids: Vec<i32>,
}

impl Element for PartitionsSchema {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let topic = reader.string(flexible)?;
        let partition_ids = reader.array(version, flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { topic, partition_ids })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.topic, flexible)?;
        writer.array(&self.partition_ids, version, flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
