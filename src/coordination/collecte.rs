//! The year's collection: who has delivered, when, and what is to be looked at.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Local, NaiveDate, Utc};
use maud::{Markup, html};
use sqlx::PgConnection;
use sqlx::types::Json;

use super::pages::{Reseau, jour};
use crate::error::{Contexte, Result};

/// Anomalies that a page lists.
const LISTEES: usize = 200;

/// Kinds of anomalies: their code, what is said of one, and of several.
const GENRES: [(&str, &str); 5] = [
    ("beneficiaire", "bénéficiaire introuvable"),
    ("doublon", "doublon possible avec un autre partenaire"),
    ("futur", "datée d'un jour qui n'est pas encore venu"),
    ("adhesion", "datée hors de l'adhésion du partenaire"),
    ("theme_fini", "d'un thème qui n'était plus proposé"),
];

/// A partner in the board.
#[derive(Debug, sqlx::FromRow)]
pub struct Partenaire {
    pub code: String,
    pub nom: String,
    pub demandes: i64,
    particuliers: i64,
    premiere: Option<NaiveDate>,
    derniere: Option<NaiveDate>,
    /// The last table, or the last demande that was written.
    pub livree_le: Option<DateTime<Utc>>,
    tableau_le: Option<DateTime<Utc>>,
    nouvelles: Option<i32>,
    changees: Option<i32>,
    identiques: Option<i32>,
    /// Rows of the last table that were refused, by field.
    pub refus: Json<BTreeMap<String, i64>>,
    pub zones: i64,
    pub declarees: bool,
    declarees_le: Option<NaiveDate>,
    personnes: i64,
    /// Asked without an account, and not qualified yet.
    recues: i64,
}

/// A demande to be looked at.
#[derive(Debug, sqlx::FromRow)]
pub struct Anomalie {
    pub partenaire: String,
    genre: String,
    reference: Option<String>,
    date: NaiveDate,
    maille: String,
    beneficiaire: String,
    nom: Option<String>,
    objet: Option<String>,
    autre: Option<String>,
}

#[derive(Debug)]
pub struct Collecte {
    pub annee: i16,
    annees: Vec<i16>,
    pub partenaires: Vec<Partenaire>,
    pub anomalies: Vec<Anomalie>,
}

/// Who wrote a row last, and when, in words.
pub async fn dernier_auteur(
    connexion: &mut PgConnection,
    reseau: &str,
    table: &str,
    code: &str,
) -> Result<Option<String>> {
    let dernier: Option<(String, DateTime<Utc>)> = sqlx::query_as(
        "select auteur, le from journal
         where reseau = $1 and objet = $2 and cle = $3 order by id desc limit 1",
    )
    .bind(reseau)
    .bind(table)
    .bind(code)
    .fetch_optional(connexion)
    .await
    .pour("lecture du journal")?;
    Ok(dernier.map(|(auteur, le)| format!("{auteur}, le {},", le.format("%d/%m/%Y à %H:%M UTC"))))
}

impl Collecte {
    /// That of a year; by default, the réseau's own.
    pub async fn lire(
        connexion: &mut PgConnection,
        reseau: &Reseau,
        annee: Option<i16>,
    ) -> Result<Self> {
        let action = "lecture de la collecte";
        let annees: Vec<i16> = sqlx::query_scalar(
            "select extract(year from date)::smallint from demande where reseau = $1
             union select $2 union select extract(year from current_date)::smallint order by 1 desc",
        )
        .bind(&reseau.code)
        .bind(reseau.annee)
        .fetch_all(&mut *connexion)
        .await
        .pour(action)?;
        let annee = annee.unwrap_or(reseau.annee);
        let partenaires = sqlx::query_as(include_str!("sql/lire_collecte.sql"))
            .bind(&reseau.code)
            .bind(i32::from(annee))
            .fetch_all(&mut *connexion)
            .await
            .pour(action)?;
        let anomalies = sqlx::query_as(include_str!("sql/lire_anomalies.sql"))
            .bind(&reseau.code)
            .bind(i32::from(annee))
            .bind(None::<&str>)
            .fetch_all(connexion)
            .await
            .pour(action)?;
        Ok(Self { annee, annees, partenaires, anomalies })
    }

