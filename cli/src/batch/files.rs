//! The files of a batch that its owner alone shall read: the results, and the key by which people are known again.

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use pyi_batch::{Form, Key, Ledger, Table, results};
use pyi_codegen::ir::{Endpoint, Provider};
use tempfile::NamedTempFile;

use crate::Misuse;

/// The file that results go to, beside the one that it becomes: made before anything is sent, put in its place once it is whole, and gone
/// if it never is.
pub(super) struct Results {
    form: Form,
    beside: NamedTempFile,
    path: PathBuf,
}

impl Results {
    pub(super) fn create(output: &str) -> Result<Self, Misuse> {
        let path = PathBuf::from(output);
        let form = match path.extension().and_then(|ending| ending.to_str()) {
            Some("csv") => Form::Csv,
            Some("xlsx") => Form::Xlsx,
            Some("jsonl") => Form::Jsonl,
            _ => {
                return Err(Misuse(format!("results are written as .csv, .xlsx or .jsonl, not as {output}")));
            }
        };
        let beside = tempfile::Builder::new().prefix(".pyi-results-").tempfile_in(folder(&path));
        let beside = beside.map_err(|error| Misuse(format!("cannot write {output}: {error}")))?;
        Ok(Self { form, beside, path })
    }

    pub(super) async fn write(
        self,
        endpoint: (&Provider, &Endpoint),
        table: &Table,
        ledger: &Ledger,
    ) -> Result<(), Misuse> {
        let failed = |error: std::io::Error| Misuse(format!("cannot write {}: {error}", self.path.display()));
        let out = BufWriter::new(self.beside.as_file());
        results(endpoint, table, ledger, self.form, out).await.map_err(|error| Misuse(error.to_string()))?;
        self.beside.as_file().sync_all().map_err(failed)?;
        self.beside.persist(&self.path).map(drop).map_err(|error| failed(error.error))
    }
}

/// The folder that a file is in.
fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The key by which people are known again: a file that its owner alone reads, and never beside the ledger.
pub(super) fn key(said: Option<PathBuf>, ledger: &Path) -> Result<Key, Misuse> {
    let state = || {
        let home = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
        home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".local/state")))
    };
    let path = said.or_else(|| Some(state()?.join("pyi/batch.key")));
    let path =
        path.ok_or_else(|| Misuse("there is no home folder for the key; say --key FILE".to_owned()))?;
    let real = |path: &Path| folder(path).canonicalize().unwrap_or_else(|_| folder(path).to_owned());
    if real(&path) == real(ledger) {
        let shown = path.display();
        return Err(Misuse(format!(
            "the key {shown} would be beside the ledger, and whoever has both can try out who is in it; say another --key"
        )));
    }
    let failed =
        |error: std::io::Error| Misuse(format!("the key {} cannot be used: {error}", path.display()));
    if !path.exists() {
        std::fs::create_dir_all(folder(&path)).map_err(failed)?;
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(|error| Misuse(format!("no key can be made: {error}")))?;
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).map_err(failed)?;
        file.write_all(&secret).and_then(|()| file.sync_all()).map_err(failed)?;
    }
    let mut secret = Vec::new();
    let mut file = File::open(&path).map_err(failed)?;
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
