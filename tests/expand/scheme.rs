// Written by `pyi expand` for pyi-runtime 0.1.0.
const _: () = ::pyi_runtime::__private::written_for("0.1.0");
/// The spec that this client was generated from: the path and the text of each file.
pub const SPEC: &[(&str, &str)] = &[
    (
        "provider.yaml",
        "### provider.yaml\n# Another provider: its pairs are written `k=v&…`, its secret stands at both ends of the text of MD5 and at one end of that of\n# HMAC-SHA256, and its digits are upper-case.\nprovider: other\ntitle: Other\nsign:\n  parameter: signature\n  methods: [md5, hmac_sha256]\n  canonical: {pair: \"{key}={value}\", join: \"&\", secret: \"key={secret}&{params}&key={secret}\", hmac: \"{params}&key={secret}\"}\n  digest: {algorithm: md5, case: upper}\ncommon:\n  app: {from: app_id}\nenvelope: {status: code, message: msg, data: data}\nstatuses:\n  0: {name: success, title: Success, class: data, billed: always}\n",
    ),
];
/// A client of Other. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Client(::pyi_runtime::Client);
impl Client {
    /// A builder of a client: base URL, app, limits.
    #[inline]
    pub fn builder() -> ::pyi_runtime::ClientBuilder<Self> {
        ::pyi_runtime::ClientBuilder::new().of(&operations::PROVIDER)
    }
    /// The runtime's client, which makes the calls.
    #[inline]
    pub fn runtime(&self) -> &::pyi_runtime::Client {
        &self.0
    }
    /// A client of another app, which shares this one's connections, limits and clock.
    #[inline]
    #[must_use]
    pub fn with_app(&self, app: ::pyi_runtime::App) -> Self {
        Self(self.0.with_app(app))
    }
    /// As [`Self::with_app`], with an app that is asked for before each attempt.
    #[inline]
    #[must_use]
    pub fn with_credentials(
        &self,
        provider: impl ::pyi_runtime::CredentialsProvider,
    ) -> Self {
        Self(self.0.with_credentials(provider))
    }
}
impl ::core::convert::From<::pyi_runtime::Client> for Client {
    #[inline]
    fn from(client: ::pyi_runtime::Client) -> Self {
        Self(client)
    }
}
/// A status of Other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(i32)]
pub enum Status {
    /// 0: `Success`. Billed.
    Success = 0,
}
impl Status {
    /// The status with a code, if the spec lists it.
    pub fn from_code(code: i32) -> ::core::option::Option<Self> {
        match code {
            0 => ::core::option::Option::Some(Self::Success),
            _ => ::core::option::Option::None,
        }
    }
    /// The status of an error, if the spec lists it.
    pub fn of(error: &::pyi_runtime::Error) -> ::core::option::Option<Self> {
        error.status().and_then(|status| Self::from_code(status.code.number()?))
    }
    /// The code on the wire.
    pub fn code(self) -> i32 {
        self as i32
    }
    /// The name in the spec, in `snake_case`.
    pub fn name(self) -> &'static str {
        ::pyi_runtime::__private::find_status(operations::ALL, self.code().into())
            .map_or("", |status| &status.name)
    }
    /// The class of its answers.
    pub fn class(self) -> ::pyi_runtime::StatusClass {
        ::pyi_runtime::__private::find_status(operations::ALL, self.code().into())
            .map_or(::pyi_runtime::StatusClass::Other, |status| status.class)
    }
}
/// The provider and its endpoints as plain data.
pub mod operations {
    use ::pyi_runtime::__private::operation::*;
    /// The data that all endpoints of Other share.
    pub static PROVIDER: Provider<'static> = Provider {
        name: "other",
        title: "Other",
        sign: SigningScheme {
            parameter: "signature",
            methods: &[SignMethod::Md5, SignMethod::HmacSha256],
            key_value_separator: "=",
            pair_separator: "&",
            digest_text: &[
                Segment::Text("key="),
                Segment::Word(SegmentWord::Secret),
                Segment::Text("&"),
                Segment::Word(SegmentWord::Params),
                Segment::Text("&key="),
                Segment::Word(SegmentWord::Secret),
            ],
            hmac_text: &[
                Segment::Word(SegmentWord::Params),
                Segment::Text("&key="),
                Segment::Word(SegmentWord::Secret),
            ],
            case: Case::Upper,
            ..SigningScheme::MD5
        },
        envelope: Envelope {
            status: &["code"],
            data: "data",
            message: &["msg"],
            ..Envelope::NOWHERE
        },
        statuses: &[
            StatusInfo::builder(0, "success", StatusClass::Data)
                .billed(BillingRule::Always)
                .title("Success")
                .build(),
        ],
        http: &[],
    };
    /// All endpoints.
    pub static ALL: &[&Operation<'static>] = &[];
}
::pyi_runtime::__private::if_blocking! {
    /// The blocking client, for use inside or outside of an async runtime.
    pub mod blocking {
        /// As [`Client`](super::Client), for the calling thread.
        #[derive(Debug, Clone)]
        pub struct Client(::pyi_runtime::blocking::Client);
        impl Client {
            /// A builder of a client: base URL, app, limits.
            #[inline]
            pub fn builder() -> ::pyi_runtime::ClientBuilder<Self> {
                ::pyi_runtime::ClientBuilder::new().of(&super::operations::PROVIDER)
            }
        }
        impl ::core::convert::From<::pyi_runtime::Client> for Client {
            #[inline]
            fn from(client: ::pyi_runtime::Client) -> Self {
                Self(::pyi_runtime::blocking::Client::from(client))
            }
        }
    }
}
