//! Unusual tables: two encodings in one file, workbooks that unpack to gigabytes, hidden rows.
//! Python writes them.

use std::path::Path;

use pyi_batch::{Mapping, Plan, Table, plan};
use pyi_codegen::Input;

use crate::support::{has_python, pyi, run};

fn planned(path: &Path) -> Plan {
    let (spec, _) = pyi_codegen::load(Input::Texts(pyi::SPEC));
    let endpoint = spec.endpoint("id_card_two_factor").unwrap();
    let table = Table::open(path).unwrap();
    let mapping = Mapping::new(&spec, endpoint, table.titles(), &[]).unwrap();
    plan((&spec, endpoint), &table, &mapping).unwrap()
}

#[test]
fn a_table_of_two_encodings_is_refused_at_the_line_that_differs() {
    if !has_python("csv") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("people.csv");
    let write = |script: &str| {
        run("python3", &["-c", script, path.to_str().unwrap()], "");
        Table::open(&path)
    };
    for (script, why) in [
        // One row of GB18030 in UTF-8, one cell of it, and the reverse; a name in each encoding.
        (
            "rows = [('utf8', '姓名,n')] + [('utf8', '张三,1')] * 50 + [('gb18030', '李四,1')]",
            "it is UTF-8, but line 52 looks otherwise",
        ),
        (
            "rows = [('utf8', '姓名,n'), ('utf8', '张三,'), ('gb18030', '李四,1')]",
            "it is UTF-8, but line 3 looks otherwise",
        ),
        (
            "rows = [('gb18030', '姓名,n')] + [('gb18030', '张三,1')] * 50 + [('utf8', '李四,1')]",
            "but line 52 looks like UTF-8",
        ),
        (
            "rows = [('gb18030', 'a,n')] + [('gb18030', '张三,1')] * 90000 + [('utf8', '李四,1')]",
            "but line 90002 looks like UTF-8",
        ),
        ("rows = [('utf8', '姓名,n'), ('latin-1', 'Müller,1')]", "it is UTF-8, but line 2 looks otherwise"),
        // Two bytes of UTF-8 that are a Chinese character in GB18030.
        (
            "rows = [('gb18030', '姓名,n')] + [('gb18030', '张三,1')] * 50 + [('utf8', 'José,1')]",
            "but line 52 looks like UTF-8",
        ),
        (
            "rows = [('gb18030', '姓名,n')] * 9 + [('utf8', 'Иван,1'), ('gb18030', '张三,1')]",
            "but line 10 looks like UTF-8",
        ),
        ("rows = [('gb18030', '姓名,n')] * 9 + [('utf8', 'Żółć,1')]", "but line 10 looks like UTF-8"),
    ] {
        let script = format!(
            "import sys\n{script}\nopen(sys.argv[1], 'wb').write(b''.join((row + '\\n').encode(code) for code, row in rows))"
        );
        let error = write(&script).unwrap_err().to_string();
        assert!(error.contains(why) && error.contains("save the whole table as UTF-8"), "{script}: {error}");
        assert!(!error.contains("李四") && !error.contains("张三"), "{error}");
    }
    // Names of two and three common characters from Python's random: none is taken for UTF-8.
    let script = "import random, sys\nrandom.seed(1949)
common = [bytes([a, b]).decode('gb2312') for a in range(0xb0, 0xd7) for b in range(0xa1, 0xfe)]
names = [''.join(random.choices(common, k=random.choice([2, 3]))) for _ in range(200000)]
rare = ['A某', 'B某某', 'T茅台', '联通', '邕宁', '欧阳·甲', '㐂', '𠮷野']
open(sys.argv[1], 'wb').write(('姓名,n\\n' + ''.join(name + ',1\\n' for name in names + rare)).encode('gb18030'))";
    let table = write(script).unwrap();
    assert_eq!(table.read_as().to_string(), "CSV, GB18030, commas");
    let last = table.rows().unwrap().last().unwrap().unwrap();
    assert_eq!(last.cells[0].text, "𠮷野");
}

#[test]
fn a_table_of_too_many_columns_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wide.csv");
    std::fs::write(&path, format!("姓名,身份证号\n张三,1{}\n", ",".repeat(1000))).unwrap();
    let table = Table::open(&path).unwrap();
    let error = table.rows().unwrap().next().unwrap().unwrap_err().to_string();
    assert!(error.contains("line 2 has more than 1000 columns"), "{error}");
    std::fs::write(&path, "a,".repeat(1001)).unwrap();
    assert!(Table::open(&path).unwrap_err().to_string().contains("line 1 has more than 1000 columns"));
}

