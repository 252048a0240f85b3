//! A partner: the body that it is, what it does in the réseau, since when, and how to reach it.

use chrono::NaiveDate;
use maud::{Markup, html};
use serde_json::Value;
use sqlx::PgConnection;

use crate::coordination::pages::jour;
use crate::coordination::saisie::{Champ, Choix, Genre, Saisie};
use crate::error::{Contexte, Error, Result};
use crate::territoires::Siren;

pub async fn champs(
    connexion: &mut PgConnection,
    reseau: &str,
    code: Option<&str>,
) -> Result<Vec<Champ>> {
    let roles = [
        Choix::nouveau("partenaire", "Partenaire"),
        Choix::nouveau("associe", "Associé"),
        Choix::nouveau("coordinateur", "Coordinateur"),
    ];
    let themes = themes(connexion, reseau, code).await?;
    Ok(vec![
        Champ::nouveau("siren", "Numéro Siren", Genre::Ligne(14)).aide(
            "Neuf chiffres : le même organisme est reconnu dans tous les réseaux, et ses agents par leur \
             fournisseur d'identité. Vide s'il n'en a pas.",
        ),
        Champ::nouveau("nom", "Nom", Genre::Ligne(200))
            .aide("Peut rester vide quand le numéro Siren est déjà connu."),
        Champ::nouveau("sigle", "Sigle", Genre::Ligne(40)),
        Champ::nouveau("type", "Type d'organisme", Genre::Ligne(60))
            .aide("Association, syndicat, chambre consulaire…"),
        Champ::nouveau("role", "Rôle dans le réseau", Genre::Un(roles.into())).requis(),
        Champ::nouveau("description", "Ce qu'il fait", Genre::Texte(4000))
            .aide("Les mots d'ici servent aussi à la recherche d'aide."),
        Champ::nouveau("themes", "Thèmes", Genre::Plusieurs(themes)),
        Champ::nouveau("site", "Site", Genre::Adresse).aide("https://…"),
        Champ::nouveau("courriel", "Adresse électronique publique", Genre::Courriel)
            .aide("Celle d'un service plutôt que d'une personne : elle est montrée à tous."),
        Champ::nouveau("telephone", "Téléphone public", Genre::Telephone),
        Champ::nouveau("debut", "Début de l'adhésion", Genre::Jour),
        Champ::nouveau("fin", "Fin de l'adhésion", Genre::Jour).aide(
            "Dernier jour compris. Ses zones ne comptent plus ensuite ; ses demandes restent comptées.",
        ),
        Champ::nouveau("cadre", "Cadre de l'adhésion", Genre::Ligne(200))
            .aide("Une charte, une convention, un essai."),
    ])
}

/// Themes that a partner may work on: those that have none under them, and are offered still or already its own.
async fn themes(
    connexion: &mut PgConnection,
    reseau: &str,
    code: Option<&str>,
) -> Result<Vec<Choix>> {
    let lus: Vec<(String, String, Option<String>)> =
        sqlx::query_as(include_str!("../sql/lire_themes_possibles.sql"))
            .bind(reseau)
            .bind(code)
            .fetch_all(connexion)
            .await
            .pour("lecture des thèmes")?;
    Ok(lus.into_iter().map(|(valeur, libelle, groupe)| Choix { valeur, libelle, groupe }).collect())
}

/// A body that some réseau has.
#[derive(Debug, sqlx::FromRow)]
struct Connu {
    nom: String,
    sigle: Option<String>,
    #[sqlx(rename = "type")]
    genre: Option<String>,
    /// By a réseau that is not ours to keep.
    partage: bool,
}

