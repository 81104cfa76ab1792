//! Workers of one batch in processes of their own, under faults in the middle of their calls: every
//! other one is a SIGKILL, and the others are all that a machine, a network or a server may do. An
//! HTTP server in Python counts what arrives.

// A failed assumption of a test is a failure of the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(unix)]

mod support;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use pyi_batch::{
    BatchId, OnAmbiguous, PostgresLedger, RunHandle, Settings, Store as _, StoreUrl, WorkerSettings, work,
};
use pyi_codegen::Input;
use pyi_runtime::{Client, Credentials};

use crate::support::arrivals::Arrivals;
use crate::support::postgres::{PASSWORD, Server, look};
use crate::support::proxy;
use crate::support::submitted::{EACH, Submitted, people, wrapping};

const ENDPOINT: &str = "id_card_two_factor";
const WORKERS: usize = 6;
const CONCURRENCY: usize = 8;

/// A worker that dies is taken over soon.
fn settings() -> WorkerSettings {
    // No chunk is given up, however many kills there are.
    WorkerSettings { lease: Duration::from_secs(2), takeover_limit: 100_000, ..WorkerSettings::default() }
}

/// The process of a worker, in this test binary: see [`start`].
#[tokio::test]
#[ignore = "a process that other tests start"]
async fn the_process() {
    let said = |name: &str| std::env::var(name).unwrap_or_default();
    let Ok(url) = said("PYI_TEST_STORE").parse::<StoreUrl>() else { return };
    let id: Vec<u8> = (0..16)
        .map(|at| u8::from_str_radix(&said("PYI_TEST_BATCH")[2 * at..2 * at + 2], 16).unwrap())
        .collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
    let (spec, _) = pyi_codegen::load(Input::Folder { path: &folder, shown: "spec" });
    let id = BatchId(id.try_into().unwrap());
    // The network or the server may be gone at this moment.
    let mut opened = PostgresLedger::open(&url, id, &wrapping(), &settings()).await;
    for _ in 0..300 {
        if opened.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        opened = PostgresLedger::open(&url, id, &wrapping(), &settings()).await;
    }
    let ledger = opened.unwrap();
    let client = Client::builder()
        .base_url(said("PYI_TEST_URL"))
        .app("an app", Credentials::md5("a secret"))
        .retries(0)
        .build()
        .unwrap();
    let run = Settings {
        concurrency: CONCURRENCY,
        on_ambiguous: OnAmbiguous::Hold,
        pace: None,
        outage_timeout: Duration::from_secs(10),
        handle: RunHandle::default(),
    };
    let summary = work(&client, (&spec, spec.endpoint(ENDPOINT).unwrap()), &ledger, &run).await.unwrap();
    assert_eq!(summary.refused, 0);
    ledger.close().await.unwrap();
}

/// Starts a worker in a process of its own, which reaches the ledger at an address.
fn start(batch: BatchId, url: &StoreUrl, port: u16) -> Child {
    let store = url.to_string().replace("pyi@", &format!("pyi:{PASSWORD}@"));
    Command::new(std::env::current_exe().unwrap())
        .args(["the_process", "--exact", "--ignored", "--quiet"])
        .env("PYI_TEST_STORE", store)
        .env("PYI_TEST_BATCH", batch.to_string())
        .env("PYI_TEST_URL", format!("http://127.0.0.1:{port}/slow"))
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// What happens to a worker, or to its way to the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    /// SIGKILL, and another process in its place.
    Kill,
    /// SIGSTOP for longer than its lease.
    Stop,
    /// Its network is silent for longer than its lease.
    Silence,
    /// Its connections are cut.
    Cut,
    /// The answer to one of its commits is lost, with the connection.
    LostCommit,
    /// A process of the server that serves a worker is terminated.
    Backend,
    /// The server stops at once, and starts again.
    Restart,
}

