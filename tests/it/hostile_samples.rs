//! Samples of specs with hostile texts, each run by its interpreter: each does nothing but the
//! request, which equals that of the Rust client.

use std::path::Path;
use std::process::{Command, Output};

use pyi_export::samples::{Lang, sample};

use crate::hostile::{Case, SECRET, assert_sent, cases};
use crate::samples::INTERPRETED;
use crate::support::{Raw, has};

/// Runs a program in an empty folder, which must be as empty afterwards.
pub(crate) fn run(program: &Path, arguments: &[&str], url: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder.path())
        .env("PYI_BASE_URL", url)
        .env("PYI_APP_ID", "1")
        .env("PYI_SECRET", SECRET)
        .env("no_proxy", "127.0.0.1")
        .output()
        .unwrap();
    let left: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.is_empty(), "{program:?} {arguments:?} made {left:?}");
    output
}

/// Each case in one language. Names and values arrive in the same order and with the same
/// signature; only JavaScript encodes a form to the very bytes of the client: curl, PHP and Python
/// write a blank, `~` or `*` in another way, which decodes to the same.
fn run_all(lang: Lang, program: &str, ending: &str, cases: &[Case]) {
    let folder = tempfile::tempdir().unwrap();
    for case in cases {
        let spec = case.spec();
        let server = Raw::http("200 OK", &case.reply);
        let script = folder.path().join(format!("{}.{ending}", case.name));
        let text = sample(&spec, &spec.endpoints[0], lang, "pyi");
        std::fs::write(&script, &text).unwrap();
        let output = run(Path::new(program), &[script.to_str().unwrap()], &server.url());
        let said = format!("{lang:?} {}: {output:?}\n{text}", case.name);
        assert!(output.status.success(), "{said}");
        assert!(output.stderr.is_empty(), "{said}");
        let printed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(printed.to_string().contains(r#"{"value":"x"}"#), "{said}");
        let requests = server.arrived();
        assert_eq!(requests.len(), 1, "{said}");
        let expected = assert_sent(case, &spec, &requests[0], &said);
        if lang == Lang::JavaScript {
            assert_eq!(crate::hostile::arrived(&requests[0]).2, expected, "{said}");
        }
    }
}

#[test]
fn hostile_samples_send_the_request_and_do_nothing_else() {
    let cases = &cases()[..];
    std::thread::scope(|scope| {
        for (lang, program, ending) in INTERPRETED {
            if has(if lang == Lang::Curl { "curl" } else { program }) {
                scope.spawn(move || run_all(lang, program, ending, cases));
            }
        }
    });
}
