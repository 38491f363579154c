//! The whole storage, over a WAL and a store in memory and the real metadata machine, on one
//! thread and in virtual time: one seed is one history.

#![allow(clippy::unwrap_used, reason = "all of it is test code, not only its test functions")]

mod assembler;
mod checked_store;
mod checked_wal;
mod cleaner;
mod cleaning;
mod damaged;
mod figures;
mod fold;
mod histories;
mod history;
mod idle;
mod merging;
mod on_disk;
mod oracle;
mod order;
mod random;
mod slices;
mod stopping;
mod unsteady_metadata;
mod verified;
mod world;
