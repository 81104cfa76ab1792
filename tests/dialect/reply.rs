//! Replies as other providers send them: the status inside of a member, of HTTP, or absent; codes
//! that are texts. The answers are written by hand.

use pyi_runtime::__private::sign::Credentials;
use pyi_runtime::{Billing, ErrorKind, Outcome};

use crate::goldens::reply::{Client, ReplyRequest, Status, WholeReply};
use crate::raw::Raw;

fn client(server: &Raw) -> Client {
    let builder = Client::builder().base_url(server.url()).app("1", Credentials::md5("a secret"));
    builder.loopback_only().retries(0).build().unwrap()
}

#[tokio::test]
async fn a_success_says_nothing_of_its_status() {
    let server = Raw::http("200 OK", r#"{"time_get_response": {"now": {"time": "12:00"}}}"#);
    let reply = client(&server).reply(&ReplyRequest {}).await.unwrap();
    assert_eq!((reply.status().code.to_string().as_str(), reply.billing()), ("ok", Billing::Billed));
    assert_eq!(reply.into_data().unwrap().time.as_deref(), Some("12:00"));
    let xml = Raw::http(
        "200 OK",
        "<top><time_get_response><now><time>12:00</time></now></time_get_response></top>",
    );
    let reply = client(&xml).reply(&ReplyRequest {}).await.unwrap();
    assert_eq!(reply.into_data().unwrap().time.as_deref(), Some("12:00"));
}

#[tokio::test]
async fn an_error_inside_of_a_member_is_told_by_its_most_exact_code() {
    for (body, status, billing) in [
        (
            r#"{"error_response": {"code": 15, "msg": "Remote", "sub_code": "isv.invalid-parameter"}}"#,
            Some(Status::InvalidParameter),
            Billing::Free,
        ),
        (r#"{"error_response": {"code": "15", "msg": "Remote"}}"#, Some(Status::Remote), Billing::Free),
        (r#"{"error_response": {"code": 25, "msg": "Signature"}}"#, None, Billing::Unknown),
    ] {
        let server = Raw::http("200 OK", body);
        let error = client(&server).reply(&ReplyRequest {}).await.unwrap_err();
        assert_eq!((error.kind(), Status::of(&error), error.billing()), (ErrorKind::Status, status, billing));
    }
}

/// What the spec does not describe is neither a success nor free.
#[tokio::test]
async fn nothing_else_is_a_success() {
    for (http, body) in [
        ("200 OK", "{}"),
        ("200 OK", r#"{"error_response": {"msg": "no code"}}"#),
        ("200 OK", r#"{"other_response": {}}"#),
        ("500 Oops", r#"{"time_get_response": {"now": {"time": "12:00"}}}"#),
    ] {
        let server = Raw::http(http, body);
        let error = client(&server).reply(&ReplyRequest {}).await.unwrap_err();
        assert_eq!((error.kind(), error.billing()), (ErrorKind::NoAnswer, Billing::Unknown), "{body}");
    }
}

#[tokio::test]
async fn the_status_is_that_of_http_where_the_reply_has_none() {
    let ask = |http, body| {
        let server = Raw::http(http, body);
        async move { client(&server).whole_reply(&WholeReply {}).await }
    };
    let reply = ask("200 OK", r#"{"Name": "a", "RequestId": "7"}"#).await.unwrap();
    assert_eq!(reply.into_data().unwrap().name.as_deref(), Some("a"));
    let none = ask("404 Not Found", r#"{"RequestId": "7"}"#).await.unwrap();
    assert!(matches!(none.outcome(), Outcome::NoData) && none.billing() == Billing::Free);
    let error =
        ask("400 Bad Request", r#"{"Code": "Invalid.Key", "Message": "no such key"}"#).await.unwrap_err();
    assert_eq!((Status::of(&error), error.message()), (Some(Status::InvalidKey), Some("no such key")));
    let unlisted = ask("500 Oops", r#"{"RequestId": "7"}"#).await.unwrap_err();
    assert_eq!((unlisted.code(), unlisted.billing()), (Some(500.into()), Billing::Unknown));
    // A page of a proxy is no answer of the provider, whatever HTTP says of it.
    let page = ask("200 OK", "<html><body>hello</body>").await.unwrap_err();
    assert_eq!((page.kind(), page.billing()), (ErrorKind::NoAnswer, Billing::Unknown));
}

/// The sandbox answers as such a provider does, for the generated client and the interpreted one.
#[tokio::test]
async fn the_sandbox_answers_in_the_providers_form() {
    let spec = crate::goldens::reply::SPEC;
    let sandbox = pyi_sandbox::Sandbox::start(spec).await.unwrap();
    let client: Client = sandbox.client().unwrap();
    assert!(client.reply(&ReplyRequest {}).await.unwrap().data().is_ok());
    assert!(client.whole_reply(&WholeReply {}).await.unwrap().data().is_ok());
    for code in ["isv.invalid-parameter", "Invalid.Key", "unlisted"] {
        sandbox.inject(pyi_sandbox::Fault::Status(code.parse().unwrap()));
        let error = client.whole_reply(&WholeReply {}).await.unwrap_err();
        assert_eq!(error.code().map(|code| code.to_string()).as_deref(), Some(code));
    }
    sandbox.inject(pyi_sandbox::Fault::Status(404.into()));
    assert!(matches!(client.whole_reply(&WholeReply {}).await.unwrap().outcome(), Outcome::NoData));
    let log = sandbox.request_log();
    let log: Vec<String> =
        log.iter().map(|entry| format!("{} {}", entry.code.unwrap(), entry.billing)).collect();
    let expected = [
        "ok billed",
        "200 billed",
        "isv.invalid-parameter not billed",
        "Invalid.Key not billed",
        "unlisted perhaps billed",
        "404 not billed",
    ];
    assert_eq!(log, expected);
}
