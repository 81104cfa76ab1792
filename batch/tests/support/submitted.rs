//! A batch that is submitted to a PostgreSQL of the tests, its workers, and a provider that counts
//! what arrives.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::StreamExt as _;
use pyi_batch::{
    BatchId, BatchInfo, Chunk, Claim, Currency, Input, Key, Money, NewBatch, NewRow, OnAmbiguous,
    PostgresLedger, PostgresStore, Reservation, RowOutcome, StoreUrl, WorkerSettings, WrappingKey,
};
use pyi_runtime::{Billing, CallOutcome};
use sqlx::Row as _;

use super::Program;
use super::postgres::look;

pub(crate) const EACH: i64 = 16;

pub(crate) fn yuan(units: i64) -> Money {
    Money { units, currency: Currency::new("CNY", 2).unwrap() }
}

pub(crate) fn key() -> Key {
    Key::new(b"a key of the tests, which opens nothing at all")
}

pub(crate) fn wrapping() -> WrappingKey {
    WrappingKey::new(&[3; 32])
}

/// What a batch of the tests calls, with a budget for so many calls.
pub(crate) fn info(calls: i64) -> BatchInfo {
    BatchInfo {
        endpoint: "id_card_two_factor".to_owned(),
        target: "https://provider.example".to_owned(),
        budget: yuan(calls * EACH),
        unit_price: yuan(EACH),
    }
}

/// The values of an invented person.
pub(crate) fn values_of(person: u64) -> Vec<(String, String)> {
    vec![
        ("name".to_owned(), format!("name-{person}")),
        ("id_number".to_owned(), format!("000000{person:012}")),
    ]
}

pub(crate) fn answer(billing: Billing) -> RowOutcome {
    let data = Some("{\"bank_name\":\"reply-canary\"}".to_owned());
    RowOutcome { billing, code: Some(10000.into()), outcome: CallOutcome::Data, error: None, data }
}

/// What a batch of the tests is like.
#[derive(Clone)]
pub(crate) struct Shape {
    pub(crate) rows: u64,
    pub(crate) chunk_rows: u64,
    /// The budget, in calls.
    pub(crate) calls: i64,
    /// The person of a row.
    pub(crate) person: fn(u64) -> u64,
    pub(crate) interval: Duration,
    pub(crate) keep: Option<Duration>,
    pub(crate) reuse: Option<Duration>,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            rows: 100,
            chunk_rows: 10,
            calls: 1_000_000,
            person: |row| row,
            interval: Duration::ZERO,
            keep: None,
            reuse: None,
        }
    }
}

/// A batch in a ledger.
#[derive(Clone)]
pub(crate) struct Submitted {
    pub(crate) url: StoreUrl,
    pub(crate) id: BatchId,
}

impl Submitted {
    /// Rows from number 0 on.
    pub(crate) async fn new(url: &StoreUrl, shape: &Shape) -> Self {
        let values = shape.person;
        Self::of(url, shape, move |number| values_of(values(number))).await
    }

    async fn of(url: &StoreUrl, shape: &Shape, values: impl Fn(u64) -> Vec<(String, String)> + Send) -> Self {
        let mut store = PostgresStore::new(url, &[]);
        store.migrate().await.unwrap();
        let info = info(shape.calls);
        let id = BatchId::random().unwrap();
        let batch = NewBatch {
            id,
            info: &info,
            account: "an account",
            key: &key(),
            chunk_rows: shape.chunk_rows,
            person_interval: shape.interval,
            keep: shape.keep,
            reuse: shape.reuse,
        };
        let rows = (0..shape.rows).map(move |number| Ok(NewRow { number, values: values(number) }));
        assert!(store.submit(&batch, &wrapping(), rows).await.unwrap().is_new);
        Self { url: url.clone(), id }
    }

    /// A worker of the batch.
    pub(crate) async fn worker(&self) -> Program<PostgresLedger> {
        self.worker_at(&self.url, &WorkerSettings::default()).await
    }

    pub(crate) async fn worker_at(
        &self,
        url: &StoreUrl,
        settings: &WorkerSettings,
    ) -> Program<PostgresLedger> {
        Program::new(PostgresLedger::open(url, self.id, &wrapping(), settings).await.unwrap())
    }

    /// The batch's money at one moment. Whatever happens, it adds up.
    pub(crate) async fn funds(&self) -> Funds {
        let mut connection = look(&self.url).await;
        let row = sqlx::query(
            "SELECT budget, granted,
                (SELECT sum(granted)::bigint FROM chunk WHERE batch = batch.no),
                (SELECT sum(spent)::bigint FROM chunk WHERE batch = batch.no),
                (SELECT sum(reserved)::bigint FROM chunk WHERE batch = batch.no),
                (SELECT coalesce(sum(spent), 0)::bigint FROM sent WHERE batch = batch.no),
                (SELECT coalesce(sum(price), 0)::bigint FROM sent WHERE batch = batch.no AND state = 0),
                (SELECT array[sum(settled), sum(ambiguous), sum(sending)]::bigint[] FROM chunk WHERE batch = batch.no),
                (SELECT array[count(*) FILTER (WHERE state = 2), count(*) FILTER (WHERE state = 1), count(*) FILTER (WHERE state = 0)]
                 FROM sent WHERE batch = batch.no)
             FROM batch WHERE id = $1",
        )
        .bind(&self.id.0[..])
        .fetch_one(&mut connection)
        .await
        .unwrap();
        let money = |column: usize| row.get::<i64, _>(column);
        let funds = Funds { budget: money(0), spent: money(3), reserved: money(4) };
        assert_eq!(money(1), money(2), "what the chunks hold is what the batch has granted");
        assert!(money(1) <= funds.budget && funds.spent + funds.reserved <= money(1), "{funds:?}");
        assert_eq!((money(5), money(6)), (funds.spent, funds.reserved), "the sums of the rows");
        assert_eq!(row.get::<Vec<i64>, _>(7), row.get::<Vec<i64>, _>(8), "the counts of the rows");
        funds
    }

