//! Schemas: what fields, payloads, envelopes and statuses look like.

use pyi_codegen::ir::{
    Check, Endpoint, Enum, Field, Format, Object, Pointer, Provider, Response, Type, ValueForm,
};
use serde_json::{Value, json};
use utoipa::openapi::schema::{
    AdditionalProperties, AllOfBuilder, ArrayBuilder, ObjectBuilder, Schema, SchemaFormat, SchemaType,
    Type as Json,
};
use utoipa::openapi::{Deprecated, KnownFormat, Ref, RefOr};

use super::{descriptions, extension};

/// How a value is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// As the text of a parameter.
    Text,
    /// As a part of the JSON of a request.
    Json,
    /// As a part of a reply, where it may be `null`.
    Reply,
}

/// The status of a reply: any integer, or one as text; these are known.
pub(super) fn status(provider: &Provider) -> RefOr<Schema> {
    let all = provider.all_statuses();
    let listed: Vec<Value> = all
        .iter()
        .map(|status| {
            json!({
                "code": status.code, "name": status.name, "title": status.title, "class": status.class.as_str(),
                "billed": status.billed.as_str(), "retry": status.retry.as_str(),
                "stops": status.halts_batch, "next": status.remedy,
            })
        })
        .collect();
    let text = "What an answer means, as a number or as text. A status that is not listed may come, and whether it is billed is unknown.";
    ObjectBuilder::new()
        .schema_type(SchemaType::Array(vec![Json::Integer, Json::String]))
        .description(descriptions::paragraphs(&[text, &descriptions::statuses(&all)]))
        .extensions(extension([("statuses", Value::Array(listed))]))
        .into()
}

/// A code of a reply: any text, of which these are known. A closed list would have its readers fail
/// on a code that was added.
pub(super) fn codes(named: &Enum) -> RefOr<Schema> {
    let open = "Other codes may come, and are none of these.";
    let examples = named.codes.iter().take(1).map(|code| json!(code.code));
    ObjectBuilder::new()
        .schema_type(Json::String)
        .description(descriptions::paragraphs(&[&named.title, &named.doc, &descriptions::codes(named), open]))
        .examples(examples)
        .extensions(extension([("codes", listed(named))]))
        .into()
}

/// A code of a request: one of these.
fn choice(named: &Enum) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Json::String)
        .enum_values(Some(named.codes.iter().map(|code| code.code.clone())))
        .into()
}

fn listed(named: &Enum) -> Value {
    let codes = named.codes.iter();
    codes.map(|code| json!({"code": code.code, "name": code.rust, "title": code.title})).collect()
}

/// The names of schemas that are no types of the spec have a dot, which no type's name has.
pub(super) const SERVER_TIME: &str = "Server.Time";

pub(super) fn format_name(formats: &[Format]) -> String {
    let words: Vec<&str> = formats.iter().map(|format| format.as_str()).collect();
    format!("Format.{}", words.join("."))
}

/// How a reply may be written: named once, since most endpoints offer the same.
pub(super) fn format(formats: &[Format]) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Json::String)
        .enum_values(Some(formats.iter().map(|format| format.as_str())))
        .description(Some("How the reply is written."))
        .into()
}

pub(super) fn reply_name(endpoint: &Endpoint) -> String {
    format!("{}.Reply", endpoint.data_type.strip_suffix("Data").unwrap_or(&endpoint.data_type))
}

/// The envelope of an endpoint's reply.
pub(super) fn reply(endpoint: &Endpoint) -> RefOr<Schema> {
    let envelope = &endpoint.envelope;
    let data = format!(
        "Real on a status of class `data` alone; otherwise it may be `[]`, `\"\"`, `null` or absent. {}",
        endpoint.title
    );
    let mut outer = Members::default();
    for place in &envelope.status {
        outer.add(Pointer::of(place), Ref::from_schema_name("Status").into());
    }
    for place in &envelope.message {
        outer.add(Pointer::of(place), text("The provider's words.").into());
    }
    let payload = Ref::from_schema_name(&endpoint.data_type);
    outer.add(Pointer::of(&envelope.data), described(payload.clone(), &data));
    for place in &envelope.time {
        outer.add(Pointer::of(place), Ref::from_schema_name(SERVER_TIME).into());
    }
    for place in envelope.json_text.iter().rev() {
        outer.write_as_text(Pointer::of(place));
    }
    let always = match envelope.status.as_slice() {
        [place] if envelope.absent.is_none() => Pointer::of(place).members().next(),
        _ => None,
    };
    let object = outer.schema(always);
    if Pointer::of(&envelope.data) == Pointer::Whole {
        return AllOfBuilder::new().description(Some(data)).item(payload).item(object).into();
    }
    object
}

/// Members of an object, in order; each has a schema, or members of its own.
#[derive(Default)]
struct Members(Vec<(String, Member)>);

enum Member {
    Of(Box<RefOr<Schema>>),
    Inside(Members),
}

