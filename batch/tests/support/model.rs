//! The model of a ledger: what each request changes and answers, in memory and one after another.

use std::collections::BTreeMap;

use proptest::prelude::*;
use pyi_batch::{
    Currency, Fingerprint, Money, OnAmbiguous, Reservation, RowOutcome, RowState, Store, Totals,
};
use pyi_runtime::{Billing, CallOutcome, StatusCode};

use super::Program;

pub(crate) const EACH: i64 = 16;

pub(crate) fn yuan(units: i64) -> Money {
    Money { units, currency: Currency::new("CNY", 2).unwrap() }
}

pub(crate) fn person(of: u8) -> Fingerprint {
    [of; 16]
}

/// The outcome of a row; without a status, no answer came.
pub(crate) fn settled(billing: Billing, code: Option<StatusCode>) -> RowOutcome {
    let data = code.map(|_| "{\"bank_name\":\"张三\"}".to_owned());
    let outcome = if code.is_some() { CallOutcome::Data } else { CallOutcome::Unknown };
    RowOutcome { billing, code, outcome, error: None, data }
}

/// A request to a ledger.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Reserve {
        row: u64,
        person: u8,
        on_ambiguous: OnAmbiguous,
    },
    Settle {
        row: u64,
        billing: Billing,
        code: Option<StatusCode>,
    },
    Release {
        row: u64,
    },
    /// The program stops, and another one begins.
    Stop,
}

pub(crate) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let billing = prop_oneof![
        Just(Billing::Billed),
        Just(Billing::Free),
        Just(Billing::Unknown),
        Just(Billing::NotSent)
    ];
    let on_ambiguous = prop_oneof![
        3 => Just(OnAmbiguous::Hold),
        3 => (1_u32..4).prop_map(|max_sends| OnAmbiguous::Retry { max_sends }),
        1 => Just(OnAmbiguous::Skip),
    ];
    let code = prop_oneof![Just(Some(10000.into())), Just(None)];
    let step = prop_oneof![
        4 => (0_u64..5, 0_u8..5, on_ambiguous)
            .prop_map(|(row, person, on_ambiguous)| Step::Reserve { row, person, on_ambiguous }),
        4 => (0_u64..5, billing, code).prop_map(|(row, billing, code)| Step::Settle { row, billing, code }),
        2 => (0_u64..5).prop_map(|row| Step::Release { row }),
        1 => Just(Step::Stop),
    ];
    prop::collection::vec(step, 1..40)
}

/// The model of a ledger.
#[derive(Default)]
pub(crate) struct Model {
    pub(crate) budget: i64,
    spent: i64,
    pub(crate) rows: BTreeMap<u64, Known>,
}

pub(crate) struct Known {
    pub(crate) person: u8,
    state: RowState,
    /// How often it was sent, for all that is known.
    sends: u32,
}

/// Maximum sends of a row that is sent again.
pub(crate) fn retries(on_ambiguous: OnAmbiguous) -> Option<u32> {
    match on_ambiguous {
        OnAmbiguous::Retry { max_sends } => Some(max_sends),
        _ => None,
    }
}

impl Model {
    pub(crate) fn on_their_way(&self) -> i64 {
        EACH * self.rows.values().filter(|row| row.state == RowState::Sending).count() as i64
    }

    pub(crate) fn reserve(&mut self, row: u64, person: u8, on_ambiguous: OnAmbiguous) -> Reservation {
        match self.rows.get_mut(&row) {
            Some(known) if known.person != person => return Reservation::Changed,
            Some(Known { state: RowState::Ambiguous, sends, .. }) if retries(on_ambiguous).is_some() => {
                if retries(on_ambiguous).is_some_and(|max_sends| *sends >= max_sends) {
                    return Reservation::SendLimit;
                }
            }
            Some(known) if known.state == RowState::Ambiguous && on_ambiguous == OnAmbiguous::Skip => {
                known.state = RowState::Settled;
                return Reservation::Skipped;
            }
            Some(known) => return Reservation::Known(known.state),
            None => {
                if let Some((row, _)) = self.rows.iter().find(|(_, known)| known.person == person) {
                    return Reservation::Duplicate(*row);
                }
            }
        }
        if self.spent + self.on_their_way() + EACH > self.budget {
            let is_used = self.spent + EACH > self.budget;
            return if is_used { Reservation::BudgetUsed } else { Reservation::BudgetHeld };
        }
        let sends = self.rows.get(&row).map_or(0, |known| known.sends) + 1;
        self.rows.insert(row, Known { person, state: RowState::Sending, sends });
        Reservation::Send
    }

