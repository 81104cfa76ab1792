//! The files of a batch that its owner alone shall read: the results, and the key by which people are known again.

use std::fs::File;
use std::io::{BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};

use pyi_batch::{Form, Key, Ledger, Mapping, RunError, Table, Unmatched, XLSX_RESULT_LIMIT, results};
use pyi_codegen::ir::{Endpoint, Provider};
use tempfile::NamedTempFile;

use crate::Misuse;

/// Where results are to go.
pub(super) struct Output {
    form: Form,
    path: PathBuf,
}

impl Output {
    /// A file of a form that is known, and none that the batch itself needs.
    pub(super) fn new(output: &str, needed: &[&str], key: &Path) -> Result<Self, Misuse> {
        let path = PathBuf::from(output);
        let form = match path.extension().and_then(|ending| ending.to_str()) {
            Some("csv") => Form::Csv,
            Some("xlsx") => Form::Xlsx,
            Some("jsonl") => Form::Jsonl,
            _ => {
                return Err(Misuse(format!("results are written as .csv, .xlsx or .jsonl, not as {output}")));
            }
        };
        let written = [real(&path), real(&unmatched_path(&path))];
        let needed = needed.iter().map(Path::new).chain([key]);
        if needed.into_iter().any(|other| written.contains(&real(other))) {
            return Err(Misuse(format!(
                "{output} would be written over, and the batch needs it; name another -o"
            )));
        }
        Ok(Self { form, path })
    }

    /// Whether so many rows fit into it, which is to be known before they are paid for.
    pub(super) fn holds(&self, rows: u64) -> Result<(), Misuse> {
        match self.form {
            Form::Xlsx if rows > XLSX_RESULT_LIMIT => Err(Misuse(format!(
                "{rows} rows are more than the {XLSX_RESULT_LIMIT} that a workbook holds; name a .csv or .jsonl"
            ))),
            _ => Ok(()),
        }
    }

    /// Makes the file, before anything is sent.
    pub(super) fn create(self) -> Result<Results, Misuse> {
        let Self { form, path } = self;
        Ok(Results { form, beside: beside(&path)?, path })
    }
}

/// Where the rows are listed that were sent and are not in the table: `results.unmatched.csv` for `results.csv`.
fn unmatched_path(path: &Path) -> PathBuf {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    path.with_extension(format!("unmatched.{ending}"))
}

fn beside(path: &Path) -> Result<NamedTempFile, Misuse> {
    let beside = tempfile::Builder::new().prefix(".pyi-results-").tempfile_in(folder(path));
    beside.map_err(|error| Misuse(format!("cannot write {}: {error}", path.display())))
}

/// Puts a file that is whole in its place.
fn put(beside: NamedTempFile, path: &Path) -> Result<(), Misuse> {
    let failed = |error: std::io::Error| Misuse(format!("cannot write {}: {error}", path.display()));
    beside.as_file().sync_all().map_err(failed)?;
    beside.persist(path).map(drop).map_err(|error| failed(error.error))
}

/// The file that results go to, beside the one that it becomes: put in its place once it is whole, and gone if it never is.
pub(super) struct Results {
    form: Form,
    beside: NamedTempFile,
    path: PathBuf,
}

/// What was written.
pub(super) struct Written {
    /// Whether the rows of the table were.
    pub(super) has_table: bool,
    /// How many rows were sent and are not in the table, and where they are listed.
    pub(super) unmatched: Option<(u64, String)>,
}

