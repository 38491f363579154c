//! Slices on their way to readers. Each keeps the whole allocation that it lies in, a request's
//! frame or an object's block, for as long as its reader takes, be that evicted long since.
//!
//! ```text
//!   frame   [ others' batches ······ [ 5 KiB ] ······················ ] 100 MiB   copied
//!   block   [ ·· [ most of it                                       ] ] 1 MiB     as it lies there
//! ```
//!
//! So what is less than half of its allocation is copied out of it. A read keeps at most twice its
//! bytes then, and so does every rest of it while it is written piece by piece; it pays for that
//! with a copy only where little was wanted of much.

use bytes::Bytes;

use crate::stream::KEPT_PER_BYTE;

/// Neighbours are copied together, up to this size: few pieces are written in few calls, and each
/// keeps its memory until it is written whole.
const PIECE_BYTES_MAX: usize = 256 << 10;

/// What a piece takes beside its bytes, here and in an answer.
const PIECE_BYTES: usize = 2 * size_of::<Bytes>();

/// One or more whole batches back to back, as a part of a larger allocation.
#[derive(Clone, Debug)]
pub(crate) struct Slice {
    pub(crate) bytes: Bytes,
    /// The size of the allocation.
    pub(crate) keeps: usize,
}

impl Slice {
    /// The bytes, for a reader who takes nothing else.
    fn into_piece(self) -> Bytes {
        if self.is_little() { Bytes::copy_from_slice(&self.bytes) } else { self.bytes }
    }

    fn is_little(&self) -> bool {
        KEPT_PER_BYTE * self.bytes.len() < self.keeps
    }
}

/// What a reader takes, in order: slices as they are, and copies of what is little; and the bytes
/// of memory that all of it keeps.
pub(crate) fn into_pieces(slices: &[Slice]) -> (Vec<Bytes>, usize) {
    let mut pieces = Vec::new();
    let mut keeps = 0;
    let mut left = slices;
    while let Some(first) = left.first() {
        let (piece, behind) = left.split_at(copied_together(left).max(1));
        left = behind;
        let piece = match piece {
            [_] => first.clone().into_piece(),
            several => {
                let parts: Vec<&[u8]> = several.iter().map(|slice| &*slice.bytes).collect();
                Bytes::from(parts.concat())
            }
        };
        keeps += PIECE_BYTES + if first.is_little() { piece.len() } else { first.keeps };
        pieces.push(piece);
    }
    (pieces, keeps)
}

/// How many of the first slices are copied into one piece.
fn copied_together(slices: &[Slice]) -> usize {
    let mut bytes = 0;
    let is_next = |slice: &&Slice| {
        bytes += slice.bytes.len();
        slice.is_little() && bytes <= PIECE_BYTES_MAX
    };
    slices.iter().take_while(is_next).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Slices of so many bytes out of so many, and the pieces that they become: how many slices
    /// each consists of, and whether it is a copy.
    #[track_caller]
    fn check(slices: &[(usize, usize)], expect: &[(usize, bool)]) {
        let slices: Vec<_> = (0..)
            .zip(slices)
            .map(|(fill, (length, keeps))| {
                let bytes = Bytes::from(vec![fill; *keeps]).slice(keeps - length..);
                Slice { bytes, keeps: *keeps }
            })
            .collect();
        let (pieces, keeps) = into_pieces(&slices);
        let mut left = &slices[..];
        let mut found = Vec::new();
        for piece in &pieces {
            let (first, mut length) = (&left[0].bytes, 0);
            let count = left.iter().take_while(|slice| {
                length += slice.bytes.len();
                length <= piece.len()
            });
            let (parts, behind) = left.split_at(count.count());
            let expected: Vec<u8> = parts.iter().flat_map(|slice| slice.bytes.to_vec()).collect();
            assert!(*piece == expected);
            found.push((parts.len(), piece.as_ptr() != first.as_ptr()));
            left = behind;
        }
        assert!(left.is_empty());
        assert_eq!(found, expect);
        let bytes: usize = pieces.iter().map(|piece| PIECE_BYTES + piece.len()).sum();
        assert!((bytes..=2 * bytes).contains(&keeps), "{bytes} keep {keeps}");
    }

    #[test]
    fn what_is_less_than_half_of_its_allocation_is_copied() {
        check(&[], &[]);
        check(&[(100, 100)], &[(1, false)]);
        check(&[(50, 100)], &[(1, false)]);
        check(&[(49, 100)], &[(1, true)]);
        check(&[(1 << 20, 100 << 20)], &[(1, true)]);
    }

    #[test]
    fn neighbours_are_copied_together() {
        check(&[(10, 100), (10, 1_000), (40, 100)], &[(3, true)]);
        check(&[(10, 100), (10, 100), (60, 100), (10, 100)], &[(2, true), (1, false), (1, true)]);
        let third = PIECE_BYTES_MAX / 3;
        check(&[(third, 1 << 20); 7], &[(3, true), (3, true), (1, true)]);
    }
}
