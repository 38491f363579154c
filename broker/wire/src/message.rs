//! What every message can do.

use std::ops::RangeInclusive;

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::reader::Reader;
use crate::writer::Writer;

/// What can stand in an array: a structure of a message, or a primitive.
pub trait Element: Sized {
    /// Fewest bytes that any version takes; zero only for messages, which no array holds.
    const SIZE_MIN: usize;

    /// Reads one; `version` is one that the message has.
    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError>;

    /// Writes it; `version` is one that the message has.
    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError>;
}

/// A whole message: a request, a response, or data of its own.
pub trait Message: Element + Default {
    /// Kafka's name, such as `FetchRequest`.
    const NAME: &'static str;
    /// Versions with a schema.
    const VERSIONS: RangeInclusive<i16>;
    /// First flexible version; `i16::MAX` where there is none.
    const FLEXIBLE_FROM: i16;

    /// Reads one message. What remains in `reader` behind it is the caller's to judge.
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        if !Self::VERSIONS.contains(&version) {
            return Err(DecodeError::UnsupportedVersion { message: Self::NAME, version });
        }
        Self::read(reader, version, version >= Self::FLEXIBLE_FROM)
    }

    /// Appends the message. After an error the writer's content is of no use.
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        if !Self::VERSIONS.contains(&version) {
            return Err(EncodeError::UnsupportedVersion { message: Self::NAME, version });
        }
        self.write(writer, version, version >= Self::FLEXIBLE_FROM)
    }
}

/// A message that is answered.
pub trait Request: Message {
    /// Its API.
    const API_KEY: ApiKey;
    /// Its answer, in the same version.
    type Response: Message;
}

/// The key of a coordinator's record; it names the record's type.
pub trait RecordKey: Message {
    /// First two bytes of the key.
    const RECORD_TYPE: i16;
}
