//! What somebody gives to say where a zone goes, read before it is proposed: a list that was pasted, or a file. It comes
//! to units or to a drawing, and to what is wrong, line by line or feature by feature. Nothing is written.

use std::path::Path;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use sqlx::{PgConnection, PgPool};

use super::import::connaitre;
use super::jugement::{Connus, Jugement, juger};
use super::lecture::{Lecture, Releve};
use super::ligne::Defauts;
use super::proposition::Proposition;
use crate::comptes::Principal;
use crate::error::{Contexte, ContexteFichier, Error, Result};
use crate::http::{self, Atelier};
use crate::partenaires::table::Table;
use crate::tableau::decoder;

/// Lines of a list at most: there are not as many communes in a réseau.
const LIGNES_MAX: usize = 5_000;
/// What an archive may come to, in bytes.
const ARCHIVE_MAX: u64 = 64 << 20;
/// Files that are read at once: GDAL takes the memory that it wants.
static LECTURES: Atelier = Atelier::nouveau(2, Duration::from_secs(10));

/// A unit that was recognised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lieu {
    /// `commune:26113`
    pub unite: String,
    pub nom: String,
}

/// A line that is not taken as it is.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Anomalie {
    /// « ligne 14 », « objet 3 »
    pub place: String,
    pub valeur: String,
    pub raison: String,
    /// What may have been meant.
    pub choix: Vec<Lieu>,
}

/// What was given comes to.
#[derive(Debug, Default, Serialize)]
pub struct Reconnaissance {
    pub lieux: Vec<Lieu>,
    /// Units that a file leaves out of the others.
    pub exclues: Vec<Lieu>,
    /// GeoJSON, in degrees.
    pub dessin: Option<Value>,
    pub anomalies: Vec<Anomalie>,
    pub remarques: Vec<String>,
}

#[derive(sqlx::FromRow)]
struct Reponse {
    rang: i64,
    maille: Option<String>,
    code: Option<String>,
    nom: Option<String>,
    motif: Option<String>,
    ordre: Option<i32>,
}

impl Reponse {
    fn lieu(&self) -> Option<Lieu> {
        let unite = format!("{}:{}", self.maille.as_ref()?, self.code.as_ref()?);
        Some(Lieu { unite, nom: self.nom.clone()? })
    }
}

/// Reads a list: a place a line, by its code, its post code or its name, or all of them.
///
/// # Errors
/// A sentence when it is too long, and those of the database.
pub async fn lire_liste(
    connexion: &mut PgConnection,
    reseau: &str,
    texte: &str,
) -> Result<Reconnaissance> {
    let lignes: Vec<(usize, String)> = texte
        .lines()
        .enumerate()
        .flat_map(|(rang, ligne)| decouper(ligne).into_iter().map(move |mot| (rang + 1, mot)))
        .collect();
    if lignes.len() > LIGNES_MAX {
        return Err(Error::Demande(format!(
            "Cette liste a {} lignes : {LIGNES_MAX} au plus. Donnez plutôt des EPCI, ou un fichier.",
            lignes.len()
        )));
    }
    let textes: Vec<&str> = lignes.iter().map(|(_, texte)| texte.as_str()).collect();
    let reponses: Vec<Reponse> = sqlx::query_as(include_str!("../sql/reconnaitre_lieux.sql"))
        .bind(reseau)
        .bind(&textes)
        .fetch_all(connexion)
        .await
        .pour("lecture d'une liste de communes")?;
    let mut reconnue = Reconnaissance::default();
    for siennes in reponses.chunk_by(|une, autre| une.rang == autre.rang) {
        let place = usize::try_from(siennes[0].rang).unwrap_or(1) - 1;
        let (ligne, texte) = &lignes[place];
        match decider(texte, siennes) {
            Ok((lieu, remarque)) => {
                reconnue.remarques.extend(remarque.map(|dit| format!("Ligne {ligne} : {dit}")));
                if !reconnue.lieux.contains(&lieu) {
                    reconnue.lieux.push(lieu);
                }
            }
            Err((raison, choix)) => reconnue.anomalies.push(Anomalie {
                place: format!("ligne {ligne}"),
                valeur: texte.clone(),
                raison,
                choix,
            }),
        }
    }
    Ok(reconnue)
}

