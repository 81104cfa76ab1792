//! What a call came to, for its row and for the run.

use std::time::Duration;

use pyi_codegen::ir::{Effect, Endpoint, Provider};
use pyi_dynamic::CallReport;
use pyi_runtime::{Any, Billing, Error, Reply, Retry};

use super::StopReason;
use crate::store::Settled;

pub(super) type Came = Result<Reply<Any>, Error>;

/// What came of a row, as long as the store has not got it.
pub(super) struct PendingOutcome {
    pub(super) line: u64,
    pub(super) settled: Settled,
    /// Why the run is over with it, if it is.
    pub(super) stops: Option<StopReason>,
    /// Whether it says that there is too much to do.
    pub(super) is_throttled: bool,
    /// How long the provider asks to wait.
    pub(super) wait: Option<Duration>,
    /// The HTTP status of a refusal without an envelope that the spec does not list.
    pub(super) unlisted: Option<u16>,
}

impl PendingOutcome {
    pub(super) fn new(provider: &Provider, endpoint: &Endpoint, line: u64, came: &Came) -> Self {
        let error = came.as_ref().err();
        let report = CallReport::new(provider, endpoint, came);
        // An answer that the spec does not know may have been paid for.
        let unknown = error.filter(|error| error.billing() == Billing::Unknown);
        let body = || Some(unknown?.body()?.json()?.into_owned());
        let settled = Settled {
            billing: report.billing,
            code: report.code,
            outcome: report.outcome,
            why: report.error,
            data: report.data.map(|data| Any::json(data).to_owned()).or_else(body),
        };
        let http = error.and_then(Error::http_status);
        let is_listed = error.is_some_and(|error| error.http_info().is_some());
        Self {
            line,
            settled,
            stops: error.and_then(|error| stops(provider, endpoint, error)),
            // HTTP's own words for it, or a gateway's that has no answer.
            is_throttled: matches!(http, Some(429 | 502..=504)),
            wait: error.and_then(Error::retry_after),
            // A gateway's 502 and 504 leave open whether the provider got the request: nothing to list.
            unlisted: http.filter(|http| matches!(http, 429 | 503) && !is_listed),
        }
    }
}

/// Why a row was not sent, or is as if it had not been: it has cost nothing, and is sent another time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NotCharged {
    /// Nothing goes better until somebody has done something.
    Hopeless(StopReason),
    /// No connection can be made.
    Network(String),
    /// The spec lets the same call be made again, free of charge: the provider has too much to do, or the client knows the time now.
    Again { why: String, is_throttled: bool, wait: Option<Duration> },
    /// The client itself refuses the call.
    Refused(String),
}

impl NotCharged {
    /// `None` where something came of the row.
    pub(super) fn of(provider: &Provider, endpoint: &Endpoint, came: &Came) -> Option<Self> {
        let Err(error) = came else { return None };
        match error.billing() {
            Billing::NotSent if error.is_local() => Some(Self::Refused(error.to_string())),
            Billing::NotSent => Some(Self::Network(error.to_string())),
            Billing::Free => match error.retry() {
                // What must not happen twice is not sent twice, whatever it cost.
                retry @ (Retry::Later | Retry::Clock) if endpoint.effect == Effect::Query => {
                    Some(Self::Again {
                        why: error.to_string(),
                        is_throttled: retry == Retry::Later,
                        wait: error.retry_after(),
                    })
                }
                _ => stops(provider, endpoint, error).map(Self::Hopeless),
            },
            _ => None,
        }
    }
}

impl NotCharged {
    /// How long the provider asks to wait.
    pub(super) fn wait(&self) -> Option<Duration> {
        match self {
            Self::Again { wait, .. } => *wait,
            Self::Hopeless(_) | Self::Network(_) | Self::Refused(_) => None,
        }
    }
}

/// Whether the spec says that no other call goes better after a status.
fn stops(provider: &Provider, endpoint: &Endpoint, error: &Error) -> Option<StopReason> {
    if let Some(http) = error.http_status() {
        let status = provider.http.iter().find(|status| status.code == i32::from(http) && status.stops)?;
        return Some(StopReason::Http { status: http, remedy: status.remedy.clone() });
    }
    let code = error.code()?;
    let all = endpoint.statuses.iter().chain(&provider.statuses);
    let status = all.into_iter().find(|status| status.code == code).filter(|status| status.stops)?;
    Some(StopReason::Status { code, remedy: status.remedy.clone() })
}