impl Members {
    fn add(&mut self, place: Pointer<'_>, schema: RefOr<Schema>) {
        let mut names: Vec<&str> = place.members().collect();
        let Some(last) = names.pop() else { return };
        let mut members = self;
        for name in names {
            let index = members.0.iter().position(|(other, _)| other == name).unwrap_or_else(|| {
                members.0.push((name.to_owned(), Member::Inside(Members::default())));
                members.0.len() - 1
            });
            match members.0.get_mut(index) {
                Some((_, Member::Inside(inside))) => members = inside,
                // A part of a part that has a schema already: its schema says what is inside.
                _ => return,
            }
        }
        if !members.0.iter().any(|(name, _)| name == last) {
            members.0.push((last.to_owned(), Member::Of(Box::new(schema))));
        }
    }

    /// Makes a part a text of JSON, with what is inside of it in its description.
    fn write_as_text(&mut self, place: Pointer<'_>) {
        let mut names: Vec<&str> = place.members().collect();
        let Some(last) = names.pop() else { return };
        let mut members = self;
        for name in names {
            match members.0.iter_mut().find(|(other, _)| other == name) {
                Some((_, Member::Inside(inside))) => members = inside,
                _ => return,
            }
        }
        let Some((_, member)) = members.0.iter_mut().find(|(other, _)| other == last) else { return };
        let inside = match std::mem::replace(member, Member::Inside(Self::default())) {
            Member::Of(schema) => *schema,
            Member::Inside(inside) => inside.schema(None),
        };
        let inside = serde_json::to_string(&inside).unwrap_or_default();
        let object = ObjectBuilder::new()
            .schema_type(nullable(Json::String))
            .content_media_type("application/json")
            .description(Some(format!("A text of JSON, whose schema is `{inside}`.")));
        *member = Member::Of(Box::new(object.into()));
    }

    fn schema(self, required: Option<&str>) -> RefOr<Schema> {
        let object = self.0.into_iter().fold(ObjectBuilder::new(), |object, (name, member)| {
            let object = if required == Some(name.as_str()) { object.required(&name) } else { object };
            match member {
                Member::Of(schema) => object.property(name, *schema),
                Member::Inside(members) => object.property(name, members.schema(None)),
            }
        });
        object.into()
    }
}

/// The server's time, whichever member of the envelope carries it. Seen as a number and as text.
pub(super) fn server_time() -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(SchemaType::Array(vec![Json::Integer, Json::String]))
        .description(Some("The server's time in unix seconds, as a number or as text. It may be missing."))
        .into()
}

fn text(description: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(nullable(Json::String)).description(Some(description))
}

/// What the payload of an endpoint's reply holds.
pub(super) fn payload(provider: &Provider, endpoint: &Endpoint) -> RefOr<Schema> {
    match &endpoint.response {
        Response::Fields(fields) => data(provider, &endpoint.title, "", fields),
        Response::Whole(ty) => of_type(provider, ty, Side::Reply),
    }
}

/// An object of a request, which has no other members.
pub(super) fn given(provider: &Provider, object: &Object) -> RefOr<Schema> {
    let mut schema =
        ObjectBuilder::new().description(descriptions::paragraphs(&[&object.title, &object.doc]));
    for of in &object.fields {
        schema = schema.property(&of.wire, field(provider, of, Side::Json));
        if !of.optional {
            schema = schema.required(&of.wire);
        }
    }
    schema.additional_properties(Some(AdditionalProperties::FreeForm(false))).into()
}

/// An object of a reply, each member of which may be missing, and which may have others.
pub(super) fn data(provider: &Provider, title: &str, doc: &str, fields: &[Field]) -> RefOr<Schema> {
    let object = ObjectBuilder::new().description(descriptions::paragraphs(&[title, doc]));
    fields
        .iter()
        .fold(object, |object, of| object.property(&of.wire, field(provider, of, Side::Reply)))
        .into()
}

/// A field with all that is known of it.
pub(super) fn field(provider: &Provider, field: &Field, side: Side) -> RefOr<Schema> {
    let example = field.example.as_ref().map(|text| on_the_wire(&field.ty, text));
    let default = field.default.as_ref().map(|text| on_the_wire(&field.ty, text));
    let title = (!field.title.is_empty()).then(|| field.title.clone());
    let person = if field.person { json!(true) } else { Value::Null };
    let codes = match &field.ty {
        Type::Enum(name) => provider.codes(name).map_or(Value::Null, listed),
        _ => Value::Null,
    };
    let deprecated = field.deprecated.as_ref().map(|_| Deprecated::True);
    let description = descriptions::field(provider, field, side);
    match of_field(provider, field, side) {
        RefOr::T(Schema::Object(object)) => {
            let object = ObjectBuilder::from(object)
                .title(title)
                .description(description)
                .deprecated(deprecated)
                .default(default)
                .examples(example)
                .extensions(extension([("codes", codes), ("person", person)]));
            // A provider's reply is read whatever it is.
            let checks = if side == Side::Reply { &[][..] } else { &field.checks };
            limited(object, checks, &field.ty).into()
        }
        RefOr::T(Schema::Array(array)) => {
            ArrayBuilder::from(array).title(title).description(description).deprecated(deprecated).into()
        }
        RefOr::T(other) => RefOr::T(other),
        RefOr::Ref(to) => {
            let text = descriptions::paragraphs(&[&field.title, description.as_deref().unwrap_or_default()]);
            described(to, &text.unwrap_or_default())
        }
    }
}

