//! `pyi batch run --store`: one process that submits a table to a real PostgreSQL, sends it and
//! writes its results, and that is killed on the way.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use pyi_sandbox::{Fault, Sandbox};

use crate::batch_store::{PASSWORD, Server, command, said};
use crate::desk::{Desk, ROWS, asked};

/// `pyi batch run --store` of the desk's table.
fn run(desk: &Desk, server: &Server, sandbox: &Sandbox, more: &[&str]) -> Command {
    let mut run = command(desk, server, sandbox);
    run.args(["run", &desk.path("people.csv"), "--endpoint", "id_card_two_factor"])
        .args(["-o", &desk.path("results.csv"), "--store", &server.address()])
        .args(more)
        .env_remove("PYI_STORE")
        .env("PGPASSWORD", PASSWORD);
    run
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_submits_sends_and_writes_the_results() {
    let (desk, server) = (Desk::new(), Server::start());
    let sandbox = Sandbox::builder().every(9, Fault::Close).start(pyi::SPEC).await.unwrap();
    let output = |more: &[&str]| {
        let output = run(&desk, &server, &sandbox, more).output().unwrap();
        (output.status.code(), said(&output))
    };
    // Half the rows are within the budget.
    let (code, text) = output(&["--budget", "2.40"]);
    assert!(code == Some(8) && text.contains("not reached 15") && text.contains("--budget 4.8"), "{text}");
    let held = sandbox.request_log().len() / 9;
    assert_eq!(sandbox.request_log().len(), ROWS / 2);
    // Rows without an answer need a choice, as for a ledger in a file.
    let (code, text) = output(&["--budget", "100.00"]);
    assert!(code == Some(2) && text.contains("give --on-ambiguous hold"), "{text}");
    let (code, text) = output(&["--budget", "100.00", "--on-ambiguous", "hold"]);
    assert!(code == Some(1) && text.contains(&format!("answered before {}", ROWS / 2 - held)), "{text}");
    assert!(text.contains("held 3") && text.contains("spent at most 4.8 CNY"), "{text}");
    assert_eq!(asked(&sandbox).values().copied().collect::<Vec<_>>(), [1; ROWS]);
    let results = desk.results();
    let of = |outcome: &str| results.iter().filter(|row| row["pyi_outcome"] == outcome).count();
    assert_eq!((results.len(), of("data"), of("unknown")), (ROWS, 27, 3), "{:?}", results[0]);
    // Their chunks are done, and are opened again for this choice.
    let (code, text) = output(&["--budget", "100.00", "--on-ambiguous", "retry"]);
    assert!(code == Some(0) && text.contains("sent 3, answered before 27"), "{text}");
    assert_eq!(sandbox.request_log().len(), ROWS + 3);
    // A finished batch sends nobody, and an amount below its cost is refused.
    assert_eq!(output(&["--budget", "100.00"]).0, Some(0));
    let (code, text) = output(&["--budget", "1.00"]);
    assert!(code == Some(2) && text.contains("--budget is less than"), "{text}");
    assert_eq!(sandbox.request_log().len(), ROWS + 3);
}

/// A run that is killed at any moment is continued by the next one: its batch is not submitted
/// again, and each row is sent once.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_killed_is_continued() {
    let (desk, server) = (Desk::new(), Server::start());
    let sandbox =
        Sandbox::builder().every(1, Fault::Delay(Duration::from_millis(100))).start(pyi::SPEC).await.unwrap();
    let arguments = ["--budget", "100.00", "--concurrency", "2", "--on-ambiguous", "hold"];
    let started = || {
        let mut run = run(&desk, &server, &sandbox, &arguments);
        run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    for sent in [0, 5] {
        let mut killed = started();
        let since = Instant::now();
        while sandbox.request_log().len() < sent
            || (sent == 0 && !desk.folder.path().join("people.csv.batch").exists())
        {
            assert!(killed.try_wait().unwrap().is_none() && since.elapsed() < Duration::from_secs(120));
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        killed.kill().unwrap();
        killed.wait().unwrap();
    }
    let output = run(&desk, &server, &sandbox, &arguments).output().unwrap();
    let text = said(&output);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{text}");
    let asked = asked(&sandbox);
    assert!(asked.values().all(|times| *times == 1), "{asked:?}");
    // The rows that were in flight when a run was killed have no answer, whether they arrived or
    // not.
    let results = desk.results();
    let answered = results.iter().filter(|row| row["pyi_outcome"] == "data").count();
    assert!(results.len() == ROWS && answered + 2 * 2 >= ROWS && asked.len() >= answered, "{text}");
    assert!(text.contains(&format!("held {}", ROWS - answered)), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_finished_where_it_began() {
    let (desk, server, sandbox) = (Desk::new(), Server::start(), Sandbox::start(pyi::SPEC).await.unwrap());
    let output = |more: &[&str]| {
        let output = run(&desk, &server, &sandbox, more).output().unwrap();
        (output.status.code(), said(&output))
    };
    let budget = ["--budget", "100.00"];
    // With a ledger in a file.
    assert_eq!(desk.run(&sandbox, &["--budget", "0.16"]).0, Some(8));
    let (code, text) = output(&budget);
    assert!(code == Some(2) && text.contains("is finished where it began, by `pyi batch run`"), "{text}");
    std::fs::remove_file(desk.path("people.csv.ledger")).unwrap();
    // In a store.
    assert_eq!(output(&budget).0, Some(0));
    let sent = sandbox.request_log().len();
    assert_eq!(sent, 1 + ROWS);
    let (code, _, text) = desk.run(&sandbox, &[]);
    assert!(code == Some(2) && text.contains("by `pyi batch run --store`"), "{text}");
    let table = desk.path("people.csv");
    let submit = ["submit", &table, "--endpoint", "id_card_two_factor", "--budget", "100.00"];
    let submitted = command(&desk, &server, &sandbox).args(submit).output().unwrap();
    assert!(submitted.status.success() && said(&submitted).contains("was submitted before"));
    // Another table under its name would send its people again.
    let rows = std::fs::read_to_string(&table).unwrap();
    std::fs::write(&table, format!("{rows}王五,11010519491231002X,\n")).unwrap();
    let (code, text) = output(&budget);
    assert!(code == Some(2) && text.contains("is not the one that was submitted as batch"), "{text}");
    assert!(!text.contains("王五"), "{text}");
    let submitted = command(&desk, &server, &sandbox).args(submit).output().unwrap();
    assert!(submitted.status.code() == Some(2) && said(&submitted).contains("is not the one"));
    std::fs::write(&table, rows).unwrap();
    assert_eq!(output(&budget).0, Some(0));
    // The sandbox of the program has a batch of its own, and does not answer for the provider.
    let (code, text) = output(&["--budget", "100.00", "--sandbox"]);
    assert!(code == Some(0) && desk.folder.path().join("people.csv.sandbox-batch").exists(), "{text}");
    let file = std::fs::read_to_string(desk.path("people.csv.batch")).unwrap();
    let id = file.split('"').nth(3).unwrap();
    let worked = command(&desk, &server, &sandbox).args(["work", id, "--sandbox"]).output().unwrap();
    assert!(worked.status.code() == Some(2) && said(&worked).contains("the batch was submitted for http"));
    assert_eq!(sandbox.request_log().len(), sent);
}
