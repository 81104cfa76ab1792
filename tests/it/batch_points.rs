//! A batch that is killed at named points of a row's way: before its reservation, after it, after
//! its send, after its reply, after its outcome. The sandbox's request log is the judge, and an
//! uninterrupted run has the expected results.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use pyi_batch::{
    Attempt, BatchInfo, Currency, Fingerprint, Key, Ledger, Mapping, Money, OnAmbiguous, OutputFormat,
    Reservation, RowOutcome, RowRecord, RunHandle, Settings, Store, StoreError, Table, Totals, results, run,
};
use pyi_codegen::Input;
use pyi_runtime::{Client, Credentials};
use pyi_sandbox::{Fault, Sandbox};

use crate::desk::{asked, billed, kills, seeded};

const EACH: i64 = 16;
const ROWS: usize = 30;

fn yuan(units: i64) -> Money {
    Money { units, currency: Currency::new("CNY", 2).unwrap() }
}

/// The point at which a process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Point {
    BeforeIntent,
    AfterIntent,
    AfterSend,
    AfterReply,
    AfterCommit,
}

const POINTS: [Point; 5] =
    [Point::BeforeIntent, Point::AfterIntent, Point::AfterSend, Point::AfterReply, Point::AfterCommit];

impl Point {
    /// Whether the outcome of a row is unknown after a death at this point.
    fn is_ambiguous(self) -> bool {
        !matches!(self, Self::BeforeIntent | Self::AfterCommit)
    }
}

/// A ledger whose process dies at the n-th time that it reaches a point.
struct Deadly<'a> {
    ledger: &'a Ledger,
    point: &'a str,
    countdown: AtomicI64,
    /// Whether an outcome and the next reservation share a transaction. Otherwise each point is
    /// distinct.
    together: bool,
}

impl Deadly<'_> {
    fn reach(&self, point: Point) {
        if format!("{point:?}") == self.point && self.countdown.fetch_sub(1, Ordering::SeqCst) == 1 {
            // No destructor runs, no buffer is flushed, no other thread continues.
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL).unwrap();
        }
    }
}

impl Store for Deadly<'_> {
    async fn reserve(
        &self,
        attempt: Attempt,
        person: Fingerprint,
        on: OnAmbiguous,
    ) -> Result<Reservation, StoreError> {
        self.reach(Point::BeforeIntent);
        let intended = self.ledger.reserve(attempt, person, on).await;
        if intended == Ok(Reservation::Send) {
            self.reach(Point::AfterIntent);
        }
        intended
    }

    async fn settle(&self, attempt: Attempt, settled: RowOutcome) -> Result<(), StoreError> {
        self.reach(Point::AfterReply);
        let noted = self.ledger.settle(attempt, settled).await;
        self.reach(Point::AfterCommit);
        noted
    }

    async fn settle_then_reserve(
        &self,
        settled: (Attempt, RowOutcome),
        next: (Attempt, Fingerprint, OnAmbiguous),
    ) -> Result<Reservation, StoreError> {
        if !self.together {
            self.settle(settled.0, settled.1).await?;
            return self.reserve(next.0, next.1, next.2).await;
        }
        self.reach(Point::AfterReply);
        self.reach(Point::BeforeIntent);
        let intended = self.ledger.settle_then_reserve(settled, next).await;
        self.reach(Point::AfterCommit);
        if intended == Ok(Reservation::Send) {
            self.reach(Point::AfterIntent);
        }
        intended
    }

    async fn release(&self, attempt: Attempt) -> Result<(), StoreError> {
        self.ledger.release(attempt).await
    }

    async fn find(&self, people: Vec<Fingerprint>) -> Result<Vec<Option<(u64, RowRecord)>>, StoreError> {
        self.ledger.find(people).await
    }

    async fn page(&self, from: u64, limit: u32) -> Result<Vec<(u64, RowRecord)>, StoreError> {
        self.ledger.page(from, limit).await
    }

    async fn totals(&self) -> Result<Totals, StoreError> {
        self.ledger.totals().await
    }
}

