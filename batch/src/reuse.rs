//! Answers of earlier batches: a batch takes them instead of calls that would be billed again. Only
//! answers that were billed and decided are taken: data, or that there is none. Any other row is
//! sent.

use std::collections::HashMap;
use std::path::PathBuf;

use pyi_codegen::ir::{Endpoint, Provider};

use crate::mapping::Mapping;
use crate::registry::{EarlierBatch, Registry};
use crate::row_matching::{chunk, fit_rows};
use crate::run::{Key, RunError};
use crate::sqlite::{BatchInfo, EarlierLedger, Ledger, LedgerId};
use crate::store::{Fingerprint, RowOutcome, StoreError};
use crate::table::Table;

/// The answers that a batch has taken from earlier batches.
#[derive(Debug, Default)]
pub struct Reused {
    /// Rows with an answer of an earlier batch.
    pub rows: u64,
    /// The ledgers of earlier batches that cannot be read, each with the reason. Their people are
    /// sent.
    pub unread: Vec<(PathBuf, StoreError)>,
}

/// An answer of an earlier batch.
#[derive(Debug, Clone)]
pub(crate) struct EarlierAnswer {
    /// When its call was sent, in Unix seconds.
    pub(crate) sent_at: i64,
    pub(crate) outcome: RowOutcome,
}

/// A row that takes an answer of an earlier batch.
#[derive(Debug, Clone)]
pub(crate) struct ReusedRow {
    pub(crate) number: u64,
    pub(crate) person: Fingerprint,
    pub(crate) answer: EarlierAnswer,
}

/// Gives the rows of a table the answers that earlier batches of the registry were billed for since
/// a moment in Unix seconds, the newest of each person. The batches are those of the same endpoint
/// and target. A row that the ledger has already keeps what it has. Call it before
/// [`run`](crate::run()), and not for an endpoint that changes something: each of its calls has an
/// effect of its own.
///
/// # Errors
///
/// A table, a registry or a ledger of this batch that cannot be read or written.
pub async fn reuse(
    registry: &mut Registry,
    (ledger, info): (&Ledger, &BatchInfo),
    (provider, endpoint): (&Provider, &Endpoint),
    (table, mapping): (&Table, &Mapping),
    key: &Key,
    since: i64,
) -> Result<Reused, RunError> {
    let own = ledger.opening().id;
    let mut earlier = EarlierLedgers { info, key, opened: HashMap::new(), unread: Vec::new() };
    let mut reused = Reused::default();
    let mut rows = table.rows().map_err(RunError::Table)?;
    while let Some(chunk) = chunk(&mut rows)? {
        let columns = table.titles().len();
        let (lines, people) = fit_rows((provider, endpoint), &chunk, (columns, mapping), key);
        let batches =
            registry.billed_for(own, &endpoint.id, &people, since).await.map_err(RunError::Store)?;
        let mut newest: HashMap<Fingerprint, EarlierAnswer> = HashMap::new();
        for batch in batches {
            let wanted = batch.people.iter().filter_map(|at| people.get(*at).copied()).collect();
            for (person, answer) in earlier.answers(&batch, wanted, since).await {
                let is_older = newest.get(&person).is_some_and(|known| known.sent_at >= answer.sent_at);
                if !is_older {
                    newest.insert(person, answer);
                }
            }
        }
        let mut taken = Vec::new();
        for (number, person) in lines.into_iter().zip(people) {
            // The first row of a person; the ledger has each person once.
            if let Some(answer) = newest.remove(&person) {
                taken.push(ReusedRow { number, person, answer });
            }
        }
        if !taken.is_empty() {
            reused.rows += ledger.reuse(taken).await.map_err(RunError::Store)?;
        }
    }
    reused.unread = earlier.close().await;
    Ok(reused)
}

/// The ledgers of earlier batches, each opened when it is first asked for.
struct EarlierLedgers<'a> {
    info: &'a BatchInfo,
    key: &'a Key,
    /// `None` for a ledger that cannot be read, or that is of another target.
    opened: HashMap<LedgerId, Option<EarlierLedger>>,
    unread: Vec<(PathBuf, StoreError)>,
}

impl EarlierLedgers<'_> {
    /// The answers that a batch was billed for since a moment. A ledger that cannot be read has
    /// none.
    async fn answers(
        &mut self,
        batch: &EarlierBatch,
        people: Vec<Fingerprint>,
        since: i64,
    ) -> Vec<(Fingerprint, EarlierAnswer)> {
        if !self.opened.contains_key(&batch.id) {
            let opened = EarlierLedger::open(&batch.path, batch.id, self.info, &self.key.check()).await;
            let opened = opened.unwrap_or_else(|error| {
                self.unread.push((batch.path.clone(), error));
                None
            });
            self.opened.insert(batch.id, opened);
        }
        let Some(Some(ledger)) = self.opened.get_mut(&batch.id) else { return Vec::new() };
        match ledger.answers(&people, since).await {
            Ok(answers) => answers,
            Err(error) => {
                self.unread.push((batch.path.clone(), error));
                self.opened.insert(batch.id, None);
                Vec::new()
            }
        }
    }

    /// Closes them. The ledgers that could not be read.
    async fn close(self) -> Vec<(PathBuf, StoreError)> {
        for ledger in self.opened.into_values().flatten() {
            // It was only read.
            let _ = ledger.close().await;
        }
        self.unread
    }
}
