// Written by `pyi expand` for pyi-runtime 0.1.0.
const _: () = ::pyi_runtime::__private::written_for("0.1.0");
/// The spec that this client was generated from: the path and the text of each file.
pub const SPEC: &[(&str, &str)] = &[
    (
        "endpoints/digests.yaml",
        "# Headers with digests of the body, a time with the English names of day and month, and a signature beside the app's id.\npath: /v1/names\nbody: json\ntitle: 核验\nsource: made up for this test\neffect: query\nmethods: [POST]\nformats: [json]\nenvelope: {data: .}\nrequest:\n  name: {type: string, example: \"张 <三>\"}\nresponse:\n  id: {type: string}\n",
    ),
    (
        "endpoints/form.yaml",
        "### endpoints/form.yaml\npath: /v1/{part}/form\ntitle: 查询\nsource: made up for this test\neffect: query\nmethods: [POST, GET]\nformats: [json]\nenvelope: {data: .}\nrequest:\n  part: {type: string, in: path, example: a b}\n  text: {type: string, example: \"a b~*+张\"}\nresponse:\n  id: {type: string}\n",
    ),
    (
        "provider.yaml",
        "### provider.yaml\nprovider: demo\ntitle: 示例\nsign:\n  parameter: Authorization\n  in: header\n  write: \"demo {app_id}:{value}\"\n  methods: [hmac_sha1]\n  canonical:\n    hmac: \"{http_method}\\n{Content-MD5}\\n{Date}\\n{target}\"\n  digest: {encoding: base64}\ncommon:\n  Content-MD5: {from: body_md5_base64, in: header}\n  X-MD5: {from: body_md5, in: header}\n  X-SHA256: {from: body_sha256, in: header, write: \"sha256={value}\"}\n  Date: {from: clock, in: header, write: \"%a, %d %b %Y %H:%M:%S GMT\"}\nenvelope: {status: [code, http], message: message}\nstatuses:\n  200: {name: ok, title: 成功, class: data, billed: always}\n  401: {name: refused, title: 拒绝, class: auth, billed: never}\n",
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
    /// 核验.
    ///
    /// `/v1/names`, POST.
    ///
    /// Source: made up for this test.
    #[inline]
    pub fn digests(
        &self,
        request: &Digests,
    ) -> ::pyi_runtime::Call<'static, DigestsData> {
        self.0.call(request)
    }
    /// 查询.
    ///
    /// `/v1/{part}/form`, POST or GET.
    ///
    /// Source: made up for this test.
    #[inline]
    pub fn form(&self, request: &Form) -> ::pyi_runtime::Call<'static, FormData> {
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
/// 核验: the request of [`Client::digests`].
pub struct Digests {
    /// `name` on the wire.
    ///
    /// Example: `张 <三>`
    pub name: ::std::string::String,
}
impl ::pyi_runtime::Request for Digests {
    type Data = DigestsData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::DIGESTS;
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
impl ::core::fmt::Debug for Digests {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "Digests",
            &[("name", ::core::option::Option::None)],
        )
    }
}
/// 核验: the data of a reply to [`Client::digests`].
///
/// A field that the provider leaves out is `None`. Members that the spec does not list stay in the reply's body.
#[non_exhaustive]
pub struct DigestsData {
    /// `id` on the wire.
    pub id: ::core::option::Option<::std::string::String>,
}
impl ::pyi_runtime::__private::Decode for DigestsData {
    const NAMES: &'static [&'static str] = &["id"];
    #[inline]
    fn decode(from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
        Self { id: from.string() }
    }
}
impl ::core::fmt::Debug for DigestsData {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "DigestsData",
            &[("id", ::core::option::Option::None)],
        )
    }
}
/// 查询: the request of [`Client::form`].
pub struct Form {
    /// `part` on the wire.
    ///
    /// Example: `a b`
    pub part: ::std::string::String,
    /// `text` on the wire.
    ///
    /// Example: `a b~*+张`
    pub text: ::std::string::String,
}
impl ::pyi_runtime::Request for Form {
    type Data = FormData;
    const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::FORM;
    #[inline]
    fn values(&self) -> ::pyi_runtime::__private::Values {
        ::pyi_runtime::__private::Values::of(&[&self.part, &self.text])
    }
    #[inline]
    fn read(
        payload: ::pyi_runtime::__private::Payload<'_>,
    ) -> ::core::result::Result<Self::Data, ::pyi_runtime::DecodeError> {
        payload.object()
    }
}
impl ::core::fmt::Debug for Form {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "Form",
            &[
                ("part", ::core::option::Option::None),
                ("text", ::core::option::Option::None),
            ],
        )
    }
}
/// 查询: the data of a reply to [`Client::form`].
///
/// A field that the provider leaves out is `None`. Members that the spec does not list stay in the reply's body.
#[non_exhaustive]
pub struct FormData {
    /// `id` on the wire.
    pub id: ::core::option::Option<::std::string::String>,
}
impl ::pyi_runtime::__private::Decode for FormData {
    const NAMES: &'static [&'static str] = &["id"];
    #[inline]
    fn decode(from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
        Self { id: from.string() }
    }
}
impl ::core::fmt::Debug for FormData {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::pyi_runtime::__private::redact::debug(
            f,
            "FormData",
            &[("id", ::core::option::Option::None)],
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
            parameter: "Authorization",
            methods: &[SignMethod::HmacSha1],
            place: ParameterPlace::Header,
            template: "demo {app_id}:{value}",
            has_names: false,
            hmac_text: &[
                Segment::Word(SegmentWord::HttpMethod),
                Segment::Text("\n"),
                Segment::Parameter("Content-MD5"),
                Segment::Text("\n"),
                Segment::Parameter("Date"),
                Segment::Text("\n"),
                Segment::Word(SegmentWord::Target),
            ],
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
    /// `/v1/names`: 核验.
    pub static DIGESTS: Operation<'static> = Operation {
        id: "digests",
        path: "/v1/names",
        title: "核验",
        effect: Effect::Query,
        methods: &[Method::Post],
        formats: &[Format::Json],
        body: BodyForm::Json,
        envelope: Envelope {
            status: &["code", "http"],
            data: ".",
            message: &["message"],
            ..Envelope::NOWHERE
        },
        parameters: &[
            Parameter::required(
                    "Content-MD5",
                    Source::Body(Digest::Md5, Encoding::Base64),
                )
                .place(ParameterPlace::Header)
                .unsigned(),
            Parameter::required("Date", Source::Clock)
                .written(TimeForm::Pattern {
                    pattern: "%a, %d %b %Y %H:%M:%S GMT",
                    offset: 0,
                })
                .place(ParameterPlace::Header)
                .unsigned(),
            Parameter::required("X-MD5", Source::Body(Digest::Md5, Encoding::Hex))
                .place(ParameterPlace::Header)
                .unsigned(),
            Parameter::required("X-SHA256", Source::Body(Digest::Sha256, Encoding::Hex))
                .written(TimeForm::Pattern {
                    pattern: "sha256={value}",
                    offset: 0,
                })
                .place(ParameterPlace::Header)
                .template("sha256={value}")
                .unsigned(),
            Parameter::required("name", Source::Request(0)),
        ],
        ..Operation::of(&PROVIDER)
    };
    /// `/v1/{part}/form`: 查询.
    pub static FORM: Operation<'static> = Operation {
        id: "form",
        path: "/v1/{part}/form",
        title: "查询",
        effect: Effect::Query,
        methods: &[Method::Post, Method::Get],
        formats: &[Format::Json],
        envelope: Envelope {
            status: &["code", "http"],
            data: ".",
            message: &["message"],
            ..Envelope::NOWHERE
        },
        parameters: &[
            Parameter::required(
                    "Content-MD5",
                    Source::Body(Digest::Md5, Encoding::Base64),
                )
                .place(ParameterPlace::Header)
                .unsigned(),
            Parameter::required("Date", Source::Clock)
                .written(TimeForm::Pattern {
                    pattern: "%a, %d %b %Y %H:%M:%S GMT",
                    offset: 0,
                })
                .place(ParameterPlace::Header)
                .unsigned(),
            Parameter::required("X-MD5", Source::Body(Digest::Md5, Encoding::Hex))
                .place(ParameterPlace::Header)
                .unsigned(),
            Parameter::required("X-SHA256", Source::Body(Digest::Sha256, Encoding::Hex))
                .written(TimeForm::Pattern {
                    pattern: "sha256={value}",
                    offset: 0,
                })
                .place(ParameterPlace::Header)
                .template("sha256={value}")
                .unsigned(),
            Parameter::required("part", Source::Request(0))
                .place(ParameterPlace::Path)
                .unsigned(),
            Parameter::required("text", Source::Request(1)),
        ],
        ..Operation::of(&PROVIDER)
    };
    /// All endpoints.
    pub static ALL: &[&Operation<'static>] = &[&DIGESTS, &FORM];
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
            /// 核验.
            ///
            /// `/v1/names`, POST.
            ///
            /// Source: made up for this test.
            #[inline]
            pub fn digests(
                &self,
                request: &super::Digests,
            ) -> ::pyi_runtime::blocking::Call<super::DigestsData> {
                self.0.call(request)
            }
            /// 查询.
            ///
            /// `/v1/{part}/form`, POST or GET.
            ///
            /// Source: made up for this test.
            #[inline]
            pub fn form(
                &self,
                request: &super::Form,
            ) -> ::pyi_runtime::blocking::Call<super::FormData> {
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
