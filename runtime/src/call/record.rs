//! The record of a call: its span, its event and its hooks, whichever way it ends. A call that is
//! dropped is recorded too, with the billing that was true at that moment:
//!
//! | dropped | billing |
//! |---|---|
//! | before the transport was first polled | not sent |
//! | from then until a whole answer | unknown |
//! | in the pause after an answer | the answer's |
//!
//! An earlier attempt that may have been billed keeps the billing of the call unknown.

use std::sync::Arc;

use pyi_types::{Billing, StatusCode};
use tokio::time::Instant;
use tracing::{Span, Value, field, info_span, warn};

use crate::client::core::Shared;
use crate::error::Error;
use crate::hooks::{Attempt, AttemptEnd, CallEnd, Ending};
use crate::operation::{Method, Operation};
use crate::response::envelope::Answer;
use crate::transport::HeaderMap;

/// The record of a call that has not ended. Dropping it records that the call was dropped.
pub(crate) struct Record<'a> {
    shared: Arc<Shared>,
    operation: &'a Operation<'a>,
    span: Span,
    began: Instant,
    attempts: u32,
    /// The attempt that has not ended.
    running: Option<Running>,
    /// The billing of the attempts that have ended.
    billing: Billing,
    status: Option<StatusCode>,
    http_status: Option<u16>,
    ended: bool,
}

/// An attempt that has not ended.
struct Running {
    method: Method,
    began: Instant,
    /// Whether the provider may have the request.
    is_sent: bool,
}

impl<'a> Record<'a> {
    /// Begins the record, with a span that has the operation, the status, the billing and the time,
    /// and no value of the request. Fields after OpenTelemetry's conventions for HTTP clients tell
    /// of the last attempt. Those with a host or a URL are left out: the host names the account,
    /// and the query of a GET names a person.
    pub(crate) fn begin(shared: Arc<Shared>, operation: &'a Operation<'a>) -> Self {
        let span = info_span!(
            "pyi.call",
            operation = operation.id,
            status = field::Empty,
            billing = field::Empty,
            attempts = field::Empty,
            elapsed_ms = field::Empty,
            otel.name = operation.id,
            otel.kind = "client",
            otel.status_code = field::Empty,
            error.type = field::Empty,
            url.template = operation.path,
            http.request.method = field::Empty,
            http.request.resend_count = field::Empty,
            http.response.status_code = field::Empty,
        );
        Self {
            shared,
            operation,
            span,
            began: Instant::now(),
            attempts: 0,
            running: None,
            billing: Billing::NotSent,
            status: None,
            http_status: None,
            ended: false,
        }
    }

    pub(crate) fn span(&self) -> Span {
        self.span.clone()
    }

    /// Begins an attempt. Returns the headers that the hooks add to its request.
    pub(crate) fn begin_attempt(&mut self, method: Method) -> HeaderMap {
        self.attempts += 1;
        self.running = Some(Running { method, began: Instant::now(), is_sent: false });
        (self.status, self.http_status) = (None, None);
        self.shared.hooks.before_attempt(&self.attempt(method))
    }

    /// The number of the running attempt.
    pub(crate) fn attempts(&self) -> u32 {
        self.attempts
    }

    /// From now on the provider may have the request.
    pub(crate) fn sending(&mut self) {
        if let Some(running) = &mut self.running {
            running.is_sent = true;
        }
    }

    /// A whole answer came, with an HTTP status.
    pub(crate) fn answered(&mut self, http_status: u16) {
        self.http_status = Some(http_status);
    }

    /// Ends an attempt.
    pub(crate) fn end_attempt(&mut self, result: &Result<Answer, Error>) {
        let (ending, billing, status) = match result {
            Ok(answer) => (Ending::Replied, answer.billing(), Some(answer.code())),
            Err(error) => (Ending::Failed(error.kind()), error.billing(), error.code()),
        };
        self.status = status;
        self.after_attempt(ending, billing);
        self.billing = self.in_all(billing);
    }

    /// The billing of the call, if it ends with this one: what may have been billed by an earlier
    /// attempt stays so.
    pub(crate) fn in_all(&self, last: Billing) -> Billing {
        match (self.billing, last) {
            (Billing::Unknown, Billing::NotSent | Billing::Free) => Billing::Unknown,
            (_, last) => last,
        }
    }

    /// Ends the call with a reply, or with an error.
    pub(crate) fn end(mut self, error: Option<&Error>) {
        match error {
            None => self.finish(Ending::Replied, self.billing),
            Some(error) => {
                self.status = error.code();
                self.finish(Ending::Failed(error.kind()), error.billing());
            }
        }
    }

    fn attempt(&self, method: Method) -> Attempt<'a> {
        let Operation { id, effect, .. } = *self.operation;
        Attempt { operation: id, effect, method, number: self.attempts }
    }

    fn after_attempt(&mut self, ending: Ending, billing: Billing) {
        let Some(Running { method, began, .. }) = self.running.take() else { return };
        self.span.record("http.request.method", method.as_str());
        self.shared.hooks.after_attempt(&AttemptEnd {
            attempt: self.attempt(method),
            ending,
            billing,
            status: self.status,
            http_status: self.http_status,
            duration: began.elapsed(),
        });
    }

    fn finish(&mut self, ending: Ending, billing: Billing) {
        self.ended = true;
        self.after_attempt(ending, billing);
        let duration = self.began.elapsed();
        self.record_span(ending, billing, u64::try_from(duration.as_millis()).unwrap_or(u64::MAX));
        self.shared.hooks.after_call(&CallEnd {
            operation: self.operation.id,
            effect: self.operation.effect,
            ending,
            billing,
            status: self.status,
            http_status: self.http_status,
            attempts: self.attempts,
            duration,
        });
    }

    /// Completes the span. A call without a reply is an event too.
    fn record_span(&self, ending: Ending, billing: Billing, elapsed_ms: u64) {
        let Self { operation, span, attempts, status, .. } = self;
        // A number is recorded as a number.
        let (number, text) = (status.and_then(StatusCode::number), status.map(field::display));
        let shown = match (&number, &text) {
            (Some(number), _) => Some(number as &dyn Value),
            (None, text) => text.as_ref().map(|text| text as &dyn Value),
        };
        if !span.is_disabled() {
            span.record("status", shown);
            span.record("billing", field::display(billing));
            span.record("attempts", attempts);
            span.record("elapsed_ms", elapsed_ms);
            span.record("http.response.status_code", self.http_status);
            span.record("http.request.resend_count", attempts.checked_sub(1).filter(|resends| *resends > 0));
        }
        let kind = match ending {
            Ending::Replied => return,
            Ending::Failed(kind) => kind.as_str(),
            Ending::Dropped => "dropped",
        };
        span.record("otel.status_code", "ERROR");
        span.record("error.type", kind);
        let name = status.and_then(|code| operation.status(code)).map(|status| &*status.name);
        warn!(
            parent: span,
            operation = operation.id,
            error.type = kind,
            status = shown,
            status_name = name,
            billing = %billing,
            attempts,
            elapsed_ms,
            "the call {}", if ending == Ending::Dropped { "was dropped" } else { "failed" }
        );
    }
}

impl Drop for Record<'_> {
    fn drop(&mut self) {
        if !self.ended {
            let is_sent = self.running.as_ref().is_some_and(|running| running.is_sent);
            self.finish(Ending::Dropped, if is_sent { Billing::Unknown } else { self.billing });
        }
    }
}
