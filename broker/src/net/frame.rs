//! Frames: four bytes of length, then a request. Hostile lengths end here.
//!
//! ```text
//!   i32 length | i16 api key | i16 api version | i32 correlation id | …
//! ```

use std::io;

use bytes::{BufMut, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};

/// Read in one call when a frame is awaited: an ordinary small request fits as a whole, and an
/// idle connection costs no more than this.
const AHEAD_BYTES: usize = 512;

/// The shortest request header: key, version and correlation id.
const HEADER_BYTES_MIN: usize = 8;

/// What is known of a frame before its body is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FrameHead {
    /// Bytes behind the length.
    pub(crate) length: usize,
    /// The API's key.
    pub(crate) api_key: i16,
    /// The version of request and answer.
    pub(crate) api_version: i16,
}

/// A frame that is on its way, in one buffer of its size.
pub(crate) struct Body {
    bytes: BytesMut,
    length: usize,
}

impl Body {
    /// The bytes that have arrived.
    pub(crate) fn received(&self) -> usize {
        self.bytes.len()
    }

    /// The frame, once it is filled.
    pub(crate) fn freeze(self) -> Bytes {
        assert_eq!(self.bytes.len(), self.length, "only a whole frame is a request");
        self.bytes.freeze()
    }
}

/// Why no frame could be read. The connection is of no more use.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FrameError {
    /// Not a Kafka client, or one that sends more than it may.
    #[error("a frame of {length} bytes is outside {HEADER_BYTES_MIN} to {max}")]
    Length {
        /// As sent.
        length: i32,
        /// `socket.request.max.bytes`.
        max: usize,
    },
    /// The peer closed the connection within a frame, or it broke.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Reads frames, each in two steps, so that room for the body can be waited for in between.
pub(crate) struct FrameReader<R> {
    read: R,
    length_max: usize,
    ahead: [u8; AHEAD_BYTES],
    start: usize,
    end: usize,
}

impl<R: AsyncRead + Unpin> FrameReader<R> {
    pub(crate) fn new(read: R, length_max: usize) -> Self {
        Self { read, length_max, ahead: [0; AHEAD_BYTES], start: 0, end: 0 }
    }

