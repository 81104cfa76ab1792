//! Many calls of one endpoint, from a table of people.
//!
//! A table is opened ([`Table`]), its columns are brought to the endpoint's fields ([`Mapping`]), and a plan says what a run would do and
//! cost at the most ([`plan`]). A plan sends nothing, and shows nobody: of a row it tells the line, the field and the reason.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let (spec, _) = pyi_codegen::load(pyi_codegen::Input::Texts(&[]));
//! use pyi_batch::{Mapping, Table, plan};
//!
//! let endpoint = spec.endpoint("id_card_two_factor").ok_or("no such endpoint")?;
//! let table = Table::open("people.csv".as_ref())?;
//! let mapping = Mapping::new(&spec, endpoint, table.titles(), &[])?;
//! let plan = plan(endpoint, &table, &mapping)?;
//! println!("{} rows to send", plan.to_send);
//! # Ok(())
//! # }
//! ```

mod ledger;
mod mapping;
mod plan;
mod results;
mod run;
mod store;
mod table;

pub use ledger::{Ledger, Line, Report, Terms};
pub use mapping::{MapFault, Mapped, Mapping, Why};
pub use plan::{FAULT_LIMIT, Plan, Price, RowFault, What, plan, worst_price};
pub use results::{Form, results};
pub use run::{Key, RunError, Settings, Stopped, Summary, Watch, run};
pub use store::{Fingerprint, Found, Intended, OnAmbiguous, Settled, State, Store, StoreError, Totals};
pub use table::{Cell, Row, Table, TableError, XLSX_ROW_LIMIT};
