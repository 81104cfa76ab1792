//! A table that changes between runs or during one: each paid answer is in the results, with its
//! person or apart, and no person is sent twice. The sandbox's log shows the sends; Python reads
//! the results.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Stdio;
use std::time::Duration;

use pyi_sandbox::{Fault, Sandbox};
use serde_json::Value;

use crate::desk::{Desk, ROWS, asked};
use crate::support::{has_python, pyi, run};

/// Changes the rows of the table.
fn change(desk: &Desk, change: impl FnOnce(Vec<String>) -> Vec<String>) {
    let table = std::fs::read_to_string(desk.path("people.csv")).unwrap();
    let (titles, rows) = table.split_once('\n').unwrap();
    let rows = change(rows.lines().map(str::to_owned).collect());
    std::fs::write(desk.path("people.csv"), format!("{titles}\n{}\n", rows.join("\n"))).unwrap();
}

fn person(name: &str) -> String {
    format!("{name},11010519491231002X,")
}

/// A CSV file, as Python reads it; empty if there is none.
fn csv(desk: &Desk, name: &str) -> Vec<BTreeMap<String, String>> {
    if !std::fs::exists(desk.path(name)).unwrap() {
        return Vec::new();
    }
    let script = "import csv, json, sys\nprint(json.dumps(list(csv.DictReader(open(sys.argv[1], encoding='utf-8-sig', newline='')))))";
    serde_json::from_str(&run("python3", &["-c", script, &desk.path(name)], "")).unwrap()
}

