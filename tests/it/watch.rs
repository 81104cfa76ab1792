//! Edits of a spec: `pyi lint --watch` reports at each save, `pyi sandbox --watch` serves the saved
//! spec, and `pyi call` reads it again. No compiler runs.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use crate::support::{pyi, root};

/// A program that runs until the test ends, and its lines.
struct Running {
    child: Child,
    lines: Receiver<String>,
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        let mut child = pyi().args(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let (send, lines) = channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| send.send(line)));
        Self { child, lines }
    }

    /// Waits for a line; a test that waits for ever fails by its limit.
    fn until(&self, said: &str) -> String {
        loop {
            let line = self
                .lines
                .recv_timeout(Duration::from_secs(20))
                .unwrap_or_else(|_| panic!("never said {said}"));
            if line.contains(said) {
                return line;
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const ENDPOINT: &str = "path: /pyi/0/1\ntitle: 回声\nsource: made up for this test\neffect: query\nmethods: [POST]\nformats: [json]\n\
                        request:\n  word: {type: string}\nresponse:\n  word: {type: string}\n";

#[test]
fn what_is_saved_is_told_and_served_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let endpoints = folder.path().join("endpoints");
    std::fs::create_dir(&endpoints).unwrap();
    std::fs::copy(root().join("spec/provider.yaml"), folder.path().join("provider.yaml")).unwrap();
    std::fs::write(endpoints.join("echo.yaml"), ENDPOINT).unwrap();
    let spec = folder.path().to_str().unwrap();

    let lint = Running::start(&["lint", "--spec", spec, "--watch"]);
    lint.until("no faults, 1 endpoint(s)");
    let sandbox = Running::start(&["sandbox", "--spec", spec, "--watch"]);
    let url = sandbox.until("url").replace("url", "").trim().to_owned();
    let secret = sandbox.until("secret").replace("secret", "").trim().to_owned();
    let call = |endpoint: &str| {
        let arguments = [
            "call",
            "--spec",
            spec,
            endpoint,
            "--word",
            "你好",
            "--base-url",
            &url,
            "--app-id",
            "1",
            "--format",
            "json",
        ];
        let output = pyi().args(arguments).env("PYI_SECRET", &secret).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(call("echo").contains(r#""word":"你好""#));

    std::fs::write(endpoints.join("second.yaml"), ENDPOINT.replace("/pyi/0/1", "/pyi/0/2")).unwrap();
    lint.until("no faults, 2 endpoint(s)");
    sandbox.until("served as saved");
    assert!(call("second").contains(r#""word":"你好""#));

    std::fs::write(endpoints.join("second.yaml"), ENDPOINT).unwrap();
    lint.until("duplicate-path");
    sandbox.until("duplicate-path");
    assert!(call("echo").contains(r#""word":"你好""#), "the endpoint beside it is served all the same");

    std::fs::write(folder.path().join("provider.yaml"), "provider: [").unwrap();
    lint.until("yaml-syntax");
    sandbox.until("as it was before");
}
