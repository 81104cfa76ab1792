//! Cassettes: calls that were recorded, a file each, in a folder. A cassette has no value of a
//! person: [`invent`] replaces what a call said by values of the same types, and the same value
//! always by the same.
//!
//! ```json
//! {
//!   "cassette": 1,
//!   "endpoint": "id_card_two_factor",
//!   "digest": "9f86d081884c7d659a2feaa0c55ad015",
//!   "request": {"bank_id": "110105194908190217", "bank_name": "wqkzjrbafm"},
//!   "reply": {"http": 200, "status": "10000", "data": {"bank_status": "01"}}
//! }
//! ```

mod draw;
pub(crate) mod invent;
pub(crate) mod record;

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use pyi_codegen::ir::{Endpoint, Provider, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

pub use self::invent::CassetteKey;
use crate::request::ParsedRequest;

/// The version of the format.
const FORMAT: u32 = 1;

/// Maximum bytes of a file: a reply is smaller, and no file of another kind is read whole.
const FILE_LIMIT: u64 = 16 << 20;

/// A recorded call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cassette {
    /// The version of the format.
    cassette: u32,
    pub(crate) endpoint: String,
    /// A digest, by the key, of the request as it was sent.
    digest: String,
    /// The fields of the request that were sent, in the spec's order.
    pub(crate) request: Map<String, Value>,
    /// The answer; `None` until there is one.
    pub(crate) reply: Option<RecordedReply>,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordedReply {
    /// The HTTP status.
    pub(crate) http: u16,
    /// The status of the envelope; `None` for an answer that has none, such as a gateway's page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<String>,
    /// The payload of a status that has one.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub(crate) data: Value,
}

impl RecordedReply {
    pub(crate) fn code(&self) -> Option<StatusCode> {
        self.status.as_ref().and_then(|code| code.parse().ok())
    }
}

impl Cassette {
    /// Of a request without an answer yet.
    pub(crate) fn new(endpoint: &Endpoint, digest: String, request: Map<String, Value>) -> Self {
        Self { cassette: FORMAT, endpoint: endpoint.id.clone(), digest, request, reply: None }
    }

    /// Writes a new file in a folder, before the call is paid for: a full disk is known by then, and
    /// no other program takes these values. Recordings of one request are numbered from 1, in their
    /// order. `None` if another request has the same invented values.
    pub(crate) fn claim(&self, folder: &Path) -> std::io::Result<Option<PathBuf>> {
        for number in 1_u32.. {
            let path = file_of(folder, &self.endpoint, &self.request, number);
            if !path.exists() {
                match self.in_a_file(folder)?.persist_noclobber(&path) {
                    Ok(_) => return Ok(Some(path)),
                    // Another program may record to the folder.
                    Err(error) if error.error.kind() == ErrorKind::AlreadyExists => {}
                    Err(error) => return Err(error.error),
                }
            }
            if Self::digest_in(&path)? != self.digest {
                return Ok(None);
            }
        }
        Err(std::io::Error::other("too many recordings of one request"))
    }

    /// Writes the file anew, whole or not at all.
    pub(crate) fn rewrite(&self, path: &Path) -> std::io::Result<()> {
        let folder = path.parent().unwrap_or(Path::new("."));
        self.in_a_file(folder)?.persist(path).map(drop).map_err(|error| error.error)
    }

    /// The cassette in a file that has no name of a cassette yet.
    fn in_a_file(&self, folder: &Path) -> std::io::Result<NamedTempFile> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".").suffix(".tmp");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut file = builder.tempfile_in(folder)?;
        file.write_all((serde_json::to_string_pretty(self)? + "\n").as_bytes())?;
        file.as_file().sync_data()?;
        Ok(file)
    }

    /// The digest in a file.
    fn digest_in(path: &Path) -> std::io::Result<String> {
        let cassette: Option<Self> = serde_json::from_str(&fs::read_to_string(path)?).ok();
        let no_cassette = || std::io::Error::other(format!("{} is no cassette", path.display()));
        cassette.map(|cassette| cassette.digest).ok_or_else(no_cassette)
    }
}

/// The file of a recording, which is named after its invented values.
fn file_of(folder: &Path, endpoint: &str, request: &Map<String, Value>, number: u32) -> PathBuf {
    let digest = Sha256::digest(of_request(request));
    let digest: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    folder.join(format!("{endpoint}-{digest}-{number}.json"))
}

/// The text by which requests are compared.
pub(crate) fn of_request(request: &Map<String, Value>) -> String {
    let sorted: BTreeMap<&String, &Value> = request.iter().collect();
    serde_json::to_string(&sorted).unwrap_or_default()
}

