//! The only way to make a call: check, encode and sign, send, read the envelope, determine the
//! billing. `retry.rs` decides whether it is sent again, `record.rs` tells how it ended.

use std::borrow::Cow;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};
use tracing::{Instrument, debug};

use crate::call::clock_skew;
use crate::call::prepare::{Prepared, check_app, prepare};
use crate::call::record::Record;
use crate::call::retry::{Attempts, Outcome};
use crate::call::settings::{Settings, Time};
use crate::client::app::{App, AppSource, CredentialsError};
use crate::client::core::{Core, Shared};
use crate::error::Error;
use crate::operation::{NonceForm, Operation, Source};
use crate::redact;
use crate::request::encode::{self, CommonValues, Encoded, Values};
use crate::request::sign::Signature;
use crate::request::signer::SigningText;
use crate::response::envelope::Answer;
use crate::transport::{HeaderMap, HeaderName, HeaderValue, HttpRequest, TransportError};

/// Caps timeouts so that `Instant + limit` cannot overflow.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// An answer, or the error of a call whose record has ended. The record ends with the answer's
/// data.
pub(crate) type AnswerFuture<'a> =
    Pin<Box<dyn Future<Output = Result<(Answer, Record<'a>), Error>> + Send + 'a>>;

/// Makes a call. Its record begins now: a future that is dropped before it is polled is a call that
/// sent nothing.
///
/// Arguments of an `async fn` are in its future twice, and so is a future that is bound to a name
/// before it is awaited. This future is kept below 1 KiB: above that size, its allocation costs as
/// much as the rest of pyi's work for a call.
pub(crate) fn execute<'a>(
    core: Arc<Core>,
    operation: &'a Operation<'a>,
    values: Values,
    settings: Settings,
) -> AnswerFuture<'a> {
    let mut record = Record::begin(Arc::clone(&core.shared), operation);
    Box::pin(async move {
        let span = record.span();
        let sending = Sending { core: &core, operation, values: &values, settings: &settings };
        match sending.attempts(&mut record).instrument(span).await {
            Ok(answer) => {
                let billing = record.in_all(answer.billing());
                Ok((answer.with_billing(billing), record))
            }
            Err(error) => {
                let billing = record.in_all(error.billing());
                let error = error.with_billing(billing);
                record.end(Some(&error));
                Err(error)
            }
        }
    })
}

/// What the attempts of a call share.
struct Sending<'a> {
    core: &'a Core,
    operation: &'a Operation<'a>,
    values: &'a Values,
    settings: &'a Settings,
}

