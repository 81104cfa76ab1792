// Written by `pyi expand` for pyi-runtime 0.1.0.
const _: () = ::pyi_runtime::__private::written_for("0.1.0");
/// The spec that this client was generated from: the path and the text of each file.
pub const SPEC: &[(&str, &str)] = &[
    (
        "endpoints/look.yaml",
        "### endpoints/look.yaml\npath: /look\ntitle: Look\nsource: made up\neffect: query\nmethods: [POST]\nformats: [json]\nrequest:\n  name: {type: string, title: Name, example: 张三}\nresponse:\n  name: {type: string, title: Name}\n",
    ),
    (
        "provider.yaml",
        "### provider.yaml\n# Parameters that the client fills in: a nonce, a time in milliseconds, a constant, and one that is sent and not signed.\nprovider: common\ntitle: Common\nsign:\n  parameter: sign\n  methods: [hmac_sha1, sm3]\n  canonical: {pair: \"{key}{value}\", join: \"\", secret: \"{params}{secret}\", hmac: \"{params}\"}\n  digest: {encoding: base64}\ncommon:\n  app: {from: app_id}\n  nonce: {from: nonce}\n  timestamp: {from: clock, write: unix_ms}\n  v: {value: \"2.0\"}\n  partner: {value: pyi, signed: false}\nenvelope: {status: code, message: msg, data: data}\nstatuses:\n  0: {name: success, title: Success, class: data, billed: always}\n  1: {name: bad_signature, title: Bad signature, class: auth, billed: never}\n",
    ),
];
/// A client of Common. Clones share its connections.
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
    /// Look.
    ///
    /// `/look`, POST.
    ///
    /// Source: made up.
    #[inline]
    pub fn look(&self, request: &Look) -> ::pyi_runtime::Call<'static, LookData> {
        self.0.call(request)
    }
}
impl ::core::convert::From<::pyi_runtime::Client> for Client {
    #[inline]
    fn from(client: ::pyi_runtime::Client) -> Self {
        Self(client)
    }
}
/// A status of Common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(i32)]
pub enum Status {
    /// 0: `Success`. Billed.
    Success = 0,
    /// 1: `Bad signature`. Not billed.
    BadSignature = 1,
}
impl Status {
    /// The status with a code, if the spec lists it.
    pub fn from_code(code: i32) -> ::core::option::Option<Self> {
        match code {
            0 => ::core::option::Option::Some(Self::Success),
            1 => ::core::option::Option::Some(Self::BadSignature),
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
/// Look: the request of [`Client::look`].
pub struct Look {
    /// Name.
    ///
    /// Example: `张三`
    pub name: ::std::string::String,
}
impl ::pyi_runtime::Request for Look {
    type Data = LookData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::LOOK;
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
impl ::core::fmt::Debug for Look {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "Look",
            &[("name", ::core::option::Option::None)],
        )
    }
}
/// Look: the data of a reply to [`Client::look`].
///
/// A field that the provider leaves out is `None`. Members that the spec does not list stay in the reply's body.
#[non_exhaustive]
pub struct LookData {
    /// Name.
    pub name: ::core::option::Option<::std::string::String>,
}
impl ::pyi_runtime::__private::Decode for LookData {
    const NAMES: &'static [&'static str] = &["name"];
    #[inline]
    fn decode(from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
        Self { name: from.string() }
    }
}
impl ::core::fmt::Debug for LookData {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "LookData",
            &[("name", ::core::option::Option::None)],
        )
    }
}
/// The provider and its endpoints as plain data.
pub mod operations {
    use ::pyi_runtime::__private::operation::*;
    /// The data that all endpoints of Common share.
    pub static PROVIDER: Provider<'static> = Provider {
        name: "common",
        title: "Common",
        sign: SigningScheme {
            parameter: "sign",
            methods: &[SignMethod::HmacSha1, SignMethod::Sm3],
            digest_text: &[
                Segment::Word(SegmentWord::Params),
                Segment::Word(SegmentWord::Secret),
            ],
            hmac_text: &[Segment::Word(SegmentWord::Params)],
            encoding: Encoding::Base64,
            ..SigningScheme::MD5
        },
        envelope: Envelope {
            status: &["code"],
            data: "data",
            message: &["msg"],
            ..Envelope::NOWHERE
        },
        statuses: &[
            StatusInfo::builder(0, "success", StatusClass::Data)
                .billed(BillingRule::Always)
                .title("Success")
                .build(),
            StatusInfo::builder(1, "bad_signature", StatusClass::Auth)
                .billed(BillingRule::Never)
                .title("Bad signature")
                .build(),
        ],
        http: &[],
    };
    /// `/look`: Look.
    pub static LOOK: Operation<'static> = Operation {
        id: "look",
        path: "/look",
        title: "Look",
        effect: Effect::Query,
        methods: &[Method::Post],
        formats: &[Format::Json],
        parameters: &[
            Parameter::required("app", Source::AppId),
            Parameter::required("name", Source::Request(0)),
            Parameter::required("nonce", Source::Nonce(NonceForm::Hex)),
            Parameter::constant("partner", "pyi").unsigned(),
            Parameter::required("timestamp", Source::Clock).written(TimeForm::UnixMs),
            Parameter::constant("v", "2.0"),
        ],
        ..Operation::of(&PROVIDER)
    };
    /// All endpoints.
    pub static ALL: &[&Operation<'static>] = &[&LOOK];
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
            /// Look.
            ///
            /// `/look`, POST.
            ///
            /// Source: made up.
            #[inline]
            pub fn look(
                &self,
                request: &super::Look,
            ) -> ::pyi_runtime::blocking::Call<super::LookData> {
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
