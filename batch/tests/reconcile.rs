//! Bills of the provider against ledgers: what is decided is true, whatever was billed, and what
//! cannot be known stays ambiguous.

// A failed assumption of a test is a failure of the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;
use pyi_batch::{
    BatchInfo, BillLine, Key, Ledger, OnAmbiguous, Reconciliation, Reservation, RowCost, SANDBOX, SentRow,
    Undecided, reconcile,
};
use pyi_runtime::Billing;

use crate::support::Program;
use crate::support::model::{EACH, person, settled, yuan};

mod support;

const WINDOW: Duration = Duration::from_secs(60);

proptest! {
    /// The provider billed some sends, once each, within the window of their time. People are sent
    /// again by other batches, at times far from these. Whatever the comparison decides is so.
    #[test]
    fn a_decision_is_true(
        sends in prop::collection::vec((0_u8..6, 0_i64..20, any::<bool>(), 0_u8..3, -60_i64..=60), 1..30),
        covered in (0_i64..8, 8_i64..20),
    ) {
        // A person is sent at most once in each stretch of time, as the interval per person has it.
        let mut rows: BTreeMap<(u8, i64), (bool, u8, i64)> = BTreeMap::new();
        for (person, stretch, is_billed, cost, late) in sends {
            rows.insert((person, stretch), (is_billed, cost, late));
        }
        let covered = covered.0 * 1000..=covered.1 * 1000;
        let mut bill = Vec::new();
        let mut sent = Vec::new();
        for (index, ((person, stretch), (is_billed, cost, late))) in (1..).zip(&rows) {
            let at = stretch * 1000 + 500;
            if *is_billed && covered.contains(&(at + late)) {
                bill.push(BillLine { line: index + 100, person: [*person; 16], at: at + late });
            }
            let cost = match cost {
                // The ledger knows what was so.
                0 if *is_billed => RowCost::Billed,
                0 => RowCost::Free,
                _ => RowCost::Ambiguous,
            };
            sent.push(SentRow { number: index, person: [*person; 16], sent_at: Some(at), sends: 1, cost });
        }
        let found = reconcile(&bill, covered.clone(), &sent, WINDOW);
        let truth: Vec<(bool, RowCost, i64)> =
            sent.iter().zip(rows.values()).map(|(row, (is_billed, ..))| (*is_billed, row.cost, row.sent_at.unwrap())).collect();
        let of = |number: u64| truth[usize::try_from(number).unwrap() - 1];
        for (row, line) in found.billed.iter().chain(&found.matched) {
            prop_assert!(of(*row).0 && line - 100 == *row);
        }
        for row in &found.free {
            prop_assert!(!of(*row).0);
        }
        // All that is surely covered is decided, and nothing is missing or extra.
        prop_assert!(found.missing.is_empty() && found.extra.is_empty(), "{found:?}");
        for (row, why) in &found.undecided {
            let at = of(*row).2;
            prop_assert_eq!(*why, Undecided::Outside);
            prop_assert!(!(covered.contains(&(at - 60)) && covered.contains(&(at + 60))));
        }
        let ambiguous = truth.iter().filter(|row| row.1 == RowCost::Ambiguous).count();
        prop_assert_eq!(found.billed.len() + found.free.len() + found.undecided.len(), ambiguous);
    }
}

