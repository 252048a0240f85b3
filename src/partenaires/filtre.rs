//! What a question about réseaux is limited to, once it is known to exist.

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::postgres::PgArguments;
use sqlx::{Arguments, PgConnection};

use super::reseaux::Reseau;
use crate::error::{Contexte, Error, Result};
use crate::http::{Parametres, Probleme, Reponse};
use crate::territoires::{Edition, Lieu};

/// Longest need that is read, in characters.
const BESOIN_MAX: usize = 500;

/// One réseau or all, a period, and perhaps a theme and a partner.
#[derive(Debug, Clone)]
pub struct Filtre {
    /// Those that the question is about.
    pub reseaux: Vec<Reseau>,
    pub theme: Option<String>,
    pub partenaire: Option<String>,
    pub periode: Periode,
    tous: bool,
}

/// Days that a question is about, both included; each réseau's own year when there are none.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Periode {
    pub annee: Option<i16>,
    pub du: Option<NaiveDate>,
    pub au: Option<NaiveDate>,
}

/// What an answer says of the question.
#[derive(Debug, Serialize)]
pub struct Cadre {
    /// Null for all of them.
    pub reseau: Option<String>,
    pub reseau_nom: Option<String>,
    pub demonstration: bool,
    pub mention: Option<String>,
    pub theme: Option<String>,
    pub partenaire: Option<String>,
    /// Null when the period is not a year, or when each réseau has its own.
    pub annee: Option<i16>,
    pub du: Option<NaiveDate>,
    /// Coverage is that of the zones in force on this day.
    pub au: Option<NaiveDate>,
}

impl Filtre {
    /// Query parameters that [`Self::lire`] reads.
    const PARAMETRES: [&str; 6] = ["reseau", "theme", "partenaire", "annee", "du", "au"];

