//! The sandbox's memory: what is left of an account, which faults come at rates, and the calls of
//! addresses for later answers, which a server in Python receives and whose signatures it verifies
//! on its own.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use pyi_codegen::Input;
use pyi_codegen::ir::Provider;
use pyi_dynamic::{CallOptions, CallReport, DynamicClient};
use pyi_runtime::{Billing, CallOutcome, Client, Decimal};
use pyi_sandbox::{Account, Fault, FaultRates, Notify, PerPerson, Sandbox, Settings};
use serde_json::{Value, json};

use crate::support::{Served, root};

fn load(folder: &Path) -> Provider {
    pyi_codegen::load(Input::Folder { path: folder, shown: "spec" }).0
}

fn with_account(account: Account) -> Settings {
    let mut settings = Settings::default();
    settings.account = account;
    settings
}

async fn started(folder: &Path, settings: Settings) -> (Sandbox, DynamicClient) {
    let sandbox = Sandbox::builder().settings(settings).start_folder(folder).await.unwrap();
    let client: Client = sandbox.client().unwrap();
    let dynamic = DynamicClient::new(load(folder), client);
    (sandbox, dynamic)
}

/// A call of the first endpoint, and its status code.
async fn verify(client: &DynamicClient, id: &str) -> CallReport {
    let values =
        [("bank_id", id), ("bank_name", "张三")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    client.call("id_card_two_factor", &values, &CallOptions::default()).await.unwrap()
}

async fn code(client: &DynamicClient, id: &str) -> String {
    verify(client, id).await.code().unwrap().to_string()
}

const ID: &str = "11010519491231002X";
const OTHER: &str = "110105194912310038";
/// A magic value for "no data", which costs nothing.
const NO_DATA: &str = "000000194901010025";

#[tokio::test(flavor = "multi_thread")]
async fn what_runs_out_is_refused_with_its_status_and_only_billed_calls_use_it_up() {
    let spec = root().join("spec");
    let mut account = Account::default();
    account.balance = Some(Decimal::new(40, 2)); // two calls at 0.16
    account.quotas = BTreeMap::from([("id_card_two_factor".to_owned(), 3)]);
    let (sandbox, client) = started(&spec, with_account(account)).await;
    let mut codes = Vec::new();
    for id in [NO_DATA, ID, ID, ID] {
        codes.push(code(&client, id).await);
    }
    assert_eq!(codes, ["10025", "10000", "10000", "10022"]);
    let left = sandbox.settings().account;
    assert_eq!((left.balance, left.quotas["id_card_two_factor"]), (Some(Decimal::new(8, 2)), 1));
    // The account is topped up, and then its calls run out.
    let mut topped_up = left;
    topped_up.balance = None;
    sandbox.set(with_account(topped_up)).unwrap();
    assert_eq!([code(&client, ID).await, code(&client, ID).await], ["10000", "10018"]);
    let report = verify(&client, ID).await;
    assert_eq!((report.outcome(), report.billing()), (CallOutcome::Error, Billing::Free));
    let mut ended = Account::default();
    ended.expires = BTreeMap::from([("id_card_two_factor".to_owned(), 1)]);
    sandbox.set(with_account(ended)).unwrap();
    assert_eq!(code(&client, ID).await, "10011");
    let mut elsewhere = Account::default();
    elsewhere.allowed_ips = Some(vec!["192.0.2.1".parse().unwrap()]);
    sandbox.set(with_account(elsewhere)).unwrap();
    assert_eq!(code(&client, ID).await, "10006");
    let mut seldom = Account::default();
    seldom.per_person = Some(PerPerson { calls: 2, seconds: 3600, status: 10019.into() });
    sandbox.set(with_account(seldom)).unwrap();
    let mut codes = Vec::new();
    for id in [ID, ID, OTHER, ID] {
        codes.push(code(&client, id).await);
    }
    assert_eq!(codes, ["10000", "10000", "10000", "10019"]);
    // What a wrong signature asks for costs nothing, and is refused before.
    let mut none = Account::default();
    none.quotas = BTreeMap::from([("id_card_two_factor".to_owned(), 0)]);
    sandbox.set(with_account(none)).unwrap();
    let app = pyi_runtime::App::new(sandbox.app_id(), pyi_runtime::Credentials::md5("another"));
    let stranger: Client = sandbox.client().unwrap();
    let stranger = DynamicClient::new(load(&spec), stranger.with_app(app));
    assert_eq!(code(&stranger, ID).await, "10003");
}

/// The settings that the page shows are settings.
#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_settings_that_can_be_set() {
    let page = std::fs::read_to_string(root().join("docs/SANDBOX.md")).unwrap();
    let block = page.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let settings: Settings = serde_json::from_str(block).unwrap();
    assert_eq!(serde_json::to_value(&settings).unwrap(), serde_json::from_str::<Value>(block).unwrap());
    let (sandbox, _) = started(&root().join("spec"), settings.clone()).await;
    assert_eq!(sandbox.settings(), settings);
}

