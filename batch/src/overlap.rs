//! The overlap of a table with other batches: rows whose people an earlier batch of the same
//! endpoint was billed for, or may have been.

use std::collections::HashSet;

use pyi_codegen::ir::{Endpoint, Provider};

use crate::mapping::Mapping;
use crate::registry::Registry;
use crate::row_matching::{chunk, fit_rows};
use crate::run::{Key, RunError};
use crate::sqlite::LedgerId;
use crate::store::Fingerprint;
use crate::table::Table;

/// Maximum lines that are listed. All rows are counted.
const NAMED: usize = 20;

/// The rows of a table whose people other batches had sent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Overlap {
    /// Number of rows.
    pub rows: u64,
    /// The lines of the first ones.
    pub lines: Vec<u64>,
    /// The people of all rows.
    pub people: Vec<Fingerprint>,
    /// The number of the registry's sequence up to which batches are included.
    pub until: i64,
}

/// Finds the rows of a table that would be sent, and whose people another ledger than `own` has
/// sent since a moment in Unix seconds, without the people that were accepted. The key must be that
/// of the other batches.
///
/// # Errors
///
/// A table or a registry that cannot be read.
pub async fn overlap(
    registry: &mut Registry,
    own: Option<LedgerId>,
    (provider, endpoint): (&Provider, &Endpoint),
    (table, mapping): (&Table, &Mapping),
    key: &Key,
    (since, accepted): (i64, &HashSet<Fingerprint>),
) -> Result<Overlap, RunError> {
    let until = registry.sequence().await.map_err(RunError::Store)?;
    let mut overlap = Overlap { until, ..Overlap::default() };
    if !registry.has_others(own, &endpoint.id).await.map_err(RunError::Store)? {
        return Ok(overlap);
    }
    let mut rows = table.rows().map_err(RunError::Table)?;
    while let Some(chunk) = chunk(&mut rows)? {
        let columns = table.titles().len();
        let (lines, people) = fit_rows((provider, endpoint), &chunk, (columns, mapping), key);
        let found = registry.overlap(own, &endpoint.id, &people, since).await.map_err(RunError::Store)?;
        for ((line, person), found) in lines.into_iter().zip(people).zip(found) {
            if !found || accepted.contains(&person) {
                continue;
            }
            overlap.rows += 1;
            overlap.people.push(person);
            if overlap.lines.len() < NAMED {
                overlap.lines.push(line);
            }
        }
    }
    Ok(overlap)
}
