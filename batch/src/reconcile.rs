//! Compares the provider's bill with a ledger: which billed calls it confirms, which it lacks,
//! which it has beyond them, and how it decides the rows whose billing is unknown.
//!
//! A line of the bill is that of a row if both have the person, and times that are near each other.
//! It is decided one to one: where several lines could be a row's, or the bill does not cover the
//! row's time, nothing is decided.

use std::collections::{BTreeSet, HashMap};
use std::ops::RangeInclusive;
use std::time::Duration;

use crate::store::Fingerprint;

/// A line of a bill: a call that the provider was paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BillLine {
    /// Its line in the file.
    pub line: u64,
    /// The person that it names.
    pub person: Fingerprint,
    /// Its time, in unix seconds.
    pub at: i64,
}

/// A row that a ledger has sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SentRow {
    /// Its number in the ledger.
    pub number: u64,
    /// Its person.
    pub person: Fingerprint,
    /// The time of its latest send, in unix seconds; `None` if it is not known.
    pub sent_at: Option<i64>,
    /// Number of its sends.
    pub sends: u64,
    /// What the ledger has of its billing.
    pub cost: RowCost,
}

/// What a ledger has of a row's billing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowCost {
    /// It was billed.
    Billed,
    /// It was free of charge.
    Free,
    /// Unknown.
    Ambiguous,
    /// It is in flight.
    Sending,
}

/// Why the bill does not decide a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Undecided {
    /// Several lines could be its own.
    Several,
    /// The bill does not cover its time.
    Outside,
    /// The ledger does not have its time: it was sent by an earlier version of the program.
    NoTime,
    /// It was sent more than once.
    SentAgain,
}

/// The result of a comparison. Rows are numbers in the ledger, and lines those of the bill; each
/// list is sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reconciliation {
    /// Billed rows that the bill has, with their lines.
    pub matched: Vec<(u64, u64)>,
    /// Billed rows that the bill does not have.
    pub missing: Vec<u64>,
    /// Lines that are those of no billed row: of a person that was not sent, at another time, or
    /// more than once for a row.
    pub extra: Vec<u64>,
    /// Ambiguous rows that were billed, with their lines.
    pub billed: Vec<(u64, u64)>,
    /// Ambiguous rows that were not billed.
    pub free: Vec<u64>,
    /// Ambiguous rows that stay so, each with the reason.
    pub undecided: Vec<(u64, Undecided)>,
    /// Billed rows whose time the bill does not cover, or that have none.
    pub not_covered: u64,
}

/// Compares a bill with the rows of a ledger. A line can be that of a row if their times are at
/// most `window` apart. A row that the bill lacks counts as not billed only if the bill covers its
/// time, with the window on both sides.
///
/// ```
/// use std::time::Duration;
///
/// use pyi_batch::{BillLine, RowCost, SentRow, reconcile};
///
/// let row = |number, cost| SentRow { number, person: [7; 16], sent_at: Some(1000), sends: 1, cost };
/// let line = |line, at| BillLine { line, person: [7; 16], at };
/// let window = Duration::from_secs(60);
///
/// let found = reconcile(&[line(2, 1003)], 0..=9999, &[row(1, RowCost::Ambiguous)], window);
/// assert_eq!(found.billed, [(1, 2)]);
/// let found = reconcile(&[line(2, 5000)], 0..=9999, &[row(1, RowCost::Ambiguous)], window);
/// assert_eq!((found.free, found.extra), (vec![1], vec![2]));
/// ```
pub fn reconcile(
    bill: &[BillLine],
    covered: RangeInclusive<i64>,
    rows: &[SentRow],
    window: Duration,
) -> Reconciliation {
    let window = i64::try_from(window.as_secs()).unwrap_or(i64::MAX);
    let mut by_person: HashMap<Fingerprint, Vec<BillLine>> = HashMap::new();
    for line in bill {
        by_person.entry(line.person).or_default().push(*line);
    }
    // The lines that are left, by their place in the file.
    let mut left: BTreeSet<u64> = bill.iter().map(|line| line.line).collect();
    let mut found = Reconciliation::default();
    for row in rows {
        if matches!(row.cost, RowCost::Sending) {
            continue;
        }
        let Some(sent_at) = row.sent_at else {
            match row.cost {
                RowCost::Ambiguous => found.undecided.push((row.number, Undecided::NoTime)),
                RowCost::Billed => found.not_covered += 1,
                RowCost::Free | RowCost::Sending => {}
            }
            continue;
        };
        let is_near = |line: &&BillLine| line.at.abs_diff(sent_at) <= window.unsigned_abs();
        let lines: Vec<&BillLine> =
            by_person.get(&row.person).into_iter().flatten().filter(is_near).collect();
        let is_covered = covered.contains(&sent_at.saturating_sub(window))
            && covered.contains(&sent_at.saturating_add(window));
        match (row.cost, lines.as_slice()) {
            (RowCost::Ambiguous, _) if row.sends > 1 => {
                found.undecided.push((row.number, Undecided::SentAgain));
                // They are its own, though it is unknown which.
                take(&mut left, &lines);
            }
            (RowCost::Ambiguous, [line]) => {
                found.billed.push((row.number, line.line));
                left.remove(&line.line);
            }
            (RowCost::Ambiguous, []) if is_covered => found.free.push(row.number),
            (RowCost::Ambiguous, []) => found.undecided.push((row.number, Undecided::Outside)),
            (RowCost::Ambiguous, several) => {
                found.undecided.push((row.number, Undecided::Several));
                take(&mut left, several);
            }
            (RowCost::Billed, []) if is_covered => found.missing.push(row.number),
            (RowCost::Billed, []) => found.not_covered += 1,
            (RowCost::Billed, several) => {
                // The nearest one; every other is billed without a call.
                let nearest = several.iter().min_by_key(|line| (line.at.abs_diff(sent_at), line.line));
                if let Some(nearest) = nearest {
                    found.matched.push((row.number, nearest.line));
                    left.remove(&nearest.line);
                }
            }
            (RowCost::Free | RowCost::Sending, _) => {}
        }
    }
    found.extra = left.into_iter().collect();
    for list in [&mut found.matched, &mut found.billed] {
        list.sort_unstable();
    }
    found.missing.sort_unstable();
    found.free.sort_unstable();
    found.undecided.sort_unstable();
    found
}

fn take(left: &mut BTreeSet<u64>, lines: &[&BillLine]) {
    for line in lines {
        left.remove(&line.line);
    }
}
