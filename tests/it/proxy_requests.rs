//! Which requests a proxy passes on: those of one endpoint of the spec, and no others that a
//! provider may read as another call; and what becomes of a call in flight when it stops.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Stdio};
use std::time::Duration;

use pyi_runtime::{Billing, Decimal};
use pyi_sandbox::{Account, Notify, Proxy, Sandbox, Settings};

use crate::cassette_values::made;
use crate::cassettes::{provider_file, talkative};
use crate::proxy::told;
use crate::support::{Raw, pyi, root};

/// Endpoints of one path, a cheap one and a dear one, and one with a parameter in its path.
fn spec() -> [(&'static str, String); 4] {
    let endpoint = |path: &str, fixed: &str, price: &str, request: &str| {
        format!(
            "path: {path}\ntitle: Made\nsource: made up for this test\neffect: query\nmethods: [POST, GET]\nformats: [json]\n{fixed}\
             price: {{currency: CNY, tiers: {{1: \"{price}\"}}}}\nrequest: {request}\nresponse: any\n"
        )
    };
    [
        ("provider.yaml", provider_file()),
        ("endpoints/cheap.yaml", endpoint("/router/rest", "fixed: {method: shop.time.get}\n", "0.01", "{}")),
        ("endpoints/dear.yaml", endpoint("/router/rest", "fixed: {method: shop.person.get}\n", "5.00", "{}")),
        ("endpoints/deep.yaml", endpoint("/v1/{cid}/check", "", "0.01", "{cid: {type: string, in: path}}")),
    ]
}

/// A request as it is, and the HTTP status of its answer.
fn status(url: &str, head: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let length = body.len();
    let request = format!(
        "{head} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).split(' ').nth(1).unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_may_be_another_call_goes_nowhere() {
    let texts = spec();
    let texts = texts.each_ref().map(|(name, text)| (*name, text.as_str()));
    let provider = Raw::answering(|_| talkative(10000).into_bytes());
    let (settings, told) = told(Proxy::new(provider.url(), Decimal::from(100)));
    let proxy = Sandbox::builder().proxy(settings).start(&texts).await.unwrap();
    let url = proxy.url();
    let refused = [
        // A method of the provider that no endpoint has, or none.
        ("POST /router/rest", "method=shop.refund.all"),
        ("POST /router/rest", ""),
        // Two methods: providers differ in the one that counts.
        ("POST /router/rest", "method=shop.time.get&method=shop.person.get"),
        ("POST /router/rest?method=shop.time.get", "method=shop.person.get"),
        ("POST /router/rest?method=shop.time.get", "method=shop.time.get"),
        // A parameter that the spec does not have, which PHP may read as one that it has.
        ("POST /router/rest", "method=shop.time.get&met%68od%5B%5D=shop.person.get"),
        // Paths that a URL reads as others.
        ("GET /v1/x\\..\\..\\router/check", ""),
        ("GET /v1/..\\/check", ""),
        ("GET /v1/%2e%2e/check", ""),
        ("GET /v1/../check", ""),
    ];
    for (head, body) in refused {
        let status = status(&url, head, body);
        assert!(["400", "404"].contains(&status.as_str()), "{head} {body}: {status}");
    }
    assert_eq!(provider.arrived().len(), 0);
    let listed = told.lock().unwrap().iter().filter(|call| call.billing == Billing::NotSent).count();
    assert_eq!(listed, refused.len());
    for (head, body, line) in [
        ("POST /router/rest", "method=shop.person.get&appid=1&sign=a", "POST /router/rest HTTP"),
        ("GET /v1/%E5%8C%97%20a%2Fb|c/check", "", "GET /v1/%E5%8C%97%20a%2Fb|c/check HTTP"),
    ] {
        assert_eq!(status(&url, head, body), "200", "{head}");
        let arrived = provider.arrived();
        assert!(arrived.last().unwrap().starts_with(line), "{arrived:?}");
    }
    let spent = told.lock().unwrap().last().unwrap().spent;
    assert_eq!(spent, Decimal::new(501, 2));
}

/// Limits of an account are the provider's own.
#[tokio::test]
async fn settings_that_mean_nothing_to_a_proxy_are_refused() {
    let provider = Raw::http("200 OK", "{}");
    let mut of_account = Settings::default();
    of_account.account = Account::default();
    of_account.account.balance = Some(Decimal::ONE);
    let mut of_notify = Settings::default();
    of_notify.notify = Notify::default();
    of_notify.notify.attempts = 1;
    for settings in [of_account, of_notify] {
        let builder = || Sandbox::builder().proxy(Proxy::new(provider.url(), Decimal::ONE));
        let error = builder().settings(settings.clone()).start(pyi::SPEC).await.unwrap_err();
        assert!(error.to_string().contains("leave out `account` and `notify`"), "{error}");
        let running = builder().start(pyi::SPEC).await.unwrap();
        assert_eq!(running.set(settings).unwrap_err(), error);
    }
}

/// What a proxy prints until it serves, and the rest of its output.
fn started(child: &mut Child) -> (BufReader<ChildStdout>, String) {
    let mut printed = BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    while !text.contains("own credentials") {
        assert_ne!(printed.read_line(&mut text).unwrap(), 0, "{text}");
    }
    (printed, text)
}

/// A boolean that would be drawn is named before the first call is recorded; a public one, and one
/// that is not recorded, is not.
#[test]
fn a_boolean_that_is_drawn_is_named() {
    let home = tempfile::tempdir().unwrap();
    let texts = made(
        "request:\n  way: {type: string, in: path}\nresponse:\n  same: {type: boolean}\n  kept: {type: boolean, public: true}\n  \
         inner: {type: inner, public: true}\n  list: {type: list, of: boolean, public: true}\n",
    );
    for (name, text) in texts {
        let path = home.path().join("spec").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let inner =
            "  inner: {type: object, fields: {deep: {type: boolean}, seen: {type: boolean, public: true}}}";
        std::fs::write(path, text.replace("\ntypes:\n", &format!("\ntypes:\n{inner}\n"))).unwrap();
    }
    let (spec, folder) = (home.path().join("spec"), home.path().join("cassettes"));
    for (record, expected) in [(true, 1), (false, 0)] {
        let mut command = pyi();
        command.args(["--lang", "en", "sandbox", "--proxy", "http://127.0.0.1:9", "--budget", "1", "--spec"]);
        command.arg(&spec).env("HOME", home.path()).env_remove("XDG_STATE_HOME");
        if record {
            command.arg("--record").arg(&folder);
        }
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let (_, text) = started(&mut child);
        child.kill().unwrap();
        child.wait().unwrap();
        let line = "made: recorded with drawn values: same, inner.deep; a boolean that";
        assert_eq!(text.matches(line).count(), expected, "{text}");
    }
}

/// A call that the provider has is counted and recorded when a signal ends the program.
#[cfg(unix)]
#[test]
fn a_call_in_flight_is_waited_for() {
    let provider = Raw::answering(|_| {
        std::thread::sleep(Duration::from_secs(2));
        talkative(10000).into_bytes()
    });
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("cassettes");
    let mut child = pyi()
        .args(["sandbox", "--spec"])
        .arg(root().join("spec"))
        .args(["--proxy", &provider.url(), "--budget", "1", "--record", folder.to_str().unwrap()])
        .env("HOME", home.path())
        .env_remove("XDG_STATE_HOME")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut printed, mut text) = started(&mut child);
    let url = text.split("url     ").nth(1).unwrap().lines().next().unwrap().to_owned();
    let call = std::thread::spawn(move || {
        status(&url, "POST /pyi/62/169", "appid=1&bank_id=11010519491231002X&bank_name=a")
    });
    while provider.arrived().is_empty() {
        std::thread::sleep(Duration::from_millis(20));
    }
    let kill = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(kill.unwrap().success());
    assert_eq!(call.join().unwrap(), "200");
    printed.read_to_string(&mut text).unwrap();
    let ended = child.wait_with_output().unwrap();
    let errors = String::from_utf8(ended.stderr).unwrap();
    assert!(ended.status.success() && errors.contains("waiting for calls in flight"), "{errors}");
    assert_eq!(text.matches("id_card_two_factor  10000").count(), 2, "as it came, and in the list: {text}");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
}
