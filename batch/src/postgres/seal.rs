//! Values of people, sealed with a data key of their batch. The data key is wrapped by a key that
//! the database never sees; without the wrapped key, nothing of the batch can be read.

use std::fmt;
use std::path::Path;
use std::process::Command;

use pyi_text::message;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use super::BatchId;
use crate::random::random;
use crate::store::StoreError;

const KEY_LEN: usize = 32;

/// The key that wraps the data keys of batches. Keep it outside of the database and of its backups:
/// with both, a reader can open the values.
///
/// Its text is 64 hexadecimal digits.
#[derive(Clone)]
pub struct WrappingKey(std::sync::Arc<LessSafeKey>);

impl WrappingKey {
    /// A key of 32 random bytes.
    pub fn new(key: &[u8; KEY_LEN]) -> Self {
        // The length is that of the algorithm.
        Self(std::sync::Arc::new(aead_key(key)))
    }

    /// Reads the key from a file.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, or that has another text.
    pub fn from_file(path: &Path) -> Result<Self, StoreError> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            StoreError(message!("the key file {path} cannot be read: {error}", path = path.display(), error))
        })?;
        Self::from_text(&text)
    }

    /// Reads the key from a variable of the environment.
    ///
    /// # Errors
    ///
    /// A variable that is not set, or that has another text.
    pub fn from_environment(name: &str) -> Result<Self, StoreError> {
        let text = std::env::var(name)
            .map_err(|_| StoreError(message!("the variable {name} has no key; set it", name)))?;
        Self::from_text(&text)
    }

    /// Reads the key from the output of a command, which the shell runs.
    ///
    /// # Errors
    ///
    /// A command that fails, or that prints another text.
    pub fn from_command(command: &str) -> Result<Self, StoreError> {
        let failed = || {
            StoreError(message!("the command that prints the store's key failed; run it by hand to see why"))
        };
        let output = Command::new("sh").args(["-c", command]).output().map_err(|_| failed())?;
        if !output.status.success() {
            return Err(failed());
        }
        Self::from_text(&String::from_utf8_lossy(&output.stdout))
    }

    /// The error does not repeat the text.
    fn from_text(text: &str) -> Result<Self, StoreError> {
        let mut key = [0; KEY_LEN];
        hex::decode_to_slice(text.trim(), &mut key).map_err(|_| {
            StoreError(message!("the store's key is not readable; it is 64 hexadecimal digits"))
        })?;
        Ok(Self::new(&key))
    }
}

/// Shows no key.
impl fmt::Debug for WrappingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WrappingKey")
    }
}

/// What a sealed text is. A text does not open as another kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Input = 1,
    Error = 2,
    Data = 3,
}

/// Seals and opens the values of one batch.
#[derive(Clone)]
pub(super) struct DataKey {
    key: std::sync::Arc<LessSafeKey>,
    batch: BatchId,
}

impl DataKey {
    /// A new key for a batch, and the same key wrapped.
    pub(super) fn generate(wrapping: &WrappingKey, batch: BatchId) -> Result<(Self, Vec<u8>), StoreError> {
        let key: [u8; KEY_LEN] = random()?;
        let wrapped = seal(&wrapping.0, &wrap_context(batch), &key)?;
        Ok((Self { key: std::sync::Arc::new(aead_key(&key)), batch }, wrapped))
    }

    /// The key of a batch.
    pub(super) fn unwrap(wrapping: &WrappingKey, batch: BatchId, wrapped: &[u8]) -> Result<Self, StoreError> {
        let wrong = || {
            StoreError(message!(
                "this is not the key that the values of the batch were sealed with; give the key that it was submitted with"
            ))
        };
        let opened = open(&wrapping.0, &wrap_context(batch), wrapped).ok_or_else(wrong)?;
        let key: [u8; KEY_LEN] = opened.try_into().map_err(|_| wrong())?;
        Ok(Self { key: std::sync::Arc::new(aead_key(&key)), batch })
    }

