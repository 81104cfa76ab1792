//! The plans of statements. Those that a worker repeats for every few rows are made once, while the
//! tables may still be empty, and must find each row by its own key.

// A failed assumption of a test is a failure of the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(unix)]

mod support;

use pyi_runtime::Billing;
use sqlx::{AssertSqlSafe, Row as _};

use crate::support::postgres::{database, look};
use crate::support::submitted::{Provider, Shape, Submitted, answer, work};

/// The settings of a worker's transaction.
const SETTINGS: &str =
    "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_bitmapscan = off;
    SET enable_hashjoin = off; SET enable_mergejoin = off";

const NUMBER: &str = "Index Cond: ((batch = $1) AND (number = ";
const PERSON: &str = "Index Cond: (person = wanted";

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_of_an_empty_table_finds_rows_by_their_keys() {
    let batch = Submitted::new(&database().await, &Shape { rows: 0, ..Shape::default() }).await;
    let mut connection = look(&batch.url).await;
    sqlx::raw_sql(SETTINGS).execute(&mut connection).await.unwrap();
    for (name, statement, arguments, expected) in [
        (
            "read_rows",
            include_str!("../src/postgres/sql/read_rows.sql"),
            "1, '{}', '{}'",
            &[NUMBER, PERSON][..],
        ),
        ("find", include_str!("../src/postgres/sql/find.sql"), "1, '{}'", &[PERSON]),
        ("states", include_str!("../src/postgres/sql/states.sql"), "1, '{}'", &[PERSON]),
        ("inputs", include_str!("../src/postgres/sql/inputs.sql"), "1, 0, 10", &[NUMBER]),
        ("delete_rows", include_str!("../src/postgres/sql/delete_rows.sql"), "1, '{}'", &[NUMBER]),
        (
            "write_rows",
            include_str!("../src/postgres/sql/write_rows.sql"),
            "1, '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', \
             '{}', '{}', '{}', '{}', '{}'",
            &[NUMBER, "Tid Scan on sent", NUMBER, "Tid Scan on sent"],
        ),
    ] {
        let prepare = AssertSqlSafe(format!("PREPARE {name} AS {statement}"));
        sqlx::raw_sql(prepare).execute(&mut connection).await.unwrap();
        let explain = AssertSqlSafe(format!("EXPLAIN EXECUTE {name} ({arguments})"));
        let plan = sqlx::raw_sql(explain).fetch_all(&mut connection).await.unwrap();
        let plan: Vec<String> = plan.iter().map(|line| line.get(0)).collect();
        let plan = plan.join("\n");
        let mut rest = plan.as_str();
        for part in expected {
            let at = rest.find(part).unwrap_or_else(|| panic!("{name} lacks {part}:\n{plan}"));
            rest = &rest[at + part.len()..];
        }
        let lookups = expected.iter().filter(|part| part.starts_with("Index")).count();
        assert_eq!(plan.matches("Index Scan using sent_").count(), lookups, "{name}:\n{plan}");
        assert!(!plan.contains("Seq Scan on sent"), "{name}:\n{plan}");
    }
}

/// A worker that opens a batch, and a submission, read no row of a batch whose people are kept
/// without an end.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_without_a_retention_time_is_opened_without_a_look_at_its_rows() {
    let batch = Submitted::new(&database().await, &Shape::default()).await;
    work(&batch.worker().await, &Provider::default(), |_| answer(Billing::Billed)).await;
    let mut connection = look(&batch.url).await;
    let id = format!("'\\x{}'", batch.id);
    for (name, statement) in [
        ("batch", include_str!("../src/postgres/sql/batch.sql").replace("$1", &id)),
        ("due_batches", include_str!("../src/postgres/sql/due_batches.sql").to_owned()),
    ] {
        let explain = AssertSqlSafe(format!("EXPLAIN ANALYZE {statement}"));
        let plan = sqlx::raw_sql(explain).fetch_all(&mut connection).await.unwrap();
        let plan: Vec<String> = plan.iter().map(|line| line.get(0)).collect();
        let looks: Vec<&String> = plan.iter().filter(|line| line.contains(" on sent")).collect();
        assert!(
            !looks.is_empty() && looks.iter().all(|look| look.contains("(never executed)")),
            "{name}:\n{}",
            plan.join("\n")
        );
    }
}
