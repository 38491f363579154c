//! What an operator may turn, with the defaults.

use std::time::Duration;

/// Settings of every backend.
#[derive(Clone, Debug)]
pub struct WalSettings {
    /// Bytes of header and payload that may lie between `reserve` and `durable`.
    pub in_flight_bytes_max: usize,
    /// A group takes no further entry once it holds this many bytes.
    pub group_bytes_max: usize,
    /// The longest that entries wait for company while others are being made durable. An entry
    /// that finds the log at rest never waits.
    pub gap_max: Duration,
}

impl Default for WalSettings {
    fn default() -> Self {
        Self {
            in_flight_bytes_max: 64 << 20,
            group_bytes_max: 4 << 20,
            // A sync costs about 40 µs of CPU whatever it carries: at 2,000 a second that is 8 %
            // of a core, and a gap of this length holds busy logs to fewer.
            gap_max: Duration::from_micros(500),
        }
    }
}
