//! What the fuzz targets of `s3stream/fuzz` run: any bytes as the headers of a log's entries, and
//! as an object.

mod entries;
mod object;

use penstock_fuzzing::Target;

/// The entries of a log, recovered to streams.
pub const ENTRIES: Target = Target { name: "entries", run: entries::run, seeds: entries::seeds };

/// An object, read to its last batch.
pub const OBJECT: Target = Target { name: "object", run: object::run, seeds: object::seeds };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries() {
        ENTRIES.check();
    }

    #[test]
    fn object() {
        OBJECT.check();
    }
}
