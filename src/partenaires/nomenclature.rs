//! The codes that exist, to judge those of a file: official codes, former codes, and the post
//! codes that look like them.

use std::collections::{HashMap, HashSet};

use sqlx::PgConnection;

use super::table::{Rang, Table};
use crate::error::{Contexte, Error, Result};
use crate::rejet::Rejet;
use crate::territoires::{CodeInsee, Maille};

#[derive(Debug, Default)]
pub struct Nomenclature {
    /// Names of units.
    noms: HashMap<(Maille, String), String>,
    /// Former codes of communes, and what they became.
    successeurs: HashMap<String, Commune>,
    /// Communes of a post code.
    codes_postaux: HashMap<String, Vec<Commune>>,
}

/// A commune as sentences name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commune {
    pub code: String,
    pub nom: String,
}

/// A unit that a row names.
#[derive(Debug, Clone)]
pub struct UniteLue {
    pub maille: Maille,
    pub code: String,
    /// What a former code became.
    pub successeur: Option<Commune>,
}

#[derive(sqlx::FromRow)]
struct Ligne {
    maille: Maille,
    code: String,
    nom: String,
    codes_postaux: Vec<String>,
    anciens_codes: Vec<String>,
}

impl Nomenclature {
    pub async fn charger(connexion: &mut PgConnection) -> Result<Self> {
        let lignes: Vec<Ligne> = sqlx::query_as(include_str!("sql/lire_nomenclature.sql"))
            .fetch_all(connexion)
            .await
            .pour("lecture des codes connus")?;
        if lignes.is_empty() {
            return Err(Error::Donnees(
                "Aucun territoire n'est chargé, et les codes d'un réseau ne peuvent pas être vérifiés. \
                 Lancez d'abord maillage import territoires."
                    .into(),
            ));
        }
        let mut nomenclature = Self::default();
        for ligne in lignes {
            nomenclature.ajouter(ligne);
        }
        Ok(nomenclature)
    }

    fn ajouter(&mut self, ligne: Ligne) {
        let commune = Commune { code: ligne.code.clone(), nom: ligne.nom.clone() };
        for ancien in ligne.anciens_codes {
            self.successeurs.insert(ancien, commune.clone());
        }
        for postal in ligne.codes_postaux {
            self.codes_postaux.entry(postal).or_default().push(commune.clone());
        }
        self.noms.insert((ligne.maille, ligne.code), ligne.nom);
    }

    /// Reads the unit that a row names, or says why it is none. `douteuse` tells that the column
    /// holds post codes elsewhere ([`Self::colonne_douteuse`]).
    pub fn unite(
        &self,
        rang: Rang<'_>,
        maille: Maille,
        colonne: &str,
        douteuse: bool,
    ) -> Result<UniteLue, Rejet> {
        let texte = rang.exiger(colonne)?;
        let code =
            maille.code(texte).map_err(|erreur| rang.refuser(colonne, erreur.to_string()))?;
        let successeur = match maille {
            Maille::Commune => self.commune(rang, colonne, &code, douteuse)?,
            _ if self.connue(maille, &code) => None,
            _ => return Err(rang.refuser(colonne, inconnue(maille, &code))),
        };
        Ok(UniteLue { maille, code, successeur })
    }

    fn commune(
        &self,
        rang: Rang<'_>,
        colonne: &str,
        code: &str,
        douteuse: bool,
    ) -> Result<Option<Commune>, Rejet> {
        let postal = self.codes_postaux.get(code);
        let Some(nom) = self.noms.get(&(Maille::Commune, code.to_owned())) else {
            return match (self.successeurs.get(code), postal) {
                (Some(successeur), _) => Ok(Some(successeur.clone())),
                (None, Some(communes)) => Err(rang.refuser(colonne, code_postal(code, communes))),
                (None, None) => Err(rang.refuser(colonne, inconnue(Maille::Commune, code))),
            };
        };
        let Some(communes) = postal else { return Ok(None) };
        // A code of both kinds: the name beside it decides, and failing that the rest of the column.
        let nomme = |nom: &str| rang.rempli("nom").is_some_and(|lu| meme_nom(lu, nom));
        if let Some(commune) =
            communes.iter().find(|commune| nomme(&commune.nom) && commune.code != code)
            && !nomme(nom)
        {
            return Err(rang.refuser(colonne, code_postal(code, std::slice::from_ref(commune))));
        }
        if douteuse && !nomme(nom) {
            return Err(rang.refuser(
                colonne,
                format!(
                    "« {code} » est le code Insee de {nom}, et aussi un code postal ({}). D'autres lignes \
                     de cette colonne portent des codes postaux : corrigez-les, et vérifiez celle-ci.",
                    lister_communes(communes)
                ),
            ));
        }
        Ok(None)
    }

