//! `pyi sandbox --proxy`: what is passed on, what it costs, and what goes nowhere.

use std::process::Command;
use std::sync::{Arc, Mutex};

use pyi_codegen::Input;
use pyi_dynamic::CallOptions;
use pyi_runtime::{Billing, CallOutcome, Decimal};
use pyi_sandbox::{CassetteKey, Fault, FaultRates, ProxiedCall, Proxy, Sandbox, Settings};

use crate::cassettes::{borrowed, client, examples, priced, provider_file, talkative};
use crate::support::{Raw, root};

/// What a proxy told of its calls.
pub(crate) fn told(settings: Proxy) -> (Proxy, Arc<Mutex<Vec<ProxiedCall>>>) {
    let told: Arc<Mutex<Vec<ProxiedCall>>> = Arc::default();
    let kept = Arc::clone(&told);
    (settings.on_call(move |call| kept.lock().unwrap().push(call.clone())), told)
}

/// A call beyond the budget is not passed on; one that is free gives its price back; one that is
/// lost does not.
#[tokio::test(flavor = "multi_thread")]
async fn no_call_exceeds_the_budget_and_none_is_sent_twice() {
    let texts = priced(&root().join("spec"));
    let (spec, _) = pyi_codegen::load(Input::Texts(&borrowed(&texts)));
    let endpoint = spec.endpoint("id_card_two_factor").unwrap();
    let values = examples(&spec, endpoint);
    // Free, lost, billed, and what comes then would be free.
    let provider = Raw::answering(|number| match number {
        0 => talkative(10018).into_bytes(),
        1 => Vec::new(),
        2 => talkative(10000).into_bytes(),
        _ => talkative(10018).into_bytes(),
    });
    let folder = tempfile::tempdir().unwrap();
    let recordings = || std::fs::read_dir(folder.path()).unwrap().count();
    let record = |proxy: Proxy| proxy.record(folder.path(), CassetteKey::new([7; 32]));
    // What reaches no provider leaves no recording, and costs nothing.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (settings, refused) = told(record(Proxy::new(format!("http://{closed}"), Decimal::ONE)));
    let proxy = Sandbox::builder().proxy(settings).start(&borrowed(&texts)).await.unwrap();
    client(&proxy, &proxy, &spec).call(&endpoint.id, &values, &CallOptions::default()).await.unwrap();
    assert_eq!((recordings(), refused.lock().unwrap()[0].spent), (0, Decimal::ZERO));
    // Two calls at 0.16.
    let (settings, told) = told(record(Proxy::new(provider.url(), Decimal::new(40, 2))));
    let proxy = Sandbox::builder().proxy(settings).start(&borrowed(&texts)).await.unwrap();
    let caller = client(&proxy, &proxy, &spec);
    let mut billings = Vec::new();
    for _ in 0..4 {
        let report = caller.call(&endpoint.id, &values, &CallOptions::default()).await.unwrap();
        billings.push(report.billing());
    }
    assert_eq!(billings[..3], [Billing::Free, Billing::Unknown, Billing::Billed]);
    assert_eq!(provider.arrived().len(), 3, "the fourth would exceed the budget");
    assert_eq!(recordings(), 3, "the lost one has no answer, and the fourth no recording");
    let told = told.lock().unwrap();
    let spent: Vec<String> = told.iter().map(|call| call.spent.to_string()).collect();
    assert_eq!(spent, ["0.00", "0.16", "0.32", "0.32"]);
    assert!(told[3].failure.as_ref().unwrap().contains("budget"), "{told:?}");
    let logged: Vec<Billing> = proxy.request_log().iter().map(|entry| entry.billing).collect();
    assert_eq!(logged, [Billing::Free, Billing::Unknown, Billing::Billed, Billing::NotSent]);
}

