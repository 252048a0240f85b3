//! A `.qgz`: the archive of one project. The same project makes the same bytes.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::error::{ContexteFichier, Result};

pub fn archiver(nom: &str, projet: &[u8]) -> Result<Vec<u8>> {
    let fichier = format!("{nom}.qgs");
    let ecrire = || {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        // The date of the archive's beginnings: that of the day would make other bytes.
        let reglages = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644);
        archive.start_file(fichier.as_str(), reglages)?;
        archive.write_all(projet)?;
        Ok::<_, std::io::Error>(archive.finish()?.into_inner())
    };
    ecrire().pour_fichier("archive d'un projet QGIS", &fichier)
}
