//! Messages as trees: JSON to bytes and back, by walking Kafka's schemas.
//!
//! It shares nothing with the generated encoders and decoders, so that a fault of theirs shows as a
//! difference. A request's tree may leave fields out (they are their defaults), set such as its
//! version lacks (they are not sent), and say null where the schema has none: that is an input too.
//! An answer's tree has every field of its version.

mod reading;
mod writing;

use anyhow::{Context, ensure};
use penstock_wire::ApiKey;
use penstock_wire::catalog::{Entry, Kind, MESSAGES};
use serde_json::{Map, Value, json};

use self::reading::Reading;
use self::writing::Writing;

/// Where a tree has tagged fields that the schema does not know.
const UNKNOWN_TAGS: &str = "_unknown_tags";

/// The schema of an API's requests.
pub(crate) fn request_entry(api: ApiKey) -> &'static Entry {
    entry(api, "Request")
}

/// The schema of an API's answers.
pub(crate) fn response_entry(api: ApiKey) -> &'static Entry {
    entry(api, "Response")
}

fn entry(api: ApiKey, kind: &str) -> &'static Entry {
    let wanted = |entry: &&Entry| {
        entry.name.strip_suffix(kind).is_some_and(|name| name == api.name())
            && entry.key == Some(api as i16)
    };
    MESSAGES.iter().find(wanted).expect("every API has a schema of requests and of answers")
}

/// The bytes of a message.
///
/// # Errors
/// When the tree has a field that the schema does not know, or a value of another type.
pub(crate) fn encode(entry: &Entry, version: i16, tree: &Value) -> anyhow::Result<Vec<u8>> {
    let mut writing = Writing::new(entry, version);
    writing.structure(entry.fields, tree).with_context(|| format!("{} v{version}", entry.name))?;
    Ok(writing.out)
}

/// The tree of a message.
///
/// # Errors
/// When the bytes are no such message, or more than one.
pub(crate) fn decode(entry: &Entry, version: i16, bytes: &[u8]) -> anyhow::Result<Value> {
    let mut reading = Reading::new(entry, version, bytes);
    let tree = reading.structure(entry.fields)?;
    ensure!(reading.rest.is_empty(), "{} bytes too many", reading.rest.len());
    Ok(tree)
}

/// Bytes as a tree has them: text where they are, else `{"hex": …}`.
pub(crate) fn bytes_tree(bytes: &[u8]) -> Value {
    match str::from_utf8(bytes) {
        Ok(text) if !text.contains(char::is_control) => Value::from(text),
        _ => json!({ "hex": hex(bytes) }),
    }
}

/// Two digits a byte.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What [`hex`] has written.
///
/// # Errors
/// When it is something else.
pub(crate) fn unhex(text: &str) -> anyhow::Result<Vec<u8>> {
    ensure!(text.len().is_multiple_of(2) && text.is_ascii(), "no hexadecimal bytes: {text}");
    let pairs = (0..text.len()).step_by(2);
    pairs.map(|at| Ok(u8::from_str_radix(&text[at..at + 2], 16)?)).collect()
}

/// What a field is that is left out, and has no other default.
fn zero(kind: &Kind) -> Value {
    match kind {
        Kind::Bool => Value::from(false),
        Kind::Integer(_) | Kind::Float => Value::from(0),
        Kind::String | Kind::Bytes => Value::from(""),
        Kind::Uuid => Value::from("0".repeat(32)),
        Kind::Structure(_) => Value::Object(Map::new()),
        Kind::Array(_) => Value::Array(Vec::new()),
    }
}
