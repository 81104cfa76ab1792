//! The examples do what they say. The service is driven by a real HTTP client that goes away in the
//! middle of requests, and is stopped in the middle of one: its metrics agree with what the
//! provider would have billed.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use pyi::{Billing, Status};
use pyi_sandbox::{Fault, Sandbox};
use serde_json::{Value, json};

use crate::support::cargo;

/// An example, built as it is now: `cargo test --test client` alone builds none.
fn example(name: &str) -> Command {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| {
        let status = cargo().args(["build", "--quiet", "--offline", "--examples"]).status().unwrap();
        assert!(status.success());
    });
    let deps = std::env::current_exe().unwrap();
    let path: PathBuf = deps.parent().unwrap().parent().unwrap().join("examples").join(name);
    let mut command = Command::new(path);
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

#[test]
fn each_example_prints_what_happens() {
    let table = [
        ("batch", "3 rows to send\n3 sent\n3 requests arrived\n"),
        ("blocking", "a match, billed\nno match, billed\n"),
        ("testing", "all as expected\n"),
        (
            "transport",
            "no_answer: perhaps billed\nno_answer: perhaps billed\nnot_sent: not sent\n2 requests arrived\n",
        ),
    ];
    for (name, printed) in table {
        let output = example(name).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{name}: {said}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), printed, "{name}");
    }
}

#[test]
fn examples_are_short() {
    for entry in std::fs::read_dir("examples").unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "rs") {
            let lines = std::fs::read_to_string(&path).unwrap().lines().count();
            assert!(lines < 150, "{}: {lines} lines", path.display());
        }
    }
}

/// The running service.
struct Service {
    process: Child,
    printed: BufReader<ChildStdout>,
    url: String,
    http: reqwest::Client,
}

impl Service {
    fn start(sandbox: &Sandbox) -> Self {
        let mut command = example("service");
        command.env("PYI_BASE_URL", sandbox.url()).env("PYI_APP_ID", sandbox.app_id());
        command.env("PYI_SECRET", sandbox.secret()).env("LISTEN", "127.0.0.1:0");
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut printed = BufReader::new(process.stdout.take().unwrap());
        let mut url = String::new();
        printed.read_line(&mut url).unwrap();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap();
        Self { process, printed, url: url.trim().to_owned(), http }
    }

    async fn verify(&self, person: Value) -> Result<(u16, Value), reqwest::Error> {
        let request = self.http.post(format!("{}/verify", self.url));
        let request = request.header("content-type", "application/json").body(person.to_string());
        let response = request.send().await?;
        let status = response.status().as_u16();
        let text = response.text().await?;
        Ok((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
    }

    /// The sum of a counter over the series that have all of these words.
    async fn counted(&self, metric: &str, words: &[&str]) -> u64 {
        let response = self.http.get(format!("{}/metrics", self.url)).send().await.unwrap();
        let text = response.text().await.unwrap();
        assert!(!text.contains("110105") && !text.contains("127.0.0.1"), "{text}");
        let series = text.lines().filter(|line| line.starts_with(metric) && !line.starts_with('#'));
        let series = series.filter(|line| words.iter().all(|word| line.contains(word)));
        series.map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()).sum()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn person(name: &str) -> Value {
    json!({"bank_id": "11010519491231002X", "bank_name": name})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_service_accounts_for_every_call() {
    let sandbox = Sandbox::start(pyi::SPEC).await.unwrap();
    let service = Service::start(&sandbox);

    let (status, answer) = service.verify(person("张三")).await.unwrap();
    assert_eq!((status, answer), (200, json!({"match": true, "status": "ok", "billing": "billed"})));
    let (_, answer) = service.verify(person("code-02")).await.unwrap();
    assert_eq!(answer["match"], false);
    let (_, answer) = service.verify(person("status-10025")).await.unwrap();
    assert_eq!(answer, json!({"match": null, "status": "no_data", "billing": "free"}));

    let (status, answer) = service.verify(json!({"bank_id": "1", "bank_name": "张三"})).await.unwrap();
    assert_eq!(status, 422);
    assert_eq!(answer, json!({"error": "value", "field": "bank_id", "status": null, "billing": "not_sent"}));
    let (status, answer) = service.verify(json!({"bank_name": "张三"})).await.unwrap();
    assert!(status == 422 && answer.as_str().unwrap().contains("`bank_id` is missing"), "{answer}");
    sandbox.inject(Fault::Status(Status::QuotaExhausted.code().into()));
    let (status, answer) = service.verify(person("张三")).await.unwrap();
    assert_eq!(
        (status, answer["status"].as_str(), answer["billing"].as_str()),
        (502, Some("quota_exhausted"), Some("free"))
    );
    sandbox.inject(Fault::Close);
    let (status, answer) = service.verify(person("张三")).await.unwrap();
    assert_eq!((status, &answer["error"], &answer["billing"]), (502, &json!("no_answer"), &json!("unknown")));

    // Clients that go away while the provider works: the calls are dropped, and may be billed.
    for _ in 0..8 {
        sandbox.inject(Fault::Delay(Duration::from_secs(5)));
        let arrived = sandbox.request_log().len();
        let call = service.verify(person("张三"));
        tokio::select! {
            _ = call => panic!("the answer comes late"),
            () = async { while sandbox.request_log().len() == arrived { tokio::time::sleep(Duration::from_millis(5)).await; } } => {}
        }
    }
    let dropped = ["error_type=\"dropped\"", "pyi_billing=\"unknown\""];
    while service.counted("pyi_client_calls", &dropped).await < 8 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }

    let log = sandbox.request_log();
    let billed = log.iter().filter(|request| request.billing == Billing::Billed).count() as u64;
    let free = log.iter().filter(|request| request.billing == Billing::Free).count() as u64;
    assert_eq!(service.counted("pyi_client_calls", &dropped).await, 8);
    assert_eq!(service.counted("pyi_client_calls", &["pyi_billing=\"billed\""]).await, 2);
    assert_eq!(service.counted("pyi_client_calls", &["pyi_billing=\"free\""]).await, free);
    assert_eq!(service.counted("pyi_client_calls", &["pyi_billing=\"not_sent\""]).await, 1);
    let unknown = service.counted("pyi_client_calls", &["pyi_billing=\"unknown\""]).await;
    assert!(2 + unknown >= billed, "what the provider bills is billed or unknown here: {unknown}, {billed}");
    assert_eq!(service.counted("pyi_client_attempts", &[]).await, log.len() as u64);

    // A stop in the middle of a request: it is answered, and the service ends.
    sandbox.inject(Fault::Delay(Duration::from_millis(400)));
    let arrived = sandbox.request_log().len();
    let stop = async {
        while sandbox.request_log().len() == arrived {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let id = service.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    };
    let (answered, ()) = tokio::join!(service.verify(person("张三")), stop);
    assert_eq!(answered.unwrap().1["match"], true);
    let mut service = service;
    let mut last = String::new();
    service.printed.read_line(&mut last).unwrap();
    assert_eq!(last, "stopped\n");
    assert!(service.process.wait().unwrap().success());
}
