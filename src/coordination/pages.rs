//! The frame of a coordinator's pages, and their lists.

use chrono::{Local, NaiveDate};
use maud::{Markup, html};
use sqlx::PgConnection;

use super::tenue::Objet;
use crate::error::{Contexte, Error, Result};
use crate::http::page::page;

/// A réseau that the principal coordinates.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Reseau {
    pub code: String,
    pub nom: String,
    pub nom_court: String,
    pub public: bool,
    pub annee: i16,
}

impl Reseau {
    /// # Errors
    /// When the principal does not coordinate it: whether it exists is not told.
    pub async fn lire(connexion: &mut PgConnection, code: &str) -> Result<Self> {
        sqlx::query_as(
            "select code, nom, nom_court, public, annee from reseau
             where code = $1 and code = any (mes_coordinations())",
        )
        .bind(code)
        .fetch_optional(connexion)
        .await
        .pour("lecture d'un réseau")?
        .ok_or_else(|| Error::Introuvable("Vous ne coordonnez pas ce réseau.".into()))
    }

    /// The same as the owner, who coordinates nothing and reads everything.
    pub async fn de_la_base(connexion: &mut PgConnection, code: &str) -> Result<Self> {
        sqlx::query_as("select code, nom, nom_court, public, annee from reseau where code = $1")
            .bind(code)
            .fetch_optional(connexion)
            .await
            .pour("lecture d'un réseau")?
            .ok_or_else(|| {
                Error::Introuvable(format!(
                    "Le réseau « {code} » n'existe pas. Les réseaux chargés sont donnés par maillage base etat."
                ))
            })
    }

    /// The page of one of its rooms.
    pub fn page(&self, onglet: &str, titre: &str, corps: Markup) -> String {
        let onglets = [
            ("", "Accueil"),
            ("partenaires", "Partenaires"),
            ("themes", "Thèmes"),
            ("fiches", "Fiches"),
            ("demandes", "Demandes"),
            ("propositions", "Propositions"),
            ("perimetre", "Périmètre"),
            ("equipe", "Personnes"),
            ("collecte", "Collecte"),
            ("bilan", "Bilan annuel"),
            ("reglages", "Réglages"),
        ];
        page(
            &format!("{titre} — {}", self.nom_court),
            html! {
                nav.onglets aria-label=(self.nom) {
                    @for (segment, nom) in onglets {
                        a href={ "/espace/" (self.code) @if !segment.is_empty() { "/" (segment) } }
                            aria-current=[(segment == onglet).then_some("page")] { (nom) }
                    }
                    a href="/espace" { "Votre espace" }
                }
                (corps)
            },
        )
    }
}

/// A day as people read it.
pub fn jour(jour: NaiveDate) -> String {
    jour.format("%d/%m/%Y").to_string()
}

/// A whole number as French people write it: a narrow space, that does not break, between thousands.
pub fn nombre(nombre: i64) -> String {
    let chiffres = nombre.unsigned_abs().to_string();
    let signe = if nombre < 0 { "−" } else { "" };
    let groupes: Vec<&str> = chiffres
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|groupe| std::str::from_utf8(groupe).unwrap_or_default())
        .collect();
    format!("{signe}{}", groupes.join("\u{202f}"))
}

/// « 0 commune », « 1 commune », « 1 234 communes ».
pub fn pluriel(combien: i64, mot: &str) -> String {
    format!("{}\u{a0}{mot}{}", nombre(combien), if combien < 2 { "" } else { "s" })
}

/// What was just done, in a sentence; nothing for words that are not ours.
pub fn fait(mot: Option<&str>) -> Option<&'static str> {
    match mot? {
        "enregistre" => Some("C'est enregistré."),
        "retire" => Some("C'est retiré."),
        "change" => Some("Le droit est changé."),
        "droit-retire" => Some("Le droit est retiré."),
        _ => None,
    }
}

/// What was done, or why it was not.
pub fn avis(fait: Option<&str>, refus: Option<&str>) -> Markup {
    html! {
        @if let Some(phrase) = refus { p.erreur role="alert" { (phrase) } }
        @if let Some(phrase) = fait { p.secret role="status" { (phrase) } }
    }
}

/// A partner in the list.
#[derive(Debug, sqlx::FromRow)]
struct Partenaire {
    code: String,
    nom: String,
    sigle: Option<String>,
    role: String,
    debut: Option<NaiveDate>,
    fin: Option<NaiveDate>,
    themes: i64,
    fiches: i64,
    zones: i64,
    declarees: Option<NaiveDate>,
}

/// A theme in the list.
#[derive(Debug, sqlx::FromRow)]
struct Theme {
    code: String,
    libelle: String,
    parent: Option<String>,
    fin: Option<NaiveDate>,
    partenaires: i64,
    fiches: i64,
}

