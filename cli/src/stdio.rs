//! The only place where the program writes to stdout and stderr. Characters that a terminal obeys,
//! or that a reader cannot see, are never written:
//!
//! | function | what it writes | unsafe characters |
//! |---|---|---|
//! | [`print`], [`keep`] | text for people, on stdout | replaced, lines stay |
//! | [`json`], [`keep_json`] | JSON, on stdout | escaped, so that each value stays what it is |
//! | [`data`] | files: code, specs, documents, on stdout | replaced on a terminal; the very bytes everywhere else |
//! | [`report`] | faults of a spec, on stdout | replaced |
//! | [`eprint`], [`error`], [`confirmed`] | text for people, on stderr | replaced; an error is one line |
//!
//! A failed write to stdout is remembered: [`end`] reports it, and the exit code is not 0.

use std::borrow::Cow;
use std::io::{self, BufRead, ErrorKind, IsTerminal, Write};
use std::panic::PanicHookInfo;
use std::process::ExitCode;
use std::sync::OnceLock;

use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Color, Style};
use pyi_text::{is_unsafe, line, lines};

use crate::USAGE_ERROR;
use crate::language::tr;

/// The first write to stdout that failed.
static FAILED: OnceLock<io::Error> = OnceLock::new();

/// Text for people.
pub(crate) fn print(text: &str) {
    note_failure(try_print(&lines(text)));
}

/// Text about something that was paid for: on stderr if stdout fails, and the exit code stays that
/// of the outcome.
pub(crate) fn keep(text: &str) {
    try_keep(&lines(text));
}

/// JSON.
pub(crate) fn json(text: &str) {
    note_failure(try_print(&escaped(text)));
}

/// JSON about something that was paid for, as [`keep`].
pub(crate) fn keep_json(text: &str) {
    try_keep(&escaped(text));
}

/// Data that a program may read, or a file that may be written from it.
pub(crate) fn data(text: &str) {
    let text = if io::stdout().is_terminal() { lines(text) } else { Cow::Borrowed(text) };
    note_failure(try_print(&text));
}

/// Help and version. A reader that closes the pipe is no failure.
pub(crate) fn help(text: &str) {
    match try_print(&lines(text)) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        written => note_failure(written),
    }
}

/// Text for people, on stderr. A closed stderr has no reader.
pub(crate) fn eprint(text: &str) {
    let _ = writeln!(io::stderr(), "{}", lines(text));
}

/// Whether a person can be asked: both the question and the answer are on a terminal.
pub(crate) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Whether a person answers a question with yes. Anything else is no.
pub(crate) fn confirmed(question: &str) -> bool {
    let _ = write!(io::stderr(), "{} ", line(question));
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    read.is_ok() && matches!(answer.trim(), "y" | "Y" | "yes" | "是")
}

/// An error: one line on stderr.
pub(crate) fn error(text: &str) {
    let word = painted(&io::stderr(), &tr!("error: "), RED);
    // The text is safe, and the colour is the program's own.
    let _ = writeln!(io::stderr(), "{word}{}", line(text));
}

/// A report of faults: the first word of each is in colour.
pub(crate) fn report(text: &str) {
    let painted = |line: &str| {
        let word = ["error", "warning"].into_iter().find(|word| line.starts_with(&format!("{word}[")));
        match word.and_then(|word| Some((word, line.strip_prefix(word)?))) {
            Some(("error", rest)) => painted(&io::stdout(), "error", RED) + rest,
            Some((word, rest)) => painted(&io::stdout(), word, YELLOW) + rest,
            None => line.to_owned(),
        }
    };
    let lines: Vec<String> = lines(text).split('\n').map(painted).collect();
    note_failure(try_print(&lines.join("\n")));
}

const RED: Style = Style::new().bold().fg_color(Some(Color::Ansi(AnsiColor::Red)));
const YELLOW: Style = Style::new().bold().fg_color(Some(Color::Ansi(AnsiColor::Yellow)));

/// A word in colour, on a terminal that has colours, unless the variable NO_COLOR is set.
fn painted<S: RawStream>(stream: &S, word: &str, style: Style) -> String {
    match AutoStream::choice(stream) {
        ColorChoice::Never => word.to_owned(),
        ColorChoice::Always | ColorChoice::AlwaysAnsi | ColorChoice::Auto => {
            format!("{style}{word}{style:#}")
        }
    }
}

/// Whether stdout can no longer be written.
pub(crate) fn has_failed() -> bool {
    FAILED.get().is_some()
}

/// The exit code of the program: not 0 if its output was lost.
pub(crate) fn end(code: ExitCode) -> ExitCode {
    let Some(failure) = FAILED.get() else { return code };
    error(&tr!("stdout cannot be written: {failure}", failure));
    if code == ExitCode::SUCCESS { ExitCode::from(USAGE_ERROR) } else { code }
}

/// Reports a panic, which is a defect of the program. Its message may hold a value, so only its
/// place is printed.
pub(crate) fn panicked(info: &PanicHookInfo<'_>) {
    let place = info.location().map(|place| format!(" at {}:{}", place.file(), place.line()));
    let place = place.unwrap_or_default();
    error(&tr!("the program has a defect{place}; please report it", place));
}

fn try_keep(text: &str) {
    if try_print(text).is_err() {
        // The text is safe already.
        let _ = writeln!(io::stderr(), "{text}");
    }
}

fn note_failure(written: io::Result<()>) {
    if let Err(error) = written {
        // The first failure is the cause of those that follow.
        let _ = FAILED.set(error);
    }
}

fn try_print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

/// JSON with its unsafe characters written as `\uXXXX`, which changes no value: they occur in
/// strings only. Outside of strings, only white space is replaced.
fn escaped(text: &str) -> Cow<'_, str> {
    let plain = |c: char| !is_unsafe(c) || c == '\n' || c == '\t';
    if text.chars().all(plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\r' => out.push(' '),
            c if plain(c) => out.push(c),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn escaped_json_has_the_same_values() {
        let value = "a\u{1b}[31m\u{9b}\u{202e}\u{200b}\u{2028}\u{e0041}\u{feff}\"\\张";
        let text = serde_json::to_string(&[value]).unwrap();
        let shown = escaped(&text);
        assert!(!shown.chars().any(is_unsafe), "{shown:?}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&shown).unwrap(), [value]);
        assert_eq!(escaped("[1,\r\n\t2]"), "[1, \n\t2]");
    }
}
