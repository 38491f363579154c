//! The whole server on an object store that speaks S3, and that misbehaves: MinIO, which is killed
//! and started again, behind a proxy that does to requests what bad days do.
//!
//! Needs MinIO, and so stands apart from the tests that only need Rust: `tests/object_store/run`.
//! Long forms are asked for by the environment: `KILL_ROUNDS`, `STORE_FAULT_SECONDS`,
//! `STORE_OUTAGE_SECONDS`, `STORE_IDLE_SECONDS`.

#![allow(clippy::unwrap_used, reason = "all of it is test code, not only its test functions")]

mod assemblies;
mod data_folder;
mod faults;
mod idle;
mod kills;
mod outage;
mod requests;
mod world;
