//! Properties of a signature: its method, its digest, and the text that is signed.

use crate::words::words;

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
        /// SHA-384 digest of the canonical string (FIPS 180-4).
        "sha384" => Sha384,
        /// SHA-512 digest of the canonical string (FIPS 180-4).
        "sha512" => Sha512,
        /// SM3 digest of the canonical string (GB/T 32905-2016).
        "sm3" => Sm3,
        /// HMAC-MD5 of the canonical string, keyed by the secret (RFC 2104).
        "hmac_md5" => HmacMd5,
        /// HMAC-SHA1 of the canonical string, keyed by the secret (RFC 2104).
        "hmac_sha1" => HmacSha1,
        /// HMAC-SHA256 of the canonical string, keyed by the secret (RFC 2104).
        "hmac_sha256" => HmacSha256,
        /// HMAC-SHA384 of the canonical string, keyed by the secret (RFC 2104).
        "hmac_sha384" => HmacSha384,
        /// HMAC-SHA512 of the canonical string, keyed by the secret (RFC 2104).
        "hmac_sha512" => HmacSha512,
        /// HMAC-SM3 of the canonical string, keyed by the secret (RFC 2104).
        "hmac_sm3" => HmacSm3,
        /// The secret itself, which every call then carries.
        "hash" => Hash,
        /// A key that is sent as it is, with nothing that is signed.
        "key" => Key,
        /// The app's id and the secret as HTTP's Basic authentication has them (RFC 7617).
        "basic" => Basic,
        /// A signature that the client's signer makes outside, such as by RSA.
        "signer" => Signer,
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
    /// The app's id and the secret, in base64 (RFC 7617); nothing is digested.
    Basic,
    /// Made outside, of a text without the secret.
    Signer,
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
        /// FIPS 180-4.
        "sha384" => Sha384,
        /// FIPS 180-4.
        "sha512" => Sha512,
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
            Self::Sha384 => "SHA384",
            Self::Sha512 => "SHA512",
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
            Self::Sha384 => Signing::Digest(Digest::Sha384),
            Self::Sha512 => Signing::Digest(Digest::Sha512),
            Self::Sm3 => Signing::Digest(Digest::Sm3),
            Self::HmacMd5 => Signing::Hmac(Digest::Md5),
            Self::HmacSha1 => Signing::Hmac(Digest::Sha1),
            Self::HmacSha256 => Signing::Hmac(Digest::Sha256),
            Self::HmacSha384 => Signing::Hmac(Digest::Sha384),
            Self::HmacSha512 => Signing::Hmac(Digest::Sha512),
            Self::HmacSm3 => Signing::Hmac(Digest::Sm3),
            Self::Hash | Self::Key => Signing::Secret,
            Self::Basic => Signing::Basic,
            Self::Signer => Signing::Signer,
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
        /// In base64 with `-` and `_`, and with `=` at its end (RFC 4648, section 5).
        "base64url" => Base64Url,
        /// In base64, whose `+`, `/` and `=` are in percent signs (RFC 3986), as OAuth's header has
        /// it.
        "base64_percent" => Base64Percent,
        /// Its hexadecimal digits as a text, in base64, as PHP's `base64_encode(md5(…))` has it.
        "hex_base64" => HexBase64,
    }
}

words! {
    /// What the text of a secret is, as the key of an HMAC.
    KeyEncoding {
        /// The key itself, in UTF-8.
        "text" => Text,
        /// The key in base64 (RFC 4648, section 4).
        "base64" => Base64,
        /// The key in hexadecimal digits.
        "hex" => Hex,
    }
}

words! {
    /// The order of parameters in the canonical string.
    ParameterOrder {
        /// By name, in byte order.
        "key" => Key,
        /// As the spec lists them: the common parameters, then the request's.
        "listed" => Listed,
        /// By value, in byte order.
        "value" => Value,
    }
}

words! {
    /// How names and values are encoded in the canonical string.
    PercentEncoding {
        /// As in a form: a blank is `+` (WHATWG URL standard).
        "form" => Form,
        /// All but letters, digits and `-._~` in percent signs (RFC 3986, section 2.1).
        "rfc3986" => Rfc3986,
    }
}

words! {
    /// A part of the canonical string that has a word, in braces. Any other name in braces is that
    /// of a parameter.
    SegmentWord {
        /// The secret.
        "secret" => Secret,
        /// The signed parameters.
        "params" => Params,
        /// The signed parameters, percent-encoded a second time (RFC 3986).
        "encoded_params" => EncodedParams,
        /// The HTTP method.
        "http_method" => HttpMethod,
        /// The host of the base URL, with its port if it has one.
        "host" => Host,
        /// The path, from the first slash.
        "path" => Path,
        /// The path without its first slash.
        "relative_path" => RelativePath,
        /// The query, as it is sent, without the question mark.
        "query" => Query,
        /// The path, and the query after a question mark if there is one.
        "target" => Target,
        /// The body, as it is sent.
        "body" => Body,
        /// The app's id.
        "app_id" => AppId,
    }
}
