//! The behaviour of the generated code of the goldens under `tests/expand`: what it sends, reads
//! and refuses. A binary of its own, so that goldens can be updated when their code does not
//! compile.

// A failed assumption of a test is a failure of the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod beside;
mod callback;
mod composite;
mod headers;
#[allow(dead_code)]
#[path = "../support/raw.rs"]
mod raw;
mod reply;
mod request;
mod signing;

/// The goldens, which the compiler reads here.
#[allow(dead_code, unreachable_pub)]
mod goldens {
    pub mod basic {
        include!("../expand/basic.rs");
    }
    pub mod beside {
        include!("../expand/beside.rs");
    }
    pub mod callback {
        include!("../expand/callback.rs");
    }
    pub mod composite {
        include!("../expand/composite.rs");
    }
    pub mod digests {
        include!("../expand/digests.rs");
    }
    pub mod endpoint {
        include!("../expand/endpoint.rs");
    }
    pub mod http {
        include!("../expand/http.rs");
    }
    pub mod names {
        include!("../expand/names.rs");
    }
    pub mod nested {
        include!("../expand/nested.rs");
    }
    pub mod options {
        include!("../expand/options.rs");
    }
    pub mod common {
        include!("../expand/common.rs");
    }
    pub mod reply {
        include!("../expand/reply.rs");
    }
    pub mod request {
        include!("../expand/request.rs");
    }
    pub mod scheme {
        include!("../expand/scheme.rs");
    }
    pub mod types {
        include!("../expand/types.rs");
    }
    pub mod whole {
        include!("../expand/whole.rs");
    }
}

use std::str::FromStr;

use pyi_runtime::__private::sign::Credentials;
use pyi_runtime::{Billing, Date, Decimal, Outcome, Time, Timestamp};
use pyi_sandbox::Sandbox;

use crate::goldens::{endpoint, http, names, nested, options, types, whole};
use crate::raw::Raw;

const ID: &str = "11010519491231002X";

