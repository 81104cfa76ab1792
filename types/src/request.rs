//! Properties of a request: how it is sent and signed, and where its parameters come from.

use crate::words::words;

words! {
    /// Whether a call changes anything at the provider.
    Effect {
        /// A look-up.
        "query" => Query,
        /// An action that must not happen twice.
        "act" => Act,
    }
}

words! {
    /// The HTTP method of a request.
    #[non_exhaustive]
    Method {
        /// The parameters are a form in the body.
        "POST" => Post,
        /// The parameters are the query of the URL, which proxies and logs see.
        "GET" => Get,
    }
}

words! {
    /// The format of a reply.
    #[non_exhaustive]
    Format {
        /// JSON.
        "json" => Json,
        /// XML, with any root element.
        "xml" => Xml,
        /// JSON inside a call of a JavaScript function of any name.
        "jsonp" => Jsonp,
    }
}

words! {
    /// The content of the signature parameter.
    #[non_exhaustive]
    SignMethod {
        /// MD5 digest of the canonical string (RFC 1321).
        "md5" => Md5,
        /// SHA-1 digest of the canonical string (FIPS 180-4).
        "sha1" => Sha1,
        /// SHA-256 digest of the canonical string (FIPS 180-4).
        "sha256" => Sha256,
        /// SM3 digest of the canonical string (GB/T 32905-2016).
        "sm3" => Sm3,
        /// HMAC-MD5 of the canonical string, keyed by the secret (RFC 2104).
        "hmac_md5" => HmacMd5,
        /// HMAC-SHA1 of the canonical string, keyed by the secret (RFC 2104).
        "hmac_sha1" => HmacSha1,
        /// HMAC-SHA256 of the canonical string, keyed by the secret (RFC 2104).
        "hmac_sha256" => HmacSha256,
        /// HMAC-SM3 of the canonical string, keyed by the secret (RFC 2104).
        "hmac_sm3" => HmacSm3,
        /// The secret itself, which every call then carries.
        "hash" => Hash,
    }
}

/// How a method makes the signature of the canonical string. Our own code matches it, so that a new
/// method is missed nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signing {
    /// The digest of the string, which has the secret in it.
    Digest(Digest),
    /// The HMAC of the string, keyed by the secret (RFC 2104).
    Hmac(Digest),
    /// The secret itself; nothing is digested.
    Secret,
}

words! {
    /// A digest.
    Digest {
        /// RFC 1321.
        "md5" => Md5,
        /// FIPS 180-4.
        "sha1" => Sha1,
        /// FIPS 180-4.
        "sha256" => Sha256,
        /// GB/T 32905-2016.
        "sm3" => Sm3,
    }
}

impl Digest {
    /// Its name in texts for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sm3 => "SM3",
        }
    }
}

impl SignMethod {
    /// How the method makes a signature.
    pub const fn signing(self) -> Signing {
        match self {
            Self::Md5 => Signing::Digest(Digest::Md5),
            Self::Sha1 => Signing::Digest(Digest::Sha1),
            Self::Sha256 => Signing::Digest(Digest::Sha256),
            Self::Sm3 => Signing::Digest(Digest::Sm3),
            Self::HmacMd5 => Signing::Hmac(Digest::Md5),
            Self::HmacSha1 => Signing::Hmac(Digest::Sha1),
            Self::HmacSha256 => Signing::Hmac(Digest::Sha256),
            Self::HmacSm3 => Signing::Hmac(Digest::Sm3),
            Self::Hash => Signing::Secret,
        }
    }
}

impl Method {
    /// Whether the parameters are a form in the body. Otherwise they are the query of the URL.
    pub const fn has_body(self) -> bool {
        match self {
            Self::Post => true,
            Self::Get => false,
        }
    }
}

impl Format {
    /// The media type of a reply, as the provider sends it.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Xml => "application/xml",
            Self::Jsonp => "application/javascript",
        }
    }
}

words! {
    /// The case of a digest's hexadecimal digits.
    Case {
        /// `0123456789abcdef`.
        "lower" => Lower,
        /// `0123456789ABCDEF`.
        "upper" => Upper,
    }
}

words! {
    /// How a digest is written.
    Encoding {
        /// In hexadecimal digits.
        "hex" => Hex,
        /// In base64, with `=` at its end (RFC 4648, section 4).
        "base64" => Base64,
    }
}

words! {
    /// Where the client takes the value of a common parameter from.
    CommonSource {
        /// The app id that the client was built with.
        "app_id" => AppId,
        /// The format that the call asks for.
        "format" => Format,
        /// The clock.
        "clock" => Clock,
        /// `1` if the call asks for data made up for testing.
        "debug" => Debug,
        /// 32 random hexadecimal digits, anew for each attempt.
        "nonce" => Nonce,
    }
}

words! {
    /// How a time is written.
    TimeForm {
        /// In unix seconds.
        "unix" => Unix,
        /// In unix milliseconds.
        "unix_ms" => UnixMs,
    }
}

words! {
    /// A named rule for a request's value, which the client runs when the caller asks for it.
    CheckWord {
        /// A resident ID number in the form of GB 11643-1999.
        "resident_id" => ResidentId,
        /// Digits only.
        "digits" => Digits,
    }
}
