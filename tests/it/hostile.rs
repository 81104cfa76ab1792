//! Specs with hostile texts: a table of strings, each in every slot of a spec that accepts it, and
//! the expected requests of such specs.

use pyi_codegen::{Input, ir};
use pyi_dynamic::DynamicOperation;
use pyi_runtime::__private::encode::{CommonValues, encode};
use pyi_runtime::__private::operation::Format;
use pyi_runtime::Credentials;

pub(crate) const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// Each string tries to leave its context. One that succeeds creates a file `canary` in the working
/// folder, or sets `window.hacked` in a browser.
pub(crate) const HOSTILE: &[(&str, &str)] = &[
    ("command", "$(touch canary){{signed}}"),
    ("placeholder", "{{signed}} {{fields}} {{path}} {{digest}} {{successes}} {{title}} {{ status }} {{"),
    ("backtick", "`touch canary`"),
    ("variable", "$HOME ${HOME} $0 $$ $PYI_SECRET {$fields} ${secret} #{`touch canary`}"),
    ("single_quote", "'; touch canary; '"),
    ("double_quote", "\"; touch canary; \""),
    ("escaped_quote", "\\'; touch canary; \\'\\\"; touch canary; \\\""),
    ("quotes", "''''' \"\"\"\"\" `` ‘’“”"),
    ("last_backslash", "a\\"),
    ("line_break", "\ntouch canary\n:"),
    ("line_breaks", "a\r\ntouch canary\rtouch canary\n\n"),
    ("continued_line", "a \\\ntouch canary\n"),
    ("python_line", "a\nopen('canary', 'w')\n"),
    ("python_quotes", "\"\"\"; open('canary', 'w'); \"\"\"'''; open('canary', 'w'); '''"),
    ("python_coding", "vim: set fileencoding=utf-7 coding: utf-7 +ACI-+ADs-open('canary','w')+ACM-"),
    ("python_format", "%s %(text)s {text} {0} %n {open('canary','w')} \\N{QUOTATION MARK}"),
    ("php_end", "?><?php touch('canary'); ?>"),
    ("php_expression", "{${touch('canary')}} ${touch('canary')} '.touch('canary').'"),
    ("js_template", "${require('fs').writeFileSync('canary','')}`+import('fs')+`"),
    ("js_line", "\u{2028}(await import('node:fs')).writeFileSync('canary','')\u{2029}touch canary\u{85}x"),
    ("js_quote", "'+(await import('node:fs')).writeFileSync('canary','')+'"),
    ("rust_quote", "\"); std::fs::write(\"canary\", \"\").unwrap(); (\""),
    ("rust_line", "a\nfn hostile() { std::fs::write(\"canary\", \"\").unwrap() }\n"),
    ("rust_attribute", "\"] fn hostile() { std::fs::write(\"canary\", \"\").unwrap() } #[doc = \""),
    ("rust_fence", "```\nstd::fs::write(\"canary\", \"\").unwrap();\n```\nafter"),
    (
        "rust_fences",
        "~~~rust\nstd::fs::write(\"canary\", \"\").unwrap();\n````\n- ```rust\n  panic!()\n  ```",
    ),
    ("rust_indent", "a\n\n    std::fs::write(\"canary\", \"\").unwrap();\n\n\tpanic!();"),
    ("rust_list", "-     std::fs::write(\"canary\", \"\").unwrap();\n\n1.\t\tpanic!();"),
    ("rust_block_quote", ">     std::fs::write(\"canary\", \"\").unwrap();\n\n> ```\n> panic!()\n> ```"),
    ("comment_ends", "*/ touch canary /* ]]> --> */ // # <!-- -- {- -} =begin"),
    ("escapes", "\\u{0} \\x00 \\0 \\n \\t \\u0000 \\012 &#0; %00 %0a"),
    ("terminal", "\u{1b}[31mred\u{1b}]0;title\u{7}\u{8}\u{9b}31m\u{7f}"),
    ("directions", "\u{202e}lave\u{202c}\u{2066}x\u{2069}\u{200e}\u{200b}\u{ad}"),
    ("sql", "'; DROP TABLE people; --"),
    ("script", "</script></title><script>window.hacked=1</script>"),
    ("image", "\"><img src=x onerror=\"window.hacked=1\"><svg/onload=window.hacked=1>"),
    ("escaped_tag", "\\<script>window.hacked=1</script> `<script>` <!-- <?x?> <![CDATA[<b>]]>"),
    ("formula", "=cmd|' /C calc'!A0"),
    ("plus", "+1+1"),
    ("minus", "-1+1 --insecure -K canary"),
    ("at", "@SUM(1) @/etc/passwd"),
    ("full_width_formula", "＝cmd|' /C calc'!A0"),
    ("full_width_plus", "＋1+1"),
    ("full_width_minus", "－1+1"),
    ("full_width_at", "＠SUM(1)"),
    ("form", "a&b=c&sign=x;#y?z+w %41*~!'()"),
    ("pattern", ".*[a-z]^$\\(x\\)\\1/w canary/e"),
    ("blanks", "  a\t b  "),
    ("beyond", "𠮷野家 👨‍👩‍👧 e\u{301} \u{feff}\u{fffd}\u{10ffff}"),
    ("word", "null"),
];

