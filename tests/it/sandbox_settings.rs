//! Settings of a sandbox that cannot be kept, and what a fault in place of an answer leaves as it
//! was: the account and the addresses for later answers.

use std::process::Command;
use std::time::Duration;

use pyi_codegen::Input;
use pyi_dynamic::{CallOptions, DynamicClient};
use pyi_runtime::{Client, Decimal};
use pyi_sandbox::{Fault, FaultRates, Sandbox, Settings};
use serde_json::{Value, json};

use crate::support::pyi;

/// Sends settings by curl: the HTTP status, and the body.
fn curl(method: &str, url: &str, settings: &str, more: &[&str]) -> (String, String) {
    let output = Command::new("curl")
        .args(["-s", "-w", "\n%{http_code}", "-X", method, "-d", settings])
        .args(["-H", "content-type: application/json"])
        .args(more)
        .arg(format!("{url}/_sandbox/settings"))
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let (body, status) = text.rsplit_once('\n').unwrap();
    (status.to_owned(), body.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_cannot_be_kept_are_refused() {
    let sandbox = Sandbox::start(pyi::SPEC).await.unwrap();
    let url = sandbox.url();
    for (settings, why) in [
        (r#"{"account": {"balance": "-5"}}"#, "`balance`"),
        (r#"{"notify": {"attempts": 0}}"#, "`attempts`"),
        (
            r#"{"faults": {"rates": [{"rate": 1.0, "fault": {"clock_ahead": 9223372036854775807}}]}}"#,
            "`clock_ahead`",
        ),
        (
            r#"{"faults": {"rates": [{"rate": 1.0, "fault": {"delay_ms": 18446744073709551615}}]}}"#,
            "`delay_ms`",
        ),
        (r#"{"faults": {"rates": [{"rate": 1.0, "fault": {"status": ""}}]}}"#, "status"),
        (r#"{"account": {"per_person": {"calls": 1, "seconds": 1, "status": ""}}}"#, "status"),
        (r#"{"account": {"balence": "5"}}"#, "expected one of"),
        ("[]", "an object"),
        ("7", "an object"),
    ] {
        for method in ["PUT", "PATCH"] {
            let (status, body) = curl(method, &url, settings, &[]);
            assert!(status == "422" && body.contains(why), "{method} {settings}: {status} {body}");
        }
    }
    assert_eq!(sandbox.settings(), Settings::default());
    // IPv6 has colons in its hosts.
    for host in ["[::1]", "[::1]:80", "localhost", "127.0.0.1:9"] {
        let (status, body) = curl("PATCH", &url, "{}", &["-H", &format!("host: {host}")]);
        assert_eq!(status, "200", "{host}: {body}");
    }
    for host in ["[2001:db8::1]", "example.com", "127.0.0.1.example.com", ""] {
        let (status, _) = curl("PATCH", &url, "{}", &["-H", &format!("host: {host}")]);
        assert_ne!(status, "200", "{host}");
    }
    // An address of IPv4 may be written as one of IPv6.
    let (status, _) = curl("PATCH", &url, r#"{"account": {"allowed_ips": ["::ffff:127.0.0.1"]}}"#, &[]);
    let client: pyi::Client = sandbox.client().unwrap();
    let person = pyi::IdCardTwoFactor { bank_id: "11010519491231002X".into(), bank_name: "a".into() };
    let reply = client.id_card_two_factor(&person).await.unwrap();
    assert_eq!((status.as_str(), reply.status().code.to_string().as_str()), ("200", "10000"));
}

/// What a gateway says in place of the provider takes nothing from the account, and has no later
/// answer; it is listed as what it is.
#[tokio::test(flavor = "multi_thread")]
async fn a_fault_in_place_of_the_answer_costs_nothing() {
    let mut texts: Vec<(String, String)> =
        pyi::SPEC.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let (_, provider) = texts.iter_mut().find(|(name, _)| name == "provider.yaml").unwrap();
    provider.push_str("\nhttp:\n  429: {class: server, billed: never, retry: true}\n");
    let texts: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let (spec, report) = pyi_codegen::load(Input::Texts(&texts));
    assert!(report.is_empty(), "{report}");
    for (fault, listed) in
        [(Fault::Http { status: 429, retry_after: None }, "not billed"), (Fault::Page, "perhaps billed")]
    {
        let mut settings = Settings::default();
        settings.account.balance = Some(Decimal::new(16, 2));
        settings.account.quotas = [("id_card_two_factor".to_owned(), 1)].into();
        settings.faults = FaultRates::seeded(1).rate(1.0, fault.clone());
        let sandbox = Sandbox::builder().settings(settings.clone()).start(&texts).await.unwrap();
        let client: Client = sandbox.client().unwrap();
        let client = DynamicClient::new(spec.clone(), client);
        let call = |endpoint: &'static str, values: Vec<(String, String)>| {
            let client = &client;
            async move { client.call(endpoint, &values, &CallOptions::default()).await.unwrap() }
        };
        let text = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        call("id_card_two_factor", vec![text("bank_id", "11010519491231002X"), text("bank_name", "a")]).await;
        assert_eq!(sandbox.settings(), settings, "{fault:?}");
        let log = sandbox.request_log();
        assert!(!log.is_empty());
        for entry in log {
            assert_eq!((entry.code, entry.billing.to_string().as_str()), (None, listed), "{fault:?}");
        }
        let top_up = vec![text("c_mobile", "18888888888"), text("notify_url", "http://127.0.0.1:9/")];
        call("mobile_recharge", top_up).await;
        assert!(sandbox.notifications().is_empty(), "{:?}", sandbox.notifications());
    }
}

/// Each fault in the JSON that docs/SANDBOX.md shows, taken by the control endpoint and given back.
#[tokio::test(flavor = "multi_thread")]
async fn a_fault_at_a_rate_is_json() {
    let sandbox = Sandbox::start(pyi::SPEC).await.unwrap();
    let url = sandbox.url();
    for (json, fault) in [
        (json!("silence"), Fault::Silence),
        (json!("close"), Fault::Close),
        (json!("reset"), Fault::Reset),
        (json!("cut"), Fault::Cut),
        (json!("garble"), Fault::Garble),
        (json!("page"), Fault::Page),
        (json!("bomb"), Fault::Bomb),
        (json!({"status": "10021"}), Fault::Status(10021.into())),
        (json!({"data": {"bank_status": "02"}}), Fault::Data(json!({"bank_status": "02"}))),
        (json!({"http": {"status": 429}}), Fault::Http { status: 429, retry_after: None }),
        (
            json!({"http": {"status": 429, "retry_after": "7"}}),
            Fault::Http { status: 429, retry_after: Some("7".to_owned()) },
        ),
        (json!({"delay_ms": 200}), Fault::Delay(Duration::from_millis(200))),
        (json!({"clock_ahead": -600}), Fault::ClockAhead(-600)),
    ] {
        let rates = json!([{"rate": 1.0, "fault": json}]);
        let (status, body) = curl("PATCH", &url, &json!({"faults": {"rates": rates}}).to_string(), &[]);
        let shown: Value = serde_json::from_str(&body).unwrap_or_else(|_| panic!("{json}: {body}"));
        assert_eq!((status.as_str(), &shown["faults"]["rates"]), ("200", &rates));
        assert_eq!(sandbox.settings().faults.rates[0].fault, fault);
    }
}

/// A merge that replaces one kind of delay by another removes the first.
#[tokio::test(flavor = "multi_thread")]
async fn the_delay_that_the_page_shows_can_be_replaced() {
    let sandbox = Sandbox::start(pyi::SPEC).await.unwrap();
    let url = sandbox.url();
    let lognormal = r#"{"faults": {"delay": {"lognormal": {"median_ms": 1.0, "sigma": 0.5}}}}"#;
    assert_eq!(curl("PATCH", &url, lognormal, &[]).0, "200");
    let uniform = r#"{"faults": {"delay": {"lognormal": null, "uniform": {"from_ms": 0.0, "to_ms": 1.0}}}}"#;
    let (status, body) = curl("PATCH", &url, uniform, &[]);
    let shown: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status.as_str(), shown["faults"]["delay"]["uniform"]["to_ms"].as_f64()), ("200", Some(1.0)));
}

/// A file of settings that cannot be read says where, and what may be there; nothing of the file.
#[test]
fn a_file_of_settings_says_what_may_be_there() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.json");
    for (text, why) in [
        (r#"{"account": {"金丝雀": "5"}}"#, "one of `balance`, `quotas`"),
        (r#"{"account": {"balance": "金丝雀"}}"#, r#"{"account": {"balance": "5.00"}"#),
        (r#"{"faults": {"seed": "金丝雀, expected one"}}"#, "u64"),
    ] {
        std::fs::write(&file, text).unwrap();
        let output = pyi().args(["sandbox", "--settings"]).arg(&file).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("line 1, column") && said.contains(why), "{said}");
        assert!(!said.contains("金丝雀"), "{said}");
    }
}
