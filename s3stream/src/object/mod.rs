//! Objects: how the batches of streams lie in the object store.
//!
//! ```text
//!   batches ──► writer ──► payload ──► put ──► store ──► reader ──► index, blocks
//!                 (format.rs says what the bytes mean, key.rs where they lie)
//! ```
//!
//! Nothing here knows what a batch contains, which objects exist, or when one is to be written:
//! a batch is bytes with an offset span, and metadata says the rest.

mod block;
pub mod format;
pub mod index;
pub mod key;
pub mod merged;
pub mod put;
pub mod reader;
pub mod writer;

#[cfg(test)]
mod tests;
