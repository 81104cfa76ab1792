//! Runs of a batch against the sandbox, whose request log has the sends and the cost of each
//! person.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use pyi_batch::{
    BatchInfo, Currency, Key, Ledger, Mapping, Money, OnAmbiguous, RunError, RunHandle, Settings, StopReason,
    Store, Summary, Table, run,
};
use pyi_codegen::{Input, ir};
use pyi_runtime::RateLimiter;
use pyi_runtime::{Billing, Client, Credentials};
use pyi_sandbox::{Fault, Sandbox};

const EACH: i64 = 16;
const TARGET: &str = "the sandbox";
const ROWS: usize = 40;

fn yuan(units: i64) -> Money {
    Money { units, currency: Currency::new("CNY", 2).unwrap() }
}

/// People with numbers of the unassigned region, each with a name; one is twice in the table.
fn table(folder: &Path) -> Table {
    let rows: Vec<String> = (0..ROWS).map(|row| format!("张{row}号,11010519491231002X\n")).collect();
    let path = folder.join("people.csv");
    std::fs::write(&path, format!("姓名,身份证号\n{}张7号,11010519491231002X\n王五,1\n", rows.concat()))
        .unwrap();
    Table::open(&path).unwrap()
}

struct Batch {
    spec: ir::Provider,
    table: Table,
    mapping: Mapping,
    folder: tempfile::TempDir,
}

impl Batch {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (spec, _) = pyi_codegen::load(Input::Texts(pyi::SPEC));
        let table = table(folder.path());
        let mapping =
            Mapping::new(&spec, spec.endpoint("id_card_two_factor").unwrap(), table.titles(), &[]).unwrap();
        Self { spec, table, mapping, folder }
    }

    fn endpoint(&self) -> &ir::Endpoint {
        self.spec.endpoint("id_card_two_factor").unwrap()
    }

    async fn ledger(&self, budget: i64) -> Ledger {
        let terms = BatchInfo {
            endpoint: self.endpoint().id.clone(),
            target: TARGET.to_owned(),
            budget: yuan(budget),
            unit_price: yuan(EACH),
        };
        Ledger::open(&self.folder.path().join("ledger"), &terms, &key()).await.unwrap()
    }

    async fn run(
        &self,
        sandbox: &Sandbox,
        ledger: &Ledger,
        on_ambiguous: OnAmbiguous,
    ) -> Result<Summary, RunError> {
        let settings = Settings { on_ambiguous, ..settings(8) };
        self.run_with(&sandbox.client().unwrap(), ledger, &settings).await
    }

    async fn run_with(
        &self,
        client: &Client,
        ledger: &Ledger,
        settings: &Settings,
    ) -> Result<Summary, RunError> {
        run(client, (&self.spec, self.endpoint()), (&self.table, &self.mapping), &key(), ledger, settings)
            .await
    }
}

fn key() -> Key {
    Key::new(b"a key of the tests, which opens nothing at all")
}

/// No rate limit, and no outage timeout.
fn settings(concurrency: usize) -> Settings {
    Settings {
        concurrency,
        on_ambiguous: OnAmbiguous::Hold,
        pace: None,
        outage_timeout: Duration::ZERO,
        handle: RunHandle::default(),
    }
}

/// The number of sends of each person.
fn asked(sandbox: &Sandbox) -> BTreeMap<String, usize> {
    let mut asked = BTreeMap::new();
    for entry in sandbox.request_log() {
        *asked.entry(entry.parameter("bank_name").unwrap().to_owned()).or_default() += 1;
    }
    asked
}