    fn connue(&self, maille: Maille, code: &str) -> bool {
        self.noms.contains_key(&(maille, code.to_owned()))
    }

    /// Whether a column of codes of communes also holds post codes: then those of its codes that
    /// are of both kinds cannot be trusted.
    pub fn colonne_douteuse(&self, table: &Table, colonne: &str) -> bool {
        table.rangs().any(|rang| {
            CodeInsee::parse(rang.texte(colonne)).is_ok_and(|code| {
                self.codes_postaux.contains_key(code.as_str())
                    && !self.connue(Maille::Commune, code.as_str())
                    && !self.successeurs.contains_key(code.as_str())
            })
        })
    }
}

/// Says that no unit has this code.
pub fn inconnue(maille: Maille, code: &str) -> String {
    let quoi = match maille {
        Maille::Commune => "Aucune commune n'a",
        Maille::Epci => "Aucun EPCI n'a",
        Maille::Departement => "Aucun département n'a",
        Maille::Region => "Aucune région n'a",
        Maille::Regroupement => "Aucun regroupement n'a",
    };
    format!(
        "{quoi} le code « {code} » dans les millésimes chargés. Corrigez-le, ou chargez le millésime qui l'a."
    )
}

/// Says that a post code stands where a code is expected, and what to write.
pub fn code_postal(code: &str, communes: &[Commune]) -> String {
    match communes {
        [commune] => format!(
            "Le code « {code} » est un code postal ({}). {} a le code Insee {} : écrivez-le à la place.",
            commune.nom, commune.nom, commune.code
        ),
        _ => format!(
            "Le code « {code} » est un code postal. Écrivez le code Insee de la commune : {}.",
            lister_communes(communes)
        ),
    }
}

/// The first communes with their codes.
pub fn lister_communes(communes: &[Commune]) -> String {
    const MONTREES: usize = 6;
    let mut liste: Vec<String> = communes
        .iter()
        .take(MONTREES)
        .map(|commune| format!("{} {}", commune.nom, commune.code))
        .collect();
    if communes.len() > MONTREES {
        liste.push("…".into());
    }
    liste.join(", ")
}

