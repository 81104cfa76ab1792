//! Every endpoint of the shipped spec, called in three ways: by its generated function, by `pyi
//! call`, and by a request that Python signs.

use std::process::Command;

use pyi::*;
use pyi_codegen::{Input, ir};
use pyi_sandbox::Sandbox;

use crate::support::{has, pyi};

async fn sandbox() -> (Sandbox, Client) {
    let sandbox = Sandbox::start(SPEC).await.unwrap();
    let app = Credentials::md5(sandbox.secret());
    let client = Client::builder().base_url(sandbox.url()).app(sandbox.app_id(), app).build().unwrap();
    (sandbox, client)
}

const ID: &str = "11010519491231002X";
const MOBILE: &str = "19900000000";

#[tokio::test]
async fn by_its_generated_function() {
    let (sandbox, client) = sandbox().await;
    let (id, name, mobile) = (|| ID.to_owned(), || "张三".to_owned(), || MOBILE.to_owned());

    let reply =
        client.id_card_two_factor(&IdCardTwoFactor { bank_id: id(), bank_name: name() }).await.unwrap();
    assert_eq!(reply.data().unwrap().bank_status, Some(MatchStatus::Match));

    let person = MobileThreeFactor { bank_id: id(), bank_name: name(), mobile: mobile() };
    assert!(client.mobile_three_factor(&person).await.unwrap().data().unwrap().json().starts_with('{'));

    let card = BankCard { bank_card: "6200000000000000000".into(), bank_id: id(), bank_name: name() };
    let reply = client.bank_card(&card).await.unwrap();
    assert_eq!(reply.data().unwrap().bank_addr_code.as_deref(), Some("511126"));

    let person = MobileTwoFactor { bank_name: name(), mobile: mobile() };
    let reply = client.mobile_two_factor(&person).await.unwrap();
    assert_eq!(reply.data().unwrap().bank_name.as_deref(), Some("张三"));
    let reply = client.mobile_two_factor(&person).debug_data().await.unwrap();
    assert!(matches!(reply.outcome(), Outcome::Debug(_)) && reply.data().is_err());

    let reply = client.mobile_portability(&MobilePortability { mobile: mobile() }).await.unwrap();
    assert!(reply.data().unwrap().m_newisp.is_some());

    let reply = client.icp_record(&IcpRecord { domain: "wapi.cn".into() }).await.unwrap();
    assert!(reply.data().unwrap().companyname.is_some());

    let reply = client.almanac(&Almanac { hl_ymd: Date::constant(2019, 7, 31) }).await.unwrap();
    assert_eq!(reply.data().unwrap().hl_ji.as_ref().unwrap().len(), 2);
    assert_eq!(sandbox.request_log().last().unwrap().parameter("hl_ymd"), Some("2019-07-31"));

    let sign = Horoscope { astroid: "1".into(), xz_ymd: "2019-07-31".into() };
    client.horoscope(&sign).await.unwrap().into_data().unwrap();

    let text =
        SmsSend { mobile: mobile(), template_id: "7".into(), template_param: r#"{"code":"1234"}"#.into() };
    client.sms_send(&text).await.unwrap().into_data().unwrap();
    assert_eq!(sandbox.request_log().last().unwrap().parameter("template_param"), Some(r#"{"code":"1234"}"#));

    let reply = client.weather(&Weather { wtr_id: "1".into() }).await.unwrap();
    assert!(
        reply.server_time().is_some() && String::from_utf8_lossy(reply.body().as_bytes()).contains("curtime")
    );

    let order = MobileRecharge { c_mobile: mobile() };
    client.mobile_recharge(&order).await.unwrap().into_data().unwrap();
    let later = MobileRechargeOptions::default().notify_url("https://shop.example/paid");
    let reply = client.mobile_recharge(&order).options(&later).await.unwrap();
    assert!(matches!(reply.outcome(), Outcome::Pending));
    assert_eq!(
        sandbox.request_log().last().unwrap().parameter("notify_url"),
        Some("https://shop.example/paid")
    );

    let asked: std::collections::BTreeSet<_> =
        sandbox.request_log().into_iter().filter_map(|entry| entry.endpoint).collect();
    assert_eq!(asked.len(), operations::ALL.len(), "each endpoint was called: {asked:?}");
}

/// A value for each field of a request, by the spec's own examples.
pub(crate) fn values(endpoint: &ir::Endpoint) -> Vec<(String, String)> {
    let value = |field: &ir::Field| field.example.clone().unwrap_or_else(|| "1".to_owned());
    endpoint
        .request
        .iter()
        .filter(|field| !field.optional)
        .map(|field| (field.wire.clone(), value(field)))
        .collect()
}

fn endpoints() -> Vec<ir::Endpoint> {
    let (spec, report) = pyi_codegen::load(Input::Texts(SPEC));
    assert!(report.is_empty(), "{report}");
    assert_eq!(spec.endpoints.len(), 11);
    spec.endpoints
}

#[test]
fn by_pyi_call() {
    for endpoint in endpoints() {
        let mut command = pyi();
        command.args(["call", &endpoint.id, "--sandbox", "--check"]);
        for (name, value) in values(&endpoint) {
            command.arg(format!("--{name}")).arg(value);
        }
        let output = command.output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(
            output.status.success() && printed.contains(r#""billing":"billed""#),
            "{}: {printed}",
            endpoint.id
        );
    }
}

/// Signs and encodes by hashlib and urllib only.
const PYTHON: &str = r#"
import hashlib, json, sys, urllib.parse, urllib.request
url, secret, fields = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
text = "".join(k + fields[k] for k in sorted(fields, key=str.encode) if fields[k] != "")
fields["sign"] = hashlib.md5((text + secret).encode()).hexdigest()
request = urllib.request.Request(url, urllib.parse.urlencode(fields).encode())
print(json.loads(urllib.request.urlopen(request).read())["codeid"])
"#;

#[tokio::test(flavor = "multi_thread")]
async fn by_a_request_that_python_signs() {
    if !has("python3") {
        return;
    }
    let (sandbox, _) = sandbox().await;
    for endpoint in endpoints() {
        let mut fields: serde_json::Map<_, _> =
            values(&endpoint).into_iter().map(|(name, value)| (name, value.into())).collect();
        fields.insert("appid".to_owned(), sandbox.app_id().into());
        fields.insert("format".to_owned(), "json".into());
        let fields = serde_json::Value::Object(fields).to_string();
        let url = format!("{}{}", sandbox.url(), endpoint.path);
        let output =
            Command::new("python3").args(["-c", PYTHON, &url, sandbox.secret(), &fields]).output().unwrap();
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            "10000\n",
            "{}: {}",
            endpoint.id,
            String::from_utf8_lossy(&output.stderr)
        );
    }
    assert_eq!(sandbox.request_log().len(), 11);
}

/// Facts that the sources give, so that no file says more.
#[test]
fn what_the_sources_do_not_say_is_not_there() {
    for endpoint in endpoints() {
        assert!(!endpoint.source.is_empty());
        let priced = endpoint.price.is_some();
        assert_eq!(priced, endpoint.id == "id_card_two_factor", "one price is known");
        let acts = endpoint.effect == ir::Effect::Act;
        assert_eq!(acts, ["sms_send", "mobile_recharge"].contains(&endpoint.id.as_str()), "{}", endpoint.id);
    }
}
