//! One number for an image, by which controllers notice that they have come apart.

use super::encode_image;
use crate::image::MetadataImage;

/// FNV-1a of 128 bits (Fowler, Noll, Vo; RFC 9923) over the image's encoding, index included.
///
/// Equal images have equal hashes under one [`VERSION`](super::VERSION) of the encoding, on every
/// machine and in every release. It finds accidents, not attacks, and costs a walk over the whole
/// image.
#[must_use]
pub fn image_hash(image: &MetadataImage) -> u128 {
    encode_image(image).fold(OFFSET_BASIS, |hash, chunk| fnv1a(hash, &chunk))
}

const OFFSET_BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = (1 << 88) | 0x13b;

fn fnv1a(hash: u128, bytes: &[u8]) -> u128 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u128::from(*byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The function's published values.
    #[test]
    fn fnv1a_is_the_one_of_the_rfc() {
        assert_eq!(fnv1a(OFFSET_BASIS, b""), OFFSET_BASIS);
        assert_eq!(fnv1a(OFFSET_BASIS, b"a"), 0xd228_cb69_6f1a_8caf_7891_2b70_4e4a_8964);
        assert_eq!(fnv1a(OFFSET_BASIS, b"foobar"), 0x343e_1662_793c_64bf_6f0d_3597_ba44_6f18);
    }
}
