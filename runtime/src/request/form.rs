//! Pairs of a form, and texts in percent signs.

/// Writes one pair of a form, encoded as the WHATWG URL standard and PHP's `http_build_query` do.
pub(super) fn push(form: &mut String, key: &str, value: &str) {
    push_key(form, key);
    form.extend(form_urlencoded::byte_serialize(value.as_bytes()));
}

/// As [`push`], with a key that needs no encoding.
pub(super) fn push_plain(form: &mut String, key: &str, value: &str) {
    if !form.is_empty() {
        form.push('&');
    }
    form.push_str(key);
    form.push('=');
    form.extend(form_urlencoded::byte_serialize(value.as_bytes()));
}

pub(super) fn push_key(form: &mut String, key: &str) {
    if !form.is_empty() {
        form.push('&');
    }
    form.extend(form_urlencoded::byte_serialize(key.as_bytes()));
    form.push('=');
}

/// Writes a text in pieces, with all characters but letters, digits and `-._~` as percent signs and
/// upper-case digits (RFC 3986, section 2.1).
pub(crate) fn percent_encode(text: &str, out: &mut dyn FnMut(&str)) {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let mut rest = text;
    while !rest.is_empty() {
        let plain = rest.bytes().position(|byte| !is_plain(byte)).unwrap_or(rest.len());
        // The bytes before it are ASCII, so this is the boundary of a character.
        let (before, after) = rest.split_at(plain);
        if !before.is_empty() {
            out(before);
        }
        let Some(special) = after.chars().next() else { return };
        let (special, after) = after.split_at(special.len_utf8());
        for byte in special.bytes() {
            let mut digits = *b"%00";
            let written = hex::encode_to_slice([byte], &mut digits[1..]);
            digits.make_ascii_uppercase();
            // Two digits fit, and are ASCII.
            if let (Ok(()), Ok(digits)) = (written, std::str::from_utf8(&digits)) {
                out(digits);
            }
        }
        rest = after;
    }
}
