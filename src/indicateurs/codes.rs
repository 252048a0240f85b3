//! The codes of a table: of which millésime they are, and what is wrong with those that are not.

use std::collections::btree_map::{BTreeMap, Entry};
use std::collections::{HashMap, HashSet};

use sqlx::PgConnection;

use super::conversion::{Connue, Etat};
use super::observations::{Observation, Trouvees};
use crate::error::{Contexte, Error, Result};
use crate::rejet::Rejet;
use crate::tableau::Tableau;
use crate::territoires::{Maille, Millesime, departement, est_arrondissement_municipal};

/// Codes that exist, by millésime, and those that look like them.
pub struct Codes {
    /// Newest first.
    communes: Vec<(i16, HashSet<String>)>,
    autres: HashMap<Maille, HashSet<String>>,
    postaux: HashSet<String>,
}

/// The geography that a table says it is in: `geo2023` in its name, or a note above its heading.
fn geographie(tableau: &Tableau) -> Option<i16> {
    let dans_le_nom = || {
        let nom = tableau.nom.to_lowercase();
        let (_, suite) = nom.split_once("geo")?;
        suite.get(..4).filter(|an| an.bytes().all(|octet| octet.is_ascii_digit()))?.parse().ok()
    };
    dans_le_nom().or_else(|| tableau.geographie())
}

/// For each series, the value of each unit and the row that gave it.
pub type Valeurs = Vec<BTreeMap<String, (Connue, u64)>>;

impl Codes {
    /// Those of the database. Fails when it has no commune to check codes against.
    pub async fn charger(connexion: &mut PgConnection) -> Result<Self> {
        let lignes: Vec<(i16, Maille, Vec<String>)> =
            sqlx::query_as(include_str!("sql/lire_codes.sql"))
                .fetch_all(&mut *connexion)
                .await
                .pour("lecture des codes connus")?;
        let postaux: Vec<String> = sqlx::query_scalar(
            "select distinct unnest(codes_postaux) from territoire where maille = 'commune'",
        )
        .fetch_all(connexion)
        .await
        .pour("lecture des codes postaux")?;
        let mut codes = Self {
            communes: Vec::new(),
            autres: HashMap::new(),
            postaux: postaux.into_iter().collect(),
        };
        for (annee, maille, connus) in lignes {
            if maille == Maille::Commune {
                codes.communes.push((annee, connus.into_iter().collect()));
            } else {
                codes.autres.entry(maille).or_default().extend(connus);
            }
        }
        if codes.communes.is_empty() {
            return Err(Error::Donnees(
                "Aucun territoire n'est chargé, et les codes du tableau ne peuvent pas être vérifiés. Lancez \
                 d'abord maillage import territoires."
                    .into(),
            ));
        }
        Ok(codes)
    }

    /// The millésime of the table's codes: what the user says, else the one whose communes are the
    /// nearest to those of the table.
    pub fn millesime(
        &self,
        tableau: &Tableau,
        trouvees: &mut Trouvees,
        dit: Option<Millesime>,
    ) -> Result<i16> {
        let maille = |observation: &Observation| trouvees.series[observation.serie].maille;
        let lus: HashSet<&str> = trouvees
            .observations
            .iter()
            .filter(|observation| maille(observation) == Maille::Commune)
            .map(|observation| observation.code.as_str())
            .filter(|code| !est_arrondissement_municipal(code))
            .collect();
        if lus.is_empty() {
            return Ok(dit.map_or(self.communes[0].0, Millesime::annee));
        }
        let inconnus =
            |codes: &HashSet<String>| lus.iter().filter(|code| !codes.contains(**code)).count();
        // A table of post codes is not a table of communes, though some of its codes are both.
        let postaux = lus.iter().filter(|code| self.postaux.contains(**code)).count();
        let mieux =
            self.communes.iter().map(|(_, codes)| inconnus(codes)).min().unwrap_or_default();
        if postaux > lus.len() - mieux && postaux * 2 > lus.len() {
            return Err(Error::Donnees(format!(
                "{} : la colonne « {} » contient des codes postaux, qui ne désignent pas une commune. \
                 Remplacez-les par des codes Insee.",
                tableau.nom, trouvees.colonne_code
            )));
        }
        if let Some(millesime) = dit {
            return Ok(millesime.annee());
        }
        if let Some(annee) = geographie(tableau) {
            if self.communes.iter().any(|(chargee, _)| *chargee == annee) {
                return Ok(annee);
            }
            return Err(Error::Donnees(format!(
                "{} est dans la géographie de {annee}, et ce millésime n'est pas chargé. Chargez-le d'abord \
                 (maillage import cog v_commune_{annee}.csv) ; ou donnez --millesime {annee}, et les codes \
                 ne seront pas vérifiés.",
                tableau.nom
            )));
        }
        // Codes that are not there count, and so do those that the table lacks among its départements.
        let departements: HashSet<&str> = lus.iter().map(|code| departement(code)).collect();
        let ecart = |codes: &HashSet<String>| {
            let manquants = codes.iter().filter(|code| {
                departements.contains(departement(code)) && !lus.contains(code.as_str())
            });
            inconnus(codes) * 4 + manquants.count()
        };
        let (annee, codes) = self
            .communes
            .iter()
            .min_by_key(|(_, codes)| ecart(codes))
            .map(|(annee, codes)| (*annee, codes))
            .ok_or_else(|| Error::Donnees("Aucun millésime n'est chargé.".into()))?;
        let restants = inconnus(codes);
        if restants < lus.len() {
            trouvees.remarques.push(format!(
                "Codes reconnus comme ceux du millésime {annee}{}. Si ce n'est pas lui, donnez --millesime.",
                if restants > 0 { format!(", à {restants} près") } else { String::new() }
            ));
        }
        Ok(annee)
    }

