//! Properties of a request: how it is sent, and where its parameters come from and go.

use crate::signing::{Digest, Encoding};
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
        /// As a POST.
        "PUT" => Put,
        /// As a POST.
        "PATCH" => Patch,
        /// As a GET.
        "DELETE" => Delete,
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

impl Method {
    /// Whether the parameters are in the body. Otherwise they are the query of the URL.
    pub const fn has_body(self) -> bool {
        match self {
            Self::Post | Self::Put | Self::Patch => true,
            Self::Get | Self::Delete => false,
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
        /// Random digits, anew for each attempt.
        "nonce" => Nonce,
        /// The signing method of the call.
        "sign_method" => SignMethod,
        /// A value of the account, by the parameter's name, that the client was built with.
        "account" => Account,
        /// The MD5 digest of the body as it is sent, in lower-case hexadecimal digits.
        "body_md5" => BodyMd5,
        /// The MD5 digest of the body as it is sent, in base64: the header `Content-MD5` (RFC
        /// 1864).
        "body_md5_base64" => BodyMd5Base64,
        /// The SHA-256 digest of the body as it is sent, in lower-case hexadecimal digits.
        "body_sha256" => BodySha256,
        /// The SHA-256 digest of the body as it is sent, in base64.
        "body_sha256_base64" => BodySha256Base64,
        /// The SHA-512 digest of the body as it is sent, in lower-case hexadecimal digits.
        "body_sha512" => BodySha512,
    }
}

impl CommonSource {
    /// The digest of the body that the value is, and how it is written.
    pub const fn body_digest(self) -> Option<(Digest, Encoding)> {
        match self {
            Self::BodyMd5 => Some((Digest::Md5, Encoding::Hex)),
            Self::BodyMd5Base64 => Some((Digest::Md5, Encoding::Base64)),
            Self::BodySha256 => Some((Digest::Sha256, Encoding::Hex)),
            Self::BodySha256Base64 => Some((Digest::Sha256, Encoding::Base64)),
            Self::BodySha512 => Some((Digest::Sha512, Encoding::Hex)),
            _ => None,
        }
    }
}

words! {
    /// Where a parameter is sent.
    ParameterPlace {
        /// In the body of a POST, or the query of a GET.
        "body" => Body,
        /// In the query of the URL.
        "query" => Query,
        /// In a header.
        "header" => Header,
        /// In the path, in place of its name in braces.
        "path" => Path,
        /// In the text that is signed, and perhaps in the one that the signature is sent in;
        /// nowhere else.
        "sign" => Sign,
    }
}

words! {
    /// How a nonce is written.
    NonceForm {
        /// 32 hexadecimal digits.
        "hex" => Hex,
        /// 9 decimal digits, the first of which is not 0.
        "digits" => Digits,
        /// A UUID of version 4 (RFC 9562).
        "uuid" => Uuid,
    }
}

words! {
    /// How the parameters in a body are written.
    BodyForm {
        /// As a form (WHATWG URL standard).
        "form" => Form,
        /// As the members of a JSON object.
        "json" => Json,
        /// As the elements in an element `xml`.
        "xml" => Xml,
    }
}

impl BodyForm {
    /// The media type of a body.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Form => "application/x-www-form-urlencoded;charset=utf-8",
            Self::Json => "application/json;charset=utf-8",
            Self::Xml => "application/xml;charset=utf-8",
        }
    }
}

words! {
    /// The text that a request's value is sent as, where it is not its own.
    ValueForm {
        /// A text of JSON, in a body of JSON too.
        "json_text" => JsonText,
        /// Its text in base64 (RFC 4648, section 4).
        "base64" => Base64,
    }
}

/// What a value is in a body of JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonForm {
    /// A text.
    Text,
    /// A number, or any JSON, as it is.
    Raw,
    /// `true` for `1`, `false` for `0`.
    Boolean,
}

impl JsonForm {
    /// A value as JSON and the canonical string have it.
    pub fn literal(self, value: &str) -> &str {
        match (self, value) {
            (Self::Boolean, "1") => "true",
            (Self::Boolean, "0") => "false",
            _ => value,
        }
    }
}

words! {
    /// A named rule for a request's value, which the client runs when the caller asks for it.
    CheckWord {
        /// A resident ID number in the form of GB 11643-1999.
        "resident_id" => ResidentId,
        /// Digits only.
        "digits" => Digits,
        /// A unified social credit code (GB 32100-2015).
        "unified_credit_code" => UnifiedCreditCode,
        /// A vehicle identification number (GB 16735-2019).
        "vin" => Vin,
        /// The number of a bank card, whose last digit is Luhn's (ISO/IEC 7812-1).
        "bank_card" => BankCard,
    }
}
