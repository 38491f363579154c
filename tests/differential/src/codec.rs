//! Messages as trees: JSON to bytes and back, by walking Kafka's schemas.
//!
//! It shares nothing with the generated encoders and decoders, so that a fault of theirs shows as a
//! difference. A request's tree may leave fields out (they are their defaults), set such as its
//! version lacks (they are not sent), and say null where the schema has none: that is an input too.
//! An answer's tree has every field of its version.

use anyhow::{Context, bail, ensure};
use penstock_wire::ApiKey;
use penstock_wire::catalog::{Default, Entry, Field, Kind, MESSAGES};
use serde_json::{Map, Number, Value, json};

use crate::batch;

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
    let mut writing =
        Writing { version, flexible: version >= entry.flexible_from, out: Vec::new() };
    writing.structure(entry.fields, tree).with_context(|| format!("{} v{version}", entry.name))?;
    Ok(writing.out)
}

/// The tree of a message.
///
/// # Errors
/// When the bytes are no such message, or more than one.
pub(crate) fn decode(entry: &Entry, version: i16, bytes: &[u8]) -> anyhow::Result<Value> {
    let mut reading = Reading { version, flexible: version >= entry.flexible_from, rest: bytes };
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

struct Writing {
    version: i16,
    flexible: bool,
    out: Vec<u8>,
}

impl Writing {
    fn structure(&mut self, fields: &[Field], tree: &Value) -> anyhow::Result<()> {
        let empty = Map::new();
        let set = match tree {
            Value::Object(set) => set,
            Value::Null => &empty,
            other => bail!("no structure: {other}"),
        };
        for name in set.keys() {
            let known = name == UNKNOWN_TAGS || fields.iter().any(|field| field.name == name);
            ensure!(known, "no such field: {name}");
        }
        for field in fields.iter().filter(|field| field.tag.is_none()) {
            if field.is_in(self.version) {
                self.field(field, set.get(field.name)).context(field.name)?;
            }
        }
        if self.flexible {
            self.tags(fields, set)?;
        }
        Ok(())
    }

    fn tags(&mut self, fields: &[Field], set: &Map<String, Value>) -> anyhow::Result<()> {
        let mut tagged = Vec::new();
        for field in fields {
            let (Some(tag), Some(value)) = (field.tag, set.get(field.name)) else { continue };
            if field.is_in(self.version) {
                let before = std::mem::take(&mut self.out);
                self.field(field, Some(value)).context(field.name)?;
                tagged.push((u64::from(tag), std::mem::replace(&mut self.out, before)));
            }
        }
        let unknown = set.get(UNKNOWN_TAGS).and_then(Value::as_object);
        for (tag, content) in unknown.into_iter().flatten() {
            tagged.push((tag.parse()?, unhex(content.as_str().context("a tag's content")?)?));
        }
        tagged.sort();
        self.varint(tagged.len() as u64);
        for (tag, content) in tagged {
            self.varint(tag);
            self.varint(content.len() as u64);
            self.out.extend(content);
        }
        Ok(())
    }

    fn field(&mut self, field: &Field, value: Option<&Value>) -> anyhow::Result<()> {
        let flexible = self.flexible && !field.never_flexible;
        let default = match field.default {
            Default::Null => Value::Null,
            Default::Integer(number) => Value::from(number),
            Default::Zero => zero(&field.kind),
        };
        let value = value.unwrap_or(&default);
        let structure = matches!(field.kind, Kind::Structure(_));
        match value {
            Value::Null if structure && field.tag.is_some() => self.out.push(0),
            Value::Null if structure && field.is_nullable(self.version) => self.out.push(0xff),
            Value::Null if !structure => self.null(&field.kind, flexible)?,
            value => {
                if structure && field.is_nullable(self.version) {
                    self.out.push(1);
                }
                self.value(&field.kind, flexible, value)?;
            }
        }
        Ok(())
    }

    fn null(&mut self, kind: &Kind, flexible: bool) -> anyhow::Result<()> {
        match kind {
            Kind::String | Kind::Bytes | Kind::Array(_) if flexible => self.out.push(0),
            Kind::String => self.out.extend((-1_i16).to_be_bytes()),
            Kind::Bytes | Kind::Array(_) => self.out.extend((-1_i32).to_be_bytes()),
            _ => bail!("nothing on the wire says null"),
        }
        Ok(())
    }

    fn value(&mut self, kind: &Kind, flexible: bool, value: &Value) -> anyhow::Result<()> {
        match kind {
            Kind::Bool => {
                let on = value.as_bool().or_else(|| value.as_i64().map(|number| number != 0));
                self.out.push(u8::from(on.with_context(|| format!("no truth: {value}"))?));
            }
            Kind::Integer(size) => {
                let number = value.as_i64().with_context(|| format!("no number: {value}"))?;
                self.out.extend(&number.to_be_bytes()[8 - size..]);
            }
            Kind::Float => {
                let number = value.as_f64().with_context(|| format!("no number: {value}"))?;
                self.out.extend(number.to_be_bytes());
            }
            Kind::String => {
                let text = value.as_str().with_context(|| format!("no text: {value}"))?;
                if flexible {
                    self.varint(text.len() as u64 + 1);
                } else {
                    self.out.extend(u16::try_from(text.len())?.to_be_bytes());
                }
                self.out.extend(text.as_bytes());
            }
            Kind::Uuid => {
                let id = unhex(value.as_str().with_context(|| format!("no id: {value}"))?)?;
                ensure!(id.len() == 16, "no id: {value}");
                self.out.extend(id);
            }
            Kind::Bytes => {
                let bytes = bytes_of(value)?;
                self.length(bytes.len(), flexible)?;
                self.out.extend(bytes);
            }
            Kind::Structure(fields) => self.structure(fields, value)?,
            Kind::Array(element) => {
                let items = value.as_array().with_context(|| format!("no array: {value}"))?;
                self.length(items.len(), flexible)?;
                for item in items {
                    match item {
                        Value::Null => self.null(element, flexible)?,
                        item => self.value(element, flexible, item)?,
                    }
                }
            }
        }
        Ok(())
    }

    fn length(&mut self, length: usize, flexible: bool) -> anyhow::Result<()> {
        if flexible {
            self.varint(length as u64 + 1);
        } else {
            self.out.extend(i32::try_from(length)?.to_be_bytes());
        }
        Ok(())
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.out.push(value.to_le_bytes()[0] | 0x80);
            value >>= 7;
        }
        self.out.push(value.to_le_bytes()[0]);
    }
}

