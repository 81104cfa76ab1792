//! Tables that are not what they seem: two encodings in one file, workbooks that unpack to gigabytes, rows that nobody sees. Written by
//! Python, which knows nothing of this code.

use std::path::Path;

use pyi_batch::{Mapping, Plan, Table, plan};
use pyi_codegen::Input;

use crate::support::{has_python, run};

fn planned(path: &Path) -> Plan {
    let (spec, _) = pyi_codegen::load(Input::Texts(pyi::SPEC));
    let endpoint = spec.endpoint("id_card_two_factor").unwrap();
    let table = Table::open(path).unwrap();
    let mapping = Mapping::new(&spec, endpoint, table.titles(), &[]).unwrap();
    plan(endpoint, &table, &mapping).unwrap()
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
        // One row of GB18030 in UTF-8, one cell of it, and the other way round; a name that each encoding has.
        (
            "rows = [('utf8', '姓名,n')] + [('utf8', '张三,1')] * 50 + [('gb18030', '李四,1')]",
            "it is UTF-8, but line 52 is not",
        ),
        (
            "rows = [('utf8', '姓名,n'), ('utf8', '张三,'), ('gb18030', '李四,1')]",
            "it is UTF-8, but line 3 is not",
        ),
        (
            "rows = [('gb18030', '姓名,n')] + [('gb18030', '张三,1')] * 50 + [('utf8', '李四,1')]",
            "but line 52 is UTF-8",
        ),
        (
            "rows = [('gb18030', 'a,n')] + [('gb18030', '张三,1')] * 90000 + [('utf8', '李四,1')]",
            "but line 90002 is UTF-8",
        ),
        ("rows = [('utf8', '姓名,n'), ('latin-1', 'Müller,1')]", "it is UTF-8, but line 2 is not"),
    ] {
        let script = format!(
            "import sys\n{script}\nopen(sys.argv[1], 'wb').write(b''.join((row + '\\n').encode(code) for code, row in rows))"
        );
        let error = write(&script).unwrap_err().to_string();
        assert!(error.contains(why) && error.contains("save the whole table as UTF-8"), "{script}: {error}");
        assert!(!error.contains("李四") && !error.contains("张三"), "{error}");
    }
    // Every name of two and three common characters that Python's random has: none is taken for UTF-8.
    let script = "import random, sys\nrandom.seed(1949)
common = [bytes([a, b]).decode('gb2312') for a in range(0xb0, 0xd7) for b in range(0xa1, 0xfe)]
names = [''.join(random.choices(common, k=random.choice([2, 3]))) for _ in range(200000)]
rare = ['联通', '邕宁', '欧阳·甲', '㐂', '𠮷野']
open(sys.argv[1], 'wb').write(('姓名,n\\n' + ''.join(name + ',1\\n' for name in names + rare)).encode('gb18030'))";
    let table = write(script).unwrap();
    assert_eq!(table.read_as(), "CSV, GB18030, commas");
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
