//! Object compaction: small ranges become large ones, and objects with little in them go. Log
//! compaction, which looks into them, is in `cleaning`.
//!
//! ```text
//!   image ──► plan ──► job ──► sources read ──► one object put ──► commit ──► sources destroyed
//! ```
//!
//! Where there are very many large ranges, the store makes very large ones of them, by itself
//! (`merging.rs`).
//!
//! A job ends with one commit, compare and set. Whoever dies before it leaves a lease, which expires,
//! and an image that the same plan is made of again. It knows no partition and no log: it works on
//! what the metadata says is in objects.

pub(crate) mod cleaning;
pub(crate) mod pace;
pub(crate) mod task;

mod commit;
mod merging;
pub(crate) mod plan;
mod source;
#[cfg(test)]
mod testing;
