//! The generated client: its calls, its operations, its signatures; and callers in PHP and Python,
//! which share no code with it.

// A failed assumption of a test is a failure of the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accounts;
mod calls;
mod embedding;
mod examples;
mod operations;
mod php;
mod sign;
mod support;
mod transport;
