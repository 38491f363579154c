//! Tests of the state machine: by example, and over random histories.

mod brokers;
mod commits;
mod draw;
mod generate;
mod histories;
mod leases;
mod local_client;
mod placement;
mod topics;
mod trims;
mod world;
