//! Byte for byte what the `kafka-protocol` crate reads and writes, where both know a version.

use bytes::{Bytes, BytesMut};
use kafka_protocol::messages::{ApiKey as TheirKey, RequestKind, ResponseKind};

use crate::catalog::MESSAGES;
use crate::generated::api_key::ApiKey;
use crate::random::{self, Random};

/// Versions that its table of APIs has and its request types have not.
const REQUESTS_BEHIND: [(&str, i16); 3] =
    [("InitProducerIdRequest", 6), ("OffsetCommitRequest", 10), ("OffsetFetchRequest", 10)];

/// Reads with their decoder and writes with their encoder.
fn theirs(name: &str, key: TheirKey, bytes: &Bytes, version: i16) -> anyhow::Result<Bytes> {
    let mut input = bytes.clone();
    let mut output = BytesMut::new();
    if name.ends_with("Request") {
        RequestKind::decode(key, &mut input, version)?.encode(&mut output, version)?;
    } else {
        ResponseKind::decode(key, &mut input, version)?.encode(&mut output, version)?;
    }
    anyhow::ensure!(input.is_empty(), "{} bytes left", input.len());
    Ok(output.freeze())
}

#[test]
fn each_reads_and_writes_what_the_other_does() {
    let mut random = Random::new(5);
    let mut compared = 0;
    for api_key in ApiKey::ALL {
        let Ok(key) = TheirKey::try_from(api_key as i16) else { continue };
        let known = key.valid_versions();
        for name in [format!("{}Request", api_key.name()), format!("{}Response", api_key.name())] {
            let entry = MESSAGES.iter().find(|entry| entry.name == name).unwrap();
            let from = entry.version_min.max(known.min);
            for version in from..=entry.version_max.min(known.max) {
                if REQUESTS_BEHIND.contains(&(entry.name, version)) {
                    continue;
                }
                for _ in 0..10 {
                    let bytes = random::message(entry, version, &mut random);
                    let ours = (entry.recode)(bytes.clone(), version, version).unwrap();
                    let theirs = theirs(&name, key, &bytes, version)
                        .unwrap_or_else(|error| panic!("{name} v{version}: {error}: {bytes:?}"));
                    assert_eq!(ours.bytes.unwrap(), theirs, "{name} v{version}");
                }
                compared += 1;
            }
        }
    }
    assert!(compared > 400, "only {compared} messages and versions were compared");
}
