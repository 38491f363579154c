// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 77; versions 1, flexible from 1.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::share_group_describe_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Request of API 77; versions 1, flexible from 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShareGroupDescribeRequest {
    /// Versions 1.
    pub group_ids: Vec<WireString>,
    /// Versions 1.
    pub include_authorized_operations: bool,
}

impl Message for ShareGroupDescribeRequest {
    const NAME: &'static str = "ShareGroupDescribeRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 1..=1;
    const FLEXIBLE_FROM: i16 = 1;
}

impl Request for ShareGroupDescribeRequest {
    const API_KEY: ApiKey = ApiKey::ShareGroupDescribe;
    type Response = share_group_describe_response::ShareGroupDescribeResponse;
}

impl Element for ShareGroupDescribeRequest {
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
