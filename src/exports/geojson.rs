//! GeoJSON (RFC 7946): features as the database writes them, one a line.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use tokio::sync::mpsc::Receiver;

use crate::error::{ContexteFichier, Result};

const ACTION: &str = "écriture d'un export";

/// Writes a FeatureCollection. Blocks.
pub fn ecrire(chemin: &Path, nom: &str, mut lots: Receiver<Vec<String>>) -> Result<()> {
    let mut fichier = BufWriter::new(File::create(chemin).pour_fichier(ACTION, chemin)?);
    let nom = serde_json::Value::from(nom);
    write!(fichier, "{{\"type\":\"FeatureCollection\",\"name\":{nom},\"features\":[")
        .pour_fichier(ACTION, chemin)?;
    let mut separateur = "\n";
    while let Some(lot) = lots.blocking_recv() {
        for objet in lot {
            write!(fichier, "{separateur}{objet}").pour_fichier(ACTION, chemin)?;
            separateur = ",\n";
        }
    }
    fichier.write_all(b"\n]}\n").and_then(|()| fichier.flush()).pour_fichier(ACTION, chemin)
}
