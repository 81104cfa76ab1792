//! The program with usage errors, failing surroundings, and answers that differ from the spec.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::cli::{ID, SECRET, asking, finish, run};
use crate::support::{Raw, pyi};

#[test]
fn a_failed_exchange_is_not_sent_or_unknown() {
    let call = |url: String| {
        let mut command = asking(&url, "1", ID, "张三");
        let (code, stdout, _) = finish(command.env("PYI_SECRET", SECRET));
        let printed: Value = serde_json::from_str(&stdout).unwrap();
        (
            code,
            printed["outcome"].as_str().unwrap().to_owned(),
            printed["billing"].as_str().unwrap().to_owned(),
        )
    };
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(call(format!("http://{free}")), (4, "not_sent".into(), "not_sent".into()));
    assert_eq!(
        call(Raw::http("502 Bad Gateway", "<html></html>").url()),
        (5, "unknown".into(), "unknown".into())
    );
    assert_eq!(call(Raw::start("").url()), (5, "unknown".into(), "unknown".into()));
}

/// What a value must be is said also where the value is a part of that sentence; the value
/// itself is not.
#[test]
fn a_refused_value_meets_what_it_must_be() {
    for (arguments, what) in [
        ("batch run people.csv --retain 30", "such as 30d or 12h"),
        ("batch run people.csv --retain 1", "such as 30d or 12h"),
        ("batch run people.csv --alert 0", "such as 50%,80%,100%"),
        ("batch stop 32", "32 hexadecimal digits"),
        ("batch reconcile bill.csv --ledger a --time t --zone 8", "such as +08:00"),
        ("batch reconcile bill.csv --ledger a --time t --zone 金丝雀", "such as +08:00"),
        ("batch run people.csv --concurrency 900", "it is not in 1..=256"),
    ] {
        let output = pyi().args(["--lang", "en"]).args(arguments.split(' ')).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && said.contains(what), "{arguments}: {said}");
        assert!(!said.contains("金丝雀") && !said.contains("900"), "{said}");
    }
}