/// Makes workbooks that unpack to more than their size: each with its name, its file, and the
/// message of its refusal.
const BOMBS: &str = r#"
import io, json, openpyxl, struct, sys, zipfile
folder = sys.argv[1]
book = openpyxl.Workbook()
book.active.append(['姓名', '身份证号'])
book.active.append(['张三', '11010519491231002X'])
plain = io.BytesIO(); book.save(plain)
def write(name, parts, more=0):
    path = f'{folder}/{name}.xlsx'
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED, compresslevel=1) as out, zipfile.ZipFile(plain) as old:
        for entry in old.namelist():
            if entry not in parts: out.writestr(entry, old.read(entry))
        for entry, data in parts.items(): out.writestr(entry, data)
        for index in range(more): out.writestr(f'xl/media/{index}.png', b'')
    return path
NS = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHEET, STRINGS, STYLES = 'xl/worksheets/sheet1.xml', 'xl/sharedStrings.xml', 'xl/styles.xml'
def sheet(data, head=b''):
    return b'<worksheet ' + NS + b'>' + head + b'<sheetData>' + data + b'</sheetData></worksheet>'
def sst(data): return b'<sst ' + NS + b'>' + data + b'</sst>'
people = b'<row r="1"><c r="A1" t="inlineStr"><is><t>bank_name</t></is></c><c r="B1" t="inlineStr"><is><t>bank_id</t></is></c></row>' \
         b'<row r="2"><c r="A2" t="inlineStr"><is><t>a</t></is></c><c r="B2" t="inlineStr"><is><t>1</t></is></c></row>'
far = b'<row r="%d"><c r="%s%d"><v>1</v></c></row>'
bombs = [
    ('strings', write('strings', {STRINGS: sst(b'<si><t>a</t></si>' * 3000000)}), '24 MiB of texts'),
    ('empty_strings', write('empty_strings', {STRINGS: sst(b'<si/>' * 12000000)}), '24 MiB of texts'),
    ('inflated', write('inflated', {STRINGS: sst(b'<!--' + b' ' * 200000 + b'-->') , 'xl/media/a.png': b'\0' * (480 << 20)}), '64 MiB once it is unpacked'),
    ('one_string', write('one_string', {STRINGS: sst(b'<si><t>' + b'a' * (480 << 20) + b'</t></si>')}), '256 KiB in a text'),
    ('late_string', write('late_string', {STRINGS: b'a' * 100000 + sst(b'<si><t>a</t></si>' * 3000000)}), '24 MiB of texts'),
    ('one_tag', write('one_tag', {STYLES: b'<styleSheet ' + NS + b' a="' + b'a' * (60 << 20) + b'"/>'}), '256 KiB in a text'),
    ('styles', write('styles', {STYLES: b'<styleSheet ' + NS + b'><cellXfs>' + b'<xf/>' * 8000000 + b'</cellXfs></styleSheet>'}), '30000 styles'),
    ('corner', write('corner', {SHEET: sheet(people + far % (1048576, b'XFD', 1048576))}), '100000 rows'),
    ('wide', write('wide', {SHEET: sheet(people + b''.join(far % (row, b'XFD', row) for row in range(3, 90000)))}), '1000 columns'),
    ('gaps', write('gaps', {SHEET: sheet(people + b''.join(far % (row, b'ALL', row) for row in range(3, 90000)))}), '2000000 cells'),
    ('rows', write('rows', {SHEET: sheet(people + b'<row/>' * 9000000)}), '1000000 rows'),
    ('cells', write('cells', {SHEET: sheet(people + b'<row>' + b'<c/>' * 9000000 + b'</row>')}), '2000000 cells'),
    ('deep', write('deep', {SHEET: sheet(b'<row><c>' + b'<a>' * 5000000)}), '64 elements within each other'),
    ('again', write('again', {STRINGS: sst(b'<si><t>' + b'a' * 30000 + b'</t></si>'),
        SHEET: sheet(b''.join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (row, row) for row in range(1, 90000)))}), '16 MiB of text'),
    ('parts', write('parts', {}, more=60000), '1000 parts'),
]
# What the file says of its sizes is no more than that.
path = write('lying', {STRINGS: sst(b'<si><t>a</t></si>' * 3000000)})
data = bytearray(open(path, 'rb').read())
for mark, at in ((b'PK\3\4', 22), (b'PK\1\2', 24)):
    place = data.find(mark)
    while place >= 0:
        data[place + at:place + at + 4] = struct.pack('<I', 100)
        place = data.find(mark, place + 4)
