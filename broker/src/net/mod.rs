//! Sockets, and nothing of what is said through them.
//!
//! ```text
//!   listener ──accept──► connection ──► read loop:  permits ► frame ► handler.begin ─┐
//!      │                     │                                                      ▼
//!    limits               session          write loop: ◄── answers in request order ◄─┘
//! ```
//!
//! It knows the four bytes of a frame's length and the four that name API and version. What a
//! request means, and what to answer, is the [`Handler`]'s, which `api/` implements.

pub mod connection;
pub mod frame;
pub mod handler;
pub mod limits;
pub mod listener;
pub mod response;
pub mod transport;

#[cfg(test)]
mod tests;

pub use handler::{Admission, Handler, Outcome, RequestFrame, Session};
pub use limits::{AnswerBudget, ByteBudget, BytePermit, ConnectionLimits, RequestBudget};
pub use listener::Listener;
pub use response::Response;
