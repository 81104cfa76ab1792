//! Each edit, made at each place of the shipped specs, changes in another parser's eyes exactly
//! what it says.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_yaml::{Mapping, Value as Other};

use super::Edit;
use crate::report::{Place, Report};
use crate::source::File;
use crate::yaml::{self, Key, Node, Value};

fn file(text: &str) -> Arc<File> {
    Arc::new(File { name: "a.yaml".into(), shown: "a.yaml".into(), disk: None, text: text.to_owned() })
}

/// The texts of all shipped specs, and of layouts that they do not have.
fn texts() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut folders: Vec<PathBuf> = vec![root.join("spec")];
    folders.extend(fs::read_dir(root.join("providers")).unwrap().map(|entry| entry.unwrap().path()));
    let mut texts: Vec<String> = [
        "a: {b: 1}\nc: 2\n",
        "a: {b: one, c: {d: two,e: three }}",
        "a:\n  b: 1 # of b\n  # of c\n  c: 'x'\n",
        "a:\n  - b: 1\n    c: 2\n  - {d: \"e, }\", f: g}\n",
        "a: {\n  b: 1,\n  c: 2,\n}\nd:\n  e: 3\n\n\nf: 4",
        "a:\n    b: \"two\n      lines\"\n    c: 1\nlast: 名字\n",
        "a:\n  b: 1 # of b\n  c: {\n    d: 1, # of d,\n    e: 2 # of e\n  }\nf: '#' # of f",
    ]
    .map(str::to_owned)
    .to_vec();
    let on_windows: Vec<String> = texts.iter().map(|text| text.replace('\n', "\r\n")).collect();
    texts.extend(on_windows);
    for folder in folders.into_iter().filter(|folder| folder.is_dir()) {
        for folder in [folder.clone(), folder.join("endpoints")] {
            let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
            let yaml = entries.filter(|path| path.extension().is_some_and(|end| end == "yaml"));
            texts.extend(yaml.map(|path| fs::read_to_string(path).unwrap()));
        }
    }
    assert!(texts.len() > 20);
    texts
}

/// The keys and the indices from the root to a value.
type Way = Vec<Other>;

/// All entries of all maps, with the way to each.
fn entries<'n>(node: &'n Node, way: &Way, found: &mut Vec<(Way, &'n Key, &'n Node)>) {
    match &node.value {
        Value::Scalar(_) => {}
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                entries(item, &[way.as_slice(), &[Other::from(index)]].concat(), found);
            }
        }
        Value::Map(pairs) => {
            for (key, value) in pairs {
                let name = if key.scalar.quoted {
                    Other::from(key.scalar.text.as_str())
                } else {
                    serde_yaml::from_str(&key.scalar.text).unwrap()
                };
                let way = [way.as_slice(), &[name]].concat();
                found.push((way.clone(), key, value));
                entries(value, &way, found);
            }
        }
    }
}

/// The value at the end of a way.
fn at<'o>(root: &'o mut Other, way: &[Other]) -> &'o mut Other {
    way.iter().fold(root, |value, step| match value {
        Other::Sequence(items) => &mut items[usize::try_from(step.as_u64().unwrap()).unwrap()],
        Other::Mapping(map) => map.get_mut(step).unwrap(),
        other => panic!("{other:?} has nothing in it"),
    })
}

fn map<'o>(root: &'o mut Other, way: &[Other]) -> &'o mut Mapping {
    at(root, way).as_mapping_mut().unwrap()
}

fn edited(text: &str, edit: &Edit) -> String {
    let mut text = text.to_owned();
    text.replace_range(edit.place.start..edit.place.end, &edit.text);
    text
}

fn parsed(text: &str) -> Other {
    serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{error}:\n{text}"))
}

/// The comments of a text, in their order. No text of the specs has one's begin in it.
fn comments(text: &str) -> Vec<&str> {
    let comment = |line: &'_ str| -> Option<usize> {
        match line.trim_start().starts_with('#') {
            true => line.find('#'),
            false => line.find(" # "),
        }
    };
    text.lines().filter_map(|line| line.get(comment(line)?..)).map(str::trim).collect()
}

