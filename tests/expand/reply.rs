// Written by `pyi expand` for pyi-runtime 0.1.0.
const _: () = ::pyi_runtime::__private::written_for("0.1.0");
/// The spec that this client was generated from: the path and the text of each file.
pub const SPEC: &[(&str, &str)] = &[
    (
        "endpoints/reply.yaml",
        "# A reply whose payload is inside of a member, whose status is inside of another or absent, and codes that are texts.\npath: /demo/reply\ntitle: 时间\nsource: made up for this test\neffect: query\nmethods: [POST]\nformats: [json, xml]\nenvelope: {data: /time_get_response/now}\nrequest: {}\nresponse:\n  time: {type: string}\n",
    ),
    (
        "endpoints/whole_reply.yaml",
        "### endpoints/whole_reply.yaml\n# The whole reply is the payload, and HTTP says what it is.\npath: /demo/whole\ntitle: 全文\nsource: made up for this test\neffect: query\nmethods: [GET]\nformats: [json]\nenvelope: {status: [Code, http], message: Message, data: .}\nrequest: {}\nresponse:\n  Name: {type: string}\nstatuses:\n  404: {name: not_found, title: 查无, class: no_data, billed: never}\n  Invalid.Key: {name: invalid_key, title: 密钥错误, class: auth, billed: never}\n",
    ),
    (
        "provider.yaml",
        "### provider.yaml\nprovider: demo\ntitle: 示例\nsign:\n  parameter: sign\n  methods: [md5]\n  canonical: {pair: \"{key}{value}\", join: \"\", secret: \"{params}{secret}\"}\ncommon:\n  appid: {from: app_id}\nenvelope:\n  status: [/error_response/sub_code, /error_response/code]\n  absent: ok\n  message: [/error_response/sub_msg, /error_response/msg]\nstatuses:\n  ok: {name: ok, title: 成功, class: data, billed: always}\n  200: {name: done, title: 成功, class: data, billed: always}\n  15: {name: remote, title: 服务错误, class: server, billed: never, retry: true}\n  isv.invalid-parameter: {name: invalid_parameter, title: 参数错误, class: request, billed: never}\n",
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
    /// 时间.
    ///
    /// `/demo/reply`, POST.
    ///
    /// Source: made up for this test.
    #[inline]
    pub fn reply(
        &self,
        request: &ReplyRequest,
    ) -> ::pyi_runtime::Call<'static, ReplyData> {
        self.0.call(request)
    }
    /// 全文.
    ///
    /// `/demo/whole`, GET.
    ///
    /// Source: made up for this test.
    #[inline]
    pub fn whole_reply(
        &self,
        request: &WholeReply,
    ) -> ::pyi_runtime::Call<'static, WholeReplyData> {
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
pub enum Status {
    /// 15: `服务错误`. Not billed.
    Remote,
    /// 200: `成功`. Billed.
    Done,
    /// 404: `查无`. Not billed.
    NotFound,
    /// Invalid.Key: `密钥错误`. Not billed.
    InvalidKey,
    /// isv.invalid-parameter: `参数错误`. Not billed.
    InvalidParameter,
    /// ok: `成功`. Billed.
    Ok,
}
impl Status {
    /// The status with a code, if the spec lists it.
    pub fn from_code(code: &str) -> ::core::option::Option<Self> {
        match code {
            "15" => ::core::option::Option::Some(Self::Remote),
            "200" => ::core::option::Option::Some(Self::Done),
            "404" => ::core::option::Option::Some(Self::NotFound),
            "Invalid.Key" => ::core::option::Option::Some(Self::InvalidKey),
            "isv.invalid-parameter" => {
                ::core::option::Option::Some(Self::InvalidParameter)
            }
            "ok" => ::core::option::Option::Some(Self::Ok),
            _ => ::core::option::Option::None,
        }
    }
    /// The status of an error, if the spec lists it.
    pub fn of(error: &::pyi_runtime::Error) -> ::core::option::Option<Self> {
        error.status().and_then(|status| Self::from_code(&status.code.to_string()))
    }
    /// The code on the wire.
    pub fn code(self) -> &'static str {
        match self {
            Self::Remote => "15",
            Self::Done => "200",
            Self::NotFound => "404",
            Self::InvalidKey => "Invalid.Key",
            Self::InvalidParameter => "isv.invalid-parameter",
            Self::Ok => "ok",
        }
    }
    /// The name in the spec, in `snake_case`.
    pub fn name(self) -> &'static str {
        ::pyi_runtime::__private::find_status_of_text(operations::ALL, self.code())
            .map_or("", |status| &status.name)
    }
    /// The class of its answers.
    pub fn class(self) -> ::pyi_runtime::StatusClass {
        ::pyi_runtime::__private::find_status_of_text(operations::ALL, self.code())
            .map_or(::pyi_runtime::StatusClass::Other, |status| status.class)
    }
}
/// 时间: the request of [`Client::reply`].
pub struct ReplyRequest {}
impl ::pyi_runtime::Request for ReplyRequest {
    type Data = ReplyData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::REPLY;
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
impl ::core::fmt::Debug for ReplyRequest {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(f, "ReplyRequest", &[])
    }
}
/// 时间: the data of a reply to [`Client::reply`].
///
/// A field that the provider leaves out is `None`. Members that the spec does not list stay in the reply's body.
#[non_exhaustive]
pub struct ReplyData {
    /// `time` on the wire.
    pub time: ::core::option::Option<::std::string::String>,
}
impl ::pyi_runtime::__private::Decode for ReplyData {
    const NAMES: &'static [&'static str] = &["time"];
    #[inline]
    fn decode(from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
        Self { time: from.string() }
    }
}
impl ::core::fmt::Debug for ReplyData {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "ReplyData",
            &[("time", ::core::option::Option::None)],
        )
    }
}
/// 全文: the request of [`Client::whole_reply`].
pub struct WholeReply {}
impl ::pyi_runtime::Request for WholeReply {
    type Data = WholeReplyData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::WHOLE_REPLY;
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
impl ::core::fmt::Debug for WholeReply {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(f, "WholeReply", &[])
    }
}
/// 全文: the data of a reply to [`Client::whole_reply`].
///
/// A field that the provider leaves out is `None`. Members that the spec does not list stay in the reply's body.
#[non_exhaustive]
pub struct WholeReplyData {
    /// `Name` on the wire.
    pub name: ::core::option::Option<::std::string::String>,
}
impl ::pyi_runtime::__private::Decode for WholeReplyData {
    const NAMES: &'static [&'static str] = &["Name"];
    #[inline]
    fn decode(from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
        Self { name: from.string() }
    }
}
impl ::core::fmt::Debug for WholeReplyData {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "WholeReplyData",
            &[("name", ::core::option::Option::None)],
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
            status: &["/error_response/sub_code", "/error_response/code"],
            data: "",
            message: &["/error_response/sub_msg", "/error_response/msg"],
            absent: ::core::option::Option::Some(StatusCode::text("ok")),
            ..Envelope::NOWHERE
        },
        statuses: &[
            StatusInfo::builder(15, "remote", StatusClass::Server)
                .billed(BillingRule::Never)
                .title("服务错误")
                .retry(Retry::Later)
                .build(),
            StatusInfo::builder(200, "done", StatusClass::Data)
                .billed(BillingRule::Always)
                .title("成功")
                .build(),
            StatusInfo::builder_of(
                    StatusCode::text("isv.invalid-parameter"),
                    "invalid_parameter",
                    StatusClass::Request,
                )
                .billed(BillingRule::Never)
                .title("参数错误")
                .build(),
            StatusInfo::builder_of(StatusCode::text("ok"), "ok", StatusClass::Data)
                .billed(BillingRule::Always)
                .title("成功")
                .build(),
        ],
        http: &[],
    };
    /// `/demo/reply`: 时间.
    pub static REPLY: Operation<'static> = Operation {
        id: "reply",
        path: "/demo/reply",
        title: "时间",
        effect: Effect::Query,
        methods: &[Method::Post],
        formats: &[Format::Json, Format::Xml],
        envelope: Envelope {
            status: &["/error_response/sub_code", "/error_response/code"],
            data: "/time_get_response/now",
            message: &["/error_response/sub_msg", "/error_response/msg"],
            absent: ::core::option::Option::Some(StatusCode::text("ok")),
            ..Envelope::NOWHERE
        },
        parameters: &[Parameter::required("appid", Source::AppId)],
        ..Operation::of(&PROVIDER)
    };
    /// `/demo/whole`: 全文.
    pub static WHOLE_REPLY: Operation<'static> = Operation {
        id: "whole_reply",
        path: "/demo/whole",
        title: "全文",
        effect: Effect::Query,
        methods: &[Method::Get],
        formats: &[Format::Json],
        envelope: Envelope {
            status: &["Code", "http"],
            data: ".",
            message: &["Message"],
            absent: ::core::option::Option::Some(StatusCode::text("ok")),
            ..Envelope::NOWHERE
        },
        statuses: &[
            StatusInfo::builder(404, "not_found", StatusClass::NoData)
                .billed(BillingRule::Never)
                .title("查无")
                .build(),
            StatusInfo::builder_of(
                    StatusCode::text("Invalid.Key"),
                    "invalid_key",
                    StatusClass::Auth,
                )
                .billed(BillingRule::Never)
                .title("密钥错误")
                .build(),
        ],
        parameters: &[Parameter::required("appid", Source::AppId)],
        ..Operation::of(&PROVIDER)
    };
    /// All endpoints.
    pub static ALL: &[&Operation<'static>] = &[&REPLY, &WHOLE_REPLY];
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
            /// 时间.
            ///
            /// `/demo/reply`, POST.
            ///
            /// Source: made up for this test.
            #[inline]
            pub fn reply(
                &self,
                request: &super::ReplyRequest,
            ) -> ::pyi_runtime::blocking::Call<super::ReplyData> {
                self.0.call(request)
            }
            /// 全文.
            ///
            /// `/demo/whole`, GET.
            ///
            /// Source: made up for this test.
            #[inline]
            pub fn whole_reply(
                &self,
                request: &super::WholeReply,
            ) -> ::pyi_runtime::blocking::Call<super::WholeReplyData> {
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
