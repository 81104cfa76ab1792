// Written by `pyi expand` for pyi-runtime 0.1.0.
const _: () = ::pyi_runtime::__private::written_for("0.1.0");
/// The spec that this client was generated from: the path and the text of each file.
pub const SPEC: &[(&str, &str)] = &[
    (
        "endpoints/options.yaml",
        "# Optional fields, defaults, and rules that run when the caller asks for them.\npath: /pyi/0/1\ntitle: 可选参数\nsource: made up for this test\neffect: query\nmethods: [POST]\nformats: [json]\nrequest:\n  id: {type: resident_id}\n  name: {type: person_name, max_length: 50}\n  page: {type: integer, default: 1, min: 1, max: 100}\n  amount: {type: decimal, optional: true, min: 0.01}\n  since: {type: date, pattern: \"%Y-%m-%d\", optional: true}\n  exact: {type: boolean, default: false}\n  kind: {type: match_status, optional: true}\n  note: {type: string, optional: true, public: true, title: 备注, source: a phone call}\nresponse: {}\n",
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
    /// 可选参数.
    ///
    /// `/pyi/0/1`, POST.
    ///
    /// Source: made up for this test.
    #[inline]
    pub fn options(
        &self,
        request: &OptionsRequest,
    ) -> ::pyi_runtime::Call<'static, OptionsData> {
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MatchStatus {
    /// `01`: 验证通过
    Match,
    /// `02`: 验证不通过
    Mismatch,
}
impl MatchStatus {
    /// The value of a code on the wire; `None` for a code that the spec does not list.
    #[inline]
    pub fn from_code(code: &str) -> ::core::option::Option<Self> {
        match code {
            "01" => ::core::option::Option::Some(Self::Match),
            "02" => ::core::option::Option::Some(Self::Mismatch),
            _ => ::core::option::Option::None,
        }
    }
    /// The code on the wire.
    #[inline]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Match => "01",
            Self::Mismatch => "02",
        }
    }
}
/// Shows the code.
impl ::core::fmt::Display for MatchStatus {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.write_str(self.as_str())
    }
}
impl ::pyi_runtime::__private::Value for MatchStatus {
    #[inline]
    fn write(&self, out: &mut ::std::string::String) {
        out.push_str(self.as_str());
    }
}
/// 可选参数: the request of [`Client::options`].
pub struct OptionsRequest {
    /// 身份证号码.
    ///
    /// Example: `11010519491231002X`
    pub id: ::std::string::String,
    /// 姓名.
    ///
    /// Example: `张三`
    pub name: ::std::string::String,
}
impl ::pyi_runtime::Request for OptionsRequest {
    type Data = OptionsData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::OPTIONS;
    #[inline]
    fn values(&self) -> ::pyi_runtime::__private::Values {
        ::pyi_runtime::__private::Values::of(&[&self.id, &self.name])
    }
    #[inline]
    fn read(
        payload: ::pyi_runtime::__private::Payload<'_>,
    ) -> ::core::result::Result<Self::Data, ::pyi_runtime::DecodeError> {
        payload.object()
    }
}
impl ::core::fmt::Debug for OptionsRequest {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "OptionsRequest",
            &[
                ("id", ::core::option::Option::None),
                ("name", ::core::option::Option::None),
            ],
        )
    }
}
/// 可选参数: the optional fields of [`Client::options`].
#[derive(Default)]
#[non_exhaustive]
pub struct OptionsOptions {
    /// `page` on the wire.
    ///
    /// Default: `1`
    pub page: ::core::option::Option<i64>,
    /// `amount` on the wire.
    pub amount: ::core::option::Option<::pyi_runtime::Decimal>,
    /// `since` on the wire.
    pub since: ::core::option::Option<::pyi_runtime::Date>,
    /// `exact` on the wire.
    ///
    /// Default: `0`
    pub exact: ::core::option::Option<bool>,
    /// 核验结果.
    pub kind: ::core::option::Option<MatchStatus>,
    /// 备注.
    ///
    /// Source: a phone call.
    pub note: ::core::option::Option<::std::string::String>,
}
impl OptionsOptions {
    /// `page` on the wire.
    ///
    /// Default: `1`
    #[inline]
    #[must_use]
    pub fn page(mut self, value: i64) -> Self {
        self.page = ::core::option::Option::Some(value);
        self
    }
    /// `amount` on the wire.
    #[inline]
    #[must_use]
    pub fn amount(mut self, value: ::pyi_runtime::Decimal) -> Self {
        self.amount = ::core::option::Option::Some(value);
        self
    }
    /// `since` on the wire.
    #[inline]
    #[must_use]
    pub fn since(mut self, value: ::pyi_runtime::Date) -> Self {
        self.since = ::core::option::Option::Some(value);
        self
    }
    /// `exact` on the wire.
    ///
    /// Default: `0`
    #[inline]
    #[must_use]
    pub fn exact(mut self, value: bool) -> Self {
        self.exact = ::core::option::Option::Some(value);
        self
    }
    /// 核验结果.
    #[inline]
    #[must_use]
    pub fn kind(mut self, value: MatchStatus) -> Self {
        self.kind = ::core::option::Option::Some(value);
        self
    }
    /// 备注.
    ///
    /// Source: a phone call.
    #[inline]
    #[must_use]
    pub fn note(
        mut self,
        value: impl ::core::convert::Into<::std::string::String>,
    ) -> Self {
        self.note = ::core::option::Option::Some(value.into());
        self
    }
}
impl ::pyi_runtime::Options for OptionsOptions {
    type Data = OptionsData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::OPTIONS;
    #[inline]
    fn values(&self) -> ::pyi_runtime::__private::Values {
        ::pyi_runtime::__private::Values::of(
            &[
                &self.page,
                &self.amount,
                &self
                    .since
                    .map(|date| ::pyi_runtime::__private::encode::Dated {
                        date,
                        pattern: "%Y-%m-%d",
                    }),
                &self.exact,
                &self.kind,
                &self.note,
            ],
        )
    }
}
impl ::core::fmt::Debug for OptionsOptions {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "OptionsOptions",
            &[
                ("page", ::core::option::Option::None),
                ("amount", ::core::option::Option::None),
                ("since", ::core::option::Option::None),
                ("exact", ::core::option::Option::None),
                ("kind", ::core::option::Option::None),
                ("note", ::core::option::Option::Some(&self.note)),
            ],
        )
    }
}
/// 可选参数: the data of a reply to [`Client::options`].
///
/// A field that the provider leaves out is `None`. Members that the spec does not list stay in the reply's body.
#[non_exhaustive]
pub struct OptionsData {}
impl ::pyi_runtime::__private::Decode for OptionsData {
    const NAMES: &'static [&'static str] = &[];
    #[inline]
    fn decode(_from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
        Self {}
    }
}
impl ::core::fmt::Debug for OptionsData {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(f, "OptionsData", &[])
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
    /// `/pyi/0/1`: 可选参数.
    pub static OPTIONS: Operation<'static> = Operation {
        id: "options",
        path: "/pyi/0/1",
        title: "可选参数",
        effect: Effect::Query,
        methods: &[Method::Post],
        formats: &[Format::Json],
        parameters: &[
            Parameter::optional("amount", Source::Request(3))
                .checks(&[Check::Min(::std::borrow::Cow::Borrowed("0.01"))]),
            Parameter::required("appid", Source::AppId),
            Parameter::with_default("exact", Source::Request(5), "0"),
            Parameter::required("format", Source::Format),
            Parameter::required("id", Source::Request(0))
                .person()
                .checks(&[Check::Named(CheckWord::ResidentId)]),
            Parameter::optional("kind", Source::Request(6))
                .checks(
                    &[
                        Check::OneOf(
                            ::std::borrow::Cow::Borrowed(
                                &[
                                    ::std::borrow::Cow::Borrowed("01"),
                                    ::std::borrow::Cow::Borrowed("02"),
                                ],
                            ),
                        ),
                    ],
                ),
            Parameter::required("name", Source::Request(1))
                .person()
                .checks(&[Check::MaxLength(50)]),
            Parameter::optional("note", Source::Request(7)),
            Parameter::with_default("page", Source::Request(2), "1")
                .checks(
                    &[
                        Check::Min(::std::borrow::Cow::Borrowed("1")),
                        Check::Max(::std::borrow::Cow::Borrowed("100")),
                    ],
                ),
            Parameter::optional("since", Source::Request(4)),
            Parameter::optional("time", Source::Clock),
        ],
        ..Operation::of(&PROVIDER)
    };
    /// All endpoints.
    pub static ALL: &[&Operation<'static>] = &[&OPTIONS];
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
            /// 可选参数.
            ///
            /// `/pyi/0/1`, POST.
            ///
            /// Source: made up for this test.
            #[inline]
            pub fn options(
                &self,
                request: &super::OptionsRequest,
            ) -> ::pyi_runtime::blocking::Call<super::OptionsData> {
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
