//! A demande as people type it: what it says, checked against what the réseau has.

use chrono::{Local, NaiveDate};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

use crate::error::{Contexte, Result};
use crate::http::{Corps, Probleme, Reponse, manque};

const ACTION: &str = "écriture d'une demande";

/// States and levels, as the database writes them. What a commune sent from a page is received, and nobody says so after.
pub const ETATS: [&str; 7] =
    ["recue", "brouillon", "en_cours", "terminee", "abandonnee", "refusee", "test"];
const NIVEAUX: [&str; 2] = ["premier_niveau", "approfondi"];
/// Bounds of what is typed, in characters and in number. Those of the database are looser: tables bring what they have.
pub const CODE_MAX: usize = 100;
pub const REFERENCE_MAX: usize = 100;
const TEXTE_MAX: usize = 5_000;
const THEMES_MAX: usize = 20;
const PARTENAIRES_MAX: usize = 30;
const CONTACTS_MAX: usize = 10;
/// Days of work that one demande may take.
const JOURS_MAX: f64 = 10_000.0;

/// Fields that a correction may give.
pub const CHAMPS: [&str; 15] = [
    "date",
    "themes",
    "partenaires_associes",
    "beneficiaire",
    "fiche",
    "niveau",
    "objet",
    "etat",
    "reponse",
    "cloture",
    "suite",
    "jours",
    "contacts",
    "motif",
    "partenaire",
];

/// What a demande says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Saisie {
    pub date: NaiveDate,
    /// The first leads.
    pub themes: Vec<String>,
    pub partenaires: Vec<String>,
    pub maille: String,
    pub beneficiaire: String,
    /// That of the beneficiary's code.
    pub millesime: i16,
    pub fiche: Option<String>,
    pub niveau: Option<String>,
    pub objet: Option<String>,
    pub etat: String,
    pub reponse: Option<NaiveDate>,
    pub cloture: Option<NaiveDate>,
    pub suite: Option<String>,
    pub jours: Option<f64>,
}

/// Whom to call or write to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    pub nom: Option<String>,
    pub fonction: Option<String>,
    pub courriel: Option<String>,
    pub telephone: Option<String>,
}

impl Saisie {
    /// A new one: what is not given is empty.
    pub fn nouvelle(corps: &Corps) -> Reponse<Self> {
        let meneur = corps.exiger("partenaire", CODE_MAX)?.to_owned();
        let vide = Self {
            date: corps.date("date")?.ok_or_else(|| manque("date"))?,
            themes: Vec::new(),
            partenaires: vec![meneur],
            maille: String::new(),
            beneficiaire: String::new(),
            millesime: 0,
            fiche: None,
            niveau: None,
            objet: None,
            etat: "en_cours".into(),
            reponse: None,
            cloture: None,
            suite: None,
            jours: None,
        };
        if !corps.donne("beneficiaire") {
            return Err(manque("beneficiaire"));
        }
        if !corps.donne("themes") {
            return Err(manque("themes"));
        }
        vide.corrigee(corps)
    }

    /// The same with what a correction gives; what it leaves out stays, what it empties goes.
    pub fn corrigee(mut self, corps: &Corps) -> Reponse<Self> {
        if corps.donne("date") {
            self.date = corps.date("date")?.ok_or_else(|| manque("date"))?;
        }
        if corps.donne("themes") {
            self.themes = corps.lignes("themes", THEMES_MAX, CODE_MAX)?;
        }
        if let Some(meneur) = corps.ligne("partenaire", CODE_MAX)? {
            self.partenaires[0] = meneur.to_owned();
        }
        if corps.donne("partenaires_associes") {
            self.partenaires.truncate(1);
            self.partenaires.extend(corps.lignes(
                "partenaires_associes",
                PARTENAIRES_MAX,
                CODE_MAX,
            )?);
        }
        // The one that leads is not called in beside itself.
        let meneur = self.partenaires[0].clone();
        let mut rang = 0;
        self.partenaires.retain(|code| {
            rang += 1;
            rang == 1 || *code != meneur
        });
        if corps.donne("beneficiaire") {
            let texte = corps.exiger("beneficiaire", CODE_MAX)?;
            let (maille, code) = texte
                .split_once(':')
                .filter(|(maille, code)| {
                    ["commune", "epci", "autre"].contains(maille) && !code.is_empty()
                })
                .ok_or_else(|| {
                    Probleme::saisie(
                        "beneficiaire",
                        format!("« {texte} » ne désigne pas un bénéficiaire : écrivez commune:26001, epci:200040459, ou autre:code."),
                    )
                })?;
            (self.maille, self.beneficiaire) = (maille.to_owned(), code.to_owned());
        }
        let texte = |nom: &str, connu: Option<String>| match corps.donne(nom) {
            true => Ok(corps.paragraphe(nom, TEXTE_MAX)?.map(str::to_owned)),
            false => Ok::<_, Probleme>(connu),
        };
        self.objet = texte("objet", self.objet)?;
        self.suite = texte("suite", self.suite)?;
        if corps.donne("fiche") {
            self.fiche = corps.ligne("fiche", CODE_MAX)?.map(str::to_owned);
        }
        if corps.donne("niveau") {
            self.niveau = choix(corps, "niveau", &NIVEAUX)?;
        }
        let date = |nom: &str, connue| match corps.donne(nom) {
            true => corps.date(nom),
            false => Ok(connue),
        };
        self.reponse = date("reponse", self.reponse)?;
        self.cloture = date("cloture", self.cloture)?;
        if corps.donne("etat") {
            self.etat = choix(corps, "etat", &ETATS[1..])?.ok_or_else(|| manque("etat"))?;
        }
        if corps.donne("jours") {
            self.jours = corps.nombre("jours", 0.0..=JOURS_MAX)?;
        }
        self.juger()
    }