open(path, 'wb').write(data)
bombs.append(('lying', path, 'save'))
# What only says that it is large is not.
write('dimension', {SHEET: sheet(people, b'<dimension ref="A1:XFD1048576"/>')})
long = openpyxl.Workbook(write_only=True)
rows = long.create_sheet('long')
rows.append(['姓名', '身份证号', 'c', 'd', 'e'])
for row in range(20000): rows.append([f'张{row}号', f'{row:018}', row, f'some note of {row}', 'x'])
long.save(f'{folder}/long.xlsx')
plain.seek(0); open(f'{folder}/plain.xlsx', 'wb').write(plain.read())
print(json.dumps(bombs))
"#;

/// The program's exit code, its output, its peak memory in KiB, and its seconds.
fn measured(table: &str) -> (i32, String, u64, f64) {
    let script = "import json, resource, subprocess, sys, time
begin = time.monotonic()
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps([done.returncode, done.stdout + done.stderr, peak, time.monotonic() - begin]))";
    let pyi = pyi().get_program().to_str().unwrap().to_owned();
    let arguments = ["-c", script, &pyi, "batch", "plan", table, "--endpoint", "id_card_two_factor"];
    serde_json::from_str(&run("python3", &arguments, "")).unwrap()
}

#[test]
fn a_workbook_that_unpacks_to_gigabytes_is_refused_in_little_memory() {
    if !has_python("openpyxl") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let bombs = run("python3", &["-c", BOMBS, folder.path().to_str().unwrap()], "");
    let bombs: Vec<(String, String, String)> = serde_json::from_str(&bombs).unwrap();
    let (code, said, base, _) = measured(&path("plain.xlsx"));
    assert_eq!(code, 0, "{said}");
    println!("a table of one row: {base} KiB");
    for (name, file, words) in &bombs {
        let (code, said, peak, seconds) = measured(file);
        println!(
            "{name}: {} bytes, {} KiB more, {seconds:.2} s",
            std::fs::metadata(file).unwrap().len(),
            peak.saturating_sub(base)
        );
        assert!(
            code == 2 && (said.contains(words) && said.contains("save") || name == "lying"),
            "{name}: {code} {said}"
        );
        assert!(peak < base + (64 << 10), "{name}: {peak} KiB, and {base} KiB for a table of one row");
    }
    for name in ["dimension.xlsx", "long.xlsx"] {
        let (code, said, peak, seconds) = measured(&path(name));
        println!("{name}: {} KiB more, {seconds:.2} s", peak.saturating_sub(base));
        assert_eq!(code, 0, "{name}: {said}");
        assert!(peak < base + (64 << 10), "{name}: {peak} KiB, and {base} KiB for a table of one row");
    }
}

