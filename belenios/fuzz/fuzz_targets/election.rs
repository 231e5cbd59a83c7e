#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| belenios_fuzz::election(bytes));
