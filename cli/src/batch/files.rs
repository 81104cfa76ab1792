//! The files of a batch that its owner alone shall read: the results, and the key by which people are known again.

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use pyi_batch::{Form, Key, Ledger, Mapping, Table, XLSX_RESULT_LIMIT, results};
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
        let needed = needed.iter().map(Path::new).chain([key]);
        if needed.into_iter().any(|other| real(other) == real(&path)) {
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
        let beside = tempfile::Builder::new().prefix(".pyi-results-").tempfile_in(folder(&path));
        let beside = beside.map_err(|error| Misuse(format!("cannot write {}: {error}", path.display())))?;
        Ok(Results { form, beside, path })
    }
}

/// The file that results go to, beside the one that it becomes: put in its place once it is whole, and gone if it never is.
pub(super) struct Results {
    form: Form,
    beside: NamedTempFile,
    path: PathBuf,
}

impl Results {
    pub(super) async fn write(
        self,
        endpoint: (&Provider, &Endpoint),
        table: (&Table, &Mapping),
        key: &Key,
        ledger: &Ledger,
    ) -> Result<(), Misuse> {
        let failed = |error: std::io::Error| Misuse(format!("cannot write {}: {error}", self.path.display()));
        let out = BufWriter::new(self.beside.as_file());
        let written = results(endpoint, table, key, ledger, self.form, out).await;
        written.map_err(|error| Misuse(error.to_string()))?;
        self.beside.as_file().sync_all().map_err(failed)?;
        self.beside.persist(&self.path).map(drop).map_err(|error| failed(error.error))
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
