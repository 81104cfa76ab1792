//! Samples in other languages, each run by its interpreter against the sandbox: correct where the
//! provider's own samples are not.

use std::process::{Command, Output};

use pyi_codegen::{Input, ir};
use pyi_export::samples::{Lang, sample};
use pyi_sandbox::{Fault, Sandbox};
use serde_json::Value;

use crate::support::{cargo, has, pyi, root};

fn spec() -> ir::Provider {
    let (spec, report) = pyi_codegen::load(Input::Texts(pyi::SPEC));
    assert!(report.is_empty(), "{report}");
    spec
}

/// Runs a program, with an account of the sandbox or with a wrong secret.
fn run(program: &str, script: &std::path::Path, sandbox: &Sandbox, secret: &str) -> Output {
    Command::new(program)
        .arg(script)
        .env("PYI_BASE_URL", sandbox.url())
        .env("PYI_APP_ID", sandbox.app_id())
        .env("PYI_SECRET", secret)
        .env("no_proxy", "127.0.0.1")
        .output()
        .unwrap()
}

pub(crate) const INTERPRETED: [(Lang, &str, &str); 4] = [
    (Lang::Curl, "sh", "sh"),
    (Lang::Php, "php", "php"),
    (Lang::Python, "python3", "py"),
    (Lang::JavaScript, "node", "mjs"),
];

#[tokio::test(flavor = "multi_thread")]
async fn each_sample_runs_and_sees_a_refusal() {
    let spec = spec();
    let folder = tempfile::tempdir().unwrap();
    for (lang, program, ending) in INTERPRETED {
        if !has(if lang == Lang::Curl { "curl" } else { program }) {
            continue;
        }
        let sandbox = Sandbox::start(pyi::SPEC).await.unwrap();
        for endpoint in &spec.endpoints {
            let script = folder.path().join(format!("{}.{ending}", endpoint.id));
            std::fs::write(&script, sample(&spec, endpoint, lang, "pyi")).unwrap();
            let said = |output: &Output| {
                format!("{lang:?} {}: {output:?}\n{}", endpoint.id, std::fs::read_to_string(&script).unwrap())
            };
            let output = run(program, &script, &sandbox, sandbox.secret());
            assert!(output.status.success(), "{}", said(&output));
            let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
            assert!(printed.is_object() || printed.is_array(), "{}", said(&output));
            let asked = sandbox.request_log().pop().unwrap();
            assert_eq!(
                (asked.endpoint.as_deref(), asked.code),
                (Some(endpoint.id.as_str()), Some(10000.into()))
            );
            // Every example arrived as it stands in the spec, characters beyond ASCII and JSON
            // among them.
            for field in endpoint.request.iter().filter(|field| !field.optional && field.example.is_some()) {
                assert_eq!(asked.parameter(&field.wire), field.example.as_deref(), "{}", said(&output));
            }
        }
        let one = folder.path().join(format!("{}.{ending}", spec.endpoints[0].id));
        let refused = run(program, &one, &sandbox, "another secret");
        assert_eq!(refused.status.code(), Some(3), "{lang:?}: {refused:?}");
        assert!(String::from_utf8_lossy(&refused.stderr).contains("10003"), "{lang:?}: {refused:?}");
        assert!(refused.stdout.is_empty());
        sandbox.inject(Fault::Close);
        let lost = run(program, &one, &sandbox, sandbox.secret());
        assert_eq!(lost.status.code(), Some(5), "{lang:?}: {lost:?}");
    }
}

/// Objects, lists, bytes and methods of requests, which no endpoint of the shipped spec has.
#[tokio::test(flavor = "multi_thread")]
async fn samples_send_objects_lists_and_other_methods() {
    let files = crate::specs::case_in(&root().join("tests/expand/composite.yaml"), "");
    let texts = crate::specs::borrowed(&files);
    let (spec, report) = pyi_codegen::load(Input::Texts(&texts));
    assert!(report.is_empty(), "{report}");
    let folder = tempfile::tempdir().unwrap();
    for (lang, program, ending) in INTERPRETED {
        if !has(if lang == Lang::Curl { "curl" } else { program }) {
            continue;
        }
        let sandbox = Sandbox::start(&texts).await.unwrap();
        for endpoint in &spec.endpoints {
            let script = folder.path().join(format!("{}.{ending}", endpoint.id));
            std::fs::write(&script, sample(&spec, endpoint, lang, "pyi")).unwrap();
            let output = run(program, &script, &sandbox, sandbox.secret());
            let text = std::fs::read_to_string(&script).unwrap();
            assert!(output.status.success(), "{lang:?} {}: {output:?}\n{text}", endpoint.id);
            let asked = sandbox.request_log().pop().unwrap();
            assert_eq!((asked.endpoint.as_deref(), asked.code), (Some(endpoint.id.as_str()), Some(0.into())));
            assert_eq!(asked.method, endpoint.methods.first().copied());
        }
    }
}

/// The samples in Rust are one crate here, so that it is built once; each is called by its name.
#[tokio::test(flavor = "multi_thread")]
async fn each_sample_in_rust_builds_and_runs() {
    let spec = spec();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let manifest = format!(
        "[package]\nname = \"samples\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n[dependencies]\npyi = {{ path = {:?} }}\n\
         tokio = {{ version = \"1\", features = [\"macros\", \"rt\"] }}\n",
        root()
    );
    write("Cargo.toml", &manifest);
    std::fs::copy(root().join("Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();
    let mut main =
        "fn main() {\n    let name = std::env::args().nth(1).unwrap();\n    match name.as_str() {\n"
            .to_owned();
    let mut modules = String::new();
    for endpoint in &spec.endpoints {
        let id = &endpoint.id;
        write(
            &format!("src/{id}.rs"),
            &sample(&spec, endpoint, Lang::Rust, "pyi").replace("async fn main", "pub async fn main"),
        );
        modules.push_str(&format!("mod {id};\n"));
        main.push_str(&format!("        {id:?} => {id}::main().unwrap(),\n"));
    }
    main.push_str("        other => panic!(\"{other}\"),\n    }\n}\n");
    write("src/main.rs", &(modules + &main));
    let target = root().join("target/foreign");
    let built = cargo()
        .args(["build", "--quiet", "--offline"])
        .current_dir(folder.path())
        .env("CARGO_TARGET_DIR", &target)
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let sandbox = Sandbox::start(pyi::SPEC).await.unwrap();
    for endpoint in &spec.endpoints {
        let output = Command::new(target.join("debug/samples"))
            .arg(&endpoint.id)
            .env("PYI_BASE_URL", sandbox.url())
            .env("PYI_APP_ID", sandbox.app_id())
            .env("PYI_SECRET", sandbox.secret())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}: {output:?}", endpoint.id);
        let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(printed["codeid"].as_i64(), Some(10000), "{}", endpoint.id);
    }
    assert_eq!(sandbox.request_log().len(), spec.endpoints.len());
}

#[test]
fn the_program_prints_samples() {
    let output = pyi().args(["export", "samples", "id_card_two_factor", "--code", "php"]).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && printed.starts_with("<?php") && !printed.contains("{{"), "{printed}");
    let output = pyi().args(["export", "samples", "nothing", "--code", "php"]).output().unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    assert!(String::from_utf8_lossy(&output.stderr).contains("id_card_two_factor"));
}
