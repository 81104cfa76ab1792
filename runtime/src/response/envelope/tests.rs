//! What replies say, of one provider and of others.

use super::*;
use crate::operation::Provider;
use crate::response::decode::Any;
use crate::status::StatusInfo;
use crate::test_operation::OPERATION;
use pyi_types::BillingRule;

fn read(http: u16, body: &str) -> Result<Reply<Any>, Error> {
    let response = HttpResponse { status: http, body: body.into(), ..HttpResponse::default() };
    Answer::read(&OPERATION, response, str::to_owned)?.into_reply(|payload| payload.any())
}

#[test]
fn the_status_of_the_envelope_decides_outcome_and_billing() {
    let table = [
        (10000, "Data(<redacted>)", Billing::Billed),
        (10001, "Debug(<redacted>)", Billing::Free),
        (10025, "NoData", Billing::Free),
        (10030, "Pending", Billing::Billed),
    ];
    for (code, outcome, billing) in table {
        for http in [200, 500] {
            let body = format!(r#"{{"codeid": "{code}", "message": "m", "retdata": {{}}, "time": " 7 "}}"#);
            let reply = read(http, &body).unwrap();
            assert_eq!((format!("{:?}", reply.outcome()), reply.billing()), (outcome.to_owned(), billing));
            assert_eq!(
                (reply.status().code, reply.message(), reply.server_time()),
                (code.into(), "m", Some(7))
            );
        }
    }
    let error = read(200, r#"{"codeid": 10003, "message": "m", "timestamp": 5, "time": 7}"#).unwrap_err();
    assert_eq!(
        (error.code(), error.billing(), error.server_time()),
        (Some(10003.into()), Billing::Free, Some(5))
    );
}

/// What the spec does not list may have been billed.
#[test]
fn an_unlisted_status_or_answer_is_unknown() {
    let unlisted = read(200, r#"{"codeid": 1, "message": "m"}"#).unwrap_err();
    assert_eq!((unlisted.code(), unlisted.billing()), (Some(1.into()), Billing::Unknown));
    let twice = r#"{"codeid": 10025, "codeid": 10000, "message": "m"}"#;
    for body in ["", "<html>", "[]", "{}", r#"{"codeid": {}}"#, twice] {
        let error = read(200, body).unwrap_err();
        assert_eq!((error.code(), error.http_status(), error.billing()), (None, Some(200), Billing::Unknown));
        assert_eq!(error.body().map(Body::as_bytes), Some(body.as_bytes()));
    }
    let listed = read(429, "slow down").unwrap_err();
    assert_eq!((listed.http_status(), listed.billing()), (Some(429), Billing::Free));
}

/// Paid data that cannot be read keeps its billing and its body.
#[test]
fn undecodable_data_is_billed() {
    let body = r#"{"codeid": 10000, "message": "", "retdata": "many"}"#;
    let response = HttpResponse { status: 200, body: body.into(), ..HttpResponse::default() };
    let answer = Answer::read(&OPERATION, response, str::to_owned).unwrap();
    let error = answer.into_reply(|payload| payload.value(|cursor| cursor.integer())).unwrap_err();
    assert!(error.is_undecodable() && !error.to_string().contains("many"), "{error}");
    assert_eq!((error.billing(), error.body().map(Body::as_bytes)), (Billing::Billed, Some(body.as_bytes())));
}

const NOTED: &[StatusInfo] = &[
    StatusInfo::builder(0, "ok", StatusClass::Data).billed(BillingRule::Always).build(),
    StatusInfo::builder(200, "done", StatusClass::Data).billed(BillingRule::Always).build(),
    StatusInfo::builder(404, "unknown", StatusClass::NoData).billed(BillingRule::Never).build(),
    StatusInfo::builder_of(StatusCode::text("Bad.Key"), "bad_key", StatusClass::Auth)
        .billed(BillingRule::Never)
        .build(),
];

/// The status and the billing of a reply, or why it has none.
fn told(envelope: Envelope<'_>, http: u16, body: &str) -> String {
    let provider = Provider { statuses: NOTED, ..*OPERATION.provider };
    let operation = Operation { provider: &provider, envelope, ..OPERATION };
    let response = HttpResponse { status: http, body: body.into(), ..HttpResponse::default() };
    match Answer::read(&operation, response, |text| text.replace("李四", "*")) {
        Ok(answer) => {
            let payload = answer.payload(|payload| payload.any()).unwrap();
            format!("{} {} {}", answer.code(), answer.billing(), payload.json())
        }
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_status_may_be_inside_of_members_or_absent() {
    let envelope = Envelope {
        status: &["/error_response/sub_code", "/error_response/code"],
        absent: Some(0.into()),
        message: &["/error_response/msg"],
        data: "/time_get_response/at",
        ..Envelope::NOWHERE
    };
    let read = |http, body| told(envelope, http, body);
    assert_eq!(read(200, r#"{"time_get_response": {"at": [1]}}"#), "0 billed [1]");
    let refused = read(200, r#"{"error_response": {"code": "Bad.Key", "msg": "no"}}"#);
    assert_eq!(refused, "weather: status Bad.Key bad_key: no (not billed)");
    let refused = read(200, r#"{"error_response": {"code": "7", "sub_code": "of 李四", "msg": "of 李四"}}"#);
    assert!(
        refused.starts_with("weather: status of *, which the spec does not name: of * (perhaps billed"),
        "{refused}"
    );
    // None of these says that it is a success.
    for (http, body) in [
        (200, "{}"),
        (200, "[]"),
        (200, r#"{"time_get_response": {}}"#),
        (200, r#"{"error_response": {"msg": "no"}, "time_get_response": {"at": 1}}"#),
        (200, r#"{"error_response": "no", "time_get_response": {"at": 1}}"#),
        (200, r#"{"error_response": {"code": {"a": 1}}, "time_get_response": {"at": 1}}"#),
        (500, r#"{"time_get_response": {"at": 1}}"#),
    ] {
        let refused = read(http, body);
        assert!(refused.starts_with("weather: the answer is not the provider's"), "{body}: {refused}");
    }
}

#[test]
fn a_status_may_be_that_of_http() {
    let envelope =
        Envelope { status: &["Code", "http"], message: &["Message"], data: ".", ..Envelope::NOWHERE };
    assert_eq!(told(envelope, 200, r#"{"a": 1}"#), r#"200 billed {"a": 1}"#);
    assert_eq!(told(envelope, 404, r#"{"a": 1}"#), r#"404 not billed {"a": 1}"#);
    let refused = told(envelope, 400, r#"{"Code": "Bad.Key", "Message": "no"}"#);
    assert_eq!(refused, "weather: status Bad.Key bad_key: no (not billed)");
    // An error without its code is none of HTTP's.
    let halved = told(envelope, 200, r#"{"Code": {"a": 1}}"#);
    assert!(halved.contains("not the provider's"), "{halved}");
    assert!(told(envelope, 200, "<html>").contains("not the provider's"));
    // Where HTTP alone tells the status, the payload may be a list.
    let alone = Envelope { status: &["http"], ..envelope };
    assert_eq!(told(alone, 200, "[1]"), "200 billed [1]");
    // A list has no member for its status; that of HTTP is left, if the list is the payload.
    assert_eq!(told(envelope, 200, "[1]"), "200 billed [1]");
    let inside = Envelope { data: "result", ..envelope };
    assert!(told(inside, 200, "[1]").contains("not the provider's"));
}

/// Where the whole reply is the payload, a part of it proves the success.
#[test]
fn a_success_without_a_status_has_its_proof() {
    let envelope = Envelope {
        status: &["error_code"],
        absent: Some(0.into()),
        proof: Some("result"),
        data: ".",
        ..Envelope::NOWHERE
    };
    assert_eq!(told(envelope, 200, r#"{"result": [1]}"#), r#"0 billed {"result": [1]}"#);
    for body in ["{}", r#"{"result": []}"#, r#"{"result": null}"#, r#"{"other": 1}"#] {
        assert!(told(envelope, 200, body).contains("not the provider's"), "{body}");
    }
}

/// A success may be a JSON text alone, if the spec says that it says no more.
#[test]
fn a_success_may_be_a_text_alone() {
    let envelope = Envelope {
        status: &["error_code"],
        absent: Some(0.into()),
        proof: Some("."),
        data: ".",
        ..Envelope::NOWHERE
    };
    assert_eq!(told(envelope, 200, r#""20121031""#), r#"0 billed "20121031""#);
    assert!(told(envelope, 500, r#""20121031""#).contains("not the provider's"));
}