    /// The good observations, each unit once; the others are set aside.
    pub fn juger(&self, tableau: &Tableau, trouvees: &mut Trouvees, millesime: i16) -> Valeurs {
        let communes = self.communes.iter().find(|(annee, _)| *annee == millesime);
        let connu = |maille: Maille, code: &str| match maille {
            Maille::Commune => communes.map_or_else(
                || !est_arrondissement_municipal(code),
                |(_, codes)| codes.contains(code),
            ),
            autre => self.autres.get(&autre).is_some_and(|codes| codes.contains(code)),
        };
        let mut valeurs: Valeurs = trouvees.series.iter().map(|_| BTreeMap::new()).collect();
        let mut refusees = HashSet::new();
        let (mut arrondissements, mut repetitions, mut tronques) = (HashSet::new(), 0, 0);
        for observation in std::mem::take(&mut trouvees.observations) {
            let maille = trouvees.series[observation.serie].maille;
            let refuser = |raison: String| Rejet {
                fichier: tableau.nom.clone(),
                unite: "ligne",
                numero: observation.ligne,
                colonne: trouvees.colonne_code.clone(),
                valeur: observation.code.clone(),
                raison,
            };
            let code = match maille.code(&observation.code) {
                Ok(code) if connu(maille, &code) => code,
                Ok(code) if maille == Maille::Commune && est_arrondissement_municipal(&code) => {
                    arrondissements.insert(code);
                    continue;
                }
                // A row is refused once, whatever its columns.
                _ if !refusees.insert(observation.ligne) => continue,
                Ok(code) => {
                    trouvees.rejets.push(refuser(self.inconnu(maille, &code, millesime)));
                    continue;
                }
                Err(erreur) => {
                    let code = &observation.code;
                    let chiffres = code.bytes().all(|octet| octet.is_ascii_digit());
                    tronques += usize::from(chiffres && code.len() == 4);
                    trouvees.rejets.push(refuser(erreur.to_string()));
                    continue;
                }
            };
            match valeurs[observation.serie].entry(code) {
                Entry::Vacant(place) => {
                    place.insert((observation.connue, observation.ligne));
                }
                Entry::Occupied(mut place) if trouvees.cumulables => {
                    place.get_mut().0 = cumuler(place.get().0, observation.connue);
                }
                // Files that have a row for each post code repeat the commune.
                Entry::Occupied(place) if place.get().0 == observation.connue => {
                    repetitions += 1;
                }
                Entry::Occupied(place) => {
                    if refusees.insert(observation.ligne) {
                        let raison = format!(
                            "« {} » est déjà donné à la ligne {} : gardez une seule des deux.",
                            observation.code,
                            place.get().1
                        );
                        trouvees.rejets.push(refuser(raison));
                    }
                }
            }
        }
        if communes.is_none() && valeurs.iter().any(|valeurs| !valeurs.is_empty()) {
            trouvees.remarques.push(format!(
                "Le millésime {millesime} n'est pas chargé : ses codes n'ont pas pu être vérifiés."
            ));
        }
        if !arrondissements.is_empty() {
            trouvees.remarques.push(format!(
                "Arrondissements municipaux de Paris, Lyon et Marseille, passés puisque leurs communes \
                 les comprennent : {}.",
                arrondissements.len()
            ));
        }
        if repetitions > 0 {
            trouvees
                .remarques
                .push(format!("Valeurs répétées à l'identique, gardées une fois : {repetitions}."));
        }
        if tronques > 1 {
            trouvees.remarques.push(format!(
                "Codes à quatre chiffres : {tronques}. Un tableur a pris les codes pour des nombres : \
                 mettez leur colonne au format Texte, puis rendez-leur le zéro du début."
            ));
        }
        trouvees.rejets.sort_by_key(|rejet| rejet.numero);
        valeurs
    }

    fn inconnu(&self, maille: Maille, code: &str, millesime: i16) -> String {
        if maille != Maille::Commune {
            return format!(
                "Le code « {code} » n'est celui d'aucun territoire chargé de la maille {maille}."
            );
        }
        let ailleurs: Vec<String> = self
            .communes
            .iter()
            .filter(|(_, codes)| codes.contains(code))
            .map(|(annee, _)| annee.to_string())
            .collect();
        if self.postaux.contains(code) && ailleurs.is_empty() {
            format!("« {code} » est un code postal : écrivez le code Insee de la commune.")
        } else if ailleurs.is_empty() {
            format!(
                "« {code} » n'est le code d'aucune commune dans les millésimes chargés : vérifiez-le."
            )
        } else {
            format!(
                "« {code} » n'est pas une commune du millésime {millesime} ; c'en est une en {}. Si le \
                 tableau est de cette année-là, dites-le avec --millesime.",
                ailleurs.join(", ")
            )
        }
    }
}

fn cumuler(a: Connue, b: Connue) -> Connue {
    match (a.etat, b.etat) {
        (Etat::Valeur, Etat::Valeur) => Connue::valant(a.valeur + b.valeur),
        (Etat::Valeur, _) => a,
        (_, _) => b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_may_say_its_geography() {
        let tableau = |nom: &str, note: &str| Tableau {
            nom: nom.into(),
            preambule: vec![note.into()],
            colonnes: Vec::new(),
            lignes: Vec::new(),
        };
        assert_eq!(geographie(&tableau("donnees_2021_geo2023.csv", "")), Some(2023));
        assert_eq!(
            geographie(&tableau("a.xlsx", "Mise en ligne Géographie au 01/01/2022")),
            Some(2022)
        );
        assert_eq!(geographie(&tableau("codgeo_2021.csv", "Géographie")), None);
    }
}
