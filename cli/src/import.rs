//! `pyi import`: writes or updates an endpoint's file from the provider's page. A file with a fault
//! is written too, with the fault as a comment at its place, and the exit code is 1.

use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;

use pyi_import::{Imported, import, merge, with_faults};
use pyi_text::message;
use similar::TextDiff;

use crate::argument::Access;
use crate::language::tr;
use crate::options::SpecOption;
use crate::output::{eprint, print};
use crate::spec::Spec;
use crate::stdio::{data, error};
use crate::{UsageError, argument};

/// Write an endpoint's file from the provider's page; what the page lacks becomes a comment
#[derive(Debug, clap::Args)]
#[command(
    after_help = "PAGE is the page as a browser saves it (HTML), or its text as copied, or Markdown. Notes go to stderr. Read the \
                        file before you use it: no page says whether a call changes anything."
)]
pub(crate) struct Args {
    #[command(flatten)]
    spec: SpecOption,

    /// The page's file; - is stdin
    #[arg(value_name = "PAGE")]
    page: String,

    /// The endpoint's file, such as spec/endpoints/id_card.yaml [default: stdout]
    #[arg(short, long, value_name = "FILE")]
    output: Option<String>,

    /// Update FILE: keep what people wrote in it, and print the difference
    #[arg(long, requires = "output")]
    merge: bool,
}

pub(crate) fn run(spec: &Spec, args: &Args) -> Result<ExitCode, UsageError> {
    spec.usable()?;
    let page = read(&args.page)?;
    let output = args.output.as_deref();
    let old = match (output, args.merge) {
        (Some(file), true) => Some(text(file)?),
        (Some(file), false) if Path::new(file).exists() => {
            return Err(UsageError(message!(
                "{file} exists; --merge updates it, or choose another name",
                file
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
        Err(fault) => {
            error(&tr!("{fault}; nothing is written", fault = fault.message()));
            return Ok(ExitCode::FAILURE);
        }
    };
    notes.iter().for_each(|note| eprint(&format!("note: {note}")));
    let (yaml, faults) = with_faults(&yaml, &spec.provider);
    put(output, old.as_deref(), &yaml)?;
    if faults.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    eprint(&faults.to_string());
    let count = faults.diagnostics().len();
    let file = output.map_or_else(|| tr!("the output"), str::to_owned);
    error(&tr!(
        "{file} has {count} fault(s), each a comment `# Fault` above its line: correct them before you use it",
        file,
        count
    ));
    Ok(ExitCode::FAILURE)
}

/// Writes the file, or prints it without one; an update prints the difference.
fn put(output: Option<&str>, old: Option<&str>, yaml: &str) -> Result<(), UsageError> {
    let Some(file) = output else {
        data(yaml.trim_end());
        return Ok(());
    };
    if old == Some(yaml) {
        print(&tr!("{file}: it is up to date", file));
        return Ok(());
    }
    write(Path::new(file), yaml).map_err(|error| argument::failed(Access::Write, file, "-o", error))?;
    match old {
        None => print(&tr!("{file}: written; read it, and its comments, before you use it", file)),
        Some(old) => {
            let difference = TextDiff::from_lines(old, yaml);
            data(difference.unified_diff().header(file, file).to_string().trim_end());
        }
    }
    Ok(())
}

fn read(page: &str) -> Result<Vec<u8>, UsageError> {
    let mut bytes = Vec::new();
    let read = if page == "-" {
        std::io::stdin().read_to_end(&mut bytes).map(|_| ())
    } else {
        std::fs::read(page).map(|read| bytes = read)
    };
    read.map_err(|error| argument::failed(Access::Read, page, "PAGE", error))?;
    Ok(bytes)
}

fn text(file: &str) -> Result<String, UsageError> {
    std::fs::read_to_string(file).map_err(|error| {
        argument::failed(
            Access::Read,
            file,
            "-o",
            message!("{error}; without --merge the file is created", error),
        )
    })
}

/// Writes the whole file or nothing: an existing file is replaced once the new one is complete.
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
