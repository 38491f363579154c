//! What the fuzz targets of `broker/fuzz` run: any bytes as what partitions and groups keep.

use penstock_fuzzing::Target;

use crate::{group, log};

/// A partition's checkpoint, and the summaries of the batches behind it.
pub const CHECKPOINT: Target =
    Target { name: "checkpoint", run: log::fuzzing::run, seeds: log::fuzzing::seeds };

/// The records of a partition of `__consumer_offsets`.
pub const GROUP_RECORDS: Target =
    Target { name: "group_records", run: group::fuzzing::run, seeds: group::fuzzing::seeds };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checkpoint() {
        CHECKPOINT.check();
    }

    #[test]
    fn group_records() {
        GROUP_RECORDS.check();
    }
}
