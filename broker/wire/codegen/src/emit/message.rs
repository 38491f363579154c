//! One message's module: its structures, their defaults, and what ties them to the wire traits.

use std::fmt::Write;

use anyhow::{Result, bail};

use super::{read, size, write};
use crate::definition::{Default, Definition, Field, Kind, Structure, Type};

/// Names that a module imports; a structure of that name would clash.
const IMPORTS: [(&str, &str); 4] = [
    ("Bytes", "use bytes::Bytes;\n\n"),
    ("Records", "use crate::records::Records;\n"),
    ("Uuid", "use crate::uuid::Uuid;\n"),
    ("WireString", "use crate::string::WireString;\n"),
];

pub(crate) fn emit(definition: &Definition) -> Result<String> {
    let mut body = String::new();
    for structure in &definition.structures {
        if ["Element", "Message", "Reader", "Writer", "Bytes", "Records", "Uuid", "WireString"]
            .contains(&structure.name.as_str())
        {
            bail!("{} clashes with an import", structure.name);
        }
        let top = structure.name == definition.name;
        body.push_str(&data(definition, structure, top)?);
        if top {
            body.push_str(&message(definition)?);
        }
        body.push_str(&element(definition, structure)?);
    }
    let mut text = format!("//! {}.\n\n", headline(definition));
    for (name, import) in IMPORTS {
        if uses(&body, name) {
            text.push_str(import);
        }
    }
    if definition.kind == Kind::Request {
        text.push_str("use crate::generated::api_key::ApiKey;\n");
        let response = response_module(definition);
        writeln!(text, "use crate::generated::{response};")?;
    }
    text.push_str(
        "use crate::error::{DecodeError, EncodeError};\nuse crate::message::{Element, Message",
    );
    text.push_str(match definition.kind {
        Kind::Request => ", Request",
        Kind::CoordinatorKey => ", RecordKey",
        _ => "",
    });
    text.push_str("};\nuse crate::reader::Reader;\nuse crate::writer::Writer;\n\n");
    text.push_str(&body);
    Ok(text)
}

/// Whether `text` holds `name` as a word of its own.
fn uses(text: &str, name: &str) -> bool {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').any(|word| word == name)
}

fn headline(definition: &Definition) -> String {
    let key = definition.api_key.map(|key| key.to_string()).unwrap_or_default();
    let what = match definition.kind {
        Kind::Request => format!("Request of API {key}"),
        Kind::Response => format!("Response of API {key}"),
        Kind::Header => "Header".to_owned(),
        Kind::Data => "Data inside of other messages or records".to_owned(),
        Kind::CoordinatorKey => format!("Key of coordinator record type {key}"),
        Kind::CoordinatorValue => format!("Value of coordinator record type {key}"),
    };
    let flexible = match definition.flexible_versions {
        none if none.is_empty() => "never flexible".to_owned(),
        some => format!("flexible from {}", some.low),
    };
    format!("{what}; versions {}, {flexible}", definition.valid_versions)
}

fn data(definition: &Definition, structure: &Structure, top: bool) -> Result<String> {
    let mut text = match top {
        true => format!("/// {}.\n", headline(definition)),
        false => format!("/// Versions {}.\n", structure.context),
    };
    let plain = structure.fields.iter().all(default_is_plain);
    let derive = if plain { "Clone, Debug, Default, PartialEq" } else { "Clone, Debug, PartialEq" };
    writeln!(text, "#[derive({derive})]\npub struct {} {{", structure.name)?;
    for field in &structure.fields {
        writeln!(text, "/// {}\npub {}: {},", facts(field), ident(&field.name), field_type(field))?;
    }
    text.push_str("}\n\n");
    if !plain {
        writeln!(text, "impl Default for {} {{ fn default() -> Self {{ Self {{", structure.name)?;
        for field in &structure.fields {
            writeln!(text, "{}: {},", ident(&field.name), default_value(field))?;
        }
        text.push_str("} } }\n\n");
    }
    Ok(text)
}

fn message(definition: &Definition) -> Result<String> {
    let name = &definition.name;
    let valid = definition.valid_versions;
    let flexible = match definition.flexible_versions {
        none if none.is_empty() => "i16::MAX".to_owned(),
        some => some.low.to_string(),
    };
    let mut text = format!(
        "impl Message for {name} {{\n\
         const NAME: &'static str = \"{name}\";\n\
         const VERSIONS: std::ops::RangeInclusive<i16> = {}..={};\n\
         const FLEXIBLE_FROM: i16 = {flexible};\n}}\n\n",
        valid.low, valid.high
    );
    match (definition.kind, definition.api_key) {
        (Kind::Request, Some(_)) => {
            let api = name.trim_end_matches("Request");
            let module = response_module(definition);
            writeln!(
                text,
                "impl Request for {name} {{ const API_KEY: ApiKey = ApiKey::{api}; \
                 type Response = {module}::{api}Response; }}\n"
            )?;
        }
        (Kind::CoordinatorKey, Some(key)) => {
            writeln!(text, "impl RecordKey for {name} {{ const RECORD_TYPE: i16 = {key}; }}\n")?;
        }
        _ => {}
    }
    Ok(text)
}

