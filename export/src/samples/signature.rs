//! The signature of a text in each language: the digest or the HMAC, in its encoding.

use pyi_codegen::ir::{Case, Digest, Encoding, SignMethod, Signing, SigningScheme};

use super::{Lang, Writer};

/// The method of a sample: the first, which is the default.
pub(super) fn method(scheme: &SigningScheme) -> SignMethod {
    scheme.methods.first().copied().unwrap_or(SignMethod::Md5)
}

/// The name of a digest in OpenSSL, and so in PHP, Python and Node.js.
fn name(digest: Digest) -> &'static str {
    match digest {
        Digest::Md5 => "md5",
        Digest::Sha1 => "sha1",
        Digest::Sha256 => "sha256",
        Digest::Sha384 => "sha384",
        Digest::Sha512 => "sha512",
        Digest::Sm3 => "sm3",
    }
}

/// The expression of the signature: for the shell, the commands that read the text.
pub(super) fn expression(writer: &Writer<'_>, scheme: &SigningScheme) -> String {
    let (lang, key) = (writer.lang, writer.hmac_key());
    let signing = method(scheme).signing();
    match signing {
        Signing::Secret => return secret(writer),
        // The program is given it: no key of its own can make it.
        Signing::Signer => return secret(writer).replace("PYI_SECRET", "PYI_SIGNATURE"),
        Signing::Basic => {
            let pair =
                writer.joined(&[writer.app_id().to_owned(), writer.text(":"), writer.secret().to_owned()]);
            return match lang {
                Lang::Curl => format!("{{ cat >/dev/null; printf '%s' {pair} | openssl base64 -A; }}"),
                Lang::Php => format!("base64_encode({pair})"),
                Lang::Python => format!("base64.b64encode(({pair}).encode()).decode()"),
                _ => format!("Buffer.from({pair}).toString('base64')"),
            };
        }
        Signing::Digest(_) | Signing::Hmac(_) => {}
    }
    let text = if lang == Lang::Php { "$text" } else { "text" };
    let of = |as_base64: bool| digest(lang, signing, as_base64, &key, text);
    match scheme.encoding {
        Encoding::Hex => cased(lang, scheme.case, of(false)),
        Encoding::Base64 => of(true),
        Encoding::Base64Url => match lang {
            Lang::Curl => format!("{} | tr '+/' '-_'", of(true)),
            Lang::Php => format!("strtr({}, '+/', '-_')", of(true)),
            Lang::Python => format!("{}.translate(str.maketrans(\"+/\", \"-_\"))", of(true)),
            _ => format!("{}.replace(/\\+/g, '-').replace(/\\//g, '_')", of(true)),
        },
        Encoding::Base64Percent => match lang {
            Lang::Curl => format!("{} | sed 's/+/%2B/g; s,/,%2F,g; s/=/%3D/g'", of(true)),
            Lang::Php => format!("rawurlencode({})", of(true)),
            Lang::Python => format!("urllib.parse.quote({}, safe=\"\")", of(true)),
            _ => format!("encodeURIComponent({})", of(true)),
        },
        Encoding::HexBase64 => {
            let digits = cased(lang, scheme.case, of(false));
            match lang {
                Lang::Curl => format!("{digits} | tr -d '\\n' | openssl base64 -A"),
                Lang::Php => format!("base64_encode({digits})"),
                Lang::Python => format!("base64.b64encode({digits}.encode()).decode()"),
                _ => format!("Buffer.from({digits}).toString('base64')"),
            }
        }
    }
}

/// Hexadecimal digits in a case.
fn cased(lang: Lang, case: Case, digest: String) -> String {
    match (case, lang) {
        (Case::Lower, _) => digest,
        (Case::Upper, Lang::Curl) => format!("{digest} | tr a-f A-F"),
        (Case::Upper, Lang::Php) => format!("strtoupper({digest})"),
        (Case::Upper, Lang::Python) => format!("{digest}.upper()"),
        (Case::Upper, _) => format!("{digest}.toUpperCase()"),
    }
}

/// The secret in place of a signature.
fn secret(writer: &Writer<'_>) -> String {
    match (writer.lang, writer.secret()) {
        (Lang::Curl, secret) => format!("{{ cat >/dev/null; printf '%s' {secret}; }}"),
        (_, secret) => secret.to_owned(),
    }
}

