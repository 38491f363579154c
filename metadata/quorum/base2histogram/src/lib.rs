//! Histograms of openraft's run-time statistics, in place of the published crate of this name.
//!
//! openraft 0.10.0-alpha.37 records the sizes of its batches in histograms, always, whether or
//! not anybody reads them. On first use the published crate (0.2.3) computes look-up tables for
//! every scale that it knows, 25 MiB resident; openraft uses one scale, and has no switch for it.
//! The root Cargo.toml puts this crate in its place. It offers what openraft calls and nothing
//! more, and shares no code with the other.
//!
//! It can go, with its line under `[patch.crates-io]`, as soon as the published crate computes
//! no tables that are not used, or openraft records only where its statistics are compiled in.
//!
//! ```text
//! value    0 1 2 … 15 | 16 17 | 18 19 | … | 30 31 | 32 … 35 | …
//! bucket   0 1 2 … 15 |  16   |  17   | … |  23   |   24    | …     eight to each doubling
//! ```

mod ascii_chart;
mod bucket;
mod histogram;
mod percentile_stats;

pub use ascii_chart::AsciiChart;
pub use histogram::Histogram;
pub use percentile_stats::PercentileStats;
