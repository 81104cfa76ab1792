//! The progress of a run on the terminal, and the signals that end it.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use pyi_batch::{RunHandle, Summary};

use super::alerts::Notices;
use crate::interrupt::interrupted;
use crate::language::{say, tr};
use crate::output::eprint;

/// Shows the progress of a run, and notices above it. Ctrl-C ends it after the calls in flight, and
/// a second Ctrl-C at once: `None`.
pub(super) async fn watched<T>(
    sending: impl Future<Output = T>,
    handle: &RunHandle,
    (rows, notices): (u64, &Notices),
    spent: impl Fn(u64) -> String,
) -> Option<T> {
    let bar = if std::io::stderr().is_terminal() { ProgressBar::new(rows) } else { ProgressBar::hidden() };
    let template = tr!("{{bar:30}} {{pos}}/{{len}} rows, {{rate}}, {{msg}}, {{eta}} to go");
    if let Ok(style) = ProgressStyle::with_template(&template) {
        let rate = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
            // A rate that cannot be written is not shown.
            let _ = write!(out, "{}", tr!("{calls} a second", calls = format!("{:.0}", state.per_sec())));
        };
        bar.set_style(style.with_key("rate", rate));
    }
    let mut sending = std::pin::pin!(sending);
    let mut ticks = tokio::time::interval(Duration::from_millis(200));
    let (mut store_error, mut stopping) = (None, false);
    let mut interrupt = std::pin::pin!(interrupted());
    loop {
        tokio::select! {
            result = &mut sending => {
                bar.finish_and_clear();
                return Some(result);
            }
            _ = ticks.tick() => {
                let Summary { sent, known, refused, duplicates, ambiguous, skipped, elsewhere, left, .. } = handle.summary();
                bar.set_position(sent + known + refused + duplicates + ambiguous + skipped + elsewhere + left);
                let now = handle.store_error();
                if let Some(error) = now.as_ref().filter(|_| store_error.is_none()) {
                    bar.suspend(|| eprint(&tr!("{error}; paid answers wait for the ledger, at most --outage-timeout", error = say(error.message()))));
                }
                store_error = now;
                bar.set_message(spent(handle.paid()));
                notices.take().iter().for_each(|text| bar.suspend(|| eprint(text)));
            }
            () = &mut interrupt => {
                interrupt.set(interrupted());
                if stopping {
                    bar.finish_and_clear();
                    return None;
                }
                stopping = true;
                handle.stop();
                bar.suspend(|| eprint(&tr!("stopping: waiting for calls in flight; press Ctrl-C again to abandon them")));
            }
        }
    }
}
