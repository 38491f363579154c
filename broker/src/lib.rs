//! The Penstock node: everything that knows Kafka, configuration files, clocks and signals.

pub mod net;
pub mod shutdown;
