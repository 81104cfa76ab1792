// Written by `pyi expand` for pyi-runtime 0.1.0.
const _: () = ::pyi_runtime::__private::written_for("0.1.0");
/// The spec that this client was generated from: the path and the text of each file.
pub const SPEC: &[(&str, &str)] = &[
    (
        "endpoints/beside.yaml",
        "# What is signed and not sent by itself, a text that is encoded as a whole, a body of XML with another root, and replies whose\n# text is JSON or that have no body.\npath: /look\ntitle: 查询\nsource: made up for this test\neffect: query\nmethods: [POST]\nformats: [json]\nbody: xml\nxml_root: request\nrequest:\n  name: {type: string}\nresponse:\n  name: {type: string, example: 示例, public: true}\n",
    ),
    (
        "endpoints/drop.yaml",
        "### endpoints/drop.yaml\npath: /orders/{order}\ntitle: 删除\nsource: made up for this test\neffect: act\nmethods: [DELETE]\nformats: [json]\nrequest:\n  order: {type: string, in: path}\nresponse: {}\n",
    ),
    (
        "provider.yaml",
        "### provider.yaml\nprovider: demo\ntitle: 示例\nsign:\n  parameter: X-Sign\n  in: header\n  write: \"id={app_id};ts={time};once={nonce};v1={value}\"\n  methods: [sha512]\n  canonical:\n    pair: \"{key}={value}\"\n    join: \"&\"\n    encode_text: rfc3986\n    secret: \"{http_method}{path}{params}\"\n    secret_as: key\n  digest: {encoding: base64url}\ncommon:\n  ts: {from: clock, in: sign}\n  once: {from: nonce, write: digits, in: sign}\n  kind: {value: web, in: sign}\nenvelope: {status: /body/code, message: /body/message, data: /body/data, json_text: [body, /body/data], empty: 0}\nstatuses:\n  0: {name: ok, title: 成功, class: data, billed: always}\n  401: {name: refused, title: 拒绝, class: auth, billed: never}\n",
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
    /// 查询.
    ///
    /// `/look`, POST.
    ///
    /// Source: made up for this test.
    #[inline]
    pub fn beside(&self, request: &Beside) -> ::pyi_runtime::Call<'static, BesideData> {
        self.0.call(request)
    }
    /// 删除.
    ///
    /// `/orders/{order}`, DELETE.
    ///
    /// Source: made up for this test.
    #[inline]
    pub fn drop(&self, request: &Drop) -> ::pyi_runtime::Call<'static, DropData> {
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
    /// 401: `拒绝`. Not billed.
    Refused = 401,
}
impl Status {
    /// The status with a code, if the spec lists it.
    pub fn from_code(code: i32) -> ::core::option::Option<Self> {
        match code {
            0 => ::core::option::Option::Some(Self::Ok),
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
/// 查询: the request of [`Client::beside`].
pub struct Beside {
    /// `name` on the wire.
    pub name: ::std::string::String,
}
impl ::pyi_runtime::Request for Beside {
    type Data = BesideData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::BESIDE;
    #[inline]
    fn values(&self) -> ::pyi_runtime::__private::Values {
        ::pyi_runtime::__private::Values::of(&[&self.name])
    }
    #[inline]
    fn read(
        payload: ::pyi_runtime::__private::Payload<'_>,
    ) -> ::core::result::Result<Self::Data, ::pyi_runtime::DecodeError> {
        payload.object()
    }
}
impl ::core::fmt::Debug for Beside {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "Beside",
            &[("name", ::core::option::Option::None)],
        )
    }
}
/// 查询: the data of a reply to [`Client::beside`].
///
/// A field that the provider leaves out is `None`. Members that the spec does not list stay in the reply's body.
#[non_exhaustive]
pub struct BesideData {
    /// `name` on the wire.
    ///
    /// Example: `示例`
    pub name: ::core::option::Option<::std::string::String>,
}
impl ::pyi_runtime::__private::Decode for BesideData {
    const NAMES: &'static [&'static str] = &["name"];
    #[inline]
    fn decode(from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
        Self { name: from.string() }
    }
}
impl ::core::fmt::Debug for BesideData {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "BesideData",
            &[("name", ::core::option::Option::Some(&self.name))],
        )
    }
}
/// 删除: the request of [`Client::drop`].
pub struct Drop {
    /// `order` on the wire.
    pub order: ::std::string::String,
}
impl ::pyi_runtime::Request for Drop {
    type Data = DropData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::DROP;
    #[inline]
    fn values(&self) -> ::pyi_runtime::__private::Values {
        ::pyi_runtime::__private::Values::of(&[&self.order])
    }
    #[inline]
    fn read(
        payload: ::pyi_runtime::__private::Payload<'_>,
    ) -> ::core::result::Result<Self::Data, ::pyi_runtime::DecodeError> {
        payload.object()
    }
}
impl ::core::fmt::Debug for Drop {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "Drop",
            &[("order", ::core::option::Option::None)],
        )
    }
}
/// 删除: the data of a reply to [`Client::drop`].
///
/// A field that the provider leaves out is `None`. Members that the spec does not list stay in the reply's body.
#[non_exhaustive]
pub struct DropData {}
impl ::pyi_runtime::__private::Decode for DropData {
    const NAMES: &'static [&'static str] = &[];
    #[inline]
    fn decode(_from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
        Self {}
    }
}
impl ::core::fmt::Debug for DropData {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(f, "DropData", &[])
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
            methods: &[SignMethod::Sha512],
            place: ParameterPlace::Header,
            template: "id={app_id};ts={ts};once={once};v1={value}",
            key_value_separator: "=",
            pair_separator: "&",
            secret_as: "key",
            encode_text: ::core::option::Option::Some(PercentEncoding::Rfc3986),
            digest_text: &[
                Segment::Word(SegmentWord::HttpMethod),
                Segment::Word(SegmentWord::Path),
                Segment::Word(SegmentWord::Params),
            ],
            encoding: Encoding::Base64Url,
            ..SigningScheme::MD5
        },
        envelope: Envelope {
            status: &["/body/code"],
            data: "/body/data",
            message: &["/body/message"],
            json_text: &["body", "/body/data"],
            empty: ::core::option::Option::Some(StatusCode::from_number(0)),
            ..Envelope::NOWHERE
        },
        statuses: &[
            StatusInfo::builder(0, "ok", StatusClass::Data)
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
    /// `/look`: 查询.
    pub static BESIDE: Operation<'static> = Operation {
        id: "beside",
        path: "/look",
        title: "查询",
        effect: Effect::Query,
        methods: &[Method::Post],
        formats: &[Format::Json],
        body: BodyForm::Xml,
        xml_root: "request",
        parameters: &[
            Parameter::required("key", Source::Secret)
                .place(ParameterPlace::Sign)
                .template("{secret}"),
            Parameter::constant("kind", "web").place(ParameterPlace::Sign),
            Parameter::required("name", Source::Request(0)),
            Parameter::required("once", Source::Nonce(NonceForm::Digits))
                .written(TimeForm::Pattern {
                    pattern: "digits",
                    offset: 0,
                })
                .place(ParameterPlace::Sign),
            Parameter::required("ts", Source::Clock).place(ParameterPlace::Sign),
        ],
        ..Operation::of(&PROVIDER)
    };
    /// `/orders/{order}`: 删除.
    pub static DROP: Operation<'static> = Operation {
        id: "drop",
        path: "/orders/{order}",
        title: "删除",
        effect: Effect::Act,
        methods: &[Method::Delete],
        formats: &[Format::Json],
        parameters: &[
            Parameter::required("key", Source::Secret)
                .place(ParameterPlace::Sign)
                .template("{secret}"),
            Parameter::constant("kind", "web").place(ParameterPlace::Sign),
            Parameter::required("once", Source::Nonce(NonceForm::Digits))
                .written(TimeForm::Pattern {
                    pattern: "digits",
                    offset: 0,
                })
                .place(ParameterPlace::Sign),
            Parameter::required("order", Source::Request(0))
                .place(ParameterPlace::Path)
                .unsigned(),
            Parameter::required("ts", Source::Clock).place(ParameterPlace::Sign),
        ],
        ..Operation::of(&PROVIDER)
    };
    /// All endpoints.
    pub static ALL: &[&Operation<'static>] = &[&BESIDE, &DROP];
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
            /// 查询.
            ///
            /// `/look`, POST.
            ///
            /// Source: made up for this test.
            #[inline]
            pub fn beside(
                &self,
                request: &super::Beside,
            ) -> ::pyi_runtime::blocking::Call<super::BesideData> {
                self.0.call(request)
            }
            /// 删除.
            ///
            /// `/orders/{order}`, DELETE.
            ///
            /// Source: made up for this test.
            #[inline]
            pub fn drop(
                &self,
                request: &super::Drop,
            ) -> ::pyi_runtime::blocking::Call<super::DropData> {
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
