//! Bytes that no honest peer sends: an error or a message, never a panic, never much memory.

use bytes::{Bytes, BytesMut};

use super::each_version;
use crate::random::{self, Random};

#[test]
fn truncated_messages() {
    let mut random = Random::new(2);
    each_version(|entry, version| {
        let bytes = random::message(entry, version, &mut random);
        for _ in 0..10 {
            let end = random.below(bytes.len() + 1);
            entry.assert_stable(version, &bytes.slice(..end));
            if end < bytes.len() {
                let read = (entry.recode)(bytes.slice(..end), version, version);
                assert!(read.is_err(), "{} v{version} read from {end} bytes", entry.name);
            }
        }
    });
}

#[test]
fn mutated_messages() {
    let mut random = Random::new(3);
    each_version(|entry, version| {
        for _ in 0..10 {
            let mut bytes = BytesMut::from(random::message(entry, version, &mut random));
            for _ in 0..=random.below(3) {
                if bytes.is_empty() {
                    break;
                }
                let at = random.below(bytes.len());
                bytes[at] = match random.below(4) {
                    0 => 0xff,
                    1 => 0x7f,
                    2 => 0x80,
                    _ => random.bits().to_be_bytes()[0],
                };
            }
            entry.assert_stable(version, &bytes.freeze());
        }
    });
}

#[test]
fn noise() {
    let mut random = Random::new(4);
    each_version(|entry, version| {
        for _ in 0..10 {
            let length = random.below(120);
            // Mostly small numbers, so that counts and lengths are believed.
            let byte = |random: &mut Random| match random.below(4) {
                0 => random.bits().to_be_bytes()[0],
                _ => random.bits().to_be_bytes()[0] % 4,
            };
            entry.assert_stable(version, &(0..length).map(|_| byte(&mut random)).collect());
        }
    });
}

#[test]
fn huge_counts_are_refused_before_memory_is_reserved() {
    each_version(|entry, version| {
        for filler in [[0x7f, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0x0f], [0x00, 0xff, 0xff, 0xff]]
        {
            for lead in 0..24 {
                let zeros = std::iter::repeat_n(0, lead);
                let bytes: Bytes = zeros.chain(filler.into_iter().cycle().take(64)).collect();
                entry.assert_stable(version, &bytes);
            }
        }
    });
}
