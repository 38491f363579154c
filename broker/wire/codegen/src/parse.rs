//! JSON of a message definition → its facts.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::Value;

use crate::definition::{Default, Definition, Field, Kind, Structure, Type, snake_case};
use crate::versions::Versions;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawMessage {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    api_key: Option<i16>,
    valid_versions: String,
    flexible_versions: Option<String>,
    #[serde(default)]
    latest_version_unstable: bool,
    #[serde(default)]
    fields: Vec<RawField>,
    #[serde(default)]
    common_structs: Vec<RawStructure>,
}

#[derive(Deserialize)]
struct RawStructure {
    name: String,
    fields: Vec<RawField>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawField {
    name: String,
    #[serde(rename = "type")]
    of: String,
    versions: Option<String>,
    nullable_versions: Option<String>,
    tagged_versions: Option<String>,
    flexible_versions: Option<String>,
    tag: Option<u32>,
    #[serde(default)]
    ignorable: bool,
    #[serde(default)]
    default: Value,
    #[serde(default)]
    fields: Vec<RawField>,
}

impl Definition {
    pub(crate) fn parse(json: &str) -> Result<Self> {
        let raw: RawMessage = serde_json::from_str(json)?;
        let kind = match raw.kind.as_str() {
            "request" => Kind::Request,
            "response" => Kind::Response,
            "header" => Kind::Header,
            "data" => Kind::Data,
            "coordinator-key" => Kind::CoordinatorKey,
            "coordinator-value" => Kind::CoordinatorValue,
            other => bail!("unknown message type {other}"),
        };
        let valid_versions = Versions::parse(&raw.valid_versions)?;
        let flexible_versions =
            Versions::parse(raw.flexible_versions.as_deref().unwrap_or("none"))?;
        let mut structures = Structures { common: &raw.common_structs, done: Vec::new() };
        structures.add(&raw.name, &raw.fields, valid_versions)?;
        Ok(Self {
            name: raw.name,
            kind,
            api_key: raw.api_key,
            valid_versions,
            flexible_versions: flexible_versions.intersect(valid_versions),
            latest_version_unstable: raw.latest_version_unstable,
            structures: structures.done,
        })
    }
}

/// Collects structures in the order of their first appearance.
struct Structures<'a> {
    common: &'a [RawStructure],
    done: Vec<Structure>,
}

impl Structures<'_> {
    fn add(&mut self, name: &str, raw: &[RawField], context: Versions) -> Result<()> {
        let context = match self.done.iter().find(|structure| structure.name == name) {
            Some(known) => known.context.hull(context),
            None => context,
        };
        let mut fields = Vec::new();
        for field in raw {
            let field = Field::parse(field, context).with_context(|| field.name.clone())?;
            // What no live version carries is gone.
            if !field.versions.is_empty() {
                fields.push(field);
            }
        }
        let structure = Structure { name: name.to_owned(), context, fields: fields.clone() };
        match self.done.iter_mut().find(|known| known.name == name) {
            Some(known) => *known = structure,
            None => self.done.push(structure),
        }
        for field in &fields {
            if let Some(inner) = field.of.structure() {
                let own = raw.iter().find(|raw| snake_case(&raw.name) == field.name);
                let own = own.map_or(&[][..], |raw| &raw.fields);
                let shared = self.common.iter().find(|structure| structure.name == inner);
                let inner_fields = shared.map_or(own, |shared| &shared.fields);
                if inner_fields.is_empty() {
                    bail!("structure {inner} has no fields");
                }
                self.add(inner, inner_fields, field.versions)?;
            }
        }
        Ok(())
    }
}

