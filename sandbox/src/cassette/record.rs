//! Records calls as cassettes: what stands for a request is known before the call is paid for, and
//! no two requests become one.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use pyi_codegen::ir::{Endpoint, Provider};
use serde_json::{Map, Value};

use super::invent::{CassetteKey, Inventor, NoValue, as_sent};
use super::{Cassette, RecordedReply, of_request};
use crate::request::ParsedRequest;

/// How often other values are invented for a request that has those of another one.
const ROUNDS: u32 = 50;

/// Writes cassettes to a folder.
pub(crate) struct Recorder {
    folder: PathBuf,
    key: CassetteKey,
    /// The digests of the requests that were begun, by endpoint and invented values.
    claimed: Mutex<HashMap<(String, String), String>>,
}

/// What a cassette has in place of a request.
pub(crate) struct Invented {
    round: u32,
    digest: String,
    fields: Map<String, Value>,
}

impl Recorder {
    pub(crate) fn new(folder: PathBuf, key: CassetteKey) -> Self {
        Self { folder, key, claimed: Mutex::default() }
    }

    /// Invents the values of a request. The error says why it cannot be recorded.
    pub(crate) fn begin(
        &self,
        provider: &Provider,
        endpoint: &Endpoint,
        request: &ParsedRequest,
    ) -> Result<Invented, String> {
        let sent = as_sent(endpoint, request);
        let digest = self.key.digest(&endpoint.id, &sent);
        for round in 0..ROUNDS {
            let inventor = Inventor::new(provider, &self.key, round);
            let fields = inventor.request(endpoint, &sent).map_err(|NoValue(field)| {
                format!(
                    "no invented value of `{field}` of `{}` is within its checks, so that the call cannot be recorded; correct the checks in \
                     the spec",
                    endpoint.id
                )
            })?;
            let is_taken = Cassette::is_taken(&self.folder, endpoint, &digest, &fields);
            if !is_taken && self.claim(endpoint, &digest, &fields) {
                return Ok(Invented { round, digest, fields });
            }
        }
        Err(format!(
            "the fields of `{}` have too few values to invent others for this request, so that it cannot be recorded",
            endpoint.id
        ))
    }

    /// Reserves invented values for a request; false if another request of this recorder has them.
    fn claim(&self, endpoint: &Endpoint, digest: &str, fields: &Map<String, Value>) -> bool {
        let mut claimed = self.claimed.lock().unwrap_or_else(PoisonError::into_inner);
        let values = (endpoint.id.clone(), of_request(fields));
        claimed.entry(values).or_insert_with(|| digest.to_owned()) == digest
    }

    /// Writes the answer to a request. The error says why there is no cassette of it.
    pub(crate) fn write(
        &self,
        provider: &Provider,
        endpoint: &Endpoint,
        invented: Invented,
        answered: RecordedReply,
    ) -> Result<PathBuf, String> {
        let inventor = Inventor::new(provider, &self.key, invented.round);
        let data = match &answered.data {
            Value::Null => Value::Null,
            payload => inventor
                .payload(endpoint, payload)
                .map_err(|NoValue(field)| format!("no invented value of {field} is within its checks"))?,
        };
        let cassette =
            Cassette::new(endpoint, invented.digest, invented.fields, RecordedReply { data, ..answered });
        cassette.write(&self.folder).map_err(|error| error.to_string())
    }
}