const UNKNOWN_TAGS: &str = "_unknown_tags";

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

fn bytes_of(value: &Value) -> anyhow::Result<Vec<u8>> {
    if let Some(text) = value.as_str() {
        return Ok(text.as_bytes().to_vec());
    }
    if let Some(text) = value.get("hex").and_then(Value::as_str) {
        return unhex(text);
    }
    let batches = value.get("batches").and_then(Value::as_array);
    let batches = batches.with_context(|| format!("no bytes: {value}"))?;
    let mut bytes = Vec::new();
    for one in batches {
        bytes.extend(batch::encode(one)?);
    }
    Ok(bytes)
}

struct Reading<'a> {
    version: i16,
    flexible: bool,
    rest: &'a [u8],
}

impl<'a> Reading<'a> {
    fn structure(&mut self, fields: &[Field]) -> anyhow::Result<Value> {
        let (mut tree, version) = (Map::new(), self.version);
        for field in fields.iter().filter(|field| field.is_in(version)) {
            let value = match (field.tag, field.default) {
                (None, _) => self.field(field).context(field.name)?,
                (Some(_), Default::Null) => Value::Null,
                (Some(_), Default::Integer(number)) => Value::from(number),
                (Some(_), Default::Zero) => zero(&field.kind),
            };
            tree.insert(field.name.to_owned(), value);
        }
        if self.flexible {
            self.tags(fields, &mut tree)?;
        }
        Ok(Value::Object(tree))
    }