#[test]
fn what_could_be_two_things_is_left_alone() {
    let row =
        |number, person, cost| SentRow { number, person: [person; 16], sent_at: Some(500), sends: 1, cost };
    let line = |line, person, at| BillLine { line, person: [person; 16], at };
    let rows = [
        row(1, 1, RowCost::Ambiguous),
        row(2, 2, RowCost::Billed),
        row(3, 3, RowCost::Free),
        row(4, 4, RowCost::Billed),
        SentRow { sent_at: None, ..row(5, 5, RowCost::Ambiguous) },
        SentRow { sends: 2, ..row(6, 6, RowCost::Ambiguous) },
        row(7, 7, RowCost::Sending),
    ];
    let bill = [
        line(11, 1, 480),
        line(12, 1, 520),
        line(13, 2, 510),
        line(14, 2, 501),
        line(15, 3, 500),
        line(16, 9, 500),
        line(17, 6, 500),
        line(18, 2, 9000),
    ];
    let found = reconcile(&bill, 0..=9999, &rows, WINDOW);
    assert_eq!(
        found,
        Reconciliation {
            // The nearest line is the row's; the other one is billed without a call.
            matched: vec![(2, 14)],
            missing: vec![4],
            extra: vec![13, 15, 16, 18],
            billed: Vec::new(),
            free: Vec::new(),
            undecided: vec![(1, Undecided::Several), (5, Undecided::NoTime), (6, Undecided::SentAgain)],
            not_covered: 0,
        }
    );
}

/// A bill settles a ledger once, in one step, and the money is right.
#[tokio::test(flavor = "multi_thread")]
async fn a_bill_is_applied_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger");
    let key = Key::new(b"a key of the tests, which opens nothing at all");
    let info = BatchInfo {
        endpoint: "id_card_two_factor".to_owned(),
        target: SANDBOX.to_owned(),
        budget: yuan(10 * EACH),
        unit_price: yuan(EACH),
    };
    let ledger = Program::new(Ledger::open(&path, &info, &key).await.unwrap());
    for row in 1..=4 {
        assert_eq!(
            ledger.reserve(row, person(u8::try_from(row).unwrap()), OnAmbiguous::Hold).await.unwrap(),
            Reservation::Send
        );
    }
    ledger.settle(1, settled(Billing::Billed, None)).await.unwrap();
    let refused = Ledger::apply_bill(&path, b"a digest", &Reconciliation::default()).await.unwrap_err();
    assert!(refused.to_string().contains("open"), "{refused}");
    // Rows 2 to 4 were in flight when the program stopped.
    ledger.into_store().close().await.unwrap();
    let rows = Ledger::sent_rows(&path).await.unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let now = i64::try_from(now).unwrap();
    assert!(rows.iter().all(|row| row.sent_at.is_some_and(|at| now.abs_diff(at) < 600)), "{rows:?}");
    let costs: Vec<RowCost> = rows.iter().map(|row| row.cost).collect();
    let ambiguous = RowCost::Ambiguous;
    assert_eq!(costs, [RowCost::Billed, ambiguous, ambiguous, ambiguous]);
    let bill =
        [1, 3].map(|row| BillLine { line: row + 1, person: person(u8::try_from(row).unwrap()), at: now });
    let found = reconcile(&bill, 0..=i64::MAX, &rows, Duration::from_secs(3600));
    assert_eq!((&found.matched, &found.billed, &found.free), (&vec![(1, 2)], &vec![(3, 4)], &vec![2, 4]));
    for is_new in [true, false] {
        assert_eq!(Ledger::apply_bill(&path, b"a digest", &found).await.unwrap(), is_new);
        let totals = Ledger::report(&path).await.unwrap().totals;
        assert_eq!((totals.settled, totals.ambiguous, totals.sending), (4, 0, 0));
        assert_eq!((totals.spent, totals.reserved), (yuan(2 * EACH), yuan(0)));
    }
    // A run goes on with what is left, and sends nobody again.
    let ledger = Program::new(Ledger::open(&path, &info, &key).await.unwrap());
    for row in 1..=4 {
        let known = ledger
            .reserve(row, person(u8::try_from(row).unwrap()), OnAmbiguous::Retry { max_sends: 9 })
            .await
            .unwrap();
        assert!(matches!(known, Reservation::Known(_)), "{known:?}");
    }
    assert_eq!(ledger.reserve(5, person(5), OnAmbiguous::Hold).await.unwrap(), Reservation::Send);
}
