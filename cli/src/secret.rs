//! The app's secret. It is in a variable or a file, and in no argument, which every user of the
//! machine can read.

use std::path::Path;

use crate::{UsageError, argument, private};

/// The secret in a file, or in the variable.
pub(crate) fn read(file: Option<&str>) -> Result<String, UsageError> {
    let secret = match file {
        Some(path) => {
            let failed = |why: &dyn std::fmt::Display| argument::failed("use", path, "--secret-file", why);
            let bytes = private::read(Path::new(path)).map_err(|error| failed(&error))?;
            String::from_utf8(bytes).map_err(|_| failed(&"it is not UTF-8"))?
        }
        None => std::env::var("PYI_SECRET")
            .map_err(|_| UsageError::new("no secret; set PYI_SECRET, or give --secret-file FILE"))?,
    };
    Ok(secret.trim().to_owned())
}
