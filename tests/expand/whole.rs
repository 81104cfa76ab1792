// Written by `pyi expand` for pyi-runtime 0.1.0.
const _: () = ::pyi_runtime::__private::written_for("0.1.0");
/// The spec that this client was generated from: the path and the text of each file.
pub const SPEC: &[(&str, &str)] = &[
    (
        "endpoints/whole_any.yaml",
        "### endpoints/whole_any.yaml\npath: /pyi/0/1\ntitle: 任意\nsource: made up for this test\neffect: query\nmethods: [POST]\nformats: [json]\nrequest: {}\nresponse: any\n",
    ),
    (
        "endpoints/whole_names.yaml",
        "### endpoints/whole_names.yaml\npath: /pyi/0/3\ntitle: 列表\nsource: made up for this test\neffect: query\nmethods: [POST]\nformats: [json]\nrequest: {}\nresponse: [string]\n",
    ),
    (
        "endpoints/whole_rows.yaml",
        "### endpoints/whole_rows.yaml\npath: /pyi/0/4\ntitle: 行\nsource: made up for this test\neffect: query\nmethods: [POST]\nformats: [json]\nrequest: {}\nresponse:\n  - day: {type: date, pattern: \"%Y-%m-%d\"}\n    price: {type: decimal}\n",
    ),
    (
        "endpoints/whole_text.yaml",
        "### endpoints/whole_text.yaml\npath: /pyi/0/2\ntitle: 文本\nsource: made up for this test\neffect: query\nmethods: [POST]\nformats: [json]\nrequest: {}\nresponse: string\n",
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
    /// 任意.
    ///
    /// `/pyi/0/1`, POST.
    ///
    /// Source: made up for this test.
    #[inline]
    pub fn whole_any(
        &self,
        request: &WholeAny,
    ) -> ::pyi_runtime::Call<'static, WholeAnyData> {
        self.0.call(request)
    }
    /// 列表.
    ///
    /// `/pyi/0/3`, POST.
    ///
    /// Source: made up for this test.
    #[inline]
    pub fn whole_names(
        &self,
        request: &WholeNames,
    ) -> ::pyi_runtime::Call<'static, WholeNamesData> {
        self.0.call(request)
    }
    /// 行.
    ///
    /// `/pyi/0/4`, POST.
    ///
    /// Source: made up for this test.
    #[inline]
    pub fn whole_rows(
        &self,
        request: &WholeRows,
    ) -> ::pyi_runtime::Call<'static, WholeRowsData> {
        self.0.call(request)
    }
    /// 文本.
    ///
    /// `/pyi/0/2`, POST.
    ///
    /// Source: made up for this test.
    #[inline]
    pub fn whole_text(
        &self,
        request: &WholeText,
    ) -> ::pyi_runtime::Call<'static, WholeTextData> {
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
/// `WholeRowsItem`, without a title in the spec.
#[non_exhaustive]
pub struct WholeRowsItem {
    /// `day` on the wire.
    pub day: ::core::option::Option<::pyi_runtime::Date>,
    /// `price` on the wire.
    pub price: ::core::option::Option<::pyi_runtime::Decimal>,
}
impl ::pyi_runtime::__private::Decode for WholeRowsItem {
    const NAMES: &'static [&'static str] = &["day", "price"];
    #[inline]
    fn decode(from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
        Self {
            day: from.date("%Y-%m-%d"),
            price: from.decimal(),
        }
    }
}
impl ::core::fmt::Debug for WholeRowsItem {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "WholeRowsItem",
            &[
                ("day", ::core::option::Option::None),
                ("price", ::core::option::Option::None),
            ],
        )
    }
}
/// 任意: the request of [`Client::whole_any`].
pub struct WholeAny {}
impl ::pyi_runtime::Request for WholeAny {
    type Data = WholeAnyData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::WHOLE_ANY;
    #[inline]
    fn values(&self) -> ::pyi_runtime::__private::Values {
        ::pyi_runtime::__private::Values::of(&[])
    }
    #[inline]
    fn read(
        payload: ::pyi_runtime::__private::Payload<'_>,
    ) -> ::core::result::Result<Self::Data, ::pyi_runtime::DecodeError> {
        payload.any()
    }
}
impl ::core::fmt::Debug for WholeAny {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(f, "WholeAny", &[])
    }
}
/// 任意: the data of a reply to [`Client::whole_any`].
///
/// Its type is unknown: it is kept as the provider sends it.
pub type WholeAnyData = ::pyi_runtime::Any;
/// 列表: the request of [`Client::whole_names`].
pub struct WholeNames {}
impl ::pyi_runtime::Request for WholeNames {
    type Data = WholeNamesData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::WHOLE_NAMES;
    #[inline]
    fn values(&self) -> ::pyi_runtime::__private::Values {
        ::pyi_runtime::__private::Values::of(&[])
    }
    #[inline]
    fn read(
        payload: ::pyi_runtime::__private::Payload<'_>,
    ) -> ::core::result::Result<Self::Data, ::pyi_runtime::DecodeError> {
        payload.list(|from| from.string())
    }
}
impl ::core::fmt::Debug for WholeNames {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(f, "WholeNames", &[])
    }
}
/// 列表: the data of a reply to [`Client::whole_names`].
pub type WholeNamesData = ::std::vec::Vec<::std::string::String>;
/// 行: the request of [`Client::whole_rows`].
pub struct WholeRows {}
impl ::pyi_runtime::Request for WholeRows {
    type Data = WholeRowsData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::WHOLE_ROWS;
    #[inline]
    fn values(&self) -> ::pyi_runtime::__private::Values {
        ::pyi_runtime::__private::Values::of(&[])
    }
    #[inline]
    fn read(
        payload: ::pyi_runtime::__private::Payload<'_>,
    ) -> ::core::result::Result<Self::Data, ::pyi_runtime::DecodeError> {
        payload.list(|from| from.object())
    }
}
impl ::core::fmt::Debug for WholeRows {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(f, "WholeRows", &[])
    }
}
/// 行: the data of a reply to [`Client::whole_rows`].
pub type WholeRowsData = ::std::vec::Vec<WholeRowsItem>;
/// 文本: the request of [`Client::whole_text`].
pub struct WholeText {}
impl ::pyi_runtime::Request for WholeText {
    type Data = WholeTextData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::WHOLE_TEXT;
    #[inline]
    fn values(&self) -> ::pyi_runtime::__private::Values {
        ::pyi_runtime::__private::Values::of(&[])
    }
    #[inline]
    fn read(
        payload: ::pyi_runtime::__private::Payload<'_>,
    ) -> ::core::result::Result<Self::Data, ::pyi_runtime::DecodeError> {
        payload.value(|from| from.string())
    }
}
impl ::core::fmt::Debug for WholeText {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(f, "WholeText", &[])
    }
}
/// 文本: the data of a reply to [`Client::whole_text`].
pub type WholeTextData = ::core::option::Option<::std::string::String>;
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
    /// `/pyi/0/1`: 任意.
    pub static WHOLE_ANY: Operation<'static> = Operation {
        id: "whole_any",
        path: "/pyi/0/1",
        title: "任意",
        effect: Effect::Query,
        methods: &[Method::Post],
        formats: &[Format::Json],
        parameters: &[
            Parameter::required("appid", Source::AppId),
            Parameter::required("format", Source::Format),
            Parameter::optional("time", Source::Clock),
        ],
        ..Operation::of(&PROVIDER)
    };
    /// `/pyi/0/3`: 列表.
    pub static WHOLE_NAMES: Operation<'static> = Operation {
        id: "whole_names",
        path: "/pyi/0/3",
        title: "列表",
        effect: Effect::Query,
        methods: &[Method::Post],
        formats: &[Format::Json],
        parameters: &[
            Parameter::required("appid", Source::AppId),
            Parameter::required("format", Source::Format),
            Parameter::optional("time", Source::Clock),
        ],
        ..Operation::of(&PROVIDER)
    };
    /// `/pyi/0/4`: 行.
    pub static WHOLE_ROWS: Operation<'static> = Operation {
        id: "whole_rows",
        path: "/pyi/0/4",
        title: "行",
        effect: Effect::Query,
        methods: &[Method::Post],
        formats: &[Format::Json],
        parameters: &[
            Parameter::required("appid", Source::AppId),
            Parameter::required("format", Source::Format),
            Parameter::optional("time", Source::Clock),
        ],
        ..Operation::of(&PROVIDER)
    };
    /// `/pyi/0/2`: 文本.
    pub static WHOLE_TEXT: Operation<'static> = Operation {
        id: "whole_text",
        path: "/pyi/0/2",
        title: "文本",
        effect: Effect::Query,
        methods: &[Method::Post],
        formats: &[Format::Json],
        parameters: &[
            Parameter::required("appid", Source::AppId),
            Parameter::required("format", Source::Format),
            Parameter::optional("time", Source::Clock),
        ],
        ..Operation::of(&PROVIDER)
    };
    /// All endpoints.
    pub static ALL: &[&Operation<'static>] = &[
        &WHOLE_ANY,
        &WHOLE_NAMES,
        &WHOLE_ROWS,
        &WHOLE_TEXT,
    ];
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
            /// 任意.
            ///
            /// `/pyi/0/1`, POST.
            ///
            /// Source: made up for this test.
            #[inline]
            pub fn whole_any(
                &self,
                request: &super::WholeAny,
            ) -> ::pyi_runtime::blocking::Call<super::WholeAnyData> {
                self.0.call(request)
            }
            /// 列表.
            ///
            /// `/pyi/0/3`, POST.
            ///
            /// Source: made up for this test.
            #[inline]
            pub fn whole_names(
                &self,
                request: &super::WholeNames,
            ) -> ::pyi_runtime::blocking::Call<super::WholeNamesData> {
                self.0.call(request)
            }
            /// 行.
            ///
            /// `/pyi/0/4`, POST.
            ///
            /// Source: made up for this test.
            #[inline]
            pub fn whole_rows(
                &self,
                request: &super::WholeRows,
            ) -> ::pyi_runtime::blocking::Call<super::WholeRowsData> {
                self.0.call(request)
            }
            /// 文本.
            ///
            /// `/pyi/0/2`, POST.
            ///
            /// Source: made up for this test.
            #[inline]
            pub fn whole_text(
                &self,
                request: &super::WholeText,
            ) -> ::pyi_runtime::blocking::Call<super::WholeTextData> {
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
