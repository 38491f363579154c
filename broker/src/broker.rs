//! What all requests of a node share.

use std::sync::Arc;

use crate::metrics::Metrics;
use crate::shutdown::Shutdown;

/// The broker: handles on everything that an API may need.
#[derive(Debug)]
pub struct Broker {
    /// Counts and measures.
    pub metrics: Arc<Metrics>,
    /// Once requested, no request waits any longer than it must: a parked fetch answers at once.
    pub draining: Shutdown,
}
