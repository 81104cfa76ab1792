//! Batches of the program: run, interrupted and run again; killed at random times, with the
//! sandbox's request log as the judge.

use std::time::Duration;

use pyi_sandbox::{Fault, Sandbox};

use crate::desk::{Desk, ROWS, asked, billed, kills, seeded, spent};
use crate::support::{has_python, pyi};

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_runs_and_runs_again() {
    if !has_python("csv") {
        return;
    }
    let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    let (code, said, trouble) = desk.run(&sandbox, &[]);
    assert_eq!(code, Some(0), "{said}{trouble}");
    assert!(said.contains("sent 30, answered before 0") && said.contains("spent at most 4.8 CNY"), "{said}");
    let results = desk.results();
    assert_eq!(results.len(), ROWS);
    for (row, result) in results.iter().enumerate() {
        assert_eq!(result["姓名"], format!("张{row}号"));
        assert_eq!((result["pyi_state"].as_str(), result["pyi_billing"].as_str()), ("settled", "billed"));
        assert_eq!(
            (result["bank_status"].as_str(), result["bank_idCard"].as_str()),
            ("01", "11010519491231002X")
        );
        // Formulas are written as text.
        assert_eq!(result["备注"], format!("'=HYPERLINK({row})"));
    }
    let (code, said, _) = desk.run(&sandbox, &[]);
    assert_eq!((code, said.contains("sent 0, answered before 30")), (Some(0), true), "{said}");
    assert_eq!(sandbox.request_log().len(), ROWS);
    // Only the owner can read the files.
    #[cfg(unix)]
    for name in ["people.csv.ledger", "results.csv"] {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(desk.path(name)).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
    }
}

/// Whether a file contains a text, as bytes.
fn holds(path: &str, text: &str) -> bool {
    std::fs::read(path).unwrap().windows(text.len()).any(|part| part == text.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_reported_and_forgotten() {
    let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    let ledger = desk.path("people.csv.ledger");
    let kept = |what: &str| {
        let mut command = pyi();
        command.args(["batch", what, &ledger]).env("XDG_STATE_HOME", desk.state.path());
        let output = command.output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap(),
        )
    };
    assert!(kept("report").1.contains("there is no ledger"));
    sandbox.inject(Fault::Status(10025.into()));
    sandbox.inject(Fault::Status(10014.into()));
    assert_eq!(desk.run(&sandbox, &[]).0, Some(0));
    let (code, said) = kept("report");
    assert_eq!(code, Some(0), "{said}");
    for line in [
        "28 rows data 10000, billed: 4.48",
        "1 rows no_data 10025, not billed: 0",
        "1 rows error 10014",
        ": 0.16",
        "spent at most 4.64",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    // The answer is stored as long as it is needed, the values of the request never.
    assert!(holds(&ledger, "张5号"));
    let (code, said) = kept("forget");
    assert_eq!(code, Some(0), "{said}");
    for file in std::fs::read_dir(desk.folder.path()).unwrap().map(|entry| entry.unwrap().path()) {
        if file.to_str().unwrap().contains("ledger") {
            assert!(
                !holds(file.to_str().unwrap(), "张5号")
                    && !holds(file.to_str().unwrap(), "11010519491231002X"),
                "{file:?}"
            );
        }
    }
    assert!(kept("report").1.contains("spent at most 4.64"));
    let (code, _, said) = desk.run(&sandbox, &[]);
    assert_eq!((code, said.contains("are forgotten")), (Some(2), true), "{said}");
    assert_eq!(sandbox.request_log().len(), ROWS);
    std::fs::write(desk.path("other"), "no ledger").unwrap();
    let output = pyi().args(["batch", "report", &desk.path("other")]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

/// A row without an answer is listed and waits for a decision.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_without_an_answer_is_shown_and_decided_on() {
    let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    let ledger = desk.path("people.csv.ledger");
    let status = |more: &[&str]| {
        let output = pyi().args(["batch", "status", &ledger]).args(more).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    (0..2).for_each(|_| sandbox.inject(Fault::Delay(Duration::ZERO)));
    sandbox.inject(Fault::Close);
    let (code, said, _) = desk.run(&sandbox, &["--concurrency", "1"]);
    assert!(code == Some(1) && said.contains("held 1") && said.contains("--on-ambiguous retry\n"), "{said}");
    let said = status(&[]);
    assert!(said.contains("no run is on; 29 rows settled, 1 ambiguous, 0 in flight"), "{said}");
    assert!(said.contains("spent at most 4.8, reserved 0, budget 100"), "{said}");
    // The titles are line 1, and the third row is line 4.
    assert!(said.contains("these lines were billed: 4; "), "{said}");
    let rows = status(&["--rows"]);
    assert!(
        rows.contains("3\tsettled\tdata\t10000\tbilled\n4\tambiguous\tunknown\t\tperhaps billed\n"),
        "{rows}"
    );
    assert!(!rows.contains('张') && !rows.contains("11010519491231002X"), "{rows}");
    let (code, _, trouble) = desk.run(&sandbox, &[]);
    assert!(code == Some(2) && trouble.contains("give --on-ambiguous hold"), "{trouble}");
    // The remedy is a command line that a shell runs.
    let pasted = |choice: &str| {
        let line = trouble.lines().find(|line| line.contains(choice)).unwrap();
        line.split_once(": ").unwrap().1.to_owned()
    };
    assert!(pasted("held rows again").ends_with("--on-ambiguous retry"), "{trouble}");
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &pasted("to hold them, and send the others")]);
    shell.env("PYI_SECRET", sandbox.secret()).env("XDG_STATE_HOME", desk.state.path());
    assert_eq!(shell.output().unwrap().status.code(), Some(1));
    assert_eq!(desk.run(&sandbox, &["--on-ambiguous", "hold"]).0, Some(1));
    let (code, said, _) = desk.run(&sandbox, &["--on-ambiguous", "skip"]);
    assert!(code == Some(0) && said.contains("given up 1"), "{said}");
    let (code, said, _) = desk.run(&sandbox, &[]);
    assert!(code == Some(0) && said.contains("answered before 30"), "{said}");
    assert_eq!(sandbox.request_log().len(), ROWS);
}

/// A wrong setting costs nothing and affects no row: once it is corrected, all rows are sent.
#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_setting_leaves_every_row_to_be_sent() {
    let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    let mut wrong = desk.command(&sandbox, &[]);
    let output = wrong.env("PYI_SECRET", "not the secret").output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.code() == Some(1) && said.contains("stopped by the status 10003"), "{said}");
    assert!(said.contains("sent 0,") && said.contains("not reached 30"), "{said}");
    // A signing method that the spec does not have is refused by the client.
    let (code, said, _) = desk.run(&sandbox, &["--sign", "hmac_sha256"]);
    assert!(code == Some(1) && said.contains("stopped, because the client refuses the calls"), "{said}");
    let (code, said, _) = desk.run(&sandbox, &[]);
    assert!(code == Some(0) && said.contains("sent 30, answered before 0"), "{said}");
    assert!(said.contains("spent at most 4.8 "), "{said}");
}

