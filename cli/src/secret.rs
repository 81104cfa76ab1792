//! The app's secret: by a variable or a file, never by an argument, which everybody on the machine can read.

use clap::ArgMatches;

use crate::Misuse;

pub(crate) fn read(matches: &ArgMatches) -> Result<String, Misuse> {
    let secret = match matches.get_one::<String>("secret-file") {
        Some(path) => std::fs::read_to_string(path)
            .map_err(|error| Misuse(format!("cannot read the file of --secret-file: {error}")))?,
        None => std::env::var("PYI_SECRET")
            .map_err(|_| Misuse("no secret; set PYI_SECRET, or give --secret-file FILE".to_owned()))?,
    };
    Ok(secret.trim().to_owned())
}
