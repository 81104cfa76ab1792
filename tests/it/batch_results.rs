//! Results of a batch, read by openpyxl and by Python's csv.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use pyi_batch::{
    Attempt, Currency, Fingerprint, Key, Mapping, Money, OnAmbiguous, OutputFormat, Reservation, RowOutcome,
    RowRecord, RowState, Store, StoreError, Table, Totals, results,
};
use pyi_codegen::{Input, ir};
use pyi_runtime::{Billing, CallOutcome};
use serde_json::Value;

use crate::support::{has_python, run};

const ENDPOINT: &str = r#"
path: /pyi/1/2
title: 各种类型
effect: query
source: made up for this test
methods: [POST]
formats: [json]
request:
  name: {type: string, title: 姓名}
response:
  status: {type: match_status}
  number: {type: string, title: 号码}
  count: {type: integer, title: 次数}
  long: {type: integer, title: 长}
  amount: {type: decimal, title: 金额}
  fine: {type: boolean, title: 好}
  born: {type: date, title: 出生日期, pattern: "%Y年%m月%d日"}
  early: {type: date, title: 早, pattern: "%Y年%m月%d日"}
  moment: {type: timestamp, title: 时间}
  tags: {type: list, of: string, title: 标签}
"#;

/// A store with given outcomes, by person.
struct Known(BTreeMap<u64, (&'static str, RowRecord)>);

impl Store for Known {
    async fn reserve(&self, _: Attempt, _: Fingerprint, _: OnAmbiguous) -> Result<Reservation, StoreError> {
        unreachable!("results send nothing")
    }

    async fn settle(&self, _: Attempt, _: RowOutcome) -> Result<(), StoreError> {
        unreachable!("results send nothing")
    }

    async fn release(&self, _: Attempt) -> Result<(), StoreError> {
        unreachable!("results send nothing")
    }

    async fn find(&self, people: Vec<Fingerprint>) -> Result<Vec<Option<(u64, RowRecord)>>, StoreError> {
        let person = |name: &str| key().fingerprint(&[("name".to_owned(), name.to_owned())]);
        let known = |asked: &Fingerprint| {
            let row = self.0.iter().find(|(_, (name, _))| person(name) == *asked);
            row.map(|(row, (_, found))| (*row, found.clone()))
        };
        Ok(people.iter().map(known).collect())
    }

    async fn page(&self, from: u64, limit: u32) -> Result<Vec<(u64, RowRecord)>, StoreError> {
        let rows = self.0.range(from..).take(limit as usize);
        Ok(rows.map(|(row, (_, found))| (*row, found.clone())).collect())
    }

    async fn totals(&self) -> Result<Totals, StoreError> {
        let none = Money { units: 0, currency: Currency::NONE };
        Ok(Totals { spent: none, reserved: none, settled: self.0.len() as u64, ambiguous: 0, sending: 0 })
    }
}

fn data(data: &str) -> RowRecord {
    let settled = RowOutcome {
        billing: Billing::Billed,
        code: Some(10000.into()),
        outcome: CallOutcome::Data,
        error: None,
        data: Some(data.to_owned()),
    };
    RowRecord { state: RowState::Settled, outcome: Some(settled), reused: None }
}

fn key() -> Key {
    Key::new(b"a key of the tests, which opens nothing at all")
}

fn spec() -> ir::Provider {
    let provider = pyi::SPEC.iter().find(|(name, _)| *name == "provider.yaml").unwrap();
    let (spec, report) = pyi_codegen::load(Input::Texts(&[*provider, ("endpoints/kinds.yaml", ENDPOINT)]));
    assert!(spec.endpoint("kinds").is_some(), "{report}");
    spec
}

async fn write(folder: &Path, form: OutputFormat, name: &str) -> String {
    let spec = spec();
    let people = folder.join("people.csv");
    let rows = "张三,6222020000000000000\n=1+1,-1\n李四,\n王五,\n赵六,＝1+1\n孙七,\n张三,\n#REF!,\n";
    std::fs::write(&people, format!("姓名,卡号\n{rows}")).unwrap();
    let table = Table::open(&people).unwrap();
    let whole = r#"{"status":"01","number":"0110105194912310021","count":"7","long":9007199254740993,"amount":-12.50,"fine":1,
        "born":"1949年12月31日","early":"1899年12月31日","moment":"1577695766","tags":["甲","乙"]}"#;
    let unknown = RowOutcome {
        billing: Billing::Unknown,
        code: None,
        outcome: CallOutcome::Unknown,
        error: Some("no answer came".to_owned()),
        data: None,
    };
    let known = BTreeMap::from([
        (2, ("张三", data(whole))),
        // An unlisted code has no meaning, and is never a match; a formula in a reply is text.
        (3, ("=1+1", data(r#"{"status":"202","number":"=cmd()"}"#))),
        // Data that differs from the spec is written as it is.
        (4, ("李四", data(r#"{"status":"01","count":"many","born":"yesterday"}"#))),
        (5, ("王五", RowRecord { state: RowState::Ambiguous, outcome: Some(unknown), reused: None })),
        // Another person was sent from this line.
        (7, ("周八", data("{}"))),
    ]);
    let path = folder.join(name);
    let out = File::create(&path).unwrap();
    let endpoint = spec.endpoint("kinds").unwrap();
    let mapping = Mapping::new(&spec, endpoint, table.titles(), &[]).unwrap();
    let unmatched =
        results((&spec, endpoint), (&table, &mapping), &key(), &Known(known), form, out).await.unwrap();
    assert_eq!(unmatched.rows(), 1);
    path.to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_workbook_keeps_digits_and_types() {
    if !has_python("openpyxl") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), OutputFormat::Xlsx, "results.xlsx").await;
    let script = r#"
import json, openpyxl, sys
sheet = openpyxl.load_workbook(sys.argv[1]).active
rows = list(sheet.iter_rows())
titles = [cell.value for cell in rows[0]]
print(json.dumps([{title: [cell.data_type, cell.value.date().isoformat() if cell.data_type == "d" else cell.value]
                   for title, cell in zip(titles, row)} for row in rows[1:]]))
"#;
    let rows: Vec<BTreeMap<String, (String, Value)>> =
        serde_json::from_str(&run("python3", &["-c", script, &path], "")).unwrap();
    assert_eq!(rows.len(), 8);
    let cell = |row: usize, title: &str| {
        let (kind, value) = &rows[row][title];
        (kind.as_str(), value.clone())
    };
    let text = |text: &str| ("s", Value::from(text));
    for (row, title, expected) in [
        (0, "卡号", text("6222020000000000000")),
        (0, "pyi_code", ("n", 10000.into())),
        (0, "status", text("01")),
        (0, "status.meaning", text("验证通过")),
        (0, "number", text("0110105194912310021")),
        (0, "count", ("n", 7.into())),
        // More digits than a spreadsheet keeps.
        (0, "long", text("9007199254740993")),
        (0, "amount", ("n", (-12.5).into())),
        (0, "fine", ("b", true.into())),
        (0, "born", ("d", "1949-12-31".into())),
        // Excel does not have this date.
        (0, "early", text("1899-12-31")),
        (0, "moment", text("2019-12-30T08:49:26Z")),
        (0, "tags", text(r#"["甲","乙"]"#)),
        // Text, and no formula.
        (1, "姓名", text("=1+1")),
        (1, "卡号", text("-1")),
        (1, "number", text("=cmd()")),
        (1, "status", text("202")),
        (1, "status.meaning", ("n", Value::Null)),
        (2, "count", text("many")),
        (2, "born", text("yesterday")),
        (3, "pyi_state", text("ambiguous")),
        (3, "pyi_billing", text("unknown")),
        (3, "status", ("n", Value::Null)),
        (4, "pyi_state", text("not_sent")),
        (4, "pyi_outcome", ("n", Value::Null)),
        (3, "pyi_why", text("no answer came")),
        // The outcome of another row is not shown here.
        (5, "pyi_state", text("not_sent")),
        (5, "status", ("n", Value::Null)),
        (6, "pyi_outcome", text("duplicate")),
        (6, "pyi_why", text("the same as line 2")),
        (7, "pyi_outcome", text("refused")),
    ] {
        assert_eq!(cell(row, title), expected, "{row} {title}");
    }
}

#[tokio::test]
async fn a_text_table_and_json_lines_say_the_same() {
    if !has_python("csv") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), OutputFormat::Csv, "results.csv").await;
    let script = "import csv, json, sys\nprint(json.dumps(list(csv.DictReader(open(sys.argv[1], encoding='utf-8-sig', newline='')))))";
    let rows: Vec<BTreeMap<String, String>> =
        serde_json::from_str(&run("python3", &["-c", script, &path], "")).unwrap();
    for (row, title, expected) in [
        (0, "卡号", "6222020000000000000"),
        (0, "long", "9007199254740993"),
        // A number is not a formula; text that begins like one may be.
        (0, "amount", "-12.50"),
        (0, "fine", "true"),
        (0, "born", "1949-12-31"),
        (1, "姓名", "'=1+1"),
        (4, "卡号", "'＝1+1"),
        (1, "卡号", "'-1"),
        (1, "number", "'=cmd()"),
        (1, "status.meaning", ""),
        (4, "pyi_state", "not_sent"),
    ] {
        assert_eq!(rows[row][title], expected, "{row} {title}");
    }
    let path = write(folder.path(), OutputFormat::Jsonl, "results.jsonl").await;
    let text = std::fs::read_to_string(path).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 8);
    assert_eq!((&lines[0]["line"], &lines[0]["row"]["姓名"]), (&2.into(), &"张三".into()));
    // The payload with all its digits.
    assert!(text.contains("\"long\":9007199254740993") && text.contains("\"amount\":-12.50"));
    assert_eq!((&lines[3]["state"], &lines[3]["billing"]), (&"ambiguous".into(), &"unknown".into()));
    assert_eq!(lines[4]["data"], Value::Null);
}

/// Values that do not fit into a cell are reported, and nothing is cut.
#[tokio::test]
async fn a_workbook_says_what_it_cannot_hold() {
    let folder = tempfile::tempdir().unwrap();
    let spec = spec();
    let people = folder.path().join("people.csv");
    std::fs::write(&people, "姓名\n张三\n").unwrap();
    let table = Table::open(&people).unwrap();
    let long = format!("{{\"number\":\"{}\"}}", "9".repeat(32_768));
    let known = Known(BTreeMap::from([(2, ("张三", data(&long)))]));
    let mapping = Mapping::new(&spec, spec.endpoint("kinds").unwrap(), table.titles(), &[]).unwrap();
    let (endpoint, table) = ((&spec, spec.endpoint("kinds").unwrap()), (&table, &mapping));
    let out = || File::create(folder.path().join("results")).unwrap();
    let error =
        results(endpoint, table, &key(), &known, OutputFormat::Xlsx, out()).await.unwrap_err().to_string();
    assert!(error.contains("line 2") && error.contains("use .csv or .jsonl"), "{error}");
    results(endpoint, table, &key(), &known, OutputFormat::Csv, out()).await.unwrap();
}
