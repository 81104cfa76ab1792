//! Trees of fields on imported pages, in any notation, compared with trees that were written by
//! hand; and files with a fault.

use std::fs;

use pyi_import::{Imported, import};
use serde_yaml::Value;

use crate::import::{escaped, folder_of, imported, page_of, spec};
use crate::support::{pyi, root};

/// The fields of a map of YAML, as `a b(c d) e[f]`: round brackets hold an object's fields, square
/// ones those of a list's objects.
fn shape(fields: &Value) -> String {
    let one = |(name, field): (&Value, &Value)| {
        let name = name.as_str().unwrap();
        match (&field["fields"], &field["of"]["fields"]) {
            (Value::Null, Value::Null) => name.to_owned(),
            (Value::Null, fields) => format!("{name}[{}]", shape(fields)),
            (fields, _) => format!("{name}({})", shape(fields)),
        }
    };
    fields.as_mapping().unwrap().iter().map(one).collect::<Vec<_>>().join(" ")
}

#[test]
fn trees_keep_their_depth() {
    let table = [
        ("company_search.html", "total items[企业名称 法人(title) tags] options[key]"),
        ("course_plan.txt", "teacher(name office(room) floor) weeks[days[hour] note] count odd"),
        ("parcel_route.md", "route(from stops[name times]) weight(unit value) stray"),
        (
            "express.md",
            "number state signed updated day sender(city code) traces[text moment] photos[url] weight",
        ),
    ];
    for (page, expected) in table {
        let Imported { yaml, .. } = imported(&root().join("tests/pages").join(page));
        let read: Value = serde_yaml::from_str(&yaml).unwrap();
        assert_eq!(shape(&read["response"]), expected, "{page}:\n{yaml}");
    }
    let Imported { yaml, .. } = imported(&root().join("tests/pages/station_board.txt"));
    let read: Value = serde_yaml::from_str(&yaml).unwrap();
    assert_eq!(
        shape(&read["response"][0]),
        "train stops[name platform(number)] data",
        "a list as a whole:\n{yaml}"
    );
}

/// One tree, in every notation of pages.
#[test]
fn a_tree_is_the_same_tree_however_it_is_drawn() {
    let rows = [
        (0, "top", "object"),
        (1, "a", "string"),
        (1, "list", "array[object]"),
        (2, "b", "int"),
        (2, "c", "object"),
        (3, "d", "string"),
        (1, "e", "string"),
        (0, "f", "string"),
    ];
    let paths = ["top", "top.a", "top.list", "top.list[].b", "top.list[].c", "top.list[].c.d", "top.e", "f"];
    let numbers = ["1", "1.1", "1.2", "1.2.1", "1.2.2", "1.2.2.1", "1.3", "2"];
    let named = |lead: &dyn Fn(usize) -> String| {
        rows.map(|(depth, name, _)| format!("{}{name}", lead(depth))).to_vec()
    };
    let drawn = |bar: &str, blank: &str, branch: &str, last: &str| {
        let leads = [
            "".to_owned(),
            branch.to_owned(),
            branch.to_owned(),
            format!("{bar}{branch}"),
            format!("{bar}{last}"),
            format!("{bar}{blank}{last}"),
            last.to_owned(),
            "".to_owned(),
        ];
        leads.iter().zip(rows).map(|(lead, (_, name, _))| format!("{lead}{name}")).collect::<Vec<_>>()
    };
    let names = [
        paths.map(str::to_owned).to_vec(),
        paths.map(|path| path.replace("[]", "[0]")).to_vec(),
        numbers.iter().zip(rows).map(|(number, (_, name, _))| format!("{number} {name}")).collect(),
        named(&|depth| "　".repeat(depth)),
        named(&|depth| "\u{a0}".repeat(4 * depth)),
        named(&|depth| "-".repeat(depth)),
        named(&|depth| "--".repeat(depth) + " "),
        named(&|depth| "　".repeat(depth) + if depth > 0 { "∟" } else { "" }),
        named(&|depth| "│ ".repeat(depth)),
        named(&|depth| ">".repeat(depth)),
        drawn("│  ", "   ", "├─ ", "└─ "),
        drawn("│", "　", "├", "└"),
        drawn("┃　", "　　", "┣━", "┗━"),
        drawn("|   ", "    ", "|-- ", "`-- "),
    ];
    let expected = "top(a list[b c(d)] e) f";
    let read = |page: &str| {
        let Imported { yaml, .. } = import(page.as_bytes(), &spec()).unwrap();
        let read: Value = serde_yaml::from_str(&yaml).unwrap();
        (shape(&read["response"]), yaml)
    };
    for names in &names {
        let html = names.iter().zip(rows).map(|(name, (_, _, kind))| {
            let name = escaped(name).replace(' ', "&nbsp;");
            format!("<tr>\n  <td>{name}</td><td>{kind}</td><td>说明</td><td></td></tr>")
        });
        let (found, yaml) = read(&page_of(&html.collect::<String>()));
        assert_eq!(found, expected, "{names:?}\n{yaml}");
        let head = "接口地址:https://h/pyi/1/2\n\n返回参数:\n\n";
        let text = |gap: &str| {
            let rows =
                names.iter().zip(rows).map(|(name, (_, _, kind))| format!("{name}{gap}{kind}{gap}说明\n"));
            format!("{head}{}\n{}\n完\n", ["名称", "类型", "说明"].join(gap), rows.collect::<String>())
        };
        for gap in ["\t", "   "] {
            let (found, yaml) = read(&text(gap));
            assert_eq!(found, expected, "{}{yaml}", text(gap));
        }
        let cells = names.iter().zip(rows).map(|(name, (_, _, kind))| {
            // In Markdown, a line is drawn with an escape, and a backtick marks code.
            let name = name.replace(['|', '`'], "\\|").replace(' ', "&nbsp;");
            format!("| {name} | {kind} | 说明 |\n")
        });
        let markdown =
            format!("{head}| 名称 | 类型 | 说明 |\n| --- | --- | --- |\n{}\n完\n", cells.collect::<String>());
        let (found, yaml) = read(&markdown);
        assert_eq!(found, expected, "{markdown}{yaml}");
    }
    for style in ["padding-left: {}px", "text-indent:{}em"] {
        let html = rows.map(|(depth, name, kind)| {
            let style = style.replace("{}", &(20 * depth).to_string());
            format!(
                "<tr><td><span style=\"{style}\">{name}</span></td><td>{kind}</td><td></td><td></td></tr>"
            )
        });
        let (found, yaml) = read(&page_of(&html.concat()));
        assert_eq!(found, expected, "{style}\n{yaml}");
    }
}

