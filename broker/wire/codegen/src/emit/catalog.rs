//! The catalog: every message's schema as data, for tests and proofs.

use std::fmt::Write;

use anyhow::Result;

use crate::definition::{Default, Definition, Field, Structure, Type, snake_case};

pub(crate) fn emit(definitions: &[Definition]) -> Result<String> {
    let mut modules = String::new();
    let mut entries = String::new();
    let mut schemas = String::new();
    for definition in definitions {
        let module = snake_case(&definition.name);
        let schema = module.to_uppercase();
        let key = definition.api_key.map_or("None".to_owned(), |key| format!("Some({key})"));
        writeln!(modules, "use crate::generated::{module}::{};", definition.name)?;
        writeln!(entries, "Entry::of::<{}>({key}, {schema}),", definition.name)?;
        let fields = fields(definition, definition.structure(&definition.name))?;
        writeln!(schemas, "const {schema}: &[Field] = &[{fields}];\n")?;
    }
    Ok(format!(
        "//! Every message and its schema.\n\n\
         use crate::catalog::{{Default, Entry, Field, Kind}};\n{modules}\n\
         /// All messages, ordered by name within each jar.\n\
         pub const MESSAGES: &[Entry] = &[\n{entries}];\n\n{schemas}"
    ))
}

fn fields(definition: &Definition, structure: &Structure) -> Result<String> {
    let mut text = String::new();
    for field in &structure.fields {
        let kind = kind(definition, &field.of)?;
        let versions = field.versions;
        write!(
            text,
            "Field::new(\"{}\", {kind}, {}, {})",
            field.name, versions.low, versions.high
        )?;
        text.push_str(&facts(field)?);
        text.push_str(",\n");
    }
    Ok(text)
}

fn facts(field: &Field) -> Result<String> {
    let mut text = String::new();
    if field.is_nullable() {
        write!(text, ".nullable({}, {})", field.nullable.low, field.nullable.high)?;
    }
    if let Some(tag) = field.tag {
        write!(text, ".tag({tag})")?;
    }
    if field.never_flexible {
        text.push_str(".never_flexible()");
    }
    match field.default {
        Default::Zero => {}
        Default::Null => text.push_str(".default(Default::Null)"),
        Default::True => text.push_str(".default(Default::Integer(1))"),
        Default::Integer(value) => write!(text, ".default(Default::Integer({value}))")?,
    }
    Ok(text)
}

fn kind(definition: &Definition, of: &Type) -> Result<String> {
    Ok(match of {
        Type::Bool => "Kind::Bool".to_owned(),
        Type::Int8 => "Kind::Integer(1)".to_owned(),
        Type::Int16 | Type::Uint16 => "Kind::Integer(2)".to_owned(),
        Type::Int32 => "Kind::Integer(4)".to_owned(),
        Type::Int64 => "Kind::Integer(8)".to_owned(),
        Type::Float64 => "Kind::Float".to_owned(),
        Type::String => "Kind::String".to_owned(),
        Type::Uuid => "Kind::Uuid".to_owned(),
        Type::Bytes | Type::Records => "Kind::Bytes".to_owned(),
        Type::Structure(name) => {
            format!("Kind::Structure(&[{}])", fields(definition, definition.structure(name))?)
        }
        Type::Array(element) => format!("Kind::Array(&{})", kind(definition, element)?),
    })
}
