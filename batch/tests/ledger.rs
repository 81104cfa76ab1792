//! The ledger compared with a model: for any requests and stops, no row and no person is sent twice
//! unasked, the budget holds, and reported outcomes are stored.

// A failed assumption of a test is a failure of the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;
use pyi_batch::{
    BatchInfo, Currency, Fingerprint, Key, Ledger, Money, OnAmbiguous, Reservation, RowOutcome, RowState,
    SANDBOX, Store, Totals,
};
use pyi_runtime::{Billing, CallOutcome, StatusCode};

use crate::support::Program;

mod support;

const EACH: i64 = 16;
const TARGET: &str = SANDBOX;

fn yuan(units: i64) -> Money {
    Money { units, currency: Currency::new("CNY", 2).unwrap() }
}

fn info(budget: i64) -> BatchInfo {
    BatchInfo {
        endpoint: "id_card_two_factor".to_owned(),
        target: TARGET.to_owned(),
        budget: yuan(budget),
        unit_price: yuan(EACH),
    }
}

fn key() -> Key {
    Key::new(b"a key of the tests, which opens nothing at all")
}

fn person(of: u8) -> Fingerprint {
    [of; 16]
}

/// The outcome of a row; without a status, no answer came.
fn settled(billing: Billing, code: Option<StatusCode>) -> RowOutcome {
    let data = code.map(|_| "{\"bank_name\":\"张三\"}".to_owned());
    let outcome = if code.is_some() { CallOutcome::Data } else { CallOutcome::Unknown };
    RowOutcome { billing, code, outcome, error: None, data }
}

async fn open(path: &Path, budget: i64) -> Program<Ledger> {
    Program::new(Ledger::open(path, &info(budget), &key()).await.unwrap())
}

