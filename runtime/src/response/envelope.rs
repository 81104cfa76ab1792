//! Reads the envelope of an answer: the status, the message, the payload, and the billing.

use std::borrow::Cow;
use std::ops::Range;

use smallvec::SmallVec;

use crate::error::{Error, Kind};
use crate::operation::{Envelope, Operation};
use crate::redact::REDACTED;
use crate::request::encode::Request;
use crate::response::body::Body;
use crate::response::decode::{
    self, Any, DecodeError, Json, Members, Payload, Read, Scalar, Tape, Unreadable,
};
use crate::response::json_text;
use crate::response::reply::{Head, Message, Outcome, Reply};
use crate::transport::HttpResponse;
use pyi_types::{Billing, Pointer, StatusClass, StatusCode};

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
        let opened = open(&body, &operation.envelope, http).and_then(|opened| {
            // Where all codes are numbers, a text is not the provider's.
            let fits = opened.code.number().is_some() || operation.has_text_codes();
            if fits { Ok(opened) } else { Err(NO_STATUS) }
        });
        let opened = match opened {
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
                // A text that the spec does not list could repeat a value of the request.
                let code = match opened.code.as_text() {
                    Some(text) if info.is_none() => shown(text).parse().unwrap_or(MASKED),
                    _ => opened.code,
                };
                let kind = Kind::Status { code, info: info.cloned(), message: shown(&opened.message) };
                Err(Error::new(operation.id, billing, kind).at(opened.time).with_body(body))
            }
        }
    }

    pub(crate) fn code(&self) -> StatusCode {
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

/// Reads a response of an operation that was not compiled. As of one that was kept, the provider's
/// message is left out of errors.
///
/// # Errors
///
/// The errors of a call.
pub fn read_any(operation: &Operation<'_>, response: HttpResponse) -> Result<Reply<Any>, Error> {
    Answer::read(operation, response, |_| String::new())?.into_reply(|payload| payload.any())
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

/// The code of an answer that is not shown.
const MASKED: StatusCode = StatusCode::text(REDACTED);

fn is_answer(class: StatusClass) -> bool {
    matches!(class, StatusClass::Data | StatusClass::Debug | StatusClass::NoData | StatusClass::Pending)
}

/// What the envelope of a reply says.
struct Opened {
    code: StatusCode,
    message: String,
    time: Option<i64>,
    payload: Option<Part>,
}

const NOT_ONCE: &str = "it is no object with each outer member once";
const NO_STATUS: &str = "it has no status code";

fn open(body: &Body, envelope: &Envelope<'_>, http: u16) -> Result<Opened, &'static str> {
    if body.as_bytes().trim_ascii().is_empty()
        && let Some(code) = envelope.empty
        && (200..=299).contains(&http)
    {
        return Ok(Opened { code, message: String::new(), time: None, payload: None });
    }
    let mut text = body.read()?;
    if !envelope.json_text.is_empty() {
        text = json_text::opened(text, envelope.json_text);
    }
    let tape = Tape::of(&text).ok_or(NOT_ONCE)?;
    let reply = OuterMembers::of(Json::whole(&text, &tape), envelope)?;
    let Envelope { status, absent, proof, message, data, time, .. } = *envelope;
    // The parts in the order in which `OuterMembers` has them.
    let (of_message, of_data) = (status.len(), status.len() + message.len());
    let (of_time, of_proof) = (of_data + 1, of_data + 1 + time.len());
    // Only a status that has data needs its payload.
    let place = reply.find(data, of_data).ok().flatten();
    let code = match reply.first(status, 0, http)? {
        Some(code) => decode::trimmed(&code).parse().map_err(|_| NO_STATUS)?,
        None => {
            let proof = match proof {
                Some(proof) => reply.find(proof, of_proof).ok().flatten(),
                None => place,
            };
            let is_there =
                proof.and_then(|proof| reply.reply.part(proof)).is_some_and(|part| !part.is_nothing());
            let is_success = (200..=299).contains(&http) && is_there;
            absent.filter(|_| is_success).ok_or(NO_STATUS)?
        }
    };
    let message = reply.first(message, of_message, http).ok().flatten().map(Cow::into_owned);
    let time = time.iter().enumerate().find_map(|(index, time)| {
        let time = reply.first(&[time], of_time + index, http).ok()??;
        decode::trimmed(&time).parse().ok()
    });
    drop(reply);
    let text = match text {
        Cow::Borrowed(text) => {
            let start = text.as_ptr() as usize - body.as_bytes().as_ptr() as usize;
            Text::Within(start..start + text.len())
        }
        Cow::Owned(made) => Text::Made(made),
    };
    let message = message.unwrap_or_default();
    Ok(Opened { code, message, time, payload: place.map(|place| Part { text, tape, place }) })
}

/// The outer members that an envelope has pointers to.
struct OuterMembers<'a> {
    reply: Json<'a>,
    members: Option<Members<'a>>,
    envelope: &'a Envelope<'a>,
    /// The index of each part's outer member: of the status, the message, the data, the time, the
    /// proof, in the envelope's order.
    indices: SmallVec<[u8; 8]>,
}

/// The index of a part without an outer member.
const NOWHERE: u8 = u8::MAX;

impl<'a> OuterMembers<'a> {
    /// Reads the outer members once. A reply that is no object has none of them.
    fn of(reply: Json<'a>, envelope: &'a Envelope<'a>) -> Result<Self, &'static str> {
        let mut names: SmallVec<[&str; 8]> = SmallVec::new();
        let mut indices = SmallVec::new();
        let mut has_paths = false;
        let pointers = [envelope.status, envelope.message, &[envelope.data], envelope.time];
        for pointer in pointers.into_iter().flatten().chain(envelope.proof.as_ref()) {
            let name = match Pointer::of(pointer) {
                Pointer::Whole | Pointer::HttpStatus => {
                    indices.push(NOWHERE);
                    continue;
                }
                Pointer::Member(name) => name,
                Pointer::Path(names) => {
                    has_paths = true;
                    names.split('/').next().unwrap_or_default()
                }
            };
            // Only paths have an outer member in common, and a proof is one of the parts.
            let shares = has_paths || envelope.proof.is_some();
            let known = if shares { names.iter().position(|known| *known == name) } else { None };
            let index = known.unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            });
            indices.push(u8::try_from(index).unwrap_or(NOWHERE));
        }
        let members = match decode::members(reply, &names) {
            Ok(members) => Some(members),
            Err(Unreadable::NotAnObject) if takes_any_value(envelope) => None,
            Err(_) => return Err(NOT_ONCE),
        };
        Ok(Self { reply, members, envelope, indices })
    }

    /// The place of a part of the reply, if it is there. A part that is there in halves, such as an
    /// error without its code, is none that the spec describes; a member that the payload or the
    /// proof is in, or that is one of them, is no half.
    fn find(&self, pointer: &str, part: usize) -> Result<Option<usize>, &'static str> {
        let pointer = Pointer::of(pointer);
        if pointer == Pointer::Whole {
            return Ok(Some(WHOLE));
        }
        let index = self.indices.get(part).copied().map(usize::from);
        let found = index.zip(self.members.as_ref()).and_then(|(index, members)| members.place(index));
        let (Some(mut place), Pointer::Path(names)) = (found, pointer) else { return Ok(found) };
        for (depth, name) in names.split('/').enumerate().skip(1) {
            let inside = self.reply.part(place).ok_or(NOT_ONCE)?;
            if inside.is_nothing() {
                return Ok(None);
            }
            let members = decode::members(inside, &[name]).map_err(|_| NOT_ONCE)?;
            match members.place(0) {
                Some(found) => place += found,
                None if self.has_other_parts(pointer, depth) => return Ok(None),
                None => return Err("a part of its envelope is not there"),
            }
        }
        Ok(Some(place))
    }

    /// Whether the payload or the proof is, or is in, the member of the first names of a path.
    fn has_other_parts(&self, pointer: Pointer<'_>, depth: usize) -> bool {
        let Envelope { data, proof, .. } = self.envelope;
        let begins_so = |other: &str| {
            let mut other = Pointer::of(other).members();
            pointer.members().take(depth).all(|name| other.next() == Some(name))
        };
        begins_so(data) || proof.is_some_and(begins_so)
    }

    /// The text of the first of some parts that is there, and not empty. A part that is there in
    /// halves counts as there: no HTTP status stands in for it.
    fn first(&self, pointers: &[&str], part: usize, http: u16) -> Result<Option<Cow<'a, str>>, &'static str> {
        let mut found = Ok(None);
        for (index, pointer) in pointers.iter().enumerate() {
            if Pointer::of(pointer) == Pointer::HttpStatus {
                return found.map(|_: Option<_>| Some(http.to_string().into()));
            }
            let json = match self.find(pointer, part + index) {
                Ok(place) => place.and_then(|place| self.reply.part(place)),
                Err(why) => {
                    found = Err(why);
                    continue;
                }
            };
            match json.map(decode::scalar) {
                Some(Scalar::Text(text)) if !decode::trimmed(&text).is_empty() => return Ok(Some(text)),
                Some(Scalar::Composite) => found = Err(NO_STATUS),
                _ => {}
            }
        }
        found
    }
}

/// Whether a reply can be something else than an object: where its status is not a part of it, and
/// its payload is the whole of it.
fn takes_any_value(envelope: &Envelope<'_>) -> bool {
    let is_of_http = envelope.status.last() == Some(&"http");
    envelope.status == ["http"] || envelope.absent.is_some() || (is_of_http && envelope.data == ".")
}

/// The place of the whole reply.
const WHOLE: usize = 0;

#[cfg(test)]
mod tests;
