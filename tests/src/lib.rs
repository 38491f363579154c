//! What tests of the whole server share: the process, and a client that hides nothing.

pub mod bomb;
pub mod bystander;
pub mod client;
pub mod memory;
pub mod producer;
pub mod random;
pub mod server;
pub mod stranger;
pub mod syscall_trace;
