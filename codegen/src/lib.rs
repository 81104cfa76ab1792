//! Generates a client's code from a folder of YAML, in five steps: read, parse, check, lower, emit.
//!
//! Only this crate knows the spec's dialect. [`load`] is for programs that interpret a spec at run
//! time, [`expand`] for the macro. Both collect all faults of all files in one [`Report`]. `diff`,
//! `format`, `fix` and `Workspace`, of the feature `authors`, compare two specs, lay out the text
//! of one, mend it, and follow it while it is written.

pub mod dialect;
pub mod ir;

mod ast;
mod check;
#[cfg(feature = "authors")]
mod diff;
mod emit;
mod fix;
#[cfg(feature = "authors")]
mod fmt;
mod lower;
mod names;
mod parse;
mod report;
mod rules;
mod source;
#[cfg(feature = "authors")]
mod workspace;
mod yaml;

pub use check::CheckFn;
#[cfg(feature = "authors")]
pub use diff::{Change, ChangeClass, Diff, Release, SpecPlace, diff};
pub use emit::Extras;
pub use fix::{Edit, Fix, Safety};
#[cfg(feature = "authors")]
pub use fix::{Fixed, fix};
#[cfg(feature = "authors")]
pub use fmt::{Unformatted, format};
pub use report::{Diagnostic, Report};
pub use rules::{Rule, Severity};
#[cfg(feature = "authors")]
pub use source::read_files;
pub use source::{File, Input, PROVIDER as PROVIDER_FILE};
#[cfg(feature = "authors")]
pub use workspace::{Completion, Workspace};

use proc_macro2::TokenStream;

/// Reads a spec. Returns the usable part of it, and all faults.
///
/// An endpoint with a fault is left out; the others are returned.
pub fn load(input: Input<'_>) -> (ir::Provider, Report) {
    lint(input, &|_, _| None)
}

/// Reads a spec as [`load`] does, with warnings in addition, such as an example that violates its
/// own checks, which `check` tests.
pub fn lint(input: Input<'_>, check: CheckFn<'_>) -> (ir::Provider, Report) {
    let mut report = Report::default();
    let sources = source::read(input, &mut report); // the only I/O
    let provider = understood(&sources, check, &mut report);
    (provider, report)
}

/// The usable part of files.
fn understood(sources: &source::Sources, check: CheckFn<'_>, report: &mut Report) -> ir::Provider {
    let spec = parse::parse(sources, report); // never fails
    check::check(&spec, report); // never changes
    let provider = lower::lower(&spec, sources, report); // skips faulty endpoints
    check::lint(&spec, check, report); // refuses nothing
    provider
}

/// The code of a spec: its types and calls, and a `compile_error!` for each fault.
pub fn expand(input: Input<'_>, extras: Extras) -> TokenStream {
    let (mut provider, report) = load(input);
    provider.endpoints.append(&mut provider.faulty);
    let mut code = generate(&provider, extras);
    code.extend(emit::faults(&report));
    code
}

/// The Rust name of a field with this wire name; `None` if the field needs `rename`.
pub fn field_name(wire: &str) -> Option<String> {
    names::is_nameable(wire).then(|| names::snake(wire))
}

/// The code of a spec that was loaded.
pub fn generate(provider: &ir::Provider, extras: Extras) -> TokenStream {
    emit::emit(provider, extras)
}
