//! A cluster's id as Kafka shows it: 22 characters of unpadded URL-safe base 64 (RFC 4648).

use penstock_model::id::ClusterId;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// 128 bits in pieces of six.
const CHARACTERS: usize = 22;

/// The id as text.
#[must_use]
pub fn format(id: ClusterId) -> String {
    // 22 characters hold 132 bits: the last four are zero.
    let bits = u128::from_be_bytes(id.0);
    let character = |index: usize| {
        let six = match 122_usize.checked_sub(6 * index) {
            Some(shift) => bits >> shift,
            None => bits << 4,
        };
        char::from(ALPHABET[usize::from(six.to_le_bytes()[0] & 63)])
    };
    (0..CHARACTERS).map(character).collect()
}

/// The id that a text names, if it is one.
#[must_use]
pub fn parse(text: &str) -> Option<ClusterId> {
    if text.len() != CHARACTERS {
        return None;
    }
    let mut bits = 0_u128;
    for (index, byte) in text.bytes().enumerate() {
        let six = ALPHABET.iter().position(|letter| *letter == byte)? as u128;
        if index == CHARACTERS - 1 {
            bits = bits << 2 | six >> 4;
        } else {
            bits = bits << 6 | six;
        }
    }
    let id = ClusterId(bits.to_be_bytes());
    // Bits behind the last would be lost.
    (format(id) == text).then_some(id)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn is_base_64_as_everybody_has_it() {
        let bytes = *b"0123456789abcdef";
        assert_eq!(format(ClusterId(bytes)), "MDEyMzQ1Njc4OWFiY2RlZg");
        assert_eq!(format(ClusterId([0xff; 16])), "_____________________w");
        for text in
            ["", "MDEyMzQ1Njc4OWFiY2RlZ", "MDEyMzQ1Njc4OWFiY2RlZh", "MDEyMzQ1Njc4OWFiY2RlZ="]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_formatted_is_parsed(bytes: [u8; 16]) {
            prop_assert_eq!(parse(&format(ClusterId(bytes))), Some(ClusterId(bytes)));
        }
    }
}
