//! Kafka's variable-length integers: zigzag, seven bits a byte, lowest first.

/// The bytes that a 32-bit number takes at most.
const VARINT_BYTES_MAX: u32 = 5;
/// The bytes that a 64-bit number takes at most.
const VARLONG_BYTES_MAX: u32 = 10;

/// Why a number could not be read from a source that itself fails with `E`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum VarintError<E> {
    /// The source failed.
    Source(E),
    /// The number goes on for more bytes than its type can take.
    TooLong,
}

/// Reads a 32-bit number from the bytes that `next` gives.
#[inline]
pub(crate) fn read_varint<E>(next: impl FnMut() -> Result<u8, E>) -> Result<i32, VarintError<E>> {
    let raw = read_groups(VARINT_BYTES_MAX, next)?;
    // As in Java, bits beyond the thirty-second of a fifth byte fall off.
    #[expect(clippy::cast_possible_truncation, reason = "the low 32 bits are the number")]
    let raw = raw as u32;
    Ok((raw >> 1).cast_signed() ^ -(raw & 1).cast_signed())
}

/// Reads a 64-bit number from the bytes that `next` gives.
#[inline]
pub(crate) fn read_varlong<E>(next: impl FnMut() -> Result<u8, E>) -> Result<i64, VarintError<E>> {
    let raw = read_groups(VARLONG_BYTES_MAX, next)?;
    Ok((raw >> 1).cast_signed() ^ -(raw & 1).cast_signed())
}

#[inline]
fn read_groups<E>(
    bytes_max: u32,
    mut next: impl FnMut() -> Result<u8, E>,
) -> Result<u64, VarintError<E>> {
    let mut raw = 0;
    for group in 0..bytes_max {
        let byte = next().map_err(VarintError::Source)?;
        raw |= u64::from(byte & 0x7f) << (7 * group);
        if byte & 0x80 == 0 {
            return Ok(raw);
        }
    }
    Err(VarintError::TooLong)
}

/// Appends a 64-bit number.
pub(crate) fn write_varlong(out: &mut Vec<u8>, value: i64) {
    let mut raw = zigzag(value);
    while raw >= 0x80 {
        out.push((raw & 0x7f) as u8 | 0x80);
        raw >>= 7;
    }
    out.push((raw & 0x7f) as u8);
}

/// Appends a 32-bit number; as a 64-bit one it has the same bytes.
pub(crate) fn write_varint(out: &mut Vec<u8>, value: i32) {
    write_varlong(out, i64::from(value));
}

/// The bytes that a 64-bit number takes.
pub(crate) fn varlong_bytes(value: i64) -> usize {
    // A zero takes a byte too.
    let bits = (zigzag(value) | 1).ilog2() + 1;
    bits.div_ceil(7) as usize
}

/// The bytes that a 32-bit number takes.
pub(crate) fn varint_bytes(value: i32) -> usize {
    varlong_bytes(i64::from(value))
}

fn zigzag(value: i64) -> u64 {
    (value << 1 ^ value >> 63).cast_unsigned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn from(bytes: &[u8]) -> impl FnMut() -> Result<u8, ()> {
        let mut rest = bytes.iter();
        move || rest.next().copied().ok_or(())
    }

    #[test]
    fn known_bytes() {
        for (value, bytes) in [
            (0, &[0][..]),
            (-1, &[1]),
            (1, &[2]),
            (63, &[0x7e]),
            (-64, &[0x7f]),
            (64, &[0x80, 1]),
            (i32::MAX, &[0xfe, 0xff, 0xff, 0xff, 0x0f]),
            (i32::MIN, &[0xff, 0xff, 0xff, 0xff, 0x0f]),
        ] {
            let mut out = Vec::new();
            write_varint(&mut out, value);
            assert_eq!(out, bytes, "{value}");
            assert_eq!(varint_bytes(value), bytes.len(), "{value}");
            assert_eq!(read_varint(from(bytes)), Ok(value));
        }
    }

    #[test]
    fn endless_and_cut_numbers_are_refused() {
        assert_eq!(read_varint(from(&[0x80; 6])), Err(VarintError::TooLong));
        assert_eq!(read_varlong(from(&[0x80; 11])), Err(VarintError::TooLong));
        assert_eq!(read_varint(from(&[0x80; 2])), Err(VarintError::Source(())));
    }

    proptest! {
        #[test]
        fn round_trip(value: i64) {
            let mut out = Vec::new();
            write_varlong(&mut out, value);
            prop_assert_eq!(varlong_bytes(value), out.len());
            prop_assert_eq!(read_varlong(from(&out)), Ok(value));
        }
    }
}
