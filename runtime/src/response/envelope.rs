//! Reads the envelope of an answer: the status, the message, the payload, and the billing.

use std::borrow::Cow;
use std::ops::Range;

use smallvec::SmallVec;

use crate::error::{Error, Kind};
use crate::operation::{Envelope, Operation};
use crate::request::encode::Request;
use crate::response::body::Body;
use crate::response::decode::{self, DecodeError, Json, Payload, Read, Scalar, Tape};
use crate::response::reply::{Head, Message, Outcome, Reply};
use crate::transport::HttpResponse;
use pyi_types::Billing;
use pyi_types::StatusClass;

/// A decoded envelope whose status is not an error.
pub(crate) struct Answer {
    head: Head,
    payload: Option<Part>,
}

/// A part of a reply's JSON text.
struct Part {
    text: Text,
    tape: Tape,
    place: usize,
}

/// A reply's JSON text.
enum Text {
    /// The body itself.
    Within(Range<usize>),
    /// A conversion of the body.
    Made(String),
}

impl Answer {
    /// A decodable envelope decides, whatever the HTTP status is. Without an envelope, the billing
    /// is unknown, unless the spec lists the HTTP status.
    pub(crate) fn read(
        operation: &Operation<'_>,
        answered: HttpResponse,
        shown: impl Fn(&str) -> String,
    ) -> Result<Self, Error> {
        let http = answered.status;
        let body = Body::new(answered.body, answered.content_type);
        let opened = match open(&body, &operation.envelope) {
            Ok(opened) => opened,
            Err(why) => {
                let info = operation.provider.http_status(http);
                let billing = Billing::of(info.map(|info| info.billed));
                let kind = Kind::NoEnvelope { http, info: info.cloned(), why: why.to_owned() };
                return Err(Error::new(operation.id, billing, kind).with_body(body));
            }
        };
        let info = operation.status(opened.code);
        let billing = Billing::of(info.map(|info| info.billed));
        match info {
            Some(status) if is_answer(status.class) => {
                let head = Head {
                    operation: operation.id.to_owned(),
                    status: status.clone(),
                    message: Message(opened.message),
                    server_time: opened.time,
                    billing,
                    body,
                };
                Ok(Self { head, payload: opened.payload })
            }
            info => {
                let kind =
                    Kind::Status { code: opened.code, info: info.cloned(), message: shown(&opened.message) };
                Err(Error::new(operation.id, billing, kind).at(opened.time).with_body(body))
            }
        }
    }

    pub(crate) fn code(&self) -> i32 {
        self.head.status.code
    }

    pub(crate) fn billing(&self) -> Billing {
        self.head.billing
    }

    /// The answer of a call whose earlier attempts count too.
    pub(crate) fn with_billing(mut self, billing: Billing) -> Self {
        self.head.billing = billing;
        self
    }

    /// Reads the payload, if the status has one.
    pub(crate) fn into_reply<T>(self, read: Read<T>) -> Result<Reply<T>, Error> {
        let outcome = match self.head.status.class {
            StatusClass::NoData => Outcome::NoData,
            StatusClass::Pending => Outcome::Pending,
            class => match self.payload(read) {
                Ok(data) if class == StatusClass::Debug => Outcome::Debug(data),
                Ok(data) => Outcome::Data(data),
                Err(fault) => {
                    let kind =
                        Kind::Undecodable { field: fault.field.clone(), expected: fault.expected.to_owned() };
                    let error = Error::new(&self.head.operation, self.head.billing, kind).caused_by(fault);
                    return Err(error.with_body(self.head.body));
                }
            },
        };
        Ok(Reply::new(outcome, self.head))
    }

    fn payload<T>(&self, read: Read<T>) -> Result<T, DecodeError> {
        let payload = self.payload.as_ref().and_then(|part| {
            let text = match &part.text {
                Text::Within(range) => self.head.body.as_text()?.get(range.clone())?,
                Text::Made(made) => made,
            };
            Json::whole(text, &part.tape).part(part.place)
        });
        read(Payload::new(payload))
    }
}

