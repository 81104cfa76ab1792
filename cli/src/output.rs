//! What a call printed: one JSON object, or a table on a terminal, and the exit code.
//!
//! | outcome | exit code | when |
//! |---|---|---|
//! | `data` | 0 | real data |
//! | `refused` | 2 | refused locally |
//! | `error` | 3 | the provider said no, and bills nothing |
//! | `error` | 5 | the provider said no, and whether it bills that is not known |
//! | `not_sent` | 4 | no connection |
//! | `unknown` | 5 | perhaps sent, and no answer that says what happened |
//! | `undecodable` | 5 | data that is not what the spec says; it is shown |
//! | `no_data`, `pending`, `debug` | 6 | answered without real data |

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::ArgMatches;
use comfy_table::Table;
use pyi_codegen::ir::{Endpoint, Field, Provider, Type};
use pyi_dynamic::CallReport;
use pyi_runtime::{Any, Billing, CallOutcome, Error, Reply};
use pyi_text::line;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::stdio;
pub(crate) use crate::stdio::{eprint, print};

/// Wrong use, or refused locally.
pub(crate) const USAGE_ERROR: u8 = 2;

pub(crate) struct Output<'a> {
    provider: &'a Provider,
    endpoint: &'a Endpoint,
    table: bool,
    sandbox: bool,
}

/// What a call printed, member by member.
#[derive(Serialize)]
struct Printed<'a> {
    endpoint: &'a str,
    outcome: &'static str,
    code: Option<i32>,
    status: Option<&'a str>,
    class: Option<String>,
    message: Option<&'a str>,
    billing: &'static str,
    data: Option<&'a RawValue>,
    error: Option<String>,
    sandbox: bool,
}

impl<'a> Output<'a> {
    pub(crate) fn new(provider: &'a Provider, endpoint: &'a Endpoint, matches: &ArgMatches) -> Self {
        let table = match matches.get_one::<String>("output").map(String::as_str) {
            Some(form) => form == "table",
            None => std::io::stdout().is_terminal(),
        };
        Self { provider, endpoint, table, sandbox: matches.get_flag("sandbox") }
    }

    /// Refused before anything was sent.
    pub(crate) fn refused(&self, line: &str) -> ExitCode {
        let refused = CallReport {
            outcome: CallOutcome::Refused,
            code: None,
            status: None,
            message: None,
            billing: Billing::NotSent,
            data: None,
            error: Some(line.to_owned()),
        };
        self.report(refused)
    }

    pub(crate) fn write(&self, reply: &Result<Reply<Any>, Error>) -> ExitCode {
        self.report(CallReport::new(self.provider, self.endpoint, reply))
    }

    fn report(&self, report: CallReport<'_>) -> ExitCode {
        let code = match (report.outcome, report.billing) {
            (CallOutcome::Data, _) => 0,
            (CallOutcome::Debug | CallOutcome::NoData | CallOutcome::Pending, _) => 6,
            (CallOutcome::Refused, _) => USAGE_ERROR,
            (CallOutcome::NotSent, _) => 4,
            (CallOutcome::Error, Billing::NotSent | Billing::Free | Billing::Billed) => 3,
            _ => 5,
        };
        // What the runtime calls a method is a flag here.
        let flag = |line: String| {
            let line = line.replace(".allow_insecure_http()", "--allow-insecure-http");
            line.replace(".allow_insecure_hash()", "--allow-insecure-hash")
        };
        let refused = report.outcome == CallOutcome::Refused;
        let printed = Printed {
            endpoint: &self.endpoint.id,
            outcome: report.outcome.as_str(),
            code: report.code,
            status: report.status.map(|status| &*status.name),
            class: report.status.map(|status| status.class.to_string()),
            message: report.message,
            billing: report.billing.as_str(),
            data: report.data.and_then(|data| data.parse::<&RawValue>().ok()),
            error: report.error.map(|line| if refused { flag(line) } else { line }),
            sandbox: self.sandbox,
        };
        self.print(&printed, code)
    }

    fn print(&self, printed: &Printed<'_>, code: u8) -> ExitCode {
        if let Some(error) = &printed.error {
            stdio::error(error);
        }
        if self.table {
            stdio::keep(&self.table(printed).to_string());
        } else {
            let text = serde_json::to_string(printed);
            stdio::keep_json(&text.unwrap_or_else(|error| format!("the answer is no JSON: {error}")));
        }
        ExitCode::from(code)
    }

    fn table(&self, printed: &Printed<'_>) -> Table {
        let mut table = Table::new();
        table.load_preset(comfy_table::presets::UTF8_FULL_CONDENSED);
        let status = match (printed.code, printed.status) {
            (Some(code), Some(name)) => format!("{code} {name}"),
            (code, _) => code.map(|code| code.to_string()).unwrap_or_default(),
        };
        let message = line(printed.message.unwrap_or(""));
        let title = line(&self.endpoint.title);
        let mut head = vec![
            ["endpoint", &title, printed.endpoint],
            ["outcome", "", printed.outcome],
            ["status", &message, &status],
            ["billing", "", printed.billing],
        ];
        let error = line(printed.error.as_deref().unwrap_or(""));
        if !error.is_empty() {
            head.push(["error", "", &error]);
        }
        if printed.sandbox {
            head.push(["sandbox", "", "true"]);
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

    /// A value as a person reads it: a code with its title, text without quotes.
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
        format!("{text} {}", title.map(line).unwrap_or_else(|| "(a code that the spec does not name)".into()))
    }
}
