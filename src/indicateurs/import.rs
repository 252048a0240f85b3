//! `maillage import indicateurs`: from the tables of Insee, of the OFGL or of a user to values.

use std::collections::btree_map::{BTreeMap, Entry};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};

use sqlx::{Connection, Executor, PgConnection};

use super::catalogue;
use super::conversion::{Connue, Etat};
use super::observations::{Cle, Consignes, Observation, Trouvees, est_entete, trouver};
use super::tableau::Tableau;
use crate::base::{Base, CopieBinaire};
use crate::error::{Contexte, Error, Result};
use crate::progres::Progres;
use crate::rejet::{Rejet, rapporter};
use crate::territoires::{Maille, Millesime, departement, est_arrondissement_municipal};

const ACTION: &str = "enregistrement des valeurs d'indicateurs";

/// What the user says of the files; the rest is found.
#[derive(Debug, Default)]
pub struct Options {
    pub millesime: Option<Millesime>,
    pub periode: Option<String>,
    pub maille: Option<Maille>,
    pub feuille: Option<String>,
    pub code: Option<String>,
    pub colonnes: Vec<(String, String)>,
}

/// What was loaded from a file, for the person at the terminal.
#[derive(Debug)]
pub struct Bilan {
    nom: String,
    millesime: i16,
    series: Vec<(Cle, usize)>,
    pub rejets: Vec<Rejet>,
    remarques: Vec<String>,
}

/// Loads a file in the place of what was loaded before for the same indicators, periods and mailles;
/// all or nothing, but for the rows set aside.
pub async fn indicateurs(
    base: &Base,
    fichier: PathBuf,
    options: Options,
    progres: &Progres,
) -> Result<Bilan> {
    progres.etape("Lecture du tableau");
    let lu = tokio::task::spawn_blocking(move || lire(&fichier, options));
    let (tableau, mut trouvees, options) = lu
        .await
        .map_err(|erreur| Error::Donnees(format!("La lecture s'est arrêtée : {erreur}")))??;

    progres.etape("Vérification des codes");
    let mut connexion = base.connexion().await?;
    let codes = Codes::charger(&mut connexion).await?;
    let millesime = codes.millesime(&tableau, &mut trouvees, options.millesime)?;
    let valeurs = codes.juger(&tableau, &mut trouvees, millesime);

    progres.etape("Enregistrement des valeurs");
    let mut transaction = connexion.begin().await.pour(ACTION)?;
    // Two imports of the same figures take turns.
    transaction.execute(super::VERROU).await.pour(ACTION)?;
    let mut series = Vec::new();
    let mut copie = CopieBinaire::default();
    for (cle, valeurs) in trouvees.series.iter().zip(&valeurs) {
        if valeurs.is_empty() {
            continue;
        }
        let jeu = ouvrir(&mut transaction, cle, millesime).await?;
        for (code, (connue, _)) in valeurs {
            ligne(&mut copie, jeu, code, *connue);
        }
        series.push((cle.clone(), valeurs.len()));
    }
    copie
        .envoyer(
            &mut transaction,
            "copy valeur (jeu, code, valeur, etat) from stdin (format binary)".into(),
        )
        .await?;
    transaction.execute("analyze jeu, valeur").await.pour(ACTION)?;
    sqlx::query("select annoncer_changement()").execute(&mut *transaction).await.pour(ACTION)?;
    transaction.commit().await.pour(ACTION)?;
    Ok(Bilan {
        nom: tableau.nom,
        millesime,
        series,
        rejets: trouvees.rejets,
        remarques: trouvees.remarques,
    })
}

fn lire(fichier: &Path, options: Options) -> Result<(Tableau, Trouvees, Options)> {
    let catalogue = catalogue::lire()?;
    for (_, indicateur) in &options.colonnes {
        if !catalogue.iter().any(|declaration| declaration.code == *indicateur) {
            return Err(Error::Donnees(format!(
                "« {indicateur} » n'est pas un indicateur du catalogue. La liste est à /api/indicateurs ; un \
                 indicateur s'ajoute dans data/indicateurs."
            )));
        }
    }
    let code = options.code.as_deref();
    let tableau =
        Tableau::lire(fichier, options.feuille.as_deref(), &|cellules| est_entete(cellules, code))?;
    let consignes = Consignes {
        code,
        periode: options.periode.as_deref(),
        maille: options.maille,
        colonnes: &options.colonnes,
    };
    let trouvees = trouver(&tableau, &catalogue, &consignes)?;
    Ok((tableau, trouvees, options))
}

