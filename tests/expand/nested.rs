// Written by `pyi expand` for pyi-runtime 0.1.0.
const _: () = ::pyi_runtime::__private::written_for("0.1.0");
/// The spec that this client was generated from: the path and the text of each file.
pub const SPEC: &[(&str, &str)] = &[
    (
        "endpoints/nested.yaml",
        "### endpoints/nested.yaml\npath: /pyi/0/1\ntitle: 嵌套\nsource: made up for this test\neffect: query\nmethods: [POST]\nformats: [json]\nrequest: {}\nresponse:\n  home: {type: address}\n  former: {type: list, of: address}\n  levels: {type: list, of: level}\n  scores: {type: list, of: decimal}\n  table: {type: list, of: {type: list, of: integer}}\n  days: {type: list, of: {type: date, pattern: \"%Y%m%d\"}}\n  owner:\n    type: object\n    fields:\n      name: {type: string}\n      state:\n        enum:\n          A: {name: active}\n          S: {name: suspended}\n",
    ),
    (
        "provider.yaml",
        "### provider.yaml\nprovider: demo\ntitle: Demo\nsign:\n  parameter: sign\n  methods: [md5]\n  canonical: {pair: \"{key}{value}\", join: \"\", secret: \"{params}{secret}\"}\n  digest: {algorithm: md5, case: lower}\nenvelope: {status: codeid, message: message, data: retdata}\ntypes:\n  address:\n    type: object\n    title: 地址\n    fields:\n      city: {type: string}\n      since: {type: date, pattern: \"%Y-%m-%d\"}\n  level:\n    enum:\n      \"1\": {name: low}\n      \"2\": {name: high, title: 高}\nstatuses:\n  10000: {name: ok, title: 成功, class: data, billed: always}\n",
    ),
];
/// A client of Demo. Clones share its connections.
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
    /// 嵌套.
    ///
    /// `/pyi/0/1`, POST.
    ///
    /// Source: made up for this test.
    #[inline]
    pub fn nested(&self, request: &Nested) -> ::pyi_runtime::Call<'static, NestedData> {
        self.0.call(request)
    }
}
impl ::core::convert::From<::pyi_runtime::Client> for Client {
    #[inline]
    fn from(client: ::pyi_runtime::Client) -> Self {
        Self(client)
    }
}
/// A status of Demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(i32)]
pub enum Status {
    /// 10000: `成功`. Billed.
    Ok = 10000,
}
impl Status {
    /// The status with a code, if the spec lists it.
    pub fn from_code(code: i32) -> ::core::option::Option<Self> {
        match code {
            10000 => ::core::option::Option::Some(Self::Ok),
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
/// `Level`, without a title in the spec.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Level {
    /// `1`: Low
    Low,
    /// `2`: 高
    High,
    /// A code that the spec does not list.
    Other(::pyi_runtime::Unrecognized),
}
impl Level {
    /// The value of a code on the wire.
    #[inline]
    pub fn from_code(code: &str) -> Self {
        match code {
            "1" => Self::Low,
            "2" => Self::High,
            _ => Self::Other(::pyi_runtime::Unrecognized::new("Level", code)),
        }
    }
    /// The code on the wire.
    #[inline]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Low => "1",
            Self::High => "2",
            Self::Other(other) => other.as_str(),
        }
    }
}
/// Shows the code. One that the spec does not list may be any text, and is not shown.
impl ::core::fmt::Display for Level {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        match self {
            Self::Other(_) => f.write_str(::pyi_runtime::__private::redact::REDACTED),
            listed => f.write_str(listed.as_str()),
        }
    }
}
impl ::pyi_runtime::__private::Value for Level {
    #[inline]
    fn write(&self, out: &mut ::std::string::String) {
        out.push_str(self.as_str());
    }
}
/// `NestedOwnerState`, without a title in the spec.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NestedOwnerState {
    /// `A`: Active
    Active,
    /// `S`: Suspended
    Suspended,
    /// A code that the spec does not list.
    Other(::pyi_runtime::Unrecognized),
}
impl NestedOwnerState {
    /// The value of a code on the wire.
    #[inline]
    pub fn from_code(code: &str) -> Self {
        match code {
            "A" => Self::Active,
            "S" => Self::Suspended,
            _ => Self::Other(::pyi_runtime::Unrecognized::new("NestedOwnerState", code)),
        }
    }
    /// The code on the wire.
    #[inline]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Active => "A",
            Self::Suspended => "S",
            Self::Other(other) => other.as_str(),
        }
    }
}
/// Shows the code. One that the spec does not list may be any text, and is not shown.
impl ::core::fmt::Display for NestedOwnerState {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        match self {
            Self::Other(_) => f.write_str(::pyi_runtime::__private::redact::REDACTED),
            listed => f.write_str(listed.as_str()),
        }
    }
}
impl ::pyi_runtime::__private::Value for NestedOwnerState {
    #[inline]
    fn write(&self, out: &mut ::std::string::String) {
        out.push_str(self.as_str());
    }
}
/// 地址.
#[non_exhaustive]
pub struct Address {
    /// `city` on the wire.
    pub city: ::core::option::Option<::std::string::String>,
    /// `since` on the wire.
    pub since: ::core::option::Option<::pyi_runtime::Date>,
}
impl ::pyi_runtime::__private::Decode for Address {
    const NAMES: &'static [&'static str] = &["city", "since"];
    #[inline]
    fn decode(from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
        Self {
            city: from.string(),
            since: from.date("%Y-%m-%d"),
        }
    }
}
impl ::core::fmt::Debug for Address {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "Address",
            &[
                ("city", ::core::option::Option::None),
                ("since", ::core::option::Option::None),
            ],
        )
    }
}
/// `NestedOwner`, without a title in the spec.
#[non_exhaustive]
pub struct NestedOwner {
    /// `name` on the wire.
    pub name: ::core::option::Option<::std::string::String>,
    /// `state` on the wire.
    pub state: ::core::option::Option<NestedOwnerState>,
}
impl ::pyi_runtime::__private::Decode for NestedOwner {
    const NAMES: &'static [&'static str] = &["name", "state"];
    #[inline]
    fn decode(from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
        Self {
            name: from.string(),
            state: from.code(NestedOwnerState::from_code),
        }
    }
}
impl ::core::fmt::Debug for NestedOwner {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "NestedOwner",
            &[
                ("name", ::core::option::Option::None),
                ("state", ::core::option::Option::None),
            ],
        )
    }
}
/// 嵌套: the request of [`Client::nested`].
pub struct Nested {}
impl ::pyi_runtime::Request for Nested {
    type Data = NestedData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::NESTED;
    #[inline]
    fn values(&self) -> ::pyi_runtime::__private::Values {
        ::pyi_runtime::__private::Values::of(&[])
    }
    #[inline]
    fn read(
        payload: ::pyi_runtime::__private::Payload<'_>,
    ) -> ::core::result::Result<Self::Data, ::pyi_runtime::DecodeError> {
        payload.object()
    }
}
impl ::core::fmt::Debug for Nested {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(f, "Nested", &[])
    }
}
/// 嵌套: the data of a reply to [`Client::nested`].
///
/// A field that the provider leaves out is `None`. Members that the spec does not list stay in the reply's body.
#[non_exhaustive]
pub struct NestedData {
    /// 地址.
    pub home: ::core::option::Option<Address>,
    /// `former` on the wire.
    pub former: ::core::option::Option<::std::vec::Vec<Address>>,
    /// `levels` on the wire.
    pub levels: ::core::option::Option<::std::vec::Vec<Level>>,
    /// `scores` on the wire.
    pub scores: ::core::option::Option<::std::vec::Vec<::pyi_runtime::Decimal>>,
    /// `table` on the wire.
    pub table: ::core::option::Option<::std::vec::Vec<::std::vec::Vec<i64>>>,
    /// `days` on the wire.
    pub days: ::core::option::Option<::std::vec::Vec<::pyi_runtime::Date>>,
    /// `owner` on the wire.
    pub owner: ::core::option::Option<NestedOwner>,
}
impl ::pyi_runtime::__private::Decode for NestedData {
    const NAMES: &'static [&'static str] = &[
        "home",
        "former",
        "levels",
        "scores",
        "table",
        "days",
        "owner",
    ];
    #[inline]
    fn decode(from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
        Self {
            home: from.object(),
            former: from.list(|from| from.object()),
            levels: from.list(|from| from.code(Level::from_code)),
            scores: from.list(|from| from.decimal()),
            table: from.list(|from| from.list(|from| from.integer())),
            days: from.list(|from| from.date("%Y%m%d")),
            owner: from.object(),
        }
    }
}
impl ::core::fmt::Debug for NestedData {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "NestedData",
            &[
                ("home", ::core::option::Option::None),
                ("former", ::core::option::Option::None),
                ("levels", ::core::option::Option::None),
                ("scores", ::core::option::Option::None),
                ("table", ::core::option::Option::None),
                ("days", ::core::option::Option::None),
                ("owner", ::core::option::Option::None),
            ],
        )
    }
}
/// The provider and its endpoints as plain data.
pub mod operations {
    use ::pyi_runtime::__private::operation::*;
    /// The data that all endpoints of Demo share.
    pub static PROVIDER: Provider<'static> = Provider {
        name: "demo",
        title: "Demo",
        sign: SigningScheme {
            parameter: "sign",
            methods: &[SignMethod::Md5],
            digest_text: &[
                Segment::Word(SegmentWord::Params),
                Segment::Word(SegmentWord::Secret),
            ],
            ..SigningScheme::MD5
        },
        envelope: Envelope {
            status: &["codeid"],
            data: "retdata",
            message: &["message"],
            ..Envelope::NOWHERE
        },
        statuses: &[
            StatusInfo::builder(10000, "ok", StatusClass::Data)
                .billed(BillingRule::Always)
                .title("成功")
                .build(),
        ],
        http: &[],
    };
    /// `/pyi/0/1`: 嵌套.
    pub static NESTED: Operation<'static> = Operation {
        id: "nested",
        path: "/pyi/0/1",
        title: "嵌套",
        effect: Effect::Query,
        methods: &[Method::Post],
        formats: &[Format::Json],
        parameters: &[],
        ..Operation::of(&PROVIDER)
    };
    /// All endpoints.
    pub static ALL: &[&Operation<'static>] = &[&NESTED];
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
            /// 嵌套.
            ///
            /// `/pyi/0/1`, POST.
            ///
            /// Source: made up for this test.
            #[inline]
            pub fn nested(
                &self,
                request: &super::Nested,
            ) -> ::pyi_runtime::blocking::Call<super::NestedData> {
                self.0.call(request)
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
