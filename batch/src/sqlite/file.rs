//! The file of a ledger: readable by its owner alone, locked by one program at a time, and the same
//! file from its opening to its last commit.
//!
//! The lock is on the file itself (`flock`): neither another name of the file nor a deleted lock
//! file admits a second program. SQLite's own locks belong to the process, and end when the process
//! closes any descriptor of the file. So the descriptor of the lock is opened before SQLite and
//! closed after it, and nothing else in the process opens the file meanwhile ([`OPEN`]).

use std::collections::BTreeSet;
use std::fs::{File, Metadata, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pyi_text::message;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection, SqliteConnection};

use crate::store::StoreError;

/// Tries to lock a ledger: a program that only checks whether it is open locks it for a moment.
const TRIES: u32 = 5;
const BETWEEN_TRIES: Duration = Duration::from_millis(20);

/// The files that this process has open as ledgers.
static OPEN: Mutex<BTreeSet<Identity>> = Mutex::new(BTreeSet::new());

fn open_here() -> MutexGuard<'static, BTreeSet<Identity>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Identifies a file under all its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Identity {
    device: u64,
    inode: u64,
}

#[cfg(unix)]
impl From<&Metadata> for Identity {
    fn from(file: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self { device: file.dev(), inode: file.ino() }
    }
}

/// On other systems, the time of its creation identifies a file.
#[cfg(not(unix))]
impl From<&Metadata> for Identity {
    fn from(file: &Metadata) -> Self {
        let made = file.created().ok().and_then(|made| made.duration_since(std::time::UNIX_EPOCH).ok());
        Self { device: 0, inode: made.map_or(0, |made| made.as_nanos() as u64) }
    }
}

#[cfg(unix)]
fn names(file: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(file)
}

#[cfg(not(unix))]
fn names(_: &Metadata) -> u64 {
    1
}

/// The file of a ledger, locked until it is dropped.
#[derive(Debug)]
pub(super) struct LedgerFile {
    file: File,
    path: PathBuf,
    identity: Identity,
}

/// Unlocks explicitly: a child process that is starting has a copy of the descriptor, and would
/// keep the lock.
impl Drop for LedgerFile {
    fn drop(&mut self) {
        // The system unlocks it too, once the last copy is closed.
        let _ = self.file.unlock();
        open_here().remove(&self.identity);
    }
}

impl LedgerFile {
    /// Opens or creates a file, and locks it.
    pub(super) async fn take(path: &Path) -> Result<Self, StoreError> {
        for _ in 0..TRIES {
            if let Some(taken) = Self::try_take(path)? {
                return Ok(taken);
            }
            tokio::time::sleep(BETWEEN_TRIES).await;
        }
        let shown = path.display();
        Err(StoreError(message!("the ledger {shown} cannot be opened: another program has it open", shown)))
    }

