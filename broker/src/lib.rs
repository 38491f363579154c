//! The Penstock node: everything that knows Kafka, configuration files, clocks and signals.

pub mod admin_http;
pub mod api;
pub mod broker;
pub mod cli;
pub mod cluster_id;
pub mod config;
pub mod doctor;
pub mod env;
mod features;
mod footprint;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
pub mod group;
pub mod inspect;
pub mod inspector;
pub mod log;
pub mod metrics;
pub mod net;
pub mod node;
pub mod producer_ids;
pub mod shutdown;
pub mod signals;
pub mod storage_figures;
pub mod topic_settings;

#[cfg(test)]
mod testing;
