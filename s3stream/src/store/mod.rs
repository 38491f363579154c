//! The object store: opened from a URL, counted, bounded, and tried again when it fails.

pub mod retry;
