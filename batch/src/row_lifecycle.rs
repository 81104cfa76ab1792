//! The rules of a row's life and of the budget, without a database: what a group of commands does
//! to the rows that it touches.
//!
//! The rows are looked up together, changed in memory one command after another, and written
//! together, all in one transaction of the store.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::attempt::{Attempt, AttemptId};
use crate::store::{Fingerprint, OnAmbiguous, Reservation, RowOutcome, RowState};

/// A row as the ledger has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) person: Fingerprint,
    /// The latest attempt.
    pub(crate) attempt: AttemptId,
    pub(crate) state: RowState,
    /// Number of sends, as far as is known.
    pub(crate) sends: i64,
    /// The amount that was reserved for the latest send.
    pub(crate) price: i64,
    /// The cost of all its sends; where the billing is unknown, the price.
    pub(crate) spent: i64,
    /// A new outcome. `None`: the columns of the outcome keep their values.
    pub(crate) outcome: Option<RowOutcome>,
}

/// The money of a batch, in the unit of its ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Funds {
    pub(crate) budget: i64,
    /// The maximum cost of one call.
    pub(crate) unit_price: i64,
    pub(crate) spent: i64,
    pub(crate) reserved: i64,
}

/// A row that a store writes at the end of a transaction.
pub(crate) enum Change<'a> {
    /// A row that the store does not have.
    New(&'a Entry),
    /// Its state and its counts. Its outcome stays.
    State(&'a Entry),
    /// All of it.
    Outcome(&'a Entry, &'a RowOutcome),
    Deleted,
}

/// The rows that a transaction touches, and the money.
pub(crate) struct Transaction {
    rows: HashMap<u64, Entry>,
    people: HashMap<Fingerprint, u64>,
    /// The rows that the store has.
    stored: HashSet<u64>,
    changed: BTreeSet<u64>,
    pub(crate) funds: Funds,
}

impl Transaction {
    /// Begins with the rows that the store has of those that the commands touch, by number and by
    /// person.
    pub(crate) fn new(funds: Funds, stored: Vec<(u64, Entry)>) -> Self {
        Self {
            people: stored.iter().map(|(row, entry)| (entry.person, *row)).collect(),
            stored: stored.iter().map(|(row, _)| *row).collect(),
            rows: stored.into_iter().collect(),
            changed: BTreeSet::new(),
            funds,
        }
    }

    /// Reserves the price of a row for an attempt, if the row may be sent. An attempt that is
    /// reserved already is written again: the answer to an earlier commit may be lost, and a row is
    /// sent only after a commit that is acknowledged.
    pub(crate) fn reserve(
        &mut self,
        Attempt { row, id }: Attempt,
        person: Fingerprint,
        on_ambiguous: OnAmbiguous,
    ) -> Reservation {
        match self.rows.get_mut(&row) {
            Some(entry) if entry.person != person => return Reservation::Changed,
            Some(entry) if entry.state == RowState::Sending && entry.attempt == id => {
                self.changed.insert(row);
                return Reservation::Send;
            }
            Some(entry) if entry.state != RowState::Ambiguous => return Reservation::Known(entry.state),
            Some(entry) => match on_ambiguous {
                OnAmbiguous::Hold => return Reservation::Known(RowState::Ambiguous),
                OnAmbiguous::Retry { max_sends } if entry.sends >= i64::from(max_sends) => {
                    return Reservation::SendLimit;
                }
                OnAmbiguous::Retry { .. } => {}
                OnAmbiguous::Skip => {
                    entry.state = RowState::Settled;
                    entry.outcome = Some(RowOutcome::skipped());
                    self.changed.insert(row);
                    return Reservation::Skipped;
                }
            },
            None => {
                if let Some(other) = self.people.get(&person) {
                    return Reservation::Duplicate(*other);
                }
            }
        }
        let Funds { budget, unit_price, spent, reserved } = self.funds;
        let total = spent.checked_add(reserved).and_then(|committed| committed.checked_add(unit_price));
        if total.is_none_or(|total| total > budget) {
            let is_used = spent.checked_add(unit_price).is_none_or(|total| total > budget);
            return if is_used { Reservation::BudgetUsed } else { Reservation::BudgetHeld };
        }
        self.funds.reserved += unit_price;
        let new = Entry {
            person,
            attempt: id,
            state: RowState::Sending,
            sends: 0,
            price: 0,
            spent: 0,
            outcome: None,
        };
        let entry = self.rows.entry(row).or_insert(new);
        entry.attempt = id;
        entry.state = RowState::Sending;
        entry.sends += 1;
        entry.price = unit_price;
        self.people.insert(person, row);
        self.changed.insert(row);
        Reservation::Send
    }

    /// Settles an attempt: its price is spent where it was billed or where that is unknown, and
    /// released otherwise. Another attempt of the row stays as it is. Where another program opened
    /// the ledger meanwhile, the attempt is ambiguous and its price spent; the answer still settles
    /// it.
    pub(crate) fn settle(&mut self, attempt: Attempt, outcome: &RowOutcome) {
        let Some(entry) = Self::unsettled(&mut self.rows, attempt) else { return };
        let cost = if outcome.is_paid() { entry.price } else { 0 };
        match entry.state {
            RowState::Sending => {
                self.funds.reserved -= entry.price;
                self.funds.spent += cost;
                entry.spent += cost;
            }
            RowState::Ambiguous | RowState::Settled => {
                let refund = entry.price - cost;
                self.funds.spent -= refund;
                entry.spent -= refund;
            }
        }
        entry.state = outcome.state();
        entry.outcome = Some(outcome.clone());
        self.changed.insert(attempt.row);
    }

    /// Releases the reservation of an attempt. A row that was sent before is ambiguous again, with
    /// the outcome that it had; any other row is deleted. Another attempt of the row stays as it
    /// is.
    pub(crate) fn release(&mut self, attempt: Attempt) {
        let Some(entry) = Self::unsettled(&mut self.rows, attempt) else { return };
        match entry.state {
            RowState::Sending => self.funds.reserved -= entry.price,
            RowState::Ambiguous | RowState::Settled => {
                self.funds.spent -= entry.price;
                entry.spent -= entry.price;
            }
        }
        if entry.sends > 1 {
            entry.sends -= 1;
            entry.state = RowState::Ambiguous;
            // A second release of the attempt finds none.
            entry.attempt = AttemptId::default();
        } else {
            self.people.remove(&entry.person);
            self.rows.remove(&attempt.row);
        }
        self.changed.insert(attempt.row);
    }

    /// The row of an attempt that is not settled.
    fn unsettled(rows: &mut HashMap<u64, Entry>, attempt: Attempt) -> Option<&mut Entry> {
        rows.get_mut(&attempt.row)
            .filter(|entry| entry.attempt == attempt.id && entry.state != RowState::Settled)
    }

    /// A row as the store has it after the transaction.
    pub(crate) fn entry(&self, row: u64) -> Option<Entry> {
        self.rows.get(&row).map(|entry| Entry { outcome: None, ..entry.clone() })
    }

    /// Whether there is anything to write.
    pub(crate) fn is_changed(&self) -> bool {
        !self.changed.is_empty()
    }

    /// The rows to write, by number.
    pub(crate) fn changes(&self) -> impl Iterator<Item = (u64, Change<'_>)> {
        self.changed.iter().filter_map(|row| {
            let change = match (self.rows.get(row), self.stored.contains(row)) {
                (Some(entry), false) => Change::New(entry),
                (Some(entry), true) => match &entry.outcome {
                    Some(outcome) => Change::Outcome(entry, outcome),
                    None => Change::State(entry),
                },
                (None, true) => Change::Deleted,
                (None, false) => return None,
            };
            Some((*row, change))
        })
    }
}

#[cfg(test)]
mod tests {
    use pyi_runtime::{Billing, CallOutcome};

    use super::*;

    const ROW: u64 = 1;
    const PERSON: Fingerprint = [1; 16];
    const NEW: AttemptId = AttemptId([9; 16]);
    const OLD: AttemptId = AttemptId([8; 16]);
    const HOLD: OnAmbiguous = OnAmbiguous::Hold;
    const TWICE: OnAmbiguous = OnAmbiguous::Retry { max_sends: 2 };

    fn at(row: u64, id: AttemptId) -> Attempt {
        Attempt { row, id }
    }

    /// The row in a few words: its state, sends and cost. `None`: the store has no such row.
    type Before = Option<(RowState, i64, i64)>;

    fn entry((state, sends, spent): (RowState, i64, i64)) -> Entry {
        Entry { person: PERSON, attempt: OLD, state, sends, price: 16, spent, outcome: None }
    }

    /// A transaction in which the row is as given, with a budget of 100 and calls of 16.
    fn transaction(before: Before) -> Transaction {
        let stored: Vec<_> = before.map(entry).map(|entry| (ROW, entry)).into_iter().collect();
        let reserved = if matches!(before, Some((RowState::Sending, ..))) { 16 } else { 0 };
        let spent = before.map_or(0, |(.., spent)| spent);
        Transaction::new(Funds { budget: 100, unit_price: 16, spent, reserved }, stored)
    }

    /// What the row and the money are like after it.
    fn after(transaction: &Transaction) -> (Before, (i64, i64)) {
        let row = transaction.rows.get(&ROW).map(|entry| (entry.state, entry.sends, entry.spent));
        (row, (transaction.funds.spent, transaction.funds.reserved))
    }

    fn answer(billing: Billing, code: Option<i32>) -> RowOutcome {
        let code = code.map(Into::into);
        RowOutcome { billing, code, outcome: CallOutcome::Data, error: None, data: None }
    }

    #[test]
    fn a_reservation_follows_the_state_of_the_row() {
        use Reservation::{Changed, Known, Send, SendLimit, Skipped};
        use RowState::{Ambiguous, Sending, Settled};
        let other_person = [2; 16];
        for (before, person, on_ambiguous, reservation, row, money) in [
            (None, PERSON, HOLD, Send, Some((Sending, 1, 0)), (0, 16)),
            (Some((Sending, 1, 0)), PERSON, TWICE, Known(Sending), Some((Sending, 1, 0)), (0, 16)),
            (Some((Settled, 1, 16)), PERSON, TWICE, Known(Settled), Some((Settled, 1, 16)), (16, 0)),
            (Some((Ambiguous, 1, 16)), PERSON, HOLD, Known(Ambiguous), Some((Ambiguous, 1, 16)), (16, 0)),
            (Some((Ambiguous, 1, 16)), PERSON, TWICE, Send, Some((Sending, 2, 16)), (16, 16)),
            (Some((Ambiguous, 2, 32)), PERSON, TWICE, SendLimit, Some((Ambiguous, 2, 32)), (32, 0)),
            (Some((Ambiguous, 1, 16)), PERSON, OnAmbiguous::Skip, Skipped, Some((Settled, 1, 16)), (16, 0)),
            (Some((Settled, 1, 16)), other_person, HOLD, Changed, Some((Settled, 1, 16)), (16, 0)),
        ] {
            let mut transaction = transaction(before);
            let case = (before, person, on_ambiguous);
            assert_eq!(transaction.reserve(at(ROW, NEW), person, on_ambiguous), reservation, "{case:?}");
            assert_eq!(after(&transaction), (row, money), "{case:?}");
            let is_written = matches!(reservation, Send | Skipped);
            assert_eq!(transaction.is_changed(), is_written, "{case:?}");
        }
    }

    #[test]
    fn an_attempt_that_is_reserved_again_is_written_again() {
        let before = Some((RowState::Sending, 1, 0));
        let mut transaction = transaction(before);
        assert_eq!(transaction.reserve(at(ROW, OLD), PERSON, HOLD), Reservation::Send);
        assert_eq!(after(&transaction), (before, (0, 16)));
        assert!(transaction.is_changed());
    }

    #[test]
    fn a_person_has_one_row() {
        let mut transaction = transaction(Some((RowState::Settled, 1, 16)));
        assert_eq!(transaction.reserve(at(2, NEW), PERSON, HOLD), Reservation::Duplicate(ROW));
        // A row that is released gives its person free.
        assert_eq!(transaction.reserve(at(3, NEW), [3; 16], HOLD), Reservation::Send);
        assert_eq!(transaction.reserve(at(4, OLD), [3; 16], HOLD), Reservation::Duplicate(3));
        transaction.release(at(3, NEW));
        assert_eq!(transaction.reserve(at(4, OLD), [3; 16], HOLD), Reservation::Send);
    }

    #[test]
    fn the_budget_holds_what_is_spent_and_what_is_reserved() {
        for (spent, reserved, budget, reservation) in [
            (0, 0, 15, Reservation::BudgetUsed),
            (0, 0, 16, Reservation::Send),
            (84, 0, 100, Reservation::Send),
            (85, 0, 100, Reservation::BudgetUsed),
            (68, 16, 100, Reservation::Send),
            (68, 17, 100, Reservation::BudgetHeld),
            (84, 16, 100, Reservation::BudgetHeld),
            (i64::MAX, 0, i64::MAX, Reservation::BudgetUsed),
        ] {
            let funds = Funds { budget, unit_price: 16, spent, reserved };
            let mut transaction = Transaction::new(funds, Vec::new());
            assert_eq!(transaction.reserve(at(ROW, NEW), PERSON, HOLD), reservation, "{funds:?}");
        }
    }

    #[test]
    fn an_outcome_settles_its_own_attempt() {
        use RowState::{Ambiguous, Sending, Settled};
        let billed = answer(Billing::Billed, Some(10000));
        let free = answer(Billing::Free, Some(10004));
        let unknown = answer(Billing::Unknown, Some(500));
        let none = answer(Billing::Unknown, None);
        for (before, attempt, outcome, row, money) in [
            (Some((Sending, 1, 0)), OLD, &billed, Some((Settled, 1, 16)), (16, 0)),
            (Some((Sending, 1, 0)), OLD, &free, Some((Settled, 1, 0)), (0, 0)),
            (Some((Sending, 1, 0)), OLD, &unknown, Some((Settled, 1, 16)), (16, 0)),
            (Some((Sending, 1, 0)), OLD, &none, Some((Ambiguous, 1, 16)), (16, 0)),
            // A second send: what the first one cost stays.
            (Some((Sending, 2, 16)), OLD, &free, Some((Settled, 2, 16)), (16, 0)),
            // Another program took it for ambiguous, and spent its price.
            (Some((Ambiguous, 1, 16)), OLD, &billed, Some((Settled, 1, 16)), (16, 0)),
            (Some((Ambiguous, 1, 16)), OLD, &free, Some((Settled, 1, 0)), (0, 0)),
            // Another attempt, and one that is settled.
            (Some((Sending, 1, 0)), NEW, &billed, Some((Sending, 1, 0)), (0, 16)),
            (Some((Settled, 1, 16)), OLD, &free, Some((Settled, 1, 16)), (16, 0)),
            (None, OLD, &billed, None, (0, 0)),
        ] {
            let mut transaction = transaction(before);
            transaction.settle(at(ROW, attempt), outcome);
            assert_eq!(after(&transaction), (row, money), "{before:?} {outcome:?}");
        }
    }

    #[test]
    fn a_release_restores_the_row() {
        use RowState::{Ambiguous, Sending, Settled};
        for (before, attempt, row, money) in [
            (Some((Sending, 1, 0)), OLD, None, (0, 0)),
            (Some((Sending, 2, 16)), OLD, Some((Ambiguous, 1, 16)), (16, 0)),
            (Some((Ambiguous, 1, 16)), OLD, None, (0, 0)),
            (Some((Ambiguous, 2, 32)), OLD, Some((Ambiguous, 1, 16)), (16, 0)),
            (Some((Sending, 1, 0)), NEW, Some((Sending, 1, 0)), (0, 16)),
            (Some((Settled, 1, 16)), OLD, Some((Settled, 1, 16)), (16, 0)),
        ] {
            let mut transaction = transaction(before);
            // The answer to a release may be lost, and the release sent again: money and sends are
            // given back once.
            for _ in 0..2 {
                transaction.release(at(ROW, attempt));
                assert_eq!(after(&transaction), (row, money), "{before:?}");
            }
        }
    }

    #[test]
    fn a_retry_that_is_released_is_as_before() {
        let before = Some((RowState::Ambiguous, 2, 32));
        let mut transaction = transaction(before);
        let retry = OnAmbiguous::Retry { max_sends: 3 };
        assert_eq!(transaction.reserve(at(ROW, NEW), PERSON, retry), Reservation::Send);
        for _ in 0..2 {
            transaction.release(at(ROW, NEW));
            assert_eq!(after(&transaction), (before, (32, 0)));
        }
    }
}