impl Results {
    /// Writes the rows of a table, and those apart that were sent and that it does not have. A table that was changed since it was opened is
    /// opened again; where that fails, every row is listed apart.
    pub(super) async fn write(
        self,
        endpoint: (&Provider, &Endpoint),
        table: (&Table, &Mapping),
        (key, ledger): (&Key, &Ledger),
        reopened: impl FnOnce() -> Option<(Table, Mapping)>,
    ) -> Result<Written, Misuse> {
        let failed = |error: RunError| Misuse(error.to_string());
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
        let Self { form, path, beside: written } = self;
        if has_table {
            put(written, &path)?;
        }
        let rows = unmatched.rows();
        if rows == 0 {
            return Ok(Written { has_table, unmatched: None });
        }
        if has_table && form == Form::Xlsx {
            let listed = format!("the sheet `unmatched` of {}", path.display());
            return Ok(Written { has_table, unmatched: Some((rows, listed)) });
        }
        let path = unmatched_path(&path);
        let file = beside(&path)?;
        unmatched.write(endpoint, ledger, form, BufWriter::new(file.as_file())).await.map_err(failed)?;
        put(file, &path)?;
        Ok(Written { has_table, unmatched: Some((rows, path.display().to_string())) })
    }

    async fn fill(
        &self,
        endpoint: (&Provider, &Endpoint),
        table: (&Table, &Mapping),
        key: &Key,
        ledger: &Ledger,
    ) -> Result<Unmatched, RunError> {
        // Without what an attempt before left in it; a failure shows in what is written next.
        let mut out = self.beside.as_file();
        let _ = out.set_len(0).and_then(|()| out.rewind());
        results(endpoint, table, key, ledger, self.form, BufWriter::new(out)).await
    }
}

/// The folder that a file is in.
fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A file's one name, whether or not it is there.
fn real(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default();
    path.canonicalize().unwrap_or_else(|_| real_folder(path).join(name))
}

fn real_folder(path: &Path) -> PathBuf {
    folder(path).canonicalize().unwrap_or_else(|_| folder(path).to_owned())
}

/// Where the key is by which people are known again: never beside the ledger.
pub(super) fn key_path(said: Option<PathBuf>, ledger: &Path) -> Result<PathBuf, Misuse> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let state = || variable("XDG_STATE_HOME").or_else(|| Some(variable("HOME")?.join(".local/state")));
    let path = said.or_else(|| Some(state()?.join("pyi/batch.key")));
    let path =
        path.ok_or_else(|| Misuse("there is no home folder for the key; say --key FILE".to_owned()))?;
    if real_folder(&path) == real_folder(ledger) {
        let shown = path.display();
        return Err(Misuse(format!(
            "the key {shown} would be beside the ledger, and whoever has both can try out who is in it; say another --key"
        )));
    }
    Ok(path)
}

/// The key: a file that its owner alone reads. It is made where there is none, but not for a ledger that was begun with another.
pub(super) fn key(path: &Path, ledger: &Path) -> Result<Key, Misuse> {
    let failed =
        |error: std::io::Error| Misuse(format!("the key {} cannot be used: {error}", path.display()));
    if !path.exists() {
        if ledger.metadata().is_ok_and(|ledger| ledger.len() > 0) {
            return Err(Misuse(format!(
                "there is no key {}, and {} was begun with one; say --key FILE",
                path.display(),
                ledger.display()
            )));
        }
        std::fs::create_dir_all(folder(path)).map_err(failed)?;
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(|error| Misuse(format!("no key can be made: {error}")))?;
        // Whole or not at all, whenever the program ends; its owner alone reads it.
        let mut file = NamedTempFile::new_in(folder(path)).map_err(failed)?;
        file.write_all(&secret).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
        file.persist_noclobber(path).map_err(|error| failed(error.error))?;
        #[cfg(unix)]
        File::open(folder(path)).and_then(|folder| folder.sync_all()).map_err(failed)?;
    }
    let mut secret = Vec::new();
    let mut file = File::open(path).map_err(failed)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = file.metadata().map_err(failed)?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(Misuse(format!(
                "others can read the key {}; take that from them: chmod 600",
                path.display()
            )));
        }
    }
    file.read_to_end(&mut secret).map_err(failed)?;
    if secret.len() < 32 {
        return Err(Misuse(format!(
            "the key {} has fewer than 32 bytes; remove it to have one made",
            path.display()
        )));
    }
    Ok(Key::new(&secret))
}
