//! Imported pages: every known kind of page, each with its expected file (`tests/pages`). The files
//! are valid, are read alike by another parser, and answer in the sandbox; the input can be
//! anything.

use std::fs;
use std::path::{Path, PathBuf};

use encoding_rs::GB18030;
use proptest::prelude::*;
use pyi_codegen::{Input, ir};
use pyi_import::{Imported, faults, import, merge, with_faults};
use serde_yaml::Value;

use crate::support::{files, golden, pyi, root, skipped};

pub(crate) fn spec() -> ir::Provider {
    pyi_codegen::load(Input::Texts(pyi::SPEC)).0
}

fn pages() -> Vec<PathBuf> {
    let pages = ["html", "md", "txt"].map(|ending| files("tests/pages", ending)).concat();
    assert!(pages.len() >= 4);
    pages
}

pub(crate) fn imported(page: &Path) -> Imported {
    import(&fs::read(page).unwrap(), &spec()).unwrap()
}

#[test]
fn each_page_becomes_its_file() {
    for page in pages() {
        let Imported { yaml, notes } = imported(&page);
        let notes: String = notes.iter().map(|note| format!("#! {note}\n")).collect();
        golden(&page.with_extension("yaml"), &format!("{notes}{yaml}"));
    }
}

/// A folder with the shipped provider's file and an imported endpoint called `imported`.
pub(crate) fn folder_of(yaml: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("endpoints")).unwrap();
    fs::copy(root().join("spec/provider.yaml"), folder.path().join("provider.yaml")).unwrap();
    fs::write(folder.path().join("endpoints/imported.yaml"), yaml).unwrap();
    folder
}

#[test]
fn what_comes_out_lints_clean_and_answers_in_the_sandbox() {
    let mut pages = pages();
    pages.extend(seed());
    for page in pages {
        let folder = folder_of(&imported(&page).yaml);
        let shown = folder.path().to_str().unwrap();
        let lint = pyi().args(["lint", "--spec", shown]).output().unwrap();
        assert!(lint.status.success(), "{}: {}", page.display(), String::from_utf8_lossy(&lint.stdout));
        let (spec, _) = pyi_codegen::load(Input::Folder { path: folder.path(), shown });
        let mut arguments = ["call", "--spec", shown, "--sandbox", "imported"].map(str::to_owned).to_vec();
        for field in &spec.endpoint("imported").unwrap().request {
            arguments.push("--field".to_owned());
            arguments.push(format!("{}={}", field.wire, field.example.as_deref().unwrap_or("1")));
        }
        let call = pyi().args(&arguments).output().unwrap();
        assert!(call.status.success(), "{}: {call:?}", page.display());
    }
}

/// The provider's own page, if it is available.
fn seed() -> Option<PathBuf> {
    let page = root().join("../shared/seeds/id-card-two-factor.page.txt");
    if !page.exists() {
        skipped("the provider's page is not at hand");
        return None;
    }
    Some(page)
}

/// A person wrote the shipped spec from the provider's page; the import finds the same facts.
#[test]
fn the_providers_page_is_read_as_a_person_read_it() {
    let Some(page) = seed() else { return };
    let Imported { yaml, notes } = imported(&page);
    let folder = folder_of(&yaml);
    let (read, report) = pyi_codegen::load(Input::Folder { path: folder.path(), shown: "spec" });
    assert!(report.is_empty(), "{report}");
    let read = read.endpoint("imported").unwrap();
    let spec = spec();
    let shipped = spec.endpoint("id_card_two_factor").unwrap();
    assert_eq!((&read.path, &read.title), (&shipped.path, &shipped.title));
    assert_eq!((&read.methods, &read.formats), (&shipped.methods, &shipped.formats));
    let tiers = |endpoint: &ir::Endpoint| {
        let tiers = endpoint.price.clone().unwrap().tiers.into_iter();
        tiers.map(|(calls, price)| (calls, price.parse::<f64>().unwrap())).collect::<Vec<_>>()
    };
    assert_eq!(tiers(read), tiers(shipped));
    let fields = |fields: &[ir::Field]| -> Vec<_> {
        let fields = fields
            .iter()
            .map(|field| (field.wire.clone(), field.named.clone().filter(|name| name != "match_status")));
        fields.collect()
    };
    assert_eq!(fields(&read.request), fields(&shipped.request));
    assert_eq!(fields(read.response.fields()), fields(shipped.response.fields()));
    let noted = |words: &str| assert!(notes.iter().any(|note| note.contains(words)), "{words}: {notes:?}");
    noted("手机号机主姓名核验");
    noted("endpoints/id_card_two_factor.yaml");
    // All statuses of the page are known, and its second product's name is the only thing that does
    // not belong.
    assert!(!notes.iter().any(|note| note.contains("status that")), "{notes:?}");
}

