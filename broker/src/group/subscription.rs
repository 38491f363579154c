//! Which topics the members of a group read, as far as a coordinator may know: members of the kind
//! `consumer` say so in what they join with, all others keep it to themselves.

use std::collections::HashSet;
use std::sync::Arc;

use bytes::Bytes;
use penstock_wire::consumer_protocol_subscription::ConsumerProtocolSubscription;
use penstock_wire::{DecodeError, decode_prefix};

use super::classic::ClassicGroup;

/// What consumers call themselves.
pub(super) const CONSUMER: &str = "consumer";

/// The version that all later ones begin with.
const SUBSCRIPTION_VERSION: i16 = 0;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Subscription {
    /// These, and no others.
    Topics(HashSet<Arc<str>>),
    /// Consumers that have not agreed on a protocol yet, or say what nobody here understands.
    Unknown,
}

impl Subscription {
    /// Of a group as it is.
    pub(super) fn of(group: &ClassicGroup) -> Self {
        let is_of_consumers = group.protocol_type().is_some_and(|kind| &**kind == CONSUMER);
        if !is_of_consumers || group.members().len() == 0 {
            return Self::Topics(HashSet::new());
        }
        let Some(protocol) = group.protocol() else { return Self::Unknown };
        let mut topics = HashSet::new();
        for (_, member) in group.members() {
            let Ok(said) = read(&member.metadata(protocol)) else { return Self::Unknown };
            topics.extend(said.topics.iter().map(|topic| Arc::from(&**topic)));
        }
        Self::Topics(topics)
    }

    /// Whether it may be that a member reads the topic.
    pub(super) fn may_include(&self, topic: &str) -> bool {
        match self {
            Self::Topics(topics) => topics.contains(topic),
            Self::Unknown => true,
        }
    }
}

/// A subscription of whatever version: of those to come, too.
fn read(metadata: &Bytes) -> Result<ConsumerProtocolSubscription, DecodeError> {
    decode_prefix(metadata, SUBSCRIPTION_VERSION)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subscriptions_of_all_versions_begin_alike() {
        fn check(metadata: &'static [u8], expect: Option<&[&str]>) {
            let said = read(&Bytes::from_static(metadata)).ok();
            let topics = said.map(|said| said.topics);
            let topics: Option<Vec<String>> =
                topics.map(|topics| topics.iter().map(|topic| topic.to_string()).collect());
            let expect =
                expect.map(|topics| topics.iter().map(|topic| (*topic).to_owned()).collect());
            assert_eq!(topics, expect, "{metadata:?}");
        }
        check(b"\0\0\0\0\0\x01\0\x01a\xff\xff\xff\xff", Some(&["a"]));
        check(b"\0\x03\0\0\0\x02\0\x01a\0\x01b\0\0\0\x01u\0\0\0\0rest", Some(&["a", "b"]));
        // A version that nobody has written yet.
        check(b"\0\x63\0\0\0\x01\0\x01a\xff\xff\xff\xffnew", Some(&["a"]));
        check(b"", None);
        check(b"m", None);
        check(b"\0\0\0\0\0\x01\0\x01a", None);
    }
}
