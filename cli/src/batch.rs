//! `pyi batch`: many calls from a table. `plan` says what a run would do and cost at the most, and sends nothing; `run` sends; `status`, `report`
//! and `forget` are for its ledger.

mod files;
mod ledger;
mod leftovers;
mod locate;
mod money;
mod open;
mod overlap;
mod progress;
mod resume;
mod run;
mod summary;

use std::path::Path;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};
use pyi_batch::{FAULT_LIMIT, Mapping, MatchedBy, Overlap, Plan, Table, plan};
use pyi_codegen::ir::Endpoint;
use serde_json::json;

use crate::args::spec_arg;
use crate::output::print;
use crate::spec::{Spec, endpoint};
use crate::stdio;
use crate::{UsageError, argument};

const TABLE_HELP: &str = "\
TABLE is CSV (UTF-8, GB18030 or UTF-16; commas, semicolons or tabs) of any length, or an Excel workbook (.xlsx) of 100000 rows and 64 MiB unpacked at most; of 1000 columns, and 500 characters in a value. \
Its first row has the titles.";

pub(crate) fn command() -> Command {
    let plan = Command::new("plan")
        .about(
            "Reads a table and says what a run would send, and what it would cost at the most; sends nothing",
        )
        .after_help(format!(
            "{TABLE_HELP} Of a row that would not be sent, its line and the reason are told, and no value."
        ))
        .arg(spec_arg())
        .args(table_args())
        .args(overlap::plan_args())
        .arg(
            Arg::new("output")
                .long("output")
                .value_name("FORM")
                .value_parser(["text", "json"])
                .default_value("text")
                .help("How the plan is printed"),
        );
    Command::new("batch")
        .about("Many calls of one endpoint, from a table")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(plan)
        .subcommand(run::command())
        .subcommands(ledger::commands())
}

/// Which table, and what is called for each of its rows.
fn table_args() -> [Arg; 4] {
    [
        Arg::new("table").value_name("TABLE").required(true).help("The table's file"),
        Arg::new("endpoint")
            .long("endpoint")
            .value_name("ENDPOINT")
            .required(true)
            .help("What is called for each row"),
        Arg::new("map")
            .long("map")
            .value_name("FIELD=TITLE")
            .action(ArgAction::Append)
            .value_delimiter(',')
            .help(
                "Which column has which field; those that are not said are found by their names and titles",
            ),
        Arg::new("include-hidden")
            .long("include-hidden")
            .action(ArgAction::SetTrue)
            .help("Take rows that are hidden in a workbook, by their row, column or sheet [default: they are refused]"),
    ]
}

pub(crate) fn run(spec: &Spec, matches: &ArgMatches) -> Result<ExitCode, UsageError> {
    match matches.subcommand() {
        Some(("plan", matches)) => planned(spec, matches),
        Some(("run", matches)) => run::run(spec, matches),
        Some(("status", matches)) => ledger::status(matches),
        Some(("report", matches)) => ledger::report(matches),
        Some(("forget", matches)) => ledger::forget(matches),
        Some(("backup", matches)) => ledger::backup(matches),
        _ => Err(UsageError("nothing to do; see `pyi batch --help`".to_owned())),
    }
}

/// A table, and what its rows are.
struct Opened<'a> {
    endpoint: &'a Endpoint,
    table: Table,
    mapping: Mapping,
}

fn open<'a>(spec: &'a Spec, matches: &ArgMatches) -> Result<Opened<'a>, UsageError> {
    spec.usable()?;
    let said = |name: &str| matches.get_one::<String>(name).map(String::as_str).unwrap_or_default();
    let endpoint = endpoint(&spec.provider, said("endpoint"))
        .map_err(|UsageError(line)| UsageError(format!("{line}{}", spec.note())))?;
    let path = said("table");
    let table =
        Table::open(Path::new(path)).map_err(|error| argument::about(&error.to_string(), path, "TABLE"))?;
    let table = table.include_hidden(matches.get_flag("include-hidden"));
    let pairs = matches.get_many::<String>("map").into_iter().flatten().map(|pair| {
        let (field, title) =
            pair.split_once('=').ok_or_else(|| UsageError("--map wants FIELD=TITLE".to_owned()))?;
        Ok((field.trim().to_owned(), title.trim().to_owned()))
    });
    let pairs: Vec<(String, String)> = pairs.collect::<Result<_, UsageError>>()?;
    let mapping = Mapping::new(&spec.provider, endpoint, table.titles(), &pairs).map_err(|fault| {
        UsageError(format!("{}: {fault}", said("table")).replace("=TITLE", "=TITLE by --map"))
    })?;
    Ok(Opened { endpoint, table, mapping })
}

