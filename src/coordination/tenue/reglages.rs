//! What a réseau says of itself, and to whom it opens.

use serde_json::Value;
use sqlx::PgConnection;

use crate::coordination::saisie::{Champ, Genre, Saisie};
use crate::error::{Contexte, Result};

/// Sites that a réseau may name.
const SITES: usize = 20;

pub fn champs() -> Vec<Champ> {
    vec![
        Champ::nouveau("nom", "Nom du réseau", Genre::Ligne(200)).requis(),
        Champ::nouveau("nom_court", "Nom court", Genre::Ligne(60))
            .requis()
            .aide("Là où la place manque : une liste, une légende."),
        Champ::nouveau("couleur", "Couleur", Genre::Couleur).aide(
            "Écrite #rrggbb, et assez sombre pour se lire sur du blanc : #1e4d5c. Vide : celle de maillage.",
        ),
        Champ::nouveau("presentation", "Présentation", Genre::Texte(4000)),
        Champ::nouveau("destinataires", "À qui s'adresse l'aide", Genre::Texte(1000)),
        Champ::nouveau("guichet_nom", "Guichet", Genre::Ligne(200))
            .aide("À qui s'adresser quand aucun partenaire ne couvre la commune. C'est public."),
        Champ::nouveau("guichet_site", "Adresse du guichet", Genre::Adresse)
            .aide("Une page, https://…"),
        Champ::nouveau("guichet_courriel", "Adresse électronique du guichet", Genre::Courriel)
            .aide("Celle d'un service plutôt que d'une personne : elle est montrée à tous."),
        Champ::nouveau("guichet_telephone", "Téléphone du guichet", Genre::Telephone),
        Champ::nouveau("public", "Le réseau est public", Genre::Case)
            .aide("Sinon, seuls le lisent ceux qui y ont un droit."),
        Champ::nouveau("partenaires_se_voient", "Les partenaires voient les demandes des autres", Genre::Case)
            .aide("Thème, fiche, année et état ; jamais les contacts."),
        Champ::nouveau("conservation_mois", "Durée de garde des contacts, en mois", Genre::Nombre(1, 120))
            .requis()
            .aide("Après la fin de la demande. De 1 à 120."),
        Champ::nouveau("journal_mois", "Durée de garde du journal, en mois", Genre::Nombre(6, 120))
            .requis()
            .aide("Qui a écrit quoi. De 6 à 120."),
        Champ::nouveau("cadres", "Sites qui peuvent montrer la carte", Genre::Sites(SITES))
            .aide("Dans un cadre de leurs pages. Un par ligne : https://exemple.fr"),
        Champ::nouveau("origines", "Sites dont les pages peuvent lire les réponses", Genre::Sites(SITES))
            .aide("Pour leurs propres cartes et tableaux. Un par ligne."),
    ]
}

pub fn juger(saisie: &mut Saisie) {
    let joint = ["guichet_site", "guichet_courriel", "guichet_telephone"];
    if joint.iter().any(|champ| saisie.une(champ).is_some()) && saisie.une("guichet_nom").is_none()
    {
        saisie.refuser("guichet_nom", "Donnez le nom du guichet que l'on joindra ainsi.");
    }
}

pub async fn ecrire(connexion: &mut PgConnection, reseau: &str, ligne: &Value) -> Result<()> {
    sqlx::query(include_str!("../sql/ecrire_reglages.sql"))
        .bind(reseau)
        .bind(ligne)
        .execute(connexion)
        .await
        .map(|_| ())
        .pour("réglage d'un réseau")
}