/// A fiche in the list.
#[derive(Debug, sqlx::FromRow)]
struct Fiche {
    code: String,
    titre: String,
    fin: Option<NaiveDate>,
    themes: Option<String>,
    partenaires: Option<String>,
}

/// The list of what a réseau has of a kind.
pub async fn liste(
    connexion: &mut PgConnection,
    reseau: &Reseau,
    objet: Objet,
    avis: Markup,
) -> Result<String> {
    let action = "lecture d'un réseau";
    let table = match objet {
        Objet::Partenaire => {
            let lus = sqlx::query_as(include_str!("sql/lister_partenaires.sql"))
                .bind(&reseau.code)
                .fetch_all(connexion)
                .await
                .pour(action)?;
            partenaires(reseau, &lus)
        }
        Objet::Theme => {
            let lus = sqlx::query_as(include_str!("sql/lister_themes.sql"))
                .bind(&reseau.code)
                .fetch_all(connexion)
                .await
                .pour(action)?;
            themes(reseau, &lus)
        }
        _ => {
            let lues = sqlx::query_as(include_str!("sql/lister_fiches.sql"))
                .bind(&reseau.code)
                .fetch_all(connexion)
                .await
                .pour(action)?;
            fiches(reseau, &lues)
        }
    };
    Ok(reseau.page(
        objet.segment(),
        objet.pluriel(),
        html! {
            (avis)
            p { a.bouton href={ "/espace/" (reseau.code) "/ajouter/" (objet.segment()) } { (objet.ajouter()) } }
            (table)
        },
    ))
}

/// A name that leads to its form.
fn lien(reseau: &Reseau, objet: Objet, code: &str, nom: &str) -> Markup {
    html! { a href={ "/espace/" (reseau.code) "/" (objet.segment()) "/" (code) } { (nom) } }
}

fn fini(fin: Option<NaiveDate>) -> Markup {
    let passee = fin.is_some_and(|fin| fin < Local::now().date_naive());
    html! { @if let Some(fin) = fin { br; span.discret { @if passee { "terminé le " } @else { "jusqu'au " } (jour(fin)) } } }
}

fn partenaires(reseau: &Reseau, lus: &[Partenaire]) -> Markup {
    if lus.is_empty() {
        return html! { p { "Aucun partenaire encore." } };
    }
    html! {
        div.table tabindex="0" role="region" aria-label="Partenaires" { table {
            thead { tr { th { "Partenaire" } th { "Rôle" } th { "Thèmes" } th { "Fiches" } th { "Zones en vigueur" }
                th { "Zones déclarées complètes" } } }
            tbody { @for p in lus { tr {
                td { (lien(reseau, Objet::Partenaire, &p.code, &p.nom))
                    @if let Some(sigle) = &p.sigle { " (" (sigle) ")" }
                    @if let Some(debut) = p.debut { br; span.discret { "depuis le " (jour(debut)) } }
                    (fini(p.fin)) }
                td { @match p.role.as_str() { "coordinateur" => "Coordinateur", "associe" => "Associé", _ => "Partenaire" } }
                td.nombre { (p.themes) }
                td.nombre { (p.fiches) }
                td.nombre {
                    a href={ "/espace/" (reseau.code) "/partenaires/" (p.code) "/zones" }
                        aria-label={ "Zones de " (p.nom) " : " (p.zones) } { (p.zones) }
                }
                td { @match p.declarees { Some(date) => { "le " (jour(date)) }, None => "pas encore" } }
            } } }
        } }
    }
}

fn themes(reseau: &Reseau, lus: &[Theme]) -> Markup {
    if lus.is_empty() {
        return html! { p { "Aucun thème encore. Les thèmes disent sur quoi l'on aide : l'eau, l'habitat, les bâtiments publics…" } };
    }
    html! {
        div.table tabindex="0" role="region" aria-label="Thèmes" { table {
            thead { tr { th { "Thème" } th { "Partenaires" } th { "Fiches" } th { "Ordre" } } }
            tbody { @for t in lus { tr {
                td.dessous[t.parent.is_some()] { (lien(reseau, Objet::Theme, &t.code, &t.libelle)) (fini(t.fin)) }
                td.nombre { (t.partenaires) }
                td.nombre { (t.fiches) }
                td { (ordre(reseau, Objet::Theme, &t.code, &t.libelle)) }
            } } }
        } }
    }
}

fn fiches(reseau: &Reseau, lues: &[Fiche]) -> Markup {
    if lues.is_empty() {
        return html! { p { "Aucune fiche encore. Une fiche décrit un service : ce qu'on y fait, pour qui, à quel prix." } };
    }
    html! {
        div.table tabindex="0" role="region" aria-label="Fiches" { table {
            thead { tr { th { "Fiche" } th { "Partenaires" } th { "Thèmes" } th { "Ordre" } } }
            tbody { @for f in lues { tr {
                td { (lien(reseau, Objet::Fiche, &f.code, &f.titre)) (fini(f.fin)) }
                td { (f.partenaires.as_deref().unwrap_or("aucun")) }
                td { (f.themes.as_deref().unwrap_or("aucun")) }
                td { (ordre(reseau, Objet::Fiche, &f.code, &f.titre)) }
            } } }
        } }
    }
}