/// An uncertain place is noted at the field, and reported.
#[test]
fn an_unclear_place_is_said_at_the_field() {
    let Imported { yaml, notes } = imported(&root().join("tests/pages/course_plan.txt"));
    for (field, words) in
        [("floor", "set in less far than office"), ("odd", "inside of count, which it calls String")]
    {
        let line = yaml.lines().find(|line| line.trim_start().starts_with(&format!("{field}: {{"))).unwrap();
        assert!(line.split_once(" # ").unwrap().1.contains(words), "{line}");
        assert!(notes.iter().any(|note| note.contains(field) && note.contains(words)), "{notes:?}");
    }
}

/// A fault that only a person can correct: the file is written with it, and the comment's remedy
/// corrects it.
#[test]
fn a_page_with_a_fault_is_written_with_the_fault_at_its_place() {
    let rows =
        [("a", "object"), ("a.b", "object"), ("a.b.x", "string"), ("a_b", "object"), ("a_b.y", "string")];
    let rows = rows.map(|(name, kind)| format!("<tr><td>{name}</td><td>{kind}</td><td></td><td></td></tr>"));
    let folder = folder_of("path: /pyi/9/9\n");
    let (page, file) = (folder.path().join("page.html"), folder.path().join("endpoints/imported.yaml"));
    fs::remove_file(&file).unwrap();
    fs::write(&page, page_of(&rows.concat())).unwrap();
    let shown = folder.path().to_str().unwrap();
    let import =
        |more: &[&str]| pyi().args(["import", "--spec", shown]).arg(&page).args(more).output().unwrap();
    let output = import(&["-o", file.to_str().unwrap()]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("error[E30 same-rust-name]") && said.contains("has 1 fault(s)"), "{said}");
    let yaml = fs::read_to_string(&file).unwrap();
    let (at, fault) = yaml.lines().enumerate().find(|(_, line)| line.contains("# Fault: E30")).unwrap();
    let (_, rename) = fault.split_once("write `").unwrap();
    let (rename, _) = rename.split_once('`').unwrap();
    let mut lines: Vec<&str> = yaml.lines().collect();
    assert!(lines[at + 1].trim_start() == "a_b:", "{yaml}");
    let rename = format!("    {rename}");
    lines.insert(at + 2, &rename);
    fs::write(&file, lines.join("\n")).unwrap();
    let lint = pyi().args(["lint", "--spec", shown]).output().unwrap();
    assert!(lint.status.success(), "{}", String::from_utf8_lossy(&lint.stdout));
    // On stdout too; another merge adds nothing.
    fs::write(&file, &yaml).unwrap();
    let merged = import(&["-o", file.to_str().unwrap(), "--merge"]);
    assert_eq!((merged.status.code(), fs::read_to_string(&file).unwrap()), (Some(1), yaml.clone()));
    let printed = import(&[]);
    assert_eq!((printed.status.code(), String::from_utf8(printed.stdout).unwrap()), (Some(1), yaml));
}
