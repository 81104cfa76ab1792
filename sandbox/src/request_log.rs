//! The request log: each request of a sandbox and what the provider would have billed for it.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use pyi_runtime::{Billing, Format, Method, StatusCode};

/// A request that arrived.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoggedRequest {
    /// Id of the endpoint in the spec. `None` for a path that the spec does not have.
    pub endpoint: Option<String>,
    /// HTTP method. `None` for a method that no spec can allow.
    pub method: Option<Method>,
    /// Requested format. `None` without one or for an unknown one.
    pub format: Option<Format>,
    /// Status code of the answer. `None` if the spec has no matching status.
    pub code: Option<StatusCode>,
    /// Billing of the request.
    pub billing: Billing,
    /// All parameters in the order of arrival.
    pub parameters: Vec<(String, String)>,
}

impl LoggedRequest {
    /// Value of a parameter.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Shows the names of the parameters, not their values.
impl fmt::Debug for LoggedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.parameters.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("LoggedRequest")
            .field("endpoint", &self.endpoint)
            .field("method", &self.method)
            .field("format", &self.format)
            .field("code", &self.code)
            .field("billing", &self.billing)
            .field("parameters", &names)
            .finish()
    }
}

#[derive(Debug, Default)]
pub(crate) struct RequestLog(Mutex<Vec<LoggedRequest>>);

impl RequestLog {
    pub(crate) fn add(&self, entry: LoggedRequest) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(entry);
    }

    pub(crate) fn take(&self) -> Vec<LoggedRequest> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn entries(&self) -> Vec<LoggedRequest> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