    /// What no réseau needs to be asked about.
    fn juger(self) -> Reponse<Self> {
        if self.themes.is_empty() {
            return Err(Probleme::saisie(
                "themes",
                "Une demande a au moins un thème : donnez son code.",
            ));
        }
        if self.date > Local::now().date_naive() {
            return Err(Probleme::saisie(
                "date",
                "La date de la demande est à venir : corrigez-la.",
            ));
        }
        for (nom, jour) in [("reponse", self.reponse), ("cloture", self.cloture)] {
            if jour.is_some_and(|jour| jour < self.date) {
                return Err(Probleme::saisie(
                    nom,
                    format!(
                        "Le champ « {nom} » est avant la demande ({}) : corrigez l'une des deux dates.",
                        self.date.format("%d/%m/%Y")
                    ),
                ));
            }
        }
        Ok(self)
    }

    /// What it names must be of the réseau; the millésime of its beneficiary's code is found, or stays that of the
    /// same beneficiary as it was read.
    pub async fn verifier(
        &mut self,
        connexion: &mut PgConnection,
        reseau: &str,
        lue: Option<&Self>,
    ) -> Reponse<()> {
        let (themes, partenaires, fiche, millesime): (Vec<String>, Vec<String>, bool, Option<i16>) =
            sqlx::query_as(include_str!("../sql/verifier_saisie.sql"))
                .bind(reseau)
                .bind(&self.themes)
                .bind(&self.partenaires)
                .bind(&self.fiche)
                .bind(&self.maille)
                .bind(&self.beneficiaire)
                .fetch_one(connexion)
                .await
                .pour(ACTION)?;
        if let Some(inconnu) = themes.first() {
            return Err(Probleme::saisie(
                "themes",
                format!(
                    "« {inconnu} » n'est pas un thème du réseau. Les thèmes sont à /api/reseaux/{reseau}."
                ),
            ));
        }
        if let Some(inconnu) = partenaires.first() {
            return Err(Probleme::saisie(
                "partenaires_associes",
                format!(
                    "« {inconnu} » n'est pas un partenaire du réseau. Les partenaires sont à /api/reseaux/{reseau}."
                ),
            ));
        }
        if !fiche {
            return Err(Probleme::saisie(
                "fiche",
                format!(
                    "Cette fiche n'est pas du réseau. Les fiches sont à /api/reseaux/{reseau}/fiches."
                ),
            ));
        }
        if let Some(lue) = lue
            && (&lue.maille, &lue.beneficiaire) == (&self.maille, &self.beneficiaire)
        {
            self.millesime = lue.millesime;
            return Ok(());
        }
        self.millesime = millesime.ok_or_else(|| {
            Probleme::saisie(
                "beneficiaire",
                match self.maille.as_str() {
                    "autre" => {
                        format!("Le réseau n'a pas de bénéficiaire « {} ».", self.beneficiaire)
                    }
                    maille => format!(
                        "Aucun millésime n'a {maille}:{}. Vérifiez ce code.",
                        self.beneficiaire
                    ),
                },
            )
        })?;
        Ok(())
    }
}

/// One of some words, or nothing.
fn choix(corps: &Corps, nom: &str, mots: &[&str]) -> Reponse<Option<String>> {
    match corps.ligne(nom, CODE_MAX)? {
        None => Ok(None),
        Some(mot) if mots.contains(&mot) => Ok(Some(mot.to_owned())),
        Some(_) => Err(Probleme::saisie(
            nom,
            format!("Le champ « {nom} » est l'un de : {}.", mots.join(", ")),
        )),
    }
}

/// The contacts that a write gives; none given, none changed.
pub fn contacts(corps: &Corps) -> Reponse<Option<Vec<Contact>>> {
    if !corps.donne("contacts") {
        return Ok(None);
    }
    let mut lus = Vec::new();
    for contact in corps.objets("contacts", CONTACTS_MAX)? {
        contact.admettre(&["nom", "fonction", "courriel", "telephone"])?;
        let champ = |nom, max| Ok::<_, Probleme>(contact.ligne(nom, max)?.map(str::to_owned));
        let lu = Contact {
            nom: champ("nom", 200)?,
            fonction: champ("fonction", 200)?,
            courriel: champ("courriel", 254)?,
            telephone: champ("telephone", 50)?,
        };
        if lu.courriel.as_ref().is_some_and(|courriel| !courriel.contains('@')) {
            return Err(Probleme::saisie(
                "contacts",
                "L'adresse électronique d'un contact ne se lit pas.",
            ));
        }
        if lu.nom.is_some()
            || lu.fonction.is_some()
            || lu.courriel.is_some()
            || lu.telephone.is_some()
        {
            lus.push(lu);
        }
    }
    Ok(Some(lus))
}

/// Writes the contacts of a demande in place of those it had: the new ones first, for what follows a demande by a link is
/// forgotten with the last of its contacts.
pub async fn remplacer(
    connexion: &mut PgConnection,
    reseau: &str,
    demande: i64,
    contacts: &[Contact],
) -> Result<()> {
    sqlx::query(include_str!("../sql/ecrire_contacts_saisis.sql"))
        .bind(reseau)
        .bind(demande)
        .bind(sqlx::types::Json(contacts))
        .execute(&mut *connexion)
        .await
        .pour(ACTION)?;
    sqlx::query(include_str!("../sql/retirer_contacts_remplaces.sql"))
        .bind(demande)
        .bind(sqlx::types::Json(contacts))
        .execute(connexion)
        .await
        .map(|_| ())
        .pour(ACTION)
}