    /// These, and others that a question has.
    pub fn avec(autres: &[&'static str]) -> Vec<&'static str> {
        [&Self::PARAMETRES[..], autres].concat()
    }

    /// Reads the parameters and checks that the réseau has what they name. Without a réseau: the only
    /// one there is, or all.
    pub async fn lire(connexion: &mut PgConnection, parametres: &Parametres) -> Reponse<Self> {
        let (theme, partenaire) = (parametres.texte("theme"), parametres.texte("partenaire"));
        let demandee = Periode::lire(parametres)?;
        let reseaux = match parametres.texte("reseau") {
            Some(code) => vec![Reseau::lire(connexion, code).await?],
            None => Reseau::tous(connexion).await?,
        };
        let (tous, periode) = match reseaux.as_slice() {
            [] => {
                return Err(Error::Introuvable(
                    "Aucun réseau n'est chargé. Lancez maillage import reseau.".into(),
                )
                .into());
            }
            [reseau] if demandee == Periode::default() => (false, Periode::annee(reseau.annee)),
            [_] => (false, demandee),
            _ => (true, demandee),
        };
        let seul = reseaux.first().filter(|_| !tous).map(|reseau| reseau.code.as_str());
        verifier_theme(connexion, seul, theme, partenaire).await?;
        Ok(Self {
            theme: theme.map(str::to_owned),
            partenaire: partenaire.map(str::to_owned),
            periode,
            tous,
            reseaux,
        })
    }

    /// One réseau whole, on days that are known.
    pub fn du_reseau(reseau: Reseau, periode: Periode) -> Self {
        Self { reseaux: vec![reseau], theme: None, partenaire: None, periode, tous: false }
    }

    /// The réseau, when the question is about one.
    pub fn reseau(&self) -> Option<&Reseau> {
        self.reseaux.first().filter(|_| !self.tous)
    }

    /// Codes of the réseaux, as statements take them.
    pub fn codes(&self) -> Vec<&str> {
        self.reseaux.iter().map(|reseau| reseau.code.as_str()).collect()
    }

    /// The parameters that every question begins with: $1 réseaux, $2 theme, $3 partner, $4 and $5 first and
    /// last day (null: each réseau's own year), $6 edition and $7 its millésime, $8 and $9 the place (maille
    /// and code; null for everything).
    pub fn arguments(&self, edition: Edition, lieu: Option<&Lieu>) -> Result<PgArguments> {
        let mut arguments = PgArguments::default();
        let ajouts = [
            arguments.add(self.codes()),
            arguments.add(&self.theme),
            arguments.add(&self.partenaire),
            arguments.add(self.periode.du),
            arguments.add(self.periode.au),
            arguments.add(edition.edition),
            arguments.add(edition.millesime),
            arguments.add(lieu.map(|lieu| lieu.maille)),
            arguments.add(lieu.map(|lieu| &lieu.code)),
        ];
        ajouts
            .into_iter()
            .collect::<std::result::Result<(), _>>()
            .map_err(sqlx::Error::Encode)
            .pour("écriture d'une question")?;
        Ok(arguments)
    }

    /// Refuses a question about several réseaux, where an answer is about one.
    pub fn exiger_un(self) -> Reponse<Self> {
        if !self.tous {
            return Ok(self);
        }
        let codes: Vec<_> = self.reseaux.iter().map(|reseau| reseau.code.as_str()).collect();
        Err(Probleme::demande(format!(
            "Précisez le réseau : reseau={}.",
            codes.join(" ou reseau=")
        )))
    }

    /// Codes of the réseaux whose demandes whoever asks does not read one by one.
    pub fn masques(&self) -> Vec<&str> {
        let masques = self.reseaux.iter().filter(|reseau| reseau.seuil_masque.is_some());
        masques.map(|reseau| reseau.code.as_str()).collect()
    }

    /// Under how many a count is masked: the largest, when several réseaux mask.
    pub fn seuil_masque(&self) -> Option<i16> {
        self.reseaux.iter().filter_map(|reseau| reseau.seuil_masque).max()
    }

    /// Refuses a question that reads demandes one by one, where some may not be.
    pub fn exiger_le_detail(&self) -> Reponse<()> {
        let masques = self.masques();
        if masques.is_empty() {
            return Ok(());
        }
        Err(Probleme::interdit(format!(
            "Le détail des demandes n'est pas publié ({}) : /api/couverture en donne les nombres, année par année. \
             Qui a un droit dans ce réseau le lit en se connectant.",
            masques.join(", ")
        )))
    }

    pub fn cadre(&self) -> Cadre {
        let seul = self.reseau();
        let demonstration = self.reseaux.iter().any(|reseau| reseau.demonstration);
        let mention = match seul {
            Some(reseau) => reseau.mention.clone(),
            None => demonstration.then(|| {
                "Une partie au moins de ces chiffres vient de données de démonstration.".to_owned()
            }),
        };
        Cadre {
            reseau: seul.map(|reseau| reseau.code.clone()),
            reseau_nom: seul.map(|reseau| reseau.nom.clone()),
            demonstration,
            mention,
            theme: self.theme.clone(),
            partenaire: self.partenaire.clone(),
            annee: self.periode.annee,
            du: self.periode.du,
            au: self.periode.au,
        }
    }
}

impl Periode {
    fn annee(annee: i16) -> Self {
        let jour = |mois, jour| NaiveDate::from_ymd_opt(i32::from(annee), mois, jour);
        Self { annee: Some(annee), du: jour(1, 1), au: jour(12, 31) }
    }

    /// All the days that a demande can have.
    pub fn toujours() -> Self {
        Self {
            annee: None,
            du: NaiveDate::from_ymd_opt(1900, 1, 1),
            au: NaiveDate::from_ymd_opt(2100, 12, 31),
        }
    }

    /// `annee`, or `du` and `au`.
    pub fn lire(parametres: &Parametres) -> Reponse<Self> {
        let annee = parametres.nombre("annee", 1943..=2100)?;
        let (du, au) = (parametres.date("du")?, parametres.date("au")?);
        match (annee, du, au) {
            (None, None, None) => Ok(Self::default()),
            (Some(annee), None, None) => Ok(Self::annee(annee)),
            (None, Some(du), Some(au)) if du <= au => {
                Ok(Self { annee: None, du: Some(du), au: Some(au) })
            }
            (None, Some(_), Some(_)) => Err(Probleme::demande(
                "La période finit avant de commencer : « au » précède « du ».",
            )),
            _ => Err(Probleme::demande(
                "Donnez une année (annee=2018), ou bien le premier et le dernier jour d'une période \
                 (du=2018-01-01 et au=2018-06-30).",
            )),
        }
    }
}

/// A need in everyday words.
pub fn besoin(parametres: &Parametres) -> Reponse<Option<&str>> {
    let texte = parametres.texte("q");
    if texte.is_some_and(|texte| texte.chars().count() > BESOIN_MAX) {
        return Err(Probleme::demande(format!(
            "Dites le besoin en moins de {BESOIN_MAX} caractères."
        )));
    }
    Ok(texte)
}

/// Refuses a theme or a partner that the réseau does not have; that none has, without a réseau.
pub async fn verifier_theme(
    connexion: &mut PgConnection,
    reseau: Option<&str>,
    theme: Option<&str>,
    partenaire: Option<&str>,
) -> Result<()> {
    if theme.is_none() && partenaire.is_none() {
        return Ok(());
    }
    let (theme_connu, partenaire_connu): (bool, bool) =
        sqlx::query_as(include_str!("sql/verifier_filtre.sql"))
            .bind(reseau)
            .bind(theme)
            .bind(partenaire)
            .fetch_one(connexion)
            .await
            .pour("vérification d'un thème et d'un partenaire")?;
    let ou = format!("/api/reseaux/{}", reseau.unwrap_or("{code}"));
    match (theme, partenaire) {
        (Some(theme), _) if !theme_connu => Err(Error::Introuvable(format!(
            "Le thème « {theme} » n'existe pas. La liste est à {ou}."
        ))),
        (_, Some(partenaire)) if !partenaire_connu => Err(Error::Introuvable(format!(
            "Le partenaire « {partenaire} » n'existe pas. La liste est à {ou}."
        ))),
        _ => Ok(()),
    }
}
