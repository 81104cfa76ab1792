//! `--alert` and `--alert-command`: lines and commands at shares of a budget, for a ledger in a
//! file and for one in PostgreSQL with several workers; and the exit code of a budget that is used
//! up.

use std::path::Path;
use std::process::Stdio;

use pyi_sandbox::Sandbox;

use crate::batch_store::{PASSWORD, Server, command, said};
use crate::desk::Desk;

/// Appends the variables that a command got, and whether it got a secret.
fn hook(log: &Path) -> String {
    format!(
        "echo \"$PYI_ALERT_PERCENT $PYI_ALERT_SPENT $PYI_ALERT_BUDGET $PYI_ALERT_CURRENCY ${{PYI_ALERT_BATCH##*/}} \
         ${{PYI_SECRET-none}} ${{PYI_STORE_KEY-none}}\" >> {}",
        log.display()
    )
}

fn lines(log: &Path) -> Vec<String> {
    let mut lines: Vec<String> =
        std::fs::read_to_string(log).unwrap_or_default().lines().map(str::to_owned).collect();
    lines.sort_unstable();
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_reports_each_share_once() {
    let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    let log = desk.folder.path().join("alerts");
    let hook = hook(&log);
    let run = |budget: &str, more: &[&str]| {
        let alert = ["--concurrency", "1", "--budget", budget, "--alert", "50%,100%,80"];
        desk.run(&sandbox, &[&alert, more].concat())
    };
    // Nine rows of 0.16 are within it, and no tenth.
    let (code, _, trouble) = run("1.50", &["--alert-command", &hook]);
    assert_eq!(code, Some(8), "{trouble}");
    let alerts: Vec<&str> = trouble.lines().filter(|line| line.starts_with("alert: ")).collect();
    assert_eq!(
        alerts.iter().map(|line| line.split(": ").nth(1).unwrap()).collect::<Vec<_>>(),
        ["50% of the budget is spent", "80% of the budget is spent", "the budget is used up"],
        "{trouble}"
    );
    assert!(alerts[2].ends_with(" 1.44 of 1.5 CNY"), "{trouble}");
    let noted = lines(&log);
    let numbers: Vec<&str> = noted.iter().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(numbers, ["100", "50", "80"]);
    assert!(noted[0].ends_with(" 1.44 1.5 CNY people.csv.ledger none none"), "{noted:?}");
    // The next run does not report them again.
    let (code, _, trouble) = run("1.50", &["--alert-command", &hook]);
    assert!(code == Some(8) && !trouble.contains("alert: ") && lines(&log) == noted, "{trouble}");
    // A command that fails is reported, and changes nothing else.
    let (code, _, trouble) = run("100.00", &["--alert", "1%", "--alert-command", "exit 3"]);
    assert_eq!(code, Some(2), "one option has all shares: {trouble}");
    let more = ["--budget", "100.00", "--alert", "2%", "--alert-command", "exit 3"];
    let (code, _, trouble) = desk.run(&sandbox, &more);
    assert!(code == Some(0) && trouble.contains("--alert-command failed: exit status: 3"), "{trouble}");
    let (code, _, trouble) = desk.run(&sandbox, &["--alert", "120%"]);
    assert!(code == Some(2) && trouble.contains("whole percents from 1 to 100"), "{trouble}");
    let (code, ..) = desk.run(&sandbox, &["--alert-command", "true"]);
    assert_eq!(code, Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn several_workers_report_each_share_once() {
    let (desk, server, sandbox) = (Desk::new(), Server::start(), Sandbox::start(pyi::SPEC).await.unwrap());
    let log = desk.folder.path().join("alerts");
    let hook = hook(&log);
    let table = desk.path("people.csv");
    let submit =
        ["submit", &table, "--endpoint", "id_card_two_factor", "--budget", "2.40", "--chunk-rows", "7"];
    let text = said(&command(&desk, &server, &sandbox).args(submit).output().unwrap());
    let batch = text.split_whitespace().last().unwrap().to_owned();
    let worker = || {
        let mut worker = command(&desk, &server, &sandbox);
        worker.args([
            "work",
            &batch,
            "--concurrency",
            "2",
            "--alert",
            "50%,80%,100%",
            "--alert-command",
            &hook,
        ]);
        worker.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let mut alerts = Vec::new();
    for worker in [worker(), worker(), worker()] {
        let output = worker.wait_with_output().unwrap();
        let text = said(&output);
        assert_eq!(output.status.code(), Some(8), "{text}");
        alerts.extend(text.lines().filter(|line| line.starts_with("alert: ")).map(str::to_owned));
    }
    assert_eq!((alerts.len(), sandbox.request_log().len()), (3, 15), "{alerts:?}");
    let noted = lines(&log);
    assert!(noted.len() == 3 && noted[0] == format!("100 2.4 2.4 CNY {batch} none none"), "{noted:?}");
    assert!(!noted.iter().any(|line| line.contains(PASSWORD)));
}
