//! Trees to bytes.

use anyhow::{Context, bail, ensure};
use penstock_wire::catalog::{Default, Entry, Field, Kind};
use serde_json::{Map, Value};

use super::{UNKNOWN_TAGS, unhex, zero};
use crate::batch;

/// A message while it is written.
pub(super) struct Writing {
    version: i16,
    flexible: bool,
    pub(super) out: Vec<u8>,
}

impl Writing {
    pub(super) fn new(entry: &Entry, version: i16) -> Self {
        Self { version, flexible: version >= entry.flexible_from, out: Vec::new() }
    }

    pub(super) fn structure(&mut self, fields: &[Field], tree: &Value) -> anyhow::Result<()> {
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
