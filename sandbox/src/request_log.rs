//! What was asked of a sandbox, and what the provider would have billed for it.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use pyi_runtime::{Billing, Format, Method};

/// One request that arrived.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoggedRequest {
    /// The endpoint's name in the spec; `None` for a path that it does not describe.
    pub endpoint: Option<String>,
    /// How the request travelled; `None` for a method that no spec can allow.
    pub method: Option<Method>,
    /// The format that was asked for, if it is one.
    pub format: Option<Format>,
    /// The status code that it was answered with; `None` where the spec has none that says what is wrong.
    pub code: Option<i32>,
    /// What that costs.
    pub billing: Billing,
    /// All parameters as they arrived, in their order.
    pub parameters: Vec<(String, String)>,
}

impl LoggedRequest {
    /// The value of a parameter.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Shows which parameters came, not their values.
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