    /// Waits for the beginning of a frame; `None` when the peer closed the connection between two
    /// frames. Safe to drop and call again.
    pub(crate) async fn head(&mut self) -> Result<Option<FrameHead>, FrameError> {
        loop {
            let buffered = &self.ahead[self.start..self.end];
            if let Some((length, rest)) = buffered.split_first_chunk() {
                let length = self.check_length(i32::from_be_bytes(*length))?;
                if let Some((head, _)) = rest.split_first_chunk() {
                    let [k0, k1, v0, v1]: [u8; 4] = *head;
                    return Ok(Some(FrameHead {
                        length,
                        api_key: i16::from_be_bytes([k0, k1]),
                        api_version: i16::from_be_bytes([v0, v1]),
                    }));
                }
            }
            let empty = buffered.is_empty();
            self.ahead.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            let count = self.read.read(&mut self.ahead[self.end..]).await?;
            if count == 0 && empty {
                return Ok(None);
            }
            if count == 0 {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
            self.end += count;
        }
    }

    fn check_length(&self, length: i32) -> Result<usize, FrameError> {
        match usize::try_from(length) {
            Ok(bytes) if (HEADER_BYTES_MIN..=self.length_max).contains(&bytes) => Ok(bytes),
            _ => Err(FrameError::Length { length, max: self.length_max }),
        }
    }

    /// The frame that `head` announced, from the API key on, as far as it is here already.
    pub(crate) fn begin_body(&mut self, head: FrameHead) -> Body {
        let mut bytes = BytesMut::with_capacity(head.length);
        let begin = self.start + size_of::<i32>();
        let ahead = head.length.min(self.end - begin);
        bytes.extend_from_slice(&self.ahead[begin..begin + ahead]);
        self.start = begin + ahead;
        Body { bytes, length: head.length }
    }

    /// Reads the rest of a frame. Safe to drop and call again.
    pub(crate) async fn fill(&mut self, body: &mut Body) -> Result<(), FrameError> {
        while body.bytes.len() < body.length {
            let missing = body.length - body.bytes.len();
            if self.read.read_buf(&mut (&mut body.bytes).limit(missing)).await? == 0 {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
        }
        Ok(())
    }

    /// Waits until the peer has closed the connection, between two frames. What it sends meanwhile
    /// is kept; when there is more of it than is read ahead, its end is out of sight, and this
    /// waits for ever. Safe to drop and call again.
    pub(crate) async fn closed(&mut self) {
        loop {
            self.ahead.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            if self.end == AHEAD_BYTES {
                return std::future::pending().await;
            }
            match self.read.read(&mut self.ahead[self.end..]).await {
                Ok(0) | Err(_) => return,
                Ok(count) => self.end += count,
            }
        }
    }

    /// Takes and forgets what the peer still sends, until it closes.
    pub(crate) async fn discard(&mut self) {
        while self.read.read(&mut self.ahead).await.is_ok_and(|count| count > 0) {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tokio::io::AsyncWriteExt;

    use super::*;

    fn frame(body: &[u8]) -> Vec<u8> {
        [&u32::try_from(body.len()).unwrap().to_be_bytes()[..], body].concat()
    }

    async fn read_all(bytes: Vec<u8>, step: usize, max: usize) -> (Vec<Bytes>, Option<FrameError>) {
        let (mut client, server) = tokio::io::duplex(step);
        let send = async move {
            // The reader may give up before everything is sent.
            let _ = client.write_all(&bytes).await;
        };
        let receive = async move {
            let mut reader = FrameReader::new(server, max);
            let mut frames = Vec::new();
            loop {
                let head = match reader.head().await {
                    Ok(Some(head)) => head,
                    Ok(None) => return (frames, None),
                    Err(error) => return (frames, Some(error)),
                };
                let mut body = reader.begin_body(head);
                match reader.fill(&mut body).await {
                    Ok(()) => frames.push(body.freeze()),
                    Err(error) => return (frames, Some(error)),
                }
            }
        };
        tokio::join!(send, receive).1
    }

    proptest! {
        #[test]
        fn frames_arrive_whole_however_they_are_cut(
            bodies in prop::collection::vec(prop::collection::vec(any::<u8>(), 8..2000), 0..5),
            step in 1_usize..700,
        ) {
            let bytes = bodies.iter().flat_map(|body| frame(body)).collect();
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let (frames, error) = runtime.block_on(read_all(bytes, step, 2000));
            prop_assert!(error.is_none());
            prop_assert_eq!(frames, bodies);
        }
    }

    #[tokio::test]
    async fn hostile_lengths_are_refused_and_ends_are_told_apart() {
        async fn check(bytes: &[u8], expect: Option<&str>) {
            let (frames, error) = read_all(bytes.to_vec(), 64, 100).await;
            assert!(frames.is_empty());
            assert_eq!(error.map(|error| error.to_string()).as_deref(), expect, "{bytes:?}");
        }
        check(b"", None).await;
        check(&[0xff; 4], Some("a frame of -1 bytes is outside 8 to 100")).await;
        check(&0_i32.to_be_bytes(), Some("a frame of 0 bytes is outside 8 to 100")).await;
        check(&7_i32.to_be_bytes(), Some("a frame of 7 bytes is outside 8 to 100")).await;
        check(&101_i32.to_be_bytes(), Some("a frame of 101 bytes is outside 8 to 100")).await;
        check(b"GET / HTTP/1.1\r\n", Some("a frame of 1195725856 bytes is outside 8 to 100")).await;
        check(&[0, 0], Some("unexpected end of file")).await;
        check(&[0, 0, 0, 8, 0, 18], Some("unexpected end of file")).await;
        check(&[0, 0, 0, 20, 0, 18, 0, 0, 1, 2], Some("unexpected end of file")).await;
    }
}
