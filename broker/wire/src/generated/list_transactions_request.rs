// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 66; versions 0-2, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::list_transactions_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Request of API 66; versions 0-2, flexible from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct ListTransactionsRequest {
    /// Versions 0-2.
    pub state_filters: Vec<WireString>,
    /// Versions 0-2.
    pub producer_id_filters: Vec<i64>,
    /// Versions 1-2; default -1.
    pub duration_filter: i64,
    /// Versions 2; nullable 2; default null.
    pub transactional_id_pattern: Option<WireString>,
}

impl Default for ListTransactionsRequest {
    fn default() -> Self {
        Self {
            state_filters: Vec::new(),
            producer_id_filters: Vec::new(),
            duration_filter: -1,
            transactional_id_pattern: None,
        }
    }
}

impl Message for ListTransactionsRequest {
    const NAME: &'static str = "ListTransactionsRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=2;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for ListTransactionsRequest {
    const API_KEY: ApiKey = ApiKey::ListTransactions;
    type Response = list_transactions_response::ListTransactionsResponse;
}

impl Element for ListTransactionsRequest {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let state_filters = reader.array(version, flexible)?;
        let producer_id_filters = reader.array(version, flexible)?;
        let duration_filter = if version >= 1 { reader.i64()? } else { -1 };
        let transactional_id_pattern =
            if version >= 2 { reader.nullable_string(flexible)? } else { None };
        reader.skip_tags()?;
        Ok(Self { state_filters, producer_id_filters, duration_filter, transactional_id_pattern })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.array(&self.state_filters, version, flexible)?;
        writer.array(&self.producer_id_filters, version, flexible)?;
        if version >= 1 {
            writer.i64(self.duration_filter);
        } else if self.duration_filter != -1 {
            return Err(EncodeError::not_in_version(
                "ListTransactionsRequest.duration_filter",
                version,
            ));
        }
        if version >= 2 {
            writer.nullable_string(self.transactional_id_pattern.as_ref(), flexible)?;
        } else if self.transactional_id_pattern.is_some() {
            return Err(EncodeError::not_in_version(
                "ListTransactionsRequest.transactional_id_pattern",
                version,
            ));
        }
        writer.no_tags();
        Ok(())
    }
}
