//! The only way to make a call: check, encode and sign, send, read the envelope, determine the
//! billing. `retry.rs` decides whether it is sent again.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};
use tracing::{Instrument, Span, debug, field};

use crate::call::clock_skew;
use crate::call::prepare::{Prepared, prepare};
use crate::call::retry::{Attempts, Outcome};
use crate::call::settings::{Settings, Time};
use crate::client::core::Core;
use crate::error::{Error, Kind};
use crate::operation::Operation;
use crate::redact;
use crate::request::encode::{self, CommonValues, Encoded, Values};
use crate::response::envelope::Answer;
use crate::transport::{HttpRequest, TransportError};
use pyi_types::Billing;

/// Caps timeouts so that `Instant + limit` cannot overflow.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Makes a call, within a span that has the operation, the status, the billing and the time, and no
/// value of the request.
///
/// Arguments of an `async fn` are in its future twice, and so is a future that is bound to a name
/// before it is awaited. This future is kept below 1 KiB: above that size, its allocation costs as
/// much as the rest of pyi's work for a call.
pub(crate) fn execute<'a>(
    core: Arc<Core>,
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
        let sending = Sending { client: &core, operation, values: &values, settings: &settings };
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

/// What the attempts of a call share.
struct Sending<'a> {
    client: &'a Core,
    operation: &'a Operation<'a>,
    values: &'a Values,
    settings: &'a Settings,
}

impl Sending<'_> {
    /// Sends until an answer is final or no retry is allowed. Returns the number of attempts too.
    /// All attempts share the call's time limit.
    async fn attempts(&self, began: Instant) -> (Result<Answer, Error>, u32) {
        let Self { client, operation, values, settings } = *self;
        let prepared = match prepare(client, operation, values, settings) {
            Ok(prepared) => prepared,
            Err(error) => return (Err(error), 0),
        };
        let limit = settings.timeout.unwrap_or(client.timeout).min(LONGEST);
        let mut deadline = began + limit;
        let mut attempts = Attempts::new(&client.retries, operation.effect, settings.time == Time::Now);
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

    /// Waits until the rate limiter admits an attempt, since each attempt is a call to the
    /// provider. The wait does not count against the call's time limit.
    #[cfg(feature = "pacing")]
    async fn paced(&self) -> Duration {
        self.client.pace.wait(self.operation, self.values).await
    }

    /// Without the feature `pacing`, attempts do not wait.
    #[cfg(not(feature = "pacing"))]
    async fn paced(&self) -> Duration {
        Duration::ZERO
    }

    /// Encodes and signs with the time of this attempt, and sends once.
    async fn attempt(&self, prepared: &Prepared, deadline: Instant) -> Outcome {
        let Self { client, operation, values, settings } = *self;
        let filled = CommonValues {
            app_id: &client.app_id,
            format: prepared.format,
            time: seconds(client, settings.time),
            debug: settings.debug,
            sign: &client.sign,
        };
        let Encoded { form, signature } = encode::encode(operation, values, &filled);
        let request = HttpRequest { method: prepared.method, url: client.url(operation.path), form };
        let sent = timeout_at(deadline, client.transport.send(request)).await;
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
            let own = [client.sign.secret(), signature.text(&client.sign), &client.base, operation.path];
            redact::message(message, values.iter().chain(own).chain(client.hosts.iter().map(String::as_str)))
        };
        let result = Answer::read(operation, answered, shown).map_err(|error| error.after(wait));
        let clock_adjusted =
            result.as_ref().err().is_some_and(|error| client.clock.learn(error, date.as_deref()));
        Outcome { result, clock_adjusted }
    }
}

fn seconds(client: &Core, time: Time) -> Option<i64> {
    match time {
        Time::At(seconds) => Some(seconds),
        Time::Omit => None,
        Time::Now => client.clock.now(),
    }
}