    /// Ends the leases of all workers, as if their time was over.
    pub(crate) async fn expire_all(&self) {
        let mut connection = look(&self.url).await;
        sqlx::raw_sql("UPDATE worker SET until = clock_timestamp() - interval '1 second'")
            .execute(&mut connection)
            .await
            .unwrap();
    }
}

/// A batch of calls that an endpoint takes, each with another name.
pub(crate) async fn people(url: &StoreUrl, rows: u64, calls: i64) -> Submitted {
    people_of(url, &Shape { rows, calls, chunk_rows: 50, ..Shape::default() }).await
}

/// A batch of calls that an endpoint takes.
pub(crate) async fn people_of(url: &StoreUrl, shape: &Shape) -> Submitted {
    let person = shape.person;
    let values = move |number: u64| {
        vec![
            ("bank_id".to_owned(), "11010519491231002X".to_owned()),
            ("bank_name".to_owned(), format!("张{}号", person(number))),
        ]
    };
    Submitted::of(url, shape, values).await
}

/// The money of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Funds {
    pub(crate) budget: i64,
    pub(crate) spent: i64,
    pub(crate) reserved: i64,
}

/// A provider that counts the calls of each row.
#[derive(Clone, Default)]
pub(crate) struct Provider(Arc<Mutex<BTreeMap<u64, u32>>>);

impl Provider {
    pub(crate) fn call(&self, row: u64) {
        *self.0.lock().unwrap().entry(row).or_default() += 1;
    }

    pub(crate) fn calls(&self) -> BTreeMap<u64, u32> {
        self.0.lock().unwrap().clone()
    }

    /// The rows that were called, each once.
    pub(crate) fn rows(&self) -> u64 {
        let calls = self.calls();
        let twice: Vec<_> = calls.iter().filter(|(_, count)| **count > 1).collect();
        assert!(twice.is_empty(), "sent twice: {twice:?}");
        calls.len() as u64
    }
}

/// What a worker of the tests has met.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Met {
    pub(crate) duplicates: u64,
    pub(crate) is_budget_used: bool,
    pub(crate) is_stopped: bool,
    pub(crate) not_held: u64,
}

/// Works on a batch until nothing is left for it, with eight calls at a time. `outcome` is the
/// provider's answer to a row.
pub(crate) async fn work(
    program: &Program<PostgresLedger>,
    provider: &Provider,
    outcome: fn(u64) -> RowOutcome,
) -> Met {
    let mut met = Met::default();
    loop {
        match program.claim().await.unwrap() {
            Claim::Held(chunk) => {
                send_chunk(program, provider, outcome, chunk, &mut met).await;
                if met.is_budget_used || met.is_stopped {
                    return met;
                }
            }
            Claim::Wait => tokio::time::sleep(Duration::from_millis(20)).await,
            Claim::Stopped => return Met { is_stopped: true, ..met },
            Claim::Over { .. } => return met,
        }
    }
}

/// Sends the rows of a chunk, and leaves it.
pub(crate) async fn send_chunk(
    program: &Program<PostgresLedger>,
    provider: &Provider,
    outcome: fn(u64) -> RowOutcome,
    chunk: Chunk,
    met: &mut Met,
) {
    let inputs = program.inputs(chunk).await.unwrap();
    let reservations = futures_util::stream::iter(inputs)
        .map(|input| send(program, provider, outcome, input))
        .buffer_unordered(8)
        .collect::<Vec<Reservation>>()
        .await;
    let mut is_done = true;
    for reservation in reservations {
        match reservation {
            Reservation::Duplicate(_) => met.duplicates += 1,
            Reservation::BudgetUsed => (met.is_budget_used, is_done) = (true, false),
            Reservation::Stopped => (met.is_stopped, is_done) = (true, false),
            Reservation::NotHeld => (met.not_held, is_done) = (met.not_held + 1, false),
            _ => {}
        }
    }
    program.leave(chunk, is_done).await.unwrap();
}

async fn send(
    program: &Program<PostgresLedger>,
    provider: &Provider,
    outcome: fn(u64) -> RowOutcome,
    input: Input,
) -> Reservation {
    loop {
        let reservation = program.reserve(input.number, input.person, OnAmbiguous::Hold).await.unwrap();
        match reservation {
            Reservation::BudgetHeld => tokio::time::sleep(Duration::from_millis(10)).await,
            Reservation::TooSoon(wait) => tokio::time::sleep(wait).await,
            Reservation::Send => {
                provider.call(input.number);
                program.settle(input.number, outcome(input.number)).await.unwrap();
                return reservation;
            }
            _ => return reservation,
        }
    }
}