#[test]
fn a_page_in_another_encoding_is_the_same_page() {
    let path = root().join("tests/pages/mobile_city.html");
    let text = fs::read_to_string(&path).unwrap();
    let expected = imported(&path).yaml;
    let named = text.replace("<head>", "<head><meta charset=\"gbk\">");
    let (bytes, _, lossy) = GB18030.encode(&named);
    assert!(!lossy && std::str::from_utf8(&bytes).is_err());
    assert_eq!(import(&bytes, &spec()).unwrap().yaml, expected);
    // Without a word of it, and with a byte order mark.
    assert_eq!(import(&GB18030.encode(&text).0, &spec()).unwrap().yaml, expected);
    assert_eq!(import(format!("\u{feff}{text}").as_bytes(), &spec()).unwrap().yaml, expected);
}

/// Characters that no reader sees, and that a terminal or a reader of YAML may obey.
fn unseen(c: char) -> bool {
    c.is_control()
        || matches!(c as u32, 0xad | 0x34f | 0x61c | 0x115f | 0x1160 | 0x17b4 | 0x17b5 | 0x180b..=0x180f | 0x200b..=0x200f
            | 0x2028..=0x202e | 0x2060..=0x206f | 0x3164 | 0xfeff | 0xffa0 | 0xfff0..=0xfffb | 0xfffd | 0xe0000..=0xe007f)
        || matches!(c as u32 & 0xffff, 0xfffe | 0xffff)
        || matches!(c as u32, 0xfdd0..=0xfdef)
}

/// A page with one table of the reply's fields.
pub(crate) fn page_of(rows: &str) -> String {
    format!(
        "<html><body><p>接口地址:https://h/pyi/1/2</p><p>请求方式:POST</p><p>返回格式:json</p><h1>T</h1><p>返回参数:</p><table>\
         <tr><th>名称</th><th>类型</th><th>说明</th><th>示例</th></tr>{rows}</table></body></html>"
    )
}

pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

proptest! {
    /// A cell's text is in the file as that text, as another YAML parser reads it.
    #[test]
    fn cells_arrive_as_they_are(about in any::<String>(), example in any::<String>()) {
        let page = page_of(&format!("<tr><td>x</td><td>String</td><td>{}</td><td>{}</td></tr>", escaped(&about), escaped(&example)));
        prop_assume!(!page.contains('\0'));
        let Imported { yaml, .. } = import(page.as_bytes(), &spec()).unwrap();
        prop_assert!(faults(&yaml, &spec()).is_empty(), "{}\n{}", yaml, faults(&yaml, &spec()));
        let read: Value = serde_yaml::from_str(&yaml).unwrap();
        let said = |name: &str| read["response"]["x"][name].as_str().unwrap_or_default().to_owned();
        let tidy = |text: &str| text.replace(unseen, " ").split_whitespace().collect::<Vec<_>>().join(" ");
        if tidy(&example).chars().count() <= 80 && read["response"]["x"]["type"] == "string" {
            prop_assert_eq!(said("example"), tidy(&example));
        }
        let whole = tidy(&about);
        prop_assert!(said("title") == whole || said("doc") == whole || read["response"]["x"]["type"] != "string", "{}", yaml);
    }

    /// Damaged pages are imported or refused; imported files are valid.
    #[test]
    fn broken_pages_are_read_or_refused(which in any::<prop::sample::Index>(), cuts in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..40, "(.{0,6}|[├└│∟　\\-. \t\n\\[\\]|a-b1]{0,12})"), 0..6)) {
        let mut text: Vec<char> = fs::read_to_string(which.get(&pages())).unwrap().chars().collect();
        for (at, length, new) in cuts {
            let start = at.index(text.len());
            let end = (start + length).min(text.len());
            text.splice(start..end, new.chars());
        }
        let text: String = text.into_iter().collect();
        if let Ok(Imported { yaml, .. }) = import(text.as_bytes(), &spec()) {
            let faults = faults(&yaml, &spec());
            // Two names may become one in Rust, which only a person can resolve.
            prop_assert!(faults.is_empty() || faults.to_string().contains("rename"), "{}\n{}", yaml, faults);
            prop_assert!(serde_yaml::from_str::<Value>(&yaml).is_ok());
            prop_assert!(!yaml.contains(|c| c != '\n' && unseen(c)), "{:?}", yaml);
            let (marked, again) = with_faults(&yaml, &spec());
            prop_assert!(again.diagnostics().len() == faults.diagnostics().len(), "{}\n{}", marked, again);
            prop_assert!(merge(text.as_bytes(), &yaml, &spec()).is_ok_and(|merged| merged.yaml == yaml), "{}", yaml);
        }
    }
}

