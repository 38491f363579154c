//! The wall clock, as this crate needs it: for deadlines that other nodes judge, never for order.

use penstock_model::id::Timestamp;

/// Says what time it is.
pub trait Clock: Send + Sync + 'static {
    /// The wall clock's time.
    fn now(&self) -> Timestamp;
}
