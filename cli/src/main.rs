//! The program `pyi`; everything of it is in the library beside this file.

use std::process::ExitCode;

fn main() -> ExitCode {
    pyi_cli::main(std::env::args_os().collect())
}
