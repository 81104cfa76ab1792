//! `pyi lsp` by its messages: how a conversation begins and ends, what is no message, and which
//! files are of a spec.

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use pyi_codegen::{Input, Workspace};
use serde_json::{Value, json};

use crate::support::{pyi, root};

/// A message with its header.
fn framed(text: &str) -> Vec<u8> {
    format!("Content-Length: {}\r\n\r\n{text}", text.len()).into_bytes()
}

fn request(id: i32, method: &str, params: Value) -> Vec<u8> {
    framed(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}).to_string())
}

fn notify(method: &str, params: Value) -> Vec<u8> {
    framed(&json!({"jsonrpc": "2.0", "method": method, "params": params}).to_string())
}

fn start() -> Vec<u8> {
    [request(1, "initialize", json!({"capabilities": {}})), notify("initialized", json!({}))].concat()
}

fn end() -> Vec<u8> {
    [request(99, "shutdown", Value::Null), notify("exit", Value::Null)].concat()
}

fn opened(path: &Path, text: &str) -> Vec<u8> {
    let document = json!({"uri": format!("file://{}", path.display()), "languageId": "yaml", "version": 1, "text": text});
    notify("textDocument/didOpen", json!({"textDocument": document}))
}

/// The exit code, the messages of the server and what it says on stderr.
fn converse(parts: &[Vec<u8>]) -> (Option<i32>, Vec<Value>, String) {
    let mut server =
        pyi().arg("lsp").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A server that has ended reads no more.
    let _ = server.stdin.take().unwrap().write_all(&parts.concat());
    let output = server.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut rest = text.as_str();
    let mut messages = Vec::new();
    while let Some((header, behind)) = rest.split_once("\r\n\r\n") {
        let length: usize = header.strip_prefix("Content-Length: ").unwrap().parse().unwrap();
        messages.push(serde_json::from_str(&behind[..length]).unwrap());
        rest = &behind[length..];
    }
    (output.status.code(), messages, String::from_utf8(output.stderr).unwrap())
}

fn answer(messages: &[Value], id: i32) -> &Value {
    messages.iter().find(|message| message["id"] == id && message["method"].is_null()).unwrap()
}

#[test]
fn a_conversation_ends_as_the_protocol_says() {
    let exit = || notify("exit", Value::Null);
    assert_eq!(converse(&[start(), end()]).0, Some(0));
    assert_eq!(converse(&[start(), exit()]).0, Some(1), "without `shutdown`");
    assert_eq!(converse(&[exit()]).0, Some(1), "without `initialize`");
    assert_eq!(converse(&[start()]).0, Some(1), "the editor is gone");
    let hover = |id| request(id, "textDocument/hover", json!({}));
    let again = request(4, "initialize", json!({"capabilities": {}}));
    let shutdown = request(5, "shutdown", Value::Null);
    let (code, messages, _) = converse(&[hover(2), start(), hover(3), again, shutdown, hover(6), exit()]);
    let codes = [2, 3, 4, 5, 6].map(|id| answer(&messages, id)["error"]["code"].clone());
    assert_eq!(codes, [json!(-32002), json!(-32602), json!(-32600), Value::Null, json!(-32600)]);
    assert_eq!(code, Some(0));
}

#[test]
fn what_is_no_message_is_answered_or_ends_the_server_with_its_reason() {
    let bad = [framed("{\"jsonrpc\""), framed("[1]"), framed("\u{fffd}")].concat();
    let (code, messages, errors) = converse(&[start(), bad, end()]);
    let codes: Vec<&Value> =
        messages.iter().map(|message| &message["error"]["code"]).filter(|code| !code.is_null()).collect();
    assert_eq!(
        (code, codes, errors.as_str()),
        (Some(0), vec![&json!(-32700), &json!(-32600), &json!(-32700)], "")
    );
    for (header, why) in [
        ("Content-Length: 99999999999\r\n\r\n", "a message has more than 67108864 bytes"),
        ("Content-Length: 18446744073709551616\r\n\r\n", "a message has more than 67108864 bytes"),
        ("Content-Length: x\r\n\r\n", "a message has no `Content-Length` that is a number"),
    ] {
        let (code, _, errors) = converse(&[start(), header.as_bytes().to_vec()]);
        assert_eq!(
            (code, errors),
            (Some(2), format!("error: the editor broke the protocol: {why}\n")),
            "{header}"
        );
    }
}

