//! A demande as a form: noted in one page, corrected, qualified when a commune sent it.

use std::collections::BTreeSet;

use maud::html;
use serde_json::{Map, Value, json};
use sqlx::PgConnection;

use crate::coordination::demandes::cadre::Espace;
use crate::coordination::demandes::etats::ETATS;
use crate::coordination::formulaire::Formulaire;
use crate::coordination::saisie::{Champ, Choix, Genre, Saisie, Valeurs};
use crate::demandes::ecriture::Fiche;
use crate::demandes::import::designer;
use crate::error::{Contexte, Result};

const TEXTE_MAX: usize = 5_000;

/// What a réseau calls its themes, its partners and its fiches.
#[derive(Debug, Default)]
pub struct Nomenclature {
    pub themes: Vec<Nom>,
    pub partenaires: Vec<Nom>,
    pub fiches: Vec<Nom>,
    etats: Vec<Nom>,
    niveaux: Vec<Nom>,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Nom {
    genre: String,
    pub code: String,
    pub libelle: String,
    /// Of a theme or a fiche: it is one of the partner's.
    sien: bool,
}

impl Nomenclature {
    /// # Errors
    /// Those of the database.
    pub async fn lire(connexion: &mut PgConnection, espace: &Espace) -> Result<Self> {
        let noms: Vec<Nom> = sqlx::query_as(include_str!("../sql/lire_nomenclature.sql"))
            .bind(espace.reseau())
            .bind(espace.code())
            .fetch_all(connexion)
            .await
            .pour("lecture des thèmes et des partenaires")?;
        let fixe = |(code, libelle): &(&str, &str)| Nom {
            genre: String::new(),
            code: (*code).to_owned(),
            libelle: (*libelle).to_owned(),
            sien: false,
        };
        let mut nomenclature = Self {
            etats: ETATS[1..].iter().map(fixe).collect(),
            niveaux: NIVEAUX.iter().map(fixe).collect(),
            ..Self::default()
        };
        for nom in noms {
            match nom.genre.as_str() {
                "theme" => nomenclature.themes.push(nom),
                "partenaire" => nomenclature.partenaires.push(nom),
                _ => nomenclature.fiches.push(nom),
            }
        }
        Ok(nomenclature)
    }

