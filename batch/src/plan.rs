//! Plans a run: the rows that it would send, and its maximum cost. Nothing is sent. A fault has the
//! line, the field and the reason, and no value.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher, RandomState};

use pyi_codegen::ir::{Check, Endpoint, Field, Provider, Source, Type};
use pyi_dynamic::{ValueFault, price_tiers, values, worst_price};
use pyi_runtime::__private::Values;
use pyi_runtime::__private::check::violation;
use pyi_runtime::__private::inside::violation_inside;
use pyi_text::{Message, message};
use rust_decimal::Decimal;

use crate::cell_json::without_blanks;
use crate::mapping::Mapping;
use crate::table::{Cell, Row, Table, TableError};

/// Maximum faults that are listed. All are counted.
pub const FAULT_LIMIT: usize = 1000;

/// Maximum bytes of a cell. A longer one is a quote that is not closed.
const CELL_LIMIT: usize = 10_000;

/// Maximum characters of a value. The longest names have about 50.
const VALUE_LIMIT: usize = 500;

/// The plan of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The rows of the table.
    pub rows: u64,
    /// Rows that would be sent.
    pub to_send: u64,
    /// Rows with the values of an earlier row.
    pub duplicates: u64,
    /// Rows that the spec's rules refuse.
    pub unfit: u64,
    /// Rows with a number that a spreadsheet changed.
    pub mangled: u64,
    /// Rows that are hidden in the workbook.
    pub hidden: u64,
    /// The first rows that would not be sent, each with the reason.
    pub faults: Vec<RowFault>,
    /// Its maximum cost. `None` where the spec has no price.
    pub price: Option<Price>,
}

/// The maximum cost of a run: each row is billed, at the price of the smallest package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// The currency's ISO 4217 code.
    pub currency: String,
    /// The price of one call.
    pub unit_price: Decimal,
    /// The price of all rows.
    pub total: Decimal,
    /// The number of calls of each package, and the cost of all rows at its price.
    pub tiers: Vec<(u32, Decimal)>,
}

/// A row that would not be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFault {
    /// Its line.
    pub line: u64,
    /// The reason.
    pub reason: SkipReason,
}

/// The reason why a row is not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SkipReason {
    /// It has the values of the row at this line.
    Duplicate(u64),
    /// A spreadsheet changed the number in this field.
    Mangled(String),
    /// The row, the column or the sheet of this field is hidden in the workbook.
    Hidden(String),
    /// The spec's rules refuse it, with the rule.
    Unfit(Message),
}

impl SkipReason {
    /// Its text, which can be said in another language.
    pub fn message(&self) -> Message {
        match self {
            Self::Duplicate(first) => message!("the same as line {first}", first),
            Self::Mangled(field) => message!(
                "`{field}` was mangled by a spreadsheet; format its column as text, and enter the numbers again",
                field,
            ),
            Self::Hidden(field) => message!(
                "`{field}` is hidden in the workbook, as its row, its column or its sheet is; show it, or say --include-hidden",
                field,
            ),
            Self::Unfit(why) => why.clone(),
        }
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.message().fmt(f)
    }
}

impl std::error::Error for SkipReason {}

impl RowFault {
    /// Its text, which can be said in another language.
    pub fn message(&self) -> Message {
        message!("line {line}: {reason}", line = self.line, reason = self.reason.message())
    }
}

impl fmt::Display for RowFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.message().fmt(f)
    }
}

/// Plans the calls of an endpoint for the rows of a table.
///
/// # Errors
///
/// A table that cannot be read to its end.
pub fn plan(
    (provider, endpoint): (&Provider, &Endpoint),
    table: &Table,
    mapping: &Mapping,
) -> Result<Plan, TableError> {
    let mut plan = Plan {
        rows: 0,
        to_send: 0,
        duplicates: 0,
        unfit: 0,
        mangled: 0,
        hidden: 0,
        faults: Vec::new(),
        price: None,
    };
    let hasher = RandomState::new();
    // 64 bits for a row, and no value. Two of ten million different rows collide in one of 300,000
    // runs.
    let mut seen: HashMap<u64, u64> = HashMap::new();
    for row in table.rows()? {
        let row = row?;
        plan.rows += 1;
        let given = given(&row, mapping);
        let reason = match request((provider, endpoint), &row, mapping, &given, table.titles().len()) {
            Err(reason) => Some(reason),
            Ok(_) => match seen.entry(hasher.hash_one(&given)) {
                std::collections::hash_map::Entry::Occupied(first) => {
                    Some(SkipReason::Duplicate(*first.get()))
                }
                std::collections::hash_map::Entry::Vacant(new) => {
                    new.insert(row.line);
                    None
                }
            },
        };
        match &reason {
            None => plan.to_send += 1,
            Some(SkipReason::Duplicate(_)) => plan.duplicates += 1,
            Some(SkipReason::Mangled(_)) => plan.mangled += 1,
            Some(SkipReason::Hidden(_)) => plan.hidden += 1,
            Some(SkipReason::Unfit(_)) => plan.unfit += 1,
        }
        if let Some(reason) = reason.filter(|_| plan.faults.len() < FAULT_LIMIT) {
            plan.faults.push(RowFault { line: row.line, reason });
        }
    }
    plan.price = price(endpoint, plan.to_send);
    Ok(plan)
}