fn response_module(definition: &Definition) -> String {
    let api = definition.name.trim_end_matches("Request");
    crate::definition::snake_case(&format!("{api}Response"))
}

fn element(definition: &Definition, structure: &Structure) -> Result<String> {
    let size = size::structure_min(definition, structure);
    if size == 0 && structure.name != definition.name {
        bail!("{} can take no bytes at all, so that no count of it is bounded", structure.name);
    }
    let read = read::body(definition, structure)?;
    let write = write::body(definition, structure)?;
    let argument = |body: &str, name: &str| match uses(body, name) {
        true => name.to_owned(),
        false => format!("_{name}"),
    };
    Ok(format!(
        "impl Element for {} {{\nconst SIZE_MIN: usize = {size};\n\n\
         fn read(reader: &mut Reader, {}: i16, {}: bool) -> Result<Self, DecodeError> {{\n{read}}}\n\n\
         fn write(&self, writer: &mut Writer, {}: i16, {}: bool) -> Result<(), EncodeError> {{\n\
         {write}}}\n}}\n\n",
        structure.name,
        argument(&read, "version"),
        argument(&read, "flexible"),
        argument(&write, "version"),
        argument(&write, "flexible"),
    ))
}

/// `Versions 3+; nullable 4+; tag 1; ignorable; default -1.`
fn facts(field: &Field) -> String {
    let mut text = format!("Versions {}", field.versions);
    if field.is_nullable() {
        let _ = write!(text, "; nullable {}", field.nullable);
    }
    if let Some(tag) = field.tag {
        let _ = write!(text, "; tag {tag}");
    }
    if field.ignorable {
        text.push_str("; ignorable");
    }
    match &field.default {
        Default::Zero => {}
        Default::Null => text.push_str("; default null"),
        Default::True => text.push_str("; default true"),
        Default::Integer(value) => {
            let _ = write!(text, "; default {value}");
        }
    }
    text.push('.');
    text
}

/// A field's name as Rust takes it.
pub(crate) fn ident(name: &str) -> String {
    match name {
        "match" | "type" => format!("r#{name}"),
        _ => name.to_owned(),
    }
}

pub(crate) fn rust_type(of: &Type) -> String {
    match of {
        Type::Bool => "bool".to_owned(),
        Type::Int8 => "i8".to_owned(),
        Type::Int16 => "i16".to_owned(),
        Type::Uint16 => "u16".to_owned(),
        Type::Int32 => "i32".to_owned(),
        Type::Int64 => "i64".to_owned(),
        Type::Float64 => "f64".to_owned(),
        Type::String => "WireString".to_owned(),
        Type::Uuid => "Uuid".to_owned(),
        Type::Bytes => "Bytes".to_owned(),
        Type::Records => "Records".to_owned(),
        Type::Structure(name) => name.clone(),
        Type::Array(element) => format!("Vec<{}>", rust_type(element)),
    }
}

fn field_type(field: &Field) -> String {
    let of = rust_type(&field.of);
    if field.is_nullable() { format!("Option<{of}>") } else { of }
}

/// Whether Rust's own default is Kafka's.
fn default_is_plain(field: &Field) -> bool {
    match field.default {
        Default::Zero => !field.is_nullable(),
        Default::Null => true,
        Default::Integer(_) | Default::True => false,
    }
}

/// The field's default as an expression.
pub(crate) fn default_value(field: &Field) -> String {
    let value = match (&field.default, &field.of) {
        (Default::Null, _) => return "None".to_owned(),
        (Default::Integer(i64::MAX), _) => "i64::MAX".to_owned(),
        (Default::Integer(value), Type::Int32) if *value == i64::from(i32::MAX) => {
            "i32::MAX".to_owned()
        }
        (Default::Integer(value), Type::Int32) if *value == i64::from(i32::MIN) => {
            "i32::MIN".to_owned()
        }
        (Default::Integer(value), _) => value.to_string(),
        (Default::True, _) => "true".to_owned(),
        (Default::Zero, Type::Bool) => "false".to_owned(),
        (Default::Zero, Type::Float64) => "0.0".to_owned(),
        (Default::Zero, of) if of.is_integer() => "0".to_owned(),
        (Default::Zero, Type::Uuid) => "Uuid::ZERO".to_owned(),
        (Default::Zero, Type::Array(_)) => "Vec::new()".to_owned(),
        (Default::Zero, of) => format!("{}::default()", rust_type(of)),
    };
    if field.is_nullable() { format!("Some({value})") } else { value }
}
