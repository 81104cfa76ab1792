//! Messages of the protocol over stdin and stdout: each is JSON behind a header with its length.
//! The length is checked before anything is kept for it.

use std::io::{self, BufRead, Read as _, Write};

use lsp_server::{ErrorCode, Message};
use pyi_text::message;
use serde_json::{Value, json};

use crate::UsageError;
use crate::language::tr;

/// Maximum size of a message, in bytes: many times that of a spec's file.
const MESSAGE_LIMIT: u64 = 64 << 20;

/// Maximum size of a line of a header, in bytes.
const HEADER_LIMIT: u64 = 4 << 10;

/// Reads the text of the next message; `None` at the end of the input. After an error, the begin
/// of the next message is not known.
pub(super) fn read(input: &mut impl BufRead) -> Result<Option<Vec<u8>>, UsageError> {
    let failed =
        |why: io::Error| UsageError(message!("the editor's connection failed: {error}", error = why));
    let mut length = None;
    let mut is_first = true;
    loop {
        let mut line = Vec::new();
        input.by_ref().take(HEADER_LIMIT).read_until(b'\n', &mut line).map_err(failed)?;
        match line.strip_suffix(b"\n").map(<[u8]>::trim_ascii) {
            None if line.is_empty() && is_first => return Ok(None),
            None => return Err(broken(message!("a message ends in its header, or the header is too long"))),
            Some(b"") => break,
            Some(header) => {
                let header = String::from_utf8_lossy(header);
                if let Some((name, value)) = header.split_once(':')
                    && name.eq_ignore_ascii_case("Content-Length")
                {
                    length = Some(value.trim().to_owned());
                }
            }
        }
        is_first = false;
    }
    let is_number = |length: &String| !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
    let Some(length) = length.filter(is_number) else {
        return Err(broken(message!("a message has no `Content-Length` that is a number")));
    };
    // A number that does not fit is too large too.
    let length = length.parse().unwrap_or(u64::MAX);
    if length > MESSAGE_LIMIT {
        return Err(broken(message!("a message has more than {limit} bytes", limit = MESSAGE_LIMIT)));
    }
    let mut text = Vec::new();
    input.take(length).read_to_end(&mut text).map_err(failed)?;
    match text.len() as u64 == length {
        true => Ok(Some(text)),
        false => Err(broken(message!("a message is shorter than its `Content-Length`"))),
    }
}

fn broken(why: pyi_text::Message) -> UsageError {
    UsageError(message!("the editor broke the protocol: {why}", why))
}

/// The message of a text, or the answer to a text that is none.
pub(super) fn parse(text: &[u8]) -> Result<Message, Value> {
    let answer = |id: Value, code: ErrorCode, message: String| json!({"jsonrpc": "2.0", "id": id, "error": {"code": code as i32, "message": message}});
    let value: Value = serde_json::from_slice(text)
        .map_err(|_| answer(Value::Null, ErrorCode::ParseError, tr!("a message is not JSON")))?;
    let id = value.get("id").filter(|id| id.is_i64() || id.is_string()).cloned().unwrap_or_default();
    serde_json::from_value(value)
        .map_err(|_| answer(id, ErrorCode::InvalidRequest, tr!("the JSON is no message of the protocol")))
}

/// Writes messages until one fails.
pub(super) struct Output {
    stdout: io::Stdout,
    pub(super) failure: Option<io::Error>,
}

impl Output {
    pub(super) fn new() -> Self {
        Self { stdout: io::stdout(), failure: None }
    }

    pub(super) fn send(&mut self, message: Message) {
        self.write(|stdout| message.write(stdout));
    }

    /// Sends the answer to a text that is no message.
    pub(super) fn refuse(&mut self, answer: &Value) {
        let text = answer.to_string();
        self.write(|stdout| {
            write!(stdout, "Content-Length: {}\r\n\r\n{text}", text.len())?;
            stdout.flush()
        });
    }

    fn write(&mut self, write: impl FnOnce(&mut io::StdoutLock<'_>) -> io::Result<()>) {
        if self.failure.is_none() {
            self.failure = write(&mut self.stdout.lock()).err();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn texts(mut input: &[u8]) -> Result<Vec<String>, String> {
        let mut texts = Vec::new();
        while let Some(text) = read(&mut input).map_err(|UsageError(why)| why.to_string())? {
            texts.push(String::from_utf8(text).unwrap());
        }
        Ok(texts)
    }

    #[test]
    fn a_message_is_as_long_as_its_header_says() {
        let two = "Content-Length: 2\r\nContent-Type: x; charset=utf-8\r\n\r\n{}content-length:3\r\n\r\n[1]";
        assert_eq!(texts(two.as_bytes()).unwrap(), ["{}", "[1]"]);
        let long = format!("Content-Length: 2\r\nX: {}\r\n\r\n{{}}", "x".repeat(5000));
        for (input, why) in [
            ("Content-Length: 99999999999\r\n\r\n", "more than 67108864 bytes"),
            ("Content-Length: 99999999999999999999999999\r\n\r\n", "more than 67108864 bytes"),
            ("Content-Length: -1\r\n\r\n", "no `Content-Length`"),
            ("Content-Type: x\r\n\r\n{}", "no `Content-Length`"),
            ("Content-Length: 3\r\n\r\n{}", "shorter"),
            ("Content-Length: 3", "ends in its header"),
            (&long, "header is too long"),
        ] {
            let error = texts(input.as_bytes()).unwrap_err();
            assert!(error.contains(why), "{input:.80}: {error}");
        }
    }

    #[test]
    fn what_is_no_message_has_an_answer() {
        for (text, code, id) in [
            ("{", -32700, Value::Null),
            ("[]", -32600, Value::Null),
            (r#"{"id": 7, "method": 1}"#, -32600, json!(7)),
        ] {
            let answer = parse(text.as_bytes()).unwrap_err();
            assert_eq!((&answer["error"]["code"], &answer["id"]), (&json!(code), &id), "{text}");
        }
    }
}