/// Each row with an answer has its own. Returns the people with an answer.
fn answered(rows: &[BTreeMap<String, String>]) -> BTreeSet<String> {
    let settled = rows.iter().filter(|row| row["pyi_state"] == "settled");
    settled
        .map(|row| {
            if let Some(name) = row.get("姓名") {
                assert_eq!(&row["bank_name"], name, "another person's answer");
            }
            row["bank_name"].clone()
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sorted_table_finds_every_answer_again() {
    if !has_python("csv") {
        return;
    }
    let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    assert_eq!(desk.run(&sandbox, &[]).0, Some(0));
    change(&desk, |rows| rows.into_iter().rev().collect());
    let (code, said, trouble) = desk.run(&sandbox, &[]);
    assert_eq!(code, Some(0), "{said}{trouble}");
    assert!(said.contains("sent 0, answered before 30"), "{said}");
    let results = desk.results();
    assert_eq!(answered(&results).len(), ROWS);
    assert_eq!(results[0]["姓名"], format!("张{}号", ROWS - 1));
    assert_eq!(sandbox.request_log().len(), ROWS);
    assert!(!std::fs::exists(desk.path("results.unmatched.csv")).unwrap());
}

/// New rows take the lines of others, which move; a row that is twice in the table is sent once.
#[tokio::test(flavor = "multi_thread")]
async fn rows_that_are_inserted_are_sent_and_no_other() {
    if !has_python("csv") {
        return;
    }
    let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    assert_eq!(desk.run(&sandbox, &[]).0, Some(0));
    for round in 0..3 {
        change(&desk, |rows| {
            let mut all = vec![person(&format!("李{round}号")), rows[7].clone()];
            all.extend(rows);
            all
        });
        let (code, said, trouble) = desk.run(&sandbox, &["--concurrency", "1"]);
        assert_eq!(code, Some(0), "{said}{trouble}");
        let known = ROWS + round;
        assert!(
            said.contains(&format!("sent 1, answered before {known}, refused 0, twice {}", round + 1)),
            "{said}"
        );
    }
    let results = desk.results();
    assert_eq!((answered(&results).len(), results.len()), (ROWS + 3, ROWS + 6));
    assert!(asked(&sandbox).values().all(|times| *times == 1), "{:?}", asked(&sandbox));
    let lines = pyi().args(["batch", "status", "--rows", &desk.path("people.csv.ledger")]).output().unwrap();
    let lines = String::from_utf8(lines.stdout).unwrap();
    // A row is listed by the line that it was sent from.
    assert_eq!(lines.lines().filter(|line| line.starts_with("2\tsettled")).count(), 4, "{lines}");
}

/// A row without an answer that moved is the same row: it is held, and sent again on request.
#[tokio::test(flavor = "multi_thread")]
async fn an_ambiguous_row_that_moved_is_held_and_retried() {
    if !has_python("csv") {
        return;
    }
    let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    sandbox.inject(Fault::Close);
    assert_eq!(desk.run(&sandbox, &["--concurrency", "1"]).0, Some(1));
    change(&desk, |mut rows| {
        rows.reverse();
        rows.insert(0, person("李四"));
        rows
    });
    let (code, said, trouble) = desk.run(&sandbox, &["--on-ambiguous", "hold"]);
    assert!(code == Some(1) && said.contains("sent 1, answered before 29"), "{said}{trouble}");
    assert_eq!(asked(&sandbox)["张0号"], 1);
    let (code, said, trouble) = desk.run(&sandbox, &["--on-ambiguous", "retry"]);
    assert!(code == Some(0) && said.contains("sent 1, answered before 30"), "{said}{trouble}");
    assert_eq!(asked(&sandbox)["张0号"], 2);
    assert_eq!(answered(&desk.results()).len(), ROWS + 1);
}

/// The answer of a removed row is listed apart, in each format of results.
#[tokio::test(flavor = "multi_thread")]
async fn answers_of_rows_that_are_gone_are_listed_apart() {
    if !has_python("openpyxl") {
        return;
    }
    let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    assert_eq!(desk.run(&sandbox, &[]).0, Some(0));
    change(&desk, |mut rows| {
        rows.remove(3);
        rows
    });
    let (code, said, trouble) = desk.run(&sandbox, &[]);
    assert_eq!(code, Some(1), "{said}{trouble}");
    let file = desk.path("results.unmatched.csv");
    assert!(
        trouble.contains(&format!("1 rows that were sent are not in the table; they are in {file}")),
        "{trouble}"
    );
    let gone = csv(&desk, "results.unmatched.csv");
    let shown = ["pyi_line", "pyi_state", "pyi_code", "pyi_billing", "bank_name", "bank_status"]
        .map(|title| gone[0][title].as_str());
    assert_eq!((shown, gone.len()), (["5", "settled", "10000", "billed", "张3号", "01"], 1));
    assert_eq!(desk.results().len(), ROWS - 1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let (code, _, trouble) = desk.run(&sandbox, &["-o", &desk.path("results.jsonl")]);
    assert!(code == Some(1) && trouble.contains("results.unmatched.jsonl"), "{trouble}");
    let line = std::fs::read_to_string(desk.path("results.unmatched.jsonl")).unwrap();
    let line: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(
        (&line["line"], &line["row"], &line["data"]["bank_name"]),
        (&5.into(), &Value::Null, &"张3号".into())
    );
    let (code, _, trouble) = desk.run(&sandbox, &["-o", &desk.path("results.xlsx")]);
    assert!(code == Some(1) && trouble.contains("the sheet `unmatched` of"), "{trouble}");
    let script = "import json, openpyxl, sys\nbook = openpyxl.load_workbook(sys.argv[1])
print(json.dumps([[[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book], default=str))";
    let sheets: Vec<Vec<Vec<Value>>> =
        serde_json::from_str(&run("python3", &["-c", script, &desk.path("results.xlsx")], "")).unwrap();
    assert_eq!((sheets.len(), sheets[0].len(), sheets[1].len()), (2, ROWS, 2));
    assert_eq!(
        (&sheets[1][0][0], &sheets[1][1][0], &sheets[1][1][1]),
        (&"pyi_line".into(), &5.into(), &"settled".into())
    );
    // The batch's own table is not overwritten here either.
    std::fs::copy(desk.path("people.csv"), desk.path("people.unmatched.csv")).unwrap();
    let output = pyi()
        .args([
            "batch",
            "run",
            &desk.path("people.unmatched.csv"),
            "--endpoint",
            "id_card_two_factor",
            "--budget",
            "9",
            "--sandbox",
        ])
        .args(["-o", &desk.path("people.csv")])
        .env("XDG_STATE_HOME", desk.state.path())
        .output()
        .unwrap();
    let trouble = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && trouble.contains("is another file of the batch"), "{trouble}");
    assert_eq!(sandbox.request_log().len(), ROWS);
}

/// An answered row that is edited names another person, who is not sent without notice, and the
/// answer stays available.
#[tokio::test(flavor = "multi_thread")]
async fn an_edited_row_keeps_its_answer_and_sends_nobody() {
    if !has_python("csv") {
        return;
    }
    let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    assert_eq!(desk.run(&sandbox, &[]).0, Some(0));
    let before = std::fs::read_to_string(desk.path("people.csv")).unwrap();
    // A row that can be sent, one that its checks refuse, and one with a cell too many, which is
    // the same person.
    for (edit, code, unmatched, words) in [
        ("李3号,11010519491231002X,", 2, 1, "line 5 "),
        ("张3号,110105194912310021,", 1, 1, "not in the table"),
        ("张3号,11010519491231002X,,more", 0, 0, ""),
    ] {
        std::fs::write(desk.path("people.csv"), &before).unwrap();
        change(&desk, |mut rows| {
            edit.clone_into(&mut rows[3]);
            rows
        });
        // Without the file of the previous case.
        let _ = std::fs::remove_file(desk.path("results.unmatched.csv"));
        let (came, said, trouble) = desk.run(&sandbox, &[]);
        assert_eq!(came, Some(code), "{edit}: {said}{trouble}");
        assert!(trouble.contains(words), "{edit}: {trouble}");
        let results = desk.results();
        let (own, gone) = (answered(&results), csv(&desk, "results.unmatched.csv"));
        assert_eq!((own.len(), gone.len(), results.len()), (ROWS - unmatched, unmatched, ROWS), "{edit}");
        assert_eq!(answered(&gone).union(&own).count(), ROWS);
        assert_eq!(results[3]["pyi_state"], if unmatched > 0 { "not_sent" } else { "settled" }, "{edit}");
    }
    // After the edit is undone, the row finds its answer.
    std::fs::write(desk.path("people.csv"), &before).unwrap();
    assert_eq!(desk.run(&sandbox, &[]).0, Some(0));
    assert_eq!(answered(&desk.results()).len(), ROWS);
    assert_eq!(sandbox.request_log().len(), ROWS);
}

/// Saves a file as an editor does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Save {
    InPlace,
    Rename,
}

/// A table that is saved during a run: sorted and with one row less, or with other columns.
#[tokio::test(flavor = "multi_thread")]
async fn a_table_saved_over_in_a_run_loses_no_answer() {
    if !has_python("openpyxl") {
        return;
    }
    let sorted = |rows: &str| {
        let mut rows: Vec<&str> = rows.lines().collect();
        rows[1..].reverse();
        rows.pop();
        rows.join("\n").into_bytes()
    };
    for (save, other) in
        [(Save::InPlace, true), (Save::InPlace, false), (Save::Rename, true), (Save::Rename, false)]
    {
        let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
        // More rows than one chunk.
        let rows: Vec<String> = (0..3000).map(|row| format!("王{row}号,1,{}\n", "x".repeat(60))).collect();
        let table = std::fs::read_to_string(desk.path("people.csv")).unwrap() + &rows.concat();
        let last = "陈号,11010519491231002X,\n";
        std::fs::write(desk.path("people.csv"), format!("{table}{last}")).unwrap();
        (0..ROWS).for_each(|_| sandbox.inject(Fault::Delay(Duration::from_millis(20))));
        let mut command = desk.command(&sandbox, &["--concurrency", "2"]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        while sandbox.request_log().len() < 5 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let new = if other { b"a,b\n1,2\n".to_vec() } else { sorted(&table) };
        match save {
            Save::InPlace => std::fs::write(desk.path("people.csv"), new).unwrap(),
            Save::Rename => {
                std::fs::write(desk.path("new"), new).unwrap();
                std::fs::rename(desk.path("new"), desk.path("people.csv")).unwrap();
            }
        }
        let output = child.wait_with_output().unwrap();
        let trouble = String::from_utf8(output.stderr).unwrap();
        assert_ne!(output.status.code(), Some(0), "{save:?} {other}: {trouble}");
        assert!(
            trouble.contains("people.csv was changed") || trouble.contains("people.csv: it was changed"),
            "{save:?}: {trouble}"
        );
        let mut answers = answered(&csv(&desk, "results.csv"));
        answers.extend(answered(&csv(&desk, "results.unmatched.csv")));
        let sent: BTreeSet<String> = asked(&sandbox).into_keys().collect();
        assert_eq!(answers, sent, "{save:?} {other}: {trouble}");
        assert!(asked(&sandbox).values().all(|times| *times == 1));
    }
}
