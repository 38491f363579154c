//! The memory of requests that are being served, in lanes: whoever sends little never waits for
//! those who send much, nor who asks for those who produce or wait for long.
//!
//! ```text
//!   head ─► room for the frame ─► frame ─► room for the most it may be decoded to ─► decode ─► room
//!           (held at the network's speed)  (held while it is decoded)           for what it became
//! ```
//!
//! A frame bounds nothing: in an array of empty names each takes a byte of it, and a few dozen in
//! memory. The most that a request may become is many times what it becomes when it is honest; so
//! that is taken for a moment only, from a budget of its own.

use std::sync::Arc;

use super::byte_budget::{ByteBudget, BytePermit};

/// Requests up to this size have lanes of their own: heartbeats, commits, ordinary fetches.
pub const SMALL_REQUEST_BYTES_MAX: usize = 16 * 1024;

/// Questions up to this size, and what they are decoded to, are part of what every connection takes:
/// a member's heartbeat is never held up by whoever has filled the lanes.
const TINY_REQUEST_BYTES_MAX: usize = 1024;

/// What a tiny question may be decoded to, beside its multiple.
const TINY_DECODED_BYTES_SLACK: usize = 4 * 1024;
/// What another may be decoded to at least.
const DECODED_BYTES_SLACK: usize = 16 * 1024;
/// As [`DECODED_BYTES_SLACK`], of requests that are mostly records.
const RECORDS_DECODED_BYTES_SLACK: usize = 1024;
/// A partition of a produce request, 70 bytes or more with its batch's head, takes 120 with its
/// topic.
const RECORDS_DECODED_BYTES_PER_BYTE: usize = 2;

/// What a produce request takes beside its frame until it is answered: many of one connection wait
/// for that at a time.
const PRODUCE_BYTES: usize = 1024;

/// What may be told of refused records, beside as much as their request took.
pub const PRODUCE_TEXTS_BYTES: usize = 1024;

/// What a request does while it has its room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestKind {
    /// It asks, and is answered.
    Ask,
    /// It may wait for long, and is dropped when its client goes away meanwhile.
    Wait,
    /// Its bytes are mostly records, and it holds its room for as long as the store is slow.
    Produce,
}

/// See the module.
#[derive(Clone, Debug)]
pub struct RequestBudget(Arc<Lanes>);

#[derive(Debug)]
struct Lanes {
    ask: Sizes,
    wait: Sizes,
    produce: Sizes,
    /// Whoever has it serves a produce request that is longer than its lane: one at a time, beside
    /// the budget.
    giant: ByteBudget,
}

/// The lanes of a kind.
#[derive(Debug)]
struct Sizes {
    small: Lane,
    large: Lane,
}

#[derive(Debug)]
struct Lane {
    frames: ByteBudget,
    /// Of those that are being decoded.
    decoding: ByteBudget,
    /// Of those that are.
    decoded: ByteBudget,
}

/// The room of one request, until it is dropped.
#[derive(Debug)]
pub struct RequestRoom {
    /// None for a tiny one.
    frame: Option<BytePermit>,
    /// Only while it is decoded, and none for a tiny one.
    decoding: Option<BytePermit>,
    decoded: ByteBudget,
    became: Option<BytePermit>,
    /// What it may be decoded to.
    decoded_bytes_max: usize,
}

/// No lane is ever so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a request of {bytes} bytes is longer than the {longest} that memory.requests.bytes allows"
)]
pub struct TooLong {
    /// Of the request.
    pub bytes: usize,
    /// The longest of its kind.
    pub longest: usize,
}

