//! Finds the ledger that an argument names: the file itself, or the one beside a table.

use std::io::Read;
use std::path::Path;

use pyi_text::message;

use crate::language::tr;
use crate::stdio::eprint;
use crate::{UsageError, private};

/// Endings of a ledger's name after the table's: for the provider, and for the sandbox.
pub(super) const LEDGER: &str = "ledger";
pub(super) const SANDBOX_LEDGER: &str = "sandbox-ledger";

/// Endings of the name of the file that names a table's batch in a store.
pub(super) const BATCH: &str = "batch";
pub(super) const SANDBOX_BATCH: &str = "sandbox-batch";

/// The first bytes of a SQLite file.
const SQLITE: &[u8; 16] = b"SQLite format 3\0";

/// The ledger that an argument names. Where a table has two, the provider's is taken, and that is
/// reported.
pub(super) fn ledger(given: &str) -> Result<String, UsageError> {
    if is_ledger(Path::new(given)) {
        return Ok(given.to_owned());
    }
    let beside = |ending: &str| Some(format!("{given}.{ending}")).filter(|path| Path::new(path).exists());
    match (beside(LEDGER), beside(SANDBOX_LEDGER)) {
        (Some(ledger), Some(sandbox)) => {
            eprint(&tr!(
                "note: reading {ledger}; the sandbox's ledger of the table is {sandbox}",
                ledger,
                sandbox
            ));
            Ok(ledger)
        }
        (Some(ledger), None) | (None, Some(ledger)) => Ok(ledger),
        (None, None) if Path::new(given).exists() => Err(UsageError(message!(
            "{given} is not a ledger, and there is none beside it; give the file of the run's --ledger",
            given
        ))),
        (None, None) => {
            Err(UsageError(message!("there is no ledger: LEDGER is neither a ledger nor a table")))
        }
    }
}

/// Whether a file is a ledger, or one that a killed run began.
fn is_ledger(path: &Path) -> bool {
    let mut head = [0; SQLITE.len()];
    let Ok(mut file) = private::open(path) else { return false };
    match file.metadata() {
        Ok(about) if about.len() == 0 => true,
        _ => file.read_exact(&mut head).is_ok() && head == *SQLITE,
    }
}
