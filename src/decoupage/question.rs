//! Which units are asked for, and what the database answers.

use sqlx::PgConnection;

use super::forme::Forme;
use crate::error::{Contexte, Error, Result};
use crate::http::{Parametres, Reponse};
use crate::territoires::{Edition, Maille, situer};

/// Zones of api-geo: mainland, départements and régions overseas, other collectivités overseas.
const ZONES: [&str; 3] = ["metro", "drom", "com"];
/// Kinds of communes of api-geo. No source of ours gives contours and populations of the second.
const TYPES: [&str; 2] = ["commune-actuelle", "arrondissement-municipal"];

/// Units of a maille, by all of its criteria together.
#[derive(Debug)]
pub struct Question<'q> {
    maille: Maille,
    nom: Option<&'q str>,
    /// Whether scores grow with population.
    boost: bool,
    codes: Option<Vec<String>>,
    code_postal: Option<&'q str>,
    siren: Option<&'q str>,
    pub epci: Option<String>,
    pub departement: Option<String>,
    pub region: Option<String>,
    zones: Option<Vec<&'q str>>,
    limite: Option<i32>,
}

impl<'q> Question<'q> {
    /// All units of a maille, wherever they are.
    pub fn sur(maille: Maille) -> Self {
        Self {
            maille,
            nom: None,
            boost: false,
            codes: None,
            code_postal: None,
            siren: None,
            epci: None,
            departement: None,
            region: None,
            zones: None,
            limite: None,
        }
    }

    /// The unit of a code.
    pub fn seule(maille: Maille, code: String) -> Self {
        Self { codes: Some(vec![code]), ..Self::sur(maille) }
    }

    /// What the criteria of an address say. A code that nothing has is no error: nothing answers. A word that
    /// means nothing is one.
    pub fn lire(maille: Maille, parametres: &'q Parametres) -> Reponse<Self> {
        let boost = match parametres.texte("boost") {
            None => false,
            Some("population") => true,
            Some(autre) => {
                Err(Error::Demande(format!("« {autre} » ne se connaît pas : boost=population.")))?
            }
        };
        let code = |nom| parametres.texte(nom).map(str::to_uppercase);
        let types = mots(parametres, "type", &TYPES)?;
        let codes = match types {
            Some(types) if !types.contains(&TYPES[0]) => Some(vec![]),
            _ => code("code").map(|code| vec![code]),
        };
        // Those of the République that are neither départements nor régions are asked for by name.
        let zones = mots(parametres, "zone", &ZONES)?
            .or_else(|| (maille != Maille::Commune).then(|| ZONES[..2].to_vec()));
        Ok(Self {
            maille,
            nom: parametres.texte("nom"),
            boost,
            codes,
            code_postal: parametres.texte("codePostal"),
            siren: parametres.texte("siren"),
            epci: code("codeEpci"),
            departement: code("codeDepartement"),
            region: code("codeRegion"),
            zones,
            limite: limite(parametres)?,
        })
    }

    /// The first of them.
    pub fn limitee(self, parametres: &Parametres) -> Reponse<Self> {
        Ok(Self { limite: limite(parametres)?, ..self })
    }

    /// Whether nothing says where to look.
    pub fn partout(&self) -> bool {
        let lieux = [&self.epci, &self.departement, &self.region];
        let noms = [self.nom, self.code_postal, self.siren];
        self.codes.is_none()
            && noms.into_iter().all(|nom| nom.is_none())
            && lieux.into_iter().all(|lieu| lieu.is_none())
    }

    /// Keeps the commune of a point, in degrees: one, as api-geo answers, even on a border.
    pub async fn au_point(
        &mut self,
        connexion: &mut PgConnection,
        edition: Edition,
        [lon, lat]: [f64; 2],
    ) -> Result<()> {
        let situees = situer(connexion, edition, lon, lat, Some(self.maille)).await?;
        let voulus = self.codes.take();
        let code = situees.into_iter().map(|trouvee| trouvee.code).next();
        self.codes = Some(
            code.into_iter()
                .filter(|code| voulus.as_ref().is_none_or(|voulus| voulus.contains(code)))
                .collect(),
        );
        Ok(())
    }

    /// The objects of the answer as JSON, between commas; none when nothing answers. When no name has the words of
    /// the one that is asked for, those that look like it answer.
    pub async fn poser(
        &self,
        connexion: &mut PgConnection,
        edition: Edition,
        forme: &Forme,
    ) -> Result<Option<String>> {
        let objets = self.chercher(&mut *connexion, edition, forme, false).await?;
        match (&objets, self.nom) {
            (None, Some(_)) => self.chercher(connexion, edition, forme, true).await,
            _ => Ok(objets),
        }
    }

    async fn chercher(
        &self,
        connexion: &mut PgConnection,
        edition: Edition,
        forme: &Forme,
        approche: bool,
    ) -> Result<Option<String>> {
        sqlx::query_scalar(include_str!("sql/lire_unites.sql"))
            // Planned for what is asked: most criteria and fields are not.
            .persistent(false)
            .bind(edition.edition)
            .bind(self.maille)
            .bind(&forme.champs)
            .bind(forme.geometrie)
            .bind(self.nom)
            .bind(approche)
            .bind(self.boost)
            .bind(&self.codes)
            .bind(self.code_postal)
            .bind(self.siren)
            .bind(&self.epci)
            .bind(&self.departement)
            .bind(&self.region)
            .bind(&self.zones)
            .bind(self.limite)
            .fetch_one(connexion)
            .await
            .pour("lecture du découpage administratif")
    }
}

fn limite(parametres: &Parametres) -> Reponse<Option<i32>> {
    parametres.nombre("limit", 0..=1_000_000)
}

/// Words of a list between commas, each of which must be known.
fn mots<'p>(
    parametres: &'p Parametres,
    nom: &str,
    connus: &[&str],
) -> Result<Option<Vec<&'p str>>> {
    let Some(texte) = parametres.texte(nom) else { return Ok(None) };
    let mots: Vec<&str> = texte.split(',').map(str::trim).collect();
    match mots.iter().find(|mot| !connus.contains(mot)) {
        None => Ok(Some(mots)),
        Some(inconnu) => Err(Error::Demande(format!(
            "« {inconnu} » ne va pas dans le paramètre « {nom} ». Valeurs admises, séparées par des virgules : {}.",
            connus.join(", ")
        ))),
    }
}