/// A request to a ledger.
#[derive(Debug, Clone)]
enum Step {
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

fn steps() -> impl Strategy<Value = Vec<Step>> {
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
struct Model {
    budget: i64,
    spent: i64,
    rows: BTreeMap<u64, Known>,
}

struct Known {
    person: u8,
    state: RowState,
    /// How often it was sent, for all that is known.
    sends: u32,
}

/// Maximum sends of a row that is sent again.
fn retries(on_ambiguous: OnAmbiguous) -> Option<u32> {
    match on_ambiguous {
        OnAmbiguous::Retry { max_sends } => Some(max_sends),
        _ => None,
    }
}

impl Model {
    fn on_their_way(&self) -> i64 {
        EACH * self.rows.values().filter(|row| row.state == RowState::Sending).count() as i64
    }

    fn reserve(&mut self, row: u64, person: u8, on_ambiguous: OnAmbiguous) -> Reservation {
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

    fn settle(&mut self, row: u64, billing: Billing, code: Option<StatusCode>) {
        if let Some(Known { state: state @ RowState::Sending, .. }) = self.rows.get_mut(&row) {
            let nobody_knows = (billing, code) == (Billing::Unknown, None);
            *state = if nobody_knows { RowState::Ambiguous } else { RowState::Settled };
            self.spent += if matches!(billing, Billing::Billed | Billing::Unknown) { EACH } else { 0 };
        }
    }

    fn release(&mut self, row: u64) {
        match self.rows.get_mut(&row) {
            Some(known) if known.state == RowState::Sending && known.sends > 1 => {
                known.state = RowState::Ambiguous;
                known.sends -= 1;
            }
            Some(known) if known.state == RowState::Sending => drop(self.rows.remove(&row)),
            _ => {}
        }
    }

    fn stop(&mut self) {
        self.spent += self.on_their_way();
        for known in self.rows.values_mut().filter(|row| row.state == RowState::Sending) {
            known.state = RowState::Ambiguous;
        }
    }

    fn totals(&self) -> Totals {
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn a_ledger_is_its_model(steps in steps(), budget in 0_i64..5 * EACH) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("ledger");
            let mut ledger = open(&path, budget).await;
            let mut model = Model { budget, ..Model::default() };
            // The number of sends of each person.
            let mut unasked: BTreeMap<u8, u32> = BTreeMap::new();
            for step in steps {
                match step {
                    Step::Reserve { row, person: of, on_ambiguous } => {
                        let told = ledger.reserve(row, person(of), on_ambiguous).await.unwrap();
                        let anew = !model.rows.contains_key(&row);
                        prop_assert_eq!(told, model.reserve(row, of, on_ambiguous));
                        if told == Reservation::Send && anew {
                            *unasked.entry(of).or_default() += 1;
                        }
                    }
                    Step::Settle { row, billing, code } => {
                        ledger.settle(row, settled(billing, code)).await.unwrap();
                        model.settle(row, billing, code);
                    }
                    Step::Release { row } => {
                        ledger.release(row).await.unwrap();
                        let before = model.rows.get(&row).map(|known| known.person);
                        model.release(row);
                        if let Some(of) = before.filter(|_| !model.rows.contains_key(&row)) {
                            *unasked.entry(of).or_default() -= 1;
                        }
                    }
                    Step::Stop => {
                        ledger.into_store().close().await.unwrap();
                        ledger = open(&path, budget).await;
                        model.stop();
                    }
                }
                let totals = ledger.totals().await.unwrap();
                prop_assert_eq!(totals, model.totals());
                prop_assert!(totals.spent.units + totals.reserved.units <= budget);
                prop_assert!(unasked.values().all(|sends| *sends <= 1));
            }
            Ok(())
        })?;
    }
}

/// Rows that wait for each other share a transaction, and each gets its own result.
#[tokio::test(flavor = "multi_thread")]
async fn many_rows_at_once_are_each_sent_once() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(&folder.path().join("ledger"), 100 * EACH).await;
    let asked = (0..400_u64).map(|ask| {
        let ledger = ledger.clone();
        let of = person((ask % 200) as u8);
        tokio::spawn(async move { ledger.reserve(ask % 200, of, OnAmbiguous::Hold).await.unwrap() })
    });
    let asked: Vec<_> = asked.collect();
    let mut sent = 0;
    for told in asked {
        sent += u32::from(told.await.unwrap() == Reservation::Send);
    }
    // No more than the budget covers, and no row twice.
    assert_eq!(sent, 100);
    let totals = ledger.totals().await.unwrap();
    assert_eq!((totals.sending, totals.reserved.units, totals.spent.units), (100, 100 * EACH, 0));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_is_its_owners_alone_and_one_programs_at_a_time() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger");
    let ledger = open(&path, EACH).await;
    ledger.reserve(1, person(1), OnAmbiguous::Hold).await.unwrap();
    ledger.settle(1, settled(Billing::Billed, Some(10000.into()))).await.unwrap();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.file_name());
    }
    let other = Ledger::open(&path, &info(EACH), &key()).await.unwrap_err().to_string();
    assert!(other.contains("another program has it open"), "{other}");
    // Its progress can be read.
    assert!(Ledger::report(&path).await.unwrap().is_running);
    ledger.into_store().close().await.unwrap();
    assert!(!Ledger::report(&path).await.unwrap().is_running);
    // A price may change while a batch is under way, what is called may not.
    let dearer = BatchInfo { unit_price: yuan(EACH + 1), ..info(EACH) };
    Ledger::open(&path, &dearer, &key()).await.unwrap().close().await.unwrap();
    let other = BatchInfo { endpoint: "bank_card".to_owned(), ..info(EACH) };
    let error = Ledger::open(&path, &other, &key()).await.unwrap_err().to_string();
    assert!(error.contains("give each batch its own"), "{error}");
    // What the sandbox answered is not taken for the provider's answer.
    let provider = BatchInfo { target: "https://provider.example".to_owned(), ..info(EACH) };
    let error = Ledger::open(&path, &provider, &key()).await.unwrap_err().to_string();
    assert!(error.contains("was sent to the sandbox, and not to https://provider.example"), "{error}");
    let error = Ledger::move_to(&path, &provider.target).await.unwrap_err().to_string();
    assert!(error.contains("does not move to"), "{error}");
    // Another key would identify no person.
    let other = Ledger::open(&path, &info(EACH), &Key::new(&[7; 32])).await.unwrap_err().to_string();
    assert!(other.contains("not the key that the ledger was begun with"), "{other}");
    let nowhere =
        Ledger::open(Path::new("/nowhere/ledger"), &info(EACH), &key()).await.unwrap_err().to_string();
    assert!(nowhere.contains("cannot be made"), "{nowhere}");
}

/// A batch moves with its account from one address to another, and to the sandbox it does not.
#[tokio::test]
async fn a_ledger_moves_between_addresses_and_not_to_the_sandbox() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger");
    let at = |target: &str| BatchInfo { target: target.to_owned(), ..info(EACH) };
    let (old, new) = (at("http://provider.example"), at("https://provider.example"));
    Ledger::open(&path, &old, &key()).await.unwrap().close().await.unwrap();
    assert!(Ledger::move_to(&path, SANDBOX).await.is_err());
    let error = Ledger::open(&path, &new, &key()).await.unwrap_err().to_string();
    assert!(error.contains("was sent to http://provider.example, and not to https://"), "{error}");
    Ledger::move_to(&path, &new.target).await.unwrap();
    Ledger::open(&path, &new, &key()).await.unwrap().close().await.unwrap();
}