/// What is passed on or replayed meets faults as the sandbox's own answers do, after the provider
/// was paid.
#[tokio::test(flavor = "multi_thread")]
async fn answers_of_others_meet_faults_too() {
    let texts = priced(&root().join("spec"));
    let (spec, _) = pyi_codegen::load(Input::Texts(&borrowed(&texts)));
    let endpoint = spec.endpoint("id_card_two_factor").unwrap();
    let values = examples(&spec, endpoint);
    let provider = Raw::answering(|_| talkative(10000).into_bytes());
    let cassettes = tempfile::tempdir().unwrap();
    let key = CassetteKey::new([9; 32]);
    let (settings, told) =
        told(Proxy::new(provider.url(), Decimal::ONE).record(cassettes.path(), key.clone()));
    let faults = |fault: Fault| {
        let mut settings = Settings::default();
        settings.faults = FaultRates::seeded(1).rate(1.0, fault);
        settings
    };
    let proxy = Sandbox::builder().proxy(settings).settings(faults(Fault::Cut));
    let proxy = proxy.start(&borrowed(&texts)).await.unwrap();
    let caller = client(&proxy, &proxy, &spec);
    let report = caller.call(&endpoint.id, &values, &CallOptions::default()).await.unwrap();
    assert_eq!(report.billing(), Billing::Unknown, "the answer was cut");
    assert_eq!((provider.arrived().len(), told.lock().unwrap()[0].billing), (1, Billing::Billed));
    let replay = Sandbox::builder()
        .replay(cassettes.path(), Some(key))
        .settings(faults(Fault::Http { status: 429, retry_after: None }));
    let replay = replay.start(&borrowed(&texts)).await.unwrap();
    let caller = client(&replay, &replay, &spec);
    let report = caller.call(&endpoint.id, &values, &CallOptions::default()).await.unwrap();
    assert_eq!(report.result().as_ref().unwrap_err().http_status(), Some(429));
    replay.set(Settings::default()).unwrap();
    let report = caller.call(&endpoint.id, &values, &CallOptions::default()).await.unwrap();
    assert_eq!(report.outcome(), CallOutcome::Data, "{:?}", report.error());
}

/// What a fault has the provider say is said without the provider: a client that tries it again
/// pays for nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_fault_that_looks_free_is_free() {
    let mut texts = priced(&root().join("spec"));
    let (_, file) = texts.iter_mut().find(|(name, _)| name == "provider.yaml").unwrap();
    file.push_str("\nhttp:\n  503: {class: server, billed: never, retry: true}\n");
    let (spec, report) = pyi_codegen::load(Input::Texts(&borrowed(&texts)));
    assert!(report.is_empty(), "{report}");
    let endpoint = spec.endpoint("id_card_two_factor").unwrap();
    let values = examples(&spec, endpoint);
    let provider = Raw::answering(|_| talkative(10000).into_bytes());
    for fault in [Fault::Http { status: 503, retry_after: None }, Fault::Page, Fault::Status(10021.into())] {
        let (settings, told) = told(Proxy::new(provider.url(), Decimal::ONE));
        let mut faults = Settings::default();
        faults.faults = FaultRates::seeded(1).rate(1.0, fault);
        let proxy = Sandbox::builder().proxy(settings).settings(faults);
        let proxy = proxy.start(&borrowed(&texts)).await.unwrap();
        let app = proxy.app_by(spec.sign.methods[0]);
        let caller =
            pyi_runtime::Client::builder().base_url(proxy.url()).app_of(app).retries(2).build().unwrap();
        let caller = pyi_dynamic::DynamicClient::new(spec.clone(), caller);
        let report = caller.call(&endpoint.id, &values, &CallOptions::default()).await.unwrap();
        assert_ne!(report.outcome(), CallOutcome::Data);
        let told = told.lock().unwrap();
        assert!(!told.is_empty() && told.iter().all(|call| call.billing == Billing::NotSent), "{told:?}");
        assert_eq!((provider.arrived().len(), told[0].spent), (0, Decimal::ZERO));
        assert!(proxy.request_log().iter().all(|entry| entry.billing == Billing::NotSent));
    }
}