/// The places of a line: several when they are separated, one when a code stands beside a name, as tables have them.
fn decouper(ligne: &str) -> Vec<String> {
    let cellules: Vec<&str> = ligne
        .split([';', '\t', ','])
        .map(|c| c.trim().trim_matches('"').trim())
        .filter(|c| !c.is_empty())
        .collect();
    let est_code = |cellule: &&str| {
        (cellule.len() == 5 || cellule.len() == 9)
            && cellule.bytes().next().is_some_and(|octet| octet.is_ascii_digit())
            && cellule.bytes().skip(2).all(|octet| octet.is_ascii_digit())
    };
    let code = cellules.iter().find(|cellule| est_code(cellule));
    let nom = cellules.iter().find(|cellule| {
        cellule.chars().any(char::is_alphabetic)
            && !cellule.split_whitespace().any(|mot| est_code(&mot))
    });
    match (code, nom) {
        // Whatever else stands in the row: a population, a date.
        (Some(code), Some(nom)) if cellules.iter().filter(|c| est_code(c)).count() == 1 => {
            vec![format!("{code} {nom}")]
        }
        _ => cellules.into_iter().map(str::to_owned).collect(),
    }
}

type Decision = std::result::Result<(Lieu, Option<String>), (String, Vec<Lieu>)>;

/// Takes what a line says if it says one thing, else asks.
fn decider(texte: &str, reponses: &[Reponse]) -> Decision {
    const NON_PLUS: i32 = 8;
    let meilleur = reponses.iter().filter_map(|r| r.ordre).min();
    let siennes: Vec<&Reponse> = reponses
        .iter()
        .filter(|r| match meilleur {
            // A code of both kinds, alone: neither can be told from the other.
            Some(0) => r.ordre == Some(0) || r.motif.as_deref() == Some("code_postal"),
            Some(ordre) => r.ordre == Some(ordre),
            None => false,
        })
        .collect();
    let choix: Vec<Lieu> = siennes.iter().filter_map(|r| r.lieu()).collect();
    let un = match (&siennes[..], choix.first()) {
        ([seule], Some(lieu)) if meilleur.is_some_and(|ordre| ordre < NON_PLUS) => {
            Some((*seule, lieu.clone()))
        }
        _ => None,
    };
    let Some((seule, lieu)) = un else {
        let raison = match meilleur {
            Some(9) => format!(
                "{} n'est pas une commune du réseau : elle n'y compterait pas.",
                choix.first().map_or(texte, |lieu| lieu.nom.as_str())
            ),
            Some(8) => "Aucune commune ni aucun EPCI du réseau ne porte ce nom. Vouliez-vous dire :".into(),
            Some(_) if siennes.iter().any(|r| r.motif.as_deref() == Some("code_postal")) => {
                "Ce code postal est celui de plusieurs communes, ou c'est aussi un code Insee. Choisissez :".into()
            }
            Some(_) => "Plusieurs communes du réseau portent ce nom. Choisissez :".into(),
            None => "Ce n'est ni le nom, ni le code, ni le code postal d'une commune ou d'un EPCI du réseau.".into(),
        };
        return Err((raison, if meilleur == Some(9) { Vec::new() } else { choix }));
    };
    let remarque = match seule.motif.as_deref() {
        Some("ancien_code") => Some(format!(
            "« {texte} » est un ancien code : la commune est aujourd'hui {}.",
            lieu.nom
        )),
        Some("code_postal") => {
            Some(format!("« {texte} » est un code postal, celui de {}.", lieu.nom))
        }
        Some("code") if seule.ordre == Some(3) => Some(format!(
            "« {texte} » : le code est celui de {}, dont ce n'est pas le nom.",
            lieu.nom
        )),
        _ => None,
    };
    Ok((lieu, remarque))
}

/// A file as it was sent.
#[derive(Debug)]
pub struct Fichier {
    /// As its author calls it; nothing of it but the last part is used.
    pub nom: String,
    pub octets: Vec<u8>,
    /// Layer or sheet, where the file has several.
    pub couche: Option<String>,
    /// Reference system, where the file says none, as `EPSG:2154`.
    pub systeme: Option<String>,
}

