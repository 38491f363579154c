//! The cluster's metadata as a pure state machine.
//!
//! ```text
//!   command + image ──apply──► image' + outcome
//! ```
//!
//! No runtime, no I/O, no clock, no chance: the same commands give the same image on every node.

pub mod apply;
pub mod client;
pub mod command;
pub mod encoding;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
pub mod id;
pub mod image;
pub mod invariants;
pub mod placement;
pub mod watch;

#[cfg(test)]
mod tests;
