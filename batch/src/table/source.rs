//! The file of a table, opened once. A later read returns the content at its opening, or an error.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use pyi_text::message;
use ring::digest::{SHA256, digest};

/// Bytes that are read and checked at a time.
const BLOCK: usize = 1 << 16;

type Digest = [u8; 16];

/// A file with the digests of its blocks. A file that replaces it is not read; a write into it is
/// detected before a byte of that is returned.
#[derive(Debug)]
pub(super) struct Source {
    file: File,
    length: u64,
    digests: Vec<Digest>,
}

impl Source {
    /// Opens a file and reads it to its end.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        // A pipe blocks, and can be read only once.
        if !std::fs::metadata(path)?.is_file() {
            return Err(io::Error::other(message!("it is no regular file; save the table as one")));
        }
        let mut source = Self { file: File::open(path)?, length: 0, digests: Vec::new() };
        let mut block = vec![0; BLOCK];
        loop {
            let filled = fill(&source.file, source.length, &mut block)?;
            if filled == 0 {
                return Ok(source);
            }
            source.digests.push(digest_of(block.get(..filled).unwrap_or_default()));
            source.length += filled as u64;
            if filled < BLOCK {
                return Ok(source);
            }
        }
    }

    pub(super) fn reader(&self) -> Blocks<'_> {
        Blocks { source: self, position: 0, block: Vec::new(), index: None }
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Whether a path still leads to a file with this content.
    pub(super) fn is_at(&self, path: &Path) -> bool {
        Self::open(path).is_ok_and(|now| (now.length, &now.digests) == (self.length, &self.digests))
    }
}

/// Reads a source from its beginning, independently of other readers.
#[derive(Debug)]
pub(super) struct Blocks<'a> {
    source: &'a Source,
    position: u64,
    block: Vec<u8>,
    /// Which block that is.
    index: Option<u64>,
}

impl Blocks<'_> {
    fn load(&mut self, index: u64) -> io::Result<()> {
        let mut block = std::mem::take(&mut self.block);
        block.resize(BLOCK, 0);
        self.index = None;
        let filled = fill(&self.source.file, index * BLOCK as u64, &mut block)?;
        block.truncate(filled);
        let expected = usize::try_from(index).ok().and_then(|index| self.source.digests.get(index));
        let is_same = match expected {
            Some(expected) => digest_of(&block) == *expected,
            None => block.is_empty(),
        };
        if !is_same {
            return Err(io::Error::other(message!(
                "it was changed while it was read; try again once it is saved"
            )));
        }
        (self.block, self.index) = (block, Some(index));
        Ok(())
    }
}

impl Read for Blocks<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let (index, offset) = (self.position / BLOCK as u64, self.position % BLOCK as u64);
        // The end is read again, since something may have been appended.
        if self.index != Some(index) || self.position >= self.source.length {
            self.load(index)?;
        }
        let rest = self.block.get(offset as usize..).unwrap_or_default();
        let read = rest.len().min(out.len());
        out.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        self.position += read as u64;
        Ok(read)
    }
}

impl Seek for Blocks<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(by) => self.source.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        self.position = position.ok_or_else(|| io::Error::other("a seek before the beginning"))?;
        Ok(self.position)
    }
}

fn digest_of(block: &[u8]) -> Digest {
    let mut short = Digest::default();
    short.iter_mut().zip(digest(&SHA256, block).as_ref()).for_each(|(to, from)| *to = *from);
    short
}

/// Reads until a buffer is full or the file ends.
fn fill(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(room) = buffer.get_mut(filled..).filter(|room| !room.is_empty()) {
        match read_at(file, room, offset + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_byte_of_a_change_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table");
        let bytes: Vec<u8> = (0..3 * BLOCK + 5).map(|at| (at % 251) as u8).collect();
        let read = |source: &Source| {
            let mut read = Vec::new();
            let end = source.reader().read_to_end(&mut read).map_err(|error| error.to_string());
            (end, read)
        };
        std::fs::write(&path, &bytes).unwrap();
        let source = Source::open(&path).unwrap();
        assert_eq!(read(&source), (Ok(bytes.len()), bytes.clone()));
        // In place: one byte, a byte less, a byte more, nothing at all.
        for change in [BLOCK + 7, 3 * BLOCK + 4] {
            let mut changed = bytes.clone();
            changed[change] ^= 1;
            for (changed, good) in [
                (changed, change / BLOCK * BLOCK),
                (bytes[..bytes.len() - 1].to_vec(), 3 * BLOCK),
                ([&bytes[..], b"x"].concat(), 3 * BLOCK),
                (Vec::new(), 0),
            ] {
                std::fs::write(&path, &changed).unwrap();
                let (end, seen) = read(&source);
                assert!(end.unwrap_err().contains("was changed while it was read"));
                assert_eq!(seen, &bytes[..good]);
                assert!(!source.is_at(&path));
            }
        }
        std::fs::write(&path, &bytes).unwrap();
        assert!(source.is_at(&path));
        // Another file in its place.
        std::fs::write(folder.path().join("new"), "other").unwrap();
        std::fs::rename(folder.path().join("new"), &path).unwrap();
        assert_eq!(read(&source).1, bytes);
        assert!(!source.is_at(&path));
        let mut reader = source.reader();
        reader.seek(SeekFrom::End(-2)).unwrap();
        let mut end = Vec::new();
        reader.read_to_end(&mut end).unwrap();
        assert_eq!(end, bytes[bytes.len() - 2..]);
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        assert!(Source::open(&path).unwrap_err().to_string().contains("no regular file"));
    }
}
