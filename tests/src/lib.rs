//! What tests of the whole server share: the process, and a client that hides nothing.

pub mod client;
pub mod producer;
pub mod random;
pub mod server;