/// A caller that goes away changes nothing of what is paid for, told and recorded.
#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_goes_away_loses_no_record() {
    let provider = Raw::answering(|_| {
        std::thread::sleep(std::time::Duration::from_millis(1500));
        talkative(10000).into_bytes()
    });
    let cassettes = tempfile::tempdir().unwrap();
    let settings =
        Proxy::new(provider.url(), Decimal::ONE).record(cassettes.path(), CassetteKey::new([5; 32]));
    let (settings, told) = told(settings);
    let proxy = Sandbox::builder().proxy(settings).start(pyi::SPEC).await.unwrap();
    let url = format!("{}/pyi/62/169?bank_id=11010519491231002X&bank_name=a", proxy.url());
    let curl =
        tokio::task::spawn_blocking(move || Command::new("curl").args(["-s", "-m", "0.3", &url]).status());
    assert!(!curl.await.unwrap().unwrap().success());
    for _ in 0..200 {
        if !told.lock().unwrap().is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let told = told.lock().unwrap();
    assert_eq!((told[0].billing, told[0].recorded.as_ref().unwrap().is_ok()), (Billing::Billed, true));
    assert_eq!(proxy.request_log()[0].billing, Billing::Billed);
    assert_eq!(std::fs::read_dir(cassettes.path()).unwrap().count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_endpoint_of_the_spec_goes_nowhere() {
    let provider = Raw::http("200 OK", "{}");
    let spec = pyi::SPEC;
    let settings = || Proxy::new(provider.url(), Decimal::from(1));
    let proxy = Sandbox::builder().proxy(settings()).start(spec).await.unwrap();
    let url = proxy.url();
    let folder = tempfile::tempdir().unwrap();
    let gbk = folder.path().join("gbk").to_str().unwrap().to_owned();
    std::fs::write(&gbk, b"bank_name=\xd5\xc5\xc8\xfd").unwrap();
    let status = |arguments: Vec<String>| {
        let mut curl = Command::new("curl");
        curl.args(["-s", "-o", "/dev/null", "-w", "%{http_code}"]).args(arguments);
        String::from_utf8(curl.output().unwrap().stdout).unwrap()
    };
    let statuses = tokio::task::spawn_blocking(move || {
        [
            status(vec![format!("{url}/pyi/0/0")]),
            status(vec!["-X".into(), "DELETE".into(), format!("{url}/pyi/62/169")]),
            status(vec!["-X".into(), "PUT".into(), format!("{url}/pyi/62/169")]),
            // A name in another charset would be another name.
            status(vec!["--data-binary".into(), format!("@{gbk}"), format!("{url}/pyi/62/169")]),
        ]
    });
    assert_eq!(statuses.await.unwrap(), ["404", "405", "405", "415"]);
    assert_eq!(provider.arrived().len(), 0);
    let refused =
        |builder: pyi_sandbox::Builder| async { builder.start(spec).await.unwrap_err().to_string() };
    let builder = Sandbox::builder;
    let everywhere = builder().address(([0, 0, 0, 0], 0).into()).proxy(settings());
    assert!(refused(everywhere).await.contains("other machines could make them"));
    assert!(refused(builder().proxy(Proxy::new("http://example.com", Decimal::ONE))).await.contains("http"));
    assert!(
        refused(builder().proxy(settings().host("other", provider.url()))).await.contains("names no host")
    );
    let mut page = settings();
    page = page.on_call(|_| {});
    let client: pyi_runtime::Client = Sandbox::start(spec).await.unwrap().client().unwrap();
    assert!(refused(builder().proxy(page).page_calls(client)).await.contains("no budget"));
    // The caller signs the host that it calls, which is not the provider's.
    let signed = provider_file().replace("{params}{secret}", "{host}{params}{secret}");
    let texts = [("provider.yaml", signed.as_str())];
    let error = builder().proxy(settings()).start(&texts).await.unwrap_err().to_string();
    assert!(error.contains("has the host in it"), "{error}");
    let both = builder().proxy(settings()).replay(root(), None);
    assert!(refused(both).await.contains("either"));
}
