//! The service with batches in `examples/`, driven by curl and killed on the way, and the compose
//! file, whose commands are run as it has them.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use pyi_sandbox::{Fault, Sandbox};
use serde_json::{Value, json};

use crate::batch_store::{PASSWORD, Server, said};
use crate::desk::{Desk, ROWS, asked};
use crate::support::{cargo, pyi, root};

const KEY: &str = "5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b";

/// The running service. It ends with the test.
struct Service {
    process: Child,
    url: String,
}

impl Service {
    fn start(server: &Server, sandbox: &Sandbox) -> Self {
        let mut process = Command::new(example())
            .env("PYI_STORE", server.url())
            .env("PYI_STORE_KEY", KEY)
            .env("PYI_BASE_URL", sandbox.url())
            .env("PYI_APP_ID", sandbox.app_id())
            .env("PYI_SECRET", sandbox.secret())
            .env("LISTEN", "127.0.0.1:0")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut url = String::new();
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut url).unwrap();
        Self { process, url: url.trim().to_owned() }
    }

    /// The HTTP status and the answer of a request.
    fn ask(&self, path: &str, body: Option<&Value>) -> (String, String) {
        let mut curl = Command::new("curl");
        curl.args(["-sS", "--noproxy", "*", "-w", "\n%{http_code}", &format!("{}{path}", self.url)]);
        if let Some(body) = body {
            curl.args(["-X", "PUT", "-H", "content-type: application/json", "-d", &body.to_string()]);
        }
        let output = curl.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let (answer, status) = text.rsplit_once('\n').unwrap();
        (status.to_owned(), answer.to_owned())
    }

    fn json(&self, path: &str) -> Value {
        let (status, answer) = self.ask(path, None);
        assert_eq!(status, "200", "{answer}");
        serde_json::from_str(&answer).unwrap()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The service, built as it is now.
fn example() -> PathBuf {
    let built = cargo()
        .args(["build", "--quiet", "--offline", "--locked", "-p", "pyi", "--example", "batch_service"])
        .current_dir(root())
        .status()
        .unwrap();
    assert!(built.success());
    let deps = std::env::current_exe().unwrap();
    deps.parent().unwrap().parent().unwrap().join("examples/batch_service")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_submits_sends_and_shows_a_batch() {
    let server = Server::start();
    let delay = Fault::Delay(Duration::from_millis(100));
    let sandbox = Sandbox::builder().every(1, delay).start(pyi::SPEC).await.unwrap();
    let service = Service::start(&server, &sandbox);
    let people: Vec<Value> = (0..200)
        .map(|number| json!({"bank_name": format!("张{number}号"), "bank_id": "11010519491231002X"}))
        .collect();
    let path = "/batches/0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f";
    let mut asked_for = json!({"budget": "100.00", "people": people});
    // A request that is repeated submits once.
    for _ in 0..2 {
        assert_eq!(service.ask(path, Some(&asked_for)).0, "202");
    }
    let since = Instant::now();
    while sandbox.request_log().len() < 40 {
        assert!(since.elapsed() < Duration::from_secs(120));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // The service is killed. The next one goes on once its lease is over.
    drop(service);
    let service = Service::start(&server, &sandbox);
    let since = Instant::now();
    let done = loop {
        let progress = service.json(path);
        if progress["done"] == json!(true) {
            break progress;
        }
        assert!(since.elapsed() < Duration::from_secs(120), "{progress}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    let count = |name: &str| done[name].as_u64().unwrap();
    assert_eq!((count("rows"), count("settled") + count("ambiguous")), (200, 200), "{done}");
    assert!(count("ambiguous") <= 16, "{done}");
    let asked = asked(&sandbox);
    assert!(asked.values().all(|times| *times == 1), "{asked:?}");
    let (mut from, mut rows) = (0, Vec::new());
    loop {
        let page = service.json(&format!("{path}/results/{from}"));
        rows.extend(page["rows"].as_array().unwrap().clone());
        let Some(next) = page["next"].as_u64() else { break };
        from = next;
    }
    let answered = rows.iter().filter(|row| row["data"]["bank_name"].is_string()).count() as u64;
    assert_eq!(answered, count("settled"), "{:?}", rows.first());
    // What the endpoint does not take is refused, all or none, and without its value.
    asked_for["people"][1]["bank_id"] = json!("1");
    let other = "/batches/1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f";
    let (status, answer) = service.ask(other, Some(&asked_for));
    assert!(status == "422" && answer.starts_with("person 2: `bank_id`"), "{answer}");
    assert_eq!(service.ask(other, None).0, "503");
    assert_eq!(service.ask("/batches/none", None).0, "422");
}

/// A text of the compose file with its variables, as compose replaces them.
fn replaced(text: &str, values: &[(&str, String)]) -> String {
    let mut replaced = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (inside, behind) = after.split_once('}').unwrap();
        let name = inside.split(':').next().unwrap();
        let value = values.iter().find(|(known, _)| *known == name);
        match (value, inside.split_once(":-")) {
            (Some((_, value)), _) => replaced += &format!("{before}{value}"),
            (None, Some((_, default))) => replaced += &format!("{before}{default}"),
            (None, None) => panic!("{name} has no value"),
        }
        rest = behind;
    }
    replaced + rest
}

/// The commands of the compose file are run with its variables, the workers as often as it has
/// them.
#[tokio::test(flavor = "multi_thread")]
async fn the_commands_of_the_compose_file_send_a_batch() {
    let (desk, server, sandbox) = (Desk::new(), Server::start(), Sandbox::start(pyi::SPEC).await.unwrap());
    let text = std::fs::read_to_string(root().join("examples/compose.yaml")).unwrap();
    let mut file: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
    file.apply_merge().unwrap();
    let file: Value = serde_json::to_value(file).unwrap();
    let command = |service: &str, batch: &str| {
        let service = &file["services"][service];
        let values = [
            ("POSTGRES_PASSWORD", PASSWORD.to_owned()),
            ("PYI_STORE_KEY", KEY.to_owned()),
            ("PYI_BASE_URL", sandbox.url()),
            ("PYI_APP_ID", sandbox.app_id().to_owned()),
            ("PYI_SECRET", sandbox.secret().to_owned()),
            ("BATCH", batch.to_owned()),
        ];
        let here = |text: &Value| {
            replaced(text.as_str().unwrap(), &values)
                .replace("@db:5432/pyi", server.address().split_once("pyi").unwrap().1)
                .replace("/tables/", &desk.path(""))
                .replace("/state/", desk.state.path().join("").to_str().unwrap())
        };
        let mut words = service["command"].as_array().unwrap().iter();
        assert_eq!(words.next(), Some(&json!("pyi")));
        let mut command = pyi();
        command.args(words.map(here)).env("no_proxy", "127.0.0.1");
        for (name, value) in service["environment"].as_object().unwrap() {
            command.env(name, here(value));
        }
        command
    };
    let submitted = command("submit", "").output().unwrap();
    let text = said(&submitted);
    assert!(submitted.status.success() && text.contains("30 rows submitted"), "{text}");
    let batch = text.split_whitespace().last().unwrap();
    let replicas = file["services"]["worker"]["deploy"]["replicas"].as_u64().unwrap();
    assert_eq!(replicas, 3);
    let worker = |_| {
        let mut worker = command("worker", batch);
        worker.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let workers: Vec<Child> = (0..replicas).map(worker).collect();
    for worker in workers {
        let output = worker.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
    }
    assert_eq!(asked(&sandbox).values().copied().collect::<Vec<_>>(), [1; ROWS]);
    let results = command("results", batch).output().unwrap();
    assert!(results.status.success(), "{}", said(&results));
    assert!(desk.folder.path().join("results.xlsx").exists());
}
