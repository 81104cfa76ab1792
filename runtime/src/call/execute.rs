//! The one way a call is made: check, encode and sign, send, read the envelope, say what it cost; and again, only where that table
//! allows it (`retry.rs`).

use std::pin::Pin;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};
use tracing::{Instrument, Span, debug, field};

use crate::call::clock_skew;
use crate::call::prepare::{Prepared, prepare};
use crate::call::retry::Attempts;
use crate::call::{Settings, Time};
use crate::client::Client;
use crate::error::{Error, Kind};
use crate::operation::Operation;
use crate::redact;
use crate::request::encode::{self, CommonValues, Encoded, Values};
use crate::response::envelope::Answer;
use crate::transport::{HttpRequest, TransportError};
use pyi_types::Billing;

/// No call takes longer, however long its limit: what a clock can count to has an end.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Makes a call, within a span that tells the operation, the status, the billing and the time, and nothing of the request.
///
/// Arguments of an `async fn` stand in its future twice, and so does a future that has a name before it is awaited. This one is kept below
/// 1 KiB: beyond that, allocating it costs as much as all else that pyi does in a call.
pub(crate) fn execute<'a>(
    client: Client,
    operation: &'a Operation<'a>,
    values: Values,
    settings: Settings,
) -> Pin<Box<dyn Future<Output = Result<Answer, Error>> + Send + 'a>> {
    Box::pin(async move {
        let span = tracing::info_span!(
            "pyi.call",
            operation = operation.id,
            status = field::Empty,
            billing = field::Empty,
            attempts = field::Empty,
            elapsed_ms = field::Empty,
        );
        let began = Instant::now();
        let sending = Sending { client: &client, operation, values: &values, settings: &settings };
        let (result, attempts) = sending.attempts(began).instrument(span.clone()).await;
        record(&span, &result, attempts, began);
        result
    })
}

fn record(span: &Span, result: &Result<Answer, Error>, attempts: u32, began: Instant) {
    if span.is_disabled() {
        return;
    }
    let (code, billing) = match result {
        Ok(answer) => (Some(answer.code()), answer.billing()),
        Err(error) => (error.code(), error.billing()),
    };
    span.record("status", code);
    span.record("billing", field::display(billing));
    span.record("attempts", attempts);
    span.record("elapsed_ms", u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX));
}

/// What one attempt came to.
pub(crate) struct Outcome {
    pub(crate) result: Result<Answer, Error>,
    /// Whether the client's clock was set by the answer.
    pub(crate) clock_adjusted: bool,
}

/// All that the attempts of a call have in common.
struct Sending<'a> {
    client: &'a Client,
    operation: &'a Operation<'a>,
    values: &'a Values,
    settings: &'a Settings,
}

impl Sending<'_> {
    /// Sends until there is an answer to keep, or none to hope for; and says how often. All attempts share the call's time.
    async fn attempts(&self, began: Instant) -> (Result<Answer, Error>, u32) {
        let Self { client, operation, values, settings } = *self;
        let prepared = match prepare(client, operation, values, settings) {
            Ok(prepared) => prepared,
            Err(error) => return (Err(error), 0),
        };
        let limit = settings.timeout.unwrap_or(client.timeout()).min(LONGEST);
        let mut deadline = began + limit;
        let mut attempts = Attempts::new(client.retries(), operation.effect, settings.time == Time::Now);
        loop {
            deadline += self.paced().await;
            let outcome = self.attempt(&prepared, deadline).await;
            match attempts.next_delay(&outcome, deadline.saturating_duration_since(Instant::now())) {
                Some(pause) => {
                    debug!(
                        pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX),
                        "the call is sent again"
                    );
                    drop(outcome);
                    sleep(pause).await;
                }
                None => return (outcome.result, attempts.made()),
            }
        }
    }

    /// Waits for the turn of an attempt, each attempt being a call to the provider. The time does not count against the call's.
    #[cfg(feature = "pacing")]
    async fn paced(&self) -> Duration {
        self.client.pace().wait(self.operation, self.values).await
    }

    /// Without the feature `pacing`, every attempt has its turn at once.
    #[cfg(not(feature = "pacing"))]
    async fn paced(&self) -> Duration {
        Duration::ZERO
    }

    /// Encodes and signs anew, with the time of this attempt, and sends once.
    async fn attempt(&self, prepared: &Prepared, deadline: Instant) -> Outcome {
        let Self { client, operation, values, settings } = *self;
        let filled = CommonValues {
            app_id: client.app_id(),
            format: prepared.format,
            time: seconds(client, settings.time),
            debug: settings.debug,
            sign: client.sign(),
        };
        let Encoded { form, signature } = encode::encode(operation, values, &filled);
        let outgoing = HttpRequest { method: prepared.method, url: client.url(operation.path), form };
        let sent = timeout_at(deadline, client.transport().send(outgoing)).await;
        let mut answered =
            match sent.unwrap_or_else(|_| Err(TransportError::lost("no answer came in time").timed_out())) {
                Ok(answered) => answered,
                Err(TransportError { sent, timeout, why }) => {
                    let billing = if sent { Billing::Unknown } else { Billing::NotSent };
                    let error = Error::new(operation.id, billing, Kind::Exchange { why, timeout });
                    return Outcome { result: Err(error), clock_adjusted: false };
                }
            };
        let (date, retry_after) = (answered.date.take(), answered.retry_after.take());
        let wait = retry_after.and_then(|text| clock_skew::wait(&text, date.as_deref()));
        let shown = |message: &str| {
            let own = [client.sign().secret(), signature.text(client.sign()), client.base(), operation.path];
            redact::message(message, values.iter().chain(own).chain(client.hosts()))
        };
        let result = Answer::read(operation, answered, shown).map_err(|error| error.after(wait));
        let clock_adjusted =
            result.as_ref().err().is_some_and(|error| client.clock().learn(error, date.as_deref()));
        Outcome { result, clock_adjusted }
    }
}

fn seconds(client: &Client, time: Time) -> Option<i64> {
    match time {
        Time::At(seconds) => Some(seconds),
        Time::Omit => None,
        Time::Now => client.clock().now(),
    }
}