impl RequestBudget {
    /// Divides `bytes`.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        let part = |parts: usize| ByteBudget::new(bytes / 64 * parts);
        let lane = |frames, decoding, decoded| Lane {
            frames: part(frames),
            decoding: part(decoding),
            decoded: part(decoded),
        };
        Self(Arc::new(Lanes {
            ask: Sizes { small: lane(2, 2, 1), large: lane(4, 4, 2) },
            // The longest is what a leader assigns, as much as a group's record of 1 MiB holds.
            wait: Sizes { small: lane(2, 2, 1), large: lane(11, 6, 3) },
            produce: Sizes { small: lane(8, 1, 1), large: lane(10, 2, 2) },
            giant: ByteBudget::new(1),
        }))
    }

    /// Waits for room for a frame of `bytes`. A produce request that is longer than its lane is
    /// served when no other such is.
    ///
    /// # Errors
    /// When there is never room for one of its kind.
    pub async fn acquire(&self, kind: RequestKind, bytes: usize) -> Result<RequestRoom, TooLong> {
        let lane = self.0.lane(kind, bytes);
        let longest = lane.frames.total();
        let fits = bytes <= SMALL_REQUEST_BYTES_MAX || bytes <= longest;
        let frame = match kind {
            RequestKind::Produce if fits => {
                Some(lane.frames.acquire(bytes + PRODUCE_BYTES + PRODUCE_TEXTS_BYTES).await)
            }
            RequestKind::Produce => Some(self.0.giant.acquire(bytes).await),
            _ if bytes <= TINY_REQUEST_BYTES_MAX => None,
            _ if fits => Some(lane.frames.acquire(bytes).await),
            _ => return Err(TooLong { bytes, longest }),
        };
        let decoded = lane.decoded.clone();
        Ok(RequestRoom { frame, decoding: None, decoded, became: None, decoded_bytes_max: 0 })
    }

    /// Waits for room for the most that a frame of `bytes`, which is whole by now, may be decoded
    /// to.
    pub async fn decode(&self, kind: RequestKind, bytes: usize, room: &mut RequestRoom) {
        let (per_byte, slack) = match kind {
            RequestKind::Produce => (RECORDS_DECODED_BYTES_PER_BYTE, RECORDS_DECODED_BYTES_SLACK),
            _ if room.frame.is_none() => {
                (penstock_wire::DECODED_BYTES_PER_BYTE, TINY_DECODED_BYTES_SLACK)
            }
            _ => (penstock_wire::DECODED_BYTES_PER_BYTE, DECODED_BYTES_SLACK),
        };
        room.decoded_bytes_max = bytes.saturating_mul(per_byte).saturating_add(slack);
        if room.frame.is_some() {
            let decoding = self.0.lane(kind, bytes).decoding.acquire(room.decoded_bytes_max).await;
            room.decoded_bytes_max = room.decoded_bytes_max.min(decoding.bytes());
            room.decoding = Some(decoding);
        }
    }

    /// The bytes in use.
    #[must_use]
    pub fn used(&self) -> usize {
        let Lanes { ask, wait, produce, giant: _ } = &*self.0;
        let lanes = [ask, wait, produce].into_iter().flat_map(|kind| [&kind.small, &kind.large]);
        let used = |lane: &Lane| lane.frames.used() + lane.decoding.used() + lane.decoded.used();
        lanes.map(used).sum()
    }
}

impl Lanes {
    fn lane(&self, kind: RequestKind, bytes: usize) -> &Lane {
        let sizes = match kind {
            RequestKind::Ask => &self.ask,
            RequestKind::Wait => &self.wait,
            RequestKind::Produce => &self.produce,
        };
        if bytes <= SMALL_REQUEST_BYTES_MAX { &sizes.small } else { &sizes.large }
    }
}

