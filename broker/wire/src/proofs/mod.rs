//! What holds for every message in every version.
//!
//! A proof against Kafka's own classes needs Java, and is a command of its own:
//! `cargo run -p penstock-wire --features catalog --example prove_java -- CLASSPATH`.

mod hostile;
mod kafka_protocol;
mod primitives;
mod schema;

use crate::catalog::{Entry, MESSAGES};

/// Every message in every version.
fn each_version(mut check: impl FnMut(&Entry, i16)) {
    for entry in MESSAGES {
        for version in entry.version_min..=entry.version_max {
            check(entry, version);
        }
    }
}
