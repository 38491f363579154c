//! An offset that was read never changes its meaning, and nothing is there twice: each value was
//! given to the server for one append.

use std::collections::BTreeMap;

use super::Looked;
use crate::oracle::Value;

/// What was ever read of one partition.
#[derive(Default)]
pub(crate) struct ReadValues {
    values: BTreeMap<i64, Value>,
    offsets: BTreeMap<Value, i64>,
}

impl ReadValues {
    pub(crate) fn read(&mut self, offset: i64, value: Value) -> Looked {
        if let Some(other) = self.values.insert(offset, value).filter(|other| *other != value) {
            return Err(format!("{offset} was {other} and is {value}"));
        }
        match self.offsets.insert(value, offset).filter(|other| *other != offset) {
            Some(other) => Err(format!("{value} is at {other} and at {offset}")),
            None => Ok(()),
        }
    }
}