/// A text as a YAML scalar in double quotes, everything but letters and digits escaped.
pub(crate) fn quoted(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_string() } else { format!("\\U{:08x}", u32::from(c)) })
        .collect();
    format!("\"{escaped}\"")
}

/// A spec, the values of its one endpoint's required fields as a client sends them, and a reply.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) files: Vec<(String, String)>,
    pub(crate) values: Vec<(String, String)>,
    pub(crate) reply: String,
}

impl Case {
    pub(crate) fn spec(&self) -> ir::Provider {
        let (spec, report) = self.lint();
        assert!(report.is_empty(), "{}: {report}", self.name);
        spec
    }

    pub(crate) fn lint(&self) -> (ir::Provider, pyi_codegen::Report) {
        pyi_codegen::load(Input::Texts(&crate::specs::borrowed(&self.files)))
    }

    /// The form that the Rust client sends at a time, by a secret.
    pub(crate) fn form(&self, spec: &ir::Provider, time: i64) -> String {
        let dynamic = DynamicOperation::new(spec, &spec.endpoints[0]);
        let provider = dynamic.provider();
        let operation = dynamic.operation(&provider);
        let values = dynamic.values(&self.values).unwrap();
        let sign = Credentials::new(operation.provider.sign.methods[0], SECRET);
        let filled = CommonValues {
            app_id: "1",
            method: operation.methods[0],
            host: "host.invalid",
            format: Format::Json,
            time: Some(time),
            millis: 0,
            nonce: "",
            debug: false,
            account: &|_| "",
            sign: &sign,
        };
        let encoded = encode(&operation, &values, &filled);
        encoded.query + &encoded.body
    }

    /// Writes the files into a folder.
    pub(crate) fn write(&self, folder: &std::path::Path) {
        std::fs::create_dir_all(folder.join("endpoints")).unwrap();
        for (name, text) in &self.files {
            std::fs::write(folder.join(name), text).unwrap();
        }
    }
}

