//! The rules of a spec, each with a code. `pyi lint --explain E07` prints one, docs/RULES.md has
//! all, and `tests/specs/<name>.yaml` violates each.

/// The severity of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The affected part of the spec is refused.
    Error,
    /// Only `pyi lint` reports it.
    Warning,
}

impl Severity {
    /// Its first word in a report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// Defines the rules.
macro_rules! rules {
    ($($code:literal $variant:ident $name:literal $what:literal $why:literal $instead:literal;)*) => {
        /// A rule of a spec.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $(#[doc = $what] $variant,)*
        }

        impl Rule {
            /// All rules, by code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its code, such as `E07`, which never changes; a warning's begins with `W`.
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)*
                }
            }

            /// Its name, such as `duplicate-field`.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// Whether a violation refuses the spec.
            pub fn severity(self) -> Severity {
                if self.code().starts_with('W') { Severity::Warning } else { Severity::Error }
            }

            /// A violation.
            pub fn what(self) -> &'static str {
                match self {
                    $(Self::$variant => $what,)*
                }
            }

            /// The reason of the rule.
            pub fn why(self) -> &'static str {
                match self {
                    $(Self::$variant => $why,)*
                }
            }

            /// A correct example, as YAML.
            pub fn instead(self) -> &'static str {
                match self {
                    $(Self::$variant => $instead,)*
                }
            }
        }
    };
}