impl<'a> Sending<'a> {
    /// Sends until an answer is final or no retry is allowed. All attempts share the call's time
    /// limit.
    async fn attempts(&self, record: &mut Record<'_>) -> Result<Answer, Error> {
        let Self { core, operation, values, settings } = *self;
        let shared = &*core.shared;
        let prepared = prepare(core, operation, values, settings)?;
        let limit = settings.timeout.unwrap_or(shared.timeout).min(LONGEST);
        let mut deadline = Instant::now() + limit;
        let mut attempts = Attempts::new(&shared.retries, operation.effect, settings.time == Time::Now);
        loop {
            deadline += self.paced().await;
            let app = self.app(deadline).await?;
            let outcome = self.attempt(&app, &prepared, deadline, record).await;
            record.end_attempt(&outcome.result);
            match attempts.next_delay(&outcome, deadline.saturating_duration_since(Instant::now())) {
                Some(pause) => {
                    debug!(
                        pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX),
                        "the call is sent again"
                    );
                    drop(outcome);
                    sleep(pause).await;
                }
                None => return outcome.result,
            }
        }
    }

    /// Waits until the rate limiter admits an attempt, since each attempt is a call to the
    /// provider. The wait does not count against the call's time limit.
    #[cfg(feature = "pacing")]
    async fn paced(&self) -> Duration {
        self.core.shared.pace.wait(self.operation, self.values).await
    }

    /// Without the feature `pacing`, attempts do not wait.
    #[cfg(not(feature = "pacing"))]
    async fn paced(&self) -> Duration {
        Duration::ZERO
    }

    /// The app of an attempt: the client's, or the one that the credentials provider has now.
    async fn app(&self, deadline: Instant) -> Result<Cow<'a, App>, Error> {
        match &self.core.app {
            AppSource::Fixed(app) => Ok(Cow::Borrowed(app)),
            AppSource::Provider(provider) => {
                let id = self.operation.id;
                let app = match timeout_at(deadline, provider.app()).await {
                    Ok(provided) => provided.map_err(|error| Error::credentials(id, error))?,
                    Err(_) => {
                        let late = CredentialsError::new("it did not answer within the call's time limit");
                        return Err(Error::credentials(id, late));
                    }
                };
                check_app(&self.core.shared, self.operation, &app)?;
                Ok(Cow::Owned(app))
            }
        }
    }

    /// The signature of a signer outside, if the app has one.
    async fn sign_outside(
        &self,
        app: &App,
        filled: &CommonValues<'_>,
        deadline: Instant,
    ) -> Result<Option<Signature>, Error> {
        let operation = self.operation;
        let Some(signer) = app.credentials.outside().filter(|_| operation.is_signed) else { return Ok(None) };
        let text = encode::canonical_text(operation, self.values, filled);
        let text = SigningText::new(operation.id, app.credentials.method(), &text);
        match timeout_at(deadline, signer.sign(text)).await {
            Ok(Ok(bytes)) => Ok(Some(Signature::outside(&bytes, &operation.provider.sign))),
            Ok(Err(error)) => Err(Error::credentials(operation.id, error)),
            Err(_) => {
                let late = CredentialsError::new("the signer did not answer within the call's time limit");
                Err(Error::credentials(operation.id, late))
            }
        }
    }

    /// Encodes and signs with the time of this attempt, and sends once.
    async fn attempt(
        &self,
        app: &App,
        prepared: &Prepared,
        deadline: Instant,
        record: &mut Record<'_>,
    ) -> Outcome {
        let Self { core, operation, values, settings } = *self;
        let shared = &*core.shared;
        let mut headers = record.begin_attempt(prepared.method);
        let nonce = match &settings.nonce {
            Some(nonce) => Cow::Borrowed(nonce.as_str()),
            None => match operation.nonce().map(nonce_in) {
                None => Cow::Borrowed(""),
                Some(Some(nonce)) => Cow::Owned(nonce),
                Some(None) => {
                    let error = TransportError::not_sent("the system has no random numbers for a nonce");
                    return Outcome {
                        result: Err(Error::exchange(operation.id, error)),
                        clock_adjusted: false,
                    };
                }
            },
        };
        // `prepare` refuses a call of an unknown host.
        let base = shared.base(operation.host).unwrap_or(&shared.base);
        let (time, millis) = time_of(shared, settings.time);
        let filled = CommonValues {
            app_id: &app.id,
            method: prepared.method,
            host: &base.authority,
            format: prepared.format,
            time,
            millis,
            nonce: &nonce,
            debug: settings.debug,
            account: &|name| app.value_of(name),
            sign: &app.credentials,
        };
        let made = match self.sign_outside(app, &filled, deadline).await {
            Ok(made) => made,
            Err(error) => return Outcome { result: Err(error), clock_adjusted: false },
        };
        let Encoded { path, query, body, headers: encoded, signature } =
            encode::encode_with(operation, values, &filled, made);
        if let Err(error) = add_headers(&mut headers, operation, encoded) {
            return Outcome { result: Err(error), clock_adjusted: false };
        }
        let request = HttpRequest {
            method: prepared.method,
            url: [&*base.url, path.as_deref().unwrap_or(operation.path)].concat(),
            query,
            body,
            content_type: prepared.method.has_body().then(|| operation.body.media_type()),
            headers,
            operation: operation.id.to_owned(),
            effect: operation.effect,
            attempt: record.attempts(),
        };
        record.sending();
        let sent = timeout_at(deadline, shared.transport.send(request)).await;
        let mut answered = match sent
            .unwrap_or_else(|_| Err(TransportError::lost("no answer came in time").timed_out()))
        {
            Ok(answered) => answered,
            Err(error) => {
                return Outcome { result: Err(Error::exchange(operation.id, error)), clock_adjusted: false };
            }
        };
        record.answered(answered.status);
        let (date, retry_after) = (answered.date.take(), answered.retry_after.take());
        let wait = retry_after.and_then(|text| clock_skew::wait(&text, date.as_deref()));
        let shown = |message: &str| {
            let secret = [app.credentials.secret(), signature.text(&app.credentials)];
            let of_account =
                operation.parameters.iter().filter(|parameter| parameter.source == Source::Account);
            let own = secret.into_iter().chain([&*base.url, operation.path]);
            let own = own.chain(of_account.map(|parameter| app.value_of(parameter.name)));
            redact::message(message, values.iter().chain(own).chain(shared.hosts.iter().map(String::as_str)))
        };
        let result = Answer::read(operation, answered, shown).map_err(|error| error.after(wait));
        let clock_adjusted =
            result.as_ref().err().is_some_and(|error| shared.clock.learn(error, date.as_deref()));
        Outcome { result, clock_adjusted }
    }
}

/// Adds the headers of parameters. A value with a line break cannot be in one.
fn add_headers(
    headers: &mut HeaderMap,
    operation: &Operation<'_>,
    encoded: Vec<(String, String)>,
) -> Result<(), Error> {
    for (name, value) in encoded {
        let header =
            HeaderName::try_from(name.as_str()).ok().zip(HeaderValue::from_bytes(value.as_bytes()).ok());
        let Some((header, mut value)) = header else {
            return Err(Error::value(operation.id, &name, "cannot be sent in a header"));
        };
        value.set_sensitive(true);
        headers.insert(header, value);
    }
    Ok(())
}

/// Random digits, which no other attempt has; decimal ones no other of the same second, as a rule.
fn nonce_in(form: NonceForm) -> Option<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok()?;
    Some(match form {
        NonceForm::Hex => hex::encode(bytes),
        NonceForm::Digits => (100_000_000 + u128::from_le_bytes(bytes) % 900_000_000).to_string(),
        NonceForm::Uuid => {
            // The version, and the variant (RFC 9562, sections 4.1 and 4.2).
            bytes[6] = bytes[6] & 0x0f | 0x40;
            bytes[8] = bytes[8] & 0x3f | 0x80;
            let [time_low, time_mid, time_high, sequence, node] =
                [&bytes[..4], &bytes[4..6], &bytes[6..8], &bytes[8..10], &bytes[10..]].map(hex::encode);
            format!("{time_low}-{time_mid}-{time_high}-{sequence}-{node}")
        }
    })
}

/// The time of a request in unix seconds, and the milliseconds since its second.
fn time_of(shared: &Shared, time: Time) -> (Option<i64>, u16) {
    match time {
        Time::At(seconds) => (Some(seconds), 0),
        Time::Omit => (None, 0),
        Time::Now => shared.clock.now(),
    }
}
