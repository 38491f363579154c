//! Values within a number of bytes; what was used the longest ago leaves first. Pure.
//!
//! Age counts in bytes that came in. What is brought ahead of its reader counts as used a whole
//! cache later than it came: so what readers have left behind goes before what they come to, and
//! what nobody comes for goes in the end.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

/// How a value comes to be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Somebody waits for it.
    Serve,
    /// Somebody may want it later.
    Ahead,
}

/// When a value was used, in bytes that had come in; and its turn among those of the same time.
type Age = (u64, u64);

#[derive(Debug)]
struct Entry<V> {
    value: V,
    bytes: usize,
    used: Age,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Lru<K, V> {
    capacity: usize,
    bytes: usize,
    reserved: usize,
    entries: HashMap<K, Entry<V>>,
    by_age: BTreeMap<Age, K>,
    came_in: u64,
    turns: u64,
}

impl<K: Copy + Eq + Hash, V: Clone> Lru<K, V> {
    /// Keeps at most `capacity` bytes.
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            bytes: 0,
            reserved: 0,
            entries: HashMap::new(),
            by_age: BTreeMap::new(),
            came_in: 0,
            turns: 0,
        }
    }

    /// The bytes that it keeps, or keeps free.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.saturating_add(self.reserved)
    }

    /// Keeps bytes free for what is on its way.
    pub(super) fn reserve(&mut self, bytes: usize) {
        self.reserved = self.reserved.saturating_add(bytes);
        self.evict();
    }

    /// They are free for others again.
    pub(super) fn release(&mut self, bytes: usize) {
        self.reserved -= bytes;
    }

    /// Uses a value.
    pub(super) fn get(&mut self, key: &K, purpose: Purpose) -> Option<V> {
        let now = self.age(purpose);
        let entry = self.entries.get_mut(key)?;
        // What another reader comes to stays for it, whoever has read it before.
        let used = if purpose == Purpose::Serve { now } else { now.max(entry.used) };
        self.by_age.remove(&entry.used);
        self.by_age.insert(used, *key);
        entry.used = used;
        Some(entry.value.clone())
    }

    /// Keeps a value of so many bytes, in place of what has the key, and lets go of what is too much.
    /// One that is larger than the whole is not kept.
    pub(super) fn insert(&mut self, key: K, value: V, bytes: usize, purpose: Purpose) {
        self.remove(&key);
        if bytes > self.capacity {
            return;
        }
        self.came_in += bytes as u64;
        let used = self.age(purpose);
        self.bytes += bytes;
        self.entries.insert(key, Entry { value, bytes, used });
        self.by_age.insert(used, key);
        self.evict();
    }

    fn evict(&mut self) {
        while self.bytes() > self.capacity
            && let Some((_, oldest)) = self.by_age.first_key_value()
        {
            let oldest = *oldest;
            self.remove(&oldest);
        }
    }

    fn remove(&mut self, key: &K) {
        if let Some(entry) = self.entries.remove(key) {
            self.bytes -= entry.bytes;
            self.by_age.remove(&entry.used);
        }
    }

    fn age(&mut self, purpose: Purpose) -> Age {
        self.turns += 1;
        let head_start = if purpose == Purpose::Ahead { self.capacity as u64 } else { 0 };
        (self.came_in + head_start, self.turns)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keys(lru: &Lru<u32, u32>) -> Vec<u32> {
        let mut keys: Vec<_> = lru.entries.keys().copied().collect();
        keys.sort_unstable();
        keys
    }

    fn filled(capacity: usize, keys: impl IntoIterator<Item = u32>) -> Lru<u32, u32> {
        let mut lru = Lru::new(capacity);
        keys.into_iter().for_each(|key| lru.insert(key, key, 1, Purpose::Serve));
        lru
    }

    #[test]
    fn what_was_used_the_longest_ago_leaves_first() {
        let mut lru = filled(3, 1..=3);
        assert_eq!(lru.get(&1, Purpose::Serve), Some(1));
        lru.insert(4, 4, 1, Purpose::Serve);
        assert_eq!(keys(&lru), [1, 3, 4]);
        lru.insert(5, 5, 2, Purpose::Serve);
        assert_eq!((keys(&lru), lru.bytes()), (vec![4, 5], 3));
    }

    #[test]
    fn what_lies_ahead_outstays_what_was_read_and_goes_in_the_end() {
        let mut lru = filled(4, [1]);
        lru.insert(100, 100, 1, Purpose::Ahead);
        for key in 2..=5 {
            lru.insert(key, key, 1, Purpose::Serve);
        }
        assert_eq!(keys(&lru), [3, 4, 5, 100], "a whole cache later");
        for key in 6..=9 {
            lru.insert(key, key, 1, Purpose::Serve);
        }
        assert_eq!(keys(&lru), [6, 7, 8, 9], "nobody came");
    }

    #[test]
    fn what_was_read_ahead_is_as_others_once_it_is_read() {
        let mut lru = filled(3, []);
        lru.insert(100, 100, 1, Purpose::Ahead);
        assert_eq!(lru.get(&100, Purpose::Serve), Some(100));
        for key in 1..=3 {
            lru.insert(key, key, 1, Purpose::Serve);
        }
        assert_eq!(keys(&lru), [1, 2, 3]);
    }

    #[test]
    fn what_is_on_its_way_takes_room() {
        let mut lru = filled(4, 1..=4);
        lru.reserve(2);
        assert_eq!((keys(&lru), lru.bytes()), (vec![3, 4], 4));
        lru.reserve(9);
        assert_eq!((keys(&lru), lru.bytes()), (vec![], 11));
        lru.release(9);
        lru.insert(5, 5, 2, Purpose::Serve);
        lru.release(2);
        assert_eq!((keys(&lru), lru.bytes()), (vec![5], 2));
    }

    #[test]
    fn what_is_larger_than_the_whole_is_not_kept() {
        let mut lru = filled(3, 1..=3);
        lru.insert(4, 4, 4, Purpose::Serve);
        assert_eq!(keys(&lru), [1, 2, 3]);
        lru.insert(1, 1, 4, Purpose::Serve);
        assert_eq!((keys(&lru), lru.bytes()), (vec![2, 3], 2));
    }

    proptest! {
        #[test]
        fn it_keeps_within_its_bytes_and_forgets_nothing_of_them(
            steps in prop::collection::vec((0..20_u32, 0..40_usize, any::<bool>(), any::<bool>()), 1..200),
        ) {
            let mut lru = Lru::new(100);
            for (key, bytes, is_ahead, is_new) in steps {
                let purpose = if is_ahead { Purpose::Ahead } else { Purpose::Serve };
                if is_new {
                    lru.insert(key, key, bytes, purpose);
                } else {
                    prop_assert!(lru.get(&key, purpose).is_none_or(|value| value == key));
                }
                prop_assert!(lru.bytes() <= 100);
                prop_assert_eq!(lru.entries.values().map(|entry| entry.bytes).sum::<usize>(), lru.bytes());
                prop_assert_eq!(lru.by_age.len(), lru.entries.len());
            }
        }
    }
}
