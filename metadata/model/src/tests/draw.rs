//! Choices drawn from a seed.

/// SplitMix64 (Steele, Lea, Flood, 2014): enough chance for tests, and nothing to depend on.
pub(super) struct Draw(pub(super) u64);

impl Draw {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`, which is not zero.
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    pub(super) fn one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }

    /// One of these, if there is any.
    pub(super) fn one_of<T>(&mut self, choices: impl IntoIterator<Item = T>) -> Option<T> {
        let mut choices: Vec<T> = choices.into_iter().collect();
        if choices.is_empty() {
            return None;
        }
        let index = usize::try_from(self.next()).unwrap() % choices.len();
        Some(choices.swap_remove(index))
    }

    /// A number that breaks naive arithmetic, or a small one.
    pub(super) fn wild(&mut self) -> u64 {
        match self.below(6) {
            0 => u64::MAX,
            1 => i64::MAX.unsigned_abs(),
            2 => i64::MAX.unsigned_abs() + 1,
            3 => self.next(),
            _ => self.below(8),
        }
    }

    pub(super) fn bytes(&mut self) -> [u8; 16] {
        let (high, low) = (self.next(), self.next());
        ((u128::from(high) << 64) | u128::from(low)).to_be_bytes()
    }
}
