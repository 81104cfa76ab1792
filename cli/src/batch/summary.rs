//! The summary of a run, as text: counts, money, why it stopped, how to go on.

use pyi_batch::{Stopped, Summary, Totals};
use pyi_codegen::ir::Endpoint;

use super::money::amount;

pub(super) fn told(summary: &Summary, totals: &Totals, endpoint: &Endpoint, output: Option<&str>) -> String {
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
        strained,
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
    if *strained > 0 {
        lines.push(format!("{strained} answers said that there is too much to do, and the run slowed down"));
    }
    lines.extend(stopped.as_ref().map(|why| match why {
        Stopped::Budget => "stopped: the budget holds no other call; raise --budget to go on".to_owned(),
        Stopped::Status { code, next } => format!("stopped by the status {code}: {next}; then run it again"),
        Stopped::Network(why) => format!("stopped: {why}; run it again once there is a connection"),
        Stopped::Fruitless(why) => format!("stopped, since calls one after another came to nothing: {why}"),
        Stopped::Refused(why) => format!("stopped, since the client refuses the calls: {why}"),
        _ => "stopped as asked; run it again to go on".to_owned(),
    }));
    if *elsewhere > 0 {
        lines.push(format!(
            "{elsewhere} rows were not sent, since another batch had sent the same people meanwhile; see `pyi batch plan`"
        ));
    }
    if *send_limit > 0 {
        lines.push(format!(
            "{send_limit} of the rows that are held were sent as often as --max-sends allows, and were not sent again"
        ));
    }
    if *ambiguous > 0 {
        lines.push(
            "nobody knows whether the rows that are held were billed; run it again with --on-ambiguous retry or skip"
                .to_owned(),
        );
    }
    lines.join("\n")
}
