//! The way of batches from the log into objects.
//!
//! ```text
//!   durable groups ──► block ──► plan, fold ──► lease, PUT ──► commit ──► trim of the WAL
//!                 (block.rs) (plan.rs, prepare.rs)  (put.rs)    (task.rs)
//! ```

pub(crate) mod block;
mod plan;
mod prepare;
mod put;
pub(crate) mod room;
pub(crate) mod task;
