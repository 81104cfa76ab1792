//! Descriptions in Markdown of facts without an OpenAPI key.

use pyi_codegen::ir::{
    BillingRule, Check, CheckWord, Encoding, Endpoint, Enum, Field, KeyEncoding, ParameterOrder,
    ParameterPlace, PercentEncoding, Price, Provider, Retry, Segment, SegmentWord, Signing, SigningScheme,
    Source, Status, Type,
};

use super::schemas::Side;

/// The paragraphs that are not empty.
pub(super) fn paragraphs(parts: &[&str]) -> Option<String> {
    let written: Vec<&str> = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).collect();
    (!written.is_empty()).then(|| written.join("\n\n"))
}

pub(super) fn provider(provider: &Provider) -> String {
    let values = "A value may arrive as text where this document says a number, and as a number where it says text; nothing may be \
                  `null`, `\"\"`, `[]` or absent. Whether a call was billed follows from the reply's status alone; see the schema `Status`.";
    let parts = [provider.doc.as_str(), values, &sign_of_requests(provider)];
    paragraphs(&parts).unwrap_or_default()
}

/// How requests are signed.
pub(super) fn sign_of_requests(provider: &Provider) -> String {
    let unsigned = provider.common.iter().filter(|common| !common.is_signed);
    let made = sign(&provider.sign, unsigned.map(|common| common.name.as_str()));
    let beside = provider.common.iter().filter(|common| common.place == ParameterPlace::Sign);
    let beside = beside.map(|common| {
        let value = match common.source {
            Source::Constant => format!("`{}`", common.value),
            Source::Common(from) => format!("`{}`", from.as_str()),
            Source::Request(_) | Source::Secret => String::new(),
        };
        format!(" `{}`, which is not sent by itself, is {value}.", common.name)
    });
    let secret = match provider.sign.secret_as.as_str() {
        "" => String::new(),
        name => format!(" `{name}`, which is not sent, is the secret."),
    };
    format!("{made}{}{secret}", beside.collect::<String>())
}

/// How a signature is made, of all parameters but these and itself.
pub(super) fn sign<'a>(sign: &SigningScheme, unsigned: impl Iterator<Item = &'a str>) -> String {
    let written = match sign.encoding {
        Encoding::Hex => format!("{}-case hexadecimal digits", sign.case.as_str()),
        Encoding::Base64 => "base64".to_owned(),
        Encoding::Base64Url => "base64 with `-` and `_`".to_owned(),
        Encoding::Base64Percent => "base64 in percent signs".to_owned(),
        Encoding::HexBase64 => format!("base64 of its {}-case hexadecimal digits", sign.case.as_str()),
    };
    let key = match (sign.hmac_key.is_empty(), sign.key_encoding) {
        (false, _) => template(&sign.hmac_key),
        (true, KeyEncoding::Text) => "the secret".to_owned(),
        (true, KeyEncoding::Base64) => "the secret, decoded from base64".to_owned(),
        (true, KeyEncoding::Hex) => "the secret, decoded from hexadecimal digits".to_owned(),
    };
    let whole = match sign.encode_text {
        None => "",
        Some(PercentEncoding::Form) => ", the whole of it encoded as in a form",
        Some(PercentEncoding::Rfc3986) => ", the whole of it encoded as in RFC 3986",
    };
    let digests = sign.methods.iter().map(|method| {
        let text = template(sign.text(*method));
        match method.signing() {
            Signing::Digest(digest) => format!("{} of the text {text}{whole}, in {written}", digest.title()),
            Signing::Hmac(digest) => {
                format!("HMAC-{} of the text {text}{whole}, keyed by {key}, in {written}", digest.title())
            }
            Signing::Secret => "the secret itself (never over plain http)".to_owned(),
            Signing::Basic => {
                "the app's id and the secret, as HTTP's Basic authentication has them (never over plain http)"
                    .to_owned()
            }
            Signing::Signer => format!("the provider's signature of the text {text}{whole}, in {written}"),
        }
    });
    let digests: Vec<String> = digests.collect();
    let sent = match sign.template.as_str() {
        "" => String::new(),
        template => format!(", sent as `{template}`"),
    };
    let sent = if sign.is_in_base64 { format!("{sent}, all of it in base64") } else { sent };
    let head = format!("`{}` is {}{sent}.", sign.parameter, digests.join(", or "));
    let texts = sign.methods.iter().flat_map(|method| sign.text(*method));
    let has_params = texts
        .into_iter()
        .any(|segment| matches!(segment, Segment::Word(SegmentWord::Params | SegmentWord::EncodedParams)));
    if has_params { format!("{head} {}", params(sign, unsigned)) } else { head }
}

/// How the signed parameters are written.
fn params<'a>(sign: &SigningScheme, unsigned: impl Iterator<Item = &'a str>) -> String {
    let unsigned: String = unsigned.map(|name| format!(" and `{name}`")).collect();
    let mut steps = vec![format!("take every parameter that is sent, save `{}`{unsigned}", sign.parameter)];
    if sign.skip_empty {
        steps.push("leave out those with an empty value, from the request too".to_owned());
    }
    match sign.order {
        ParameterOrder::Key => steps.push("sort by name, in byte order".to_owned()),
        ParameterOrder::Value => steps.push("sort by value, in byte order".to_owned()),
        ParameterOrder::Listed => {}
    }
    let encoded = match sign.encode {
        None => "raw UTF-8",
        Some(PercentEncoding::Form) => "encoded as in a form",
        Some(PercentEncoding::Rfc3986) => "encoded as in RFC 3986",
    };
    if sign.has_names {
        steps.push(format!(
            "write name and value, {encoded}, with {} between them",
            quoted(&sign.key_value_separator)
        ));
    } else {
        steps.push(format!("write the values alone, {encoded}"));
    }
    steps.push(format!("put {} between two pairs", quoted(&sign.pair_separator)));
    format!("`{{params}}`: {}.", steps.join("; "))
}

