//! The values of a request, from flags, files and stdin.

use std::fmt;
use std::io::Read;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use clap::ArgMatches;
use pyi_codegen::ir::{Endpoint, Type};
use pyi_text::message;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::argument::Access;
use crate::{UsageError, argument, call};

/// All values that were given, by wire name: by flags, by `--field`, and by the file of `--json`.
pub(crate) fn read(
    endpoint: &Endpoint,
    matches: &ArgMatches,
    json: Option<&str>,
) -> Result<Vec<(String, String)>, UsageError> {
    let mut given = Vec::new();
    for field in call::flagged(endpoint) {
        if let Ok(Some(value)) = matches.try_get_one::<String>(&call::field_id(field)) {
            let argument = format!("--{}", field.wire);
            let value = match field.ty {
                Type::Bytes => bytes(value, &argument)?,
                _ => resolve(value, &argument)?,
            };
            given.push((field.wire.clone(), value));
        }
    }
    for pair in matches.get_many::<String>("field").into_iter().flatten() {
        let name = pair.split_once('=').map_or("", |(name, _)| name);
        let field = endpoint.request.iter().find(|field| field.wire == name);
        match pair.split_once('=').filter(|_| field.is_some_and(|field| field.ty == Type::Bytes)) {
            Some((name, value)) => given.push((name.to_owned(), bytes(value, "--field")?)),
            None => given.push(self::pair(pair, "--field")?),
        }
    }
    if let Some(path) = json {
        given.extend(object(endpoint, path)?);
    }
    Ok(given)
}

/// `KEY=VALUE`, of an argument.
pub(crate) fn pair(text: &str, argument: &str) -> Result<(String, String), UsageError> {
    let not_a_pair =
        || UsageError(message!("an argument is not NAME=VALUE; put it in quotes if it has blanks"));
    let (key, value) = text.split_once('=').ok_or_else(not_a_pair)?;
    Ok((key.to_owned(), resolve(value, argument)?))
}

/// A value, or the content of the file after `@` without the line break at its end.
pub(crate) fn resolve(value: &str, argument: &str) -> Result<String, UsageError> {
    match value.strip_prefix('@') {
        None => Ok(value.to_owned()),
        Some(literal) if literal.starts_with('@') => Ok(literal.to_owned()),
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|error| {
                argument::failed(
                    Access::Read,
                    path,
                    message!("{argument}, after @ (@@ begins a value with @)", argument),
                    error,
                )
            })?;
            Ok(text.trim_end_matches(['\r', '\n']).to_owned())
        }
    }
}

/// Base64, or the file after `@` as base64. Base64 has no `@`.
fn bytes(value: &str, argument: &str) -> Result<String, UsageError> {
    let Some(path) = value.strip_prefix('@') else { return Ok(value.to_owned()) };
    let bytes = std::fs::read(path).map_err(|error| {
        argument::failed(Access::Read, path, message!("{argument}, after @", argument), error)
    })?;
    Ok(BASE64_STANDARD.encode(bytes))
}

/// The members of a JSON object: text unquoted, everything else as it is written.
fn object(endpoint: &Endpoint, path: &str) -> Result<Vec<(String, String)>, UsageError> {
    let text = if path == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(path)
    };
    let text = text.map_err(|error| {
        let argument = message!("--json, which takes a file or - for stdin and no JSON itself");
        argument::failed(Access::Read, path, argument, error)
    })?;
    let refuse = || {
        UsageError(message!(
            "--json takes one JSON object of the request's fields, such as {{\"mobile\": \"…\"}}"
        ))
    };
    // What is no JSON on the wire is given as text, so that a list in its place is a mistake.
    let is_composite = |name: &str| {
        let field = endpoint.request.iter().find(|field| field.wire == name);
        field.is_some_and(|field| matches!(field.ty, Type::Object(_) | Type::List(_) | Type::Any))
    };
    let Members(members) = serde_json::from_str(&text).map_err(|_| refuse())?;
    let read = |(name, value): (String, Box<RawValue>)| {
        let value = value.get();
        match value.as_bytes().first() {
            Some(b'"') => serde_json::from_str(value).map(|text| (name, text)).map_err(|_| refuse()),
            Some(b'{' | b'[') if !is_composite(&name) => Err(refuse()),
            Some(b'n') | None => Err(refuse()),
            Some(_) => Ok((name, value.to_owned())),
        }
    };
    members.into_iter().map(read).collect()
}

/// The members of a JSON object, in order, duplicates included.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'a> Deserialize<'a> for Members {
    fn deserialize<D: Deserializer<'a>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'a> Visitor<'a> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}
