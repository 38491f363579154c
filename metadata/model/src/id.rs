//! A type for each identifier, epoch and offset of the system, with the few legal conversions.

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
    /// A node of the cluster, as `node.id` names it and as Kafka clients see it; never negative.
    NodeId(i32)
}
number! {
    /// One registration of a broker process. Unique in the cluster for ever and growing, so that
    /// it also names the write-ahead log that the process writes (design 4.1.1, rule 1).
    BrokerEpoch(u64)
}
number! {
    /// A stream: the log of one partition, from its creation to its deletion. Never reused.
    StreamId(u64)
}
number! {
    /// One ownership of a stream. Equal to the partition's leader epoch in Kafka's protocol
    /// (KIP-101), therefore within `0..=i32::MAX`.
    StreamEpoch(u32)
}
number! {
    /// A record's offset in its stream, as Kafka counts it. Never beyond `i64::MAX`.
    Offset(u64)
}
number! {
    /// An object in the store's `data/` part. Never reused.
    ObjectId(u64)
}
number! {
    /// A place in one write-ahead log; its unit is the backend's own (bytes for `file`, objects
    /// for `object`). Only order and equality mean anything here.
    WalPosition(u64)
}
number! {
    /// The identity that an idempotent producer's batches carry (KIP-98). Never reused.
    ProducerId(i64)
}
number! {
    /// Milliseconds since 1970-01-01T00:00:00Z, as Kafka's records state them.
    Timestamp(i64)
}
number! {
    /// A position in the committed log of commands, starting at 1. An image states the one it
    /// includes; 0 is the empty image.
    LogIndex(u64)
}

impl StreamEpoch {
    /// The epoch as Kafka's protocol carries it.
    ///
    /// # Panics
    /// Past `i32::MAX`, which `apply` never grants.
    #[must_use]
    pub fn leader_epoch(self) -> i32 {
        i32::try_from(self.0).expect("apply grants no epoch past i32::MAX")
    }

    /// The epoch that follows, or `None` when Kafka's protocol could no longer state it.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        i32::try_from(self.0).ok()?.checked_add(1)?;
        Some(Self(self.0 + 1))
    }
}

impl Offset {
    /// The first offset of every stream.
    pub const ZERO: Self = Self(0);

    /// An offset that Kafka's protocol carried; `None` when it is negative.
    #[must_use]
    pub fn from_wire(value: i64) -> Option<Self> {
        u64::try_from(value).ok().map(Self)
    }

    /// The offset as Kafka's protocol carries it.
    ///
    /// # Panics
    /// Past `i64::MAX`: no append assigns such an offset.
    #[must_use]
    pub fn to_wire(self) -> i64 {
        i64::try_from(self.0).expect("no append assigns an offset past i64::MAX")
    }

    /// The offset `count` records on.
    #[must_use]
    pub fn plus(self, count: u64) -> Self {
        Self(self.0.checked_add(count).expect("offsets stay below i64::MAX"))
    }
}

/// Declares a newtype over 128 random bits, printed as 32 hexadecimal digits.
macro_rules! random {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; 16]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }
    };
}

random! {
    /// A topic's identity (KIP-516): a new one at every creation, all zero for none.
    TopicId
}
random! {
    /// The cluster's identity; Kafka shows it as 22 characters of unpadded URL-safe base 64.
    ClusterId
}
random! {
    /// One start of one broker process, drawn at random by it: makes registration idempotent.
    Incarnation
}
random! {
    /// Names one request for a lease or a block of ids, so that a retry gets the same answer.
    RequestId
}

impl TopicId {
    /// The id that stands for no topic.
    pub const NONE: Self = Self([0; 16]);
}