fn planned(spec: &Spec, matches: &ArgMatches) -> Result<ExitCode, UsageError> {
    let Opened { endpoint, table, mapping } = open(spec, matches)?;
    let said = |name: &str| matches.get_one::<String>(name).map(String::as_str).unwrap_or_default();
    let plan = plan(endpoint, &table, &mapping).map_err(|error| UsageError(error.to_string()))?;
    let opened = Opened { endpoint, table, mapping };
    let repeated = overlap::planned(&opened, said("table"), matches)?;
    let Opened { table, mapping, .. } = &opened;
    if said("output") == "json" {
        stdio::json(&as_json(table, mapping, &plan, &repeated));
    } else {
        print(&as_text(said("table"), table, mapping, &plan, &repeated));
    }
    Ok(ExitCode::SUCCESS)
}

fn why(why: MatchedBy) -> &'static str {
    match why {
        MatchedBy::Caller => "as said",
        MatchedBy::Name => "by its name",
        MatchedBy::Title => "by its title in the spec",
    }
}

fn as_text(name: &str, table: &Table, mapping: &Mapping, plan: &Plan, repeated: &Overlap) -> String {
    let mut lines = vec![format!("{name}: {}", table.read_as())];
    lines.extend(
        mapping.fields.iter().map(|field| {
            format!("  {} is the column {}, {}", field.field, field.title, why(field.matched_by))
        }),
    );
    if !mapping.unused.is_empty() {
        lines.push(format!("  not used: {}", mapping.unused.join(", ")));
    }
    let Plan { rows, to_send, duplicates, unfit, mangled, hidden, .. } = plan;
    lines.push(format!(
        "{rows} rows: {to_send} to send, {duplicates} twice, {unfit} that the spec refuses, {mangled} mangled"
    ));
    if *hidden > 0 {
        lines.push(format!(
            "{hidden} of them are hidden in the workbook and are not sent; --include-hidden takes them"
        ));
    }
    if repeated.rows > 0 {
        lines.push(overlap::told(repeated));
    }
    match &plan.price {
        None => lines.push("what a call costs is not known".to_owned()),
        Some(price) => {
            lines.push(format!(
                "at most {} {}: {to_send} × {}",
                price.total, price.currency, price.unit_price
            ));
            let tiers = price.tiers.iter().filter(|(_, total)| *total != price.total);
            lines.extend(tiers.map(|(calls, total)| {
                format!("  {total} {} if {calls} calls were bought at once", price.currency)
            }));
        }
    }
    lines.extend(plan.faults.iter().map(ToString::to_string));
    if duplicates + unfit + mangled + hidden > FAULT_LIMIT as u64 {
        lines.push(format!("and more, of which the first {FAULT_LIMIT} are told"));
    }
    lines.join("\n")
}

fn as_json(table: &Table, mapping: &Mapping, plan: &Plan, repeated: &Overlap) -> String {
    let fields = mapping
        .fields
        .iter()
        .map(|field| json!({"field": field.field, "column": field.title, "why": why(field.matched_by)}));
    let price = plan.price.as_ref().map(|price| {
        let tiers =
            price.tiers.iter().map(|(calls, total)| json!({"calls": calls, "total": total.to_string()}));
        json!({
            "currency": price.currency,
            "each": price.unit_price.to_string(),
            "total": price.total.to_string(),
            "tiers": tiers.collect::<Vec<_>>(),
        })
    });
    json!({
        "read_as": table.read_as(),
        "fields": fields.collect::<Vec<_>>(),
        "unused": mapping.unused,
        "rows": plan.rows,
        "to_send": plan.to_send,
        "duplicates": plan.duplicates,
        "unfit": plan.unfit,
        "mangled": plan.mangled,
        "sent_before": repeated.rows,
        "hidden": plan.hidden,
        "price": price,
        "faults": plan.faults.iter().map(|fault| json!({"line": fault.line, "why": fault.to_string()})).collect::<Vec<_>>(),
    })
    .to_string()
}
