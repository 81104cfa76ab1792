//! Opens files that the caller names: only regular files, which is checked after opening, and for
//! secrets only files that others cannot read. Creates keys.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;

use pyi_text::message;
use tempfile::NamedTempFile;

/// Maximum bytes of a secret or a key.
const LIMIT: u64 = 1 << 16;

/// Opens a regular file for reading. A pipe or a device does not block, and is not read.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    }
    let file = options.open(path)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::other(message!("it is not a regular file")))
    }
}

/// The content of a file that only its owner can read.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let file = open(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if file.metadata()?.permissions().mode() & 0o077 != 0 {
            return Err(io::Error::other(message!("others can read it; remove their permission: chmod 600")));
        }
    }
    let mut bytes = Vec::new();
    file.take(LIMIT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LIMIT {
        Err(io::Error::other(message!("it has more than 65536 bytes")))
    } else {
        Ok(bytes)
    }
}

/// The folder that a file is in.
pub(crate) fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Creates a key file, complete or not at all. If another program creates it at the same time, the
/// first one wins.
pub(crate) fn make_key(path: &Path) -> std::io::Result<()> {
    let folder = folder(path);
    std::fs::create_dir_all(folder)?;
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(std::io::Error::other)?;
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(&secret).and_then(|()| file.as_file().sync_all())?;
    match file.persist_noclobber(path) {
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => return Ok(()),
        put => put.map_err(|error| error.error)?,
    };
    #[cfg(unix)]
    File::open(folder).and_then(|folder| folder.sync_all())?;
    Ok(())
}