/// A request by curl: its HTTP status, and its body.
fn curl(arguments: &[&str]) -> (String, String) {
    let output = Command::new("curl").args(["-s", "-w", "\n%{http_code}"]).args(arguments).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let (body, status) = text.rsplit_once('\n').unwrap();
    (status.to_owned(), body.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_of_this_machine_set_the_account_and_others_do_not() {
    let (sandbox, client) = started(&root().join("spec"), Settings::default()).await;
    let url = format!("{}/_sandbox/settings", sandbox.url());
    let json = ["-H", "content-type: application/json"];
    let send = |method: &str, body: &str, more: &[&str]| {
        curl(&[&["-X", method, "--data", body, &url][..], more].concat())
    };
    let patch =
        r#"{"account": {"quotas": {"id_card_two_factor": 1}, "balance": "5.00"}, "notify": {"attempts": 2}}"#;
    let (status, body) = send("PATCH", patch, &json);
    assert_eq!(status, "200", "{body}");
    assert_eq!([code(&client, ID).await, code(&client, ID).await], ["10000", "10018"]);
    let (status, body) = curl(&[&url]);
    let shown: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (status.as_str(), &shown["account"]),
        ("200", &json!({"balance": "4.84", "quotas": {"id_card_two_factor": 0}}))
    );
    assert_eq!(shown["notify"]["attempts"], 2);
    // A limit is removed, and the rest stays.
    assert_eq!(send("PATCH", r#"{"account": {"quotas": null}}"#, &json).0, "200");
    assert_eq!(code(&client, ID).await, "10000");
    assert_eq!(sandbox.settings().account.balance, Some(Decimal::new(468, 2)));
    for (method, body, more, expected) in [
        ("PATCH", r#"{"acount": {}}"#, &json[..], "422"),
        ("PUT", r#"{"account": {"balance": 5}}"#, &json[..], "422"),
        ("PATCH", r#"{"account": {"quotas": {"id_card": 1}}}"#, &json[..], "422"),
        (
            "PATCH",
            r#"{"faults": {"rates": [{"rate": 0.5, "fault": {"http": {"status": 9999}}}]}}"#,
            &json[..],
            "422",
        ),
        ("PUT", r#"{"faults": {"rates": [{"rate": 1.5, "fault": "close"}]}}"#, &json[..], "422"),
        ("PATCH", "{}", &["-H", "content-type: text/plain"][..], "415"),
        ("PATCH", "{}", &["-H", "content-type: application/json", "-H", "host: example.com"][..], "403"),
        (
            "PATCH",
            "{}",
            &["-H", "content-type: application/json", "-H", "sec-fetch-site: cross-site"][..],
            "403",
        ),
        ("DELETE", "", &[][..], "405"),
    ] {
        assert_eq!(send(method, body, more).0, expected, "{method} {body} {more:?}");
    }
    assert_eq!(
        sandbox.settings().account.balance,
        Some(Decimal::new(468, 2)),
        "what is refused changes nothing"
    );
    assert_eq!(sandbox.request_log().len(), 3, "and is no call");
}

/// A shop's server: it refuses the first call, and answers the second if its signature is that of
/// the provider's page.
const SHOP: &str = r#"import hashlib, http.server, sys, urllib.parse
secret, calls = sys.argv[1], []
class Shop(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_): pass
    def do_GET(self): self.answer(urllib.parse.urlsplit(self.path).query)
    def do_POST(self): self.answer(self.rfile.read(int(self.headers["content-length"])).decode())
    def answer(self, form):
        values = dict(urllib.parse.parse_qsl(form, keep_blank_values=True))
        sign = values.pop("sign", None)
        values.pop("shop", None)  # of the address itself
        if self.path.startswith("/epay"):
            text = "&".join(f"{k}={v}" for k, v in sorted(values.items()) if v and k != "sign_type") + secret
        else:
            text = "".join(k + v for k, v in sorted(values.items()) if v) + secret
        calls.append(form)
        is_signed = hashlib.md5(text.encode()).hexdigest() == sign
        answer = b"success" if is_signed and len(calls) > 1 else b"fail"
        self.send_response(200 if answer == b"success" or self.path.startswith("/epay") else 500)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
        print(len(calls), is_signed, self.command, form, file=sys.stderr, flush=True)
server = http.server.HTTPServer(("127.0.0.1", 0), Shop)
print(server.server_address[1], flush=True)
server.serve_forever()
"#;

fn shop() -> Served {
    Served::start(Command::new("python3").args(["-c", SHOP, pyi_sandbox::SECRET]).stderr(Stdio::null()))
}

/// Soon, and often.
fn eager() -> Settings {
    let mut settings = Settings::default();
    settings.notify = Notify::default();
    (settings.notify.delay_ms, settings.notify.pause_ms) = (1, 1);
    settings
}

/// The notifications, once none is under way.
async fn settled(sandbox: &Sandbox, count: usize) -> Vec<pyi_sandbox::Notification> {
    for _ in 0..600 {
        let all = sandbox.notifications();
        let is_done = |one: &pyi_sandbox::Notification| {
            one.is_delivered || one.attempts == 5 || (one.attempts == 0 && one.failure.is_some())
        };
        if all.len() == count && all.iter().all(is_done) {
            return all;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{:?}", sandbox.notifications());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_for_later_answers_is_called_signed_and_until_it_is_answered() {
    // What the spec describes: a GET, and the word `success`.
    let epay = root().join("providers/epay");
    let (sandbox, client) = started(&epay, eager()).await;
    let server = shop();
    let spec = load(&epay);
    let order = |address: String| {
        let fields = spec.endpoint("mapi").unwrap().request.iter().filter(|field| !field.optional);
        let value = |field: &pyi_codegen::ir::Field| match field.wire.as_str() {
            "notify_url" => address.clone(),
            _ => pyi_export::samples::example(&spec, field),
        };
        fields.map(|field| (field.wire.clone(), value(field))).collect::<Vec<_>>()
    };
    let ordered = order(format!("{}/epay?shop=1", server.url));
    client.call("mapi", &ordered, &CallOptions::default()).await.unwrap();
    let delivered = settled(&sandbox, 1).await;
    assert_eq!(
        (delivered[0].attempts, delivered[0].is_delivered, delivered[0].failure.clone()),
        (2, true, None)
    );
    // What it does not describe: a form that is signed as requests are.
    let (sandbox, client) = started(&root().join("spec"), eager()).await;
    let server = shop();
    let top_up = |address: String| {
        [("c_mobile".to_owned(), "18888888888".to_owned()), ("notify_url".to_owned(), address)]
    };
    let pending = client
        .call("mobile_recharge", &top_up(format!("{}/shop", server.url)), &CallOptions::default())
        .await
        .unwrap();
    assert_eq!(pending.outcome(), CallOutcome::Pending, "{:?}", pending.error());
    let delivered = settled(&sandbox, 1).await;
    assert_eq!((delivered[0].attempts, delivered[0].is_delivered), (2, true), "{delivered:?}");
    // Nobody answers as the spec says.
    let silent = crate::support::Raw::http("500 Internal Server Error", "");
    client.call("mobile_recharge", &top_up(silent.url()), &CallOptions::default()).await.unwrap();
    // An order that was refused has no later answer.
    let refused = top_up(silent.url()).map(|(name, value)| {
        if name == "c_mobile" { (name, "00000010018".to_owned()) } else { (name, value) }
    });
    let report = client.call("mobile_recharge", &refused, &CallOptions::default()).await.unwrap();
    assert_eq!(report.code().unwrap().to_string(), "10018");
    // Another machine, and what is no address.
    for address in ["http://192.0.2.1/notify", "http://user@127.0.0.1/", "file:///etc/passwd", "notify"] {
        client.call("mobile_recharge", &top_up(address.to_owned()), &CallOptions::default()).await.unwrap();
    }
    let all = settled(&sandbox, 6).await;
    assert_eq!((all[1].attempts, all[1].is_delivered), (5, false));
    assert_eq!(silent.arrived().len(), 5);
    assert!(silent.arrived()[0].contains("c_mobile=18888888888"), "{}", silent.arrived()[0]);
    for refused in &all[2..] {
        let why = refused.failure.as_ref().unwrap();
        assert!(
            refused.attempts == 0 && (why.contains("not of this machine") || why.contains("no address")),
            "{why}"
        );
        assert!(!why.contains("192.0.2.1") && !why.contains("passwd"), "{why}");
    }
}

/// What each of some requests meets: its outcome, by its value.
async fn met(settings: &FaultRates, ids: &[String]) -> BTreeMap<String, String> {
    let mut all = Settings::default();
    all.faults = settings.clone();
    let (_sandbox, client) = started(&root().join("spec"), all).await;
    let mut met = BTreeMap::new();
    for id in ids {
        let report = verify(&client, id).await;
        met.insert(id.clone(), format!("{:?} {:?}", report.outcome(), report.code()));
    }
    met
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_requests_meet_the_same_faults_in_any_order() {
    let ids: Vec<String> = (0..200).map(|number| format!("{number:018}")).collect();
    let reversed: Vec<String> = ids.iter().rev().cloned().collect();
    let rates = FaultRates::seeded(7).rate(0.2, Fault::Close).rate(0.2, Fault::Status(10018.into()));
    let first = met(&rates, &ids).await;
    assert_eq!(met(&rates, &reversed).await, first);
    let closed = first.values().filter(|met| met.starts_with("Unknown")).count();
    let refused = first.values().filter(|met| met.contains("10018")).count();
    // Of 200, 40 each; five standard deviations are 28.
    assert!((12..=68).contains(&closed) && (12..=68).contains(&refused), "{closed} {refused}");
    let mut other = rates.clone();
    other.seed = 8;
    assert_ne!(met(&other, &ids).await, first);
}

/// What is printed is run by a shell, whatever the values are.
const HOSTILE: &str = "a'; touch hacked; echo '$(touch hacked)";

/// The test that fails, in a process of its own.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "a test that another one starts"]
async fn the_failing_one() {
    let mut settings = Settings::default();
    settings.faults = FaultRates::seeded(41).rate(1.0, Fault::Close);
    let (_sandbox, client) = started(&root().join("spec"), settings).await;
    let values =
        [("bank_id", ID), ("bank_name", HOSTILE)].map(|(name, value)| (name.to_owned(), value.to_owned()));
    let report = client.call("id_card_two_factor", &values, &CallOptions::default()).await.unwrap();
    assert_eq!(report.outcome(), CallOutcome::Data);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_test_prints_the_seed_and_a_line_that_repeats_the_request() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "sandbox_state::the_failing_one", "--nocapture"])
        .output()
        .unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("seed 41") && said.contains("  \"close\"\n"), "{said}");
    let line = said.lines().find(|line| line.trim_start().starts_with("curl ")).unwrap();
    let url = line.split("'http://").nth(1).unwrap().split('/').next().unwrap();
    // The same sandbox again, on another port, with the same faults and without.
    for (rate, expected) in [(1.0, "52"), (0.0, "0")] {
        let mut settings = Settings::default();
        settings.faults = FaultRates::seeded(41).rate(rate, Fault::Close);
        let (sandbox, _) = started(&root().join("spec"), settings).await;
        let line = line.replace(&format!("http://{url}"), &sandbox.url());
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().to_owned();
        let ended = tokio::task::spawn_blocking(move || {
            let shell = Command::new("sh")
                .args(["-c", &format!("{line} >answer; echo $?")])
                .current_dir(&folder)
                .output();
            let answer = std::fs::read_to_string(folder.join("answer")).unwrap();
            assert!(!folder.join("hacked").exists());
            (String::from_utf8(shell.unwrap().stdout).unwrap(), answer)
        });
        let (ended, answer) = ended.await.unwrap();
        assert_eq!(ended.trim(), expected);
        assert_eq!(
            answer.contains("10000"),
            expected == "0",
            "the signature is that of the request: {answer}"
        );
        assert_eq!(sandbox.request_log()[0].parameter("bank_name"), Some(HOSTILE));
    }
}
