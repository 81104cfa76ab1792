//! The processes that send: a run with its ledger in SQLite and its registry, as the program has
//! them, and a worker of a batch in PostgreSQL.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use pyi_batch::{
    BatchInfo, Currency, Key, Ledger, Mapping, Money, OnAmbiguous, PostgresLedger, Registration, RunHandle,
    Settings, Table, WorkerSettings, WrappingKey, run, work,
};
use pyi_codegen::{Input, ir};
use pyi_runtime::{Client, Credentials};

use crate::CONCURRENCY;

pub(crate) const ENDPOINT: &str = "id_card_two_factor";

/// The time between two looks at how many rows are sent.
const LOOK: Duration = Duration::from_millis(5);

pub(crate) fn key() -> Key {
    Key::new(b"a key of the benchmark, which opens nothing")
}

pub(crate) fn wrapping() -> WrappingKey {
    WrappingKey::new(&[3; 32])
}

/// A name that nobody has.
pub(crate) fn name(row: usize) -> String {
    format!("张{row}号")
}

pub(crate) const NUMBER: &str = "11010519491231002X";

/// A budget that is never used up.
pub(crate) fn info() -> BatchInfo {
    let yuan = Currency::new("CNY", 6).unwrap();
    BatchInfo {
        endpoint: ENDPOINT.to_owned(),
        target: "https://provider.example".to_owned(),
        budget: Money { units: i64::MAX / 4, currency: yuan },
        unit_price: Money { units: 160_000, currency: yuan },
    }
}

fn setting(name: &str) -> String {
    std::env::var(name).unwrap()
}

fn spec() -> ir::Provider {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
    pyi_codegen::load(Input::Folder { path: &folder, shown: "spec" }).0
}

fn client() -> Client {
    let builder = Client::builder().base_url(format!("http://127.0.0.1:{}", setting("PYI_BENCH_PORT")));
    builder.app("an app", Credentials::md5("a secret")).retries(0).build().unwrap()
}

fn settings() -> Settings {
    Settings {
        concurrency: CONCURRENCY,
        on_ambiguous: OnAmbiguous::Hold,
        pace: None,
        outage_timeout: Duration::from_secs(60),
        handle: RunHandle::default(),
    }
}

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64()
}

/// Prints when the sending began, and when the last row was sent: a worker waits for the others
/// after that.
async fn measured(sending: impl Future<Output = ()>, handle: &RunHandle) {
    let begin = now();
    let (mut sent, mut last) = (0, begin);
    let mut sending = std::pin::pin!(sending);
    loop {
        let is_over = tokio::time::timeout(LOOK, &mut sending).await.is_ok();
        let present = handle.summary().sent;
        if present != sent {
            (sent, last) = (present, now());
        }
        if is_over {
            println!("{begin} {last}");
            return;
        }
    }
}

/// What [`measured`] has printed.
pub(crate) fn times(line: &str) -> (f64, f64) {
    let (begin, end) = line.split_once(' ').unwrap();
    (begin.parse().unwrap(), end.parse().unwrap())
}

pub(crate) async fn sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let rows: usize = setting("PYI_BENCH_ROWS").parse().unwrap();
    let spec = spec();
    let endpoint = spec.endpoint(ENDPOINT).unwrap();
    let table = Table::open(&people(folder.path(), rows)).unwrap();
    let mapping = Mapping::new(&spec, endpoint, table.titles(), &[]).unwrap();
    let registry = folder.path().join("batch.registry");
    let registration = Registration {
        path: &registry,
        keep: Duration::from_secs(90 * 24 * 3600),
        adopt: false,
        retain: None,
    };
    let path = folder.path().join("ledger");
    let ledger = Ledger::open_registered(&path, &info(), &key(), &registration).await.unwrap();
    let (client, settings, key) = (client(), settings(), key());
    let sending = async {
        let sent = run(&client, (&spec, endpoint), (&table, &mapping), &key, &ledger, &settings).await;
        assert_eq!(sent.unwrap().sent, rows as u64);
    };
    measured(sending, &settings.handle).await;
    ledger.close().await.unwrap();
}

/// A table of people.
fn people(folder: &Path, rows: usize) -> PathBuf {
    let path = folder.join("people.csv");
    let lines: Vec<String> = (0..rows).map(|row| format!("{},{NUMBER}\n", name(row))).collect();
    std::fs::write(&path, format!("姓名,身份证号\n{}", lines.concat())).unwrap();
    path
}

pub(crate) async fn postgres() {
    let (url, id) =
        (setting("PYI_BENCH_STORE").parse().unwrap(), setting("PYI_BENCH_BATCH").parse().unwrap());
    let spec = spec();
    let endpoint = spec.endpoint(ENDPOINT).unwrap();
    let ledger = PostgresLedger::open(&url, id, &wrapping(), &WorkerSettings::default()).await.unwrap();
    let (client, settings) = (client(), settings());
    let sending = async {
        work(&client, (&spec, endpoint), &ledger, &settings).await.unwrap();
    };
    measured(sending, &settings.handle).await;
    ledger.close().await.unwrap();
}