    /// Anomalies of a partner, by kind.
    pub fn comptes(&self, partenaire: &str) -> Vec<(&'static str, usize)> {
        let siennes = |genre: &str| {
            let du_genre = |a: &&Anomalie| a.partenaire == partenaire && a.genre == genre;
            self.anomalies.iter().filter(du_genre).count()
        };
        GENRES
            .iter()
            .map(|(genre, phrase)| (*phrase, siennes(genre)))
            .filter(|(_, nombre)| *nombre > 0)
            .collect()
    }

    /// What is missing of a partner, in sentences.
    pub fn manque(&self, p: &Partenaire) -> Vec<String> {
        let mut manque = Vec::new();
        if p.demandes == 0 {
            manque.push(format!("aucune demande de {} n'est livrée", self.annee));
        }
        if p.zones == 0 {
            manque.push("aucune zone n'est en vigueur".to_owned());
        }
        if !p.declarees {
            manque.push("les zones ne sont pas déclarées complètes".to_owned());
        }
        if p.recues > 0 {
            manque.push(format!("demandes reçues en ligne, à qualifier : {}", p.recues));
        }
        let a_voir = self.comptes(&p.code);
        manque.extend(
            a_voir
                .iter()
                .map(|(phrase, nombre)| format!("demandes à vérifier : {nombre}, {phrase}")),
        );
        manque.extend(p.refus.iter().map(|(champ, nombre)| {
            format!("lignes refusées du dernier tableau : {nombre}, {}", faute(champ))
        }));
        manque
    }

    pub fn page(&self, reseau: &Reseau) -> String {
        let manquent: Vec<&str> =
            self.partenaires.iter().filter(|p| p.demandes == 0).map(|p| p.nom.as_str()).collect();
        let livres = self.partenaires.len() - manquent.len();
        let non_declares = self.partenaires.iter().filter(|p| !p.declarees).count();
        reseau.page(
            "collecte",
            &format!("Collecte de {}", self.annee),
            html! {
                form.cote method="get" {
                    label for="annee" { "Année" }
                    select name="annee" id="annee" {
                        @for annee in &self.annees { option selected[*annee == self.annee] { (annee) } }
                    }
                    button { "Voir" }
                }
                @if self.partenaires.is_empty() {
                    p { "Aucun partenaire n'est membre du réseau cette année-là." }
                } @else {
                    p {
                        strong { (livres) " partenaires sur " (self.partenaires.len()) " ont livré des demandes de " (self.annee) "." }
                        @if !manquent.is_empty() { " Manquent : " (manquent.join(", ")) "." }
                        @if non_declares > 0 {
                            " Partenaires dont les zones ne sont pas déclarées complètes : " (non_declares) "."
                        }
                        @if !self.anomalies.is_empty() {
                            " Demandes à vérifier : " a href="#a-verifier" { (self.anomalies.len()) } "."
                        }
                    }
                    (self.tableau(reseau))
                    p { a href={ "/espace/" (reseau.code) "/rappels" } { "Rappels par courrier électronique" } }
                    (self.liste())
                }
            },
        )
    }

