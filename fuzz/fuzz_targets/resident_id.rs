//! Any text is a resident ID number or has a reason not to be one; and there is no second way to be
//! one.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pyi_runtime::__private::check::resident_id;

fuzz_target!(|text: &str| {
    if resident_id(text).is_ok() {
        assert!(text.len() == 18 && text.is_ascii());
        for end in "0123456789X".chars() {
            let other = format!("{}{end}", &text[..17]);
            assert_eq!(resident_id(&other).is_ok(), other == text);
        }
    }
});
