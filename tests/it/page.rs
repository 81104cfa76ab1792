//! The sandbox's page in a real browser: filled in and sent, in both languages and at a phone's
//! width; and protected against other sites if its calls cost money.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::{Client as Browser, ClientBuilder, Locator};
use pyi_runtime::{Client, Credentials};
use pyi_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::support::has;

/// A headless browser with its driver. Both end with the value.
pub(crate) struct Driven {
    pub(crate) browser: Browser,
    driver: Child,
}

impl Drop for Driven {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// A free port: the driver does not report the port that it chose.
fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

pub(crate) async fn browser() -> Option<Driven> {
    if !has("chromedriver") || !has("chromium") {
        return None;
    }
    let port = free_port();
    let driver = Command::new("chromedriver")
        .arg(format!("--port={port}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let arguments = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--window-size=1200,1600",
    ];
    let wishes = json!({"goog:chromeOptions": {"args": arguments}, "goog:loggingPrefs": {"browser": "ALL"}});
    let Value::Object(wishes) = wishes else { unreachable!() };
    let mut tries = 0;
    let browser = loop {
        let connected = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(wishes.clone())
            .connect(&format!("http://127.0.0.1:{port}"))
            .await;
        match connected {
            Ok(browser) => break browser,
            Err(error) if tries == 100 => panic!("no browser: {error}"),
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
        tries += 1;
    };
    Some(Driven { browser, driver })
}

impl Driven {
    pub(crate) async fn open(&self, url: &str) {
        self.browser.goto(url).await.unwrap();
        self.browser.wait().for_element(Locator::Css("#fields input")).await.unwrap();
    }

    /// Sets the language of the page.
    pub(crate) async fn speak(&self, language: &str) {
        if self.run("return document.documentElement.lang").await != language {
            self.click("language").await;
        }
        assert_eq!(self.run("return document.documentElement.lang").await, language);
    }

    pub(crate) async fn text(&self, css: &str) -> String {
        self.browser.find(Locator::Css(css)).await.unwrap().text().await.unwrap()
    }

    async fn fill(&self, field: &str, value: &str) {
        let input = self.browser.find(Locator::Id(&format!("field-{field}"))).await.unwrap();
        input.clear().await.unwrap();
        input.send_keys(value).await.unwrap();
    }

    pub(crate) async fn click(&self, id: &str) {
        self.browser.find(Locator::Id(id)).await.unwrap().click().await.unwrap();
    }

    async fn choose(&self, endpoint: &str) {
        self.browser.find(Locator::Id("endpoint")).await.unwrap().select_by_value(endpoint).await.unwrap();
    }

    /// Waits until an element has a text.
    pub(crate) async fn wait_for(&self, css: &str, text: &str) {
        for _ in 0..100 {
            if self.text(css).await.contains(text) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{css}: {:?} has no {text}", self.text(css).await);
    }

    pub(crate) async fn run(&self, script: &str) -> Value {
        self.browser.execute(script, Vec::new()).await.unwrap()
    }

    /// Saves a screenshot in the folder that PYI_SCREENSHOTS names.
    async fn picture(&self, name: &str) {
        if let Some(folder) = std::env::var_os("PYI_SCREENSHOTS") {
            let height = self.run("return document.documentElement.scrollHeight").await.as_u64().unwrap();
            let width = self.run("return window.innerWidth").await.as_u64().unwrap();
            self.browser.set_window_size(width as u32, (height as u32 + 150).min(6000)).await.unwrap();
            let picture = self.browser.screenshot().await.unwrap();
            std::fs::write(std::path::Path::new(&folder).join(format!("{name}.png")), picture).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_fills_in_and_sends() {
    let Some(page) = browser().await else { return };
    let sandbox = Sandbox::start(pyi::SPEC).await.unwrap();
    page.open(&sandbox.page_url()).await;
    page.speak("zh-CN").await;
    page.choose("id_card_two_factor").await;
    assert_eq!(page.text("#title").await, "身份证二要素实名认证");
    page.click("send").await;
    page.wait_for("#error", "`bank_id` is required").await;
    page.fill("bank_id", "11010519491231002X").await;
    page.fill("bank_name", "张三").await;
    page.click("send").await;
    page.wait_for("#data", "张三").await;
    page.wait_for("#outcome", "有数据 · 10000 ok · 服务商会计费").await;
    page.wait_for("#data", "01 验证通过").await;
    page.picture("data").await;
    // A mismatch is not shown as a match.
    page.fill("bank_name", "code-02").await;
    page.click("send").await;
    page.wait_for("#data", "02 验证不通过").await;
    page.fill("bank_name", "code-77").await;
    page.click("send").await;
    page.wait_for("#data", "77").await;
    assert!(!page.text("#data").await.contains("验证"));
    // A refusal, and what to do about it.
    page.fill("bank_name", "status-10018").await;
    page.click("send").await;
    page.wait_for("#outcome", "被服务商拒绝 · 10018 quota_exhausted · 服务商不计费").await;
    page.wait_for("#explained", "次数不足 — 处理办法: buy more calls").await;
    page.picture("refused").await;
    // The values arrived as they were written, and were signed by the page's server.
    let asked = sandbox.request_log();
    assert_eq!(
        asked.iter().map(|entry| entry.code).collect::<Vec<_>>(),
        [Some(10000.into()), Some(10000.into()), Some(10000.into()), Some(10018.into())]
    );
    assert_eq!(asked[0].parameter("bank_name"), Some("张三"));
    // Everything on the page came from its own server, without errors.
    let trouble = page.run("return performance.getEntriesByType('resource').map(e => e.name).filter(n => !n.startsWith(location.origin) && !n.startsWith('data:'))").await;
    assert_eq!(trouble, json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_endpoint_is_shown_in_both_languages_and_at_a_phones_width() {
    let Some(page) = browser().await else { return };
    let sandbox = Sandbox::start(pyi::SPEC).await.unwrap();
    let (spec, _) = pyi_codegen::load(pyi_codegen::Input::Texts(pyi::SPEC));
    page.browser.set_window_size(390, 844).await.unwrap();
    page.open(&sandbox.page_url()).await;
    for language in ["zh-CN", "en"] {
        page.speak(language).await;
        for endpoint in &spec.endpoints {
            page.choose(&endpoint.id).await;
            let shown = page.text("main").await;
            for field in endpoint.request.iter().chain(endpoint.response.fields()) {
                assert!(
                    shown.contains(&field.wire) && shown.contains(&field.title),
                    "{}: {}",
                    endpoint.id,
                    field.wire
                );
            }
            for status in &spec.statuses {
                assert!(shown.contains(&status.code.to_string()), "{}", status.code);
            }
            assert!(
                !shown.contains("undefined") && !shown.contains("null") && !shown.contains("[object"),
                "{shown}"
            );
            // Nothing is outside the screen.
            let wide = page.run("return document.scrollingElement.scrollWidth > window.innerWidth").await;
            assert_eq!(wide, false, "{} in {language}", endpoint.id);
        }
        page.choose("id_card_two_factor").await;
        let price = page.text("#price").await;
        assert!(price.contains("0.09–0.16 CNY"), "{price}");
        let samples = page.run("return [...document.querySelectorAll('#languages button')].map(b => { b.click(); return document.getElementById('sample').textContent.length })").await;
        assert!(
            samples.as_array().unwrap().len() == 5
                && samples.as_array().unwrap().iter().all(|length| length.as_u64() > Some(100)),
            "{samples}"
        );
        page.picture(&format!("phone-{language}")).await;
        page.browser.set_window_size(390, 844).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn swagger_ui_shows_the_spec_and_sends_nothing() {
    let Some(page) = browser().await else { return };
    let sandbox = Sandbox::start(pyi::SPEC).await.unwrap();
    page.browser.goto(&format!("{}/docs", sandbox.url())).await.unwrap();
    page.browser.wait().for_element(Locator::Css(".opblock")).await.unwrap();
    let summary = Locator::Css(".opblock-post [data-path='/pyi/62/169']");
    page.browser.wait().for_element(summary).await.unwrap().click().await.unwrap();
    page.wait_for(".opblock.is-open", "bank_id").await;
    page.picture("docs").await;
    assert!(page.browser.find_all(Locator::Css(".try-out, .execute")).await.unwrap().is_empty());
    assert!(sandbox.request_log().is_empty());
}

/// A raw request with any headers: the status, the headers and the body of the answer.
fn ask(
    sandbox: &Sandbox,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> (u16, String, String) {
    let mut stream = TcpStream::connect(sandbox.url().trim_start_matches("http://")).unwrap();
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head.to_owned(), body.to_owned())
}

/// A sandbox whose page calls another sandbox in place of the provider.
async fn paying() -> (Sandbox, Sandbox) {
    let provider = Sandbox::start(pyi::SPEC).await.unwrap();
    let client = Client::builder()
        .base_url(provider.url())
        .app(provider.app_id(), Credentials::md5(provider.secret()))
        .build()
        .unwrap();
    let sandbox = Sandbox::builder().page_calls(client).start(pyi::SPEC).await.unwrap();
    (provider, sandbox)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_costs_money_shows_its_price_first() {
    let Some(page) = browser().await else { return };
    let (provider, sandbox) = paying().await;
    page.open(&sandbox.page_url()).await;
    assert!(!page.run("return location.href").await.as_str().unwrap().contains("token"));
    page.speak("zh-CN").await;
    page.choose("id_card_two_factor").await;
    page.wait_for("#target", "每次成功调用都会计费").await;
    page.click("example").await;
    page.click("send").await;
    page.wait_for("#confirm-words", "0.09–0.16 CNY").await;
    page.picture("confirm").await;
    page.click("cancel").await;
    assert!(provider.request_log().is_empty());
    page.click("send").await;
    page.click("pay").await;
    page.wait_for("#outcome", "有数据 · 10000 ok · 已计费").await;
    assert_eq!((provider.request_log().len(), sandbox.request_log().len()), (1, 0));
    // A form and JSON from another site are not calls.
    page.browser.goto("data:text/html,<p>elsewhere</p>").await.unwrap();
    let url = sandbox.url();
    let script = format!(
        "const done = arguments[arguments.length - 1]; \
         const send = (headers) => fetch('{url}/page/call', {{method: 'POST', headers, body: '{{}}'}}).then(() => 'answered', () => 'blocked'); \
         Promise.all([send({{'content-type': 'text/plain'}}), send({{'content-type': 'application/json', 'x-pyi-token': 'x'}})]).then(done)"
    );
    let told = page.browser.execute_async(&script, Vec::new()).await.unwrap();
    assert_eq!(told, json!(["blocked", "blocked"]));
    assert_eq!(provider.request_log().len(), 1);
}

/// Requests that are not from the page are refused.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_costs_money_is_the_pages_alone() {
    let (provider, sandbox) = paying().await;
    let url = sandbox.page_url();
    let (_, token) = url.split_once("#token=").unwrap();
    assert_eq!(token.len(), 32);
    let body = json!({"endpoint": "id_card_two_factor", "fields": {"bank_id": "11010519491231002X", "bank_name": "张三"}, "price": "0.09–0.16 CNY"});
    let host = sandbox.url().replace("http://", "");
    let right = [("content-type", "application/json"), ("x-pyi-token", token), ("host", host.as_str())];
    let send = |changed: &[(&str, &str)], body: &Value| {
        let names: Vec<&str> = changed.iter().map(|(name, _)| *name).collect();
        let kept = right.iter().filter(|(name, _)| !names.contains(name));
        let headers: Vec<(&str, &str)> =
            kept.chain(changed.iter().filter(|(_, value)| !value.is_empty())).copied().collect();
        ask(&sandbox, "POST", "/page/call", &headers, &body.to_string()).0
    };
    for changed in [
        ("x-pyi-token", ""),
        ("x-pyi-token", "00000000000000000000000000000000"),
        ("x-pyi-token", &token[..31]),
        ("content-type", "text/plain"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("host", "attacker.example"),
        ("origin", "http://attacker.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        assert_eq!(send(&[changed], &body), 403, "{changed:?}");
    }
    let mut other = body.clone();
    other["price"] = json!("0.01 CNY");
    assert_eq!(send(&[], &other), 409);
    other["price"] = Value::Null;
    assert_eq!(send(&[], &other), 409);
    assert!(provider.request_log().is_empty());
    assert_eq!(send(&[("origin", &sandbox.url()), ("sec-fetch-site", "same-origin")], &body), 200);
    assert_eq!(provider.request_log().len(), 1);
    // It does not start on an address that other machines can reach.
    let client = Client::builder().base_url(provider.url()).app("1", Credentials::md5("x")).build().unwrap();
    let open =
        Sandbox::builder().address("0.0.0.0:0".parse().unwrap()).page_calls(client).start(pyi::SPEC).await;
    assert!(open.unwrap_err().to_string().contains("cost money"));
}

/// The page does not hide an endpoint of the spec.
#[tokio::test(flavor = "multi_thread")]
async fn the_page_stands_in_no_request_log_and_in_no_endpoints_way() {
    let sandbox = Sandbox::start(pyi::SPEC).await.unwrap();
    for (path, status, kind) in [
        ("/", 200, "text/html"),
        ("/page/page.js", 200, "text/javascript"),
        ("/page/spec.json", 200, "application/json"),
        ("/openapi.json", 200, "application/json"),
        ("/docs/", 200, "text/html"),
        ("/docs/../Cargo.toml", 404, ""),
        ("/docs/none", 404, ""),
    ] {
        let (answered, said, _) = ask(&sandbox, "GET", path, &[("host", "x")], "");
        assert_eq!(answered, status, "{path}");
        assert!(said.contains(&format!("content-type: {kind}")), "{path}: {said}");
        let framed = said.contains("frame-ancestors 'none'");
        assert_eq!(framed, status == 200 && !kind.is_empty(), "{path}: {said}");
    }
    assert!(sandbox.request_log().iter().all(|entry| entry.endpoint.is_none()));
    // An endpoint of the page's path is the spec's.
    let endpoint = "path: /openapi.json\ntitle: t\nsource: s\neffect: query\nmethods: [GET]\nformats: [json]\nrequest: {}\nresponse: any\n";
    let mut texts = pyi::SPEC.to_vec();
    texts.push(("endpoints/openapi.yaml", endpoint));
    let sandbox = Sandbox::start(&texts).await.unwrap();
    let (_, _, answer) = ask(&sandbox, "GET", "/openapi.json", &[("host", "x")], "");
    assert!(answer.contains("\"codeid\""), "{answer}");
}

/// The endpoint with a price comes first; without any price, the lowest numbers of a path.
#[tokio::test(flavor = "multi_thread")]
async fn the_page_opens_on_the_main_endpoint() {
    let unpriced = |(path, text): &(&str, &str)| {
        let lines = text.lines().filter(|line| !line.starts_with("price:"));
        (path.to_string(), lines.collect::<Vec<_>>().join("\n"))
    };
    let unpriced: Vec<(String, String)> = pyi::SPEC.iter().map(unpriced).collect();
    let unpriced: Vec<(&str, &str)> = unpriced.iter().map(|(path, text)| (&**path, &**text)).collect();
    for (texts, main) in [(pyi::SPEC, "id_card_two_factor"), (&unpriced[..], "bank_card")] {
        let sandbox = Sandbox::start(texts).await.unwrap();
        let (_, _, answer) = ask(&sandbox, "GET", "/page/spec.json", &[("host", "x")], "");
        assert_eq!(serde_json::from_str::<Value>(&answer).unwrap()["main"], main);
        let Some(page) = browser().await else { continue };
        page.open(&sandbox.page_url()).await;
        assert_eq!(page.run("return document.getElementById('endpoint').value").await, main);
    }
}
