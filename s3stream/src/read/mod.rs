//! Reading what is in objects.
//!
//! ```text
//!   image ──► ranges ──► index cache ──► plan ──► block cache ──► slices of blocks
//!                             │                        │
//!                             └─────── one GET each ───┘   shared by all who wait for it
//! ```
//!
//! It knows nothing of the log and its cache: whoever asks for an offset here knows that it is
//! committed. Cold reads have budgets of their own, so that catching up harms nobody else.

pub mod block_cache;
mod give_way;
mod load_budget;
mod loading_cache;
mod lru;
pub mod object_reads;
pub mod plan;
pub mod read_ahead;
mod time_search;

#[cfg(test)]
mod tests;