impl RequestRoom {
    /// Whether others wait for the room of the frame.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        self.frame.as_ref().is_some_and(BytePermit::is_wanted)
    }

    /// The bytes that the frame may be decoded to.
    #[must_use]
    pub fn decoded_bytes_max(&self) -> usize {
        self.decoded_bytes_max
    }

    /// It was decoded to so many bytes: waits for room for them, in which it goes on.
    pub async fn was_decoded(&mut self, bytes: usize) {
        if bytes > 0 && self.frame.is_some() {
            self.became = Some(self.decoded.acquire(bytes).await);
        }
        self.decoding = None;
    }

    /// The request is gone, and what it leaves behind takes `bytes`: no more than it took itself.
    #[must_use]
    pub fn keep(self, bytes: usize) -> Option<BytePermit> {
        let mut frame = self.frame?;
        frame.shrink_to(PRODUCE_BYTES + bytes);
        let rest = bytes - (frame.bytes().saturating_sub(PRODUCE_BYTES)).min(bytes);
        match self.became {
            Some(mut became) if rest > 0 => {
                became.shrink_to(rest);
                Some(frame.and(became))
            }
            _ => Some(frame),
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    const KINDS: [RequestKind; 3] = [RequestKind::Ask, RequestKind::Wait, RequestKind::Produce];

    /// Outside of a runtime, which would make them wait after so many steps.
    #[test]
    fn no_lane_is_waited_for_in_another() {
        let budget = RequestBudget::new(32 << 20);
        for full in KINDS {
            for bytes in [SMALL_REQUEST_BYTES_MAX, SMALL_REQUEST_BYTES_MAX + 1] {
                let mut taken = Vec::new();
                while let Some(room) = budget.acquire(full, bytes).now_or_never() {
                    taken.push(room.unwrap());
                }
                for kind in KINDS {
                    for other in [2_000, SMALL_REQUEST_BYTES_MAX, SMALL_REQUEST_BYTES_MAX + 1] {
                        let is_small = |bytes| bytes <= SMALL_REQUEST_BYTES_MAX;
                        let is_same = kind == full && is_small(bytes) == is_small(other);
                        let mut room = match budget.acquire(kind, other).now_or_never() {
                            Some(room) => room.unwrap(),
                            None if is_same => continue,
                            None => panic!("{kind:?} of {other} waits for {full:?} of {bytes}"),
                        };
                        let decoding = budget.decode(kind, other, &mut room).now_or_never();
                        assert!(decoding.is_some(), "nobody has decoded anything");
                    }
                }
            }
        }
        assert_eq!(budget.used(), 0);
    }

    #[tokio::test]
    async fn what_is_longer_than_its_lane() {
        let budget = RequestBudget::new(32 << 20);
        for kind in [RequestKind::Ask, RequestKind::Wait] {
            let lane = budget.0.lane(kind, 1 << 20).frames.total();
            assert!(budget.acquire(kind, lane).await.is_ok());
            let error = budget.acquire(kind, lane + 1).await.unwrap_err();
            assert_eq!(error, TooLong { bytes: lane + 1, longest: lane });
        }
        // A giant waits for giants alone, and holds up nobody else.
        let giant = budget.acquire(RequestKind::Produce, 100 << 20).await.unwrap();
        assert!(budget.acquire(RequestKind::Produce, 100 << 20).now_or_never().is_none());
        let large = budget.acquire(RequestKind::Produce, 5 << 20).now_or_never();
        assert!(large.is_some());
        drop(giant);
        assert!(budget.acquire(RequestKind::Produce, 100 << 20).now_or_never().is_some());
    }

    #[tokio::test]
    async fn a_request_takes_what_it_may_become_and_keeps_what_it_became() {
        let budget = RequestBudget::new(64 << 20);
        let bytes = 10_000;
        let mut room = budget.acquire(RequestKind::Produce, bytes).await.unwrap();
        let beside = PRODUCE_BYTES + PRODUCE_TEXTS_BYTES;
        assert_eq!(budget.used(), bytes + beside);
        budget.decode(RequestKind::Produce, bytes, &mut room).await;
        assert_eq!(room.decoded_bytes_max(), 2 * bytes + RECORDS_DECODED_BYTES_SLACK);
        room.was_decoded(300).await;
        assert_eq!(budget.used(), bytes + beside + 300);
        let left = room.keep(bytes + PRODUCE_TEXTS_BYTES + 70);
        assert_eq!(budget.used(), bytes + beside + 70);
        drop(left);
        let room = budget.acquire(RequestKind::Produce, bytes).await.unwrap();
        let left = room.keep(70);
        assert_eq!(budget.used(), PRODUCE_BYTES + 70);
        drop(left);
        assert_eq!(budget.used(), 0);
    }

    /// Whatever has filled the lanes.
    #[test]
    fn tiny_questions_wait_for_nobody() {
        let budget = RequestBudget::new(1 << 20);
        let mut taken = Vec::new();
        while let Some(room) = budget.acquire(RequestKind::Ask, 2_000).now_or_never() {
            let mut room = room.unwrap();
            let decoding = budget.decode(RequestKind::Ask, 2_000, &mut room).now_or_never();
            let decoded = decoding.and_then(|()| room.was_decoded(5_000).now_or_never());
            taken.push(room);
            if decoded.is_none() {
                break;
            }
        }
        let tiny = budget.acquire(RequestKind::Ask, TINY_REQUEST_BYTES_MAX).now_or_never();
        let mut tiny = tiny.expect("at once").unwrap();
        let decoding = budget.decode(RequestKind::Ask, TINY_REQUEST_BYTES_MAX, &mut tiny);
        assert!(decoding.now_or_never().is_some());
        assert_eq!(tiny.decoded_bytes_max(), 12 * 1024);
        assert!(tiny.was_decoded(12 * 1024).now_or_never().is_some());
    }
}
