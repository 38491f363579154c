//! Every message with its schema, for tests, fuzzing and the proofs; never part of a broker.
//!
//! The schema is what a second, independent encoder ([`crate::random`]) walks, so that the
//! generated code is not its own judge.

use bytes::Bytes;

use crate::error::{DecodeError, EncodeError};
pub use crate::generated::catalog::MESSAGES;
use crate::message::Message;
use crate::reader::Reader;
use crate::writer::Writer;

/// One message.
#[derive(Debug)]
pub struct Entry {
    /// Kafka's name, such as `FetchRequest`.
    pub name: &'static str,
    /// API key or record type.
    pub key: Option<i16>,
    /// Lowest version.
    pub version_min: i16,
    /// Highest version.
    pub version_max: i16,
    /// First flexible version; `i16::MAX` where there is none.
    pub flexible_from: i16,
    /// In wire order.
    pub fields: &'static [Field],
    /// Decodes bytes of the first version and encodes the message in the second.
    pub recode: fn(Bytes, i16, i16) -> Result<Recoded, DecodeError>,
    /// Encodes the message of which nothing was set.
    pub encode_default: fn(i16) -> Result<Bytes, EncodeError>,
}

/// What became of a message.
#[derive(Debug, PartialEq)]
pub struct Recoded {
    /// The message in its new version.
    pub bytes: Result<Bytes, EncodeError>,
    /// Bytes that the decoder left.
    pub remaining: usize,
}

/// One field of a structure.
#[derive(Debug)]
pub struct Field {
    /// In snake case.
    pub name: &'static str,
    /// Its type.
    pub kind: Kind,
    versions: (i16, i16),
    nullable: (i16, i16),
    /// Its tag, where it has one.
    pub tag: Option<u32>,
    /// Keeps the old length prefix in flexible versions too.
    pub never_flexible: bool,
    /// What it is where it is not set.
    pub default: Default,
}

/// A field's type.
#[derive(Debug)]
pub enum Kind {
    /// One byte, 0 or 1.
    Bool,
    /// An integer of so many bytes.
    Integer(usize),
    /// Eight bytes.
    Float,
    /// Text.
    String,
    /// 16 bytes.
    Uuid,
    /// Bytes or records.
    Bytes,
    /// A structure.
    Structure(&'static [Field]),
    /// Any number of them.
    Array(&'static Kind),
}

/// A field's default.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Default {
    /// Zero, false, empty, or a structure of defaults.
    Zero,
    /// No value.
    Null,
    /// A number; 1 stands for true.
    Integer(i64),
}

impl Entry {
    pub(crate) const fn of<M: Message>(key: Option<i16>, fields: &'static [Field]) -> Self {
        let versions = M::VERSIONS;
        Self {
            name: M::NAME,
            key,
            version_min: *versions.start(),
            version_max: *versions.end(),
            flexible_from: M::FLEXIBLE_FROM,
            fields,
            recode: recode::<M>,
            encode_default: encode_default::<M>,
        }
    }

    /// Whatever bytes it reads are a message: it can be written, and what is written reads and
    /// writes the same. Answers whether it reads them.
    ///
    /// # Panics
    /// Where that does not hold.
    pub fn assert_stable(&self, version: i16, bytes: &Bytes) -> bool {
        let name = self.name;
        let Ok(first) = (self.recode)(bytes.clone(), version, version) else { return false };
        let written = first.bytes.unwrap_or_else(|error| {
            panic!("{name} v{version} cannot be written again: {error}: {bytes:?}");
        });
        let second = (self.recode)(written.clone(), version, version);
        let second = second.unwrap_or_else(|error| panic!("{name} v{version}: {error}: {bytes:?}"));
        assert_eq!(
            second,
            Recoded { bytes: Ok(written), remaining: 0 },
            "{name} v{version}: {bytes:?}"
        );
        true
    }
}

impl Field {
    /// A field of versions `from..=to`.
    pub(crate) const fn new(name: &'static str, kind: Kind, from: i16, to: i16) -> Self {
        Self {
            name,
            kind,
            versions: (from, to),
            nullable: (0, -1),
            tag: None,
            never_flexible: false,
            default: Default::Zero,
        }
    }

    pub(crate) const fn nullable(mut self, from: i16, to: i16) -> Self {
        self.nullable = (from, to);
        self
    }

    pub(crate) const fn tag(mut self, tag: u32) -> Self {
        self.tag = Some(tag);
        self
    }

    pub(crate) const fn never_flexible(mut self) -> Self {
        self.never_flexible = true;
        self
    }

    pub(crate) const fn default(mut self, default: Default) -> Self {
        self.default = default;
        self
    }

    /// Whether `version` carries it.
    pub fn is_in(&self, version: i16) -> bool {
        (self.versions.0..=self.versions.1).contains(&version)
    }

    /// Whether it can be null in `version`.
    pub fn is_nullable(&self, version: i16) -> bool {
        (self.nullable.0..=self.nullable.1).contains(&version)
    }
}

fn recode<M: Message>(bytes: Bytes, from: i16, to: i16) -> Result<Recoded, DecodeError> {
    let mut reader = Reader::new(bytes);
    let message = M::decode(&mut reader, from)?;
    let mut writer = Writer::new();
    let encoded = message.encode(&mut writer, to).map(|()| writer.into_bytes());
    Ok(Recoded { bytes: encoded, remaining: reader.remaining() })
}

fn encode_default<M: Message>(version: i16) -> Result<Bytes, EncodeError> {
    let mut writer = Writer::new();
    M::default().encode(&mut writer, version)?;
    Ok(writer.into_bytes())
}
