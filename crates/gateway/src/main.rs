//! The program `inkstone`; everything it does is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    gateway::commands::main()
}
