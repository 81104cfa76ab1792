//! `pyi import`: the provider's page of an endpoint as its file, new or brought up to date. A file with a
//! fault is written all the same, with the fault as a comment at its place, and the exit code is 1.

use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};
use pyi_import::{Imported, import, merge, with_faults};
use similar::TextDiff;

use crate::args::spec_arg;
use crate::output::{eprint, print};
use crate::spec::Spec;
use crate::stdio::{data, error};
use crate::{UsageError, argument};

pub(crate) fn command() -> Command {
    Command::new("import")
        .about("Makes an endpoint's file of the provider's page: what the page does not say stands in it as a comment")
        .after_help(
            "PAGE is the page as a browser saves it (HTML), or its text as copied, or Markdown. What is noticed goes to stderr. Read the \
             file before you use it: whether a call does something is never on the page.",
        )
        .arg(spec_arg())
        .arg(Arg::new("page").value_name("PAGE").required(true).help("The page's file; - is stdin"))
        .arg(
            Arg::new("output")
                .short('o')
                .long("output")
                .value_name("FILE")
                .help("The endpoint's file, such as spec/endpoints/id_card.yaml; stdout if not said"),
        )
        .arg(
            Arg::new("merge")
                .long("merge")
                .action(ArgAction::SetTrue)
                .requires("output")
                .help("Brings FILE up to date, keeps what people wrote in it, and shows the difference"),
        )
}

pub(crate) fn run(spec: &Spec, matches: &ArgMatches) -> Result<ExitCode, UsageError> {
    spec.usable()?;
    let said = |name: &str| matches.get_one::<String>(name).map(String::as_str);
    let page = read(said("page").unwrap_or("-"))?;
    let old = match (said("output"), matches.get_flag("merge")) {
        (Some(file), true) => Some(text(file)?),
        (Some(file), false) if Path::new(file).exists() => {
            return Err(UsageError(format!(
                "{file} is there already; --merge brings it up to date, or choose another name"
            )));
        }
        _ => None,
    };
    let imported = match &old {
        Some(old) => merge(&page, old, &spec.provider),
        None => import(&page, &spec.provider),
    };
    let Imported { yaml, notes } = match imported {
        Ok(imported) => imported,
        Err(why) => {
            error(&format!("{why}; nothing is written"));
            return Ok(ExitCode::FAILURE);
        }
    };
    notes.iter().for_each(|note| eprint(&format!("note: {note}")));
    let (yaml, faults) = with_faults(&yaml, &spec.provider);
    match (said("output"), &old) {
        (None, _) => data(yaml.trim_end()),
        (Some(file), None) => {
            write(Path::new(file), &yaml).map_err(|error| argument::failed("write", file, "-o", error))?;
            print(&format!("{file}: written; read it, and its comments, before you use it"));
        }
        (Some(file), Some(old)) if *old == yaml => print(&format!("{file}: nothing to bring up to date")),
        (Some(file), Some(old)) => {
            write(Path::new(file), &yaml).map_err(|error| argument::failed("write", file, "-o", error))?;
            data(
                TextDiff::from_lines(old.as_str(), yaml.as_str())
                    .unified_diff()
                    .header(file, file)
                    .to_string()
                    .trim_end(),
            );
        }
    }
    if faults.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    eprint(&faults.to_string());
    let count = faults.diagnostics().len();
    let file = said("output").unwrap_or("the output");
    eprint(&format!(
        "error: {file} has {count} fault(s), each a comment `# Fault` above its line: mend them before you use it"
    ));
    Ok(ExitCode::FAILURE)
}

fn read(page: &str) -> Result<Vec<u8>, UsageError> {
    let mut bytes = Vec::new();
    let read = if page == "-" {
        std::io::stdin().read_to_end(&mut bytes).map(|_| ())
    } else {
        std::fs::read(page).map(|read| bytes = read)
    };
    read.map_err(|error| argument::failed("read", page, "PAGE", error))?;
    Ok(bytes)
}

fn text(file: &str) -> Result<String, UsageError> {
    std::fs::read_to_string(file)
        .map_err(|error| argument::failed("read", file, "-o", format!("{error}; without --merge it is made")))
}

/// All of it or nothing: a file that is there is replaced once the new one is whole.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = Path::new(&beside);
    let mut file = std::fs::File::create_new(beside)?;
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .and_then(|()| std::fs::rename(beside, path));
    if written.is_err() {
        let _ = std::fs::remove_file(beside);
    }
    written
}
