//! What every call costs, and that nothing is paid for twice or shown to anyone: against raw sockets that keep a ledger of what
//! arrived, a transport without a network, and real TLS.

// A test that cannot go on fails: that is what these are for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod canary;
mod formats;
mod kit;
mod limits;
mod matrix;
mod retries;
mod server;
mod soak;
mod tls;
