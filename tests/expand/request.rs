// Written by `pyi expand` for pyi-runtime 0.1.0.
const _: () = ::pyi_runtime::__private::written_for("0.1.0");
/// The spec that this client was generated from: the path and the text of each file.
pub const SPEC: &[(&str, &str)] = &[
    (
        "endpoints/request.yaml",
        "# Parameters in the path, the query, headers and a body of JSON; a text that is signed in an order of its own, and a key of HMACs.\npath: /v1/{city}/orders\nhost: orders\nbody: json\ntitle: 下单\nsource: made up for this test\neffect: query\nmethods: [POST, GET]\nformats: [json]\nenvelope: {data: .}\nfixed: {version: \"2\"}\nrequest:\n  city: {type: string, in: path, example: \"北 京/%\"}\n  lang: {type: string, in: query, optional: true}\n  X-Trace: {type: string, in: header, write: \"trace={value}\", optional: true}\n  amount: {type: decimal, example: \"12.50\"}\n  count: {type: integer, default: 1}\n  urgent: {type: boolean}\n  items: {type: any, example: '[{\"sku\":\"a\",\"count\":2}]'}\n  note: {type: string, signed: false, example: \"a \\\"quote\\\" \\\\ & <b> 张\"}\nresponse:\n  id: {type: string}\n",
    ),
    (
        "endpoints/time_get.yaml",
        "### endpoints/time_get.yaml\npath: /gateway\ntitle: 时间\nsource: made up for this test\neffect: query\nmethods: [GET]\nformats: [json]\nenvelope: {data: time_get_response}\nfixed: {action: time.get}\nrequest: {}\nresponse: any\n",
    ),
    (
        "endpoints/xml_order.yaml",
        "### endpoints/xml_order.yaml\npath: /gateway\nbody: xml\ntitle: 查询\nsource: made up for this test\neffect: query\nmethods: [POST]\nformats: [xml]\nenvelope: {data: .}\nfixed: {action: order.get, version: \"3\"}\nrequest:\n  detail: {type: any, example: '{\"a\":[1]}'}\n  text: {type: string, example: \"a<b> & 张\"}\nresponse:\n  text: {type: string, example: \"a<b> & 张\"}\n",
    ),
    (
        "provider.yaml",
        "### provider.yaml\nprovider: demo\ntitle: 示例\nsign:\n  parameter: X-Sign\n  in: header\n  write: \"HMAC {value}\"\n  methods: [hmac_sha256]\n  canonical:\n    pair: \"{key}={value}\"\n    join: \"&\"\n    order: listed\n    encode: rfc3986\n    hmac: \"{http_method}\\n{host}\\n{relative_path}\\n{query}\\n{app_id}\\n{time}\\n{nonce}\\n{version}\\n{encoded_params}\\n{body}\"\n    hmac_key: \"{secret}&\"\n  digest: {encoding: base64}\ncommon:\n  version: {value: \"1\"}\n  X-App: {from: app_id, in: header}\n  X-Time: {from: clock, in: header, write: \"%Y-%m-%dT%H:%M:%S.%3fZ\", zone: \"+08:00\"}\n  X-Nonce: {from: nonce, in: header}\n  moment: {from: clock, write: \"%Y%m%d%H%M%S\"}\nenvelope: {status: [code, http], message: message}\nstatuses:\n  200: {name: ok, title: 成功, class: data, billed: always}\n  401: {name: refused, title: 拒绝, class: auth, billed: never}\n",
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
    /// `/v1/{city}/orders`, POST or GET.
    ///
    /// Source: made up for this test.
    #[inline]
    pub fn request(
        &self,
        request: &RequestRequest,
    ) -> ::pyi_runtime::Call<'static, RequestData> {
        self.0.call(request)
    }
    /// 时间.
    ///
    /// `/gateway`, GET.
    ///
    /// Source: made up for this test.
    #[inline]
    pub fn time_get(
        &self,
        request: &TimeGet,
    ) -> ::pyi_runtime::Call<'static, TimeGetData> {
        self.0.call(request)
    }
    /// 查询.
    ///
    /// `/gateway`, POST.
    ///
    /// Source: made up for this test.
    #[inline]
    pub fn xml_order(
        &self,
        request: &XmlOrder,
    ) -> ::pyi_runtime::Call<'static, XmlOrderData> {
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
    /// 200: `成功`. Billed.
    Ok = 200,
    /// 401: `拒绝`. Not billed.
    Refused = 401,
}
impl Status {
    /// The status with a code, if the spec lists it.
    pub fn from_code(code: i32) -> ::core::option::Option<Self> {
        match code {
            200 => ::core::option::Option::Some(Self::Ok),
            401 => ::core::option::Option::Some(Self::Refused),
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
/// 下单: the request of [`Client::request`].
pub struct RequestRequest {
    /// `city` on the wire.
    ///
    /// Example: `北 京/%`
    pub city: ::std::string::String,
    /// `amount` on the wire.
    ///
    /// Example: `12.50`
    pub amount: ::pyi_runtime::Decimal,
    /// `urgent` on the wire.
    pub urgent: bool,
    /// `items` on the wire.
    ///
    /// Example: `[{"sku":"a","count":2}]`
    pub items: ::pyi_runtime::Any,
    /// `note` on the wire.
    ///
    /// Example: `a "quote" \ & &lt;b> 张`
    pub note: ::std::string::String,
}
impl ::pyi_runtime::Request for RequestRequest {
    type Data = RequestData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::REQUEST;
    #[inline]
    fn values(&self) -> ::pyi_runtime::__private::Values {
        ::pyi_runtime::__private::Values::of(
            &[&self.city, &self.amount, &self.urgent, &self.items, &self.note],
        )
    }
    #[inline]
    fn read(
        payload: ::pyi_runtime::__private::Payload<'_>,
    ) -> ::core::result::Result<Self::Data, ::pyi_runtime::DecodeError> {
        payload.object()
    }
}
impl ::core::fmt::Debug for RequestRequest {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "RequestRequest",
            &[
                ("city", ::core::option::Option::None),
                ("amount", ::core::option::Option::None),
                ("urgent", ::core::option::Option::None),
                ("items", ::core::option::Option::None),
                ("note", ::core::option::Option::None),
            ],
        )
    }
}
/// 下单: the optional fields of [`Client::request`].
#[derive(Default)]
#[non_exhaustive]
pub struct RequestOptions {
    /// `lang` on the wire.
    pub lang: ::core::option::Option<::std::string::String>,
    /// `X-Trace` on the wire.
    pub x_trace: ::core::option::Option<::std::string::String>,
    /// `count` on the wire.
    ///
    /// Default: `1`
    pub count: ::core::option::Option<i64>,
}
impl RequestOptions {
    /// `lang` on the wire.
    #[inline]
    #[must_use]
    pub fn lang(
        mut self,
        value: impl ::core::convert::Into<::std::string::String>,
    ) -> Self {
        self.lang = ::core::option::Option::Some(value.into());
        self
    }
    /// `X-Trace` on the wire.
    #[inline]
    #[must_use]
    pub fn x_trace(
        mut self,
        value: impl ::core::convert::Into<::std::string::String>,
    ) -> Self {
        self.x_trace = ::core::option::Option::Some(value.into());
        self
    }
    /// `count` on the wire.
    ///
    /// Default: `1`
    #[inline]
    #[must_use]
    pub fn count(mut self, value: i64) -> Self {
        self.count = ::core::option::Option::Some(value);
        self
    }
}
impl ::pyi_runtime::Options for RequestOptions {
    type Data = RequestData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::REQUEST;
    #[inline]
    fn values(&self) -> ::pyi_runtime::__private::Values {
        ::pyi_runtime::__private::Values::of(&[&self.lang, &self.x_trace, &self.count])
    }
}
impl ::core::fmt::Debug for RequestOptions {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "RequestOptions",
            &[
                ("lang", ::core::option::Option::None),
                ("x_trace", ::core::option::Option::None),
                ("count", ::core::option::Option::None),
            ],
        )
    }
}
/// 下单: the data of a reply to [`Client::request`].
///
/// A field that the provider leaves out is `None`. Members that the spec does not list stay in the reply's body.
#[non_exhaustive]
pub struct RequestData {
    /// `id` on the wire.
    pub id: ::core::option::Option<::std::string::String>,
}
impl ::pyi_runtime::__private::Decode for RequestData {
    const NAMES: &'static [&'static str] = &["id"];
    #[inline]
    fn decode(from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
        Self { id: from.string() }
    }
}
impl ::core::fmt::Debug for RequestData {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "RequestData",
            &[("id", ::core::option::Option::None)],
        )
    }
}
/// 时间: the request of [`Client::time_get`].
pub struct TimeGet {}
impl ::pyi_runtime::Request for TimeGet {
    type Data = TimeGetData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::TIME_GET;
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
impl ::core::fmt::Debug for TimeGet {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(f, "TimeGet", &[])
    }
}
/// 时间: the data of a reply to [`Client::time_get`].
///
/// Its type is unknown: it is kept as the provider sends it.
pub type TimeGetData = ::pyi_runtime::Any;
/// 查询: the request of [`Client::xml_order`].
pub struct XmlOrder {
    /// `detail` on the wire.
    ///
    /// Example: `{"a":[1]}`
    pub detail: ::pyi_runtime::Any,
    /// `text` on the wire.
    ///
    /// Example: `a&lt;b> & 张`
    pub text: ::std::string::String,
}
impl ::pyi_runtime::Request for XmlOrder {
    type Data = XmlOrderData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::XML_ORDER;
    #[inline]
    fn values(&self) -> ::pyi_runtime::__private::Values {
        ::pyi_runtime::__private::Values::of(&[&self.detail, &self.text])
    }
    #[inline]
    fn read(
        payload: ::pyi_runtime::__private::Payload<'_>,
    ) -> ::core::result::Result<Self::Data, ::pyi_runtime::DecodeError> {
        payload.object()
    }
}
impl ::core::fmt::Debug for XmlOrder {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "XmlOrder",
            &[
                ("detail", ::core::option::Option::None),
                ("text", ::core::option::Option::None),
            ],
        )
    }
}
/// 查询: the data of a reply to [`Client::xml_order`].
///
/// A field that the provider leaves out is `None`. Members that the spec does not list stay in the reply's body.
#[non_exhaustive]
pub struct XmlOrderData {
    /// `text` on the wire.
    ///
    /// Example: `a&lt;b> & 张`
    pub text: ::core::option::Option<::std::string::String>,
}
impl ::pyi_runtime::__private::Decode for XmlOrderData {
    const NAMES: &'static [&'static str] = &["text"];
    #[inline]
    fn decode(from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
        Self { text: from.string() }
    }
}
impl ::core::fmt::Debug for XmlOrderData {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "XmlOrderData",
            &[("text", ::core::option::Option::None)],
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
            parameter: "X-Sign",
            methods: &[SignMethod::HmacSha256],
            place: ParameterPlace::Header,
            template: "HMAC {value}",
            key_value_separator: "=",
            pair_separator: "&",
            encode: ::core::option::Option::Some(PercentEncoding::Rfc3986),
            order: ParameterOrder::Listed,
            hmac_text: &[
                Segment::Word(SegmentWord::HttpMethod),
                Segment::Text("\n"),
                Segment::Word(SegmentWord::Host),
                Segment::Text("\n"),
                Segment::Word(SegmentWord::RelativePath),
                Segment::Text("\n"),
                Segment::Word(SegmentWord::Query),
                Segment::Text("\n"),
                Segment::Word(SegmentWord::AppId),
                Segment::Text("\n"),
                Segment::Parameter("X-Time"),
                Segment::Text("\n"),
                Segment::Parameter("X-Nonce"),
                Segment::Text("\n"),
                Segment::Parameter("version"),
                Segment::Text("\n"),
                Segment::Word(SegmentWord::EncodedParams),
                Segment::Text("\n"),
                Segment::Word(SegmentWord::Body),
            ],
            hmac_key: &[Segment::Word(SegmentWord::Secret), Segment::Text("&")],
            encoding: Encoding::Base64,
            ..SigningScheme::MD5
        },
        envelope: Envelope {
            status: &["code", "http"],
            data: "",
            message: &["message"],
            ..Envelope::NOWHERE
        },
        statuses: &[
            StatusInfo::builder(200, "ok", StatusClass::Data)
                .billed(BillingRule::Always)
                .title("成功")
                .build(),
            StatusInfo::builder(401, "refused", StatusClass::Auth)
                .billed(BillingRule::Never)
                .title("拒绝")
                .build(),
        ],
        http: &[],
    };
    /// `/v1/{city}/orders`: 下单.
    pub static REQUEST: Operation<'static> = Operation {
        id: "request",
        path: "/v1/{city}/orders",
        title: "下单",
        effect: Effect::Query,
        methods: &[Method::Post, Method::Get],
        formats: &[Format::Json],
        host: ::core::option::Option::Some("orders"),
        body: BodyForm::Json,
        envelope: Envelope {
            status: &["code", "http"],
            data: ".",
            message: &["message"],
            ..Envelope::NOWHERE
        },
        parameters: &[
            Parameter::constant("version", "2"),
            Parameter::required("X-App", Source::AppId)
                .place(ParameterPlace::Header)
                .unsigned(),
            Parameter::required("X-Time", Source::Clock)
                .written(TimeForm::Pattern {
                    pattern: "%Y-%m-%dT%H:%M:%S.%3fZ",
                    offset: 28800,
                })
                .place(ParameterPlace::Header)
                .unsigned(),
            Parameter::required("X-Nonce", Source::Nonce(NonceForm::Hex))
                .place(ParameterPlace::Header)
                .unsigned(),
            Parameter::required("moment", Source::Clock)
                .written(TimeForm::Pattern {
                    pattern: "%Y%m%d%H%M%S",
                    offset: 0,
                }),
            Parameter::required("city", Source::Request(0))
                .place(ParameterPlace::Path)
                .unsigned(),
            Parameter::optional("lang", Source::Request(5)).place(ParameterPlace::Query),
            Parameter::optional("X-Trace", Source::Request(6))
                .place(ParameterPlace::Header)
                .template("trace={value}")
                .unsigned(),
            Parameter::required("amount", Source::Request(1)).json(JsonForm::Raw),
            Parameter::with_default("count", Source::Request(7), "1")
                .json(JsonForm::Raw),
            Parameter::required("urgent", Source::Request(2)).json(JsonForm::Boolean),
            Parameter::required("items", Source::Request(3)).json(JsonForm::Raw),
            Parameter::required("note", Source::Request(4)).unsigned(),
        ],
        ..Operation::of(&PROVIDER)
    };
    /// `/gateway`: 时间.
    pub static TIME_GET: Operation<'static> = Operation {
        id: "time_get",
        path: "/gateway",
        title: "时间",
        effect: Effect::Query,
        methods: &[Method::Get],
        formats: &[Format::Json],
        envelope: Envelope {
            status: &["code", "http"],
            data: "time_get_response",
            message: &["message"],
            ..Envelope::NOWHERE
        },
        parameters: &[
            Parameter::constant("action", "time.get"),
            Parameter::constant("version", "1"),
            Parameter::required("X-App", Source::AppId)
                .place(ParameterPlace::Header)
                .unsigned(),
            Parameter::required("X-Time", Source::Clock)
                .written(TimeForm::Pattern {
                    pattern: "%Y-%m-%dT%H:%M:%S.%3fZ",
                    offset: 28800,
                })
                .place(ParameterPlace::Header)
                .unsigned(),
            Parameter::required("X-Nonce", Source::Nonce(NonceForm::Hex))
                .place(ParameterPlace::Header)
                .unsigned(),
            Parameter::required("moment", Source::Clock)
                .written(TimeForm::Pattern {
                    pattern: "%Y%m%d%H%M%S",
                    offset: 0,
                }),
        ],
        ..Operation::of(&PROVIDER)
    };
    /// `/gateway`: 查询.
    pub static XML_ORDER: Operation<'static> = Operation {
        id: "xml_order",
        path: "/gateway",
        title: "查询",
        effect: Effect::Query,
        methods: &[Method::Post],
        formats: &[Format::Xml],
        body: BodyForm::Xml,
        envelope: Envelope {
            status: &["code", "http"],
            data: ".",
            message: &["message"],
            ..Envelope::NOWHERE
        },
        parameters: &[
            Parameter::constant("action", "order.get"),
            Parameter::constant("version", "3"),
            Parameter::required("X-App", Source::AppId)
                .place(ParameterPlace::Header)
                .unsigned(),
            Parameter::required("X-Time", Source::Clock)
                .written(TimeForm::Pattern {
                    pattern: "%Y-%m-%dT%H:%M:%S.%3fZ",
                    offset: 28800,
                })
                .place(ParameterPlace::Header)
                .unsigned(),
            Parameter::required("X-Nonce", Source::Nonce(NonceForm::Hex))
                .place(ParameterPlace::Header)
                .unsigned(),
            Parameter::required("moment", Source::Clock)
                .written(TimeForm::Pattern {
                    pattern: "%Y%m%d%H%M%S",
                    offset: 0,
                }),
            Parameter::required("detail", Source::Request(0)),
            Parameter::required("text", Source::Request(1)),
        ],
        ..Operation::of(&PROVIDER)
    };
    /// All endpoints.
    pub static ALL: &[&Operation<'static>] = &[&REQUEST, &TIME_GET, &XML_ORDER];
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
            /// `/v1/{city}/orders`, POST or GET.
            ///
            /// Source: made up for this test.
            #[inline]
            pub fn request(
                &self,
                request: &super::RequestRequest,
            ) -> ::pyi_runtime::blocking::Call<super::RequestData> {
                self.0.call(request)
            }
            /// 时间.
            ///
            /// `/gateway`, GET.
            ///
            /// Source: made up for this test.
            #[inline]
            pub fn time_get(
                &self,
                request: &super::TimeGet,
            ) -> ::pyi_runtime::blocking::Call<super::TimeGetData> {
                self.0.call(request)
            }
            /// 查询.
            ///
            /// `/gateway`, POST.
            ///
            /// Source: made up for this test.
            #[inline]
            pub fn xml_order(
                &self,
                request: &super::XmlOrder,
            ) -> ::pyi_runtime::blocking::Call<super::XmlOrderData> {
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
