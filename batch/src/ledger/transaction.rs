//! What a group of commands does to the rows that it touches: they are looked up together, changed in memory one command after another, and
//! written together, all in one transaction. Here are the rules of a row's life, and of the budget.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::store::{Fingerprint, OnAmbiguous, Reservation, RowState, Settled};

/// Identifies one send of a row, so that an answer settles the attempt that it belongs to and no other.
pub(super) type Attempt = [u8; 16];

/// A row as the ledger keeps it.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) person: Fingerprint,
    /// The latest one.
    pub(super) attempt: Attempt,
    pub(super) state: RowState,
    /// How often it was sent, for all that is known.
    pub(super) sends: i64,
    /// What was set aside for it when it was sent last.
    pub(super) price: i64,
    /// What all its sends cost, or may have.
    pub(super) spent: i64,
    /// A new outcome. `None`: the columns of the outcome keep what they have.
    pub(super) settled: Option<Settled>,
}

/// The budget, and what is left of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Money {
    pub(super) budget: i64,
    /// What a call costs at the most.
    pub(super) each: i64,
    pub(super) spent: i64,
    pub(super) reserved: i64,
}

/// How a row differs from what the ledger has.
pub(super) enum Change<'a> {
    New(&'a Entry),
    /// Its state and its counts; its outcome is as before.
    State(&'a Entry),
    /// All of it.
    Outcome(&'a Entry, &'a Settled),
    Gone,
}

/// The rows that a group touches, and the money.
pub(super) struct Group {
    rows: HashMap<u64, Entry>,
    people: HashMap<Fingerprint, u64>,
    /// Those of the rows that the ledger has already.
    kept: HashSet<u64>,
    touched: BTreeSet<u64>,
    pub(super) money: Money,
}

impl Group {
    /// A group that touches these rows and people, of which this is known.
    pub(super) fn new(money: Money, known: Vec<(u64, Entry)>) -> Self {
        let people = known.iter().map(|(row, entry)| (entry.person, *row)).collect();
        let kept = known.iter().map(|(row, _)| *row).collect();
        Self { rows: known.into_iter().collect(), people, kept, touched: BTreeSet::new(), money }
    }

    /// Whether a row may be sent as this attempt, and its price set aside if so.
    pub(super) fn reserve(
        &mut self,
        (row, person, on_ambiguous): (u64, Fingerprint, OnAmbiguous),
        attempt: Attempt,
    ) -> Reservation {
        match self.rows.get_mut(&row) {
            Some(own) if own.person != person => return Reservation::Changed,
            Some(own) if own.state != RowState::Ambiguous => return Reservation::Known(own.state),
            Some(own) => match on_ambiguous {
                OnAmbiguous::Hold => return Reservation::Known(RowState::Ambiguous),
                OnAmbiguous::Retry { max_sends } if own.sends >= i64::from(max_sends) => {
                    return Reservation::SendLimit;
                }
                OnAmbiguous::Retry { .. } => {}
                OnAmbiguous::Skip => {
                    own.state = RowState::Settled;
                    own.settled = Some(Settled::skipped());
                    self.touched.insert(row);
                    return Reservation::Skipped;
                }
            },
            None => {
                if let Some(other) = self.people.get(&person) {
                    return Reservation::Duplicate(*other);
                }
            }
        }
        let Money { budget, each, spent, reserved } = self.money;
        let fits = spent.checked_add(reserved).and_then(|gone| gone.checked_add(each));
        if fits.is_none_or(|gone| gone > budget) {
            return Reservation::Budget;
        }
        self.money.reserved += each;
        let new =
            Entry { person, attempt, state: RowState::Sending, sends: 0, price: 0, spent: 0, settled: None };
        let own = self.rows.entry(row).or_insert(new);
        own.attempt = attempt;
        own.state = RowState::Sending;
        own.sends += 1;
        own.price = each;
        self.people.insert(person, row);
        self.touched.insert(row);
        Reservation::Send
    }

    /// Settles an attempt. What was set aside is spent where it was billed, or where that is unknown; else it is free again. Another attempt
    /// of the row is left alone. A program that opened the ledger meanwhile has taken the attempt for ambiguous, and spent its price: the
    /// answer still settles it.
    pub(super) fn settle(&mut self, row: u64, attempt: Attempt, settled: &Settled) {
        let cost = |own: &Entry| if settled.is_paid() { own.price } else { 0 };
        let Some(own) = Self::open(&mut self.rows, row, attempt) else { return };
        match own.state {
            RowState::Sending => {
                self.money.reserved -= own.price;
                self.money.spent += cost(own);
                own.spent += cost(own);
            }
            RowState::Ambiguous | RowState::Settled => {
                let refund = own.price - cost(own);
                self.money.spent -= refund;
                own.spent -= refund;
            }
        }
        own.state = settled.state();
        own.settled = Some(settled.clone());
        self.touched.insert(row);
    }

    /// Releases the reservation of an attempt: a row that was sent before is ambiguous again, with the outcome that it had; any other is as if
    /// it had not been. Another attempt of the row is left alone.
    pub(super) fn release(&mut self, row: u64, attempt: Attempt) {
        let Some(own) = Self::open(&mut self.rows, row, attempt) else { return };
        match own.state {
            RowState::Sending => self.money.reserved -= own.price,
            RowState::Ambiguous | RowState::Settled => {
                self.money.spent -= own.price;
                own.spent -= own.price;
            }
        }
        if own.sends > 1 {
            own.sends -= 1;
            own.state = RowState::Ambiguous;
            // Released once: the same release again finds no attempt.
            own.attempt = Attempt::default();
        } else {
            self.people.remove(&own.person);
            self.rows.remove(&row);
        }
        self.touched.insert(row);
    }

    /// The row of an attempt that is not settled.
    fn open(rows: &mut HashMap<u64, Entry>, row: u64, attempt: Attempt) -> Option<&mut Entry> {
        rows.get_mut(&row).filter(|own| own.attempt == attempt && own.state != RowState::Settled)
    }

    /// A row as it is after the group, with the outcome that the ledger has.
    pub(super) fn entry(&self, row: u64) -> Option<Entry> {
        self.rows.get(&row).map(|entry| Entry { settled: None, ..entry.clone() })
    }

    /// Whether anything is to be written.
    pub(super) fn is_changed(&self) -> bool {
        !self.touched.is_empty()
    }

    /// The rows that are other than they were.
    pub(super) fn changes(&self) -> impl Iterator<Item = (u64, Change<'_>)> {
        self.touched.iter().filter_map(|row| {
            let change = match (self.rows.get(row), self.kept.contains(row)) {
                (Some(entry), false) => Change::New(entry),
                (Some(entry), true) => match &entry.settled {
                    Some(settled) => Change::Outcome(entry, settled),
                    None => Change::State(entry),
                },
                (None, true) => Change::Gone,
                (None, false) => return None,
            };
            Some((*row, change))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An answer to a release may be lost, and the release be asked for again: money and sends are given back once.
    #[test]
    fn a_release_is_done_once() {
        let (person, attempt) = ([1; 16], [9; 16]);
        let sent = Entry {
            person,
            attempt: [8; 16],
            state: RowState::Ambiguous,
            sends: 2,
            price: 16,
            spent: 32,
            settled: None,
        };
        let money = Money { budget: 100, each: 16, spent: 32, reserved: 0 };
        let mut group = Group::new(money, vec![(1, sent)]);
        let retry = OnAmbiguous::Retry { max_sends: 3 };
        assert_eq!(group.reserve((1, person, retry), attempt), Reservation::Send);
        for _ in 0..2 {
            group.release(1, attempt);
            assert_eq!(group.money, money);
            let row = &group.rows[&1];
            assert_eq!((row.state, row.sends, row.spent), (RowState::Ambiguous, 2, 32));
        }
    }
}
