//! The file beside a table that names its batch in a store: `TABLE.batch`. It is written before the
//! batch is submitted, so that a run that is killed at any moment is continued by the next one, and
//! does not submit the table again.

use std::io::{ErrorKind, Write};
use std::path::Path;

use pyi_batch::{BatchId, Fingerprint, Key, rows_to_submit};
use pyi_text::{Message, message};
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use super::Opened;
use crate::argument::Access;
use crate::private::folder;
use crate::{UsageError, argument, private};

/// The batch of a table, and the digest of the rows that were submitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BatchFile {
    pub(super) id: BatchId,
    rows: String,
}

impl BatchFile {
    /// The batch of a table: the one that the file names, or a new one, which is written to the
    /// file.
    pub(super) fn open(path: &Path, opened: &Opened<'_>, key: &Key) -> Result<Self, UsageError> {
        let rows = digest(opened, key)?;
        let failed = |why: Message| {
            argument::failed(Access::Use, &path.to_string_lossy(), message!("the batch's file"), why)
        };
        let known = match private::open(path) {
            Ok(file) => std::io::read_to_string(file).map_err(|error| failed(error.into()))?,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let new = Self { id: BatchId::random().map_err(UsageError::new)?, rows };
                new.write(path).map_err(|error| failed(error.into()))?;
                return Ok(new);
            }
            Err(error) => return Err(failed(error.into())),
        };
        let known = Self::read(&known).ok_or_else(|| {
            failed(message!(
                "it does not name a batch; find the batch in the store, or remove the file if nothing was submitted"
            ))
        })?;
        if known.rows != rows {
            return Err(UsageError(message!(
                "the table is not the one that was submitted as batch {id}, which {path} names: people would be sent twice. Put its rows back, or write the \
                 new ones to another table",
                id = known.id.to_string(),
                path = path.display()
            )));
        }
        Ok(known)
    }

    fn read(text: &str) -> Option<Self> {
        let read: Value = serde_json::from_str(text).ok()?;
        Some(Self { id: read["batch"].as_str()?.parse().ok()?, rows: read["rows"].as_str()?.to_owned() })
    }

    /// Writes the file, complete and synced, or not at all.
    fn write(&self, path: &Path) -> std::io::Result<()> {
        let mut file = NamedTempFile::new_in(folder(path))?;
        writeln!(file, "{}", json!({"batch": self.id.to_string(), "rows": self.rows}))?;
        file.as_file().sync_all()?;
        file.persist_noclobber(path).map_err(|error| error.error)?;
        #[cfg(unix)]
        std::fs::File::open(folder(path)).and_then(|folder| folder.sync_all())?;
        Ok(())
    }
}

/// A keyed digest of the rows that are submitted, in their order.
fn digest(opened: &Opened<'_>, key: &Key) -> Result<String, UsageError> {
    let rows = rows_to_submit((opened.provider, opened.endpoint), &opened.table, &opened.mapping);
    let mut digest = Fingerprint::default();
    for row in rows.map_err(UsageError::new)? {
        let row = row.map_err(UsageError::new)?;
        let chained =
            [(hex(digest), row.number.to_string()), (hex(key.fingerprint(&row.values)), String::new())];
        digest = key.fingerprint(&chained);
    }
    Ok(hex(digest))
}

fn hex(digest: Fingerprint) -> String {
    BatchId(digest).to_string()
}

/// Refuses a table that has a ledger in a file: its batch is not to be in a store as well.
pub(super) fn refuse_ledger(table: &str, ending: &str) -> Result<(), UsageError> {
    let ledger = format!("{table}.{ending}");
    match Path::new(&ledger).exists() {
        true => Err(UsageError(message!(
            "the table has the ledger {ledger}: a batch is finished where it began, by `pyi batch run`",
            ledger
        ))),
        false => Ok(()),
    }
}

/// Refuses a table that has a batch in a store.
pub(super) fn refuse_batch(table: &str, ending: &str) -> Result<(), UsageError> {
    let file = format!("{table}.{ending}");
    match Path::new(&file).exists() {
        true => Err(UsageError(message!(
            "the table has a batch in a store, which {file} names: a batch is finished where it began, by `pyi batch run --store`",
            file
        ))),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_file_comes_back_and_is_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("people.csv.batch");
        let one = BatchFile { id: BatchId([7; 16]), rows: "0a".to_owned() };
        one.write(&path).unwrap();
        assert_eq!(BatchFile::read(&std::fs::read_to_string(&path).unwrap()), Some(one.clone()));
        let other = BatchFile { id: BatchId([8; 16]), ..one.clone() };
        assert!(other.write(&path).is_err());
        assert_eq!(BatchFile::read(&std::fs::read_to_string(&path).unwrap()), Some(one));
        for text in ["", "{}", "{\"batch\": \"x\", \"rows\": \"\"}", "[]"] {
            assert_eq!(BatchFile::read(text), None, "{text}");
        }
    }
}
