//! The body of `Element::read`: one `let` per field in wire order, then the tagged fields.

use std::fmt::Write;

use anyhow::Result;

use super::message::{default_value, ident, rust_type};
use crate::definition::{Definition, Field, Structure, Type};
use crate::versions::Condition;

pub(crate) fn body(definition: &Definition, structure: &Structure) -> Result<String> {
    let mut text = String::new();
    let context = structure.context;
    for field in structure.fields.iter().filter(|field| field.tag.is_none()) {
        let name = ident(&field.name);
        let value = value(field);
        match field.versions.condition(context) {
            Condition::Always => writeln!(text, "let {name} = {value};")?,
            Condition::If(carried) => {
                let default = default_value(field);
                writeln!(text, "let {name} = if {carried} {{ {value} }} else {{ {default} }};")?;
            }
            Condition::Never => unreachable!("fields of no live version are dropped"),
        }
    }
    let tagged: Vec<&Field> = structure.fields.iter().filter(|field| field.tag.is_some()).collect();
    for field in &tagged {
        writeln!(text, "let mut {} = {};", ident(&field.name), default_value(field))?;
    }
    let tags = if tagged.is_empty() {
        "reader.skip_tags()?;\n".to_owned()
    } else {
        tags(definition, structure, &tagged)?
    };
    match definition.flexible_versions.condition(context) {
        Condition::Always => text.push_str(&tags),
        Condition::If(_) => writeln!(text, "if flexible {{ {tags} }}")?,
        Condition::Never => {}
    }
    let names: Vec<String> = structure.fields.iter().map(|field| ident(&field.name)).collect();
    writeln!(text, "Ok(Self {{ {} }})", names.join(", "))?;
    Ok(text)
}

/// The loop over tagged fields; what a version does not know is skipped.
fn tags(definition: &Definition, structure: &Structure, tagged: &[&Field]) -> Result<String> {
    let flexible = definition.flexible_versions.intersect(structure.context);
    let mut text = String::from(
        "for _ in 0..reader.tag_count()? {\nlet tag = reader.begin_tag()?;\nmatch tag.number {\n",
    );
    for field in tagged {
        let tag = field.tag.unwrap_or_default();
        let name = ident(&field.name);
        let value = tagged_value(field);
        let assign = format!("{name} = {value};");
        match field.versions.condition(flexible) {
            Condition::Always => writeln!(text, "{tag} => {{ {assign} }}")?,
            Condition::If(carried) => writeln!(text, "{tag} if {carried} => {{ {assign} }}")?,
            Condition::Never => {}
        }
    }
    text.push_str("_ => reader.skip_tag(),\n}\nreader.end_tag(tag)?;\n}\n");
    Ok(text)
}

/// The expression that reads a field in a version that carries it.
fn value(field: &Field) -> String {
    let flexible = if field.never_flexible { "false" } else { "flexible" };
    let plain = plain_value(&field.of, flexible);
    let nullable = match &field.of {
        Type::String => format!("reader.nullable_string({flexible})?"),
        Type::Bytes => format!("reader.nullable_bytes({flexible})?"),
        Type::Records => format!("reader.nullable_records({flexible})?"),
        Type::Array(_) => format!("reader.nullable_array(version, {flexible})?"),
        Type::Structure(_) => format!("reader.nullable_structure(version, {flexible})?"),
        _ => String::new(),
    };
    match field.nullable.condition(field.versions) {
        Condition::Never => plain,
        Condition::Always => nullable,
        Condition::If(condition) => {
            format!("if {condition} {{ {nullable} }} else {{ Some({plain}) }}")
        }
    }
}

/// A nullable structure has another mark of presence as a tagged field.
fn tagged_value(field: &Field) -> String {
    match &field.of {
        Type::Structure(_) if field.is_nullable() => {
            "reader.nullable_tagged_structure(version, flexible)?".to_owned()
        }
        _ => value(field),
    }
}

fn plain_value(of: &Type, flexible: &str) -> String {
    match of {
        Type::String => format!("reader.string({flexible})?"),
        Type::Bytes => format!("reader.bytes({flexible})?"),
        Type::Records => format!("reader.records({flexible})?"),
        Type::Array(_) => format!("reader.array(version, {flexible})?"),
        Type::Structure(name) => format!("{name}::read(reader, version, {flexible})?"),
        Type::Uuid => "reader.uuid()?".to_owned(),
        other => format!("reader.{}()?", rust_type(other)),
    }
}
