//! What the perimeter is, what a form asks of it, and its writing.

use serde::Serialize;
use sqlx::PgConnection;
use sqlx::types::Json;

use crate::coordination::Champs;
use crate::error::{Contexte, Error, Result};

/// Lines of a list at most.
const LIGNES_MAX: usize = 4_000;
/// Units of a perimeter at most: four départements of many communes.
const UNITES_MAX: usize = 4_000;
/// Places that are named for one name that several have.
const CHOIX_MAX: usize = 8;

/// A commune or an EPCI.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Unite {
    pub maille: String,
    pub code: String,
    #[serde(skip)]
    pub nom: String,
}

impl Unite {
    /// `commune:26001`
    pub fn reference(&self) -> String {
        format!("{}:{}", self.maille, self.code)
    }
}

/// A unit of the perimeter, under its EPCI of today.
#[derive(Debug, sqlx::FromRow)]
pub struct Ligne {
    #[sqlx(flatten)]
    pub unite: Unite,
    pub epci: Option<String>,
    pub epci_nom: Option<String>,
}

#[derive(Debug)]
pub struct Perimetre {
    pub lignes: Vec<Ligne>,
}

impl Perimetre {
    pub async fn lire(connexion: &mut PgConnection, reseau: &str) -> Result<Self> {
        let lignes = sqlx::query_as(include_str!("../sql/lire_perimetre.sql"))
            .bind(reseau)
            .fetch_all(connexion)
            .await
            .pour("lecture d'un périmètre")?;
        Ok(Self { lignes })
    }

    pub fn compter(&self, maille: &str) -> usize {
        self.lignes.iter().filter(|ligne| ligne.unite.maille == maille).count()
    }

    /// What a box means: a unit, or all that stands under an EPCI. What is no more there is nothing.
    fn designees(&self, coche: &str) -> Vec<Unite> {
        let convient = |ligne: &&Ligne| match coche.strip_prefix("groupe:") {
            Some(epci) => ligne.epci.as_deref() == Some(epci),
            None => ligne.unite.reference() == coche,
        };
        self.lignes.iter().filter(convient).map(|ligne| ligne.unite.clone()).collect()
    }
}

/// What a line of a list names.
#[derive(sqlx::FromRow)]
struct Nommee {
    rang: i64,
    maille: Option<String>,
    code: Option<String>,
    nom: Option<String>,
    departement: Option<String>,
    deja: bool,
}

/// What would come in and go out.
#[derive(Debug, Default)]
pub struct Changement {
    pub ajouts: Vec<Unite>,
    pub retraits: Vec<Unite>,
    /// Lines that do not count, and why.
    pub anomalies: Vec<String>,
    pub demandes: i64,
    pub zones: i64,
}

