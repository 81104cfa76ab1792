//! The outcome of a call, for its row and for the run.

use std::time::Duration;

use pyi_codegen::ir::{Effect, Endpoint, Provider};
use pyi_dynamic::CallReport;
use pyi_runtime::{Any, Billing, Error, Reply, Retry};

use super::StopReason;
use crate::attempt::Attempt;
use crate::store::RowOutcome;

pub(super) type CallResult = Result<Reply<Any>, Error>;

/// The outcome of a row that the store does not have yet.
pub(super) struct PendingOutcome {
    pub(super) attempt: Attempt,
    pub(super) outcome: RowOutcome,
    /// Why the run ends with it, if it does.
    pub(super) stop_reason: Option<StopReason>,
    /// Whether the provider, or a gateway, says that it is overloaded.
    pub(super) is_throttled: bool,
    /// The pause that the provider asks for.
    pub(super) retry_after: Option<Duration>,
    /// The HTTP status of a refusal without an envelope that the spec does not list.
    pub(super) unlisted: Option<u16>,
}

impl PendingOutcome {
    pub(super) fn new(
        provider: &Provider,
        endpoint: &Endpoint,
        attempt: Attempt,
        report: &CallReport,
    ) -> Self {
        let error = report.result().as_ref().err();
        // An answer that the spec does not list may have been billed.
        let unknown = error.filter(|error| error.billing() == Billing::Unknown);
        let body = || Some(unknown?.body()?.json()?.into_owned());
        let outcome = RowOutcome {
            billing: report.billing(),
            code: report.code(),
            outcome: report.outcome(),
            error: report.error().map(str::to_owned),
            data: report.data().map(|data| Any::json(data).to_owned()).or_else(body),
        };
        let http = error.and_then(Error::http_status);
        let is_listed = error.is_some_and(|error| error.http_info().is_some());
        Self {
            attempt,
            outcome,
            stop_reason: error.and_then(|error| stop_reason(provider, endpoint, error)),
            // HTTP's status for it, or that of a gateway without an answer.
            is_throttled: matches!(http, Some(429 | 502..=504)),
            retry_after: error.and_then(Error::retry_after),
            // A gateway's 502 and 504 leave open whether the provider got the request: nothing to
            // list.
            unlisted: http.filter(|http| matches!(http, 429 | 503) && !is_listed),
        }
    }
}

/// Why a row was not sent, or was answered free of charge and can be sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NotCharged {
    /// Every other call fails as well until the cause is removed.
    Hopeless(StopReason),
    /// No connection can be made.
    Network(String),
    /// The status is free of charge, and the spec allows the same call again: the provider is
    /// overloaded, or the client has adjusted its clock.
    Retry { error: String, is_throttled: bool, retry_after: Option<Duration> },
    /// The client itself refuses the call.
    Refused(String),
}

impl NotCharged {
    /// `None` for a call whose outcome goes to the store.
    pub(super) fn of(provider: &Provider, endpoint: &Endpoint, result: &CallResult) -> Option<Self> {
        let Err(error) = result else { return None };
        match error.billing() {
            Billing::NotSent if error.is_local() => Some(Self::Refused(error.to_string())),
            Billing::NotSent => Some(Self::Network(error.to_string())),
            Billing::Free => match error.retry() {
                // A mutation is not sent twice, whatever it cost.
                retry @ (Retry::Later | Retry::Clock) if endpoint.effect == Effect::Query => {
                    Some(Self::Retry {
                        error: error.to_string(),
                        is_throttled: retry == Retry::Later,
                        retry_after: error.retry_after(),
                    })
                }
                _ => stop_reason(provider, endpoint, error).map(Self::Hopeless),
            },
            _ => None,
        }
    }
}

impl NotCharged {
    /// The pause that the provider asks for.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Retry { retry_after, .. } => *retry_after,
            Self::Hopeless(_) | Self::Network(_) | Self::Refused(_) => None,
        }
    }
}

/// The reason to end the run, if the spec says that every call fails after this status.
fn stop_reason(provider: &Provider, endpoint: &Endpoint, error: &Error) -> Option<StopReason> {
    if let Some(http) = error.http_status() {
        let status =
            provider.http.iter().find(|status| status.code == i32::from(http) && status.halts_batch)?;
        return Some(StopReason::Http { status: http, remedy: status.remedy.clone() });
    }
    let code = error.code()?;
    let all = endpoint.statuses.iter().chain(&provider.statuses);
    let status = all.into_iter().find(|status| status.code == code).filter(|status| status.halts_batch)?;
    Some(StopReason::Status { code, remedy: status.remedy.clone() })
}