    fn tags(&mut self, fields: &[Field], tree: &mut Map<String, Value>) -> anyhow::Result<()> {
        for _ in 0..self.varint()? {
            let tag = self.varint()?;
            let size = usize::try_from(self.varint()?)?;
            let content = self.take(size)?;
            let known = fields.iter().find(|field| {
                field.tag.is_some_and(|known| u64::from(known) == tag) && field.is_in(self.version)
            });
            let (name, value) = match known {
                None => (format!("{UNKNOWN_TAGS}.{tag}"), bytes_tree(content)),
                Some(field) => {
                    let mut inner =
                        Reading { version: self.version, flexible: true, rest: content };
                    let value = inner.field(field).context(field.name)?;
                    ensure!(inner.rest.is_empty(), "tag {tag} is longer than its field");
                    (field.name.to_owned(), value)
                }
            };
            tree.insert(name, value);
        }
        Ok(())
    }

    fn field(&mut self, field: &Field) -> anyhow::Result<Value> {
        let flexible = self.flexible && !field.never_flexible;
        if matches!(field.kind, Kind::Structure(_)) && field.is_nullable(self.version) {
            let absent = if field.tag.is_some() { 0 } else { 0xff };
            if self.take(1)? == [absent] {
                return Ok(Value::Null);
            }
        }
        let value = self.value(&field.kind, flexible)?;
        ensure!(!value.is_null() || field.is_nullable(self.version), "null where none can be");
        match (field.name, &field.kind) {
            ("records", Kind::Bytes) => Ok(batch::decode(&value)),
            _ => Ok(value),
        }
    }

    fn value(&mut self, kind: &Kind, flexible: bool) -> anyhow::Result<Value> {
        Ok(match kind {
            Kind::Bool => Value::from(self.take(1)? != [0]),
            Kind::Integer(size) => Value::from(self.integer(*size)?),
            Kind::Float => {
                let bits = self.integer(8)?.cast_unsigned();
                Number::from_f64(f64::from_bits(bits)).map_or(Value::Null, Value::Number)
            }
            Kind::Uuid => Value::from(hex(self.take(16)?)),
            Kind::String => match self.length(flexible, 2)? {
                None => Value::Null,
                Some(length) => Value::from(str::from_utf8(self.take(length)?)?),
            },
            Kind::Bytes => match self.length(flexible, 4)? {
                None => Value::Null,
                Some(length) => bytes_tree(self.take(length)?),
            },
            Kind::Structure(fields) => self.structure(fields)?,
            Kind::Array(element) => match self.length(flexible, 4)? {
                None => Value::Null,
                Some(count) => {
                    let items = (0..count).map(|_| self.value(element, flexible));
                    Value::Array(items.collect::<anyhow::Result<_>>()?)
                }
            },
        })
    }

    fn length(&mut self, flexible: bool, prefix: usize) -> anyhow::Result<Option<usize>> {
        let length = match flexible {
            true => i64::try_from(self.varint()?)? - 1,
            false => self.integer(prefix)?,
        };
        match length {
            -1 => Ok(None),
            length => Ok(Some(usize::try_from(length)?)),
        }
    }

    fn integer(&mut self, size: usize) -> anyhow::Result<i64> {
        let bytes = self.take(size)?;
        let sign = if bytes[0] >= 0x80 { 0xff } else { 0 };
        let mut wide = [sign; 8];
        wide[8 - size..].copy_from_slice(bytes);
        Ok(i64::from_be_bytes(wide))
    }

    fn varint(&mut self) -> anyhow::Result<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        bail!("a varint without end")
    }

    fn take(&mut self, count: usize) -> anyhow::Result<&'a [u8]> {
        let Some((taken, rest)) = self.rest.split_at_checked(count) else {
            bail!("{count} bytes are wanted where {} are left", self.rest.len());
        };
        self.rest = rest;
        Ok(taken)
    }
}