/// A spec with a text in every slot that is free text, by POST and MD5, or by GET and HMAC-SHA256.
pub(crate) fn case(name: &str, text: &str, get: bool) -> Case {
    let (method, sign) = if get { ("GET", "hmac_sha256") } else { ("POST", "md5") };
    // A brace would be a conversion of the template.
    let around = quoted(&text.replace(['{', '}'], "")).trim_matches('"').to_owned();
    let text = quoted(text);
    let provider = format!(
        "provider: {text}\ntitle: {text}\ndoc: {text}\nsign:\n  parameter: sign\n  methods: [{sign}]\n  \
         canonical: {{pair: \"{{key}}{around}{{value}}\", join: \"{around}\", secret: \"{around}{{secret}}{{params}}{around}{{secret}}\", hmac: \"{around}{{params}}{around}\"}}\n  \
         digest: {{algorithm: {sign}, case: upper}}\n\
         common:\n  appid: {{from: app_id}}\n  format: {{from: format}}\n  time: {{from: clock, optional: true}}\n  \
         constant: {{value: {text}}}\n\
         envelope: {{status: codeid, message: message, data: retdata, time: [time]}}\n\
         types:\n  kind: {{title: {text}, doc: {text}, example: {text}, enum: {{{text}: {{name: first, title: {text}}}}}}}\n  \
         thing: {{type: object, title: {text}, doc: {text}, fields: {{inner: {{type: string, title: {text}, example: {text}}}}}}}\n\
         statuses:\n  10000: {{name: ok, title: {text}, class: data, billed: always, next: {text}}}\n  \
         10001: {{name: wrong, title: {text}, class: request, billed: never, next: {text}}}\n"
    );
    let endpoint = format!(
        "path: /pyi/0/1\ntitle: {text}\ndoc: {text}\nsource: {text}\neffect: query\nmethods: [{method}]\nformats: [json]\n\
         price: {{currency: {text}, tiers: {{1: \"1.00\"}}}}\n\
         statuses:\n  20001: {{name: own, title: {text}, class: account, billed: never, next: {text}}}\n\
         request:\n  text: {{type: string, title: {text}, doc: {text}, source: {text}, example: {text}}}\n  \
         kind: {{type: kind}}\n  sent: {{type: string, title: {text}, default: {text}}}\n  \
         unsent: {{type: string, optional: true, title: {text}, deprecated: {text}}}\n\
         response:\n  value: {{type: string, title: {text}, doc: {text}, example: {text}}}\n  kind: {{type: kind}}\n  things: {{type: list, of: thing}}\n"
    );
    Case {
        name: name.to_owned(),
        files: vec![("provider.yaml".to_owned(), provider), ("endpoints/hostile.yaml".to_owned(), endpoint)],
        values: given(&[("text", &unquoted(&text)), ("kind", &unquoted(&text))]),
        reply: r#"{"codeid":10000,"message":"m","retdata":{"value":"x"}}"#.to_owned(),
    }
}

fn unquoted(text: &str) -> String {
    serde_yaml::from_str(text).unwrap()
}