impl<T> Reply<T> {
    /// Reads a response that was kept, such as the body of a paid reply that could not be read
    /// until the spec was mended. Its billing is the billing of its status.
    ///
    /// ```
    /// # use pyi_runtime::{HttpResponse, Reply, Request};
    /// fn recover<R: Request>(kept: HttpResponse) -> Option<R::Data> {
    ///     Reply::from_http::<R>(kept).and_then(Reply::into_data).ok()
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of a call. The provider's message is left out, since it may repeat values of the
    /// request, which are not known here.
    pub fn from_http<R: Request<Data = T>>(response: HttpResponse) -> Result<Self, Error> {
        Answer::read(R::OPERATION, response, |_| String::new())?.into_reply(R::read)
    }
}

fn is_answer(class: StatusClass) -> bool {
    matches!(class, StatusClass::Data | StatusClass::Debug | StatusClass::NoData | StatusClass::Pending)
}

/// The outer members of a reply.
struct Opened {
    code: i32,
    message: String,
    time: Option<i64>,
    payload: Option<Part>,
}

fn open(body: &Body, envelope: &Envelope<'_>) -> Result<Opened, &'static str> {
    let text = body.read()?;
    let not_once = "it is no object with each outer member once";
    let mut names: SmallVec<[&str; 8]> =
        SmallVec::from_slice(&[envelope.status, envelope.message, envelope.data]);
    names.extend_from_slice(envelope.time);
    let tape = Tape::of(&text).ok_or(not_once)?;
    let members = decode::members(Json::whole(&text, &tape), &names).map_err(|_| not_once)?;
    let characters = |index: usize| match decode::scalar(members.get(index)?) {
        Scalar::Text(text) => Some(text),
        Scalar::Nothing | Scalar::Composite => None,
    };
    let code =
        characters(0).and_then(|code| decode::trimmed(&code).parse().ok()).ok_or("it has no status code")?;
    let message = characters(1).map(Cow::into_owned).unwrap_or_default();
    let time = (3..names.len()).filter_map(characters).find_map(|time| decode::trimmed(&time).parse().ok());
    let place = members.place(2);
    let text = match text {
        Cow::Borrowed(text) => {
            let start = text.as_ptr() as usize - body.as_bytes().as_ptr() as usize;
            Text::Within(start..start + text.len())
        }
        Cow::Owned(made) => Text::Made(made),
    };
    Ok(Opened { code, message, time, payload: place.map(|place| Part { text, tape, place }) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response::decode::Any;
    use crate::test_operation::OPERATION;

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
                let body =
                    format!(r#"{{"codeid": "{code}", "message": "m", "retdata": {{}}, "time": " 7 "}}"#);
                let reply = read(http, &body).unwrap();
                assert_eq!(
                    (format!("{:?}", reply.outcome()), reply.billing()),
                    (outcome.to_owned(), billing)
                );
                assert_eq!((reply.status().code, reply.message(), reply.server_time()), (code, "m", Some(7)));
            }
        }
        let error = read(200, r#"{"codeid": 10003, "message": "m", "timestamp": 5, "time": 7}"#).unwrap_err();
        assert_eq!(
            (error.code(), error.billing(), error.server_time()),
            (Some(10003), Billing::Free, Some(5))
        );
    }

    /// What the spec does not list may have been billed.
    #[test]
    fn an_unlisted_status_or_answer_is_unknown() {
        let unlisted = read(200, r#"{"codeid": 1, "message": "m"}"#).unwrap_err();
        assert_eq!((unlisted.code(), unlisted.billing()), (Some(1), Billing::Unknown));
        let twice = r#"{"codeid": 10025, "codeid": 10000, "message": "m"}"#;
        for body in ["", "<html>", "[]", "{}", r#"{"codeid": {}}"#, twice] {
            let error = read(200, body).unwrap_err();
            assert_eq!(
                (error.code(), error.http_status(), error.billing()),
                (None, Some(200), Billing::Unknown)
            );
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
        assert_eq!(
            (error.billing(), error.body().map(Body::as_bytes)),
            (Billing::Billed, Some(body.as_bytes()))
        );
    }
}
