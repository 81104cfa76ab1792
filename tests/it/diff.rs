//! `pyi diff`: each kind of change, against the compiler. Code that uses all of the old client is
//! compiled against the new one: it breaks exactly where the changes are said to break callers.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use pyi_codegen::ir::{Endpoint, Field, Provider, Response, Type};
use pyi_codegen::{ChangeClass, Extras, Input};

use serde::Deserialize;

use crate::specs::{borrowed, case_in};
use crate::support::{cargo, pyi, root};

mod git;

/// The files of the old spec.
fn base() -> Vec<(String, String)> {
    case_in(&root().join("tests/diff/base.yaml"), "tests/diff/base.yaml")
}

/// A change of the old spec: its kind, what that breaks, and the edits that make it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    kind: String,
    class: String,
    edits: Vec<Edit>,
}

/// An edit of a file: a text that it has once, and another text for it. Without `from` the file is
/// new; without `to` it is removed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    file: String,
    from: Option<String>,
    to: Option<String>,
}

impl Change {
    fn class(&self) -> ChangeClass {
        *ChangeClass::ALL.iter().find(|class| class.as_str() == self.class).unwrap()
    }
}

fn changes() -> Vec<Change> {
    serde_yaml::from_str(&std::fs::read_to_string(root().join("tests/diff/changes.yaml")).unwrap()).unwrap()
}

fn replace(file: &str, from: &str, to: &str) -> Edit {
    Edit { file: file.to_owned(), from: Some(from.to_owned()), to: Some(to.to_owned()) }
}

/// The files after a change.
fn edited(edits: &[Edit]) -> Vec<(String, String)> {
    let mut files = base();
    for Edit { file, from, to } in edits {
        match (from, to) {
            (Some(from), Some(to)) => {
                let text = &mut files.iter_mut().find(|(name, _)| name == file).unwrap().1;
                assert_eq!(text.matches(from).count(), 1, "{file} has `{from}` once");
                *text = text.replace(from, to);
            }
            (None, Some(text)) => files.push((file.clone(), text.clone())),
            (_, None) => files.retain(|(name, _)| name != file),
        }
    }
    files
}

fn provider(files: &[(String, String)]) -> Provider {
    let (provider, report) = pyi_codegen::load(Input::Texts(&borrowed(files)));
    assert!(report.is_empty(), "{report}");
    provider
}

#[test]
fn each_change_has_its_kind_its_class_and_its_places() {
    let (old, changes) = (base(), changes());
    let mut kinds = BTreeSet::new();
    for (number, change) in changes.iter().enumerate() {
        let new = edited(&change.edits);
        let (diff, faults, new_faults) =
            pyi_codegen::diff(Input::Texts(&borrowed(&old)), Input::Texts(&borrowed(&new)));
        assert!(faults.is_empty() && new_faults.is_empty(), "{number} {}: {new_faults}", change.kind);
        let found: Vec<_> = diff.changes.iter().filter(|found| found.kind == change.kind.as_str()).collect();
        let class = found.iter().map(|found| found.class).min();
        assert_eq!(class, Some(change.class()), "{number} {}: {:#?}", change.kind, diff.changes);
        // Nothing worse than what was changed.
        assert_eq!(diff.changes[0].class, change.class(), "{number} {}: {:#?}", change.kind, diff.changes);
        // Its place is in a file that was edited.
        for edit in &change.edits {
            let mut places = diff.changes.iter().flat_map(|change| [&change.old, &change.new]).flatten();
            assert!(places.any(|place| place.file == edit.file), "{number} {}: {}", change.kind, edit.file);
        }
        kinds.insert(change.kind.clone());
        // The same the other way round has changes as well, and a spec compared with itself has
        // none.
        let (back, ..) = pyi_codegen::diff(Input::Texts(&borrowed(&new)), Input::Texts(&borrowed(&old)));
        assert!(!back.changes.is_empty(), "{number} {}", change.kind);
        let (none, ..) = pyi_codegen::diff(Input::Texts(&borrowed(&new)), Input::Texts(&borrowed(&new)));
        assert_eq!(none.changes, []);
    }
    // Every kind that the code has.
    let mut in_code = BTreeSet::new();
    for file in ["api", "calls", "fields", "parameters"] {
        let code = std::fs::read_to_string(root().join(format!("codegen/src/diff/{file}.rs"))).unwrap();
        for part in code.split('"').skip(1).step_by(2) {
            let is_kind = part.contains('-') && part.chars().all(|c| c.is_ascii_lowercase() || c == '-');
            in_code.extend(is_kind.then(|| part.to_owned()));
        }
    }
    let untested: Vec<_> = in_code.iter().filter(|kind| !kinds.contains(*kind)).collect();
    assert!(untested.is_empty(), "{untested:?}");
}

