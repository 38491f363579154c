//! A batch: opaque bytes with the few facts that streams need to know of them.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use penstock_model::id::{Offset, Timestamp};

/// What is appended to a stream in one piece and read from it in one piece.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The offsets it takes; never empty. It starts where the stream's last batch ended.
    pub offsets: Range<Offset>,
    /// How many records it holds.
    pub records: u32,
    /// The greatest timestamp among them.
    pub max_timestamp: Timestamp,
    /// What the layer above wants to see again at recovery without reading payloads.
    pub summary: Summary,
    /// The bytes as they are stored and served; not empty.
    pub payload: Bytes,
    /// CRC32C of the payload.
    pub payload_crc32c: u32,
    /// What the payload keeps in memory.
    pub backing: Backing,
}

/// Up to [`Summary::BYTES_MAX`] opaque bytes, kept inline: one is held for every batch in the log.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    length: u8,
    bytes: [u8; Self::BYTES_MAX],
}

impl Summary {
    /// The longest summary, in bytes (design 4.1).
    pub const BYTES_MAX: usize = 48;
    /// The summary that says nothing.
    pub const EMPTY: Self = Self { length: 0, bytes: [0; Self::BYTES_MAX] };

    /// Holds `bytes`; `None` when there are too many.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let mut summary = Self::EMPTY;
        summary.bytes.get_mut(..bytes.len())?.copy_from_slice(bytes);
        summary.length = u8::try_from(bytes.len()).ok()?;
        Some(summary)
    }
}

impl Deref for Summary {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

impl fmt::Debug for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

/// A batch without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchSummary {
    /// The offsets it takes.
    pub offsets: Range<Offset>,
    /// How many records it holds.
    pub records: u32,
    /// The greatest timestamp among them.
    pub max_timestamp: Timestamp,
    /// As the batch was appended with.
    pub summary: Summary,
}

/// One allocation in memory that payloads are slices of, such as a request's frame: as long as
/// one payload stays in the log cache, the whole of it is charged to the cache's budget, once.
///
/// Make one for each allocation, and give each batch of it a clone.
#[derive(Clone, Debug)]
pub struct Backing(Arc<Allocation>);

#[derive(Debug)]
struct Allocation {
    bytes: usize,
    /// Payloads in the log cache that keep it.
    cached: AtomicUsize,
}

impl Backing {
    /// An allocation of so many bytes.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        Self(Arc::new(Allocation { bytes, cached: AtomicUsize::new(0) }))
    }

    /// Its size.
    pub(crate) fn bytes(&self) -> usize {
        self.0.bytes
    }

    /// One more payload of it is cached. Answers the bytes to charge.
    pub(crate) fn hold(&self) -> usize {
        if self.0.cached.fetch_add(1, Ordering::AcqRel) == 0 { self.0.bytes } else { 0 }
    }

    /// One less. Answers the bytes to give back.
    pub(crate) fn release(&self) -> usize {
        let before = self.0.cached.fetch_sub(1, Ordering::AcqRel);
        assert!(before > 0, "an allocation was released more often than held");
        if before == 1 { self.0.bytes } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_holds_up_to_48_bytes() {
        for length in 0..=Summary::BYTES_MAX {
            let bytes = vec![7_u8; length];
            assert_eq!(&*Summary::new(&bytes).unwrap(), &bytes[..]);
        }
        assert_eq!(Summary::new(&[0; Summary::BYTES_MAX + 1]), None);
    }

    #[test]
    fn an_allocation_is_charged_once_and_given_back_with_its_last_payload() {
        let backing = Backing::new(100);
        let charges =
            [backing.hold(), backing.clone().hold(), backing.release(), backing.release()];
        assert_eq!(charges, [100, 0, 0, 100]);
        assert_eq!(backing.hold(), 100, "held again after all had left");
    }
}
