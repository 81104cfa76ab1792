//! A reply's values as cells of a table, each of the type that the spec gives it.

use std::borrow::Cow;

use pyi_codegen::ir::{Code, Endpoint, Field, Provider, Type};
use pyi_runtime::__private::Cursor;
use pyi_runtime::{Any, Date, Decimal, DecodeError};

/// The content of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    Blank,
    Text(String),
    Number(Decimal),
    Boolean(bool),
    Date(Date),
}

/// The columns of a reply: the spec's fields in its order; one with codes is followed by what the
/// code means. A reply without fields is one column.
pub(super) struct Columns<'a> {
    fields: Vec<(&'a Field, Option<&'a [Code]>)>,
    names: Vec<&'a str>,
}

impl<'a> Columns<'a> {
    pub(super) fn new(provider: &'a Provider, endpoint: &'a Endpoint) -> Self {
        let codes = |field: &'a Field| match &field.ty {
            Type::Enum(name) => provider.codes(name).map(|named| named.codes.as_slice()),
            _ => None,
        };
        let fields: Vec<_> = endpoint.response.fields().iter().map(|field| (field, codes(field))).collect();
        let names = fields.iter().map(|(field, _)| field.wire.as_str()).collect();
        Self { fields, names }
    }

    pub(super) fn titles(&self) -> Vec<Cow<'a, str>> {
        if self.fields.is_empty() {
            return vec![Cow::Borrowed("data")];
        }
        let titles = self.fields.iter().flat_map(|(field, codes)| {
            let meaning = codes.map(|_| Cow::Owned(format!("{}.meaning", field.wire)));
            [Some(Cow::Borrowed(field.wire.as_str())), meaning]
        });
        titles.flatten().collect()
    }

    /// The cells of a payload. What is no object of such values is shown as it came.
    pub(super) fn cells(&self, data: Option<&str>) -> Vec<Cell> {
        if self.fields.is_empty() {
            return vec![data.map_or(Cell::Blank, |data| Cell::Text(data.to_owned()))];
        }
        let data = data.and_then(|data| Any::from_json(data).ok());
        let read = |read: fn(&Field, &mut Cursor<'_>) -> Cell| {
            let data = data.as_ref()?;
            self.read(data, read).ok()
        };
        let typed = read(typed).or_else(|| read(as_it_came));
        let blank = || vec![Cell::Blank; self.fields.len()];
        let values = typed.unwrap_or_else(blank);
        let cells = self.fields.iter().zip(values).flat_map(|((_, codes), value)| {
            let meaning = codes.map(|codes| meaning(codes, &value));
            [Some(value), meaning]
        });
        cells.flatten().collect()
    }

    fn read(&self, data: &Any, read: fn(&Field, &mut Cursor<'_>) -> Cell) -> Result<Vec<Cell>, DecodeError> {
        let mut cursor = data.payload().members(&self.names)?;
        let cells = self.fields.iter().map(|(field, _)| read(field, &mut cursor)).collect();
        cursor.finish(cells)
    }
}

/// The meaning of a code, if the spec has one.
fn meaning(codes: &[Code], value: &Cell) -> Cell {
    let code = codes.iter().find(|code| matches!(value, Cell::Text(text) if *text == code.code));
    code.map_or(Cell::Blank, |code| Cell::Text(code.title.clone()))
}

fn typed(field: &Field, from: &mut Cursor<'_>) -> Cell {
    let cell = match &field.ty {
        Type::String | Type::Bytes | Type::Enum(_) => from.string().map(Cell::Text),
        Type::Integer => from.integer().map(|number| Cell::Number(number.into())),
        Type::Decimal => from.decimal().map(Cell::Number),
        Type::Boolean => from.boolean().map(Cell::Boolean),
        Type::Date { pattern } => from.date(pattern).map(Cell::Date),
        Type::Timestamp => from.timestamp().map(|moment| Cell::Text(moment.to_string())),
        Type::Object(_) | Type::List(_) | Type::Any => return as_it_came(field, from),
    };
    cell.unwrap_or(Cell::Blank)
}

/// A text without its quotes, anything else as JSON.
fn as_it_came(_: &Field, from: &mut Cursor<'_>) -> Cell {
    let text = |any: Any| any.parse::<String>().unwrap_or_else(|_| any.json().to_owned());
    from.any().map_or(Cell::Blank, |any| Cell::Text(text(any)))
}
