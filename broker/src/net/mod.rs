//! Sockets, and nothing of what is said through them.
//!
//! ```text
//!   listener ──accept──► connection ──► read loop:  permits ► frame ► handler.begin ─┐
//!      │                     │                                                      ▼
//!  connection limits       session          write loop: ◄── answers in request order ◄─┘
//! ```
//!
//! It knows the four bytes of a frame's length and the four that name API and version. What a
//! request means, and what to answer, is the [`Handler`]'s, which `api/` implements.

pub mod answer_budget;
pub mod byte_budget;
pub mod connection;
pub mod connection_limits;
pub mod fetch_budget;
pub mod frame;
pub mod handler;
pub mod listener;
pub mod request_budget;
pub mod response;
pub mod transport;

#[cfg(test)]
mod tests;

pub use answer_budget::AnswerBudget;
pub use byte_budget::{ByteBudget, BytePermit, Demand};
pub use connection_limits::ConnectionLimits;
pub use fetch_budget::FetchBudget;
pub use handler::{Admission, Handler, Outcome, RequestFrame, Session};
pub use listener::Listener;
pub use request_budget::{RequestBudget, RequestKind, RequestRoom};
pub use response::Response;