#[test]
fn hostile_pages_are_refused_and_write_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("endpoint.yaml");
    let many = "<p>接口地址:https://h/pyi/1/2</p>".to_owned() + &"<div>".repeat(60_000);
    let table: [(&str, Vec<u8>, &str); 9] = [
        ("empty", Vec::new(), "no address of an endpoint"),
        ("blank", b" \n\t\n".to_vec(), "no address of an endpoint"),
        ("picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), "is no page"),
        ("utf16", "接口地址".encode_utf16().flat_map(u16::to_le_bytes).collect(), ""),
        ("neither", vec![0xff, 0x81, 0x20, 0xff], "neither UTF-8 nor GB18030"),
        ("large", vec![b'a'; 5 << 20], "more than 4 MiB"),
        ("many", many.into_bytes(), "more than 50000 elements"),
        (
            "elsewhere",
            "接口地址:https://h/".into(),
            "no address of an endpoint is found (an address without a path",
        ),
        ("script", "<script>接口地址:https://h/pyi/1/2</script>".into(), "no address of an endpoint"),
    ];
    for (name, bytes, why) in table {
        let page = folder.path().join(name);
        fs::write(&page, bytes).unwrap();
        let import = pyi().arg("import").arg(&page).arg("-o").arg(&output).output().unwrap();
        let said = String::from_utf8(import.stderr).unwrap();
        assert_eq!(import.status.code(), Some(1), "{name}: {said}");
        assert!(said.contains(why) && said.trim_end().ends_with("nothing is written"), "{name}: {said}");
        assert_eq!(said.lines().count(), 1, "{name}: {said}");
        assert!(import.stdout.is_empty() && !output.exists(), "{name}");
    }
}

#[test]
fn a_page_says_nothing_that_a_file_would_obey() {
    let rows = [
        ("a: {b", "String", "x", "1"),
        ("../../x", "String", "x", "1"),
        ("good", "String", "t\"}, hack: {type: string", "#\u{202e}x"),
        ("good", "String", "again", "1"),
        ("number", "Strange: [type", "x", "1"),
        ("wide", "String", &"宽".repeat(3000), &"1".repeat(3000)),
    ];
    let cells = |(name, ty, about, example): (&str, &str, &str, &str)| {
        let cells = [name, ty, about, example].map(|cell| format!("<td>{}</td>", escaped(cell)));
        format!("<tr>{}</tr>", cells.concat())
    };
    let deep = format!("{}x{}", "<b>".repeat(3000), "</b>".repeat(3000));
    let page = page_of(&rows.map(cells).concat()) + &deep;
    let Imported { yaml, notes } = import(page.as_bytes(), &spec()).unwrap();
    assert!(faults(&yaml, &spec()).is_empty(), "{yaml}\n{}", faults(&yaml, &spec()));
    let read: Value = serde_yaml::from_str(&yaml).unwrap();
    let names: Vec<&str> =
        read["response"].as_mapping().unwrap().keys().map(|key| key.as_str().unwrap()).collect();
    assert_eq!(names, ["good", "number", "wide"], "{yaml}");
    assert_eq!(read["response"]["number"]["type"], "any");
    assert!(!yaml.contains('\u{202e}'));
    for words in ["a: {b", "../../x", "a second row for good"] {
        assert!(notes.iter().any(|note| note.contains(words)), "{notes:?}");
    }
}

/// What people write in a file that a page is merged into.
const BY_HAND: &str = "\
# Ours: the team's notes stay.
path: /pyi/70/180
title: Card check   # shorter
doc: |
  Written by hand,
  over two lines.

