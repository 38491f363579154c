//! Any bytes as any message in any version, internal records too: never a panic, and what is read
//! can be written.
//!
//! Input: message (2 bytes), version (1 byte), the message.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use penstock_wire::catalog::MESSAGES;

fuzz_target!(|data: &[u8]| {
    let [high, low, version, message @ ..] = data else { return };
    let entry = &MESSAGES[usize::from(u16::from_be_bytes([*high, *low])) % MESSAGES.len()];
    let versions = entry.version_max - entry.version_min + 1;
    let version = entry.version_min + i16::from(*version) % versions;
    entry.assert_stable(version, &Bytes::copy_from_slice(message));
});