/// Erases what was loaded for a series, and opens a place for its values.
async fn ouvrir(connexion: &mut PgConnection, cle: &Cle, millesime: i16) -> Result<i32> {
    sqlx::query(include_str!("sql/effacer_jeu.sql"))
        .bind(&cle.indicateur)
        .bind(&cle.periode)
        .bind(cle.maille)
        .bind(millesime)
        .execute(&mut *connexion)
        .await
        .pour(ACTION)?;
    sqlx::query_scalar(
        "insert into jeu (indicateur, periode, maille, millesime) values ($1, $2, $3, $4) returning id",
    )
    .bind(&cle.indicateur)
    .bind(&cle.periode)
    .bind(cle.maille)
    .bind(millesime)
    .fetch_one(connexion)
    .await
    .pour(ACTION)
}

fn ligne(copie: &mut CopieBinaire, jeu: i32, code: &str, connue: Connue) {
    let valeur = (connue.etat == Etat::Valeur).then(|| connue.valeur.to_be_bytes());
    copie.ligne(4);
    copie.champ(&jeu.to_be_bytes());
    copie.champ(code.as_bytes());
    copie.champ_ou_nul(valeur.as_ref().map(<[u8; 8]>::as_slice));
    copie.champ(connue.etat.as_str().as_bytes());
}

/// Codes that exist, by millésime, and those that look like them.
struct Codes {
    /// Newest first.
    communes: Vec<(i16, HashSet<String>)>,
    autres: HashMap<Maille, HashSet<String>>,
    postaux: HashSet<String>,
}

/// For each series, the value of each unit and the row that gave it.
type Valeurs = Vec<BTreeMap<String, (Connue, u64)>>;

impl Codes {
    async fn charger(connexion: &mut PgConnection) -> Result<Self> {
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
    fn millesime(
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
        trouvees.remarques.push(format!(
            "Codes reconnus comme ceux du millésime {annee}{}. Si ce n'est pas lui, donnez --millesime.",
            if restants > 0 { format!(", à {restants} près") } else { String::new() }
        ));
        Ok(annee)
    }

    /// The good observations, each unit once; the others are set aside.
    fn juger(&self, tableau: &Tableau, trouvees: &mut Trouvees, millesime: i16) -> Valeurs {
        let communes = self.communes.iter().find(|(annee, _)| *annee == millesime);
        let connu = |maille: Maille, code: &str| match maille {
            Maille::Commune => communes.is_none_or(|(_, codes)| codes.contains(code)),
            autre => self.autres.get(&autre).is_some_and(|codes| codes.contains(code)),
        };
        let mut valeurs: Valeurs = trouvees.series.iter().map(|_| BTreeMap::new()).collect();
        let mut refusees = HashSet::new();
        let (mut arrondissements, mut repetitions) = (HashSet::new(), 0);
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
        if !arrondissements.is_empty() {
            trouvees.remarques.push(format!(
                "{} arrondissements municipaux de Paris, Lyon et Marseille : passés, leurs communes les \
                 comprennent.",
                arrondissements.len()
            ));
        }
        if repetitions > 0 {
            trouvees
                .remarques
                .push(format!("{repetitions} valeurs répétées à l'identique : gardées une fois."));
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
            format!("« {code} » n'est le code d'aucune commune dans les millésimes chargés.")
        } else {
            format!(
                "« {code} » n'est pas une commune du millésime {millesime} ; c'en est une en {}.",
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

impl Bilan {
    /// Writes the report of the refused rows, if there are any.
    pub fn rapporter(&self, rapport: Option<&Path>) -> Result<Option<PathBuf>> {
        rapporter(&self.rejets, "indicateurs", rapport)
    }
}

impl fmt::Display for Bilan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}, millésime {} :", self.nom, self.millesime)?;
        for (cle, nombre) in &self.series {
            writeln!(
                f,
                "  {} {} par {} : {nombre} valeurs",
                cle.indicateur, cle.periode, cle.maille
            )?;
        }
        for remarque in &self.remarques {
            writeln!(f, "  {remarque}")?;
        }
        if !self.rejets.is_empty() {
            writeln!(f, "Lignes refusées : {}.", self.rejets.len())?;
        }
        for rejet in self.rejets.iter().take(REJETS_DITS) {
            writeln!(f, "  {rejet}")?;
        }
        if self.rejets.len() > REJETS_DITS {
            writeln!(f, "  … et {} autres.", self.rejets.len() - REJETS_DITS)?;
        }
        Ok(())
    }
}

/// How many refused rows are said on the terminal; all are in the report.
const REJETS_DITS: usize = 50;
