//! Tables that other programs wrote (Python's csv and openpyxl), and the plan of a run of them.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use pyi_batch::{Mapping, SkipReason, Table, plan};
use pyi_codegen::{Input, ir};
use serde_json::Value;

use crate::support::{has_python, pyi, run};

fn spec() -> ir::Provider {
    pyi_codegen::load(Input::Texts(pyi::SPEC)).0
}

/// Writes CSV by Python: each row as JSON has it.
fn csv(folder: &Path, encoding: &str, delimiter: &str, rows: &[Vec<String>]) -> PathBuf {
    let path = folder.join(format!("{encoding}-{}.csv", delimiter.escape_default()));
    let script = "import csv, json, sys\nwith open(sys.argv[1], 'w', encoding=sys.argv[2], newline='') as file:\n    \
                  csv.writer(file, delimiter=sys.argv[3]).writerows(json.load(sys.stdin))";
    run(
        "python3",
        &["-c", script, path.to_str().unwrap(), encoding, delimiter],
        &serde_json::to_string(rows).unwrap(),
    );
    path
}

fn cells(table: &Table) -> Vec<Vec<String>> {
    let rows =
        table.rows().unwrap().map(|row| row.unwrap().cells.into_iter().map(|cell| cell.text).collect());
    rows.collect()
}

fn rows(rows: &[&[&str]]) -> Vec<Vec<String>> {
    rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect()
}

#[test]
fn tables_of_every_encoding_and_delimiter_are_read_as_python_wrote_them() {
    if !has_python("csv") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let written = rows(&[
        &["姓名", "身份证号", "备注"],
        &["张三", "11010519491231002X", "a,b;c\td"],
        &["李四", "110105194912310038", "\"in quotes\" and 中文，标点"],
        &["", "", ""],
        &["欧阳甲乙", "110105194912310054", "over\ntwo lines"],
    ]);
    for (encoding, named) in [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("gb18030", "GB18030"),
        ("gbk", "GB18030"),
        ("utf-16", "UTF-16LE"),
    ] {
        for (delimiter, called) in [(",", "commas"), (";", "semicolons"), ("\t", "tabs")] {
            let table = Table::open(&csv(folder.path(), encoding, delimiter, &written)).unwrap();
            assert_eq!(table.read_as().to_string(), format!("CSV, {named}, {called}"));
            assert_eq!(table.titles(), written[0]);
            let filled: Vec<Vec<String>> =
                written[1..].iter().filter(|row| !row[0].is_empty()).cloned().collect();
            assert_eq!(cells(&table), filled, "{encoding} {called}");
            let lines: Vec<u64> = table.rows().unwrap().map(|row| row.unwrap().line).collect();
            assert_eq!(lines, [2, 3, 5]);
        }
    }
}

/// A file can change its encoding long after the part that is examined first.
#[test]
fn an_encoding_is_that_of_the_whole_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("late.csv");
    let mut bytes = b"bank_id,bank_name\n".to_vec();
    bytes.extend(b"1,a\n".repeat(100_000));
    bytes.extend(b"2,\xd5\xc5\xc8\xfd\n");
    std::fs::write(&path, bytes).unwrap();
    let table = Table::open(&path).unwrap();
    assert_eq!(table.read_as().to_string(), "CSV, GB18030, commas");
    assert_eq!(cells(&table).pop().unwrap(), ["2", "张三"]);
}

#[test]
fn workbooks_are_read_as_a_person_sees_them() {
    if !has_python("openpyxl") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let script = "import sys, openpyxl, datetime
book = openpyxl.Workbook()
book.active.title = 'empty'
sheet = book.create_sheet('people')
sheet.append(['身份证号码', '姓名', 'when', 'n'])
sheet.append(['11010519491231002X', '张三', datetime.date(1949, 12, 31), 1.5])
sheet.append([110105194912310021, ' 李四 ', None, 42])
sheet.append([])
sheet.append(['\\t110105194912310038', '王五', True, '=1+1'])
book.create_sheet('other').append(['x'])
book.save(sys.argv[1])
long = openpyxl.Workbook(write_only=True)
sheet = long.create_sheet('long')
for row in range(100002): sheet.append([row])
long.save(sys.argv[2])";
    let (book, long) = (folder.path().join("people.xlsx"), folder.path().join("long.xlsx"));
    run("python3", &["-c", script, book.to_str().unwrap(), long.to_str().unwrap()], "");
    let table = Table::open(&book).unwrap();
    assert_eq!(table.read_as().to_string(), "Excel, sheet people; not read: other");
    assert_eq!(table.titles(), ["身份证号码", "姓名", "when", "n"]);
    let read: Vec<_> = table.rows().unwrap().map(Result::unwrap).collect();
    assert_eq!(read.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 3, 5]);
    let first = cells(&table);
    assert_eq!(first[0], ["11010519491231002X", "张三", "1949-12-31", "1.5"]);
    assert_eq!(&first[1][1..], ["李四", "", "42"]);
    assert_eq!(first[2][..2], ["110105194912310038", "王五"]);
    assert!(read[1].cells[0].rounded && !read[0].cells[0].rounded && !read[1].cells[3].rounded);
    let error = Table::open(&long).unwrap_err().to_string();
    assert!(error.contains("more than 100000 rows; save it as CSV"), "{error}");
}

