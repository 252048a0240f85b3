//! What a demande is about, once its réseau and its place are known: what may be chosen.

use chrono::Local;
use sqlx::PgConnection;

use super::saisie::{Fautes, Saisie, rempli};
use crate::error::{Error, Result};
use crate::partenaires::{Choix, Description, Fiche, Partenaire, Reseau};
use crate::territoires::{Edition, Lieu, Maille, Recherche, Resultat, Unite, rechercher};

/// Places shown for one text.
const LIEUX: i64 = 12;

/// What there is to choose from.
pub enum Cadre {
    /// The place is not known yet: those that answer its name, if one was given.
    Lieu {
        trouves: Vec<Resultat>,
        phrase: Option<String>,
    },
    /// Several réseaux answer for the place.
    Reseaux {
        lieu: Lieu,
        reseaux: Vec<Reseau>,
    },
    Pret(Box<Pret>),
}

/// A place and a réseau.
pub struct Pret {
    pub lieu: Lieu,
    pub reseau: Description,
    pub fiches: Vec<Fiche>,
}

impl Cadre {
    pub async fn lire(connexion: &mut PgConnection, saisie: &Saisie) -> Result<Self> {
        let edition = Edition::avec_contours(connexion, None).await?;
        let Some(lieu) = rempli(&saisie.territoire) else {
            return chercher(connexion, edition, &saisie.lieu).await;
        };
        let unite: Unite = lieu.parse()?;
        if !matches!(unite.maille, Maille::Commune | Maille::Epci) {
            let phrase = "Une demande est faite par une commune ou une intercommunalité : cherchez la vôtre.";
            return Ok(Self::Lieu { trouves: Vec::new(), phrase: Some(phrase.into()) });
        }
        let lieu = Lieu::trouver(connexion, edition, &unite).await?;
        let mut reseaux = Vec::new();
        for du_lieu in Reseau::du_lieu(connexion, edition, &lieu).await? {
            if du_lieu.reseau.sert(connexion, edition, &lieu).await? {
                reseaux.push(du_lieu.reseau);
            }
        }
        let voulu = rempli(&saisie.reseau);
        let choisi = match voulu {
            Some(code) => reseaux.iter().position(|reseau| reseau.code == code),
            None => Some(0).filter(|_| reseaux.len() == 1),
        };
        let Some(rang) = choisi else {
            return match (reseaux.is_empty(), voulu) {
                (true, None) => Err(Error::Introuvable(format!(
                    "Aucun réseau ne répond pour {} : il n’y a pas à qui adresser votre demande ici.",
                    lieu.nom
                ))),
                (_, Some(code)) => Err(Error::Introuvable(format!(
                    "Le réseau « {code} » ne répond pas pour {}.",
                    lieu.nom
                ))),
                (false, None) => Ok(Self::Reseaux { lieu, reseaux }),
            };
        };
        let reseau = reseaux.swap_remove(rang);
        let fiches = Fiche::lire(connexion, &reseau.code, &Choix::default()).await?;
        let reseau = reseau.decrire(connexion).await?;
        Ok(Self::Pret(Box::new(Pret { lieu, reseau, fiches })))
    }
}

/// Communes and EPCI that a text names.
async fn chercher(connexion: &mut PgConnection, edition: Edition, texte: &str) -> Result<Cadre> {
    if texte.is_empty() {
        return Ok(Cadre::Lieu { trouves: Vec::new(), phrase: None });
    }
    let recherche = Recherche { texte, maille: None, dans: None, limite: LIEUX };
    let mut trouves = rechercher(connexion, edition, &recherche).await?;
    trouves.retain(|trouve| matches!(trouve.maille, Maille::Commune | Maille::Epci));
    let phrase = trouves.is_empty().then(|| {
        format!("Aucune commune ni intercommunalité ne correspond à « {texte} ». Essayez son code postal.")
    });
    Ok(Cadre::Lieu { trouves, phrase })
}

