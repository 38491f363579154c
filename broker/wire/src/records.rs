//! Record batches on their way through: never parsed, never joined.

use bytes::{Bytes, BytesMut};

/// Record bytes as a list of chunks, so that several batches make one field without a copy.
/// Two are equal if their bytes are, however they are cut.
#[derive(Clone, Debug, Default)]
pub struct Records {
    chunks: Vec<Bytes>,
}

impl Records {
    /// The chunks, in order.
    pub fn chunks(&self) -> &[Bytes] {
        &self.chunks
    }

    /// The chunks, in order.
    pub fn into_chunks(self) -> Vec<Bytes> {
        self.chunks
    }

    /// Bytes of all chunks.
    pub fn len(&self) -> usize {
        self.chunks.iter().map(Bytes::len).sum()
    }

    /// Whether there is no byte.
    pub fn is_empty(&self) -> bool {
        self.chunks.iter().all(Bytes::is_empty)
    }

    /// All bytes in one piece: a slice of the frame for what was decoded, a copy for several chunks.
    pub fn into_bytes(mut self) -> Bytes {
        if self.chunks.len() <= 1 {
            return self.chunks.pop().unwrap_or_default();
        }
        let mut joined = BytesMut::with_capacity(self.len());
        for chunk in &self.chunks {
            joined.extend_from_slice(chunk);
        }
        joined.freeze()
    }
}

impl From<Bytes> for Records {
    fn from(chunk: Bytes) -> Self {
        Self { chunks: vec![chunk] }
    }
}

impl From<Vec<Bytes>> for Records {
    fn from(chunks: Vec<Bytes>) -> Self {
        Self { chunks }
    }
}

impl PartialEq for Records {
    fn eq(&self, other: &Self) -> bool {
        let bytes = |records: &Self| records.chunks.clone().into_iter().flatten();
        self.len() == other.len() && bytes(self).eq(bytes(other))
    }
}

impl Eq for Records {}
