//! `--retain` and `pyi batch expire`: people and results are erased once their time is over, for a
//! ledger in a file and for a batch in PostgreSQL.

use std::path::Path;
use std::process::Output;

use pyi_sandbox::Sandbox;

use crate::batch_store::{Server, command, said};
use crate::desk::{Desk, ROWS};
use crate::support::pyi;

/// Runs `pyi batch expire`, without a store.
fn expire(desk: &Desk) -> Output {
    pyi().args(["batch", "expire"]).env("XDG_STATE_HOME", desk.state.path()).output().unwrap()
}

fn has(path: &str, text: &str) -> bool {
    std::fs::read(path).unwrap().windows(text.len()).any(|part| part == text.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_erased_once_its_time_is_over() {
    let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    let (ledger, results) = (desk.path("people.csv.ledger"), desk.path("results.csv"));
    // Kept for long: nothing is due.
    assert_eq!(desk.run(&sandbox, &["--budget", "0.80", "--retain", "30d"]).0, Some(8));
    let output = expire(&desk);
    assert!(output.status.success() && said(&output).contains("0 ledgers and 0 results files are erased"));
    assert!(has(&ledger, "张1号") && Path::new(&results).exists());
    // Not at all: the run itself still has its results.
    assert_eq!(desk.run(&sandbox, &["--retain", "0h"]).0, Some(0));
    assert_eq!((desk.results().len(), sandbox.request_log().len()), (ROWS, ROWS));
    let output = expire(&desk);
    let text = said(&output);
    assert!(output.status.success() && text.contains("1 ledgers and 1 results files are erased"), "{text}");
    assert!(!has(&ledger, "张1号") && !Path::new(&results).exists());
    // The table, which is not the program's, stays.
    assert!(Path::new(&desk.path("people.csv")).exists());
    let (code, _, trouble) = desk.run(&sandbox, &[]);
    assert!(code == Some(2) && trouble.contains("are forgotten"), "{trouble}");
    assert_eq!(sandbox.request_log().len(), ROWS);
    let (code, _, trouble) = desk.run(&sandbox, &["--retain", "soon"]);
    assert!(code == Some(2) && trouble.contains("an age is a number of days or hours"), "{trouble}");
}

/// A file that is due and that a person has written over is reported, at each run, and stays.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_other_content_stays_and_is_reported() {
    let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    assert_eq!(desk.run(&sandbox, &["--retain", "0h"]).0, Some(0));
    std::fs::write(desk.path("results.csv"), "my own notes\n").unwrap();
    for _ in 0..2 {
        let output = expire(&desk);
        let text = said(&output);
        assert!(output.status.code() == Some(1) && text.contains("remove it by hand"), "{text}");
    }
    assert!(Path::new(&desk.path("results.csv")).exists());
    let other = desk.path("other.csv");
    std::fs::copy(desk.path("people.csv"), &other).unwrap();
    std::fs::remove_file(desk.path("results.csv")).unwrap();
    assert!(expire(&desk).status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_in_a_store_is_erased_once_its_time_is_over() {
    let (desk, server, sandbox) = (Desk::new(), Server::start(), Sandbox::start(pyi::SPEC).await.unwrap());
    let run = |arguments: &[&str]| {
        let output = command(&desk, &server, &sandbox).args(arguments).output().unwrap();
        (output.status.code(), said(&output))
    };
    let table = desk.path("people.csv");
    let submit =
        ["submit", &table, "--endpoint", "id_card_two_factor", "--budget", "100.00", "--retain", "30d"];
    let (_, text) = run(&submit);
    let batch = text.split_whitespace().last().unwrap().to_owned();
    let (code, text) = run(&["work", &batch]);
    assert_eq!(code, Some(0), "{text}");
    let path = desk.path("results.csv");
    let results = ["results", &table, "--endpoint", "id_card_two_factor", "--batch", &batch, "-o", &path];
    assert_eq!(run(&results).0, Some(0));
    assert!(run(&["status", &batch]).1.contains("erased 720 hours after the last call"));
    let (code, text) = run(&["expire"]);
    assert!(code == Some(0) && text.contains("0 batches of the store are erased"), "{text}");
    assert!(desk.results().len() == ROWS);
    // A month later.
    server.execute(
        "UPDATE batch SET submitted = submitted - interval '31 days'; UPDATE sent SET sent_at = sent_at - 31 * 86400",
    );
    let (code, text) = run(&results);
    assert!(code == Some(2) && text.contains("are kept is over"), "{text}");
    let (code, text) = run(&["expire"]);
    assert!(code == Some(0) && text.contains("1 batches of the store are erased"), "{text}");
    let (code, text) = run(&results);
    assert!(code == Some(2) && text.contains("are forgotten"), "{text}");
}