/// How many files have faults, if these are opened.
fn faulty(folder: &Path, name: &str, text: &str) -> usize {
    let (_, messages, _) = converse(&[start(), opened(&folder.join(name), text), end()]);
    messages.iter().filter(|message| message["method"] == "textDocument/publishDiagnostics").count()
}

#[test]
fn files_of_other_programs_have_no_faults() {
    let folder = tempfile::tempdir().unwrap();
    let other = "apiVersion: v1\nkind: Provider\nmetadata:\n  provider: x\n";
    assert_eq!(faulty(folder.path(), "provider.yaml", other), 0);
    // The begin of a spec.
    assert_eq!(faulty(folder.path(), "provider.yaml", "# demo\n"), 1);
    assert_eq!(faulty(folder.path(), "provider.yaml", "provider: demo\n"), 1);
    std::fs::create_dir(folder.path().join("endpoints")).unwrap();
    assert_eq!(faulty(folder.path(), "endpoints/a.yaml", "kind: Endpoints\n"), 0, "no provider is beside it");
    assert_eq!(faulty(folder.path(), "provider.yaml", "kind: Provider\n"), 1, "endpoints are beside it");
    std::fs::copy(root().join("spec/provider.yaml"), folder.path().join("provider.yaml")).unwrap();
    assert_eq!(faulty(folder.path(), "endpoints/a.yaml", "kind: Endpoints\n"), 1);
}

#[test]
fn a_title_says_what_a_fix_does() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("endpoints")).unwrap();
    std::fs::copy(root().join("spec/provider.yaml"), folder.path().join("provider.yaml")).unwrap();
    let path = folder.path().join("endpoints/a.yaml");
    let text = "path: /a\ntitle: A\ntitle: A # why\nsource: made up\neffect: qeury\nmethods: [post]\nrequest:\n  \
        class: {type: string}\n  x: {type: integer, check: digits}\nresponse: any\n";
    let whole = json!({"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}});
    let asked = json!({
        "textDocument": {"uri": format!("file://{}", path.display())}, "range": whole, "context": {"diagnostics": []}
    });
    let (_, messages, _) =
        converse(&[start(), opened(&path, text), request(2, "textDocument/codeAction", asked), end()]);
    let actions = answer(&messages, 2)["result"].as_array().unwrap();
    let titles: Vec<&str> = actions.iter().map(|action| action["title"].as_str().unwrap()).collect();
    let wanted = [
        "remove `title: A` (safe)",
        "write `query` (a guess)",
        "write `POST` (safe)",
        "remove `check: digits` (a guess)",
    ];
    for wanted in wanted {
        assert!(titles.contains(&wanted), "{wanted}: {titles:?}");
    }
}

/// A file on disk that is not UTF-8, which the editor has a good text of.
#[test]
fn a_file_with_a_text_has_no_fault_of_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("provider.yaml"), b"\xff").unwrap();
    let mut workspace = Workspace::read(Input::Folder { path: folder.path(), shown: "spec" });
    let faults = |workspace: &Workspace| workspace.lint(&|_, _| None).to_string();
    assert!(faults(&workspace).contains("is not UTF-8"), "{}", faults(&workspace));
    workspace.set("provider.yaml", "provider: demo\n".to_owned());
    assert!(!faults(&workspace).contains("is not UTF-8"), "{}", faults(&workspace));
    workspace.set("provider.yaml", String::new());
    assert!(faults(&workspace).contains("is empty"), "{}", faults(&workspace));
}
