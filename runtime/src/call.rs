//! A call before it is sent, its options, and its future.

pub(crate) mod clock_skew;
pub(crate) mod execute;
pub(crate) mod prepare;
#[cfg(feature = "pacing")]
pub(crate) mod rate_limit;
pub(crate) mod record;
pub(crate) mod retry;
pub(crate) mod settings;

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::call::execute::{AnswerFuture, execute};
use crate::call::settings::Settings;
pub use crate::call::settings::Time;
use crate::client::Client;
use crate::error::Error;
use crate::operation::{Format, Method, Operation};
use crate::request::encode::{Options, Values};
use crate::response::decode::Read;
use crate::response::reply::Reply;

/// A call that is not sent yet. Awaiting it sends the request: once, and again only if that is free
/// of charge (see [`ClientBuilder::retries`](crate::ClientBuilder::retries)).
///
/// A call owns its values, so its future can be spawned.
///
/// ```
/// use std::time::Duration;
///
/// use pyi_runtime::{Client, Error, Reply, Request};
///
/// async fn checked<R: Request>(client: &Client, request: &R) -> Result<Reply<R::Data>, Error> {
///     client.call(request).check_values().timeout(Duration::from_secs(5)).await
/// }
/// ```
#[must_use = "a call sends nothing until it is awaited"]
pub struct Call<'a, T> {
    client: Client,
    operation: &'a Operation<'a>,
    values: Values,
    /// Number of the request's own values. Options come after them.
    required: usize,
    settings: Settings,
    read: Read<T>,
}

impl<'a, T> Call<'a, T> {
    pub(crate) fn new(client: Client, operation: &'a Operation<'a>, values: Values, read: Read<T>) -> Self {
        let required = values.len();
        Self { client, operation, values, required, settings: Settings::default(), read }
    }
}

impl<T> Call<'_, T> {
    /// Sets the optional fields of the request.
    pub fn options<O: Options<Data = T>>(mut self, options: &O) -> Self {
        if O::OPERATION.id != self.operation.id {
            self.settings.stray_options = Some(O::OPERATION.id);
        }
        self.values.continue_at(self.required, &options.values());
        self
    }

    /// Checks the request's values by the spec's rules before anything is sent, such as the check
    /// character of an ID number. The error of a violated rule names the field and the reason, not
    /// the value.
    pub fn check_values(mut self) -> Self {
        self.settings.check = true;
        self
    }

    /// Requests data made up for testing, if the endpoint offers it. The outcome is then `Debug`.
    pub fn debug_data(mut self) -> Self {
        self.settings.debug = true;
        self
    }

    /// Sets the time limit of this call, instead of the client's.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.settings.timeout = Some(limit);
        self
    }

    /// Sets the HTTP method, which the endpoint must allow.
    pub fn method(mut self, method: Method) -> Self {
        self.settings.method = Some(method);
        self
    }

    /// Sets the format of the reply, which the endpoint must offer.
    pub fn format(mut self, format: Format) -> Self {
        self.settings.format = Some(format);
        self
    }

    /// Sets the time of the request, or leaves it out.
    pub fn time(mut self, time: Time) -> Self {
        self.settings.time = time;
        self
    }

    /// Sets the nonce of the request, in place of random digits, as to repeat a documented request.
    /// A provider refuses a nonce that it has seen.
    pub fn nonce(mut self, nonce: impl Into<String>) -> Self {
        self.settings.nonce = Some(nonce.into());
        self
    }
}

impl<T> fmt::Debug for Call<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &self.operation.id)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl<'a, T> IntoFuture for Call<'a, T> {
    type Output = Result<Reply<T>, Error>;
    type IntoFuture = ReplyFuture<'a, T>;

    fn into_future(self) -> Self::IntoFuture {
        let answer = execute(self.client.into_core(), self.operation, self.values, self.settings);
        ReplyFuture { answer, read: self.read }
    }
}

/// The future of a call. Only its last step, reading the payload, differs between endpoints.
pub struct ReplyFuture<'a, T> {
    answer: AnswerFuture<'a>,
    read: Read<T>,
}

impl<T> Future for ReplyFuture<'_, T> {
    type Output = Result<Reply<T>, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let read = self.read;
        self.answer.as_mut().poll(context).map(|answered| {
            let (answer, record) = answered?;
            let result = answer.into_reply(read);
            record.end(result.as_ref().err());
            result
        })
    }
}

impl<T> fmt::Debug for ReplyFuture<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReplyFuture").finish_non_exhaustive()
    }
}