source: the provider's page and a call of ours
effect: query
methods: [POST, GET]   # GET was seen once
formats: [json]
price: {currency: CNY, tiers: {1000: \"0.350\", 10000: \"0.31\"}}

request:
  # The card comes first.
  card_no:
    type: string
    title: Card number
    max_length: 19   # longer ones are none
  nickname: {type: string, optional: true}

response:
  fee: {type: decimal}
  # the end
";

#[test]
fn a_file_is_brought_up_to_date_and_keeps_what_people_wrote() {
    let page = fs::read(root().join("tests/pages/bank_card.html")).unwrap();
    let merged = merge(&page, BY_HAND, &spec()).unwrap();
    let expected = BY_HAND
        .replace("methods: [POST, GET]", "methods: [POST]")
        .replace("formats: [json]", "formats: [json, xml]")
        .replace("tiers: {1000: \"0.350\", 10000: \"0.31\"}", "tiers: {1000: \"0.35\", 10000: \"0.30\"}")
        .replace("\"0.30\"}}\n", "\"0.30\"}}\ncommon: {debug: true}\n")
        .replace(
            "optional: true}\n",
            "optional: true}\n  id_no: {type: resident_id}\n  real_name: {type: person_name}\n  remark: {type: string, title: 备注, doc: 原样返回, \
             example: \"a&b: \\\"c\\\" #d\", optional: true}\n",
        )
        .replace(
            "{type: decimal}\n",
            "{type: decimal}\n  bank_name: {type: string, title: 银行名称}\n  bank_level: {type: integer, title: 等级, example: \"3\"}\n  \
             extra: {type: any, title: 附加信息}   # the page says String, and shows NULL\n",
        );
    assert_eq!(merged.yaml, expected);
    for words in [
        "methods: [POST, GET] became [POST]",
        "title: the page says 银行卡三要素核验",
        "nickname is not on the page, and stays",
    ] {
        assert!(merged.notes.iter().any(|note| note.contains(words)), "{words}: {:?}", merged.notes);
    }
    assert!(faults(&merged.yaml, &spec()).is_empty());
    let again = merge(&page, &merged.yaml, &spec()).unwrap();
    assert_eq!(again.yaml, merged.yaml);
}

#[test]
fn a_file_of_any_shape_is_spliced() {
    let page = page_of(
        "<tr><td>a</td><td>String</td><td></td><td></td></tr><tr><td>b</td><td>String</td><td></td><td></td></tr>",
    );
    let head =
        "path: /pyi/1/2\ntitle: T\nsource: s\neffect: query\nmethods: [POST]\nformats: [json]\nrequest: {}\n";
    let table = [
        ("response: {}\n", "response: \n  a: {type: string}\n  b: {type: string}\n"),
        ("response: {a: {type: string}}\n", "response: {a: {type: string}, b: {type: string}}\n"),
        ("response:\n    a: {type: string}", "response:\n    a: {type: string}\n    b: {type: string}\n"),
        (
            "response:\n  a:\n    type: string\n    doc: |\n      x\n\n# end\n",
            "response:\n  a:\n    type: string\n    doc: |\n      x\n\n  b: {type: string}\n# end\n",
        ),
        ("response: any\n", "response: any\n"),
        ("", "\nresponse:\n  a: {type: string}\n  b: {type: string}\n"),
    ];
    for (old, new) in table {
        let merged = merge(page.as_bytes(), &format!("{head}{old}"), &spec()).unwrap();
        assert_eq!(merged.yaml, format!("{head}{new}"), "{old}");
        assert!(faults(&merged.yaml, &spec()).is_empty(), "{}", merged.yaml);
    }
    for (file, why) in [
        ("path: /pyi/1/3\n", "the page is of /pyi/1/2, and the file of /pyi/1/3"),
        ("title: x\n", "it has no path"),
        ("path: [\n", "it is no YAML"),
        ("", "no"),
    ] {
        let error = merge(page.as_bytes(), file, &spec()).unwrap_err().to_string();
        assert!(error.contains(why), "{file}: {error}");
    }
}

#[test]
fn the_program_writes_once_and_shows_the_difference() {
    let folder = folder_of(BY_HAND);
    let file = folder.path().join("endpoints/imported.yaml");
    let (page, file, shown) =
        (root().join("tests/pages/bank_card.html"), file.to_str().unwrap(), folder.path().to_str().unwrap());
    let page = page.to_str().unwrap();
    let run = |more: &[&str]| {
        let arguments = [&["import", "--spec", shown, page, "-o"], more].concat();
        let output = pyi().args(&arguments).output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let (code, _, said) = run(&[file]);
    assert_eq!(code, Some(2));
    assert!(said.contains("exists; --merge"), "{said}");
    assert_eq!(fs::read_to_string(file).unwrap(), BY_HAND);
    let (code, difference, _) = run(&[file, "--merge"]);
    assert_eq!(code, Some(0));
    assert!(
        difference.contains("-formats: [json]\n") && difference.contains("+formats: [json, xml]\n"),
        "{difference}"
    );
    assert!(!difference.contains("-  card_no"), "{difference}");
    let (code, said, _) = run(&[file, "--merge"]);
    assert_eq!((code, said.contains("it is up to date")), (Some(0), true), "{said}");
    let new = folder.path().join("endpoints/other.yaml");
    let (code, ..) = run(&[new.to_str().unwrap()]);
    assert_eq!(code, Some(0));
    assert!(fs::read_dir(folder.path().join("endpoints")).unwrap().count() == 2);
    let (code, _, said) = run(&["/nowhere/x.yaml"]);
    assert_eq!((code, said.contains("cannot write")), (Some(2), true), "{said}");
}
