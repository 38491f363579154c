//! Bytes to trees.

use anyhow::{Context, bail, ensure};
use penstock_wire::catalog::{Default, Entry, Field, Kind};
use serde_json::{Map, Number, Value};

use super::{UNKNOWN_TAGS, bytes_tree, hex, zero};
use crate::batch;

/// A message while it is read.
pub(super) struct Reading<'a> {
    version: i16,
    flexible: bool,
    pub(super) rest: &'a [u8],
}

impl<'a> Reading<'a> {
    pub(super) fn new(entry: &Entry, version: i16, rest: &'a [u8]) -> Self {
        Self { version, flexible: version >= entry.flexible_from, rest }
    }

    pub(super) fn structure(&mut self, fields: &[Field]) -> anyhow::Result<Value> {
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