/// Rows, columns and sheets that are hidden or filtered away, as Excel and openpyxl write them.
#[test]
fn what_nobody_sees_in_a_workbook_is_not_sent_unasked() {
    if !has_python("openpyxl") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let script = "import openpyxl, sys, zipfile
def book(name, change):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = '名 & 单'
    sheet.append(['姓名', '身份证号', '备注'])
    for row in range(8): sheet.append([f'张{row}号', '11010519491231002X', 'x'])
    change(book, sheet)
    book.save(f'{sys.argv[1]}/{name}.xlsx')
def rows(book, sheet):
    sheet.row_dimensions[3].hidden = True
    sheet.auto_filter.ref = 'A1:C9'
    sheet.auto_filter.add_filter_column(0, ['张7号'])
    for row in (7, 8): sheet.row_dimensions[row].hidden = True
def column(book, sheet): sheet.column_dimensions['A'].hidden = True
def unused(book, sheet): sheet.column_dimensions['C'].hidden = True
def sheets(book, sheet):
    sheet.sheet_state = 'hidden'
    other = book.create_sheet('seen')
    other.append(['姓名', '身份证号']); other.append(['李四', '11010519491231002X'])
def very(book, sheet):
    sheet.sheet_state = 'veryHidden'
    book.create_sheet('blank')
for name in (rows, column, unused, sheets, very): book(name.__name__, name)
# A row of no height, which openpyxl does not write.
path = f'{sys.argv[1]}/rows.xlsx'
with zipfile.ZipFile(path) as old: parts = {name: old.read(name) for name in old.namelist()}
sheet = 'xl/worksheets/sheet1.xml'
assert b'<row r=\"5\"' in parts[sheet]
parts[sheet] = parts[sheet].replace(b'<row r=\"5\"', b'<row r=\"5\" ht=\"0\" customHeight=\"1\"')
with zipfile.ZipFile(path, 'w') as new: [new.writestr(name, data) for name, data in parts.items()]";
    run("python3", &["-c", script, folder.path().to_str().unwrap()], "");
    for (name, all, hidden, read_as) in [
        ("rows", 8, 4, "Excel, sheet 名 & 单"),
        ("column", 8, 8, "Excel, sheet 名 & 单"),
        ("unused", 8, 0, "Excel, sheet 名 & 单"),
        ("sheets", 1, 0, "Excel, sheet seen; not read: 名 & 单 (hidden)"),
        ("very", 8, 8, "Excel, sheet 名 & 单 (hidden)"),
    ] {
        let file = path(&format!("{name}.xlsx"));
        let plan = planned(&file);
        assert_eq!((plan.rows, plan.hidden, plan.to_send), (all, hidden, all - hidden), "{name}");
        assert_eq!(Table::open(&file).unwrap().read_as().to_string(), read_as);
        let table = Table::open(&file).unwrap().include_hidden(true);
        assert!(
            table.rows().unwrap().all(|row| row.unwrap().cells.iter().all(|cell| !cell.hidden)),
            "{name}"
        );
    }
    let lines: Vec<u64> = planned(&path("rows.xlsx")).faults.iter().map(|fault| fault.line).collect();
    assert_eq!(lines, [3, 5, 7, 8]);
    let file = path("rows.xlsx").to_str().unwrap().to_owned();
    let batch = |more: &[&str]| {
        let mut command = pyi();
        let command =
            command.args(["batch", more[0], &file, "--endpoint", "id_card_two_factor"]).args(&more[1..]);
        let output = command.env("XDG_STATE_HOME", path("state")).output().unwrap();
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
    };
    let said = batch(&["plan"]);
    assert!(said.contains("8 rows: 4 to send") && said.contains("4 of them are hidden"), "{said}");
    assert!(said.contains("line 3: `bank_id` is hidden in the workbook"), "{said}");
    assert!(batch(&["plan", "--include-hidden"]).contains("8 rows: 8 to send"));
    let results = path("results.csv").to_str().unwrap().to_owned();
    let run = ["run", "--sandbox", "--budget", "9", "-o", &results];
    let said = batch(&run);
    assert!(said.contains("sent 4, answered before 0, refused 4"), "{said}");
    assert!(std::fs::read_to_string(&results).unwrap().contains("is hidden in the workbook"));
    let said = batch(&[&run[..], &["--include-hidden"]].concat());
    assert!(said.contains("sent 4, answered before 4, refused 0"), "{said}");
}

/// Invisible characters, and values that are not names.
#[test]
fn values_that_cannot_be_seen_or_have_no_end_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("people.csv");
    let refused = |name: &str| {
        std::fs::write(&path, format!("姓名,身份证号\n\"{name}\",11010519491231002X\n")).unwrap();
        let plan = planned(&path);
        assert_eq!(plan.to_send + plan.unfit, 1);
        plan.faults.first().map(ToString::to_string)
    };
    for (name, why) in [
        ("张\u{200b}三", "U+200B"),
        ("张\u{202e}三", "U+202E"),
        ("张\u{7}三", "U+0007"),
        ("张\u{ad}三", "U+00AD"),
        ("张\u{e0041}三", "U+E0041"),
        (&"张".repeat(3000)[..], "500 characters"),
    ] {
        let fault = refused(name).unwrap();
        assert!(fault.contains(why) && !fault.contains('张'), "{fault}");
    }
    // The dot of names, characters beyond the first 65536, fifty of them.
    for name in ["买买提·艾力", "𠮷野三", &"阿".repeat(50)] {
        assert_eq!(refused(name), None);
    }
}
