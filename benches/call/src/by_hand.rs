//! The same by hand: the minimum of signing and encoding, and serde derives that accept a number or
//! text and keep the body.

use std::fmt;

use md5::{Digest, Md5};
use pyi_runtime::{Date, Decimal};
use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};
use serde_json::value::RawValue;

use crate::{SECRET, TIME};

/// The minimum: MD5 over the signed bytes, and form encoding of the values.
pub fn encoded(bank_id: &str, bank_name: &str) -> String {
    let mut digest = Md5::new();
    digest.update("appid1bank_id");
    digest.update(bank_id);
    digest.update("bank_name");
    digest.update(bank_name);
    digest.update("formatjsontime");
    let time = TIME.to_string();
    digest.update(&time);
    digest.update(SECRET);
    let sign = hex::encode(digest.finalize());
    let mut form = form_urlencoded::Serializer::new(String::with_capacity(256));
    form.append_pair("appid", "1");
    form.append_pair("bank_id", bank_id);
    form.append_pair("bank_name", bank_name);
    form.append_pair("format", "json");
    form.append_pair("time", &time);
    form.append_pair("sign", &sign);
    form.finish()
}

/// The envelope, with a payload that is read once the status is known: with an error it is `[]` or
/// `""`.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(deserialize_with = "whole")]
    codeid: i64,
    #[serde(default)]
    #[allow(dead_code)]
    message: String,
    #[serde(borrow)]
    retdata: Option<&'a RawValue>,
    #[serde(default, deserialize_with = "text")]
    #[allow(dead_code)]
    time: Option<String>,
}

/// Without a spec, one code is success, and all others are errors.
fn payload(body: &[u8]) -> &RawValue {
    let text = std::str::from_utf8(body).expect("UTF-8");
    let envelope: Envelope<'_> = serde_json::from_str(text).expect("an envelope");
    assert_eq!(envelope.codeid, 10000);
    envelope.retdata.expect("a payload")
}

#[derive(Deserialize)]
pub struct Person {
    #[serde(default, deserialize_with = "text")]
    pub bank_area: Option<String>,
    #[serde(default, deserialize_with = "date")]
    pub bank_birthday: Option<Date>,
    #[serde(default, rename = "bank_idCard", deserialize_with = "text")]
    pub bank_id_card: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub bank_msg: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub bank_name: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub bank_sex: Option<String>,
    #[serde(default, deserialize_with = "status")]
    pub bank_status: Option<Status>,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Status {
    Match,
    Mismatch,
    Other(String),
}

/// The data with its body.
pub fn decoded(body: Vec<u8>) -> (Person, Vec<u8>) {
    let person = serde_json::from_str(payload(&body).get()).expect("a person");
    (person, body)
}

/// The usual form: an untagged enum of a number or text.
#[derive(Deserialize)]
pub struct UntaggedPerson {
    pub bank_area: Option<Either>,
    #[serde(default, deserialize_with = "date")]
    pub bank_birthday: Option<Date>,
    #[serde(rename = "bank_idCard")]
    pub bank_id_card: Option<Either>,
    pub bank_msg: Option<Either>,
    pub bank_name: Option<Either>,
    pub bank_sex: Option<Either>,
    #[serde(default, deserialize_with = "status")]
    pub bank_status: Option<Status>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub enum Either {
    Text(String),
    Number(i64),
}

/// The data with its body.
pub fn decoded_untagged(body: Vec<u8>) -> (UntaggedPerson, Vec<u8>) {
    let person = serde_json::from_str(payload(&body).get()).expect("a person");
    (person, body)
}

#[derive(Deserialize)]
pub struct Rows {
    pub rows: Vec<Row>,
}

#[derive(Deserialize)]
pub struct Row {
    #[serde(deserialize_with = "whole")]
    pub number: i64,
    #[serde(default, deserialize_with = "text")]
    pub title: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub city: Option<String>,
    #[serde(default, deserialize_with = "exact")]
    pub amount: Option<Decimal>,
}

/// The list with its body.
pub fn decoded_rows(body: Vec<u8>) -> (Rows, Vec<u8>) {
    let rows = serde_json::from_str(payload(&body).get()).expect("rows");
    (rows, body)
}

/// Text, or the characters of a number.
struct Text;

impl Visitor<'_> for Text {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text or a number")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(text.to_owned()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Self::Value, E> {
        Ok(Some(text))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Some(number.to_string()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Some(number.to_string()))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

fn text<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    from.deserialize_any(Text)
}

fn whole<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    let text = text(from)?.unwrap_or_default();
    text.parse().map_err(|_| D::Error::custom("no whole number"))
}

fn exact<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Decimal>, D::Error> {
    text(from)?.map(|text| Decimal::from_str_exact(&text).map_err(D::Error::custom)).transpose()
}

fn date<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Date>, D::Error> {
    text(from)?.map(|text| Date::strptime("%Y年%m月%d日", text).map_err(D::Error::custom)).transpose()
}

fn status<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Status>, D::Error> {
    Ok(text(from)?.map(|code| match code.as_str() {
        "01" => Status::Match,
        "02" => Status::Mismatch,
        _ => Status::Other(code),
    }))
}
