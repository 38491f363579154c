//! Whose log it is. What a log holds means something to its owner only: another's positions,
//! streams and votes look like one's own.

use std::fmt;

/// Stands at the front of every segment. Opaque here; drawn so that no two owners are the same.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Owner(pub [u8; Owner::BYTES]);

impl Owner {
    /// Its length.
    pub const BYTES: usize = 20;
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Owner({self})")
    }
}