    /// What a word of a table may stand for, in a field.
    pub fn choix(&self, champ: &str) -> Option<&[Nom]> {
        match champ {
            "theme" => Some(&self.themes),
            "partenaire" | "partenaires_associes" => Some(&self.partenaires),
            "fiche" => Some(&self.fiches),
            "etat" => Some(&self.etats),
            "niveau" => Some(&self.niveaux),
            _ => None,
        }
    }
}

const NIVEAUX: [(&str, &str); 2] =
    [("premier_niveau", "Premier niveau"), ("approfondi", "Approfondi")];

fn choix(noms: &[Nom]) -> Vec<Choix> {
    noms.iter().map(|nom| Choix::nouveau(&nom.code, &nom.libelle)).collect()
}

/// The partner's own first.
fn siens_d_abord(noms: &[Nom]) -> Vec<Choix> {
    let (siens, autres): (Vec<Nom>, Vec<Nom>) = noms.iter().cloned().partition(|nom| nom.sien);
    choix(&siens).into_iter().chain(choix(&autres)).collect()
}

/// The fields, in their order. `fiche` is the demande that is corrected.
pub fn champs(espace: &Espace, noms: &Nomenclature, fiche: Option<&Fiche>) -> Vec<Champ> {
    let meneur = fiche.map_or(espace.code(), |fiche| Some(fiche.meneur()));
    let autres: Vec<Nom> = noms
        .partenaires
        .iter()
        .filter(|nom| Some(nom.code.as_str()) != meneur || espace.code().is_none())
        .cloned()
        .collect();
    let (suivi, aussi, personne) =
        ("Le suivi", "Avec qui, et sur quoi encore", "La personne à rappeler");
    let mut champs = Vec::new();
    if espace.code().is_none() {
        let tous = choix(&noms.partenaires);
        champs
            .push(Champ::nouveau("partenaire", "Partenaire qui la mène", Genre::Un(tous)).requis());
    }
    champs.extend([
        Champ::nouveau("date", "Date de la demande", Genre::Jour).requis(),
        Champ::nouveau("beneficiaire", "Qui demande", Genre::Ligne(200))
            .requis()
            .aide("Commune ou EPCI : son nom, ou son code Insee ou Siren. Pour un autre bénéficiaire du réseau, son nom."),
        Champ::nouveau("theme", "Thème", Genre::Un(siens_d_abord(&noms.themes))).requis(),
        Champ::nouveau("objet", "Ce qui est demandé", Genre::Texte(TEXTE_MAX))
            .aide("En une phrase ou deux, sans nommer personne."),
        Champ::nouveau(
            "etat",
            "État",
            Genre::Un(ETATS[1..].iter().map(|(code, nom)| Choix::nouveau(code, nom)).collect()),
        )
        .requis(),
    ]);
    if fiche.is_none() {
        champs.push(
            Champ::nouveau("reference", "Votre référence", Genre::Ligne(100))
                .aide("Vide, elle est faite de la date, du bénéficiaire et de l'objet."),
        );
    }
    champs.extend([
        Champ::nouveau("reponse", "Date de la première réponse", Genre::Jour).pli(suivi),
        Champ::nouveau("cloture", "Date de clôture", Genre::Jour).pli(suivi),
        Champ::nouveau("suite", "Suite donnée", Genre::Texte(TEXTE_MAX)).pli(suivi),
        Champ::nouveau("jours", "Jours passés", Genre::Ligne(10)).aide("Comme 2 ou 1,5.").pli(suivi),
        Champ::nouveau("fiche", "Fiche", Genre::Un(siens_d_abord(&noms.fiches))).pli(suivi),
        Champ::nouveau(
            "niveau",
            "Niveau",
            Genre::Un(NIVEAUX.iter().map(|(code, nom)| Choix::nouveau(code, nom)).collect()),
        )
        .pli(suivi),
        Champ::nouveau("autres_themes", "Autres thèmes", Genre::Plusieurs(choix(&noms.themes))).pli(aussi),
        Champ::nouveau("partenaires_associes", "Partenaires associés", Genre::Plusieurs(choix(&autres)))
            .pli(aussi),
        Champ::nouveau("contact_nom", "Nom", Genre::Ligne(200))
            .aide("Vu de vous et du coordinateur seuls ; effacé passé la durée que le réseau a fixée.")
            .pli(personne),
        Champ::nouveau("contact_fonction", "Fonction", Genre::Ligne(200)).pli(personne),
        Champ::nouveau("contact_courriel", "Courriel", Genre::Courriel).pli(personne),
        Champ::nouveau("contact_telephone", "Téléphone", Genre::Telephone).pli(personne),
    ]);
    champs
}

/// What a demande says, field by field. `nom` is the beneficiary as people read it.
pub fn valeurs(fiche: &Fiche, nom: &str) -> Valeurs {
    let mut valeurs = Valeurs::new();
    let mut dire = |champ: &str, lues: Vec<String>| {
        let mut lues: Vec<String> = lues.into_iter().filter(|texte| !texte.is_empty()).collect();
        if matches!(champ, "autres_themes" | "partenaires_associes") {
            lues.sort();
        }
        if !lues.is_empty() {
            valeurs.insert(champ.to_owned(), lues);
        }
    };
    let un = |texte: &Option<String>| texte.clone().into_iter().collect::<Vec<_>>();
    dire("partenaire", vec![fiche.meneur().to_owned()]);
    dire("date", vec![fiche.date.to_string()]);
    dire("beneficiaire", vec![nom.to_owned()]);
    dire("theme", fiche.themes.first().cloned().into_iter().collect());
    dire("autres_themes", fiche.themes.iter().skip(1).cloned().collect());
    dire("partenaires_associes", fiche.partenaires.iter().skip(1).cloned().collect());
    dire(
        "objet",
        un(&fiche.objet.as_ref().map(|texte| texte.replace("\r\n", "\n").trim().to_owned())),
    );
    dire("etat", vec![fiche.etat.clone()]);
    dire("reponse", fiche.reponse.iter().map(ToString::to_string).collect());
    dire("cloture", fiche.cloture.iter().map(ToString::to_string).collect());
    dire(
        "suite",
        un(&fiche.suite.as_ref().map(|texte| texte.replace("\r\n", "\n").trim().to_owned())),
    );
    dire("jours", fiche.jours.iter().map(|jours| jours.to_string().replace('.', ",")).collect());
    dire("fiche", un(&fiche.fiche));
    dire("niveau", un(&fiche.niveau));
    if let Some(contact) = fiche.contacts.0.first() {
        dire("contact_nom", un(&contact.nom));
        dire("contact_fonction", un(&contact.fonction));
        dire("contact_courriel", un(&contact.courriel));
        dire("contact_telephone", un(&contact.telephone));
    }
    valeurs
}

/// Who asks, as it was typed: a code between brackets at the end says it, else a name or a code as in a table.
///
/// # Errors
/// Those of the database; what cannot be known is a fault of the field.
pub async fn beneficiaire(
    connexion: &mut PgConnection,
    reseau: &str,
    saisie: &mut Saisie,
) -> Result<Option<String>> {
    let Some(texte) = saisie.une("beneficiaire").map(str::to_owned) else { return Ok(None) };
    let date = saisie
        .une("date")
        .and_then(|date| date.parse().ok())
        .unwrap_or_else(|| chrono::Local::now().date_naive());
    match designer(connexion, reseau, &texte, date).await? {
        Ok(unite) => Ok(Some(unite)),
        Err(phrase) => {
            saisie.refuser("beneficiaire", phrase);
            Ok(None)
        }
    }
}

/// The form as the API takes it. Of a correction, the fields that differ from what is there.
pub fn corps(
    saisie: &mut Saisie,
    champs: &[Champ],
    actuelles: Option<&Valeurs>,
    beneficiaire: Option<String>,
    fiche: Option<&Fiche>,
) -> Map<String, Value> {
    let rien = Vec::new();
    let de = |valeurs: &Valeurs, nom: &str| valeurs.get(nom).unwrap_or(&rien).clone();
    let differe: BTreeSet<&str> = champs
        .iter()
        .map(|champ| champ.nom.as_str())
        .filter(|nom| actuelles.is_none_or(|la| de(la, nom) != de(&saisie.valeurs, nom)))
        .collect();
    let un = |nom: &str| saisie.une(nom).map(str::to_owned);
    let mut corps = Map::new();
    for nom in [
        "date",
        "objet",
        "etat",
        "reponse",
        "cloture",
        "suite",
        "fiche",
        "niveau",
        "partenaire",
        "reference",
    ] {
        if differe.contains(nom) {
            corps.insert(nom.to_owned(), un(nom).into());
        }
    }
    if differe.contains("beneficiaire")
        && let Some(unite) = beneficiaire
    {
        corps.insert("beneficiaire".into(), unite.into());
    }
    if differe.contains("theme") || differe.contains("autres_themes") {
        let premier = un("theme").into_iter();
        let themes: Vec<String> = premier.chain(de(&saisie.valeurs, "autres_themes")).collect();
        corps.insert("themes".into(), themes.into());
    }
    if differe.contains("partenaires_associes") {
        corps.insert(
            "partenaires_associes".into(),
            de(&saisie.valeurs, "partenaires_associes").into(),
        );
    }
    let contact = ["contact_nom", "contact_fonction", "contact_courriel", "contact_telephone"];
    if contact.iter().any(|nom| differe.contains(nom)) {
        // Those that the form does not show stay.
        let autres = fiche.into_iter().flat_map(|fiche| fiche.contacts.0.iter().skip(1));
        let autres = autres.map(|autre| json!(autre));
        let sien = json!({ "nom": un("contact_nom"), "fonction": un("contact_fonction"),
            "courriel": un("contact_courriel"), "telephone": un("contact_telephone") });
        let vide = contact.iter().all(|nom| saisie.une(nom).is_none());
        let siens = Some(sien).filter(|_| !vide).into_iter();
        corps.insert("contacts".into(), siens.chain(autres).collect());
    }
    if differe.contains("jours") {
        let jours = un("jours");
        let lu: Option<f64> = jours.as_ref().and_then(|texte| texte.replace(',', ".").parse().ok());
        if jours.is_some() && lu.is_none() {
            saisie.refuser("jours", "Écrivez un nombre de jours, comme 2 ou 1,5.");
        }
        corps.insert("jours".into(), lu.into());
    }
    if fiche.is_none() {
        corps.retain(|_, valeur| !valeur.is_null());
    }
    corps
}

/// The field of the form that a field of the API is in.
pub fn du_formulaire(champ: &str) -> &str {
    match champ {
        "themes" => "theme",
        "contacts" => "contact_courriel",
        autre => autre,
    }
}

/// The page of a form.
pub fn page(
    espace: &Espace,
    champs: &[Champ],
    saisie: &Saisie,
    fiche: Option<&Fiche>,
    auteur: Option<&str>,
    refus: Option<&str>,
) -> String {
    let recue = fiche.is_some_and(|fiche| fiche.etat == "recue");
    let (onglet, titre, action, verbe) = match fiche {
        None => (
            "/nouvelle",
            "Noter une demande".to_owned(),
            format!("{}/nouvelle", espace.chemin()),
            "Noter cette demande",
        ),
        Some(fiche) => (
            "fiche",
            format!("{} une demande", if recue { "Qualifier" } else { "Corriger" }),
            format!("{}/{}", espace.chemin(), fiche.id),
            if recue { "Qualifier cette demande" } else { "Enregistrer" },
        ),
    };
    let formulaire = Formulaire { action: &action, verbe, champs, saisie, auteur };
    espace.page(
        onglet,
        &titre,
        html! {
            @if let Some(phrase) = refus { p.erreur role="alert" { (phrase) } }
            @if let Some(fiche) = fiche { p.discret { "Référence : " (fiche.reference) } }
            @if recue {
                p.avis {
                    "Cette demande est arrivée en ligne, et ne compte pas encore. Vérifiez le thème, dites son état, et enregistrez : "
                    "qui l'a envoyée le verra par son lien."
                }
            }
            div data-brouillon=(action) data-reseau=(espace.reseau()) { (formulaire.ecrire()) }
            p.discret data-avis-brouillon hidden {
                "Ce que vous écrivez est gardé dans ce navigateur jusqu'à l'envoi, sauf la personne à rappeler, qui l'est tant que cet onglet est ouvert."
            }
        },
    )
}
