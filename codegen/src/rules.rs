//! Every rule that a spec can break, each with a code of its own. `pyi lint --explain E07` prints an entry, docs/RULES.md
//! is all of them, and `tests/specs/<name>.yaml` breaks each.

/// What comes of breaking a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The spec is refused, as far as the fault reaches.
    Error,
    /// `pyi lint` says so, and nothing else does.
    Warning,
}

impl Severity {
    /// Its name, as a report begins with it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// Defines the rules, each once.
macro_rules! rules {
    ($($code:literal $variant:ident $name:literal $what:literal $why:literal $instead:literal;)*) => {
        /// A rule that a spec can break.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $(#[doc = $what] $variant,)*
        }

        impl Rule {
            /// Every rule, by its code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its code, such as `E07`, which does not change; that of a warning begins with `W`.
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

            /// Whether a spec that breaks it is refused.
            pub fn severity(self) -> Severity {
                if self.code().starts_with('W') { Severity::Warning } else { Severity::Error }
            }

            /// What a spec that breaks it has.
            pub fn what(self) -> &'static str {
                match self {
                    $(Self::$variant => $what,)*
                }
            }

            /// Why it is refused.
            pub fn why(self) -> &'static str {
                match self {
                    $(Self::$variant => $why,)*
                }
            }