pub async fn juger(
    connexion: &mut PgConnection,
    reseau: &str,
    code: Option<&str>,
    saisie: &mut Saisie,
) -> Result<()> {
    let siren = match saisie.une("siren").map(Siren::parse) {
        None => None,
        Some(Ok(siren)) => Some(siren.as_str().to_owned()),
        Some(Err(erreur)) => {
            saisie.refuser("siren", erreur.to_string());
            None
        }
    };
    if let Some(siren) = siren {
        organisme(connexion, reseau, code, &siren, saisie).await?;
        saisie.valeurs.insert("siren".into(), vec![siren]);
    }
    if saisie.une("nom").is_none() {
        saisie.refuser(
            "nom",
            "Donnez le nom de l'organisme : son numéro Siren ne l'a pas fait connaître.",
        );
    }
    if let (Some(debut), Some(fin)) = (saisie.une("debut"), saisie.une("fin"))
        && fin < debut
    {
        saisie.refuser("fin", "L'adhésion finit avant d'avoir commencé : corrigez ses dates.");
    }
    let Some(code) = code else { return Ok(()) };
    let retenus: Option<String> =
        sqlx::query_scalar(include_str!("../sql/lire_themes_retenus.sql"))
            .bind(reseau)
            .bind(code)
            .bind(saisie.valeurs.get("themes").cloned().unwrap_or_default())
            .fetch_one(connexion)
            .await
            .pour("lecture des thèmes d'un partenaire")?;
    if let Some(themes) = retenus {
        saisie.refuser(
            "themes",
            format!(
                "Des zones de ce partenaire sont d'un thème que vous décochez : {themes}. Retirez ou terminez \
                 d'abord ces zones."
            ),
        );
    }
    Ok(())
}

/// What a SIREN tells: the name of the body, or that it is a partner already.
async fn organisme(
    connexion: &mut PgConnection,
    reseau: &str,
    code: Option<&str>,
    siren: &str,
    saisie: &mut Saisie,
) -> Result<()> {
    let deja: Option<String> = sqlx::query_scalar(
        "select o.nom from partenaire p join organisme o on o.code = p.organisme
         where p.reseau = $1 and p.organisme = $2 and p.code is distinct from $3",
    )
    .bind(reseau)
    .bind(siren)
    .bind(code)
    .fetch_optional(&mut *connexion)
    .await
    .pour("lecture des partenaires")?;
    if let Some(nom) = deja {
        saisie.refuser(
            "siren",
            format!("C'est déjà celui de {nom} : un organisme est partenaire une fois."),
        );
    }
    let connu: Option<Connu> =
        sqlx::query_as("select nom, sigle, type, partage from organisme_connu($1)")
            .bind(siren)
            .fetch_optional(connexion)
            .await
            .pour("recherche d'un organisme")?;
    let Some(connu) = connu else { return Ok(()) };
    for (champ, valeur) in
        [("nom", Some(connu.nom.clone())), ("sigle", connu.sigle), ("type", connu.genre)]
    {
        match (saisie.une(champ), valeur) {
            (None, Some(valeur)) if code.is_none() || champ == "nom" => {
                saisie.valeurs.insert(champ.into(), vec![valeur]);
            }
            (dite, valeur) if connu.partage && dite != valeur.as_deref() => {
                let gardee = valeur.map_or("vide".to_owned(), |valeur| format!("« {valeur} »"));
                saisie.refuser(
                    champ,
                    format!(
                        "Un autre réseau a cet organisme, et ce champ y vaut {gardee} : gardez la même valeur, ou \
                         accordez-vous avec lui."
                    ),
                );
            }
            _ => {}
        }
    }
    Ok(())
}

pub async fn ecrire(
    connexion: &mut PgConnection,
    reseau: &str,
    code: &str,
    ligne: &Value,
) -> Result<()> {
    let action = "enregistrement d'un partenaire";
    let organisme: String = sqlx::query_scalar("select inscrire_organisme($1, $2, $3, $4, $5, $6)")
        .bind(reseau)
        .bind(code)
        .bind(ligne["siren"].as_str())
        .bind(ligne["nom"].as_str())
        .bind(ligne["sigle"].as_str())
        .bind(ligne["type"].as_str())
        .fetch_one(&mut *connexion)
        .await
        .pour(action)?;
    sqlx::query(include_str!("../sql/ecrire_partenaire.sql"))
        .bind(reseau)
        .bind(code)
        .bind(organisme)
        .bind(ligne)
        .execute(&mut *connexion)
        .await
        .pour(action)?;
    sqlx::query(include_str!("../sql/ecrire_themes_du_partenaire.sql"))
        .bind(reseau)
        .bind(code)
        .bind(&ligne["themes"])
        .execute(connexion)
        .await
        .map(|_| ())
        .pour(action)
}

