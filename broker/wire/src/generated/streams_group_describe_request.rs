// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 89; versions 0, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::streams_group_describe_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Request of API 89; versions 0, flexible from 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StreamsGroupDescribeRequest {
    /// Versions 0.
    pub group_ids: Vec<WireString>,
    /// Versions 0.
    pub include_authorized_operations: bool,
}

impl Message for StreamsGroupDescribeRequest {
    const NAME: &'static str = "StreamsGroupDescribeRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for StreamsGroupDescribeRequest {
    const API_KEY: ApiKey = ApiKey::StreamsGroupDescribe;
    type Response = streams_group_describe_response::StreamsGroupDescribeResponse;
}

impl Element for StreamsGroupDescribeRequest {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let group_ids = reader.array(version, flexible)?;
        let include_authorized_operations = reader.bool()?;
        reader.skip_tags()?;
        Ok(Self { group_ids, include_authorized_operations })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.array(&self.group_ids, version, flexible)?;
        writer.bool(self.include_authorized_operations);
        writer.no_tags();
        Ok(())
    }
}