            /// What could stand there instead, as YAML.
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
        "Nothing in it can be read, so its other faults show only once it is mended; other files are checked all the same."
        "request:\n  mobile: {type: string}   # two blanks, no tab";
    "E02" YamlFeature "yaml-feature"
        "An anchor, alias, tag, merge key, second document, deep nesting, or a map as a key."
        "A spec is read by people, in reviews: what is said twice is named once under `types`."
        "types:\n  mobile: {type: string}\n# in an endpoint\n  mobile: {type: mobile}";
    "E03" Unreadable "unreadable"
        "A folder or file cannot be read, is no regular file, is larger than 1 MiB, or is not UTF-8."
        "What cannot be read cannot be checked, and a build must not pass over it."
        "# save the file as UTF-8, one endpoint a file";
    "E04" MissingFile "missing-file"
        "The folder has no provider.yaml."
        "It says what all endpoints share: without it, no request can be signed."
        "provider: demo\ntitle: Demo\n# and sign, envelope, statuses";
    "E05" StrayFile "stray-file"
        "A YAML file lies where nobody reads it."
        "Its author believes that it is part of the spec."
        "# spec/endpoints/<name>.yaml";
    "E06" EmptyFile "empty-file"
        "A file says nothing."
        "An endpoint that was begun and forgotten would be missed by nobody but its users."
        "path: /demo/1\ntitle: Bill\n# and the rest";
    "E07" DuplicateField "duplicate-field"
        "A field stands twice in one request, reply or object."
        "Only one of the two would count, and nobody sees which."
        "request:\n  mobile: {type: string}\n  name: {type: string}";
    "E08" DuplicateKey "duplicate-key"
        "A key stands twice in one map."
        "Only one of the two would count, and nobody sees which."
        "amount: {type: decimal, title: Amount owed}";
    "E09" DuplicateCode "duplicate-code"
        "A code stands twice in one enum."
        "A reply with this code would mean two things."
        "enum:\n  \"01\": {name: match}\n  \"02\": {name: mismatch}";
    "E10" DuplicateStatus "duplicate-status"
        "A status code stands twice."
        "Whether a call is billed would depend on which of them counts."
        "statuses:\n  10000: {name: ok, title: Done, class: data, billed: always}\n  10001: {name: bad, title: Wrong, class: request, billed: never}";
    "E11" DuplicatePath "duplicate-path"
        "Two endpoints have one path."
        "They are one endpoint, described twice."
        "path: /demo/2";
    "E12" UnknownKey "unknown-key"
        "A key that the dialect does not know."
        "A misspelt key would be passed over in silence, and the spec would not say what its author meant."
        "amount: {type: decimal}   # not `typ`";
    "E13" MissingKey "missing-key"
        "A key that must be there is not."
        "What it says cannot be guessed, and some of it costs money."
        "effect: query";
    "E14" StrayKey "stray-key"
        "A key that means nothing for this type."
        "It would have no effect, and its author believes that it has one."
        "day: {type: date, pattern: \"%Y-%m-%d\"}";
    "E15" WrongShape "wrong-shape"
        "A map, list or value stands where another shape is expected."
        "It cannot be read as anything."
        "amount: {type: decimal}   # a map, not a word";
    "E16" EmptyList "empty-list"
        "A list that must name something names nothing."
        "No call could be made."
        "methods: [POST]";
    "E17" NotText "not-text"
        "A value that YAML reads as a number, a boolean or nothing, where text is meant."
        "YAML readers drop the zero of 01, round long numbers and turn yes into true."
        "\"01\": {name: match}";
    "E18" NotANumber "not-a-number"
        "A value that is no number, where one is meant, or one that does not fit."
        "A price or a code that is misread costs money."
        "tiers: {1000: \"0.16\"}";
    "E19" NotABoolean "not-a-boolean"
        "A value that is neither true nor false."
        "YAML readers differ over yes, no, on and off."
        "public: true";
    "E20" UnknownWord "unknown-word"
        "A word that is none of the few that may stand here."
        "It names nothing that could be done."
        "class: account";
    "E21" UnknownType "unknown-type"
        "A type that is neither built in nor named in provider.yaml."
        "It cannot be generated."
        "mobile: {type: string}";
    "E22" NamedList "named-list"
        "A named type is a list."
        "What a list holds may have a name; the list needs none."
        "types:\n  row: {type: object, fields: {price: {type: decimal}}}\n# in an endpoint\n  rows: {type: list, of: row}";
    "E23" TypeCycle "type-cycle"
        "A named type holds itself."
        "It would have no end."
        "parent: {type: any}";
    "E24" NotInRequest "not-in-request"
        "A list, an object or `any` in a request."
        "A form carries single values."
        "template_param: {type: string, doc: The text of a JSON object.}";
    "E25" UnfitValue "unfit-value"
        "An example or a default that the field could not have."
        "The sandbox would answer with it, and the client would send it."
        "page: {type: integer, default: 1}";
    "E26" BadPattern "bad-pattern"
        "A date's pattern that does not have a year, a month and a day, once each."
        "Every reply would be unreadable, and paid for."
        "pattern: \"%Y年%m月%d日\"";
    "E27" BadPath "bad-path"
        "A path without its first slash, with more than a path, with `.` or `..` between two slashes, or with a character that no path needs."
        "The request would go elsewhere, and a path is written into programs."
        "path: /pyi/62/169";
    "E28" BadWireName "bad-wire-name"
        "A name on the wire that is empty, or has blanks or other characters that no provider's names have."
        "It is a slip; and a name is written into URLs, programs and pages, where quotes and the like mean something."
        "bank_name: {type: string}";
    "E29" NotAName "not-a-name"
        "A name that Rust cannot have, or a chosen name with more than ASCII letters, digits, `_` and `-`."
        "It becomes a field, a variant, a type or a function."
        "金额: {type: decimal, rename: amount}";
    "E30" SameRustName "same-rust-name"
        "Two things would have one name in Rust."
        "bank_idCard and bank_id_card are two names on the wire and one in Rust."
        "bank_id_card: {type: string, rename: second_id_card}";
    "E31" SameName "same-name"
        "Two statuses, or two members of the envelope, have one name."
        "They could not be told apart."
        "envelope: {status: codeid, message: message, data: retdata}";
    "E32" ReservedName "reserved-name"
        "A name that the generated code or Rust needs for itself."
        "The generated code would not compile, far from the spec."
        "# rename the file or the type";
    "E33" ReservedParameter "reserved-parameter"
        "A request's field, or a common parameter, that the client fills in itself."
        "It would be sent twice, or signed by itself."
        "# remove it: appid, format, time and sign are the client's";
    "E34" UnknownCommon "unknown-common"
        "An endpoint opts in to, or out of, a common parameter that the provider does not have."
        "It would have no effect."
        "common: {time: false}";
    "E35" UnknownCallback "unknown-callback"
        "`callback` names no field of the request."
        "The provider would not know where to send the later answer."
        "callback: notify_url\nrequest:\n  notify_url: {type: string, optional: true}";
    "E36" UnknownScheme "unknown-scheme"
        "A signing scheme that the runtime does not have."
        "Every call would be refused when it is made."
        "canonical: {pair: \"{key}={value}\", join: \"&\", secret: \"{params}&key={secret}\"}";
    "E37" StatusClash "status-clash"
        "An endpoint's own status has a code or a name that means something else in the spec."
        "One code would mean two things, one of them perhaps billed."
        "statuses:\n  20001: {name: too_often, title: Too often, class: account, billed: never}";
    "E38" RetryBilled "retry-billed"
        "`retry` on a status that is billed, or may be."
        "The call would be paid for twice."
        "10021: {name: server_error, title: …, class: server, billed: never, retry: true}";
    "E39" NoDataStatus "no-data-status"
        "No status carries data."
        "No call could succeed."
        "10000: {name: ok, title: Done, class: data, billed: always}";
    "E40" NulCharacter "nul-character"
        "A text with a NUL character."
        "No program can be given one in an argument or in its environment, and readers differ over where such a text ends."
        "title: 账单";
    "E41" HttpSuccess "http-success"
        "An HTTP status of success in `http`."
        "What comes with it may be the provider's own answer, billed and not readable: counted as free, it would be paid for and sent again."
        "http: {429: {class: server, billed: never, retry: true}}";
    "E42" MoreFaults "more-faults"
        "A file has more faults than are listed one by one."
        "Beyond a hundred they are hardly read, and often come from one mistake."
        "# mend those that are listed, and check again";
    "W01" FailsOwnCheck "fails-own-check"
        "An example or a default that fails the checks of its own field."
        "Callers copy an example, and a default is sent by itself: `.check()` would refuse both. A fault it is not, since providers print such numbers."
        "bank_id: {type: string, check: resident_id, example: \"11010519491231002X\"}";
    "W02" EmptyRange "empty-range"
        "`min` is above `max`."
        "`.check()` would refuse every value."
        "page: {type: integer, min: 1, max: 100}";
    "W03" MoreWarnings "more-warnings"
        "A file has more warnings than are listed one by one."
        "Beyond a hundred they are hardly read, and often come from one mistake."
        "# mend those that are listed, and check again";
}

impl Rule {
    /// The rule of a code or a name, in whatever case.
    pub fn find(word: &str) -> Option<Self> {
        let word = word.to_ascii_lowercase();
        Self::ALL.iter().copied().find(|rule| rule.code().to_ascii_lowercase() == word || rule.name() == word)
    }
}