/// Makes an edit for each entry, and compares what another parser reads with what `expect` makes of
/// the text before. The number of edits, and of entries without one.
fn each(
    make: impl Fn(&Key, &Node) -> Option<Edit>,
    expect: impl Fn(&mut Other, &[Other], &Edit, &Node),
) -> (usize, usize) {
    let (mut made, mut none) = (0, 0);
    for text in texts() {
        let root = yaml::read(&file(&text), &mut Report::default()).unwrap();
        let before = parsed(&text);
        let mut found = Vec::new();
        entries(&root, &Way::new(), &mut found);
        for (way, key, value) in found {
            // A sample of a long file's entries is enough, since they look alike.
            if text.len() > 1000 && value.place.start % 4 != 0 {
                continue;
            }
            let Some(edit) = make(key, value) else {
                none += 1;
                continue;
            };
            made += 1;
            let mut wanted = before.clone();
            expect(&mut wanted, &way, &edit, value);
            let after = edited(&text, &edit);
            assert_eq!(parsed(&after), wanted, "{way:?} by {edit:?}:\n{after}");
            assert_eq!(comments(&after), comments(&text), "{way:?}:\n{after}");
        }
    }
    (made, none)
}

#[test]
fn an_entry_goes_alone() {
    let without = |key: &Key, value: &Node| match value.value {
        Value::Scalar(_) => Edit::without(&key.scalar.text, &value.place),
        _ => None,
    };
    let (made, _) = each(without, |wanted, way, _, _| {
        let (last, before) = way.split_last().unwrap();
        map(wanted, before).shift_remove(last).unwrap();
    });
    assert!(made > 500, "{made}");
}

#[test]
fn an_entry_is_added_to_a_map() {
    let within = |key: &Key, _: &Node| Edit::within(&key.place, "added_here: one");
    let (made, _) = each(within, |wanted, way, _, _| {
        map(wanted, way).insert("added_here".into(), "one".into());
    });
    assert!(made > 250, "{made}");
}

#[test]
fn a_word_is_another_one_and_keeps_its_quotes() {
    let text = |value: &Node| match &value.value {
        Value::Scalar(scalar) => scalar.text.clone(),
        _ => String::new(),
    };
    let others = ["other", "no", "0x10", "a: b", "名, 字", "/a/b.c"];
    let other = |value: &Node| others[value.place.start % others.len()];
    let word = |_: &Key, value: &Node| Edit::word(&value.place, &text(value), other(value));
    let (made, _) = each(word, |wanted, way, _, value| *at(wanted, way) = other(value).into());
    assert!(made > 500, "{made}");
    let quoted = |_: &Key, value: &Node| Edit::quoted(&value.place, &text(value));
    let (made, none) = each(quoted, |wanted, way, _, value| *at(wanted, way) = text(value).into());
    assert!(made > 250 && none > 250, "{made}, {none}");
}

#[test]
fn what_is_not_certain_has_no_edit() {
    let place = |text: &str, part: &str| {
        let start = text.find(part).unwrap();
        Place { file: file(text), start, end: start + part.len() }
    };
    let table = [
        ("a:\n  b: 1\nc: 2\n", "b", "1", "the only entry of a map in lines, which would be nothing"),
        ("- b: 1\n  c: 2\n", "b", "1", "the first line of an item"),
        ("ab: 1\nc: 2\n", "b", "1", "another key, whose end is this one"),
        ("a: {b: 1 # why\n  , c: 2}\n", "b", "1", "a comment inside of the map"),
        ("b:\n  1\nc: 2\n", "b", "1", "a value on a line of its own"),
        ("a: {c: 2, # so,\n  b: 1 }\n", "b", "1", "a comma in a comment"),
        ("b: \"1\n  #\"\nc: 2\n", "b", "\"1\n  #\"", "what may be a comment inside of the entry"),
    ];
    for (text, key, value, why) in table {
        assert_eq!(Edit::without(key, &place(text, value)), None, "{why}");
    }
    for text in ["a: {}\n", "a:\n", "a: 1\n", "a:\n  - b\n", "a:\nb: 1\n"] {
        assert_eq!(Edit::within(&place(text, "a"), "c: 1"), None, "{text}");
    }
    for (raw, word) in [("\"t\\u0079p\"", "typ"), ("typ typ", "typ")] {
        assert_eq!(Edit::word(&place(&format!("a: {raw}\n"), raw), word, "type"), None, "{raw}");
    }
}
