//! Official boundary files as their publishers give them: IGN's ADMIN EXPRESS, Etalab's contours,
//! and any file of communes whose columns are known or named.
//!
//! [`depot`] finds files in folders and archives, [`couche`] opens them, [`modele`] recognises their
//! layers, [`lecteur`] reads rows, [`systeme`] brings contours to degrees, [`recolte`] puts all of it
//! together. Communes déléguées and associées are not read: their territories are already in the
//! contours of their communes.

mod archive;
mod colonnes;
mod couche;
mod depot;
mod lecteur;
mod millesime;
mod modele;
mod noms;
mod recolte;
mod systeme;

use std::path::PathBuf;

use super::Lecture;
use super::apport::{Apport, SourceLue};
use crate::error::{Error, Result};
use crate::territoires::codes::Maille;
pub use colonnes::Colonnes;
pub use couche::{Couche, Facture, Jeu};
use depot::SHAPEFILE;
pub use depot::est_lisible;
pub use depot::{Depot, Donnee};
use lecteur::Lecteur;
pub use millesime::{annee_dans, choisir as choisir_millesime};
use modele::{Modele, rang, reconnaitre};
use recolte::Recolte;
pub use systeme::{Systeme, hors_de_france};

/// Twelve times the largest official archive, once unpacked; bytes.
const ARCHIVE_MAX: u64 = 16 << 30;

/// Reads official files, folders and archives, several together when each gives other communes.
/// Blocks: GDAL does.
///
/// # Errors
/// A sentence that says what is wrong, in which file, layer, row and column, and what to do.
pub fn lire(fichiers: &[PathBuf], colonnes: &Colonnes) -> Result<Lecture> {
    let depot = Depot::ouvrir(fichiers, ARCHIVE_MAX)?;
    let mut recolte = Recolte::default();
    let mut ecartees = Vec::new();
    for donnee in &depot.donnees {
        let fichier = Fichier { donnee, colonnes, seul: depot.donnees.len() == 1 };
        ecartees.extend(fichier.lire(&mut recolte)?);
    }
    if recolte.communes.is_empty() {
        return Err(sans_commune(&ecartees, colonnes));
    }
    dater(&mut recolte, fichiers);
    let mut lecture = recolte.assembler();
    if !ecartees.is_empty() {
        let noms: Vec<_> = ecartees.into_iter().map(|ecartee| ecartee.nom).collect();
        lecture.remarques.push(format!("Couches laissées de côté : {}.", noms.join(", ")));
    }
    Ok(lecture)
}

/// A layer that was not read, and its columns when they are of no known layout.
struct Ecartee {
    nom: String,
    colonnes: Option<Vec<String>>,
}

/// A file being read.
struct Fichier<'f> {
    donnee: &'f Donnee,
    colonnes: &'f Colonnes,
    seul: bool,
}

impl Fichier<'_> {
    /// Reads what is known in the file; returns the layers that are not.
    fn lire(&self, recolte: &mut Recolte) -> Result<Vec<Ecartee>> {
        let jeu = match Jeu::ouvrir(self.donnee, None) {
            Ok(jeu) => jeu,
            // A folder may hold any other JSON.
            Err(_) if !self.donnee.designee && self.donnee.pilote == "GeoJSON" => {
                return Ok(vec![Ecartee { nom: self.donnee.nom.clone(), colonnes: None }]);
            }
            Err(erreur) => return Err(erreur),
        };
        let designees = self.colonnes.modele();
        let mut ecartees = Vec::new();
        for couche in jeu.couches() {
            let modele = match &designees {
                Some(modele) => self
                    .colonnes
                    .toutes()
                    .all(|colonne| rang(&couche, colonne).is_some())
                    .then_some(modele),
                None => reconnaitre(&couche, &self.donnee.nom_court(), |colonne| {
                    let exemple = jeu.premiere_cellule(&couche, colonne).ok()??;
                    Some(exemple.chars().count())
                }),
            };
            match modele {
                Some(modele) if modele.maille.is_some() => {
                    self.lire_couche(&jeu, &couche, modele, recolte)?;
                }
                autre => {
                    let colonnes = autre.is_none().then_some(couche.colonnes);
                    ecartees.push(Ecartee { nom: couche.nom, colonnes });
                }
            }
        }
        Ok(ecartees)
    }

    fn lire_couche(
        &self,
        jeu: &Jeu<'_>,
        couche: &Couche,
        modele: &Modele<'_>,
        recolte: &mut Recolte,
    ) -> Result<()> {
        let lieu = format!("{}, couche {}", self.donnee.nom, couche.nom);
        let autre_jeu = self.encodage(jeu, couche, modele, &lieu)?.map(|encodage| {
            recolte.remarques.push(format!(
                "{lieu} : les noms ne sont pas dans l'encodage annoncé (.cpg) ; ils ont été lus en {encodage}."
            ));
            Jeu::ouvrir(self.donnee, Some(encodage))
        });
        let autre_jeu = autre_jeu.transpose()?;
        let jeu = autre_jeu.as_ref().unwrap_or(jeu);
        let combien = Lecteur { jeu, couche, modele, lieu: lieu.clone() }.lire(recolte)?;
        if modele.maille == Some(Maille::Commune) {
            let systeme = match &couche.systeme {
                _ if modele.sans_contour => "sans contours",
                Some(systeme) => systeme.nom.as_str(),
                None => "système non indiqué",
            };
            let reconnu = format!("{}, {} communes, {systeme}", modele.nom, milliers(combien));
            recolte.reconnus.push(if self.seul {
                format!("Reconnu : {reconnu}.")
            } else {
                format!("Reconnu dans {} : {reconnu}.", self.donnee.nom)
            });
            recolte.source(self.source(couche, modele));
        }
        Ok(())
    }

    /// The encoding in which a layer's names make sense, when it is not the one announced.
    fn encodage(
        &self,
        jeu: &Jeu<'_>,
        couche: &Couche,
        modele: &Modele<'_>,
        lieu: &str,
    ) -> Result<Option<&'static str>> {
        if noms_lisibles(jeu, couche, modele)? {
            return Ok(None);
        }
        if self.donnee.pilote == SHAPEFILE {
            for encodage in noms::ENCODAGES {
                if noms_lisibles(&Jeu::ouvrir(self.donnee, Some(encodage))?, couche, modele)? {
                    return Ok(Some(encodage));
                }
            }
        }
        Err(Error::Donnees(format!(
            "{lieu}, champ {} : des noms ont perdu leurs accents, car le texte n'est pas dans l'encodage \
             annoncé. Exportez de nouveau la couche en UTF-8.",
            modele.libelle
        )))
    }

    fn source(&self, couche: &Couche, modele: &Modele<'_>) -> SourceLue {
        let a = |colonne: Option<&str>| colonne.is_some_and(|nom| rang(couche, nom).is_some());
        let apports = [
            (Apport::Contours, !modele.sans_contour),
            (Apport::Codes, true),
            (Apport::Epci, a(modele.epci)),
            (Apport::Populations, a(modele.population)),
        ];
        let apports = apports.into_iter().filter(|(_, donne)| *donne).map(|(apport, _)| apport);
        let source = match modele.editeur {
            Some(editeur) => SourceLue::nouvelle(
                format!("{editeur}, {}", modele.nom),
                "Licence Ouverte 2.0",
                None,
                apports,
            ),
            None => SourceLue::nouvelle(
                format!("fichier {}", self.donnee.nom_court()),
                "non précisée par le fichier",
                None,
                apports,
            ),
        };
        // Insee's table is the list of communes itself; a layer may be an extract of one.
        if modele.sans_contour { source.complete() } else { source }
    }
}

