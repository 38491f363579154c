//! The Penstock node: everything that knows Kafka, configuration files, clocks and signals.

pub mod api;
pub mod broker;
pub mod config;
pub mod metrics;
pub mod net;
pub mod shutdown;
