//! Reads the command line and dispatches; everything else is in the library.

use std::process::ExitCode;

/// Also GEOS's and GDAL's: the crate's `override` feature takes the place of `malloc`.
#[global_allocator]
static ALLOCATEUR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    maillage::cli::executer()
}
