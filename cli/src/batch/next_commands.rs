//! Command lines that continue a run, to be pasted into a shell: the command line that was typed,
//! with a flag added or changed. It never has the secret, since no argument takes one.

use std::ffi::OsString;

use pyi_batch::{Money, StopReason, Summary, Totals};
use pyi_text::is_unsafe;

use super::amounts::{amount, sum, times};
use crate::language::tr;

/// The ways to continue a run that ended before every row had its answer, each with its command
/// line.
pub(super) fn lines(
    summary: &Summary,
    totals: &Totals,
    unit_price: Money,
    arguments: &[OsString],
) -> Vec<String> {
    let typed = |changed: &[(&str, &str)]| command_line(arguments, changed);
    let spent = sum(totals.spent, totals.reserved);
    let mut ways = Vec::new();
    if summary.ambiguous > 0 {
        // Rows that were sent as often as --max-sends allows are not sent again.
        let may_retry = summary.send_limit < summary.ambiguous;
        ways.extend(held(summary.ambiguous, may_retry, arguments));
    }
    // A run that begins with held rows needs --on-ambiguous.
    let mut hold = if summary.ambiguous > 0 { vec![("--on-ambiguous", "hold")] } else { Vec::new() };
    match &summary.stopped {
        Some(StopReason::Budget) => {
            let budget = amount(sum(spent, times(unit_price, summary.left)));
            hold.push(("--budget", &budget));
            ways.push(tr!(
                "to send the {left} rows that are left: {command}",
                left = summary.left,
                command = typed(&hold)
            ));
        }
        Some(_) => ways.push(tr!("to go on: {command}", command = typed(&hold))),
        None if summary.left > 0 => ways.push(tr!("to go on: {command}", command = typed(&hold))),
        None if summary.elsewhere > 0 => {
            ways.push(tr!(
                "to try those rows again once the other batch has ended: {command}",
                command = typed(&hold)
            ));
        }
        None => {}
    }
    ways
}

/// The choices for rows that were sent and have no answer.
pub(super) fn held(rows: u64, may_retry: bool, arguments: &[OsString]) -> Vec<String> {
    let typed = |choice: &str| command_line(arguments, &[("--on-ambiguous", choice)]);
    let mut ways = Vec::new();
    if may_retry {
        ways.push(tr!(
            "to send the {rows} held rows again, and perhaps pay for them twice: {command}",
            rows,
            command = typed("retry")
        ));
    }
    ways.push(tr!("to give them up: {command}", command = typed("skip")));
    ways
}

/// The command line that was typed, without its permissions to pay twice: rows without an answer
/// are held, and people of other batches are reported again.
pub(super) fn holding(arguments: &[OsString]) -> String {
    let arguments: Vec<OsString> =
        arguments.iter().filter(|argument| *argument != "--new-batch").cloned().collect();
    command_line(&arguments, &[("--on-ambiguous", "hold")])
}

/// The command line that was typed, quoted for a shell, with a flag added that takes no value.
pub(super) fn with_flag(arguments: &[OsString], flag: &str) -> String {
    let typed = arguments.iter().map(|argument| argument.to_string_lossy());
    let words: Vec<String> = typed.map(|argument| quoted(&argument)).chain([flag.to_owned()]).collect();
    pasted(words.join(" "))
}

/// The command line that was typed, quoted for a shell, with flags set anew.
fn command_line(arguments: &[OsString], changed: &[(&str, &str)]) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut arguments = arguments.iter().map(|argument| argument.to_string_lossy());
    while let Some(argument) = arguments.next() {
        let flag = argument.split_once('=').map_or(&*argument, |(flag, _)| flag);
        if !changed.iter().any(|(name, _)| *name == flag) {
            words.push(quoted(&argument));
        } else if flag == argument {
            // Its value.
            arguments.next();
        }
    }
    for (name, value) in changed {
        words.extend([(*name).to_owned(), quoted(value)]);
    }
    pasted(words.join(" "))
}

/// A line with characters that are not shown as they are cannot be pasted.
fn pasted(line: String) -> String {
    if line.contains(is_unsafe) { tr!("run the command again with the same arguments") } else { line }
}

/// A word as POSIX shells read it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:,+@%=".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// Against a real shell: it reads the same words, with any characters.
    #[cfg(unix)]
    #[test]
    fn a_shell_reads_the_words_that_were_typed() {
        let typed = [
            "a b",
            "it's",
            "$(touch /tmp/never)",
            "`x`",
            "\\",
            "\"",
            "张三",
            "*",
            "~",
            "",
            "-o=x",
            "#",
            "!",
            "a;b",
            "&",
            "<x>",
        ];
        let mut arguments = vec![OsString::from("printf"), OsString::from("%s\\n")];
        arguments.extend(["--budget", "1"].map(OsString::from));
        arguments.extend(typed.map(OsString::from));
        arguments.extend(["--budget=2"].map(OsString::from));
        let line = command_line(&arguments, &[("--budget", "3 4")]);
        let output = std::process::Command::new("sh").args(["-c", &line]).output().unwrap();
        let mut expected = typed.to_vec();
        expected.extend(["--budget", "3 4"]);
        assert_eq!(String::from_utf8(output.stdout).unwrap(), expected.join("\n") + "\n", "{line}");
    }
}