/// The values of a row by the names of their fields, without blank ones.
pub(crate) fn given(row: &Row, mapping: &Mapping) -> Vec<(String, String)> {
    let cell = |column: usize| row.cells.get(column).filter(|cell| !cell.text.is_empty());
    let pairs = mapping.fields.iter().filter_map(|field| {
        let text = &cell(field.column)?.text;
        let text = if field.is_json { without_blanks(text) } else { text.clone() };
        Some((field.field.clone(), text))
    });
    pairs.collect()
}

/// The request of a row, or the reason why it is not sent. Other rows do not count.
pub(crate) fn request(
    (provider, endpoint): (&Provider, &Endpoint),
    row: &Row,
    mapping: &Mapping,
    given: &[(String, String)],
    columns: usize,
) -> Result<Values, SkipReason> {
    if row.cells.iter().skip(columns).any(|cell| !cell.text.is_empty()) {
        return Err(SkipReason::Unfit(message!(
            "it has {cells} cells, and the titles are {columns}",
            cells = row.cells.len(),
            columns
        )));
    }
    for mapped in &mapping.fields {
        let Some(field) = endpoint.request.iter().find(|field| field.wire == mapped.field) else { continue };
        let Some(cell) = row.cells.get(mapped.column) else { continue };
        if let Some(reason) = unfit(field, cell) {
            return Err(reason);
        }
    }
    fitting((provider, endpoint), given)
}

/// The request of a row that comes from no table, in the request's order and without empty values.
pub(crate) fn checked(
    (provider, endpoint): (&Provider, &Endpoint),
    mut given: Vec<(String, String)>,
) -> Result<Vec<(String, String)>, SkipReason> {
    let place = |name: &str| endpoint.request.iter().position(|field| field.wire == name);
    given.retain(|(_, value)| !value.is_empty());
    given.sort_by_key(|(name, _)| place(name));
    for (name, value) in &given {
        let Some(field) = endpoint.request.iter().find(|field| field.wire == *name) else { continue };
        let cell = Cell { text: value.clone(), ..Cell::default() };
        if let Some(reason) = unfit(field, &cell) {
            return Err(reason);
        }
    }
    fitting((provider, endpoint), &given)?;
    Ok(given)
}

/// The values of a request, if they keep the rules of the spec.
fn fitting(
    (provider, endpoint): (&Provider, &Endpoint),
    given: &[(String, String)],
) -> Result<Values, SkipReason> {
    let values = values(provider, endpoint, given).map_err(|faults| {
        SkipReason::Unfit(faults.first().map_or_else(|| Message::from(""), ValueFault::message))
    })?;
    let broken = endpoint.request.iter().find_map(|field| {
        let (_, value) = given.iter().find(|(name, _)| *name == field.wire)?;
        let reason = rule_broken(field, value)?;
        Some(SkipReason::Unfit(message!("`{field}` {reason}", field = field.wire, reason)))
    });
    let broken = broken.or_else(|| {
        let inside = endpoint.parameters.iter().find_map(|parameter| {
            let Source::Request(index) = parameter.source else { return None };
            let (place, reason) = violation_inside(&parameter.inside, values.get(index), |_| true)?;
            Some((parameter, place, reason))
        });
        let (parameter, place, reason) = inside?;
        let name =
            if place.is_empty() { parameter.name.clone() } else { format!("{}.{place}", parameter.name) };
        Some(SkipReason::Unfit(message!("`{field}` {reason}", field = name, reason)))
    });
    broken.map_or(Ok(values), Err)
}

