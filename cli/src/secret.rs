//! The app's secret: by a variable or a file, never by an argument, which everybody on the machine can read.

use std::path::Path;

use clap::ArgMatches;

use crate::{UsageError, argument, private};

pub(crate) fn read(matches: &ArgMatches) -> Result<String, UsageError> {
    let secret = match matches.get_one::<String>("secret-file") {
        Some(path) => {
            let failed = |why: &dyn std::fmt::Display| argument::failed("use", path, "--secret-file", why);
            let bytes = private::read(Path::new(path)).map_err(|error| failed(&error))?;
            String::from_utf8(bytes).map_err(|_| failed(&"it is not UTF-8"))?
        }
        None => std::env::var("PYI_SECRET")
            .map_err(|_| UsageError("no secret; set PYI_SECRET, or give --secret-file FILE".to_owned()))?,
    };
    Ok(secret.trim().to_owned())
}
