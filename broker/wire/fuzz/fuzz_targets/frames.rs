//! Any bytes as a request's frame: header first, then the request that it names.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use penstock_wire::catalog::MESSAGES;
use penstock_wire::{Reader, decode_request_header};

fuzz_target!(|data: &[u8]| {
    let frame = Bytes::copy_from_slice(data);
    let mut reader = Reader::new(frame.clone());
    let Ok(header) = decode_request_header(&mut reader) else { return };
    let request = frame.slice(frame.len() - reader.remaining()..);
    let name = format!("{}Request", header.api_key.name());
    let entry = MESSAGES.iter().find(|entry| entry.name == name).expect("every API has a request");
    if header.api_key.versions().contains(&header.api_version) {
        entry.assert_stable(header.api_version, &request);
    } else {
        assert!((entry.recode)(request, header.api_version, header.api_version).is_err());
    }
});