    pub(crate) fn settle(&mut self, row: u64, billing: Billing, code: Option<StatusCode>) {
        if let Some(Known { state: state @ RowState::Sending, .. }) = self.rows.get_mut(&row) {
            let nobody_knows = (billing, code) == (Billing::Unknown, None);
            *state = if nobody_knows { RowState::Ambiguous } else { RowState::Settled };
            self.spent += if matches!(billing, Billing::Billed | Billing::Unknown) { EACH } else { 0 };
        }
    }

    pub(crate) fn release(&mut self, row: u64) {
        match self.rows.get_mut(&row) {
            Some(known) if known.state == RowState::Sending && known.sends > 1 => {
                known.state = RowState::Ambiguous;
                known.sends -= 1;
            }
            Some(known) if known.state == RowState::Sending => drop(self.rows.remove(&row)),
            _ => {}
        }
    }

    pub(crate) fn stop(&mut self) {
        self.spent += self.on_their_way();
        for known in self.rows.values_mut().filter(|row| row.state == RowState::Sending) {
            known.state = RowState::Ambiguous;
        }
    }

    pub(crate) fn totals(&self) -> Totals {
        let count = |wanted: RowState| self.rows.values().filter(|row| row.state == wanted).count() as u64;
        Totals {
            spent: yuan(self.spent),
            reserved: yuan(self.on_their_way()),
            settled: count(RowState::Settled),
            ambiguous: count(RowState::Ambiguous),
            sending: count(RowState::Sending),
        }
    }
}

/// Asks a store and its model the same, and compares their answers and totals. `reopen` ends a
/// program, if there is one, and begins another.
pub(crate) async fn follow<S: Store>(
    steps: Vec<Step>,
    budget: i64,
    reopen: impl AsyncFn(Option<S>) -> S,
) -> Result<(), TestCaseError> {
    let mut program = Program::new(reopen(None).await);
    let mut model = Model { budget, ..Model::default() };
    // The number of sends of each person.
    let mut unasked: BTreeMap<u8, u32> = BTreeMap::new();
    for step in steps {
        match step {
            Step::Reserve { row, person: of, on_ambiguous } => {
                let told = program.reserve(row, person(of), on_ambiguous).await.unwrap();
                let anew = !model.rows.contains_key(&row);
                prop_assert_eq!(told, model.reserve(row, of, on_ambiguous));
                if told == Reservation::Send && anew {
                    *unasked.entry(of).or_default() += 1;
                }
            }
            Step::Settle { row, billing, code } => {
                program.settle(row, settled(billing, code)).await.unwrap();
                model.settle(row, billing, code);
            }
            Step::Release { row } => {
                program.release(row).await.unwrap();
                let before = model.rows.get(&row).map(|known| known.person);
                model.release(row);
                if let Some(of) = before.filter(|_| !model.rows.contains_key(&row)) {
                    *unasked.entry(of).or_default() -= 1;
                }
            }
            Step::Stop => {
                program = Program::new(reopen(Some(program.into_store())).await);
                model.stop();
            }
        }
        let totals = program.totals().await.unwrap();
        prop_assert_eq!(totals, model.totals());
        prop_assert!(totals.spent.units + totals.reserved.units <= budget);
        prop_assert!(unasked.values().all(|sends| *sends <= 1));
    }
    Ok(())
}
