//! What holds in every image that `apply` can reach.
//!
//! Costs a walk over everything: for tests, for snapshots that come from outside, and for tools.

mod brokers;
mod features;
mod storage;
mod topics;

use crate::image::MetadataImage;

/// A rule that an image breaks. Do not serve from it: keep it, and find out how it came about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{subject}: {rule}")]
pub struct Violation {
    /// The part of the image that breaks it.
    pub subject: String,
    /// What should hold.
    pub rule: &'static str,
}

/// Checks every rule; the first that is broken is the answer.
///
/// # Errors
/// The rule and what breaks it.
pub fn check(image: &MetadataImage) -> Result<(), Violation> {
    brokers::check_brokers(image)?;
    brokers::check_producer_ids(image)?;
    features::check_features(image)?;
    topics::check_topics(image)?;
    topics::check_configs(image)?;
    storage::check_streams(image)?;
    storage::check_ranges(image)?;
    storage::check_objects(image)?;
    storage::check_leases(image)
}

/// Answers with a violation unless `holds`; the subject is only written out when needed.
fn require(
    holds: bool,
    rule: &'static str,
    subject: impl FnOnce() -> String,
) -> Result<(), Violation> {
    if holds { Ok(()) } else { Err(Violation { subject: subject(), rule }) }
}