impl Field {
    fn parse(raw: &RawField, context: Versions) -> Result<Self> {
        let of = Type::parse(&raw.of)?;
        let tagged = raw.tagged_versions.as_deref().map(Versions::parse).transpose()?;
        let versions = match (&raw.versions, tagged) {
            (Some(versions), _) => Versions::parse(versions)?,
            (None, Some(tagged)) => tagged,
            (None, None) => bail!("no versions"),
        };
        if tagged.is_some_and(|tagged| tagged != versions) || tagged.is_some() != raw.tag.is_some()
        {
            bail!("a field that is tagged in some versions only is not supported");
        }
        let versions = versions.intersect(context);
        let nullable = Versions::parse(raw.nullable_versions.as_deref().unwrap_or("none"))?;
        let nullable = nullable.intersect(versions);
        let default = match (&of, Default::parse(&raw.default, &of)?) {
            // Kafka's classes start records as null.
            (Type::Records, Default::Zero) if !nullable.is_empty() => Default::Null,
            (_, default) => default,
        };
        Ok(Self {
            name: snake_case(&raw.name),
            of,
            versions,
            nullable,
            default,
            tag: raw.tag,
            ignorable: raw.ignorable,
            never_flexible: raw.flexible_versions.as_deref() == Some("none"),
        })
    }
}

impl Type {
    fn parse(text: &str) -> Result<Self> {
        Ok(match text {
            "bool" => Self::Bool,
            "int8" => Self::Int8,
            "int16" => Self::Int16,
            "uint16" => Self::Uint16,
            "int32" => Self::Int32,
            "int64" => Self::Int64,
            "float64" => Self::Float64,
            "string" => Self::String,
            "uuid" => Self::Uuid,
            "bytes" => Self::Bytes,
            "records" => Self::Records,
            _ => match text.strip_prefix("[]") {
                Some(element) => Self::Array(Box::new(Self::parse(element)?)),
                None if text.starts_with(char::is_uppercase) => Self::Structure(text.to_owned()),
                None => bail!("unknown type {text}"),
            },
        })
    }
}

impl Default {
    /// A JSON null is no default at all, as Kafka's generator takes it; the string "null" is null.
    fn parse(value: &Value, of: &Type) -> Result<Self> {
        let text = match value {
            Value::Null => return Ok(Self::Zero),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        Ok(match text.as_str() {
            "" | "0" | "false" => Self::Zero,
            "null" => Self::Null,
            "true" => Self::True,
            digits if of.is_integer() => Self::Integer(match digits.strip_prefix("0x") {
                Some(hex) => i64::from_str_radix(hex, 16)?,
                None => digits.parse()?,
            }),
            other => bail!("default {other} is not supported"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let check = |name, snake| assert_eq!(snake_case(name), snake);
        check("TimeoutMs", "timeout_ms");
        check("topicId", "topic_id");
        check("IsKRaftController", "is_k_raft_controller");
        check("Enable2Pc", "enable2_pc");
        check("offset", "offset");
    }

    #[test]
    fn a_structure_lives_in_the_versions_of_the_fields_that_hold_it() {
        let definition = Definition::parse(
            r#"{ "name": "A", "type": "data", "validVersions": "2-5", "flexibleVersions": "4+",
                 "fields": [
                   { "name": "Old", "type": "int8", "versions": "0-1" },
                   { "name": "One", "type": "[]B", "versions": "0-2" },
                   { "name": "Two", "type": "B", "versions": "4+", "nullableVersions": "4+",
                     "default": "null" },
                   { "name": "Tag", "type": "[]int32", "versions": "4+", "taggedVersions": "4+",
                     "tag": 0, "default": null, "nullableVersions": "4+" } ],
                 "commonStructs": [
                   { "name": "B", "versions": "0+", "fields": [
                     { "name": "C", "type": "int32", "versions": "0+", "default": "0x10" } ] } ] }"#,
        )
        .unwrap();
        let fields: Vec<&str> =
            definition.structures[0].fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(fields, ["one", "two", "tag"]);
        let inner = definition.structure("B");
        assert_eq!(inner.context, Versions { low: 2, high: 5 });
        assert_eq!(inner.fields[0].default, Default::Integer(16));
        assert_eq!(definition.structures[0].fields[1].default, Default::Null);
        // A JSON null is no default.
        assert_eq!(definition.structures[0].fields[2].default, Default::Zero);
    }
}
