//! The one way a call is made: check, encode and sign, send, read the envelope, and say what it cost.

use std::ops::Range;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::value::RawValue;

use crate::billing::Billing;
use crate::call::{Read, Settings, Time};
use crate::client::Client;
use crate::decode::{self, Fault, Payload, Scalar};
use crate::encode::{self, Filled, Values};
use crate::error::{Error, Kind};
use crate::operation::{Envelope, Operation, SignMethod, Source};
use crate::redact;
use crate::reply::{Body, Head, Outcome, Reply};
use crate::status::Class;
use crate::transport::{Received, Wire};

/// Makes a call. It is sent once: what may be sent again, and when, is not decided here by accident.
pub(crate) async fn execute(
    client: Client,
    operation: &Operation<'_>,
    values: Values,
    settings: Settings,
) -> Result<Answer, Error> {
    let wire = prepare(&client, operation, &values, settings)?;
    let signature = wire.signature.clone();
    let received = client.transport().send(wire).await.map_err(|failure| {
        let billing = if failure.sent { Billing::Unknown } else { Billing::NotSent };
        Error::new(operation.id, billing, Kind::Exchange { why: failure.why, timeout: failure.timeout })
    })?;
    let shown = |message: &str| {
        let sent = values.iter().chain([client.sign().secret(), signature.as_str(), operation.path]);
        redact::message(message, sent)
    };
    Answer::read(operation, received, shown)
}

/// Everything that can be refused without a request.
fn prepare(
    client: &Client,
    operation: &Operation<'_>,
    values: &Values,
    settings: Settings,
) -> Result<Wire, Error> {
    let refuse = |why: String| Error::local(operation.id, why);
    let method = allowed(settings.method, operation.methods).ok_or_else(|| {
        refuse(format!(
            "the endpoint does not allow the method {:?}; it allows {:?}",
            settings.method, operation.methods
        ))
    })?;
    let format = allowed(settings.format, operation.formats).ok_or_else(|| {
        refuse(format!(
            "the endpoint does not offer the format {:?}; it offers {:?}",
            settings.format, operation.formats
        ))
    })?;
    if let Some(other) = settings.stray_options {
        return Err(refuse(format!("the options are those of `{other}`")));
    }
    if settings.timeout == Some(Duration::ZERO) {
        return Err(refuse("no call ends in no time; give a longer timeout".to_owned()));
    }
    if settings.debug && !operation.has(Source::Debug) {
        return Err(refuse("the endpoint offers no debug data".to_owned()));
    }
    if let Some(parameter) = encode::missing(operation, values) {
        return Err(refuse(format!("`{}` is required and has no value", parameter.name)));
    }
    if settings.check || client.checks() {
        check(operation, values).map_err(refuse)?;
    }
    let sign = client.sign();
    if !operation.provider.sign.methods.contains(&sign.method()) {
        return Err(refuse(format!("the provider does not sign by {:?}", sign.method())));
    }
    if sign.method() == SignMethod::Hash && !client.may_send_secret() {
        let why = "the Hash method sends the secret itself, and the base URL is plain http; use https, or build the client with \
                   .allow_insecure_hash()";
        return Err(refuse(why.to_owned()));
    }
    let filled =
        Filled { app_id: client.app_id(), format, time: seconds(settings.time), debug: settings.debug, sign };
    let (form, signature) = encode::encode(operation, values, &filled);
    Ok(Wire { method, url: client.url(operation.path), form, signature, timeout: settings.timeout })
}

/// Runs the spec's rules over what the caller said.
fn check(operation: &Operation<'_>, values: &Values) -> Result<(), String> {
    for (index, check) in operation.checks {
        let value = values.get(*index);
        let broken = if value.is_empty() { None } else { check.broken(value) };
        if let Some(why) = broken {
            let named =
                operation.parameters.iter().find(|parameter| parameter.source == Source::Request(*index));
            return Err(format!("`{}` {why}", named.map_or("a value", |parameter| parameter.name)));
        }
    }
    Ok(())
}

/// What was asked for, if it is allowed; the first that is allowed, if nothing was asked for.
fn allowed<T: Copy + PartialEq>(asked: Option<T>, allowed: &[T]) -> Option<T> {
    match asked {
        Some(asked) => allowed.contains(&asked).then_some(asked),
        None => allowed.first().copied(),
    }
}