    /// `None` while another program has it.
    fn try_take(path: &Path) -> Result<Option<Self>, StoreError> {
        let shown = path.display();
        let unopened = |error: io::Error| {
            StoreError(message!("the ledger {shown} cannot be opened: {error}", shown, error))
        };
        let mut open = open_here();
        let known = std::fs::metadata(path);
        if known.as_ref().is_ok_and(|file| open.contains(&Identity::from(file))) {
            return Ok(None);
        }
        let file = match known {
            Ok(_) => private().open(path).map_err(unopened)?,
            Err(_) => match private().create_new(true).open(path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(None),
                file => file.and_then(|file| synced(path).map(|()| file)).map_err(|error| {
                    StoreError(message!("the ledger {shown} cannot be made: {error}", shown, error))
                })?,
            },
        };
        let found = file.metadata().map_err(unopened)?;
        if !found.is_file() {
            return Err(StoreError(message!("{shown} is not a regular file; name another ledger", shown)));
        }
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(unopened(error)),
        }
        let taken = Self { identity: Identity::from(&found), file, path: path.to_owned() };
        open.insert(taken.identity);
        drop(open);
        taken.check()?;
        if let Some(name) = network(&taken.file) {
            return Err(StoreError(message!(
                "the ledger {path} would be on {name}, where locks are not reliable; name a --ledger on a local disk",
                path = path.display(),
                name
            )));
        }
        Ok(Some(taken))
    }

    /// A file without a lock, as on a file system without reliable locks.
    #[cfg(test)]
    pub(super) fn unlocked(path: &Path) -> Self {
        let file = File::open(path).unwrap();
        let identity = Identity::from(&file.metadata().unwrap());
        Self { file, path: path.to_owned(), identity }
    }

    /// Removes the access of other users, once the file is known to be a ledger.
    pub(super) fn close_to_others(&self) -> Result<(), StoreError> {
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
            self.file.set_permissions(mode).map_err(|error| {
                StoreError(message!(
                    "the ledger {path} cannot be kept private: {error}",
                    path = self.path.display(),
                    error
                ))
            })?;
        }
        Ok(())
    }

    /// Checks that the path, and no other name, still names this file: the next run finds what is
    /// written to it.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        let shown = self.path.display();
        let gone = || {
            StoreError(message!(
                "the ledger {shown} was moved, replaced or deleted; put it back, then run again",
                shown
            ))
        };
        let own = self.file.metadata().map_err(|_| gone())?;
        let named = std::fs::metadata(&self.path).map_err(|_| gone())?;
        if Identity::from(&named) != self.identity || names(&own) == 0 {
            return Err(gone());
        }
        if names(&own) > 1 {
            return Err(StoreError(message!(
                "the ledger {shown} has {names} names (hard links); remove the others, so that it is one batch's",
                shown,
                names = names(&own)
            )));
        }
        Ok(())
    }

    /// The inode, by which the registry detects a copy. The number of a device changes between
    /// boots, and is left out.
    pub(super) fn inode(&self) -> u64 {
        self.identity.inode
    }

    /// Whether some program has a ledger now.
    pub(super) fn is_held(path: &Path) -> bool {
        let open = open_here();
        let known = std::fs::metadata(path);
        if known.as_ref().is_ok_and(|file| open.contains(&Identity::from(file))) {
            return true;
        }
        if !known.is_ok_and(|file| file.is_file()) {
            return false;
        }
        File::open(path).is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }
}

/// The name of a network file system: its locks may not hold, and SQLite's log does not work on it.
/// `None` for a local or unknown one.
#[cfg(target_os = "linux")]
pub(crate) fn network(file: &File) -> Option<&'static str> {
    let found = rustix::fs::fstatfs(file).ok()?;
    network_name(found.f_type as u64 & 0xffff_ffff)
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn network(_: &File) -> Option<&'static str> {
    None
}

/// Network file systems by their numbers in statfs(2).
#[cfg(target_os = "linux")]
fn network_name(kind: u64) -> Option<&'static str> {
    match kind {
        0x6969 => Some("NFS"),
        0x517b | 0xff53_4d42 | 0xfe53_4d42 => Some("SMB"),
        0x5346_414f | 0x6b41_4653 => Some("AFS"),
        0x00c3_6400 => Some("Ceph"),
        0x0102_1997 => Some("9P"),
        0x0bd0_0bd0 => Some("Lustre"),
        0x6573_5546 => Some("FUSE"),
        0x7375_7245 => Some("Coda"),
        _ => None,
    }
}

/// The canonical path of a file.
pub(super) fn real(path: &Path) -> PathBuf {
    let whole =
        || Ok::<_, io::Error>(folder(path).canonicalize()?.join(path.file_name().unwrap_or_default()));
    path.canonicalize().or_else(|_| whole()).unwrap_or_else(|_| path.to_owned())
}

/// The folder that a file is in.
fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Options that create a file for its owner alone, and do not wait for the other end of a pipe.
pub(crate) fn private() -> OpenOptions {
    let mut options = File::options();
    options.read(true).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600).custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    }
    options
}

/// Syncs the folder of a new file, so that the file survives a loss of power.
#[cfg(unix)]
fn synced(path: &Path) -> io::Result<()> {
    File::open(folder(path))?.sync_all()
}

#[cfg(not(unix))]
fn synced(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Connects to write: each commit is on the disk before it is reported, and what is deleted is
/// overwritten.
pub(super) async fn connect_to_write(path: &Path) -> Result<SqliteConnection, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        // macOS needs this for a real sync.
        .pragma("fullfsync", "ON")
        .pragma("checkpoint_fullfsync", "ON")
        .pragma("secure_delete", "ON");
    SqliteConnection::connect_with(&options).await
}

