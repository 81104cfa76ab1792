//! A client of a spec that was not compiled.

use std::fmt;
use std::sync::Arc;

use pyi_codegen::ir::Provider;
use pyi_runtime::Client;
use pyi_text::{Message, message};

use crate::call_options::CallOptions;
use crate::operation::DynamicOperation;
use crate::report::CallReport;
use crate::values::ValueFault;

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

impl InvalidCall {
    /// Its texts, one for each fault, which can be said in another language.
    pub fn messages(&self) -> Vec<Message> {
        match self {
            Self::UnknownEndpoint { known } => {
                let known = known.join(", ");
                vec![message!("no endpoint has the name that was given; there are {known}", known)]
            }
            Self::Values(faults) => faults.iter().map(ValueFault::message).collect(),
        }
    }
}

impl fmt::Display for InvalidCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let messages: Vec<String> = self.messages().iter().map(ToString::to_string).collect();
        f.write_str(&messages.join("; "))
    }
}

impl std::error::Error for InvalidCall {}
