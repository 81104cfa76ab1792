/// The spec that this client was generated from: the path and the text of each file.
pub const SPEC: &[(&str, &str)] = &[
    (
        "provider.yaml",
        "### provider.yaml\n# Another provider: its pairs are written `k=v&…`, its secret stands at both ends, its digits are upper-case, its digest is\n# MD5 or HMAC-SHA256.\nprovider: other\ntitle: Other\nsign:\n  parameter: signature\n  methods: [md5, hmac_sha256]\n  canonical: {pair: \"{key}={value}\", join: \"&\", secret: \"key={secret}&{params}&key={secret}\", skip_empty: true}\n  digest: {algorithm: md5, case: upper}\ncommon:\n  app: {from: app_id}\nenvelope: {status: code, message: msg, data: data}\nstatuses:\n  0: {name: success, title: Success, class: data, billed: always}\n",
    ),
];
/// A client of Other. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Client(::pyi_runtime::Client);
impl Client {
    /// A builder of a client: base URL, app, limits.
    #[inline]
    pub fn builder() -> ::pyi_runtime::ClientBuilder<Self> {
        ::pyi_runtime::ClientBuilder::new()
    }
    /// The runtime's client, which makes the calls.
    #[inline]
    pub fn runtime(&self) -> &::pyi_runtime::Client {
        &self.0
    }
}
impl ::core::convert::From<::pyi_runtime::Client> for Client {
    #[inline]
    fn from(client: ::pyi_runtime::Client) -> Self {
        Self(client)
    }
}
/// A status of Other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(i32)]
pub enum Status {
    /// 0: `Success`. Billed.
    Success = 0,
}
impl Status {
    /// The status with a code, if the spec lists it.
    pub fn from_code(code: i32) -> ::core::option::Option<Self> {
        match code {
            0 => ::core::option::Option::Some(Self::Success),
            _ => ::core::option::Option::None,
        }
    }
    /// The status of an error, if the spec lists it.
    pub fn of(error: &::pyi_runtime::Error) -> ::core::option::Option<Self> {
        error.status().and_then(|status| Self::from_code(status.code))
    }
    /// The code on the wire.
    pub fn code(self) -> i32 {
        self as i32
    }
}
/// The provider and its endpoints as plain data.
pub mod operations {
    use ::pyi_runtime::operation::*;
    /// The data that all endpoints of Other share.
    pub static PROVIDER: Provider<'static> = Provider {
        name: "other",
        title: "Other",
        sign: SigningScheme {
            parameter: "signature",
            methods: &[SignMethod::Md5, SignMethod::HmacSha256],
            key_value_separator: "=",
            pair_separator: "&",
            prefix: &[Segment::Text("key="), Segment::Secret, Segment::Text("&")],
            suffix: &[Segment::Text("&key="), Segment::Secret],
            skip_empty: true,
            case: Case::Upper,
        },
        statuses: &[
            StatusInfo::new(
                0,
                "success",
                "Success",
                StatusClass::Data,
                BillingRule::Always,
                Retry::Never,
                "",
            ),
        ],
        http: &[],
    };
    /// All endpoints.
    pub static ALL: &[&Operation<'static>] = &[];
}
::pyi_runtime::if_blocking! {
    /// The blocking client, for use inside or outside of an async runtime.
    pub mod blocking {
        /// As [`Client`](super::Client), for the calling thread.
        #[derive(Debug, Clone)]
        pub struct Client(::pyi_runtime::blocking::Client);
        impl Client {
            /// A builder of a client: base URL, app, limits.
            #[inline]
            pub fn builder() -> ::pyi_runtime::ClientBuilder<Self> {
                ::pyi_runtime::ClientBuilder::new()
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
