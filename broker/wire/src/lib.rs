//! Kafka's wire format: every live API in every version, and the records of the coordinators' topics.
//!
//! ```text
//! frame (Bytes) ─► Reader ─► decode_request_header ─► RequestHeader { api_key, api_version, … }
//!                    └────► FetchRequest::decode(&mut reader, version)      slices, no copies
//!
//! FetchResponse { … } ─► encode_response(ApiKey::Fetch, version, correlation_id, &response)
//!                           └► Vec<Bytes>: length prefix and small fields gathered, records as they were
//! ```
//!
//! The messages under `generated/` are written by `penstock-wire-codegen` from Kafka's definitions;
//! this crate's own files are the primitives they stand on. It knows no sockets, no meaning of a
//! field, no record batch: record bytes pass through untouched.
//!
//! Reading is safe on any input: lengths and counts are checked against what remains before memory
//! is reserved, the memory of decoded arrays is bounded, and every failure is a [`DecodeError`].

mod api;
#[cfg(any(test, feature = "catalog"))]
pub mod catalog;
mod error;
mod frame;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod generated;
mod message;
mod primitive;
#[cfg(test)]
mod proofs;
#[cfg(any(test, feature = "catalog"))]
pub mod random;
mod reader;
mod record;
mod records;
mod string;
mod uuid;
mod writer;

pub use api::{ApiFacts, UnknownApiKey};
pub use error::{DecodeError, EncodeError};
pub use frame::{RequestHeader, decode_request_header, encode_request, encode_response};
pub use generated::api_key::ApiKey;
pub use generated::*;
pub use message::{Element, Message, RecordKey, Request};
pub use reader::{DECODED_BYTES_PER_BYTE, Reader};
pub use record::{
    decode_prefix, decode_record_key, decode_versioned, encode_record_key, encode_versioned,
    record_type,
};
pub use records::Records;
pub use string::WireString;
pub use uuid::Uuid;
pub use writer::Writer;
