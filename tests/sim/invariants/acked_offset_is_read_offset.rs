//! What was acknowledged at an offset is read at that offset, for as long as it is there; and a
//! batch that is sent again is answered by the same offset.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Looked;
use crate::oracle::Value;

/// The acknowledgements of one partition.
#[derive(Default)]
pub(crate) struct AckedOffsets {
    values: BTreeMap<i64, Value>,
    offsets: BTreeMap<Value, i64>,
}

impl AckedOffsets {
    /// Values were acknowledged, from this offset on.
    pub(crate) fn acked(&mut self, base: i64, values: &[Value]) -> Looked {
        for (offset, value) in (base..).zip(values) {
            if let Some(other) = self.values.insert(offset, *value).filter(|other| other != value) {
                return Err(format!("{value} is acked at {offset}, as {other} was"));
            }
            let before = self.offsets.insert(*value, offset);
            if let Some(before) = before.filter(|before| *before != offset) {
                return Err(format!("{value} is acked at {offset}, and was at {before}"));
            }
        }
        Ok(())
    }

    /// The end of what was acknowledged.
    pub(crate) fn end(&self) -> i64 {
        self.values.last_key_value().map_or(0, |(offset, _)| offset + 1)
    }

    /// Everything between two offsets was read. Answers the first that was not there.
    pub(crate) fn read(
        &self,
        offsets: Range<i64>,
        read: &BTreeMap<i64, Value>,
    ) -> Result<Option<(i64, Value)>, String> {
        let mut missing = None;
        for (offset, value) in self.values.range(offsets) {
            match read.get(offset) {
                Some(found) if found == value => {}
                Some(found) => return Err(format!("{value} was acked at {offset}, {found} read")),
                None => missing = missing.or(Some((*offset, *value))),
            }
        }
        Ok(missing)
    }
}
