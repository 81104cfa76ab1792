//! A client of a spec that was not compiled, and the options of its calls.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use pyi_codegen::ir::Provider;
use pyi_runtime::{Any, Call, Client, Format, Method, Time};

use crate::operation::DynamicOperation;
use crate::report::CallReport;
use crate::values::ValueFault;

/// The options of a call. The default leaves everything to the client and the endpoint.
#[derive(Debug, Clone, Copy, Default)]
pub struct CallOptions {
    /// HTTP method. Default: the endpoint's first.
    pub method: Option<Method>,
    /// Format of the reply. Default: the endpoint's first.
    pub format: Option<Format>,
    /// Time of the request.
    pub time: Time,
    /// Time limit. Default: the client's.
    pub timeout: Option<Duration>,
    /// Whether the spec's checks run over the values before anything is sent.
    pub check: bool,
    /// Whether data made up for testing is requested.
    pub debug: bool,
}

impl CallOptions {
    pub(crate) fn apply<'a>(&self, call: Call<'a, Any>) -> Call<'a, Any> {
        let Self { method, format, time, timeout, check, debug } = *self;
        let mut call = call.time(time);
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
            call = call.check();
        }
        if debug {
            call = call.debug();
        }
        call
    }
}

/// A client that calls any endpoint of a spec.
///
/// ```no_run
/// # async fn example(client: pyi_runtime::Client) -> Result<(), pyi_dynamic::InvalidCall> {
/// use pyi_dynamic::{CallOptions, DynamicClient};
///
/// let input = pyi_codegen::Input::Folder { path: "spec".as_ref(), shown: "spec" };
/// let (spec, _) = pyi_codegen::load(input);
/// let client = DynamicClient::new(spec, client);
/// let values = [("mobile".to_owned(), "19900000000".to_owned())];
/// let report = client.call("mobile_status", &values, &CallOptions::default()).await?;
/// println!("{}, {}", report.outcome(), report.billing());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct DynamicClient {
    spec: Arc<Provider>,
    client: Client,
}

impl DynamicClient {
    /// A client of a spec. Endpoints with faults are not in the spec, and cannot be called.
    pub fn new(spec: impl Into<Arc<Provider>>, client: Client) -> Self {
        Self { spec: spec.into(), client }
    }

    /// The operation of an endpoint.
    ///
    /// # Errors
    ///
    /// [`InvalidCall::UnknownEndpoint`].
    pub fn operation(&self, endpoint: &str) -> Result<DynamicOperation<'_>, InvalidCall> {
        match self.spec.endpoint(endpoint) {
            Some(endpoint) => Ok(DynamicOperation::new(&self.spec, endpoint)),
            None => {
                let known = self.spec.endpoints.iter().map(|endpoint| endpoint.id.clone()).collect();
                Err(InvalidCall::UnknownEndpoint { known })
            }
        }
    }

    /// Calls an endpoint with values by wire name, and reports the result.
    ///
    /// # Errors
    ///
    /// A call that the spec does not describe. Nothing was sent. Everything else is in the report.
    pub async fn call(
        &self,
        endpoint: &str,
        values: &[(String, String)],
        options: &CallOptions,
    ) -> Result<CallReport, InvalidCall> {
        let operation = self.operation(endpoint)?;
        let values = operation.values(values).map_err(InvalidCall::Values)?;
        Ok(operation.call(&self.client, values, options).await)
    }
}

/// A call that the spec does not describe. It never holds a value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidCall {
    /// The spec has no such endpoint.
    UnknownEndpoint {
        /// The endpoints of the spec.
        known: Vec<String>,
    },
    /// The endpoint's request cannot have these values.
    Values(Vec<ValueFault>),
}

impl fmt::Display for InvalidCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownEndpoint { known } => {
                write!(f, "no endpoint has the name that was given; there are {}", known.join(", "))
            }
            Self::Values(faults) => {
                let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
                f.write_str(&faults.join("; "))
            }
        }
    }
}

impl std::error::Error for InvalidCall {}