/// Data that the generated client refuses is undecodable in the program too; it is printed, since
/// it was paid for.
#[test]
fn data_that_is_not_what_the_spec_says_is_undecodable() {
    let payloads = [
        r#"{"bank_status":"01","bank_status":"02"}"#,
        r#"{"bank_status":"01","bank_birthday":"1949-12-31"}"#,
        r#"{"bank_status":{"a":"01"}}"#,
        r#"["01"]"#,
    ];
    for payload in payloads {
        let server = Raw::http("200 OK", &format!(r#"{{"codeid":10000,"retdata":{payload}}}"#));
        let mut command = asking(&server.url(), "1", ID, "张三");
        let (code, stdout, stderr) = finish(command.env("PYI_SECRET", SECRET));
        assert!(code == 5 && stdout.contains(r#""outcome":"undecodable","code":10000"#), "{stdout}");
        assert!(stdout.contains(payload) && stdout.contains(r#""billing":"billed""#), "{stdout}");
        assert!(stderr.contains("is not"), "{stderr}");
    }
}

/// The program's stderr and the sandbox's output show no person and no secret.
#[test]
fn stderr_and_the_sandboxs_log_show_nobody() {
    let (name, id, secret) = ("金丝雀乙", "00000019490101776X", "canary5ec2e7canary5ec2e7canary00");
    let echo = |code: i32| {
        Raw::http(
            "200 OK",
            &format!(r#"{{"codeid":{code},"message":"{name} {id} {secret}","retdata":"{name}"}}"#),
        )
    };
    let servers = [
        echo(10000),
        echo(10018),
        echo(10016),
        echo(10025),
        Raw::http("502 Bad Gateway", name),
        Raw::start(""),
    ];
    for server in &servers {
        for method in ["post", "get"] {
            let mut command = asking(&server.url(), "1", id, name);
            command.args(["--method", method]).env("PYI_SECRET", secret);
            let (_, _, stderr) = finish(&mut command);
            for mark in [name, id, secret, "%E9%87%91"] {
                assert!(!stderr.contains(mark), "{mark} in {stderr}");
            }
        }
    }
    let mut sandbox = pyi().args(["sandbox"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut url = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(sandbox.stdout.as_mut().unwrap()), &mut url)
        .unwrap();
    let url = url.strip_prefix("url").unwrap().trim().to_owned();
    finish(asking(&url, "1", id, name).env("PYI_SECRET", secret));
    Command::new("kill").args(["-INT", &sandbox.id().to_string()]).status().unwrap();
    let output = sandbox.wait_with_output().unwrap();
    let log = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(log.contains("id_card_two_factor  10003  not billed"), "{log}");
    for mark in [name, id, secret] {
        assert!(!log.contains(mark), "{mark} in {log}");
    }
}

#[test]
fn wrong_use_is_one_line_with_the_way_out() {
    let http = ["--base-url", "http://127.0.0.1:1"];
    let person = ["--bank-id", ID, "--bank-name", "张三"];
    fn call<'a>(arguments: &[&[&'a str]]) -> Vec<&'a str> {
        [&["call", "id_card_two_factor"], arguments.concat().as_slice()].concat()
    }
    let table: &[(Vec<&str>, &[&str])] = &[
        (call(&[&person]), &["--base-url", "--sandbox"]),
        (call(&[&["--bank-idd", ID]]), &["--bank-id"]),
        (call(&[&["--sandbox", "--bank-name", "张", "三"]]), &["in quotes"]),
        (call(&[&["--sandbox", ID]]), &["in quotes"]),
        (call(&[&["--sandbox", "--field", ID]]), &["NAME=VALUE"]),
        (call(&[&["--sandbox", "--time", "noon"]]), &["now, none"]),
        (call(&[&["--sandbox", "--bank-id", "@/nowhere"]]), &["--bank_id", "after @"]),
        (call(&[&http, &person]), &["--app-id"]),
        (call(&[&http, &person, &["--app-id", "1"]]), &["PYI_SECRET", "--secret-file"]),
        (call(&[&http, &person, &["--app-id", "1", "--secret-file", SECRET]]), &["--secret-file"]),
        (vec!["call", "id_card_two_factors"], &["id_card_two_factor"]),
        (
            vec!["call", "--spec", "/nowhere", "id_card_two_factor", "--sandbox"],
            &["cannot read the folder `--spec`", "pyi lint"],
        ),
        (vec!["sign", "a=b"], &["PYI_SECRET"]),
        (vec!["sandbox", "--addr", "here"], &["127.0.0.1:0"]),
        (vec!["sing"], &["sign"]),
    ];
    for (arguments, said) in table {
        let (code, stdout, stderr) = run(arguments);
        assert_eq!(code, 2, "{arguments:?}");
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
        assert!(said.iter().all(|word| stderr.contains(word)), "{arguments:?}: {stderr}");
        assert!(stdout.is_empty() || stdout.contains(r#""outcome":"refused""#), "{stdout}");
        for secret in [ID, "张", "三", SECRET] {
            assert!(!stderr.contains(secret) && !stdout.contains(secret), "{arguments:?}: {stderr}");
        }
    }
}

/// A method of the runtime's builder is a flag of the program.
#[test]
fn plain_http_is_refused_unless_asked_for() {
    let arguments = [
        "call",
        "id_card_two_factor",
        "--bank-id",
        ID,
        "--bank-name",
        "张三",
        "--base-url",
        "http://host.invalid",
        "--app-id",
        "1",
    ];
    let call = |more: &[&str]| finish(pyi().args(arguments).args(more).env("PYI_SECRET", SECRET));
    let (code, stdout, _) = call(&[]);
    assert!(code == 2 && stdout.contains("--allow-insecure-http"), "{stdout}");
    let (code, stdout, _) = call(&["--allow-insecure-http", "--sign", "hash"]);
    assert!(code == 2 && stdout.contains("--allow-insecure-hash"), "{stdout}");
    assert_eq!(call(&["--allow-insecure-http"]).0, 4);
    assert_eq!(call(&["--allow-insecure-http", "--allow-insecure-hash", "--sign", "hash"]).0, 4);
}

/// The call was billed: unreadable data does not make it a failure to retry.
#[test]
fn a_stdout_that_cannot_be_written_loses_neither_answer_nor_exit_code() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let arguments = ["call", "id_card_two_factor", "--sandbox", "--bank-id", ID, "--bank-name", "张三"];
    let output = pyi().args(arguments).stdout(Stdio::from(full)).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&output.stderr).contains(r#""billing":"billed""#));
}

/// A flag of an earlier version names its successor, which exists.
#[test]
fn a_flag_that_was_renamed_names_its_successor() {
    let run: &[&str] = &["batch", "run"];
    for (command, earlier, successor) in [
        (run, "--in-flight", "--concurrency"),
        (run, "--patience", "--outage-timeout"),
        (run, "--yes-act", "--allow-side-effects"),
        (run, "--moved", "--change-base-url"),
        (&["batch", "plan"], "--output", "--format"),
        (&["call", "id_card_two_factor"], "--output", "--format"),
    ] {
        let help = pyi().args(command).arg("--help").output().unwrap();
        let help = String::from_utf8(help.stdout).unwrap();
        assert!(help.contains(successor) && !help.contains(earlier), "{help}");
        for argument in [earlier.to_owned(), format!("{earlier}=4")] {
            let (code, line) = refused(command, &argument);
            assert_eq!(code, Some(2), "{line}");
            assert!(line.contains(&format!("{earlier} is called {successor} now")), "{line}");
        }
    }
}

/// An argument that became an option, and a format that has another flag.
#[test]
fn an_argument_that_was_moved_names_its_successor() {
    for command in [&["lint"][..], &["expand"], &["export", "openapi"]] {
        let (code, line) = refused(command, "spec");
        assert!(code == Some(2) && line.contains("a spec folder is given by --spec DIR"), "{line}");
    }
    let (code, line) = refused(&["call", "id_card_two_factor"], "--format=xml");
    assert!(code == Some(2) && line.contains("one of json, table"), "{line}");
    assert!(line.contains("the format of the reply is --reply-format"), "{line}");
}

fn refused(command: &[&str], argument: &str) -> (Option<i32>, String) {
    let output = pyi().args(command).arg(argument).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// An endpoint that is in the folder `spec` alone, and a spec without one that can be called.
#[test]
fn an_endpoint_that_is_not_known_says_where_it_may_be() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("spec/endpoints")).unwrap();
    std::fs::write(folder.path().join("spec/endpoints/express.yaml"), "path: [").unwrap();
    let said = |arguments: &[&str]| {
        let output = pyi().args(arguments).current_dir(folder.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(said(&["call", "express", "--sandbox"]).contains("give --spec spec"));
    assert!(!said(&["call", "other", "--sandbox"]).contains("give --spec spec"));
    let faulty = said(&["call", "express", "--spec", "spec", "--sandbox"]);
    assert!(faulty.contains("no endpoint of the spec can be called; the spec has a fault"), "{faulty}");
    assert!(!faulty.contains("quotes"), "{faulty}");
}
