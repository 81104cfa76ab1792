//! The program at a shell.

use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::support::{Raw, pyi, root};

pub(crate) const ID: &str = "11010519491231002X";
pub(crate) const SECRET: &str = "0123456789abcdef0123456789abcdef";

pub(crate) fn run(arguments: &[&str]) -> (i32, String, String) {
    finish(pyi().args(arguments))
}

/// A call of the program about a person.
pub(crate) fn asking(url: &str, app: &str, id: &str, name: &str) -> Command {
    let mut command = pyi();
    command.args(["call", "id_card_two_factor", "--bank-id", id, "--bank-name", name]);
    command.args(["--base-url", url, "--app-id", app]);
    command
}

pub(crate) fn finish(command: &mut Command) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command.stdin(Stdio::null()).output().unwrap();
    (status.code().unwrap(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

fn call(arguments: &[&str]) -> (i32, Value) {
    let (code, stdout, stderr) = run(&[&["call", "id_card_two_factor"], arguments].concat());
    assert!(stderr.lines().count() <= 1, "{stderr}");
    (code, serde_json::from_str(&stdout).unwrap_or_else(|_| panic!("{stdout} {stderr}")))
}

#[test]
fn a_call_prints_one_json_object() {
    let (code, printed) = call(&["--sandbox", "--bank-id", ID, "--bank_name", "张三"]);
    assert_eq!(code, 0);
    let mut members: Vec<&String> = printed.as_object().unwrap().keys().collect();
    members.sort_unstable();
    let mut expected =
        ["endpoint", "outcome", "code", "status", "class", "message", "billing", "data", "error", "sandbox"];
    expected.sort_unstable();
    assert_eq!(members, expected);
    assert_eq!(printed["outcome"], "data");
    assert_eq!(printed["billing"], "billed");
    assert_eq!(printed["sandbox"], true);
    assert_eq!(printed["data"]["bank_status"], "01");
    assert_eq!(printed["data"]["bank_name"], "张三");
}

#[test]
fn every_way_to_send_is_understood() {
    for method in ["post", "get"] {
        for format in ["json", "xml", "jsonp"] {
            for sign in ["md5", "hash"] {
                for time in ["now", "none"] {
                    let settings =
                        ["--method", method, "--reply-format", format, "--sign", sign, "--time", time];
                    let (code, printed) = call(
                        &[&["--sandbox", "--bank-id", ID, "--bank-name", "李四"], &settings[..]].concat(),
                    );
                    assert_eq!(
                        (code, &printed["data"]["bank_name"]),
                        (0, &Value::from("李四")),
                        "{settings:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn exit_codes_say_what_happened() {
    let table = [
        ("status-10000", 0, "data", "billed"),
        ("status-10018", 3, "error", "free"),
        ("status-10014", 5, "error", "unknown"),
        ("status-10023", 6, "pending", "unknown"),
        ("status-10024", 6, "debug", "free"),
        ("status-10025", 6, "no_data", "free"),
    ];
    for (name, exit, outcome, billing) in table {
        let (code, printed) = call(&["--sandbox", "--bank-id", ID, "--bank-name", name]);
        assert_eq!(
            (code, &printed["outcome"], &printed["billing"]),
            (exit, &outcome.into(), &billing.into()),
            "{name}"
        );
    }
    let (code, printed) = call(&["--sandbox", "--bank-id", ID]);
    assert_eq!((code, &printed["outcome"]), (2, &"refused".into()));
    assert!(printed["error"].as_str().unwrap().contains("`bank_name` is required"));
    let (code, printed) =
        call(&["--sandbox", "--bank-id", ID, "--bank-name", "张三", "--time", "1577695766"]);
    assert_eq!((code, &printed["status"]), (3, &"clock_skew".into()));
}

/// Against another server than the sandbox: the credentials come from the environment, a file, or
/// flags.
#[test]
fn the_provider_is_called_with_its_credentials() {
    let server = Raw::http("200 OK", r#"{"codeid":10000,"message":"通过","retdata":{"bank_status":"02"}}"#);
    let arguments = ["call", "id_card_two_factor", "--bank-id", ID, "--bank-name", "张三", "--time", "none"];
    let variables =
        [("PYI_BASE_URL", server.url()), ("PYI_APP_ID", "7".to_owned()), ("PYI_SECRET", SECRET.to_owned())];
    let (code, stdout, _) = finish(pyi().args(arguments).envs(variables));
    assert_eq!(code, 0);
    let printed: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(printed["data"]["bank_status"], "02");
    assert_eq!(printed["sandbox"], false);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("{SECRET}\n")).unwrap();
    let flags =
        ["--base-url", &server.url(), "--app-id", "7", "--secret-file", file.path().to_str().unwrap()];
    assert_eq!(finish(pyi().args(arguments).args(flags)).0, 0);
    let [first, second] = <[String; 2]>::try_from(server.arrived()).unwrap();
    assert_eq!(first, second);
    assert!(first.contains("appid=7&bank_id="), "{first}");
}

#[test]
fn fields_come_from_files_and_stdin_too() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "张三\n").unwrap();
    let at = format!("@{}", file.path().display());
    let (_, printed) = call(&["--sandbox", "--bank-id", ID, "--bank-name", &at]);
    assert_eq!(printed["data"]["bank_name"], "张三");
    let (_, printed) = call(&["--sandbox", "--field", &format!("bank_id={ID}"), "--bank-name", "@@张三"]);
    assert_eq!(printed["data"]["bank_name"], "@张三");
    std::fs::write(file.path(), format!(r#"{{"bank_id": "{ID}", "bank_name": "王五"}}"#)).unwrap();
    let fields = std::fs::File::open(file.path()).unwrap();
    let arguments = ["call", "id_card_two_factor", "--sandbox", "--json", "-"];
    let output = pyi().args(arguments).stdin(Stdio::from(fields)).output().unwrap();
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(printed["data"]["bank_name"], "王五");
}

#[test]
fn sign_prints_the_text_and_the_signature() {
    let arguments =
        ["sign", "format=json", "bank_name=张三", "bank_id=362536199105034456", "appid=1", "debug="];
    let (code, stdout, _) = finish(pyi().args(arguments).env("PYI_SECRET", SECRET));
    let text = "appid1bank_id362536199105034456bank_name张三formatjson<secret>";
    assert_eq!((code, stdout), (0, format!("text  {text}\nsign  0e59eb5415a111339d2fefaabd16b9da\n")));
}

#[test]
fn lint_prints_all_faults() {
    assert_eq!(run(&["lint"]).0, 0);
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("endpoints")).unwrap();
    std::fs::copy(root().join("spec/provider.yaml"), folder.path().join("provider.yaml")).unwrap();
    let good = std::fs::read_to_string(root().join("spec/endpoints/id_card_two_factor.yaml")).unwrap();
    let bad = good.replace("effect: query", "efect: query").replace("type: resident_id", "type: resident");
    std::fs::write(folder.path().join("endpoints/bad.yaml"), bad).unwrap();
    let (code, stdout, _) = run(&["lint", "--spec", folder.path().to_str().unwrap()]);
    assert_eq!(code, 1);
    for said in ["unknown key `efect`", "did you mean `resident_id`?", "3 fault(s)"] {
        assert!(stdout.contains(said), "{said} in {stdout}");
    }
}

/// A spec that was not compiled is served and called by the program, with any field names, and
/// beside an endpoint with a fault.
#[test]
fn a_spec_folder_needs_no_compiler() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("endpoints")).unwrap();
    std::fs::copy(root().join("spec/provider.yaml"), folder.path().join("provider.yaml")).unwrap();
    let endpoint = "path: /pyi/0/1\ntitle: 回声\nsource: made up for this test\neffect: query\nmethods: [GET]\nformats: [json]\n\
                    request:\n  word: {type: string}\n  output: {type: string}\n  \"-x\": {type: string}\n  method: {type: string}\n\
                    response:\n  word: {type: string}\n  output: {type: string}\n  method: {type: string}\n";
    std::fs::write(folder.path().join("endpoints/help.yaml"), endpoint).unwrap();
    std::fs::write(folder.path().join("endpoints/broken.yaml"), "path: nowhere\n").unwrap();
    let spec = folder.path().to_str().unwrap();
    let fields = ["--word", "你好", "--field", "output=x", "--field", "-x=y", "--field", "method=z"];
    let settings = ["--sandbox", "--format", "json", "--method", "get"];
    let (code, stdout, stderr) =
        run(&[&["call", "--spec", spec, "help"], &settings[..], &fields[..]].concat());
    assert_eq!(code, 0, "{stderr}");
    let data = &serde_json::from_str::<Value>(&stdout).unwrap()["data"];
    assert_eq!((&data["word"], &data["output"], &data["method"]), (&"你好".into(), &"x".into(), &"z".into()));
    let (code, _, stderr) = run(&["call", "--spec", spec, "broken", "--sandbox"]);
    assert!(code == 2 && stderr.contains("the spec has a fault"), "{stderr}");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), r#"{"word":"a","word":"b","output":"x","-x":"y","method":"z"}"#).unwrap();
    let (code, stdout, _) =
        run(&["call", "--spec", spec, "help", "--sandbox", "--json", file.path().to_str().unwrap()]);
    assert!(code == 2 && stdout.contains("`word` is given twice"), "{stdout}");
}

#[test]
fn help_version_and_completions() {
    assert_eq!(run(&["--version"]).1, format!("pyi {}\n", env!("CARGO_PKG_VERSION")));
    let (code, help, _) = run(&["call", "id_card_two_factor", "--help"]);
    assert_eq!(code, 0);
    for said in ["--bank_id", "--bank-id", "身份证号码", "process list", "PYI_SECRET", "Exit codes"] {
        assert!(help.contains(said), "{said} in {help}");
    }
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let (code, script, _) = run(&["completions", shell]);
        assert_eq!(code, 0);
        assert!(script.contains("bank_id") && script.contains("id_card_two_factor"), "{shell}");
    }
}

/// `pyi sandbox` prints its address, and serves another program.
#[test]
fn a_sandbox_serves_until_it_is_stopped() {
    use std::io::{BufRead, BufReader};
    let mut child = pyi().args(["sandbox"]).stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let head: Vec<String> = lines.take(3).map(|line| line.unwrap()).collect();
    let value = |line: usize, name: &str| head[line].strip_prefix(name).unwrap().trim().to_owned();
    let (url, app, secret) = (value(0, "url"), value(1, "app id"), value(2, "secret"));
    let (code, stdout, stderr) = finish(asking(&url, &app, ID, "张三").env("PYI_SECRET", secret));
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(code, 0, "{stdout} {stderr}");
}
