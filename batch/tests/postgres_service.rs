//! Batches inside a service: many requests at a time, requests that end in the middle, and a server
//! that was restarted meanwhile.

// A failed assumption of a test is a failure of the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(unix)]

mod support;

use std::path::Path;
use std::time::Duration;

use pyi_batch::{BatchId, BatchService, NewBatch, NewRow, WorkerSettings};
use pyi_codegen::{Input, ir};
use pyi_runtime::Billing;

use crate::support::Program;
use crate::support::postgres::{Server, look};
use crate::support::submitted::{Provider, answer, info, key, work, wrapping};

fn spec() -> ir::Provider {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
    pyi_codegen::load(Input::Folder { path: &folder, shown: "spec" }).0
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[test]
fn rows_of_a_request_are_checked_and_put_in_order() {
    let spec = spec();
    let endpoint = (&spec, spec.endpoint("id_card_two_factor").unwrap());
    let (id, name) = (pair("bank_id", "11010519491231002X"), pair("bank_name", "张三"));
    for values in [
        vec![id.clone(), name.clone()],
        vec![name.clone(), id.clone()],
        vec![name.clone(), pair("bank_id", ""), id.clone()],
    ] {
        let row = NewRow::checked(endpoint, 7, values).unwrap();
        assert_eq!((row.number, row.values), (7, vec![id.clone(), name.clone()]));
    }
    for (values, why) in [
        (vec![id.clone()], "`bank_name`"),
        (vec![name.clone(), pair("bank_id", "110105194912310039")], "`bank_id`"),
        (vec![name.clone(), id.clone(), id.clone()], "`bank_id`"),
        (vec![name.clone(), id.clone(), pair("other", "x")], "no field of a name"),
        (vec![id.clone(), pair("bank_name", "张\n三")], "`bank_name`"),
    ] {
        let error = NewRow::checked(endpoint, 7, values).unwrap_err().to_string();
        assert!(error.contains(why) && !error.contains("110105") && !error.contains('张'), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_share_connections_and_may_end_at_any_moment() {
    let server = Server::start();
    let url = server.database("service").await;
    let service = BatchService::new(&url, &wrapping(), &[]);
    service.migrate().await.unwrap();
    let info = info(1000);
    let rows =
        || (0..500).map(|number| NewRow { number, values: vec![pair("bank_name", &format!("n{number}"))] });
    let key = key();
    let batch = |id| NewBatch {
        id,
        info: &info,
        account: "an account",
        key: &key,
        chunk_rows: 100,
        person_interval: Duration::ZERO,
        keep: None,
        reuse: None,
    };
    // Requests whose callers go away, each after another time: a batch is there with all rows or
    // not at all.
    let mut ids = Vec::new();
    for micros in (0..40).map(|step| step * 500) {
        let id = BatchId::random().unwrap();
        ids.push(id);
        let _ =
            tokio::time::timeout(Duration::from_micros(micros), service.submit(&batch(id), rows().collect()))
                .await;
        if let Ok(progress) = service.progress(id).await {
            assert_eq!(progress.rows, 500);
        }
    }
    // Repeated, each is submitted once.
    for id in &ids {
        let _ = service.submit(&batch(*id), rows().collect()).await.unwrap();
        assert!(!service.submit(&batch(*id), rows().collect()).await.unwrap().is_new);
        assert_eq!(service.progress(*id).await.unwrap().rows, 500);
    }
    assert_eq!(service.unfinished().await.unwrap().len(), ids.len());
    let many = ids.iter().cycle().take(200).map(|id| service.progress(*id));
    for progress in futures_util::future::join_all(many).await {
        assert_eq!(progress.unwrap().chunks, 5);
    }
    let mut connection = look(&url).await;
    let count: i64 =
        sqlx::query_scalar("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pyi'")
            .fetch_one(&mut connection)
            .await
            .unwrap();
    assert!((1..=8).contains(&count), "{count} connections");
    // Each connection was closed by the server, and the next request makes another.
    server.tell("stop");
    server.tell("start");
    look(&url).await;
    let id = ids[0];
    assert_eq!(service.progress(id).await.unwrap().rows, 500);
    let worker = Program::new(service.worker(id, &WorkerSettings::default()).await.unwrap());
    let provider = Provider::default();
    work(&worker, &provider, |_| answer(Billing::Billed)).await;
    assert_eq!(provider.rows(), 500);
    assert!(!service.unfinished().await.unwrap().contains(&id));
    let page = service.results(id, 100, 3).await.unwrap();
    assert_eq!(page.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [100, 101, 102]);
    assert!(page[0].1.outcome.as_ref().unwrap().data.as_ref().unwrap().contains("reply-canary"));
}
