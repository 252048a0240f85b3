//! All that is read for a report, before it is arranged.

use serde_json::{Map, Value, json};
use sqlx::PgConnection;

use super::super::{Consigne, Periode, Sujet};
use super::indicateurs::Indicateurs;
use super::noms::{abrege, cle_de_tri};
use super::reponses::{self, Delais, HorsZone, JamaisServies, Recouvrements, ZonesBlanches};
use crate::couverture::{
    Choix, Couverture, Portrait, Portraits, Question, Totaux, ZoneDePartenaire,
};
use crate::demandes::Repartition;
use crate::error::Result;
use crate::partenaires::{self, Description, Filtre, Partenaire, Reseau, Theme, verifier_theme};
use crate::territoires::{Edition, Lieu, Maille, Millesime, Unite, contours_incomplets};
use crate::web::fiches::date_longue;

/// Everything, in the codes of the newest contours; shares in those of `comptage`.
pub struct Matiere {
    pub consigne: Consigne,
    pub description: Description,
    pub edition: Edition,
    pub comptage: Millesime,
    pub lieu: Option<Lieu>,
    pub couverture: Couverture,
    pub avant: Option<Totaux>,
    pub portraits: Portraits,
    /// Nothing when the report has no page on EPCI.
    pub indicateurs: Indicateurs,
    /// Communes that maps draw in part: name, and what is missing.
    pub contours_incomplets: Vec<(String, String)>,
    pub zones: Vec<ZoneDePartenaire>,
    pub blanches: ZonesBlanches,
    pub recouvrements: Recouvrements,
    /// Coverage for each theme of the first level that a partner has.
    pub domaines: Vec<(String, String, Couverture)>,
    /// None where the réseau masks small counts for whoever asks: its demandes are not read one by one.
    pub detail: Option<Detail>,
    /// What every query was given.
    pub parametres: Map<String, Value>,
}

/// What is counted demande by demande.
pub struct Detail {
    pub repartition: Repartition,
    /// The year before; none when it had no demande.
    pub avant: Option<Repartition>,
    pub jamais: JamaisServies,
    pub delais: Delais,
    pub hors_zone: HorsZone,
}

impl Matiere {
    pub async fn lire(connexion: &mut PgConnection, consigne: &Consigne) -> Result<Self> {
        let reseau = Reseau::lire(connexion, &consigne.reseau).await?;
        let edition = Edition::avec_contours(connexion, None).await?;
        let comptage = reseau.comptage(connexion, consigne.periode.annee).await?;
        let millesime = comptage.map_or(reseau.millesime_reference, |edition| edition.millesime);
        let lieu = lieu(connexion, edition, consigne).await?;
        let mut filtre = Filtre::du_reseau(reseau.clone(), en_jours(consigne.periode));
        if let Sujet::Partenaire(code) = &consigne.sujet {
            verifier_theme(connexion, Some(&reseau.code), None, Some(code)).await?;
            filtre.partenaire = Some(code.clone());
        }
        let dans = lieu.as_ref();
        let description = reseau.clone().decrire(connexion).await?;
        let couverture =
            couvrir(connexion, &filtre, edition, comptage, Maille::Commune, dans).await?;
        let mut filtre_avant = filtre.clone();
        filtre_avant.periode = en_jours(consigne.periode.precedente());
        let detail = match filtre.masques().is_empty() {
            true => Some(
                Detail::lire(connexion, &filtre, &filtre_avant, edition, dans, millesime).await?,
            ),
            false => None,
        };
        let avant = couvrir(connexion, &filtre_avant, edition, comptage, Maille::Commune, dans)
            .await?
            .totaux;
        let commune = Maille::Commune;
        let poser = async |question: Question, connexion: &mut PgConnection| {
            question.poser(connexion, &filtre, edition, commune, dans).await
        };
        let blanches = reponses::lire(poser(Question::ZONES_BLANCHES, connexion).await?)?;
        let recouvrements = reponses::lire(poser(Question::RECOUVREMENTS, connexion).await?)?;
        let mut domaines = Vec::new();
        for theme in domaines_de(&description, consigne) {
            let mut filtre = filtre.clone();
            filtre.theme = Some(theme.code.clone());
            let couverture = couvrir(connexion, &filtre, edition, comptage, commune, dans).await?;
            if couverture.totaux.partenaires > 0 {
                domaines.push((theme.code.clone(), theme.libelle.clone(), couverture));
            }
        }
        let portraits = Portraits::lire(connexion, &reseau.code, edition, dans).await?;
        let codes: Vec<_> = portraits.communes.iter().map(|commune| &*commune.code).collect();
        let indicateurs = match consigne.sujet {
            Sujet::Partenaire(_) | Sujet::Regroupement(_) => Indicateurs::default(),
            Sujet::Reseau | Sujet::Epci(_) => {
                let departement = reseau.departement.as_deref();
                Indicateurs::lire(connexion, edition, &portraits.epci, departement).await?
            }
        };
        Ok(Self {
            indicateurs,
            contours_incomplets: contours_incomplets(connexion, edition, &codes).await?,
            portraits,
            zones: ZoneDePartenaire::lire(connexion, &filtre, edition).await?,
            parametres: parametres(
                consigne,
                edition,
                millesime,
                filtre.partenaire.as_deref(),
                dans,
            ),
            avant: Some(avant).filter(|avant| avant.demandes != Some(0)),
            comptage: millesime,
            consigne: consigne.clone(),
            description,
            edition,
            lieu,
            couverture,
            blanches,
            recouvrements,
            domaines,
            detail,
        })
    }

