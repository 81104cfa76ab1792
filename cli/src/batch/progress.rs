//! How far a run is, on the terminal; and the signals that end it.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use pyi_batch::{RunHandle, Summary};

use crate::output::eprint;

/// Waits until somebody wants the program to end.
pub(super) async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (ended, hung_up) = (signal(SignalKind::terminate()), signal(SignalKind::hangup()));
        if let (Ok(mut ended), Ok(mut hung_up)) = (ended, hung_up) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = ended.recv() => {}
                _ = hung_up.recv() => {}
            }
            return;
        }
    }
    // Where there is no such signal to be heard, there is nothing to wait for either.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Shows how far a run is, and ends it at Ctrl-C: what is on its way is waited for. At a second one, nothing is.
pub(super) async fn watched<T>(
    sending: impl Future<Output = T>,
    watch: &RunHandle,
    rows: u64,
    spent: impl Fn(u64) -> String,
) -> Option<T> {
    let bar = if std::io::stderr().is_terminal() { ProgressBar::new(rows) } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} rows, {rate}, {msg}, {eta} to go") {
        let rate = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
            // A rate that cannot be written is not shown.
            let _ = write!(out, "{:.0} a second", state.per_sec());
        };
        bar.set_style(style.with_key("rate", rate));
    }
    let mut sending = std::pin::pin!(sending);
    let mut ticks = tokio::time::interval(Duration::from_millis(200));
    let (mut trouble, mut stopping) = (None, false);
    let mut interrupt = std::pin::pin!(interrupted());
    loop {
        tokio::select! {
            came = &mut sending => {
                bar.finish_and_clear();
                return Some(came);
            }
            _ = ticks.tick() => {
                let Summary { sent, known, refused, duplicates, ambiguous, skipped, elsewhere, left, .. } = watch.summary();
                bar.set_position(sent + known + refused + duplicates + ambiguous + skipped + elsewhere + left);
                let now = watch.store_error();
                if let Some(error) = now.as_ref().filter(|_| trouble.is_none()) {
                    bar.suspend(|| eprint(&format!("{error}; answers that were paid for wait for it, for --outage-timeout")));
                }
                trouble = now;
                bar.set_message(spent(watch.paid()));
            }
            () = &mut interrupt => {
                interrupt.set(interrupted());
                if stopping {
                    bar.finish_and_clear();
                    return None;
                }
                stopping = true;
                watch.stop();
                bar.suspend(|| eprint("stopping: what is on its way is waited for; once more gives it up"));
            }
        }
    }
}
