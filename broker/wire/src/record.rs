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

/// Reads a key of `K`'s type; [`record_type`] tells which that is.
pub fn decode_record_key<K: RecordKey>(key: &Bytes) -> Result<K, DecodeError> {
    let mut reader = Reader::new(key.clone());
    let found = reader.i16()?;
    if found != K::RECORD_TYPE {
        return Err(DecodeError::RecordType { expected: K::RECORD_TYPE, found });
    }
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

/// Reads consumer protocol data as an earlier version than it names has it: each begins with the
/// fields of those before, also those that are still to come.
pub fn decode_prefix<M: Message>(bytes: &Bytes, version: i16) -> Result<M, DecodeError> {
    let mut reader = Reader::new(bytes.clone());
    reader.i16()?;
    M::decode(&mut reader, version)
}

/// The message with its version before it.
pub fn encode_versioned<M: Message>(message: &M, version: i16) -> Result<Bytes, EncodeError> {
    let mut writer = Writer::new();
    writer.i16(version);
    message.encode(&mut writer, version)?;
    Ok(writer.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::offset_commit_key::OffsetCommitKey;
    use crate::generated::offset_commit_value::OffsetCommitValue;

    #[test]
    fn a_committed_offset() {
        let key = OffsetCommitKey { group: "g".into(), topic: "t".into(), partition: 3 };
        let bytes = encode_record_key(&key).unwrap();
        assert_eq!(bytes, &b"\0\x01\0\x01g\0\x01t\0\0\0\x03"[..]);
        assert_eq!(record_type(&bytes), Ok(OffsetCommitKey::RECORD_TYPE));
        assert_eq!(decode_record_key(&bytes), Ok(key));
        let other = Bytes::from_static(b"\0\x02\0\x01g");
        assert_eq!(
            decode_record_key::<OffsetCommitKey>(&other),
            Err(DecodeError::RecordType { expected: 1, found: 2 })
        );

        let value = OffsetCommitValue { offset: 9, commit_timestamp: 1, ..Default::default() };
        let bytes = encode_versioned(&value, 3).unwrap();
        assert_eq!(bytes[..10], *b"\0\x03\0\0\0\0\0\0\0\x09");
        assert_eq!(decode_versioned(&bytes), Ok(value));
        let future = Bytes::from_static(b"\0\x63");
        let message = "OffsetCommitValue";
        assert_eq!(
            decode_versioned::<OffsetCommitValue>(&future),
            Err(DecodeError::UnsupportedVersion { message, version: 99 })
        );
    }
}
