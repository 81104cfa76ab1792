//! The options of a call.

use std::time::Duration;

use pyi_runtime::{Any, Call, Format, Method, Time};

/// The options of a call. The default leaves everything to the client and the endpoint.
#[derive(Debug, Clone, Default)]
pub struct CallOptions {
    /// HTTP method. Default: the endpoint's first.
    pub method: Option<Method>,
    /// Format of the reply. Default: the endpoint's first.
    pub format: Option<Format>,
    /// Time of the request.
    pub time: Time,
    /// Nonce of the request. Default: random digits.
    pub nonce: Option<String>,
    /// Time limit. Default: the client's.
    pub timeout: Option<Duration>,
    /// Whether the spec's checks run over the values before anything is sent.
    pub check: bool,
    /// Whether data made up for testing is requested.
    pub debug: bool,
}

impl CallOptions {
    pub(crate) fn apply<'a>(&self, call: Call<'a, Any>) -> Call<'a, Any> {
        let Self { method, format, time, ref nonce, timeout, check, debug } = *self;
        let mut call = call.time(time);
        if let Some(nonce) = nonce {
            call = call.nonce(nonce.clone());
        }
        if let Some(method) = method {
            call = call.method(method);
        }
        if let Some(format) = format {
            call = call.format(format);
        }
        if let Some(limit) = timeout {
            call = call.timeout(limit);
        }
        if check {
            call = call.check_values();
        }
        if debug {
            call = call.debug_data();
        }
        call
    }
}