/// Names that differ by their case, spaces and punctuation alone.
fn meme_nom(a: &str, b: &str) -> bool {
    let lettres = |nom: &str| -> String {
        nom.chars().filter(|lettre| lettre.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    lettres(a) == lettres(b)
}

/// What a row may name in its réseau: members and themes known so far.
#[derive(Debug, Default)]
pub struct Annuaire {
    pub partenaires: HashSet<String>,
    /// Code, and whether the theme has others under it.
    pub themes: HashMap<String, bool>,
    pub partenaires_themes: HashSet<(String, String)>,
    pub beneficiaires: HashSet<String>,
    pub fiches: HashSet<String>,
}

impl Annuaire {
    pub fn partenaire(&self, rang: Rang<'_>, colonne: &str, code: &str) -> Result<String, Rejet> {
        self.partenaires.get(code).cloned().ok_or_else(|| {
            let mut connus: Vec<_> = self.partenaires.iter().map(String::as_str).collect();
            connus.sort_unstable();
            rang.refuser(
                colonne,
                format!(
                    "« {code} » n'est pas un partenaire du réseau. Codes admis : {}.",
                    connus.join(", ")
                ),
            )
        })
    }

    /// The fiche that a cell names, if it names one.
    pub fn fiche(&self, rang: Rang<'_>, colonne: &str) -> Result<Option<String>, Rejet> {
        match rang.rempli(colonne) {
            Some(code) if !self.fiches.contains(code) => Err(rang.refuser(
                colonne,
                format!("« {code} » n'est pas une fiche du réseau. Ajoutez-la, ou corrigez-la."),
            )),
            fiche => Ok(fiche.map(str::to_owned)),
        }
    }

    /// A theme of either level.
    pub fn theme_ou_groupe(
        &self,
        rang: Rang<'_>,
        colonne: &str,
        code: &str,
    ) -> Result<String, Rejet> {
        match self.themes.get(code) {
            Some(_) => Ok(code.to_owned()),
            None => Err(theme_inconnu(rang, colonne, code)),
        }
    }

    /// A theme that something can be tied to: one that has none under it.
    pub fn theme(&self, rang: Rang<'_>, colonne: &str, code: &str) -> Result<String, Rejet> {
        match self.themes.get(code) {
            Some(false) => Ok(code.to_owned()),
            Some(true) => Err(rang.refuser(
                colonne,
                format!(
                    "« {code} » réunit plusieurs thèmes : choisissez l'un de ceux qu'il a sous lui."
                ),
            )),
            None => Err(theme_inconnu(rang, colonne, code)),
        }
    }
}

fn theme_inconnu(rang: Rang<'_>, colonne: &str, code: &str) -> Rejet {
    rang.refuser(
        colonne,
        format!("« {code} » n'est pas un thème du réseau. Ajoutez-l'y, ou corrigez-le."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nomenclature() -> Nomenclature {
        let mut nomenclature = Nomenclature::default();
        for (code, nom, postal, ancien) in [
            ("26198", "Montélimar", "26200", None),
            ("26200", "Montfroc", "26560", None),
            ("26289", "Saillans", "26340", Some("26371")),
        ] {
            nomenclature.ajouter(Ligne {
                maille: Maille::Commune,
                code: code.into(),
                nom: nom.into(),
                codes_postaux: vec![postal.into()],
                anciens_codes: ancien.map(str::to_owned).into_iter().collect(),
            });
        }
        nomenclature
    }

    fn juger(texte: &str) -> Vec<Result<Option<String>, String>> {
        let nomenclature = nomenclature();
        let table = Table::de_texte("t.csv", texte);
        let douteuse = nomenclature.colonne_douteuse(&table, "code");
        table
            .rangs()
            .map(|rang| {
                nomenclature
                    .unite(rang, Maille::Commune, "code", douteuse)
                    .map(|unite| unite.successeur.map(|commune| commune.nom))
                    .map_err(|rejet| rejet.to_string())
            })
            .collect()
    }

    #[test]
    fn a_post_code_is_refused_with_the_code_to_write() {
        let verdict = juger("code\n26340\n").remove(0).unwrap_err();
        assert!(
            verdict.starts_with(
                "t.csv, ligne 2, code : Le code « 26340 » est un code postal (Saillans)"
            )
        );
        assert!(verdict.contains("26289"), "{verdict}");
    }

    #[test]
    fn a_code_of_both_kinds_is_judged_by_the_name_beside_it() {
        let verdicts = juger("code,nom\n26200,Montfroc\n26200,MONTELIMAR\n26200,Montélimar\n");
        assert!(verdicts[0].is_ok());
        assert!(verdicts[1].is_ok(), "a name that is neither proves nothing");
        assert!(verdicts[2].as_ref().unwrap_err().contains("26198"));
    }

    #[test]
    fn a_code_of_both_kinds_is_refused_where_other_rows_hold_post_codes() {
        assert!(juger("code\n26200\n26198\n").iter().all(Result::is_ok));
        assert!(juger("code\n26200\n26340\n").iter().all(Result::is_err));
    }

    #[test]
    fn a_former_code_is_known_with_what_it_became() {
        assert_eq!(juger("code\n26371\n"), [Ok(Some("Saillans".into()))]);
        assert!(juger("code\n26999\n")[0].is_err());
    }
}
