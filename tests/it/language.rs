//! The languages of the program: every text of every command has a Chinese one, and what programs
//! read stays the same.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::Command;
use proc_macro2::{Delimiter, Literal, TokenStream, TokenTree};
use pyi_codegen::Input;
use serde::Deserialize;

use crate::support::{pyi, root};

#[derive(Deserialize)]
struct Catalogue {
    help: BTreeMap<String, String>,
    messages: BTreeMap<String, String>,
}

fn catalogue() -> Catalogue {
    toml::from_str(&std::fs::read_to_string(root().join("cli/locales/zh-CN.toml")).unwrap()).unwrap()
}

/// The source files whose texts the program shows.
fn sources() -> Vec<PathBuf> {
    fn within(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                within(&path, files);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                files.push(path);
            }
        }
    }
    let mut files = Vec::new();
    for folder in ["cli/src", "batch/src", "dynamic/src", "import/src", "runtime/src/request"] {
        within(&root().join(folder), &mut files);
    }
    files
}

/// The code of a file without its tests, whose module comes last.
fn code(path: &Path) -> TokenStream {
    let text = std::fs::read_to_string(path).unwrap();
    let end = text.rfind("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    text[..end].parse().unwrap()
}

fn value(literal: &Literal) -> Option<String> {
    syn::parse_str::<syn::LitStr>(&literal.to_string()).ok().map(|text| text.value())
}

/// The templates of `message!` and `tr!`, and the other texts of the code that are sentences.
fn texts(code: TokenStream, templates: &mut BTreeSet<String>, sentences: &mut BTreeSet<String>) {
    let tokens: Vec<TokenTree> = code.into_iter().collect();
    let mut skip = 0;
    for (at, token) in tokens.iter().enumerate() {
        if at < skip {
            continue;
        }
        match (token, tokens.get(at + 1), tokens.get(at + 2)) {
            // Attributes hold comments and help, which have keys of their own.
            (TokenTree::Punct(hash), Some(TokenTree::Group(group)), _)
                if hash.as_char() == '#' && group.delimiter() == Delimiter::Bracket =>
            {
                skip = at + 2;
            }
            (TokenTree::Punct(hash), Some(TokenTree::Punct(mark)), Some(TokenTree::Group(_)))
                if hash.as_char() == '#' && mark.as_char() == '!' =>
            {
                skip = at + 3;
            }
            (TokenTree::Ident(name), Some(TokenTree::Punct(mark)), Some(TokenTree::Group(group)))
                if mark.as_char() == '!' && (name == "message" || name == "tr") =>
            {
                let mut inner = group.stream().into_iter();
                if let Some(TokenTree::Literal(literal)) = inner.next() {
                    templates.extend(value(&literal));
                }
                texts(inner.collect(), templates, sentences);
                skip = at + 3;
            }
            (TokenTree::Group(group), ..) => texts(group.stream(), templates, sentences),
            (TokenTree::Literal(literal), ..) => {
                sentences.extend(value(literal).filter(|text| is_sentence(text)))
            }
            _ => {}
        }
    }
}

/// Whether a text has two English words in a row.
fn is_sentence(text: &str) -> bool {
    let is_word = |word: &&str| word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase());
    let words: Vec<&str> = text.split(' ').collect();
    words.windows(2).any(|pair| pair.iter().all(is_word))
}

/// Names in braces, by a reader that shares no code with the program's.
fn names(template: &str) -> BTreeSet<String> {
    let bare = template.replace("{{", "").replace("}}", "");
    let parts = bare.split('{').skip(1);
    parts.map(|part| part.split('}').next().unwrap().to_owned()).collect()
}

#[test]
fn every_message_has_a_chinese_one() {
    let (mut templates, mut sentences) = (BTreeSet::new(), BTreeSet::new());
    for path in sources() {
        texts(code(&path), &mut templates, &mut sentences);
    }
    assert!(templates.len() > 300, "{}", templates.len());
    let Catalogue { messages, .. } = catalogue();
    let missing: Vec<_> = templates.iter().filter(|template| !messages.contains_key(*template)).collect();
    assert!(missing.is_empty(), "cli/locales/zh-CN.toml lacks {missing:#?}");
    let unused: Vec<_> = messages.keys().filter(|template| !templates.contains(*template)).collect();
    assert!(unused.is_empty(), "no message of the program is {unused:#?}");
    for (template, chinese) in &messages {
        assert_eq!(names(template), names(chinese), "{template}");
    }
}