/// The type of a value in Rust, as a caller writes it.
fn rust(ty: &Type) -> String {
    match ty {
        Type::String => "String".to_owned(),
        Type::Integer => "i64".to_owned(),
        Type::Decimal => "pyi_runtime::Decimal".to_owned(),
        Type::Boolean => "bool".to_owned(),
        Type::Date { .. } => "pyi_runtime::Date".to_owned(),
        Type::Timestamp => "pyi_runtime::Timestamp".to_owned(),
        Type::Bytes => "Vec<u8>".to_owned(),
        Type::Enum(name) | Type::Object(name) => name.clone(),
        Type::List(item) => format!("Vec<{}>", rust(item)),
        Type::Any => "pyi_runtime::Any".to_owned(),
    }
}

/// Code that names everything of a client that a caller can name, each with its type.
fn caller(provider: &Provider) -> String {
    let mut code = String::new();
    let mut number = 0;
    let mut function = |arguments: &str, body: &str| {
        number += 1;
        let _ = writeln!(code, "pub fn caller_{number}({arguments}) {{ {body} }}");
    };
    let literal = |name: &str, fields: &[&Field], is_optional: fn(&Field) -> bool| {
        let fields = fields.iter().map(|field| {
            let ty = rust(&field.ty);
            let ty = if is_optional(field) { format!("Option<{ty}>") } else { ty };
            format!("{}: made::<{ty}>()", field.rust)
        });
        format!("{name} {{ {} }}", fields.collect::<Vec<_>>().join(", "))
    };
    let read = |fields: &[Field]| {
        let read =
            fields.iter().map(|field| format!("let _: Option<{}> = value.{};", rust(&field.ty), field.rust));
        read.collect::<Vec<_>>().join(" ")
    };
    for endpoint in &provider.endpoints {
        let Endpoint { function: method, request_type, data_type, options_type, .. } = endpoint;
        let required: Vec<&Field> = endpoint.request.iter().filter(|field| !field.optional).collect();
        let call = format!(
            "let request = {}; let _: pyi_runtime::Call<'static, {data_type}> = client.{method}(&request); let _ = &operations::{};",
            literal(request_type, &required, |_| false),
            endpoint.constant
        );
        function("client: &Client", &call);
        if let Some(options) = options_type {
            let setters = endpoint.request.iter().filter(|field| field.optional);
            let setters = setters.map(|field| format!(".{}(made::<{}>())", field.rust, rust(&field.ty)));
            function("", &format!("let _ = {options}::default(){};", setters.collect::<String>()));
        }
        match &endpoint.response {
            Response::Fields(fields) => function(&format!("value: {data_type}"), &read(fields)),
            Response::Whole(Type::Any) => {
                function(&format!("value: {data_type}"), "let _: pyi_runtime::Any = value;")
            }
            Response::Whole(ty) => {
                function(&format!("value: {data_type}"), &format!("let _: Option<{}> = value;", rust(ty)))
            }
        }
        if let Some(delivery) = &endpoint.delivery {
            function(&format!("value: {}", delivery.rust), &read(&delivery.fields));
        }
    }
    for object in &provider.objects {
        match object.is_given {
            true => {
                let fields: Vec<&Field> = object.fields.iter().collect();
                let made = literal(&object.rust, &fields, |field| field.optional);
                function("", &format!("let _ = {made};"));
            }
            false => function(&format!("value: {}", object.rust), &read(&object.fields)),
        }
    }
    for named in &provider.enums {
        let name = &named.rust;
        for code in &named.codes {
            function("", &format!("let _ = {name}::{};", code.rust));
        }
        match named.is_open {
            true => function(&format!("value: {name}"), &format!("if let {name}::Other(_) = value {{}}")),
            false => function(
                &format!("value: {name}"),
                &format!("let copied = value; let _: (&'static str, {name}) = (copied.as_str(), value);"),
            ),
        }
    }
    for status in provider.all_statuses() {
        let code = match status.code.number() {
            Some(number) => format!("{number}_i32"),
            None => format!("{:?}", status.code.to_string()),
        };
        function("", &format!("let _ = (Status::{}, Status::from_code({code}));", status.rust));
    }
    code
}