/// Reads a file of units or of surfaces, all of one zone: what else its columns say is left.
///
/// Neither whoever waits for their turn nor whoever reads holds a connection.
///
/// # Errors
/// A sentence when it cannot be read, in the words of a page; 503 when too many files are read.
pub async fn lire_fichier(
    piscine: &PgPool,
    principal: &Principal,
    reseau: &str,
    partenaire: &str,
    fichier: Fichier,
) -> http::Reponse<Reconnaissance> {
    let action = "lecture d'un fichier reçu";
    let nom = nom_sur(&fichier.nom);
    let extension =
        Path::new(&nom).extension().unwrap_or_default().to_string_lossy().to_lowercase();
    if extension == "txt" {
        let mut transaction = principal.transaction(piscine).await?;
        return Ok(lire_liste(&mut transaction, reseau, &decoder(&fichier.octets)).await?);
    }
    let place = LECTURES.entrer().await?;
    let mut transaction = principal.transaction(piscine).await?;
    let (connus, _) = connaitre(&mut transaction, reseau).await?;
    transaction.rollback().await.pour(action)?;
    let defauts = Defauts {
        code: Some("zone".into()),
        partenaire: Some(partenaire.to_owned()),
        debut: Some(super::etats::aujourd_hui()),
        a_la_main: true,
        ..Defauts::default()
    };
    let texte = ["csv", "tsv"].contains(&extension.as_str()).then(|| decoder(&fichier.octets));
    // GDAL and PROJ block, to their end, whoever still waits for it.
    let lu = tokio::task::spawn_blocking(move || {
        let _place = place;
        lire_et_juger(&nom, &fichier, &connus, &defauts)
    })
    .await
    .map_err(|_| Error::Donnees("La lecture du fichier s'est arrêtée.".into()))?;
    let mut transaction = principal.transaction(piscine).await?;
    let jugement = match (lu, texte) {
        // A table of names, without codes: each line is read for itself.
        (Err(Error::Donnees(phrase)), Some(texte)) if phrase.contains("colonne de codes") => {
            return Ok(lire_liste(&mut transaction, reseau, &texte).await?);
        }
        (lu, _) => lu.map_err(|erreur| match erreur {
            Error::Donnees(phrase) | Error::Demande(phrase) => {
                Error::Demande(pour_la_page(&phrase))
            }
            autre => autre,
        })?,
    };
    Ok(conclure(&mut transaction, jugement).await?)
}

/// The last part of a name, without what a shell or a file system would understand.
fn nom_sur(nom: &str) -> String {
    let dernier = nom.rsplit(['/', '\\']).next().unwrap_or_default();
    let propre: String = dernier
        .chars()
        .map(|lettre| if lettre.is_alphanumeric() || "._-".contains(lettre) { lettre } else { '_' })
        .take(100)
        .collect();
    propre.trim_start_matches('.').to_owned()
}

fn lire_et_juger(
    nom: &str,
    fichier: &Fichier,
    connus: &Connus,
    defauts: &Defauts,
) -> Result<Jugement> {
    let action = "écriture d'un fichier reçu";
    let dossier = tempfile::Builder::new()
        .prefix("maillage-")
        .tempdir()
        .pour_fichier(action, std::env::temp_dir())?;
    let chemin = dossier.path().join(nom);
    std::fs::write(&chemin, &fichier.octets).pour_fichier(action, &chemin)?;
    let lecture = Lecture {
        couche: fichier.couche.clone(),
        systeme: fichier.systeme.clone(),
        archive_max: Some(ARCHIVE_MAX),
        ..Lecture::default()
    };
    let releve = lecture.lire(&chemin).map_err(|erreur| match erreur {
        // Where it was put is nothing to its author.
        Error::Donnees(phrase) => {
            Error::Donnees(phrase.replace(&format!("{}/", dossier.path().display()), ""))
        }
        autre => autre,
    })?;
    let Releve { table, dessins } = releve;
    Ok(juger(&Releve { table: table.d_une_zone(), dessins }, connus, defauts))
}