/// A person is free again as soon as the row is that had him, also within one group.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_is_withdrawn_and_its_duplicate_intended_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(&folder.path().join("ledger"), 100 * EACH).await;
    for round in 0..50_u64 {
        let (first, second) = (2 * round, 2 * round + 1);
        let person = person(round as u8);
        assert_eq!(ledger.reserve(first, person, OnAmbiguous::Hold).await.unwrap(), Reservation::Send);
        let (withdrawn, intended) =
            tokio::join!(ledger.release(first), ledger.reserve(second, person, OnAmbiguous::Hold));
        withdrawn.unwrap();
        assert_eq!(intended.unwrap(), Reservation::Send);
        ledger.settle(second, settled(Billing::Free, Some(10025.into()))).await.unwrap();
    }
    let totals = ledger.totals().await.unwrap();
    assert_eq!((totals.settled, totals.sending, totals.spent.units, totals.reserved.units), (50, 0, 0, 0));
}

/// What each row cost is what the batch cost, however often some of them were sent.
#[tokio::test]
async fn a_report_adds_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger");
    let ledger = open(&path, 100 * EACH).await;
    for row in 0..4 {
        ledger.reserve(row, person(row as u8), OnAmbiguous::Hold).await.unwrap();
    }
    ledger.settle(0, settled(Billing::Billed, Some(10000.into()))).await.unwrap();
    ledger.settle(1, settled(Billing::Free, Some(10025.into()))).await.unwrap();
    ledger.settle(2, settled(Billing::Unknown, None)).await.unwrap();
    ledger.into_store().close().await.unwrap();
    // Row 3 was on its way, row 2 had no answer; both are sent again, at another price, and one of
    // them is answered.
    let dearer = BatchInfo { unit_price: yuan(EACH + 1), ..info(100 * EACH) };
    let ledger = Program::new(Ledger::open(&path, &dearer, &key()).await.unwrap());
    for row in 2..4 {
        let told = ledger.reserve(row, person(row as u8), OnAmbiguous::Retry { max_sends: 2 }).await.unwrap();
        assert_eq!(told, Reservation::Send);
    }
    ledger.settle(2, settled(Billing::Billed, Some(10000.into()))).await.unwrap();
    let report = Ledger::report(&path).await.unwrap();
    let settled: i64 = report.lines.iter().map(|line| line.spent.units).sum();
    assert_eq!((settled, report.repeated), (EACH + EACH + EACH + 1, 2));
    assert_eq!(report.uncertain.units, EACH + EACH + 1);
    assert_eq!(settled + report.uncertain.units, report.totals.spent.units + report.totals.reserved.units);
    ledger.into_store().close().await.unwrap();
}

/// Files of other programs are not changed.
#[tokio::test]
async fn a_file_that_is_no_ledger_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes");
    std::fs::write(&path, "no ledger, and longer than the head of one: ".repeat(10)).unwrap();
    let before = std::fs::metadata(&path).unwrap().permissions();
    assert!(Ledger::open(&path, &info(EACH), &key()).await.is_err());
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("no ledger"));
    assert_eq!(std::fs::metadata(&path).unwrap().permissions(), before);
}

/// One file has one lock, under whichever name.
#[cfg(unix)]
#[tokio::test]
async fn a_ledger_of_two_names_is_one_programs() {
    let folder = tempfile::tempdir().unwrap();
    let (path, other) = (folder.path().join("ledger"), folder.path().join("current"));
    let ledger = open(&path, EACH).await;
    std::os::unix::fs::symlink(&path, &other).unwrap();
    let error = Ledger::open(&other, &info(EACH), &key()).await.unwrap_err().to_string();
    assert!(error.contains("another program has it open"), "{error}");
    assert!(Ledger::report(&other).await.unwrap().is_running);
    ledger.into_store().close().await.unwrap();
}

/// A lookup of states, with an unknown and a repeated person.
#[tokio::test]
async fn states_are_those_of_the_rows() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(&folder.path().join("ledger"), 100 * EACH).await;
    for row in [1_u8, 2] {
        ledger.reserve(row.into(), [row; 16], OnAmbiguous::Hold).await.unwrap();
    }
    ledger.settle(1, settled(Billing::Billed, Some(10000.into()))).await.unwrap();
    let states = ledger.states([2, 9, 1, 2].map(|person| [person; 16]).to_vec()).await.unwrap();
    let (first, second) = (Some((1, RowState::Settled)), Some((2, RowState::Sending)));
    assert_eq!(states, [second, None, first, second]);
}
