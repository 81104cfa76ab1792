//! Hooks that count calls and measure their time, for any recorder of the crate `metrics`.

use ::metrics::{Label, counter, histogram};

use crate::hooks::{AttemptEnd, CallEnd, Ending, Hooks};

/// Records each attempt and each call through the facade of the crate `metrics`.
///
/// | metric | kind | labels |
/// |---|---|---|
/// | `http.client.request.duration` | histogram, seconds, one value for each attempt | `pyi.operation`, `http.request.method`, `http.response.status_code`, `error.type` |
/// | `pyi.client.call.duration` | histogram, seconds, one value for each call | `pyi.operation`, `error.type` |
/// | `pyi.client.calls` | counter | `pyi.operation`, `pyi.billing`, `pyi.status`, `error.type` |
/// | `pyi.client.attempts` | counter | `pyi.operation` |
///
/// The names of the first follow OpenTelemetry's conventions for HTTP clients, without the server's
/// address, which names the account. Labels that do not apply are left out. `error.type` is the
/// word of an [`ErrorKind`](crate::ErrorKind), or `dropped`; `pyi.billing` is the word of a
/// [`Billing`](crate::Billing).
///
/// ```
/// use pyi_runtime::{Client, Credentials, Metrics};
///
/// let builder = Client::builder().base_url("https://host.invalid");
/// let client = builder.app("1", Credentials::md5("the app's secret")).hooks(Metrics).build()?;
/// # Ok::<(), pyi_runtime::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Metrics;

impl Hooks for Metrics {
    fn after_attempt(&self, end: &AttemptEnd<'_>) {
        let mut labels = labels(end.attempt.operation, end.ending);
        labels.push(Label::from_static_parts("http.request.method", end.attempt.method.as_str()));
        labels.extend(
            end.http_status.map(|status| Label::new("http.response.status_code", status.to_string())),
        );
        histogram!("http.client.request.duration", labels).record(end.duration.as_secs_f64());
    }

    fn after_call(&self, end: &CallEnd<'_>) {
        let mut labels = labels(end.operation, end.ending);
        histogram!("pyi.client.call.duration", labels.clone()).record(end.duration.as_secs_f64());
        labels.push(Label::from_static_parts("pyi.billing", end.billing.as_str()));
        labels.extend(end.status.map(|status| Label::new("pyi.status", status.to_string())));
        counter!("pyi.client.calls", labels).increment(1);
        counter!("pyi.client.attempts", "pyi.operation" => end.operation.to_owned())
            .increment(u64::from(end.attempts));
    }
}

fn labels(operation: &str, ending: Ending) -> Vec<Label> {
    let mut labels = vec![Label::new("pyi.operation", operation.to_owned())];
    match ending {
        Ending::Replied => {}
        Ending::Failed(kind) => labels.push(Label::from_static_parts("error.type", kind.as_str())),
        Ending::Dropped => labels.push(Label::from_static_parts("error.type", "dropped")),
    }
    labels
}
