//! The summary of a run as text: counts, cost, and why it stopped.

use std::collections::BTreeMap;

use pyi_batch::{StopReason, Summary, Totals};
use pyi_codegen::ir::{Endpoint, Provider};

use super::amounts::amount;

pub(super) fn text(
    summary: &Summary,
    totals: &Totals,
    (provider, endpoint): (&Provider, &Endpoint),
    output: Option<&str>,
) -> String {
    let Summary {
        sent,
        known,
        refused,
        duplicates,
        ambiguous,
        send_limit,
        skipped,
        elsewhere,
        left,
        throttled,
        unlisted_http,
        stopped,
    } = summary;
    let currency = endpoint.price.as_ref().map(|price| price.currency.as_str()).unwrap_or_default();
    let mut lines = vec![
        format!(
            "sent {sent}, answered before {known}, refused {refused}, twice {duplicates}, held {ambiguous}, given up {skipped}, not reached {left}"
        ),
        format!("spent at most {} {currency} by all runs", amount(totals.spent)),
    ];
    lines.extend(output.map(|output| format!("results in {output}")));
    if *throttled > 0 {
        lines.push(format!("{throttled} answers reported overload, and the run slowed down"));
    }
    lines.extend(unlisted(unlisted_http, provider));
    lines.extend(stopped.as_ref().map(stop_reason));
    if *elsewhere > 0 {
        lines.push(format!(
            "{elsewhere} rows were not sent, because another batch sent the same people meanwhile; see `pyi batch plan`"
        ));
    }
    if *send_limit > 0 {
        lines.push(format!("{send_limit} of the held rows reached --max-sends, and were not sent again"));
    }
    if *ambiguous > 0 {
        lines.push("it is unknown whether the held rows were billed".to_owned());
    }
    lines.join("\n")
}

fn stop_reason(reason: &StopReason) -> String {
    match reason {
        StopReason::Budget => "stopped: the budget does not cover another call".to_owned(),
        StopReason::Status { code, remedy } => {
            format!("stopped by the status {code}: {remedy}; then continue")
        }
        StopReason::Http { status, remedy } => {
            format!("stopped by the HTTP status {status}: {remedy}; then continue")
        }
        StopReason::Network(error) => format!("stopped: {error}; continue once there is a connection"),
        StopReason::ConsecutiveFailures(error) => format!("stopped after consecutive failures: {error}"),
        StopReason::Refused(error) => format!("stopped, because the client refuses the calls: {error}"),
        _ => "stopped on request".to_owned(),
    }
}

/// Answers that may not have been billed, and the entry for the provider's file once that is known.
fn unlisted(counts: &BTreeMap<u16, u64>, provider: &Provider) -> Option<String> {
    if counts.is_empty() {
        return None;
    }
    let had: Vec<String> = counts
        .iter()
        .map(|(status, count)| format!("{count} answer(s) had HTTP status {status} and no envelope"))
        .collect();
    let entries: Vec<String> = counts
        .keys()
        .map(|status| format!("{status}: {{class: server, billed: never, retry: true}}"))
        .collect();
    let entries = entries.join(", ");
    let add = if provider.http.is_empty() {
        format!("add to provider.yaml:\nhttp: {{{entries}}}")
    } else {
        format!("add under `http` in provider.yaml:\n{entries}")
    };
    Some(format!(
        "{}; it is unknown whether they were billed. Once the provider has confirmed that they are not, {add}",
        had.join(", ")
    ))
}
