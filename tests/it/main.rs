//! Tests across crates: against PHP, Python and raw sockets, which share no code with pyi, and
//! against the program and the compiler.

// A failed assumption of a test is a failure of the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod batch;
mod batch_alerts;
mod batch_changes;
mod batch_clock;
mod batch_disk;
mod batch_files;
mod batch_operator;
mod batch_points;
mod batch_program;
mod batch_reconcile;
mod batch_reconcile_store;
mod batch_registry;
mod batch_results;
mod batch_retention;
mod batch_reuse;
mod batch_run;
mod batch_run_store;
#[cfg(unix)]
mod batch_service;
mod batch_store;
mod batch_tables;
mod batch_throttled;
mod canary;
mod cassettes;
mod cli;
mod conventions;
mod desk;
mod dialect_reference;
mod dialect_schema;
mod diff;
mod doctor;
mod edge;
mod expand;
mod fmt;
mod guide;
mod headers;
mod help;
mod hostile;
mod hostile_forms;
mod hostile_rust;
mod hostile_samples;
mod identifiers;
mod import;
mod import_trees;
mod language;
mod large_specs;
mod lint_fix;
mod lint_formats;
mod lsp;
mod misuse;
mod mutants;
mod new;
mod openapi;
mod package;
mod page;
mod providers;
mod proxy;
mod rebuild;
mod replies;
mod samples;
mod sandbox_limits;
mod sandbox_state;
mod schema;
mod siblings;
mod signer;
mod signing;
mod specs;
mod support;
mod ui;
mod upkeep;
mod vectors;
mod watch;
