// Written by `pyi expand` for pyi-runtime 0.1.0.
const _: () = ::pyi_runtime::__private::written_for("0.1.0");
/// The spec that this client was generated from: the path and the text of each file.
pub const SPEC: &[(&str, &str)] = &[
    (
        "endpoints/http.yaml",
        "# HTTP statuses of answers without an envelope whose billing is known: data of the provider, a name and a title only where they are given.\npath: /demo/http\ntitle: 限流\nsource: made up for this test\neffect: query\nmethods: [POST]\nformats: [json]\nrequest:\n  mobile: {type: string}\nresponse:\n  city: {type: string}\n",
    ),
    (
        "provider.yaml",
        "### provider.yaml\nprovider: demo\ntitle: 示例\nsign:\n  parameter: sign\n  methods: [md5]\n  canonical: {pair: \"{key}{value}\", join: \"\", secret: \"{params}{secret}\", skip_empty: true}\n  digest: {algorithm: md5, case: lower}\ncommon:\n  appid: {from: app_id}\nenvelope: {status: codeid, message: message, data: retdata}\nstatuses:\n  -1: {name: busy, title: 系统繁忙, class: server, billed: never, retry: true}\n  10000: {name: ok, title: 返回成功, class: data, billed: always}\nhttp:\n  503: {class: server, billed: never, retry: true}\n  413: {name: too_large, title: 请求过大, class: request, billed: never, next: send a smaller picture}\n  429: {class: server, billed: never, retry: true}\n",
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
    /// 限流.
    ///
    /// `/demo/http`, POST.
    ///
    /// Source: made up for this test.
    #[inline]
    pub fn http(&self, request: &Http) -> ::pyi_runtime::Call<'static, HttpData> {
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
    /// -1: `系统繁忙`. Not billed.
    Busy = -1,
    /// 10000: `返回成功`. Billed.
    Ok = 10000,
}
impl Status {
    /// The status with a code, if the spec lists it.
    pub fn from_code(code: i32) -> ::core::option::Option<Self> {
        match code {
            -1 => ::core::option::Option::Some(Self::Busy),
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
/// 限流: the request of [`Client::http`].
pub struct Http {
    /// `mobile` on the wire.
    pub mobile: ::std::string::String,
}
impl ::pyi_runtime::Request for Http {
    type Data = HttpData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::HTTP;
    #[inline]
    fn values(&self) -> ::pyi_runtime::__private::Values {
        ::pyi_runtime::__private::Values::of(&[&self.mobile])
    }
    #[inline]
    fn read(
        payload: ::pyi_runtime::__private::Payload<'_>,
    ) -> ::core::result::Result<Self::Data, ::pyi_runtime::DecodeError> {
        payload.object()
    }
}
impl ::core::fmt::Debug for Http {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "Http",
            &[("mobile", ::core::option::Option::None)],
        )
    }
}
/// 限流: the data of a reply to [`Client::http`].
///
/// A field that the provider leaves out is `None`. Members that the spec does not list stay in the reply's body.
#[non_exhaustive]
pub struct HttpData {
    /// `city` on the wire.
    pub city: ::core::option::Option<::std::string::String>,
}
impl ::pyi_runtime::__private::Decode for HttpData {
    const NAMES: &'static [&'static str] = &["city"];
    #[inline]
    fn decode(from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
        Self { city: from.string() }
    }
}
impl ::core::fmt::Debug for HttpData {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "HttpData",
            &[("city", ::core::option::Option::None)],
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
            StatusInfo::builder(-1, "busy", StatusClass::Server)
                .billed(BillingRule::Never)
                .title("系统繁忙")
                .retry(Retry::Later)
                .build(),
            StatusInfo::builder(10000, "ok", StatusClass::Data)
                .billed(BillingRule::Always)
                .title("返回成功")
                .build(),
        ],
        http: &[
            StatusInfo::builder(413, "too_large", StatusClass::Request)
                .billed(BillingRule::Never)
                .title("请求过大")
                .remedy("send a smaller picture")
                .build(),
            StatusInfo::builder(429, "http_429", StatusClass::Server)
                .billed(BillingRule::Never)
                .retry(Retry::Later)
                .build(),
            StatusInfo::builder(503, "http_503", StatusClass::Server)
                .billed(BillingRule::Never)
                .retry(Retry::Later)
                .build(),
        ],
    };
    /// `/demo/http`: 限流.
    pub static HTTP: Operation<'static> = Operation {
        id: "http",
        path: "/demo/http",
        title: "限流",
        effect: Effect::Query,
        methods: &[Method::Post],
        formats: &[Format::Json],
        parameters: &[
            Parameter::required("appid", Source::AppId),
            Parameter::required("mobile", Source::Request(0)),
        ],
        ..Operation::of(&PROVIDER)
    };
    /// All endpoints.
    pub static ALL: &[&Operation<'static>] = &[&HTTP];
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
            /// 限流.
            ///
            /// `/demo/http`, POST.
            ///
            /// Source: made up for this test.
            #[inline]
            pub fn http(
                &self,
                request: &super::Http,
            ) -> ::pyi_runtime::blocking::Call<super::HttpData> {
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
