//! Whole bodies, of any format and charset, as they would arrive: read, or refused, and no panic.
//! The first byte chooses the header.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pyi_runtime::__private::operation::{Envelope, Provider, SigningScheme};
use pyi_runtime::{Callback, Operation};
use serde::de::IgnoredAny;

static PROVIDER: Provider<'_> = Provider {
    name: "",
    title: "",
    sign: SigningScheme::MD5,
    envelope: Envelope {
        status: &["codeid"],
        message: &["message"],
        data: "retdata",
        time: &["time", "curtime"],
        ..Envelope::NOWHERE
    },
    statuses: &[],
    http: &[],
};

static OPERATION: Operation<'_> = Operation::of(&PROVIDER);

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, body)) = bytes.split_first() else { return };
    let header = ["application/json", "text/html; charset=gb18030", "charset=", "a;charset=\"GBK\";b"];
    let header = header.get(usize::from(*choice)).copied();
    let later = Callback::parse(&OPERATION, body, header);
    // What is JSON is JSON to serde_json too, and the other way round.
    if let (Some(object), false) = (object(body), header.is_some_and(|header| header.contains(';'))) {
        let has_members = !object.trim_start_matches(['{', ' ', '\t', '\n', '\r']).starts_with('}');
        let is_json = serde_json::from_str::<IgnoredAny>(object).is_ok();
        assert_eq!(later.is_ok(), is_json && has_members);
    }
    if let Ok(later) = later {
        assert_eq!(later.body().as_bytes(), body);
        assert!(!later.fields.is_empty());
    }
});

/// The body, if it is the text of a JSON object, or would like to be.
fn object(body: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(body).ok()?.trim_start_matches('\u{feff}').trim();
    text.starts_with('{').then_some(text)
}