/// Sentences of the program itself that are no message, each with its reason.
const ENGLISH: [&str; 6] = [
    // The page of the rules, whose rules are English.
    "# Faults of a spec",
    // Help, which has keys.
    "A field's value can be",
    "TABLE is CSV",
    "Call an endpoint: sign",
    "Calls, signs and checks",
    "Any field, by its wire name",
];

#[test]
fn no_sentence_of_the_program_is_without_a_language() {
    let mut sentences = BTreeSet::new();
    for path in sources().into_iter().filter(|path| path.starts_with(root().join("cli/src"))) {
        texts(code(&path), &mut BTreeSet::new(), &mut sentences);
    }
    let known = |text: &str| {
        ENGLISH.iter().any(|known| text.starts_with(known))
            || text.starts_with("Language of help")
            || text.starts_with("// Written by")
            // What a serde visitor expects, which `field_values` replaces; the parts of doctor's
            // vector.
            || ["an object", "what do ya want ", "unknown field "].contains(&text)
    };
    let found: Vec<_> = sentences.iter().filter(|text| !known(text)).collect();
    assert!(found.is_empty(), "write these with message! or tr!: {found:#?}");
}

/// Every command, by its arguments.
fn commands(command: &Command, path: &[String], all: &mut Vec<Vec<String>>) {
    all.push(path.to_vec());
    for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
        commands(inner, &[path, &[inner.get_name().to_owned()]].concat(), all);
    }
}

