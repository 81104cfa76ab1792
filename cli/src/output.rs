//! The output of a call: one JSON object, or a table on a terminal, and the exit code.
//!
//! | outcome | exit code | when |
//! |---|---|---|
//! | `data` | 0 | real data |
//! | `refused` | 2 | refused locally |
//! | `error` | 3 | the provider refused the call, and bills nothing |
//! | `error` | 5 | the provider refused the call, and it is unknown whether it was billed |
//! | `not_sent` | 4 | no connection |
//! | `unknown` | 5 | perhaps sent, without an answer that tells the outcome |
//! | `undecodable` | 5 | data that differs from the spec; it is printed |
//! | `no_data`, `pending`, `debug` | 6 | answered without real data |

use std::process::ExitCode;

use comfy_table::Table;
use pyi_codegen::ir::{Endpoint, Field, Provider, Type};
use pyi_dynamic::CallReport;
use pyi_runtime::{Billing, CallOutcome, StatusCode};
use pyi_text::{Message, line};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::language::{say, tr};
pub(crate) use crate::stdio::{eprint, print};
use crate::{USAGE_ERROR, stdio};

pub(crate) struct Output<'a> {
    provider: &'a Provider,
    endpoint: &'a Endpoint,
    table: bool,
    sandbox: bool,
}

/// The members of the JSON object.
#[derive(Serialize)]
struct Printed<'a> {
    endpoint: &'a str,
    #[serde(serialize_with = "outcome_word")]
    outcome: CallOutcome,
    code: Option<StatusCode>,
    status: Option<&'a str>,
    class: Option<String>,
    message: Option<&'a str>,
    #[serde(serialize_with = "billing_word")]
    billing: Billing,
    data: Option<&'a RawValue>,
    error: Option<String>,
    sandbox: bool,
}

/// The word of an outcome, as ledgers and results have it.
fn outcome_word<S: Serializer>(outcome: &CallOutcome, json: S) -> Result<S::Ok, S::Error> {
    json.serialize_str(outcome.as_str())
}

/// The word of a billing, as ledgers and results have it.
fn billing_word<S: Serializer>(billing: &Billing, json: S) -> Result<S::Ok, S::Error> {
    json.serialize_str(billing.as_str())
}

/// A refusal of the runtime, in which a method of the client is a flag of the program.
fn flags_of(line: &str) -> String {
    line.replace(".allow_insecure_http()", "--allow-insecure-http")
        .replace(".allow_insecure_hash()", "--allow-insecure-hash")
}

/// What an outcome means.
fn outcome(outcome: CallOutcome) -> String {
    match outcome {
        CallOutcome::Data => tr!("real data"),
        CallOutcome::NoData => tr!("answered, without data"),
        CallOutcome::Pending => tr!("the data comes later"),
        CallOutcome::Debug => tr!("made-up data"),
        CallOutcome::Refused => tr!("refused before it was sent"),
        CallOutcome::NotSent => tr!("not sent"),
        CallOutcome::Error => tr!("the provider refused the call"),
        CallOutcome::Undecodable => tr!("the data differs from the spec"),
        _ => tr!("sent, and the outcome is unknown"),
    }
}

/// What a billing means.
fn billing(billing: Billing) -> String {
    match billing {
        Billing::NotSent => tr!("nothing was sent, and nothing is billed"),
        Billing::Free => tr!("not billed"),
        Billing::Billed => tr!("billed"),
        _ => tr!("perhaps billed"),
    }
}

impl<'a> Output<'a> {
    pub(crate) fn new(provider: &'a Provider, endpoint: &'a Endpoint, table: bool, sandbox: bool) -> Self {
        Self { provider, endpoint, table, sandbox }
    }

    /// Prints a refusal before anything was sent.
    pub(crate) fn refused(&self, line: &Message) -> ExitCode {
        let printed = Printed {
            endpoint: &self.endpoint.id,
            outcome: CallOutcome::Refused,
            code: None,
            status: None,
            class: None,
            message: None,
            billing: Billing::NotSent,
            data: None,
            error: Some(flags_of(&line.to_string())),
            sandbox: self.sandbox,
        };
        self.print(&printed, Some(flags_of(&say(line))), USAGE_ERROR)
    }

