//! The files of a batch that only its owner can read: the results, and the key that identifies
//! people across runs.

use std::io::{BufWriter, ErrorKind, Seek};
use std::path::{Path, PathBuf};

use pyi_batch::{
    Key, Mapping, OutputFormat, RunError, Store, Table, Unmatched, XLSX_RESULT_LIMIT, is_results, results,
};
use pyi_codegen::ir::{Endpoint, Provider};
use pyi_text::{Message, message};
use tempfile::NamedTempFile;

use super::leftovers;
use crate::argument::Access;
use crate::language::tr;
use crate::private::folder;
use crate::profile::state_file;
use crate::{UsageError, argument, private};

/// The results file.
#[derive(Clone)]
pub(super) struct Output {
    format: OutputFormat,
    path: PathBuf,
    overwrite: bool,
}

impl Output {
    /// A file of a known format that can be written. It is no other file of the batch, and no file
    /// of another program.
    pub(super) fn new(
        output: &str,
        needed: &[&str],
        key: &Path,
        overwrite: bool,
    ) -> Result<Self, UsageError> {
        let path = PathBuf::from(output);
        let format = match path.extension().and_then(|ending| ending.to_str()) {
            Some("csv") => OutputFormat::Csv,
            Some("xlsx") => OutputFormat::Xlsx,
            Some("jsonl") => OutputFormat::Jsonl,
            _ => {
                return Err(UsageError(message!(
                    "the file of -o ends in .csv, .xlsx or .jsonl, which is its format"
                )));
            }
        };
        let written = [real(&path), real(&unmatched_path(&path))];
        let needed = needed.iter().map(Path::new).chain([key]);
        if needed.into_iter().any(|other| written.contains(&real(other))) {
            return Err(UsageError(message!(
                "{file} is another file of the batch; give another -o",
                file = argument::file(output, "-o")
            )));
        }
        if output.ends_with(std::path::is_separator) {
            return Err(unwritable(&path, message!("its name is that of a folder")));
        }
        // A link is followed, so that the file is replaced and not the link.
        let path = path.canonicalize().unwrap_or(path);
        match folder(&path).metadata() {
            Ok(folder) if folder.is_dir() => {}
            Ok(_) => return Err(unwritable(&path, message!("its parent is not a folder"))),
            Err(error) => return Err(unwritable(&path, message!("its folder: {error}", error))),
        }
        let output = Self { format, path, overwrite };
        output.may_be_replaced()?;
        let apart = Self { path: unmatched_path(&output.path), ..output };
        apart.may_be_replaced()?;
        Ok(Self { path: output.path, ..apart })
    }

    /// Refuses a file that is neither new, nor earlier results, nor to be overwritten. Returns
    /// whether it exists.
    fn may_be_replaced(&self) -> Result<bool, UsageError> {
        let Self { format, path, overwrite } = self;
        let file = match private::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(unwritable(path, error)),
        };
        if *overwrite || is_results(file, *format).map_err(|error| unwritable(path, error))? {
            return Ok(true);
        }
        Err(unwritable(
            path,
            message!(
                "it exists and has other content than results of a batch; give another -o, or --overwrite to replace it"
            ),
        ))
    }

    /// Refuses more rows than the format holds, before they are paid for.
    pub(super) fn holds(&self, rows: u64) -> Result<(), UsageError> {
        match self.format {
            OutputFormat::Xlsx if rows > XLSX_RESULT_LIMIT => Err(UsageError(message!(
                "{rows} rows are more than the {limit} that a workbook holds; give a .csv or .jsonl",
                rows,
                limit = XLSX_RESULT_LIMIT
            ))),
            _ => Ok(()),
        }
    }

    /// Creates the file before anything is sent, and removes what killed runs of the batch left
    /// beside it.
    pub(super) fn create(&self, ledger: &Path) -> Result<Results, UsageError> {
        leftovers::remove(folder(&self.path), ledger);
        let beside = self.beside(ledger)?;
        Ok(Results { beside, output: self.clone(), ledger: ledger.to_owned() })
    }

    /// A temporary file beside the results file.
    fn beside(&self, ledger: &Path) -> Result<NamedTempFile, UsageError> {
        leftovers::create(folder(&self.path), ledger).map_err(|error| unwritable(&self.path, error))
    }

    /// Removes a file that holds earlier results.
    fn remove(&self) -> Result<(), UsageError> {
        if self.may_be_replaced()? {
            std::fs::remove_file(&self.path).map_err(|error| unwritable(&self.path, error))?;
        }
        Ok(())
    }

    /// Replaces the results file by a complete one. Another program may have written a file there
    /// during the run.
    fn put(&self, beside: NamedTempFile) -> Result<(), UsageError> {
        let Self { path, .. } = self;
        beside.as_file().sync_all().map_err(|error| unwritable(path, error))?;
        let put = if self.may_be_replaced()? { beside.persist(path) } else { beside.persist_noclobber(path) };
        put.map(drop).map_err(|error| unwritable(path, error.error))
    }
}

/// The file of rows that were sent and are not in the table: `results.unmatched.csv` for
/// `results.csv`.
fn unmatched_path(path: &Path) -> PathBuf {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    path.with_extension(format!("unmatched.{ending}"))
}

