//! `pyi expand`: the code that the macro generates, formatted. A crate can check it in and
//! `include!` it instead of calling the macro; `--check` then compares the file with the spec.

use std::path::Path;
use std::process::ExitCode;

use pyi_codegen::{Extras, Input, ir};
use pyi_text::message;
use syn::visit_mut::VisitMut;
use syn::{Attribute, Expr, Lit, LitStr, Meta, MetaNameValue};

use crate::argument::Access;
use crate::language::tr;
use crate::options::FolderOption;
use crate::output::eprint;
use crate::stdio::{data, error};
use crate::{UsageError, argument, spec};

/// Print the code that the macro generates from a spec folder, formatted
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    spec: FolderOption,

    /// Print the code of one endpoint
    #[arg(long, value_name = "ENDPOINT")]
    endpoint: Option<String>,

    /// Features of the runtime that the code is for
    #[arg(long, value_name = "FEATURE", value_enum, value_delimiter = ',')]
    features: Vec<Feature>,

    /// Print nothing; the exit code is 1 if the file differs from the code
    #[arg(long, value_name = "FILE")]
    check: Option<String>,
}

/// A feature that adds to the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Feature {
    Serde,
    Derives,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, UsageError> {
    let folder = args.spec.folder.as_str();
    let (mut provider, report) =
        pyi_codegen::load(Input::Folder { path: Path::new(folder), shown: spec::shown(folder) });
    if !report.is_empty() {
        eprint(&report.to_string());
        return Ok(ExitCode::FAILURE);
    }
    if let Some(id) = &args.endpoint {
        keep(&mut provider, id)?;
    }
    // The text of the files goes into the code, rather than paths of this machine.
    provider.files.iter_mut().for_each(|file| file.disk = None);
    let has = |feature| args.features.contains(&feature);
    let extras = Extras { serde: has(Feature::Serde), derives: has(Feature::Derives) };
    let code = format(&provider, extras)?;
    match &args.check {
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
    let found = std::fs::read_to_string(path)
        .map_err(|error| argument::failed(Access::Read, path, "--check", error))?;
    if found == code {
        return Ok(ExitCode::SUCCESS);
    }
    error(&tr!(
        "{path} differs from the code of {folder}; write it again: pyi expand --spec {folder} > {path}",
        path,
        folder
    ));
    Ok(ExitCode::FAILURE)
}

/// Formats the code. The items inside a macro are formatted on their own, since the formatter skips
/// macros.
fn format(provider: &ir::Provider, extras: Extras) -> Result<String, UsageError> {
    let unreadable = |error: syn::Error| {
        UsageError(message!("the generated code cannot be read: {error}", error = error.to_string()))
    };
    let mut file: syn::File = syn::parse2(pyi_codegen::generate(provider, extras)).map_err(unreadable)?;
    DocLines.visit_file_mut(&mut file);
    let mut guarded = Vec::new();
    file.items.retain(|item| match item {
        syn::Item::Macro(item) => {
            guarded.push(item.mac.clone());
            false
        }
        _ => true,
    });
    let version = env!("CARGO_PKG_VERSION");
    let mut code = format!(
        "// Written by `pyi expand` for pyi-runtime {version}.\nconst _: () = ::pyi_runtime::__private::written_for(\"{version}\");\n"
    );
    code.push_str(&prettyplease::unparse(&file));
    for item in guarded {
        let name = item.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        let mut inner: syn::File = syn::parse2(item.tokens).map_err(unreadable)?;
        DocLines.visit_file_mut(&mut inner);
        let inner = prettyplease::unparse(&inner);
        let indented =
            inner.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") });
        code.push_str(&format!("::pyi_runtime::__private::{name}! {{\n{}}}\n", indented.collect::<String>()));
    }
    Ok(code)
}

/// Splits documentation into one attribute for each line, which the formatter writes as `///`.
struct DocLines;

impl VisitMut for DocLines {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
        *attributes = attributes.iter().flat_map(split).collect();
    }
}

fn split(attribute: &Attribute) -> Vec<Attribute> {
    let with_line = |line: &str| {
        let mut attribute = attribute.clone();
        if let Meta::NameValue(MetaNameValue { value: Expr::Lit(literal), .. }) = &mut attribute.meta {
            literal.lit = Lit::Str(LitStr::new(line, literal.lit.span()));
        }
        attribute
    };
    match &attribute.meta {
        Meta::NameValue(MetaNameValue { path, value: Expr::Lit(literal), .. }) if path.is_ident("doc") => {
            match &literal.lit {
                Lit::Str(text) => text.value().split('\n').map(with_line).collect(),
                _ => vec![attribute.clone()],
            }
        }
        _ => vec![attribute.clone()],
    }
}
