//! Round trips of commands and images, and bytes that nobody wrote.

use proptest::prelude::*;

use super::draw::Draw;
use super::histories::{generated, step};
use crate::encoding::{
    DecodeError, VERSION, decode_command, decode_image, encode_command, encode_image, image_hash,
};
use crate::image::MetadataImage;

fn image_after(seeds: &[u64]) -> MetadataImage {
    let mut image = MetadataImage::default();
    for command in generated(seeds) {
        step(&mut image, &command);
    }
    image
}

/// Changes, drops, doubles or cuts something.
fn spoil(bytes: &mut Vec<u8>, draw: &mut Draw) {
    let at = usize::try_from(draw.next()).unwrap() % bytes.len().max(1);
    match draw.below(4) {
        0 => bytes.truncate(at),
        1 => bytes.insert(at, 0xff),
        _ if bytes.is_empty() => bytes.push(VERSION),
        2 => drop(bytes.remove(at)),
        _ => bytes[at] ^= 1 << draw.below(8),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn commands_survive(seeds in proptest::collection::vec(any::<u64>(), 1..150)) {
        for command in generated(&seeds) {
            let bytes = encode_command(&command);
            prop_assert_eq!(decode_command(&bytes), Ok(command));
        }
    }

    /// What went through bytes is not only equal: it goes on in the same way.
    #[test]
    fn images_survive(
        before in proptest::collection::vec(any::<u64>(), 0..100),
        after in proptest::collection::vec(any::<u64>(), 0..50),
    ) {
        let image = image_after(&before);
        let decoded = decode_image(encode_image(&image)).unwrap();
        prop_assert_eq!(&decoded, &image);
        prop_assert_eq!(image_hash(&decoded), image_hash(&image));

        let (mut one, mut other) = (image, decoded);
        for seed in after {
            let command = super::generate::command(&one, seed);
            prop_assert_eq!(step(&mut one, &command), step(&mut other, &command));
        }
        prop_assert_eq!(one, other);
    }

    #[test]
    fn spoiled_commands_never_panic(
        seeds in proptest::collection::vec(any::<u64>(), 1..60),
        spoils in any::<u64>(),
    ) {
        let draw = &mut Draw(spoils);
        for command in generated(&seeds) {
            let mut bytes = encode_command(&command);
            for _ in 0..=draw.below(4) {
                spoil(&mut bytes, draw);
            }
            if let Ok(other) = decode_command(&bytes) {
                // A command that nobody meant is still a command.
                step(&mut image_after(&seeds[..1]), &other);
            }
        }
    }

    #[test]
    fn spoiled_images_never_panic(
        seeds in proptest::collection::vec(any::<u64>(), 1..60),
        spoils in any::<u64>(),
    ) {
        let draw = &mut Draw(spoils);
        let mut chunks: Vec<_> = encode_image(&image_after(&seeds)).collect();
        spoil(&mut chunks[0], draw);
        if let Ok(image) = decode_image(&chunks) {
            prop_assert_eq!(crate::invariants::check(&image), Ok(()));
        }
    }

    #[test]
    fn noise_is_no_command(mut bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode_command(&bytes);
        bytes.insert(0, VERSION);
        let _ = decode_command(&bytes);
        let _ = decode_image([&bytes]);
    }
}

#[test]
fn other_versions_and_no_bytes_are_named() {
    assert_eq!(decode_command(&[]), Err(DecodeError::Empty));
    assert_eq!(decode_command(&[2, 1]), Err(DecodeError::Version(2)));
    assert_eq!(decode_command(&[VERSION]), Err(DecodeError::Field("command")));
    assert_eq!(decode_image([[9_u8]]), Err(DecodeError::Version(9)));
    let nothing: [&[u8]; 0] = [];
    let incomplete = |found, expected| Err(DecodeError::Incomplete { found, expected });
    assert_eq!(decode_image(nothing), incomplete(0, 0));
}

/// A large image, in chunks of bounded size, of which none may be missing, doubled or moved.
#[test]
fn chunks_are_bounded_and_all_are_needed() {
    let mut world = super::world::World::with_streams(1);
    world.create(2, "large", 10_000).unwrap();
    let chunks: Vec<_> = encode_image(&world.image).collect();
    assert!(chunks.len() > 4);
    assert!(chunks.iter().all(|chunk| chunk.len() < 66_000));
    assert_eq!(decode_image(&chunks), Ok(world.image));
    for index in 0..chunks.len() {
        let mut missing = chunks.clone();
        missing.remove(index);
        assert!(decode_image(&missing).is_err());
        let mut doubled = chunks.clone();
        doubled.insert(index, chunks[index].clone());
        assert!(decode_image(&doubled).is_err());
    }
}

#[test]
fn the_hash_tells_images_apart() {
    let mut world = super::world::World::with_streams(2);
    let before = image_hash(&world.image);
    assert_eq!(before, image_hash(&world.image.clone()));
    world.trim(&[(2, 1)], 0).unwrap();
    assert_ne!(before, image_hash(&world.image));
}
