//! The options of a call.

use std::time::Duration;

use crate::operation::{Format, Method};

/// The options of a call.
#[derive(Debug, Clone, Default)]
pub(crate) struct Settings {
    pub(crate) method: Option<Method>,
    pub(crate) format: Option<Format>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) time: Time,
    /// The nonce of every attempt, in place of random digits.
    pub(crate) nonce: Option<String>,
    pub(crate) check: bool,
    pub(crate) debug: bool,
    /// The endpoint of options that belong to another one.
    pub(crate) stray_options: Option<&'static str>,
}

/// The time of a request.
///
/// ```
/// use pyi_runtime::{Client, Error, Reply, Request, Time};
///
/// /// Repeats a request of a provider's documentation, which has a time.
/// async fn documented<R: Request>(client: &Client, request: &R) -> Result<Reply<R::Data>, Error> {
///     client.call(request).time(Time::At(1_577_695_766)).await
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Time {
    /// This machine's clock.
    #[default]
    Now,
    /// No time: the parameter is left out.
    Omit,
    /// These unix seconds.
    At(i64),
}
