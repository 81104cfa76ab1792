//! The queue of a run: the rows of the table in their order, and then the ambiguous ones that are
//! to be sent again.

use std::collections::{BTreeSet, VecDeque};

use crate::row_matching::Rows;
use crate::store::RowState;
use crate::table::{Row, Table, TableError};

/// Rows that no slot has taken yet.
pub(super) struct RowQueue<'a> {
    table: &'a Table,
    rows: Rows<'a>,
    /// The lines that this pass over the table is for. `None` in the first pass, which is for all.
    wanted: Option<BTreeSet<u64>>,
    deferred: BTreeSet<u64>,
    /// Rows that were looked up in the store. They come first.
    ahead: VecDeque<Claimed>,
}

/// A row that a slot has taken.
pub(super) struct Claimed {
    pub(super) row: Row,
    /// Whether it was deferred before.
    pub(super) is_deferred: bool,
    /// Its number and state in the store when it was looked up.
    pub(super) known: Option<(u64, RowState)>,
}

impl<'a> RowQueue<'a> {
    pub(super) fn new(table: &'a Table) -> Result<Self, TableError> {
        Ok(Self {
            table,
            rows: table.rows()?,
            wanted: None,
            deferred: BTreeSet::new(),
            ahead: VecDeque::new(),
        })
    }

    /// Puts a row after all that no slot has taken yet.
    pub(super) fn defer(&mut self, line: u64) {
        self.deferred.insert(line);
    }

    /// The next row.
    pub(super) fn next(&mut self) -> Result<Option<Claimed>, TableError> {
        if let Some(claimed) = self.ahead.pop_front() {
            return Ok(Some(claimed));
        }
        loop {
            match &mut self.wanted {
                None => {
                    if let Some(row) = self.rows.next() {
                        return row.map(|row| Some(Claimed { row, is_deferred: false, known: None }));
                    }
                }
                Some(wanted) => {
                    while !wanted.is_empty() {
                        let Some(row) = self.rows.next() else { break };
                        let row = row?;
                        if wanted.remove(&row.line) {
                            return Ok(Some(Claimed { row, is_deferred: true, known: None }));
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

    /// Whether the next row has to be read from the table.
    pub(super) fn is_read_up(&self) -> bool {
        self.ahead.is_empty()
    }

    /// Puts rows that were looked up before all others.
    pub(super) fn put_ahead(&mut self, rows: impl IntoIterator<Item = Claimed>) {
        self.ahead.extend(rows);
    }

    /// The number of rows that no slot has taken: those of the table, and those that were deferred.
    pub(super) fn rest(self) -> (u64, u64) {
        let deferred_ahead = self.ahead.iter().filter(|claimed| claimed.is_deferred).count();
        let wanted = self.wanted.as_ref().map_or(0, BTreeSet::len) + self.deferred.len() + deferred_ahead;
        let unread = if self.wanted.is_none() { self.rows.count() } else { 0 };
        ((unread + self.ahead.len() - deferred_ahead) as u64, wanted as u64)
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
        while let Some(Claimed { row, is_deferred, .. }) = queue.next().unwrap() {
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
        let third = queue.next().unwrap().unwrap();
        let deferred = Claimed { is_deferred: true, ..queue.next().unwrap().unwrap() };
        queue.put_ahead([third, deferred]);
        assert_eq!(queue.rest(), (2, 2));
    }
}