fn seconds(time: Time) -> Option<i64> {
    match time {
        Time::At(seconds) => Some(seconds),
        Time::Unsaid => None,
        Time::Now => {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
            i64::try_from(since.as_secs()).ok()
        }
    }
}

/// A decoded envelope whose status is none of the errors.
pub(crate) struct Answer {
    head: Head,
    /// Where the payload stands in the body's JSON text.
    payload: Option<Range<usize>>,
}

impl Answer {
    /// A decodable envelope decides, whatever the HTTP status; without one, nobody knows what was billed.
    fn read(
        operation: &Operation<'_>,
        received: Received,
        shown: impl Fn(&str) -> String,
    ) -> Result<Self, Error> {
        let body = Body(received.body);
        let opened = match open(&body, &operation.envelope) {
            Ok(opened) => opened,
            Err(why) => {
                let kind = Kind::NoEnvelope { http: received.http, why: why.to_owned() };
                return Err(Error::new(operation.id, Billing::Unknown, kind).with_body(body));
            }
        };
        let info = operation.status(opened.code);
        let billing = Billing::of(info.map(|info| info.billed));
        match info {
            Some(status) if is_answer(status.class) => {
                let head = Head {
                    operation: operation.id.to_owned(),
                    status: status.clone(),
                    message: crate::reply::Message(opened.message),
                    server_time: opened.time,
                    billing,
                    body,
                };
                Ok(Self { head, payload: opened.payload })
            }
            info => {
                let kind =
                    Kind::Status { code: opened.code, info: info.cloned(), message: shown(&opened.message) };
                Err(Error::new(operation.id, billing, kind).with_body(body))
            }
        }
    }

    /// Reads the payload, on a status that carries one.
    pub(crate) fn into_reply<T>(self, read: Read<T>) -> Result<Reply<T>, Error> {
        let outcome = match self.head.status.class {
            Class::NoData => Outcome::NoData,
            Class::Pending => Outcome::Pending,
            class => match self.payload(read) {
                Ok(data) if class == Class::Debug => Outcome::Debug(data),
                Ok(data) => Outcome::Data(data),
                Err(fault) => {
                    let kind = Kind::Undecodable { field: fault.field, expected: fault.expected.to_owned() };
                    return Err(
                        Error::new(&self.head.operation, self.head.billing, kind).with_body(self.head.body)
                    );
                }
            },
        };
        Ok(Reply::new(outcome, self.head))
    }

    fn payload<T>(&self, read: Read<T>) -> Result<T, Fault> {
        let json = self.head.body.json().unwrap_or_default();
        let text = self.payload.clone().and_then(|range| json.get(range));
        let raw = text.and_then(|text| serde_json::from_str::<&RawValue>(text).ok());
        read(Payload::new(raw))
    }
}

fn is_answer(class: Class) -> bool {
    matches!(class, Class::Data | Class::Debug | Class::NoData | Class::Pending)
}

/// The outer members of a reply.
struct Opened {
    code: i32,
    message: String,
    time: Option<i64>,
    payload: Option<Range<usize>>,
}

fn open(body: &Body, envelope: &Envelope<'_>) -> Result<Opened, &'static str> {
    let json = decode::json(&body.0)?;
    let mut names = vec![envelope.status, envelope.message, envelope.data];
    names.extend(envelope.time);
    let members =
        decode::members(&json, &names).map_err(|_| "it is no object with each outer member once")?;
    let member = |index: usize| members.get(index).copied().flatten().map(RawValue::get);
    let code =
        member(0).and_then(text).and_then(|code| code.trim().parse().ok()).ok_or("it has no status code")?;
    let payload = member(2).map(|payload| {
        let start = payload.as_ptr() as usize - json.as_ptr() as usize;
        start..start + payload.len()
    });
    let time = (3..names.len()).filter_map(member).find_map(|time| text(time)?.trim().parse().ok());
    Ok(Opened { code, message: member(1).and_then(text).unwrap_or_default(), time, payload })
}

fn text(json: &str) -> Option<String> {
    match decode::scalar(json) {
        Scalar::Text(text) => Some(text),
        Scalar::Nothing | Scalar::Composite => None,
    }
}