/// The digest or the HMAC of a text in lower-case digits or base64: for the shell, the commands
/// that read the text.
pub(super) fn digest(lang: Lang, signing: Signing, as_base64: bool, key: &str, text: &str) -> String {
    match lang {
        Lang::Curl => curl(signing, as_base64, key),
        Lang::Php => php(signing, as_base64, key, text),
        Lang::Python => python(signing, as_base64, key, text),
        Lang::JavaScript | Lang::Rust => javascript(signing, as_base64, key, text),
    }
}

fn curl(signing: Signing, as_base64: bool, key: &str) -> String {
    let digest = match signing {
        Signing::Digest(Digest::Md5) if !as_base64 => return "md5sum | cut -d' ' -f1".to_owned(),
        Signing::Digest(digest) => format!("openssl dgst -{}", name(digest)),
        Signing::Hmac(digest) => format!("openssl dgst -{} {key}", name(digest)),
        Signing::Secret | Signing::Basic | Signing::Signer => String::new(),
    };
    if as_base64 {
        format!("{digest} -binary | openssl base64 -A")
    } else {
        format!("{digest} -r | cut -d' ' -f1")
    }
}

fn php(signing: Signing, as_base64: bool, key: &str, text: &str) -> String {
    let raw = if as_base64 { ", true" } else { "" };
    let digest = match signing {
        Signing::Digest(Digest::Md5) => format!("md5({text}{raw})"),
        Signing::Digest(Digest::Sm3) => format!("openssl_digest({text}, 'sm3'{raw})"),
        Signing::Digest(digest) => format!("hash('{}', {text}{raw})", name(digest)),
        // PHP's own functions have no SM3, and OpenSSL's no HMAC (RFC 2104).
        Signing::Hmac(Digest::Sm3) => format!(
            "(function ($key, $text) {{\n    \
             $sm3 = fn ($text, $raw = true) => openssl_digest($text, 'sm3', $raw);\n    \
             $key = str_pad(strlen($key) > 64 ? $sm3($key) : $key, 64, \"\\0\");\n    \
             $inner = $sm3(($key ^ str_repeat(\"\\x36\", 64)) . $text);\n    \
             return $sm3(($key ^ str_repeat(\"\\x5c\", 64)) . $inner, {});\n\
             }})({key}, {text})",
            if as_base64 { "true" } else { "false" }
        ),
        Signing::Hmac(digest) => {
            format!("hash_hmac('{}', {text}, {key}{raw})", name(digest))
        }
        Signing::Secret | Signing::Basic | Signing::Signer => String::new(),
    };
    if as_base64 { format!("base64_encode({digest})") } else { digest }
}

fn python(signing: Signing, as_base64: bool, key: &str, text: &str) -> String {
    let digest = match signing {
        Signing::Digest(Digest::Md5) => format!("hashlib.md5({text}.encode())"),
        Signing::Digest(digest) => format!("hashlib.new(\"{}\", {text}.encode())", name(digest)),
        Signing::Hmac(digest) => {
            format!("hmac.new({key}, {text}.encode(), \"{}\")", name(digest))
        }
        Signing::Secret | Signing::Basic | Signing::Signer => String::new(),
    };
    if as_base64 {
        format!("base64.b64encode({digest}.digest()).decode()")
    } else {
        format!("{digest}.hexdigest()")
    }
}

fn javascript(signing: Signing, as_base64: bool, key: &str, text: &str) -> String {
    let encoding = if as_base64 { "base64" } else { "hex" };
    match signing {
        Signing::Digest(digest) => {
            format!("createHash('{}').update({text}).digest('{encoding}')", name(digest))
        }
        Signing::Hmac(digest) => {
            format!("createHmac('{}', {key}).update({text}).digest('{encoding}')", name(digest))
        }
        Signing::Secret | Signing::Basic | Signing::Signer => String::new(),
    }
}

/// The credentials in Rust, up to the secret.
pub(super) fn credentials(crate_path: &str, method: SignMethod) -> String {
    match method {
        SignMethod::Md5 => "Credentials::md5(".to_owned(),
        SignMethod::HmacSha256 => "Credentials::hmac_sha256(".to_owned(),
        SignMethod::Hash => "Credentials::hash(".to_owned(),
        SignMethod::Key => "Credentials::key(".to_owned(),
        other => format!("Credentials::new({crate_path}::SignMethod::{other:?}, "),
    }
}