const OTHERS: [Fault; 6] =
    [Fault::Cut, Fault::LostCommit, Fault::Backend, Fault::Restart, Fault::Stop, Fault::Silence];

/// Number of faults in each of the two batches, half of them kills: `PYI_WORKER_FAULTS`, or 20.
fn faults() -> usize {
    std::env::var("PYI_WORKER_FAULTS").ok().and_then(|faults| faults.parse().ok()).unwrap_or(20)
}

/// The seed of the faults' order: `PYI_SEED`, or the same in each run.
fn seed() -> u64 {
    std::env::var("PYI_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(0x5eed)
}

/// Pseudorandom numbers below a bound.
fn drawn(seed: &mut u64, below: usize) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) as usize % below
}

/// A worker's process, and its own way to the ledger.
struct Worker {
    process: Child,
    url: StoreUrl,
    network: Arc<proxy::Faults>,
}

/// A batch, its workers, and the server that its ledger is on.
struct Scene {
    server: Server,
    batch: Submitted,
    arrivals: Arrivals,
    workers: Vec<Worker>,
    /// The faults that had an effect.
    had: BTreeMap<Fault, usize>,
}

impl Scene {
    async fn start(rows: u64, calls: i64) -> Self {
        let server = Server::start();
        let batch = people(&server.database("ledger").await, rows, calls).await;
        let arrivals = Arrivals::start();
        let mut workers = Vec::new();
        for _ in 0..WORKERS {
            let (url, network) = proxy::start(&batch.url);
            workers.push(Worker { process: start(batch.id, &url, arrivals.port), url, network });
        }
        Self { server, batch, arrivals, workers, had: BTreeMap::new() }
    }

