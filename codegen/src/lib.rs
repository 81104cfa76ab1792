//! From a folder of YAML to a client's code, in five steps: read, parse, check, lower, emit.
//!
//! This crate is the only one that knows the spec's dialect. [`load`] is for those who interpret a spec at run time,
//! [`expand`] for those who compile it. Both collect every fault of every file in one [`Report`].

pub mod dialect;
pub mod ir;

mod ast;
mod check;
mod emit;
mod lower;
mod names;
mod parse;
mod report;
mod rules;
mod source;
mod yaml;

pub use check::CheckFn;
pub use report::{Diagnostic, Report};
pub use rules::{Rule, Severity};
pub use source::{File, Input};

use proc_macro2::TokenStream;

/// Reads a spec: what can be made of it, and every fault found on the way.
///
/// An endpoint with a fault is left out; all others are there.
pub fn load(input: Input<'_>) -> (ir::Provider, Report) {
    lint(input, &|_, _| None)
}

/// As [`load`], with warnings beside the faults: an example, say, that fails its own check, which `check` finds.
pub fn lint(input: Input<'_>, check: CheckFn<'_>) -> (ir::Provider, Report) {
    let mut report = Report::default();
    let sources = source::read(input, &mut report); // the only I/O
    let spec = parse::parse(&sources, &mut report); // never fails
    check::check(&spec, &mut report); // never changes
    let provider = lower::lower(&spec, &sources, &report); // skips faulty endpoints
    check::lint(&spec, check, &mut report); // refuses nothing
    (provider, report)
}

/// Writes the code of a spec: its types and calls, and a `compile_error!` for each fault.
pub fn expand(input: Input<'_>) -> TokenStream {
    let (mut provider, report) = load(input);
    provider.endpoints.append(&mut provider.faulty);
    let mut code = generate(&provider);
    code.extend(emit::faults(&report));
    code
}

/// The name in Rust of a field with this name on the wire; `None` where the field must have `rename`.
pub fn field_name(wire: &str) -> Option<String> {
    names::is_nameable(wire).then(|| names::snake(wire))
}

/// Writes the code of what was loaded.
pub fn generate(provider: &ir::Provider) -> TokenStream {
    emit::emit(provider)
}
