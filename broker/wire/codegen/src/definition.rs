//! One message definition, as facts: names, types, versions, tags, nullability, defaults.

use crate::versions::Versions;

/// One message with all its structures.
#[derive(Clone, Debug)]
pub(crate) struct Definition {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// API key, or the record type of a coordinator's record.
    pub(crate) api_key: Option<i16>,
    pub(crate) valid_versions: Versions,
    pub(crate) flexible_versions: Versions,
    pub(crate) latest_version_unstable: bool,
    /// The message itself first, then its structures as they first appear.
    pub(crate) structures: Vec<Structure>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    Request,
    Response,
    Header,
    Data,
    CoordinatorKey,
    CoordinatorValue,
}

#[derive(Clone, Debug)]
pub(crate) struct Structure {
    pub(crate) name: String,
    /// The versions in which it can occur.
    pub(crate) context: Versions,
    pub(crate) fields: Vec<Field>,
}

#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// In snake case.
    pub(crate) name: String,
    pub(crate) of: Type,
    /// The versions that carry it, within those in which its structure can occur.
    pub(crate) versions: Versions,
    pub(crate) nullable: Versions,
    pub(crate) tag: Option<u32>,
    pub(crate) ignorable: bool,
    /// Its strings keep the old length prefix in flexible versions too.
    pub(crate) never_flexible: bool,
    pub(crate) default: Default,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Type {
    Bool,
    Int8,
    Int16,
    Uint16,
    Int32,
    Int64,
    Float64,
    String,
    Uuid,
    Bytes,
    Records,
    Structure(String),
    Array(Box<Type>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Default {
    /// Zero, false, empty, or a structure of defaults.
    Zero,
    Null,
    Integer(i64),
    True,
}

impl Definition {
    pub(crate) fn structure(&self, name: &str) -> &Structure {
        let found = self.structures.iter().find(|structure| structure.name == name);
        found.unwrap_or_else(|| panic!("{} has no structure {name}", self.name))
    }
}

impl Field {
    pub(crate) fn is_nullable(&self) -> bool {
        !self.nullable.is_empty()
    }
}

impl Type {
    /// The structure that it is or holds.
    pub(crate) fn structure(&self) -> Option<&str> {
        match self {
            Self::Structure(name) => Some(name),
            Self::Array(element) => element.structure(),
            _ => None,
        }
    }

    pub(crate) fn is_integer(&self) -> bool {
        matches!(self, Self::Int8 | Self::Int16 | Self::Uint16 | Self::Int32 | Self::Int64)
    }
}

/// `TimeoutMs` → `timeout_ms`, `IsKRaftController` → `is_k_raft_controller`.
pub(crate) fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let after_word = at > 0 && !letters[at - 1].is_uppercase();
        let before_word = at > 0 && letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        if letter.is_uppercase() && (after_word || before_word) {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}