/// A run that is asked to end, as by a shutdown, waits for the calls in flight.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_told_to_end_holds_nobody() {
    for signal in ["-TERM", "-HUP", "-INT"] {
        let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
        (0..ROWS).for_each(|_| sandbox.inject(Fault::Delay(Duration::from_millis(100))));
        let mut command = desk.command(&sandbox, &["--concurrency", "2"]);
        let child = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        let child = child.spawn().unwrap();
        while sandbox.request_log().len() < 3 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        assert!(
            std::process::Command::new("kill")
                .args([signal, &child.id().to_string()])
                .status()
                .unwrap()
                .success()
        );
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.code() == Some(1) && said.contains("stopped on request"), "{signal}: {said}");
        assert!(said.contains("held 0"), "{signal}: {said}");
        // No decision about rows is needed.
        let (code, said, trouble) = desk.run(&sandbox, &[]);
        assert!(code == Some(0), "{signal}: {said}{trouble}");
        assert_eq!(sandbox.request_log().len(), ROWS);
    }
}

/// During a run, others can read its progress, and no second run begins.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_runs_is_looked_at_and_not_run_twice() {
    let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    sandbox.inject(Fault::Silence);
    let mut child = desk.command(&sandbox, &["--concurrency", "1"]).spawn().unwrap();
    let ledger = desk.path("people.csv.ledger");
    let said = loop {
        let output = pyi().args(["batch", "status", &ledger]).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        if said.contains("1 in flight") {
            break said;
        }
        assert_eq!(child.try_wait().unwrap(), None, "{said}");
    };
    assert!(said.contains("a run is on; 0 rows settled") && said.contains("reserved 0.16"), "{said}");
    assert!(!said.contains("unknown whether"), "{said}");
    let (code, _, trouble) = desk.run(&sandbox, &[]);
    assert!(code == Some(2) && trouble.contains("another program has it open"), "{trouble}");
    let output = pyi().args(["batch", "forget", &ledger]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    child.kill().unwrap();
    child.wait().unwrap();
    let output = pyi().args(["batch", "status", &ledger]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("no run is on; 0 rows settled") && said.contains("were billed: 2; "), "{said}");
    assert_eq!(sandbox.request_log().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_cost_unasked_is_refused() {
    let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    let table = desk.path("people.csv");
    let results = desk.path("results.csv");
    let beside = desk.path("key");
    let base = ["batch", "run", &table, "--endpoint", "id_card_two_factor", "-o", &results];
    for (more, why) in [
        (&["--budget", "1"][..], "no base URL"),
        (&["--budget", "-1", "--sandbox"], "--budget is an amount"),
        (&["--budget", "0.0000001", "--sandbox"], "--budget is an amount"),
        (&["--sandbox"], "--budget"),
        (&["--budget", "1", "--sandbox", "--key", &beside], "beside the ledger"),
    ] {
        let output = pyi().args(base).args(more).env("XDG_STATE_HOME", desk.state.path()).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), said.contains(why)), (Some(2), true), "{more:?}: {said}");
    }
    let act = [
        "batch",
        "run",
        &table,
        "--endpoint",
        "mobile_recharge",
        "--map",
        "c_mobile=身份证号",
        "-o",
        &results,
    ];
    for (more, why) in [
        (&["--budget", "1", "--sandbox"][..], "give --allow-side-effects"),
        (&["--budget", "1", "--sandbox", "--allow-side-effects"], "no price"),
    ] {
        let output = pyi().args(act).args(more).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), said.contains(why)), (Some(2), true), "{said}");
    }
    // Files of the batch are not overwritten, and no key is created for a ledger that has another
    // one.
    let (code, _, trouble) = desk.run(&sandbox, &["-o", &table]);
    assert!(code == Some(2) && trouble.contains("is another file of the batch"), "{trouble}");
    // With a budget of two calls, two are sent.
    let (code, said, _) = desk.run(&sandbox, &["--concurrency", "1", "--ledger", &desk.path("other.ledger")]);
    assert_eq!(code, Some(0), "{said}");
    let before = sandbox.request_log().len();
    let mut command = pyi();
    command.args(base).args([
        "--new-batch",
        "--budget",
        "0.47",
        "--base-url",
        &sandbox.url(),
        "--app-id",
        sandbox.app_id(),
    ]);
    let output = command
        .env("PYI_SECRET", sandbox.secret())
        .env("XDG_STATE_HOME", desk.state.path())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        (output.status.code(), said.contains("the budget does not cover another call")),
        (Some(8), true),
        "{said}"
    );
    assert_eq!(sandbox.request_log().len() - before, 2);
    let elsewhere = tempfile::tempdir().unwrap();
    let output = desk.command(&sandbox, &[]).env("XDG_STATE_HOME", elsewhere.path()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && said.contains("there is no key"), "{said}");
}

