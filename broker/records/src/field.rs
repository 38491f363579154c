//! A type for each number of a batch's header that is more than a count.

use std::fmt;

/// Declares a newtype over an integer: ordered, hashable, printed as its bare number.
macro_rules! number {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number! {
    /// Milliseconds since 1970-01-01T00:00:00Z; [`Timestamp::NONE`] where there is none.
    Timestamp(i64)
}
number! {
    /// An idempotent producer's identity (KIP-98); [`ProducerId::NONE`] where there is none.
    ProducerId(i64)
}
number! {
    /// Which incarnation of a producer id wrote a batch.
    ProducerEpoch(i16)
}
number! {
    /// A producer's own count of its records in one partition, from 0 to `i32::MAX` and round.
    Sequence(i32)
}

impl Timestamp {
    /// Kafka's "no timestamp".
    pub const NONE: Self = Self(-1);
}

impl ProducerId {
    /// Kafka's "not an idempotent producer".
    pub const NONE: Self = Self(-1);

    /// Whether a producer is named.
    #[must_use]
    pub fn is_some(self) -> bool {
        self.0 > Self::NONE.0
    }
}

impl ProducerEpoch {
    /// What goes with [`ProducerId::NONE`].
    pub const NONE: Self = Self(-1);
}

impl Sequence {
    /// What goes with [`ProducerId::NONE`].
    pub const NONE: Self = Self(-1);

    /// The sequence `records` on; after `i32::MAX` comes 0.
    ///
    /// # Panics
    /// When either is negative: there is no such sequence to count from.
    #[must_use]
    pub fn plus(self, records: i32) -> Self {
        assert!(self.0 >= 0 && records >= 0, "sequences count upwards from 0");
        // Both are at most 2^31 - 1, so the sum fits 32 bits; the mask is modulo 2^31.
        let sum = self.0.cast_unsigned() + records.cast_unsigned();
        Self((sum & 0x7fff_ffff).cast_signed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_wrap_to_zero() {
        assert_eq!(Sequence(0).plus(1), Sequence(1));
        assert_eq!(Sequence(i32::MAX).plus(1), Sequence(0));
        assert_eq!(Sequence(i32::MAX - 1).plus(4), Sequence(2));
        assert_eq!(Sequence(i32::MAX).plus(i32::MAX), Sequence(i32::MAX - 1));
    }
}
