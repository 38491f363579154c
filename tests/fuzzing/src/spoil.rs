//! Inputs that were nearly right: most of what a decoder must refuse looks much like what it takes.

/// Draws from a seed.
pub(crate) struct Spoiler(u64);

/// Numbers that break naive arithmetic.
const EDGES: [u64; 6] = [0, 1, 0x7fff_ffff, 0xffff_ffff, i64::MAX.unsigned_abs(), u64::MAX];

impl Spoiler {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// SplitMix64 (Steele, Lea and Flood, 2014).
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.bits() % limit as u64).expect("below a usize")
    }

    fn byte(&mut self) -> u8 {
        self.bits().to_le_bytes()[0]
    }

    /// One of the seeds with a few changes, or now and then mere noise.
    pub(crate) fn spoil(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        if seeds.is_empty() || self.below(16) == 0 {
            let length = self.below(200);
            return (0..length).map(|_| self.byte()).collect();
        }
        let mut input = seeds[self.below(seeds.len())].clone();
        for _ in 0..=self.below(4) {
            self.change(&mut input, seeds);
        }
        input
    }

    fn change(&mut self, input: &mut Vec<u8>, seeds: &[Vec<u8>]) {
        let at = self.below(input.len() + 1);
        match self.below(8) {
            0 => input.truncate(at),
            1 => input.insert(at, self.byte()),
            2 => {
                let end = (at + self.below(16)).min(input.len());
                input.drain(at..end);
            }
            3 => {
                let other = &seeds[self.below(seeds.len())];
                let from = self.below(other.len() + 1);
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
            4 | 5 => {
                let edge = EDGES[self.below(EDGES.len())];
                let bytes =
                    if self.below(2) == 0 { edge.to_le_bytes() } else { edge.to_be_bytes() };
                let length = 1 << self.below(4);
                let new = input[at..].iter_mut().zip(&bytes[..length]);
                new.for_each(|(byte, new)| *byte = *new);
            }
            _ => {
                let mask = 1 << self.below(8);
                input[at..].iter_mut().take(1).for_each(|byte| *byte ^= mask);
            }
        }
    }
}