/// The recordings of a folder.
pub(crate) struct Cassettes {
    key: Option<CassetteKey>,
    /// By endpoint and invented request, in the order of their numbers.
    recorded: HashMap<(String, String), Recordings>,
    /// The invented request, by endpoint and the digest of the one that was sent.
    by_digest: HashMap<(String, String), String>,
}

/// The answers to one request: each once, and the last one from then on.
struct Recordings {
    digest: String,
    replies: Vec<RecordedReply>,
    next: Mutex<usize>,
}

impl Cassettes {
    /// Reads a folder. The error names the file.
    pub(crate) fn read(folder: &Path, key: Option<CassetteKey>) -> Result<Self, String> {
        let failed = |path: &Path, why: &dyn std::fmt::Display| format!("{}: {why}", path.display());
        let mut paths: Vec<PathBuf> = Vec::new();
        for entry in fs::read_dir(folder).map_err(|error| failed(folder, &error))? {
            let path = entry.map_err(|error| failed(folder, &error))?.path();
            if path.extension().is_some_and(|end| end == "json") {
                paths.push(path);
            }
        }
        paths.sort_by_key(|path| number_of(path));
        let mut recorded: HashMap<(String, String), Recordings> = HashMap::new();
        let mut by_digest = HashMap::new();
        for path in paths {
            let size = fs::metadata(&path).map_err(|error| failed(&path, &error))?.len();
            if size > FILE_LIMIT {
                return Err(failed(&path, &format!("it has more than {FILE_LIMIT} bytes")));
            }
            let text = fs::read_to_string(&path).map_err(|error| failed(&path, &error))?;
            // The place alone: what the file says may be anything.
            let cassette: Cassette = serde_json::from_str(&text).map_err(|error| {
                failed(
                    &path,
                    &format!("it is no cassette, by line {}, column {}", error.line(), error.column()),
                )
            })?;
            if cassette.cassette != FORMAT {
                let why =
                    format!("it has format {}, and this version reads format {FORMAT}", cassette.cassette);
                return Err(failed(&path, &why));
            }
            let Some(reply) = cassette.reply else { continue };
            let request = of_request(&cassette.request);
            by_digest.insert((cassette.endpoint.clone(), cassette.digest.clone()), request.clone());
            let recordings = recorded.entry((cassette.endpoint, request)).or_insert_with(|| Recordings {
                digest: cassette.digest.clone(),
                replies: Vec::new(),
                next: Mutex::new(0),
            });
            if recordings.digest != cassette.digest {
                let why =
                    "it has the values of another cassette, and is of another request; remove one of the two";
                return Err(failed(&path, &why));
            }
            recordings.replies.push(reply);
        }
        Ok(Self { key, recorded, by_digest })
    }

    /// Whether requests of persons are known again.
    pub(crate) fn has_key(&self) -> bool {
        self.key.is_some()
    }

    /// The next answer to a request: with the key, to one that was recorded; or to one of invented
    /// values. With the key, those must be such that no other request has them by chance.
    pub(crate) fn turn(
        &self,
        provider: &Provider,
        endpoint: &Endpoint,
        request: &ParsedRequest,
    ) -> Option<Turn<'_>> {
        if !request.is_text {
            return None;
        }
        let sent = invent::as_sent(provider, endpoint, request);
        let of_endpoint = |text: String| (endpoint.id.clone(), text);
        let known = self
            .key
            .as_ref()
            .map(|key| key.digest(provider, endpoint, request))
            .and_then(|digest| self.by_digest.get(&of_endpoint(digest)).cloned());
        let may_be_invented = self.key.is_none() || invent::is_unmistakable(endpoint, &sent);
        let request = known.or_else(|| may_be_invented.then(|| of_request(&sent)))?;
        let recordings = self.recorded.get(&of_endpoint(request))?;
        let next = recordings.next.lock().unwrap_or_else(PoisonError::into_inner);
        Some(Turn { replies: &recordings.replies, next })
    }
}

/// The answer that is next. Others of the same request wait until it is dropped.
pub(crate) struct Turn<'a> {
    replies: &'a [RecordedReply],
    next: MutexGuard<'a, usize>,
}

impl Turn<'_> {
    /// The answer, which may not be given after all.
    pub(crate) fn reply(&self) -> Option<&RecordedReply> {
        self.replies.get(*self.next).or(self.replies.last())
    }

    /// Says that the answer was given.
    pub(crate) fn take(mut self) {
        *self.next += 1;
    }
}

/// The number at the end of a file's name, before its name.
fn number_of(path: &Path) -> (u32, PathBuf) {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let number = stem.rsplit('-').next().and_then(|number| number.parse().ok());
    (number.unwrap_or(0), path.to_owned())
}
