//! The rows of a run in the order in which they are sent: the table's, and behind all that were never sent those without an answer.

use std::collections::BTreeSet;

use crate::claims::Rows;
use crate::table::{Row, Table, TableError};

/// Rows that are not claimed yet.
pub(super) struct RowQueue<'a> {
    table: &'a Table,
    rows: Rows<'a>,
    /// The lines of the rows that this pass over the table is for; `None` in the first pass, which is for all.
    wanted: Option<BTreeSet<u64>>,
    deferred: BTreeSet<u64>,
}

/// A row that is claimed.
pub(super) struct Claimed {
    pub(super) row: Row,
    /// Whether it was deferred before.
    pub(super) is_deferred: bool,
}

impl<'a> RowQueue<'a> {
    pub(super) fn new(table: &'a Table) -> Result<Self, TableError> {
        Ok(Self { table, rows: table.rows()?, wanted: None, deferred: BTreeSet::new() })
    }

    /// Puts a row behind all that were not claimed yet.
    pub(super) fn defer(&mut self, line: u64) {
        self.deferred.insert(line);
    }

    /// The next row.
    pub(super) fn next(&mut self) -> Result<Option<Claimed>, TableError> {
        loop {
            match &mut self.wanted {
                None => {
                    if let Some(row) = self.rows.next() {
                        return row.map(|row| Some(Claimed { row, is_deferred: false }));
                    }
                }
                Some(wanted) => {
                    while !wanted.is_empty() {
                        let Some(row) = self.rows.next() else { break };
                        let row = row?;
                        if wanted.remove(&row.line) {
                            return Ok(Some(Claimed { row, is_deferred: true }));
                        }
                    }
                }
            }
            if self.deferred.is_empty() {
                return Ok(None);
            }
            self.rows = self.table.rows()?;
            self.wanted = Some(std::mem::take(&mut self.deferred));
        }
    }

    /// How many rows nobody claimed: those of the table, and those that were deferred.
    pub(super) fn rest(self) -> (u64, u64) {
        let wanted = self.wanted.as_ref().map_or(0, BTreeSet::len) + self.deferred.len();
        let left = if self.wanted.is_none() { self.rows.count() } else { 0 };
        (left as u64, wanted as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_deferred_comes_behind_the_table_each_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("people.csv");
        std::fs::write(&path, "name\na\nb\nc\nd\n").unwrap();
        let table = Table::open(&path).unwrap();
        let mut queue = RowQueue::new(&table).unwrap();
        let mut seen = Vec::new();
        while let Some(Claimed { row, is_deferred }) = queue.next().unwrap() {
            seen.push((row.line, is_deferred));
            // One is deferred as late as in the second pass, behind the row that is read there.
            if matches!((row.line, is_deferred), (2 | 4, false)) {
                queue.defer(row.line);
            }
            if (row.line, is_deferred) == (4, true) {
                queue.defer(3);
            }
        }
        assert_eq!(seen, [(2, false), (3, false), (4, false), (5, false), (2, true), (4, true), (3, true)]);
        assert_eq!(queue.rest(), (0, 0));
        let mut queue = RowQueue::new(&table).unwrap();
        queue.next().unwrap();
        queue.defer(2);
        assert_eq!(queue.rest(), (3, 1));
    }
}
