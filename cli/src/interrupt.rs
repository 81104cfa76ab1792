//! The signals that end the program.

/// Waits for a signal to end the program.
pub(crate) async fn interrupted() {
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
    // Without signals, no event ends the program.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
