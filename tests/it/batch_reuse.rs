//! `--reuse`: a table with people of earlier batches costs only the others, and its results say
//! which answers are earlier ones.

use std::process::Command;

use pyi_sandbox::{Fault, Sandbox};

use crate::batch_store::{PASSWORD, Server, command, said};
use crate::desk::{Desk, ROWS, asked, spent};
use crate::support::pyi;

/// The desk's table under another name, with one person more.
fn other_table(desk: &Desk) -> String {
    let other = desk.path("other.csv");
    let people = std::fs::read_to_string(desk.path("people.csv")).unwrap();
    std::fs::write(&other, people + "王五,110105194912310038,new\n").unwrap();
    other
}

/// A command for the other table instead of the desk's.
fn for_other(command: &Command, desk: &Desk) -> Command {
    let mut other = pyi();
    for argument in command.get_args() {
        match argument.to_str().unwrap() {
            table if table == desk.path("people.csv") => other.arg(desk.path("other.csv")),
            argument => other.arg(argument),
        };
    }
    other.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    other
}

fn count(text: &str, what: &str) -> usize {
    text.matches(what).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn people_with_an_answer_are_not_paid_for_again() {
    let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    sandbox.inject(Fault::Status(10025.into()));
    assert_eq!(desk.run(&sandbox, &[]).0, Some(0));
    let first = desk.results();
    let other = other_table(&desk);
    let run = |more: &[&str]| {
        let output = for_other(&desk.command(&sandbox, more), &desk).output().unwrap();
        (output.status.code(), said(&output))
    };
    assert_eq!(run(&[]).0, Some(7), "without it, people of earlier batches need a decision");
    assert_eq!(sandbox.request_log().len(), ROWS);
    let (code, text) = run(&["--reuse", "7d"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("29 rows take the answers of earlier batches, at no cost"), "{text}");
    // The row that had no answer, and the new one.
    assert_eq!(sandbox.request_log().len(), ROWS + 2);
    assert!((spent(&text) - 0.32).abs() < 1e-9, "{text}");
    let results = desk.results();
    assert_eq!(results.len(), ROWS + 1);
    let mut reused = 0;
    for (row, before) in results.iter().zip(&first) {
        if row["pyi_state"] != "reused" {
            continue;
        }
        reused += 1;
        assert_eq!(row["pyi_billing"], "not_sent");
        assert!(row["pyi_why"].starts_with("the answer to a call of 20"), "{row:?}");
        for (title, value) in before {
            let is_own = ["pyi_state", "pyi_billing", "pyi_why"].contains(&title.as_str());
            assert!(is_own || row[title] == *value, "{title}: {row:?}");
        }
    }
    assert_eq!(reused, ROWS - 1);
    // The next runs of the batch ask nothing, and send nobody.
    for more in [&[][..], &["--reuse", "7d"]] {
        let (code, text) = run(more);
        assert_eq!(code, Some(0), "{text}");
    }
    assert_eq!(sandbox.request_log().len(), ROWS + 2);
    let of_ledger = |what: &[&str]| {
        let mut of_ledger = pyi();
        of_ledger.args(["batch", what[0], &other]).args(&what[1..]);
        said(&of_ledger.output().unwrap())
    };
    assert_eq!(count(&of_ledger(&["status", "--rows"]), "\treused\t"), ROWS - 1);
    let report = of_ledger(&["report"]);
    assert!(report.contains("29 rows took the answers of earlier batches, at no cost"), "{report}");
    assert!(report.contains("  2 rows data 10000, billed: 0.32\n"), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_earlier_ledger_that_is_gone_is_named() {
    let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    assert_eq!(desk.run(&sandbox, &[]).0, Some(0));
    other_table(&desk);
    std::fs::remove_file(desk.path("people.csv.ledger")).unwrap();
    let run = |more: &[&str]| {
        let output = for_other(&desk.command(&sandbox, more), &desk).output().unwrap();
        (output.status.code(), said(&output))
    };
    let (code, text) = run(&["--reuse", "7d"]);
    assert!(
        code == Some(7) && text.contains("people.csv.ledger are not reused: there is no ledger"),
        "{text}"
    );
    assert_eq!(sandbox.request_log().len(), ROWS);
    // A trial has invented answers, and takes none.
    let mut trial = pyi();
    trial.args(["batch", "run", &desk.path("people.csv"), "--endpoint", "id_card_two_factor", "--sandbox"]);
    trial.args(["--budget", "100.00", "--reuse", "7d", "-o", &desk.path("trial.csv")]);
    let text = said(&trial.env("XDG_STATE_HOME", desk.state.path()).output().unwrap());
    assert!(text.contains("--reuse has no effect with --sandbox") && text.contains("sent 30"), "{text}");
    // A recharge that was made once does not stand for another one.
    let mut act = pyi();
    act.args([
        "batch",
        "run",
        &desk.path("people.csv"),
        "--endpoint",
        "mobile_recharge",
        "--map",
        "c_mobile=身份证号",
    ]);
    act.args(["--budget", "1", "--allow-side-effects", "--reuse", "7d", "-o", &desk.path("act.csv")]);
    let output = act.output().unwrap();
    assert!(output.status.code() == Some(2) && said(&output).contains("leave --reuse out"), "{output:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_of_a_store_take_answers_too() {
    let (desk, server) = (Desk::new(), Server::start());
    let sandbox = Sandbox::start(pyi::SPEC).await.unwrap();
    let other = other_table(&desk);
    let run = |table: &str, more: &[&str]| {
        let mut run = command(&desk, &server, &sandbox);
        run.args(["run", table, "--endpoint", "id_card_two_factor", "--budget", "100.00"]);
        run.args(["-o", &desk.path("results.csv"), "--store", &server.address()]).args(more);
        let output = run.env_remove("PYI_STORE").env("PGPASSWORD", PASSWORD).output().unwrap();
        (output.status.code(), said(&output))
    };
    assert_eq!(run(&desk.path("people.csv"), &[]).0, Some(0));
    let (code, text) = run(&other, &["--reuse", "7d"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("30 rows take the answers of earlier batches, at no cost"), "{text}");
    assert_eq!(asked(&sandbox).values().copied().collect::<Vec<_>>(), [1; ROWS + 1]);
    assert_eq!(desk.results().iter().filter(|row| row["pyi_state"] == "reused").count(), ROWS);
    // `submit` as well; with another wrapping key, the earlier batches are named.
    let third = desk.path("third.csv");
    std::fs::copy(&other, &third).unwrap();
    let submit = |key: &str| {
        let mut submit = command(&desk, &server, &sandbox);
        submit.args([
            "submit",
            &third,
            "--endpoint",
            "id_card_two_factor",
            "--budget",
            "100.00",
            "--reuse",
            "7d",
        ]);
        let text = said(&submit.env("PYI_STORE_KEY", key.repeat(32)).output().unwrap());
        std::fs::remove_file(format!("{third}.batch")).unwrap();
        text
    };
    let text = submit("5b");
    assert!(text.contains("31 rows take the answers") && !text.contains("warning"), "{text}");
    let text = submit("5c");
    assert!(text.contains("0 rows take the answers"), "{text}");
    assert_eq!(count(&text, "are not reused: this is not the key"), 3, "{text}");
}