impl Changement {
    /// # Errors
    /// A sentence when nothing would change, or when the réseau would have no commune left.
    pub async fn lire(
        connexion: &mut PgConnection,
        reseau: &str,
        perimetre: &Perimetre,
        champs: &Champs,
    ) -> Result<Self> {
        let dits = |nom: &'static str| {
            champs.iter().filter(move |(n, _)| n == nom).map(|(_, valeur)| valeur.as_str())
        };
        let mut changement = Self::default();
        for coche in dits("retrait") {
            for unite in perimetre.designees(coche) {
                if !changement.retraits.contains(&unite) {
                    changement.retraits.push(unite);
                }
            }
        }
        let lignes: Vec<&str> =
            dits("liste").flat_map(str::lines).map(str::trim).filter(|l| !l.is_empty()).collect();
        if lignes.len() > LIGNES_MAX {
            return Err(Error::Demande(format!(
                "Cette liste a {} lignes : {LIGNES_MAX} au plus. Donnez plutôt des EPCI.",
                lignes.len()
            )));
        }
        changement.nommer(connexion, reseau, &lignes).await?;
        if dits("membres").next().is_some() {
            changement.joindre_les_communes(connexion, reseau).await?;
        }
        changement.juger(perimetre, &lignes)?;
        changement.suivre(connexion, reseau).await?;
        Ok(changement)
    }

    /// Takes what each line names, if it is one place that is not there.
    async fn nommer(
        &mut self,
        connexion: &mut PgConnection,
        reseau: &str,
        lignes: &[&str],
    ) -> Result<()> {
        let nommees: Vec<Nommee> = sqlx::query_as(include_str!("../sql/chercher_unites.sql"))
            .bind(reseau)
            .bind(lignes)
            .fetch_all(connexion)
            .await
            .pour("recherche de communes et d'EPCI")?;
        for siennes in nommees.chunk_by(|une, autre| une.rang == autre.rang) {
            let rang = usize::try_from(siennes[0].rang).unwrap_or(1);
            let dite = lignes.get(rang - 1).copied().unwrap_or_default();
            let nouvelles: Vec<(Unite, Option<&str>)> = siennes
                .iter()
                .filter(|nommee| !nommee.deja)
                .filter_map(|n| {
                    let unite = Unite {
                        maille: n.maille.clone()?,
                        code: n.code.clone()?,
                        nom: n.nom.clone()?,
                    };
                    Some((unite, n.departement.as_deref()))
                })
                .collect();
            match &nouvelles[..] {
                [(seule, _)] => {
                    if !self.ajouts.contains(seule) {
                        self.ajouts.push(seule.clone());
                    }
                }
                [] if siennes.iter().any(|nommee| nommee.deja) => {
                    self.anomalies.push(format!("Ligne {rang}, « {dite} » : déjà dans le périmètre."));
                }
                [] => self.anomalies.push(format!(
                    "Ligne {rang}, « {dite} » : aucune commune ni aucun EPCI n'a ce code ou ce nom. Cherchez-le sur la \
                     carte, puis écrivez son code."
                )),
                plusieurs => {
                    let mut dits: Vec<String> = plusieurs
                        .iter()
                        .take(CHOIX_MAX)
                        .map(|(u, d)| format!("{} {}{}", u.code, u.nom, d.map(|d| format!(" ({d})")).unwrap_or_default()))
                        .collect();
                    if plusieurs.len() > CHOIX_MAX {
                        dits.push(format!("et {} autres", plusieurs.len() - CHOIX_MAX));
                    }
                    self.anomalies.push(format!(
                        "Ligne {rang}, « {dite} » : plusieurs lieux portent ce nom. Écrivez le code de celui que vous voulez : {}.",
                        dits.join(", ")
                    ));
                }
            }
        }
        Ok(())
    }

    /// An EPCI comes with its communes.
    async fn joindre_les_communes(
        &mut self,
        connexion: &mut PgConnection,
        reseau: &str,
    ) -> Result<()> {
        let epci: Vec<&str> =
            self.ajouts.iter().filter(|u| u.maille == "epci").map(|u| u.code.as_str()).collect();
        if epci.is_empty() {
            return Ok(());
        }
        let communes: Vec<Unite> =
            sqlx::query_as(include_str!("../sql/lire_membres_a_ajouter.sql"))
                .bind(reseau)
                .bind(epci)
                .fetch_all(connexion)
                .await
                .pour("lecture des communes d'un EPCI")?;
        for commune in communes {
            if !self.ajouts.contains(&commune) {
                self.ajouts.push(commune);
            }
        }
        Ok(())
    }

    fn juger(&self, perimetre: &Perimetre, lignes: &[&str]) -> Result<()> {
        let anomalies = || self.anomalies.iter().map(|a| format!(" {a}")).collect::<String>();
        if self.ajouts.is_empty() && self.retraits.is_empty() {
            return Err(Error::Demande(match lignes.is_empty() {
                true => {
                    "Rien n'est changé : écrivez une commune ou un EPCI, ou cochez ce qui sort."
                        .into()
                }
                false => format!("Rien n'est changé.{}", anomalies()),
            }));
        }
        let communes = |unites: &[Unite]| unites.iter().filter(|u| u.maille == "commune").count();
        if perimetre.compter("commune") + communes(&self.ajouts) <= communes(&self.retraits) {
            return Err(Error::Demande(
                "Rien n'est changé : un réseau garde au moins une commune.".into(),
            ));
        }
        let total = perimetre.lignes.len() + self.ajouts.len() - self.retraits.len();
        if total > UNITES_MAX {
            return Err(Error::Demande(format!(
                "Rien n'est changé : le périmètre aurait {total} communes et EPCI, {UNITES_MAX} au plus."
            )));
        }
        Ok(())
    }

    /// What names the communes that would go out.
    async fn suivre(&mut self, connexion: &mut PgConnection, reseau: &str) -> Result<()> {
        let communes: Vec<&str> = self
            .retraits
            .iter()
            .filter(|u| u.maille == "commune")
            .map(|u| u.code.as_str())
            .collect();
        (self.demandes, self.zones) = sqlx::query_as(include_str!("../sql/compter_suites.sql"))
            .bind(reseau)
            .bind(communes)
            .fetch_one(connexion)
            .await
            .pour("lecture des suites d'un changement de périmètre")?;
        Ok(())
    }

    pub async fn ecrire(&self, connexion: &mut PgConnection, reseau: &str) -> Result<()> {
        sqlx::query("select changer_perimetre($1, $2, $3)")
            .bind(reseau)
            .bind(Json(&self.ajouts))
            .bind(Json(&self.retraits))
            .execute(connexion)
            .await
            .map(|_| ())
            .pour("changement d'un périmètre")
    }
}
