//! Answers of earlier batches in PostgreSQL: a batch takes those that were billed and are decided,
//! calls the others, and pays for these alone.

// A failed assumption of a test is a failure of the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(unix)]

mod support;

use std::collections::BTreeSet;
use std::time::Duration;

use pyi_batch::{BatchId, NewBatch, NewRow, PostgresStore, RowOutcome, StoreUrl, Submission, WrappingKey};
use pyi_runtime::{Billing, CallOutcome};

use crate::support::postgres::{database, look};
use crate::support::submitted::{
    EACH, Provider, Submitted, answer, info, key, values_of, work, wrapping, yuan,
};

const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);
const ROWS: u64 = 60;

/// What an earlier batch met. Rows 10 to 19 are a chunk whose answers can all be taken.
fn met(row: u64) -> RowOutcome {
    let billed = answer(Billing::Billed);
    match row {
        10..20 => billed,
        _ => match row % 6 {
            0 => billed,
            1 => RowOutcome { outcome: CallOutcome::NoData, data: None, ..billed },
            2 => answer(Billing::Free),
            3 => RowOutcome { outcome: CallOutcome::Undecodable, ..billed },
            4 => RowOutcome { outcome: CallOutcome::Pending, ..billed },
            _ => RowOutcome { outcome: CallOutcome::Unknown, code: None, ..answer(Billing::Unknown) },
        },
    }
}

fn is_taken(row: u64) -> bool {
    (10..20).contains(&row) || row % 6 < 2
}

/// Submits a batch whose last row has the person of its first one.
async fn submit(
    url: &StoreUrl,
    (rows, account, reuse): (u64, &str, Option<Duration>),
    wrapping: &WrappingKey,
) -> (Submitted, Submission) {
    let mut store = PostgresStore::new(url, &[]);
    store.migrate().await.unwrap();
    let info = info(1000);
    let batch = NewBatch {
        id: BatchId::random().unwrap(),
        info: &info,
        account,
        key: &key(),
        chunk_rows: 10,
        person_interval: Duration::ZERO,
        keep: None,
        reuse,
    };
    let row = |number| Ok(NewRow { number, values: values_of(if number == rows - 1 { 0 } else { number }) });
    let submission = store.submit(&batch, wrapping, (0..rows).map(row)).await.unwrap();
    assert!(submission.is_new);
    (Submitted { url: url.clone(), id: batch.id }, submission)
}

async fn execute(url: &StoreUrl, statement: &'static str) {
    sqlx::raw_sql(statement).execute(&mut look(url).await).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_takes_billed_answers_and_pays_for_the_others() {
    let url = database().await;
    let (first, submission) = submit(&url, (ROWS, "an account", Some(WEEK)), &wrapping()).await;
    assert_eq!((submission.reused, submission.unread.len()), (0, 0), "there is no earlier batch");
    let provider = Provider::default();
    work(&first.worker().await, &provider, met).await;
    assert_eq!(provider.rows(), ROWS - 1);

    // Another account's answers are not taken.
    let (other, submission) = submit(&url, (ROWS, "another account", Some(WEEK)), &wrapping()).await;
    assert_eq!(submission.reused, 0);
    PostgresStore::new(&url, &[]).forget(other.id).await.unwrap();

    let (second, submission) = submit(&url, (ROWS + 20, "an account", Some(WEEK)), &wrapping()).await;
    let taken: BTreeSet<u64> = (0..ROWS - 1).filter(|row| is_taken(*row)).collect();
    assert_eq!((submission.reused, submission.unread.len()), (taken.len() as u64, 0));
    let mut store = PostgresStore::new(&url, &[]);
    let before = store.status(second.id).await.unwrap();
    assert_eq!((before.totals.settled, before.totals.spent), (submission.reused, yuan(0)));
    assert_eq!(before.chunks_done, 1, "a chunk whose rows have their answers is done");
    let provider = Provider::default();
    let met_now = work(&second.worker().await, &provider, |_| answer(Billing::Billed)).await;
    let sent: BTreeSet<u64> = provider.calls().into_keys().collect();
    assert_eq!(provider.rows(), sent.len() as u64);
    assert_eq!(sent, (0..ROWS + 19).filter(|row| !taken.contains(row)).collect());
    assert_eq!(met_now.duplicates, 1, "the last row has the person of a row with an earlier answer");
    assert_eq!(second.funds().await.spent, i64::try_from(sent.len()).unwrap() * EACH);

    // The answers are the second batch's own: they stay when the first one is forgotten.
    store.forget(first.id).await.unwrap();
    let records = store.page(second.id, &wrapping(), 0, 1000).await.unwrap();
    assert_eq!(records.len() as u64, ROWS + 19);
    for (row, record) in records {
        let outcome = record.outcome.unwrap();
        assert_eq!(record.reused.is_some(), taken.contains(&row));
        if taken.contains(&row) {
            assert_eq!(outcome, RowOutcome { billing: Billing::NotSent, ..met(row) });
        }
    }
    assert_eq!(
        store.sent_rows(second.id).await.unwrap().len(),
        sent.len(),
        "a bill is compared with the calls"
    );
    let plain: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM sent WHERE position('reply-canary'::bytea IN data_sealed) > 0",
    )
    .fetch_one(&mut look(&url).await)
    .await
    .unwrap();
    assert_eq!(plain, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_old_or_cannot_be_read_is_not_taken() {
    let url = database().await;
    let billed = |_| answer(Billing::Billed);
    let (first, _) = submit(&url, (ROWS, "an account", None), &wrapping()).await;
    work(&first.worker().await, &Provider::default(), billed).await;
    let (second, submission) = submit(&url, (ROWS / 2, "an account", Some(WEEK)), &wrapping()).await;
    assert_eq!(submission.reused, ROWS / 2 - 1);
    // The age of an answer is that of its call, through every batch that took it.
    execute(&url, "UPDATE sent SET sent_at = sent_at - 8 * 24 * 3600 WHERE sends > 0 AND number < 20").await;
    let (_, submission) = submit(&url, (ROWS, "an account", Some(WEEK)), &wrapping()).await;
    assert_eq!(submission.reused, ROWS - 1 - 20);
    let (_, submission) = submit(&url, (ROWS, "an account", Some(2 * WEEK)), &wrapping()).await;
    assert_eq!(submission.reused, ROWS - 1);
    // Another wrapping key opens none of the four.
    let (_, submission) = submit(&url, (ROWS, "an account", Some(WEEK)), &WrappingKey::new(&[4; 32])).await;
    assert_eq!((submission.reused, submission.unread.len()), (0, 4));
    assert!(submission.unread[0].1.to_string().contains("not the key"), "{:?}", submission.unread);
    // What is forgotten, or kept for longer than its time, is not taken.
    let mut store = PostgresStore::new(&url, &[]);
    store.forget(first.id).await.unwrap();
    let (_, submission) = submit(&url, (ROWS, "an account", Some(2 * WEEK)), &wrapping()).await;
    assert_eq!(submission.reused, 0, "the other batches have sent nobody");
    assert_eq!(store.page(second.id, &wrapping(), 0, 1000).await.unwrap().len() as u64, ROWS / 2 - 1);
}
