//! Limits of a sandbox: a picture in a request, and connections that never send a complete one.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Stdio;
use std::time::Duration;

use pyi_codegen::Input;
use pyi_dynamic::DynamicOperation;
use pyi_runtime::__private::{Value, Values};
use pyi_runtime::{Any, Billing, Client, Error, Reply};
use pyi_sandbox::{Builder, Sandbox};

use crate::support::{pyi, root};

const PICTURE: &str = "path: /picture\ntitle: a\nsource: a\neffect: query\nmethods: [POST]\nformats: [json]\n\
                       request:\n  picture: {type: string}\nresponse:\n  city: {type: string, example: A}\n";

fn texts(more: &str) -> [(&'static str, String); 2] {
    let provider = std::fs::read_to_string(root().join("spec/provider.yaml")).unwrap() + more;
    [("provider.yaml", provider), ("endpoints/picture.yaml", PICTURE.to_owned())]
}

/// Sends a picture to a sandbox, whose spec has more at its end. Returns the reply, and how many
/// requests arrived whole.
async fn send(builder: Builder, more: &str, picture: &str) -> (Result<Reply<Any>, Error>, usize) {
    let texts = texts(more);
    let texts: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let (spec, report) = pyi_codegen::load(Input::Texts(&texts));
    assert!(report.is_empty(), "{report}");
    let sandbox = builder.start(&texts).await.unwrap();
    let dynamic = DynamicOperation::new(&spec, spec.endpoint("picture").unwrap());
    let provider = dynamic.provider();
    let operation = dynamic.operation(&provider);
    let client: Client = sandbox.client().unwrap();
    let picture: &dyn Value = &picture;
    let came = client.call_any(&operation, Values::of(&[picture])).await;
    (came, sandbox.request_log().len())
}

/// 8 MiB of a character that form encoding triples.
#[tokio::test]
async fn a_picture_of_8_mib_is_carried() {
    let picture = "+".repeat(8 << 20);
    let (came, arrived) = send(Sandbox::builder(), "", &picture).await;
    assert_eq!((came.unwrap().billing(), arrived), (Billing::Billed, 1));
}

/// A request that is too large is answered by HTTP only, with the spec's billing, as by the
/// provider.
#[tokio::test]
async fn a_request_that_is_too_large_costs_what_the_spec_says() {
    let listed = "\nhttp: {413: {class: request, billed: never, next: send a smaller picture}}\n";
    for (more, billing) in [("", Billing::Unknown), (listed, Billing::Free)] {
        let (came, arrived) = send(Sandbox::builder().body_limit(1000), more, &"x".repeat(1000)).await;
        let error = came.unwrap_err();
        assert_eq!((error.http_status(), error.billing(), arrived), (Some(413), billing, 0), "{error}");
    }
    let (came, _) = send(Sandbox::builder().body_limit(1000), "", &"x".repeat(500)).await;
    assert!(came.is_ok());
}

async fn sandbox(builder: Builder) -> Sandbox {
    builder.start(pyi::SPEC).await.unwrap()
}

fn connect(sandbox: &Sandbox) -> TcpStream {
    let stream = TcpStream::connect(sandbox.url().trim_start_matches("http://")).unwrap();
    // A guard: a connection that is never closed fails the test.
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream
}

const WHOLE: &str = "GET /nowhere HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";

/// All that comes until the connection is closed.
fn rest(mut stream: &TcpStream) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_never_finishes_a_request_is_closed() {
    let sandbox = sandbox(Sandbox::builder().arrival_limit(Duration::from_millis(200))).await;
    let halves = [
        ("", ""),
        ("GET /pyi/62/169 HTTP/1.1\r\nhost: ", ""),
        ("POST /pyi/62/169 HTTP/1.1\r\nhost: a\r\ncontent-length: 99\r\n\r\nappid=1", "HTTP/1.1 408 "),
        (
            "POST /pyi/62/169 HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n7\r\nappid=1\r\n",
            "HTTP/1.1 408 ",
        ),
    ];
    for (half, answer) in halves {
        let mut stream = connect(&sandbox);
        stream.write_all(half.as_bytes()).unwrap();
        let said = rest(&stream).unwrap();
        assert!(said.starts_with(answer), "{half:?}: {said}");
    }
    // A connection that sends single bytes is closed too.
    let mut dripping = connect(&sandbox);
    let mut drops = 0;
    while dripping.write_all(b"G").is_ok() {
        std::thread::sleep(Duration::from_millis(20));
        drops += 1;
        assert!(drops < 3000, "it is never closed");
    }
    assert!(sandbox.request_log().is_empty());
    // A connection that is kept open between two requests is closed as well, and the requests are
    // answered.
    let mut stream = connect(&sandbox);
    stream.write_all(WHOLE.replace("connection: close\r\n", "").as_bytes()).unwrap();
    assert!(rest(&stream).unwrap().starts_with("HTTP/1.1 200 "));
}

#[tokio::test(flavor = "multi_thread")]
async fn open_connections_are_capped() {
    let sandbox = sandbox(Sandbox::builder().connections(2)).await;
    let silent = [connect(&sandbox), connect(&sandbox)];
    let mut third = connect(&sandbox);
    third.write_all(WHOLE.as_bytes()).unwrap();
    third.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    let waits = rest(&third).unwrap_err().kind();
    assert!(matches!(waits, std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut), "{waits}");
    assert!(sandbox.request_log().is_empty());
    drop(silent);
    third.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    assert!(rest(&third).unwrap().starts_with("HTTP/1.1 200 "));
    assert_eq!(sandbox.request_log().len(), 1);
}

#[test]
fn the_program_sets_the_limit() {
    let mut child = pyi().args(["sandbox", "--body-limit", "10"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().trim_start_matches("url").trim().trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream
        .write_all(b"POST /pyi/62/169 HTTP/1.1\r\nhost: a\r\ncontent-length: 11\r\n\r\nappid=12345")
        .unwrap();
    let said = rest(&stream);
    child.kill().unwrap();
    child.wait().unwrap();
    let said = said.unwrap();
    assert!(said.starts_with("HTTP/1.1 413 ") && said.contains("higher --body-limit"), "{said}");
}
