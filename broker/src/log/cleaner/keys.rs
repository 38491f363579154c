//! The newest offset of each key of what is dirty, within a share of memory.
//!
//! Keys are told apart by 128 bits of SipHash under a key of the cleaning's own: whoever chooses keys
//! cannot make two of them meet, and by chance a million do once in 10²⁶ times. (Kafka takes MD5.)

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use siphasher::sip128::SipHasher24;

/// What a key takes: its hash, its offset, and a byte of the map's own.
const ENTRY_BYTES: usize = 25;

/// See the module.
#[derive(Debug)]
pub(super) struct Keys {
    secret: [u8; 16],
    newest: HashMap<(u64, u64), i64, BuildHasherDefault<Taken>>,
    count_max: usize,
}

impl Keys {
    /// Room for so many keys, or fewer where they would take more than `bytes`; one in any case.
    pub(super) fn new(secret: [u8; 16], count: u64, bytes: usize) -> Self {
        let count_max = usize::try_from(count).unwrap_or(usize::MAX).clamp(1, count_within(bytes));
        let newest = HashMap::with_capacity_and_hasher(count_max, BuildHasherDefault::default());
        Self { secret, newest, count_max }
    }

    /// A record with this key is at this offset, the last so far. False when there is no room.
    pub(super) fn note(&mut self, key: &[u8], offset: i64) -> bool {
        let hash = self.hash(key);
        if let Some(newest) = self.newest.get_mut(&hash) {
            *newest = offset;
            return true;
        }
        if self.newest.len() == self.count_max {
            return false;
        }
        self.newest.insert(hash, offset);
        true
    }

    /// Where the last record with this key is.
    pub(super) fn newest(&self, key: &[u8]) -> Option<i64> {
        self.newest.get(&self.hash(key)).copied()
    }

    fn hash(&self, key: &[u8]) -> (u64, u64) {
        let hash = SipHasher24::new_with_key(&self.secret).hash(key);
        (hash.h1, hash.h2)
    }
}

/// The memory that so many keys take, if there is as much.
pub(super) fn bytes_for(count: u64) -> usize {
    let slots = usize::try_from(count / 7 * 8 + 8).ok().and_then(usize::checked_next_power_of_two);
    slots.unwrap_or(usize::MAX).saturating_mul(ENTRY_BYTES)
}

/// How many keys `bytes` have room for. The map's size is a power of two, of which it fills seven
/// eighths.
fn count_within(bytes: usize) -> usize {
    let slots = bytes / ENTRY_BYTES;
    let slots = slots.checked_ilog2().map_or(1, |log| 1 << log);
    (slots / 8 * 7).max(1)
}

/// What is hashed already is its own hash.
#[derive(Clone, Copy, Debug, Default)]
struct Taken(u64);

impl Hasher for Taken {
    fn write(&mut self, _bytes: &[u8]) {
        unreachable!("a hash is two numbers");
    }

    fn write_u64(&mut self, half: u64) {
        self.0 ^= half;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_of_each_key_is_known() {
        let mut keys = Keys::new([1; 16], 100, 1 << 20);
        for (key, offset) in [("a", 1), ("b", 2), ("", 3), ("a", 9)] {
            assert!(keys.note(key.as_bytes(), offset));
        }
        let newest = ["a", "b", "", "c"].map(|key| keys.newest(key.as_bytes()));
        assert_eq!(newest, [Some(9), Some(2), Some(3), None]);
    }

    #[test]
    fn a_full_map_takes_keys_that_it_knows() {
        let mut keys = Keys::new([1; 16], 2, 1 << 20);
        assert!(keys.note(b"a", 1) && keys.note(b"b", 2) && keys.note(b"a", 3));
        assert!(!keys.note(b"c", 4));
        assert!(keys.note(b"b", 5));
        assert_eq!((keys.newest(b"b"), keys.newest(b"c")), (Some(5), None));
    }

    /// The map never grows past its share, which would double it.
    #[test]
    fn keys_have_room_from_the_first_on() {
        for count in [1, 7, 8, 448, 449, 1 << 20] {
            assert!(count_within(bytes_for(count)) as u64 >= count, "{count} keys");
        }
        for (bytes, expect) in [(0, 1), (24, 1), (25 * 1_023, 448), (25 << 10, 896)] {
            assert_eq!(count_within(bytes), expect, "{bytes} bytes");
        }
        let mut keys = Keys::new([1; 16], u64::MAX, 25 << 10);
        let room = keys.newest.capacity();
        assert!((896..1_024).contains(&room), "{room}");
        let taken = (0_i64..).take_while(|at| keys.note(&at.to_be_bytes(), *at)).count();
        assert_eq!((taken, keys.newest.capacity()), (896, room));
    }
}