fn given(values: &[(&str, &str)]) -> Vec<(String, String)> {
    values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Possible names of providers that have a meaning in some language.
pub(crate) fn odd_names() -> Case {
    let provider = "provider: odd\ntitle: Odd\nsign:\n  parameter: \"a.sign[0]\"\n  methods: [md5]\n  \
        canonical: {pair: \"{key}={value}\", join: \"&\", secret: \"{params}{secret}\"}\n  digest: {algorithm: md5, case: lower}\n\
        common:\n  \"app.id\": {from: app_id}\n  \"time:s\": {from: clock, optional: true}\n\
        envelope: {status: \"状态.[码]^*\", message: constructor, data: __proto__, time: []}\n\
        statuses:\n  1: {name: ok, title: ok, class: data, billed: always}\n";
    let endpoint = "path: /pyi/a-b._~:@+,;=/1\ntitle: t\nsource: s\neffect: query\nmethods: [POST]\nformats: [json]\nrequest:\n  \
        __proto__: {type: string, example: a}\n  \"10\": {type: string, example: b, rename: ten}\n  \"9\": {type: string, example: c}\n  \
        \"a[b]\": {type: string, example: d}\n  \"a@b\": {type: string, example: e, rename: at}\n  toString: {type: string, example: f}\n  \
        type: {type: string, example: g}\n  名: {type: string, rename: name, example: h}\n\
        response:\n  \"金额(元)\": {type: string, rename: amount}\n  example: {type: string}\n  x-own: {type: string}\n  examples: {type: string}\n  properties: {type: string}\n";
    Case {
        name: "odd_names".to_owned(),
        files: vec![
            ("provider.yaml".to_owned(), provider.to_owned()),
            ("endpoints/odd.yaml".to_owned(), endpoint.to_owned()),
        ],
        values: given(&[
            ("__proto__", "a"),
            ("10", "b"),
            ("9", "c"),
            ("a[b]", "d"),
            ("a@b", "e"),
            ("toString", "f"),
            ("type", "g"),
            ("名", "h"),
        ]),
        reply: r#"{"constructor":"m","状态.[码]^*":1,"__proto__":{"value":"x"}}"#.to_owned(),
    }
}

/// Values of every type, written otherwise than a client sends them; defaults that are sent, and
/// ones that are not.
pub(crate) fn typed_values() -> Case {
    let provider = "provider: typed\ntitle: Typed\nsign:\n  parameter: sign\n  methods: [md5]\n  \
        canonical: {pair: \"{key}{value}\", join: \"\", secret: \"{params}{secret}\", skip_empty: false}\n  digest: {algorithm: md5, case: lower}\n\
        common:\n  appid: {from: app_id}\n  time: {from: clock}\n\
        envelope: {status: codeid, message: message, data: retdata}\n\
        statuses:\n  10000: {name: ok, title: ok, class: data, billed: always}\n";
    let endpoint = "path: /pyi/0/2\ntitle: t\nsource: s\neffect: query\nmethods: [POST]\nformats: [json]\nrequest:\n  \
        count: {type: integer, example: \"+007\"}\n  least: {type: integer, example: -9223372036854775808}\n  plain: {type: integer}\n  \
        amount: {type: decimal, example: \"-0012.50\"}\n  truth: {type: boolean, example: true}\n  lie: {type: boolean, example: false}\n  \
        day: {type: date, pattern: \"%Y年%-m月%-d日\", example: 1949年01月05日}\n  other_day: {type: date, pattern: \"%Y%m%d\"}\n  \
        moment: {type: timestamp, example: \"+0001577695766\"}\n  empty: {type: string, example: \"\"}\n  choice: {enum: {\"b&c\": {name: b}}}\n  \
        page: {type: integer, default: 1}\n  exact: {type: boolean, default: false}\n  kind: {type: string, default: \"a b&c\"}\n  \
        nothing: {type: string, default: \"\"}\n  left_out: {type: string, optional: true, example: never sent}\nresponse: any\n";
    let values = [
        ("count", "7"),
        ("least", "-9223372036854775808"),
        ("plain", "1"),
        ("amount", "-12.50"),
        ("truth", "1"),
        ("lie", "0"),
        ("day", "1949年1月5日"),
        ("other_day", "19491231"),
        ("moment", "1577695766"),
        ("empty", "1"),
        ("choice", "b&c"),
    ];
    Case {
        name: "typed_values".to_owned(),
        files: vec![
            ("provider.yaml".to_owned(), provider.to_owned()),
            ("endpoints/typed.yaml".to_owned(), endpoint.to_owned()),
        ],
        values: given(&values),
        reply: r#"{"codeid":10000,"message":"m","retdata":{"value":"x"}}"#.to_owned(),
    }
}

/// Every spec of the table, and the two above.
pub(crate) fn cases() -> Vec<Case> {
    let hostile = HOSTILE.iter().enumerate().map(|(index, (name, text))| case(name, text, index % 2 == 1));
    hostile.chain([odd_names(), typed_values()]).collect()
}

/// The pairs of a form, decoded.
pub(crate) fn pairs(form: &str) -> Vec<(String, String)> {
    let decoded = |text: &str| {
        let bytes = text.as_bytes();
        let mut out = Vec::new();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            at += 1;
            out.push(match byte {
                b'+' => b' ',
                b'%' => {
                    at += 2;
                    u8::from_str_radix(text.get(at - 2..at).unwrap(), 16).unwrap()
                }
                other => *other,
            });
        }
        String::from_utf8(out).unwrap()
    };
    form.split('&').map(|pair| pair.split_once('=').unwrap()).map(|(a, b)| (decoded(a), decoded(b))).collect()
}

/// The method, the path and the form of a request that arrived.
pub(crate) fn arrived(request: &str) -> (String, String, String) {
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let mut words = head.split(' ');
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let form = if method == "GET" { query } else { body };
    (method.to_owned(), path.to_owned(), form.to_owned())
}

/// Compares a request with that of the Rust client for the same values and time.
pub(crate) fn assert_sent(case: &Case, spec: &ir::Provider, request: &str, said: &str) -> String {
    let endpoint = &spec.endpoints[0];
    let (method, path, form) = arrived(request);
    assert_eq!(
        (method.as_str(), path.as_str()),
        (endpoint.methods[0].as_str(), endpoint.path.as_str()),
        "{said}"
    );
    let sent = pairs(&form);
    let clock = &spec.common_from(ir::CommonSource::Clock).unwrap().name;
    let time = sent.iter().find(|(name, _)| name == clock).unwrap_or_else(|| panic!("no time: {said}"));
    let expected = case.form(spec, time.1.parse().unwrap());
    assert_eq!(sent, pairs(&expected), "{said}");
    expected
}