    /// Prints the report of a call.
    pub(crate) fn write(&self, report: &CallReport) -> ExitCode {
        let code = match (report.outcome(), report.billing()) {
            (CallOutcome::Data, _) => 0,
            (CallOutcome::Debug | CallOutcome::NoData | CallOutcome::Pending, _) => 6,
            (CallOutcome::Refused, _) => USAGE_ERROR,
            (CallOutcome::NotSent, _) => 4,
            (CallOutcome::Error, Billing::NotSent | Billing::Free | Billing::Billed) => 3,
            _ => 5,
        };
        let is_refused = report.outcome() == CallOutcome::Refused;
        let error = report.error().map(|line| if is_refused { flags_of(line) } else { line.to_owned() });
        let printed = Printed {
            endpoint: &self.endpoint.id,
            outcome: report.outcome(),
            code: report.code(),
            status: report.status().map(|status| &*status.name),
            class: report.status().map(|status| status.class.to_string()),
            message: report.message(),
            billing: report.billing(),
            data: report.data().and_then(|data| data.parse::<&RawValue>().ok()),
            error: error.clone(),
            sandbox: self.sandbox,
        };
        self.print(&printed, error, code)
    }

    /// Prints a result: JSON in English, and everything else in the current language.
    fn print(&self, printed: &Printed<'_>, error: Option<String>, code: u8) -> ExitCode {
        if let Some(error) = &error {
            stdio::error(error);
        }
        if self.table {
            stdio::keep(&self.table(printed, error.as_deref()).to_string());
        } else {
            let text = serde_json::to_string(printed);
            stdio::keep_json(
                &text
                    .unwrap_or_else(|error| tr!("the answer is no JSON: {error}", error = error.to_string())),
            );
        }
        ExitCode::from(code)
    }

    fn table(&self, printed: &Printed<'_>, error: Option<&str>) -> Table {
        let mut table = Table::new();
        table.load_preset(comfy_table::presets::UTF8_FULL_CONDENSED);
        let status = match (printed.code, printed.status) {
            (Some(code), Some(name)) => format!("{code} {name}"),
            (code, _) => code.map(|code| code.to_string()).unwrap_or_default(),
        };
        let message = line(printed.message.unwrap_or(""));
        let title = line(&self.endpoint.title);
        let mut head = vec![
            [tr!("endpoint"), title.into(), printed.endpoint.to_owned()],
            [tr!("outcome"), outcome(printed.outcome), printed.outcome.as_str().to_owned()],
            [tr!("status"), message.into(), status],
            [tr!("billing"), billing(printed.billing), printed.billing.as_str().to_owned()],
        ];
        if let Some(error) = error.filter(|error| !error.is_empty()) {
            head.push([tr!("error"), String::new(), line(error).into()]);
        }
        if printed.sandbox {
            head.push([tr!("sandbox"), String::new(), "true".to_owned()]);
        }
        for row in head {
            table.add_row(row);
        }
        let data = printed.data.and_then(|data| serde_json::from_str::<Value>(data.get()).ok());
        let members = match data {
            Some(Value::Object(members)) => members,
            Some(other) => Map::from_iter([("data".to_owned(), other)]),
            None => Map::new(),
        };
        for (name, value) in &members {
            let field = self.endpoint.response.fields().iter().find(|field| field.wire == *name);
            let title = field.map(|field| line(&field.title)).unwrap_or_default();
            table.add_row([line(name), title, self.value(field, value).into()]);
        }
        table
    }

    /// A value for people: a code with its title, text without quotes.
    fn value(&self, field: Option<&Field>, value: &Value) -> String {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let text = line(&text).into_owned();
        let named = match field.map(|field| &field.ty) {
            Some(Type::Enum(name)) => self.provider.codes(name),
            _ => return text,
        };
        let title = named
            .and_then(|named| named.codes.iter().find(|code| code.code == text))
            .map(|code| code.title.as_str());
        format!(
            "{text} {}",
            title.map(line).unwrap_or_else(|| tr!("(a code that the spec does not name)").into())
        )
    }
}