fn billed(sandbox: &Sandbox) -> usize {
    sandbox.request_log().iter().filter(|entry| entry.billing == Billing::Billed).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_person_is_sent_once_and_a_second_run_sends_nobody() {
    let (batch, sandbox) = (Batch::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    let ledger = batch.ledger(1000 * EACH).await;
    let first = batch.run(&sandbox, &ledger, OnAmbiguous::Hold).await.unwrap();
    assert_eq!(first, Summary { sent: 40, refused: 1, duplicates: 1, ..Summary::default() });
    assert!(asked(&sandbox).values().all(|times| *times == 1) && asked(&sandbox).len() == ROWS);
    let totals = ledger.totals().await.unwrap();
    assert_eq!((totals.spent.units, totals.reserved.units, totals.settled), (40 * EACH, 0, 40));
    let second = batch.run(&sandbox, &ledger, OnAmbiguous::Hold).await.unwrap();
    assert_eq!(second, Summary { known: 40, refused: 1, duplicates: 1, ..Summary::default() });
    assert_eq!(sandbox.request_log().len(), ROWS);
}

/// A run that is dropped during calls, as by a signal: rows with an unknown outcome are held, and
/// rows that were not sent are sent by the next run.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_breaks_off_goes_on_and_pays_for_nobody_twice() {
    let (batch, sandbox) = (Batch::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    let mut breaks = 0;
    let done = loop {
        let ledger = batch.ledger(1000 * EACH).await;
        // Each run gets further than the one before.
        match tokio::time::timeout(
            Duration::from_millis(3 + 2 * breaks),
            batch.run(&sandbox, &ledger, OnAmbiguous::Hold),
        )
        .await
        {
            Ok(summary) => {
                ledger.close().await.unwrap();
                break summary.unwrap();
            }
            Err(_) => breaks += 1,
        }
        ledger.close().await.unwrap();
    };
    assert!(breaks > 2, "no run was broken off");
    assert!(asked(&sandbox).values().all(|times| *times == 1), "{:?}", asked(&sandbox));
    assert_eq!(done.sent + done.known + done.ambiguous, ROWS as u64);
    let ledger = batch.ledger(1000 * EACH).await;
    let totals = ledger.totals().await.unwrap();
    assert_eq!((totals.ambiguous, totals.reserved.units), (done.ambiguous, 0));
    assert!(totals.spent.units >= billed(&sandbox) as i64 * EACH);
    // They are sent again only on request.
    let again = batch.run(&sandbox, &ledger, OnAmbiguous::Retry { max_sends: 2 }).await.unwrap();
    assert_eq!((again.sent, again.ambiguous), (done.ambiguous, 0));
    assert_eq!(asked(&sandbox).len(), ROWS);
    assert!(ledger.totals().await.unwrap().spent.units >= billed(&sandbox) as i64 * EACH);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_is_never_exceeded_and_can_be_raised() {
    let (batch, sandbox) = (Batch::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    let ledger = batch.ledger(10 * EACH + EACH - 1).await;
    let first = batch.run(&sandbox, &ledger, OnAmbiguous::Hold).await.unwrap();
    assert_eq!((first.sent, first.stopped), (10, Some(StopReason::Budget)));
    assert_eq!(billed(&sandbox), 10);
    ledger.close().await.unwrap();
    let ledger = batch.ledger(1000 * EACH).await;
    let second = batch.run(&sandbox, &ledger, OnAmbiguous::Hold).await.unwrap();
    assert_eq!((second.sent, second.known, second.stopped), (30, 10, None));
    assert!(asked(&sandbox).values().all(|times| *times == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_that_stops_ends_the_run_and_its_row_is_sent_later() {
    for code in [10018, 10022, 10005, 10006, 10007, 10011] {
        let (batch, sandbox) = (Batch::new(), Sandbox::start(pyi::SPEC).await.unwrap());
        let ledger = batch.ledger(1000 * EACH).await;
        sandbox.inject(Fault::Status(code.into()));
        let first = batch.run(&sandbox, &ledger, OnAmbiguous::Hold).await.unwrap();
        assert!(
            matches!(first.stopped, Some(StopReason::Status { code: stopped, .. }) if stopped == code),
            "{first:?}"
        );
        // Calls in flight are waited for, and no further one begins.
        assert!(first.sent <= 16 && first.left >= ROWS as u64 - 17, "{first:?}");
        let second = batch.run(&sandbox, &ledger, OnAmbiguous::Hold).await.unwrap();
        assert_eq!((second.sent + second.known, second.stopped), (ROWS as u64, None));
        assert_eq!(billed(&sandbox), ROWS);
    }
    // The failure of one row stops no run.
    let (batch, sandbox) = (Batch::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    let ledger = batch.ledger(1000 * EACH).await;
    sandbox.inject(Fault::Status(10015.into()));
    let summary = batch.run(&sandbox, &ledger, OnAmbiguous::Hold).await.unwrap();
    assert_eq!((summary.sent, summary.stopped), (40, None));
    assert_eq!(ledger.totals().await.unwrap().spent.units, 39 * EACH);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_network_costs_nothing_and_loses_nobody() {
    let (batch, sandbox) = (Batch::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    let ledger = batch.ledger(1000 * EACH).await;
    sandbox.refuse_connections(true);
    tokio::time::sleep(Duration::from_millis(100)).await;
    let first = batch.run(&sandbox, &ledger, OnAmbiguous::Hold).await.unwrap();
    assert!(matches!(first.stopped, Some(StopReason::Network(_))), "{first:?}");
    let totals = ledger.totals().await.unwrap();
    assert_eq!((first.sent, totals.spent.units, totals.reserved.units, totals.settled), (0, 0, 0, 0));
    sandbox.refuse_connections(false);
    tokio::time::sleep(Duration::from_millis(100)).await;
    let second = batch.run(&sandbox, &ledger, OnAmbiguous::Hold).await.unwrap();
    assert_eq!(second.sent, ROWS as u64);
    assert!(asked(&sandbox).values().all(|times| *times == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_changed_is_not_gone_on_with() {
    let (mut batch, sandbox) = (Batch::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    let ledger = batch.ledger(1000 * EACH).await;
    batch.run(&sandbox, &ledger, OnAmbiguous::Hold).await.unwrap();
    let path = batch.folder.path().join("people.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("张0号", "赵0号")).unwrap();
    batch.table = Table::open(&path).unwrap();
    let error = batch.run(&sandbox, &ledger, OnAmbiguous::Hold).await.unwrap_err();
    assert_eq!(error, RunError::Changed { line: 2, missing: 1 });
    assert_eq!(sandbox.request_log().len(), ROWS);
}

/// A network that recovers within the outage timeout.
#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_is_down_for_a_while_is_waited_for() {
    let (batch, sandbox) = (Batch::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    let ledger = batch.ledger(1000 * EACH).await;
    sandbox.refuse_connections(true);
    tokio::time::sleep(Duration::from_millis(100)).await;
    let (client, settings) = (sandbox.client().unwrap(), settings(8));
    let settings = Settings { outage_timeout: Duration::from_secs(60), ..settings };
    let back = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        sandbox.refuse_connections(false);
    };
    let (came, ()) = tokio::join!(batch.run_with(&client, &ledger, &settings), back);
    assert_eq!(came.unwrap().sent, ROWS as u64);
    assert!(asked(&sandbox).values().all(|times| *times == 1));
}

/// A proxy drops the calls: each may be billed, so the run ends long before the budget does.
#[tokio::test(flavor = "multi_thread")]
async fn calls_without_an_answer_end_the_run_and_wait_for_a_decision() {
    let (batch, sandbox) = (Batch::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    let ledger = batch.ledger(1000 * EACH).await;
    (0..10).for_each(|_| sandbox.inject(Fault::Close));
    let client = sandbox.client().unwrap();
    let first = batch.run_with(&client, &ledger, &settings(1)).await.unwrap();
    assert!(
        matches!(&first.stopped, Some(StopReason::ConsecutiveFailures(why)) if why.contains("perhaps billed")),
        "{first:?}"
    );
    assert_eq!((first.sent, first.ambiguous, first.left), (0, 10, 32));
    let totals = ledger.totals().await.unwrap();
    assert_eq!((totals.spent.units, totals.ambiguous, totals.settled), (10 * EACH, 10, 0));
    let held = batch.run(&sandbox, &ledger, OnAmbiguous::Hold).await.unwrap();
    assert_eq!((held.sent, held.ambiguous), (30, 10));
    ledger.close().await.unwrap();
    // Skipped: no call, no cost, and no later run asks.
    let ledger = batch.ledger(1000 * EACH).await;
    let skipped = batch.run(&sandbox, &ledger, OnAmbiguous::Skip).await.unwrap();
    assert_eq!((skipped.skipped, skipped.known, skipped.sent), (10, 30, 0));
    let again = batch.run(&sandbox, &ledger, OnAmbiguous::Retry { max_sends: 2 }).await.unwrap();
    assert_eq!((again.known, again.sent), (40, 0));
    assert_eq!(ledger.totals().await.unwrap().spent.units, 40 * EACH);
    // The sandbox read the requests that it did not answer, and would have billed them: they are in
    // the amount spent.
    assert_eq!(billed(&sandbox), 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_with_too_much_to_do_is_given_time() {
    let (batch, sandbox) = (Batch::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    let ledger = batch.ledger(1000 * EACH).await;
    sandbox.inject(Fault::Page);
    let client = sandbox.client().unwrap();
    let summary = batch.run_with(&client, &ledger, &settings(4)).await.unwrap();
    assert_eq!((summary.throttled, summary.ambiguous, summary.sent), (1, 1, 39));
}

/// A status that allows the call again: the row is released and sent again, each time with a
/// reservation.
#[tokio::test(flavor = "multi_thread")]
async fn what_may_be_repeated_is_repeated_and_costs_nothing() {
    let (batch, sandbox) = (Batch::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    let ledger = batch.ledger(40 * EACH).await;
    sandbox.inject(Fault::Status(10021.into()));
    let client =
        Client::builder().base_url(sandbox.url()).app(sandbox.app_id(), Credentials::md5(sandbox.secret()));
    let client = client.retries(0).build().unwrap();
    let summary = batch.run_with(&client, &ledger, &settings(1)).await.unwrap();
    assert_eq!((summary.sent, summary.left, summary.throttled), (40, 0, 1));
    // One was sent twice, and the first send was free.
    assert_eq!((sandbox.request_log().len(), billed(&sandbox)), (ROWS + 1, ROWS));
    assert_eq!(ledger.totals().await.unwrap().spent.units, 40 * EACH);
}

/// An answer with unknown billing counts in full; many of them end the run, whatever their status.
#[tokio::test(flavor = "multi_thread")]
async fn answers_of_unknown_cost_end_the_run() {
    let (batch, sandbox) = (Batch::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    let ledger = batch.ledger(1000 * EACH).await;
    (0..ROWS).for_each(|_| sandbox.inject(Fault::Status(10014.into())));
    let summary = batch.run_with(&sandbox.client().unwrap(), &ledger, &settings(1)).await.unwrap();
    assert!(
        matches!(&summary.stopped, Some(StopReason::ConsecutiveFailures(why)) if why.contains("10014")),
        "{summary:?}"
    );
    assert_eq!((summary.sent, ledger.totals().await.unwrap().spent.units), (10, 10 * EACH));
}

/// Rows wait for the rate limit before they are reserved, so that a stop during the wait leaves no
/// unknown row.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_waits_for_its_turn_is_not_on_its_way() {
    let (batch, sandbox) = (Batch::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    let ledger = batch.ledger(1000 * EACH).await;
    // All rows have the same number, which may be sent once a day.
    let pace = Some(RateLimiter::new(None, Some(Duration::from_secs(24 * 60 * 60))));
    let settings = Settings { pace, ..settings(4) };
    let client = sandbox.client().unwrap();
    let stop = async {
        while settings.handle.summary().sent == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let totals = ledger.totals().await.unwrap();
        assert_eq!((totals.sending, totals.reserved.units), (0, 0));
        settings.handle.stop();
    };
    let (came, ()) = tokio::join!(batch.run_with(&client, &ledger, &settings), stop);
    let summary = came.unwrap();
    assert_eq!((summary.sent, summary.ambiguous, summary.stopped), (1, 0, Some(StopReason::Requested)));
    assert_eq!((sandbox.request_log().len(), ledger.totals().await.unwrap().ambiguous), (1, 0));
}