/// Two buttons, that say of what to whoever hears them.
fn ordre(reseau: &Reseau, objet: Objet, code: &str, nom: &str) -> Markup {
    html! {
        form.cote method="post" action={ "/espace/" (reseau.code) "/" (objet.segment()) "/" (code) "/deplacer" } {
            button name="sens" value="haut" aria-label={ "Monter " (nom) } { "↑" }
            button name="sens" value="bas" aria-label={ "Descendre " (nom) } { "↓" }
        }
    }
}

/// What to do next, and whether it is done.
#[derive(Debug, sqlx::FromRow)]
pub struct Avancement {
    themes: i64,
    partenaires: i64,
    partenaires_sans_theme: i64,
    fiches: i64,
    personnes: i64,
    zones: i64,
    propositions: i64,
    partenaires_sans_zone: i64,
    non_declares: i64,
    guichet: bool,
    perimetre: i64,
}

impl Avancement {
    pub async fn lire(connexion: &mut PgConnection, reseau: &str) -> Result<Self> {
        sqlx::query_as(include_str!("sql/lire_avancement.sql"))
            .bind(reseau)
            .fetch_one(connexion)
            .await
            .pour("lecture de l'avancement d'un réseau")
    }
}

/// The first page of a réseau: what it lacks, in the order in which it is best done.
pub fn accueil(reseau: &Reseau, ou: &Avancement, avis: Markup) -> String {
    let code = &reseau.code;
    let etapes: [(bool, &str, &str, String); 8] = [
        (
            ou.guichet,
            "reglages",
            "Dire qui vous êtes",
            "Nom, couleur, présentation, guichet.".into(),
        ),
        (ou.themes > 0, "themes", "Poser les thèmes", format!("Thèmes : {}.", ou.themes)),
        (
            ou.partenaires > 0 && ou.partenaires_sans_theme == 0,
            "partenaires",
            "Inscrire les partenaires",
            format!(
                "Partenaires : {} ; sans thème : {}.",
                ou.partenaires, ou.partenaires_sans_theme
            ),
        ),
        (ou.fiches > 0, "fiches", "Décrire l'offre", format!("Fiches : {}.", ou.fiches)),
        (
            ou.personnes > 0,
            "equipe",
            "Inviter les personnes",
            format!("Personnes qui ont un droit : {}.", ou.personnes),
        ),
        (
            ou.zones > 0 && ou.partenaires_sans_zone == 0,
            "partenaires",
            "Recueillir les zones",
            format!(
                "Zones en vigueur : {} ; partenaires sans zone : {}.",
                ou.zones, ou.partenaires_sans_zone
            ),
        ),
        (
            ou.partenaires > 0 && ou.non_declares == 0,
            "collecte",
            "Faire déclarer les zones complètes",
            format!(
                "Partenaires qui ne l'ont pas fait : {}. Tant qu'il en reste, une commune que personne ne couvre est \
                 « non renseignée ».",
                ou.non_declares
            ),
        ),
        (
            reseau.public,
            "reglages",
            "Ouvrir le réseau au public",
            if reseau.public {
                "Le réseau est public."
            } else {
                "Seuls vous et ceux qui y ont un droit le lisez."
            }
            .into(),
        ),
    ];
    reseau.page(
        "",
        "Coordonner",
        html! {
            (avis)
            p { (reseau.nom) ". Communes du périmètre : " (ou.perimetre) "." }
            @if ou.propositions > 0 {
                p.avis { "Des partenaires proposent des zones, qui attendent votre décision : " (ou.propositions) ". "
                    a href={ "/espace/" (code) "/propositions" } { "Les voir" } }
            }
            h2 { "Où vous en êtes" }
            ol.etapes { @for (faite, segment, nom, phrase) in &etapes {
                li.faite[*faite] {
                    a href={ "/espace/" (code) "/" (segment) } { (nom) }
                    " — " @if *faite { "fait. " } @else { "à faire. " }
                    span.discret { (phrase) }
                }
            } }
            h2 { "Le reste" }
            ul {
                li { a href={ "/?reseau=" (code) } { "La carte du réseau" } }
                li { a href={ "/espace/" (code) "/bilan" } { "Le bilan annuel : l'écrire, le faire, le publier" } }
                li { a href={ "/rapports/" (code) } { "Les bilans publiés" } }
                li { a href={ "/espace/journal?reseau=" (code) } { "Le journal : qui a changé quoi" } }
                li { a href={ "/espace/publication?reseau=" (code) } { "Les petits nombres que le public ne voit pas" } }
            }
        },
    )
}
