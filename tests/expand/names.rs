// Written by `pyi expand` for pyi-runtime 0.1.0.
const _: () = ::pyi_runtime::__private::written_for("0.1.0");
/// The spec that this client was generated from: the path and the text of each file.
pub const SPEC: &[(&str, &str)] = &[
    (
        "endpoints/names.yaml",
        "# Wire names that Rust cannot have as they are.\npath: /pyi/0/1\ntitle: 各种名字\nsource: made up for this test\neffect: query\nmethods: [POST]\nformats: [json]\nrequest:\n  type: {type: string}\n  self: {type: string}\n  2fa: {type: string}\n  more: {type: string, optional: true}\nresponse:\n  bank_idCard: {type: string}\n  bank_id_card: {type: string, rename: second_id_card}\n  HTMLText: {type: string}\n  金额: {type: string, rename: amount}\n  a①:\n    rename: circled\n    enum: {\"01\": {name: one, title: \"\\u202eone\\r\"}}\n  self: {type: object, fields: {inner: {type: string}}}\n  data: {type: object, fields: {data: {type: object, fields: {x: {type: string}}}}}\n  options: {type: list, of: {type: object, fields: {key: {type: string}}}}\n",
    ),
    (
        "provider.yaml",
        "# What the goldens share that say nothing of a provider themselves: the shipped one, cut down to what they use.\n\nprovider: demo\ntitle: 示例\nsign:\n  parameter: sign\n  methods: [md5, hash]\n  canonical: {pair: \"{key}{value}\", join: \"\", secret: \"{params}{secret}\", skip_empty: true}\n  digest: {algorithm: md5, case: lower}\ncommon:\n  appid: {from: app_id}\n  format: {from: format}\n  time: {from: clock, optional: true}\n  debug: {from: debug, optional: true, opt_in: true}\nenvelope: {status: codeid, message: message, data: retdata, time: [time, curtime]}\ntypes:\n  resident_id: {type: string, title: 身份证号码, example: \"11010519491231002X\", check: resident_id, person: true}\n  person_name: {type: string, title: 姓名, example: 张三, person: true}\n  match_status:\n    title: 核验结果\n    enum:\n      \"01\": {name: match, title: 验证通过}\n      \"02\": {name: mismatch, title: 验证不通过}\nstatuses:\n  10000: {name: ok, title: 返回成功, class: data, billed: always}\n  10003: {name: sign_invalid, title: sign值验证不通过, class: auth, billed: never, next: run `pyi sign` and compare}\n  10004: {name: clock_skew, title: 时差不能超过10分钟, class: auth, billed: never, retry: clock}\n  10015: {name: parameter_count, title: 参数个数错误, class: request, billed: never}\n  10021: {name: server_error, title: 服务器发生错误, class: server, billed: never, retry: true}\n  10024: {name: debug, title: 调试模式数据, class: debug, billed: never}\n",
    ),
];
/// A client of 示例. Clones share its connections.
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
    /// 各种名字.
    ///
    /// `/pyi/0/1`, POST.
    ///
    /// Source: made up for this test.
    #[inline]
    pub fn names(&self, request: &Names) -> ::pyi_runtime::Call<'static, NamesData> {
        self.0.call(request)
    }
}
impl ::core::convert::From<::pyi_runtime::Client> for Client {
    #[inline]
    fn from(client: ::pyi_runtime::Client) -> Self {
        Self(client)
    }
}
/// A status of 示例.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(i32)]
pub enum Status {
    /// 10000: `返回成功`. Billed.
    Ok = 10000,
    /// 10003: `sign值验证不通过`. Not billed.
    ///
    /// What to do: run `pyi sign` and compare.
    SignInvalid = 10003,
    /// 10004: `时差不能超过10分钟`. Not billed.
    ClockSkew = 10004,
    /// 10015: `参数个数错误`. Not billed.
    ParameterCount = 10015,
    /// 10021: `服务器发生错误`. Not billed.
    ServerError = 10021,
    /// 10024: `调试模式数据`. Not billed.
    Debug = 10024,
}
impl Status {
    /// The status with a code, if the spec lists it.
    pub fn from_code(code: i32) -> ::core::option::Option<Self> {
        match code {
            10000 => ::core::option::Option::Some(Self::Ok),
            10003 => ::core::option::Option::Some(Self::SignInvalid),
            10004 => ::core::option::Option::Some(Self::ClockSkew),
            10015 => ::core::option::Option::Some(Self::ParameterCount),
            10021 => ::core::option::Option::Some(Self::ServerError),
            10024 => ::core::option::Option::Some(Self::Debug),
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
/// 核验结果.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MatchStatus {
    /// `01`: 验证通过
    Match,
    /// `02`: 验证不通过
    Mismatch,
    /// A code that the spec does not list.
    Other(::pyi_runtime::Unrecognized),
}
impl MatchStatus {
    /// The value of a code on the wire.
    #[inline]
    pub fn from_code(code: &str) -> Self {
        match code {
            "01" => Self::Match,
            "02" => Self::Mismatch,
            _ => Self::Other(::pyi_runtime::Unrecognized::new("MatchStatus", code)),
        }
    }
    /// The code on the wire.
    #[inline]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Match => "01",
            Self::Mismatch => "02",
            Self::Other(other) => other.as_str(),
        }
    }
}
/// Shows the code. One that the spec does not list may be any text, and is not shown.
impl ::core::fmt::Display for MatchStatus {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        match self {
            Self::Other(_) => f.write_str(::pyi_runtime::__private::redact::REDACTED),
            listed => f.write_str(listed.as_str()),
        }
    }
}
impl ::pyi_runtime::__private::Value for MatchStatus {
    #[inline]
    fn write(&self, out: &mut ::std::string::String) {
        out.push_str(self.as_str());
    }
}
/// `NamesCircled`, without a title in the spec.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NamesCircled {
    /// `01`: one
    One,
    /// A code that the spec does not list.
    Other(::pyi_runtime::Unrecognized),
}
impl NamesCircled {
    /// The value of a code on the wire.
    #[inline]
    pub fn from_code(code: &str) -> Self {
        match code {
            "01" => Self::One,
            _ => Self::Other(::pyi_runtime::Unrecognized::new("NamesCircled", code)),
        }
    }
    /// The code on the wire.
    #[inline]
    pub fn as_str(&self) -> &str {
        match self {
            Self::One => "01",
            Self::Other(other) => other.as_str(),
        }
    }
}
/// Shows the code. One that the spec does not list may be any text, and is not shown.
impl ::core::fmt::Display for NamesCircled {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        match self {
            Self::Other(_) => f.write_str(::pyi_runtime::__private::redact::REDACTED),
            listed => f.write_str(listed.as_str()),
        }
    }
}
impl ::pyi_runtime::__private::Value for NamesCircled {
    #[inline]
    fn write(&self, out: &mut ::std::string::String) {
        out.push_str(self.as_str());
    }
}
/// `NamesInnerData`, without a title in the spec.
#[non_exhaustive]
pub struct NamesInnerData {
    /// `data` on the wire.
    pub data: ::core::option::Option<NamesInnerDataInnerData>,
}
impl ::pyi_runtime::__private::Decode for NamesInnerData {
    const NAMES: &'static [&'static str] = &["data"];
    #[inline]
    fn decode(from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
        Self { data: from.object() }
    }
}
impl ::core::fmt::Debug for NamesInnerData {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "NamesInnerData",
            &[("data", ::core::option::Option::None)],
        )
    }
}
/// `NamesInnerDataInnerData`, without a title in the spec.
#[non_exhaustive]
pub struct NamesInnerDataInnerData {
    /// `x` on the wire.
    pub x: ::core::option::Option<::std::string::String>,
}
impl ::pyi_runtime::__private::Decode for NamesInnerDataInnerData {
    const NAMES: &'static [&'static str] = &["x"];
    #[inline]
    fn decode(from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
        Self { x: from.string() }
    }
}
impl ::core::fmt::Debug for NamesInnerDataInnerData {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "NamesInnerDataInnerData",
            &[("x", ::core::option::Option::None)],
        )
    }
}
/// `NamesInnerOptions`, without a title in the spec.
#[non_exhaustive]
pub struct NamesInnerOptions {
    /// `key` on the wire.
    pub key: ::core::option::Option<::std::string::String>,
}
impl ::pyi_runtime::__private::Decode for NamesInnerOptions {
    const NAMES: &'static [&'static str] = &["key"];
    #[inline]
    fn decode(from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
        Self { key: from.string() }
    }
}
impl ::core::fmt::Debug for NamesInnerOptions {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "NamesInnerOptions",
            &[("key", ::core::option::Option::None)],
        )
    }
}
/// `NamesSelf`, without a title in the spec.
#[non_exhaustive]
pub struct NamesSelf {
    /// `inner` on the wire.
    pub inner: ::core::option::Option<::std::string::String>,
}
impl ::pyi_runtime::__private::Decode for NamesSelf {
    const NAMES: &'static [&'static str] = &["inner"];
    #[inline]
    fn decode(from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
        Self { inner: from.string() }
    }
}
impl ::core::fmt::Debug for NamesSelf {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "NamesSelf",
            &[("inner", ::core::option::Option::None)],
        )
    }
}
/// 各种名字: the request of [`Client::names`].
pub struct Names {
    /// `type` on the wire.
    pub r#type: ::std::string::String,
    /// `self` on the wire.
    pub self_: ::std::string::String,
    /// `2fa` on the wire.
    pub _2fa: ::std::string::String,
}
impl ::pyi_runtime::Request for Names {
    type Data = NamesData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::NAMES;
    #[inline]
    fn values(&self) -> ::pyi_runtime::__private::Values {
        ::pyi_runtime::__private::Values::of(&[&self.r#type, &self.self_, &self._2fa])
    }
    #[inline]
    fn read(
        payload: ::pyi_runtime::__private::Payload<'_>,
    ) -> ::core::result::Result<Self::Data, ::pyi_runtime::DecodeError> {
        payload.object()
    }
}
impl ::core::fmt::Debug for Names {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "Names",
            &[
                ("type", ::core::option::Option::None),
                ("self_", ::core::option::Option::None),
                ("_2fa", ::core::option::Option::None),
            ],
        )
    }
}
/// 各种名字: the optional fields of [`Client::names`].
#[derive(Default)]
#[non_exhaustive]
pub struct NamesOptions {
    /// `more` on the wire.
    pub more: ::core::option::Option<::std::string::String>,
}
impl NamesOptions {
    /// `more` on the wire.
    #[inline]
    #[must_use]
    pub fn more(
        mut self,
        value: impl ::core::convert::Into<::std::string::String>,
    ) -> Self {
        self.more = ::core::option::Option::Some(value.into());
        self
    }
}
impl ::pyi_runtime::Options for NamesOptions {
    type Data = NamesData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::NAMES;
    #[inline]
    fn values(&self) -> ::pyi_runtime::__private::Values {
        ::pyi_runtime::__private::Values::of(&[&self.more])
    }
}
impl ::core::fmt::Debug for NamesOptions {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "NamesOptions",
            &[("more", ::core::option::Option::None)],
        )
    }
}
/// 各种名字: the data of a reply to [`Client::names`].
///
/// A field that the provider leaves out is `None`. Members that the spec does not list stay in the reply's body.
#[non_exhaustive]
pub struct NamesData {
    /// `bank_idCard` on the wire.
    pub bank_id_card: ::core::option::Option<::std::string::String>,
    /// `bank_id_card` on the wire.
    pub second_id_card: ::core::option::Option<::std::string::String>,
    /// `HTMLText` on the wire.
    pub html_text: ::core::option::Option<::std::string::String>,
    /// `金额` on the wire.
    pub amount: ::core::option::Option<::std::string::String>,
    /// `a①` on the wire.
    pub circled: ::core::option::Option<NamesCircled>,
    /// `self` on the wire.
    pub self_: ::core::option::Option<NamesSelf>,
    /// `data` on the wire.
    pub data: ::core::option::Option<NamesInnerData>,
    /// `options` on the wire.
    pub options: ::core::option::Option<::std::vec::Vec<NamesInnerOptions>>,
}
impl ::pyi_runtime::__private::Decode for NamesData {
    const NAMES: &'static [&'static str] = &[
        "bank_idCard",
        "bank_id_card",
        "HTMLText",
        "金额",
        "a①",
        "self",
        "data",
        "options",
    ];
    #[inline]
    fn decode(from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
        Self {
            bank_id_card: from.string(),
            second_id_card: from.string(),
            html_text: from.string(),
            amount: from.string(),
            circled: from.code(NamesCircled::from_code),
            self_: from.object(),
            data: from.object(),
            options: from.list(|from| from.object()),
        }
    }
}
impl ::core::fmt::Debug for NamesData {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "NamesData",
            &[
                ("bank_id_card", ::core::option::Option::None),
                ("second_id_card", ::core::option::Option::None),
                ("html_text", ::core::option::Option::None),
                ("amount", ::core::option::Option::None),
                ("circled", ::core::option::Option::None),
                ("self_", ::core::option::Option::None),
                ("data", ::core::option::Option::None),
                ("options", ::core::option::Option::None),
            ],
        )
    }
}
/// The provider and its endpoints as plain data.
pub mod operations {
    use ::pyi_runtime::__private::operation::*;
    /// The data that all endpoints of 示例 share.
    pub static PROVIDER: Provider<'static> = Provider {
        name: "demo",
        title: "示例",
        sign: SigningScheme {
            parameter: "sign",
            methods: &[SignMethod::Md5, SignMethod::Hash],
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
            time: &["time", "curtime"],
            ..Envelope::NOWHERE
        },
        statuses: &[
            StatusInfo::builder(10000, "ok", StatusClass::Data)
                .billed(BillingRule::Always)
                .title("返回成功")
                .build(),
            StatusInfo::builder(10003, "sign_invalid", StatusClass::Auth)
                .billed(BillingRule::Never)
                .title("sign值验证不通过")
                .remedy("run `pyi sign` and compare")
                .build(),
            StatusInfo::builder(10004, "clock_skew", StatusClass::Auth)
                .billed(BillingRule::Never)
                .title("时差不能超过10分钟")
                .retry(Retry::Clock)
                .build(),
            StatusInfo::builder(10015, "parameter_count", StatusClass::Request)
                .billed(BillingRule::Never)
                .title("参数个数错误")
                .build(),
            StatusInfo::builder(10021, "server_error", StatusClass::Server)
                .billed(BillingRule::Never)
                .title("服务器发生错误")
                .retry(Retry::Later)
                .build(),
            StatusInfo::builder(10024, "debug", StatusClass::Debug)
                .billed(BillingRule::Never)
                .title("调试模式数据")
                .build(),
        ],
        http: &[],
    };
    /// `/pyi/0/1`: 各种名字.
    pub static NAMES: Operation<'static> = Operation {
        id: "names",
        path: "/pyi/0/1",
        title: "各种名字",
        effect: Effect::Query,
        methods: &[Method::Post],
        formats: &[Format::Json],
        parameters: &[
            Parameter::required("2fa", Source::Request(2)),
            Parameter::required("appid", Source::AppId),
            Parameter::required("format", Source::Format),
            Parameter::optional("more", Source::Request(3)),
            Parameter::required("self", Source::Request(1)),
            Parameter::optional("time", Source::Clock),
            Parameter::required("type", Source::Request(0)),
        ],
        ..Operation::of(&PROVIDER)
    };
    /// All endpoints.
    pub static ALL: &[&Operation<'static>] = &[&NAMES];
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
            /// 各种名字.
            ///
            /// `/pyi/0/1`, POST.
            ///
            /// Source: made up for this test.
            #[inline]
            pub fn names(
                &self,
                request: &super::Names,
            ) -> ::pyi_runtime::blocking::Call<super::NamesData> {
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
