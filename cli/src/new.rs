//! `pyi new`: creates a crate with a spec of its own, which builds and passes its test at once.

use std::path::Path;
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use pyi_codegen::Input;
use pyi_text::message;

use crate::UsageError;
use crate::language::tr;
use crate::output::print;

/// The files of a new crate. `{name}` is its name, `{crate}` its name in Rust code; `{runtime}` and
/// `{sandbox}` are its dependencies.
const FILES: [(&str, &str); 7] = [
    ("Cargo.toml", include_str!("../templates/Cargo.toml.txt")),
    ("build.rs", include_str!("../templates/build.rs.txt")),
    ("src/lib.rs", include_str!("../templates/lib.rs.txt")),
    ("tests/sandbox.rs", include_str!("../templates/sandbox.rs.txt")),
    ("spec/provider.yaml", include_str!("../templates/provider.yaml")),
    ("spec/endpoints/bill.yaml", include_str!("../templates/bill.yaml")),
    (".gitignore", "/target\n"),
];

/// The specs of other providers: the name of each, and its files.
const PROVIDERS: &[(&str, &[(&str, &str)])] = include!(concat!(env!("OUT_DIR"), "/providers.rs"));

/// The test of a crate that starts from a provider's spec.
const TEST: &str = include_str!("../templates/provider_test.rs.txt");

/// Create a crate with a spec of its own
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The crate's name, or a path that ends in it
    #[arg(value_name = "NAME")]
    path: String,

    /// Start from the spec of this provider [default: a small example]
    #[arg(long, value_name = "PROVIDER", value_parser = PossibleValuesParser::new(PROVIDERS.iter().map(|(name, _)| *name)))]
    provider: Option<String>,

    /// Use pyi's crates from this checkout [default: the registry of published crates]
    #[arg(long, value_name = "DIR")]
    local: Option<String>,

    /// Use pyi's crates from this git repository [default: the registry of published crates]
    #[arg(long, value_name = "URL", conflicts_with = "local")]
    git: Option<String>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, UsageError> {
    let path = Path::new(&args.path);
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(plain) {
        return Err(UsageError(message!(
            "a crate's name is small letters, digits, - and _, such as my-provider"
        )));
    }
    if path.exists() {
        return Err(UsageError(message!("{path} exists; choose another name", path = path.display())));
    }
    for (file, text) in files(args) {
        let text = text
            .replace("{name}", name)
            .replace("{crate}", &name.replace('-', "_"))
            .replace("{runtime}", &dependency("runtime", args))
            .replace("{sandbox}", &dependency("sandbox", args));
        write(&path.join(&file), &text)
            .map_err(|error| UsageError(message!("cannot write {file}: {error}", file, error)))?;
    }
    print(&tr!(
        "{path}: describe your provider in spec/, then: cd {path} && cargo test",
        path = path.display()
    ));
    if args.local.is_none() && args.git.is_none() {
        print(&tr!("its dependencies are published crates; --local DIR or --git URL uses others"));
    }
    Ok(ExitCode::SUCCESS)
}

/// The files of a crate, with the spec and the test of a provider in place of the example's.
fn files(args: &Args) -> Vec<(String, String)> {
    let own = |(file, text): (&str, &str)| (file.to_owned(), text.to_owned());
    let known = PROVIDERS.iter().find(|(name, _)| Some(*name) == args.provider.as_deref());
    let Some((_, spec)) = known else { return FILES.into_iter().map(own).collect() };
    let is_example = |file: &str| file.starts_with("spec/") || file == "tests/sandbox.rs";
    let mut files: Vec<_> = FILES.into_iter().filter(|(file, _)| !is_example(file)).map(own).collect();
    for (file, text) in *spec {
        // The schemas are in a checkout of pyi; `pyi schema` prints them.
        let is_note = text.starts_with("# yaml-language-server:");
        let text = if is_note { text.split_once('\n').map_or(*text, |(_, rest)| rest) } else { text };
        files.push((format!("spec/{file}"), text.to_owned()));
    }
    let (provider, _) = pyi_codegen::load(Input::Texts(spec));
    if let Some(endpoint) = provider.endpoints.first() {
        let request = pyi_export::samples::request_literal(&provider, endpoint, "{crate}");
        let test = TEST.replace("{function}", &endpoint.function).replace("{request}", &request);
        files.push(("tests/sandbox.rs".to_owned(), test));
    }
    files
}

/// The dependency on a crate of pyi: a checkout, a repository, or the program's own version. The
/// new crate may stand anywhere, so a checkout is named by its absolute path.
fn dependency(room: &str, args: &Args) -> String {
    match (&args.local, &args.git) {
        (Some(checkout), _) => {
            let path = Path::new(checkout).join(room);
            format!("path = {}", quoted(&std::path::absolute(&path).unwrap_or(path).to_string_lossy()))
        }
        (None, Some(url)) => format!("git = {}", quoted(url)),
        (None, None) => format!("version = {}", quoted(env!("CARGO_PKG_VERSION"))),
    }
}

/// A string of TOML. Its escapes are those of JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, text)
}
