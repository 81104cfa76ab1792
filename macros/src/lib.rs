//! The macro `provider!`. It finds the spec's folder and calls pyi-codegen.

use std::path::{Path, PathBuf};

use proc_macro::TokenStream;
use pyi_codegen::{Extras, Input, expand};
use syn::{LitStr, parse_macro_input};

/// Generates a client from a folder of YAML.
///
/// ```text
/// pyi_runtime::provider!("spec");
/// ```
///
/// The path is relative to the crate's `Cargo.toml`. Each fault of the spec is a compile error with
/// file, line and column; endpoints without a fault are generated. The compiler watches the files
/// of the spec. To notice a new file, the crate's `build.rs` has `fn main() {
/// println!("cargo::rerun-if-changed=spec"); }`.
#[proc_macro]
pub fn provider(input: TokenStream) -> TokenStream {
    let literal = parse_macro_input!(input as LitStr);
    let shown = literal.value().trim_end_matches('/').to_owned();
    let path = find(&shown, &literal);
    let extras = Extras { serde: cfg!(feature = "serde"), derives: cfg!(feature = "derives") };
    expand(Input::Folder { path: &path, shown: &shown }, extras).into()
}

/// The folder beside the crate's `Cargo.toml`, or else beside the file with `provider!`, for tools
/// that move the manifest (trybuild).
fn find(shown: &str, literal: &LitStr) -> PathBuf {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    let file = literal.span().unwrap().local_file().unwrap_or_default();
    let beside = std::env::current_dir().unwrap_or_default().join(file.parent().unwrap_or(Path::new("")));
    [manifest.join(shown), beside.join(shown)]
        .into_iter()
        .find(|path| path.is_dir())
        .unwrap_or_else(|| manifest.join(shown))
}
