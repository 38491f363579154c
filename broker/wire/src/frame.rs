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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::api_versions_request::ApiVersionsRequest;
    use crate::generated::api_versions_response::{ApiVersion, ApiVersionsResponse};
    use crate::generated::fetch_response::{FetchResponse, FetchableTopicResponse, PartitionData};
    use crate::generated::heartbeat_response::HeartbeatResponse;
    use crate::records::Records;

    fn joined(chunks: Vec<Bytes>) -> Bytes {
        Records::from(chunks).into_bytes()
    }

    #[test]
    fn headers_of_requests() {
        let check = |bytes: &'static [u8], expected: (ApiKey, i16, i32, Option<&str>), left| {
            let mut reader = Reader::new(Bytes::from_static(bytes));
            let header = decode_request_header(&mut reader).unwrap();
            let found = (header.api_key, header.api_version, header.correlation_id);
            assert_eq!(found, (expected.0, expected.1, expected.2), "{bytes:?}");
            assert_eq!(header.client_id.as_deref(), expected.3, "{bytes:?}");
            assert_eq!(reader.remaining(), left, "{bytes:?}");
        };
        // Version 1: no tagged fields.
        check(b"\0\x03\0\x08\0\0\0\x07\0\x01cbody", (ApiKey::Metadata, 8, 7, Some("c")), 4);
        // Version 2 keeps the old length before the client's id.
        check(b"\0\x03\0\x09\0\0\0\x07\0\x01c\0body", (ApiKey::Metadata, 9, 7, Some("c")), 4);
        check(b"\0\x03\0\x09\xff\xff\xff\xff\xff\xff\0", (ApiKey::Metadata, 9, -1, None), 0);
        check(b"\0\x12\0\x04\0\0\0\0\0\0\x01\x05\x01x", (ApiKey::ApiVersions, 4, 0, Some("")), 0);
        // A version from the future has a header all the same.
        check(b"\0\x12\0\x63\0\0\0\x01\xff\xff\0", (ApiKey::ApiVersions, 99, 1, None), 0);
    }

    #[test]
    fn headers_that_cannot_be_read() {
        let check = |bytes: &'static [u8], expected| {
            let read = decode_request_header(&mut Reader::new(Bytes::from_static(bytes)));
            assert_eq!(read, Err(expected), "{bytes:?}");
        };
        let unknown = |key| DecodeError::UnknownApiKey(crate::api::UnknownApiKey(key));
        check(b"\x03\xe7\0\0\0\0\0\0\xff\xff", unknown(999));
        check(b"\0\x04\0\0\0\0\0\0\xff\xff", unknown(4));
        check(b"\0", DecodeError::Truncated { needed: 2, remaining: 1 });
        check(b"\0\x12\0\0\0\0\0\x01\0\x09abc", DecodeError::Truncated { needed: 9, remaining: 3 });
    }

    #[test]
    fn a_request_reads_as_it_was_written() {
        let request = ApiVersionsRequest {
            client_software_name: "penstock".into(),
            client_software_version: "1".into(),
        };
        let frame = joined(encode_request(3, 9, Some("me".into()), &request).unwrap());
        let expected = b"\0\0\0\x19\0\x12\0\x03\0\0\0\x09\0\x02me\0\x09penstock\x021\0";
        assert_eq!(frame, &expected[..]);
        let mut reader = Reader::new(frame.slice(4..));
        let header = decode_request_header(&mut reader).unwrap();
        assert_eq!(ApiVersionsRequest::decode(&mut reader, header.api_version), Ok(request));
        assert_eq!(reader.remaining(), 0);
    }

    #[test]
    fn headers_of_responses() {
        let heartbeat = HeartbeatResponse { throttle_time_ms: 1, error_code: 27 };
        let old = encode_response(ApiKey::Heartbeat, 3, 5, &heartbeat).unwrap();
        assert_eq!(joined(old), &b"\0\0\0\x0a\0\0\0\x05\0\0\0\x01\0\x1b"[..]);
        let flexible = encode_response(ApiKey::Heartbeat, 4, 5, &heartbeat).unwrap();
        assert_eq!(joined(flexible), &b"\0\0\0\x0c\0\0\0\x05\0\0\0\0\x01\0\x1b\0"[..]);

        // What Kafka 4.3.1 sends to a client from the future: probed.
        let keys = vec![ApiVersion { api_key: 18, min_version: 0, max_version: 4 }];
        let refused = ApiVersionsResponse { error_code: 35, api_keys: keys, ..Default::default() };
        let refused = encode_response(ApiKey::ApiVersions, 0, 5, &refused).unwrap();
        assert_eq!(joined(refused), &b"\0\0\0\x10\0\0\0\x05\0\x23\0\0\0\x01\0\x12\0\0\0\x04"[..]);
        // Flexible body, header of version 0: no tagged fields between them.
        let empty = ApiVersionsResponse::default();
        let empty = encode_response(ApiKey::ApiVersions, 3, 5, &empty).unwrap();
        assert_eq!(joined(empty), &b"\0\0\0\x0c\0\0\0\x05\0\0\x01\0\0\0\0\0"[..]);
    }

    #[test]
    fn record_bytes_pass_through_untouched() {
        let batches =
            [Bytes::from(vec![1; 5000]), Bytes::from(vec![2; 70]), Bytes::from(vec![3; 2000])];
        let partition = PartitionData {
            records: Some(Records::from(batches.to_vec())),
            ..PartitionData::default()
        };
        let topic = FetchableTopicResponse { partitions: vec![partition], ..Default::default() };
        let response = FetchResponse { responses: vec![topic], ..Default::default() };
        let chunks = encode_response(ApiKey::Fetch, 16, 5, &response).unwrap();
        // Fields, batch, small batch among fields, batch, the fields behind.
        assert_eq!(chunks.len(), 5);
        assert_eq!(chunks[1].as_ptr(), batches[0].as_ptr());
        assert_eq!(chunks[2], batches[1]);
        assert_eq!(chunks[3].as_ptr(), batches[2].as_ptr());

        let frame = joined(chunks);
        assert_eq!(frame[..4], u32::try_from(frame.len() - 4).unwrap().to_be_bytes());
        let mut reader = Reader::new(frame.slice(9..));
        let read = FetchResponse::decode(&mut reader, 16).unwrap();
        assert_eq!((&read, reader.remaining()), (&response, 0));
        let records = read.responses[0].partitions[0].records.clone().unwrap().into_bytes();
        let at = frame.windows(8).position(|window| window == [1; 8]).unwrap();
        assert_eq!(records.as_ptr(), frame[at..].as_ptr());
    }
}
