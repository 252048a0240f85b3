//! A fiche: one described service, of one or more partners, for one or more themes.

use serde_json::{Map, Value, json};
use sqlx::PgConnection;

use crate::coordination::saisie::{Champ, Choix, Genre};
use crate::error::{Contexte, Result};

/// What a partner may ask for otherwise than the fiche says; each is a field `niveau:code`.
const PROPRES: [&str; 3] = ["niveau", "cout", "conditions"];

fn niveaux() -> Vec<Choix> {
    vec![
        Choix::nouveau("premier_niveau", "Premier niveau"),
        Choix::nouveau("approfondi", "Approfondi"),
    ]
}

fn couts() -> Vec<Choix> {
    vec![
        Choix::nouveau("gratuit", "Gratuit"),
        Choix::nouveau("payant", "Payant"),
        Choix::nouveau("selon_le_cas", "Selon le cas"),
    ]
}

/// A partner, and whether it gives the fiche already.
#[derive(Debug, sqlx::FromRow)]
struct Partenaire {
    code: String,
    nom: String,
    lie: bool,
}

pub async fn champs(
    connexion: &mut PgConnection,
    reseau: &str,
    code: Option<&str>,
) -> Result<Vec<Champ>> {
    let action = "lecture de ce qu'une fiche peut citer";
    let themes: Vec<(String, String, Option<String>)> =
        sqlx::query_as(include_str!("../sql/lire_themes_de_fiche.sql"))
            .bind(reseau)
            .bind(code)
            .fetch_all(&mut *connexion)
            .await
            .pour(action)?;
    let themes = themes
        .into_iter()
        .map(|(valeur, libelle, groupe)| Choix { valeur, libelle, groupe })
        .collect();
    let partenaires: Vec<Partenaire> =
        sqlx::query_as(include_str!("../sql/lire_partenaires_de_fiche.sql"))
            .bind(reseau)
            .bind(code)
            .fetch_all(connexion)
            .await
            .pour(action)?;
    let choix = partenaires.iter().map(|p| Choix::nouveau(&p.code, &p.nom)).collect();
    let mut champs = vec![
        Champ::nouveau("titre", "Titre", Genre::Ligne(200)).requis(),
        Champ::nouveau("description", "Description", Genre::Texte(4000)),
        Champ::nouveau("genre", "Genre", Genre::Ligne(60)).aide("Conseil, étude, formation…"),
        Champ::nouveau("niveau", "Niveau", Genre::Un(niveaux())),
        Champ::nouveau("cout", "Coût", Genre::Un(couts())),
        Champ::nouveau("conditions", "Conditions", Genre::Texte(1000)),
        Champ::nouveau("themes", "Thèmes", Genre::Plusieurs(themes)),
        Champ::nouveau("partenaires", "Partenaires qui la proposent", Genre::Plusieurs(choix)).aide(
            "Ce qu'un partenaire demande en propre (niveau, coût, conditions) se règle plus bas, une fois qu'il est \
             enregistré.",
        ),
        Champ::nouveau("publics", "Publics", Genre::Liste(30, 100)).aide("Un par ligne."),
        Champ::nouveau("phases", "Phases du projet", Genre::Liste(30, 100)).aide("Une par ligne."),
        Champ::nouveau("expertises", "Expertises", Genre::Liste(30, 100)).aide("Une par ligne."),
        Champ::nouveau("mots_cles", "Mots clés", Genre::Liste(50, 100))
            .aide("Un par ligne : les mots qu'un maire emploierait."),
        Champ::nouveau("fin", "Dernier jour où elle est proposée", Genre::Jour)
            .aide("Les demandes d'avant la gardent."),
    ];
    for partenaire in partenaires.iter().filter(|partenaire| partenaire.lie) {
        let pli = format!("En propre : {}", partenaire.nom);
        let libelle = |quoi: &str| format!("{quoi}, pour {}", partenaire.nom);
        let nom = |cle: &str| format!("{cle}:{}", partenaire.code);
        champs.extend([
            Champ::nouveau(&nom("niveau"), &libelle("Niveau"), Genre::Un(niveaux())).pli(&pli),
            Champ::nouveau(&nom("cout"), &libelle("Coût"), Genre::Un(couts())).pli(&pli),
            Champ::nouveau(&nom("conditions"), &libelle("Conditions"), Genre::Texte(1000))
                .pli(&pli),
        ]);
    }
    Ok(champs)
}

pub async fn ecrire(
    connexion: &mut PgConnection,
    reseau: &str,
    code: &str,
    ligne: &Value,
) -> Result<()> {
    let action = "enregistrement d'une fiche";
    sqlx::query(include_str!("../sql/ecrire_fiche.sql"))
        .bind(reseau)
        .bind(code)
        .bind(ligne)
        .execute(&mut *connexion)
        .await
        .pour(action)?;
    sqlx::query(include_str!("../sql/ecrire_themes_de_la_fiche.sql"))
        .bind(reseau)
        .bind(code)
        .bind(&ligne["themes"])
        .execute(&mut *connexion)
        .await
        .pour(action)?;
    let liens: Vec<Value> = ligne["partenaires"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(|partenaire| {
            let mut lien = Map::from_iter([("partenaire".to_owned(), json!(partenaire))]);
            for cle in PROPRES {
                lien.insert(cle.to_owned(), ligne[format!("{cle}:{partenaire}")].clone());
            }
            lien.into()
        })
        .collect();
    sqlx::query(include_str!("../sql/ecrire_partenaires_de_la_fiche.sql"))
        .bind(reseau)
        .bind(code)
        .bind(Value::from(liens))
        .execute(connexion)
        .await
        .map(|_| ())
        .pour(action)
}
