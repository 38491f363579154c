//! Keys and values of the coordinators' topics (`__consumer_offsets`, `__transaction_state`,
//! `__share_group_state`), and consumer protocol data: two bytes, then a message.
//!
//! ```text
//! key    record type (i16) │ key message, version 0
//! value  version (i16)     │ value message in that version
//! ```

use bytes::Bytes;

use crate::error::{DecodeError, EncodeError};
use crate::message::{Message, RecordKey};
use crate::reader::Reader;
use crate::writer::Writer;

/// Keys have had one version only; a new form of key gets a new record type.
const KEY_VERSION: i16 = 0;

/// The type that a record's key names.
pub fn record_type(key: &Bytes) -> Result<i16, DecodeError> {
    Reader::new(key.clone()).i16()
}

/// Reads a key whose type was found to be `K`'s.
pub fn decode_record_key<K: RecordKey>(key: &Bytes) -> Result<K, DecodeError> {
    let mut reader = Reader::new(key.clone());
    let record_type = reader.i16()?;
    assert_eq!(record_type, K::RECORD_TYPE, "the caller looks at the type first");
    K::decode(&mut reader, KEY_VERSION)
}

/// The key with its type.
pub fn encode_record_key<K: RecordKey>(key: &K) -> Result<Bytes, EncodeError> {
    let mut writer = Writer::new();
    writer.i16(K::RECORD_TYPE);
    key.encode(&mut writer, KEY_VERSION)?;
    Ok(writer.into_bytes())
}

/// Reads a value, or consumer protocol data, in the version that it names. Bytes behind it are
/// ignored, as Kafka does: later versions append.
pub fn decode_versioned<M: Message>(bytes: &Bytes) -> Result<M, DecodeError> {
    let mut reader = Reader::new(bytes.clone());
    let version = reader.i16()?;
    M::decode(&mut reader, version)
}

/// The message with its version before it.
pub fn encode_versioned<M: Message>(message: &M, version: i16) -> Result<Bytes, EncodeError> {
    let mut writer = Writer::new();
    writer.i16(version);
    message.encode(&mut writer, version)?;
    Ok(writer.into_bytes())
}