fn answer(retdata: &str) -> Raw {
    Raw::http("200 OK", &format!(r#"{{"codeid":10000,"message":"","retdata":{retdata}}}"#))
}

/// The client of a golden, on a server.
macro_rules! client {
    ($spec:ident, $url:expr) => {
        $spec::Client::builder()
            .base_url($url)
            .app("1", Credentials::md5("0123456789abcdef0123456789abcdef"))
            .build()
            .unwrap()
    };
}

/// The form of the last request that arrived.
fn form(server: &Raw) -> String {
    server.arrived().last().unwrap().split_once("\r\n\r\n").unwrap().1.to_owned()
}

fn day() -> Date {
    Date::constant(1949, 12, 31)
}

fn every_type() -> types::Types {
    types::Types {
        text: "a b".into(),
        count: -7,
        amount: Decimal::from_str("0.10").unwrap(),
        flag: false,
        day: day(),
        moment: Timestamp::from_second(1_577_695_766).unwrap(),
        kind: types::MatchStatus::Mismatch,
    }
}

#[tokio::test]
async fn every_type_is_sent_as_it_is_written_and_read_as_it_is_meant() {
    let payload = r#"{"text":1,"count":"42","amount":"12345678901234567890.10","flag":"0","day":"1949年12月31日","moment":"1577695766",
        "kind":"02","rest":{"a":[1.10,"x"]}}"#;
    let server = answer(payload);
    let reply = client!(types, server.url()).types(&every_type()).time(Time::Omit).await.unwrap();
    let sent = form(&server);
    let sent = sent.rsplit_once("&sign=").unwrap().0;
    assert_eq!(
        sent,
        "amount=0.10&appid=1&count=-7&day=1949-12-31&flag=0&format=json&kind=02&moment=1577695766&text=a+b"
    );
    let data = reply.data().unwrap();
    assert_eq!((data.text.as_deref(), data.count, data.flag), (Some("1"), Some(42), Some(false)));
    assert_eq!(data.amount.unwrap().to_string(), "12345678901234567890.10", "exact, to the last zero");
    assert_eq!((data.day, data.moment), (Some(day()), Timestamp::from_second(1_577_695_766).ok()));
    assert_eq!(data.kind, Some(types::MatchStatus::Mismatch));
    assert_eq!(data.rest.as_ref().unwrap().json(), r#"{"a":[1.10,"x"]}"#, "untouched");
    assert!(format!("{data:?}").contains(r#"text: Some("1")"#), "public: true shows it");
    assert!(!format!("{data:?}").contains("42"), "all else is redacted");
}

/// A code that the spec does not list is refused before anything is sent; and a reply may have any.
#[tokio::test]
async fn an_unknown_code_of_a_request_is_refused() {
    let server = answer(r#"{"kind":"77"}"#);
    let client = client!(types, server.url());
    let with = |kind| types::Types { kind, ..every_type() };
    let unknown = || types::MatchStatus::from_code("77");
    let error = client.types(&with(unknown())).await.unwrap_err();
    let why = "`kind` is none of the codes that the spec lists (01, 02); if the provider has it, add it to the spec";
    assert!(error.is_local() && error.to_string().contains(why), "{error}");
    assert_eq!((error.billing(), server.arrived().len()), (Billing::NotSent, 0));
    let reply = client.types(&with(types::MatchStatus::Match)).await.unwrap();
    assert_eq!(reply.data().unwrap().kind, Some(unknown()));
    assert_eq!(server.arrived().len(), 1);
}

/// A status may be negative.
#[tokio::test]
async fn a_negative_status_is_known() {
    let sandbox = Sandbox::start(http::SPEC).await.unwrap();
    let client: http::Client = sandbox.client().unwrap();
    let error = client.http(&http::Http { mobile: "status--1".into() }).await.unwrap_err();
    assert_eq!((http::Status::of(&error), error.code()), (Some(http::Status::Busy), Some((-1).into())));
    assert_eq!((http::Status::Busy.code(), error.billing()), (-1, Billing::Free));
    assert_eq!(sandbox.request_log().len(), 3);
}

#[tokio::test]
async fn fields_called_data_and_options_are_read() {
    let server = answer(r#"{"data":{"data":{"x":"1"}},"options":[{"key":"a"},{"key":"b"}]}"#);
    let request = names::Names { r#type: "1".into(), self_: "1".into(), _2fa: "1".into() };
    let reply = client!(names, server.url()).names(&request).await.unwrap();
    let names::NamesData { data: Some(data), options: Some(options), .. } = reply.data().unwrap() else {
        panic!("both were sent")
    };
    assert_eq!(data.data.as_ref().and_then(|inner| inner.x.as_deref()), Some("1"));
    assert_eq!(
        options.iter().map(|option| option.key.as_deref()).collect::<Vec<_>>(),
        [Some("a"), Some("b")]
    );
}

#[tokio::test]
async fn a_value_that_is_not_what_the_spec_says_is_a_fault_that_was_paid_for() {
    let table = [
        (r#"{"count":"many"}"#, "`count` is not a whole number"),
        (r#"{"count":1.5}"#, "`count` is not a whole number"),
        (r#"{"amount":"1e3"}"#, "`amount` is not a decimal number"),
        (r#"{"flag":"maybe"}"#, "`flag` is not true or false"),
        (r#"{"day":"1949-12-31"}"#, "`day` is not a date"),
        (r#"{"moment":"noon"}"#, "`moment` is not a time in unix seconds"),
        (r#"{"text":{"a":1}}"#, "`text` is not text"),
        (r#"[1]"#, "`data` is not an object"),
    ];
    for (payload, why) in table {
        let error = client!(types, answer(payload).url()).types(&every_type()).await.unwrap_err();
        assert!(error.to_string().contains(why), "{payload}: {error}");
        assert_eq!(error.billing(), Billing::Billed);
    }
}

#[tokio::test]
async fn optional_fields_are_left_out_or_have_their_default() {
    let person = || options::OptionsRequest { id: ID.into(), name: "张三".into() };
    let server = answer("{}");
    let client = client!(options, server.url());
    client.options(&person()).time(Time::Omit).await.unwrap();
    assert!(
        form(&server).starts_with(&format!(
            "appid=1&exact=0&format=json&id={ID}&name=%E5%BC%A0%E4%B8%89&page=1&sign="
        ))
    );
    let all = options::OptionsOptions::default()
        .page(2)
        .amount(Decimal::from_str("0.50").unwrap())
        .since(day())
        .exact(true)
        .kind(options::MatchStatus::Match)
        .note("快");
    client.options(&person()).options(&all).time(Time::Omit).await.unwrap();
    let sent = form(&server);
    let sent = sent.rsplit_once("&sign=").unwrap().0;
    let expected = format!(
        "amount=0.50&appid=1&exact=1&format=json&id={ID}&kind=01&name=%E5%BC%A0%E4%B8%89&note=%E5%BF%AB&page=2&since=1949-12-31"
    );
    assert_eq!(sent, expected);
    assert!(format!("{all:?}").contains("快") && !format!("{all:?}").contains("1949"));
}

/// Checks run on request, for one call or for all; the message has no value.
#[tokio::test]
async fn values_are_checked_when_the_caller_asks_for_it() {
    let server = answer("{}");
    let client = client!(options, server.url());
    let person = |id: &str, name: &str| options::OptionsRequest { id: id.into(), name: name.into() };
    let page = |page| options::OptionsOptions::default().page(page);
    let typo = person("110105194912310029", "张三");
    assert!(client.options(&typo).await.is_ok(), "nobody asked");
    let table = [
        (client.options(&typo).check_values(), "`id` has a last character that does not follow"),
        (
            client.options(&person(ID, &"长".repeat(51))).check_values(),
            "`name` has 51 characters, more than 50",
        ),
        (client.options(&person(ID, "张三")).options(&page(101)).check_values(), "`page` is more than 100"),
        (client.options(&person(ID, "张三")).options(&page(0)).check_values(), "`page` is less than 1"),
    ];
    for (call, why) in table {
        let error = call.await.unwrap_err();
        assert!(error.is_local() && error.to_string().contains(why), "{error}");
        assert_eq!(error.billing(), Billing::NotSent);
        assert!(!error.to_string().contains("1105194") && !error.to_string().contains("长"));
    }
    assert!(client.options(&person(ID, "张三")).options(&page(100)).check_values().await.is_ok());
    let strict = options::Client::builder()
        .base_url(server.url())
        .app("1", Credentials::md5("s"))
        .check_values()
        .build()
        .unwrap();
    assert!(strict.options(&typo).await.unwrap_err().is_local());
    assert_eq!(server.arrived().len(), 2);
}

#[tokio::test]
async fn nested_objects_lists_and_codes_are_typed() {
    let payload = r#"{"home":{"city":"北京","since":"1949-12-31"},"former":[{"city":"上海"},null,{"city":"广州"}],"levels":["2","9"],
        "scores":[1.50,"2"],"table":[[1,2],["3"]],"days":["19491231"],"owner":{"name":"张三","state":"S"}}"#;
    let reply = client!(nested, answer(payload).url()).nested(&nested::Nested {}).await.unwrap();
    let data = reply.data().unwrap();
    assert_eq!(data.home.as_ref().unwrap().since, Some(day()));
    let cities: Vec<_> =
        data.former.as_ref().unwrap().iter().filter_map(|address| address.city.as_deref()).collect();
    assert_eq!(cities, ["上海", "广州"]);
    let levels: Vec<_> = data.levels.as_ref().unwrap().iter().map(nested::Level::as_str).collect();
    assert_eq!(levels, ["2", "9"]);
    assert_eq!(data.levels.as_ref().unwrap()[0], nested::Level::High);
    let scores: Vec<_> = data.scores.as_ref().unwrap().iter().map(Decimal::to_string).collect();
    assert_eq!(scores, ["1.50", "2"]);
    assert_eq!(data.table, Some(vec![vec![1, 2], vec![3]]));
    assert_eq!(data.days, Some(vec![day()]));
    assert_eq!(data.owner.as_ref().unwrap().state, Some(nested::NestedOwnerState::Suspended));

    // PHP's empty value, and a single value in place of a list.
    let payload = r#"{"home":[],"former":{"city":"上海"},"levels":"","scores":{},"owner":""}"#;
    let reply = client!(nested, answer(payload).url()).nested(&nested::Nested {}).await.unwrap();
    let data = reply.data().unwrap();
    assert!(data.home.is_none() && data.owner.is_none() && data.levels.is_none());
    assert_eq!((data.former.as_ref().unwrap().len(), data.scores.as_ref().unwrap().len()), (1, 0));

    let faults = [
        (r#"{"home":{"since":"1949"}}"#, "`home.since` is not a date"),
        (r#"{"former":[{"city":[1]}]}"#, "`former.city` is not text"),
        (r#"{"table":[["x"]]}"#, "`table` is not a whole number"),
        (r#"{"owner":"none"}"#, "`owner` is not an object"),
    ];
    for (payload, why) in faults {
        let error = client!(nested, answer(payload).url()).nested(&nested::Nested {}).await.unwrap_err();
        assert!(error.to_string().contains(why), "{payload}: {error}");
    }
}

#[tokio::test]
async fn a_payload_may_be_no_object() {
    let call = |payload: &str| client!(whole, answer(payload).url());
    let any = call("[1, 2.50]").whole_any(&whole::WholeAny {}).await.unwrap();
    assert_eq!(any.data().unwrap().json(), "[1, 2.50]");
    assert!(!format!("{any:?}").contains("2.50"));
    let absent = Raw::http("200 OK", r#"{"codeid":10000}"#);
    let any = client!(whole, absent.url()).whole_any(&whole::WholeAny {}).await.unwrap();
    assert_eq!(any.data().unwrap().json(), "null");
    for (payload, expected) in [(r#""晴""#, Some("晴")), ("12", Some("12")), ("null", None), ("[]", None)] {
        let text = call(payload).whole_text(&whole::WholeText {}).await.unwrap();
        assert_eq!(text.data().unwrap().as_deref(), expected, "{payload}");
        assert!(!format!("{text:?}").contains("晴"));
    }
    for (payload, expected) in
        [(r#"["a","b"]"#, vec!["a", "b"]), (r#""a""#, vec!["a"]), ("null", vec![]), ("[]", vec![])]
    {
        let names = call(payload).whole_names(&whole::WholeNames {}).await.unwrap();
        assert_eq!(*names.data().unwrap(), expected, "{payload}");
    }
    let rows =
        call(r#"[{"day":"1949-12-31","price":"0.16"}]"#).whole_rows(&whole::WholeRows {}).await.unwrap();
    assert_eq!(rows.data().unwrap()[0].day, Some(day()));
    let error = call(r#"[{"day":"today"}]"#).whole_rows(&whole::WholeRows {}).await.unwrap_err();
    assert!(error.to_string().contains("`data.day` is not a date"), "{error}");
}

#[tokio::test]
#[allow(deprecated)]
async fn an_endpoint_may_differ_from_the_others() {
    let body = "<any><codeid>20001</codeid><message>慢</message><now>7</now></any>";
    let order = endpoint::Endpoint { order: "1".into() };
    let server = Raw::http("200 OK", body);
    let error = client!(endpoint, server.url()).endpoint(&order).await.unwrap_err();
    assert_eq!(endpoint::Status::of(&error), Some(endpoint::Status::TooOften));
    assert!(error.to_string().contains("wait a minute") && error.billing() == Billing::Free, "{error}");
    let asked = server.arrived().remove(0);
    assert!(
        asked.starts_with("GET /pyi/0/1?appid=1&format=xml&order=1&sign="),
        "GET and XML by default, and no time: {asked}"
    );

    let body = "<any><codeid>10000</codeid><now>7</now><result><number>01</number></result></any>";
    let reply = client!(endpoint, Raw::http("200 OK", body).url()).endpoint(&order).await.unwrap();
    assert_eq!((reply.server_time(), reply.data().unwrap().number.as_deref()), (Some(7), Some("01")));
    let stray = options::Client::builder()
        .base_url("http://127.0.0.1:1")
        .app("1", Credentials::md5("s"))
        .build()
        .unwrap();
    let error = stray
        .options(&options::OptionsRequest { id: ID.into(), name: "张".into() })
        .debug_data()
        .await
        .unwrap_err();
    assert!(error.to_string().contains("offers no debug data"), "{error}");
}

/// Several providers in one crate do not get into each other's way; each golden's sandbox answers
/// its client.
#[tokio::test]
async fn each_spec_has_a_sandbox() {
    let sandbox = Sandbox::start(types::SPEC).await.unwrap();
    let client = types::Client::builder()
        .base_url(sandbox.url())
        .app("1", Credentials::md5(sandbox.secret()))
        .build()
        .unwrap();
    let reply = client.types(&every_type()).await.unwrap();
    let data = reply.data().unwrap();
    assert_eq!((data.text.as_deref(), data.count, data.day), (Some("a b"), Some(-7), Some(day())));

    let sandbox = Sandbox::start(nested::SPEC).await.unwrap();
    let client = nested::Client::builder()
        .base_url(sandbox.url())
        .app("1", Credentials::md5(sandbox.secret()))
        .build()
        .unwrap();
    let reply = client.nested(&nested::Nested {}).await.unwrap();
    assert_eq!(reply.data().unwrap().former.as_ref().unwrap().len(), 2);

    let sandbox = Sandbox::start(whole::SPEC).await.unwrap();
    let client = whole::Client::builder()
        .base_url(sandbox.url())
        .app("1", Credentials::md5(sandbox.secret()))
        .build()
        .unwrap();
    assert_eq!(client.whole_rows(&whole::WholeRows {}).await.unwrap().data().unwrap().len(), 2);
    assert!(matches!(client.whole_any(&whole::WholeAny {}).await.unwrap().outcome(), Outcome::Data(_)));
}
