//! What an editor is offered while a text is no YAML, and faults of what is on disk.

use super::*;

const PROVIDER: &str =
    "provider: demo\ntypes:\n  note: {type: string, title: A note}\ncommon:\n  app: {from: app_id}\n";
const ENDPOINT: &str = "path: /a\neffect: query\nmethods: [POST]\nrequest:\n  x: {type: note}\n  y:\n    type: string\n    title: Why\nresponse: any\n";

fn workspace(endpoint: &str) -> Workspace {
    Workspace::read(Input::Texts(&[("provider.yaml", PROVIDER), ("endpoints/a.yaml", endpoint)]))
}

/// The words that are offered at `|` in the text of an endpoint.
fn offered(text: &str) -> Vec<String> {
    let offset = text.find('|').unwrap();
    let workspace = workspace(&text.replace('|', ""));
    workspace.complete("endpoints/a.yaml", offset).into_iter().map(|found| found.label).collect()
}

#[test]
fn an_open_bracket_is_closed_where_the_cursor_is() {
    for (written, wanted) in [
        ("  x: {ty|", "type"),
        ("  x: {type: |", "note"),
        ("  x: {type: no|", "note"),
        ("  x: {type: note, ti| # why", "title"),
        ("  x: {type: note, title: \"An x\", op|", "optional"),
        ("  x: {\n    type: note,\n    ti|", "title"),
        ("  x: {type: list, of: {type: |", "note"),
    ] {
        let text = ENDPOINT.replace("  x: {type: note}", written);
        let words = offered(&text);
        assert!(words.iter().any(|word| word == wanted), "{written}: {words:?}");
    }
    for (line, written, wanted) in [
        ("methods: [POST]", "methods: [|", "GET"),
        ("methods: [POST]", "methods: [POST, |", "GET"),
        ("methods: [POST]", "methods: [POST]\nprice: {cur|", "currency"),
        ("response: any", "response: {z: {ty|", "type"),
    ] {
        let words = offered(&ENDPOINT.replace(line, written));
        assert!(words.iter().any(|word| word == wanted), "{written}: {words:?}");
    }
}

/// Lines that are no YAML, elsewhere than the cursor.
const BROKEN: [&str; 8] = [
    "title: {a",
    "title: [a, b",
    "title: \"a",
    "title 甲: b: c",
    "title: 'a' b",
    "\ttitle: b",
    "- title",
    "title: a\n   doc: b\n   doc: c",
];

#[test]
fn a_line_that_is_no_yaml_leaves_the_others_readable() {
    for broken in BROKEN {
        for text in [
            format!("{broken}\n{ENDPOINT}"),
            format!("{ENDPOINT}{broken}\n"),
            ENDPOINT.replace("methods", &format!("{broken}\nmethods")),
        ] {
            let workspace = workspace(&text);
            let faults = workspace.lint(&|_, _| None).to_string();
            assert!(faults.contains("endpoints/a.yaml"), "{text}\n{faults}");
            let at = |word: &str| text.find(word).unwrap();
            let hover = |word: &str| workspace.hover("endpoints/a.yaml", at(word)).unwrap_or_default();
            assert!(hover("effect").starts_with("effect: "), "{text}");
            assert!(hover("y:\n").contains("Why"), "{text}: {}", hover("y:\n"));
            let (file, range) = workspace.definition("endpoints/a.yaml", at("note")).expect(&text);
            assert_eq!((file.name.as_str(), &file.text[range]), ("provider.yaml", "note"), "{text}");
            let words = workspace.complete("endpoints/a.yaml", at("note"));
            assert!(words.iter().any(|word| word.label == "note"), "{text}");
        }
    }
}

#[test]
fn a_provider_that_is_no_yaml_has_its_other_names() {
    for broken in BROKEN {
        let provider = format!("{broken}\n{PROVIDER}");
        let mut workspace = workspace(ENDPOINT);
        workspace.set("provider.yaml", provider);
        let (file, range) =
            workspace.definition("endpoints/a.yaml", ENDPOINT.find("note").unwrap()).expect(broken);
        assert_eq!(&file.text[range], "note", "{broken}");
        workspace.set("provider.yaml", PROVIDER.to_owned());
        assert!(workspace.readable.is_empty());
    }
}