    fn tableau(&self, reseau: &Reseau) -> Markup {
        html! {
            div.table tabindex="0" role="region" aria-label={ "Collecte de " (self.annee) } { table {
                thead { tr { th { "Partenaire" } th { "Demandes" } th { "Dernière livraison" } th { "Zones" }
                    th { "À vérifier" } } }
                tbody { @for p in &self.partenaires { tr {
                    td {
                        a href={ "/espace/" (reseau.code) "/partenaires/" (p.code) } { (p.nom) }
                        @if p.personnes == 0 {
                            br; a.discret href={ "/espace/" (reseau.code) "/equipe" } { "personne à qui écrire : inviter" }
                        }
                    }
                    td {
                        @if p.demandes == 0 { strong { "aucune" } } @else {
                            a href={ "/?vue=demandes&reseau=" (reseau.code) "&partenaire=" (p.code) "&annee=" (self.annee) } { (p.demandes) }
                            @if let (Some(premiere), Some(derniere)) = (p.premiere, p.derniere) {
                                br; span.discret { "du " (jour(premiere)) " au " (jour(derniere)) }
                            }
                        }
                        @if p.particuliers > 0 { br; span.discret { "et de particuliers : " (p.particuliers) } }
                    }
                    td { (livraison(p)) }
                    td {
                        @if p.zones == 0 { "aucune en vigueur" } @else { "en vigueur : " (p.zones) }
                        br;
                        @match (p.declarees, p.declarees_le) {
                            (true, Some(date)) => span.discret { "déclarées complètes le " (jour(date)) },
                            (true, None) => span.discret { "déclarées complètes" },
                            (false, Some(_)) => span.discret { "déclarées complètes pour une partie des thèmes" },
                            (false, None) => strong { "pas déclarées complètes" },
                        }
                    }
                    td {
                        @let comptes = self.comptes(&p.code);
                        @if comptes.is_empty() && p.refus.is_empty() && p.recues == 0 { "rien" }
                        @if p.recues > 0 { (p.recues) " : demandes reçues en ligne, à qualifier" br; }
                        @for (phrase, nombre) in comptes {
                            a href={ "#" (p.code) } { (nombre) " : " (phrase) } br;
                        }
                        @for (champ, nombre) in &*p.refus {
                            (nombre) " lignes refusées : " (faute(champ)) br;
                        }
                    }
                } } }
            } }
        }
    }

    fn liste(&self) -> Markup {
        html! {
            @if !self.anomalies.is_empty() {
                h2 id="a-verifier" { "Demandes à vérifier" }
                @for p in &self.partenaires {
                    @let siennes: Vec<&Anomalie> = self.anomalies.iter().filter(|a| a.partenaire == p.code).collect();
                    @if !siennes.is_empty() {
                        h3 id=(p.code) { (p.nom) }
                        ul {
                            @for a in siennes.iter().take(LISTEES) { li {
                                (a.reference.as_deref().unwrap_or("sans référence")) ", " (jour(a.date)) ", "
                                @match &a.nom { Some(nom) => { (nom) " (" (a.beneficiaire) ")" }, None => { (a.maille) " " (a.beneficiaire) } }
                                @if let Some(objet) = &a.objet { ", « " (objet) " »" }
                                " : " (genre(&a.genre))
                                @if let Some(autre) = &a.autre { " (" (autre) ")" }
                                "."
                            } }
                            @if siennes.len() > LISTEES { li { "… et " (siennes.len() - LISTEES) " autres." } }
                        }
                    }
                }
            }
        }
    }
}

fn genre(code: &str) -> &str {
    GENRES.iter().find(|(genre, _)| *genre == code).map_or(code, |(_, phrase)| phrase)
}

/// What is wrong with a refused row, by the field.
fn faute(champ: &str) -> String {
    match champ {
        "theme" | "themes_associes" => "sans thème, ou d'un thème inconnu".to_owned(),
        "beneficiaire" | "commune" | "epci" | "code" => "bénéficiaire introuvable".to_owned(),
        "date" => "date manquante ou illisible".to_owned(),
        autre => format!("champ « {autre} »"),
    }
}

fn livraison(p: &Partenaire) -> Markup {
    let ancienne = |quand: DateTime<Utc>| quand.year() < Local::now().year();
    html! {
        @match p.livree_le {
            None if p.demandes > 0 => span.discret { "avec le dossier du réseau" },
            None => "jamais",
            Some(quand) => {
                (quand.format("%d/%m/%Y").to_string())
                @if ancienne(quand) { br; span.discret { "rien cette année" } }
                @if p.tableau_le == Some(quand) {
                    br; span.discret {
                        "nouvelles : " (p.nouvelles.unwrap_or(0)) ", changées : " (p.changees.unwrap_or(0))
                        ", identiques : " (p.identiques.unwrap_or(0))
                    }
                }
            }
        }
    }
}