#[test]
fn what_is_no_table_is_refused_with_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes, why) in [
        ("empty", &b""[..], "it is empty"),
        ("blank", b",,,\n1,2\n", "its first row is blank"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "save it as .xlsx or as CSV"),
        ("zip", b"PK\x03\x04nonsense", "cannot be read as a workbook"),
        ("picture", b"\x89PNG\r\n\x1a\n\0\0\0\x0d", "no table at all"),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let error = Table::open(&path).unwrap_err().to_string();
        assert!(error.contains(why), "{name}: {error}");
    }
    assert!(Table::open(&folder.path().join("none")).is_err());
}

#[test]
fn columns_are_found_by_name_and_title_and_never_guessed_between_two() {
    let spec = spec();
    let endpoint = spec.endpoint("id_card_two_factor").unwrap();
    let map = |titles: &[&str], said: &[(&str, &str)]| {
        let titles: Vec<String> = titles.iter().map(|title| (*title).to_owned()).collect();
        let said: Vec<(String, String)> =
            said.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        let mapping = Mapping::new(&spec, endpoint, &titles, &said);
        mapping
            .map(|mapping| mapping.fields.iter().map(|field| field.column).collect::<Vec<_>>())
            .map_err(|fault| fault.to_string())
    };
    assert_eq!(map(&["bank_name", "bank_id"], &[]), Ok(vec![1, 0]));
    assert_eq!(map(&["姓名", "手机", "身份证号"], &[]), Ok(vec![2, 0]));
    assert_eq!(map(&["姓　名", "身份證號碼 "], &[("bank_name", "姓 名")]), Ok(vec![1, 0]));
    assert_eq!(map(&["开户名", "BANK_ID"], &[]), Ok(vec![1, 0]));
    assert_eq!(map(&["a", "b"], &[("bank_id", "b"), ("bank_name", "a")]), Ok(vec![1, 0]));
    for (titles, said, why) in [
        (
            &["姓名", "手机"][..],
            &[][..],
            "no column is bank_id (身份证号码); say which: bank_id=TITLE; there are 姓名, 手机",
        ),
        (&["姓名", "姓名", "身份证号"], &[], "bank_name could be any of these columns: 姓名, 姓名"),
        (
            &["身份证号", "身份证号码", "姓名"],
            &[],
            "bank_id could be any of these columns: 身份证号, 身份证号码",
        ),
        (
            &["姓名", "bank_id"],
            &[("bank_id", "号码")],
            "the table has no column, or several, of the title that was given for bank_id; there are 姓名, bank_id",
        ),
        (
            &["姓名", "bank_id"],
            &[("number", "姓名")],
            "the request has no field of a name that was given; it has bank_id, bank_name",
        ),
        (&["姓名", "bank_id"], &[("bank_id", "姓名")], "the column 姓名 would be all of bank_id, bank_name"),
    ] {
        assert!(map(titles, said).unwrap_err().contains(why), "{:?}", map(titles, said));
    }
}

/// A table of people, none of them real.
const PEOPLE: &str = "\
姓名,身份证号,电话
张三,11010519491231002X,1
李四,110105194912310038,2
 张三 ,\t11010519491231002X,3
王五,110105194912310039,4
赵六,1.10105E+17,5
,110105194912310038,6
孙七,110105194912310000,7
周八,110105194912310038,8,9
\"吴九
郑十\",110105194912310038,10
李四,110105194912310038,11
冯十,110105194912310054,
";