/// The reason why the text of a cell is not sent, whatever the spec says of the field.
fn unfit(field: &Field, cell: &Cell) -> Option<SkipReason> {
    let name = &field.wire;
    if cell.text.len() > CELL_LIMIT || cell.text.contains(['\n', '\r']) {
        return Some(SkipReason::Unfit(message!(
            "`{name}` goes on over lines; is a quote not closed?",
            name
        )));
    }
    if cell.hidden {
        return Some(SkipReason::Hidden(name.clone()));
    }
    if cell.text.chars().nth(VALUE_LIMIT).is_some() {
        return Some(SkipReason::Unfit(message!(
            "`{name}` has more than {limit} characters",
            name,
            limit = VALUE_LIMIT
        )));
    }
    if let Some(unseen) = cell.text.chars().find(|c| pyi_text::is_unsafe(*c)) {
        let code = format!("{:04X}", u32::from(unseen));
        return Some(SkipReason::Unfit(message!(
            "`{name}` has a character that cannot be seen, U+{code}; take it out",
            name,
            code
        )));
    }
    if cell.text.contains('\u{fffd}') {
        return Some(SkipReason::Unfit(message!(
            "`{name}` has bytes that are no text; save the table as UTF-8",
            name
        )));
    }
    is_mangled(field, cell).then(|| SkipReason::Mangled(name.clone()))
}

fn rule_broken(field: &Field, value: &str) -> Option<Message> {
    field.checks.iter().find_map(|check: &Check| violation(check, value))
}

/// Whether a spreadsheet changed a number: `1.10105E+17`, `19900000000.0`, or a long number whose
/// last digits are zeros.
fn is_mangled(field: &Field, cell: &Cell) -> bool {
    // The errors of a spreadsheet.
    if ["#N/A", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#DIV/0!"].contains(&cell.text.as_str()) {
        return true;
    }
    if matches!(field.ty, Type::Integer | Type::Decimal | Type::Timestamp) {
        return false;
    }
    let text = cell.text.as_str();
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let scientific = text.split_once(['E', 'e']).is_some_and(|(number, power)| {
        let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
        whole.len() == 1
            && digits(whole)
            && digits(part)
            && digits(power.trim_start_matches('+'))
            && power.starts_with('+')
    });
    let fraction = text.strip_suffix(".0").is_some_and(|whole| whole.len() > 4 && digits(whole));
    // A check digit that holds proves that the zeros are the number's own.
    let rounded = digits(text)
        && text.get(15..).is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte == b'0'));
    let proven = !field.checks.is_empty() && rule_broken(field, text).is_none();
    scientific || fraction || (cell.rounded || rounded) && !proven
}

fn price(endpoint: &Endpoint, rows: u64) -> Option<Price> {
    let currency = endpoint.price.as_ref()?.currency.clone();
    let unit_price = worst_price(endpoint)?;
    let all = |each: Decimal| each.checked_mul(Decimal::from(rows));
    let tiers = price_tiers(endpoint)?
        .iter()
        .map(|(calls, each)| Some((*calls, all(*each)?)))
        .collect::<Option<_>>()?;
    Some(Price { currency, unit_price, total: all(unit_price)?, tiers })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use pyi_codegen::Input;

    use super::*;

    /// What is inside of a cell of JSON is checked, and one value is one person however it is
    /// written.
    #[test]
    fn cells_of_json_are_read_as_they_are_meant() {
        let provider = "provider: demo\ntitle: Demo\nsign: {parameter: key, methods: [key]}\n\
                        envelope: {status: code, data: data}\n\
                        statuses: {0: {name: ok, title: Done, class: data, billed: always}}\n";
        let endpoint = "path: /look\ntitle: Look\nsource: a test\neffect: query\nmethods: [POST]\nformats: [json]\n\
                        request:\n  who: {type: object, fields: {id: {type: string, length: 3}}}\nresponse: any\n";
        let texts = [("provider.yaml", provider), ("endpoints/look.yaml", endpoint)];
        let (spec, report) = pyi_codegen::load(Input::Texts(&texts));
        assert!(report.is_empty(), "{report}");
        let endpoint = spec.endpoint("look").unwrap();
        let mapping = Mapping::new(&spec, endpoint, &["who".to_owned()], &[]).unwrap();
        let row =
            |text: &str| Row { line: 2, cells: vec![Cell { text: text.to_owned(), ..Cell::default() }] };
        let values = |text: &str| {
            let row = row(text);
            let given = given(&row, &mapping);
            request((&spec, endpoint), &row, &mapping, &given, 1).map(|_| given)
        };
        assert_eq!(values(r#"{ "id": "123" }"#).unwrap(), values(r#"{"id":"123"}"#).unwrap());
        let SkipReason::Unfit(why) = values(r#"{"id": "1234"}"#).unwrap_err() else { panic!("it is unfit") };
        assert_eq!(why.to_string(), "`who.id` has 4 characters, and not 3");
    }
}