/// A temporary file beside the results file, which it replaces once it is complete. It is removed
/// otherwise.
pub(super) struct Results {
    beside: NamedTempFile,
    output: Output,
    /// The ledger's path, whose name is in the names of temporary files.
    ledger: PathBuf,
}

/// The files that were written.
pub(super) struct Written {
    /// Whether the results of the table's rows were written.
    pub(super) has_table: bool,
    /// Rows that were sent and are not in the table, and the file that lists them.
    pub(super) unmatched: Option<(u64, String)>,
    /// The files that exist now.
    pub(super) files: Vec<PathBuf>,
}

impl Results {
    /// Writes the results of the table's rows, and apart those of rows that the table does not
    /// have. A table that has changed since it was opened is opened again; if that fails, all rows
    /// are listed apart.
    pub(super) async fn write<S: Store>(
        self,
        endpoint: (&Provider, &Endpoint),
        table: (&Table, &Mapping),
        (key, ledger): (&Key, &S),
        reopened: impl FnOnce() -> Option<(Table, Mapping)>,
    ) -> Result<Written, UsageError> {
        let failed = |error: RunError| UsageError::new(error);
        let mut unmatched = self.fill(endpoint, table, key, ledger).await;
        if let Err(RunError::Table(_)) = unmatched
            && let Some((table, mapping)) = reopened()
        {
            unmatched = self.fill(endpoint, (&table, &mapping), key, ledger).await;
        }
        let (has_table, unmatched) = match unmatched {
            Ok(unmatched) => (true, unmatched),
            Err(RunError::Table(_)) => (false, Unmatched::all(ledger).await.map_err(failed)?),
            Err(error) => return Err(failed(error)),
        };
        let Self { beside, output, ledger: ledger_path } = self;
        let mut files = Vec::new();
        if has_table {
            files.push(output.path.clone());
            output.put(beside)?;
        }
        let rows = unmatched.rows();
        let listed = tr!("the sheet `unmatched` of {path}", path = output.path.display());
        let apart = Output { path: unmatched_path(&output.path), ..output };
        if rows == 0 || (has_table && apart.format == OutputFormat::Xlsx) {
            // The results have the rows that an earlier run listed apart.
            apart.remove()?;
            return Ok(Written { has_table, unmatched: (rows > 0).then_some((rows, listed)), files });
        }
        let file = apart.beside(&ledger_path)?;
        unmatched
            .write(endpoint, ledger, apart.format, BufWriter::new(file.as_file()))
            .await
            .map_err(failed)?;
        apart.put(file)?;
        files.push(apart.path.clone());
        Ok(Written { has_table, unmatched: Some((rows, apart.path.display().to_string())), files })
    }

    async fn fill<S: Store>(
        &self,
        endpoint: (&Provider, &Endpoint),
        table: (&Table, &Mapping),
        key: &Key,
        ledger: &S,
    ) -> Result<Unmatched, RunError> {
        // An earlier attempt may have written to it. A failure shows in the next write.
        let mut out = self.beside.as_file();
        let _ = out.set_len(0).and_then(|()| out.rewind());
        results(endpoint, table, key, ledger, self.output.format, BufWriter::new(out)).await
    }
}

fn unwritable(path: &Path, why: impl Into<Message>) -> UsageError {
    argument::failed(Access::Write, &path.to_string_lossy(), "-o", why)
}

/// The canonical path of a file that may not exist.
fn real(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default();
    path.canonicalize().unwrap_or_else(|_| real_folder(path).join(name))
}

fn real_folder(path: &Path) -> PathBuf {
    folder(path).canonicalize().unwrap_or_else(|_| folder(path).to_owned())
}

/// The path of the key: the one that is given, or that of the user.
pub(super) fn any_key_path(given: Option<PathBuf>) -> Result<PathBuf, UsageError> {
    let path = given.or_else(|| state_file("batch.key"));
    path.ok_or_else(|| UsageError(message!("there is no home folder for the key; give --key FILE")))
}

/// The path of the key, which is never beside the ledger.
pub(super) fn key_path(given: Option<PathBuf>, ledger: &Path) -> Result<PathBuf, UsageError> {
    let path = any_key_path(given)?;
    if real_folder(&path) == real_folder(ledger) {
        return Err(UsageError(message!(
            "{file} would be beside the ledger, and with both files one can test who is in it; give another --key",
            file = argument::file(&path.to_string_lossy(), message!("the key"))
        )));
    }
    Ok(path)
}

/// Reads the key, a file that only its owner can read. A new key is created, but not for a ledger
/// that exists.
pub(super) fn key(path: &Path, ledger: &Path) -> Result<Key, UsageError> {
    let failed = |why: Message| {
        argument::failed(Access::Use, &path.to_string_lossy(), message!("the key (--key)"), why)
    };
    let secret = match private::read(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if ledger.metadata().is_ok_and(|ledger| ledger.len() > 0) {
                return Err(UsageError(message!(
                    "there is no key, and {ledger} was begun with one; give --key FILE",
                    ledger = ledger.display()
                )));
            }
            private::make_key(path).map_err(|error| failed(error.into()))?;
            private::read(path)
        }
        read => read,
    };
    let secret = secret.map_err(|error| failed(error.into()))?;
    if secret.len() < 32 {
        return Err(failed(message!("it has fewer than 32 bytes; remove it, and a new key is created")));
    }
    Ok(Key::new(&secret))
}
