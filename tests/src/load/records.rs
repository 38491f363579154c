//! The records of a load: which stands at which offset, and which of them are sent together. All of
//! it follows from partition and offset, so that nothing has to be remembered to be checked.

use bytes::Bytes;

use crate::random::Random;

/// The most records of a batch.
const BATCH_RECORDS_MAX: usize = 20;

/// The records of one partition.
#[derive(Clone, Copy, Debug)]
pub(super) struct Records {
    pub(super) partition: i32,
    pub(super) value_bytes_max: usize,
}

impl Records {
    fn random(self, offset: i64) -> Random {
        let key = [self.partition.to_be_bytes().as_slice(), &offset.to_be_bytes()].concat();
        Random::new(crc32c::crc32c(&key).into())
    }

    /// The value of a record.
    pub(super) fn value(self, offset: i64) -> Bytes {
        let mut value = format!("{} {offset} ", self.partition).into_bytes();
        let length = self.random(offset).below(self.value_bytes_max);
        value.extend(std::iter::repeat_n(b'.', length));
        Bytes::from(value)
    }

    /// The values of the batch that begins at an offset.
    pub(super) fn batch(self, begin: i64) -> Vec<Bytes> {
        let count = 1 + self.random(begin).below(BATCH_RECORDS_MAX);
        (begin..).take(count).map(|offset| self.value(offset)).collect()
    }

    /// A record that was read is the one that was sent.
    ///
    /// # Panics
    /// When it is another.
    pub(super) fn check(self, offset: i64, value: &Bytes) {
        assert_eq!(*value, self.value(offset), "partition {} offset {offset}", self.partition);
    }
}
