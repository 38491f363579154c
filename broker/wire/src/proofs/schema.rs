//! The generated code agrees with a walk over the schema.

use super::each_version;
use crate::api::ApiFacts;
use crate::catalog::MESSAGES;
use crate::generated::api_key::ApiKey;
use crate::random::{self, Random};

#[test]
fn all_live_messages_are_there() {
    let count = |suffix: &str| MESSAGES.iter().filter(|entry| entry.name.ends_with(suffix)).count();
    assert_eq!((count("Request"), count("Response")), (89, 89));
    assert_eq!(ApiKey::ALL.len(), 89);
    // Offsets, groups of four kinds, transactions, share state.
    assert_eq!((count("Key"), count("Value")), (25, 25));
}

#[test]
fn keys_and_versions_are_those_of_the_requests() {
    for api_key in ApiKey::ALL {
        let ApiFacts { name, version_min, version_max, flexible_from, .. } = *api_key.facts();
        assert_eq!(ApiKey::try_from(api_key as i16), Ok(api_key));
        for name in [format!("{name}Request"), format!("{name}Response")] {
            let entry = MESSAGES.iter().find(|entry| entry.name == name).unwrap();
            assert_eq!(entry.key, Some(api_key as i16), "{name}");
            assert_eq!(
                (entry.version_min, entry.version_max),
                (version_min, version_max),
                "{name}"
            );
            assert_eq!(entry.flexible_from, flexible_from, "{name}");
        }
    }
    let unstable = ApiKey::ALL.iter().filter(|key| key.facts().latest_version_unstable);
    assert_eq!(unstable.collect::<Vec<_>>(), [&ApiKey::InitProducerId]);
}

#[test]
fn what_is_not_set_has_its_default() {
    each_version(|entry, version| {
        let expected = random::default_message(entry, version);
        assert_eq!((entry.encode_default)(version), Ok(expected), "{} v{version}", entry.name);
    });
}

#[test]
fn what_is_read_is_written_again() {
    let mut random = Random::new(1);
    each_version(|entry, version| {
        for _ in 0..20 {
            let bytes = random::message(entry, version, &mut random);
            let again = (entry.recode)(bytes.clone(), version, version).unwrap_or_else(|error| {
                panic!("{} v{version}: {error}: {bytes:?}", entry.name);
            });
            assert_eq!(again.bytes, Ok(bytes), "{} v{version}", entry.name);
            assert_eq!(again.remaining, 0, "{} v{version}", entry.name);
        }
    });
}
