//! Arrays and sets of small numbers.

use std::ops::{Index, IndexMut};

/// An array by a small number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Row<T, const N: usize>(pub(crate) [T; N]);

impl<T: Copy, const N: usize> Row<T, N> {
    pub(crate) fn of(value: T) -> Self {
        Self([value; N])
    }
}

impl<T, const N: usize> Index<u8> for Row<T, N> {
    type Output = T;

    fn index(&self, index: u8) -> &T {
        &self.0[usize::from(index)]
    }
}

impl<T, const N: usize> IndexMut<u8> for Row<T, N> {
    fn index_mut(&mut self, index: u8) -> &mut T {
        &mut self.0[usize::from(index)]
    }
}

/// A set of numbers below eight.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Set(u8);

impl Set {
    pub(crate) fn below(end: u8) -> Self {
        Self((1 << end) - 1)
    }

    pub(crate) fn has(self, number: u8) -> bool {
        self.0 >> number & 1 == 1
    }

    pub(crate) fn add(&mut self, number: u8) {
        self.0 |= 1 << number;
    }

    /// The first number that is missing.
    pub(crate) fn front(self) -> u8 {
        (0..8).find(|number| !self.has(*number)).unwrap_or(8)
    }
}
