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
        "# What all endpoints of the provider 挖数据 share. The provider's product page is the source, unless a comment says otherwise.\n\nprovider: wapi\ntitle: 挖数据\n\n# sign = lower-case hex MD5 of every parameter sent (sign itself and empty values left out), sorted by key in byte\n# order, key and value joined without separators, the secret at the end. With the hash method, sign is the secret itself.\nsign:\n  parameter: sign\n  methods: [md5, hash]\n  canonical: {pair: \"{key}{value}\", join: \"\", secret: \"{params}{secret}\", skip_empty: true}\n  digest: {algorithm: md5, case: lower}\n\n# Parameters that the client fills in. They are signed like the rest, and never appear in a request struct.\ncommon:\n  appid: {from: app_id}\n  format: {from: format}\n  time: {from: clock, optional: true}     # unix seconds, at most 10 minutes off\n  debug: {from: debug, optional: true, opt_in: true}     # 1 asks for data made up for testing; on some endpoints only\n\n# Names of the envelope's members. The page calls the server's time `time`; live replies were seen with `curtime`.\nenvelope: {status: codeid, message: message, data: retdata, time: [time, curtime]}\n\n# How a caller names the function of a JSONP reply is not known; this is the usual way. The client takes any name.\njsonp_callback: callback\n\n# Named once, used by siblings. person: true marks what names a person; the provider forbids asking about one too often.\ntypes:\n  resident_id:\n    type: string\n    title: 身份证号码\n    doc: \"A resident ID number: 18 characters, the last one a digit or an upper-case X.\"\n    example: \"11010519491231002X\"\n    check: resident_id\n    person: true\n  person_name:\n    type: string\n    title: 姓名\n    example: 张三\n    person: true\n  mobile:\n    type: string\n    title: 手机号码\n    example: \"19900000000\"\n    check: digits\n    person: true\n  # 01 and 02 were observed in two independent sources. 202 to 206 were observed in one only and stay unnamed: they\n  # arrive as `Other`, like any code that nobody has seen, and are never a match.\n  match_status:\n    title: 核验结果\n    enum:\n      \"01\": {name: match, title: 验证通过}\n      \"02\": {name: mismatch, title: 验证不通过}\n\n# billed: always | never | unknown. The page states one of these: 10000 is billed, whatever the result inside. That the\n# others are free is inferred from it, not stated; where the words leave open what happened, it is unknown. A status\n# that is not listed here counts as unknown. retry: true | clock lets a query be sent again, which costs nothing. 10016 is in no table of the provider.\nstatuses:\n  10000: {name: ok, title: 返回成功, class: data, billed: always}\n  10001: {name: app_id_missing, title: appid必须指定, class: auth, billed: never, next: give the client the app id that the account shows}\n  10002: {name: sign_missing, title: sign值必须指定, class: auth, billed: never, next: sign the request}\n  10003: {name: sign_invalid, title: sign值验证不通过, class: auth, billed: never, next: \"run `pyi sign` and compare, and check the secret and the app's signing method (MD5 or Hash)\"}\n  10004: {name: clock_skew, title: 时差不能超过10分钟, class: auth, billed: never, retry: clock, next: set this machine's clock or send no time}\n  10005: {name: app_id_invalid, title: appid错误, class: auth, billed: never, next: check the app id in the account}\n  10006: {name: ip_not_allowed, title: \"当前IP地址未授权{ip}\", class: auth, billed: never, next: allow this address in the account}\n  10007: {name: app_disabled, title: 应用被禁用, class: account, billed: never, next: ask the provider's support}\n  10008: {name: endpoint_not_in_app, title: 应用内没有该接口, class: account, billed: never, next: add this endpoint to the app in the account}\n  10009: {name: endpoint_unknown, title: api接口不存在, class: request, billed: never, next: check the endpoint's path}\n  10010: {name: endpoint_not_added, title: 您没有添加该api接口, class: account, billed: never, next: add this endpoint in the account}\n  10011: {name: subscription_expired, title: api已经到期, class: account, billed: never, next: renew this endpoint in the account}\n  10012: {name: nothing_ordered, title: 没有订购任何api, class: account, billed: never, next: order this endpoint in the provider's store}\n  10013: {name: endpoint_suspended, title: 该接口已经暂停使用, class: server, billed: never, next: ask the provider when it returns}\n  10014: {name: unknown_error, title: 未知的错误, class: server, billed: unknown, next: ask the provider's support whether the call was billed}\n  10015: {name: parameter_count, title: 参数个数错误, class: request, billed: never, next: compare the parameters with the endpoint's page}\n  10017: {name: time_not_integer, title: time必须是整型, class: request, billed: never, next: send time in whole unix seconds}\n  10018: {name: quota_exhausted, title: 次数不足, class: account, billed: never, next: buy more calls in the provider's store}\n  10019: {name: other, title: \"{info}\", class: other, billed: unknown, next: read the provider's words}\n  10020: {name: sub_endpoint_unknown, title: 子接口不存在，可能已经被关闭, class: request, billed: never, next: check the last part of the endpoint's path}\n  10021: {name: server_error, title: 服务器发生错误, class: server, billed: never, retry: true, next: try again later}\n  10022: {name: balance_exhausted, title: 帐户余额不足, class: account, billed: never, next: top up the account in the provider's store}\n  10023: {name: accepted, title: 订单提交成功，等待回调结果, class: pending, billed: unknown, next: wait for the answer at notify_url}\n  10024: {name: debug, title: 调试模式数据, class: debug, billed: never, next: call without debug for real data}\n  10025: {name: no_data, title: 查无数据, class: no_data, billed: never}\n",
    ),
];
/// A client of 挖数据, one connection pool for all its clones.
#[derive(Debug, Clone)]
pub struct Client(::pyi_runtime::Client);
impl Client {
    /// Starts a client: its host, its app, its limits.
    #[inline]
    pub fn builder() -> ::pyi_runtime::ClientBuilder<Self> {
        ::pyi_runtime::ClientBuilder::new()
    }
    /// The runtime's client, which makes the calls.
    #[inline]
    pub fn runtime(&self) -> &::pyi_runtime::Client {
        &self.0
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
/// A status of 挖数据.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(i32)]
pub enum Status {
    /// 10000: `返回成功`. Billed.
    Ok = 10000,
    /// 10001: `appid必须指定`. Not billed.
    ///
    /// What to do: give the client the app id that the account shows.
    AppIdMissing = 10001,
    /// 10002: `sign值必须指定`. Not billed.
    ///
    /// What to do: sign the request.
    SignMissing = 10002,
    /// 10003: `sign值验证不通过`. Not billed.
    ///
    /// What to do: run `pyi sign` and compare, and check the secret and the app's signing method (MD5 or Hash).
    SignInvalid = 10003,
    /// 10004: `时差不能超过10分钟`. Not billed.
    ///
    /// What to do: set this machine's clock or send no time.
    ClockSkew = 10004,
    /// 10005: `appid错误`. Not billed.
    ///
    /// What to do: check the app id in the account.
    AppIdInvalid = 10005,
    /// 10006: `当前IP地址未授权{ip}`. Not billed.
    ///
    /// What to do: allow this address in the account.
    IpNotAllowed = 10006,
    /// 10007: `应用被禁用`. Not billed.
    ///
    /// What to do: ask the provider's support.
    AppDisabled = 10007,
    /// 10008: `应用内没有该接口`. Not billed.
    ///
    /// What to do: add this endpoint to the app in the account.
    EndpointNotInApp = 10008,
    /// 10009: `api接口不存在`. Not billed.
    ///
    /// What to do: check the endpoint's path.
    EndpointUnknown = 10009,
    /// 10010: `您没有添加该api接口`. Not billed.
    ///
    /// What to do: add this endpoint in the account.
    EndpointNotAdded = 10010,
    /// 10011: `api已经到期`. Not billed.
    ///
    /// What to do: renew this endpoint in the account.
    SubscriptionExpired = 10011,
    /// 10012: `没有订购任何api`. Not billed.
    ///
    /// What to do: order this endpoint in the provider's store.
    NothingOrdered = 10012,
    /// 10013: `该接口已经暂停使用`. Not billed.
    ///
    /// What to do: ask the provider when it returns.
    EndpointSuspended = 10013,
    /// 10014: `未知的错误`. Whether it is billed is not known.
    ///
    /// What to do: ask the provider's support whether the call was billed.
    UnknownError = 10014,
    /// 10015: `参数个数错误`. Not billed.
    ///
    /// What to do: compare the parameters with the endpoint's page.
    ParameterCount = 10015,
    /// 10017: `time必须是整型`. Not billed.
    ///
    /// What to do: send time in whole unix seconds.
    TimeNotInteger = 10017,
    /// 10018: `次数不足`. Not billed.
    ///
    /// What to do: buy more calls in the provider's store.
    QuotaExhausted = 10018,
    /// 10019: `{info}`. Whether it is billed is not known.
    ///
    /// What to do: read the provider's words.
    Other = 10019,
    /// 10020: `子接口不存在，可能已经被关闭`. Not billed.
    ///
    /// What to do: check the last part of the endpoint's path.
    SubEndpointUnknown = 10020,
    /// 10021: `服务器发生错误`. Not billed.
    ///
    /// What to do: try again later.
    ServerError = 10021,
    /// 10022: `帐户余额不足`. Not billed.
    ///
    /// What to do: top up the account in the provider's store.
    BalanceExhausted = 10022,
    /// 10023: `订单提交成功，等待回调结果`. Whether it is billed is not known.
    ///
    /// What to do: wait for the answer at notify_url.
    Accepted = 10023,
    /// 10024: `调试模式数据`. Not billed.
    ///
    /// What to do: call without debug for real data.
    Debug = 10024,
    /// 10025: `查无数据`. Not billed.
    NoData = 10025,
}
impl Status {
    /// The status of a code, if the spec names it.
    pub fn from_code(code: i32) -> ::core::option::Option<Self> {
        match code {
            10000 => ::core::option::Option::Some(Self::Ok),
            10001 => ::core::option::Option::Some(Self::AppIdMissing),
            10002 => ::core::option::Option::Some(Self::SignMissing),
            10003 => ::core::option::Option::Some(Self::SignInvalid),
            10004 => ::core::option::Option::Some(Self::ClockSkew),
            10005 => ::core::option::Option::Some(Self::AppIdInvalid),
            10006 => ::core::option::Option::Some(Self::IpNotAllowed),
            10007 => ::core::option::Option::Some(Self::AppDisabled),
            10008 => ::core::option::Option::Some(Self::EndpointNotInApp),
            10009 => ::core::option::Option::Some(Self::EndpointUnknown),
            10010 => ::core::option::Option::Some(Self::EndpointNotAdded),
            10011 => ::core::option::Option::Some(Self::SubscriptionExpired),
            10012 => ::core::option::Option::Some(Self::NothingOrdered),
            10013 => ::core::option::Option::Some(Self::EndpointSuspended),
            10014 => ::core::option::Option::Some(Self::UnknownError),
            10015 => ::core::option::Option::Some(Self::ParameterCount),
            10017 => ::core::option::Option::Some(Self::TimeNotInteger),
            10018 => ::core::option::Option::Some(Self::QuotaExhausted),
            10019 => ::core::option::Option::Some(Self::Other),
            10020 => ::core::option::Option::Some(Self::SubEndpointUnknown),
            10021 => ::core::option::Option::Some(Self::ServerError),
            10022 => ::core::option::Option::Some(Self::BalanceExhausted),
            10023 => ::core::option::Option::Some(Self::Accepted),
            10024 => ::core::option::Option::Some(Self::Debug),
            10025 => ::core::option::Option::Some(Self::NoData),
            _ => ::core::option::Option::None,
        }
    }
    /// The status that an error stands for, if the provider answered with one that the spec names.
    pub fn of(error: &::pyi_runtime::Error) -> ::core::option::Option<Self> {
        error.status().and_then(|status| Self::from_code(status.code))
    }
    /// The code on the wire.
    pub fn code(self) -> i32 {
        self as i32
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
    /// A code that the spec does not name. It is none of the above, and never counts as one.
    Other(::pyi_runtime::Unrecognized),
}
impl MatchStatus {
    /// Reads a code as it stands on the wire.
    #[inline]
    pub fn from_code(code: ::std::string::String) -> Self {
        match code.as_str() {
            "01" => Self::Match,
            "02" => Self::Mismatch,
            _ => Self::Other(::pyi_runtime::Unrecognized::new("MatchStatus", code)),
        }
    }
    /// The code as it stands on the wire.
    #[inline]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Match => "01",
            Self::Mismatch => "02",
            Self::Other(other) => other.as_str(),
        }
    }
}
impl ::pyi_runtime::Value for MatchStatus {
    #[inline]
    fn write(&self, out: &mut ::std::string::String) {
        out.push_str(self.as_str());
    }
}
/// `WholeRowsItem`, which the spec gives no title.
#[non_exhaustive]
pub struct WholeRowsItem {
    /// `day` on the wire.
    pub day: ::core::option::Option<::pyi_runtime::Date>,
    /// `price` on the wire.
    pub price: ::core::option::Option<::pyi_runtime::Decimal>,
}
impl ::pyi_runtime::Decode for WholeRowsItem {
    const NAMES: &'static [&'static str] = &["day", "price"];
    #[inline]
    fn decode(from: &mut ::pyi_runtime::Cursor<'_>) -> Self {
        Self {
            day: from.date("%Y-%m-%d"),
            price: from.decimal(),
        }
    }
}
impl ::core::fmt::Debug for WholeRowsItem {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::redact::debug(
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
    fn values(&self) -> ::pyi_runtime::Values {
        ::pyi_runtime::Values::of(&[])
    }
    #[inline]
    fn read(
        payload: ::pyi_runtime::Payload<'_>,
    ) -> ::core::result::Result<Self::Data, ::pyi_runtime::Fault> {
        payload.any()
    }
}
impl ::core::fmt::Debug for WholeAny {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::redact::debug(f, "WholeAny", &[])
    }
}
/// 任意: the data of a reply to [`Client::whole_any`].
///
/// What it holds is not known: it is kept as the provider sends it.
pub type WholeAnyData = ::pyi_runtime::Any;
/// 列表: the request of [`Client::whole_names`].
pub struct WholeNames {}
impl ::pyi_runtime::Request for WholeNames {
    type Data = WholeNamesData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::WHOLE_NAMES;
    #[inline]
    fn values(&self) -> ::pyi_runtime::Values {
        ::pyi_runtime::Values::of(&[])
    }
    #[inline]
    fn read(
        payload: ::pyi_runtime::Payload<'_>,
    ) -> ::core::result::Result<Self::Data, ::pyi_runtime::Fault> {
        payload.list(|from| from.string())
    }
}
impl ::core::fmt::Debug for WholeNames {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::redact::debug(f, "WholeNames", &[])
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
    fn values(&self) -> ::pyi_runtime::Values {
        ::pyi_runtime::Values::of(&[])
    }
    #[inline]
    fn read(
        payload: ::pyi_runtime::Payload<'_>,
    ) -> ::core::result::Result<Self::Data, ::pyi_runtime::Fault> {
        payload.list(|from| from.object())
    }
}
impl ::core::fmt::Debug for WholeRows {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::redact::debug(f, "WholeRows", &[])
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
    fn values(&self) -> ::pyi_runtime::Values {
        ::pyi_runtime::Values::of(&[])
    }
    #[inline]
    fn read(
        payload: ::pyi_runtime::Payload<'_>,
    ) -> ::core::result::Result<Self::Data, ::pyi_runtime::Fault> {
        payload.value(|from| from.string())
    }
}
impl ::core::fmt::Debug for WholeText {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::redact::debug(f, "WholeText", &[])
    }
}
/// 文本: the data of a reply to [`Client::whole_text`].
pub type WholeTextData = ::core::option::Option<::std::string::String>;
/// The provider and its endpoints as plain data: what a call is made from.
pub mod operations {
    use ::pyi_runtime::operation::*;
    /// What all endpoints of 挖数据 share.
    pub static PROVIDER: Provider<'static> = Provider {
        name: "wapi",
        title: "挖数据",
        sign: Scheme {
            parameter: "sign",
            methods: &[SignMethod::Md5, SignMethod::Hash],
            between: "",
            join: "",
            prefix: &[],
            suffix: &[Piece::Secret],
            skip_empty: true,
            case: Case::Lower,
        },
        statuses: &[
            StatusInfo::new(
                10000,
                "ok",
                "返回成功",
                Class::Data,
                Billed::Always,
                Retry::Never,
                "",
            ),
            StatusInfo::new(
                10001,
                "app_id_missing",
                "appid必须指定",
                Class::Auth,
                Billed::Never,
                Retry::Never,
                "give the client the app id that the account shows",
            ),
            StatusInfo::new(
                10002,
                "sign_missing",
                "sign值必须指定",
                Class::Auth,
                Billed::Never,
                Retry::Never,
                "sign the request",
            ),
            StatusInfo::new(
                10003,
                "sign_invalid",
                "sign值验证不通过",
                Class::Auth,
                Billed::Never,
                Retry::Never,
                "run `pyi sign` and compare, and check the secret and the app's signing method (MD5 or Hash)",
            ),
            StatusInfo::new(
                10004,
                "clock_skew",
                "时差不能超过10分钟",
                Class::Auth,
                Billed::Never,
                Retry::Clock,
                "set this machine's clock or send no time",
            ),
            StatusInfo::new(
                10005,
                "app_id_invalid",
                "appid错误",
                Class::Auth,
                Billed::Never,
                Retry::Never,
                "check the app id in the account",
            ),
            StatusInfo::new(
                10006,
                "ip_not_allowed",
                "当前IP地址未授权{ip}",
                Class::Auth,
                Billed::Never,
                Retry::Never,
                "allow this address in the account",
            ),
            StatusInfo::new(
                10007,
                "app_disabled",
                "应用被禁用",
                Class::Account,
                Billed::Never,
                Retry::Never,
                "ask the provider's support",
            ),
            StatusInfo::new(
                10008,
                "endpoint_not_in_app",
                "应用内没有该接口",
                Class::Account,
                Billed::Never,
                Retry::Never,
                "add this endpoint to the app in the account",
            ),
            StatusInfo::new(
                10009,
                "endpoint_unknown",
                "api接口不存在",
                Class::Request,
                Billed::Never,
                Retry::Never,
                "check the endpoint's path",
            ),
            StatusInfo::new(
                10010,
                "endpoint_not_added",
                "您没有添加该api接口",
                Class::Account,
                Billed::Never,
                Retry::Never,
                "add this endpoint in the account",
            ),
            StatusInfo::new(
                10011,
                "subscription_expired",
                "api已经到期",
                Class::Account,
                Billed::Never,
                Retry::Never,
                "renew this endpoint in the account",
            ),
            StatusInfo::new(
                10012,
                "nothing_ordered",
                "没有订购任何api",
                Class::Account,
                Billed::Never,
                Retry::Never,
                "order this endpoint in the provider's store",
            ),
            StatusInfo::new(
                10013,
                "endpoint_suspended",
                "该接口已经暂停使用",
                Class::Server,
                Billed::Never,
                Retry::Never,
                "ask the provider when it returns",
            ),
            StatusInfo::new(
                10014,
                "unknown_error",
                "未知的错误",
                Class::Server,
                Billed::Unknown,
                Retry::Never,
                "ask the provider's support whether the call was billed",
            ),
            StatusInfo::new(
                10015,
                "parameter_count",
                "参数个数错误",
                Class::Request,
                Billed::Never,
                Retry::Never,
                "compare the parameters with the endpoint's page",
            ),
            StatusInfo::new(
                10017,
                "time_not_integer",
                "time必须是整型",
                Class::Request,
                Billed::Never,
                Retry::Never,
                "send time in whole unix seconds",
            ),
            StatusInfo::new(
                10018,
                "quota_exhausted",
                "次数不足",
                Class::Account,
                Billed::Never,
                Retry::Never,
                "buy more calls in the provider's store",
            ),
            StatusInfo::new(
                10019,
                "other",
                "{info}",
                Class::Other,
                Billed::Unknown,
                Retry::Never,
                "read the provider's words",
            ),
            StatusInfo::new(
                10020,
                "sub_endpoint_unknown",
                "子接口不存在，可能已经被关闭",
                Class::Request,
                Billed::Never,
                Retry::Never,
                "check the last part of the endpoint's path",
            ),
            StatusInfo::new(
                10021,
                "server_error",
                "服务器发生错误",
                Class::Server,
                Billed::Never,
                Retry::Later,
                "try again later",
            ),
            StatusInfo::new(
                10022,
                "balance_exhausted",
                "帐户余额不足",
                Class::Account,
                Billed::Never,
                Retry::Never,
                "top up the account in the provider's store",
            ),
            StatusInfo::new(
                10023,
                "accepted",
                "订单提交成功，等待回调结果",
                Class::Pending,
                Billed::Unknown,
                Retry::Never,
                "wait for the answer at notify_url",
            ),
            StatusInfo::new(
                10024,
                "debug",
                "调试模式数据",
                Class::Debug,
                Billed::Never,
                Retry::Never,
                "call without debug for real data",
            ),
            StatusInfo::new(
                10025,
                "no_data",
                "查无数据",
                Class::NoData,
                Billed::Never,
                Retry::Never,
                "",
            ),
        ],
    };
    /// `/pyi/0/1`: 任意.
    pub static WHOLE_ANY: Operation<'static> = Operation {
        provider: &PROVIDER,
        id: "whole_any",
        path: "/pyi/0/1",
        title: "任意",
        effect: Effect::Query,
        methods: &[Method::Post],
        formats: &[Format::Json],
        price: ::core::option::Option::None,
        envelope: Envelope {
            status: "codeid",
            message: "message",
            data: "retdata",
            time: &["time", "curtime"],
        },
        statuses: &[],
        checks: &[],
        persons: &[],
        parameters: &[
            Parameter {
                name: "appid",
                source: Source::AppId,
                required: true,
                default: "",
            },
            Parameter {
                name: "format",
                source: Source::Format,
                required: true,
                default: "",
            },
            Parameter {
                name: "time",
                source: Source::Clock,
                required: false,
                default: "",
            },
        ],
    };
    /// `/pyi/0/3`: 列表.
    pub static WHOLE_NAMES: Operation<'static> = Operation {
        provider: &PROVIDER,
        id: "whole_names",
        path: "/pyi/0/3",
        title: "列表",
        effect: Effect::Query,
        methods: &[Method::Post],
        formats: &[Format::Json],
        price: ::core::option::Option::None,
        envelope: Envelope {
            status: "codeid",
            message: "message",
            data: "retdata",
            time: &["time", "curtime"],
        },
        statuses: &[],
        checks: &[],
        persons: &[],
        parameters: &[
            Parameter {
                name: "appid",
                source: Source::AppId,
                required: true,
                default: "",
            },
            Parameter {
                name: "format",
                source: Source::Format,
                required: true,
                default: "",
            },
            Parameter {
                name: "time",
                source: Source::Clock,
                required: false,
                default: "",
            },
        ],
    };
    /// `/pyi/0/4`: 行.
    pub static WHOLE_ROWS: Operation<'static> = Operation {
        provider: &PROVIDER,
        id: "whole_rows",
        path: "/pyi/0/4",
        title: "行",
        effect: Effect::Query,
        methods: &[Method::Post],
        formats: &[Format::Json],
        price: ::core::option::Option::None,
        envelope: Envelope {
            status: "codeid",
            message: "message",
            data: "retdata",
            time: &["time", "curtime"],
        },
        statuses: &[],
        checks: &[],
        persons: &[],
        parameters: &[
            Parameter {
                name: "appid",
                source: Source::AppId,
                required: true,
                default: "",
            },
            Parameter {
                name: "format",
                source: Source::Format,
                required: true,
                default: "",
            },
            Parameter {
                name: "time",
                source: Source::Clock,
                required: false,
                default: "",
            },
        ],
    };
    /// `/pyi/0/2`: 文本.
    pub static WHOLE_TEXT: Operation<'static> = Operation {
        provider: &PROVIDER,
        id: "whole_text",
        path: "/pyi/0/2",
        title: "文本",
        effect: Effect::Query,
        methods: &[Method::Post],
        formats: &[Format::Json],
        price: ::core::option::Option::None,
        envelope: Envelope {
            status: "codeid",
            message: "message",
            data: "retdata",
            time: &["time", "curtime"],
        },
        statuses: &[],
        checks: &[],
        persons: &[],
        parameters: &[
            Parameter {
                name: "appid",
                source: Source::AppId,
                required: true,
                default: "",
            },
            Parameter {
                name: "format",
                source: Source::Format,
                required: true,
                default: "",
            },
            Parameter {
                name: "time",
                source: Source::Clock,
                required: false,
                default: "",
            },
        ],
    };
    /// Every endpoint.
    pub static ALL: &[&Operation<'static>] = &[
        &WHOLE_ANY,
        &WHOLE_NAMES,
        &WHOLE_ROWS,
        &WHOLE_TEXT,
    ];
}
::pyi_runtime::if_blocking! {
    /// The client for threads that wait for their answer, inside an async runtime or outside of one.
    pub mod blocking {
        /// As [`Client`](super::Client), blocking the calling thread.
        #[derive(Debug, Clone)]
        pub struct Client(::pyi_runtime::blocking::Client);
        impl Client {
            /// Starts a client: its host, its app, its limits.
            #[inline]
            pub fn builder() -> ::pyi_runtime::ClientBuilder<Self> {
                ::pyi_runtime::ClientBuilder::new()
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