/// Checks a crate with a module for each of these. The modules that do not compile.
fn broken(folder: &Path, modules: &BTreeMap<usize, String>) -> BTreeSet<usize> {
    let mut rest: BTreeSet<usize> = modules.keys().copied().collect();
    let mut broken = BTreeSet::new();
    // A name that is not found hides the types that do not fit: what has errors is left out, and
    // the others are checked again.
    loop {
        let names: String = rest.iter().map(|number| format!("pub mod m{number};\n")).collect();
        let made = "#![allow(warnings)]\npub fn made<T>() -> T { panic!() }\n";
        std::fs::write(folder.join("src/lib.rs"), format!("{made}{names}")).unwrap();
        let output = cargo()
            .args(["check", "--offline", "--quiet", "--message-format=json"])
            .current_dir(folder)
            .env("CARGO_TARGET_DIR", root().join("target/foreign"))
            .env_remove("RUSTFLAGS")
            .output()
            .unwrap();
        let mut found = BTreeSet::new();
        for line in String::from_utf8(output.stdout).unwrap().lines() {
            let message: serde_json::Value = serde_json::from_str(line).unwrap();
            if message["message"]["level"] != "error" {
                continue;
            }
            for span in message["message"]["spans"].as_array().unwrap() {
                let file = span["file_name"].as_str().unwrap();
                let number = file.strip_prefix("src/m").and_then(|file| file.strip_suffix(".rs"));
                found.extend(number.map(|number| number.parse::<usize>().unwrap()));
            }
        }
        if output.status.success() {
            return broken;
        }
        assert!(!found.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        rest.retain(|number| !found.contains(number));
        broken.extend(found);
    }
}

#[test]
fn old_callers_break_exactly_where_the_changes_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::create_dir(folder.join("src")).unwrap();
    let manifest = format!(
        "[package]\nname = \"changed\"\nedition = \"2024\"\n[dependencies]\npyi-runtime = {{ path = {:?} }}\n[workspace]\n",
        root().join("runtime")
    );
    std::fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    std::fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let (caller, changes) = (caller(&provider(&base())), changes());
    let mut modules = BTreeMap::new();
    let mut expected = BTreeSet::new();
    for (number, change) in changes.iter().enumerate() {
        let code = pyi_codegen::generate(&provider(&edited(&change.edits)), Extras::default());
        modules.insert(number, format!("use crate::made;\n{code}\n{caller}"));
        if change.class() == ChangeClass::Callers {
            expected.insert(number);
        }
    }
    // The old spec itself.
    let unchanged = changes.len();
    let code = pyi_codegen::generate(&provider(&base()), Extras::default());
    modules.insert(unchanged, format!("use crate::made;\n{code}\n{caller}"));
    assert!(
        changes.len() >= 60 && expected.len() >= 20,
        "{} changes, {} break",
        changes.len(),
        expected.len()
    );
    for (number, code) in &modules {
        std::fs::write(folder.join(format!("src/m{number}.rs")), code).unwrap();
    }
    let broken = broken(folder, &modules);
    let named = |numbers: BTreeSet<&usize>| -> Vec<(usize, &str)> {
        numbers
            .into_iter()
            .map(|number| (*number, changes.get(*number).map_or("none", |change| change.kind.as_str())))
            .collect()
    };
    assert_eq!(named(broken.difference(&expected).collect()), [], "break without being said to");
    assert_eq!(named(expected.difference(&broken).collect()), [], "are said to break, and do not");
}

#[test]
fn the_program_compares_folders() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let write = |spec: &str, files: &[(String, String)]| {
        for (name, text) in files {
            let file = folder.path().join(spec).join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
    };
    write("old", &base());
    let edits = [
        replace("endpoints/check.yaml", "tiers: {100: \"0.20\"", "tiers: {100: \"0.25\""),
        replace("endpoints/check.yaml", "doc: Checks a person.", "doc: Checks <b>a</b> *person*."),
    ];
    write("new", &edited(&edits));
    let diff = |arguments: &[&str]| {
        let output = pyi().arg("diff").args(arguments).current_dir(folder.path()).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        (output.status.code(), text)
    };
    let (code, text) = diff(&["old", "new"]);
    assert!(
        code == Some(1) && text.contains("breaks money:\n  check: its price is CNY 0.25 from 100 calls on"),
        "{text}"
    );
    assert!(text.contains("was old/endpoints/check.yaml:9:1, is new/endpoints/check.yaml:9:1"), "{text}");
    assert!(text.ends_with("the release is a minor one\n"), "{text}");
    assert_eq!(diff(&["old", "new", "--allow", "money"]).0, Some(0));
    assert_eq!(diff(&["old", "new", "--allow", "callers,calls"]).0, Some(1));
    assert_eq!(diff(&["old", "old"]), (Some(0), "the specs are the same\n".to_owned()));
    let (_, json) = diff(&["old", "new", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["release"], &json["changes"][0]["kind"]), (&"minor".into(), &"price".into()), "{json}");
    assert_eq!(json["changes"][0]["old"]["line"], 9, "{json}");
    let (_, markdown) = diff(&["old", "new", "--format", "markdown"]);
    assert!(markdown.starts_with("### Breaks money\n\n- **check**: its price is"), "{markdown}");
    assert!(markdown.ends_with("\n\nThis needs a minor release.\n"), "{markdown}");
    let (code, markdown) = diff(&["old", "old", "--format", "markdown"]);
    assert_eq!((code, &*markdown), (Some(0), "The specs are the same.\n"));
    // A spec with a fault is not compared.
    std::fs::write(path("new/endpoints/check.yaml"), "path: /check\n").unwrap();
    let (code, text) = diff(&["old", "new"]);
    assert!(code == Some(2) && text.contains("NEW has ") && text.contains("pyi lint"), "{text}");
}