rules! {
    "E01" YamlSyntax "yaml-syntax"
        "The file is not YAML."
        "Nothing in it can be read, so its other faults are reported only after it is corrected. Other files are checked."
        "request:\n  mobile: {type: string}   # two blanks, no tab";
    "E02" YamlFeature "yaml-feature"
        "An anchor, alias, tag, merge key, second document, deep nesting, or a map as a key."
        "A spec is read by people, in reviews: shared definitions have a name under `types`."
        "types:\n  mobile: {type: string}\n# in an endpoint\n  mobile: {type: mobile}";
    "E03" Unreadable "unreadable"
        "A folder or file cannot be read, is not a regular file, is larger than 1 MiB, or is not UTF-8."
        "An unreadable file cannot be checked, and a build must not skip it."
        "# save the file as UTF-8, one endpoint a file";
    "E04" MissingFile "missing-file"
        "The folder has no provider.yaml."
        "It has everything that the endpoints share: without it, no request can be signed."
        "provider: demo\ntitle: Demo\n# and sign, envelope, statuses";
    "E05" StrayFile "stray-file"
        "A YAML file is in a place that is not read."
        "Its author believes that it is part of the spec."
        "# spec/endpoints/<name>.yaml";
    "E06" EmptyFile "empty-file"
        "A file is empty."
        "An endpoint that was begun and forgotten would be missing without notice."
        "path: /demo/1\ntitle: Bill\n# and the rest";
    "E07" DuplicateField "duplicate-field"
        "A field is twice in one request, reply or object."
        "Only one of the two would count, without notice."
        "request:\n  mobile: {type: string}\n  name: {type: string}";
    "E08" DuplicateKey "duplicate-key"
        "A key is twice in one map."
        "Only one of the two would count, without notice."
        "amount: {type: decimal, title: Amount owed}";
    "E09" DuplicateCode "duplicate-code"
        "A code is twice in one enum."
        "A reply with this code would mean two things."
        "enum:\n  \"01\": {name: match}\n  \"02\": {name: mismatch}";
    "E10" DuplicateStatus "duplicate-status"
        "A status code is twice in the spec."
        "Whether a call is billed would depend on which of them counts."
        "statuses:\n  10000: {name: ok, title: Done, class: data, billed: always}\n  10001: {name: bad, title: Wrong, class: request, billed: never}";
    "E11" DuplicatePath "duplicate-path"
        "Two endpoints have one path."
        "They are one endpoint, described twice."
        "path: /demo/2";
    "E12" UnknownKey "unknown-key"
        "A key that the dialect does not know."
        "A misspelt key would be ignored without notice, and the spec would not have the intended meaning."
        "amount: {type: decimal}   # not `typ`";
    "E13" MissingKey "missing-key"
        "A required key is missing."
        "Its value cannot be guessed, and some values cost money."
        "effect: query";
    "E14" StrayKey "stray-key"
        "A key that means nothing for this type."
        "It would have no effect, and its author believes that it has one."
        "day: {type: date, pattern: \"%Y-%m-%d\"}";
    "E15" WrongShape "wrong-shape"
        "A map, list or value where another shape is expected."
        "It cannot be read."
        "amount: {type: decimal}   # a map, not a word";
    "E16" EmptyList "empty-list"
        "A list that must not be empty is empty."
        "No call could be made."
        "methods: [POST]";
    "E17" NotText "not-text"
        "A value that YAML reads as a number, a boolean or null, where text is expected."
        "YAML readers drop the zero of 01, round long numbers and turn yes into true."
        "\"01\": {name: match}";
    "E18" NotANumber "not-a-number"
        "A value that is not a number where one is expected, or a number that does not fit."
        "A misread price or code costs money."
        "tiers: {1000: \"0.16\"}";
    "E19" NotABoolean "not-a-boolean"
        "A value that is neither true nor false."
        "YAML readers differ about yes, no, on and off."
        "public: true";
    "E20" UnknownWord "unknown-word"
        "A word that is not one of the possible ones."
        "It has no meaning."
        "class: account";
    "E21" UnknownType "unknown-type"
        "A type that is neither built in nor named in provider.yaml."
        "It cannot be generated."
        "mobile: {type: string}";
    "E23" TypeCycle "type-cycle"
        "A named type contains itself, or a field of a request has types in types that make more than 10000 values."
        "It would have no end, or none that a request can have."
        "parent: {type: any}";
    "E25" UnfitValue "unfit-value"
        "An example or a default that is not a possible value of the field."
        "The sandbox would answer with it, and the client would send it."
        "page: {type: integer, default: 1}";
    "E26" BadPattern "bad-pattern"
        "A date's pattern that does not have a year, a month and a day, once each."
        "Every reply would be undecodable, and billed."
        "pattern: \"%Y年%m月%d日\"";
    "E27" BadPath "bad-path"
        "A path without its first slash, with more than a path, with `.` or `..` between two slashes, or with a character that paths do not need."
        "The request would go to another address, and a path is written into programs."
        "path: /pyi/62/169";
    "E28" BadWireName "bad-wire-name"
        "A name on the wire that is empty, or has blanks or other characters that names of providers do not have."
        "It is probably a mistake, and a name is written into URLs, programs and pages, where such characters have a meaning."
        "bank_name: {type: string}";
    "E29" NotAName "not-a-name"
        "A name that cannot become a Rust name, or a name of the author's choice with other characters than ASCII letters, digits, `_` and `-`."
        "It becomes a field, a variant, a type or a function."
        "金额: {type: decimal, rename: amount}";
    "E30" SameRustName "same-rust-name"
        "Two things would have one name in Rust."
        "bank_idCard and bank_id_card are two names on the wire and one in Rust."
        "bank_id_card: {type: string, rename: second_id_card}";
    "E31" SameName "same-name"
        "Two statuses, or two members of the envelope, have one name."
        "They could not be distinguished."
        "envelope: {status: codeid, message: message, data: retdata}";
    "E32" ReservedName "reserved-name"
        "A name of the generated code or of Rust."
        "The generated code would not compile, with an error far from the spec."
        "# rename the file or the type";
    "E33" ReservedParameter "reserved-parameter"
        "A request's field, or a common parameter, that the client fills in itself."
        "It would be sent twice, or would sign itself."
        "# remove it: the signature and the parameters of `common` and `fixed` are the client's";
    "E34" UnknownCommon "unknown-common"
        "An endpoint opts in to, or out of, a common parameter that the provider does not have."
        "It would have no effect."
        "common: {time: false}";
    "E35" UnknownCallback "unknown-callback"
        "`callback` is not a field of the request."
        "The provider would not know where to send the later answer."
        "callback: notify_url\nrequest:\n  notify_url: {type: string, optional: true}";
    "E36" UnknownScheme "unknown-scheme"
        "A signing scheme that the runtime does not have."
        "Every call would be refused at run time."
        "canonical: {pair: \"{key}={value}\", join: \"&\", secret: \"{params}&key={secret}\"}";
    "E37" StatusClash "status-clash"
        "An endpoint's own status has a code or a name with another meaning in the spec."
        "One code would have two meanings, one of them perhaps billed."
        "statuses:\n  20001: {name: too_often, title: Too often, class: account, billed: never}";
    "E38" RetryBilled "retry-billed"
        "`retry` on a status that is billed, or may be."
        "The call would be paid for twice."
        "10021: {name: server_error, title: …, class: server, billed: never, retry: true}";
    "E39" NoDataStatus "no-data-status"
        "No status has data."
        "No call could succeed."
        "10000: {name: ok, title: Done, class: data, billed: always}";
    "E40" NulCharacter "nul-character"
        "A text with a NUL character."
        "No program accepts one in an argument or in its environment, and readers differ about the end of such a text."
        "title: 账单";
    "E41" HttpSuccess "http-success"
        "An HTTP status of success in `http`."
        "Its answer may be the provider's own, billed and unreadable. As a free answer, it would be paid for and sent again."
        "http: {429: {class: server, billed: never, retry: true}}";
    "E42" MoreFaults "more-faults"
        "A file has more faults than are listed one by one."
        "More than a hundred are hardly read, and often have one cause."
        "# correct the listed ones, and check again";
    "E43" HmacText "hmac-text"
        "An HMAC method without `hmac` in `canonical`."
        "The text of digests has the secret in it. Most providers leave it out of an HMAC's, whose key it is, and refuse every other signature."
        "canonical: {pair: \"{key}{value}\", join: \"\", secret: \"{secret}{params}{secret}\", hmac: \"{params}\"}";
    "E44" CommonSource "common-source"
        "A common parameter with both `from` and `value`, with neither, or with a `write` that is not a form of time."
        "Its value would be guessed, or a key would have no effect."
        "common:\n  v: {value: \"2.0\"}\n  timestamp: {from: clock, write: unix_ms}";
    "E45" BadPointer "bad-pointer"
        "A place of the envelope that is missing, impossible, or of the wrong kind."
        "Whether a call succeeded would be read from nowhere."
        "envelope: {status: [/error_response/code, http], data: .}";
    "E46" AbsentStatus "absent-status"
        "`absent` is not a status of the spec, or is given although each reply has a status."
        "What is a success is stated, never guessed."
        "envelope: {status: /error_response/code, absent: 0, data: .}";
    "E47" BadStatusCode "bad-status-code"
        "A status code that is longer than 64 bytes, or has other characters than letters, digits and `_-.:/`."
        "It is probably a title, and a code is written into programs, tables and pages, where other characters have a meaning."
        "InvalidParameter: {name: invalid_parameter, title: …, class: request, billed: never}";
    "E48" BadPlace "bad-place"
        "A parameter that cannot be sent at its place, or a template without the place of its value."
        "Every call would be refused, or go to another address."
        "path: /v1/{city}/weather\nrequest:\n  city: {type: string, in: path}";
    "W01" FailsOwnCheck "fails-own-check"
        "An example or a default that violates the checks of its own field."
        "Callers copy an example, and a default is sent by itself: `.check_values()` would refuse both. It is only a warning, since providers print such numbers."
        "bank_id: {type: string, check: resident_id, example: \"11010519491231002X\"}";
    "W02" EmptyRange "empty-range"
        "`min` is above `max`."
        "`.check_values()` would refuse every value."
        "page: {type: integer, min: 1, max: 100}";
    "W03" MoreWarnings "more-warnings"
        "A file has more warnings than are listed one by one."
        "More than a hundred are hardly read, and often have one cause."
        "# correct the listed ones, and check again";
    "W04" DottedPlace "dotted-place"
        "A place of the envelope that is one member's name with a dot in it."
        "Other notations have dots between the members of a path. Here a slash is before each, and no reply may have a member of that name."
        "envelope: {status: /error/code}";
}

impl Rule {
    /// The rule with a code or name, in any case.
    pub fn find(word: &str) -> Option<Self> {
        let word = word.to_ascii_lowercase();
        // `E7` is E07.
        let padded = match word.as_bytes() {
            [letter @ (b'e' | b'w'), digit] => format!("{}0{}", char::from(*letter), char::from(*digit)),
            _ => word.clone(),
        };
        let is_it = |rule: &Self| rule.code().to_ascii_lowercase() == padded || rule.name() == word;
        Self::ALL.iter().copied().find(is_it)
    }
}
