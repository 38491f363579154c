//! The object store: opened from a URL, counted, bounded, and tried again when it fails.

pub mod assemble;
mod counters;
#[cfg(test)]
pub(crate) mod faulty;
pub mod local;
pub mod metered;
pub mod open;
pub mod retry;
pub mod url;