/// What a partner has declared of its zones.
#[derive(Debug, sqlx::FromRow)]
struct Declaration {
    theme: Option<String>,
    libelle: Option<String>,
    date: NaiveDate,
}

/// What a partner has declared, and the forms that change it.
pub async fn declarations(
    connexion: &mut PgConnection,
    reseau: &str,
    code: &str,
) -> Result<Markup> {
    let action = "lecture des déclarations de zones";
    let faites: Vec<Declaration> = sqlx::query_as(include_str!("../sql/lire_declarations.sql"))
        .bind(reseau)
        .bind(code)
        .fetch_all(&mut *connexion)
        .await
        .pour(action)?;
    let themes = themes(connexion, reseau, Some(code)).await?;
    let chemin = format!("/espace/{reseau}/partenaires/{code}/declarations");
    Ok(html! {
        h2 { "Zones déclarées complètes" }
        p { "Quand un partenaire déclare ses zones complètes, là où elles ne vont pas, il n'aide personne : c'est une zone \
             blanche, et non plus un manque de renseignement." }
        @if !faites.is_empty() {
            ul { @for d in &faites { li {
                (d.libelle.as_deref().unwrap_or("Tous ses thèmes")) ", le " (jour(d.date)) " "
                form.cote method="post" action=(chemin) {
                    input type="hidden" name="theme" value=(d.theme.as_deref().unwrap_or_default());
                    button name="retirer" value="oui"
                        aria-label={ "Retirer la déclaration : " (d.libelle.as_deref().unwrap_or("tous ses thèmes")) } { "Retirer" }
                }
            } } }
        }
        form.saisie method="post" action=(chemin) {
            label { "Pour quel thème" select name="theme" {
                option value="" { "Tous ses thèmes" }
                @for t in &themes { option value=(t.valeur) { (t.libelle) } }
            } }
            label { "Déclarées complètes le" input type="date" name="date" required
                value=(chrono::Local::now().date_naive().to_string()); }
            button { "Noter cette déclaration" }
        }
    })
}

/// Notes a declaration, or takes one back.
///
/// # Errors
/// A sentence when the date or the theme does not do.
pub async fn declarer(
    connexion: &mut PgConnection,
    reseau: &str,
    code: &str,
    envoyes: &[(String, String)],
) -> Result<()> {
    let action = "déclaration de zones";
    let dite = |nom: &str| {
        envoyes.iter().find(|(n, _)| n == nom).map(|(_, v)| v.as_str()).filter(|v| !v.is_empty())
    };
    let theme = dite("theme");
    // What the pages say of a partner's zones is kept with the rest of it.
    sqlx::query("update partenaire set origine = 'page' where reseau = $1 and code = $2")
        .bind(reseau)
        .bind(code)
        .execute(&mut *connexion)
        .await
        .pour(action)?;
    if dite("retirer").is_some() {
        sqlx::query(
            "delete from declaration
             where reseau = $1 and partenaire = $2 and theme is not distinct from $3",
        )
        .bind(reseau)
        .bind(code)
        .bind(theme)
        .execute(connexion)
        .await
        .pour(action)?;
        return Ok(());
    }
    let date = crate::coordination::saisie::jour(dite("date").unwrap_or_default())
        .map_err(Error::Demande)?;
    if date > chrono::Local::now().date_naive() {
        return Err(Error::Demande("Cette date n'est pas encore venue.".into()));
    }
    let note = sqlx::query(
        "insert into declaration as d (reseau, partenaire, theme, date) values ($1, $2, $3, $4)
         on conflict on constraint declaration_identifiee do update set date = excluded.date",
    )
    .bind(reseau)
    .bind(code)
    .bind(theme)
    .bind(date)
    .execute(connexion)
    .await;
    match note {
        Err(sqlx::Error::Database(erreur)) if erreur.is_foreign_key_violation() => Err(
            Error::Introuvable("Ce partenaire, ou ce thème, n'existe pas dans ce réseau.".into()),
        ),
        fait => fait.map(|_| ()).pour(action),
    }
}