#[test]
fn a_plan_counts_what_would_be_sent_and_says_why_the_rest_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("people.csv");
    std::fs::write(&path, PEOPLE).unwrap();
    let spec = spec();
    let endpoint = spec.endpoint("id_card_two_factor").unwrap();
    let table = Table::open(&path).unwrap();
    let mapping = Mapping::new(&spec, endpoint, table.titles(), &[]).unwrap();
    assert_eq!(mapping.unused, ["电话"]);
    let plan = plan((&spec, endpoint), &table, &mapping).unwrap();
    assert_eq!((plan.rows, plan.to_send, plan.duplicates, plan.unfit, plan.mangled), (11, 3, 2, 4, 2));
    let told: Vec<(u64, &SkipReason)> = plan.faults.iter().map(|fault| (fault.line, &fault.reason)).collect();
    let mangled = SkipReason::Mangled("bank_id".to_owned());
    assert_eq!(told[0], (4, &SkipReason::Duplicate(2)));
    assert!(
        matches!(told[1], (5, SkipReason::Unfit(why)) if why.to_string().starts_with("`bank_id` ")),
        "{told:?}"
    );
    assert_eq!(told[2], (6, &mangled));
    assert!(
        matches!(told[3], (7, SkipReason::Unfit(why)) if why.to_string().contains("`bank_name` is required")),
        "{told:?}"
    );
    assert_eq!(told[4], (8, &mangled));
    assert!(
        matches!(told[5], (9, SkipReason::Unfit(why)) if why.to_string().contains("4 cells")),
        "{told:?}"
    );
    assert!(matches!(told[6], (10, SkipReason::Unfit(why)) if why.to_string().contains("quote")), "{told:?}");
    assert_eq!(told[7], (12, &SkipReason::Duplicate(3)));
    // Three rows cost exactly 0.48 at the highest price of the tiers; the other prices of the page
    // follow.
    let price = plan.price.unwrap();
    assert_eq!(
        (price.unit_price.to_string(), price.total.to_string()),
        ("0.16".to_owned(), "0.48".to_owned())
    );
    let tiers: Vec<String> = price.tiers.iter().map(|(calls, total)| format!("{calls} {total}")).collect();
    assert_eq!(tiers, ["1000 0.48", "5000 0.42", "10000 0.33", "50000 0.30", "100000 0.27"]);
}

