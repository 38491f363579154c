//! What things take in memory at most, as the standard library and allocators lay them out.

/// Places in a node of a tree; at least 5 of them are taken, but in its first.
const NODE_PLACES: usize = 11;

/// An entry of a tree, with its part of what nodes leave free, and of their heads.
pub(crate) const fn in_tree<T>() -> usize {
    size_of::<T>() * NODE_PLACES / 5 + 24
}

/// The first node of a tree, which is there from its first entry on.
pub(crate) const fn first_node<T>() -> usize {
    size_of::<T>() * NODE_PLACES + 32
}

/// Memory of its own: a head of the allocator's, and sizes in steps of 16.
pub(crate) const fn allocated(bytes: usize) -> usize {
    16 + bytes.next_multiple_of(16)
}

/// A shared text: behind its two counts.
pub(crate) const fn text(text: &str) -> usize {
    allocated(16 + text.len())
}

/// Shared bytes, and what counts who shares them.
pub(crate) const fn blob(bytes: usize) -> usize {
    if bytes == 0 { 0 } else { allocated(bytes) + allocated(24) }
}