    /// Waits until so many rows have arrived. At each look, the money adds up.
    async fn until_arrived(&mut self, due: usize) {
        while self.arrivals.names() < due {
            self.batch.funds().await;
            let are_over = self.workers.iter_mut().all(|worker| worker.process.try_wait().unwrap().is_some());
            assert!(!are_over || self.arrivals.names() >= due, "all workers ended before {due} rows arrived");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn takeovers(&self) -> i64 {
        let takeovers = "SELECT sum(taken_over)::bigint FROM chunk";
        sqlx::query_scalar(takeovers).fetch_one(&mut look(&self.batch.url).await).await.unwrap()
    }

    /// Waits until a worker was taken over since. `false` for a worker that had no chunk.
    async fn is_taken_over(&self, since: i64) -> bool {
        for _ in 0..100 {
            if self.takeovers().await > since {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        false
    }

    /// Does to a worker what a fault does. Returns whether it had an effect: a worker that has
    /// ended, or that has no chunk at this moment, may have none.
    async fn suffer(&mut self, worker: usize, fault: Fault) -> bool {
        let before = match fault {
            Fault::Stop | Fault::Silence => self.takeovers().await,
            _ => 0,
        };
        let Worker { process, url, network } = &mut self.workers[worker];
        let had_effect = match fault {
            Fault::Kill => {
                process.kill().unwrap();
                process.wait().unwrap();
                *process = start(self.batch.id, url, self.arrivals.port);
                true
            }
            // Another process may have the number of one that has ended.
            Fault::Stop if process.try_wait().unwrap().is_some() => false,
            Fault::Stop => {
                let process = process.id().to_string();
                let signal = |signal: &str| Command::new("kill").args([signal, &process]).status().unwrap();
                signal("-STOP");
                let is_taken_over = self.is_taken_over(before).await;
                signal("-CONT");
                is_taken_over
            }
            Fault::Silence => {
                network.is_silent.store(true, Ordering::SeqCst);
                let is_taken_over = self.is_taken_over(before).await;
                self.workers[worker].network.is_silent.store(false, Ordering::SeqCst);
                is_taken_over
            }
            Fault::Cut => network.cut(),
            Fault::LostCommit => {
                let before = network.swallowed.load(Ordering::SeqCst);
                network.swallow.store(1, Ordering::SeqCst);
                for _ in 0..100 {
                    if network.swallowed.load(Ordering::SeqCst) > before {
                        break;
                    }
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                // A worker that has ended commits nothing more.
                network.swallow.store(0, Ordering::SeqCst);
                network.swallowed.load(Ordering::SeqCst) > before
            }
            Fault::Backend => {
                let one = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()
                           AND application_name = 'pyi' ORDER BY random() LIMIT 1";
                let terminated = sqlx::raw_sql(one).execute(&mut look(&self.batch.url).await).await.unwrap();
                terminated.rows_affected() > 0
            }
            Fault::Restart => {
                self.server.tell("stop");
                tokio::time::sleep(Duration::from_millis(300)).await;
                self.server.tell("start");
                look(&self.batch.url).await;
                true
            }
        };
        if had_effect {
            *self.had.entry(fault).or_default() += 1;
        }
        had_effect
    }

    /// Waits until all workers are done, and checks what has arrived, the rows and the money.
    async fn end(self, expected: usize) {
        let Self { batch, arrivals, workers, had, server: _server } = self;
        for mut worker in workers {
            let status = tokio::task::spawn_blocking(move || worker.process.wait().unwrap()).await.unwrap();
            assert!(status.success());
        }
        let counts = arrivals.counts();
        let twice: Vec<_> = counts.iter().filter(|(_, count)| **count > 1).collect();
        assert!(twice.is_empty(), "{twice:?}");
        let totals = batch.worker().await.totals().await.unwrap();
        println!("{} arrived, {totals:?}, {had:?}", counts.len());
        assert_eq!(totals.settled + totals.ambiguous, expected as u64);
        // A worker that lives has its answers settled late.
        let lethal: usize =
            [Fault::Kill, Fault::Stop, Fault::Silence].iter().filter_map(|fault| had.get(fault)).sum();
        assert!(totals.ambiguous <= (lethal * CONCURRENCY) as u64, "{totals:?}");
        // What has an answer has arrived; what has arrived has an answer or is ambiguous.
        assert!(totals.settled <= counts.len() as u64);
        assert!(counts.len() as u64 <= totals.settled + totals.ambiguous);
        let funds = batch.funds().await;
        assert_eq!((funds.spent, funds.reserved), (expected as i64 * EACH, 0));
    }
}

/// Six workers that meet one fault after another while they send: no row arrives twice, every row
/// is accounted for, and the money is that of the rows. The budget pays for one row in `rows_paid`.
async fn work_under_faults(rows_paid: usize) {
    let faults = faults();
    // The provider is slow, so that the workers send for as long as there are faults.
    let expected = 100 * faults;
    let rows = expected * rows_paid;
    let mut seed = seed();
    println!("PYI_SEED={seed} PYI_WORKER_FAULTS={faults}");
    let mut scene = Scene::start(rows as u64, expected as i64).await;
    for fault in 0..faults {
        // Spread over the rows, whatever the speed of the machine.
        scene.until_arrived(expected * 9 * (fault + 1) / (10 * (faults + 1))).await;
        let worker = drawn(&mut seed, WORKERS);
        let kind = if fault % 2 == 0 { Fault::Kill } else { OTHERS[fault / 2 % OTHERS.len()] };
        for other in 0..WORKERS {
            if scene.suffer((worker + other) % WORKERS, kind).await {
                break;
            }
        }
    }
    let had: usize = scene.had.values().sum();
    assert!(had >= faults * 9 / 10, "of {faults} faults, these had an effect: {:?}", scene.had);
    assert!(scene.had.len() > OTHERS.len().min(faults / 2 - 1), "each kind had: {:?}", scene.had);
    scene.end(expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_under_faults_send_no_row_twice_and_lose_none() {
    work_under_faults(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_under_faults_keep_the_budget_and_use_it() {
    work_under_faults(2).await;
}
