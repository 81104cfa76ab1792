//! A provider and an operation for the unit tests of this crate.

use crate::operation::{
    BillingRule, Effect, Envelope, Format, Method, Operation, Parameter, Provider, Retry, Segment,
    SegmentWord, SignMethod, SigningScheme, Source, StatusClass, StatusInfo,
};

const fn status(code: i32, class: StatusClass, billed: BillingRule, retry: Retry) -> StatusInfo {
    StatusInfo::builder(code, "a_status", class).billed(billed).retry(retry).build()
}

pub(crate) const SCHEME: SigningScheme<'_> = SigningScheme {
    methods: &[SignMethod::Md5, SignMethod::HmacSha256, SignMethod::Hash],
    digest_text: &[Segment::Word(SegmentWord::Params), Segment::Word(SegmentWord::Secret)],
    hmac_text: &[Segment::Word(SegmentWord::Params)],
    ..SigningScheme::MD5
};

pub(crate) static PROVIDER: Provider<'_> = Provider {
    name: "demo",
    title: "Demo",
    sign: SCHEME,
    envelope: Envelope {
        status: &["codeid"],
        message: &["message"],
        data: "retdata",
        time: &["timestamp", "time"],
        ..Envelope::NOWHERE
    },
    statuses: &[
        status(10000, StatusClass::Data, BillingRule::Always, Retry::Never),
        status(10001, StatusClass::Debug, BillingRule::Never, Retry::Never),
        status(10003, StatusClass::Auth, BillingRule::Never, Retry::Never),
        status(10004, StatusClass::Auth, BillingRule::Never, Retry::Clock),
        status(10021, StatusClass::Server, BillingRule::Never, Retry::Later),
        status(10025, StatusClass::NoData, BillingRule::Never, Retry::Never),
        status(10030, StatusClass::Pending, BillingRule::Always, Retry::Never),
        status(10031, StatusClass::Server, BillingRule::Unknown, Retry::Never),
    ],
    http: &[status(429, StatusClass::Server, BillingRule::Never, Retry::Later)],
};

pub(crate) static OPERATION: Operation<'_> = Operation {
    id: "weather",
    path: "/weather",
    title: "Weather",
    effect: Effect::Query,
    methods: &[Method::Post],
    formats: &[Format::Json],
    parameters: &[
        Parameter::required("appid", Source::AppId),
        Parameter::required("city", Source::Request(0)),
        Parameter::optional("debug", Source::Debug),
        Parameter::with_default("page", Source::Request(1), "1"),
        Parameter::optional("time", Source::Clock),
    ],
    ..Operation::of(&PROVIDER)
};
