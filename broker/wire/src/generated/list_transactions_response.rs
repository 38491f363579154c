// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Response of API 66; versions 0-2, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Response of API 66; versions 0-2, flexible from 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListTransactionsResponse {
    /// Versions 0-2.
    pub throttle_time_ms: i32,
    /// Versions 0-2.
    pub error_code: i16,
    /// Versions 0-2.
    pub unknown_state_filters: Vec<WireString>,
    /// Versions 0-2.
    pub transaction_states: Vec<TransactionState>,
}

impl Message for ListTransactionsResponse {
    const NAME: &'static str = "ListTransactionsResponse";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=2;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Element for ListTransactionsResponse {
    const SIZE_MIN: usize = 9;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let throttle_time_ms = reader.i32()?;
        let error_code = reader.i16()?;
        let unknown_state_filters = reader.array(version, flexible)?;
        let transaction_states = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { throttle_time_ms, error_code, unknown_state_filters, transaction_states })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.throttle_time_ms);
        writer.i16(self.error_code);
        writer.array(&self.unknown_state_filters, version, flexible)?;
        writer.array(&self.transaction_states, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0-2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TransactionState {
    /// Versions 0-2.
    pub transactional_id: WireString,
    /// Versions 0-2.
    pub producer_id: i64,
    /// Versions 0-2.
    pub transaction_state: WireString,
}

impl Element for TransactionState {
    const SIZE_MIN: usize = 11;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let transactional_id = reader.string(flexible)?;
        let producer_id = reader.i64()?;
        let transaction_state = reader.string(flexible)?;
        reader.skip_tags()?;
        Ok(Self { transactional_id, producer_id, transaction_state })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.transactional_id, flexible)?;
        writer.i64(self.producer_id);
        writer.string(&self.transaction_state, flexible)?;
        writer.no_tags();
        Ok(())
    }
}
