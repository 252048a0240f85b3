//! `COPY`, the fast way in: text rows for what is small, binary rows for geometries.

use sqlx::PgConnection;

use crate::error::{Contexte, Result};

/// Copies tab-separated rows, already escaped by [`echapper`]. Returns how many were written.
pub async fn copier_texte(
    connexion: &mut PgConnection,
    ordre: &'static str,
    lignes: String,
) -> Result<u64> {
    let action = "copie de lignes dans la base";
    let mut copie = connexion.copy_in_raw(ordre).await.pour(action)?;
    copie.send(lignes.into_bytes()).await.pour(action)?;
    copie.finish().await.pour(action)
}

/// Appends one field of a `COPY` text row: `None` becomes `\N`, specials are escaped.
pub fn echapper(ligne: &mut String, champ: Option<&str>) {
    let Some(champ) = champ else {
        ligne.push_str("\\N");
        return;
    };
    for lettre in champ.chars() {
        match lettre {
            '\\' => ligne.push_str("\\\\"),
            '\t' => ligne.push_str("\\t"),
            '\n' => ligne.push_str("\\n"),
            '\r' => ligne.push_str("\\r"),
            autre => ligne.push(autre),
        }
    }
}

/// Rows in PostgreSQL's binary `COPY` format (signature, then for each row a count of fields and
/// each field's length and bytes, all big-endian).
#[derive(Debug)]
pub struct CopieBinaire(Vec<u8>);

impl Default for CopieBinaire {
    fn default() -> Self {
        let mut octets = b"PGCOPY\n\xff\r\n\0".to_vec();
        octets.extend([0; 8]);
        Self(octets)
    }
}

impl CopieBinaire {
    /// Begins a row of `champs` fields; that many calls of [`Self::champ`] must follow.
    pub fn ligne(&mut self, champs: i16) {
        self.0.extend(champs.to_be_bytes());
    }

    /// Adds a field, in the binary form that its type's `recv` function reads.
    pub fn champ(&mut self, octets: &[u8]) {
        let longueur = i32::try_from(octets.len()).expect("a field is far below 2 GiB");
        self.0.extend(longueur.to_be_bytes());
        self.0.extend(octets);
    }

    /// The same for a field that may be null.
    pub fn champ_ou_nul(&mut self, octets: Option<&[u8]>) {
        match octets {
            Some(octets) => self.champ(octets),
            None => self.0.extend((-1_i32).to_be_bytes()),
        }
    }

    /// Sends the rows to `copy … from stdin (format binary)`. Returns how many were written.
    pub async fn envoyer(mut self, connexion: &mut PgConnection, ordre: String) -> Result<u64> {
        let action = "copie de contours dans la base";
        self.0.extend((-1_i16).to_be_bytes());
        let mut copie = connexion.copy_in_raw(&ordre).await.pour(action)?;
        copie.send(self.0).await.pour(action)?;
        copie.finish().await.pour(action)
    }
}