/// A text as the spec writes it.
fn template(segments: &[Segment]) -> String {
    let pieces = segments.iter().map(|segment| match segment {
        Segment::Text(text) => text.clone(),
        Segment::Word(word) => format!("{{{}}}", word.as_str()),
        Segment::Parameter(name) => format!("{{{name}}}"),
    });
    format!("`{}`", pieces.collect::<String>())
}

fn quoted(text: &str) -> String {
    if text.is_empty() { "nothing".to_owned() } else { format!("`{text}`") }
}

pub(super) fn endpoint(endpoint: &Endpoint) -> Option<String> {
    let source = format!("Source: {}.", endpoint.source);
    let callback = endpoint
        .callback
        .as_ref()
        .map(|field| format!("The answer may come later, to the address in `{field}`."));
    let price = endpoint.price.as_ref().map(price).unwrap_or_default();
    paragraphs(&[&endpoint.doc, callback.as_deref().unwrap_or_default(), &price, &source])
}

/// What a call costs, tier by tier.
fn price(price: &Price) -> String {
    let tiers: Vec<String> =
        price.tiers.iter().map(|(calls, unit_price)| format!("{unit_price} if {calls} are bought")).collect();
    format!("A billed call costs, in {}: {}.", price.currency, tiers.join(", "))
}

fn billed(status: &Status) -> &'static str {
    match status.billed {
        BillingRule::Always => "billed",
        BillingRule::Never => "not billed",
        BillingRule::Unknown => "whether it is billed is unknown",
    }
}

/// What an answer of an HTTP status is, which has no envelope.
pub(super) fn http(status: &Status) -> String {
    let again = match status.retry {
        Retry::Never => "",
        _ => "; a query may be sent again",
    };
    let remedy = if status.remedy.is_empty() { String::new() } else { format!("; {}", status.remedy) };
    let title = if status.title.is_empty() { "An answer" } else { &status.title };
    format!("{title}, without an envelope ({}{again}{remedy})", billed(status))
}

pub(super) fn statuses(statuses: &[&Status]) -> String {
    let lines = statuses.iter().map(|status| {
        let billed = billed(status);
        let remedy = if status.remedy.is_empty() { String::new() } else { format!("; {}", status.remedy) };
        format!("- `{}` {}: {} ({billed}{remedy})", status.code, status.name, status.title)
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The codes of an enum, one a line.
pub(super) fn codes(named: &Enum) -> String {
    let lines = named.codes.iter().map(|code| format!("- `{}`: {}", code.code, code.title));
    lines.collect::<Vec<_>>().join("\n")
}

/// What is to be known of a field beyond its type. Checks are for what a caller sends; no reply is
/// held to them.
pub(super) fn field(provider: &Provider, field: &Field, side: Side) -> Option<String> {
    let asked = side != Side::Reply;
    let mut rules: Vec<String> = field.checks.iter().filter(|_| asked).map(rule).collect();
    let named = match &field.ty {
        Type::Enum(name) if asked => provider.codes(name).map(codes),
        _ => None,
    };
    match &field.ty {
        Type::Date { pattern } => rules.push(format!("a date, written as `{pattern}` (strftime)")),
        Type::Timestamp => rules.push("a time in unix seconds".to_owned()),
        Type::Decimal => rules.push("an exact decimal number".to_owned()),
        Type::List(_) if asked && field.join.is_some() => {
            let separator = field.join.as_deref().unwrap_or_default();
            rules.push(format!("a list, written as one text with `{separator}` between two elements"));
        }
        _ => {}
    }
    let rules = if rules.is_empty() { String::new() } else { format!("It is {}.", rules.join(", ")) };
    let source = if field.source.is_empty() { String::new() } else { format!("Source: {}.", field.source) };
    paragraphs(&[&field.doc, &named.unwrap_or_default(), &rules, &source])
}

fn rule(check: &Check) -> String {
    match check {
        Check::Named(CheckWord::ResidentId) => {
            "built as GB 11643-1999 says, check character included".to_owned()
        }
        Check::Named(CheckWord::Digits) => "made of digits alone".to_owned(),
        Check::Named(CheckWord::UnifiedCreditCode) => {
            "built as GB 32100-2015 says, check character included".to_owned()
        }
        Check::Named(CheckWord::Vin) => "built as GB 16735-2019 says, check character included".to_owned(),
        Check::Named(CheckWord::BankCard) => "12 to 19 digits, the last of which is Luhn's".to_owned(),
        Check::Min(least) => format!("{least} at least"),
        Check::Max(most) => format!("{most} at most"),
        Check::MinLength(least) => format!("{least} characters long at least"),
        Check::MaxLength(most) => format!("{most} characters long at most"),
        Check::Length(exact) => format!("{exact} characters long"),
        // The schema lists them.
        Check::OneOf(_) => "one of its codes".to_owned(),
    }
}
