//! The summary of a run as text: counts, cost, and why it stopped.

use std::collections::BTreeMap;

use pyi_batch::{StopReason, Summary, Totals};
use pyi_codegen::ir::{Endpoint, Provider};

use super::amounts::amount;
use crate::language::tr;

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
        tr!(
            "sent {sent}, answered before {known}, refused {refused}, twice {duplicates}, held {ambiguous}, given up {skipped}, not reached {left}",
            sent,
            known,
            refused,
            duplicates,
            ambiguous,
            skipped,
            left
        ),
        tr!("spent at most {amount} {currency} by all runs", amount = amount(totals.spent), currency),
    ];
    lines.extend(output.map(|output| tr!("results in {output}", output)));
    if *throttled > 0 {
        lines.push(tr!("{throttled} answers reported overload, and the run slowed down", throttled));
    }
    lines.extend(unlisted(unlisted_http, provider));
    lines.extend(stopped.as_ref().map(stop_reason));
    if *elsewhere > 0 {
        lines.push(tr!("{elsewhere} rows were not sent, because another batch sent the same people meanwhile; see `pyi batch plan`", elsewhere));
    }
    if *send_limit > 0 {
        lines.push(tr!(
            "{send_limit} of the held rows reached --max-sends, and were not sent again",
            send_limit
        ));
    }
    if *ambiguous > 0 {
        lines.push(tr!("it is unknown whether the held rows were billed"));
    }
    lines.join("\n")
}

fn stop_reason(reason: &StopReason) -> String {
    match reason {
        StopReason::Budget => tr!("stopped: the budget does not cover another call"),
        StopReason::Status { code, remedy } => {
            tr!("stopped by the status {code}: {remedy}; then continue", code = code.to_string(), remedy)
        }
        StopReason::Http { status, remedy } => {
            tr!("stopped by the HTTP status {status}: {remedy}; then continue", status, remedy)
        }
        StopReason::Network(error) => tr!("stopped: {error}; continue once there is a connection", error),
        StopReason::ConsecutiveFailures(error) => tr!("stopped after consecutive failures: {error}", error),
        StopReason::Refused(error) => tr!("stopped, because the client refuses the calls: {error}", error),
        _ => tr!("stopped on request"),
    }
}

/// Answers that may not have been billed, and the entry for the provider's file once that is known.
fn unlisted(counts: &BTreeMap<u16, u64>, provider: &Provider) -> Option<String> {
    if counts.is_empty() {
        return None;
    }
    let had: Vec<String> = counts
        .iter()
        .map(|(status, count)| {
            tr!("{count} answer(s) had HTTP status {status} and no envelope", count, status)
        })
        .collect();
    let entries: Vec<String> = counts
        .keys()
        .map(|status| format!("{status}: {{class: server, billed: never, retry: true}}"))
        .collect();
    let entries = entries.join(", ");
    let add = if provider.http.is_empty() {
        tr!("add to provider.yaml:\nhttp: {{{entries}}}", entries)
    } else {
        tr!("add under `http` in provider.yaml:\n{entries}", entries)
    };
    Some(tr!(
        "{had}; it is unknown whether they were billed. Once the provider has confirmed that they are not, {add}",
        had = had.join(", "),
        add
    ))
}
