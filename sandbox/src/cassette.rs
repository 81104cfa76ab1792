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

pub(crate) mod invent;
pub(crate) mod record;

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use pyi_codegen::ir::{Endpoint, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

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
    pub(crate) reply: RecordedReply,
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
    pub(crate) fn new(
        endpoint: &Endpoint,
        digest: String,
        request: Map<String, Value>,
        reply: RecordedReply,
    ) -> Self {
        Self { cassette: FORMAT, endpoint: endpoint.id.clone(), digest, request, reply }
    }

    /// Whether a folder has recordings of another request with the same invented values.
    pub(crate) fn is_taken(
        folder: &Path,
        endpoint: &Endpoint,
        digest: &str,
        request: &Map<String, Value>,
    ) -> bool {
        let path = file_of(folder, &endpoint.id, request, 1);
        path.exists() && Self::digest_in(&path).as_deref() != Some(digest)
    }

    /// The digest in a file that is a cassette.
    fn digest_in(path: &Path) -> Option<String> {
        serde_json::from_str::<Self>(&fs::read_to_string(path).ok()?).ok().map(|cassette| cassette.digest)
    }

    /// Writes a new file in a folder. Recordings of one request are numbered from 1, in their
    /// order.
    pub(crate) fn write(&self, folder: &Path) -> std::io::Result<PathBuf> {
        fs::create_dir_all(folder)?;
        let text = serde_json::to_string_pretty(self)? + "\n";
        for number in 1_u32.. {
            let path = file_of(folder, &self.endpoint, &self.request, number);
            match fs::OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(mut file) => {
                    file.write_all(text.as_bytes())?;
                    return Ok(path);
                }
                // Another program may record to the folder.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                    if Self::digest_in(&path) != Some(self.digest.clone()) {
                        let why =
                            format!("{} is of another request with the same invented values", path.display());
                        return Err(std::io::Error::other(why));
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Err(std::io::Error::other("too many recordings of one request"))
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
            recordings.replies.push(cassette.reply);
        }
        Ok(Self { key, recorded, by_digest })
    }

    /// Whether requests of persons are known again.
    pub(crate) fn has_key(&self) -> bool {
        self.key.is_some()
    }

    /// The answer to a request: with the key, to the one that was recorded; or to one of invented
    /// values.
    pub(crate) fn reply(&self, endpoint: &Endpoint, request: &ParsedRequest) -> Option<RecordedReply> {
        let sent = invent::as_sent(endpoint, request);
        let known = self.key.as_ref().and_then(|key| {
            let digest = key.digest(&endpoint.id, &sent);
            self.by_digest.get(&(endpoint.id.clone(), digest)).cloned()
        });
        let request = known.unwrap_or_else(|| of_request(&sent));
        let recordings = self.recorded.get(&(endpoint.id.clone(), request))?;
        let mut next = recordings.next.lock().unwrap_or_else(PoisonError::into_inner);
        let reply = recordings.replies.get(*next).or(recordings.replies.last())?;
        *next += 1;
        Some(reply.clone())
    }
}

/// The number at the end of a file's name, before its name.
fn number_of(path: &Path) -> (u32, PathBuf) {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let number = stem.rsplit('-').next().and_then(|number| number.parse().ok());
    (number.unwrap_or(0), path.to_owned())
}