/// Connects to read. SQLite may write even so: it recovers a file whose program was killed.
pub(super) async fn connect_to_read(path: &Path) -> Result<SqliteConnection, sqlx::Error> {
    SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(path)).await
}

/// An earlier version locked a file beside the ledger. Fails while such a program runs, and removes
/// the file that it left.
pub(super) fn clear_old_lock(path: &Path) -> Result<(), StoreError> {
    let mut beside = path.as_os_str().to_owned();
    beside.push("-lock");
    let Ok(file) = private().open(&beside) else { return Ok(()) };
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(StoreError(message!(
            "the ledger {path} cannot be opened: another program, of an earlier version, has it open",
            path = path.display()
        ))),
        _ => {
            // A file that cannot be removed is empty.
            let _ = std::fs::remove_file(beside);
            Ok(())
        }
    }
}

pub(super) fn unopened(path: &Path) -> impl Fn(sqlx::Error) -> StoreError + Copy {
    move |error| {
        StoreError(message!(
            "the ledger {path} cannot be opened: {why}",
            path = path.display(),
            why = why(&error)
        ))
    }
}

/// SQLite's message, which contains nothing of a row.
pub(crate) fn why(error: &sqlx::Error) -> String {
    match error.as_database_error() {
        Some(error) => error.message().to_owned(),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use sqlx::Row as _;

    use super::*;

    /// The pragmas that are in effect on the connection that writes: SQLite ignores an unknown
    /// name.
    #[tokio::test]
    async fn a_commit_is_written_through_to_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger");
        let _file = LedgerFile::take(&path).await.unwrap();
        let mut connection = connect_to_write(&path).await.unwrap();
        for (name, value) in [
            ("journal_mode", "wal"),
            ("synchronous", "2"),
            ("fullfsync", "1"),
            ("checkpoint_fullfsync", "1"),
            ("secure_delete", "1"),
        ] {
            let row = sqlx::query(sqlx::AssertSqlSafe(format!("PRAGMA {name}")))
                .fetch_one(&mut connection)
                .await
                .unwrap();
            let setting = row.try_get::<String, _>(0).unwrap_or_else(|_| row.get::<i64, _>(0).to_string());
            assert_eq!(setting, value, "{name}");
        }
    }

    /// The numbers are what coreutils' stat prints for a file system that is at hand.
    #[cfg(target_os = "linux")]
    #[test]
    fn file_systems_of_other_machines_are_known_by_their_numbers() {
        let folder = tempfile::tempdir().unwrap();
        let file = File::create(folder.path().join("ledger")).unwrap();
        let printed =
            std::process::Command::new("stat").args(["-f", "-c", "%t"]).arg(folder.path()).output().unwrap();
        let printed = u64::from_str_radix(String::from_utf8(printed.stdout).unwrap().trim(), 16).unwrap();
        assert_eq!(rustix::fs::fstatfs(&file).unwrap().f_type as u64 & 0xffff_ffff, printed);
        assert_eq!(network_name(printed), None);
        assert_eq!(network(&file), None);
        for (kind, name) in [(0x6969, "NFS"), (0xff53_4d42, "SMB"), (0x6573_5546, "FUSE")] {
            assert_eq!(network_name(kind), Some(name));
        }
    }

    #[tokio::test]
    async fn a_file_is_this_programs_as_long_as_its_path_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger");
        let file = LedgerFile::take(&path).await.unwrap();
        assert!(LedgerFile::is_held(&path) && file.check().is_ok());
        std::fs::rename(&path, folder.path().join("moved")).unwrap();
        assert!(file.check().unwrap_err().to_string().contains("was moved, replaced or deleted"));
        std::fs::write(&path, "another").unwrap();
        assert!(file.check().is_err() && !LedgerFile::is_held(&path));
        drop(file);
        // Another name of the same file.
        std::fs::hard_link(folder.path().join("moved"), folder.path().join("link")).unwrap();
        let error = LedgerFile::take(&folder.path().join("link")).await.unwrap_err().to_string();
        assert!(error.contains("has 2 names (hard links)"), "{error}");
    }
}
