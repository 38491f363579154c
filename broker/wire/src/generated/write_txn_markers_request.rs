// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 27; versions 1-2, flexible from 1.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::write_txn_markers_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Request of API 27; versions 1-2, flexible from 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WriteTxnMarkersRequest {
    /// Versions 1-2.
    pub markers: Vec<WritableTxnMarker>,
}

impl Message for WriteTxnMarkersRequest {
    const NAME: &'static str = "WriteTxnMarkersRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 1..=2;
    const FLEXIBLE_FROM: i16 = 1;
}

impl Request for WriteTxnMarkersRequest {
    const API_KEY: ApiKey = ApiKey::WriteTxnMarkers;
    type Response = write_txn_markers_response::WriteTxnMarkersResponse;
}

impl Element for WriteTxnMarkersRequest {
    const SIZE_MIN: usize = 2;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let markers = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { markers })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.array(&self.markers, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 1-2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WritableTxnMarker {
    /// Versions 1-2.
    pub producer_id: i64,
    /// Versions 1-2.
    pub producer_epoch: i16,
    /// Versions 1-2.
    pub transaction_result: bool,
    /// Versions 1-2.
    pub topics: Vec<WritableTxnMarkerTopic>,
    /// Versions 1-2.
    pub coordinator_epoch: i32,
    /// Versions 2; ignorable.
    pub transaction_version: i8,
}

impl Element for WritableTxnMarker {
    const SIZE_MIN: usize = 17;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let producer_id = reader.i64()?;
        let producer_epoch = reader.i16()?;
        let transaction_result = reader.bool()?;
        let topics = reader.array(version, flexible)?;
        let coordinator_epoch = reader.i32()?;
        let transaction_version = if version >= 2 { reader.i8()? } else { 0 };
        reader.skip_tags()?;
        Ok(Self {
            producer_id,
            producer_epoch,
            transaction_result,
            topics,
            coordinator_epoch,
            transaction_version,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i64(self.producer_id);
        writer.i16(self.producer_epoch);
        writer.bool(self.transaction_result);
        writer.array(&self.topics, version, flexible)?;
        writer.i32(self.coordinator_epoch);
        if version >= 2 {
            writer.i8(self.transaction_version);
        }
        writer.no_tags();
        Ok(())
    }
}

/// Versions 1-2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WritableTxnMarkerTopic {
    /// Versions 1-2.
    pub name: WireString,
    /// Versions 1-2.
    pub partition_indexes: Vec<i32>,
}

impl Element for WritableTxnMarkerTopic {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let name = reader.string(flexible)?;
        let partition_indexes = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { name, partition_indexes })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.name, flexible)?;
        writer.array(&self.partition_indexes, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}