/// What was judged, as the page takes it.
async fn conclure(connexion: &mut PgConnection, jugement: Jugement) -> Result<Reconnaissance> {
    let Jugement { propositions, rejets, remarques, .. } = jugement;
    let anomalies = rejets
        .into_iter()
        .map(|rejet| Anomalie {
            place: format!("{} {}", rejet.unite, rejet.numero),
            valeur: rejet.valeur,
            raison: pour_la_page(&rejet.raison),
            choix: Vec::new(),
        })
        .collect();
    let mut reconnue = Reconnaissance {
        anomalies,
        remarques: remarques.iter().map(|phrase| pour_la_page(phrase)).collect(),
        ..Reconnaissance::default()
    };
    let Some(Proposition { zone, unites }) = propositions.into_iter().next() else {
        return Ok(reconnue);
    };
    if let Some(surface) = zone.surface {
        let dessin: sqlx::types::Json<Value> = sqlx::query_scalar(
            "select st_asgeojson(st_transform(st_geomfromtext($1, 3857), 4326), 7)::jsonb",
        )
        .bind(surface)
        .fetch_one(&mut *connexion)
        .await
        .pour("lecture d'un dessin")?;
        reconnue.dessin = Some(dessin.0);
    }
    for unite in unites {
        let code = format!("{}:{}", unite.maille, unite.code);
        let nom: Option<String> = sqlx::query_scalar(
            "select t.nom from edition_dessinee() e
             join territoire t on t.edition = e.edition and t.maille = $1::text::maille and t.code = $2",
        )
        .bind(unite.maille.to_string())
        .bind(&unite.code)
        .fetch_optional(&mut *connexion)
        .await
        .pour("lecture d'un nom")?;
        let lieu = Lieu { nom: nom.unwrap_or(unite.code), unite: code };
        if unite.exclue { reconnue.exclues.push(lieu) } else { reconnue.lieux.push(lieu) }
    }
    Ok(reconnue)
}

/// What sentences made for the command line say of its options, as the fields of the page.
fn pour_la_page(phrase: &str) -> String {
    const DITS: [(&str, &str); 5] = [
        (", ou dites laquelle c'est avec --colonnes NOM=unite", ""),
        ("Choisissez-en une avec --couche", "Écrivez laquelle dans « Couche ou feuille »"),
        (
            "Donnez-le avec --systeme, ainsi : --systeme ",
            "Écrivez-le dans « Système de coordonnées », ainsi : ",
        ),
        (
            "Donnez-le avec --systeme, par exemple --systeme ",
            "Écrivez-le dans « Système de coordonnées », par exemple ",
        ),
        ("recommencez avec --systeme ", "écrivez dans « Système de coordonnées » "),
    ];
    let dite = DITS.iter().fold(phrase.to_owned(), |dite, (de, vers)| dite.replace(de, vers));
    dite.replace("--systeme ", "")
}

impl Table {
    /// The same rows, all of one zone: the columns that would make several of them are no longer known.
    fn d_une_zone(self) -> Self {
        const TUES: [&str; 6] = ["code", "partenaire", "theme", "nom_zone", "debut", "fin"];
        self.renommer(|colonne| TUES.contains(&colonne).then(|| format!("({colonne})")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_table_is_one_place_and_a_line_of_names_is_several() {
        assert_eq!(decouper("26113;Die;4700"), ["26113 Die"]);
        assert_eq!(decouper("Die, Crest ;Valence"), ["Die", "Crest", "Valence"]);
        assert_eq!(decouper("26113\t26108"), ["26113", "26108"]);
        assert_eq!(decouper("  \"Saint-Nazaire-le-Désert\" "), ["Saint-Nazaire-le-Désert"]);
        assert!(decouper(" ; ").is_empty());
    }

    #[test]
    fn a_page_is_not_told_the_options_of_the_command_line() {
        for phrase in [
            "z.csv n'a pas… Nommez-la « unite » ou « code_insee », ou dites laquelle c'est avec --colonnes NOM=unite.",
            "z.gpkg contient 2 couches. Choisissez-en une avec --couche : a, b.",
            "Donnez-le avec --systeme, ainsi : --systeme EPSG:2154.",
            "Si c'est bien cela, recommencez avec --systeme EPSG:2154.",
            "Demandez le système à l'auteur du fichier, et donnez-le ainsi : --systeme EPSG:3945.",
            "Donnez-le avec --systeme, par exemple --systeme EPSG:2154.",
        ] {
            assert!(!pour_la_page(phrase).contains("--"), "{}", pour_la_page(phrase));
        }
    }

    #[test]
    fn the_name_of_a_file_leads_nowhere() {
        assert_eq!(nom_sur("../../etc/passwd"), "passwd");
        assert_eq!(nom_sur("C:\\zones\\Ma zone (1).gpkg"), "Ma_zone__1_.gpkg");
        assert_eq!(nom_sur("..zip"), "zip");
    }
}
