//! Whole bodies, of any format and charset, as they would arrive: read, or refused, and no panic. The first byte chooses the header.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pyi_runtime::operation::{Case, Effect, Envelope, Provider, Scheme};
use pyi_runtime::{Later, Operation};

static PROVIDER: Provider<'_> = Provider {
    name: "",
    title: "",
    sign: Scheme {
        parameter: "sign",
        methods: &[],
        between: "",
        join: "",
        prefix: &[],
        suffix: &[],
        skip_empty: true,
        case: Case::Lower,
    },
    statuses: &[],
};

static OPERATION: Operation<'_> = Operation {
    provider: &PROVIDER,
    id: "",
    path: "",
    title: "",
    effect: Effect::Query,
    methods: &[],
    formats: &[],
    price: None,
    envelope: Envelope { status: "codeid", message: "message", data: "retdata", time: &["time", "curtime"] },
    statuses: &[],
    checks: &[],
    persons: &[],
    parameters: &[],
};

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, body)) = bytes.split_first() else { return };
    let header = ["application/json", "text/html; charset=gb18030", "charset=", "a;charset=\"GBK\";b"];
    let header = header.get(usize::from(*choice)).copied();
    if let Ok(later) = Later::parse(&OPERATION, body, header) {
        assert_eq!(later.body().as_bytes(), body);
        assert!(!later.fields.is_empty());
    }
});
