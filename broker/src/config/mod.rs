//! Settings: where they come from, which there are, and what they mean.

pub mod properties;
pub mod setting;
