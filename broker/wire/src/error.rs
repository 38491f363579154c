//! Why bytes are no message, and why a message cannot be bytes.

use thiserror::Error;

use crate::api::UnknownApiKey;

/// The bytes are not what they claim to be. The position of everything behind is unknown: answer
/// what the API allows or close the connection, and do not go on with the same bytes.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// A field, a string or an array needs more bytes than remain.
    #[error("needs {needed} bytes where {remaining} remain")]
    Truncated {
        /// Fewest bytes that the next item takes.
        needed: u64,
        /// Bytes that remain.
        remaining: usize,
    },
    /// A length below zero where null is not allowed, or below -1.
    #[error("length {0} is not allowed here")]
    InvalidLength(i64),
    /// A string is longer than Kafka's 32,767 bytes.
    #[error("a string of {0} bytes is longer than 32767")]
    StringTooLong(usize),
    /// A variable-length integer does not end within 32 bits.
    #[error("a variable-length integer is longer than 32 bits")]
    VarintTooLong,
    /// A tagged field does not end where its size says.
    #[error("tagged field {number} leaves {left} bytes of its size unread")]
    TaggedFieldSize {
        /// The tag.
        number: u32,
        /// Bytes of it that its type does not account for.
        left: usize,
    },
    /// What is decoded of this message would take more memory than the reader's allowance.
    #[error("decoded fields need {needed} bytes of memory where {left} are allowed")]
    TooMuchMemory {
        /// Bytes that the next field needs.
        needed: usize,
        /// Bytes that are left of the allowance.
        left: usize,
    },
    /// The message has no such version.
    #[error("{message} has no version {version}")]
    UnsupportedVersion {
        /// The message's name.
        message: &'static str,
        /// The version asked for.
        version: i16,
    },
    /// A record's key is of another type than the one asked for.
    #[error("the key is of record type {found}, not {expected}")]
    RecordType {
        /// The type asked for.
        expected: i16,
        /// The type that the key names.
        found: i16,
    },
    /// The request header names an API that does not exist.
    #[error(transparent)]
    UnknownApiKey(#[from] UnknownApiKey),
}

/// The message cannot be expressed in that version: mend the message or choose another version.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EncodeError {
    /// The message has no such version.
    #[error("{message} has no version {version}")]
    UnsupportedVersion {
        /// The message's name.
        message: &'static str,
        /// The version asked for.
        version: i16,
    },
    /// A field is set that the version cannot carry and that must not be dropped.
    #[error("{field} is set, and version {version} cannot carry it")]
    NotInVersion {
        /// `Structure.field`.
        field: &'static str,
        /// The version asked for.
        version: i16,
    },
    /// A field is null that the version does not allow to be null.
    #[error("{field} is null, and version {version} does not allow that")]
    NullInVersion {
        /// `Structure.field`.
        field: &'static str,
        /// The version asked for.
        version: i16,
    },
    /// A string is longer than Kafka's 32,767 bytes.
    #[error("a string of {0} bytes is longer than 32767")]
    StringTooLong(usize),
    /// A length does not fit into 31 bits.
    #[error("a length of {0} does not fit into 31 bits")]
    TooLong(usize),
}

impl EncodeError {
    pub(crate) const fn not_in_version(field: &'static str, version: i16) -> Self {
        Self::NotInVersion { field, version }
    }

    pub(crate) const fn null_in_version(field: &'static str, version: i16) -> Self {
        Self::NullInVersion { field, version }
    }
}
