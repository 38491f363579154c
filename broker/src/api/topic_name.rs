//! What a topic may be called, and which names are the cluster's own.

use penstock_model::image::MetadataImage;

/// Where groups and their offsets are kept.
pub(crate) const CONSUMER_OFFSETS: &str = "__consumer_offsets";

/// Kafka's log of metadata, which nobody may take for a topic.
pub(super) const CLUSTER_METADATA: &str = "__cluster_metadata";

/// Topics that clients are told to leave alone.
const INTERNAL: [&str; 3] = [CONSUMER_OFFSETS, "__transaction_state", "__share_group_state"];

/// Letters of a name, so that file names made of it still fit (Kafka's limit).
pub(super) const LENGTH_MAX: usize = 249;

/// A name that no topic can have: choose another.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Topic name is invalid: {0}")]
pub(super) struct InvalidTopicName(String);

/// Checks a name by Kafka's rules.
pub(super) fn check(name: &str) -> Result<(), InvalidTopicName> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let reason = if name.is_empty() {
        "the empty string is not allowed".to_owned()
    } else if name == "." || name == ".." {
        format!("'{name}' is not allowed")
    } else if name.encode_utf16().count() > LENGTH_MAX {
        format!("the length of '{name}' is longer than the max allowed length {LENGTH_MAX}")
    } else if !name.chars().all(allowed) {
        format!(
            "'{name}' contains one or more characters other than ASCII alphanumerics, '.', '_' \
             and '-'"
        )
    } else {
        return Ok(());
    };
    Err(InvalidTopicName(reason))
}

/// Whether answers mark the topic as internal.
pub(crate) fn is_internal(name: &str) -> bool {
    INTERNAL.contains(&name)
}

/// Whether no client may create a topic of this name.
pub(super) fn is_prohibited(name: &str) -> bool {
    name == CLUSTER_METADATA
}

/// A topic whose name Kafka's metrics could not tell from `name`: `.` and `_` are one to them.
pub(super) fn colliding<'a>(image: &'a MetadataImage, name: &str) -> Option<&'a str> {
    // Most names have neither, and nothing to look for.
    if !name.contains(['.', '_']) {
        return None;
    }
    let mut names = image.topics().map(|topic| &*topic.name);
    names.find(|present| *present != name && collide(present, name))
}

fn collide(a: &str, b: &str) -> bool {
    let unified = |byte: u8| if byte == b'.' { b'_' } else { byte };
    a.len() == b.len() && a.bytes().map(unified).eq(b.bytes().map(unified))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_judged_in_kafkas_words() {
        fn check(name: &str, expect: Result<(), &str>) {
            let judged = super::check(name).map_err(|error| error.to_string());
            assert_eq!(judged, expect.map_err(|e| format!("Topic name is invalid: {e}")), "{name}");
        }
        for name in ["a", "A-z_0.9", "...", "__consumer_offsets", &"x".repeat(249)] {
            check(name, Ok(()));
        }
        check("", Err("the empty string is not allowed"));
        check(".", Err("'.' is not allowed"));
        check("..", Err("'..' is not allowed"));
        for name in ["a b", "a/b", "ä", "a\n", "a:b"] {
            let expect = format!(
                "'{name}' contains one or more characters other than ASCII alphanumerics, \
                 '.', '_' and '-'"
            );
            check(name, Err(&expect));
        }
        let long = "x".repeat(250);
        let expect = format!("the length of '{long}' is longer than the max allowed length 249");
        check(&long, Err(&expect));
    }

    #[test]
    fn dots_and_underscores_are_one() {
        for (a, b, expect) in [
            ("a.b", "a_b", true),
            ("a.b_c", "a_b.c", true),
            ("a.b", "a-b", false),
            ("a.b", "a.b.c", false),
            ("a.b", "a_c", false),
        ] {
            assert_eq!(collide(a, b), expect, "{a} {b}");
        }
    }
}
