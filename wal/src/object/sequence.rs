//! Where an object of the log stands in it, and what its key is.
//!
//! ```text
//!   position   sequence of the object 37 bits | offset of the entry's frame in it 27 bits
//!   key        {root}/{epoch, 20 digits}/{sequence, 20 digits}
//! ```
//!
//! Sequences go on over the epochs of one writer: an epoch begins at the sequence at which the one
//! before it was sealed. At a hundred objects a second they last for 43 years.

use std::fmt;

use object_store::path::Path;

use crate::Position;

/// The bits of a position that say where in its object an entry lies.
const OFFSET_BITS: u32 = 27;

/// The number of an object in its log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Sequence(pub(crate) u64);

impl Sequence {
    /// The object that holds a position.
    pub(crate) fn of(position: Position) -> Self {
        Self(position.0 >> OFFSET_BITS)
    }

    /// The position at which the object begins: that of the end of the one before it.
    pub(crate) fn begins(self) -> Position {
        assert!(self.0 < 1 << (u64::BITS - OFFSET_BITS), "the log has no sequence left");
        Position(self.0 << OFFSET_BITS)
    }

    /// The position of the frame that lies so many bytes into the object; `None` where no entry
    /// can lie.
    pub(crate) fn position_at(self, offset: u64) -> Option<Position> {
        (offset < 1 << OFFSET_BITS).then(|| Position(self.begins().0 | offset))
    }

    pub(crate) fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How many bytes into its object an entry's frame lies.
pub(crate) fn offset_of(position: Position) -> u64 {
    position.0 & ((1 << OFFSET_BITS) - 1)
}

/// The folder of one epoch's objects.
pub(crate) fn epoch_prefix(root: &Path, epoch: u64) -> Path {
    root.clone().join(format!("{epoch:020}"))
}

/// The key of one object.
pub(crate) fn key(root: &Path, epoch: u64, sequence: Sequence) -> Path {
    epoch_prefix(root, epoch).join(format!("{sequence:020}"))
}

/// The epoch and the sequence that a key states; `None` for a key that is no object of a log.
pub(crate) fn place_of(key: &Path) -> Option<(u64, Sequence)> {
    let mut names = key.as_ref().rsplit('/').map(|name| {
        let is_number = name.len() == 20 && name.bytes().all(|byte| byte.is_ascii_digit());
        name.parse().ok().filter(|_| is_number)
    });
    let (sequence, epoch): (u64, u64) = (names.next()??, names.next()??);
    (sequence < 1 << (u64::BITS - OFFSET_BITS)).then_some((epoch, Sequence(sequence)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_grow_within_and_over_objects() {
        let first = Sequence(7);
        let within = first.position_at(100).unwrap();
        assert_eq!((Sequence::of(within), offset_of(within)), (first, 100));
        assert!(first.position_at((1 << 27) - 1).unwrap() < first.next().begins());
        assert_eq!(first.position_at(1 << 27), None);
        assert_eq!(Sequence::of(first.next().begins()), Sequence(8));
    }

    #[test]
    fn keys_state_their_sequence() {
        let root = Path::from("wal/ab/cluster/1");
        let stated = key(&root, 3, Sequence(258));
        assert_eq!(stated.as_ref(), "wal/ab/cluster/1/00000000000000000003/00000000000000000258");
        assert_eq!(place_of(&stated), Some((3, Sequence(258))));
        let epoch = "00000000000000000003";
        for name in ["claim", "0000000000000000025", "+0000000000000000258", "18446744073709551615"]
        {
            assert_eq!(place_of(&Path::from(format!("wal/{epoch}/{name}"))), None, "{name}");
        }
        for other in [epoch, "", "wal/x/00000000000000000258"] {
            assert_eq!(place_of(&Path::from(other)), None, "{other}");
        }
    }
}