    /// Partners that a report speaks of: members at the end of its period, or who were called in.
    pub fn partenaires(&self) -> impl Iterator<Item = &Partenaire> {
        let au = self.consigne.periode.au;
        self.description.partenaires.iter().filter(move |partenaire| {
            let code = &partenaire.identite.code;
            match &self.consigne.sujet {
                Sujet::Partenaire(voulu) => voulu == code,
                _ => partenaire.adhere(au) || self.demandes_de(code) > 0,
            }
        })
    }

    fn demandes_de(&self, partenaire: &str) -> i64 {
        self.detail.as_ref().map_or(0, |detail| {
            detail.repartition.de(crate::demandes::Axe::Partenaire, partenaire).demandes
        })
    }

    /// The short name of a partner.
    pub fn nom_du_partenaire(&self, code: &str) -> String {
        self.description.partenaire(code).unwrap_or(code).to_owned()
    }

    /// «en 2018», «du 1er janvier au 30 juin 2019».
    pub fn quand(&self) -> String {
        let periode = self.consigne.periode;
        match periode.annee {
            Some(annee) => format!("en {annee}"),
            None => format!("du {} au {}", date_longue(periode.du), date_longue(periode.au)),
        }
    }

    /// EPCI of the perimeter, by name.
    pub fn epci_tries(&self) -> impl Iterator<Item = &Portrait> {
        let mut tries: Vec<_> = self.portraits.epci.iter().collect();
        tries.sort_by_cached_key(|epci| (cle_de_tri(&epci.nom), epci.code.clone()));
        tries.into_iter()
    }

    /// Communes of the perimeter, by name.
    pub fn communes_triees(&self) -> impl Iterator<Item = &Portrait> {
        let mut triees: Vec<_> = self.portraits.communes.iter().collect();
        triees.sort_by_cached_key(|commune| (cle_de_tri(&commune.nom), commune.code.clone()));
        triees.into_iter()
    }

    /// Communes of an EPCI that are in the perimeter.
    pub fn communes_de(&self, epci: &str) -> impl Iterator<Item = &Portrait> {
        let communes = self.portraits.communes.iter();
        communes.filter(move |commune| commune.epci.as_deref() == Some(epci))
    }

    /// The short name of an EPCI of the perimeter.
    pub fn nom_de_l_epci(&self, code: &str) -> Option<String> {
        let epci = self.portraits.epci.iter().find(|epci| epci.code == code)?;
        Some(abrege(&epci.nom))
    }

    pub fn nom_du_sujet(&self) -> String {
        match (&self.consigne.sujet, &self.lieu) {
            (Sujet::Partenaire(code), _) => {
                let mut connus = self.description.partenaires.iter();
                let partenaire = connus.find(|partenaire| partenaire.identite.code == *code);
                partenaire.map_or(code.clone(), |partenaire| partenaire.identite.nom.clone())
            }
            (_, Some(lieu)) => lieu.nom.clone(),
            _ => self.description.reseau.nom.clone(),
        }
    }

    /// A report that is written before its period is over, or on part of a year.
    pub fn provisoire(&self) -> bool {
        self.consigne.periode.annee.is_none() || self.consigne.edition <= self.consigne.periode.au
    }
}

