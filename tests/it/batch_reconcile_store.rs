//! `pyi batch reconcile` of a batch in PostgreSQL, with the sandbox's request log as the bill.

use pyi_sandbox::{Fault, Sandbox};

use crate::batch_reconcile::bill;
use crate::batch_store::{Server, command, said};
use crate::desk::{Desk, ROWS};

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_decides_the_rows_of_a_batch_in_a_store() {
    let (desk, server) = (Desk::new(), Server::start());
    let sandbox = Sandbox::builder().every(7, Fault::Close).start(pyi::SPEC).await.unwrap();
    let run = |arguments: &[&str]| {
        let output = command(&desk, &server, &sandbox).args(arguments).output().unwrap();
        (output.status.code(), said(&output))
    };
    let table = desk.path("people.csv");
    let submit = ["submit", &table, "--endpoint", "id_card_two_factor", "--budget", "100.00"];
    let (_, text) = run(&submit);
    let batch = text.split_whitespace().last().unwrap().to_owned();
    assert_eq!(run(&["work", &batch, "--concurrency", "1"]).0, Some(1));
    // This provider bills no request that was dropped.
    let sent: Vec<(String, String, bool)> = sandbox
        .request_log()
        .iter()
        .zip(1..)
        .map(|(entry, number)| {
            let value = |name: &str| entry.parameter(name).unwrap().to_owned();
            (value("bank_name"), value("bank_id"), number % 7 != 0)
        })
        .collect();
    let billed = sent.iter().filter(|(_, _, is_billed)| *is_billed).count();
    let path = desk.path("bill.csv");
    std::fs::write(&path, bill(&sent)).unwrap();
    let reconcile = |more: &[&str]| {
        let line =
            ["reconcile", &path, "--ledger", &batch, "--time", "计费时间", "--endpoint-column", "接口"];
        let covered = ["--from", "2000-01-01T00:00:00Z", "--to", "2100-01-01T00:00:00Z", "--window", "3600"];
        run(&[&line[..], &covered, more].concat())
    };
    let before = run(&["status", &batch]).1;
    assert!(before.contains(&format!("{} ambiguous", ROWS - billed)), "{before}");
    let (code, text) = reconcile(&["--format", "json"]);
    assert_eq!(code, Some(1), "{text}");
    let found: serde_json::Value = serde_json::from_str(&text).unwrap();
    let count = |name: &str| found[name].as_array().unwrap().len();
    assert_eq!((count("matched"), count("free")), (billed, ROWS - billed), "{text}");
    assert_eq!(
        (count("missing"), count("extra"), count("undecided"), count("billed")),
        (0, 0, 0, 0),
        "{text}"
    );
    assert_eq!(run(&["status", &batch]).1, before, "it only shows");
    let (code, text) = reconcile(&["--apply"]);
    assert_eq!(code, Some(0), "{text}");
    let after = run(&["status", &batch]).1;
    let spent = format!("spent at most {}", f64::from(u32::try_from(billed).unwrap()) * 0.16);
    assert!(after.contains("30 of 30 rows settled, 0 ambiguous") && after.contains(&spent), "{after}");
    let (code, text) = reconcile(&["--apply"]);
    assert!(code == Some(2) && text.contains("was applied to the ledger before"), "{text}");
    // A bill of other people is a mistake.
    std::fs::write(&path, bill(&[])).unwrap();
    let (code, text) = reconcile(&["--endpoint-column", "接口", "--apply"]);
    assert_eq!(code, Some(2), "{text}");
    let (code, text) =
        run(&["reconcile", &path, "--ledger", &batch, "--time", "计费时间", "--zone", "+08:00"]);
    assert!(code == Some(2) && text.contains("no line of the bill names a person"), "{text}");
    assert!(!text.contains("李四"), "{text}");
}