/// SIGKILL at random times: no person is sent twice or lost, and no more is spent than reported.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_is_killed_pays_for_nobody_twice() {
    if !has_python("csv") {
        return;
    }
    let kills = kills();
    let mut seed = 20_261_124;
    let (mut killed, mut held) = (0, 0);
    while killed < kills {
        let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
        // Slow enough that a kill meets every step of a call.
        (0..ROWS * 2).for_each(|_| sandbox.inject(Fault::Delay(Duration::from_millis(3))));
        // On a slow machine no run ends before its kill.
        for _ in 0..ROWS {
            let more = ["--concurrency", "3", "--on-ambiguous", "hold"];
            let mut child = desk
                .command(&sandbox, &more)
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::null())
                .spawn()
                .unwrap();
            std::thread::sleep(Duration::from_micros(1_000 + seeded(&mut seed) % 69_000));
            match child.try_wait().unwrap() {
                Some(_) => break,
                None => {
                    child.kill().unwrap();
                    child.wait().unwrap();
                    killed += 1;
                }
            }
        }
        let (code, said, trouble) = desk.run(&sandbox, &["--on-ambiguous", "hold"]);
        assert!(matches!(code, Some(0 | 1)), "{said}{trouble}");
        let results = desk.results();
        let ambiguous = results.iter().filter(|result| result["pyi_state"] == "ambiguous").count();
        held += ambiguous;
        assert_eq!(code, Some(i32::from(ambiguous > 0)), "{said}{trouble}");
        let asked = asked(&sandbox);
        assert!(asked.values().all(|times| *times == 1), "{asked:?}");
        for result in &results {
            let sent = asked.get(&result["姓名"]).copied().unwrap_or_default();
            match result["pyi_state"].as_str() {
                "settled" => assert_eq!((sent, result["bank_name"].as_str()), (1, result["姓名"].as_str())),
                // The outcome is unknown: it may have been sent or not.
                "ambiguous" => assert!(sent <= 1),
                other => panic!("{other}: {result:?}"),
            }
        }
        let (spent, billed) = (spent(&said), billed(&sandbox) as f64);
        assert!(spent + 1e-9 >= 0.16 * billed && spent <= 0.16 * ROWS as f64 + 1e-9, "{spent} {billed}");
    }
    println!("{killed} kills, {held} rows held");
}