#[test]
fn the_program_plans_and_shows_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("people.csv");
    std::fs::write(&path, PEOPLE).unwrap();
    let path = path.to_str().unwrap();
    let plan = |more: &[&str]| {
        let arguments = [&["batch", "plan", path, "--endpoint"], more].concat();
        let output = pyi().args(arguments).output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let (code, text, _) = plan(&["id_card_two_factor"]);
    assert_eq!(code, Some(0));
    for words in [
        "CSV, UTF-8, commas",
        "bank_id is the column 身份证号, by its title in the spec",
        "not used: 电话",
        "11 rows: 3 to send, 2 twice, 4 that the spec refuses, 2 mangled",
        "at most 0.48 CNY: 3 × 0.16",
        "line 6: `bank_id` was mangled by a spreadsheet; format its column as text",
        "line 12: the same as line 3",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let (code, text_json, _) =
        plan(&["id_card_two_factor", "--format", "json", "--map", "bank_id=身份证号,bank_name=姓名"]);
    let read: Value = serde_json::from_str(&text_json).unwrap();
    assert_eq!((code, &read["to_send"], &read["price"]["total"]), (Some(0), &3.into(), &"0.48".into()));
    for shown in [text, text_json] {
        for value in ["张三", "李四", "11010519491231002X", "110105194912310038", "1.10105E+17"] {
            assert!(!shown.contains(value), "{value}: {shown}");
        }
    }
    for (more, why) in [
        (&["nothing"][..], "no endpoint has the name that was given; there are"),
        (&["bank_card"], "--map FIELD=TITLE gives a field its column"),
        (&["id_card_two_factor", "--map", "bank_id"], "--map takes FIELD=TITLE"),
    ] {
        let (code, _, said) = plan(more);
        assert_eq!((code, said.contains(why)), (Some(2), true), "{said}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    /// Cells of any text: Python's csv writes them, and they are read back.
    #[test]
    fn cells_of_any_text_come_back(written in prop::collection::vec(prop::collection::vec("[^\\p{C}\u{200b}\r]{0,12}|[,;\"\n' ]{0,4}", 3), 1..6)) {
        if !has_python("csv") {
            return Ok(());
        }
        let folder = tempfile::tempdir().unwrap();
        let mut all = rows(&[&["a", "b", "c"]]);
        all.extend(written);
        let table = Table::open(&csv(folder.path(), "utf-8", ",", &all)).unwrap();
        let blank = |c: char| c.is_whitespace() || c.is_control();
        let trimmed: Vec<Vec<String>> = all[1..].iter().map(|row| row.iter().map(|cell| cell.trim_matches(blank).to_owned()).collect()).collect();
        let expected: Vec<Vec<String>> = trimmed.into_iter().filter(|row: &Vec<String>| row.iter().any(|cell| !cell.is_empty())).collect();
        prop_assert_eq!(cells(&table), expected);
    }
}

/// Each row has a number, whatever its line ends are. A batch identifies the row by it.
#[test]
fn rows_are_numbered_however_lines_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("people.csv");
    for text in ["姓名\n甲\r\n乙\n丙\n", "姓名\r甲\r乙\r丙\r", "姓名\r\n甲\n乙\r\n\r\n丙"] {
        std::fs::write(&path, text).unwrap();
        let lines: Vec<u64> =
            Table::open(&path).unwrap().rows().unwrap().map(|row| row.unwrap().line).collect();
        assert!(
            lines.len() == 3 && lines.is_sorted_by(|first, second| first < second),
            "{text:?}: {lines:?}"
        );
    }
}

/// Values that a spreadsheet has mangled, and bytes that are not text, are neither sent nor paid
/// for.
#[test]
fn what_is_no_value_is_not_sent() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("people.csv");
    let mut text = "\u{feff}姓名,身份证号\n#N/A,11010519491231002X\n张三,#REF!\n".as_bytes().to_vec();
    text.extend(b"\xff\xfe,11010519491231002X\n");
    std::fs::write(&path, text).unwrap();
    let spec = spec();
    let endpoint = spec.endpoint("id_card_two_factor").unwrap();
    let table = Table::open(&path).unwrap();
    let mapping = Mapping::new(&spec, endpoint, table.titles(), &[]).unwrap();
    let plan = plan((&spec, endpoint), &table, &mapping).unwrap();
    assert_eq!((plan.rows, plan.to_send, plan.mangled, plan.unfit), (3, 0, 2, 1), "{:?}", plan.faults);
}

/// A code that the spec does not list is refused before it costs money: by the plan, and by a call
/// with `--check`.
#[test]
fn an_unknown_code_is_refused_before_it_costs_money() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::create_dir_all(folder.path().join("spec/endpoints")).unwrap();
    std::fs::copy(crate::support::root().join("spec/provider.yaml"), path("spec/provider.yaml")).unwrap();
    let endpoint = "path: /a\ntitle: a\nsource: a\neffect: query\nmethods: [POST]\nformats: [json]\nresponse: any\n\
                    price: {currency: CNY, tiers: {1: \"0.10\"}}\nrequest:\n  mobile: {type: string}\n  \
                    kind: {enum: {\"01\": {name: one, title: a}, \"02\": {name: two, title: b}}}\n";
    std::fs::write(path("spec/endpoints/odd.yaml"), endpoint).unwrap();
    std::fs::write(path("table.csv"), "mobile,kind\n1,01\n2,unlisted\n3,2\n4,02\n").unwrap();
    let said = |arguments: &[&str]| {
        let output = pyi().args(arguments).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        (output.status.code(), said)
    };
    let (_, plan) =
        said(&["batch", "plan", &path("table.csv"), "--endpoint", "odd", "--spec", &path("spec")]);
    for line in [3, 4] {
        assert!(
            plan.contains(&format!("line {line}: `kind` is none of the codes that the spec lists (01, 02)")),
            "{plan}"
        );
    }
    assert!(!plan.contains("line 2:") && !plan.contains("line 5:") && !plan.contains("unlisted"), "{plan}");
    let call = |kind: &str, more: &[&str]| {
        let spec = path("spec");
        let call = ["call", "--spec", &spec, "odd", "--sandbox", "--mobile", "1", "--kind", kind];
        said(&[&call, more].concat())
    };
    let (code, refused) = call("unlisted", &["--check"]);
    assert_eq!(code, Some(2), "{refused}");
    assert!(refused.contains("`kind` is none of the codes") && !refused.contains("unlisted"), "{refused}");
    assert_eq!((call("02", &["--check"]).0, call("unlisted", &[]).0), (Some(0), Some(2)));
}
