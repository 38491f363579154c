//! Frames of a connection: a 4-byte length, a header, a message.

use bytes::Bytes;

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::{request_header, response_header};
use crate::message::{Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// What stands before every request.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestHeader {
    /// The API asked for.
    pub api_key: ApiKey,
    /// Version of the request, not yet checked against anything.
    pub api_version: i16,
    /// Comes back in the response.
    pub correlation_id: i32,
    /// A slice of the frame.
    pub client_id: Option<WireString>,
}

/// Reads the header of a request's frame (without its length prefix); the request itself remains
/// in `reader`. A version that does not exist is no error here: ApiVersions must answer it.
pub fn decode_request_header(reader: &mut Reader) -> Result<RequestHeader, DecodeError> {
    let mut ahead = reader.clone();
    let api_key = ApiKey::try_from(ahead.i16()?)?;
    let header_version = api_key.request_header_version(ahead.i16()?);
    let header = request_header::RequestHeader::decode(reader, header_version)?;
    Ok(RequestHeader {
        api_key,
        api_version: header.request_api_version,
        correlation_id: header.correlation_id,
        client_id: header.client_id,
    })
}

/// A whole frame with its length prefix, as chunks for a vectored write.
pub fn encode_response<M: Message>(
    api_key: ApiKey,
    version: i16,
    correlation_id: i32,
    response: &M,
) -> Result<Vec<Bytes>, EncodeError> {
    let mut writer = Writer::new();
    writer.i32(0);
    let header = response_header::ResponseHeader { correlation_id };
    header.encode(&mut writer, api_key.response_header_version(version))?;
    response.encode(&mut writer, version)?;
    writer.patch_length(0)?;
    Ok(writer.into_chunks())
}

/// A whole frame with its length prefix, as a client sends it.
pub fn encode_request<M: Request>(
    version: i16,
    correlation_id: i32,
    client_id: Option<WireString>,
    request: &M,
) -> Result<Vec<Bytes>, EncodeError> {
    let mut writer = Writer::new();
    writer.i32(0);
    let header = request_header::RequestHeader {
        request_api_key: M::API_KEY as i16,
        request_api_version: version,
        correlation_id,
        client_id,
    };
    header.encode(&mut writer, M::API_KEY.request_header_version(version))?;
    request.encode(&mut writer, version)?;
    writer.patch_length(0)?;
    Ok(writer.into_chunks())
}