fn noms_lisibles(jeu: &Jeu<'_>, couche: &Couche, modele: &Modele<'_>) -> Result<bool> {
    let colonnes: Vec<usize> = rang(couche, modele.libelle).into_iter().collect();
    let mut lisibles = true;
    jeu.parcourir(couche, &colonnes, false, |objet| {
        lisibles &= !objet.cellules.iter().flatten().any(|nom| noms::mal_decode(nom));
        Ok(())
    })?;
    Ok(lisibles)
}

/// Gives the sources the date that a name gives.
fn dater(recolte: &mut Recolte, fichiers: &[PathBuf]) {
    let date = fichiers.iter().find_map(|fichier| millesime::date(fichier));
    for source in &mut recolte.sources {
        source.date = source.date.or(date);
    }
}

/// What is said when no layer gives communes: the columns there are, and those there should be.
fn sans_commune(ecartees: &[Ecartee], colonnes: &Colonnes) -> Error {
    let attendues: Vec<&str> = colonnes.toutes().filter(|colonne| !colonne.is_empty()).collect();
    let inconnues: Vec<String> = ecartees
        .iter()
        .filter_map(|ecartee| {
            let presentes = ecartee.colonnes.as_ref()?;
            let manque = |colonne: &&&str| {
                !presentes.iter().any(|presente| presente.eq_ignore_ascii_case(colonne))
            };
            let manquantes: Vec<&str> = if attendues.is_empty() {
                ["code", "nom"].iter().filter(manque).copied().collect()
            } else {
                attendues.iter().filter(manque).copied().collect()
            };
            let liste = |noms: String| if noms.is_empty() { "aucune".to_owned() } else { noms };
            Some(format!(
                "{} (colonnes : {} ; il manque : {})",
                ecartee.nom,
                liste(presentes.join(", ")),
                liste(manquantes.join(", "))
            ))
        })
        .collect();
    if inconnues.is_empty() {
        return Error::Donnees(
            "Les fichiers n'ont pas de couche de communes : elles sont la maille dont tout est fait. Ajoutez \
             le fichier des communes."
                .into(),
        );
    }
    Error::Donnees(format!(
        "Aucune couche de communes n'est reconnue dans : {}. maillage reconnaît ADMIN EXPRESS (INSEE_COM, NOM, \
         INSEE_DEP ou code_insee, nom_officiel, code_insee_du_departement) et les fichiers à colonnes code et \
         nom. Pour un autre fichier, désignez ses colonnes : --colonnes code=…,nom=…",
        inconnues.join(" ; ")
    ))
}

/// A number with a space between thousands.
fn milliers(nombre: usize) -> String {
    let chiffres = nombre.to_string();
    let mut texte = String::new();
    for (rang, chiffre) in chiffres.chars().enumerate() {
        if rang > 0 && (chiffres.len() - rang).is_multiple_of(3) {
            texte.push(' ');
        }
        texte.push(chiffre);
    }
    texte
}
