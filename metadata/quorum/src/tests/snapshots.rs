//! Snapshot files: their bytes, and what a damaged one costs.
