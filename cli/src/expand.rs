//! `pyi expand`: the code that the macro would generate, formatted. Checked in and `include!`d, it stands in for the macro;
//! `--check` then holds the file against the spec.

use std::path::Path;
use std::process::ExitCode;

use clap::ArgMatches;
use pyi_codegen::{Input, ir};

use crate::output::eprint;
use crate::stdio::{data, error};
use crate::{UsageError, argument, spec};

pub(crate) fn run(matches: &ArgMatches) -> Result<ExitCode, UsageError> {
    let folder = matches.get_one::<String>("dir").map(String::as_str).unwrap_or("spec");
    let (mut provider, report) =
        pyi_codegen::load(Input::Folder { path: Path::new(folder), shown: spec::shown(folder) });
    if !report.is_empty() {
        eprint(&report.to_string());
        return Ok(ExitCode::FAILURE);
    }
    if let Some(id) = matches.get_one::<String>("endpoint") {
        keep(&mut provider, id)?;
    }
    // The text of the files goes into the code, rather than paths of this machine.
    provider.files.iter_mut().for_each(|file| file.disk = None);
    let code = format(&provider)?;
    match matches.get_one::<String>("check") {
        Some(path) => check(path, folder, &code),
        None => {
            data(code.trim_end());
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn keep(provider: &mut ir::Provider, id: &str) -> Result<(), UsageError> {
    spec::endpoint(provider, id)?;
    provider.endpoints.retain(|endpoint| endpoint.id == id);
    Ok(())
}

fn check(path: &str, folder: &str, code: &str) -> Result<ExitCode, UsageError> {
    let found =
        std::fs::read_to_string(path).map_err(|error| argument::failed("read", path, "--check", error))?;
    if found == code {
        return Ok(ExitCode::SUCCESS);
    }
    error(&format!("{path} is not what {folder} expands to; write it anew: pyi expand {folder} > {path}"));
    Ok(ExitCode::FAILURE)
}

/// Formats the code. What stands inside of a macro is formatted on its own, since a formatter leaves that alone.
fn format(provider: &ir::Provider) -> Result<String, UsageError> {
    let broken = |error: syn::Error| UsageError(format!("the generated code cannot be read: {error}"));
    let mut file: syn::File = syn::parse2(pyi_codegen::generate(provider)).map_err(broken)?;
    let mut guarded = Vec::new();
    file.items.retain(|item| match item {
        syn::Item::Macro(item) => {
            guarded.push(item.mac.clone());
            false
        }
        _ => true,
    });
    let mut code = prettyplease::unparse(&file);
    for item in guarded {
        let name = item.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        let inner = prettyplease::unparse(&syn::parse2(item.tokens).map_err(broken)?);
        let indented =
            inner.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") });
        code.push_str(&format!("::pyi_runtime::{name}! {{\n{}}}\n", indented.collect::<String>()));
    }
    Ok(code)
}