impl Pret {
    /// Completes what a link leaves out: a fiche says its theme, a partner may have one alone.
    pub fn completer(&self, saisie: &mut Saisie) {
        let siens = self.themes_de(&saisie.partenaire);
        let fiche = self.fiche(&saisie.fiche);
        if saisie.partenaire.is_empty()
            && let Some([seul]) = fiche.map(|fiche| fiche.partenaires.as_slice())
            && self.membres().iter().any(|membre| membre.identite.code == seul.code)
        {
            saisie.partenaire.clone_from(&seul.code);
        }
        if saisie.theme.is_empty() {
            let de_la_fiche = fiche.and_then(|fiche| {
                let mut themes = fiche.themes.iter();
                themes.find(|theme| siens.is_empty() || siens.contains(theme))
            });
            let seul = if let [seul] = siens { Some(seul) } else { None };
            if let Some(theme) = de_la_fiche.or(seul) {
                saisie.theme.clone_from(theme);
            }
        }
    }

    /// What is wrong with the choices.
    pub fn fautes(&self, saisie: &Saisie) -> Fautes {
        let mut fautes = Fautes::new();
        let theme = self.reseau.themes.iter().find(|theme| theme.code == saisie.theme);
        if saisie.theme.is_empty() {
            fautes.insert(
                "theme",
                "Choisissez un thème, même approchant : le réseau le corrigera.".into(),
            );
        } else if theme.is_none() {
            fautes.insert(
                "theme",
                "Ce thème n’est plus dans la liste : choisissez-en un autre.".into(),
            );
        }
        if saisie.partenaire.is_empty() {
            if !self.coordonne() {
                fautes.insert(
                    "partenaire",
                    "Choisissez à qui vous adressez votre demande : ce réseau n’a pas de coordonnateur qui le fasse.".into(),
                );
            }
            return fautes;
        }
        let partenaire =
            self.membres().into_iter().find(|membre| membre.identite.code == saisie.partenaire);
        match (partenaire, theme) {
            (None, _) => {
                fautes.insert("partenaire", "Ce partenaire n’est plus dans la liste.".into());
            }
            (Some(membre), Some(theme))
                if !membre.themes.is_empty()
                    && !membre
                        .themes
                        .iter()
                        .any(|sien| *sien == theme.code || self.sous(sien, &theme.code)) =>
            {
                fautes.insert(
                    "partenaire",
                    format!(
                        "{} ne s’occupe pas du thème « {} » : choisissez un autre partenaire{}.",
                        membre.identite.nom,
                        theme.libelle,
                        if self.coordonne() { ", ou laissez le réseau choisir" } else { "" }
                    ),
                );
            }
            _ => {}
        }
        fautes
    }

    /// Who is a member today: nobody else is asked.
    pub fn membres(&self) -> Vec<&Partenaire> {
        let jour = Local::now().date_naive();
        self.reseau.partenaires.iter().filter(|membre| membre.adhere(jour)).collect()
    }

    /// Whether one of them coordinates, and takes what is for nobody in particular.
    pub fn coordonne(&self) -> bool {
        self.membres().iter().any(|membre| membre.coordonne())
    }

    /// Whether a theme is under another.
    fn sous(&self, theme: &str, parent: &str) -> bool {
        self.reseau
            .themes
            .iter()
            .any(|connu| connu.code == theme && connu.parent.as_deref() == Some(parent))
    }

    pub fn fiche(&self, code: &str) -> Option<&Fiche> {
        self.fiches.iter().find(|fiche| fiche.code == code)
    }

    /// Codes of the themes of a partner.
    pub fn themes_de(&self, partenaire: &str) -> &[String] {
        let membre =
            self.reseau.partenaires.iter().find(|membre| membre.identite.code == partenaire);
        membre.map_or(&[], |membre| membre.themes.as_slice())
    }
}
