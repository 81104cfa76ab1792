//! What a group of commands does to the rows that it touches: they are looked up together, changed in memory one command after another, and
//! written together. Here are the rules of a row's life, and of the budget.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::store::{Fingerprint, Intended, OnAmbiguous, Settled, State};

/// A row as the ledger keeps it.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) person: Fingerprint,
    pub(super) state: State,
    /// How often it was sent, for all that is known.
    pub(super) sends: i64,
    /// What was set aside for it when it was sent last.
    pub(super) price: i64,
    /// What all its sends cost, or may have.
    pub(super) spent: i64,
    /// What came of it: of a row that is changed, never of one that was only looked up.
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

/// What became of a row.
pub(super) enum Change<'a> {
    New(&'a Entry),
    Other(&'a Entry),
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

    /// Whether a row may be sent, and its price set aside if so.
    pub(super) fn intend(&mut self, row: u64, person: Fingerprint, on_ambiguous: OnAmbiguous) -> Intended {
        match self.rows.get_mut(&row) {
            Some(own) if own.person != person => return Intended::Changed,
            Some(own) if own.state != State::Ambiguous => return Intended::Known(own.state),
            Some(own) => match on_ambiguous {
                OnAmbiguous::Hold => return Intended::Known(State::Ambiguous),
                OnAmbiguous::Retry => {}
                OnAmbiguous::Skip => {
                    own.state = State::Settled;
                    own.settled = Some(Settled::skipped());
                    self.touched.insert(row);
                    return Intended::Skipped;
                }
            },
            None => {
                if let Some(other) = self.people.get(&person) {
                    return Intended::Duplicate(*other);
                }
            }
        }
        let Money { budget, each, spent, reserved } = self.money;
        let fits = spent.checked_add(reserved).and_then(|gone| gone.checked_add(each));
        if fits.is_none_or(|gone| gone > budget) {
            return Intended::Budget;
        }
        self.money.reserved += each;
        let (sends, spent) = self.rows.get(&row).map_or((0, 0), |own| (own.sends, own.spent));
        let sent =
            Entry { person, state: State::Sending, sends: sends + 1, price: each, spent, settled: None };
        self.rows.insert(row, sent);
        self.people.insert(person, row);
        self.touched.insert(row);
        Intended::Send
    }

    /// What was set aside is spent where it was billed, or nobody knows; else it is free again. A row that is not on its way is left alone.
    pub(super) fn settle(&mut self, row: u64, settled: &Settled) {
        let Some(own) = self.rows.get_mut(&row).filter(|own| own.state == State::Sending) else { return };
        own.state = settled.state();
        own.settled = Some(settled.clone());
        self.touched.insert(row);
        let cost = if settled.is_paid() { own.price } else { 0 };
        own.spent += cost;
        self.money.reserved -= own.price;
        self.money.spent += cost;
    }

    /// A row that was sent before, when nobody knew what came of it, is ambiguous again; any other is as if it had not been. A row that is
    /// not on its way is left alone.
    pub(super) fn withdraw(&mut self, row: u64) {
        let Some(own) = self.rows.get_mut(&row).filter(|own| own.state == State::Sending) else { return };
        self.money.reserved -= own.price;
        if own.sends > 1 {
            own.sends -= 1;
            own.state = State::Ambiguous;
        } else {
            self.people.remove(&own.person);
            self.rows.remove(&row);
        }
        self.touched.insert(row);
    }

    /// The rows that are other than they were.
    pub(super) fn changes(&self) -> impl Iterator<Item = (u64, Change<'_>)> {
        self.touched.iter().filter_map(|row| {
            let change = match (self.rows.get(row), self.kept.contains(row)) {
                (Some(entry), false) => Change::New(entry),
                (Some(entry), true) => Change::Other(entry),
                (None, true) => Change::Gone,
                (None, false) => return None,
            };
            Some((*row, change))
        })
    }

    /// The rows that are on their way, as far as they were touched, and those that no longer are.
    pub(super) fn into_sending(self) -> impl Iterator<Item = (u64, Option<Entry>)> {
        let Self { mut rows, touched, .. } = self;
        touched.into_iter().map(move |row| (row, rows.remove(&row).filter(|own| own.state == State::Sending)))
    }
}
