//! Settings: where they come from, which there are, and what they mean.
//!
//! ```text
//!   file ─► environment ─► --set ─► Given (text, checked) ─┬─► NodeConfig   at the start
//!                          topic ─► dynamic (image) ──┐    │
//!                                                     └─► Layers ─► TopicConfig, DescribeConfigs
//! ```
//!
//! Components know none of this: they get typed values of their own.

pub mod client_metrics;
pub mod given;
pub mod group;
pub mod layers;
pub mod listeners;
pub mod properties;
pub mod reference;
pub mod setting;
pub mod table;
pub mod topic;

mod node_config;
mod offset_reset;
mod topic_config;

pub use given::{Given, Place, SettingsError};
pub use layers::{Layers, Resolved, Source, Synonym};
pub use node_config::{ConfigError, MemoryConfig, NodeConfig, WalPlace};
pub use topic_config::{LogCompactionConfig, TopicConfig};