    /// Seals a text of a row. It opens only as this kind, for this row of this batch.
    pub(super) fn seal(&self, kind: Kind, row: u64, text: &str) -> Result<Vec<u8>, StoreError> {
        seal(&self.key, &self.context(kind, row), text.as_bytes())
    }

    pub(super) fn open(&self, kind: Kind, row: u64, sealed: &[u8]) -> Result<String, StoreError> {
        let opened = open(&self.key, &self.context(kind, row), sealed);
        opened.and_then(|text| String::from_utf8(text).ok()).ok_or_else(|| {
            StoreError(message!(
                "a sealed value of row {row} does not open: the ledger is damaged, or was changed by another program",
                row
            ))
        })
    }

    fn context(&self, kind: Kind, row: u64) -> Vec<u8> {
        let mut context = self.batch.0.to_vec();
        context.push(kind as u8);
        context.extend(row.to_be_bytes());
        context
    }
}

/// Shows no key.
impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey")
    }
}

fn wrap_context(batch: BatchId) -> Vec<u8> {
    let mut context = b"data key".to_vec();
    context.extend(batch.0);
    context
}

fn aead_key(key: &[u8; KEY_LEN]) -> LessSafeKey {
    match UnboundKey::new(&AES_256_GCM, key) {
        Ok(key) => LessSafeKey::new(key),
        Err(_) => unreachable!("the key has the length of the algorithm"),
    }
}

/// The nonce, then the sealed text with its tag. A random nonce of 96 bits serves some billions of
/// texts of one key.
fn seal(key: &LessSafeKey, context: &[u8], text: &[u8]) -> Result<Vec<u8>, StoreError> {
    let nonce: [u8; NONCE_LEN] = random()?;
    let mut body = text.to_vec();
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(context), &mut body)
        .map_err(|_| StoreError(message!("a value is too long to be sealed")))?;
    let mut sealed = nonce.to_vec();
    sealed.extend(body);
    Ok(sealed)
}

fn open(key: &LessSafeKey, context: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, body) = sealed.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut body = body.to_vec();
    let text = key.open_in_place(nonce, Aad::from(context), &mut body).ok()?;
    Some(text.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_opens_where_it_was_sealed_and_nowhere_else() {
        let wrapping = WrappingKey::new(&[7; KEY_LEN]);
        let (one, other) = (BatchId([1; 16]), BatchId([2; 16]));
        let (key, wrapped) = DataKey::generate(&wrapping, one).unwrap();
        let sealed = key.seal(Kind::Input, 5, "张三").unwrap();
        assert!(!sealed.windows(3).any(|bytes| bytes == "张".as_bytes()));
        assert_ne!(sealed, key.seal(Kind::Input, 5, "张三").unwrap());
        let again = DataKey::unwrap(&wrapping, one, &wrapped).unwrap();
        assert_eq!(again.open(Kind::Input, 5, &sealed).unwrap(), "张三");
        assert!(again.open(Kind::Data, 5, &sealed).is_err());
        assert!(again.open(Kind::Input, 6, &sealed).is_err());
        let mut changed = sealed.clone();
        changed[NONCE_LEN] ^= 1;
        assert!(again.open(Kind::Input, 5, &changed).is_err());
        assert!(again.open(Kind::Input, 5, &sealed[..3]).is_err());
        assert!(DataKey::unwrap(&wrapping, other, &wrapped).is_err());
        assert!(DataKey::unwrap(&WrappingKey::new(&[8; KEY_LEN]), one, &wrapped).is_err());
    }

    #[test]
    fn a_wrapping_key_is_64_digits() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        std::fs::write(&path, format!("{}\n", "0a".repeat(32))).unwrap();
        let key = WrappingKey::from_file(&path).unwrap();
        assert_eq!(format!("{key:?}"), "WrappingKey");
        assert!(WrappingKey::from_command("printf %064d 1").is_ok());
        assert!(WrappingKey::from_command("exit 1").is_err());
        let error = WrappingKey::from_command("echo secret").unwrap_err().to_string();
        assert!(!error.contains("secret"), "{error}");
        assert!(WrappingKey::from_environment("PYI_TEST_NO_SUCH_KEY").is_err());
    }
}
