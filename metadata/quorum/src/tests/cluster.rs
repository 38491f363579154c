//! Three controllers in one process.
