//! Any bytes as snappy.
#![no_main]

use libfuzzer_sys::fuzz_target;
use penstock_records::Codec;

fuzz_target!(|bytes: &[u8]| penstock_records_fuzz::inflate(Codec::Snappy, bytes));
