//! Checks a reply's data as strictly as the macro's structs.

use pyi_codegen::ir::{Endpoint, Field, Provider, Response, Type};
use pyi_runtime::__private::Cursor;
use pyi_runtime::{Any, DecodeError};

/// Checks that data has the types of an endpoint's spec. Members that the spec does not list are
/// ignored.
///
/// # Errors
///
/// The first value with another type.
pub fn check_data(provider: &Provider, endpoint: &Endpoint, data: &Any) -> Result<(), DecodeError> {
    match &endpoint.response {
        Response::Fields(fields) => object(provider, fields, data),
        Response::Whole(ty) => check_value(provider, ty, data),
    }
}

pub(crate) fn object(provider: &Provider, fields: &[Field], data: &Any) -> Result<(), DecodeError> {
    let names: Vec<&str> = fields.iter().map(|field| field.wire.as_str()).collect();
    let mut cursor = data.payload().members(&names)?;
    for field in fields {
        member(provider, &field.ty, &mut cursor).map_err(|fault| fault.inside(&field.wire))?;
    }
    cursor.finish(())
}

/// Reads the next member; objects and lists are read apart.
fn member(provider: &Provider, ty: &Type, cursor: &mut Cursor<'_>) -> Result<(), DecodeError> {
    match ty {
        Type::String | Type::Enum(_) => drop(cursor.string()),
        Type::Integer => drop(cursor.integer()),
        Type::Decimal => drop(cursor.decimal()),
        Type::Boolean => drop(cursor.boolean()),
        Type::Date { pattern } => drop(cursor.date(pattern)),
        Type::Timestamp => drop(cursor.timestamp()),
        Type::Bytes => drop(cursor.bytes()),
        Type::Object(_) | Type::List(_) | Type::Any => {
            if let Some(any) = cursor.any() {
                check_value(provider, ty, &any)?;
            }
        }
    }
    Ok(())
}

/// Checks that a value has a type of the spec, as [`check_data`] does with each part of a payload.
///
/// # Errors
///
/// The first value with another type.
pub fn check_value(provider: &Provider, ty: &Type, data: &Any) -> Result<(), DecodeError> {
    match ty {
        Type::Any => Ok(()),
        Type::Object(name) => {
            object(provider, provider.object(name).map_or(&[], |object| &object.fields), data)
        }
        Type::List(item) => data
            .payload()
            .list(|from| from.any())?
            .iter()
            .try_for_each(|data| check_value(provider, item, data)),
        single => {
            let mut cursor = data.payload().single();
            member(provider, single, &mut cursor)?;
            cursor.finish(())
        }
    }
}