impl Detail {
    async fn lire(
        connexion: &mut PgConnection,
        filtre: &Filtre,
        filtre_avant: &Filtre,
        edition: Edition,
        lieu: Option<&Lieu>,
        comptage: Millesime,
    ) -> Result<Self> {
        let avant = Repartition::lire(connexion, filtre_avant, edition, lieu, comptage).await?;
        let mut jusqu_ici = filtre.clone();
        jusqu_ici.periode.annee = None;
        jusqu_ici.periode.du = partenaires::Periode::toujours().du;
        let commune = Maille::Commune;
        let jamais = Question::JAMAIS_SERVIES.poser(connexion, &jusqu_ici, edition, commune, lieu);
        let jamais = reponses::lire(jamais.await?)?;
        let delais = Question::DELAIS.poser(connexion, filtre, edition, commune, lieu).await?;
        let hors_zone =
            Question::HORS_ZONE.poser(connexion, filtre, edition, commune, lieu).await?;
        Ok(Self {
            repartition: Repartition::lire(connexion, filtre, edition, lieu, comptage).await?,
            avant: Some(avant).filter(|avant| avant.tout().demandes > 0),
            delais: reponses::lire(delais)?,
            hors_zone: reponses::lire(hors_zone)?,
            jamais,
        })
    }
}

/// The place that a report is limited to.
async fn lieu(
    connexion: &mut PgConnection,
    edition: Edition,
    consigne: &Consigne,
) -> Result<Option<Lieu>> {
    let unite = match &consigne.sujet {
        Sujet::Reseau | Sujet::Partenaire(_) => return Ok(None),
        Sujet::Epci(code) => format!("epci:{code}").parse::<Unite>()?,
        Sujet::Regroupement(code) => {
            format!("regroupement:{}/{code}", consigne.reseau).parse::<Unite>()?
        }
    };
    Lieu::trouver(connexion, edition, &unite).await.map(Some)
}

async fn couvrir(
    connexion: &mut PgConnection,
    filtre: &Filtre,
    edition: Edition,
    comptage: Option<Edition>,
    maille: Maille,
    lieu: Option<&Lieu>,
) -> Result<Couverture> {
    let (filtre, lieu) = (filtre.clone(), lieu.cloned());
    Couverture::lire(connexion, filtre, edition, comptage, maille, lieu, Choix::default()).await
}

fn en_jours(periode: Periode) -> partenaires::Periode {
    partenaires::Periode { annee: periode.annee, du: Some(periode.du), au: Some(periode.au) }
}

/// Themes of the first level that are offered on the last day; of a partner alone, those that it has, or has one under.
fn domaines_de<'a>(
    description: &'a Description,
    consigne: &'a Consigne,
) -> impl Iterator<Item = &'a Theme> {
    let seul = match &consigne.sujet {
        Sujet::Partenaire(code) => {
            description.partenaires.iter().find(|p| p.identite.code == *code)
        }
        _ => None,
    };
    let dessous = |theme: &Theme, domaine: &Theme| {
        theme.code == domaine.code || theme.parent.as_ref() == Some(&domaine.code)
    };
    description.themes.iter().filter(move |domaine| {
        let siens = |partenaire: &Partenaire| {
            let mut themes = description.themes.iter();
            themes.any(|theme| dessous(theme, domaine) && partenaire.themes.contains(&theme.code))
        };
        domaine.parent.is_none()
            && domaine.fin.is_none_or(|fin| consigne.periode.au <= fin)
            && seul.is_none_or(siens)
    })
}

/// What is said of every query: what it was asked about, with what.
fn parametres(
    consigne: &Consigne,
    edition: Edition,
    comptage: Millesime,
    partenaire: Option<&str>,
    lieu: Option<&Lieu>,
) -> Map<String, Value> {
    let paires = [
        ("reseau", json!(consigne.reseau)),
        ("du", json!(consigne.periode.du)),
        ("au", json!(consigne.periode.au)),
        ("partenaire", json!(partenaire)),
        ("dans", json!(lieu.map(|lieu| lieu.unite.to_string()))),
        ("millesime", json!(edition.millesime)),
        ("millesime_reference", json!(comptage)),
    ];
    paires
        .into_iter()
        .filter(|(_, valeur)| !valeur.is_null())
        .map(|(nom, valeur)| (nom.to_owned(), valeur))
        .collect()
}
