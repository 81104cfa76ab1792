//! `pyi batch plan`: what a run would send and cost at most. Nothing is sent.

use std::process::ExitCode;

use pyi_batch::{FAULT_LIMIT, Mapping, MatchedBy, Overlap, Plan, Table, plan};
use pyi_text::{Message, message};
use serde_json::json;

use super::{Opened, TABLE_HELP, TableOptions, open, overlap};
use crate::UsageError;
use crate::language::{say, tr};
use crate::options::{ReportFormat, SpecOption};
use crate::output::print;
use crate::spec::Spec;
use crate::stdio;

/// Report what a run would send, and its maximum cost; nothing is sent
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{TABLE_HELP} A row that would not be sent is listed by its line and the reason, without its values."))]
pub(super) struct Args {
    #[command(flatten)]
    spec: SpecOption,

    #[command(flatten)]
    table: TableOptions,

    /// The batch's own ledger, whose people do not count as sent before [default: TABLE.ledger]
    #[arg(long, value_name = "FILE")]
    ledger: Option<String>,

    /// The key of the batches, beside which the registry is
    #[arg(long, value_name = "FILE")]
    key: Option<String>,

    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: ReportFormat,
}

pub(super) fn run(spec: &Spec, args: &Args) -> Result<ExitCode, UsageError> {
    let opened = open(spec, &args.table)?;
    let plan =
        plan((opened.provider, opened.endpoint), &opened.table, &opened.mapping).map_err(UsageError::new)?;
    let ledger = args.ledger.clone().unwrap_or_else(|| format!("{}.ledger", args.table.table));
    let repeated = overlap::planned(&opened, ledger.as_ref(), args.key.as_deref())?;
    let Opened { table, mapping, .. } = &opened;
    match args.format {
        ReportFormat::Json => stdio::json(&as_json(table, mapping, &plan, &repeated)),
        ReportFormat::Text => print(&as_text(&args.table.table, table, mapping, &plan, &repeated)),
    }
    Ok(ExitCode::SUCCESS)
}

/// How a column was found.
fn matched_by(matched_by: MatchedBy) -> Message {
    match matched_by {
        MatchedBy::Caller => message!("as said"),
        MatchedBy::Name => message!("by its name"),
        MatchedBy::Title => message!("by its title in the spec"),
    }
}

fn as_text(name: &str, table: &Table, mapping: &Mapping, plan: &Plan, repeated: &Overlap) -> String {
    let mut lines = vec![format!("{name}: {}", say(&table.read_as()))];
    lines.extend(mapping.fields.iter().map(|field| {
        tr!(
            "  {field} is the column {title}, {found_by}",
            field = field.field,
            title = field.title,
            found_by = matched_by(field.matched_by)
        )
    }));
    if !mapping.unused.is_empty() {
        lines.push(tr!("  not used: {unused}", unused = mapping.unused.join(", ")));
    }
    let Plan { rows, to_send, duplicates, unfit, mangled, hidden, .. } = plan;
    lines.push(tr!("{rows} rows: {to_send} to send, {duplicates} twice, {unfit} that the spec refuses, {mangled} mangled", rows, to_send, duplicates, unfit, mangled));
    if *hidden > 0 {
        lines.push(tr!(
            "{hidden} of them are hidden in the workbook and are not sent; --include-hidden takes them",
            hidden
        ));
    }
    if repeated.rows > 0 {
        lines.push(overlap::summary(repeated));
    }
    match &plan.price {
        None => lines.push(tr!("the price of a call is unknown")),
        Some(price) => {
            lines.push(tr!(
                "at most {total} {currency}: {to_send} × {unit_price}",
                total = price.total.to_string(),
                currency = price.currency,
                to_send,
                unit_price = price.unit_price.to_string()
            ));
            let tiers = price.tiers.iter().filter(|(_, total)| *total != price.total);
            lines.extend(tiers.map(|(calls, total)| {
                tr!(
                    "  {total} {currency} if {calls} calls were bought at once",
                    total = total.to_string(),
                    currency = price.currency,
                    calls
                )
            }));
        }
    }
    lines.extend(plan.faults.iter().map(|fault| say(&fault.message())));
    if duplicates + unfit + mangled + hidden > FAULT_LIMIT as u64 {
        lines.push(tr!("and more; the first {limit} are listed", limit = FAULT_LIMIT));
    }
    lines.join("\n")
}

fn as_json(table: &Table, mapping: &Mapping, plan: &Plan, repeated: &Overlap) -> String {
    let fields = mapping.fields.iter().map(
        |field| json!({"field": field.field, "column": field.title, "why": matched_by(field.matched_by).to_string()}),
    );
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
        "read_as": table.read_as().to_string(),
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
