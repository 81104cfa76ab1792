//! Records calls as cassettes: what is in the place of a request is written before the call is paid
//! for, and no two requests become one.

use std::path::PathBuf;

use pyi_codegen::ir::{Endpoint, Provider};
use pyi_runtime::Any;
use serde_json::Value;

use super::invent::{CassetteKey, Inventor, NoValue, as_sent};
use super::{Cassette, RecordedReply};
use crate::request::ParsedRequest;

/// How often other values are invented for a request that has those of another one.
const ROUNDS: u32 = 50;

/// Writes cassettes to a folder.
pub(crate) struct Recorder {
    folder: PathBuf,
    key: CassetteKey,
}

/// A recording that has no answer yet.
pub(crate) struct Begun {
    round: u32,
    cassette: Cassette,
    path: PathBuf,
}

impl Begun {
    /// Removes the recording of a call that was not sent. One that cannot be removed says that it has
    /// no answer.
    pub(crate) fn remove(self) {
        let _ = std::fs::remove_file(self.path);
    }
}

impl Recorder {
    pub(crate) fn new(folder: PathBuf, key: CassetteKey) -> Self {
        Self { folder, key }
    }

    /// Invents the values of a request, and writes them. The error says why it cannot be recorded.
    pub(crate) fn begin(
        &self,
        provider: &Provider,
        endpoint: &Endpoint,
        request: &ParsedRequest,
    ) -> Result<Begun, String> {
        let sent = as_sent(provider, endpoint, request);
        let digest = self.key.digest(provider, endpoint, request);
        let failed = |error: std::io::Error| format!("the call cannot be recorded: {error}");
        std::fs::create_dir_all(&self.folder).map_err(failed)?;
        for round in 0..ROUNDS {
            let inventor = Inventor::new(provider, &self.key, round);
            let fields = inventor.request(endpoint, &sent).map_err(|NoValue(field)| {
                format!(
                    "no invented value of `{field}` of `{}` is within its checks, so that the call cannot be recorded; correct the checks in \
                     the spec",
                    endpoint.id
                )
            })?;
            let cassette = Cassette::new(endpoint, digest.clone(), fields);
            if let Some(path) = cassette.claim(&self.folder).map_err(failed)? {
                return Ok(Begun { round, cassette, path });
            }
        }
        Err(format!(
            "the fields of `{}` have too few values to invent others for this request, so that it cannot be recorded",
            endpoint.id
        ))
    }

    /// Writes the answer to a request. The error says why the cassette has none.
    pub(crate) fn write(
        &self,
        provider: &Provider,
        endpoint: &Endpoint,
        begun: Begun,
        (http, status): (u16, Option<String>),
        payload: Option<&Any>,
    ) -> Result<PathBuf, String> {
        let inventor = Inventor::new(provider, &self.key, begun.round);
        let data = match payload {
            None => Value::Null,
            Some(payload) => inventor
                .payload(endpoint, payload)
                .map_err(|NoValue(field)| format!("no invented value of {field} is within its checks"))?,
        };
        let reply = Some(RecordedReply { http, status, data });
        let cassette = Cassette { reply, ..begun.cassette };
        cassette.rewrite(&begun.path).map_err(|error| error.to_string())?;
        Ok(begun.path)
    }
}
