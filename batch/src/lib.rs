//! Many calls of one endpoint, from a table of people.
//!
//! A table is opened ([`Table`]), its columns are mapped to the endpoint's fields ([`Mapping`]),
//! and a plan lists what a run would send and its maximum cost ([`plan`]). A plan sends nothing and
//! contains no value of a row: only the line, the field and the reason.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let (spec, _) = pyi_codegen::load(pyi_codegen::Input::Texts(&[]));
//! use pyi_batch::{Mapping, Table, plan};
//!
//! let endpoint = spec.endpoint("id_card_two_factor").ok_or("no such endpoint")?;
//! let table = Table::open("people.csv".as_ref())?;
//! let mapping = Mapping::new(&spec, endpoint, table.titles(), &[])?;
//! let plan = plan((&spec, endpoint), &table, &mapping)?;
//! println!("{} rows to send", plan.to_send);
//! # Ok(())
//! # }
//! ```
//!
//! A run sends each row once ([`run`]), and keeps its state in a [`Store`]: a [`Ledger`] on one
//! machine, or a [`PostgresLedger`] on many. The results are written row by row ([`results`]), also
//! after a run that stopped. The next run resumes the batch.
//!
//! ```no_run
//! # async fn of(
//! #     client: pyi_runtime::Client,
//! #     spec: pyi_codegen::ir::Provider,
//! #     endpoint: pyi_codegen::ir::Endpoint,
//! #     table: pyi_batch::Table,
//! #     mapping: pyi_batch::Mapping,
//! #     secret: [u8; 32],
//! # ) -> Result<(), Box<dyn std::error::Error>> {
//! use pyi_batch::{
//!     BatchInfo, Currency, Key, Ledger, Money, OnAmbiguous, OutputFormat, RunHandle, Settings, results, run,
//! };
//! use std::time::Duration;
//!
//! let yuan = Currency::new("CNY", 2).ok_or("no currency")?;
//! let info = BatchInfo {
//!     endpoint: endpoint.id.clone(),
//!     target: "https://provider.example".to_owned(),
//!     budget: Money::parse("100", yuan).ok_or("no amount")?,
//!     unit_price: Money::parse("0.16", yuan).ok_or("no amount")?,
//! };
//! let key = Key::new(&secret); // kept apart from the ledger
//! let ledger = Ledger::open("people.ledger".as_ref(), &info, &key).await?;
//! let settings = Settings {
//!     concurrency: 4,
//!     on_ambiguous: OnAmbiguous::Hold,
//!     pace: None,
//!     outage_timeout: Duration::from_secs(60),
//!     handle: RunHandle::default(),
//! };
//! let summary = run(&client, (&spec, &endpoint), (&table, &mapping), &key, &ledger, &settings).await;
//! let out = std::fs::File::create("results.xlsx")?;
//! results((&spec, &endpoint), (&table, &mapping), &key, &ledger, OutputFormat::Xlsx, out).await?;
//! ledger.close().await?;
//! println!("{} rows sent", summary?.sent);
//! # Ok(())
//! # }
//! ```

mod alerts;
mod attempt;
mod bill;
mod cell_json;
mod mapping;
mod money;
mod overlap;
mod plan;
mod postgres;
mod random;
mod reconcile;
mod registry;
mod results;
mod reuse;
mod row_lifecycle;
mod row_matching;
mod run;
mod sqlite;
mod store;
mod table;

pub use alerts::{Alert, AlertStore, Shares, alerting};
pub use attempt::{Attempt, AttemptId, AttemptIds};
pub use bill::{Bill, BillColumns, BillError, seconds as seconds_of_bill};
pub use mapping::{MapFault, Mapped, Mapping, MatchedBy};
pub use money::{Currency, Money};
pub use overlap::{Overlap, overlap};
pub use plan::{FAULT_LIMIT, Plan, Price, RowFault, SkipReason, plan};
pub use postgres::{
    BatchId, BatchService, BatchStatus, Chunk, Claim, Input, NewBatch, NewRow, PostgresLedger, PostgresStore,
    Risk, StoreUrl, Submission, Turns, WorkerSettings, WrappingKey, rows_to_submit,
};
pub use pyi_dynamic::worst_price;
/// A text for people, which can be said in another language.
pub use pyi_text::Message;
pub use reconcile::{BillLine, Reconciliation, RowCost, SentRow, Undecided, reconcile};
pub use registry::{Erased, Registry};
pub use results::{OutputError, OutputFormat, Unmatched, XLSX_RESULT_LIMIT, is_results, results};
pub use reuse::{Reused, reuse};
pub use run::{Key, RunError, RunHandle, Settings, StopReason, Summary, run, work};
pub use sqlite::{BatchInfo, Ledger, LedgerId, Line, OpeningReport, Registration, Report, SANDBOX};
pub use store::{
    Fingerprint, OnAmbiguous, Reservation, RowOutcome, RowRecord, RowState, Store, StoreError, Totals,
};
pub use table::{COLUMN_LIMIT, Cell, Row, Table, TableError, XLSX_ROW_LIMIT};
