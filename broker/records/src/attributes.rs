//! The sixteen attribute bits of a batch.
//!
//! ```text
//!   bit  0..2  codec            bit 4  transactional      bit 6  delete horizon
//!   bit  3     timestamp type   bit 5  control            bit 7..15  unused
//! ```

/// How the records of a batch are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Codec {
    /// Not at all.
    None = 0,
    /// RFC 1952.
    Gzip = 1,
    /// Raw, or in the framing of xerial's snappy-java.
    Snappy = 2,
    /// The LZ4 frame format.
    Lz4 = 3,
    /// RFC 8878 (KIP-110).
    Zstd = 4,
}

impl Codec {
    /// All, in the order of their numbers.
    pub const ALL: [Self; 5] = [Self::None, Self::Gzip, Self::Snappy, Self::Lz4, Self::Zstd];

    /// Kafka's name, as `compression.type` has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Snappy => "snappy",
            Self::Lz4 => "lz4",
            Self::Zstd => "zstd",
        }
    }
}

/// Whose clock the timestamps of a batch come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TimestampType {
    /// Each record's own, from its producer.
    #[default]
    CreateTime,
    /// The batch's maximum timestamp stands for every record: the broker's, at its append.
    LogAppendTime,
}

/// A batch's attribute bits as they are on the wire, unknown ones included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Attributes(pub i16);

impl Attributes {
    const CODEC: i16 = 0b111;
    const LOG_APPEND_TIME: i16 = 1 << 3;
    const TRANSACTIONAL: i16 = 1 << 4;
    const CONTROL: i16 = 1 << 5;
    const DELETE_HORIZON: i16 = 1 << 6;

    /// The codec.
    ///
    /// # Errors
    /// Its number, when it is none of Kafka's.
    pub fn codec(self) -> Result<Codec, u8> {
        let number = (self.0 & Self::CODEC).to_be_bytes()[1];
        Codec::ALL.get(usize::from(number)).copied().ok_or(number)
    }

    /// Whose clock the timestamps come from.
    #[must_use]
    pub fn timestamp_type(self) -> TimestampType {
        if self.has(Self::LOG_APPEND_TIME) {
            TimestampType::LogAppendTime
        } else {
            TimestampType::CreateTime
        }
    }

    /// Whether the batch is part of a transaction.
    #[must_use]
    pub fn is_transactional(self) -> bool {
        self.has(Self::TRANSACTIONAL)
    }

    /// Whether its one record is a transaction's end or another mark of Kafka's own.
    #[must_use]
    pub fn is_control(self) -> bool {
        self.has(Self::CONTROL)
    }

    /// Whether compaction put the time at which tombstones may go in the base timestamp (KIP-534).
    #[must_use]
    pub fn has_delete_horizon(self) -> bool {
        self.has(Self::DELETE_HORIZON)
    }

    /// With this codec.
    #[must_use]
    pub fn with_codec(self, codec: Codec) -> Self {
        Self(self.0 & !Self::CODEC | codec as i16)
    }

    /// With this timestamp type.
    #[must_use]
    pub fn with_timestamp_type(self, timestamp_type: TimestampType) -> Self {
        self.with(Self::LOG_APPEND_TIME, timestamp_type == TimestampType::LogAppendTime)
    }

    /// With or without the transactional bit.
    #[must_use]
    pub fn with_transactional(self, transactional: bool) -> Self {
        self.with(Self::TRANSACTIONAL, transactional)
    }

    /// With or without the control bit.
    #[must_use]
    pub fn with_control(self, control: bool) -> Self {
        self.with(Self::CONTROL, control)
    }

    /// With or without the delete horizon bit.
    #[must_use]
    pub fn with_delete_horizon(self, delete_horizon: bool) -> Self {
        self.with(Self::DELETE_HORIZON, delete_horizon)
    }

    /// What a client may say: codec, timestamp type, transactional and control. The delete horizon
    /// would give its base timestamp another meaning, and bits without one yet are not stored.
    pub(crate) fn of_client(self) -> Self {
        Self(self.0 & (Self::CODEC | Self::LOG_APPEND_TIME | Self::TRANSACTIONAL | Self::CONTROL))
    }

    fn has(self, bit: i16) -> bool {
        self.0 & bit != 0
    }

    fn with(self, bit: i16, set: bool) -> Self {
        Self(if set { self.0 | bit } else { self.0 & !bit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_kafkas() {
        let none = Attributes::default();
        assert_eq!(none.with_codec(Codec::Zstd).0, 4);
        assert_eq!(none.with_timestamp_type(TimestampType::LogAppendTime).0, 8);
        assert_eq!(none.with_transactional(true).0, 16);
        assert_eq!(none.with_control(true).0, 32);
        assert_eq!(none.with_delete_horizon(true).0, 64);
    }

    #[test]
    fn a_changed_codec_leaves_the_other_bits() {
        let all = Attributes(0b0111_1111);
        assert_eq!(all.codec(), Err(7));
        assert_eq!(all.with_codec(Codec::Lz4).0, 0b0111_1011);
        assert_eq!(Attributes(-1).of_client().0, 0b0011_1111);
    }
}
