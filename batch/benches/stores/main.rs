//! A batch in SQLite and in PostgreSQL, with one, two and four workers, side by side: rows a second
//! against a server of its own that takes 20 ms, bytes of the write-ahead log and commits a row.
//!
//! ```sh
//! cargo bench -p pyi-batch --bench stores                       # 20,000 rows, three rounds
//! PYI_BENCH_ROWS=100000 PYI_BENCH_ROUNDS=5 cargo bench -p pyi-batch --bench stores
//! ```
//!
//! The kinds go in turns, and each ratio is the median of its rounds. The server, and each worker,
//! is a process of its own: this program again, with another role.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod provider;
mod sealing;
mod store;
mod worker;

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use crate::store::{Costs, Store};

/// Calls in flight of each worker.
const CONCURRENCY: usize = 64;

/// What is compared: the number of workers, none for SQLite, and whether the interval per person is
/// on.
const KINDS: [(&str, usize, bool); 6] = [
    ("SQLite", 0, false),
    ("PostgreSQL, 1 worker", 1, false),
    ("PostgreSQL, 2 workers", 2, false),
    ("PostgreSQL, 4 workers", 4, false),
    ("PostgreSQL, 1 worker, intervals", 1, true),
    ("PostgreSQL, 4 workers, intervals", 4, true),
];

/// The variable that has the role of a process.
const ROLE: &str = "PYI_BENCH_ROLE";

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    match std::env::var(ROLE).as_deref() {
        Ok("provider") => runtime.block_on(provider::serve()),
        Ok("sqlite") => runtime.block_on(worker::sqlite()),
        Ok("postgres") => runtime.block_on(worker::postgres()),
        // `cargo test --benches` only wants to see that it starts.
        _ if std::env::args().any(|argument| argument == "--test") => {}
        _ => runtime.block_on(compare()),
    }
}

fn number(variable: &str, default: usize) -> usize {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// This program again, with a role and settings for it.
fn process(role: &str, settings: &[(&str, &str)]) -> (Child, BufReader<std::process::ChildStdout>) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.env(ROLE, role).envs(settings.iter().copied()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let printed = BufReader::new(child.stdout.take().unwrap());
    (child, printed)
}

fn line(printed: &mut BufReader<std::process::ChildStdout>) -> String {
    let mut line = String::new();
    printed.read_line(&mut line).unwrap();
    line.trim().to_owned()
}

/// What one run of a kind has measured.
#[derive(Debug, Clone, Copy)]
struct Run {
    rows_a_second: f64,
    /// `None` for SQLite.
    costs: Option<Costs>,
}

async fn compare() {
    let (rows, rounds) = (number("PYI_BENCH_ROWS", 20_000), number("PYI_BENCH_ROUNDS", 3));
    let (mut provider, mut printed) = process("provider", &[]);
    let port: u16 = line(&mut printed).parse().unwrap();
    let store = Store::start().await;
    let mut runs: Vec<Vec<Run>> = vec![Vec::new(); KINDS.len()];
    for round in 1..=rounds {
        for (kind, (name, workers, has_interval)) in KINDS.iter().enumerate() {
            let before = provider::count(port);
            let run = match workers {
                0 => sqlite(rows, port),
                _ => postgres(&store, rows, port, (*workers, *has_interval)).await,
            };
            let arrived = provider::count(port) - before;
            assert_eq!(arrived, rows, "each row is sent once");
            eprintln!("round {round}, {name}: {:.0} rows a second", run.rows_a_second);
            runs[kind].push(run);
        }
    }
    provider.kill().unwrap();
    provider.wait().unwrap();
    print(rows, rounds, &runs);
    let row = 1e9 / median(runs[1].iter().map(|run| run.rows_a_second).collect());
    let sealing = sealing::nanos_a_row();
    println!(
        "\nSealing and opening the two texts of a row takes {:.1} µs, {:.1} % of its time with one worker.",
        sealing / 1e3,
        100.0 * sealing / row
    );
}

fn sqlite(rows: usize, port: u16) -> Run {
    let (mut child, mut printed) =
        process("sqlite", &[("PYI_BENCH_ROWS", &rows.to_string()), ("PYI_BENCH_PORT", &port.to_string())]);
    let (begin, end) = worker::times(&line(&mut printed));
    assert!(child.wait().unwrap().success());
    Run { rows_a_second: rows as f64 / (end - begin), costs: None }
}

async fn postgres(store: &Store, rows: usize, port: u16, (workers, has_interval): (usize, bool)) -> Run {
    let submitted = store.submit(rows, has_interval).await;
    let before = store.position().await;
    let settings = [
        ("PYI_BENCH_PORT", port.to_string()),
        ("PYI_BENCH_STORE", submitted.url.clone()),
        ("PYI_BENCH_BATCH", submitted.id.to_string()),
    ];
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let children: Vec<_> = (0..workers).map(|_| process("postgres", &settings)).collect();
    let (mut begin, mut end) = (f64::MAX, 0_f64);
    for (mut child, mut printed) in children {
        let times = worker::times(&line(&mut printed));
        (begin, end) = (begin.min(times.0), end.max(times.1));
        assert!(child.wait().unwrap().success());
    }
    let costs = store.costs(&before, &submitted).await;
    Run { rows_a_second: rows as f64 / (end - begin), costs: Some(costs) }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// A table in the form of docs/BENCHMARKS.md.
fn print(rows: usize, rounds: usize, runs: &[Vec<Run>]) {
    println!(
        "{rows} rows, {CONCURRENCY} in flight a worker, a server of 20 ms, median of {rounds} rounds in turns:\n"
    );
    println!(
        "| | rows a second | ratio | commits a row | WAL bytes a row | with full-page images | to submit |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    for ((name, ..), of_kind) in KINDS.iter().zip(runs) {
        let rate = median(of_kind.iter().map(|run| run.rows_a_second).collect());
        let ratios =
            of_kind.iter().zip(&runs[0]).map(|(run, sqlite)| run.rows_a_second / sqlite.rows_a_second);
        let ratio = median(ratios.collect());
        let of = |cost: fn(&Costs) -> f64| {
            let costs: Vec<f64> = of_kind.iter().filter_map(|run| run.costs.as_ref()).map(cost).collect();
            if costs.is_empty() { None } else { Some(median(costs) / rows as f64) }
        };
        let text = |value: Option<f64>, digits: usize| {
            value.map_or(String::new(), |value| format!("{value:.digits$}"))
        };
        println!(
            "| {name} | {rate:.0} | {ratio:.2} | {} | {} | {} | {} |",
            text(of(|costs| costs.commits), 3),
            text(of(|costs| costs.records), 0),
            text(of(|costs| costs.records + costs.images), 0),
            text(of(|costs| costs.submitted), 0),
        );
    }
}
