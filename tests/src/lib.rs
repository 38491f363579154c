//! What tests of the whole server share: the process, and a client that hides nothing.

pub mod bomb;
pub mod bystander;
pub mod client;
pub mod fault_proxy;
pub mod figures;
pub mod load;
pub mod memory;
pub mod minio;
pub mod panics;
pub mod producer;
pub mod random;
pub mod rounds;
pub mod server;
pub mod stranger;
pub mod syscall_trace;