fn chinese(arguments: &[String], help: &str) -> String {
    let output = pyi().args(arguments).args([help, "--lang", "zh"]).output().unwrap();
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The long text of an endpoint is the spec's own, and is shown as it is.
fn without_spec_texts(help: &str) -> String {
    help.split("用法：").nth(1).unwrap_or_default().to_owned()
}

#[test]
fn every_command_explains_itself_in_chinese() {
    let (spec, _) = pyi_codegen::load(Input::Texts(pyi::SPEC));
    let command = pyi_cli::command(&spec);
    let mut all = Vec::new();
    commands(&command, &[], &mut all);
    assert!(all.len() > 25, "{}", all.len());
    for arguments in &all {
        for help in ["-h", "--help"] {
            let text = without_spec_texts(&chinese(arguments, help));
            assert!(text.contains("选项:") || text.contains("选项："), "{arguments:?}\n{text}");
            // The first line is the usage.
            for line in text.lines().skip(1) {
                assert!(!is_sentence(line), "{arguments:?} says in English: {line}");
            }
            // Words that clap writes.
            for word in ["Usage", "Options:", "Commands:", "Arguments:", "[default", "[possible", "Print "] {
                assert!(!text.contains(word), "{arguments:?} says {word:?}:\n{text}");
            }
        }
    }
}

/// Every help text of the catalogue belongs to a command.
#[test]
fn no_help_text_is_without_a_command() {
    let (spec, _) = pyi_codegen::load(Input::Texts(pyi::SPEC));
    let mut command = pyi_cli::command(&spec);
    command.build();
    let texts = pyi_cli::texts(&command);
    for key in catalogue().help.keys() {
        let (prefix, last) = key.rsplit_once('.').unwrap_or(("", key));
        let has = match prefix {
            "*" => texts.keys().any(|known| known == last || known.ends_with(&format!(".{last}"))),
            "call.*" => {
                texts.keys().any(|known| known.starts_with("call.") && known.ends_with(&format!(".{last}")))
            }
            _ if key == "call.*#after" => true,
            _ => texts.contains_key(key),
        };
        assert!(has, "no command has the text {key:?}");
    }
}

#[test]
fn the_locale_decides_and_lang_comes_before_it() {
    let run = |locale: &str, arguments: &[&str]| {
        let mut command = pyi();
        command.env_remove("LC_ALL").env_remove("LC_MESSAGES").env("LANG", locale);
        let output = command.args(arguments).output().unwrap();
        String::from_utf8(output.stderr).unwrap()
    };
    let english = "error: no app id; give --app-id ID or set PYI_APP_ID\n";
    let chinese = "错误：没有应用 ID；请给出 --app-id ID 或设置 PYI_APP_ID\n";
    let batch = [
        "batch",
        "run",
        "spec/provider.yaml",
        "-o",
        "x.csv",
        "--budget",
        "1",
        "--base-url",
        "https://h.invalid",
    ];
    let call = ["call", "id_card_two_factor", "--bank_name", "张三", "--bank_id", "11010519491231002X"];
    let call = [&call[..], &["--base-url", "https://h.invalid"]].concat();
    assert_eq!(run("en_US.UTF-8", &call), english);
    assert_eq!(run("C", &call), english);
    assert_eq!(run("zh_CN.UTF-8", &call), chinese);
    assert_eq!(run("zh_CN.UTF-8", &[&call[..], &["--lang", "en"]].concat()), english);
    assert_eq!(run("de_DE.UTF-8", &[&call[..], &["--lang=zh"]].concat()), chinese);
    assert!(
        run("zh_CN.UTF-8", &batch).contains("缺少必需的参数：--endpoint"),
        "{}",
        run("zh_CN.UTF-8", &batch)
    );
}

/// JSON and exit codes are the same in every language.
#[test]
fn programs_read_the_same_in_every_language() {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("people.csv");
    std::fs::write(&table, "bank_name,bank_id\n张三,11010519491231002X\n李四,110105194912310020\n").unwrap();
    let plan =
        ["batch", "plan", table.to_str().unwrap(), "--endpoint", "id_card_two_factor", "--format", "json"];
    let call = ["call", "id_card_two_factor", "--sandbox", "--format", "json"];
    let lines: [Vec<&str>; 6] = [
        plan.to_vec(),
        [&call[..], &["--bank_name", "张三", "--bank_id", "11010519491231002X"]].concat(),
        // Refused, each in its own way.
        [&call[..], &["--bank_name", "张三"]].concat(),
        [&call[..], &["--bank_name", "张三", "--bank_id", "1", "--check"]].concat(),
        [&call[..], &["--bank_name", "张三", "--bank_id", "@no-such-file"]].concat(),
        vec!["lint", "--format", "json"],
    ];
    for line in &lines {
        let run = |lang: &str| pyi().current_dir(root()).args(line).args(["--lang", lang]).output().unwrap();
        let (english, chinese) = (run("en"), run("zh"));
        assert_eq!(english.status, chinese.status, "{line:?}");
        assert!(!english.stdout.is_empty(), "{line:?}");
        assert_eq!(english.stdout, chinese.stdout, "{line:?}");
    }
}

/// The words of a table and of a library's error.
#[test]
fn tables_and_errors_of_libraries_are_chinese() {
    let say = |arguments: &[&str]| {
        let output = pyi().args(arguments).args(["--lang", "zh"]).output().unwrap();
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    let person = ["call", "id_card_two_factor", "--sandbox", "--format", "table", "--bank_name", "张三"];
    let table = say(&[&person[..], &["--bank_id", "11010519491231002X"]].concat());
    for word in ["接口", "结果", "真实数据", "已计费", "billed", "10000 ok"] {
        assert!(table.contains(word), "{table}");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("empty.csv"), "").unwrap();
    std::fs::write(
        path("people.csv"),
        "bank_name,bank_id\n张三,11010519491231002X\n李四,110105194912310020\n",
    )
    .unwrap();
    let plan = |table: &str| say(&["batch", "plan", &path(table), "--endpoint", "id_card_two_factor"]);
    assert!(plan("empty.csv").contains("它是空的；第一行应当是各列的标题"), "{}", plan("empty.csv"));
    let text = plan("people.csv");
    assert!(text.contains("第 3 行：`bank_id` 末位与前面各位不符"), "{text}");
    assert!(text.contains("共 2 行：待发送 1"), "{text}");
    assert!(
        say(&["batch", "status", &path("empty.csv")]).contains("不是"),
        "{}",
        say(&["batch", "status", &path("empty.csv")])
    );
}
