#![no_main]

use libfuzzer_sys::fuzz_target;
use penstock_wal::fuzzing::OBJECT as TARGET;

fuzz_target!(init: TARGET.plant(std::env::args()).expect("the corpus takes seeds"), |input: &[u8]| {
    let _taken_or_not = (TARGET.run)(input);
});