/// The main function of a batch's process, in this test binary: see [`start`].
#[test]
#[ignore = "a process that other tests start"]
fn the_process() {
    let said = |name: &str| std::env::var(name).unwrap_or_default();
    let Some(folder) = std::env::var_os("PYI_TEST_FOLDER") else { return };
    let folder = Path::new(&folder);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (spec, _) = pyi_codegen::load(Input::Texts(pyi::SPEC));
        let endpoint = spec.endpoint("id_card_two_factor").unwrap();
        let table = Table::open(&folder.join("people.csv")).unwrap();
        let mapping = Mapping::new(&spec, endpoint, table.titles(), &[]).unwrap();
        let budget = said("PYI_TEST_BUDGET").parse().unwrap();
        let terms = BatchInfo {
            endpoint: endpoint.id.clone(),
            target: "the sandbox".to_owned(),
            budget: yuan(budget),
            unit_price: yuan(EACH),
        };
        let key = Key::new(b"a key of the tests, which opens nothing at all");
        let ledger = Ledger::open(&folder.join("ledger"), &terms, &key).await.unwrap();
        let (point, countdown) = (said("PYI_TEST_POINT"), said("PYI_TEST_TIMES"));
        let countdown = AtomicI64::new(countdown.parse().unwrap_or(i64::MAX));
        let store = Deadly {
            ledger: &ledger,
            point: &point,
            countdown,
            together: !said("PYI_TEST_TOGETHER").is_empty(),
        };
        let client = Client::builder()
            .base_url(said("PYI_TEST_URL"))
            .app(said("PYI_TEST_APP"), Credentials::md5(said("PYI_TEST_SECRET")))
            .retries(0)
            .build()
            .unwrap();
        let settings = Settings {
            concurrency: said("PYI_TEST_IN_FLIGHT").parse().unwrap(),
            on_ambiguous: if said("PYI_TEST_RETRY").is_empty() {
                OnAmbiguous::Hold
            } else {
                OnAmbiguous::Retry { max_sends: u32::MAX }
            },
            pace: None,
            outage_timeout: Duration::ZERO,
            handle: RunHandle::default(),
        };
        let came = run(&client, (&spec, endpoint), (&table, &mapping), &key, &store, &settings).await;
        assert_eq!(came.unwrap().stopped, None);
        let out = std::fs::File::create(folder.join("results.csv")).unwrap();
        results((&spec, endpoint), (&table, &mapping), &key, &ledger, OutputFormat::Csv, out).await.unwrap();
        ledger.close().await.unwrap();
    });
}

/// The settings of a batch's processes.
#[derive(Debug, Clone, Copy)]
struct Way {
    concurrency: usize,
    retry: bool,
    together: bool,
    budget: i64,
}

/// Starts a process of a batch that dies at a point.
fn start(folder: &Path, sandbox: &Sandbox, way: Way, death: Option<(Point, u64)>) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["batch_points::the_process", "--exact", "--ignored", "--quiet"])
        .env("PYI_TEST_FOLDER", folder)
        .env("PYI_TEST_URL", sandbox.url())
        .env("PYI_TEST_APP", sandbox.app_id())
        .env("PYI_TEST_SECRET", sandbox.secret())
        .env("PYI_TEST_IN_FLIGHT", way.concurrency.to_string())
        .env("PYI_TEST_BUDGET", way.budget.to_string())
        .env("PYI_TEST_TOGETHER", if way.together { "1" } else { "" })
        .env("PYI_TEST_RETRY", if way.retry { "1" } else { "" })
        .env("no_proxy", "127.0.0.1")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some((point, times)) = death {
        command.env("PYI_TEST_POINT", format!("{point:?}")).env("PYI_TEST_TIMES", times.to_string());
    }
    command.spawn().unwrap()
}

