//! Lists the specs of `providers/`, from which `pyi new --provider` starts.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=providers");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("providers");
    let mut text = String::from("&[\n");
    for folder in sorted(&root)?.iter().filter(|path| path.is_dir()) {
        let files = [vec![folder.join("provider.yaml")], sorted(&folder.join("endpoints"))?].concat();
        let _ = writeln!(text, "    ({:?}, &[", name(folder, &root));
        for file in files {
            let _ = writeln!(text, "        ({:?}, include_str!({file:?})),", name(&file, folder));
        }
        text.push_str("    ]),\n");
    }
    text.push_str("]\n");
    fs::write(PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("providers.rs"), text)
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// The path inside of a folder, with slashes.
fn name(path: &Path, folder: &Path) -> String {
    let parts = path.strip_prefix(folder).unwrap_or(path).iter();
    parts.map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}
