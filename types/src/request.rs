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
    Method {
        /// The parameters are a form in the body.
        "POST" => Post,
        /// The parameters are the query of the URL, which proxies and logs see.
        "GET" => Get,
    }
}

words! {
    /// The format of a reply.
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
    SignMethod {
        /// MD5 digest of the canonical string (RFC 1321).
        "md5" => Md5,
        /// HMAC-SHA256 of the canonical string, keyed by the secret (RFC 2104).
        "hmac_sha256" => HmacSha256,
        /// The secret itself, which every call then carries.
        "hash" => Hash,
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
    /// Where the client takes the value of a common parameter from.
    CommonSource {
        /// The app id that the client was built with.
        "app_id" => AppId,
        /// The format that the call asks for.
        "format" => Format,
        /// The clock, in unix seconds.
        "clock" => Clock,
        /// `1` if the call asks for data made up for testing.
        "debug" => Debug,
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
