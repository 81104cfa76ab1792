//! Words: the choices that a spec writes as one of a few words, with the variants that the runtime has for them.

/// Defines an enum that the spec writes as one of a few words.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$note:meta])* $word:literal => $variant:ident,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$note])* $variant,)*
        }

        impl $name {
            /// The words that a spec may use.
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            /// Reads one of [`Self::WORDS`].
            pub fn from_word(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)*
                    _ => None,
                }
            }

            /// The word that a spec uses.
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            /// The name of the variant, the same in the runtime's type of this name.
            pub fn variant(self) -> &'static str {
                match self {
                    $(Self::$variant => stringify!($variant),)*
                }
            }
        }
    };
}

words! {
    /// What kind of answer a status is.
    Class {
        /// Real data.
        "data" => Data,
        /// The provider was asked and knows nothing.
        "no_data" => NoData,
        /// An order was taken; its answer comes later.
        "pending" => Pending,
        /// Data made up for testing.
        "debug" => Debug,
        /// The caller could not be identified: app id, signature, time, address.
        "auth" => Auth,
        /// The account may not do this: subscription, quota, balance.
        "account" => Account,
        /// The request itself is wrong.
        "request" => Request,
        /// The provider failed.
        "server" => Server,
        /// None of these.
        "other" => Other,
    }
}

impl Class {
    /// The words for an answer without an envelope, which carries no data.
    pub const ERRORS: &'static [&'static str] = &["auth", "account", "request", "server", "other"];
}

words! {
    /// Whether the provider bills a call that ends with a status.
    Billed {
        /// It does.
        "always" => Always,
        /// It does not.
        "never" => Never,
        /// Nobody knows.
        "unknown" => Unknown,
    }
}

words! {
    /// Whether a call that ends with a status may be sent again.
    Retry {
        /// It may not.
        "false" => Never,
        /// It may, after a while.
        "true" => Later,
        /// It may, once, with the time corrected.
        "clock" => Clock,
    }
}

words! {
    /// What a call does.
    Effect {
        /// It looks something up.
        "query" => Query,
        /// It does something that must not happen twice.
        "act" => Act,
    }
}

words! {
    /// How a request travels.
    Method {
        /// As a form in the body.
        "POST" => Post,
        /// As the query of the URL.
        "GET" => Get,
    }
}

words! {
    /// How a reply is written.
    Format {
        /// JSON.
        "json" => Json,
        /// XML, with any root element.
        "xml" => Xml,
        /// JSON inside a call of a function.
        "jsonp" => Jsonp,
    }
}

words! {
    /// What goes into the signature parameter.
    SignMethod {
        /// The MD5 digest of the signed text, as RFC 1321 defines it.
        "md5" => Md5,
        /// The HMAC-SHA256 of the signed text, keyed by the secret, as RFC 2104 defines it.
        "hmac_sha256" => HmacSha256,
        /// The secret itself.
        "hash" => Hash,
    }
}

impl SignMethod {
    /// Whether the signed text counts at all.
    pub fn is_digest(self) -> bool {
        self != Self::Hash
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
    /// Where the client takes a common parameter from.
    From {
        /// The app id that it was built with.
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
    /// A rule for a request's value, run when the caller asks for it.
    CheckWord {
        /// A resident ID number, as GB 11643-1999 builds it.
        "resident_id" => ResidentId,
        /// Digits alone.
        "digits" => Digits,
    }
}
