//! What one start of the node states, in an object that is created and never changed.
//!
//! ```text
//!   magic `PNSTINC1`
//!   cluster 16 bytes | node i32 | Raft id u64
//!   stamp 16 bytes                   drawn for this start alone
//!   begins u64                       where the journal began at this start
//!   count u32 | part …               epoch u64 | begins u64
//!   CRC32C u32                       of all bytes before it
//! ```
//!
//! A part is what one incarnation wrote of the journal; it ends where the next one begins. Those that
//! this start may have found something of are listed, oldest first, and its own at last, whose epoch
//! is the incarnation's number. So one object tells the next start all it needs.

use bytes::{Buf, BufMut, Bytes};
use penstock_model::id::{ClusterId, NodeId};
use penstock_wal::{LogPart, Position};

use crate::identity::RaftId;

const MAGIC: &[u8; 8] = b"PNSTINC1";
/// Before the parts.
const HEAD_BYTES: usize = 8 + 16 + 4 + 8 + 16 + 8 + 4;
const PART_BYTES: usize = 16;
const CHECKSUM_BYTES: usize = 4;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Incarnation {
    pub(super) cluster: ClusterId,
    pub(super) node: NodeId,
    pub(super) id: RaftId,
    pub(super) stamp: [u8; 16],
    pub(super) begins: Position,
    pub(super) parts: Vec<LogPart>,
}

impl Incarnation {
    pub(super) fn number(&self) -> u64 {
        self.own_part().epoch
    }

    /// What it writes of the journal.
    pub(super) fn own_part(&self) -> LogPart {
        *self.parts.last().expect("its own part is always there")
    }

    /// The parts in which the next incarnation may find something, given where the own one ended.
    /// Those that were trimmed already when this one started are left out: it has looked, and
    /// deleted what was left in them.
    pub(super) fn parts_to_recover(&self, end: Position) -> Vec<LogPart> {
        let ends = self.parts.iter().skip(1).map(|next| next.begins).chain([end]);
        let kept = self.parts.iter().zip(ends);
        kept.filter(|(part, ends)| *ends > self.begins.max(part.begins))
            .map(|(part, _)| *part)
            .collect()
    }

    pub(super) fn encode(&self) -> Bytes {
        let mut out =
            Vec::with_capacity(HEAD_BYTES + self.parts.len() * PART_BYTES + CHECKSUM_BYTES);
        out.put_slice(MAGIC);
        out.put_slice(&self.cluster.0);
        out.put_i32(self.node.0);
        out.put_u64(self.id.0);
        out.put_slice(&self.stamp);
        out.put_u64(self.begins.0);
        out.put_u32(u32::try_from(self.parts.len()).expect("snapshots keep them few"));
        for part in &self.parts {
            out.put_u64(part.epoch);
            out.put_u64(part.begins.0);
        }
        out.put_u32(crc32c::crc32c(&out));
        out.into()
    }

    /// Reads what [`encode`](Self::encode) wrote. The error says what is wrong.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, &'static str> {
        const CUT: &str = "its length is wrong";
        let (content, checksum) = bytes.split_last_chunk::<CHECKSUM_BYTES>().ok_or(CUT)?;
        if !content.starts_with(MAGIC) {
            return Err("it does not begin as an incarnation of this release does");
        }
        if crc32c::crc32c(content) != u32::from_be_bytes(*checksum) {
            return Err("its checksum does not match");
        }
        let mut rest = &content[MAGIC.len()..];
        if rest.len() < HEAD_BYTES - MAGIC.len() {
            return Err(CUT);
        }
        let mut cluster = ClusterId([0; 16]);
        rest.copy_to_slice(&mut cluster.0);
        let (node, id) = (NodeId(rest.get_i32()), RaftId(rest.get_u64()));
        let mut stamp = [0; 16];
        rest.copy_to_slice(&mut stamp);
        let begins = Position(rest.get_u64());
        let count = rest.get_u32() as usize;
        if rest.len() != count.saturating_mul(PART_BYTES) {
            return Err(CUT);
        }
        let part = |_| LogPart { epoch: rest.get_u64(), begins: Position(rest.get_u64()) };
        let parts: Vec<_> = (0..count).map(part).collect();
        let grow =
            |(one, next): (&LogPart, &LogPart)| one.epoch < next.epoch && one.begins <= next.begins;
        if parts.is_empty() || !parts.iter().zip(&parts[1..]).all(grow) {
            return Err("its parts of the journal cannot be");
        }
        Ok(Self { cluster, node, id, stamp, begins, parts })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(epoch: u64, begins: u64) -> LogPart {
        LogPart { epoch, begins: Position(begins) }
    }

    fn sample(begins: u64, parts: &[LogPart]) -> Incarnation {
        Incarnation {
            cluster: ClusterId([7; 16]),
            node: NodeId(3),
            id: RaftId(0x0102),
            stamp: [9; 16],
            begins: Position(begins),
            parts: parts.to_vec(),
        }
    }

    #[test]
    fn golden_bytes_and_round_trip() {
        let sample = sample(4, &[part(1, 0), part(3, 5)]);
        let content = [
            &b"PNSTINC1"[..],
            &[7; 16],
            &[0, 0, 0, 3],
            &[0, 0, 0, 0, 0, 0, 1, 2],
            &[9; 16],
            &[0, 0, 0, 0, 0, 0, 0, 4],
            &[0, 0, 0, 2],
            &[0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
            &[0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 5],
        ]
        .concat();
        let bytes = sample.encode();
        assert_eq!(bytes[..content.len()], content);
        assert_eq!(bytes[content.len()..], crc32c::crc32c(&content).to_be_bytes());
        assert_eq!(Incarnation::decode(&bytes), Ok(sample));
    }

    #[test]
    fn every_flipped_or_missing_byte_is_noticed() {
        let good = sample(4, &[part(1, 0), part(3, 5)]).encode();
        for position in 0..good.len() {
            let mut bytes = good.to_vec();
            bytes[position] ^= 0x10;
            assert!(Incarnation::decode(&bytes).is_err(), "byte {position}");
            assert!(Incarnation::decode(&good[..position]).is_err(), "cut at {position}");
        }
        for parts in [&[][..], &[part(2, 0), part(2, 1)], &[part(1, 1), part(2, 0)]] {
            let bytes = sample(0, parts).encode();
            assert_eq!(Incarnation::decode(&bytes), Err("its parts of the journal cannot be"));
        }
    }

    #[test]
    fn parts_are_listed_for_as_long_as_something_may_be_in_them() {
        let check = |begins, parts: &[LogPart], end, expect: &[u64]| {
            let found = sample(begins, parts).parts_to_recover(Position(end));
            let epochs: Vec<_> = found.iter().map(|part| part.epoch).collect();
            assert_eq!(epochs, expect, "{begins} {parts:?} {end}");
        };
        check(0, &[part(1, 0)], 0, &[]);
        check(0, &[part(1, 0)], 5, &[1]);
        check(0, &[part(1, 0), part(2, 5)], 5, &[1]);
        check(4, &[part(1, 0), part(2, 5)], 9, &[1, 2]);
        check(5, &[part(1, 0), part(2, 5)], 9, &[2]);
        check(6, &[part(1, 0), part(2, 3), part(4, 8)], 8, &[2]);
    }
}
