//! Tests of the state machine: by example, and over random histories.

mod brokers;
mod commits;
mod draw;
mod encoding;
mod features;
mod generate;
mod golden;
mod histories;
mod leases;
mod local_client;
mod placement;
mod ranges;
mod replacements;
mod topics;
mod trims;
mod world;
