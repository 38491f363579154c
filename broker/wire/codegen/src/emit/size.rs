//! The fewest bytes that an element takes: what bounds a count before memory is reserved.

use crate::definition::{Definition, Field, Structure, Type};

/// Over all versions in which the structure can occur.
pub(crate) fn structure_min(definition: &Definition, structure: &Structure) -> usize {
    let context = structure.context.intersect(definition.valid_versions);
    let sizes = (context.low..=context.high).map(|version| at(definition, structure, version));
    sizes.min().unwrap_or(0)
}

fn at(definition: &Definition, structure: &Structure, version: i16) -> usize {
    let flexible = definition.flexible_versions.contains(version);
    let carried = structure
        .fields
        .iter()
        .filter(|field| field.tag.is_none() && field.versions.contains(version));
    let fields: usize = carried.map(|field| field_min(definition, field, version, flexible)).sum();
    fields + usize::from(flexible)
}

fn field_min(definition: &Definition, field: &Field, version: i16, flexible: bool) -> usize {
    let compact = flexible && !field.never_flexible;
    match &field.of {
        Type::Bool | Type::Int8 => 1,
        Type::Int16 | Type::Uint16 => 2,
        Type::Int32 => 4,
        Type::Int64 | Type::Float64 => 8,
        Type::Uuid => 16,
        Type::String => {
            if compact {
                1
            } else {
                2
            }
        }
        Type::Bytes | Type::Records | Type::Array(_) => {
            if compact {
                1
            } else {
                4
            }
        }
        Type::Structure(_) if field.nullable.contains(version) => 1,
        Type::Structure(name) => at(definition, definition.structure(name), version),
    }
}
