//! The app's secret. It is in a file, in a variable, or what a command of a profile prints, and in
//! no argument, which every user of the machine can read.

use std::path::Path;
use std::process::{Command, Stdio};

use pyi_text::{Message, message};

use crate::argument::Access;
use crate::profile::{Profile, SecretSource};
use crate::{UsageError, argument, private};

/// The secret: of the file that was given, of the profile, or of the variable PYI_SECRET.
pub(crate) fn read(file: Option<&str>, profile: Option<&Profile>) -> Result<String, UsageError> {
    let secret = match (file, profile.and_then(|profile| profile.secret.as_ref())) {
        (Some(path), _) => of_file(Path::new(path), "--secret-file")?,
        (None, Some(SecretSource::File(path))) => of_file(path, "secret_file")?,
        (None, Some(SecretSource::Command(command))) => of_command(command)?,
        (None, Some(SecretSource::Variable(name))) => std::env::var(name).map_err(|_| {
            UsageError(message!(
                "no secret; the variable {name} of the profile is not set, or is no text",
                name
            ))
        })?,
        (None, None) => std::env::var("PYI_SECRET")
            .map_err(|_| UsageError(message!("no secret; set PYI_SECRET, or give --secret-file FILE")))?,
    };
    let secret = secret.trim();
    if secret.is_empty() {
        return Err(UsageError(message!("the secret is empty")));
    }
    Ok(secret.to_owned())
}

fn of_file(path: &Path, argument: &str) -> Result<String, UsageError> {
    let shown = path.to_string_lossy();
    let failed = |why: Message| argument::failed(Access::Use, &shown, argument, why);
    let bytes = private::read(path).map_err(|error| failed(error.into()))?;
    String::from_utf8(bytes).map_err(|_| failed(message!("it is not UTF-8")))
}

/// What a command prints. It runs without a shell, may ask the user, and its output is never shown.
fn of_command(command: &[String]) -> Result<String, UsageError> {
    let Some((program, arguments)) = command.split_first() else {
        return Err(UsageError(message!("secret_command is empty; it is a program and its arguments")));
    };
    let failed = |why: Message| {
        UsageError(message!("{program}, which prints the secret, failed: {why}", program, why))
    };
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::inherit())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| failed(error.into()))?;
    if !output.status.success() {
        return Err(failed(Message::from(output.status.to_string())));
    }
    String::from_utf8(output.stdout).map_err(|_| failed(message!("its output is not UTF-8")))
}