/// Lets a process die at the n-th time that it reaches a point. Returns whether it died; a process
/// without rows left ends normally.
async fn dies(folder: &Path, sandbox: &Sandbox, way: Way, point: Point, times: u64) -> bool {
    let arrived = sandbox.request_log().len();
    if point == Point::AfterSend {
        // The n-th request is read and not answered; the process dies while it waits.
        (1..times).for_each(|_| sandbox.inject(Fault::Delay(Duration::ZERO)));
        sandbox.inject(Fault::Silence);
    }
    let mut child = start(folder, sandbox, way, Some((point, times)));
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success() || status.code().is_none(), "{point:?} {times}: {status}");
            return status.code().is_none();
        }
        if point == Point::AfterSend && sandbox.request_log().len() >= arrived + times as usize {
            child.kill().unwrap();
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// The lines of results, as text.
fn lines(folder: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(folder.join("results.csv")).unwrap();
    text.lines().map(str::to_owned).collect()
}

fn people(folder: &Path) {
    let rows: Vec<String> = (0..ROWS).map(|row| format!("张{row}号,11010519491231002X\n")).collect();
    std::fs::write(folder.join("people.csv"), format!("姓名,身份证号\n{}", rows.concat())).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_dies_at_any_point_ends_as_if_it_had_not() {
    let whole = Way { concurrency: 1, retry: false, together: true, budget: EACH * ROWS as i64 };
    let (folder, sandbox) = (tempfile::tempdir().unwrap(), Sandbox::start(pyi::SPEC).await.unwrap());
    people(folder.path());
    assert!(start(folder.path(), &sandbox, whole, None).wait().unwrap().success());
    let uninterrupted = lines(folder.path());
    let (mut seed, mut deaths, mut held) = (20_261_124, BTreeMap::new(), 0);
    while deaths.values().sum::<u64>() < kills() {
        let (folder, sandbox) = (tempfile::tempdir().unwrap(), Sandbox::start(pyi::SPEC).await.unwrap());
        people(folder.path());
        let retry = seeded(&mut seed).is_multiple_of(2);
        let concurrency = if seeded(&mut seed).is_multiple_of(2) { 1 } else { 3 };
        let together = seeded(&mut seed).is_multiple_of(2);
        // Held rows count in full, so the price of all rows is enough; sending rows again needs
        // more.
        let way = Way { concurrency, retry, together, budget: whole.budget * if retry { 40 } else { 1 } };
        let (mut died, mut ambiguous) = (0, 0);
        for _ in 0..6 {
            let point = POINTS[seeded(&mut seed) as usize % POINTS.len()];
            if !dies(folder.path(), &sandbox, way, point, 1 + seeded(&mut seed) % 8).await {
                break;
            }
            *deaths.entry(format!("{point:?}")).or_default() += 1;
            died += 1;
            ambiguous += u64::from(point.is_ambiguous());
        }
        assert!(start(folder.path(), &sandbox, way, None).wait().unwrap().success(), "{way:?}");
        let asked = asked(&sandbox);
        let found = lines(folder.path());
        let report = Ledger::report(&folder.path().join("ledger")).await.unwrap();
        let spent = report.totals.spent.units;
        assert!(billed(&sandbox) as i64 * EACH <= spent && spent <= way.budget, "{way:?}: {report:?}");
        // One row for each death with an unknown outcome, or one for each call in flight.
        let exact = concurrency == 1 && !together;
        let unknown = if exact { ambiguous } else { died * concurrency as u64 };
        if retry {
            // The rows with unknown outcomes were sent again, and the results are those of an
            // uninterrupted run.
            assert_eq!(found, uninterrupted);
            let again: usize = asked.values().map(|times| times - 1).sum();
            assert!(again as u64 <= unknown, "{way:?}: {again} {unknown}");
            continue;
        }
        assert!(asked.values().all(|times| *times == 1), "{asked:?}");
        let differ = found.iter().zip(&uninterrupted).filter(|(found, whole)| found != whole);
        let differ: Vec<&String> = differ.map(|(found, _)| found).collect();
        assert!(differ.iter().all(|line| line.contains(",ambiguous,")) && found.len() == uninterrupted.len());
        assert_eq!(report.totals.ambiguous, differ.len() as u64);
        held += differ.len();
        assert!(report.totals.ambiguous <= unknown, "{way:?}: {report:?} {unknown}");
        assert!(!exact || report.totals.ambiguous == unknown, "{way:?}: {report:?} {unknown}");
    }
    println!("deaths: {deaths:?}; {held} rows held");
    assert!(deaths.len() == POINTS.len() || kills() < 30, "{deaths:?}");
}
