//! Keeps the GEOS that is linked in to ourselves.
//!
//! GDAL and SpatiaLite load the system's GEOS. A program shows the libraries it loads the symbols
//! that they ask for: they would call some functions of ours and some of theirs, on the same
//! handles, and opening a GeoPackage would end the process.

use std::path::Path;

/// No symbol of GEOS's C interface leaves the program.
const SYMBOLES: &str = "{ local: GEOS*; initGEOS*; finishGEOS*; };\n";

fn main() {
    println!("cargo:rerun-if-changed=src/build.rs");
    // The binary holds them.
    println!("cargo:rerun-if-changed=migrations");
    let dossier = std::env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    let script = Path::new(&dossier).join("geos.map");
    std::fs::write(&script, SYMBOLES).expect("OUT_DIR can be written");
    println!("cargo:rustc-link-arg=-Wl,--version-script={}", script.display());
}
