//! An answer as a list of chunks, and how it is written: vectored, nothing copied.

use std::collections::VecDeque;
use std::io::{self, IoSlice};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncWrite, AsyncWriteExt};

use super::byte_budget::{BytePermit, Demand};

/// Chunks written in one call. An answer of a thousand batches has a few thousand of them; the
/// slices are built on the stack, 16 bytes each.
const SLICES_MAX: usize = 64;

/// One complete answer as it goes over the wire: length, header and body. An empty one, such as
/// the default, is none, and ends the connection.
#[derive(Debug, Default)]
pub struct Response {
    chunks: VecDeque<Bytes>,
    /// Bytes of the chunks.
    left: usize,
    /// Bytes of the first chunk that are written: it keeps their memory until it is written whole.
    begun: usize,
    room: Option<Room>,
}

/// The room of an answer.
#[derive(Debug)]
struct Room {
    permit: BytePermit,
    /// Bytes that the permit was for, and that the answer had then: its chunks may be parts of
    /// something larger.
    whole: (usize, usize),
}

impl Response {
    /// An answer that consists of `chunks`, one behind the other.
    #[must_use]
    pub fn new(mut chunks: Vec<Bytes>) -> Self {
        chunks.retain(|chunk| !chunk.is_empty());
        let left = chunks.iter().map(Bytes::len).sum();
        Self { chunks: chunks.into(), left, begun: 0, room: None }
    }

    /// Keeps `permit`, where there is one, for the answer, of which a part is given back for each chunk that is
    /// written whole.
    #[must_use]
    pub fn holding(mut self, permit: impl Into<Option<BytePermit>>) -> Self {
        let whole = |permit: &BytePermit| (permit.bytes(), self.left);
        self.room = permit.into().map(|permit| Room { whole: whole(&permit), permit });
        self
    }

    /// Whether it keeps a permit.
    #[must_use]
    pub fn is_charged(&self) -> bool {
        self.room.is_some()
    }

    /// Whether others wait for the memory that the answer takes.
    #[must_use]
    pub fn demand(&self) -> Demand {
        self.room.as_ref().map(|room| room.permit.demand()).unwrap_or_default()
    }

    /// Its bytes that are not written yet, the length in front included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.left
    }

    /// What it takes beside its bytes: the places of its chunks.
    #[must_use]
    pub fn chunks_bytes(&self) -> usize {
        self.chunks.capacity() * size_of::<Bytes>()
    }

    /// Whether it has no bytes at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// Its bytes in one piece: a copy, for tests.
    #[cfg(test)]
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        Vec::from(self.chunks).concat()
    }

    /// Writes what is left. Safe to drop and call again.
    ///
    /// # Errors
    /// When the peer is gone.
    pub(crate) async fn write_to<W: AsyncWrite + Unpin>(
        &mut self,
        writer: &mut W,
    ) -> io::Result<()> {
        while !self.chunks.is_empty() {
            let mut slices = [IoSlice::new(&[]); SLICES_MAX];
            let count = self.chunks.len().min(SLICES_MAX);
            for (slice, chunk) in slices.iter_mut().zip(&self.chunks) {
                *slice = IoSlice::new(chunk);
            }
            let mut written = writer.write_vectored(&slices[..count]).await?;
            if written == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            self.left -= written;
            while let Some(first) = self.chunks.front_mut() {
                if written < first.len() {
                    first.advance(written);
                    self.begun += written;
                    break;
                }
                written -= first.len();
                self.begun = 0;
                self.chunks.pop_front();
            }
            if let Some(room) = &mut self.room {
                room.keep(self.left + self.begun);
            }
        }
        Ok(())
    }
}

impl Room {
    /// Gives back what so many bytes do not keep, supposing that all keep alike.
    fn keep(&mut self, left: usize) {
        let (permit_bytes, bytes) = self.whole;
        let kept = permit_bytes as u128 * left as u128 / bytes as u128;
        self.permit.shrink_to(usize::try_from(kept).expect("less than the permit was for"));
    }
}

#[cfg(test)]
mod tests {
    use std::pin::{Pin, pin};
    use std::task::{Context, Poll};

    use futures::poll;
    use proptest::prelude::*;
    use tokio::io::{AsyncReadExt, duplex};

    use super::*;
    use crate::net::ByteBudget;

    /// Takes at most `step` bytes a call.
    struct Reluctant {
        step: usize,
        taken: Vec<u8>,
    }

    impl AsyncWrite for Reluctant {
        fn poll_write(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            buffer: &[u8],
        ) -> Poll<io::Result<usize>> {
            let count = buffer.len().min(self.step);
            self.taken.extend_from_slice(&buffer[..count]);
            Poll::Ready(Ok(count))
        }

        fn poll_write_vectored(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            slices: &[IoSlice<'_>],
        ) -> Poll<io::Result<usize>> {
            let bytes = slices.iter().flat_map(|slice| slice.iter().copied());
            let step: Vec<u8> = bytes.take(self.step).collect();
            self.taken.extend_from_slice(&step);
            Poll::Ready(Ok(step.len()))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    /// A chunk that is half written keeps all of its memory.
    #[tokio::test]
    async fn room_is_given_back_chunk_by_chunk() {
        let budget = ByteBudget::new(1_000);
        for kept in [1, 2] {
            let chunks = [100, 50].map(|size| Bytes::from(vec![7; size]));
            let room = budget.acquire(kept * 150).await;
            let mut response = Response::new(chunks.into()).holding(room);
            let (mut writer, mut reader) = duplex(60);
            for (left, held) in [(90, 150), (30, 50)] {
                {
                    let mut writing = pin!(response.write_to(&mut writer));
                    assert!(poll!(&mut writing).is_pending());
                }
                assert_eq!((response.len(), budget.used()), (left, kept * held));
                reader.read_exact(&mut [0; 60]).await.unwrap();
            }
            response.write_to(&mut writer).await.unwrap();
            assert_eq!((response.len(), budget.used()), (0, 0));
        }
    }

    proptest! {
        #[test]
        fn arrives_whole_however_little_is_taken_at_once(
            chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 0..200),
            step in 1_usize..500,
        ) {
            let body = chunks.concat();
            let mut response = Response::new(chunks.into_iter().map(Bytes::from).collect());
            prop_assert_eq!(response.len(), body.len());
            let mut writer = Reluctant { step, taken: Vec::new() };
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(response.write_to(&mut writer)).unwrap();
            prop_assert_eq!(writer.taken, body);
        }
    }
}
