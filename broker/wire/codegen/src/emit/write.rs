//! The body of `Element::write`: fields in wire order, then the tagged fields that are not default.

use std::fmt::Write;

use anyhow::Result;

use super::message::{default_value, ident, rust_type};
use crate::definition::{Default, Definition, Field, Structure, Type};
use crate::versions::Condition;

pub(crate) fn body(definition: &Definition, structure: &Structure) -> Result<String> {
    let mut text = String::new();
    let context = structure.context;
    for field in structure.fields.iter().filter(|field| field.tag.is_none()) {
        let statement = statement(structure, field);
        match field.versions.condition(context) {
            Condition::Always => text.push_str(&statement),
            Condition::If(carried) if field.ignorable => {
                writeln!(text, "if {carried} {{ {statement} }}")?;
            }
            Condition::If(carried) => writeln!(
                text,
                "if {carried} {{ {statement} }} else if {} {{ {} }}",
                differs(field),
                refusal(structure, field)
            )?,
            Condition::Never => unreachable!("fields of no live version are dropped"),
        }
    }
    let tagged: Vec<&Field> = structure.fields.iter().filter(|field| field.tag.is_some()).collect();
    for field in tagged.iter().filter(|field| !field.ignorable) {
        if let Condition::If(missing) = field.versions.inverse(context) {
            writeln!(
                text,
                "if {missing} && {} {{ {} }}",
                differs(field),
                refusal(structure, field)
            )?;
        }
    }
    let tags = if tagged.is_empty() {
        "writer.no_tags();\n".to_owned()
    } else {
        tags(definition, structure, &tagged)?
    };
    match definition.flexible_versions.condition(context) {
        Condition::Always => text.push_str(&tags),
        Condition::If(_) => writeln!(text, "if flexible {{ {tags} }}")?,
        Condition::Never => {}
    }
    text.push_str("Ok(())\n");
    Ok(text)
}

fn tags(definition: &Definition, structure: &Structure, tagged: &[&Field]) -> Result<String> {
    let flexible = definition.flexible_versions.intersect(structure.context);
    let mut ordered = tagged.to_vec();
    ordered.sort_by_key(|field| field.tag);
    let mut text = String::new();
    for field in &ordered {
        let differs = differs(field);
        match field.versions.condition(flexible) {
            Condition::If(carried) => {
                writeln!(text, "let has_{} = {carried} && {differs};", field.name)?;
            }
            _ => writeln!(text, "let has_{} = {differs};", field.name)?,
        }
    }
    let flags: Vec<String> = ordered.iter().map(|field| format!("has_{}", field.name)).collect();
    writeln!(text, "writer.tag_count(&[{}]);", flags.join(", "))?;
    for field in &ordered {
        writeln!(
            text,
            "if has_{} {{ let start = writer.begin_tag({}); {} writer.end_tag(start)?; }}",
            field.name,
            field.tag.unwrap_or_default(),
            tagged_statement(structure, field)
        )?;
    }
    Ok(text)
}

fn refusal(structure: &Structure, field: &Field) -> String {
    format!(
        "return Err(EncodeError::not_in_version(\"{}.{}\", version));",
        structure.name, field.name
    )
}

/// The statement that writes a field in a version that carries it.
fn statement(structure: &Structure, field: &Field) -> String {
    let flexible = if field.never_flexible { "false" } else { "flexible" };
    let place = format!("self.{}", ident(&field.name));
    let plain = |place: &str| plain_statement(&field.of, place, flexible);
    let nullable = match &field.of {
        Type::String => format!("writer.nullable_string({place}.as_ref(), {flexible})?;"),
        Type::Bytes => format!("writer.nullable_bytes({place}.as_ref(), {flexible})?;"),
        Type::Records => format!("writer.nullable_records({place}.as_ref(), {flexible})?;"),
        Type::Array(_) => {
            format!("writer.nullable_array({place}.as_deref(), version, {flexible})?;")
        }
        Type::Structure(_) => {
            format!("writer.nullable_structure({place}.as_ref(), version, {flexible})?;")
        }
        _ => String::new(),
    };
    match field.nullable.condition(field.versions) {
        Condition::Never
            if matches!(field.of, Type::String | Type::Bytes | Type::Records | Type::Array(_)) =>
        {
            plain(&format!("&{place}"))
        }
        Condition::Never => plain(&place),
        Condition::Always => nullable,
        Condition::If(condition) => {
            let name = format!("{}.{}", structure.name, field.name);
            let present = plain("present");
            format!(
                "if {condition} {{ {nullable} }} else {{ let present = {place}.as_ref()\
                 .ok_or(EncodeError::null_in_version(\"{name}\", version))?; {present} }}"
            )
        }
    }
}

fn tagged_statement(structure: &Structure, field: &Field) -> String {
    match &field.of {
        Type::Structure(_) if field.is_nullable() => format!(
            "writer.nullable_tagged_structure(self.{}.as_ref(), version, flexible)?;",
            ident(&field.name)
        ),
        _ => statement(structure, field),
    }
}

fn plain_statement(of: &Type, place: &str, flexible: &str) -> String {
    match of {
        Type::String => format!("writer.string({place}, {flexible})?;"),
        Type::Bytes => format!("writer.bytes({place}, {flexible})?;"),
        Type::Records => format!("writer.records({place}, {flexible})?;"),
        Type::Array(_) => format!("writer.array({place}, version, {flexible})?;"),
        Type::Structure(_) => format!("{place}.write(writer, version, {flexible})?;"),
        Type::Uuid => format!("writer.uuid({place});"),
        other => format!("writer.{}({place});", rust_type(other)),
    }
}

/// The expression that a field is not its default: then it must not be lost.
fn differs(field: &Field) -> String {
    let place = format!("self.{}", ident(&field.name));
    let default = default_value(field);
    match (&field.of, &field.default) {
        (_, Default::Null) => format!("{place}.is_some()"),
        (Type::Bool, Default::Zero) => place,
        (Type::Bool, Default::True) => format!("!{place}"),
        (Type::String | Type::Bytes | Type::Records | Type::Array(_), Default::Zero) => {
            if field.is_nullable() {
                format!("{place}.as_ref().is_none_or(|value| !value.is_empty())")
            } else {
                format!("!{place}.is_empty()")
            }
        }
        _ => format!("{place} != {default}"),
    }
}
