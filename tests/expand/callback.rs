// Written by `pyi expand` for pyi-runtime 0.1.0.
const _: () = ::pyi_runtime::__private::written_for("0.1.0");
/// The spec that this client was generated from: the path and the text of each file.
pub const SPEC: &[(&str, &str)] = &[
    (
        "endpoints/callback.yaml",
        "# What arrives later, at the address that a request gave: a form with the provider's own signature.\npath: /orders\ntitle: 下单\nsource: made up for this test\neffect: act\nmethods: [POST]\nformats: [json]\ncallback:\n  field: notify_url\n  fields:\n    order: {type: string, title: 订单}\n    paid: {type: decimal, public: true}\n    state: {enum: {done: {name: done}, failed: {name: failed}}}\n    items: {type: list, of: {type: object, fields: {sku: {type: string}}}}\n    sign_type: {type: string, signed: false}\n  answer: success\nrequest:\n  order: {type: string}\n  notify_url: {type: string, optional: true}\nresponse: any\n",
    ),
    (
        "endpoints/later_beside.yaml",
        "### endpoints/later_beside.yaml\n# The time is in the text of the signature, and the key is in hexadecimal digits.\npath: /beside\ntitle: 事件\nsource: made up for this test\neffect: query\nmethods: [GET]\nformats: [json]\ncallback:\n  body: json\n  sign:\n    parameter: X-Signature\n    in: header\n    write: \"t={t},v1={value}\"\n    methods: [hmac_sha512]\n    canonical: {hmac: \"{t}.{body}\", key_encoding: hex}\n  fields:\n    t: {type: timestamp, in: sign, rename: sent_at}\n    event: {type: string}\n  answer: ok\nrequest: {}\nresponse: any\n",
    ),
    (
        "endpoints/later_digest.yaml",
        "### endpoints/later_digest.yaml\n# The signature is over a digest of the body, which a header has.\npath: /digest\ntitle: 抄送\nsource: made up for this test\neffect: query\nmethods: [GET]\nformats: [json]\ncallback:\n  body: json\n  sign:\n    parameter: CheckSum\n    in: header\n    methods: [sha1]\n    canonical: {secret: \"{secret}{MD5}{CurTime}\"}\n  fields:\n    MD5: {type: string, in: header, from: body_md5, rename: md5}\n    CurTime: {type: string, in: header, rename: time}\n    eventType: {type: string, rename: event_type}\n  answer: ok\nrequest: {}\nresponse: any\n",
    ),
    (
        "endpoints/later_get.yaml",
        "### endpoints/later_get.yaml\n# A GET whose signature is said to be in the query, where all of it is.\npath: /get\ntitle: 通知\nsource: made up for this test\neffect: query\nmethods: [GET]\nformats: [json]\ncallback:\n  method: GET\n  sign:\n    parameter: sign\n    in: query\n    methods: [md5]\n    canonical: {pair: \"{key}={value}\", join: \"&\", secret: \"{params}&key={secret}\"}\n  fields:\n    attach: {type: string}\n    total_fee: {type: integer}\n  answer: ok\nrequest: {}\nresponse: any\n",
    ),
    (
        "endpoints/later_json.yaml",
        "### endpoints/later_json.yaml\n# By JSON, signed in a header over the time and the body; the account has the address.\npath: /json\ntitle: 推送\nsource: made up for this test\neffect: query\nmethods: [GET]\nformats: [json]\ncallback:\n  body: json\n  sign:\n    parameter: X-Signature\n    in: header\n    write: \"v1={value}\"\n    methods: [hmac_sha256]\n    canonical: {hmac: \"{X-Time}.{http_method}.{path}.{body}\"}\n    digest: {encoding: base64}\n  fields:\n    X-Time: {type: timestamp, in: header, rename: sent_at}\n    count: {type: integer}\n    detail: {type: object, fields: {text: {type: string}, amount: {type: decimal}}}\n  answer: '{\"code\":0}'\nrequest: {}\nresponse: any\n",
    ),
    (
        "endpoints/later_query.yaml",
        "### endpoints/later_query.yaml\npath: /query\ntitle: 通知\nsource: made up for this test\neffect: query\nmethods: [GET]\nformats: [json]\ncallback:\n  method: GET\n  sign:\n    parameter: token\n    methods: [sha1]\n    canonical: {pair: \"{value}\", join: \"|\", order: listed, secret: \"{params}|{app_id}|{secret}\"}\n    digest: {case: upper}\n  fields:\n    z: {type: string}\n    a: {type: string}\n  answer: ok\nrequest: {}\nresponse: any\n",
    ),
    (
        "endpoints/later_sorted.yaml",
        "### endpoints/later_sorted.yaml\n# The secret is sorted among the values.\npath: /sorted\ntitle: 消息\nsource: made up for this test\neffect: query\nmethods: [GET]\nformats: [json]\ncallback:\n  method: GET\n  sign:\n    parameter: signature\n    methods: [sha1]\n    canonical: {pair: \"{value}\", order: value, secret: \"{params}\", secret_as: token}\n  fields:\n    timestamp: {type: string}\n    nonce: {type: string}\n    echostr: {type: string, signed: false}\n  answer: ok\nrequest: {}\nresponse: any\n",
    ),
    (
        "endpoints/later_xml.yaml",
        "### endpoints/later_xml.yaml\npath: /xml\ntitle: 结果\nsource: made up for this test\neffect: query\nmethods: [GET]\nformats: [json]\ncallback:\n  body: xml\n  sign:\n    parameter: sign\n    methods: [md5, hmac_sha256]\n    canonical: {pair: \"{key}={value}\", join: \"&\", secret: \"{params}&key={secret}\", hmac: \"{params}&key={secret}\"}\n    digest: {case: upper}\n  fields:\n    return_code: {type: string}\n    total_fee: {type: integer}\n  answer: <xml><return_code>SUCCESS</return_code></xml>\nrequest: {}\nresponse: any\n",
    ),
    (
        "provider.yaml",
        "### provider.yaml\nprovider: demo\ntitle: 示例\nsign:\n  parameter: sign\n  methods: [md5]\n  canonical: {pair: \"{key}={value}\", join: \"&\", secret: \"{params}{secret}\"}\ncommon:\n  appid: {from: app_id}\nenvelope: {status: code, message: message, data: data}\nstatuses:\n  0: {name: ok, title: 成功, class: data, billed: always}\n",
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
    /// 下单.
    ///
    /// The answer may come later, to the address in `notify_url`; until then the outcome is `Pending`.
    ///
    /// `/orders`, POST.
    ///
    /// Source: made up for this test.
    #[inline]
    pub fn callback(
        &self,
        request: &CallbackRequest,
    ) -> ::pyi_runtime::Call<'static, CallbackData> {
        self.0.call(request)
    }
    /// 事件.
    ///
    /// `/beside`, GET.
    ///
    /// Source: made up for this test.
    #[inline]
    pub fn later_beside(
        &self,
        request: &LaterBeside,
    ) -> ::pyi_runtime::Call<'static, LaterBesideData> {
        self.0.call(request)
    }
    /// 抄送.
    ///
    /// `/digest`, GET.
    ///
    /// Source: made up for this test.
    #[inline]
    pub fn later_digest(
        &self,
        request: &LaterDigest,
    ) -> ::pyi_runtime::Call<'static, LaterDigestData> {
        self.0.call(request)
    }
    /// 通知.
    ///
    /// `/get`, GET.
    ///
    /// Source: made up for this test.
    #[inline]
    pub fn later_get(
        &self,
        request: &LaterGet,
    ) -> ::pyi_runtime::Call<'static, LaterGetData> {
        self.0.call(request)
    }
    /// 推送.
    ///
    /// `/json`, GET.
    ///
    /// Source: made up for this test.
    #[inline]
    pub fn later_json(
        &self,
        request: &LaterJson,
    ) -> ::pyi_runtime::Call<'static, LaterJsonData> {
        self.0.call(request)
    }
    /// 通知.
    ///
    /// `/query`, GET.
    ///
    /// Source: made up for this test.
    #[inline]
    pub fn later_query(
        &self,
        request: &LaterQuery,
    ) -> ::pyi_runtime::Call<'static, LaterQueryData> {
        self.0.call(request)
    }
    /// 消息.
    ///
    /// `/sorted`, GET.
    ///
    /// Source: made up for this test.
    #[inline]
    pub fn later_sorted(
        &self,
        request: &LaterSorted,
    ) -> ::pyi_runtime::Call<'static, LaterSortedData> {
        self.0.call(request)
    }
    /// 结果.
    ///
    /// `/xml`, GET.
    ///
    /// Source: made up for this test.
    #[inline]
    pub fn later_xml(
        &self,
        request: &LaterXml,
    ) -> ::pyi_runtime::Call<'static, LaterXmlData> {
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
    /// 0: `成功`. Billed.
    Ok = 0,
}
impl Status {
    /// The status with a code, if the spec lists it.
    pub fn from_code(code: i32) -> ::core::option::Option<Self> {
        match code {
            0 => ::core::option::Option::Some(Self::Ok),
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
/// `CallbackCallbackState`, without a title in the spec.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CallbackCallbackState {
    /// `done`: Done
    Done,
    /// `failed`: Failed
    Failed,
    /// A code that the spec does not list.
    Other(::pyi_runtime::Unrecognized),
}
impl CallbackCallbackState {
    /// The value of a code on the wire.
    #[inline]
    pub fn from_code(code: &str) -> Self {
        match code {
            "done" => Self::Done,
            "failed" => Self::Failed,
            _ => {
                Self::Other(
                    ::pyi_runtime::Unrecognized::new("CallbackCallbackState", code),
                )
            }
        }
    }
    /// The code on the wire.
    #[inline]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Other(other) => other.as_str(),
        }
    }
}
/// Shows the code. One that the spec does not list may be any text, and is not shown.
impl ::core::fmt::Display for CallbackCallbackState {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        match self {
            Self::Other(_) => f.write_str(::pyi_runtime::__private::redact::REDACTED),
            listed => f.write_str(listed.as_str()),
        }
    }
}
impl ::pyi_runtime::__private::Value for CallbackCallbackState {
    #[inline]
    fn write(&self, out: &mut ::std::string::String) {
        out.push_str(self.as_str());
    }
}
/// `CallbackCallbackItems`, without a title in the spec.
#[non_exhaustive]
pub struct CallbackCallbackItems {
    /// `sku` on the wire.
    pub sku: ::core::option::Option<::std::string::String>,
}
impl ::pyi_runtime::__private::Decode for CallbackCallbackItems {
    const NAMES: &'static [&'static str] = &["sku"];
    #[inline]
    fn decode(from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
        Self { sku: from.string() }
    }
}
impl ::core::fmt::Debug for CallbackCallbackItems {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "CallbackCallbackItems",
            &[("sku", ::core::option::Option::None)],
        )
    }
}
/// `LaterJsonCallbackDetail`, without a title in the spec.
#[non_exhaustive]
pub struct LaterJsonCallbackDetail {
    /// `text` on the wire.
    pub text: ::core::option::Option<::std::string::String>,
    /// `amount` on the wire.
    pub amount: ::core::option::Option<::pyi_runtime::Decimal>,
}
impl ::pyi_runtime::__private::Decode for LaterJsonCallbackDetail {
    const NAMES: &'static [&'static str] = &["text", "amount"];
    #[inline]
    fn decode(from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
        Self {
            text: from.string(),
            amount: from.decimal(),
        }
    }
}
impl ::core::fmt::Debug for LaterJsonCallbackDetail {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "LaterJsonCallbackDetail",
            &[
                ("text", ::core::option::Option::None),
                ("amount", ::core::option::Option::None),
            ],
        )
    }
}
/// 下单: the request of [`Client::callback`].
pub struct CallbackRequest {
    /// `order` on the wire.
    pub order: ::std::string::String,
}
impl ::pyi_runtime::Request for CallbackRequest {
    type Data = CallbackData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::CALLBACK;
    #[inline]
    fn values(&self) -> ::pyi_runtime::__private::Values {
        ::pyi_runtime::__private::Values::of(&[&self.order])
    }
    #[inline]
    fn read(
        payload: ::pyi_runtime::__private::Payload<'_>,
    ) -> ::core::result::Result<Self::Data, ::pyi_runtime::DecodeError> {
        payload.any()
    }
}
impl ::core::fmt::Debug for CallbackRequest {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "CallbackRequest",
            &[("order", ::core::option::Option::None)],
        )
    }
}
/// 下单: the optional fields of [`Client::callback`].
#[derive(Default)]
#[non_exhaustive]
pub struct CallbackOptions {
    /// `notify_url` on the wire.
    pub notify_url: ::core::option::Option<::std::string::String>,
}
impl CallbackOptions {
    /// `notify_url` on the wire.
    #[inline]
    #[must_use]
    pub fn notify_url(
        mut self,
        value: impl ::core::convert::Into<::std::string::String>,
    ) -> Self {
        self.notify_url = ::core::option::Option::Some(value.into());
        self
    }
}
impl ::pyi_runtime::Options for CallbackOptions {
    type Data = CallbackData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::CALLBACK;
    #[inline]
    fn values(&self) -> ::pyi_runtime::__private::Values {
        ::pyi_runtime::__private::Values::of(&[&self.notify_url])
    }
}
impl ::core::fmt::Debug for CallbackOptions {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "CallbackOptions",
            &[("notify_url", ::core::option::Option::None)],
        )
    }
}
/// 下单: the data of a reply to [`Client::callback`].
///
/// Its type is unknown: it is kept as the provider sends it.
pub type CallbackData = ::pyi_runtime::Any;
/// 下单: what arrives later for [`Client::callback`].
///
/// The provider may send the same again: what it causes must happen once. A field that it leaves out is `None`.
#[non_exhaustive]
pub struct CallbackCallback {
    /// 订单.
    pub order: ::core::option::Option<::std::string::String>,
    /// `paid` on the wire.
    pub paid: ::core::option::Option<::pyi_runtime::Decimal>,
    /// `state` on the wire.
    pub state: ::core::option::Option<CallbackCallbackState>,
    /// `items` on the wire.
    pub items: ::core::option::Option<::std::vec::Vec<CallbackCallbackItems>>,
    /// `sign_type` on the wire.
    ///
    /// Not signed: anyone can set it.
    pub sign_type: ::core::option::Option<::std::string::String>,
}
impl ::pyi_runtime::__private::Decode for CallbackCallback {
    const NAMES: &'static [&'static str] = &[
        "order",
        "paid",
        "state",
        "items",
        "sign_type",
    ];
    #[inline]
    fn decode(from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
        Self {
            order: from.string(),
            paid: from.decimal(),
            state: from.code(CallbackCallbackState::from_code),
            items: from.list(|from| from.object()),
            sign_type: from.string(),
        }
    }
}
impl ::core::fmt::Debug for CallbackCallback {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "CallbackCallback",
            &[
                ("order", ::core::option::Option::None),
                ("paid", ::core::option::Option::Some(&self.paid)),
                ("state", ::core::option::Option::None),
                ("items", ::core::option::Option::None),
                ("sign_type", ::core::option::Option::None),
            ],
        )
    }
}
impl ::pyi_runtime::SignedCallback for CallbackCallback {
    const CALLBACK: &'static ::pyi_runtime::__private::operation::CallbackScheme<
        'static,
    > = &operations::CALLBACK_CALLBACK;
}
impl CallbackCallback {
    /// The text to answer with, once what arrived is kept.
    pub const ANSWER: &'static str = "success";
    /// The content type of [`Self::ANSWER`].
    pub const ANSWER_TYPE: &'static str = "text/plain; charset=utf-8";
    /// Verifies the signature of a delivery with an app's secret, then reads it.
    ///
    /// # Errors
    ///
    /// A delivery without the signature that the secret makes, or with a value that differs
    /// from the spec.
    #[inline]
    pub fn verify(
        delivery: &::pyi_runtime::Delivery,
        app: &::pyi_runtime::App,
    ) -> ::core::result::Result<Self, ::pyi_runtime::DeliveryError> {
        ::pyi_runtime::__private::delivery::verify(delivery, app)
    }
    /// Makes the delivery that the provider would send to a path, for tests of a handler.
    ///
    /// # Errors
    ///
    /// An app that cannot sign, or a value that no header can have.
    #[inline]
    pub fn deliver(
        app: &::pyi_runtime::App,
        target: &str,
        values: &[(&str, &str)],
    ) -> ::core::result::Result<::pyi_runtime::Delivery, ::pyi_runtime::DeliveryError> {
        ::pyi_runtime::__private::delivery::deliver(
            &operations::CALLBACK_CALLBACK,
            app,
            target,
            values,
        )
    }
}
/// 事件: the request of [`Client::later_beside`].
pub struct LaterBeside {}
impl ::pyi_runtime::Request for LaterBeside {
    type Data = LaterBesideData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::LATER_BESIDE;
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
impl ::core::fmt::Debug for LaterBeside {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(f, "LaterBeside", &[])
    }
}
/// 事件: the data of a reply to [`Client::later_beside`].
///
/// Its type is unknown: it is kept as the provider sends it.
pub type LaterBesideData = ::pyi_runtime::Any;
/// 事件: what arrives later for [`Client::later_beside`].
///
/// The provider may send the same again: what it causes must happen once. A field that it leaves out is `None`.
#[non_exhaustive]
pub struct LaterBesideCallback {
    /// `t` on the wire.
    pub sent_at: ::core::option::Option<::pyi_runtime::Timestamp>,
    /// `event` on the wire.
    pub event: ::core::option::Option<::std::string::String>,
}
impl ::pyi_runtime::__private::Decode for LaterBesideCallback {
    const NAMES: &'static [&'static str] = &["t", "event"];
    #[inline]
    fn decode(from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
        Self {
            sent_at: from.timestamp(),
            event: from.string(),
        }
    }
}
impl ::core::fmt::Debug for LaterBesideCallback {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "LaterBesideCallback",
            &[
                ("sent_at", ::core::option::Option::None),
                ("event", ::core::option::Option::None),
            ],
        )
    }
}
impl ::pyi_runtime::SignedCallback for LaterBesideCallback {
    const CALLBACK: &'static ::pyi_runtime::__private::operation::CallbackScheme<
        'static,
    > = &operations::LATER_BESIDE_CALLBACK;
}
impl LaterBesideCallback {
    /// The text to answer with, once what arrived is kept.
    pub const ANSWER: &'static str = "ok";
    /// The content type of [`Self::ANSWER`].
    pub const ANSWER_TYPE: &'static str = "text/plain; charset=utf-8";
    /// Verifies the signature of a delivery with an app's secret, then reads it.
    ///
    /// # Errors
    ///
    /// A delivery without the signature that the secret makes, or with a value that differs
    /// from the spec.
    #[inline]
    pub fn verify(
        delivery: &::pyi_runtime::Delivery,
        app: &::pyi_runtime::App,
    ) -> ::core::result::Result<Self, ::pyi_runtime::DeliveryError> {
        ::pyi_runtime::__private::delivery::verify(delivery, app)
    }
    /// Makes the delivery that the provider would send to a path, for tests of a handler.
    ///
    /// # Errors
    ///
    /// An app that cannot sign, or a value that no header can have.
    #[inline]
    pub fn deliver(
        app: &::pyi_runtime::App,
        target: &str,
        values: &[(&str, &str)],
    ) -> ::core::result::Result<::pyi_runtime::Delivery, ::pyi_runtime::DeliveryError> {
        ::pyi_runtime::__private::delivery::deliver(
            &operations::LATER_BESIDE_CALLBACK,
            app,
            target,
            values,
        )
    }
}
/// 抄送: the request of [`Client::later_digest`].
pub struct LaterDigest {}
impl ::pyi_runtime::Request for LaterDigest {
    type Data = LaterDigestData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::LATER_DIGEST;
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
impl ::core::fmt::Debug for LaterDigest {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(f, "LaterDigest", &[])
    }
}
/// 抄送: the data of a reply to [`Client::later_digest`].
///
/// Its type is unknown: it is kept as the provider sends it.
pub type LaterDigestData = ::pyi_runtime::Any;
/// 抄送: what arrives later for [`Client::later_digest`].
///
/// The provider may send the same again: what it causes must happen once. A field that it leaves out is `None`.
#[non_exhaustive]
pub struct LaterDigestCallback {
    /// `MD5` on the wire.
    pub md5: ::core::option::Option<::std::string::String>,
    /// `CurTime` on the wire.
    pub time: ::core::option::Option<::std::string::String>,
    /// `eventType` on the wire.
    pub event_type: ::core::option::Option<::std::string::String>,
}
impl ::pyi_runtime::__private::Decode for LaterDigestCallback {
    const NAMES: &'static [&'static str] = &["MD5", "CurTime", "eventType"];
    #[inline]
    fn decode(from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
        Self {
            md5: from.string(),
            time: from.string(),
            event_type: from.string(),
        }
    }
}
impl ::core::fmt::Debug for LaterDigestCallback {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "LaterDigestCallback",
            &[
                ("md5", ::core::option::Option::None),
                ("time", ::core::option::Option::None),
                ("event_type", ::core::option::Option::None),
            ],
        )
    }
}
impl ::pyi_runtime::SignedCallback for LaterDigestCallback {
    const CALLBACK: &'static ::pyi_runtime::__private::operation::CallbackScheme<
        'static,
    > = &operations::LATER_DIGEST_CALLBACK;
}
impl LaterDigestCallback {
    /// The text to answer with, once what arrived is kept.
    pub const ANSWER: &'static str = "ok";
    /// The content type of [`Self::ANSWER`].
    pub const ANSWER_TYPE: &'static str = "text/plain; charset=utf-8";
    /// Verifies the signature of a delivery with an app's secret, then reads it.
    ///
    /// # Errors
    ///
    /// A delivery without the signature that the secret makes, or with a value that differs
    /// from the spec.
    #[inline]
    pub fn verify(
        delivery: &::pyi_runtime::Delivery,
        app: &::pyi_runtime::App,
    ) -> ::core::result::Result<Self, ::pyi_runtime::DeliveryError> {
        ::pyi_runtime::__private::delivery::verify(delivery, app)
    }
    /// Makes the delivery that the provider would send to a path, for tests of a handler.
    ///
    /// # Errors
    ///
    /// An app that cannot sign, or a value that no header can have.
    #[inline]
    pub fn deliver(
        app: &::pyi_runtime::App,
        target: &str,
        values: &[(&str, &str)],
    ) -> ::core::result::Result<::pyi_runtime::Delivery, ::pyi_runtime::DeliveryError> {
        ::pyi_runtime::__private::delivery::deliver(
            &operations::LATER_DIGEST_CALLBACK,
            app,
            target,
            values,
        )
    }
}
/// 通知: the request of [`Client::later_get`].
pub struct LaterGet {}
impl ::pyi_runtime::Request for LaterGet {
    type Data = LaterGetData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::LATER_GET;
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
impl ::core::fmt::Debug for LaterGet {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(f, "LaterGet", &[])
    }
}
/// 通知: the data of a reply to [`Client::later_get`].
///
/// Its type is unknown: it is kept as the provider sends it.
pub type LaterGetData = ::pyi_runtime::Any;
/// 通知: what arrives later for [`Client::later_get`].
///
/// The provider may send the same again: what it causes must happen once. A field that it leaves out is `None`.
#[non_exhaustive]
pub struct LaterGetCallback {
    /// `attach` on the wire.
    pub attach: ::core::option::Option<::std::string::String>,
    /// `total_fee` on the wire.
    pub total_fee: ::core::option::Option<i64>,
}
impl ::pyi_runtime::__private::Decode for LaterGetCallback {
    const NAMES: &'static [&'static str] = &["attach", "total_fee"];
    #[inline]
    fn decode(from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
        Self {
            attach: from.string(),
            total_fee: from.integer(),
        }
    }
}
impl ::core::fmt::Debug for LaterGetCallback {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "LaterGetCallback",
            &[
                ("attach", ::core::option::Option::None),
                ("total_fee", ::core::option::Option::None),
            ],
        )
    }
}
impl ::pyi_runtime::SignedCallback for LaterGetCallback {
    const CALLBACK: &'static ::pyi_runtime::__private::operation::CallbackScheme<
        'static,
    > = &operations::LATER_GET_CALLBACK;
}
impl LaterGetCallback {
    /// The text to answer with, once what arrived is kept.
    pub const ANSWER: &'static str = "ok";
    /// The content type of [`Self::ANSWER`].
    pub const ANSWER_TYPE: &'static str = "text/plain; charset=utf-8";
    /// Verifies the signature of a delivery with an app's secret, then reads it.
    ///
    /// # Errors
    ///
    /// A delivery without the signature that the secret makes, or with a value that differs
    /// from the spec.
    #[inline]
    pub fn verify(
        delivery: &::pyi_runtime::Delivery,
        app: &::pyi_runtime::App,
    ) -> ::core::result::Result<Self, ::pyi_runtime::DeliveryError> {
        ::pyi_runtime::__private::delivery::verify(delivery, app)
    }
    /// Makes the delivery that the provider would send to a path, for tests of a handler.
    ///
    /// # Errors
    ///
    /// An app that cannot sign, or a value that no header can have.
    #[inline]
    pub fn deliver(
        app: &::pyi_runtime::App,
        target: &str,
        values: &[(&str, &str)],
    ) -> ::core::result::Result<::pyi_runtime::Delivery, ::pyi_runtime::DeliveryError> {
        ::pyi_runtime::__private::delivery::deliver(
            &operations::LATER_GET_CALLBACK,
            app,
            target,
            values,
        )
    }
}
/// 推送: the request of [`Client::later_json`].
pub struct LaterJson {}
impl ::pyi_runtime::Request for LaterJson {
    type Data = LaterJsonData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::LATER_JSON;
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
impl ::core::fmt::Debug for LaterJson {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(f, "LaterJson", &[])
    }
}
/// 推送: the data of a reply to [`Client::later_json`].
///
/// Its type is unknown: it is kept as the provider sends it.
pub type LaterJsonData = ::pyi_runtime::Any;
/// 推送: what arrives later for [`Client::later_json`].
///
/// The provider may send the same again: what it causes must happen once. A field that it leaves out is `None`.
#[non_exhaustive]
pub struct LaterJsonCallback {
    /// `X-Time` on the wire.
    pub sent_at: ::core::option::Option<::pyi_runtime::Timestamp>,
    /// `count` on the wire.
    pub count: ::core::option::Option<i64>,
    /// `detail` on the wire.
    pub detail: ::core::option::Option<LaterJsonCallbackDetail>,
}
impl ::pyi_runtime::__private::Decode for LaterJsonCallback {
    const NAMES: &'static [&'static str] = &["X-Time", "count", "detail"];
    #[inline]
    fn decode(from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
        Self {
            sent_at: from.timestamp(),
            count: from.integer(),
            detail: from.object(),
        }
    }
}
impl ::core::fmt::Debug for LaterJsonCallback {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "LaterJsonCallback",
            &[
                ("sent_at", ::core::option::Option::None),
                ("count", ::core::option::Option::None),
                ("detail", ::core::option::Option::None),
            ],
        )
    }
}
impl ::pyi_runtime::SignedCallback for LaterJsonCallback {
    const CALLBACK: &'static ::pyi_runtime::__private::operation::CallbackScheme<
        'static,
    > = &operations::LATER_JSON_CALLBACK;
}
impl LaterJsonCallback {
    /// The text to answer with, once what arrived is kept.
    pub const ANSWER: &'static str = "{\"code\":0}";
    /// The content type of [`Self::ANSWER`].
    pub const ANSWER_TYPE: &'static str = "application/json";
    /// Verifies the signature of a delivery with an app's secret, then reads it.
    ///
    /// # Errors
    ///
    /// A delivery without the signature that the secret makes, or with a value that differs
    /// from the spec.
    #[inline]
    pub fn verify(
        delivery: &::pyi_runtime::Delivery,
        app: &::pyi_runtime::App,
    ) -> ::core::result::Result<Self, ::pyi_runtime::DeliveryError> {
        ::pyi_runtime::__private::delivery::verify(delivery, app)
    }
    /// Makes the delivery that the provider would send to a path, for tests of a handler.
    ///
    /// # Errors
    ///
    /// An app that cannot sign, or a value that no header can have.
    #[inline]
    pub fn deliver(
        app: &::pyi_runtime::App,
        target: &str,
        values: &[(&str, &str)],
    ) -> ::core::result::Result<::pyi_runtime::Delivery, ::pyi_runtime::DeliveryError> {
        ::pyi_runtime::__private::delivery::deliver(
            &operations::LATER_JSON_CALLBACK,
            app,
            target,
            values,
        )
    }
}
/// 通知: the request of [`Client::later_query`].
pub struct LaterQuery {}
impl ::pyi_runtime::Request for LaterQuery {
    type Data = LaterQueryData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::LATER_QUERY;
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
impl ::core::fmt::Debug for LaterQuery {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(f, "LaterQuery", &[])
    }
}
/// 通知: the data of a reply to [`Client::later_query`].
///
/// Its type is unknown: it is kept as the provider sends it.
pub type LaterQueryData = ::pyi_runtime::Any;
/// 通知: what arrives later for [`Client::later_query`].
///
/// The provider may send the same again: what it causes must happen once. A field that it leaves out is `None`.
#[non_exhaustive]
pub struct LaterQueryCallback {
    /// `z` on the wire.
    pub z: ::core::option::Option<::std::string::String>,
    /// `a` on the wire.
    pub a: ::core::option::Option<::std::string::String>,
}
impl ::pyi_runtime::__private::Decode for LaterQueryCallback {
    const NAMES: &'static [&'static str] = &["z", "a"];
    #[inline]
    fn decode(from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
        Self {
            z: from.string(),
            a: from.string(),
        }
    }
}
impl ::core::fmt::Debug for LaterQueryCallback {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "LaterQueryCallback",
            &[("z", ::core::option::Option::None), ("a", ::core::option::Option::None)],
        )
    }
}
impl ::pyi_runtime::SignedCallback for LaterQueryCallback {
    const CALLBACK: &'static ::pyi_runtime::__private::operation::CallbackScheme<
        'static,
    > = &operations::LATER_QUERY_CALLBACK;
}
impl LaterQueryCallback {
    /// The text to answer with, once what arrived is kept.
    pub const ANSWER: &'static str = "ok";
    /// The content type of [`Self::ANSWER`].
    pub const ANSWER_TYPE: &'static str = "text/plain; charset=utf-8";
    /// Verifies the signature of a delivery with an app's secret, then reads it.
    ///
    /// # Errors
    ///
    /// A delivery without the signature that the secret makes, or with a value that differs
    /// from the spec.
    #[inline]
    pub fn verify(
        delivery: &::pyi_runtime::Delivery,
        app: &::pyi_runtime::App,
    ) -> ::core::result::Result<Self, ::pyi_runtime::DeliveryError> {
        ::pyi_runtime::__private::delivery::verify(delivery, app)
    }
    /// Makes the delivery that the provider would send to a path, for tests of a handler.
    ///
    /// # Errors
    ///
    /// An app that cannot sign, or a value that no header can have.
    #[inline]
    pub fn deliver(
        app: &::pyi_runtime::App,
        target: &str,
        values: &[(&str, &str)],
    ) -> ::core::result::Result<::pyi_runtime::Delivery, ::pyi_runtime::DeliveryError> {
        ::pyi_runtime::__private::delivery::deliver(
            &operations::LATER_QUERY_CALLBACK,
            app,
            target,
            values,
        )
    }
}
/// 消息: the request of [`Client::later_sorted`].
pub struct LaterSorted {}
impl ::pyi_runtime::Request for LaterSorted {
    type Data = LaterSortedData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::LATER_SORTED;
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
impl ::core::fmt::Debug for LaterSorted {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(f, "LaterSorted", &[])
    }
}
/// 消息: the data of a reply to [`Client::later_sorted`].
///
/// Its type is unknown: it is kept as the provider sends it.
pub type LaterSortedData = ::pyi_runtime::Any;
/// 消息: what arrives later for [`Client::later_sorted`].
///
/// The provider may send the same again: what it causes must happen once. A field that it leaves out is `None`.
#[non_exhaustive]
pub struct LaterSortedCallback {
    /// `timestamp` on the wire.
    pub timestamp: ::core::option::Option<::std::string::String>,
    /// `nonce` on the wire.
    pub nonce: ::core::option::Option<::std::string::String>,
    /// `echostr` on the wire.
    ///
    /// Not signed: anyone can set it.
    pub echostr: ::core::option::Option<::std::string::String>,
}
impl ::pyi_runtime::__private::Decode for LaterSortedCallback {
    const NAMES: &'static [&'static str] = &["timestamp", "nonce", "echostr"];
    #[inline]
    fn decode(from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
        Self {
            timestamp: from.string(),
            nonce: from.string(),
            echostr: from.string(),
        }
    }
}
impl ::core::fmt::Debug for LaterSortedCallback {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "LaterSortedCallback",
            &[
                ("timestamp", ::core::option::Option::None),
                ("nonce", ::core::option::Option::None),
                ("echostr", ::core::option::Option::None),
            ],
        )
    }
}
impl ::pyi_runtime::SignedCallback for LaterSortedCallback {
    const CALLBACK: &'static ::pyi_runtime::__private::operation::CallbackScheme<
        'static,
    > = &operations::LATER_SORTED_CALLBACK;
}
impl LaterSortedCallback {
    /// The text to answer with, once what arrived is kept.
    pub const ANSWER: &'static str = "ok";
    /// The content type of [`Self::ANSWER`].
    pub const ANSWER_TYPE: &'static str = "text/plain; charset=utf-8";
    /// Verifies the signature of a delivery with an app's secret, then reads it.
    ///
    /// # Errors
    ///
    /// A delivery without the signature that the secret makes, or with a value that differs
    /// from the spec.
    #[inline]
    pub fn verify(
        delivery: &::pyi_runtime::Delivery,
        app: &::pyi_runtime::App,
    ) -> ::core::result::Result<Self, ::pyi_runtime::DeliveryError> {
        ::pyi_runtime::__private::delivery::verify(delivery, app)
    }
    /// Makes the delivery that the provider would send to a path, for tests of a handler.
    ///
    /// # Errors
    ///
    /// An app that cannot sign, or a value that no header can have.
    #[inline]
    pub fn deliver(
        app: &::pyi_runtime::App,
        target: &str,
        values: &[(&str, &str)],
    ) -> ::core::result::Result<::pyi_runtime::Delivery, ::pyi_runtime::DeliveryError> {
        ::pyi_runtime::__private::delivery::deliver(
            &operations::LATER_SORTED_CALLBACK,
            app,
            target,
            values,
        )
    }
}
/// 结果: the request of [`Client::later_xml`].
pub struct LaterXml {}
impl ::pyi_runtime::Request for LaterXml {
    type Data = LaterXmlData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::LATER_XML;
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
impl ::core::fmt::Debug for LaterXml {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(f, "LaterXml", &[])
    }
}
/// 结果: the data of a reply to [`Client::later_xml`].
///
/// Its type is unknown: it is kept as the provider sends it.
pub type LaterXmlData = ::pyi_runtime::Any;
/// 结果: what arrives later for [`Client::later_xml`].
///
/// The provider may send the same again: what it causes must happen once. A field that it leaves out is `None`.
#[non_exhaustive]
pub struct LaterXmlCallback {
    /// `return_code` on the wire.
    pub return_code: ::core::option::Option<::std::string::String>,
    /// `total_fee` on the wire.
    pub total_fee: ::core::option::Option<i64>,
}
impl ::pyi_runtime::__private::Decode for LaterXmlCallback {
    const NAMES: &'static [&'static str] = &["return_code", "total_fee"];
    #[inline]
    fn decode(from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
        Self {
            return_code: from.string(),
            total_fee: from.integer(),
        }
    }
}
impl ::core::fmt::Debug for LaterXmlCallback {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "LaterXmlCallback",
            &[
                ("return_code", ::core::option::Option::None),
                ("total_fee", ::core::option::Option::None),
            ],
        )
    }
}
impl ::pyi_runtime::SignedCallback for LaterXmlCallback {
    const CALLBACK: &'static ::pyi_runtime::__private::operation::CallbackScheme<
        'static,
    > = &operations::LATER_XML_CALLBACK;
}
impl LaterXmlCallback {
    /// The text to answer with, once what arrived is kept.
    pub const ANSWER: &'static str = "<xml><return_code>SUCCESS</return_code></xml>";
    /// The content type of [`Self::ANSWER`].
    pub const ANSWER_TYPE: &'static str = "application/xml";
    /// Verifies the signature of a delivery with an app's secret, then reads it.
    ///
    /// # Errors
    ///
    /// A delivery without the signature that the secret makes, or with a value that differs
    /// from the spec.
    #[inline]
    pub fn verify(
        delivery: &::pyi_runtime::Delivery,
        app: &::pyi_runtime::App,
    ) -> ::core::result::Result<Self, ::pyi_runtime::DeliveryError> {
        ::pyi_runtime::__private::delivery::verify(delivery, app)
    }
    /// Makes the delivery that the provider would send to a path, for tests of a handler.
    ///
    /// # Errors
    ///
    /// An app that cannot sign, or a value that no header can have.
    #[inline]
    pub fn deliver(
        app: &::pyi_runtime::App,
        target: &str,
        values: &[(&str, &str)],
    ) -> ::core::result::Result<::pyi_runtime::Delivery, ::pyi_runtime::DeliveryError> {
        ::pyi_runtime::__private::delivery::deliver(
            &operations::LATER_XML_CALLBACK,
            app,
            target,
            values,
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
            methods: &[SignMethod::Md5],
            key_value_separator: "=",
            pair_separator: "&",
            digest_text: &[
                Segment::Word(SegmentWord::Params),
                Segment::Word(SegmentWord::Secret),
            ],
            ..SigningScheme::MD5
        },
        envelope: Envelope {
            status: &["code"],
            data: "data",
            message: &["message"],
            ..Envelope::NOWHERE
        },
        statuses: &[
            StatusInfo::builder(0, "ok", StatusClass::Data)
                .billed(BillingRule::Always)
                .title("成功")
                .build(),
        ],
        http: &[],
    };
    /// `/orders`: 下单.
    pub static CALLBACK: Operation<'static> = Operation {
        id: "callback",
        path: "/orders",
        title: "下单",
        effect: Effect::Act,
        methods: &[Method::Post],
        formats: &[Format::Json],
        parameters: &[
            Parameter::required("appid", Source::AppId),
            Parameter::optional("notify_url", Source::Request(1)),
            Parameter::required("order", Source::Request(0)),
        ],
        ..Operation::of(&PROVIDER)
    };
    /// `/beside`: 事件.
    pub static LATER_BESIDE: Operation<'static> = Operation {
        id: "later_beside",
        path: "/beside",
        title: "事件",
        effect: Effect::Query,
        methods: &[Method::Get],
        formats: &[Format::Json],
        parameters: &[Parameter::required("appid", Source::AppId)],
        ..Operation::of(&PROVIDER)
    };
    /// `/digest`: 抄送.
    pub static LATER_DIGEST: Operation<'static> = Operation {
        id: "later_digest",
        path: "/digest",
        title: "抄送",
        effect: Effect::Query,
        methods: &[Method::Get],
        formats: &[Format::Json],
        parameters: &[Parameter::required("appid", Source::AppId)],
        ..Operation::of(&PROVIDER)
    };
    /// `/get`: 通知.
    pub static LATER_GET: Operation<'static> = Operation {
        id: "later_get",
        path: "/get",
        title: "通知",
        effect: Effect::Query,
        methods: &[Method::Get],
        formats: &[Format::Json],
        parameters: &[Parameter::required("appid", Source::AppId)],
        ..Operation::of(&PROVIDER)
    };
    /// `/json`: 推送.
    pub static LATER_JSON: Operation<'static> = Operation {
        id: "later_json",
        path: "/json",
        title: "推送",
        effect: Effect::Query,
        methods: &[Method::Get],
        formats: &[Format::Json],
        parameters: &[Parameter::required("appid", Source::AppId)],
        ..Operation::of(&PROVIDER)
    };
    /// `/query`: 通知.
    pub static LATER_QUERY: Operation<'static> = Operation {
        id: "later_query",
        path: "/query",
        title: "通知",
        effect: Effect::Query,
        methods: &[Method::Get],
        formats: &[Format::Json],
        parameters: &[Parameter::required("appid", Source::AppId)],
        ..Operation::of(&PROVIDER)
    };
    /// `/sorted`: 消息.
    pub static LATER_SORTED: Operation<'static> = Operation {
        id: "later_sorted",
        path: "/sorted",
        title: "消息",
        effect: Effect::Query,
        methods: &[Method::Get],
        formats: &[Format::Json],
        parameters: &[Parameter::required("appid", Source::AppId)],
        ..Operation::of(&PROVIDER)
    };
    /// `/xml`: 结果.
    pub static LATER_XML: Operation<'static> = Operation {
        id: "later_xml",
        path: "/xml",
        title: "结果",
        effect: Effect::Query,
        methods: &[Method::Get],
        formats: &[Format::Json],
        parameters: &[Parameter::required("appid", Source::AppId)],
        ..Operation::of(&PROVIDER)
    };
    /// 下单: how what arrives later is signed.
    pub static CALLBACK_CALLBACK: CallbackScheme<'static> = CallbackScheme {
        method: Method::Post,
        body: BodyForm::Form,
        sign: SigningScheme {
            parameter: "sign",
            methods: &[SignMethod::Md5],
            key_value_separator: "=",
            pair_separator: "&",
            digest_text: &[
                Segment::Word(SegmentWord::Params),
                Segment::Word(SegmentWord::Secret),
            ],
            ..SigningScheme::MD5
        },
        fields: &[
            CallbackField::new("order"),
            CallbackField::new("paid"),
            CallbackField::new("state"),
            CallbackField::new("items").json(),
            CallbackField::new("sign_type").unsigned(),
        ],
    };
    /// 事件: how what arrives later is signed.
    pub static LATER_BESIDE_CALLBACK: CallbackScheme<'static> = CallbackScheme {
        method: Method::Post,
        body: BodyForm::Json,
        sign: SigningScheme {
            parameter: "X-Signature",
            methods: &[SignMethod::HmacSha512],
            place: ParameterPlace::Header,
            template: "t={t},v1={value}",
            has_names: false,
            hmac_text: &[
                Segment::Parameter("t"),
                Segment::Text("."),
                Segment::Word(SegmentWord::Body),
            ],
            key_encoding: KeyEncoding::Hex,
            ..SigningScheme::MD5
        },
        fields: &[
            CallbackField::new("t").place(ParameterPlace::Sign),
            CallbackField::new("event"),
        ],
    };
    /// 抄送: how what arrives later is signed.
    pub static LATER_DIGEST_CALLBACK: CallbackScheme<'static> = CallbackScheme {
        method: Method::Post,
        body: BodyForm::Json,
        sign: SigningScheme {
            parameter: "CheckSum",
            methods: &[SignMethod::Sha1],
            place: ParameterPlace::Header,
            has_names: false,
            digest_text: &[
                Segment::Word(SegmentWord::Secret),
                Segment::Parameter("MD5"),
                Segment::Parameter("CurTime"),
            ],
            ..SigningScheme::MD5
        },
        fields: &[
            CallbackField::new("MD5")
                .place(ParameterPlace::Header)
                .unsigned()
                .digest(Digest::Md5, Encoding::Hex),
            CallbackField::new("CurTime").place(ParameterPlace::Header).unsigned(),
            CallbackField::new("eventType"),
        ],
    };
    /// 通知: how what arrives later is signed.
    pub static LATER_GET_CALLBACK: CallbackScheme<'static> = CallbackScheme {
        method: Method::Get,
        body: BodyForm::Form,
        sign: SigningScheme {
            parameter: "sign",
            methods: &[SignMethod::Md5],
            place: ParameterPlace::Query,
            key_value_separator: "=",
            pair_separator: "&",
            digest_text: &[
                Segment::Word(SegmentWord::Params),
                Segment::Text("&key="),
                Segment::Word(SegmentWord::Secret),
            ],
            ..SigningScheme::MD5
        },
        fields: &[CallbackField::new("attach"), CallbackField::new("total_fee")],
    };
    /// 推送: how what arrives later is signed.
    pub static LATER_JSON_CALLBACK: CallbackScheme<'static> = CallbackScheme {
        method: Method::Post,
        body: BodyForm::Json,
        sign: SigningScheme {
            parameter: "X-Signature",
            methods: &[SignMethod::HmacSha256],
            place: ParameterPlace::Header,
            template: "v1={value}",
            has_names: false,
            hmac_text: &[
                Segment::Parameter("X-Time"),
                Segment::Text("."),
                Segment::Word(SegmentWord::HttpMethod),
                Segment::Text("."),
                Segment::Word(SegmentWord::Path),
                Segment::Text("."),
                Segment::Word(SegmentWord::Body),
            ],
            encoding: Encoding::Base64,
            ..SigningScheme::MD5
        },
        fields: &[
            CallbackField::new("X-Time").place(ParameterPlace::Header).unsigned(),
            CallbackField::new("count"),
            CallbackField::new("detail").json(),
        ],
    };
    /// 通知: how what arrives later is signed.
    pub static LATER_QUERY_CALLBACK: CallbackScheme<'static> = CallbackScheme {
        method: Method::Get,
        body: BodyForm::Form,
        sign: SigningScheme {
            parameter: "token",
            methods: &[SignMethod::Sha1],
            pair_separator: "|",
            has_names: false,
            order: ParameterOrder::Listed,
            digest_text: &[
                Segment::Word(SegmentWord::Params),
                Segment::Text("|"),
                Segment::Word(SegmentWord::AppId),
                Segment::Text("|"),
                Segment::Word(SegmentWord::Secret),
            ],
            case: Case::Upper,
            ..SigningScheme::MD5
        },
        fields: &[CallbackField::new("z"), CallbackField::new("a")],
    };
    /// 消息: how what arrives later is signed.
    pub static LATER_SORTED_CALLBACK: CallbackScheme<'static> = CallbackScheme {
        method: Method::Get,
        body: BodyForm::Form,
        sign: SigningScheme {
            parameter: "signature",
            methods: &[SignMethod::Sha1],
            secret_as: "token",
            has_names: false,
            order: ParameterOrder::Value,
            digest_text: &[Segment::Word(SegmentWord::Params)],
            ..SigningScheme::MD5
        },
        fields: &[
            CallbackField::new("timestamp"),
            CallbackField::new("nonce"),
            CallbackField::new("echostr").unsigned(),
        ],
    };
    /// 结果: how what arrives later is signed.
    pub static LATER_XML_CALLBACK: CallbackScheme<'static> = CallbackScheme {
        method: Method::Post,
        body: BodyForm::Xml,
        sign: SigningScheme {
            parameter: "sign",
            methods: &[SignMethod::Md5, SignMethod::HmacSha256],
            key_value_separator: "=",
            pair_separator: "&",
            digest_text: &[
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
        fields: &[CallbackField::new("return_code"), CallbackField::new("total_fee")],
    };
    /// All endpoints.
    pub static ALL: &[&Operation<'static>] = &[
        &CALLBACK,
        &LATER_BESIDE,
        &LATER_DIGEST,
        &LATER_GET,
        &LATER_JSON,
        &LATER_QUERY,
        &LATER_SORTED,
        &LATER_XML,
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
            /// 下单.
            ///
            /// The answer may come later, to the address in `notify_url`; until then the outcome is `Pending`.
            ///
            /// `/orders`, POST.
            ///
            /// Source: made up for this test.
            #[inline]
            pub fn callback(
                &self,
                request: &super::CallbackRequest,
            ) -> ::pyi_runtime::blocking::Call<super::CallbackData> {
                self.0.call(request)
            }
            /// 事件.
            ///
            /// `/beside`, GET.
            ///
            /// Source: made up for this test.
            #[inline]
            pub fn later_beside(
                &self,
                request: &super::LaterBeside,
            ) -> ::pyi_runtime::blocking::Call<super::LaterBesideData> {
                self.0.call(request)
            }
            /// 抄送.
            ///
            /// `/digest`, GET.
            ///
            /// Source: made up for this test.
            #[inline]
            pub fn later_digest(
                &self,
                request: &super::LaterDigest,
            ) -> ::pyi_runtime::blocking::Call<super::LaterDigestData> {
                self.0.call(request)
            }
            /// 通知.
            ///
            /// `/get`, GET.
            ///
            /// Source: made up for this test.
            #[inline]
            pub fn later_get(
                &self,
                request: &super::LaterGet,
            ) -> ::pyi_runtime::blocking::Call<super::LaterGetData> {
                self.0.call(request)
            }
            /// 推送.
            ///
            /// `/json`, GET.
            ///
            /// Source: made up for this test.
            #[inline]
            pub fn later_json(
                &self,
                request: &super::LaterJson,
            ) -> ::pyi_runtime::blocking::Call<super::LaterJsonData> {
                self.0.call(request)
            }
            /// 通知.
            ///
            /// `/query`, GET.
            ///
            /// Source: made up for this test.
            #[inline]
            pub fn later_query(
                &self,
                request: &super::LaterQuery,
            ) -> ::pyi_runtime::blocking::Call<super::LaterQueryData> {
                self.0.call(request)
            }
            /// 消息.
            ///
            /// `/sorted`, GET.
            ///
            /// Source: made up for this test.
            #[inline]
            pub fn later_sorted(
                &self,
                request: &super::LaterSorted,
            ) -> ::pyi_runtime::blocking::Call<super::LaterSortedData> {
                self.0.call(request)
            }
            /// 结果.
            ///
            /// `/xml`, GET.
            ///
            /// Source: made up for this test.
            #[inline]
            pub fn later_xml(
                &self,
                request: &super::LaterXml,
            ) -> ::pyi_runtime::blocking::Call<super::LaterXmlData> {
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