/// Limits of an integer. A decimal is text, so its limits are in the description.
fn limited(object: ObjectBuilder, checks: &[Check], ty: &Type) -> ObjectBuilder {
    let number = |text: &str| text.parse::<isize>().ok().filter(|_| *ty == Type::Integer);
    checks.iter().fold(object, |object, check| match check {
        Check::Min(least) => match number(least) {
            Some(least) => object.minimum(Some(least)),
            None => object,
        },
        Check::Max(most) => match number(most) {
            Some(most) => object.maximum(Some(most)),
            None => object,
        },
        Check::MinLength(least) => object.min_length(usize::try_from(*least).ok()),
        Check::MaxLength(most) => object.max_length(usize::try_from(*most).ok()),
        Check::Length(exact) => {
            let exact = usize::try_from(*exact).ok();
            object.min_length(exact).max_length(exact)
        }
        Check::Named(_) | Check::OneOf(_) => object,
    })
}

/// A reference with a description. 3.0 allows no keys next to a reference.
fn described(to: Ref, description: &str) -> RefOr<Schema> {
    if description.is_empty() {
        return to.into();
    }
    AllOfBuilder::new().description(Some(description)).item(to).into()
}

/// The schema of a field. An object or a list that is a parameter by itself is a text.
fn of_field(provider: &Provider, field: &Field, side: Side) -> RefOr<Schema> {
    match &field.ty {
        Type::Object(_) | Type::List(_) | Type::Any if side == Side::Text && field.join.is_none() => {
            ObjectBuilder::new().schema_type(Json::String).content_media_type("application/json").into()
        }
        Type::List(_) if field.join.is_some() => plain(Json::String, None, side),
        _ if field.form == Some(ValueForm::Base64) => {
            ObjectBuilder::new().schema_type(Json::String).content_encoding("base64").into()
        }
        _ if field.form == Some(ValueForm::JsonText) => {
            ObjectBuilder::new().schema_type(Json::String).content_media_type("application/json").into()
        }
        ty => of_type(provider, ty, side),
    }
}

fn of_type(provider: &Provider, ty: &Type, side: Side) -> RefOr<Schema> {
    match ty {
        Type::Enum(name) if side != Side::Reply => {
            provider.codes(name).map_or_else(|| plain(Json::String, None, side), choice)
        }
        Type::Enum(name) | Type::Object(name) => Ref::from_schema_name(name).into(),
        Type::List(item) => {
            let list = ArrayBuilder::new().items(of_type(provider, item, side));
            list.schema_type(written(Json::Array, side)).into()
        }
        Type::Any => ObjectBuilder::new().schema_type(SchemaType::AnyValue).into(),
        Type::String => plain(Json::String, None, side),
        Type::Bytes => {
            ObjectBuilder::new().schema_type(written(Json::String, side)).content_encoding("base64").into()
        }
        Type::Decimal if side == Side::Json => plain(Json::Number, None, side),
        Type::Decimal => plain(Json::String, Some(SchemaFormat::Custom("decimal".to_owned())), side),
        Type::Date { pattern } => {
            let rfc3339 = pattern == "%Y-%m-%d";
            plain(Json::String, rfc3339.then_some(SchemaFormat::KnownFormat(KnownFormat::Date)), side)
        }
        Type::Integer | Type::Timestamp => {
            plain(Json::Integer, Some(SchemaFormat::KnownFormat(KnownFormat::Int64)), side)
        }
        // A form says yes and no as 1 and 0.
        Type::Boolean if side == Side::Text => {
            ObjectBuilder::new().schema_type(Json::Integer).enum_values(Some([0, 1])).into()
        }
        Type::Boolean => plain(Json::Boolean, None, side),
    }
}

fn plain(json: Json, format: Option<SchemaFormat>, side: Side) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(written(json, side)).format(format).into()
}

fn written(json: Json, side: Side) -> SchemaType {
    match side {
        Side::Text | Side::Json => SchemaType::new(json),
        Side::Reply => nullable(json),
    }
}

fn nullable(json: Json) -> SchemaType {
    SchemaType::Array(vec![json, Json::Null])
}

/// A value as JSON has it.
fn on_the_wire(ty: &Type, text: &str) -> Value {
    match ty {
        Type::Integer | Type::Timestamp => {
            text.parse::<i64>().map_or_else(|_| json!(text), |number| json!(number))
        }
        Type::Boolean => json!(matches!(text, "true" | "1")),
        _ => json!(text),
    }
}
